//! Recording screenings: a batch in one transaction, with one event and one
//! leaf that hold a digest over all of its rows.

use super::code::code_of;
use super::{NewScreening, RecordedScreening, ScreeningDetail, StoredScreening};
use crate::contents::{self, Sealed, seal};
use crate::events::{self, AGENCY, PlainEvent};
use crate::files::blocking;
use crate::keys::random_bytes;
use crate::sql::{Insert, failed, micros, storable};
use crate::{Store, StoreError};
use jiff::Timestamp;
use portcullis_ledger::Hash;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::borrow::Cow;

/// The most screenings in one transaction.
pub(super) const MAX_BATCH: usize = 10_000;

/// The contents of a record, as they are sealed.
#[derive(Serialize, Deserialize)]
pub(crate) struct ScreeningContent<'a> {
    /// Hex; without it nobody can guess what stands behind a digest.
    pub secret: String,
    pub detail: Cow<'a, ScreeningDetail>,
}

/// Everything a record says, in the form that is hashed.
#[derive(Serialize)]
struct Hashed<'a> {
    id: &'a str,
    agency: &'a str,
    actor: &'a str,
    source: &'a str,
    recorded_at: i64,
    as_of: String,
    lists: &'a str,
    threshold: i64,
    weak: bool,
    engine: &'a str,
    result: &'a str,
    hits: u64,
    secret: &'a str,
    detail: &'a ScreeningDetail,
}

impl Hashed<'_> {
    fn digest(&self) -> Result<Hash, StoreError> {
        let json = portcullis_domain::canonical_json(self).map_err(StoreError::Invalid)?;
        Ok(Sha256::digest(json.as_bytes()).into())
    }
}

/// How many hits a record counts.
fn hits(detail: &ScreeningDetail) -> u64 {
    match detail {
        ScreeningDetail::One { hits, .. } => hits.len() as u64,
        ScreeningDetail::File { alerts, .. } | ScreeningDetail::Book { alerts, .. } => *alerts,
    }
}

/// The digest of a batch: over a line `id digest` of each of its rows, in order.
pub(crate) fn batch_digest<'a>(rows: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut hash = Sha256::new();
    for (id, digest) in rows {
        hash.update(id);
        hash.update(b" ");
        hash.update(digest);
        hash.update(b"\n");
    }
    hex::encode(hash.finalize())
}

/// Whether a stored row and its contents give the digest that stands in the row.
pub(crate) fn content_matches(
    row: &StoredScreening,
    agency: &str,
    content: &ScreeningContent<'_>,
) -> Result<bool, StoreError> {
    let digest = Hashed {
        id: &row.id,
        agency,
        actor: &row.actor,
        source: row.source.as_str(),
        recorded_at: micros(row.recorded_at),
        as_of: row.as_of.to_string(),
        lists: &row.lists,
        threshold: row.threshold,
        weak: row.weak,
        engine: &row.engine,
        result: row.result.as_str(),
        hits: row.hits,
        secret: &content.secret,
        detail: &content.detail,
    }
    .digest()?;
    let counted = hits(&content.detail) == row.hits;
    Ok(counted && hex::encode(digest) == row.digest && code_of(&digest) == row.code)
}

/// A record with everything that does not depend on the database.
pub(super) struct Ready {
    id: String,
    new: NewScreening,
    digest: String,
    code: String,
}

impl Ready {
    /// What the caller is told once it is durable.
    pub(super) fn recorded(&self) -> RecordedScreening {
        RecordedScreening {
            id: self.id.clone(),
            code: self.code.clone(),
        }
    }
}

pub(super) fn make_ready(
    wrapping: &[u8; 32],
    id: String,
    new: NewScreening,
    now: Timestamp,
) -> Result<(Ready, Sealed), StoreError> {
    let new = NewScreening {
        actor: storable(&new.actor),
        ..new
    };
    let secret = hex::encode(random_bytes());
    let digest = Hashed {
        id: &id,
        agency: AGENCY,
        actor: &new.actor,
        source: new.source.as_str(),
        recorded_at: micros(now),
        as_of: new.as_of.to_string(),
        lists: &new.lists,
        threshold: new.threshold,
        weak: new.weak,
        engine: &new.engine,
        result: new.result.as_str(),
        hits: hits(&new.detail),
        secret: &secret,
        detail: &new.detail,
    }
    .digest()?;
    let content = ScreeningContent {
        secret,
        detail: Cow::Borrowed(&new.detail),
    };
    let sealed = seal(wrapping, &id, "screening", &content)?;
    let ready = Ready {
        digest: hex::encode(digest),
        code: code_of(&digest),
        id,
        new,
    };
    Ok((ready, sealed))
}

