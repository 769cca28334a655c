//! `portcullis lists`: import, show, diff, activate.

pub(crate) mod touches;

use crate::{
    Ended,
    args::{Global, ImportArgs, ListsCommand},
    context::{OPERATOR, day_of, engine, now, open_store},
    freshness::Ages,
    output::say,
};
use anyhow::{Context, Result, bail};
use portcullis_domain::{Entity, Issue};
use portcullis_formats::watchlists::{self, ListFile};
use portcullis_gate::{import_lists, prepare_lists};
use portcullis_store::{ImportOptions, SnapshotRow};
use serde_json::json;
use std::{collections::BTreeMap, fs, path::Path};

pub(crate) async fn run(global: &Global, command: &ListsCommand) -> Result<Ended> {
    match command {
        ListsCommand::Import(args) => import(global, args).await,
        ListsCommand::Update(args) => crate::lists_update::run(global, args).await,
        ListsCommand::Show => show(global).await,
        ListsCommand::Diff { old, new } => diff(global, old, new).await,
        ListsCommand::Activate { snapshot } => {
            let store = open_store(global).await?;
            store.activate(snapshot, OPERATOR, now()).await?;
            say!("active: {snapshot}")?;
            Ok(Ended::Done)
        }
    }
}

async fn import(global: &Global, args: &ImportArgs) -> Result<Ended> {
    let mut contents = Vec::new();
    if let Some(path) = &args.mapping {
        let mapping = list_file(path)?;
        if !watchlists::is_mapping(&mapping.1) {
            bail!(
                "{} is no mapping: it has no table [columns]",
                path.display()
            );
        }
        contents.push(mapping);
    }
    for path in &args.files {
        contents.push(list_file(path)?);
    }
    let files: Vec<ListFile<'_>> = contents
        .iter()
        .map(|(name, bytes)| ListFile { name, bytes })
        .collect();
    let options = ImportOptions {
        activate: !args.no_activate,
        accept: args.accept,
        max_shrink_percent: engine(global)?.intake().max_shrink_percent,
    };
    let store = open_store(global).await?;
    let before = touches::in_use(&store, now()).await?;
    let mut ended = Ended::Done;
    let mut imported = Vec::new();
    for read in watchlists::read(&files, args.source.as_deref(), args.published) {
        let snapshot = match read {
            Ok(snapshot) => snapshot,
            Err(broken) => {
                eprintln!("error: {}", crate::chain(&broken.into()));
                ended = Ended::Failed;
                continue;
            }
        };
        let issues = snapshot.issues.clone();
        let done = import_lists(&store, snapshot, &files, options, OPERATOR, now()).await?;
        if args.issues {
            issues.iter().for_each(print_issue);
        }
        match &done.stored {
            Ok(imported) => print_imported(global, &done.read, imported)?,
            Err(refused) => {
                eprintln!("error: {refused}");
                ended = Ended::Failed;
            }
        }
        imported.push(done);
    }
    let moment = now();
    prepare_lists(&store, imported, day_of(moment), moment).await?;
    touches::print(global, &store, &before, moment).await?;
    Ok(ended)
}

/// Name and bytes of a file, unless it is larger than a list may be.
fn list_file(path: &Path) -> Result<(String, Vec<u8>)> {
    let size = fs::metadata(path)
        .with_context(|| format!("cannot read {}", path.display()))?
        .len();
    let limit = watchlists::Limits::default().max_file_bytes;
    if size > limit {
        bail!(
            "{} has {size} bytes; a list file may have at most {limit}",
            path.display()
        );
    }
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let name = path.file_name().unwrap_or(path.as_os_str());
    Ok((name.to_string_lossy().into_owned(), bytes))
}

pub(crate) fn print_issue(issue: &Issue) {
    let line = issue
        .line
        .map(|n| format!("line {n}: "))
        .unwrap_or_default();
    let field = issue
        .field
        .as_deref()
        .map(|f| format!("{f}: "))
        .unwrap_or_default();
    eprintln!("issue: {line}{field}{} ({})", issue.text, issue.code);
}

