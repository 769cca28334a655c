//! Parties that are watched beside customers: those of the party book, and those
//! of transactions that were assessed not long ago.

use crate::assessments::AssessmentContent;
use crate::contents;
use crate::sql::{cell, failed, micros, signed};
use crate::{Store, StoreError};
use jiff::Timestamp;
use portcullis_domain::{Party, Transaction};
use sqlx::any::AnyRow;

impl Store {
    /// The next parties of the party book by their ids: those after `after`, at
    /// most `limit`.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn party_book_after(
        &self,
        after: &str,
        limit: u64,
    ) -> Result<Vec<(String, Party)>, StoreError> {
        let rows = sqlx::query(
            "SELECT c.id, c.ciphertext, k.wrapped FROM contents c \
             JOIN content_keys k ON k.content_id = c.id WHERE c.class = 'party' AND c.id > $1 \
             AND c.id IN (SELECT party_id FROM party_book) ORDER BY c.id LIMIT $2",
        )
        .bind(after)
        .bind(signed(limit)?)
        .fetch_all(&self.read)
        .await
        .map_err(failed("read the party book"))?;
        let mut parties = Vec::with_capacity(rows.len());
        for row in &rows {
            let id: String = cell(row, "id")?;
            if let Some(party) = contents::from_row(self, &id, row)? {
                parties.push((id, party));
            }
        }
        Ok(parties)
    }

    /// The next transactions that were assessed at `since` or later, by the ids
    /// of their decisions: of each reference the newest version, unless that
    /// withdraws it; those after `after`, at most `limit`.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn transactions_after(
        &self,
        since: Timestamp,
        after: &str,
        limit: u64,
    ) -> Result<Vec<(String, Transaction)>, StoreError> {
        let rows = sqlx::query(
            "SELECT d.decision_id, c.ciphertext, k.wrapped FROM decisions d \
             JOIN contents c ON c.id = d.decision_id \
             JOIN content_keys k ON k.content_id = d.decision_id \
             WHERE d.recorded_at >= $1 AND d.decision_id > $2 AND d.kind <> 'cancellation' \
             AND NOT EXISTS (SELECT 1 FROM transactions a JOIN transactions b \
             ON b.reference = a.reference AND b.position > a.position \
             WHERE a.decision_id = d.decision_id) ORDER BY d.decision_id LIMIT $3",
        )
        .bind(micros(since))
        .bind(after)
        .bind(signed(limit)?)
        .fetch_all(&self.read)
        .await
        .map_err(failed("read transactions"))?;
        let transaction = |row: &AnyRow| -> Result<(String, Transaction), StoreError> {
            let id: String = cell(row, "decision_id")?;
            let content: Option<AssessmentContent<'static>> = contents::from_row(self, &id, row)?;
            let transaction = content.and_then(|c| c.transaction);
            // One that could not be read keeps its place, with nobody in it.
            let transaction = transaction.map(|t| t.into_owned()).unwrap_or_default();
            Ok((id, transaction))
        };
        rows.iter().map(transaction).collect()
    }
}
