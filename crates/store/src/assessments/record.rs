//! Recording assessments: events, sealed evidence, tables and pending leaves in
//! one durable transaction.

use super::{NewAssessment, Recorded};
use crate::contents::{self, Sealed, seal};
use crate::events::{self, AGENCY, Commitment, NewEvent, NewLeaf};
use crate::files::blocking;
use crate::keys::random_bytes;
use crate::sql::{
    Insert, MAX_IDS, cell, failed, micros, places, signed, storable, storable_reference,
};
use crate::{Store, StoreError};
use jiff::Timestamp;
use portcullis_domain::{Decision, MessageKind, Transaction};
use portcullis_ledger::Hash;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::{AnyConnection, AssertSqlSafe};
use std::borrow::Cow;
use std::collections::HashMap;

/// The most assessments in one transaction.
const MAX_BATCH: usize = 1_000;

/// The evidence of a decision, as it is sealed.
#[derive(Serialize, Deserialize)]
pub(crate) struct AssessmentContent<'a> {
    /// Hex; see [`events::content_salt`].
    pub secret: String,
    pub file: Cow<'a, str>,
    pub index: u64,
    pub message_digest: Cow<'a, str>,
    pub decision: Cow<'a, Decision>,
    pub transaction: Option<Cow<'a, Transaction>>,
}

/// What an event may say of a decision: codes, ids, amounts and references. The
/// wording, which names parties, is in the contents.
pub(crate) fn event_body(
    kind: MessageKind,
    reference: Option<&str>,
    version: Option<i64>,
    decision: &Decision,
) -> Value {
    let determinations = decision.determinations.iter().map(
        |d| json!({ "jurisdiction": d.jurisdiction, "binding": d.binding, "result": d.result }),
    );
    let findings = decision.findings.iter().map(|f| {
        json!({
            "about": f.about,
            "code": f.code,
            "strength": f.strength,
            "millibits": f.millibits,
            "outcome": f.outcome,
            "rule": f.rule,
        })
    });
    let questions = decision
        .questions
        .iter()
        .map(|q| json!({ "about": q.about, "code": q.code }));
    json!({
        "kind": kind,
        "reference": reference,
        "version": version,
        "outcome": decision.outcome,
        "movement": decision.movement,
        "destination": decision.destination,
        "risk_millibits": decision.risk_millibits,
        "as_of": decision.as_of,
        "known": decision.known,
        "versions": decision.versions,
        "determinations": determinations.collect::<Vec<_>>(),
        "findings": findings.collect::<Vec<_>>(),
        "questions": questions.collect::<Vec<_>>(),
    })
}

/// An assessment with everything that does not depend on the database.
struct Ready {
    id: String,
    assessment: NewAssessment,
    digest: Hash,
    secret: Hash,
    /// Moves into the event.
    body: Value,
    /// Place among the versions of its reference, from 1; known inside the transaction.
    position: i64,
}

fn make_ready(
    wrapping: &[u8; 32],
    id: String,
    assessment: NewAssessment,
) -> Result<(Ready, Sealed), StoreError> {
    let digest = portcullis_domain::digest(&assessment.decision).map_err(StoreError::Invalid)?;
    let digest = hex::decode(&digest).ok().and_then(|d| d.try_into().ok());
    let digest = digest.ok_or_else(|| StoreError::Invalid("a digest is not 32 bytes".into()))?;
    let secret = random_bytes();
    let content = AssessmentContent {
        secret: hex::encode(secret),
        file: Cow::Borrowed(&assessment.file),
        index: assessment.index,
        message_digest: Cow::Borrowed(&assessment.message_digest),
        decision: Cow::Borrowed(&assessment.decision),
        transaction: assessment.transaction.as_ref().map(Cow::Borrowed),
    };
    let sealed = seal(wrapping, &id, "assessment", &content)?;
    let body = event_body(
        assessment.kind,
        assessment.reference.as_deref(),
        assessment.version.map(i64::from),
        &assessment.decision,
    );
    let ready = Ready {
        id,
        assessment,
        digest,
        secret,
        body,
        position: 1,
    };
    Ok((ready, sealed))
}

impl Store {
    /// Records up to 1,000 assessments in one durable transaction, and returns
    /// their ids in the same order once it is on disk.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] if a reference has versions that the caller had
    /// not seen; [`StoreError::Invalid`] for more than 1,000. Nothing is
    /// recorded then.
    pub async fn record(
        &self,
        assessments: Vec<NewAssessment>,
        actor: &str,
        now: Timestamp,
    ) -> Result<Vec<Recorded>, StoreError> {
        if assessments.len() > MAX_BATCH {
            return Err(StoreError::Invalid(format!(
                "{} assessments in one batch; {MAX_BATCH} is the limit",
                assessments.len()
            )));
        }
        if assessments.is_empty() {
            return Ok(Vec::new());
        }
        let with_ids: Vec<_> = assessments
            .into_iter()
            .map(|assessment| (self.new_id(now), storable_texts(assessment)))
            .collect();
        let wrapping = self.keys.wrapping;
        let (mut ready, sealed) = blocking(move || {
            let made = with_ids
                .into_iter()
                .map(|(id, assessment)| make_ready(&wrapping, id, assessment));
            made.collect::<Result<(Vec<Ready>, Vec<Sealed>), StoreError>>()
        })
        .await?;
        let mut tx = self.write.begin().await.map_err(failed("begin"))?;
        contents::insert(&mut tx, &sealed).await?;
        give_positions(&mut tx, &mut ready).await?;
        let new_events = ready.iter_mut().map(|r| new_event(r, actor, now)).collect();
        events::append(&mut tx, new_events).await?;
        insert_rows(&mut tx, &ready, actor, now).await?;
        let met = ready.iter().filter_map(|r| {
            let transaction = r.assessment.transaction.as_ref()?;
            Some((r.id.as_str(), transaction, &r.assessment.decision))
        });
        self.put_met(&mut tx, met, now).await?;
        tx.commit().await.map_err(failed("record assessments"))?;
        let recorded = ready.into_iter().map(|r| Recorded {
            decision_id: r.id,
            digest: hex::encode(r.digest),
        });
        Ok(recorded.collect())
    }
}