fn print_imported(
    global: &Global,
    read: &watchlists::SourceSnapshot,
    imported: &portcullis_store::Imported,
) -> Result<()> {
    let published = read.published.map(|d| d.to_string());
    let (entities, issues) = (read.entities.len(), read.issues.len());
    if global.json {
        say!(
            "{}",
            json!({
                "source": read.source, "entities": entities, "names": read.names,
                "published": published, "sha256": read.sha256, "issues": issues,
                "snapshot": imported.snapshot_id, "state": format!("{:?}", imported.state),
                "message": imported.message, "counts": read.counts,
            })
        )?;
    } else {
        say!(
            "source={} entities={entities} names={} published={} sha256={} issues={issues} snapshot={} ({})",
            read.source,
            read.names,
            published.as_deref().unwrap_or("-"),
            read.sha256,
            imported.snapshot_id,
            imported.message
        )?;
    }
    Ok(())
}

async fn show(global: &Global) -> Result<Ended> {
    let snapshots = open_store(global).await?.snapshots().await?;
    let ages = Ages::load(global);
    if snapshots.is_empty() && !global.json {
        say!("no lists yet; import one with: portcullis lists import FILE...")?;
    }
    for row in &snapshots {
        if global.json {
            say!("{}", snapshot_json(row, &ages))?;
        } else {
            let state = if row.active { "active" } else { "stored" };
            let published = row.published.map_or("-".to_owned(), |d| d.to_string());
            say!(
                "{state} snapshot={} published={published} entities={} names={} issues={} recorded={}",
                row.id,
                row.entities,
                row.names,
                row.issues,
                row.recorded_at
            )?;
        }
    }
    ages.warn_stale(global, &snapshots);
    ages.warn_missing(global, &snapshots);
    Ok(Ended::Done)
}

fn snapshot_json(row: &SnapshotRow, ages: &Ages) -> serde_json::Value {
    let age = ages.of(row).filter(|_| row.active);
    json!({
        "stale": age.map(|age| age.is_stale()),
        "snapshot": row.id, "source": row.source, "active": row.active, "staged": row.staged,
        "published": row.published.map(|d| d.to_string()), "entities": row.entities,
        "names": row.names, "issues": row.issues, "counts": row.counts, "sha256": row.sha256,
        "recorded_at": row.recorded_at.to_string(), "recorded_by": row.recorded_by,
    })
}

/// What one change of a list did to an entity.
pub(crate) type Change = (&'static str, Entity);

/// What differs between two snapshots: added and changed entities by id, then
/// the removed ones.
pub(crate) fn changes(before: Vec<Entity>, after: Vec<Entity>) -> Vec<Change> {
    let by_id = |entities: Vec<Entity>| -> BTreeMap<String, Entity> {
        entities.into_iter().map(|e| (e.id.clone(), e)).collect()
    };
    let (mut before, after) = (by_id(before), by_id(after));
    let mut changes = Vec::new();
    for (id, entity) in after {
        match before.remove(&id) {
            None => changes.push(("added", entity)),
            Some(earlier) if earlier != entity => changes.push(("changed", entity)),
            Some(_) => {}
        }
    }
    changes.extend(before.into_values().map(|entity| ("removed", entity)));
    changes
}

/// How many entities were added, changed and removed.
pub(crate) fn tally(changes: &[Change]) -> [usize; 3] {
    ["added", "changed", "removed"].map(|word| changes.iter().filter(|c| c.0 == word).count())
}

async fn diff(global: &Global, old: &str, new: &str) -> Result<Ended> {
    let store = open_store(global).await?;
    let changes = changes(store.entities(old).await?, store.entities(new).await?);
    for (change, entity) in &changes {
        let (id, name) = (&entity.id, entity.party.caption());
        if global.json {
            say!(
                "{}",
                json!({"change": change, "entity_id": id, "caption": name})
            )?;
        } else {
            say!("{change} {id} {name}")?;
        }
    }
    if !global.json {
        let [added, changed, removed] = tally(&changes);
        say!("{added} added, {changed} changed, {removed} removed")?;
    }
    Ok(Ended::Done)
}
