//! The record in the order in which it was made, for replay: rows are read here,
//! and opened where there are cores for it.

use super::AssessmentContent;
use crate::contents;
use crate::sql::{cell, failed, micros, signed, time};
use crate::{Store, StoreError};
use jiff::Timestamp;
use portcullis_domain::{Decision, Transaction};
use sqlx::any::AnyRow;

/// A decision of the record whose evidence is still sealed.
pub struct SealedPast {
    decision_id: String,
    recorded_at: i64,
    reference: Option<String>,
    ciphertext: Vec<u8>,
    /// `None` once the evidence was erased.
    wrapped: Option<Vec<u8>>,
}

/// A decision of the record with its evidence.
#[derive(Clone, Debug)]
pub struct PastDecision {
    /// Id of the decision.
    pub decision_id: String,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// The trader's reference, if it could be read.
    pub reference: Option<String>,
    /// The decision; `None` after erasure.
    pub decision: Option<Decision>,
    /// The transaction; `None` after erasure, or if the message could not be read.
    pub transaction: Option<Transaction>,
}

/// Up to where a history was read.
#[derive(Clone, Debug)]
pub struct HistoryMark {
    recorded_at: i64,
    decision_id: String,
}

const PAGE: &str = "SELECT d.decision_id, d.recorded_at, d.reference, c.ciphertext, k.wrapped \
     FROM decisions d LEFT JOIN contents c ON c.id = d.decision_id \
     LEFT JOIN content_keys k ON k.content_id = d.decision_id \
     WHERE d.recorded_at >= $1 AND (d.recorded_at > $2 OR (d.recorded_at = $2 AND d.decision_id > $3)) \
     ORDER BY d.recorded_at, d.decision_id LIMIT $4";

impl Store {
    /// The next decisions recorded at `since` or later, after a mark, in the
    /// order of recording; with the mark for those after them. An empty page is
    /// the end.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn history(
        &self,
        since: Option<Timestamp>,
        after: Option<&HistoryMark>,
        limit: u64,
    ) -> Result<(Vec<SealedPast>, Option<HistoryMark>), StoreError> {
        let rows = sqlx::query(PAGE)
            .bind(since.map_or(i64::MIN, micros))
            .bind(after.map_or(i64::MIN, |mark| mark.recorded_at))
            .bind(after.map_or("", |mark| mark.decision_id.as_str()))
            .bind(signed(limit)?)
            .fetch_all(&self.read)
            .await
            .map_err(failed("read the record"))?;
        let page: Vec<SealedPast> = rows.iter().map(sealed_past).collect::<Result<_, _>>()?;
        let mark = page.last().map(|last| HistoryMark {
            recorded_at: last.recorded_at,
            decision_id: last.decision_id.clone(),
        });
        Ok((page, mark))
    }

    /// Opens the evidence of one. Takes no connection, so that many can be opened
    /// at once.
    ///
    /// # Errors
    ///
    /// [`StoreError::Damaged`] if it cannot be decrypted.
    pub fn open_past(&self, sealed: &SealedPast) -> Result<PastDecision, StoreError> {
        let id = &sealed.decision_id;
        let content: Option<AssessmentContent<'static>> = match &sealed.wrapped {
            None => None,
            Some(wrapped) => Some(contents::unseal(
                &self.keys.wrapping,
                id,
                wrapped,
                &sealed.ciphertext,
            )?),
        };
        let (decision, transaction) = match content {
            None => (None, None),
            Some(content) => (
                Some(content.decision.into_owned()),
                content.transaction.map(|t| t.into_owned()),
            ),
        };
        Ok(PastDecision {
            decision_id: id.clone(),
            recorded_at: time(sealed.recorded_at)?,
            reference: sealed.reference.clone(),
            decision,
            transaction,
        })
    }
}

fn sealed_past(row: &AnyRow) -> Result<SealedPast, StoreError> {
    let ciphertext: Option<Vec<u8>> = cell(row, "ciphertext")?;
    Ok(SealedPast {
        decision_id: cell(row, "decision_id")?,
        recorded_at: cell(row, "recorded_at")?,
        reference: cell(row, "reference")?,
        ciphertext: ciphertext.unwrap_or_default(),
        wrapped: cell(row, "wrapped")?,
    })
}
