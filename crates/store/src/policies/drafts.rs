//! Drafts of policy on somebody's desk, before they are proposed.

use crate::contents::{seal, unseal};
use crate::events::AGENCY;
use crate::sql::{cell, failed, micros, signed, time, unsigned};
use crate::{Store, StoreError};
use jiff::Timestamp;
use serde_json::Value;
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

/// The most that a draft with its replay may be, in bytes of JSON.
const MAX_DRAFT: usize = 32 << 20;
/// The class of what is sealed in a row.
const CLASS: &str = "policy-draft";

/// A draft on somebody's desk.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyDraft {
    /// Its id.
    pub id: String,
    /// Who began it.
    pub actor: String,
    /// Raised by each change.
    pub version: u64,
    /// When it was begun.
    pub started_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// The version as which it was proposed.
    pub proposed_as: Option<String>,
    /// What it holds, in the form of whoever writes it.
    pub content: Value,
}

impl Store {
    /// Begins a draft.
    ///
    /// # Errors
    ///
    /// [`StoreError::Invalid`] for one beyond the bound.
    pub async fn start_policy_draft(
        &self,
        content: Value,
        actor: &str,
        now: Timestamp,
    ) -> Result<PolicyDraft, StoreError> {
        let draft = PolicyDraft {
            id: self.new_id(now),
            actor: actor.to_owned(),
            version: 1,
            started_at: now,
            changed_at: now,
            proposed_as: None,
            content,
        };
        let (ciphertext, wrapped) = self.sealed_draft(&draft)?;
        sqlx::query(
            "INSERT INTO policy_drafts (id, agency_id, actor_id, version, started_at, changed_at, \
             ciphertext, wrapped) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(&draft.id)
        .bind(AGENCY)
        .bind(actor)
        .bind(signed(draft.version)?)
        .bind(micros(now))
        .bind(micros(now))
        .bind(ciphertext)
        .bind(wrapped)
        .execute(&self.write)
        .await
        .map_err(failed("begin a draft"))?;
        Ok(draft)
    }

    /// One draft.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`].
    pub async fn policy_draft(&self, id: &str) -> Result<PolicyDraft, StoreError> {
        let found = self.drafts_where("id = $1", id, 1).await?;
        found
            .into_iter()
            .next()
            .ok_or_else(|| StoreError::NotFound {
                what: "draft",
                id: id.chars().take(64).collect(),
            })
    }

    /// The draft that was proposed as a version, if one was.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn policy_draft_of(&self, version: &str) -> Result<Option<PolicyDraft>, StoreError> {
        let found = self.drafts_where("proposed_as = $1", version, 1).await?;
        Ok(found.into_iter().next())
    }

    /// Drafts that were not proposed, the last changed first.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn policy_drafts(&self, limit: u64) -> Result<Vec<PolicyDraft>, StoreError> {
        self.drafts_where("agency_id = $1 AND proposed_as IS NULL", AGENCY, limit)
            .await
    }

    async fn drafts_where(
        &self,
        condition: &str,
        value: &str,
        limit: u64,
    ) -> Result<Vec<PolicyDraft>, StoreError> {
        let sql = format!(
            "SELECT * FROM policy_drafts WHERE {condition} ORDER BY changed_at DESC, id DESC \
             LIMIT $2"
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(value)
            .bind(signed(limit)?)
            .fetch_all(&self.read)
            .await
            .map_err(failed("read drafts"))?;
        rows.iter().map(|row| self.draft_row(row)).collect()
    }

    /// Keeps a draft as it is now.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] if it changed since `draft` was read;
    /// [`StoreError::Invalid`] for one beyond the bound.
    pub async fn save_policy_draft(
        &self,
        draft: &PolicyDraft,
        now: Timestamp,
    ) -> Result<PolicyDraft, StoreError> {
        let next = PolicyDraft {
            version: draft.version + 1,
            changed_at: now,
            ..draft.clone()
        };
        let (ciphertext, wrapped) = self.sealed_draft(&next)?;
        let saved = sqlx::query(
            "UPDATE policy_drafts SET version = $1, changed_at = $2, proposed_as = $3, \
             ciphertext = $4, wrapped = $5 WHERE id = $6 AND version = $7",
        )
        .bind(signed(next.version)?)
        .bind(micros(now))
        .bind(next.proposed_as.as_deref())
        .bind(ciphertext)
        .bind(wrapped)
        .bind(&draft.id)
        .bind(signed(draft.version)?)
        .execute(&self.write)
        .await
        .map_err(failed("keep a draft"))?;
        match saved.rows_affected() {
            0 => Err(StoreError::Conflict("the draft".to_owned())),
            _ => Ok(next),
        }
    }

    /// Throws a draft away that was not proposed.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn drop_policy_draft(&self, id: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM policy_drafts WHERE id = $1 AND proposed_as IS NULL")
            .bind(id)
            .execute(&self.write)
            .await
            .map_err(failed("throw a draft away"))?;
        Ok(())
    }

    fn sealed_draft(&self, draft: &PolicyDraft) -> Result<(Vec<u8>, Vec<u8>), StoreError> {
        if draft.content.to_string().len() > MAX_DRAFT {
            return Err(StoreError::Invalid(format!(
                "a draft with its replay is more than {MAX_DRAFT} bytes"
            )));
        }
        Ok(seal(&self.keys.wrapping, &draft.id, CLASS, &draft.content)?.into_parts())
    }

    fn draft_row(&self, row: &AnyRow) -> Result<PolicyDraft, StoreError> {
        let id: String = cell(row, "id")?;
        let (wrapped, ciphertext): (Vec<u8>, Vec<u8>) =
            (cell(row, "wrapped")?, cell(row, "ciphertext")?);
        Ok(PolicyDraft {
            content: unseal(&self.keys.wrapping, &id, &wrapped, &ciphertext)?,
            actor: cell(row, "actor_id")?,
            version: unsigned(cell(row, "version")?)?,
            started_at: time(cell(row, "started_at")?)?,
            changed_at: time(cell(row, "changed_at")?)?,
            proposed_as: cell(row, "proposed_as")?,
            id,
        })
    }
}
