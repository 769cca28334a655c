//! Whether a record is the one that its ledger entry vouches for.

use super::{Progress, Stop, problem};
use crate::assessments::{AssessmentContent, event_body};
use crate::contents;
use crate::events::{COMMITMENT, StoredEvent};
use crate::ledger::LeafRow;
use crate::sql::{cell, failed, places};
use crate::{Store, StoreError};
use portcullis_domain::MessageKind;
use portcullis_ledger::Leaf;
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;
use std::collections::HashMap;

/// The tables' rows of the decisions of a page, by decision id.
pub(super) type Evidence = HashMap<String, AnyRow>;

const EVIDENCE: &str = "SELECT d.*, t.message_digest, t.position, c.ciphertext, k.wrapped \
     FROM decisions d LEFT JOIN transactions t ON t.decision_id = d.decision_id \
     LEFT JOIN contents c ON c.id = d.decision_id \
     LEFT JOIN content_keys k ON k.content_id = d.decision_id";

impl Store {
    pub(super) async fn evidence_of(&self, leaves: &[AnyRow]) -> Result<Evidence, Stop> {
        let mut ids: Vec<String> = Vec::new();
        for row in leaves {
            if cell::<String>(row, "leaf_kind")? == "decision" {
                ids.push(cell(row, "subject")?);
            }
        }
        if ids.is_empty() {
            return Ok(Evidence::new());
        }
        let sql = format!("{EVIDENCE} WHERE d.decision_id IN {}", places(1, ids.len()));
        let query = ids
            .iter()
            .fold(sqlx::query(AssertSqlSafe(sql)), |q, id| q.bind(id));
        let rows = query.fetch_all(&self.read).await;
        let rows = rows.map_err(failed("read decisions"))?;
        let by_id = rows
            .into_iter()
            .map(|row| Ok((cell::<String>(&row, "decision_id")?, row)));
        Ok(by_id.collect::<Result<Evidence, StoreError>>()?)
    }

    pub(super) async fn check_record(
        &self,
        progress: &mut Progress,
        row: &AnyRow,
        evidence: &Evidence,
    ) -> Result<(), Stop> {
        let leaf = LeafRow::from_row(row)?;
        let wrong = |text: &str| problem(leaf.seq, Some(&leaf.subject), text);
        if cell::<Option<String>>(row, "command_id")?.is_none() {
            return Err(wrong("its event is missing"));
        }
        let event = StoredEvent::from_row(row).map_err(|e| wrong(&e.to_string()))?;
        if event.recorded_at != leaf.recorded_at {
            return Err(wrong("its event has another time of recording"));
        }
        if leaf.kind != "decision" {
            leaf.opening(&event, None).map_err(|why| wrong(&why))?;
            match leaf.kind.as_str() {
                "screenings" => self.check_screenings(progress, leaf.seq, &event).await?,
                "monitor" => self.check_run(leaf.seq, &event).await?,
                "policy" => self.check_policy(leaf.seq, &leaf.subject, &event).await?,
                "bulletin" => self.check_bulletin(leaf.seq, &leaf.subject, &event).await?,
                _ => {}
            }
            return Ok(());
        }
        let row = evidence
            .get(&leaf.subject)
            .ok_or_else(|| wrong("its decision is missing"))?;
        vouched_commitment(&leaf, &event).map_err(|why| wrong(&why))?;
        same_as_event(row, &event).map_err(|why| wrong(&why))?;
        let content: Option<AssessmentContent<'static>> =
            contents::from_row(self, &leaf.subject, row).map_err(|e| wrong(&e.to_string()))?;
        match content {
            Some(content) => {
                let opening = leaf.opening(&event, Some(&content));
                let opening = opening.map_err(|why| wrong(&why))?;
                same_as_content(row, &event, &content, &hex::encode(opening.digest))
                    .map_err(|why| wrong(&why))?;
                progress.decisions += 1;
            }
            None => {
                let vouched = self.erasure_vouches(&leaf.subject, &event).await?;
                if !vouched {
                    return Err(wrong("its contents are gone and no erasure was recorded"));
                }
                progress.erased += 1;
            }
        }
        Ok(())
    }

