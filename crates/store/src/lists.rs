//! Watchlists: snapshots that never change, and which of them answers.

use crate::{ImportError, Page, Paged, Store, StoreError};
use jiff::Timestamp;
use portcullis_domain::{Date, Entity, Issue};
use std::collections::BTreeMap;

/// A raw file of a snapshot, as it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawFile {
    /// Its name, without folders.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What one import call read for one source.
#[derive(Clone, Debug)]
pub struct NewSnapshot {
    /// Code of the source, for example `us-ofac-sdn`.
    pub source: String,
    /// Day of publication, from the file or the operator.
    pub published: Option<Date>,
    /// Lower-case hex SHA-256 over the raw files.
    pub sha256: String,
    /// Entities on each list of the source, by list code.
    pub counts: BTreeMap<String, u64>,
    /// Names of all entities together.
    pub names: u64,
    /// The entities.
    pub entities: Vec<Entity>,
    /// What could not be read.
    pub issues: Vec<Issue>,
    /// The raw files.
    pub files: Vec<RawFile>,
}

/// How to import.
#[derive(Clone, Copy, Debug)]
pub struct ImportOptions {
    /// Use it at once; `false` only stores it.
    pub activate: bool,
    /// Take it even if a list is missing or shrank.
    pub accept: bool,
    /// By how many percent a single list may shrink; comes from policy.
    pub max_shrink_percent: u32,
}

/// What an import did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportState {
    /// Stored and in use.
    Activated,
    /// These bytes are in use already; nothing changed.
    AlreadyActive,
    /// Stored as history: published earlier than the one in use.
    StoredOlder,
    /// Stored, as asked, without using it.
    StoredNotActivated,
}

/// An import that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// `<source>@<first 12 hex digits of the SHA-256>`.
    pub snapshot_id: String,
    /// What happened.
    pub state: ImportState,
    /// The same in a sentence.
    pub message: String,
}

/// A stored snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotRow {
    /// `<source>@<12 hex>`.
    pub id: String,
    /// Code of the source.
    pub source: String,
    /// Day of publication, where known.
    pub published: Option<Date>,
    /// SHA-256 of the raw files.
    pub sha256: String,
    /// When it was imported.
    pub recorded_at: Timestamp,
    /// Who imported it.
    pub recorded_by: String,
    /// Entities in all.
    pub entities: u64,
    /// Names in all.
    pub names: u64,
    /// Entities on each list.
    pub counts: BTreeMap<String, u64>,
    /// What could not be read: how many.
    pub issues: u64,
    /// Whether it is the one in use for its source.
    pub active: bool,
    /// Whether it was stored without ever being used since.
    pub staged: bool,
    /// When it was last put in use.
    pub activated_at: Option<Timestamp>,
}

/// A source's snapshot in a list set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Code of the source.
    pub source: String,
    /// Snapshot that answers.
    pub snapshot_id: String,
    /// Day of publication, where known.
    pub published: Option<Date>,
    /// When it was imported.
    pub recorded_at: Timestamp,
    /// Whether it covers the day asked about. If not, it is the oldest at hand
    /// and serves as evidence only: the outcome is at least `question`.
    pub covers: bool,
}

/// All sources together, for a day and a state of knowledge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListSet {
    /// `ls-<12 hex>`, a digest over the members' snapshot ids.
    pub id: String,
    /// One for each source, by source.
    pub members: Vec<Member>,
}

impl Store {
    /// Stores a snapshot and, unless told otherwise, puts it in use. All or
    /// nothing: on any error the snapshot in use stays in use and no half file
    /// is left.
    ///
    /// # Errors
    ///
    /// [`ImportError::Refused`] if it is empty, or (without `accept`) a list is
    /// missing or shrank; [`ImportError::Store`] if the store failed.
    pub async fn import_snapshot(
        &self,
        snapshot: NewSnapshot,
        options: ImportOptions,
        actor: &str,
        now: Timestamp,
    ) -> Result<Imported, ImportError> {
        todo!("{snapshot:?} {options:?} {actor} {now}")
    }

    /// Puts a stored snapshot in use from now on, older or not.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`] if there is no such snapshot.
    pub async fn activate(
        &self,
        snapshot_id: &str,
        actor: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        todo!("{snapshot_id} {actor} {now}")
    }

    /// Every snapshot: by source, newest first.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn snapshots(&self) -> Result<Vec<SnapshotRow>, StoreError> {
        todo!()
    }

    /// One snapshot.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`].
    pub async fn snapshot(&self, id: &str) -> Result<SnapshotRow, StoreError> {
        todo!("{id}")
    }

    /// What could not be read in a snapshot, in file order.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn snapshot_issues(&self, id: &str, page: Page) -> Result<Paged<Issue>, StoreError> {
        todo!("{id} {page:?}")
    }

    /// Which snapshot of each source answers a question about the day `as_of`
    /// with what was known at `known`.
    ///
    /// The newest snapshot published by `as_of` (its day of import where the
    /// publication is not known) and recorded by `known` answers. A snapshot
    /// that an operator activated answers for the days from that activation on,
    /// until the next one comes into use. One that was only stored does not
    /// count. Where none covers the day, the oldest is used and says so.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn list_set(&self, as_of: Date, known: Timestamp) -> Result<ListSet, StoreError> {
        todo!("{as_of} {known}")
    }

    /// The members' snapshot ids of a list set that was computed before.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`].
    pub async fn list_set_members(&self, id: &str) -> Result<Vec<String>, StoreError> {
        todo!("{id}")
    }

    /// The entities of a snapshot.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`]; [`StoreError::File`] or [`StoreError::Damaged`]
    /// if the segment is absent or damaged: read the list again from
    /// [`Store::raw_files`] and give it to [`Store::restore_entities`].
    pub async fn entities(&self, snapshot_id: &str) -> Result<Vec<Entity>, StoreError> {
        todo!("{snapshot_id}")
    }

    /// Puts back the entities of a snapshot whose segment was lost, read again
    /// from its raw files.
    ///
    /// # Errors
    ///
    /// [`StoreError::Damaged`] if they are not the ones that were imported.
    pub async fn restore_entities(
        &self,
        snapshot_id: &str,
        entities: &[Entity],
    ) -> Result<(), StoreError> {
        todo!("{snapshot_id} {entities:?}")
    }

    /// The raw files of a snapshot, as they were given.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`], [`StoreError::File`], [`StoreError::Damaged`].
    pub async fn raw_files(&self, snapshot_id: &str) -> Result<Vec<RawFile>, StoreError> {
        todo!("{snapshot_id}")
    }

    /// A prepared index that was stored under this key, or `None` if it is
    /// absent or damaged: then it is built again. The key is the caller's: a
    /// snapshot or list-set id together with the version of the index format.
    ///
    /// # Errors
    ///
    /// [`StoreError::File`] if the file is there and cannot be read.
    pub async fn index_bytes(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        todo!("{key}")
    }

    /// Stores a prepared index.
    ///
    /// # Errors
    ///
    /// [`StoreError::File`], [`StoreError::DiskFull`].
    pub async fn put_index(&self, key: &str, bytes: &[u8]) -> Result<(), StoreError> {
        todo!("{key} {bytes:?}")
    }
}
