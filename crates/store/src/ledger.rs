//! The ledger in the database: places, hashes, checkpoints, proofs.

use crate::{Store, StoreError};
use jiff::Timestamp;

/// What a run of the sequencer did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sequenced {
    /// Entries that got their place.
    pub entries: u64,
    /// Entries in the ledger now.
    pub size: u64,
}

/// A signed checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCheckpoint {
    /// Entries in the tree.
    pub size: u64,
    /// Root of the tree, lower-case hex.
    pub root: String,
    /// The signed note (c2sp.org/tlog-checkpoint).
    pub note: String,
    /// When it was signed.
    pub signed_at: Timestamp,
}

/// How the ledger stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerStatus {
    /// Name of the ledger.
    pub origin: String,
    /// Public key (`name+hash+base64`).
    pub verifier_key: String,
    /// Entries that have their place.
    pub size: u64,
    /// Entries that wait for theirs.
    pub pending: u64,
    /// The latest checkpoint, if there is one.
    pub checkpoint: Option<StoredCheckpoint>,
}

impl Store {
    /// Gives every waiting entry its place, in the order of recording.
    ///
    /// # Errors
    ///
    /// [`StoreError::Ledger`] if the stored hashes are damaged.
    pub async fn sequence_pending(&self) -> Result<Sequenced, StoreError> {
        todo!()
    }

    /// Sequences what waits and signs the head of the ledger. The same head is
    /// signed once only.
    ///
    /// # Errors
    ///
    /// [`StoreError::Ledger`] if the ledger does not continue the last
    /// checkpoint: then nothing is signed.
    pub async fn checkpoint(&self, now: Timestamp) -> Result<StoredCheckpoint, StoreError> {
        todo!("{now}")
    }

    /// The latest checkpoint, if there is one.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn latest_checkpoint(&self) -> Result<Option<StoredCheckpoint>, StoreError> {
        todo!()
    }

    /// A proof file for a decision, against the latest checkpoint; signs a new
    /// one at `now` if the decision is not covered yet.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`]; [`StoreError::Erased`].
    pub async fn prove(&self, decision_id: &str, now: Timestamp) -> Result<Vec<u8>, StoreError> {
        todo!("{decision_id} {now}")
    }

    /// The ledger's public key, `name+hash+base64`.
    pub fn verifier_key(&self) -> String {
        todo!()
    }

    /// A tile or entry bundle under its path (`tile/0/000`,
    /// `tile/entries/000.p/5`); `None` if the path is not one, or lies beyond
    /// the latest checkpoint.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn tile(&self, path: &str) -> Result<Option<Vec<u8>>, StoreError> {
        todo!("{path}")
    }

    /// How the ledger stands.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn ledger_status(&self) -> Result<LedgerStatus, StoreError> {
        todo!()
    }
}
