//! `GET /monitoring`: the customer books, their rescreening, and what each run
//! looked at and came to.

use super::{Page as Answer, html, shell};
use crate::{
    AppState,
    problem::Problem,
    session::Actor,
    state::today,
    view::{COUNT_ONLY, Nav, Shell, count, day, grouped, moment},
};
use askama::Template;
use axum::{Extension, extract::State};
use portcullis_casework::AlertState;
use portcullis_store::{AlertFilter, BookRow, MonitorRun, Page, RunState};

/// Runs shown.
const RUNS: u64 = 20;

struct BookView {
    book: String,
    customers: String,
    changed: String,
    open: String,
    awaiting: String,
    last: String,
    /// Whether the lists or the book changed since the last completed run.
    due: bool,
}

struct RunView {
    id: String,
    book: String,
    state: &'static str,
    class: &'static str,
    icon: &'static str,
    when: String,
    by: String,
    /// What it had to do.
    planned: String,
    /// What was found, from its parts.
    came_to: String,
    /// What kept it from being whole; empty if nothing did.
    not_whole: String,
    parts: String,
    raised: String,
    lists: String,
    digest: String,
    as_of: String,
}

#[derive(Template)]
#[template(path = "monitoring.html")]
struct MonitoringPage {
    shell: Shell,
    books: Vec<BookView>,
    runs: Vec<RunView>,
    shown: String,
}

/// `GET /monitoring`
pub(crate) async fn page(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
) -> Answer {
    let page = Page {
        offset: 0,
        limit: RUNS,
    };
    let found = state.store().monitor_runs(None, page).await?;
    let mut runs = Vec::with_capacity(found.rows.len());
    for run in &found.rows {
        runs.push(run_view(&state, run).await?);
    }
    let mut books = Vec::new();
    for book in state.store().customer_books().await? {
        books.push(book_view(&state, &book).await?);
    }
    html(&MonitoringPage {
        shell: shell(&state, &actor, Nav::Monitoring, "Customers", Vec::new()).await?,
        books,
        shown: if found.total > RUNS {
            format!("The last {RUNS} of {}", grouped(found.total as i64))
        } else {
            String::new()
        },
        runs,
    })
}

async fn alerts(state: &AppState, filter: AlertFilter) -> Result<u64, Problem> {
    Ok(state.store().alerts(&filter, COUNT_ONLY).await?.total)
}

async fn book_view(state: &AppState, row: &BookRow) -> Result<BookView, Problem> {
    let of = |wanted: AlertState| AlertFilter {
        state: Some(wanted),
        book: Some(row.book.clone()),
        ..AlertFilter::on(today())
    };
    let last = state.store().last_completed(&row.book).await?;
    let lists = state.list_set().await?.id;
    let due = last
        .as_ref()
        .is_none_or(|run| run.plan.lists != lists || run.plan.book_version != row.version);
    Ok(BookView {
        book: row.book.clone(),
        customers: grouped(row.customers as i64),
        changed: moment(row.changed_at),
        open: grouped(alerts(state, of(AlertState::Open)).await? as i64),
        awaiting: grouped(alerts(state, of(AlertState::Awaiting)).await? as i64),
        last: last.map_or("never".to_owned(), |run| {
            moment(run.ended_at.unwrap_or(run.started_at))
        }),
        due,
    })
}

async fn run_view(state: &AppState, run: &MonitorRun) -> Result<RunView, Problem> {
    let parts = state.store().run_parts(&run.id).await?;
    let sum = |of: fn(&portcullis_store::PartRow) -> u64| parts.iter().map(of).sum::<u64>();
    let (hits, partial, unscreened) = (sum(|p| p.hits), sum(|p| p.partial), sum(|p| p.unscreened));
    let (word, class, icon) = match run.state {
        RunState::Running => ("Running", "partial", "pause"),
        RunState::Completed => ("Completed", "clear", "check"),
        RunState::Abandoned => ("Given up", "partial", "minus"),
    };
    let raised = AlertFilter {
        raised_run: Some(run.id.clone()),
        ..AlertFilter::on(today())
    };
    let plan = &run.plan;
    let planned = match &plan.since {
        Some(_) => format!(
            "{} new or changed customers against every list; all {} against {} entries that changed",
            grouped(plan.customers_to_screen as i64),
            grouped(plan.customers as i64),
            grouped(plan.entities_to_screen as i64),
        ),
        None => format!(
            "All {} customers against every list",
            grouped(plan.customers_to_screen as i64)
        ),
    };
    let digest =
        portcullis_store::run_digest(parts.iter().map(|p| (p.position, p.digest.as_str())));
    let mut not_whole = Vec::new();
    if partial > 0 {
        not_whole.push(format!("{} screened in part only", grouped(partial as i64)));
    }
    if unscreened > 0 {
        not_whole.push(format!(
            "{} with nothing to screen",
            grouped(unscreened as i64)
        ));
    }
    Ok(RunView {
        id: run.id.clone(),
        book: plan.book.clone(),
        state: word,
        class,
        icon,
        when: moment(run.ended_at.unwrap_or(run.started_at)),
        by: run.started_by.clone(),
        planned,
        came_to: count(hits as usize, "match", "matches"),
        not_whole: not_whole.join(", "),
        parts: format!("{} of {} parts", run.parts_done, plan.parts),
        raised: grouped(alerts(state, raised).await? as i64),
        lists: plan.lists.clone(),
        digest,
        as_of: day(plan.as_of),
    })
}
