//! `GET /`: what was decided, what waits for a person, on what it rests.

use super::{
    Page, html,
    lists::ListView,
    queue::{QueueRow, queue_rows, strictest_first},
    shell,
};
use crate::{
    AppState,
    session::Actor,
    state::today,
    view::{Markup, Nav, OutcomeView, Shell, count, grouped, outcome_chart},
};
use askama::Template;
use axum::{Extension, extract::State};
use portcullis_domain::Outcome;
use portcullis_store::{DecisionFilter, LedgerStatus, SnapshotRow};
use std::collections::BTreeMap;

/// Rows of the queue shown here.
const ROWS: u64 = 8;

struct Bar {
    outcome: OutcomeView,
    count_text: String,
    share: String,
}

/// Something to do, or the word that there is nothing.
struct Todo {
    text: String,
    more: String,
    href: String,
    fine: bool,
}

#[derive(Template)]
#[template(path = "overview.html")]
struct OverviewPage {
    shell: Shell,
    tally: Vec<Bar>,
    total: String,
    chart: Markup,
    attention: Vec<Todo>,
    rows: Vec<QueueRow>,
    lists: Vec<ListView>,
    ledger: Option<LedgerView>,
}

struct LedgerView {
    size: String,
    pending: String,
    root: String,
}

/// `GET /`
pub(crate) async fn page(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
) -> Page {
    let counts = state.store().outcome_counts().await?;
    let total: u64 = counts.values().sum();
    let found = strictest_first(&state, &DecisionFilter::default(), None, ROWS).await?;
    let snapshots = state.store().snapshots().await?;
    let active: Vec<&SnapshotRow> = snapshots.iter().filter(|s| s.active).collect();
    let status = state.store().ledger_status().await?;
    let pairs: Vec<(Outcome, i64)> = counts.iter().map(|(o, n)| (*o, *n as i64)).collect();
    let shell = shell(&state, &actor, Nav::Overview, "Overview", Vec::new()).await?;
    html(&OverviewPage {
        tally: tally(&counts, total),
        total: grouped(total as i64),
        chart: outcome_chart(&pairs),
        attention: attention(&state, &counts, &active),
        rows: queue_rows(&state, &found.rows).await?,
        lists: active.into_iter().map(ListView::new).collect(),
        ledger: shell.may_prove.then(|| LedgerView::new(status)),
        shell,
    })
}

impl LedgerView {
    fn new(status: LedgerStatus) -> LedgerView {
        LedgerView {
            size: grouped(status.size as i64),
            pending: grouped(status.pending as i64),
            root: status
                .checkpoint
                .map_or("not signed yet".to_owned(), |c| c.root),
        }
    }
}

fn tally(counts: &BTreeMap<Outcome, u64>, total: u64) -> Vec<Bar> {
    OutcomeView::strictest_first()
        .map(|outcome| {
            let number = counts.get(&outcome.0).copied().unwrap_or(0);
            let thousandths = (number * 1_000).checked_div(total).unwrap_or(0);
            Bar {
                outcome,
                count_text: grouped(number as i64),
                share: format!("{}.{} % of all", thousandths / 10, thousandths % 10),
            }
        })
        .collect()
}

fn attention(
    state: &AppState,
    counts: &BTreeMap<Outcome, u64>,
    active: &[&SnapshotRow],
) -> Vec<Todo> {
    let mut todos = Vec::new();
    let waiting = [
        (
            Outcome::Prohibited,
            "was refused: the law forbids it",
            "were refused: the law forbids them",
        ),
        (
            Outcome::Hold,
            "is held: something is not known",
            "are held: something is not known",
        ),
        (
            Outcome::LicenceRequired,
            "needs a licence",
            "need a licence",
        ),
        (
            Outcome::Review,
            "waits for an officer’s judgement",
            "wait for an officer’s judgement",
        ),
    ];
    for (outcome, one, many) in waiting {
        let number = counts.get(&outcome).copied().unwrap_or(0) as usize;
        if number > 0 {
            let verb = if number == 1 { one } else { many };
            todos.push(Todo {
                text: format!("{} {verb}", count(number, "transaction", "transactions")),
                more: String::new(),
                href: format!("/assessments?outcome={}", outcome.as_str()),
                fine: false,
            });
        }
    }
    todos.extend(about_lists(active));
    let overdue = state
        .rules()
        .book
        .entries
        .iter()
        .filter(|e| e.overdue(today()))
        .count();
    if overdue > 0 {
        todos.push(Todo {
            text: format!(
                "{} past the review date",
                count(overdue, "rule is", "rules are")
            ),
            more: "A rule that nobody has looked at may have lapsed.".to_owned(),
            href: "/calendar".to_owned(),
            fine: false,
        });
    }
    if todos.is_empty() {
        todos.push(Todo {
            text: "Nothing waits for a person".to_owned(),
            more: String::new(),
            href: String::new(),
            fine: true,
        });
    }
    todos
}

fn about_lists(active: &[&SnapshotRow]) -> Vec<Todo> {
    if active.is_empty() {
        return vec![Todo {
            text: "No list is in use".to_owned(),
            more: "Nothing can be screened, so nothing is released.".to_owned(),
            href: "/lists".to_owned(),
            fine: false,
        }];
    }
    let undated = active.iter().filter(|s| s.published.is_none()).count();
    if undated == 0 {
        return Vec::new();
    }
    vec![Todo {
        text: format!(
            "{} no date of publication",
            count(undated, "list in use states", "lists in use state")
        ),
        more: "Their day of import stands in for it.".to_owned(),
        href: "/lists".to_owned(),
        fine: false,
    }]
}
