//! `/guide`: classification and determination, one question a page. What is
//! answered is kept after each page and can be gone on with by a code; what is
//! told in the end is kept exactly as it was shown.

mod result;

pub(crate) use result::{finish, page as result_page, title as result_title};

use super::{Page, html, shell};
use crate::{
    AppState,
    guide::{Answers, Ask, Candidate, Looked, PARTIES, Told, again, help, look, movements, told},
    problem::Problem,
    session::Actor,
    view::{Choice, Crumb, Nav, Shell, moment},
};
use askama::Template;
use axum::{
    Extension, Form,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use jiff::Timestamp;
use portcullis_domain::Country;
use portcullis_store::{GuidedCase, GuidedResult, StoreError};
use serde::Deserialize;
use std::collections::HashMap;

/// Own cases and results shown on the first page.
const SHOWN: u64 = 10;

struct Row {
    href: String,
    title: String,
    line: String,
}

#[derive(Template)]
#[template(path = "guide_start.html")]
struct StartPage {
    shell: Shell,
    typed: String,
    wrong: bool,
    open: Vec<Row>,
    results: Vec<Row>,
}

/// A party of the page that asks for parties.
struct PartyFields {
    role: &'static str,
    label: &'static str,
    hint: &'static str,
    name: String,
    countries: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "guide_question.html")]
struct QuestionPage {
    shell: Shell,
    id: String,
    version: u64,
    code: String,
    number: usize,
    key: String,
    text: String,
    help: &'static str,
    widget: &'static str,
    error: String,
    /// The control in which the mistake is.
    shown: HashMap<String, String>,
    countries: Vec<Choice>,
    movements: Vec<Choice>,
    parties: Vec<PartyFields>,
    candidates: Vec<(Candidate, bool)>,
    back: String,
    told: Vec<Told>,
    /// Whether it is one that was answered before.
    changing: bool,
}

impl QuestionPage {
    fn value(&self, name: &str) -> &str {
        self.shown.get(name).map_or("", String::as_str)
    }
}

#[derive(Template)]
#[template(path = "guide_check.html")]
struct CheckPage {
    shell: Shell,
    id: String,
    version: u64,
    code: String,
    told: Vec<Told>,
    open: usize,
    error: String,
    back: String,
}

/// Which question.
#[derive(Default, Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    q: String,
}

/// `GET /guide`
pub(crate) async fn start_page(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
) -> Page {
    show_start(&state, &actor, String::new()).await
}

async fn show_start(state: &AppState, actor: &Actor, typed: String) -> Page {
    let open = state.store().guided_of(&actor.name, SHOWN).await?;
    let results = state.store().guided_results_of(&actor.name, SHOWN).await?;
    let wrong = !typed.is_empty();
    let title = if wrong {
        "Error: Do I need a licence?"
    } else {
        "Do I need a licence?"
    };
    let page = html(&StartPage {
        shell: shell(state, actor, Nav::Guide, title, Vec::new()).await?,
        wrong,
        typed: typed.chars().take(64).collect(),
        open: open.iter().map(case_row).collect(),
        results: results.iter().map(result_row).collect(),
    })?;
    let status = if wrong {
        StatusCode::NOT_FOUND
    } else {
        StatusCode::OK
    };
    Ok((status, page).into_response())
}

fn case_row(case: &GuidedCase) -> Row {
    let answers = Answers::of(&case.answers);
    let goods = answers.as_ref().and_then(|a| a.value("description"));
    Row {
        href: format!("/guide/{}", case.id),
        title: goods
            .and_then(|g| g.as_str())
            .unwrap_or("Not yet described")
            .chars()
            .take(120)
            .collect(),
        line: format!(
            "{} answers, last on {}",
            answers.map_or(0, |a| a.given.len()),
            moment(case.changed_at)
        ),
    }
}

fn result_row(result: &GuidedResult) -> Row {
    Row {
        href: format!("/guide/results/{}", result.id),
        title: result::title(&result.result).to_owned(),
        line: format!("{} · code {}", moment(result.recorded_at), result.code),
    }
}

/// What a form without answers sends.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Plain {
    csrf: String,
    code: String,
    version: u64,
}

