//! The record of what happened: append-only, one pending ledger leaf for each event.

use crate::StoreError;
use crate::keys::{hmac, random_bytes};
use crate::sql::{Insert, cell, failed, micros};
use jiff::Timestamp;
use portcullis_ledger::{Hash, Opening};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

/// One installation is one authority; until it has several agencies they are all this one.
pub(crate) const AGENCY: &str = "main";

/// The name in the body under which the salted commitment to erasable content stands.
pub(crate) const COMMITMENT: &str = "commitment";

/// Something that happened, to be recorded.
pub(crate) struct NewEvent {
    pub stream_id: String,
    /// Place in the stream, from 1.
    pub stream_seq: i64,
    pub kind: &'static str,
    pub command_id: String,
    pub actor: String,
    pub at: Timestamp,
    /// Codes, ids, amounts and references only.
    pub body: Value,
    pub leaf: NewLeaf,
}

/// What the ledger will say about an event.
pub(crate) struct NewLeaf {
    pub kind: &'static str,
    pub subject: String,
    pub commits_to: Commitment,
}

/// What a leaf commits to.
pub(crate) enum Commitment {
    /// The event itself; the salt is drawn here and stands beside the leaf.
    Event,
    /// Content that can be erased: its digest, and the secret that lies with it.
    Content { digest: Hash, secret: Hash },
}

/// Everything that an event says, in the form that is hashed. Borrowed, so that
/// writing and checking share it.
#[derive(Serialize)]
pub(crate) struct Envelope<'a> {
    pub stream_id: &'a str,
    pub stream_seq: i64,
    pub kind: &'a str,
    pub kind_version: i64,
    pub agency_id: &'a str,
    pub actor_id: &'a str,
    pub command_id: &'a str,
    pub recorded_at: i64,
    pub effective_at: i64,
    /// Without the commitment, which is computed from this.
    pub body: &'a Value,
}

impl Envelope<'_> {
    /// SHA-256 of its canonical JSON.
    pub(crate) fn digest(&self) -> Result<Hash, StoreError> {
        let json = portcullis_domain::canonical_json(self).map_err(StoreError::Invalid)?;
        Ok(Sha256::digest(json.as_bytes()).into())
    }
}

/// The salt of a leaf whose content can be erased: made from the secret that
/// lies with the content and from the event, so that the leaf vouches for both.
pub(crate) fn content_salt(secret: &Hash, envelope_digest: &Hash) -> Hash {
    hmac(secret, &[b"portcullis leaf salt v1", envelope_digest])
}

/// An event and its leaf, ready to insert.
struct Prepared {
    event: NewEvent,
    body: String,
    entry: String,
    salt: Option<String>,
}

fn prepare(mut event: NewEvent) -> Result<Prepared, StoreError> {
    let recorded_at = micros(event.at);
    let envelope_digest = Envelope {
        stream_id: &event.stream_id,
        stream_seq: event.stream_seq,
        kind: event.kind,
        kind_version: 1,
        agency_id: AGENCY,
        actor_id: &event.actor,
        command_id: &event.command_id,
        recorded_at,
        effective_at: recorded_at,
        body: &event.body,
    }
    .digest()?;
    let (digest, salt) = match &event.leaf.commits_to {
        Commitment::Event => (envelope_digest, random_bytes()),
        Commitment::Content { digest, secret } => (*digest, content_salt(secret, &envelope_digest)),
    };
    let opening = Opening {
        subject: event.leaf.subject.clone(),
        kind: event.leaf.kind.to_owned(),
        recorded_at,
        digest,
        salt,
    };
    let leaf = opening
        .leaf()
        .map_err(|e| StoreError::Invalid(format!("'{}': {e}", event.leaf.subject)))?;
    let mut body = std::mem::take(&mut event.body);
    let of_event = matches!(event.leaf.commits_to, Commitment::Event);
    if let (false, Value::Object(fields)) = (of_event, &mut body) {
        let commitment = hex::encode(leaf.commitment());
        fields.insert(COMMITMENT.to_owned(), Value::String(commitment));
    }
    Ok(Prepared {
        body: portcullis_domain::canonical_json(&body).map_err(StoreError::Invalid)?,
        entry: String::from_utf8(leaf.to_bytes())
            .map_err(|_| StoreError::Ledger("a leaf is not text".to_owned()))?,
        salt: of_event.then(|| hex::encode(salt)),
        event,
    })
}

