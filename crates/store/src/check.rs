//! Recomputing everything, as `portcullis ledger check` does.

use crate::{Store, StoreError};
use std::collections::BTreeMap;

/// Something that is not as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckProblem {
    /// Place in the ledger, from 0, if it has one.
    pub index: Option<u64>,
    /// Id of the record, if known.
    pub subject: Option<String>,
    /// What is wrong, in plain words.
    pub text: String,
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckReport {
    /// Entries recomputed.
    pub size: u64,
    /// Entries that wait for their place; checked too, but not yet tamper-evident.
    pub pending: u64,
    /// Root over all entries, lower-case hex.
    pub root: String,
    /// Entries of each kind.
    pub kinds: BTreeMap<String, u64>,
    /// Decisions recomputed from their contents.
    pub decisions: u64,
    /// Decisions whose contents were erased.
    pub erased: u64,
    /// Checkpoints verified.
    pub checkpoints: u64,
    /// The first thing wrong; `None` if everything holds.
    pub problem: Option<CheckProblem>,
}

impl Store {
    /// Recomputes every leaf, hash, checkpoint, event and decision, and names
    /// the first that is not as it was recorded.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database cannot be read. What is wrong in the
    /// ledger is the answer, not an error.
    pub async fn check(&self) -> Result<CheckReport, StoreError> {
        todo!()
    }
}
