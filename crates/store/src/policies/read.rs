//! Reading versions of the policy, and which of them acts.

use super::{PolicyBundle, PolicyRemark, RemarkContent, RemarkKind, StoredPolicyVersion};
use crate::contents;
use crate::sql::{Where, cell, count, failed, time};
use crate::{Page, Paged, Store, StoreError};
use jiff::Timestamp;
use portcullis_casework::{Hand, PolicyProgress, PolicyVersion, policy_in_use};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe};

const COLUMNS: &str = "id, digest, base, title, progress, cases, comments, proposed_by, \
     proposed_at, adopted_by, adopted_at, asked_by, asked_at, ended_by, ended_at";

const REMARKS: &str = "SELECT r.content_id, r.kind, r.said_by, r.said_at, c.ciphertext, k.wrapped \
     FROM policy_remarks r JOIN contents c ON c.id = r.content_id \
     LEFT JOIN content_keys k ON k.content_id = r.content_id \
     WHERE r.version_id = $1 ORDER BY r.said_at, r.content_id";

impl Store {
    /// One version with what was said of it.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`].
    pub async fn policy_version(&self, id: &str) -> Result<StoredPolicyVersion, StoreError> {
        let version = self
            .policy_version_in(&mut *self.reader().await?, id)
            .await?;
        let rows = sqlx::query(REMARKS).bind(id).fetch_all(&self.read).await;
        let rows = rows.map_err(failed("read remarks"))?;
        let remarks = rows.iter().map(|row| self.remark(row));
        Ok(StoredPolicyVersion {
            version,
            remarks: remarks.collect::<Result<_, _>>()?,
        })
    }

    pub(super) async fn policy_version_in(
        &self,
        connection: &mut AnyConnection,
        id: &str,
    ) -> Result<PolicyVersion, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM policy_versions WHERE id = $1");
        let row = sqlx::query(AssertSqlSafe(sql))
            .bind(id)
            .fetch_optional(connection)
            .await
            .map_err(failed("read a policy version"))?;
        let row = row.ok_or_else(|| StoreError::NotFound {
            what: "policy version",
            id: id.chars().take(64).collect(),
        })?;
        version(&row)
    }

    /// Every version, the newest first.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn policy_versions(&self, page: Page) -> Result<Paged<PolicyVersion>, StoreError> {
        let order = "proposed_at DESC, id DESC";
        let from = (COLUMNS, "policy_versions");
        Where::default()
            .page(self, from, order, page, version)
            .await
    }

    /// The version that acts at a time: the one adopted last and not suspended
    /// by then. `None` if none was ever adopted: then the files of the
    /// installation act.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn policy_in_use(&self, at: Timestamp) -> Result<Option<PolicyVersion>, StoreError> {
        self.in_use(&mut *self.reader().await?, at).await
    }

    pub(super) async fn in_use(
        &self,
        connection: &mut AnyConnection,
        at: Timestamp,
    ) -> Result<Option<PolicyVersion>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM policy_versions WHERE adopted_at IS NOT NULL");
        let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(connection).await;
        let rows = rows.map_err(failed("read policy versions"))?;
        let adopted: Vec<PolicyVersion> = rows.iter().map(version).collect::<Result<_, _>>()?;
        Ok(policy_in_use(&adopted, at).cloned())
    }

    /// The files behind a digest, as decisions name it. That they are these very
    /// files is checked.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`]; [`StoreError::Damaged`] if they have another digest.
    pub async fn policy_files(&self, digest: &str) -> Result<PolicyBundle, StoreError> {
        let row = sqlx::query("SELECT files FROM policy_bundles WHERE digest = $1")
            .bind(digest)
            .fetch_optional(&self.read)
            .await
            .map_err(failed("read the files of a policy"))?;
        let row = row.ok_or_else(|| StoreError::NotFound {
            what: "policy",
            id: digest.chars().take(80).collect(),
        })?;
        bundle(digest, &row)
    }

    fn remark(&self, row: &AnyRow) -> Result<PolicyRemark, StoreError> {
        let id: String = cell(row, "content_id")?;
        let content: Option<RemarkContent> = contents::from_row(self, &id, row)?;
        let kind: String = cell(row, "kind")?;
        Ok(PolicyRemark {
            kind: RemarkKind::parse(&kind)
                .ok_or_else(|| StoreError::Damaged(format!("'{kind}' is no kind of remark")))?,
            by: cell(row, "said_by")?,
            at: time(cell(row, "said_at")?)?,
            text: content.map(|c| c.text),
        })
    }
}

/// The files in a row with the column `files`.
pub(crate) fn bundle(digest: &str, row: &AnyRow) -> Result<PolicyBundle, StoreError> {
    let text: String = cell(row, "files")?;
    let files: PolicyBundle = serde_json::from_str(&text)
        .map_err(|e| StoreError::Damaged(format!("the files of policy {digest}: {e}")))?;
    let found =
        portcullis_domain::bundle_digest(files.iter().map(|(p, t)| (p.as_str(), t.as_str())));
    if found != digest {
        let text = format!("the files of policy {digest} are those of {found}");
        return Err(StoreError::Damaged(text));
    }
    Ok(files)
}

/// A row with [`COLUMNS`].
pub(crate) fn version(row: &AnyRow) -> Result<PolicyVersion, StoreError> {
    let progress: String = cell(row, "progress")?;
    let hand = |by: &'static str, at: &'static str| -> Result<Option<Hand>, StoreError> {
        let actor: Option<String> = cell(row, by)?;
        let at: Option<i64> = cell(row, at)?;
        Ok(match (actor, at) {
            (Some(actor), Some(at)) => Some(Hand {
                actor,
                at: time(at)?,
            }),
            _ => None,
        })
    };
    Ok(PolicyVersion {
        id: cell(row, "id")?,
        digest: cell(row, "digest")?,
        base: cell(row, "base")?,
        title: cell(row, "title")?,
        progress: PolicyProgress::parse(&progress)
            .ok_or_else(|| StoreError::Damaged(format!("'{progress}' is no state of a policy")))?,
        cases: count(row, "cases")?,
        proposed: hand("proposed_by", "proposed_at")?
            .ok_or_else(|| StoreError::Damaged("a policy that nobody proposed".to_owned()))?,
        adopted: hand("adopted_by", "adopted_at")?,
        suspension_asked: hand("asked_by", "asked_at")?,
        ended: hand("ended_by", "ended_at")?,
        comments: count(row, "comments")?,
    })
}
