//! `portcullis monitor`: customer books and their rescreening.

mod import;
mod report;

use crate::{
    Ended,
    args::{Global, MonitorAlertsArgs, MonitorCommand, MonitorRunArgs},
    context::{OPERATOR, day_of, engine, now, open_store},
    output::say,
    progress, webhooks,
};
use anyhow::{Result, bail};
use portcullis_casework::AlertState;
use portcullis_gate::{
    Catalogue, Hand, MonitorOptions, MonitorProgress, Monitored, load_lists, monitor_book,
};
use portcullis_store::{AlertFilter, AlertOf, MonitorRun, Page, Store};
use serde_json::json;
use std::sync::Arc;

/// Customers that are named; the rest is counted.
const MAX_SHOWN: usize = 100;

pub(crate) async fn run(global: &Global, command: &MonitorCommand) -> Result<Ended> {
    match command {
        MonitorCommand::Import(args) => import::run(global, args).await,
        MonitorCommand::Run(args) => rescreen(global, args).await,
        MonitorCommand::Status => status(global).await,
        MonitorCommand::Alerts(args) => alerts(global, args).await,
    }
}

async fn rescreen(global: &Global, args: &MonitorRunArgs) -> Result<Ended> {
    let store = open_store(global).await?;
    let books: Vec<String> = match &args.book {
        Some(book) => vec![book.clone()],
        None => {
            let all = store.customer_books().await?;
            all.into_iter().map(|b| b.book).collect()
        }
    };
    if books.is_empty() {
        bail!("there is no customer book; load one with: portcullis monitor import FILE");
    }
    let moment = now();
    let as_of = day_of(moment);
    let lists = load_lists(&store, &Catalogue::default(), as_of, moment).await?;
    if lists.index().is_empty() {
        bail!(
            "no list is active, so nobody can be screened; import one with: portcullis lists import FILE..."
        );
    }
    let lists = Arc::new(lists);
    let mut ended = Ended::Done;
    let mut runs = Vec::new();
    for book in books {
        let options = MonitorOptions {
            book,
            full: args.full,
            as_of,
        };
        let done = one_book(&store, &lists, &options, global.quiet).await?;
        print_run(global, &done)?;
        for number in done.not_whole.iter().take(MAX_SHOWN) {
            eprintln!("note: customer {number} could not be screened wholly");
        }
        let more = done.not_whole.len().saturating_sub(MAX_SHOWN);
        if more > 0 {
            eprintln!("note: … and {more} more");
        }
        if done.completed.partial + done.completed.unscreened > 0 {
            ended = Ended::DoneWithHolds;
        }
        runs.push(done.run.id);
    }
    if let Some(path) = &args.report {
        report::write(&store, path, &runs, as_of).await?;
    }
    tell(global, &store).await?;
    Ok(ended)
}

/// Delivers what the runs left to say. What does not arrive stays in the outbox
/// and does not make the run a failure.
async fn tell(global: &Global, store: &Store) -> Result<()> {
    if store.webhooks().await?.is_empty() {
        return Ok(());
    }
    let limits = engine(global)?.policy().installation().webhooks;
    let told = webhooks::deliver_due(store, limits).await?;
    if !global.quiet {
        eprintln!("{told}");
    }
    Ok(())
}

async fn one_book(
    store: &Store,
    lists: &Arc<portcullis_assessment::Lists>,
    options: &MonitorOptions,
    quiet: bool,
) -> Result<Monitored> {
    let bar = progress::over_parts(quiet);
    let hand = Hand {
        actor: OPERATOR,
        clock: &now,
    };
    let mut moved = |p: MonitorProgress| {
        bar.set_length(p.parts);
        bar.set_position(p.done);
    };
    let done = monitor_book(store, lists.clone(), options, &hand, &mut moved).await?;
    bar.finish_and_clear();
    Ok(done)
}

