//! Importing and activating snapshots.

use super::choose::{InUse, judge_import};
use super::{ImportOptions, ImportState, Imported, NewSnapshot};
use crate::events::{self, PlainEvent};
use crate::files::{self, Folders};
use crate::sql::{Insert, cell, count, date, failed, micros, signed, storable};
use crate::{ImportError, Store, StoreError};
use jiff::Timestamp;
use portcullis_domain::{Date, Entity, hex_sha256};
use serde_json::json;
use sqlx::AnyConnection;
use std::path::PathBuf;

impl Store {
    /// Stores a snapshot and, unless told otherwise, puts it in use; one that is
    /// known to be published earlier than the one in use is only stored. All or
    /// nothing: on any error the snapshot in use stays in use and no half file
    /// is left.
    ///
    /// # Errors
    ///
    /// [`ImportError::Refused`] if it is empty, or (without `accept`) a list is
    /// missing, or a list or the number of names shrank; [`ImportError::Store`] if the store failed.
    pub async fn import_snapshot(
        &self,
        snapshot: NewSnapshot,
        options: ImportOptions,
        actor: &str,
        now: Timestamp,
    ) -> Result<Imported, ImportError> {
        let id = snapshot_id(&snapshot.source, &snapshot.sha256)?;
        let folders = self.folders.clone();
        let lock_path = folders.import_lock();
        let lock = files::blocking(move || files::FolderLock::wait(&lock_path)).await?;
        // Judged before anything is written, and again inside the transaction.
        self.judge_snapshot(&snapshot, options).await?;
        let (snapshot, written) = files::blocking(move || write_files(&folders, snapshot)).await?;
        let imported = self
            .record_import(&id, &snapshot, &written, options, actor, now)
            .await;
        if imported.is_err() {
            files::blocking(move || written.undo()).await?;
        }
        drop(lock);
        imported
    }

    /// What an import of the snapshot would come to, without doing it. Its raw
    /// files are not looked at.
    ///
    /// # Errors
    ///
    /// As [`Store::import_snapshot`].
    pub async fn judge_snapshot(
        &self,
        snapshot: &NewSnapshot,
        options: ImportOptions,
    ) -> Result<ImportState, ImportError> {
        let id = snapshot_id(&snapshot.source, &snapshot.sha256)?;
        let mut reader = self.reader().await?;
        let in_use = in_use(&mut reader, &snapshot.source).await?;
        let dating = dating(&mut reader, &id, snapshot).await?;
        let state = judge_import(&id, snapshot, dating.counts(), in_use.as_ref(), options)?;
        Ok(state)
    }

    async fn record_import(
        &self,
        id: &str,
        snapshot: &NewSnapshot,
        written: &Written,
        options: ImportOptions,
        actor: &str,
        now: Timestamp,
    ) -> Result<Imported, ImportError> {
        let mut tx = self.write.begin().await.map_err(failed("begin"))?;
        let is_new = insert_snapshot(&mut tx, id, snapshot, written, options, actor, now).await?;
        let in_use = in_use(&mut tx, &snapshot.source).await?;
        // Read after the insert, which takes the write lock: a new one has its day by now.
        let dating = dating(&mut tx, id, snapshot).await?;
        let state = judge_import(id, snapshot, dating.counts(), in_use.as_ref(), options)?;
        if is_new {
            insert_details(&mut tx, id, snapshot, written).await?;
            let event = imported_event(id, snapshot, state);
            let event = PlainEvent {
                actor,
                at: now,
                command_id: self.new_id(now),
                ..event
            };
            events::append_plain(&mut tx, event).await?;
        }
        if let Dating::Now(published) = dating {
            self.put_date(&mut tx, &snapshot.source, id, published, actor, now)
                .await?;
        }
        if state == ImportState::Activated {
            let activation = Activating {
                source: &snapshot.source,
                snapshot_id: id,
                explicit: false,
            };
            self.put_in_use(&mut tx, activation, actor, now).await?;
        }
        tx.commit().await.map_err(failed("import a list"))?;
        Ok(Imported {
            snapshot_id: id.to_owned(),
            state,
            message: message(id, state, in_use.as_ref(), dating),
        })
    }

