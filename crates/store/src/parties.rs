//! The party book: who stands behind an identifier.

use crate::{Store, StoreError};
use jiff::Timestamp;
use portcullis_domain::{Identifier, Party};
use std::collections::HashMap;

impl Store {
    /// Takes parties into the book, each under its identifiers; an identifier
    /// that is there already stands for the new party from now on. Returns how
    /// many parties were taken.
    ///
    /// # Errors
    ///
    /// [`StoreError::Invalid`] if a party has no identifier.
    pub async fn put_parties(
        &self,
        parties: Vec<(Vec<Identifier>, Party)>,
        actor: &str,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        todo!("{parties:?} {actor} {now}")
    }

    /// The parties behind identifiers, by [`Identifier::normalised`]. An
    /// identifier is found under its own scheme; where either side states no
    /// scheme the value alone decides, if it stands for one party only.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn resolve(
        &self,
        identifiers: &[Identifier],
    ) -> Result<HashMap<String, Party>, StoreError> {
        todo!("{identifiers:?}")
    }

    /// How many parties the book holds.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn party_count(&self) -> Result<u64, StoreError> {
        todo!()
    }
}