fn print_run(global: &Global, done: &Monitored) -> Result<()> {
    let (plan, made) = (&done.run.plan, &done.completed);
    let kind = if plan.since.is_some() {
        "delta"
    } else {
        "full"
    };
    if global.json {
        let delta = done.changes.as_ref().map(|c| {
            json!({
                "added": c.delta.added.len(), "removed": c.delta.removed.len(),
                "changed": c.delta.changed.len(), "renumbered": c.delta.renumbered.len(),
                "by_date": c.by_date.len(),
            })
        });
        say!(
            "{}",
            json!({
                "run": made.run, "book": plan.book, "kind": kind, "lists": plan.lists,
                "since": plan.since, "customers": plan.customers, "delta": delta,
                "customers_screened": made.customers_screened,
                "entities_screened": made.entities_screened,
                "hits": made.hits, "raised": made.raised, "gone": made.gone,
                "expired": made.expired, "partial": made.partial,
                "unscreened": made.unscreened, "left_to_next": made.left_to_next,
                "resumed_after": done.resumed_after, "digest": made.digest, "code": made.code,
            })
        )?;
        return Ok(());
    }
    if done.resumed_after > 0 {
        say!(
            "book={} goes on after part {} of {}",
            plan.book,
            done.resumed_after,
            plan.parts
        )?;
    }
    say!(
        "book={} {kind} run={} lists={} customers={} screened_against_all={} changed_entities={} \
         hits={} raised={} gone={} expired={} partial={} unscreened={} left_to_next={} code={}",
        plan.book,
        made.run,
        plan.lists,
        plan.customers,
        made.customers_screened,
        made.entities_screened,
        made.hits,
        made.raised,
        made.gone,
        made.expired,
        made.partial,
        made.unscreened,
        made.left_to_next,
        made.code
    )?;
    Ok(())
}

async fn status(global: &Global) -> Result<Ended> {
    let store = open_store(global).await?;
    let today = day_of(now());
    for book in store.customer_books().await? {
        let page = Page {
            offset: 0,
            limit: 5,
        };
        let runs = store.monitor_runs(Some(&book.book), page).await?;
        let open = store
            .alerts(
                &open_in(&book.book, today),
                Page {
                    offset: 0,
                    limit: 0,
                },
            )
            .await?
            .total;
        if global.json {
            let runs: Vec<_> = runs.rows.iter().map(run_json).collect();
            say!(
                "{}",
                json!({
                    "book": book.book, "version": book.version, "customers": book.customers,
                    "changed_at": book.changed_at.to_string(), "open_alerts": open, "runs": runs,
                })
            )?;
            continue;
        }
        say!(
            "book={} customers={} version={} changed={} open_alerts={open}",
            book.book,
            book.customers,
            book.version,
            book.changed_at
        )?;
        for run in &runs.rows {
            say!(
                "  run={} {} parts={}/{} lists={} started={}",
                run.id,
                run.state.as_str(),
                run.parts_done,
                run.plan.parts,
                run.plan.lists,
                run.started_at
            )?;
        }
    }
    Ok(Ended::Done)
}

fn open_in(book: &str, as_of: portcullis_domain::Date) -> AlertFilter {
    AlertFilter {
        state: Some(AlertState::Open),
        book: Some(book.to_owned()),
        ..AlertFilter::on(as_of)
    }
}

fn run_json(run: &MonitorRun) -> serde_json::Value {
    json!({
        "run": run.id, "state": run.state.as_str(), "parts": run.plan.parts,
        "parts_done": run.parts_done, "lists": run.plan.lists, "since": run.plan.since,
        "customers": run.plan.customers, "started_at": run.started_at.to_string(),
        "ended_at": run.ended_at.map(|t| t.to_string()),
    })
}

async fn alerts(global: &Global, args: &MonitorAlertsArgs) -> Result<Ended> {
    let store = open_store(global).await?;
    let filter = AlertFilter {
        state: args.state.0,
        book: args.book.clone(),
        ..AlertFilter::on(day_of(now()))
    };
    let page = Page {
        offset: 0,
        limit: args.limit,
    };
    let found = store.alerts(&filter, page).await?;
    for alert in &found.rows {
        if global.json {
            say!("{}", report::alert_json(alert))?;
            continue;
        }
        let hit = alert.evidence.as_ref().map(|e| &e.hit);
        let caption = hit.map_or("(erased)", |h| h.caption.as_str());
        say!(
            "{} {} {:.4} {} {} {caption}: {}",
            alert.state.as_str(),
            if alert.strong { "strong" } else { "possible" },
            alert.score as f64 / 10_000.0,
            match &alert.of {
                AlertOf::Customer(c) => format!("book={} customer={}", c.book, c.id),
                AlertOf::Assessed { decision_id, .. } => format!("assessment={decision_id}"),
            },
            alert.entity_id,
            hit.map(|h| h.reasons.join("; ")).unwrap_or_default()
        )?;
    }
    let more = found.total.saturating_sub(found.rows.len() as u64);
    if more > 0 && !global.json {
        say!("… and {more} more")?;
    }
    Ok(Ended::Done)
}
