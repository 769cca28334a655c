//! Reading versions: which there are, which answers, and what is in it.

use super::put::SealedReference;
use super::{NewReference, ReferenceKind, ReferenceVersion, Use, answering};
use crate::sql::{cell, count, date, failed, micros, time};
use crate::{Store, StoreError, contents};
use jiff::Timestamp;
use portcullis_domain::{Date, Period};
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

const VERSIONS: &str = "SELECT v.*, (SELECT MAX(a.activated_at) FROM reference_activations a \
     WHERE a.version_id = v.id) AS activated_at FROM reference_versions v";

impl Store {
    /// Every version of a kind: by name, newest in force first.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn reference_versions(
        &self,
        kind: ReferenceKind,
    ) -> Result<Vec<ReferenceVersion>, StoreError> {
        let sql = format!(
            "{VERSIONS} WHERE v.kind = $1 ORDER BY v.name, COALESCE(v.in_force_from, '') DESC, \
             v.recorded_at DESC, v.id"
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(kind.as_str())
            .fetch_all(&self.read)
            .await
            .map_err(failed("read references"))?;
        rows.iter().map(version).collect()
    }

    /// One version.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`].
    pub async fn reference_version(&self, id: &str) -> Result<ReferenceVersion, StoreError> {
        let sql = format!("{VERSIONS} WHERE v.id = $1");
        let row = sqlx::query(AssertSqlSafe(sql))
            .bind(id)
            .fetch_optional(&self.read)
            .await
            .map_err(failed("read a reference"))?;
        let row = row.ok_or_else(|| StoreError::NotFound {
            what: "reference version",
            id: id.to_owned(),
        })?;
        version(&row)
    }

    /// The version of a document that answers for the day `as_of` with what was
    /// known at `known`; `None` where none covers the day.
    ///
    /// Of the versions put in use by `known` that are in force on the day, the
    /// one in force last answers; a version that a person put in use again sets
    /// aside what was in use before.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn active_reference(
        &self,
        kind: ReferenceKind,
        name: &str,
        as_of: Date,
        known: Timestamp,
    ) -> Result<Option<ReferenceVersion>, StoreError> {
        let rows = sqlx::query(
            "SELECT a.version_id, a.explicit, v.in_force_from, v.in_force_until \
             FROM reference_activations a JOIN reference_versions v ON v.id = a.version_id \
             WHERE a.kind = $1 AND a.name = $2 AND a.activated_at <= $3 ORDER BY a.position",
        )
        .bind(kind.as_str())
        .bind(name)
        .bind(micros(known))
        .fetch_all(&self.read)
        .await
        .map_err(failed("read the references in use"))?;
        let uses: Vec<Use> = rows.iter().map(used).collect::<Result<_, _>>()?;
        match answering(&uses, as_of) {
            Some(id) => self.reference_version(id).await.map(Some),
            None => Ok(None),
        }
    }

    /// The prepared form of a version, exactly as it was stored.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`]; [`StoreError::Erased`] if a private one was
    /// erased; [`StoreError::Damaged`] if it is not what was stored.
    pub async fn reference_bytes(&self, id: &str) -> Result<Vec<u8>, StoreError> {
        let version = self.reference_version(id).await?;
        let bytes = if version.kind.is_private() {
            self.sealed_reference(id).await?
        } else {
            self.public_reference(id).await?
        };
        if self.reference_id(&as_new(&version), &bytes) != id {
            return Err(StoreError::Damaged(format!(
                "the reference '{id}' is not what was stored under this id"
            )));
        }
        Ok(bytes)
    }

    async fn public_reference(&self, id: &str) -> Result<Vec<u8>, StoreError> {
        let row = sqlx::query("SELECT bytes FROM reference_bytes WHERE version_id = $1")
            .bind(id)
            .fetch_optional(&self.read)
            .await
            .map_err(failed("read a reference"))?;
        let row = row.ok_or_else(|| missing(id))?;
        cell(&row, "bytes")
    }

    async fn sealed_reference(&self, id: &str) -> Result<Vec<u8>, StoreError> {
        let row = sqlx::query(
            "SELECT c.ciphertext, k.wrapped FROM contents c \
             LEFT JOIN content_keys k ON k.content_id = c.id WHERE c.id = $1",
        )
        .bind(id)
        .fetch_optional(&self.read)
        .await
        .map_err(failed("read a reference"))?;
        let row = row.ok_or_else(|| missing(id))?;
        let sealed: Option<SealedReference> = contents::from_row(self, id, &row)?;
        let sealed = sealed.ok_or_else(|| StoreError::Erased(id.to_owned()))?;
        hex::decode(sealed.hex)
            .map_err(|e| StoreError::Damaged(format!("the reference '{id}': {e}")))
    }
}

fn missing(id: &str) -> StoreError {
    StoreError::Damaged(format!("the bytes of the reference '{id}' are missing"))
}

/// What the version said of itself when it was stored, for its id.
fn as_new(version: &ReferenceVersion) -> NewReference {
    NewReference {
        kind: version.kind,
        name: version.name.clone(),
        label: version.label.clone(),
        in_force: version.in_force,
        published: version.published,
        citation: version.citation.clone(),
        source_sha256: version.source_sha256.clone(),
        records: version.records,
        issues: version.issues,
        bytes: Vec::new(),
    }
}

fn day(row: &AnyRow, column: &'static str) -> Result<Option<Date>, StoreError> {
    let text: Option<String> = cell(row, column)?;
    text.as_deref().map(date).transpose()
}

fn in_force(row: &AnyRow) -> Result<Period, StoreError> {
    Ok(Period {
        from: day(row, "in_force_from")?,
        until: day(row, "in_force_until")?,
    })
}

fn used(row: &AnyRow) -> Result<Use, StoreError> {
    Ok(Use {
        version_id: cell(row, "version_id")?,
        in_force: in_force(row)?,
        explicit: cell::<i64>(row, "explicit")? != 0,
    })
}

fn version(row: &AnyRow) -> Result<ReferenceVersion, StoreError> {
    let kind: String = cell(row, "kind")?;
    let activated_at: Option<i64> = cell(row, "activated_at")?;
    Ok(ReferenceVersion {
        id: cell(row, "id")?,
        kind: ReferenceKind::parse(&kind)
            .ok_or_else(|| StoreError::Damaged(format!("'{kind}' is no kind of reference")))?,
        name: cell(row, "name")?,
        label: cell(row, "label")?,
        in_force: in_force(row)?,
        published: day(row, "published")?,
        citation: cell(row, "citation")?,
        source_sha256: cell(row, "source_sha256")?,
        records: count(row, "records")?,
        issues: count(row, "issues")?,
        recorded_at: time(cell(row, "recorded_at")?)?,
        recorded_by: cell(row, "recorded_by")?,
        activated_at: activated_at.map(time).transpose()?,
    })
}
