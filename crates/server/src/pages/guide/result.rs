//! What a guided case comes to: shown, and kept as it is shown.

use super::{Plain, check_page, crumbs, own};
use crate::{
    AppState,
    access::Permission,
    guide::{Candidate, Looked, Told, look, told},
    pages::{Page, html, shell},
    problem::Problem,
    session::Actor,
    view::{Markup, Nav, Shell, day, moment},
};
use askama::Template;
use axum::{
    Extension, Form,
    extract::{Path, State},
    response::{IntoResponse, Redirect},
};
use jiff::Timestamp;
use portcullis_controls::{Authorised, TakenStep};
use portcullis_domain::{DeterminationResult, Truth};
use portcullis_store::NewGuidedResult;

/// What one law says.
struct Law {
    name: String,
    title: &'static str,
    class: &'static str,
    text: String,
    steps: Vec<Step>,
}

struct Step {
    rule: String,
    title: String,
    citation: String,
    /// What the rule said, in words.
    said: &'static str,
    class: &'static str,
    /// What an exporter should know of it; empty if nothing is noted.
    note: String,
}

#[derive(Template)]
#[template(path = "guide_told.html")]
struct ToldPart {
    class: &'static str,
    title: &'static str,
    meaning: &'static str,
    mark: Markup,
    laws: Vec<Law>,
    questions: Vec<String>,
    authorisations: Vec<Authorised>,
    told: Vec<Told>,
    candidates: Vec<(String, Vec<Candidate>)>,
    checked: Vec<String>,
    not_checked: Vec<String>,
    as_of: String,
    asked_at: String,
    by: String,
    lists: String,
    policy: String,
    engine: String,
}

#[derive(Template)]
#[template(path = "guide_result.html")]
struct ResultPage {
    shell: Shell,
    id: String,
    code: String,
    digest: String,
    recorded: String,
    /// The page as it was shown; `None` after erasure.
    page: Option<Markup>,
}

/// A result in a few words.
pub(crate) fn title(result: &str) -> &'static str {
    match result {
        "not_required" => "No licence is needed",
        "required" => "A licence is needed",
        "prohibited" => "This is prohibited",
        _ => "It cannot be said yet",
    }
}

fn look_of(result: DeterminationResult) -> (&'static str, &'static str, &'static str) {
    match result {
        DeterminationResult::NotRequired => (
            "o-release",
            "check",
            "As answered, and under the rules that were checked. If an answer changes, ask again.",
        ),
        DeterminationResult::Required => (
            "o-licence_required",
            "paper",
            "Apply for it, or show that one of the authorisations below covers the delivery, before the goods leave.",
        ),
        DeterminationResult::Prohibited => (
            "o-prohibited",
            "stop",
            "The goods may not go. Speak to the authority if you think that an exemption applies.",
        ),
        DeterminationResult::Undetermined => (
            "o-question",
            "alert",
            "Something that decides is not known. Until it is, the goods must wait. The open questions are below.",
        ),
    }
}

/// `POST /guide/{id}/finish`: keeps what is told, then shows it.
pub(crate) async fn finish(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
    Form(form): Form<Plain>,
) -> Page {
    actor.check(&form.csrf)?;
    let (case, answers) = own(&state, &actor, &id).await?;
    let Ok(looked) = look(&state, &answers).await? else {
        return Ok(Redirect::to(&format!("/guide/{id}")).into_response());
    };
    if form.version != case.version {
        let text = "These answers were changed in another window. Check them again.".to_owned();
        return check_page(&state, &actor, &case, &answers, &looked, text).await;
    }
    if !looked.asks.is_empty() {
        return Ok(Redirect::to(&format!("/guide/{id}")).into_response());
    }
    let now = Timestamp::now();
    let page = part(&state, &actor, &looked, told(&answers), now).await?;
    let new = NewGuidedResult {
        page: page.render().map_err(Problem::from)?,
        as_of: looked.determined.as_of,
        lists: looked.asked.lists.id().to_owned(),
        policy: state.rules().book.version.clone(),
        engine: state.desk().engine_version().to_owned(),
        result: looked.determined.result.as_str().to_owned(),
    };
    let kept = state
        .store()
        .finish_guided(&case, new, &actor.name, now)
        .await?;
    Ok(Redirect::to(&format!("/guide/results/{}", kept.id)).into_response())
}