/// Appends events and their pending leaves. The transaction must have begun
/// with a write.
pub(crate) async fn append(
    tx: &mut AnyConnection,
    events: Vec<NewEvent>,
) -> Result<(), StoreError> {
    let prepared: Vec<Prepared> = events.into_iter().map(prepare).collect::<Result<_, _>>()?;
    Insert {
        table: "events",
        columns: "stream_id,stream_seq,kind,kind_version,agency_id,actor_id,command_id,\
                  recorded_at,effective_at,body",
        tail: "",
    }
    .rows(tx, &prepared, |query, p| {
        query
            .bind(&p.event.stream_id)
            .bind(p.event.stream_seq)
            .bind(p.event.kind)
            .bind(1_i32)
            .bind(AGENCY)
            .bind(&p.event.actor)
            .bind(&p.event.command_id)
            .bind(micros(p.event.at))
            .bind(micros(p.event.at))
            .bind(&p.body)
    })
    .await?;
    Insert {
        table: "leaves",
        columns: "command_id,subject,kind,recorded_at,entry,salt",
        tail: "",
    }
    .rows(tx, &prepared, |query, p| {
        query
            .bind(&p.event.command_id)
            .bind(&p.event.leaf.subject)
            .bind(p.event.leaf.kind)
            .bind(micros(p.event.at))
            .bind(&p.entry)
            .bind(&p.salt)
    })
    .await
}

/// The next free place in a stream. The transaction must have begun with a write.
pub(crate) async fn next_seq(tx: &mut AnyConnection, stream_id: &str) -> Result<i64, StoreError> {
    let row = sqlx::query(
        "SELECT COALESCE(MAX(stream_seq), 0) + 1 AS next FROM events WHERE stream_id = $1",
    )
    .bind(stream_id)
    .fetch_one(tx)
    .await
    .map_err(failed("read a stream"))?;
    cell(&row, "next")
}

/// An event about something that is not erasable, at the end of its stream.
pub(crate) struct PlainEvent<'a> {
    pub stream_id: String,
    pub kind: &'static str,
    pub leaf_kind: &'static str,
    pub subject: &'a str,
    pub command_id: String,
    pub actor: &'a str,
    pub at: Timestamp,
    pub body: Value,
}

/// Appends one such event. The transaction must have begun with a write.
pub(crate) async fn append_plain(
    tx: &mut AnyConnection,
    event: PlainEvent<'_>,
) -> Result<(), StoreError> {
    let stream_seq = next_seq(tx, &event.stream_id).await?;
    let event = NewEvent {
        stream_id: event.stream_id,
        stream_seq,
        kind: event.kind,
        command_id: event.command_id,
        actor: event.actor.to_owned(),
        at: event.at,
        body: event.body,
        leaf: NewLeaf {
            kind: event.leaf_kind,
            subject: event.subject.to_owned(),
            commits_to: Commitment::Event,
        },
    };
    append(tx, vec![event]).await
}

/// An event as it is stored.
pub(crate) struct StoredEvent {
    pub stream_id: String,
    pub stream_seq: i64,
    pub kind: String,
    pub kind_version: i64,
    pub agency_id: String,
    pub actor_id: String,
    pub command_id: String,
    pub recorded_at: i64,
    pub effective_at: i64,
    pub body: Value,
}

impl StoredEvent {
    /// From a row with the columns of `events`.
    pub(crate) fn from_row(row: &AnyRow) -> Result<StoredEvent, StoreError> {
        let command_id: String = cell(row, "command_id")?;
        let body: String = cell(row, "body")?;
        let body = serde_json::from_str(&body)
            .map_err(|e| StoreError::Damaged(format!("the event of '{command_id}': {e}")))?;
        Ok(StoredEvent {
            stream_id: cell(row, "stream_id")?,
            stream_seq: cell(row, "stream_seq")?,
            kind: cell(row, "kind")?,
            kind_version: cell(row, "kind_version")?,
            agency_id: cell(row, "agency_id")?,
            actor_id: cell(row, "actor_id")?,
            command_id,
            recorded_at: cell(row, "recorded_at")?,
            effective_at: cell(row, "effective_at")?,
            body,
        })
    }

    fn digest_with(&self, body: &Value) -> Result<Hash, StoreError> {
        Envelope {
            stream_id: &self.stream_id,
            stream_seq: self.stream_seq,
            kind: &self.kind,
            kind_version: self.kind_version,
            agency_id: &self.agency_id,
            actor_id: &self.actor_id,
            command_id: &self.command_id,
            recorded_at: self.recorded_at,
            effective_at: self.effective_at,
            body,
        }
        .digest()
    }

    /// Digest of the event without its commitment: what went into the leaf.
    pub(crate) fn envelope_digest(&self) -> Result<Hash, StoreError> {
        self.digest_with(&self.body_without_commitment())
    }

    /// The body before the commitment was added.
    pub(crate) fn body_without_commitment(&self) -> Value {
        let mut body = self.body.clone();
        if let Value::Object(fields) = &mut body {
            fields.remove(COMMITMENT);
        }
        body
    }

    /// Digest of the event with everything in it, lower-case hex.
    pub(crate) fn full_digest(&self) -> Result<String, StoreError> {
        self.digest_with(&self.body).map(hex::encode)
    }
}
