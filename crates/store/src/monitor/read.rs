//! Reading runs and their parts.

use super::{MonitorRun, NewRun, PartKind, PartRow, RunState};
use crate::sql::{Where, cell, count, date, failed, time};
use crate::{Page, Paged, Store, StoreError};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

const COLUMNS: &str = "r.*, (SELECT COUNT(*) FROM monitor_parts p WHERE p.run_id = r.id) AS done";
const TABLES: &str = "monitor_runs r";

impl Store {
    /// The run of a book that is not over, if there is one.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn running(&self, book: &str) -> Result<Option<MonitorRun>, StoreError> {
        self.newest_run(book, RunState::Running).await
    }

    /// The newest completed run of a book, if there is one.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn last_completed(&self, book: &str) -> Result<Option<MonitorRun>, StoreError> {
        self.newest_run(book, RunState::Completed).await
    }

    async fn newest_run(
        &self,
        book: &str,
        state: RunState,
    ) -> Result<Option<MonitorRun>, StoreError> {
        let page = Page {
            offset: 0,
            limit: 1,
        };
        let found = Where::default()
            .and_text("r.book =", Some(book))
            .and_text("r.state =", Some(state.as_str()))
            .page(self, (COLUMNS, TABLES), ORDER, page, run_row)
            .await?;
        Ok(found.rows.into_iter().next())
    }

    /// Runs, of one book or of all, newest first.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn monitor_runs(
        &self,
        book: Option<&str>,
        page: Page,
    ) -> Result<Paged<MonitorRun>, StoreError> {
        Where::default()
            .and_text("r.book =", book)
            .page(self, (COLUMNS, TABLES), ORDER, page, run_row)
            .await
    }

    /// The parts of a run that are done, in order.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn run_parts(&self, run: &str) -> Result<Vec<PartRow>, StoreError> {
        parts_of(&mut *self.reader().await?, run).await
    }
}

const ORDER: &str = "r.started_at DESC, r.id DESC";

pub(super) async fn parts_of(
    connection: &mut AnyConnection,
    run: &str,
) -> Result<Vec<PartRow>, StoreError> {
    let rows = sqlx::query("SELECT * FROM monitor_parts WHERE run_id = $1 ORDER BY position")
        .bind(run)
        .fetch_all(connection)
        .await
        .map_err(failed("read a rescreening"))?;
    rows.iter().map(part_row).collect()
}

fn odd(word: &str) -> StoreError {
    StoreError::Damaged(format!("'{word}' in a rescreening"))
}

fn part_row(row: &AnyRow) -> Result<PartRow, StoreError> {
    let kind: String = cell(row, "kind")?;
    Ok(PartRow {
        position: count(row, "position")?,
        kind: PartKind::parse(&kind).ok_or_else(|| odd(&kind))?,
        upto: cell(row, "upto")?,
        customers: count(row, "customers")?,
        entities: count(row, "entities")?,
        hits: count(row, "hits")?,
        partial: count(row, "partial")?,
        unscreened: count(row, "unscreened")?,
        digest: cell(row, "digest")?,
    })
}

fn run_row(row: &AnyRow) -> Result<MonitorRun, StoreError> {
    let state: String = cell(row, "state")?;
    let as_of: String = cell(row, "as_of")?;
    let ended_at: Option<i64> = cell(row, "ended_at")?;
    Ok(MonitorRun {
        id: cell(row, "id")?,
        plan: NewRun {
            book: cell(row, "book")?,
            book_version: count(row, "book_version")?,
            customers: count(row, "customers")?,
            customers_digest: cell(row, "customers_digest")?,
            lists: cell(row, "lists")?,
            since: cell(row, "since")?,
            engine: cell(row, "engine")?,
            threshold: cell(row, "threshold")?,
            weak: cell::<i64>(row, "weak")? != 0,
            as_of: date(&as_of)?,
            customers_to_screen: count(row, "customers_to_screen")?,
            entities_to_screen: count(row, "entities_to_screen")?,
            entities_digest: cell(row, "entities_digest")?,
            parts: count(row, "parts")?,
        },
        state: RunState::parse(&state).ok_or_else(|| odd(&state))?,
        parts_done: count(row, "done")?,
        started_by: cell(row, "started_by")?,
        started_at: time(cell(row, "started_at")?)?,
        ended_at: ended_at.map(time).transpose()?,
    })
}
