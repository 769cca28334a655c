//! What is to come, what runs beside, and what was told: calendar, shadow, bulletins.

use super::change::signed;
use crate::{
    Ended,
    args::{BulletinFormat, BulletinsArgs, CalendarArgs, CalendarFormat, Global, ShadowCommand},
    context::{folder_files, now, open_store, shown_files},
    output::say,
};
use anyhow::{Context, Result};
use jiff::Span;
use portcullis_gate::{bulletins, compiled, start_shadow};
use portcullis_policy::{bulletins_atom, calendar, calendar_ics, calendar_text};
use portcullis_store::{Page, ShadowRun, Store};
use serde_json::json;

pub(super) async fn print_calendar(global: &Global, args: &CalendarArgs) -> Result<Ended> {
    let files = shown_files(global).await?;
    let engine = compiled(&files)?;
    let moment = now();
    let today = engine.policy().today(moment);
    let until = today
        .checked_add(Span::new().months(i64::from(args.months)))
        .context("that is beyond the calendar")?;
    let due = calendar(&files, today, until);
    match args.format {
        CalendarFormat::Json => say!("{}", serde_json::to_string(&due)?)?,
        CalendarFormat::Ics => {
            use std::io::Write as _;
            std::io::stdout().write_all(calendar_ics(&due, moment).as_bytes())?;
        }
        CalendarFormat::Text if global.json => say!("{}", serde_json::to_string(&due)?)?,
        CalendarFormat::Text => {
            let overdue = due.iter().filter(|one| one.overdue).count();
            say!(
                "{}{} due until {until}, {overdue} of them overdue",
                calendar_text(&due),
                due.len()
            )?;
        }
    }
    Ok(Ended::Done)
}

pub(super) async fn shadow(global: &Global, command: &ShadowCommand) -> Result<Ended> {
    let store = open_store(global).await?;
    match command {
        ShadowCommand::Start {
            draft,
            title,
            until,
            signature,
        } => {
            let files = folder_files(draft)?;
            let by = signed(&store, signature).await?;
            let run = start_shadow(&store, &files, title, *until, &by, now()).await?;
            say!(
                "shadow={} “{}” digest={} runs until {}; its decisions never act",
                run.id,
                run.title,
                run.digest,
                run.until
            )?;
        }
        ShadowCommand::Stop { signature } => {
            let by = signed(&store, signature).await?;
            let running = store
                .shadow_running()
                .await?
                .context("no draft runs in the shadow")?;
            store.stop_shadow(&running.id, &by, now()).await?;
            say!("shadow={} stopped by {by}", running.id)?;
        }
        ShadowCommand::Status { limit } => {
            let runs = store.shadow_runs().await?;
            if runs.is_empty() && !global.json {
                say!("no draft ran in the shadow")?;
            }
            for run in &runs {
                print_run(global, &store, run, *limit).await?;
            }
        }
    }
    Ok(Ended::Done)
}

async fn print_run(global: &Global, store: &Store, run: &ShadowRun, limit: u64) -> Result<()> {
    let counts = store.shadow_counts(&run.id).await?;
    let decided: u64 = counts.iter().map(|turn| turn.count).sum();
    let differing = counts.iter().filter(|turn| turn.acted != turn.shadow);
    let differ: u64 = differing.clone().map(|turn| turn.count).sum();
    let page = Page { offset: 0, limit };
    let found = store.shadow_differences(&run.id, page).await?;
    if global.json {
        let differences: Vec<_> = found
            .rows
            .iter()
            .map(|one| {
                json!({
                    "decision_id": one.decision_id, "reference": one.reference,
                    "acted": one.acted, "shadow": one.shadow,
                })
            })
            .collect();
        say!(
            "{}",
            json!({
                "id": run.id, "title": run.title, "digest": run.digest,
                "until": run.until, "started_by": run.started_by, "stopped_by": run.stopped_by,
                "decided": decided, "differ": differ, "outcomes": counts, "differences": differences,
            })
        )?;
        return Ok(());
    }
    let state = match &run.stopped_by {
        Some(by) => format!("stopped by {by}"),
        None => format!("until {}", run.until),
    };
    say!(
        "shadow={} “{}” {state}: {decided} decided beside what acted, {differ} otherwise",
        run.id,
        run.title
    )?;
    for turn in differing {
        say!(
            "{:>8} {} → {}",
            turn.count,
            turn.acted.as_str(),
            turn.shadow.as_str()
        )?;
    }
    for one in &found.rows {
        let name = one.reference.as_deref().unwrap_or(&one.decision_id);
        let why = one.decision.as_ref().and_then(|d| {
            let deciding = d.findings.iter().find(|f| f.outcome == d.outcome);
            deciding
                .map(|f| f.text.clone())
                .or_else(|| d.questions.first().map(|q| q.text.clone()))
        });
        say!(
            "  {name:<16} {} → {}  {}",
            one.acted.as_str(),
            one.shadow.as_str(),
            why.unwrap_or_default()
        )?;
    }
    if found.total > found.rows.len() as u64 {
        say!("  … and {} more", found.total - found.rows.len() as u64)?;
    }
    Ok(())
}

pub(super) async fn print_bulletins(global: &Global, args: &BulletinsArgs) -> Result<Ended> {
    let store = open_store(global).await?;
    let page = Page {
        offset: 0,
        limit: args.limit,
    };
    let base = args.address.trim_end_matches('/');
    let (published, total) = bulletins(&store, page, |id| format!("{base}/bulletins/{id}")).await?;
    let format = if global.json {
        BulletinFormat::Json
    } else {
        args.format
    };
    match format {
        BulletinFormat::Atom => {
            let engine = compiled(&shown_files(global).await?)?;
            let name = &engine.policy().installation().name;
            let address = format!("{base}/bulletins.atom");
            say!(
                "{}",
                bulletins_atom(name, &address, &published, now()).trim_end()
            )?;
        }
        BulletinFormat::Json => {
            for one in &published {
                say!(
                    "{}",
                    json!({ "id": one.id, "at": one.at, "bulletin": one.bulletin })
                )?;
            }
        }
        BulletinFormat::Text => {
            for one in &published {
                say!("{}\n{}", one.at, one.bulletin.text())?;
            }
            say!("{} of {total} bulletins", published.len())?;
        }
    }
    Ok(Ended::Done)
}
