//! `portcullis lists update`: fetch from the publishers, use what passes.
//!
//! One source that fails never stops another, and what is in use stays in use
//! until something better has passed every check.

use crate::{
    Ended,
    args::{Global, UpdateArgs},
    context::{OPERATOR, day_of, engine, now, open_store},
    freshness::{Ages, minute},
    lists::{changes, tally, touches},
    output::say,
    progress::{Downloads, downloads},
};
use anyhow::{Context, Result, bail};
use jiff::{ToSpan, civil::Date};
use portcullis_exchange::{
    Fetched, FetchedFile, FileState, Refused, UpdateLock, UpdateState, fetch_source,
};
use portcullis_formats::watchlists::{self, ListFile, SourceSnapshot};
use portcullis_gate::{import_lists, judge_lists, prepare_lists};
use portcullis_policy::{DatedBy, Fetch, ListSource, ListSources};
use portcullis_store::{ImportOptions, ImportState, Imported, SnapshotRow, Store};
use serde_json::json;
use std::{collections::BTreeMap, fs, sync::Arc};
use tokio::{sync::Semaphore, task::JoinSet};

/// Publishers asked at the same time; each may hold its largest file in memory.
const AT_ONCE: usize = 4;

/// What an update of one source came to.
enum Outcome {
    /// In use is what the publisher has.
    Unchanged { snapshot: String },
    /// Something newer is in use, or would be in a dry run.
    Updated {
        snapshot: Option<String>,
        entities: usize,
        delta: [usize; 3],
    },
    /// Nothing changed; why.
    Refused(String),
    /// Not fetched: an operator imports it.
    ByHand,
}

pub(crate) async fn run(global: &Global, args: &UpdateArgs) -> Result<Ended> {
    let engine = engine(global)?;
    let sources = match &args.sources {
        Some(path) => read_sources(path)?,
        None => engine.policy().list_sources().clone(),
    };
    let chosen = choose(&sources, &args.only)?;
    let store = open_store(global).await?;
    let Some(_lock) = UpdateLock::take(&global.data)? else {
        bail!("another update of this data folder is running; nothing was done");
    };
    let state = UpdateState::load(&global.data).unwrap_or_else(|error| {
        eprintln!("warning: {error}; everything is fetched anew");
        UpdateState::default()
    });
    let active = snapshots_in_use(&store).await?;
    let before = touches::in_use(&store, now()).await?;
    let mut update = Update {
        global,
        args,
        store,
        state,
        active,
        max_shrink_percent: engine.intake().max_shrink_percent,
    };
    let ended = update.all(chosen).await?;
    // One index over all lists, built once, so that the next question does not wait.
    let moment = now();
    prepare_lists(&update.store, Vec::new(), day_of(moment), moment).await?;
    touches::print(global, &update.store, &before, moment).await?;
    let held = snapshots_in_use(&update.store).await?;
    Ages::load(global).warn_stale(global, held.values());
    Ok(ended)
}

fn read_sources(path: &std::path::Path) -> Result<ListSources> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    ListSources::parse(&path.to_string_lossy(), &text).map_err(|problems| {
        let shown: Vec<String> = problems.iter().map(|p| format!("  {p}")).collect();
        anyhow::anyhow!("the sources cannot be used:\n{}", shown.join("\n"))
    })
}

fn choose(sources: &ListSources, only: &[String]) -> Result<Vec<ListSource>> {
    if let Some(unknown) = only.iter().find(|code| sources.get(code).is_none()) {
        let known: Vec<&str> = sources.iter().map(|s| s.id.as_str()).collect();
        bail!(
            "there is no source '{unknown}'; there are: {}",
            known.join(", ")
        );
    }
    let wanted = |s: &&ListSource| only.is_empty() || only.contains(&s.id);
    let chosen: Vec<ListSource> = sources.iter().filter(wanted).cloned().collect();
    if chosen.is_empty() {
        bail!("no sources are configured; write [[source]] blocks into lists.toml");
    }
    Ok(chosen)
}

/// The snapshots in use, by source.
async fn snapshots_in_use(store: &Store) -> Result<BTreeMap<String, SnapshotRow>> {
    let rows = store
        .snapshots()
        .await?
        .into_iter()
        .filter(|row| row.active);
    Ok(rows.map(|row| (row.source.clone(), row)).collect())
}

struct Update<'a> {
    global: &'a Global,
    args: &'a UpdateArgs,
    store: Store,
    state: UpdateState,
    active: BTreeMap<String, SnapshotRow>,
    max_shrink_percent: u32,
}

