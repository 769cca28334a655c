//! Lists: from files to snapshots, and from snapshots to the indexes that answer.

use crate::GateError;
use jiff::Timestamp;
use portcullis_assessment::Lists;
use portcullis_domain::{Date, Entity};
use portcullis_formats::watchlists::{self, ListFile, SourceSnapshot};
use portcullis_screening::{Index, ListSet};
use portcullis_store::{
    ImportError, ImportOptions, Imported, NewSnapshot, RawFile, Store, StoreError,
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

/// The indexes in memory, each built or opened once: a server asks for the
/// list set of every request, and most have most snapshots in common.
#[derive(Default)]
pub struct Catalogue {
    opened: Mutex<HashMap<String, Arc<Index>>>,
}

/// What one source of an import call came to.
pub struct ImportedSource {
    /// What was read.
    pub read: SourceSnapshot,
    /// What the store did with it.
    pub stored: Result<Imported, ImportError>,
}

/// Stores what was read of one source, and prepares its index so that the next
/// question does not wait for it.
pub async fn import_lists(
    store: &Store,
    read: SourceSnapshot,
    files: &[ListFile<'_>],
    options: ImportOptions,
    actor: &str,
    now: Timestamp,
) -> Result<ImportedSource, GateError> {
    let of_source = |file: &&ListFile<'_>| read.files.iter().any(|f| f.name == file.name);
    let raw = files.iter().filter(of_source).map(|file| RawFile {
        name: file.name.to_owned(),
        bytes: file.bytes.to_vec(),
    });
    let snapshot = NewSnapshot {
        source: read.source.clone(),
        published: read.published,
        sha256: read.sha256.clone(),
        counts: read.counts.clone(),
        names: read.names,
        entities: read.entities.clone(),
        issues: read.issues.clone(),
        files: raw.collect(),
    };
    // The index is built while the store writes: on two cores nobody waits for it.
    let entities = read.entities.clone();
    let building = tokio::task::spawn_blocking(move || Index::build(entities).to_bytes());
    let stored = store.import_snapshot(snapshot, options, actor, now).await;
    if let Ok(imported) = &stored {
        let bytes = building.await.map_err(|stopped| GateError::Lists {
            snapshot: imported.snapshot_id.clone(),
            why: format!("its index could not be built: {stopped}"),
        })?;
        store
            .put_index(&index_key(&imported.snapshot_id), &bytes)
            .await?;
    }
    Ok(ImportedSource { read, stored })
}

/// Makes the lists ready that answer for a day and a state of knowledge.
pub async fn load_lists(
    store: &Store,
    catalogue: &Catalogue,
    as_of: Date,
    known: Timestamp,
) -> Result<Lists, GateError> {
    let wanted = store.list_set(as_of, known).await?;
    let mut indexes = Vec::with_capacity(wanted.members.len());
    for member in &wanted.members {
        indexes.push(catalogue.index(store, &member.snapshot_id).await?);
    }
    let not_covering = wanted
        .members
        .iter()
        .filter(|m| !m.covers)
        .map(|m| m.source.clone());
    let not_covering = not_covering.collect();
    Ok(Lists::new(wanted.id, ListSet::new(indexes), not_covering))
}

/// The format of the index is part of the key, so that a new version of the
/// program builds anew what it cannot open.
fn index_key(snapshot_id: &str) -> String {
    format!("{snapshot_id}.index{}", Index::FORMAT)
}

impl Catalogue {
    async fn index(&self, store: &Store, snapshot_id: &str) -> Result<Arc<Index>, GateError> {
        if let Some(index) = self.opened().get(snapshot_id) {
            return Ok(index.clone());
        }
        let key = index_key(snapshot_id);
        let prepared = store.index_bytes(&key).await?;
        let index = match prepared.and_then(|bytes| Index::open(&bytes).ok()) {
            Some(index) => index,
            None => {
                let index = Index::build(entities(store, snapshot_id).await?);
                store.put_index(&key, &index.to_bytes()).await?;
                index
            }
        };
        let index = Arc::new(index);
        self.opened().insert(snapshot_id.to_owned(), index.clone());
        Ok(index)
    }

    fn opened(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Index>>> {
        // A panic while holding the lock cannot leave the map half changed.
        self.opened
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// The entities of a snapshot; read again from the raw files where the segment
/// is lost or damaged.
async fn entities(store: &Store, snapshot_id: &str) -> Result<Vec<Entity>, GateError> {
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
