//! What other systems are told, and how often it was tried. Delivering is
//! somebody else's: this is the outbox.

use crate::contents::{self, seal};
use crate::events::{self, AGENCY, PlainEvent};
use crate::sql::{Insert, cell, count, failed, micros, storable, time};
use crate::{Store, StoreError};
use jiff::Timestamp;
use serde_json::{Value, json};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

/// For how long a delivery that was taken is not taken again, in seconds: an
/// attempt and its time limit fit in.
const LEASE_SECONDS: i64 = 120;

/// Who is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Its id.
    pub id: String,
    /// Where to.
    pub url: String,
    /// Who set it up.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
}

/// A message that is due.
#[derive(Clone, PartialEq, Eq)]
pub struct DueDelivery {
    /// Its id: the idempotency key, the same at every attempt.
    pub id: String,
    /// Where to.
    pub url: String,
    /// The secret that signs it, as it was given.
    pub secret: String,
    /// What sort of message: `monitor.alerts`, `monitor.completed`.
    pub kind: String,
    /// The body, JSON.
    pub body: String,
    /// Attempts so far.
    pub attempts: u32,
}

impl std::fmt::Debug for DueDelivery {
    /// Without the secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DueDelivery({} {} to {})", self.id, self.kind, self.url)
    }
}