impl Update<'_> {
    /// Fetches side by side; takes in one after the other, as they arrive.
    async fn all(&mut self, sources: Vec<ListSource>) -> Result<Ended> {
        let shown = Arc::new(downloads(self.global.quiet));
        let slots = Arc::new(Semaphore::new(AT_ONCE));
        let mut running = JoinSet::new();
        for source in sources {
            if source.fetch == Fetch::ByHand {
                self.say(&source, &Outcome::ByHand)?;
                continue;
            }
            let in_use = self.active.get(&source.id).map(|row| row.id.as_str());
            let state = self.state.sources.get(&source.id);
            let held = state
                .map(|s| s.ask_with(&source, in_use))
                .unwrap_or_default();
            let (shown, slots) = (shown.clone(), slots.clone());
            running.spawn(async move {
                let _slot = slots.acquire_owned().await;
                let fetching = tokio::task::spawn_blocking(move || {
                    let fetched = fetch(&source, &held, &shown);
                    (source, fetched)
                });
                fetching.await
            });
        }
        let mut ended = Ended::Done;
        while let Some(joined) = running.join_next().await {
            let (source, fetched) = joined
                .and_then(|inner| inner)
                .context("a download stopped without an answer")?;
            let outcome = match self.take(&source, fetched).await {
                Ok(outcome) => outcome,
                Err(error) => Outcome::Refused(crate::chain(&error)),
            };
            self.note(&source, &outcome)?;
            self.say(&source, &outcome)?;
            if matches!(outcome, Outcome::Refused(_)) {
                ended = Ended::Failed;
            }
        }
        Ok(ended)
    }

    /// Reads what came, judges it, and imports it.
    async fn take(
        &mut self,
        source: &ListSource,
        fetched: Result<Fetched, Refused>,
    ) -> Result<Outcome> {
        let files = match fetched {
            Err(refused) => return Ok(Outcome::Refused(refused.to_string())),
            Ok(Fetched::Files(files)) => files,
            Ok(Fetched::Unchanged) => {
                // It was asked about the snapshot in use, so there is one.
                let snapshot = self.active.get(&source.id).map(|row| row.id.clone());
                return Ok(Outcome::Unchanged {
                    snapshot: snapshot.unwrap_or_default(),
                });
            }
        };
        let contents: Vec<ListFile<'_>> = files
            .iter()
            .map(|f| ListFile {
                name: &f.name,
                bytes: &f.bytes,
            })
            .collect();
        let reads = watchlists::read(&contents, None, served_on(source, &files));
        let read = match believe(source, reads, day_of(now())) {
            Ok(read) => read,
            Err(why) => return Ok(Outcome::Refused(why)),
        };
        let options = ImportOptions {
            activate: true,
            accept: self.args.accept,
            max_shrink_percent: source.max_shrink_percent.unwrap_or(self.max_shrink_percent),
        };
        if self.args.dry_run {
            return self.rehearse(read, options).await;
        }
        let earlier = self.active.get(&source.id).map(|row| row.id.clone());
        let done = import_lists(&self.store, read, &contents, options, OPERATOR, now()).await?;
        let imported = match done.stored {
            Ok(imported) => imported,
            Err(refused) => return Ok(Outcome::Refused(refused.to_string())),
        };
        self.remember(source, &files, &imported);
        self.imported(done.read, imported, earlier).await
    }

    async fn imported(
        &self,
        read: SourceSnapshot,
        imported: Imported,
        earlier: Option<String>,
    ) -> Result<Outcome> {
        Ok(match imported.state {
            ImportState::Activated => Outcome::Updated {
                entities: read.entities.len(),
                delta: self.delta(earlier.as_deref(), read).await?,
                snapshot: Some(imported.snapshot_id),
            },
            ImportState::AlreadyActive => Outcome::Unchanged {
                snapshot: imported.snapshot_id,
            },
            ImportState::StoredOlder | ImportState::StoredNotActivated => Outcome::Refused(
                format!("the publisher serves an old edition: {}", imported.message),
            ),
        })
    }

    /// What would happen, without doing it.
    async fn rehearse(&self, read: SourceSnapshot, options: ImportOptions) -> Result<Outcome> {
        let earlier = self.active.get(&read.source).map(|row| row.id.clone());
        Ok(match judge_lists(&self.store, &read, options).await {
            Err(refused) => Outcome::Refused(refused.to_string()),
            Ok(ImportState::AlreadyActive) => Outcome::Unchanged {
                snapshot: earlier.unwrap_or_default(),
            },
            Ok(ImportState::Activated) => Outcome::Updated {
                snapshot: None,
                entities: read.entities.len(),
                delta: self.delta(earlier.as_deref(), read).await?,
            },
            Ok(ImportState::StoredOlder | ImportState::StoredNotActivated) => {
                Outcome::Refused("the publisher serves an older edition than the one in use".into())
            }
        })
    }

    async fn delta(&self, earlier: Option<&str>, read: SourceSnapshot) -> Result<[usize; 3]> {
        let before = match earlier {
            Some(id) => self.store.entities(id).await?,
            None => Vec::new(),
        };
        Ok(tally(&changes(before, read.entities)))
    }

    /// Keeps what to ask with next time: only for what is in use now.
    fn remember(&mut self, source: &ListSource, files: &[FetchedFile], imported: &Imported) {
        if !matches!(
            imported.state,
            ImportState::Activated | ImportState::AlreadyActive
        ) {
            return;
        }
        let state = self.state.sources.entry(source.id.clone()).or_default();
        state.snapshot = Some(imported.snapshot_id.clone());
        let kept = files.iter().map(|f| {
            let held = FileState {
                url: f.url.clone(),
                validators: f.validators.clone(),
            };
            (f.name.clone(), held)
        });
        state.files = kept.collect();
    }

    /// Writes down how it went. A dry run leaves no trace.
    fn note(&mut self, source: &ListSource, outcome: &Outcome) -> Result<()> {
        if self.args.dry_run {
            return Ok(());
        }
        let state = self.state.sources.entry(source.id.clone()).or_default();
        state.update_hours = Some(source.update_hours);
        match outcome {
            Outcome::Refused(why) => state.failed(why.clone(), now()),
            Outcome::Unchanged { .. } | Outcome::Updated { .. } => state.confirmed(now()),
            Outcome::ByHand => {}
        }
        self.state.save(&self.global.data)?;
        Ok(())
    }

    fn say(&self, source: &ListSource, outcome: &Outcome) -> Result<()> {
        let in_use = self.active.get(&source.id);
        if self.global.json {
            say!("{}", self.as_json(source, outcome, in_use))?;
            return Ok(());
        }
        let id = &source.id;
        match outcome {
            Outcome::Unchanged { snapshot } => {
                say!("{id}: unchanged; {snapshot} is what the publisher has")?;
            }
            Outcome::Updated {
                snapshot,
                entities,
                delta: [added, changed, removed],
            } => {
                let what = match snapshot {
                    Some(snapshot) => format!("updated; {snapshot} is in use"),
                    None => "would be updated".to_owned(),
                };
                say!(
                    "{id}: {what}; {entities} entities: {added} added, {changed} changed, {removed} removed"
                )?;
            }
            Outcome::Refused(why) => {
                eprintln!("error: {id}: refused: {why}{}", stays(in_use));
            }
            Outcome::ByHand => say!(
                "{id}: by hand; get the current edition from {} and import it with: portcullis lists import FILE",
                source.page
            )?,
        }
        Ok(())
    }

    fn as_json(
        &self,
        source: &ListSource,
        outcome: &Outcome,
        in_use: Option<&SnapshotRow>,
    ) -> serde_json::Value {
        let held = in_use.map(|row| row.id.clone());
        match outcome {
            Outcome::Unchanged { snapshot } => json!({
                "source": source.id, "result": "unchanged", "snapshot": snapshot,
            }),
            Outcome::Updated {
                snapshot,
                entities,
                delta: [added, changed, removed],
            } => json!({
                "source": source.id,
                "result": if snapshot.is_some() { "updated" } else { "would_update" },
                "snapshot": snapshot, "entities": entities,
                "added": added, "changed": changed, "removed": removed,
            }),
            Outcome::Refused(why) => json!({
                "source": source.id, "result": "refused", "why": why, "snapshot": held,
            }),
            Outcome::ByHand => json!({
                "source": source.id, "result": "by_hand", "page": source.page, "snapshot": held,
            }),
        }
    }
}