    /// Puts a stored snapshot in use from now on, older or not.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`] if there is no such snapshot.
    pub async fn activate(
        &self,
        snapshot_id: &str,
        actor: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let row = self.snapshot(snapshot_id).await?;
        let mut tx = self.write.begin().await.map_err(failed("begin"))?;
        let activation = Activating {
            source: &row.source,
            snapshot_id,
            explicit: true,
        };
        self.put_in_use(&mut tx, activation, actor, now).await?;
        tx.commit().await.map_err(failed("activate a list"))
    }

    /// Records the day of publication of a stored snapshot that had none.
    async fn put_date(
        &self,
        tx: &mut AnyConnection,
        source: &str,
        snapshot_id: &str,
        published: Date,
        actor: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO snapshot_dates (snapshot_id, published, recorded_at, recorded_by) \
             VALUES ($1, $2, $3, $4)",
        )
        .bind(snapshot_id)
        .bind(published.to_string())
        .bind(micros(now))
        .bind(actor)
        .execute(&mut *tx)
        .await
        .map_err(failed("date a list"))?;
        let event = PlainEvent {
            stream_id: format!("list:{source}"),
            kind: "ListSnapshotDated",
            leaf_kind: "list-date",
            subject: snapshot_id,
            command_id: self.new_id(now),
            actor,
            at: now,
            body: json!({
                "snapshot": snapshot_id,
                "source": source,
                "published": published,
            }),
        };
        events::append_plain(tx, event).await
    }

    async fn put_in_use(
        &self,
        tx: &mut AnyConnection,
        activation: Activating<'_>,
        actor: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO activations \
             (source, position, snapshot_id, activated_at, activated_by, explicit) \
             SELECT $1, COALESCE(MAX(position), 0) + 1, $2, $3, $4, $5 \
             FROM activations WHERE source = $1",
        )
        .bind(activation.source)
        .bind(activation.snapshot_id)
        .bind(micros(now))
        .bind(actor)
        .bind(i32::from(activation.explicit))
        .execute(&mut *tx)
        .await
        .map_err(failed("activate a list"))?;
        let event = PlainEvent {
            stream_id: format!("list:{}", activation.source),
            kind: "ListSnapshotActivated",
            leaf_kind: "list-activation",
            subject: activation.snapshot_id,
            command_id: self.new_id(now),
            actor,
            at: now,
            body: json!({
                "snapshot": activation.snapshot_id,
                "source": activation.source,
                "explicit": activation.explicit,
            }),
        };
        events::append_plain(tx, event).await
    }
}

/// What is known of a snapshot's day of publication, and what an import adds.
#[derive(Clone, Copy)]
enum Dating {
    /// Nothing to add: the day that counts, if there is one.
    Kept(Option<Date>),
    /// The snapshot is stored without a day; the import says it.
    Now(Date),
    /// The snapshot is stored with another day than the import says; it keeps it.
    Differs { stored: Date, given: Date },
}

impl Dating {
    fn counts(self) -> Option<Date> {
        match self {
            Dating::Kept(day) => day,
            Dating::Now(day) | Dating::Differs { stored: day, .. } => Some(day),
        }
    }
}

/// Compares the day of an import with the one stored with the same bytes.
async fn dating(
    connection: &mut AnyConnection,
    id: &str,
    snapshot: &NewSnapshot,
) -> Result<Dating, StoreError> {
    let row = sqlx::query(
        "SELECT COALESCE(s.published, d.published) AS published FROM snapshots s \
         LEFT JOIN snapshot_dates d ON d.snapshot_id = s.id WHERE s.id = $1",
    )
    .bind(id)
    .fetch_optional(connection)
    .await
    .map_err(failed("read the day of a list"))?;
    let Some(row) = row else {
        return Ok(Dating::Kept(snapshot.published));
    };
    let stored: Option<String> = cell(&row, "published")?;
    let stored = stored.as_deref().map(date).transpose()?;
    Ok(match (stored, snapshot.published) {
        (None, Some(given)) => Dating::Now(given),
        (Some(stored), Some(given)) if stored != given => Dating::Differs { stored, given },
        (stored, _) => Dating::Kept(stored),
    })
}

struct Activating<'a> {
    source: &'a str,
    snapshot_id: &'a str,
    explicit: bool,
}

