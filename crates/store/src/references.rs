//! Which declaration a number given by customs (MRN) stands for.
//!
//! Amendments and cancellations in customs messages name the original by the
//! number that customs gave it, and the trader's own reference is another. A
//! notification of customs carries both.

use crate::events::{self, PlainEvent};
use crate::sql::{Insert, MAX_IDS, cell, failed, micros, places, storable_reference};
use crate::{Store, StoreError};
use jiff::Timestamp;
use serde_json::json;
use sqlx::AssertSqlSafe;
use std::collections::{BTreeSet, HashMap};

impl Store {
    /// Notes pairs of customs reference and trader's reference; pairs that are
    /// known change nothing.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails; nothing is noted then.
    pub async fn put_customs_references(
        &self,
        pairs: &[(String, String)],
        actor: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let pairs: BTreeSet<(String, String)> = pairs
            .iter()
            .map(|(customs, own)| (storable_reference(customs), storable_reference(own)))
            .collect();
        let pairs: Vec<(String, String)> = pairs.into_iter().collect();
        if pairs.is_empty() {
            return Ok(());
        }
        let mut tx = self.write.begin().await.map_err(failed("begin"))?;
        Insert {
            table: "customs_references",
            columns: "customs_reference,reference,recorded_at",
            tail: "ON CONFLICT (customs_reference, reference) DO NOTHING",
        }
        .rows(&mut tx, &pairs, |query, (customs, own)| {
            query.bind(customs).bind(own).bind(micros(now))
        })
        .await?;
        let event = PlainEvent {
            stream_id: "customs-references".to_owned(),
            kind: "CustomsReferencesNoted",
            leaf_kind: "customs-references",
            subject: "customs-references",
            command_id: self.new_id(now),
            actor,
            at: now,
            body: json!({ "pairs": pairs }),
        };
        events::append_plain(&mut tx, event).await?;
        tx.commit().await.map_err(failed("note customs references"))
    }

    /// The trader's reference behind each customs reference. One that stands
    /// for several declarations, or for none, is absent: nothing is changed on
    /// a guess.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn references_of(
        &self,
        customs_references: &[String],
    ) -> Result<HashMap<String, String>, StoreError> {
        let asked: HashMap<String, &String> = customs_references
            .iter()
            .map(|customs| (storable_reference(customs), customs))
            .collect();
        let stored: Vec<&String> = asked.keys().collect();
        let mut found: HashMap<String, Option<String>> = HashMap::new();
        for chunk in stored.chunks(MAX_IDS) {
            let sql = format!(
                "SELECT customs_reference, reference FROM customs_references \
                 WHERE customs_reference IN {}",
                places(1, chunk.len())
            );
            let query = chunk
                .iter()
                .fold(sqlx::query(AssertSqlSafe(sql)), |q, c| q.bind(*c));
            let rows = query.fetch_all(&self.read).await;
            for row in rows.map_err(failed("read customs references"))? {
                let customs: String = cell(&row, "customs_reference")?;
                let own: String = cell(&row, "reference")?;
                let customs = asked
                    .get(&customs)
                    .map_or(customs.clone(), |c| (*c).clone());
                found
                    .entry(customs)
                    .and_modify(|one| *one = None)
                    .or_insert(Some(own));
            }
        }
        let sure = found.into_iter();
        Ok(sure
            .filter_map(|(customs, own)| Some((customs, own?)))
            .collect())
    }
}
