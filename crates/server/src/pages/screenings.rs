//! `GET /screenings` and `GET /screenings/{id}`: what was asked, by whom, and
//! what the lists said. Every screening has a page that prints as its record.

use super::{Page as Answer, html, screen::SearchView, shell};
use crate::{
    AppState,
    access::Permission,
    problem::Problem,
    search::{Question, SearchForm},
    session::Actor,
    view::{
        Crumb, ListLine, Nav, Pages, ScreeningView, Shell, count, day, screening_result,
        screening_source, shown_name,
    },
};
use askama::Template;
use axum::{
    Extension,
    extract::{Path, Query, State},
};
use portcullis_domain::Party;
use portcullis_store::{Page, ScreeningDetail, ScreeningFilter, ScreeningResult, StoredScreening};
use serde::Deserialize;

/// Records on one page.
const ROWS: u64 = 25;

/// A record in a table.
pub(crate) struct RecordRow {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) result: String,
    pub(crate) class: &'static str,
    pub(crate) icon: &'static str,
    pub(crate) actor: String,
    pub(crate) source: &'static str,
    pub(crate) day: String,
    pub(crate) time: String,
    pub(crate) as_of: String,
    pub(crate) code: String,
}

/// Records of one page, and how many there are in all.
pub(crate) struct Records {
    pub(crate) rows: Vec<RecordRow>,
    pub(crate) total: u64,
}

struct Tab {
    href: String,
    text: String,
    current: bool,
}

#[derive(Template)]
#[template(path = "screenings.html")]
struct ScreeningsPage {
    shell: Shell,
    scope: &'static str,
    tabs: Vec<Tab>,
    found: String,
    recent: Vec<RecordRow>,
    pages: Pages,
}

#[derive(Template)]
#[template(path = "screening.html")]
struct ScreeningPage {
    shell: Shell,
    search: SearchView,
    r: ScreeningView,
}

/// Which records to list.
#[derive(Default, Deserialize)]
pub(crate) struct Filters {
    #[serde(default)]
    result: String,
    page: Option<u64>,
}

/// `GET /screenings`: the actor's own, or the agency's for those who oversee.
pub(crate) async fn page(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Query(filters): Query<Filters>,
) -> Answer {
    let result = match filters.result.as_str() {
        "" => None,
        word => Some(
            ScreeningResult::parse(word)
                .ok_or_else(|| Problem::Invalid("There is no such result".to_owned()))?,
        ),
    };
    let all = sees_all(&actor);
    let filter = ScreeningFilter {
        actor: (!all).then(|| actor.name.clone()),
        result,
        ..ScreeningFilter::default()
    };
    let none = Page {
        offset: 0,
        limit: 0,
    };
    let total = state.store().screenings(&filter, none).await?.total;
    let base = match filters.result.as_str() {
        "" => "/screenings?page=".to_owned(),
        word => format!("/screenings?result={word}&page="),
    };
    let pages = Pages::new(total, ROWS, filters.page, base);
    let found = rows(&state, &filter, pages.rows(ROWS)).await?;
    html(&ScreeningsPage {
        shell: shell(&state, &actor, Nav::Screen, "Screening records", crumbs()).await?,
        scope: if all {
            "Everybody’s, newest first."
        } else {
            "Your own, newest first."
        },
        tabs: tabs(result),
        found: count(found.total as usize, "record", "records"),
        recent: found.rows,
        pages,
    })
}

/// `GET /screenings/{id}`
pub(crate) async fn record(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
) -> Answer {
    let stored = readable(&state, &actor, &id).await?;
    let form = question(&stored).map_or(SearchForm::default(), |q| SearchForm::of(&q));
    let lists = list_lines(&state, &stored.lists).await?;
    let replayed = match question(&stored) {
        Some(question) => state.desk().ask(&question).await.ok(),
        None => None,
    };
    let judged = super::judging::judged_hits(&state, &stored, replayed.as_ref()).await?;
    let hits = replayed.map_or(Vec::new(), |answered| answered.hits);
    let view = ScreeningView::new(&stored, &hits, &judged, lists);
    // What was asked stands above the result; the form stays folded.
    let mut search = SearchView::new(form, Vec::new());
    search.open = false;
    html(&ScreeningPage {
        shell: shell(&state, &actor, Nav::Screen, &view.name, crumbs()).await?,
        search,
        r: view,
    })
}

