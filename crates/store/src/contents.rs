//! Personal and free-text content: sealed, each piece under a key of its own.

use crate::{Store, StoreError};
use jiff::Timestamp;

/// What an erasure did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Erased {
    /// Pieces of content whose keys were destroyed; 0 if there were none left.
    pub contents: u64,
}

impl Store {
    /// Destroys the keys of everything stored under a subject (a decision id, or
    /// a party id), and records that, by whom and why. What was decided stays;
    /// the evidence can no longer be read and proofs can no longer be made.
    ///
    /// `reason` is a code or citation, not free text about a person: it stands
    /// in the event.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`], [`StoreError::LegalHold`].
    pub async fn erase_contents(
        &self,
        subject: &str,
        reason: &str,
        actor: &str,
        now: Timestamp,
    ) -> Result<Erased, StoreError> {
        todo!("{subject} {reason} {actor} {now}")
    }

    /// Puts the contents of a subject under legal hold, or lifts it.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`].
    pub async fn set_legal_hold(
        &self,
        subject: &str,
        hold: bool,
        actor: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        todo!("{subject} {hold} {actor} {now}")
    }
}