/// `POST /guide`: begins a case.
pub(crate) async fn start(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Form(form): Form<Plain>,
) -> Page {
    actor.check(&form.csrf)?;
    let answers = Answers::new().to_value();
    let case = state
        .store()
        .start_guided(answers, &actor.name, Timestamp::now())
        .await?;
    Ok(Redirect::to(&format!("/guide/{}", case.id)).into_response())
}

/// `POST /guide/resume`: goes on with a case by its code.
pub(crate) async fn resume(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Form(form): Form<Plain>,
) -> Page {
    actor.check(&form.csrf)?;
    match state.store().resume_guided(&form.code, &actor.name).await {
        Ok(case) => Ok(Redirect::to(&format!("/guide/{}", case.id)).into_response()),
        Err(StoreError::NotFound { .. }) => {
            let typed = if form.code.trim().is_empty() {
                "no code".to_owned()
            } else {
                form.code
            };
            show_start(&state, &actor, typed).await
        }
        Err(other) => Err(Problem::from(other).into()),
    }
}

/// A case, if it is this person's: others need its code.
pub(super) async fn own(
    state: &AppState,
    actor: &Actor,
    id: &str,
) -> Result<(GuidedCase, Answers), Problem> {
    let case = state.store().guided(id).await?;
    if !case.actor.eq_ignore_ascii_case(&actor.name) {
        return Err(Problem::NotFound);
    }
    let answers = Answers::of(&case.answers).ok_or(Problem::Internal)?;
    Ok((case, answers))
}