impl Store {
    /// Records up to 10,000 screenings in one durable transaction, with one
    /// ledger leaf that holds a digest over them, and returns their ids and
    /// codes in the same order once they are on disk. Callers with one question
    /// at a time share batches through [`super::ScreeningRecorder`].
    ///
    /// # Errors
    ///
    /// [`StoreError::Invalid`] for more than 10,000; nothing is recorded then.
    pub async fn record_screenings(
        &self,
        screenings: Vec<NewScreening>,
        now: Timestamp,
    ) -> Result<Vec<RecordedScreening>, StoreError> {
        if screenings.len() > MAX_BATCH {
            return Err(StoreError::Invalid(format!(
                "{} screenings in one batch; {MAX_BATCH} is the limit",
                screenings.len()
            )));
        }
        if screenings.is_empty() {
            return Ok(Vec::new());
        }
        let batch_id = self.new_id(now);
        let with_ids: Vec<_> = screenings
            .into_iter()
            .map(|new| (self.new_id(now), new))
            .collect();
        let wrapping = self.keys.wrapping;
        let (ready, sealed) = blocking(move || {
            let made = with_ids
                .into_iter()
                .map(|(id, new)| make_ready(&wrapping, id, new, now));
            made.collect::<Result<(Vec<Ready>, Vec<Sealed>), StoreError>>()
        })
        .await?;
        let mut tx = self.write.begin().await.map_err(failed("begin"))?;
        contents::insert(&mut tx, &sealed).await?;
        events::append_plain(&mut tx, batch_event(&batch_id, &ready, now)).await?;
        insert_rows(&mut tx, &batch_id, &ready, now).await?;
        tx.commit().await.map_err(failed("record screenings"))?;
        Ok(ready.iter().map(Ready::recorded).collect())
    }
}

/// The actor of a batch is that of its screenings, if they have one in common;
/// each row names its own.
pub(super) fn batch_event<'a>(
    batch_id: &'a str,
    ready: &'a [Ready],
    now: Timestamp,
) -> PlainEvent<'a> {
    let first = ready.first().map_or("", |r| r.new.actor.as_str());
    let one = ready.iter().all(|r| r.new.actor == first);
    let digest = batch_digest(ready.iter().map(|r| (r.id.as_str(), r.digest.as_str())));
    PlainEvent {
        stream_id: format!("screenings:{batch_id}"),
        kind: "ScreeningsRecorded",
        leaf_kind: "screenings",
        subject: batch_id,
        command_id: batch_id.to_owned(),
        actor: if one { first } else { "several" },
        at: now,
        body: json!({ "screenings": ready.len(), "digest": digest }),
    }
}

pub(super) async fn insert_rows(
    tx: &mut sqlx::AnyConnection,
    batch_id: &str,
    ready: &[Ready],
    now: Timestamp,
) -> Result<(), StoreError> {
    let rows: Vec<(i64, &Ready)> = (0..).zip(ready).collect();
    Insert {
        table: "screenings",
        columns: "id,code,batch_id,position,agency_id,actor_id,source,recorded_at,as_of,lists,\
                  threshold,weak,engine,result,hits,digest",
        tail: "",
    }
    .rows(tx, &rows, |query, (position, r)| {
        query
            .bind(&r.id)
            .bind(&r.code)
            .bind(batch_id.to_owned())
            .bind(*position)
            .bind(AGENCY)
            .bind(&r.new.actor)
            .bind(r.new.source.as_str())
            .bind(micros(now))
            .bind(r.new.as_of.to_string())
            .bind(&r.new.lists)
            .bind(r.new.threshold)
            .bind(i32::from(r.new.weak))
            .bind(&r.new.engine)
            .bind(r.new.result.as_str())
            .bind(i64::try_from(hits(&r.new.detail)).unwrap_or(i64::MAX))
            .bind(&r.digest)
    })
    .await
}
