//! Watchlists: snapshots that never change, and which of them answers.

mod choose;
mod import;
mod read;
mod segments;

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
    /// Day of publication, from the file or the operator. Bytes stored without
    /// a day get this one; those stored with a day keep theirs.
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
    /// Take it even if a list is missing, or a list or the names shrank.
    pub accept: bool,
    /// By how many percent a single list, or the names of the source together,
    /// may shrink; comes from policy.
    pub max_shrink_percent: u32,
}

/// What an import did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportState {
    /// Stored and in use.
    Activated,
    /// These bytes are in use already; at most their day of publication is new.
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
