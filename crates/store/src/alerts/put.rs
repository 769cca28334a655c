//! Raising alerts, and bringing those that are there up to date.

use super::{AlertEvidence, NewAlert};
use crate::contents::{self, Sealed, seal};
use crate::events::AGENCY;
use crate::monitor::MonitorRun;
use crate::sql::{Insert, MAX_IDS, cell, failed, micros, places};
use crate::{Store, StoreError};
use jiff::Timestamp;
use serde_json::{Value, json};
use sqlx::{AnyConnection, AssertSqlSafe};
use std::collections::HashMap;

/// What is held of a pair.
struct Held {
    id: String,
    evidence: String,
    evidence_digest: String,
    state: String,
}

/// An alert ready to be written.
struct Row {
    id: String,
    alert: NewAlert,
    evidence: String,
    digest: String,
}

impl Store {
    /// Writes the alerts of a part, inside a transaction, and returns those that
    /// need somebody and did not before, in the words of a webhook: ids and
    /// strength, no names.
    pub(crate) async fn put_alerts(
        &self,
        tx: &mut AnyConnection,
        run: &MonitorRun,
        alerts: Vec<NewAlert>,
        now: Timestamp,
    ) -> Result<Vec<Value>, StoreError> {
        let held = held(tx, &run.plan.book, &alerts).await?;
        let (mut rows, mut sealed, mut raised) = (Vec::new(), Vec::new(), Vec::new());
        for alert in alerts {
            let key = (alert.customer_id.clone(), alert.entity_id.clone());
            let before = held.get(&key);
            let (row, new) = self.row(alert, before, now)?;
            sealed.extend(new);
            let needs_now = row.alert.state == portcullis_casework::AlertState::Open;
            if needs_now && before.is_none_or(|b| b.state != "open") {
                raised.push(json!({
                    "alert": row.id,
                    "customer": row.alert.customer_id,
                    "entity": row.alert.entity_id,
                    "strong": row.alert.hit.strong,
                    "score": row.alert.hit.score,
                }));
            }
            rows.push(row);
        }
        contents::insert(tx, &sealed).await?;
        upsert(tx, run, &rows, now).await?;
        Ok(raised)
    }

    /// Evidence that is as it was is not sealed again.
    fn row(
        &self,
        alert: NewAlert,
        before: Option<&Held>,
        now: Timestamp,
    ) -> Result<(Row, Option<Sealed>), StoreError> {
        let evidence = AlertEvidence {
            party: alert.party.clone(),
            entity: alert.entity.clone(),
            hit: alert.hit.clone(),
        };
        let json = serde_json::to_string(&evidence)
            .map_err(|e| StoreError::Invalid(format!("the evidence of an alert: {e}")))?;
        let digest = self.keys.lookup("alert-evidence", &json);
        let id = before.map_or_else(|| self.new_id(now), |b| b.id.clone());
        if let Some(same) = before.filter(|b| b.evidence_digest == digest) {
            let row = Row {
                id,
                alert,
                evidence: same.evidence.clone(),
                digest,
            };
            return Ok((row, None));
        }
        let content = self.new_id(now);
        let sealed = seal(&self.keys.wrapping, &content, "alert", &evidence)?.under(&id);
        let row = Row {
            id,
            alert,
            evidence: content,
            digest,
        };
        Ok((row, Some(sealed)))
    }
}

async fn held(
    tx: &mut AnyConnection,
    book: &str,
    alerts: &[NewAlert],
) -> Result<HashMap<(String, String), Held>, StoreError> {
    let mut customers: Vec<&str> = alerts.iter().map(|a| a.customer_id.as_str()).collect();
    customers.sort_unstable();
    customers.dedup();
    let mut all = HashMap::new();
    for chunk in customers.chunks(MAX_IDS - 1) {
        let sql = format!(
            "SELECT id, customer_id, entity_id, evidence, evidence_digest, state FROM alerts \
             WHERE customer_id IN {} AND book = ${}",
            places(1, chunk.len()),
            chunk.len() + 1
        );
        let query = chunk
            .iter()
            .fold(sqlx::query(AssertSqlSafe(sql)), |q, id| q.bind(*id))
            .bind(book);
        let rows = query.fetch_all(&mut *tx).await;
        for row in rows.map_err(failed("read alerts"))? {
            let key = (cell(&row, "customer_id")?, cell(&row, "entity_id")?);
            let held = Held {
                id: cell(&row, "id")?,
                evidence: cell(&row, "evidence")?,
                evidence_digest: cell(&row, "evidence_digest")?,
                state: cell(&row, "state")?,
            };
            all.insert(key, held);
        }
    }
    Ok(all)
}

async fn upsert(
    tx: &mut AnyConnection,
    run: &MonitorRun,
    rows: &[Row],
    now: Timestamp,
) -> Result<(), StoreError> {
    Insert {
        table: "alerts",
        columns: "id,agency_id,book,customer_id,entity_id,state,strong,score,millibits,evidence,\
                  evidence_digest,raised_at,raised_run,changed_at,seen_run,disposition_id,\
                  cleared_until",
        tail: "ON CONFLICT (book, customer_id, entity_id) DO UPDATE SET \
               state = excluded.state, strong = excluded.strong, score = excluded.score, \
               millibits = excluded.millibits, evidence = excluded.evidence, \
               evidence_digest = excluded.evidence_digest, \
               raised_at = CASE WHEN alerts.state = 'gone' THEN excluded.raised_at \
               ELSE alerts.raised_at END, \
               raised_run = CASE WHEN alerts.state = 'gone' THEN excluded.raised_run \
               ELSE alerts.raised_run END, \
               changed_at = CASE WHEN alerts.state <> excluded.state \
               OR alerts.evidence_digest <> excluded.evidence_digest \
               THEN excluded.changed_at ELSE alerts.changed_at END, \
               seen_run = excluded.seen_run, disposition_id = excluded.disposition_id, \
               cleared_until = excluded.cleared_until",
    }
    .rows(tx, rows, |query, r| {
        let judged = r.alert.judged.as_ref();
        query
            .bind(&r.id)
            .bind(AGENCY)
            .bind(run.plan.book.clone())
            .bind(&r.alert.customer_id)
            .bind(&r.alert.entity_id)
            .bind(r.alert.state.as_str())
            .bind(i32::from(r.alert.hit.strong))
            .bind(r.alert.hit.score)
            .bind(r.alert.hit.millibits)
            .bind(&r.evidence)
            .bind(&r.digest)
            .bind(micros(now))
            .bind(run.id.clone())
            .bind(micros(now))
            .bind(run.id.clone())
            .bind(judged.map(|(id, _)| id.clone()))
            .bind(judged.map(|(_, until)| until.to_string()))
    })
    .await
}
