//! **What was recorded, and where is it kept?**
//!
//! The only crate that knows SQL. One set of statements and one folder of
//! migrations serve the embedded SQLite database (`DATA/portcullis.sqlite`) and
//! PostgreSQL. Large things that never change lie beside it as files: the raw
//! lists in `DATA/raw`, what was read from them in `DATA/segments`, the keys in
//! `DATA/keys`.
//!
//! Invariants:
//! - Every change is one database transaction whose first statement is a write;
//!   it holds the events, the tables derived from them, and one pending ledger
//!   leaf for each event. Nothing changes a table any other way.
//! - Events are never edited or deleted; triggers refuse it on both databases.
//! - Names, addresses, free text and file names never stand in an event. They
//!   lie encrypted in `contents`, each under a key of its own, and an event
//!   holds a salted commitment. To erase is to destroy that key.
//! - Times come in as arguments. The random numbers for ids, keys and salts are
//!   drawn here, from the operating system.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod alerts;
mod assessments;
mod check;
mod contents;
mod customers;
mod dispositions;
mod error;
mod events;
mod files;
mod guards;
mod guided;
mod keys;
mod ledger;
mod lists;
mod monitor;
mod open;
mod parties;
mod policies;
mod reference;
mod references;
mod screenings;
mod sessions;
mod sql;
mod tokens;
mod usage;
mod users;
mod watched;
mod webhooks;

pub use alerts::{Alert, AlertEvidence, AlertFilter, AlertOf, AlertSource, NewAlert};
pub use assessments::{
    DecisionFilter, DecisionRow, HeldVersion, HistoryMark, NewAssessment, PastDecision, Recorded,
    SealedPast, StoredDecision,
};
pub use check::{CheckProblem, CheckReport};
pub use contents::Erased;
pub use customers::{BookRow, Customer, CustomerCounts, CustomerImport};
pub use dispositions::{
    CustomerRef, DispositionFilter, DispositionOf, NewDisposition, StoredDisposition,
};
pub use error::{ImportError, ImportRefused, StoreError};
pub use guided::{GuidedCase, GuidedResult, NewGuidedResult};
pub use ledger::{LedgerStatus, Sequenced, StoredCheckpoint};
pub use lists::{
    ImportOptions, ImportState, Imported, ListSet, Member, NewSnapshot, RawFile, SnapshotRow,
};
pub use monitor::{
    CompletedRun, MonitorRun, NewPart, NewRun, PartKind, PartRow, RunState, run_digest,
};
pub use open::{Store, StoreConfig};
pub use policies::{
    NewBulletin, NewPolicyVersion, NewShadow, PolicyBundle, PolicyDraft, PolicyRemark, RemarkKind,
    ShadowDecision, ShadowRun, ShadowTurn, StoredBulletin, StoredPolicyVersion, StoredShadow,
};
pub use reference::{NewReference, PutReference, ReferenceKind, ReferenceState, ReferenceVersion};
pub use screenings::{
    NewScreening, RecordedScreening, ScreeningDetail, ScreeningFilter, ScreeningRecorder,
    ScreeningResult, ScreeningSource, Settled, Settlement, StoredScreening,
};
pub use sessions::{NewSession, Session};
pub use sql::{Page, Paged};
pub use tokens::{CreatedToken, NewToken, Scope, Token};
pub use usage::{Bucket, Charge, Charged, DayUsage};
pub use users::{Authentication, Role, User};
pub use webhooks::{DueDelivery, Webhook};