/// `<source>@<first 12 hex digits of the SHA-256>`.
fn snapshot_id(source: &str, sha256: &str) -> Result<String, StoreError> {
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    if source.is_empty() || source.len() > 64 || !source.chars().all(word) {
        return Err(StoreError::Invalid(format!(
            "'{source}' is no source: 1 to 64 of a-z, 0-9, '-' and '_'"
        )));
    }
    let hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    match sha256.get(..12) {
        Some(short) if sha256.len() == 64 && sha256.chars().all(hex) => {
            Ok(format!("{source}@{short}"))
        }
        _ => Err(StoreError::Invalid(format!(
            "'{sha256}' is no SHA-256 in lower-case hex"
        ))),
    }
}

/// The files of an import: what they are called, and which of them are new.
struct Written {
    segment: String,
    /// Name and SHA-256 of each raw file.
    raw: Vec<(String, String)>,
    new: Vec<PathBuf>,
}

impl Written {
    fn undo(self) -> Result<(), StoreError> {
        for path in self.new {
            std::fs::remove_file(&path).map_err(files::failed(&path))?;
        }
        Ok(())
    }
}

fn write_files(
    folders: &Folders,
    snapshot: NewSnapshot,
) -> Result<(NewSnapshot, Written), StoreError> {
    let mut written = Written {
        segment: String::new(),
        raw: Vec::new(),
        new: Vec::new(),
    };
    match write_each(folders, &snapshot, &mut written) {
        Ok(()) => Ok((snapshot, written)),
        Err(error) => {
            written.undo()?;
            Err(error)
        }
    }
}

fn write_each(
    folders: &Folders,
    snapshot: &NewSnapshot,
    written: &mut Written,
) -> Result<(), StoreError> {
    let mut write = |path: PathBuf, bytes: &[u8]| -> Result<(), StoreError> {
        if files::write_addressed(&path, bytes)? {
            written.new.push(path);
        }
        Ok(())
    };
    for file in &snapshot.files {
        let sha256 = hex_sha256(&file.bytes);
        write(folders.raw_file(&sha256), &file.bytes)?;
        written.raw.push((storable(&file.name), sha256));
    }
    let segment = segment_bytes(&snapshot.entities)?;
    written.segment = hex_sha256(&segment);
    write(folders.segment_file(&written.segment), &segment)
}

/// Entities as JSON lines: one line each, so that a reader need not hold all of them.
pub(super) fn segment_bytes(entities: &[Entity]) -> Result<Vec<u8>, StoreError> {
    let mut bytes = Vec::new();
    for entity in entities {
        serde_json::to_writer(&mut bytes, entity)
            .map_err(|e| StoreError::Invalid(format!("entity {}: {e}", entity.id)))?;
        bytes.push(b'\n');
    }
    Ok(bytes)
}

/// The snapshot in use for a source.
async fn in_use(connection: &mut AnyConnection, source: &str) -> Result<Option<InUse>, StoreError> {
    let row = sqlx::query(
        "SELECT s.id, COALESCE(s.published, d.published) AS published, s.names, s.counts \
         FROM activations a JOIN snapshots s ON s.id = a.snapshot_id \
         LEFT JOIN snapshot_dates d ON d.snapshot_id = s.id \
         WHERE a.source = $1 ORDER BY a.position DESC LIMIT 1",
    )
    .bind(source)
    .fetch_optional(connection)
    .await
    .map_err(failed("read the list in use"))?;
    let Some(row) = row else { return Ok(None) };
    let published: Option<String> = cell(&row, "published")?;
    let counts: String = cell(&row, "counts")?;
    Ok(Some(InUse {
        id: cell(&row, "id")?,
        published: published.as_deref().map(date).transpose()?,
        names: count(&row, "names")?,
        counts: serde_json::from_str(&counts)
            .map_err(|e| StoreError::Damaged(format!("counts of a snapshot: {e}")))?,
    }))
}

