//! The ledger in the database: places, hashes, checkpoints, proofs.

mod sequence;

use crate::assessments::AssessmentContent;
use crate::events::{StoredEvent, content_salt};
use crate::files::{self, blocking};
use crate::sql::{MAX_IDS, cell, count, failed, micros, places, signed, time, unsigned};
use crate::{Store, StoreError};
use jiff::Timestamp;
use portcullis_ledger::{
    Checkpoint, Hash, Opening, Proof, TileKind, TilePath, consistency_indexes, consistency_proof,
    encode_entries, inclusion_indexes, inclusion_proof, read_tile, root, root_indexes,
    verify_consistency,
};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe};
use std::collections::HashMap;
use std::fmt::Display;

/// What a run of the sequencer did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sequenced {
    /// Entries that got their place.
    pub entries: u64,
    /// Entries in the ledger now.
    pub size: u64,
}

/// A signed checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCheckpoint {
    /// Entries in the tree.
    pub size: u64,
    /// Root of the tree, lower-case hex.
    pub root: String,
    /// The signed note (c2sp.org/tlog-checkpoint).
    pub note: String,
    /// When it was signed.
    pub signed_at: Timestamp,
}

/// How the ledger stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerStatus {
    /// Name of the ledger.
    pub origin: String,
    /// Public key (`name+hash+base64`).
    pub verifier_key: String,
    /// Entries that have their place.
    pub size: u64,
    /// Entries that wait for theirs.
    pub pending: u64,
    /// The latest checkpoint, if there is one.
    pub checkpoint: Option<StoredCheckpoint>,
}

/// A leaf as it is stored.
pub(crate) struct LeafRow {
    pub subject: String,
    pub kind: String,
    pub recorded_at: i64,
    pub entry: String,
    /// Hex; `None` where it lies with erasable content.
    pub salt: Option<String>,
    pub seq: Option<u64>,
}

/// The columns that [`LeafRow::from_row`] reads, of a table `l`.
pub(crate) const LEAF_COLUMNS: &str = "l.command_id AS leaf_id, l.subject, l.kind AS leaf_kind, \
     l.recorded_at AS leaf_recorded_at, l.entry, l.salt, l.seq";

impl LeafRow {
    pub(crate) fn from_row(row: &AnyRow) -> Result<LeafRow, StoreError> {
        let seq: Option<i64> = cell(row, "seq")?;
        Ok(LeafRow {
            subject: cell(row, "subject")?,
            kind: cell(row, "leaf_kind")?,
            recorded_at: cell(row, "leaf_recorded_at")?,
            entry: cell(row, "entry")?,
            salt: cell(row, "salt")?,
            seq: seq.map(unsigned).transpose()?,
        })
    }

    /// Recomputes the opening from what is stored, and holds it against the
    /// entry. The error says what does not fit.
    pub(crate) fn opening(
        &self,
        event: &StoredEvent,
        content: Option<&AssessmentContent<'_>>,
    ) -> Result<Opening, String> {
        let envelope = event.envelope_digest().map_err(|e| e.to_string())?;
        let (digest, salt) = match (content, &self.salt) {
            (Some(content), _) => {
                let digest = portcullis_domain::digest(&content.decision)?;
                let secret = hash(&content.secret).ok_or("its salt is damaged")?;
                let digest = hash(&digest).ok_or("its digest is damaged")?;
                (digest, content_salt(&secret, &envelope))
            }
            (None, Some(salt)) => (envelope, hash(salt).ok_or("its salt is damaged")?),
            (None, None) => return Err("its salt is missing".to_owned()),
        };
        let opening = Opening {
            subject: self.subject.clone(),
            kind: self.kind.clone(),
            recorded_at: event.recorded_at,
            digest,
            salt,
        };
        let leaf = opening.leaf().map_err(|e| e.to_string())?;
        if leaf.to_bytes() != self.entry.as_bytes() {
            return Err("the record is not the one that the ledger vouches for".to_owned());
        }
        Ok(opening)
    }
}

fn hash(hex_text: &str) -> Option<Hash> {
    hex::decode(hex_text).ok()?.try_into().ok()
}

pub(crate) fn broken(error: impl Display) -> StoreError {
    StoreError::Ledger(error.to_string())
}