    /// Whether an erasure was recorded that names this very event. The erasure
    /// has its own leaf, which is checked in its turn.
    async fn erasure_vouches(&self, subject: &str, event: &StoredEvent) -> Result<bool, Stop> {
        let rows = sqlx::query("SELECT body FROM events WHERE stream_id = $1 AND kind = $2")
            .bind(format!("content:{subject}"))
            .bind("ContentErased")
            .fetch_all(&self.read)
            .await
            .map_err(failed("read an erasure"))?;
        let digest = Value::String(event.full_digest()?);
        for row in &rows {
            let body: String = cell(row, "body")?;
            let body: Value = serde_json::from_str(&body).unwrap_or_default();
            if body["event_digest"] == digest {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The event repeats the commitment of its leaf.
fn vouched_commitment(leaf: &LeafRow, event: &StoredEvent) -> Result<(), String> {
    let entry = Leaf::parse(leaf.entry.as_bytes()).map_err(|e| e.to_string())?;
    if event.body[COMMITMENT] != json!(hex::encode(entry.commitment())) {
        return Err("its event has another commitment than its ledger entry".to_owned());
    }
    Ok(())
}

/// What the table shows of a decision is what its event says.
fn same_as_event(row: &AnyRow, event: &StoredEvent) -> Result<(), String> {
    let body = &event.body;
    let length = |name: &str| body[name].as_array().map_or(0, Vec::len);
    let texts = [
        ("actor_id", json!(event.actor_id)),
        ("agency_id", json!(event.agency_id)),
        ("reference", body["reference"].clone()),
        ("kind", body["kind"].clone()),
        ("outcome", body["outcome"].clone()),
        ("movement", body["movement"].clone()),
        ("destination", body["destination"].clone()),
        ("as_of", body["as_of"].clone()),
        ("lists", body["versions"]["lists"].clone()),
        ("policy", body["versions"]["policy"].clone()),
        ("engine", body["versions"]["engine"].clone()),
    ];
    for (column, expected) in texts {
        let shown: Option<String> = cell(row, column).map_err(|e| e.to_string())?;
        if json!(shown) != expected {
            return Err(format!("the table of decisions shows another {column}"));
        }
    }
    let numbers = [
        ("recorded_at", json!(event.recorded_at)),
        ("risk_millibits", body["risk_millibits"].clone()),
        ("findings", json!(length("findings"))),
        ("questions", json!(length("questions"))),
    ];
    for (column, expected) in numbers {
        let shown: i64 = cell(row, column).map_err(|e| e.to_string())?;
        if json!(shown) != expected {
            return Err(format!("the table of decisions shows another {column}"));
        }
    }
    let position: Option<i64> = cell(row, "position").map_err(|e| e.to_string())?;
    let has_reference = !body["reference"].is_null();
    if position.is_some() != has_reference || position.is_some_and(|p| p != event.stream_seq) {
        return Err("the table of references shows another place for it".to_owned());
    }
    Ok(())
}

/// The event and the tables say of the sealed contents what is in them.
fn same_as_content(
    row: &AnyRow,
    event: &StoredEvent,
    content: &AssessmentContent<'_>,
    digest: &str,
) -> Result<(), String> {
    let said = event.body_without_commitment();
    let kind: MessageKind =
        serde_json::from_value(said["kind"].clone()).map_err(|e| e.to_string())?;
    let (reference, version) = (said["reference"].as_str(), said["version"].as_i64());
    if event_body(kind, reference, version, &content.decision) != said {
        return Err("its event does not say what was decided".to_owned());
    }
    let text = |column| cell::<Option<String>>(row, column).map_err(|e| e.to_string());
    if text("digest")?.as_deref() != Some(digest) {
        return Err("the table of decisions shows another digest".to_owned());
    }
    let index: i64 = cell(row, "idx").map_err(|e| e.to_string())?;
    if text("file")?.as_deref() != Some(content.file.as_ref())
        || u64::try_from(index) != Ok(content.index)
    {
        return Err("the table of decisions shows another file or place in it".to_owned());
    }
    let message = text("message_digest")?;
    if message.is_some_and(|m| m != content.message_digest) {
        return Err("the table of references shows another message".to_owned());
    }
    Ok(())
}
