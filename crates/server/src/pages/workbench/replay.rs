//! A draft replayed over history, shown as a person would want to see it.

use super::{Declined, Replayed, crumbs, draft::load};
use crate::{
    AppState,
    pages::{Page, html, shell},
    problem::Problem,
    session::Actor,
    view::{
        Crumb, Markup, Nav, OutcomeView, Shell, count, day, grouped, moment, pair_chart, sentence,
    },
};
use askama::Template;
use axum::{
    Extension,
    extract::{Multipart, Path, State, multipart::MultipartRejection},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use portcullis_assessment::{Change, Label, ReplayReport, Turn, read_labels};
use portcullis_gate::{Replay, compiled};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// Changed decisions and rows of trade that are shown; the rest is counted.
const SHOWN: usize = 100;
const TRADE: usize = 20;

struct ChangeRow {
    reference: String,
    href: String,
    line: String,
    from: OutcomeView,
    to: OutcomeView,
    why: Vec<String>,
}

struct QueueView {
    name: String,
    line: String,
    chart: Markup,
    weeks: Vec<(String, String, String)>,
}

struct TradeRow {
    place: String,
    chapter: String,
    stricter: String,
    milder: String,
    lines: String,
    without: String,
}

#[derive(Template)]
#[template(path = "replay.html")]
struct ReplayPage {
    shell: Shell,
    id: String,
    title: String,
    made: String,
    stale: bool,
    history: String,
    r: ReplayReport,
    outcomes: Vec<(OutcomeView, OutcomeView, String)>,
    changes: Vec<ChangeRow>,
    more_changes: usize,
    queues: Vec<QueueView>,
    trade: Vec<TradeRow>,
    trade_chart: Markup,
    more_trade: usize,
}

/// `POST /policy/drafts/{id}/replay`: replays it over the record.
pub(crate) async fn run(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
    multipart: Result<Multipart, MultipartRejection>,
) -> Page {
    // Without a form there is no token of the session.
    let multipart = multipart.map_err(|_| Problem::BadToken)?;
    let (since, labels) = read(&actor, multipart).await?;
    let (mut stored, mut draft) = load(&state, &id).await?;
    let rules = state.rules();
    let whole = draft.whole(&rules.files);
    let of = whole.version();
    let compiling = tokio::task::spawn_blocking(move || compiled(&whole));
    let engine = match compiling.await.map_err(|_| Problem::Internal)? {
        Ok(engine) => engine,
        Err(error) => match Declined::from(error) {
            // The page of the draft names every fault.
            Declined::Faults(_) | Declined::Words(_) => {
                return Ok(Redirect::to(&format!("/policy/drafts/{id}")).into_response());
            }
            Declined::Failed(problem) => return Err(problem.into()),
        },
    };
    let base_is = match &rules.version {
        Some(version) => format!("the adopted version “{}”", version.title),
        None => "the files of the installation".to_owned(),
    };
    let replay = Replay::new(
        state.store().clone(),
        engine,
        Arc::clone(&rules.engine),
        &base_is,
    )
    .with_labels(labels);
    let report = replay.record(since, None, &|_| ()).await;
    let report = report.map_err(|error| {
        crate::problem::log(&error);
        Problem::Internal
    })?;
    draft.replay = Some(Replayed {
        at: Timestamp::now(),
        by: actor.name.clone(),
        of,
        report,
    });
    stored.content = draft.value()?;
    state
        .store()
        .save_policy_draft(&stored, Timestamp::now())
        .await?;
    Ok(Redirect::to(&format!("/policy/drafts/{id}/replay")).into_response())
}

type Asked = (Option<Timestamp>, HashMap<String, Label>);

/// Since when, and the cases of which the right outcome is known.
async fn read(actor: &Actor, mut multipart: Multipart) -> Result<Asked, Problem> {
    let unreadable = |_| Problem::Invalid("The form could not be read".to_owned());
    let (mut since, mut labels, mut checked) = (None, HashMap::new(), false);
    while let Some(field) = multipart.next_field().await.map_err(unreadable)? {
        match field.name().unwrap_or_default() {
            "csrf" => {
                actor.check(&field.text().await.map_err(unreadable)?)?;
                checked = true;
            }
            "since" => {
                let text = field.text().await.map_err(unreadable)?;
                since = begin_of(text.trim())?;
            }
            "labels" => {
                let bytes = field.bytes().await.map_err(unreadable)?;
                if !bytes.is_empty() {
                    labels = read_labels(&bytes).map_err(|why| {
                        Problem::Invalid(format!("The table of known cases: {why}"))
                    })?;
                }
            }
            _ => {}
        }
    }
    if checked {
        Ok((since, labels))
    } else {
        Err(Problem::BadToken)
    }
}

fn begin_of(text: &str) -> Result<Option<Timestamp>, Problem> {
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = || Problem::Invalid(format!("‘{text}’ is not a day. Write 2026-11-22"));
    let day: Date = text.parse().map_err(|_| wrong())?;
    let begins = day.to_zoned(TimeZone::UTC).map_err(|_| wrong())?;
    Ok(Some(begins.timestamp()))
}

/// `GET /policy/drafts/{id}/replay`
pub(crate) async fn page(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
) -> Page {
    let (stored, draft) = load(&state, &id).await?;
    let Some(replayed) = draft.replay.clone() else {
        return Ok(Redirect::to(&format!("/policy/drafts/{id}")).into_response());
    };
    let proposed = stored.proposed_as.is_some();
    let r = replayed.report;
    let mut crumbs = crumbs();
    crumbs.push(Crumb::new(&draft.title, &format!("/policy/drafts/{id}")));
    let trade = by_value(&r);
    let page = html(&ReplayPage {
        shell: shell(&state, &actor, Nav::Policy, "Replay", crumbs).await?,
        title: draft.title.clone(),
        made: format!("Replayed by {} {}.", replayed.by, moment(replayed.at)),
        stale: !proposed && replayed.of != draft.whole(&state.rules().files).version(),
        history: history(&r),
        outcomes: r
            .outcomes
            .iter()
            .filter(|(from, to, _)| from != to)
            .map(|(from, to, n)| (OutcomeView(*from), OutcomeView(*to), grouped(*n as i64)))
            .collect(),
        changes: r.changes.iter().take(SHOWN).map(change).collect(),
        more_changes: r.changes.len().saturating_sub(SHOWN),
        queues: queues(&r),
        trade_chart: trade_chart(&r),
        more_trade: trade.len().saturating_sub(TRADE),
        trade: trade.into_iter().take(TRADE).collect(),
        id,
        r,
    })?;
    Ok((StatusCode::OK, page).into_response())
}

fn history(r: &ReplayReport) -> String {
    let span = match (r.history.first, r.history.last) {
        (Some(first), Some(last)) => format!(", {} to {}", day(first), day(last)),
        _ => String::new(),
    };
    format!(
        "{}: {}{span}. Beside {}.",
        sentence(&r.history.source),
        count(r.history.messages as usize, "message", "messages"),
        r.base_is
    )
}

fn change(change: &Change) -> ChangeRow {
    let why = change.why.iter().map(|reason| {
        let turn = match reason.turn {
            Turn::New => "New",
            Turn::Gone => "Gone",
            Turn::Changed => "Changed",
        };
        format!("{turn}: {} ({})", reason.text, reason.rule)
    });
    let label = change.label.as_ref();
    let known = label.map(|l| format!("Known to be {}", l.outcome.as_str().replace('_', " ")));
    let parts = [change.day.map(day), change.destination.clone(), known];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    ChangeRow {
        reference: if change.reference.is_empty() {
            "No reference".to_owned()
        } else {
            change.reference.clone()
        },
        href: change
            .decision_id
            .as_ref()
            .map_or(String::new(), |id| format!("/assessments/{id}")),
        line: parts.join(", "),
        from: OutcomeView(change.from),
        to: OutcomeView(change.to),
        why: why.collect(),
    }
}

/// Load by queue: a chart over the weeks, and the same as a table.
fn queues(r: &ReplayReport) -> Vec<QueueView> {
    let mut by_queue: BTreeMap<&str, Vec<(String, u64, u64)>> = BTreeMap::new();
    for load in &r.load {
        let weeks = by_queue.entry(&load.queue).or_default();
        weeks.push((load.week.clone(), load.before, load.after));
    }
    let view = |(name, weeks): (&str, Vec<(String, u64, u64)>)| {
        let before: u64 = weeks.iter().map(|w| w.1).sum();
        let after: u64 = weeks.iter().map(|w| w.2).sum();
        QueueView {
            name: sentence(name),
            line: format!(
                "{} before, {} after ({})",
                grouped(before as i64),
                grouped(after as i64),
                signed(after as i64 - before as i64)
            ),
            chart: pair_chart(&format!("Cases of {name} by week"), &weeks),
            weeks: weeks
                .iter()
                .map(|(w, b, a)| (w.clone(), grouped(*b as i64), grouped(*a as i64)))
                .collect(),
        }
    };
    by_queue.into_iter().map(view).collect()
}

fn signed(number: i64) -> String {
    if number > 0 {
        format!("+{}", grouped(number))
    } else {
        grouped(number)
    }
}

/// Rows of trade that the draft touches, the largest first.
fn by_value(r: &ReplayReport) -> Vec<TradeRow> {
    let touched =
        |t: &&portcullis_assessment::Trade| amount(&t.stricter) > 0.0 || amount(&t.milder) > 0.0;
    let mut rows: Vec<_> = r.trade.iter().filter(touched).collect();
    let size = |t: &portcullis_assessment::Trade| amount(&t.stricter) + amount(&t.milder);
    rows.sort_by(|a, b| size(b).total_cmp(&size(a)));
    let row = |t: &portcullis_assessment::Trade| TradeRow {
        place: place(&t.destination),
        chapter: if t.chapter.is_empty() {
            "no code".to_owned()
        } else {
            format!("chapter {}", t.chapter)
        },
        stricter: format!("{} {}", t.stricter, t.currency),
        milder: format!("{} {}", t.milder, t.currency),
        lines: grouped(t.lines as i64),
        without: grouped(t.without_value as i64),
    };
    rows.into_iter().map(row).collect()
}

fn amount(text: &str) -> f64 {
    text.parse().unwrap_or(0.0)
}

fn place(code: &str) -> String {
    let country = portcullis_domain::Country::from_alpha2(code);
    country.map_or_else(|| code.to_owned(), |c| c.name().to_owned())
}

/// Lines of goods by destination: all, and those of changed decisions.
fn trade_chart(r: &ReplayReport) -> Markup {
    let mut by_place: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for t in &r.trade {
        let sums = by_place.entry(&t.destination).or_default();
        sums.0 += t.lines;
        if amount(&t.stricter) > 0.0 || amount(&t.milder) > 0.0 {
            sums.1 += t.lines;
        }
    }
    let mut rows: Vec<(String, u64, u64)> = by_place
        .into_iter()
        .filter(|(_, (_, touched))| *touched > 0)
        .map(|(code, (all, touched))| (place(code), all, touched))
        .collect();
    rows.sort_by_key(|(_, _, touched)| std::cmp::Reverse(*touched));
    rows.truncate(8);
    pair_chart("Lines of goods by destination: all, and touched", &rows)
}
