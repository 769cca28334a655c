//! Reading screening records.

use super::code::read_code;
use super::record::ScreeningContent;
use super::{ScreeningFilter, ScreeningResult, ScreeningSource, StoredScreening};
use crate::contents;
use crate::sql::{Where, cell, count, date, failed, time, unsigned};
use crate::{Page, Paged, Store, StoreError};
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

const COLUMNS: &str = "s.*, l.seq";
const TABLES: &str = "screenings s JOIN leaves l ON l.command_id = s.batch_id";
const WITH_CONTENT: &str = "SELECT s.*, l.seq, c.ciphertext, k.wrapped FROM screenings s \
     JOIN leaves l ON l.command_id = s.batch_id LEFT JOIN contents c ON c.id = s.id \
     LEFT JOIN content_keys k ON k.content_id = s.id";

impl Store {
    /// One screening, with what was asked and answered.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`].
    pub async fn screening(&self, id: &str) -> Result<StoredScreening, StoreError> {
        self.one_screening("s.id =", id, id).await
    }

    /// The screening with a verification code, however it is typed: in any case,
    /// with or without its dashes.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`].
    pub async fn screening_by_code(&self, code: &str) -> Result<StoredScreening, StoreError> {
        let plain = read_code(code).ok_or_else(|| no_screening(code))?;
        self.one_screening("s.code =", &plain, code).await
    }

    async fn one_screening(
        &self,
        condition: &'static str,
        key: &str,
        asked: &str,
    ) -> Result<StoredScreening, StoreError> {
        let filter = Where::default().and_text(condition, Some(key));
        let sql = format!("{WITH_CONTENT} {}", filter.sql);
        let row = filter
            .bind(sqlx::query(AssertSqlSafe(sql)))
            .fetch_optional(&self.read)
            .await
            .map_err(failed("read a screening"))?;
        let row = row.ok_or_else(|| no_screening(asked))?;
        let mut screening = screening_row(&row)?;
        let content: Option<ScreeningContent<'static>> =
            contents::from_row(self, &screening.id, &row)?;
        screening.detail = content.map(|c| c.detail.into_owned());
        Ok(screening)
    }

    /// Screenings, newest first, without what was asked and answered.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn screenings(
        &self,
        filter: &ScreeningFilter,
        page: Page,
    ) -> Result<Paged<StoredScreening>, StoreError> {
        let order = "s.recorded_at DESC, s.id DESC";
        Where::default()
            .and_text("s.actor_id =", filter.actor.as_deref())
            .and_text("s.source =", filter.source.map(|s| s.as_str()))
            .and_text("s.result =", filter.result.map(|r| r.as_str()))
            .and_time("s.recorded_at >=", filter.from)
            .and_time("s.recorded_at <", filter.until)
            .page(self, (COLUMNS, TABLES), order, page, screening_row)
            .await
    }
}

fn no_screening(id: &str) -> StoreError {
    StoreError::NotFound {
        what: "screening",
        id: id.chars().take(64).collect(),
    }
}

/// A row of `screenings` with the leaf's `seq`.
pub(crate) fn screening_row(row: &AnyRow) -> Result<StoredScreening, StoreError> {
    let source: String = cell(row, "source")?;
    let result: String = cell(row, "result")?;
    let odd = |what: &str, word: &str| StoreError::Damaged(format!("'{word}' is no {what}"));
    let as_of: String = cell(row, "as_of")?;
    let seq: Option<i64> = cell(row, "seq")?;
    Ok(StoredScreening {
        id: cell(row, "id")?,
        code: cell(row, "code")?,
        recorded_at: time(cell(row, "recorded_at")?)?,
        actor: cell(row, "actor_id")?,
        source: ScreeningSource::parse(&source).ok_or_else(|| odd("way to ask", &source))?,
        as_of: date(&as_of)?,
        lists: cell(row, "lists")?,
        threshold: cell(row, "threshold")?,
        weak: cell::<i64>(row, "weak")? != 0,
        engine: cell(row, "engine")?,
        result: ScreeningResult::parse(&result).ok_or_else(|| odd("result", &result))?,
        hits: count(row, "hits")?,
        digest: cell(row, "digest")?,
        batch_id: cell(row, "batch_id")?,
        ledger_index: seq.map(unsigned).transpose()?,
        detail: None,
    })
}
