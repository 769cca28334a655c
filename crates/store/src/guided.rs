//! The guided way: cases that people answer question by question, and the pages
//! that they were given in the end.
//!
//! What was answered is sealed, and what was told is kept exactly as it was
//! shown. A case is only its owner's, and that of whoever has its code.

mod result;

pub use result::{GuidedResult, NewGuidedResult};

use crate::contents::{seal, unseal};
use crate::events::AGENCY;
use crate::keys::random_bytes;
use crate::screenings::{code_of, read_code};
use crate::sql::{cell, failed, micros, signed, storable, time, unsigned};
use crate::{Store, StoreError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

/// The most that the answers of a case may be, in bytes of JSON.
const MAX_ANSWERS: usize = 256 * 1024;

/// A case on its way.
#[derive(Clone, Debug, PartialEq)]
pub struct GuidedCase {
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub actor: String,
    /// The code with which its owner comes back: `7K3M-Q9XD-2F5T-0ABC`.
    pub code: String,
    /// Raised by each change.
    pub version: u64,
    /// When it was begun.
    pub started_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// What was answered, in the form of whoever asks.
    pub answers: Value,
}

/// The contents of a case, as they are sealed.
#[derive(Serialize, Deserialize)]
struct Sealed {
    code: String,
    answers: Value,
}

/// The class of what is sealed in a row.
const CLASS: &str = "guided-case";

impl Store {
    /// Begins a case.
    ///
    /// # Errors
    ///
    /// [`StoreError::Invalid`] for answers beyond the bound.
    pub async fn start_guided(
        &self,
        answers: Value,
        actor: &str,
        now: Timestamp,
    ) -> Result<GuidedCase, StoreError> {
        let case = GuidedCase {
            id: self.new_id(now),
            actor: actor.to_owned(),
            code: code_of(&random_bytes()),
            version: 1,
            started_at: now,
            changed_at: now,
            answers,
        };
        let (ciphertext, wrapped) = self.sealed_case(&case)?;
        sqlx::query(
            "INSERT INTO guided_cases (id, agency_id, actor_id, lookup, version, started_at, \
             changed_at, ciphertext, wrapped) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(&case.id)
        .bind(AGENCY)
        .bind(&case.actor)
        .bind(self.keys.lookup(CLASS, &case.code))
        .bind(signed(case.version)?)
        .bind(micros(now))
        .bind(micros(now))
        .bind(ciphertext)
        .bind(wrapped)
        .execute(&self.write)
        .await
        .map_err(failed("begin a guided case"))?;
        Ok(case)
    }

    /// One case.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`].
    pub async fn guided(&self, id: &str) -> Result<GuidedCase, StoreError> {
        self.guided_where("id = $1", id, id).await
    }

    /// The case with a code, however it is typed, now `actor`'s: who has the
    /// code goes on with it.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`].
    pub async fn resume_guided(&self, code: &str, actor: &str) -> Result<GuidedCase, StoreError> {
        let plain = read_code(code).ok_or_else(|| no_case(code))?;
        let lookup = self.keys.lookup(CLASS, &plain);
        sqlx::query("UPDATE guided_cases SET actor_id = $1 WHERE lookup = $2")
            .bind(actor)
            .bind(&lookup)
            .execute(&self.write)
            .await
            .map_err(failed("resume a guided case"))?;
        self.guided_where("lookup = $1", &lookup, code).await
    }

    async fn guided_where(
        &self,
        condition: &str,
        value: &str,
        shown: &str,
    ) -> Result<GuidedCase, StoreError> {
        let sql = format!("SELECT * FROM guided_cases WHERE {condition}");
        let row = sqlx::query(AssertSqlSafe(sql))
            .bind(value)
            .fetch_optional(&self.read)
            .await
            .map_err(failed("read a guided case"))?;
        self.case_row(&row.ok_or_else(|| no_case(shown))?)
    }

    /// Somebody's cases without a result, the last changed first.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn guided_of(&self, actor: &str, limit: u64) -> Result<Vec<GuidedCase>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM guided_cases c WHERE actor_id = $1 AND NOT EXISTS \
             (SELECT 1 FROM guided_results r WHERE r.case_id = c.id) \
             ORDER BY changed_at DESC, id DESC LIMIT $2",
        )
        .bind(actor)
        .bind(signed(limit)?)
        .fetch_all(&self.read)
        .await
        .map_err(failed("read guided cases"))?;
        rows.iter().map(|row| self.case_row(row)).collect()
    }

    /// Keeps what was answered.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] if it changed since `case` was read;
    /// [`StoreError::Invalid`] for answers beyond the bound.
    pub async fn save_guided(
        &self,
        case: &GuidedCase,
        now: Timestamp,
    ) -> Result<GuidedCase, StoreError> {
        let next = GuidedCase {
            version: case.version + 1,
            changed_at: now,
            ..case.clone()
        };
        let (ciphertext, wrapped) = self.sealed_case(&next)?;
        let saved = sqlx::query(
            "UPDATE guided_cases SET version = $1, changed_at = $2, ciphertext = $3, \
             wrapped = $4 WHERE id = $5 AND version = $6",
        )
        .bind(signed(next.version)?)
        .bind(micros(now))
        .bind(ciphertext)
        .bind(wrapped)
        .bind(&case.id)
        .bind(signed(case.version)?)
        .execute(&self.write)
        .await
        .map_err(failed("keep a guided case"))?;
        match saved.rows_affected() {
            0 => Err(StoreError::Conflict("the case".to_owned())),
            _ => Ok(next),
        }
    }

    fn sealed_case(&self, case: &GuidedCase) -> Result<(Vec<u8>, Vec<u8>), StoreError> {
        if case.answers.to_string().len() > MAX_ANSWERS {
            return Err(StoreError::Invalid(format!(
                "the answers of a case are more than {MAX_ANSWERS} bytes"
            )));
        }
        let content = Sealed {
            code: case.code.clone(),
            answers: case.answers.clone(),
        };
        Ok(seal(&self.keys.wrapping, &case.id, CLASS, &content)?.into_parts())
    }

    fn case_row(&self, row: &AnyRow) -> Result<GuidedCase, StoreError> {
        let id: String = cell(row, "id")?;
        let (wrapped, ciphertext): (Vec<u8>, Vec<u8>) =
            (cell(row, "wrapped")?, cell(row, "ciphertext")?);
        let content: Sealed = unseal(&self.keys.wrapping, &id, &wrapped, &ciphertext)?;
        Ok(GuidedCase {
            actor: cell(row, "actor_id")?,
            code: content.code,
            version: unsigned(cell(row, "version")?)?,
            started_at: time(cell(row, "started_at")?)?,
            changed_at: time(cell(row, "changed_at")?)?,
            answers: content.answers,
            id,
        })
    }
}

fn no_case(id: &str) -> StoreError {
    StoreError::NotFound {
        what: "guided case",
        id: storable(id).chars().take(64).collect(),
    }
}