fn stays(in_use: Option<&SnapshotRow>) -> String {
    match in_use {
        Some(row) => format!("; {} of {} stays in use", row.id, minute(row.recorded_at)),
        None => "; there is no earlier one, so this list is not screened against".to_owned(),
    }
}

fn fetch(
    source: &ListSource,
    held: &BTreeMap<String, portcullis_exchange::Validators>,
    shown: &Downloads,
) -> Result<Fetched, Refused> {
    let bar = shown.start(&source.id);
    let fetched = fetch_source(source, held, &|file, bytes| bar.moved(file, bytes));
    bar.done();
    fetched
}

/// The day the server says the files are of, where the source allows it.
fn served_on(source: &ListSource, files: &[FetchedFile]) -> Option<Date> {
    if source.dated_by != DatedBy::LastModified {
        return None;
    }
    files
        .iter()
        .filter_map(|f| f.last_modified)
        .max()
        .map(day_of)
}

/// Whether what was read is the list it should be.
fn believe(
    source: &ListSource,
    reads: Vec<Result<SourceSnapshot, watchlists::SourceError>>,
    today: Date,
) -> Result<SourceSnapshot, String> {
    let mut found = Vec::new();
    for read in reads {
        found.push(read.map_err(|error| crate::chain(&error.into()))?);
    }
    let read = match (found.pop(), found.is_empty()) {
        (Some(read), true) => read,
        (None, _) => return Err("nothing could be read".into()),
        (Some(_), false) => return Err("the files are of more than one list".into()),
    };
    if read.source != source.id {
        return Err(format!("the files turn out to be of '{}'", read.source));
    }
    if read.records < source.min_records {
        return Err(format!(
            "it holds only {} records; at least {} are expected",
            read.records, source.min_records
        ));
    }
    // A day in the future would keep every later edition out as older.
    let latest = today.checked_add(1.day()).unwrap_or(today);
    match read.published {
        Some(day) if day > latest => Err(format!("it is dated {day}, which lies in the future")),
        _ => Ok(read),
    }
}
