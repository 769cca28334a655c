//! `GET|POST /screen`: one search box against the lists. Sent as a form body,
//! so that names stand in no address, history or log. The answer is recorded
//! and shown at an address of its own.

use super::{Page, html, screenings, shell};
use crate::{
    AppState, judged,
    problem::Problem,
    search::{
        Answered, Mistake, Question, SearchForm, default_threshold, engine_version, hundredths,
    },
    session::Actor,
    view::{Choice, Nav, Shell, grouped, sentence},
};
use askama::Template;
use axum::{
    Extension, Form,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use jiff::Timestamp;
use portcullis_domain::{Country, Gender, PartyKind};
use portcullis_store::{
    NewScreening, RecordedScreening, ScreeningDetail, ScreeningFilter, ScreeningResult,
    ScreeningSource,
};

/// Own searches shown below the box.
const RECENT: u64 = 8;

/// The search form with its choices.
pub(crate) struct SearchView {
    pub(crate) form: SearchForm,
    pub(crate) kinds: Vec<Choice>,
    pub(crate) countries: Vec<Choice>,
    pub(crate) genders: Vec<Choice>,
    pub(crate) mistakes: Vec<Mistake>,
    /// Whether the details are unfolded.
    pub(crate) open: bool,
    /// Whether the box has the focus when the page opens.
    pub(crate) focus: bool,
    /// The threshold where none is given.
    pub(crate) threshold: String,
}

impl SearchView {
    pub(crate) fn new(form: SearchForm, mistakes: Vec<Mistake>) -> SearchView {
        let folded = ["name", "kind"];
        let hidden = mistakes.iter().any(|m| !folded.contains(&m.field));
        SearchView {
            kinds: kinds(&form.kind),
            countries: countries(&form.country),
            genders: genders(&form.gender),
            open: hidden || form.has_details(),
            focus: false,
            threshold: hundredths(default_threshold()),
            form,
            mistakes,
        }
    }

    /// Whether a field could not be read.
    pub(crate) fn wrong(&self, field: &str) -> bool {
        self.mistakes.iter().any(|m| m.field == field)
    }
}

#[derive(Template)]
#[template(path = "screen.html")]
struct ScreenPage {
    shell: Shell,
    search: SearchView,
    /// What is searched, in a sentence.
    covers: String,
    recent: Vec<screenings::RecordRow>,
}

/// `GET /screen`
pub(crate) async fn form(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
) -> Page {
    let mut search = SearchView::new(SearchForm::default(), Vec::new());
    search.focus = true;
    show(&state, &actor, search).await
}

/// `POST /screen`
pub(crate) async fn answer(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Form(asked): Form<SearchForm>,
) -> Page {
    actor.check(&asked.csrf)?;
    let now = Timestamp::now();
    let question = match asked.read(now) {
        Ok(question) => question,
        Err(mistakes) => {
            let search = SearchView::new(asked, mistakes);
            let page = show(&state, &actor, search).await?;
            return Ok((StatusCode::BAD_REQUEST, page).into_response());
        }
    };
    let answered = state.desk().ask(&question).await?;
    if let Some(entry) = answered.entity(question.party.caption()) {
        // The id of an entry is asked for: that is looking up, not screening.
        return Ok(Redirect::to(&super::entities::address(&entry.id)).into_response());
    }
    let recorded = record(&state, &actor, question, &answered, now).await?;
    Ok(Redirect::to(&format!("/screenings/{}", recorded.id)).into_response())
}

/// Records a question and its answer; nothing is shown that is not recorded.
async fn record(
    state: &AppState,
    actor: &Actor,
    question: Question,
    answered: &Answered,
    now: Timestamp,
) -> Result<RecordedScreening, Problem> {
    let result = match (
        answered.screened,
        answered.hits.is_empty(),
        answered.partial.is_empty(),
    ) {
        (false, ..) => ScreeningResult::NotScreened,
        (true, false, _) => ScreeningResult::Alert,
        (true, true, false) => ScreeningResult::Partial,
        (true, true, true) => ScreeningResult::Clear,
    };
    let partial = (!answered.partial.is_empty()).then(|| answered.partial.join("\n"));
    let met = answered.hits.iter().map(|h| h.entity_id.as_str()).collect();
    let judged = judged::in_force(state, &answered.lists, &[(&question.party, met)]).await?;
    let judged = judged.into_iter().next().unwrap_or_default();
    let new = NewScreening {
        actor: actor.name.clone(),
        source: ScreeningSource::Console,
        as_of: question.as_of,
        lists: answered.lists.id().to_owned(),
        threshold: question.threshold,
        weak: question.weak,
        engine: engine_version(),
        result,
        detail: ScreeningDetail::One {
            asked: question.party,
            hits: answered.recorded(&judged),
            partial,
            within: None,
        },
    };
    let recorded = state.store().record_screenings(vec![new], now).await?;
    recorded.into_iter().next().ok_or(Problem::Internal)
}

async fn show(state: &AppState, actor: &Actor, search: SearchView) -> Page {
    let own = ScreeningFilter {
        actor: Some(actor.name.clone()),
        source: Some(ScreeningSource::Console),
        ..ScreeningFilter::default()
    };
    let page = portcullis_store::Page {
        offset: 0,
        limit: RECENT,
    };
    let recent = screenings::rows(state, &own, page).await?;
    let title = if search.mistakes.is_empty() {
        "Screen a name"
    } else {
        "Error: Screen a name"
    };
    html(&ScreenPage {
        shell: shell(state, actor, Nav::Screen, title, Vec::new()).await?,
        search,
        covers: covers(state).await?,
        recent: recent.rows,
    })
}

/// `25,921 entries of 9 active sources are searched.`
async fn covers(state: &AppState) -> Result<String, Problem> {
    let snapshots = state.store().snapshots().await?;
    let active: Vec<_> = snapshots.iter().filter(|s| s.active).collect();
    let entries: u64 = active.iter().map(|s| s.entities).sum();
    Ok(match active.len() {
        0 => "No list is active: nobody can be searched for.".to_owned(),
        1 => format!(
            "The {} entries of one active source are searched.",
            grouped(entries as i64)
        ),
        n => format!(
            "The {} entries of {n} active sources are searched.",
            grouped(entries as i64)
        ),
    })
}

/// The types of a party as choices.
pub(crate) fn kinds(chosen: &str) -> Vec<Choice> {
    let all = [
        PartyKind::Person,
        PartyKind::Organisation,
        PartyKind::Vessel,
        PartyKind::Aircraft,
    ];
    let words = all.into_iter().map(PartyKind::as_str);
    words
        .map(|word| choice(word, sentence(word), chosen))
        .collect()
}

fn genders(chosen: &str) -> Vec<Choice> {
    let all = [Gender::Female, Gender::Male, Gender::Other];
    let words = all.into_iter().map(Gender::as_str);
    words
        .map(|word| choice(word, sentence(word), chosen))
        .collect()
}

fn countries(chosen: &str) -> Vec<Choice> {
    let mut all = Country::all();
    all.sort_by_key(|country| country.name());
    let each = all.into_iter();
    each.map(|c| choice(c.code(), c.name().to_owned(), chosen))
        .collect()
}

fn choice(value: &str, text: String, chosen: &str) -> Choice {
    Choice {
        value: value.to_owned(),
        text,
        chosen: value == chosen,
    }
}
