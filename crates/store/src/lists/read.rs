//! Reading snapshots and list sets.

use super::choose::{Activation, Known, answering};
use super::{ListSet, SnapshotRow};
use crate::sql::{cell, count, date, failed, micros, time};
use crate::{Page, Paged, Store, StoreError};
use jiff::Timestamp;
use portcullis_domain::{Date, Issue, hex_sha256};
use sqlx::any::AnyRow;
use std::collections::BTreeMap;

/// A snapshot with the last time it came into use, and whether it is in use now.
const SNAPSHOTS: &str = "SELECT s.id, s.source, COALESCE(s.published, \
     (SELECT d.published FROM snapshot_dates d WHERE d.snapshot_id = s.id)) AS published, s.sha256, s.recorded_at, s.recorded_by, \
     s.entities, s.names, s.counts, s.issues, s.staged, \
     (SELECT MAX(a.activated_at) FROM activations a WHERE a.snapshot_id = s.id) AS activated_at, \
     (SELECT COUNT(*) FROM activations a WHERE a.snapshot_id = s.id AND a.position = \
     (SELECT MAX(b.position) FROM activations b WHERE b.source = s.source)) AS active \
     FROM snapshots s";

impl Store {
    /// Every snapshot: by source, newest first.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn snapshots(&self) -> Result<Vec<SnapshotRow>, StoreError> {
        let sql = format!("{SNAPSHOTS} ORDER BY s.source, s.recorded_at DESC, s.id");
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .fetch_all(&self.read)
            .await
            .map_err(failed("read the lists"))?;
        rows.iter().map(snapshot_row).collect()
    }

    /// One snapshot.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`].
    pub async fn snapshot(&self, id: &str) -> Result<SnapshotRow, StoreError> {
        let sql = format!("{SNAPSHOTS} WHERE s.id = $1");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(id)
            .fetch_optional(&self.read)
            .await
            .map_err(failed("read a list"))?;
        snapshot_row(&row.ok_or_else(|| no_snapshot(id))?)
    }

    /// What could not be read in a snapshot, in file order.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn snapshot_issues(&self, id: &str, page: Page) -> Result<Paged<Issue>, StoreError> {
        let total = sqlx::query("SELECT COUNT(*) AS n FROM snapshot_issues WHERE snapshot_id = $1")
            .bind(id)
            .fetch_one(&self.read)
            .await
            .map_err(failed("count issues"))?;
        let rows = sqlx::query(
            "SELECT line, field, code, text FROM snapshot_issues WHERE snapshot_id = $1 \
             ORDER BY position LIMIT $2 OFFSET $3",
        )
        .bind(id)
        .bind(page.sql_limit())
        .bind(page.sql_offset())
        .fetch_all(&self.read)
        .await
        .map_err(failed("read issues"))?;
        Ok(Paged {
            rows: rows.iter().map(issue).collect::<Result<_, _>>()?,
            total: count(&total, "n")?,
        })
    }

    /// Which snapshot of each source answers a question about the day `as_of`
    /// with what was known at `known`.
    ///
    /// The newest snapshot published by `as_of` (its day of import where the
    /// publication is not known, until another one comes into use) and recorded
    /// by `known` answers. A day of publication that was recorded after `known`
    /// does not count. A snapshot
    /// that an operator activated answers for the days from that activation on,
    /// until the next one comes into use. One that was only stored does not
    /// count. Where none covers the day, the oldest is used and says so.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn list_set(&self, as_of: Date, known: Timestamp) -> Result<ListSet, StoreError> {
        let snapshots = self.known_snapshots(known).await?;
        let activations = self.all_activations().await?;
        let members: Vec<_> = snapshots
            .iter()
            .filter_map(|(source, of_source)| {
                let activations = activations.get(source).map_or(&[][..], Vec::as_slice);
                answering(of_source, activations, as_of, known)
            })
            .collect();
        let mut ids: Vec<&str> = members.iter().map(|m| m.snapshot_id.as_str()).collect();
        ids.sort_unstable();
        let text = ids.join("\n");
        let digest = hex_sha256(text.as_bytes());
        let id = format!("ls-{}", digest.get(..12).unwrap_or(&digest));
        self.remember_list_set(&id, &text).await?;
        Ok(ListSet { id, members })
    }

    /// With the days of publication as they were known at a time.
    async fn known_snapshots(
        &self,
        known: Timestamp,
    ) -> Result<BTreeMap<String, Vec<Known>>, StoreError> {
        let rows = sqlx::query(
            "SELECT s.id, s.source, COALESCE(s.published, d.published) AS published, \
             s.recorded_at, s.staged FROM snapshots s \
             LEFT JOIN snapshot_dates d ON d.snapshot_id = s.id AND d.recorded_at <= $1",
        )
        .bind(micros(known))
        .fetch_all(&self.read)
        .await
        .map_err(failed("read the lists"))?;
        let mut by_source: BTreeMap<String, Vec<Known>> = BTreeMap::new();
        for row in &rows {
            let published: Option<String> = cell(row, "published")?;
            let known = Known {
                id: cell(row, "id")?,
                source: cell(row, "source")?,
                published: published.as_deref().map(date).transpose()?,
                recorded_at: time(cell(row, "recorded_at")?)?,
                staged: cell::<i64>(row, "staged")? != 0,
            };
            by_source
                .entry(known.source.clone())
                .or_default()
                .push(known);
        }
        Ok(by_source)
    }

    async fn all_activations(&self) -> Result<BTreeMap<String, Vec<Activation>>, StoreError> {
        let rows = sqlx::query(
            "SELECT source, snapshot_id, activated_at, explicit FROM activations \
             ORDER BY source, position",
        )
        .fetch_all(&self.read)
        .await
        .map_err(failed("read the lists in use"))?;
        let mut by_source: BTreeMap<String, Vec<Activation>> = BTreeMap::new();
        for row in &rows {
            let activation = Activation {
                snapshot_id: cell(row, "snapshot_id")?,
                at: time(cell(row, "activated_at")?)?,
                explicit: cell::<i64>(row, "explicit")? != 0,
            };
            by_source
                .entry(cell(row, "source")?)
                .or_default()
                .push(activation);
        }
        Ok(by_source)
    }

    /// So that an answer's list-set id can be resolved later.
    async fn remember_list_set(&self, id: &str, members: &str) -> Result<(), StoreError> {
        if self.list_set_text(id).await?.is_none() {
            sqlx::query(
                "INSERT INTO list_sets (id, members) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING",
            )
            .bind(id)
            .bind(members)
            .execute(&self.write)
            .await
            .map_err(failed("remember a list set"))?;
        }
        Ok(())
    }

    async fn list_set_text(&self, id: &str) -> Result<Option<String>, StoreError> {
        let row = sqlx::query("SELECT members FROM list_sets WHERE id = $1")
            .bind(id)
            .fetch_optional(&self.read)
            .await
            .map_err(failed("read a list set"))?;
        row.map(|r| cell(&r, "members")).transpose()
    }

    /// The members' snapshot ids of a list set that was computed before.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`].
    pub async fn list_set_members(&self, id: &str) -> Result<Vec<String>, StoreError> {
        let text = self.list_set_text(id).await?;
        let text = text.ok_or_else(|| StoreError::NotFound {
            what: "list set",
            id: id.to_owned(),
        })?;
        Ok(text.lines().map(str::to_owned).collect())
    }
}