/// Inserts the snapshot's row unless it is there. Says whether it was new.
async fn insert_snapshot(
    tx: &mut AnyConnection,
    id: &str,
    snapshot: &NewSnapshot,
    written: &Written,
    options: ImportOptions,
    actor: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let counts =
        serde_json::to_string(&snapshot.counts).map_err(|e| StoreError::Invalid(e.to_string()))?;
    let inserted = sqlx::query(
        "INSERT INTO snapshots (id, source, published, sha256, recorded_at, recorded_by, \
         entities, names, counts, issues, staged, segment) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (id) DO NOTHING",
    )
    .bind(id)
    .bind(&snapshot.source)
    .bind(snapshot.published.map(|d| d.to_string()))
    .bind(&snapshot.sha256)
    .bind(micros(now))
    .bind(actor)
    .bind(signed(snapshot.entities.len() as u64)?)
    .bind(signed(snapshot.names)?)
    .bind(counts)
    .bind(signed(snapshot.issues.len() as u64)?)
    .bind(i32::from(!options.activate))
    .bind(&written.segment)
    .execute(tx)
    .await
    .map_err(failed("store a list"))?;
    Ok(inserted.rows_affected() > 0)
}

async fn insert_details(
    tx: &mut AnyConnection,
    id: &str,
    snapshot: &NewSnapshot,
    written: &Written,
) -> Result<(), StoreError> {
    let files: Vec<(i64, &(String, String))> = (0..).zip(&written.raw).collect();
    Insert {
        table: "snapshot_files",
        columns: "snapshot_id,position,name,sha256",
        tail: "",
    }
    .rows(tx, &files, |query, (position, (name, sha256))| {
        query
            .bind(id.to_owned())
            .bind(position)
            .bind(name)
            .bind(sha256)
    })
    .await?;
    let issues: Vec<_> = (0_i64..).zip(&snapshot.issues).collect();
    Insert {
        table: "snapshot_issues",
        columns: "snapshot_id,position,line,field,code,text",
        tail: "",
    }
    .rows(tx, &issues, |query, (position, issue)| {
        query
            .bind(id.to_owned())
            .bind(position)
            .bind(issue.line.and_then(|n| i64::try_from(n).ok()))
            .bind(issue.field.as_deref().map(storable))
            .bind(&issue.code)
            .bind(storable(&issue.text))
    })
    .await
}

/// The event of an import; who, when and its id are the caller's.
fn imported_event<'a>(id: &'a str, snapshot: &NewSnapshot, state: ImportState) -> PlainEvent<'a> {
    PlainEvent {
        stream_id: format!("list:{}", snapshot.source),
        kind: "ListSnapshotImported",
        leaf_kind: "list-snapshot",
        subject: id,
        command_id: String::new(),
        actor: "",
        at: Timestamp::UNIX_EPOCH,
        body: json!({
            "snapshot": id,
            "source": snapshot.source,
            "published": snapshot.published,
            "sha256": snapshot.sha256,
            "entities": snapshot.entities.len(),
            "names": snapshot.names,
            "counts": snapshot.counts,
            "issues": snapshot.issues.len(),
            "in_use": state == ImportState::Activated,
        }),
    }
}

fn message(id: &str, state: ImportState, before: Option<&InUse>, dating: Dating) -> String {
    let said = match (state, before) {
        (ImportState::Activated, Some(before)) => {
            format!("{id} is in use, instead of {}", before.id)
        }
        (ImportState::Activated, None) => format!("{id} is in use"),
        (ImportState::AlreadyActive, _) if matches!(dating, Dating::Now(_)) => {
            format!("{id} is in use already")
        }
        (ImportState::AlreadyActive, _) => format!("{id} is in use already; nothing changed"),
        (ImportState::StoredOlder, Some(before)) => {
            let day = before.published.map(|day| format!(" ({day})"));
            format!(
                "{id} is stored, not activated: it was published earlier than {}{}, \
                 which stays in use",
                before.id,
                day.unwrap_or_default()
            )
        }
        (ImportState::StoredOlder, None) | (ImportState::StoredNotActivated, _) => {
            format!("{id} is stored, not activated")
        }
    };
    match dating {
        Dating::Kept(_) => said,
        Dating::Now(day) => {
            format!("{said}; it had no day of publication and is dated {day} from now on")
        }
        Dating::Differs { stored, given } => {
            format!("{said}; it keeps its day of publication {stored}, {given} was not used")
        }
    }
}
