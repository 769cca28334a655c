//! `GET /lists` and `GET /lists/{snapshot}`: what is screened against.

use super::{Page, html, shell};
use crate::{
    AppState,
    problem::Problem,
    session::Actor,
    state::today,
    view::{Crumb, Fact, IssueView, Nav, Pages, Shell, age_in_days, count, day, grouped, moment},
};
use askama::Template;
use axum::{
    Extension,
    extract::{Path, Query, State},
};
use portcullis_store::SnapshotRow;
use serde::Deserialize;

/// Issues on one page.
const ISSUES_A_PAGE: u64 = 50;

/// A list version in a table.
pub(crate) struct ListView {
    pub(crate) snapshot: String,
    pub(crate) source: String,
    pub(crate) published: String,
    pub(crate) age: String,
    pub(crate) recorded: String,
    pub(crate) state: &'static str,
    pub(crate) lists: Vec<String>,
    pub(crate) entities: String,
    pub(crate) names: String,
    pub(crate) issues: String,
}

impl ListView {
    pub(crate) fn new(row: &SnapshotRow) -> ListView {
        ListView {
            snapshot: row.id.clone(),
            source: row.source.clone(),
            published: row.published.map_or("not stated".to_owned(), day),
            age: row
                .published
                .map_or(String::new(), |d| age_in_days(d, today())),
            recorded: moment(row.recorded_at),
            state: match (row.active, row.staged) {
                (true, _) => "In use",
                (false, true) => "Stored, never used",
                (false, false) => "Superseded",
            },
            lists: row.counts.keys().cloned().collect(),
            entities: grouped(row.entities as i64),
            names: grouped(row.names as i64),
            issues: grouped(row.issues as i64),
        }
    }
}

#[derive(Template)]
#[template(path = "lists.html")]
struct ListsPage {
    shell: Shell,
    set_id: String,
    active: Vec<ListView>,
    older: Vec<ListView>,
}

#[derive(Template)]
#[template(path = "snapshot.html")]
struct SnapshotPage {
    shell: Shell,
    list: ListView,
    facts: Vec<Fact>,
    counts: Vec<Fact>,
    issues: Vec<IssueView>,
    issues_summary: String,
    pages: Pages,
    versions: Vec<ListView>,
}

/// Which page of a table.
#[derive(Deserialize)]
pub(crate) struct Turn {
    page: Option<u64>,
}

/// `GET /lists`
pub(crate) async fn page(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
) -> Page {
    let snapshots = state.store().snapshots().await?;
    let (active, older): (Vec<_>, Vec<_>) = snapshots.iter().partition(|s| s.active);
    let shell = shell(&state, &actor, Nav::Lists, "Lists", Vec::new()).await?;
    html(&ListsPage {
        set_id: shell.lists.clone(),
        shell,
        active: active.into_iter().map(ListView::new).collect(),
        older: older.into_iter().map(ListView::new).collect(),
    })
}

/// `GET /lists/{snapshot}`
pub(crate) async fn snapshot(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
    Query(turn): Query<Turn>,
) -> Page {
    let row = state.store().snapshot(&id).await?;
    let base = format!("/lists/{}?page=", crate::router::encode(&id));
    let pages = Pages::new(row.issues, ISSUES_A_PAGE, turn.page, base);
    let wanted = pages.rows(ISSUES_A_PAGE);
    let issues = state.store().snapshot_issues(&id, wanted).await?;
    let all = state.store().snapshots().await.map_err(Problem::from)?;
    let same_source = all.iter().filter(|s| s.source == row.source);
    let versions: Vec<ListView> = same_source.map(ListView::new).collect();
    let crumbs = vec![Crumb::new("Lists", "/lists")];
    html(&SnapshotPage {
        shell: shell(&state, &actor, Nav::Lists, &row.source, crumbs).await?,
        list: ListView::new(&row),
        facts: facts(&row),
        counts: counts(&row),
        issues: issues.rows.iter().map(IssueView::new).collect(),
        issues_summary: count(row.issues as usize, "issue", "issues"),
        pages,
        versions: if versions.len() > 1 {
            versions
        } else {
            Vec::new()
        },
    })
}

fn facts(row: &SnapshotRow) -> Vec<Fact> {
    let activated = row.activated_at.map_or("never".to_owned(), moment);
    vec![
        Fact::new("Entities", grouped(row.entities as i64)),
        Fact::new("Names", grouped(row.names as i64)),
        Fact::new("Imported by", row.recorded_by.as_str()),
        Fact::new("Last put in use", activated),
        Fact::new("Snapshot", row.id.as_str()).mono(),
        Fact::new("SHA-256 of the files", row.sha256.as_str()).mono(),
    ]
}

fn counts(row: &SnapshotRow) -> Vec<Fact> {
    let each = row.counts.iter();
    each.map(|(list, n)| Fact::new(list, grouped(*n as i64)))
        .collect()
}