async fn part(
    state: &AppState,
    actor: &Actor,
    looked: &Looked,
    told: Vec<Told>,
    now: Timestamp,
) -> Result<ToldPart, Problem> {
    let determined = &looked.determined;
    let (class, mark, meaning) = look_of(determined.result);
    let laws = determined.per_jurisdiction.iter().map(|law| Law {
        name: law_name(law.jurisdiction.code()),
        title: title(law.result.as_str()),
        class: look_of(law.result).0,
        text: law.text.clone(),
        steps: law.steps.iter().map(|s| step(state, s)).collect(),
    });
    let case = looked.case.as_object().cloned().unwrap_or_default();
    let mut candidates = Vec::new();
    for (field, what) in [
        ("hs_code", "Tariff codes"),
        ("eccn", "US control numbers"),
        ("eu_code", "EU and UK control numbers"),
    ] {
        let found = crate::classing::candidates(state, field, &case, &looked.asked.on).await?;
        if !found.is_empty() {
            candidates.push((what.to_owned(), found));
        }
    }
    Ok(ToldPart {
        class,
        title: title(determined.result.as_str()),
        meaning,
        mark: crate::view::big_icon(mark),
        laws: laws.collect(),
        questions: determined
            .questions
            .iter()
            .map(|q| q.text.clone())
            .collect(),
        authorisations: determined.authorisations.clone(),
        told,
        candidates,
        checked: determined.checked.clone(),
        not_checked: determined
            .not_checked
            .iter()
            .map(|f| f.replace('_', " "))
            .collect(),
        as_of: day(determined.as_of),
        asked_at: moment(now),
        by: actor.name.clone(),
        lists: looked.asked.lists.id().to_owned(),
        policy: state.rules().book.version.clone(),
        engine: state.desk().engine_version().to_owned(),
    })
}

fn step(state: &AppState, step: &TakenStep) -> Step {
    let id = step.rule.split(':').next().unwrap_or(&step.rule);
    let rules = state.rules();
    let entry = rules
        .book
        .entry(&step.rule)
        .or_else(|| rules.book.entry(id));
    let (said, class) = match step.truth {
        Truth::True => ("applies", "yes"),
        Truth::False => ("does not apply", "no"),
        Truth::Unknown => ("not known", "open"),
    };
    Step {
        rule: step.rule.clone(),
        title: entry.map_or(String::new(), |e| e.head.title.clone()),
        note: match step.truth {
            Truth::False => String::new(),
            _ => entry.map_or(String::new(), |e| e.note.clone()),
        },
        citation: step.citation.clone(),
        said,
        class,
    }
}

fn law_name(code: &str) -> String {
    match code {
        "US" => "United States".to_owned(),
        "EU" => "European Union".to_owned(),
        "UK" => "United Kingdom".to_owned(),
        "UN" => "United Nations".to_owned(),
        other => portcullis_domain::Country::parse(other)
            .map_or_else(|| other.to_owned(), |c| c.name().to_owned()),
    }
}

/// `GET /guide/results/{id}`
pub(crate) async fn page(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
) -> Page {
    let kept = state.store().guided_result(&id).await?;
    let own = kept.actor.eq_ignore_ascii_case(&actor.name);
    if !own && !Permission::Oversee.allows(actor.role) {
        return Err(Problem::NotFound.into());
    }
    html(&ResultPage {
        shell: shell(&state, &actor, Nav::Guide, title(&kept.result), crumbs()).await?,
        id: kept.id,
        code: kept.code,
        digest: kept.digest,
        recorded: moment(kept.recorded_at),
        // Made by our own template, which escapes whatever was typed; sealed since.
        page: kept.page.map(Markup),
    })
}