/// The stored hashes with these indexes. One that is missing is missing in the
/// map, and whoever reads the map says so.
pub(crate) async fn hashes(
    connection: &mut AnyConnection,
    indexes: &[u64],
) -> Result<HashMap<u64, Hash>, StoreError> {
    let mut found = HashMap::with_capacity(indexes.len());
    for chunk in indexes.chunks(MAX_IDS) {
        let sql = format!(
            "SELECT idx, hash FROM ledger_hashes WHERE idx IN {}",
            places(1, chunk.len())
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for &index in chunk {
            query = query.bind(signed(index)?);
        }
        let rows = query.fetch_all(&mut *connection).await;
        for row in rows.map_err(failed("read the ledger's hashes"))? {
            let (index, hash) = stored_hash(&row)?;
            found.insert(index, hash);
        }
    }
    Ok(found)
}

pub(crate) fn stored_hash(row: &AnyRow) -> Result<(u64, Hash), StoreError> {
    let index = count(row, "idx")?;
    let bytes: Vec<u8> = cell(row, "hash")?;
    let hash = bytes
        .try_into()
        .map_err(|_| StoreError::Damaged(format!("the ledger's hash {index} is not 32 bytes")))?;
    Ok((index, hash))
}

/// A log that signs two heads of which one does not continue the other is worth
/// nothing any more: refuse before signing.
async fn continues(
    tx: &mut AnyConnection,
    old: &Checkpoint,
    head: &Checkpoint,
) -> Result<(), StoreError> {
    if old.size > head.size {
        return Err(StoreError::Ledger(format!(
            "it has {} entries, and {} were signed: the database was put back to an earlier state",
            head.size, old.size
        )));
    }
    let needed = consistency_indexes(old.size, head.size).map_err(broken)?;
    let stored = hashes(tx, &needed).await?;
    let proof = consistency_proof(old.size, head.size, &stored).map_err(broken)?;
    verify_consistency(&proof, old.size, old.root, head.size, head.root).map_err(|_| {
        StoreError::Ledger(format!(
            "its entries do not continue the checkpoint of {} entries; see `portcullis ledger check`",
            old.size
        ))
    })
}

async fn latest(connection: &mut AnyConnection) -> Result<Option<StoredCheckpoint>, StoreError> {
    let row = sqlx::query(
        "SELECT size, root, note, signed_at FROM checkpoints ORDER BY size DESC LIMIT 1",
    )
    .fetch_optional(connection)
    .await
    .map_err(failed("read the checkpoint"))?;
    row.as_ref().map(checkpoint_row).transpose()
}

pub(crate) fn checkpoint_row(row: &AnyRow) -> Result<StoredCheckpoint, StoreError> {
    Ok(StoredCheckpoint {
        size: count(row, "size")?,
        root: cell(row, "root")?,
        note: cell(row, "note")?,
        signed_at: time(cell(row, "signed_at")?)?,
    })
}

impl Store {
    /// Sequences what waits and signs the head of the ledger. The same head is
    /// signed once only.
    ///
    /// # Errors
    ///
    /// [`StoreError::Ledger`] if the ledger does not continue the last
    /// checkpoint: then nothing is signed.
    pub async fn checkpoint(&self, now: Timestamp) -> Result<StoredCheckpoint, StoreError> {
        self.sequence_pending().await?;
        let mut tx = self.write.begin().await.map_err(failed("begin"))?;
        let size = sequence::lock_head(&mut tx).await?;
        let kept = self.kept_head().await?;
        let before = latest(&mut tx).await?;
        if let Some(before) = &before
            && before.size == size
            && kept.as_ref().is_none_or(|kept| kept.size <= size)
        {
            return Ok(before.clone());
        }
        let needed = root_indexes(size).map_err(broken)?;
        let head = Checkpoint {
            origin: self.keys.ledger.verifier().name().to_owned(),
            size,
            root: root(size, &hashes(&mut tx, &needed).await?).map_err(broken)?,
        };
        if let Some(before) = before {
            let before = self.verified(before.note.as_bytes())?;
            continues(&mut tx, &before, &head).await?;
        }
        if let Some(kept) = kept {
            continues(&mut tx, &kept, &head).await?;
        }
        let signed_head = StoredCheckpoint {
            size,
            root: hex::encode(head.root),
            note: head.sign(&self.keys.ledger).map_err(broken)?,
            signed_at: now,
        };
        insert_checkpoint(&mut tx, &signed_head).await?;
        tx.commit().await.map_err(failed("store a checkpoint"))?;
        self.keep_head(&signed_head.note).await?;
        Ok(signed_head)
    }

    fn verified(&self, note: &[u8]) -> Result<Checkpoint, StoreError> {
        Checkpoint::open(note, self.keys.ledger.verifier()).map_err(broken)
    }

    /// The last checkpoint that was signed with this data folder.
    pub(crate) async fn kept_head(&self) -> Result<Option<Checkpoint>, StoreError> {
        let path = self.folders.signed_head();
        let note = blocking(move || files::read_text_if_there(&path)).await?;
        note.map(|note| self.verified(note.as_bytes())).transpose()
    }

    async fn keep_head(&self, note: &str) -> Result<(), StoreError> {
        let path = self.folders.signed_head();
        let note = note.as_bytes().to_owned();
        blocking(move || files::write_whole(&path, &note)).await
    }

    /// The latest checkpoint, if there is one.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn latest_checkpoint(&self) -> Result<Option<StoredCheckpoint>, StoreError> {
        latest(&mut *self.reader().await?).await
    }

    /// A proof file for a decision, against the latest checkpoint; signs a new
    /// one at `now` if the decision is not covered yet.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`]; [`StoreError::Erased`].
    pub async fn prove(&self, decision_id: &str, now: Timestamp) -> Result<Vec<u8>, StoreError> {
        let content = self.assessment_content(decision_id).await?;
        let content = content.ok_or_else(|| StoreError::Erased(decision_id.to_owned()))?;
        let (mut leaf, event) = self.leaf_and_event(decision_id).await?;
        let checkpoint = match (self.latest_checkpoint().await?, leaf.seq) {
            (Some(checkpoint), Some(index)) if index < checkpoint.size => checkpoint,
            _ => {
                let checkpoint = self.checkpoint(now).await?;
                leaf = self.leaf_and_event(decision_id).await?.0;
                checkpoint
            }
        };
        let opening = leaf
            .opening(&event, Some(&content))
            .map_err(|why| StoreError::Damaged(format!("decision {decision_id}: {why}")))?;
        let index = leaf.seq.ok_or_else(|| {
            StoreError::Ledger(format!("decision {decision_id} did not get its place"))
        })?;
        let needed = inclusion_indexes(index, checkpoint.size).map_err(broken)?;
        let stored = hashes(&mut *self.reader().await?, &needed).await?;
        let path = inclusion_proof(index, checkpoint.size, &stored).map_err(broken)?;
        Proof::new(opening, index, path, &checkpoint.note)
            .and_then(|proof| proof.to_bytes())
            .map_err(broken)
    }

    async fn leaf_and_event(&self, id: &str) -> Result<(LeafRow, StoredEvent), StoreError> {
        let sql = format!(
            "SELECT {LEAF_COLUMNS}, e.* FROM leaves l \
             JOIN events e ON e.command_id = l.command_id WHERE l.command_id = $1"
        );
        let row = sqlx::query(AssertSqlSafe(sql))
            .bind(id)
            .fetch_optional(&self.read)
            .await
            .map_err(failed("read a ledger entry"))?;
        let row = row.ok_or_else(|| StoreError::NotFound {
            what: "decision",
            id: id.to_owned(),
        })?;
        Ok((LeafRow::from_row(&row)?, StoredEvent::from_row(&row)?))
    }

    /// The ledger's public key, `name+hash+base64`.
    pub fn verifier_key(&self) -> String {
        self.keys.ledger.verifier().to_string()
    }

    /// A tile or entry bundle under its path (`tile/0/000`,
    /// `tile/entries/000.p/5`); `None` if the path is not one, or lies beyond
    /// the latest checkpoint.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn tile(&self, path: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let Ok(path) = TilePath::parse(path) else {
            return Ok(None);
        };
        let mut connection = self.reader().await?;
        let size = latest(&mut connection).await?.map_or(0, |c| c.size);
        if !path.is_in_tree(size) {
            return Ok(None);
        }
        if path.kind() == TileKind::Entries {
            return self.bundle(&path, size).await.map(Some);
        }
        let needed = path.stored_indexes(size).map_err(broken)?;
        let stored = hashes(&mut connection, &needed).await?;
        read_tile(&path, size, &stored).map(Some).map_err(broken)
    }

    async fn bundle(&self, path: &TilePath, size: u64) -> Result<Vec<u8>, StoreError> {
        let range = path.entry_range(size).map_err(broken)?;
        let rows =
            sqlx::query("SELECT entry FROM leaves WHERE seq >= $1 AND seq < $2 ORDER BY seq")
                .bind(signed(range.start)?)
                .bind(signed(range.end)?)
                .fetch_all(&self.read)
                .await
                .map_err(failed("read ledger entries"))?;
        let entries: Vec<String> = rows
            .iter()
            .map(|row| cell(row, "entry"))
            .collect::<Result<_, _>>()?;
        if entries.len() as u64 != range.end - range.start {
            return Err(StoreError::Ledger("entries are missing".to_owned()));
        }
        encode_entries(&entries).map_err(broken)
    }

    /// How the ledger stands.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn ledger_status(&self) -> Result<LedgerStatus, StoreError> {
        let row = sqlx::query(
            "SELECT size, (SELECT COUNT(*) FROM leaves WHERE seq IS NULL) AS pending \
             FROM ledger_head WHERE id = 1",
        )
        .fetch_one(&self.read)
        .await
        .map_err(failed("read the ledger's head"))?;
        let key = self.keys.ledger.verifier();
        Ok(LedgerStatus {
            origin: key.name().to_owned(),
            verifier_key: key.to_string(),
            size: count(&row, "size")?,
            pending: count(&row, "pending")?,
            checkpoint: self.latest_checkpoint().await?,
        })
    }
}

async fn insert_checkpoint(
    tx: &mut AnyConnection,
    checkpoint: &StoredCheckpoint,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO checkpoints (size, root, note, signed_at) VALUES ($1, $2, $3, $4)")
        .bind(signed(checkpoint.size)?)
        .bind(&checkpoint.root)
        .bind(&checkpoint.note)
        .bind(micros(checkpoint.signed_at))
        .execute(tx)
        .await
        .map_err(failed("store a checkpoint"))?;
    Ok(())
}
