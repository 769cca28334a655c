//! Lists: from files to snapshots, and from snapshots to the index that answers.

use crate::GateError;
use jiff::Timestamp;
use portcullis_assessment::Lists;
use portcullis_domain::{Date, Entity, hex_sha256};
use portcullis_formats::watchlists::{self, ListFile, SourceSnapshot};
use portcullis_screening::Index;
use portcullis_store::{
    ImportError, ImportOptions, ImportState, Imported, Member, NewSnapshot, RawFile, Store,
    StoreError,
};
use std::{collections::HashMap, sync::Mutex};

/// The indexes in use, one for each set of snapshots, each built or opened
/// once: a server asks for the list set of every request.
#[derive(Default)]
pub struct Catalogue {
    opened: Mutex<HashMap<String, Index>>,
    /// Held while an index is built, so that nobody builds it twice.
    building: tokio::sync::Mutex<()>,
}

/// Sets of snapshots kept open at once; questions about older days add more.
const MOST_OPEN: usize = 16;

/// What one source of an import call came to.
pub struct ImportedSource {
    /// What was read.
    pub read: SourceSnapshot,
    /// What the store did with it.
    pub stored: Result<Imported, ImportError>,
}

/// Stores what was read of one source. When all are stored, call
/// [`prepare_lists`], so that the next question does not wait for the index.
pub async fn import_lists(
    store: &Store,
    read: SourceSnapshot,
    files: &[ListFile<'_>],
    options: ImportOptions,
    actor: &str,
    now: Timestamp,
) -> Result<ImportedSource, GateError> {
    let snapshot = new_snapshot(&read, files);
    let stored = store.import_snapshot(snapshot, options, actor, now).await;
    Ok(ImportedSource { read, stored })
}

/// Builds and keeps the index of the lists that answer for a day, unless it is
/// kept already. What was just imported is taken from memory.
///
/// # Errors
///
/// [`GateError`] if the store fails or a snapshot cannot be read.
pub async fn prepare_lists(
    store: &Store,
    imported: Vec<ImportedSource>,
    as_of: Date,
    known: Timestamp,
) -> Result<(), GateError> {
    let wanted = store.list_set(as_of, known).await?;
    let key = index_key(&wanted.members);
    if wanted.members.is_empty() || opened(store, &key).await?.is_some() {
        return Ok(());
    }
    let at_hand = imported.into_iter().filter_map(|source| {
        let stored = source.stored.ok()?;
        Some((stored.snapshot_id, source.read.entities))
    });
    build(store, &key, &wanted.members, at_hand.collect()).await?;
    Ok(())
}

/// What an import would come to, without doing it.
pub async fn judge_lists(
    store: &Store,
    read: &SourceSnapshot,
    options: ImportOptions,
) -> Result<ImportState, ImportError> {
    store
        .judge_snapshot(&new_snapshot(read, &[]), options)
        .await
}

fn new_snapshot(read: &SourceSnapshot, files: &[ListFile<'_>]) -> NewSnapshot {
    let of_source = |file: &&ListFile<'_>| read.files.iter().any(|f| f.name == file.name);
    let raw = files.iter().filter(of_source).map(|file| RawFile {
        name: file.name.to_owned(),
        bytes: file.bytes.to_vec(),
    });
    NewSnapshot {
        source: read.source.clone(),
        published: read.published,
        sha256: read.sha256.clone(),
        counts: read.counts.clone(),
        names: read.names,
        entities: read.entities.clone(),
        issues: read.issues.clone(),
        files: raw.collect(),
    }
}

/// Makes the lists ready that answer for a day and a state of knowledge.
pub async fn load_lists(
    store: &Store,
    catalogue: &Catalogue,
    as_of: Date,
    known: Timestamp,
) -> Result<Lists, GateError> {
    let wanted = store.list_set(as_of, known).await?;
    let index = catalogue.index(store, &wanted.members).await?;
    let not_covering = wanted
        .members
        .iter()
        .filter(|m| !m.covers)
        .map(|m| m.source.clone());
    let not_covering = not_covering.collect();
    Ok(Lists::new(wanted.id, index, not_covering))
}

/// The snapshots are the content; the format is part of the key, so that a new
/// version of the program builds anew what it cannot open.
fn index_key(members: &[Member]) -> String {
    let mut ids: Vec<&str> = members.iter().map(|m| m.snapshot_id.as_str()).collect();
    ids.sort_unstable();
    let digest = hex_sha256(ids.join("\n").as_bytes());
    format!("{digest}.index{}", Index::FORMAT)
}

/// The kept index, if there is one and it is whole.
async fn opened(store: &Store, key: &str) -> Result<Option<Index>, GateError> {
    let prepared = store.index_bytes(key).await?;
    Ok(prepared.and_then(|bytes| Index::open(bytes).ok()))
}

/// Builds the index of some snapshots and keeps it. Entities at hand need not
/// be read again.
async fn build(
    store: &Store,
    key: &str,
    members: &[Member],
    mut at_hand: HashMap<String, Vec<Entity>>,
) -> Result<Index, GateError> {
    let mut all = Vec::new();
    for member in members {
        match at_hand.remove(&member.snapshot_id) {
            Some(entities) => all.extend(entities),
            None => all.extend(entities(store, &member.snapshot_id).await?),
        }
    }
    let count = all.len();
    let building = tokio::task::spawn_blocking(move || Index::build(all));
    let built = building.await.ok().filter(|index| index.len() == count);
    let index = built.ok_or_else(|| GateError::Lists {
        snapshot: members
            .iter()
            .map(|m| m.snapshot_id.as_str())
            .collect::<Vec<_>>()
            .join(", "),
        why: "the index could not be built".to_owned(),
    })?;
    store.put_index(key, index.to_bytes()).await?;
    Ok(index)
}

impl Catalogue {
    async fn index(&self, store: &Store, members: &[Member]) -> Result<Index, GateError> {
        if members.is_empty() {
            return Ok(Index::default());
        }
        let key = index_key(members);
        if let Some(index) = self.opened().get(&key) {
            return Ok(index.clone());
        }
        let _alone = self.building.lock().await;
        if let Some(index) = self.opened().get(&key) {
            return Ok(index.clone());
        }
        let index = match opened(store, &key).await? {
            Some(index) => index,
            None => {
                build(store, &key, members, HashMap::new()).await?;
                // From the file, so that the memory it was built in is free again.
                match opened(store, &key).await? {
                    Some(index) => index,
                    None => {
                        return Err(GateError::Store(StoreError::Damaged(
                            "the index that was just written cannot be opened".to_owned(),
                        )));
                    }
                }
            }
        };
        let mut opened = self.opened();
        if opened.len() >= MOST_OPEN {
            opened.clear();
        }
        opened.insert(key, index.clone());
        Ok(index)
    }

    fn opened(&self) -> std::sync::MutexGuard<'_, HashMap<String, Index>> {
        // A panic while holding the lock cannot leave the map half changed.
        self.opened
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// The entities of a snapshot; read again from the raw files where the segment
/// is lost or damaged.
pub(crate) async fn entities(store: &Store, snapshot_id: &str) -> Result<Vec<Entity>, GateError> {
    match store.entities(snapshot_id).await {
        Err(StoreError::File { .. } | StoreError::Damaged(_)) => {}
        other => return Ok(other?),
    }
    let wrong = |why: String| GateError::Lists {
        snapshot: snapshot_id.to_owned(),
        why,
    };
    let row = store.snapshot(snapshot_id).await?;
    let raw = store.raw_files(snapshot_id).await?;
    let files: Vec<ListFile<'_>> = raw
        .iter()
        .map(|f| ListFile {
            name: &f.name,
            bytes: &f.bytes,
        })
        .collect();
    let read = watchlists::read(&files, Some(&row.source), row.published);
    let again = read.into_iter().find_map(Result::ok);
    let again = again.ok_or_else(|| wrong("its raw files cannot be read any more".to_owned()))?;
    store.restore_entities(snapshot_id, &again.entities).await?;
    Ok(again.entities)
}