/// What goes into columns, as both databases can hold it.
fn storable_texts(assessment: NewAssessment) -> NewAssessment {
    NewAssessment {
        reference: assessment.reference.as_deref().map(storable_reference),
        file: storable(&assessment.file),
        ..assessment
    }
}

/// One stream for each reference, so that two writers who saw the same versions
/// cannot both add the next one.
fn stream_of(ready: &Ready) -> String {
    match &ready.assessment.reference {
        Some(reference) => format!("declaration:{reference}"),
        None => format!("message:{}", ready.id),
    }
}

fn new_event(ready: &mut Ready, actor: &str, now: Timestamp) -> NewEvent {
    NewEvent {
        stream_id: stream_of(ready),
        stream_seq: ready.position,
        kind: "TransactionAssessed",
        command_id: ready.id.clone(),
        actor: actor.to_owned(),
        at: now,
        body: std::mem::take(&mut ready.body),
        leaf: NewLeaf {
            kind: "decision",
            subject: ready.id.clone(),
            commits_to: Commitment::Content {
                digest: ready.digest,
                secret: ready.secret,
            },
        },
    }
}

/// Places each assessment after the versions that its reference has by now.
async fn give_positions(tx: &mut AnyConnection, ready: &mut [Ready]) -> Result<(), StoreError> {
    let mut references: Vec<&str> = ready
        .iter()
        .filter_map(|r| r.assessment.reference.as_deref())
        .collect();
    references.sort_unstable();
    references.dedup();
    let mut last: HashMap<String, i64> = HashMap::new();
    for chunk in references.chunks(MAX_IDS) {
        let sql = format!(
            "SELECT reference, MAX(position) AS last FROM transactions WHERE reference IN {} \
             GROUP BY reference",
            places(1, chunk.len())
        );
        let query = chunk
            .iter()
            .fold(sqlx::query(AssertSqlSafe(sql)), |q, r| q.bind(*r));
        let rows = query.fetch_all(&mut *tx).await;
        for row in rows.map_err(failed("read versions"))? {
            last.insert(cell(&row, "reference")?, cell(&row, "last")?);
        }
    }
    for one in ready {
        let Some(reference) = &one.assessment.reference else {
            continue;
        };
        let last = last.entry(reference.clone()).or_insert(0);
        let seen = one.assessment.held.map(signed).transpose()?;
        if seen.is_some_and(|seen| seen != *last) {
            return Err(StoreError::Conflict(format!("reference '{reference}'")));
        }
        *last += 1;
        one.position = *last;
    }
    Ok(())
}

async fn insert_rows(
    tx: &mut AnyConnection,
    ready: &[Ready],
    actor: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    Insert {
        table: "decisions",
        columns: "decision_id,recorded_at,agency_id,actor_id,reference,kind,outcome,movement,\
                  destination,risk_millibits,as_of,lists,policy,engine,digest,file,idx,findings,\
                  questions",
        tail: "",
    }
    .rows(tx, ready, |query, r| {
        let decision = &r.assessment.decision;
        query
            .bind(&r.id)
            .bind(micros(now))
            .bind(AGENCY)
            .bind(actor.to_owned())
            .bind(&r.assessment.reference)
            .bind(r.assessment.kind.as_str())
            .bind(decision.outcome.as_str())
            .bind(decision.movement.as_str())
            .bind(decision.destination.map(|c| c.code().to_owned()))
            .bind(decision.risk_millibits)
            .bind(decision.as_of.to_string())
            .bind(&decision.versions.lists)
            .bind(&decision.versions.policy)
            .bind(&decision.versions.engine)
            .bind(hex::encode(r.digest))
            .bind(&r.assessment.file)
            .bind(i64::try_from(r.assessment.index).unwrap_or(i64::MAX))
            .bind(decision.findings.len() as i64)
            .bind(decision.questions.len() as i64)
    })
    .await?;
    let with_reference: Vec<(&str, &Ready)> = ready
        .iter()
        .filter_map(|r| Some((r.assessment.reference.as_deref()?, r)))
        .collect();
    Insert {
        table: "transactions",
        columns: "reference,position,version,kind,message_digest,decision_id",
        tail: "",
    }
    .rows(tx, &with_reference, |query, (reference, r)| {
        query
            .bind(*reference)
            .bind(r.position)
            .bind(r.assessment.version.map(i64::from))
            .bind(r.assessment.kind.as_str())
            .bind(&r.assessment.message_digest)
            .bind(&r.id)
    })
    .await
}