/// `GET /guide/{id}`: the question that is next, or one to be changed; the
/// answers, when there is none.
pub(crate) async fn question(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Page {
    let (case, answers) = own(&state, &actor, &id).await?;
    let looked = look(&state, &answers).await?;
    if !wanted.q.is_empty() && answers.is_done(&wanted.q) {
        let mut ask = again(&answers, &wanted.q).ok_or(Problem::NotFound)?;
        let case_now = &answers.case;
        if let Ok(looked) = &looked {
            let on = &looked.asked.on;
            ask.candidates = crate::classing::candidates(&state, &ask.field, case_now, on).await?;
        }
        return ask_page(&state, &actor, &case, &answers, ask, None).await;
    }
    match looked {
        Err((field, why)) => {
            // Two answers that are each right and contradict each other.
            let ask = again(&answers, &field).ok_or(Problem::Internal)?;
            let error = Some((HashMap::new(), why));
            ask_page(&state, &actor, &case, &answers, ask, error).await
        }
        Ok(looked) => match looked.asks.first().cloned() {
            Some(ask) => ask_page(&state, &actor, &case, &answers, ask, None).await,
            None => check_page(&state, &actor, &case, &answers, &looked, String::new()).await,
        },
    }
}

async fn ask_page(
    state: &AppState,
    actor: &Actor,
    case: &GuidedCase,
    answers: &Answers,
    ask: Ask,
    wrong: Option<(HashMap<String, String>, String)>,
) -> Page {
    let all = serde_json::Value::Object(answers.case.clone());
    let (typed, error) = wrong.unwrap_or_default();
    let shown = if typed.is_empty() {
        ask.widget.shown(&ask.field, &all)
    } else {
        typed
    };
    let at = |name: &str| shown.get(name).cloned().unwrap_or_default();
    let changing = answers.is_done(&ask.key);
    let place = answers.given.iter().position(|k| *k == ask.key);
    let number = place.unwrap_or(answers.given.len() + answers.open.len()) + 1;
    let title = if error.is_empty() {
        ask.text.clone()
    } else {
        format!("Error: {}", ask.text)
    };
    let chosen = at("choice");
    let widget = ask.widget.word();
    html(&QuestionPage {
        shell: shell(state, actor, Nav::Guide, &title, crumbs()).await?,
        id: case.id.clone(),
        version: case.version,
        code: case.code.clone(),
        number,
        help: help(&ask.field),
        countries: countries(&at("answer")),
        movements: chosen_among(movements(), &at("answer")),
        parties: match widget {
            "parties" => party_fields(&at),
            _ => Vec::new(),
        },
        candidates: ask
            .candidates
            .into_iter()
            .map(|c| {
                let is = c.code == chosen;
                (c, is)
            })
            .collect(),
        back: answers.before(&ask.key).map_or_else(
            || "/guide".to_owned(),
            |key| format!("/guide/{}?q={}", case.id, crate::router::encode(key)),
        ),
        told: told(answers),
        key: ask.key,
        text: ask.text,
        widget,
        error,
        shown,
        changing,
    })
}

fn crumbs() -> Vec<Crumb> {
    vec![Crumb::new("Do I need a licence?", "/guide")]
}

fn countries(chosen: &str) -> Vec<Choice> {
    let mut all = Country::all();
    all.sort_by_key(|country| country.name());
    let pairs = all.iter().map(|c| (c.code(), c.name())).collect();
    chosen_among(pairs, chosen)
}

fn chosen_among(all: Vec<(&str, &str)>, chosen: &str) -> Vec<Choice> {
    let each = all.into_iter().map(|(value, text)| Choice {
        value: value.to_owned(),
        text: text.to_owned(),
        chosen: value == chosen,
    });
    each.collect()
}

fn party_fields(at: &dyn Fn(&str) -> String) -> Vec<PartyFields> {
    let each = PARTIES.into_iter().map(|(role, label, hint)| PartyFields {
        role,
        label,
        hint,
        name: at(&format!("{role}-name")),
        countries: countries(&at(&format!("{role}-country"))),
    });
    each.collect()
}

async fn check_page(
    state: &AppState,
    actor: &Actor,
    case: &GuidedCase,
    answers: &Answers,
    looked: &Looked,
    error: String,
) -> Page {
    let title = "Check your answers";
    html(&CheckPage {
        shell: shell(state, actor, Nav::Guide, title, crumbs()).await?,
        id: case.id.clone(),
        version: case.version,
        code: case.code.clone(),
        told: told(answers),
        open: looked.determined.questions.len(),
        error,
        back: answers.before("").map_or_else(
            || "/guide".to_owned(),
            |key| format!("/guide/{}?q={}", case.id, crate::router::encode(key)),
        ),
    })
}

/// `POST /guide/{id}`: an answer; on to the next question.
pub(crate) async fn answer(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
    Form(form): Form<HashMap<String, String>>,
) -> Page {
    let sent = |name: &str| form.get(name).map_or("", String::as_str);
    actor.check(sent("csrf"))?;
    let (mut case, mut answers) = own(&state, &actor, &id).await?;
    if sent("version").parse() != Ok(case.version) {
        let text = "These answers were changed in another window. Open the case again.";
        return Err(Problem::Invalid(text.to_owned()).into());
    }
    let key = sent("key").to_owned();
    let ask = match asked(&state, &answers, &key).await? {
        Some(ask) => ask,
        None => return Err(Problem::Invalid("There is no such question".to_owned()).into()),
    };
    if crate::guide::fact(&ask.field).is_some() || key.contains('#') {
        answers.put.insert(key.clone(), ask.text.clone());
    }
    if sent("open") == "yes" {
        answers.leave_open(&key);
    } else {
        let read = ask.widget.read(&ask.field, &form);
        let tried = match read {
            Ok(values) => {
                let mut next = answers.clone();
                next.answer(&key, values);
                match look(&state, &next).await? {
                    Ok(_) => Ok(next),
                    Err((_, why)) => Err(crate::view::sentence(&why)),
                }
            }
            Err(why) => Err(why),
        };
        match tried {
            Ok(next) => answers = next,
            Err(why) => {
                let wrong = Some((form.clone(), why));
                let page = ask_page(&state, &actor, &case, &answers, ask, wrong).await?;
                return Ok((StatusCode::BAD_REQUEST, page).into_response());
            }
        }
    }
    case.answers = answers.to_value();
    state.store().save_guided(&case, Timestamp::now()).await?;
    Ok(Redirect::to(&format!("/guide/{id}")).into_response())
}

/// The question of a key: one that is open, or one that was dealt with.
async fn asked(state: &AppState, answers: &Answers, key: &str) -> Result<Option<Ask>, Problem> {
    if answers.is_done(key) {
        return Ok(again(answers, key));
    }
    Ok(match look(state, answers).await? {
        Ok(looked) => looked.asks.into_iter().find(|a| a.key == key),
        Err((field, _)) => again(answers, &field).filter(|a| a.key == key),
    })
}
