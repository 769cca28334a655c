//! What an import or update of lists changed, and whom that touches.

use crate::{
    args::Global,
    context::{OPERATOR, acting, day_of},
    output::say,
};
use anyhow::{Context, Result};
use jiff::{Span, Timestamp, tz::TimeZone};
use portcullis_casework::Delta;
use portcullis_gate::{
    Catalogue, Touched, load_lists, publish_list_bulletin, snapshots_delta, touched_customers,
    touched_parties,
};
use portcullis_store::Store;
use serde_json::json;
use std::sync::Arc;

/// Entries, and touched parties, that are printed; the rest is counted.
const MAX_SHOWN: usize = 25;
/// Changed entries up to which it is looked up at once whom they touch. A whole
/// new list is left to `monitor run`, which says how far it is.
const MAX_LOOKED_UP: usize = 2_000;

/// The snapshots in use at a moment.
pub(crate) async fn in_use(store: &Store, moment: Timestamp) -> Result<Vec<String>> {
    let set = store.list_set(day_of(moment), moment).await?;
    Ok(set.members.into_iter().map(|m| m.snapshot_id).collect())
}

/// Prints what changed since the snapshots of `before`, unless nothing was in
/// use then, and whom it touches.
pub(crate) async fn print(
    global: &Global,
    store: &Store,
    before: &[String],
    moment: Timestamp,
) -> Result<()> {
    let now = in_use(store, moment).await?;
    if before.is_empty() || before == now {
        return Ok(());
    }
    let delta = snapshots_delta(store, before, &now).await?;
    print_delta(global, &delta)?;
    let policy = acting(global, store).await?.engine;
    publish_list_bulletin(store, policy.policy(), before, &delta, OPERATOR, moment)
        .await
        .context("the bulletin on the lists was not published")?;
    let changed = delta.to_screen();
    if changed.is_empty() {
        return Ok(());
    }
    if changed.len() > MAX_LOOKED_UP {
        eprintln!(
            "note: {} entries are new or changed; whom they touch says: portcullis monitor run",
            changed.len()
        );
        return Ok(());
    }
    let day = day_of(moment);
    let lists = Arc::new(load_lists(store, &Catalogue::default(), day, moment).await?);
    for book in store.customer_books().await? {
        let whom = format!("customers of the book {}", book.book);
        let asked = changed.clone();
        let touched = touched_customers(store, lists.clone(), &book.book, asked, day).await?;
        print_touched(global, &whom, &touched)?;
    }
    let days = policy.policy().dispositions().watch_days(day, day);
    let since = day.checked_sub(Span::new().try_days(i64::from(days))?);
    let since = since
        .context("the day is out of range")?
        .to_zoned(TimeZone::UTC)?;
    let touched = touched_parties(store, lists, since.timestamp(), changed, day).await?;
    print_touched(global, "watched parties", &touched)?;
    if !global.json {
        say!("touches no open licences: none are kept here yet")?;
    }
    Ok(())
}

fn print_delta(global: &Global, delta: &Delta) -> Result<()> {
    if global.json {
        let renumbered = delta.renumbered.iter();
        let renumbered = renumbered.map(|r| json!({"old": r.old, "new": r.new}));
        say!(
            "{}",
            json!({
                "delta": {
                    "added": delta.added,
                    "removed": delta.removed,
                    "changed": delta.changed.iter().map(|c| &c.id).collect::<Vec<_>>(),
                    "renumbered": renumbered.collect::<Vec<_>>(),
                }
            })
        )?;
        return Ok(());
    }
    say!(
        "delta: {} added, {} removed, {} changed, {} renumbered",
        delta.added.len(),
        delta.removed.len(),
        delta.changed.len(),
        delta.renumbered.len()
    )?;
    let changed = delta.changed.iter().map(|c| {
        let aspects: Vec<&str> = c.aspects.iter().map(|a| a.words()).collect();
        format!("  changed {} {}", c.id, aspects.join(", "))
    });
    let lines = delta.added.iter().map(|id| format!("  added {id}"));
    let lines = lines.chain(delta.removed.iter().map(|id| format!("  removed {id}")));
    let renumbered = delta.renumbered.iter();
    let renumbered = renumbered.map(|r| format!("  renumbered {} to {}", r.old, r.new));
    print_some(&lines.chain(changed).chain(renumbered).collect::<Vec<_>>())
}

fn print_some(lines: &[String]) -> Result<()> {
    for line in lines.iter().take(MAX_SHOWN) {
        say!("{line}")?;
    }
    if lines.len() > MAX_SHOWN {
        say!("  … and {} more", lines.len() - MAX_SHOWN)?;
    }
    Ok(())
}

fn print_touched(global: &Global, whom: &str, touched: &[Touched]) -> Result<()> {
    if global.json {
        for one in touched {
            let hits = one.hits.iter();
            let hits = hits.map(|h| json!({"entity_id": h.entity_id, "score": h.score}));
            say!(
                "{}",
                json!({
                    "touches": whom, "who": one.who, "name": one.name, "partial": one.partial,
                    "hits": hits.collect::<Vec<_>>(),
                })
            )?;
        }
        return Ok(());
    }
    say!("touches {} {whom}", touched.len())?;
    let line = |one: &Touched| {
        let hits = one.hits.iter();
        let hits = hits.map(|h| format!("{} {} ({:.4})", h.entity_id, h.caption, h.score));
        let partial = if one.partial {
            " (not looked at wholly)"
        } else {
            ""
        };
        let hits: Vec<String> = hits.collect();
        format!("  {} {}: {}{partial}", one.who, one.name, hits.join("; "))
    };
    print_some(&touched.iter().map(line).collect::<Vec<_>>())
}
