//! Reading what was decided.

use super::{AssessmentContent, DecisionFilter, DecisionRow, HeldVersion, StoredDecision};
use crate::contents;
use crate::sql::{
    MAX_IDS, Where, cell, count, date, failed, places, storable_reference, time, unsigned,
};
use crate::{Page, Paged, Store, StoreError};
use portcullis_domain::{Country, MessageKind, Movement, Outcome, Transaction};
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;
use std::collections::{BTreeMap, HashMap};

const COLUMNS: &str = "d.decision_id, d.recorded_at, d.actor_id, d.reference, d.kind, d.outcome, \
     d.movement, d.destination, d.risk_millibits, d.as_of, d.lists, d.policy, d.engine, d.digest, \
     d.file, d.idx, d.findings, d.questions, d.erased_at, l.seq";

const TABLES: &str = "decisions d JOIN leaves l ON l.command_id = d.decision_id";

const CONTENT: &str = "SELECT c.ciphertext, k.wrapped FROM contents c \
     LEFT JOIN content_keys k ON k.content_id = c.id WHERE c.id = $1 AND c.class = 'assessment'";

impl Store {
    /// The versions held of each reference, in the order in which they were
    /// recorded. References of which nothing is held are absent.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn held(
        &self,
        references: &[String],
    ) -> Result<HashMap<String, Vec<HeldVersion>>, StoreError> {
        let asked: HashMap<String, &String> = references
            .iter()
            .map(|reference| (storable_reference(reference), reference))
            .collect();
        let stored: Vec<&String> = asked.keys().collect();
        let mut held: HashMap<String, Vec<HeldVersion>> = HashMap::new();
        for chunk in stored.chunks(MAX_IDS) {
            let sql = format!(
                "SELECT reference, version, kind, message_digest, decision_id FROM transactions \
                 WHERE reference IN {} ORDER BY reference, position",
                places(1, chunk.len())
            );
            let query = chunk
                .iter()
                .fold(sqlx::query(AssertSqlSafe(sql)), |q, r| q.bind(*r));
            let rows = query.fetch_all(&self.read).await;
            for row in rows.map_err(failed("read versions"))? {
                let stored: String = cell(&row, "reference")?;
                let reference = asked.get(&stored).map_or(&stored, |asked| *asked);
                held.entry(reference.clone())
                    .or_default()
                    .push(held_version(&row)?);
            }
        }
        Ok(held)
    }

    /// The transaction that a decision was made about; `None` if the message
    /// could not be read or its contents were erased.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`].
    pub async fn held_transaction(
        &self,
        decision_id: &str,
    ) -> Result<Option<Transaction>, StoreError> {
        let content = self.assessment_content(decision_id).await?;
        Ok(content.and_then(|c| c.transaction).map(|t| t.into_owned()))
    }

    /// The evidence of a decision; `None` after erasure.
    pub(crate) async fn assessment_content(
        &self,
        decision_id: &str,
    ) -> Result<Option<AssessmentContent<'static>>, StoreError> {
        let row = sqlx::query(CONTENT)
            .bind(decision_id)
            .fetch_optional(&self.read)
            .await
            .map_err(failed("read the evidence of a decision"))?;
        let row = row.ok_or_else(|| no_decision(decision_id))?;
        contents::from_row(self, decision_id, &row)
    }

    /// One decision with its evidence.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`].
    pub async fn decision(&self, decision_id: &str) -> Result<StoredDecision, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM {TABLES} WHERE d.decision_id = $1");
        let row = sqlx::query(AssertSqlSafe(sql))
            .bind(decision_id)
            .fetch_optional(&self.read)
            .await
            .map_err(failed("read a decision"))?;
        let row = decision_row(&row.ok_or_else(|| no_decision(decision_id))?)?;
        let content = self.assessment_content(decision_id).await?;
        let (decision, transaction) = match content {
            Some(content) => (Some(content.decision.into_owned()), content.transaction),
            None => (None, None),
        };
        Ok(StoredDecision {
            row,
            decision,
            transaction: transaction.map(|t| t.into_owned()),
        })
    }

    /// Decisions, newest or riskiest first.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn decisions(
        &self,
        filter: &DecisionFilter,
        page: Page,
    ) -> Result<Paged<DecisionRow>, StoreError> {
        let order = if filter.riskiest_first {
            "d.risk_millibits DESC, d.recorded_at, d.decision_id"
        } else {
            "d.recorded_at DESC, d.decision_id DESC"
        };
        conditions(filter)
            .page(self, (COLUMNS, TABLES), order, page, decision_row)
            .await
    }

    /// How many decisions have each outcome; outcomes without any are there with 0.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn outcome_counts(&self) -> Result<BTreeMap<Outcome, u64>, StoreError> {
        let rows = sqlx::query("SELECT outcome, COUNT(*) AS n FROM decisions GROUP BY outcome")
            .fetch_all(&self.read)
            .await
            .map_err(failed("count decisions"))?;
        let mut counts: BTreeMap<Outcome, u64> = Outcome::ALL.into_iter().map(|o| (o, 0)).collect();
        for row in &rows {
            counts.insert(outcome(row)?, count(row, "n")?);
        }
        Ok(counts)
    }
}

