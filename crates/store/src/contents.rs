//! Personal and free-text content: sealed, each piece under a key of its own.

use crate::events::{self, PlainEvent};
use crate::keys::random_bytes;
use crate::open::Backend;
use crate::sql::{Insert, cell, failed};
use crate::{Store, StoreError};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Nonce, XChaCha20Poly1305, XNonce};
use jiff::Timestamp;
use rand::{RngCore, rngs::OsRng};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

/// What an erasure did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Erased {
    /// Pieces of content whose keys were destroyed; 0 if there were none left.
    pub contents: u64,
}

/// A piece of content, sealed.
pub(crate) struct Sealed {
    pub id: String,
    pub class: &'static str,
    /// The id under which it is erased.
    pub subject: String,
    ciphertext: Vec<u8>,
    wrapped: Vec<u8>,
}

const NONCE_BYTES: usize = 24;

/// Seals a record under a new key, and that key under the wrapping key. Both
/// are bound to the id, so that contents cannot be swapped.
pub(crate) fn seal(
    wrapping: &[u8; 32],
    id: &str,
    class: &'static str,
    record: &impl Serialize,
) -> Result<Sealed, StoreError> {
    let unsealable = |_| StoreError::Invalid(format!("'{id}' cannot be sealed"));
    let plain = serde_json::to_vec(record)
        .map_err(|e| StoreError::Invalid(format!("'{id}' cannot be written as JSON: {e}")))?;
    let key = random_bytes();
    // The key seals this one message and no other, so the nonce may be fixed.
    let ciphertext = ChaCha20Poly1305::new(&key.into())
        .encrypt(&Nonce::default(), bound(&plain, id))
        .map_err(unsealable)?;
    let mut wrapped = vec![0; NONCE_BYTES];
    OsRng.fill_bytes(&mut wrapped);
    let sealed_key = XChaCha20Poly1305::new(wrapping.into())
        .encrypt(XNonce::from_slice(&wrapped), bound(&key, id))
        .map_err(unsealable)?;
    wrapped.extend(sealed_key);
    Ok(Sealed {
        id: id.to_owned(),
        class,
        subject: id.to_owned(),
        ciphertext,
        wrapped,
    })
}

impl Sealed {
    /// The same, erased together with the contents of another id.
    pub(crate) fn under(self, subject: &str) -> Sealed {
        Sealed {
            subject: subject.to_owned(),
            ..self
        }
    }

    /// The ciphertext and the wrapped key, for a record that is sealed in a row
    /// of its own.
    pub(crate) fn into_parts(self) -> (Vec<u8>, Vec<u8>) {
        (self.ciphertext, self.wrapped)
    }
}

/// Opens what [`seal`] sealed.
pub(crate) fn unseal<T: DeserializeOwned>(
    wrapping: &[u8; 32],
    id: &str,
    wrapped: &[u8],
    ciphertext: &[u8],
) -> Result<T, StoreError> {
    let damaged = || StoreError::Damaged(format!("the contents of '{id}' cannot be decrypted"));
    let (nonce, sealed_key) = wrapped.split_at_checked(NONCE_BYTES).ok_or_else(damaged)?;
    let key = XChaCha20Poly1305::new(wrapping.into())
        .decrypt(XNonce::from_slice(nonce), bound(sealed_key, id))
        .map_err(|_| damaged())?;
    let key: [u8; 32] = key.try_into().map_err(|_| damaged())?;
    let plain = ChaCha20Poly1305::new(&key.into())
        .decrypt(&Nonce::default(), bound(ciphertext, id))
        .map_err(|_| damaged())?;
    serde_json::from_slice(&plain)
        .map_err(|e| StoreError::Damaged(format!("the contents of '{id}': {e}")))
}

fn bound<'a>(message: &'a [u8], id: &'a str) -> Payload<'a, 'a> {
    Payload {
        msg: message,
        aad: id.as_bytes(),
    }
}

/// Inserts sealed contents and their keys.
pub(crate) async fn insert(tx: &mut AnyConnection, sealed: &[Sealed]) -> Result<(), StoreError> {
    Insert {
        table: "contents",
        columns: "id,class,subject,ciphertext",
        tail: "",
    }
    .rows(tx, sealed, |query, s| {
        query
            .bind(&s.id)
            .bind(s.class)
            .bind(&s.subject)
            .bind(s.ciphertext.as_slice())
    })
    .await?;
    Insert {
        table: "content_keys",
        columns: "content_id,wrapped",
        tail: "",
    }
    .rows(tx, sealed, |query, s| {
        query.bind(&s.id).bind(s.wrapped.as_slice())
    })
    .await
}

/// Opens the content in a row with the columns `wrapped` and `ciphertext`;
/// `None` if its key was destroyed.
pub(crate) fn from_row<T: DeserializeOwned>(
    store: &Store,
    id: &str,
    row: &AnyRow,
) -> Result<Option<T>, StoreError> {
    from_cells(store, id, row, ("wrapped", "ciphertext"))
}

/// The same, for columns of other names.
pub(crate) fn from_cells<T: DeserializeOwned>(
    store: &Store,
    id: &str,
    row: &AnyRow,
    (wrapped, ciphertext): (&'static str, &'static str),
) -> Result<Option<T>, StoreError> {
    let wrapped: Option<Vec<u8>> = cell(row, wrapped)?;
    let Some(wrapped) = wrapped else {
        return Ok(None);
    };
    let ciphertext: Vec<u8> = cell(row, ciphertext)?;
    unseal(&store.keys.wrapping, id, &wrapped, &ciphertext).map(Some)
}

