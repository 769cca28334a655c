//! What a guided case came to, kept exactly as it was shown.

use super::GuidedCase;
use crate::contents::{self, seal};
use crate::events::{self, AGENCY, PlainEvent};
use crate::keys::random_bytes;
use crate::screenings::{code_of, read_code};
use crate::sql::{cell, date, failed, micros, signed, storable, time};
use crate::{Store, StoreError};
use jiff::Timestamp;
use portcullis_domain::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

/// A result to be kept.
#[derive(Clone, Debug)]
pub struct NewGuidedResult {
    /// The page as it is shown, without what stands around every page.
    pub page: String,
    /// The day for which was asked.
    pub as_of: Date,
    /// Id of the list set.
    pub lists: String,
    /// Version of the policy.
    pub policy: String,
    /// Version of the engine.
    pub engine: String,
    /// The result in one word.
    pub result: String,
}

/// A result as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuidedResult {
    /// Its id.
    pub id: String,
    /// Its verification code.
    pub code: String,
    /// The case it is of.
    pub case_id: String,
    /// To whom it was shown.
    pub actor: String,
    /// When.
    pub recorded_at: Timestamp,
    /// The day for which was asked.
    pub as_of: Date,
    /// Id of the list set.
    pub lists: String,
    /// Version of the policy.
    pub policy: String,
    /// Version of the engine.
    pub engine: String,
    /// The result in one word.
    pub result: String,
    /// SHA-256 over all of it with a secret.
    pub digest: String,
    /// The page as it was shown; `None` after erasure.
    pub page: Option<String>,
}

/// The contents of a result, as they are sealed.
#[derive(Serialize, Deserialize)]
struct ResultContent {
    /// Hex; without it nobody can guess what stands behind a digest.
    secret: String,
    page: String,
}

const CLASS: &str = "guided-result";
const SELECT: &str = "SELECT r.*, c.ciphertext, k.wrapped FROM guided_results r \
     JOIN contents c ON c.id = r.id LEFT JOIN content_keys k ON k.content_id = r.id WHERE";

/// The digest of a result: over what its row says, its secret and its page.
fn digest_of(row: &GuidedResult, content: &ResultContent) -> Result<[u8; 32], StoreError> {
    let hashed = json!({
        "id": row.id, "case": row.case_id, "agency": AGENCY, "actor": row.actor,
        "recorded_at": micros(row.recorded_at), "as_of": row.as_of.to_string(),
        "lists": row.lists, "policy": row.policy, "engine": row.engine, "result": row.result,
        "secret": content.secret, "page": content.page,
    });
    let json = portcullis_domain::canonical_json(&hashed).map_err(StoreError::Invalid)?;
    Ok(Sha256::digest(json.as_bytes()).into())
}

