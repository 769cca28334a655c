//! Storing versions and putting them in use.

use super::{NewReference, PutReference, ReferenceKind, ReferenceState, checked};
use crate::contents;
use crate::events::{self, PlainEvent};
use crate::sql::{cell, failed, micros, signed, storable};
use crate::{Store, StoreError};
use jiff::Timestamp;
use portcullis_domain::hex_sha256;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::AnyConnection;

/// The bytes of a private version, as they are sealed.
#[derive(Serialize, Deserialize)]
pub(super) struct SealedReference {
    /// In hex, since sealed records are JSON.
    pub(super) hex: String,
}

/// The first hex digits of the digest that stand in an id: 64 bits.
const ID_DIGITS: usize = 16;

impl Store {
    /// Stores a version and, with `activate`, puts it in use. All or nothing: on
    /// any error the version in use stays in use. The same version again changes
    /// nothing.
    ///
    /// # Errors
    ///
    /// [`StoreError::Invalid`] if the name, the days or the source are not
    /// acceptable; any other if the database fails.
    pub async fn put_reference(
        &self,
        new: &NewReference,
        activate: bool,
        actor: &str,
        now: Timestamp,
    ) -> Result<PutReference, StoreError> {
        checked(new)?;
        let id = self.reference_id(new, &new.bytes);
        let mut tx = self.write.begin().await.map_err(failed("begin"))?;
        let is_new = insert_version(&mut tx, &id, new, actor, now).await?;
        if is_new {
            self.insert_bytes(&mut tx, &id, new).await?;
            let event = imported_event(&id, new, self.new_id(now), actor, now);
            events::append_plain(&mut tx, event).await?;
        }
        let in_use =
            activate && last_in_use(&mut tx, new.kind, &new.name).await? == Some(id.clone());
        if activate && !in_use {
            // Of versions stored before, a person chose this one again.
            let using = Using {
                kind: new.kind,
                name: &new.name,
                id: &id,
                explicit: !is_new,
            };
            self.put_reference_in_use(&mut tx, using, actor, now)
                .await?;
        }
        tx.commit().await.map_err(failed("store a reference"))?;
        let state = match (is_new, activate) {
            (true, true) => ReferenceState::Activated,
            (true, false) => ReferenceState::Stored,
            (false, _) => ReferenceState::Known,
        };
        Ok(PutReference { id, state })
    }

    /// Puts a stored version in use from now on, for the days it covers, before
    /// whatever is in use.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`] if there is no such version.
    pub async fn activate_reference(
        &self,
        id: &str,
        actor: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let version = self.reference_version(id).await?;
        let mut tx = self.write.begin().await.map_err(failed("begin"))?;
        let using = Using {
            kind: version.kind,
            name: &version.name,
            id,
            explicit: true,
        };
        self.put_reference_in_use(&mut tx, using, actor, now)
            .await?;
        tx.commit().await.map_err(failed("activate a reference"))
    }