fn conditions(filter: &DecisionFilter) -> Where {
    Where::default()
        .and_text("d.outcome =", filter.outcome.map(|o| o.as_str()))
        .and_text("d.movement =", filter.movement.map(|m| m.as_str()))
        .and_text(
            "d.destination =",
            filter.destination.as_ref().map(Country::code),
        )
        .and_text(
            "LOWER(d.reference) LIKE",
            filter.reference.as_deref().map(containing).as_deref(),
        )
        .and_time("d.recorded_at >=", filter.from)
        .and_time("d.recorded_at <", filter.until)
}

/// A LIKE pattern for text that contains this, in any case of ASCII letters.
fn containing(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c.to_ascii_lowercase());
    }
    pattern.push('%');
    pattern
}

pub(crate) fn no_decision(id: &str) -> StoreError {
    StoreError::NotFound {
        what: "decision",
        id: id.to_owned(),
    }
}

fn kind(row: &AnyRow) -> Result<MessageKind, StoreError> {
    let word: String = cell(row, "kind")?;
    serde_json::from_value(serde_json::Value::String(word))
        .map_err(|e| StoreError::Damaged(format!("kind of a message: {e}")))
}

fn outcome(row: &AnyRow) -> Result<Outcome, StoreError> {
    let word: String = cell(row, "outcome")?;
    Outcome::parse(&word).ok_or_else(|| StoreError::Damaged(format!("'{word}' is no outcome")))
}

fn held_version(row: &AnyRow) -> Result<HeldVersion, StoreError> {
    let version: Option<i64> = cell(row, "version")?;
    Ok(HeldVersion {
        version: version.and_then(|v| u32::try_from(v).ok()),
        message_digest: cell(row, "message_digest")?,
        decision_id: cell(row, "decision_id")?,
        kind: kind(row)?,
    })
}

/// A row with [`COLUMNS`].
fn decision_row(row: &AnyRow) -> Result<DecisionRow, StoreError> {
    let movement: String = cell(row, "movement")?;
    let destination: Option<String> = cell(row, "destination")?;
    let as_of: String = cell(row, "as_of")?;
    let ledger_index: Option<i64> = cell(row, "seq")?;
    let erased_at: Option<i64> = cell(row, "erased_at")?;
    Ok(DecisionRow {
        decision_id: cell(row, "decision_id")?,
        recorded_at: time(cell(row, "recorded_at")?)?,
        actor: cell(row, "actor_id")?,
        reference: cell(row, "reference")?,
        kind: kind(row)?,
        outcome: outcome(row)?,
        movement: Movement::parse(&movement).unwrap_or_default(),
        destination: destination.as_deref().and_then(Country::from_alpha2),
        risk_millibits: cell(row, "risk_millibits")?,
        as_of: date(&as_of)?,
        lists: cell(row, "lists")?,
        policy: cell(row, "policy")?,
        engine: cell(row, "engine")?,
        digest: cell(row, "digest")?,
        file: cell(row, "file")?,
        index: count(row, "idx")?,
        findings: count(row, "findings")?,
        questions: count(row, "questions")?,
        ledger_index: ledger_index.map(unsigned).transpose()?,
        erased_at: erased_at.map(time).transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_looked_for_is_never_a_pattern() {
        assert_eq!(containing("A_1%!"), "%a!_1!%!!%");
        let none = conditions(&DecisionFilter::default());
        assert_eq!(none.sql, "");
        let two = conditions(&DecisionFilter {
            outcome: Some(Outcome::Hold),
            reference: Some("x".to_owned()),
            ..DecisionFilter::default()
        });
        assert_eq!(
            two.sql,
            "WHERE d.outcome = $1 AND LOWER(d.reference) LIKE $2 ESCAPE '!'"
        );
    }
}