impl Store {
    /// Sets up a webhook; `secret` is kept sealed.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn add_webhook(
        &self,
        url: &str,
        secret: &str,
        actor: &str,
        now: Timestamp,
    ) -> Result<Webhook, StoreError> {
        let webhook = Webhook {
            id: self.new_id(now),
            url: storable(url),
            created_by: actor.to_owned(),
            created_at: now,
        };
        let sealed = seal(&self.keys.wrapping, &webhook.id, "webhook", &secret)?;
        let mut tx = self.write.begin().await.map_err(failed("begin"))?;
        contents::insert(&mut tx, &[sealed]).await?;
        Insert {
            table: "webhooks",
            columns: "id,agency_id,url,created_by,created_at",
            tail: "",
        }
        .rows(&mut tx, std::slice::from_ref(&webhook), |query, w| {
            query
                .bind(&w.id)
                .bind(AGENCY)
                .bind(&w.url)
                .bind(&w.created_by)
                .bind(micros(w.created_at))
        })
        .await?;
        self.webhook_event(&mut tx, "WebhookAdded", &webhook.id, actor, now)
            .await?;
        tx.commit().await.map_err(failed("set up a webhook"))?;
        Ok(webhook)
    }

    /// Takes a webhook away; what waits for it is given up.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`].
    pub async fn remove_webhook(
        &self,
        id: &str,
        actor: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.write.begin().await.map_err(failed("begin"))?;
        let removed =
            sqlx::query("UPDATE webhooks SET removed_at = $1 WHERE id = $2 AND removed_at IS NULL")
                .bind(micros(now))
                .bind(id)
                .execute(&mut *tx)
                .await
                .map_err(failed("remove a webhook"))?;
        if removed.rows_affected() == 0 {
            return Err(StoreError::NotFound {
                what: "webhook",
                id: id.chars().take(64).collect(),
            });
        }
        sqlx::query(
            "UPDATE deliveries SET state = 'given_up', last_error = 'the webhook was removed' \
             WHERE webhook_id = $1 AND state = 'waiting'",
        )
        .bind(id)
        .execute(&mut *tx)
        .await
        .map_err(failed("remove a webhook"))?;
        self.webhook_event(&mut tx, "WebhookRemoved", id, actor, now)
            .await?;
        tx.commit().await.map_err(failed("remove a webhook"))
    }

    async fn webhook_event(
        &self,
        tx: &mut AnyConnection,
        kind: &'static str,
        id: &str,
        actor: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let event = PlainEvent {
            stream_id: format!("webhook:{id}"),
            kind,
            leaf_kind: "webhook",
            subject: id,
            command_id: self.new_id(now),
            actor,
            at: now,
            body: json!({ "webhook": id }),
        };
        events::append_plain(tx, event).await
    }

    /// The webhooks in use, oldest first.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn webhooks(&self) -> Result<Vec<Webhook>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, url, created_by, created_at FROM webhooks WHERE removed_at IS NULL \
             ORDER BY created_at, id",
        )
        .fetch_all(&self.read)
        .await
        .map_err(failed("read the webhooks"))?;
        let webhook = |row: &AnyRow| {
            Ok(Webhook {
                id: cell(row, "id")?,
                url: cell(row, "url")?,
                created_by: cell(row, "created_by")?,
                created_at: time(cell(row, "created_at")?)?,
            })
        };
        rows.iter().map(webhook).collect()
    }

    /// Puts a message for every webhook into the outbox, inside a transaction.
    /// Returns how many.
    pub(crate) async fn queue_deliveries(
        &self,
        tx: &mut AnyConnection,
        kind: &str,
        body: &Value,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let rows = sqlx::query("SELECT id FROM webhooks WHERE removed_at IS NULL")
            .fetch_all(&mut *tx)
            .await
            .map_err(failed("read the webhooks"))?;
        let mut webhooks: Vec<String> = Vec::with_capacity(rows.len());
        for row in &rows {
            webhooks.push(cell(row, "id")?);
        }
        self.queue(tx, &webhooks, kind, body, now).await
    }

    /// Puts a message of the kind `webhook.test` for one webhook into the
    /// outbox, so that its receiver can be tried.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`].
    pub async fn queue_test_message(
        &self,
        webhook: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.write.begin().await.map_err(failed("begin"))?;
        let body = json!({ "type": "webhook.test", "webhook": webhook, "at": now.to_string() });
        // The first statement writes, as everywhere; whether there is such a
        // webhook is asked of the rows it concerns.
        let there =
            sqlx::query("UPDATE webhooks SET url = url WHERE id = $1 AND removed_at IS NULL")
                .bind(webhook)
                .execute(&mut *tx)
                .await
                .map_err(failed("read a webhook"))?;
        if there.rows_affected() == 0 {
            return Err(StoreError::NotFound {
                what: "webhook",
                id: webhook.chars().take(64).collect(),
            });
        }
        let webhooks = [webhook.to_owned()];
        self.queue(&mut tx, &webhooks, "webhook.test", &body, now)
            .await?;
        tx.commit().await.map_err(failed("queue a message"))
    }

    /// One message for each of these webhooks. Returns how many.
    async fn queue(
        &self,
        tx: &mut AnyConnection,
        webhooks: &[String],
        kind: &str,
        body: &Value,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let deliveries: Vec<(String, &String)> =
            webhooks.iter().map(|w| (self.new_id(now), w)).collect();
        let body = body.to_string();
        Insert {
            table: "deliveries",
            columns: "id,webhook_id,kind,body,created_at,state,attempts,next_at",
            tail: "",
        }
        .rows(tx, &deliveries, |query, (id, webhook)| {
            query
                .bind(id)
                .bind(*webhook)
                .bind(kind.to_owned())
                .bind(body.clone())
                .bind(micros(now))
                .bind("waiting")
                .bind(0_i64)
                .bind(micros(now))
        })
        .await?;
        Ok(deliveries.len() as u64)
    }

    /// Takes messages that are due, the longest waiting first. They are not
    /// given out again for two minutes, in which their fate has to be told by
    /// [`Store::delivered`] or [`Store::not_delivered`].
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn due_deliveries(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<DueDelivery>, StoreError> {
        let lease = micros(now).saturating_add(LEASE_SECONDS * 1_000_000);
        let taken = sqlx::query(
            "UPDATE deliveries SET next_at = $1 WHERE id IN (SELECT id FROM deliveries \
             WHERE state = 'waiting' AND next_at <= $2 ORDER BY next_at, id LIMIT $3) \
             RETURNING id",
        )
        .bind(lease)
        .bind(micros(now))
        .bind(i64::from(limit))
        .fetch_all(&self.write)
        .await
        .map_err(failed("take messages"))?;
        let mut due = Vec::with_capacity(taken.len());
        for row in &taken {
            due.push(self.due(cell(row, "id")?).await?);
        }
        due.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(due)
    }

    async fn due(&self, id: String) -> Result<DueDelivery, StoreError> {
        let row = sqlx::query(
            "SELECT d.kind, d.body, d.attempts, w.id AS webhook, w.url, c.ciphertext, k.wrapped \
             FROM deliveries d JOIN webhooks w ON w.id = d.webhook_id \
             JOIN contents c ON c.id = w.id LEFT JOIN content_keys k ON k.content_id = w.id \
             WHERE d.id = $1",
        )
        .bind(&id)
        .fetch_one(&self.read)
        .await
        .map_err(failed("read a message"))?;
        let webhook: String = cell(&row, "webhook")?;
        let secret: Option<String> = contents::from_row(self, &webhook, &row)?;
        Ok(DueDelivery {
            url: cell(&row, "url")?,
            secret: secret.ok_or_else(|| StoreError::Erased(webhook))?,
            kind: cell(&row, "kind")?,
            body: cell(&row, "body")?,
            attempts: u32::try_from(count(&row, "attempts")?).unwrap_or(u32::MAX),
            id,
        })
    }

    /// A message arrived.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn delivered(&self, id: &str, now: Timestamp) -> Result<(), StoreError> {
        self.set_delivery(id, "delivered", None, None, now).await
    }

    /// A message did not arrive: it is tried again at `next`, or given up.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn not_delivered(
        &self,
        id: &str,
        why: &str,
        next: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let state = if next.is_some() {
            "waiting"
        } else {
            "given_up"
        };
        self.set_delivery(id, state, Some(why), next, now).await
    }

    async fn set_delivery(
        &self,
        id: &str,
        state: &'static str,
        why: Option<&str>,
        next: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE deliveries SET state = $1, attempts = attempts + 1, last_at = $2, \
             last_error = $3, next_at = $4 WHERE id = $5",
        )
        .bind(state)
        .bind(micros(now))
        .bind(why.map(storable))
        .bind(micros(next.unwrap_or(now)))
        .bind(id)
        .execute(&self.write)
        .await
        .map_err(failed("note a message's fate"))?;
        Ok(())
    }

    /// How many messages wait, arrived and were given up.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn delivery_counts(&self) -> Result<[u64; 3], StoreError> {
        let mut counts = [0; 3];
        let rows = sqlx::query("SELECT state, COUNT(*) AS n FROM deliveries GROUP BY state")
            .fetch_all(&self.read)
            .await
            .map_err(failed("count messages"))?;
        for row in &rows {
            let state: String = cell(row, "state")?;
            let at = ["waiting", "delivered", "given_up"]
                .iter()
                .position(|s| *s == state);
            if let Some(count_of) = at.and_then(|at| counts.get_mut(at)) {
                *count_of = count(row, "n")?;
            }
        }
        Ok(counts)
    }
}