pub(super) fn no_snapshot(id: &str) -> StoreError {
    StoreError::NotFound {
        what: "snapshot",
        id: id.to_owned(),
    }
}

fn snapshot_row(row: &AnyRow) -> Result<SnapshotRow, StoreError> {
    let published: Option<String> = cell(row, "published")?;
    let counts: String = cell(row, "counts")?;
    let activated_at: Option<i64> = cell(row, "activated_at")?;
    Ok(SnapshotRow {
        id: cell(row, "id")?,
        source: cell(row, "source")?,
        published: published.as_deref().map(date).transpose()?,
        sha256: cell(row, "sha256")?,
        recorded_at: time(cell(row, "recorded_at")?)?,
        recorded_by: cell(row, "recorded_by")?,
        entities: count(row, "entities")?,
        names: count(row, "names")?,
        counts: serde_json::from_str(&counts)
            .map_err(|e| StoreError::Damaged(format!("counts of a snapshot: {e}")))?,
        issues: count(row, "issues")?,
        active: cell::<i64>(row, "active")? > 0,
        staged: cell::<i64>(row, "staged")? != 0 && activated_at.is_none(),
        activated_at: activated_at.map(time).transpose()?,
    })
}

fn issue(row: &AnyRow) -> Result<Issue, StoreError> {
    let line: Option<i64> = cell(row, "line")?;
    Ok(Issue {
        line: line.and_then(|n| u64::try_from(n).ok()),
        field: cell(row, "field")?,
        code: cell(row, "code")?,
        text: cell(row, "text")?,
    })
}