impl Store {
    /// Destroys the keys of everything stored under a subject (a decision id, or
    /// a party id), and records that, by whom and why. What was decided stays;
    /// the evidence can no longer be read and proofs can no longer be made.
    ///
    /// `reason` is a code or citation, not free text about a person: it stands
    /// in the event.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`], [`StoreError::LegalHold`].
    pub async fn erase_contents(
        &self,
        subject: &str,
        reason: &str,
        actor: &str,
        now: Timestamp,
    ) -> Result<Erased, StoreError> {
        let mut tx = self.write.begin().await.map_err(failed("begin"))?;
        let destroyed = sqlx::query(
            "DELETE FROM content_keys WHERE content_id IN \
             (SELECT id FROM contents WHERE subject = $1)",
        )
        .bind(subject)
        .execute(&mut *tx)
        .await
        .map_err(failed("destroy keys"))?
        .rows_affected();
        // Looked at after the first write, so that nobody can change it in between.
        let held = contents_of(&mut tx, subject).await?;
        if held.legal_hold {
            return Err(StoreError::LegalHold(subject.to_owned()));
        }
        if destroyed > 0 {
            empty(&mut tx, subject, now).await?;
            let body = json!({
                "subject": subject,
                "reason": reason,
                "contents": held.ids,
                "event_digest": decision_event_digest(&mut tx, subject).await?,
            });
            events::append_plain(
                &mut tx,
                PlainEvent {
                    stream_id: format!("content:{subject}"),
                    kind: "ContentErased",
                    leaf_kind: "erasure",
                    subject,
                    command_id: self.new_id(now),
                    actor,
                    at: now,
                    body,
                },
            )
            .await?;
        }
        tx.commit().await.map_err(failed("erase"))?;
        self.forget_journal().await?;
        Ok(Erased {
            contents: destroyed,
        })
    }

    /// SQLite's write-ahead journal may still hold the destroyed keys: empty it.
    async fn forget_journal(&self) -> Result<(), StoreError> {
        if self.backend == Backend::Sqlite {
            sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
                .fetch_all(&self.write)
                .await
                .map_err(failed("empty its journal"))?;
        }
        Ok(())
    }

    /// Puts the contents of a subject under legal hold, or lifts it.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`].
    pub async fn set_legal_hold(
        &self,
        subject: &str,
        hold: bool,
        actor: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.write.begin().await.map_err(failed("begin"))?;
        let changed = sqlx::query("UPDATE contents SET legal_hold = $1 WHERE subject = $2")
            .bind(i32::from(hold))
            .bind(subject)
            .execute(&mut *tx)
            .await
            .map_err(failed("set a legal hold"))?;
        if changed.rows_affected() == 0 {
            return Err(no_contents(subject));
        }
        events::append_plain(
            &mut tx,
            PlainEvent {
                stream_id: format!("content:{subject}"),
                kind: if hold {
                    "LegalHoldSet"
                } else {
                    "LegalHoldLifted"
                },
                leaf_kind: "legal-hold",
                subject,
                command_id: self.new_id(now),
                actor,
                at: now,
                body: json!({ "subject": subject }),
            },
        )
        .await?;
        tx.commit().await.map_err(failed("set a legal hold"))
    }
}

fn no_contents(subject: &str) -> StoreError {
    StoreError::NotFound {
        what: "content of",
        id: subject.to_owned(),
    }
}

struct Held {
    ids: Vec<String>,
    legal_hold: bool,
}

async fn contents_of(tx: &mut AnyConnection, subject: &str) -> Result<Held, StoreError> {
    let rows = sqlx::query("SELECT id, legal_hold FROM contents WHERE subject = $1 ORDER BY id")
        .bind(subject)
        .fetch_all(tx)
        .await
        .map_err(failed("read contents"))?;
    if rows.is_empty() {
        return Err(no_contents(subject));
    }
    let mut held = Held {
        ids: Vec::new(),
        legal_hold: false,
    };
    for row in rows {
        held.ids.push(cell(&row, "id")?);
        let hold: i64 = cell(&row, "legal_hold")?;
        held.legal_hold |= hold != 0;
    }
    Ok(held)
}

/// Empties what is left of erased contents, and what stands of them in tables.
async fn empty(tx: &mut AnyConnection, subject: &str, now: Timestamp) -> Result<(), StoreError> {
    let statements = [
        "DELETE FROM disposition_keys WHERE disposition_id = $1",
        "DELETE FROM party_book WHERE party_id IN (SELECT id FROM contents WHERE subject = $1)",
        "UPDATE transactions SET message_digest = '' WHERE decision_id = $1",
    ];
    for statement in statements {
        sqlx::query(statement)
            .bind(subject)
            .execute(&mut *tx)
            .await
            .map_err(failed("erase"))?;
    }
    crate::alerts::forget(tx, subject).await?;
    sqlx::query("UPDATE contents SET ciphertext = $1 WHERE subject = $2")
        .bind(&[] as &[u8])
        .bind(subject)
        .execute(&mut *tx)
        .await
        .map_err(failed("erase"))?;
    sqlx::query(
        "UPDATE decisions SET digest = '', file = '', erased_at = $1 WHERE decision_id = $2",
    )
    .bind(crate::sql::micros(now))
    .bind(subject)
    .execute(&mut *tx)
    .await
    .map_err(failed("erase"))?;
    Ok(())
}

/// The leaf of a decision can be recomputed only with the erased content, so
/// the erasure's own leaf takes over vouching for the decision's event.
async fn decision_event_digest(
    tx: &mut AnyConnection,
    subject: &str,
) -> Result<Option<String>, StoreError> {
    let row = sqlx::query("SELECT * FROM events WHERE command_id = $1")
        .bind(subject)
        .fetch_optional(tx)
        .await
        .map_err(failed("read an event"))?;
    row.map(|row| events::StoredEvent::from_row(&row)?.full_digest())
        .transpose()
}