impl Store {
    /// Keeps what a case came to; nothing is shown that is not kept.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails; then nothing was kept.
    pub async fn finish_guided(
        &self,
        case: &GuidedCase,
        new: NewGuidedResult,
        actor: &str,
        now: Timestamp,
    ) -> Result<GuidedResult, StoreError> {
        let content = ResultContent {
            secret: hex::encode(random_bytes()),
            page: storable(&new.page),
        };
        let mut row = GuidedResult {
            id: self.new_id(now),
            code: String::new(),
            case_id: case.id.clone(),
            actor: actor.to_owned(),
            recorded_at: now,
            as_of: new.as_of,
            lists: new.lists,
            policy: new.policy,
            engine: new.engine,
            result: new.result,
            digest: String::new(),
            page: Some(content.page.clone()),
        };
        let digest = digest_of(&row, &content)?;
        row.digest = hex::encode(digest);
        row.code = code_of(&digest);
        let sealed = seal(&self.keys.wrapping, &row.id, CLASS, &content)?;
        let mut tx = self.write.begin().await.map_err(failed("begin"))?;
        contents::insert(&mut tx, &[sealed]).await?;
        let event = PlainEvent {
            stream_id: format!("guided:{}", row.id),
            kind: "GuidedResultRecorded",
            leaf_kind: "guided-result",
            subject: &row.id,
            command_id: self.new_id(now),
            actor,
            at: now,
            body: json!({
                "result_id": row.id, "case": row.case_id, "result": row.result,
                "as_of": row.as_of.to_string(), "lists": row.lists, "policy": row.policy,
                "engine": row.engine, "digest": row.digest,
            }),
        };
        events::append_plain(&mut tx, event).await?;
        sqlx::query(
            "INSERT INTO guided_results (id, code, case_id, agency_id, actor_id, recorded_at, \
             as_of, lists, policy, engine, result, digest) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        )
        .bind(&row.id)
        .bind(&row.code)
        .bind(&row.case_id)
        .bind(AGENCY)
        .bind(&row.actor)
        .bind(micros(now))
        .bind(row.as_of.to_string())
        .bind(&row.lists)
        .bind(&row.policy)
        .bind(&row.engine)
        .bind(&row.result)
        .bind(&row.digest)
        .execute(&mut *tx)
        .await
        .map_err(failed("keep a guided result"))?;
        tx.commit().await.map_err(failed("keep a guided result"))?;
        Ok(row)
    }

    /// One result.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`].
    pub async fn guided_result(&self, id: &str) -> Result<GuidedResult, StoreError> {
        self.one_result("r.id = $1", id, id).await
    }

    /// The result with a verification code, however it is typed.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`].
    pub async fn guided_result_by_code(&self, code: &str) -> Result<GuidedResult, StoreError> {
        let plain = read_code(code).ok_or_else(|| no_result(code))?;
        self.one_result("r.code = $1", &plain, code).await
    }

    /// Somebody's results, newest first.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn guided_results_of(
        &self,
        actor: &str,
        limit: u64,
    ) -> Result<Vec<GuidedResult>, StoreError> {
        let sql = format!("{SELECT} r.actor_id = $1 ORDER BY r.recorded_at DESC, r.id LIMIT $2");
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(actor)
            .bind(signed(limit)?)
            .fetch_all(&self.read)
            .await
            .map_err(failed("read guided results"))?;
        rows.iter().map(|row| self.result_row(row)).collect()
    }

    async fn one_result(
        &self,
        condition: &str,
        value: &str,
        shown: &str,
    ) -> Result<GuidedResult, StoreError> {
        let sql = format!("{SELECT} {condition}");
        let row = sqlx::query(AssertSqlSafe(sql))
            .bind(value)
            .fetch_optional(&self.read)
            .await
            .map_err(failed("read a guided result"))?;
        self.result_row(&row.ok_or_else(|| no_result(shown))?)
    }

    /// A page that is not the one that was recorded is never shown as if it were.
    fn result_row(&self, row: &AnyRow) -> Result<GuidedResult, StoreError> {
        let id: String = cell(row, "id")?;
        let as_of: String = cell(row, "as_of")?;
        let content: Option<ResultContent> = contents::from_row(self, &id, row)?;
        let mut result = GuidedResult {
            code: cell(row, "code")?,
            case_id: cell(row, "case_id")?,
            actor: cell(row, "actor_id")?,
            recorded_at: time(cell(row, "recorded_at")?)?,
            as_of: date(&as_of)?,
            lists: cell(row, "lists")?,
            policy: cell(row, "policy")?,
            engine: cell(row, "engine")?,
            result: cell(row, "result")?,
            digest: cell(row, "digest")?,
            page: None,
            id,
        };
        if let Some(content) = content {
            let digest = digest_of(&result, &content)?;
            if hex::encode(digest) != result.digest || code_of(&digest) != result.code {
                let text = format!(
                    "the guided result '{}' is not as it was recorded",
                    result.id
                );
                return Err(StoreError::Damaged(text));
            }
            result.page = Some(content.page);
        }
        Ok(result)
    }
}

fn no_result(id: &str) -> StoreError {
    StoreError::NotFound {
        what: "guided result",
        id: storable(id).chars().take(64).collect(),
    }
}