fn crumbs() -> Vec<Crumb> {
    vec![Crumb::new("Screen a name", "/screen")]
}

/// Whether somebody reads the records of everybody.
fn sees_all(actor: &Actor) -> bool {
    Permission::Oversee.allows(actor.role)
}

/// A record that this person may read. Those of others are refused to those
/// who do not oversee.
pub(crate) async fn readable(
    state: &AppState,
    actor: &Actor,
    id: &str,
) -> Result<StoredScreening, Problem> {
    let stored = state.store().screening(id).await?;
    if stored.actor != actor.name && !sees_all(actor) {
        return Err(Problem::Forbidden);
    }
    Ok(stored)
}

/// The question of a record, asked of the lists as they were known then; `None`
/// for files and after erasure.
pub(crate) fn question(stored: &StoredScreening) -> Option<Question> {
    let Some(ScreeningDetail::One { asked, .. }) = &stored.detail else {
        return None;
    };
    Some(Question {
        party: asked.clone(),
        as_of: stored.as_of,
        known: stored.recorded_at,
        threshold: stored.threshold,
        weak: stored.weak,
    })
}

/// One page of records with the names, which lie encrypted beside them.
pub(crate) async fn rows(
    state: &AppState,
    filter: &ScreeningFilter,
    page: Page,
) -> Result<Records, Problem> {
    let found = state.store().screenings(filter, page).await?;
    let mut rows = Vec::with_capacity(found.rows.len());
    for row in &found.rows {
        let whole = state.store().screening(&row.id).await?;
        rows.push(record_row(&whole));
    }
    Ok(Records {
        rows,
        total: found.total,
    })
}

fn record_row(stored: &StoredScreening) -> RecordRow {
    let (name, kind) = match &stored.detail {
        Some(ScreeningDetail::One { asked, .. }) => (shown_name(asked), kind_of(asked)),
        Some(ScreeningDetail::File { file, rows, .. }) => {
            (file.clone(), count(*rows as usize, "row", "rows"))
        }
        Some(ScreeningDetail::Book {
            book, customers, ..
        }) => (
            format!("Customer book {book}"),
            count(*customers as usize, "customer", "customers"),
        ),
        None => ("No longer held".to_owned(), String::new()),
    };
    let (result, class, icon) = screening_result(stored.result, stored.hits);
    RecordRow {
        id: stored.id.clone(),
        name,
        kind,
        result,
        class,
        icon,
        actor: stored.actor.clone(),
        source: screening_source(stored.source),
        day: stored.recorded_at.strftime("%-d %b %Y").to_string(),
        time: stored.recorded_at.strftime("%H:%M UTC").to_string(),
        as_of: day(stored.as_of),
        code: stored.code.clone(),
    }
}

fn kind_of(asked: &Party) -> String {
    match asked.kind {
        portcullis_domain::PartyKind::Unknown => String::new(),
        kind => crate::view::sentence(kind.as_str()),
    }
}

fn tabs(chosen: Option<ScreeningResult>) -> Vec<Tab> {
    let all = Tab {
        href: "/screenings".to_owned(),
        text: "All".to_owned(),
        current: chosen.is_none(),
    };
    let each = ScreeningResult::ALL.into_iter().map(|result| Tab {
        href: format!("/screenings?result={}", result.as_str()),
        text: match result {
            ScreeningResult::Clear => "Clear",
            ScreeningResult::Alert => "Matches",
            ScreeningResult::Partial => "Not whole",
            ScreeningResult::NotScreened => "Not screened",
        }
        .to_owned(),
        current: chosen == Some(result),
    });
    std::iter::once(all).chain(each).collect()
}

/// The versions of the lists behind a list set.
pub(crate) async fn list_lines(state: &AppState, set: &str) -> Result<Vec<ListLine>, Problem> {
    super::assessment::screened_against(state, set).await
}
