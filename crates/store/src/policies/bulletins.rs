//! Bulletins: what changed, for those it touches. Public texts, kept for good.

use crate::events::{self, AGENCY, PlainEvent};
use crate::sql::{Where, cell, failed, micros, time};
use crate::{Page, Paged, Store, StoreError};
use jiff::Timestamp;
use serde_json::{Value, json};
use sqlx::any::AnyRow;

/// A bulletin to be published.
#[derive(Clone, Debug)]
pub struct NewBulletin {
    /// `policy` or `lists`.
    pub kind: &'static str,
    /// What it is about: digest of the policy, id of the snapshot. One bulletin
    /// of a kind is published about one subject.
    pub subject: String,
    /// The bulletin, as its own crate writes it. Nothing in it may be private.
    pub body: Value,
}

/// A bulletin that was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredBulletin {
    /// Its id, in the order of publishing.
    pub id: String,
    /// `policy` or `lists`.
    pub kind: String,
    /// What it is about.
    pub subject: String,
    /// When it was published.
    pub at: Timestamp,
    /// Who published it.
    pub by: String,
    /// The bulletin.
    pub body: Value,
}

const COLUMNS: &str = "id, kind, subject, published_at, published_by, body";

impl Store {
    /// Publishes a bulletin; the id it has. One that is there about the same
    /// subject is not published again.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn publish_bulletin(
        &self,
        new: &NewBulletin,
        actor: &str,
        now: Timestamp,
    ) -> Result<String, StoreError> {
        let mut tx = self.write.begin().await.map_err(failed("begin"))?;
        super::write::one_at_a_time(&mut tx).await?;
        let there = sqlx::query("SELECT id FROM bulletins WHERE kind = $1 AND subject = $2")
            .bind(new.kind)
            .bind(&new.subject)
            .fetch_optional(&mut *tx)
            .await
            .map_err(failed("read bulletins"))?;
        if let Some(row) = there {
            return cell(&row, "id");
        }
        let id = self.new_id(now);
        let body = portcullis_domain::canonical_json(&new.body).map_err(StoreError::Invalid)?;
        sqlx::query(
            "INSERT INTO bulletins (id, agency_id, kind, subject, published_at, published_by, body) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(&id)
        .bind(AGENCY)
        .bind(new.kind)
        .bind(&new.subject)
        .bind(micros(now))
        .bind(actor)
        .bind(&body)
        .execute(&mut *tx)
        .await
        .map_err(failed("publish a bulletin"))?;
        let event = PlainEvent {
            stream_id: "bulletins".to_owned(),
            kind: "BulletinPublished",
            leaf_kind: "bulletin",
            subject: &id,
            command_id: self.new_id(now),
            actor,
            at: now,
            body: json!({
                "kind": new.kind,
                "subject": new.subject,
                "sha256": portcullis_domain::hex_sha256(body.as_bytes()),
            }),
        };
        events::append_plain(&mut tx, event).await?;
        tx.commit().await.map_err(failed("publish a bulletin"))?;
        Ok(id)
    }

    /// Bulletins, the newest first.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn bulletins(&self, page: Page) -> Result<Paged<StoredBulletin>, StoreError> {
        let order = "published_at DESC, id DESC";
        let from = (COLUMNS, "bulletins");
        Where::default()
            .page(self, from, order, page, bulletin)
            .await
    }

    /// One bulletin.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`].
    pub async fn bulletin(&self, id: &str) -> Result<StoredBulletin, StoreError> {
        let row = sqlx::query(
            "SELECT id, kind, subject, published_at, published_by, body FROM bulletins WHERE id = $1",
        )
        .bind(id)
        .fetch_optional(&self.read)
        .await
        .map_err(failed("read a bulletin"))?;
        let row = row.ok_or_else(|| StoreError::NotFound {
            what: "bulletin",
            id: id.chars().take(64).collect(),
        })?;
        bulletin(&row)
    }
}

fn bulletin(row: &AnyRow) -> Result<StoredBulletin, StoreError> {
    let body: String = cell(row, "body")?;
    Ok(StoredBulletin {
        id: cell(row, "id")?,
        kind: cell(row, "kind")?,
        subject: cell(row, "subject")?,
        at: time(cell(row, "published_at")?)?,
        by: cell(row, "published_by")?,
        body: serde_json::from_str(&body)
            .map_err(|e| StoreError::Damaged(format!("a bulletin: {e}")))?,
    })
}