    async fn put_reference_in_use(
        &self,
        tx: &mut AnyConnection,
        using: Using<'_>,
        actor: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO reference_activations \
             (kind, name, position, version_id, activated_at, activated_by, explicit) \
             SELECT $1, $2, COALESCE(MAX(position), 0) + 1, $3, $4, $5, $6 \
             FROM reference_activations WHERE kind = $1 AND name = $2",
        )
        .bind(using.kind.as_str())
        .bind(using.name)
        .bind(using.id)
        .bind(micros(now))
        .bind(actor)
        .bind(i32::from(using.explicit))
        .execute(&mut *tx)
        .await
        .map_err(failed("activate a reference"))?;
        let event = PlainEvent {
            stream_id: stream(using.kind, using.name),
            kind: "ReferenceActivated",
            leaf_kind: "reference-activation",
            subject: using.id,
            command_id: self.new_id(now),
            actor,
            at: now,
            body: json!({ "version": using.id, "explicit": using.explicit }),
        };
        events::append_plain(tx, event).await
    }

    async fn insert_bytes(
        &self,
        tx: &mut AnyConnection,
        id: &str,
        new: &NewReference,
    ) -> Result<(), StoreError> {
        if new.kind.is_private() {
            let hex = hex::encode(&new.bytes);
            let sealed = contents::seal(
                &self.keys.wrapping,
                id,
                "reference",
                &SealedReference { hex },
            )?;
            return contents::insert(tx, &[sealed]).await;
        }
        sqlx::query("INSERT INTO reference_bytes (version_id, bytes) VALUES ($1, $2)")
            .bind(id)
            .bind(new.bytes.as_slice())
            .execute(tx)
            .await
            .map_err(failed("store a reference"))?;
        Ok(())
    }

    /// The id that binds what a version says of itself to its bytes. A private
    /// one is keyed: nobody without the key can tell whether a guess is right.
    pub(super) fn reference_id(&self, new: &NewReference, bytes: &[u8]) -> String {
        let day = |day: Option<portcullis_domain::Date>| day.map(|d| d.to_string());
        let said = json!([
            new.kind.as_str(),
            new.name,
            storable(&new.label),
            day(new.in_force.from),
            day(new.in_force.until),
            day(new.published),
            storable(&new.citation),
            new.source_sha256,
            new.records,
            new.issues,
            hex_sha256(bytes),
        ])
        .to_string();
        let digest = if new.kind.is_private() {
            self.keys.lookup("reference", &said)
        } else {
            hex_sha256(said.as_bytes())
        };
        let short = digest.get(..ID_DIGITS).unwrap_or(&digest);
        format!("{}/{}@{short}", new.kind.as_str(), new.name)
    }
}

struct Using<'a> {
    kind: ReferenceKind,
    name: &'a str,
    id: &'a str,
    explicit: bool,
}

fn stream(kind: ReferenceKind, name: &str) -> String {
    format!("reference:{}/{name}", kind.as_str())
}

/// Inserts the row unless it is there. Says whether it was new.
async fn insert_version(
    tx: &mut AnyConnection,
    id: &str,
    new: &NewReference,
    actor: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let inserted = sqlx::query(
        "INSERT INTO reference_versions (id, kind, name, label, in_force_from, in_force_until, \
         published, citation, source_sha256, is_private, records, issues, recorded_at, \
         recorded_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) \
         ON CONFLICT (id) DO NOTHING",
    )
    .bind(id)
    .bind(new.kind.as_str())
    .bind(&new.name)
    .bind(storable(&new.label))
    .bind(new.in_force.from.map(|d| d.to_string()))
    .bind(new.in_force.until.map(|d| d.to_string()))
    .bind(new.published.map(|d| d.to_string()))
    .bind(storable(&new.citation))
    .bind(&new.source_sha256)
    .bind(i32::from(new.kind.is_private()))
    .bind(signed(new.records)?)
    .bind(signed(new.issues)?)
    .bind(micros(now))
    .bind(actor)
    .execute(tx)
    .await
    .map_err(failed("store a reference"))?;
    Ok(inserted.rows_affected() > 0)
}

/// The version that was put in use last.
async fn last_in_use(
    tx: &mut AnyConnection,
    kind: ReferenceKind,
    name: &str,
) -> Result<Option<String>, StoreError> {
    let row = sqlx::query(
        "SELECT version_id FROM reference_activations WHERE kind = $1 AND name = $2 \
         ORDER BY position DESC LIMIT 1",
    )
    .bind(kind.as_str())
    .bind(name)
    .fetch_optional(tx)
    .await
    .map_err(failed("read the reference in use"))?;
    row.map(|r| cell(&r, "version_id")).transpose()
}

fn imported_event<'a>(
    id: &'a str,
    new: &NewReference,
    command_id: String,
    actor: &'a str,
    now: Timestamp,
) -> PlainEvent<'a> {
    // Of a private document neither the digest of the source nor its words:
    // an event is never erased.
    let public = !new.kind.is_private();
    PlainEvent {
        stream_id: stream(new.kind, &new.name),
        kind: "ReferenceImported",
        leaf_kind: "reference",
        subject: id,
        command_id,
        actor,
        at: now,
        body: json!({
            "version": id,
            "kind": new.kind.as_str(),
            "name": new.name,
            "label": public.then_some(&new.label),
            "in_force": new.in_force,
            "published": new.published,
            "citation": public.then_some(&new.citation),
            "source_sha256": public.then_some(&new.source_sha256),
            "records": new.records,
            "issues": new.issues,
        }),
    }
}
