//! Recomputing everything, as `portcullis ledger check` does.

mod policies;
mod records;
mod screenings;

use crate::ledger::{LEAF_COLUMNS, broken, checkpoint_row, stored_hash};
use crate::sql::{cell, count, failed, signed};
use crate::{Store, StoreError};
use portcullis_ledger::{CheckError, Checker, Checkpoint, Hash, stored_count};
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;
use std::collections::{BTreeMap, HashMap};
use std::error::Error;

/// Entries read at once; memory does not grow with the ledger.
const PAGE: i64 = 250;

/// Something that is not as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckProblem {
    /// Place in the ledger, from 0, if it has one.
    pub index: Option<u64>,
    /// Id of the record, if known.
    pub subject: Option<String>,
    /// What is wrong, in plain words.
    pub text: String,
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckReport {
    /// Entries recomputed.
    pub size: u64,
    /// Entries that wait for their place; checked too, but not yet tamper-evident.
    pub pending: u64,
    /// Root over all entries, lower-case hex.
    pub root: String,
    /// Entries of each kind.
    pub kinds: BTreeMap<String, u64>,
    /// Decisions recomputed from their contents.
    pub decisions: u64,
    /// Screenings held against the digest of their batch.
    pub screenings: u64,
    /// Decisions and screenings whose contents were erased.
    pub erased: u64,
    /// Checkpoints verified.
    pub checkpoints: u64,
    /// The first thing wrong; `None` if everything holds.
    pub problem: Option<CheckProblem>,
}

/// Why a check stops.
enum Stop {
    Problem(CheckProblem),
    Failed(StoreError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Stop {
        match error {
            // What cannot be read back was changed: that is an answer.
            StoreError::Damaged(text) => Stop::Problem(CheckProblem {
                index: None,
                subject: None,
                text,
            }),
            other => Stop::Failed(other),
        }
    }
}

fn problem(index: Option<u64>, subject: Option<&str>, text: impl Into<String>) -> Stop {
    Stop::Problem(CheckProblem {
        index,
        subject: subject.map(str::to_owned),
        text: text.into(),
    })
}

/// What was counted on the way.
#[derive(Default)]
struct Progress {
    checker: Checker,
    pending: u64,
    decisions: u64,
    screenings: u64,
    erased: u64,
    checkpoints: u64,
}

impl Store {
    /// Recomputes every leaf, hash, checkpoint, event and decision, and names
    /// the first that is not as it was recorded.
    ///
    /// The name of the file a message came in, and its place in it, stand in no
    /// event: they are checked against the sealed contents only. That the end
    /// of the ledger was cut off together with its checkpoints is told by the
    /// last checkpoint in the data folder; if that was put back too, only by
    /// somebody else who kept a later one.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database cannot be read. What is wrong in the
    /// ledger is the answer, not an error.
    pub async fn check(&self) -> Result<CheckReport, StoreError> {
        let mut progress = Progress::default();
        let stopped = self.check_all(&mut progress).await.err();
        let problem = match stopped {
            None => None,
            Some(Stop::Problem(problem)) => Some(problem),
            Some(Stop::Failed(error)) => return Err(error),
        };
        let tree = progress.checker.report();
        Ok(CheckReport {
            size: tree.size,
            pending: progress.pending,
            root: hex::encode(tree.root),
            kinds: tree.kinds,
            decisions: progress.decisions,
            screenings: progress.screenings,
            erased: progress.erased,
            checkpoints: progress.checkpoints,
            problem,
        })
    }

    async fn check_all(&self, progress: &mut Progress) -> Result<(), Stop> {
        let checkpoints = self.verified_checkpoints().await?;
        self.check_sequenced(progress, &checkpoints).await?;
        self.check_pending(progress).await?;
        self.check_ends(progress, &checkpoints).await?;
        self.check_orphans().await
    }

    /// The checkpoints by size, each verified with the ledger's key.
    async fn verified_checkpoints(&self) -> Result<BTreeMap<u64, Checkpoint>, Stop> {
        let rows = sqlx::query("SELECT size, root, note, signed_at FROM checkpoints")
            .fetch_all(&self.read)
            .await
            .map_err(failed("read the checkpoints"))?;
        let mut verified = BTreeMap::new();
        for row in &rows {
            let row = checkpoint_row(row)?;
            let size = row.size;
            let refused = |why: String| {
                problem(
                    None,
                    None,
                    format!("the checkpoint of {size} entries: {why}"),
                )
            };
            let checkpoint = Checkpoint::open(row.note.as_bytes(), self.keys.ledger.verifier())
                .map_err(|e| refused(with_causes(&e)))?;
            if checkpoint.size != size || hex::encode(checkpoint.root) != row.root {
                return Err(refused("its row does not say what was signed".to_owned()));
            }
            verified.insert(size, checkpoint);
        }
        let kept = self.kept_head().await.map_err(|e| {
            problem(
                None,
                None,
                format!("the checkpoint kept in the data folder: {e}"),
            )
        })?;
        if let Some(kept) = kept {
            let here = verified.entry(kept.size).or_insert_with(|| kept.clone());
            if *here != kept {
                let text = "another checkpoint was signed than the one kept in the data folder";
                return Err(problem(None, None, text));
            }
        }
        Ok(verified)
    }

    async fn check_sequenced(
        &self,
        progress: &mut Progress,
        checkpoints: &BTreeMap<u64, Checkpoint>,
    ) -> Result<(), Stop> {
        confirm(progress, checkpoints, None)?;
        let sql = format!(
            "SELECT {LEAF_COLUMNS}, e.* FROM leaves l \
             LEFT JOIN events e ON e.command_id = l.command_id \
             WHERE l.seq >= $1 ORDER BY l.seq LIMIT $2"
        );
        loop {
            let first = progress.checker.size();
            let rows = sqlx::query(AssertSqlSafe(sql.clone()))
                .bind(signed(first)?)
                .bind(PAGE)
                .fetch_all(&self.read)
                .await
                .map_err(failed("read ledger entries"))?;
            if rows.is_empty() {
                return Ok(());
            }
            let hashes = self
                .hashes_between(first, first + rows.len() as u64)
                .await?;
            let evidence = self.evidence_of(&rows).await?;
            for row in &rows {
                self.check_tree(progress, row, &hashes)?;
                let index = progress.checker.size() - 1;
                self.check_record(progress, row, &evidence).await?;
                confirm(progress, checkpoints, Some(index))?;
            }
        }
    }

    fn check_tree(
        &self,
        progress: &mut Progress,
        row: &AnyRow,
        hashes: &HashMap<u64, Hash>,
    ) -> Result<(), Stop> {
        let expected = progress.checker.size();
        let seq = count(row, "seq")?;
        let subject: String = cell(row, "subject")?;
        if seq != expected {
            let text = format!("entry {expected} is missing");
            return Err(problem(Some(expected), None, text));
        }
        let entry: String = cell(row, "entry")?;
        progress
            .checker
            .add_against(entry.as_bytes(), hashes)
            .map_err(|e| problem(Some(expected), Some(&subject), with_causes(&e)))
    }

    /// The stored hashes that the entries from `first` to before `end` added.
    async fn hashes_between(&self, first: u64, end: u64) -> Result<HashMap<u64, Hash>, Stop> {
        let from = stored_count(first).map_err(broken)?;
        let to = stored_count(end).map_err(broken)?;
        let rows = sqlx::query("SELECT idx, hash FROM ledger_hashes WHERE idx >= $1 AND idx < $2")
            .bind(signed(from)?)
            .bind(signed(to)?)
            .fetch_all(&self.read)
            .await
            .map_err(failed("read the ledger's hashes"))?;
        let read = rows.iter().map(stored_hash);
        Ok(read.collect::<Result<HashMap<_, _>, _>>()?)
    }

    async fn check_pending(&self, progress: &mut Progress) -> Result<(), Stop> {
        let sql = format!(
            "SELECT {LEAF_COLUMNS}, e.* FROM leaves l \
             LEFT JOIN events e ON e.command_id = l.command_id \
             WHERE l.seq IS NULL AND l.command_id > $1 ORDER BY l.command_id LIMIT $2"
        );
        let mut after = String::new();
        loop {
            let rows = sqlx::query(AssertSqlSafe(sql.clone()))
                .bind(&after)
                .bind(PAGE)
                .fetch_all(&self.read)
                .await
                .map_err(failed("read waiting entries"))?;
            let Some(last) = rows.last() else {
                return Ok(());
            };
            after = cell(last, "leaf_id")?;
            let evidence = self.evidence_of(&rows).await?;
            for row in &rows {
                self.check_record(progress, row, &evidence).await?;
                progress.pending += 1;
            }
        }
    }

    /// The head and the last checkpoint must not know of more than there is.
    async fn check_ends(
        &self,
        progress: &Progress,
        checkpoints: &BTreeMap<u64, Checkpoint>,
    ) -> Result<(), Stop> {
        let size = progress.checker.size();
        let row = sqlx::query(
            "SELECT size, (SELECT COUNT(*) FROM ledger_hashes) AS hashes \
             FROM ledger_head WHERE id = 1",
        )
        .fetch_one(&self.read)
        .await
        .map_err(failed("read the ledger's head"))?;
        let signed_size = checkpoints.keys().next_back().copied().unwrap_or(0);
        let head = count(&row, "size")?.max(signed_size);
        if head > size {
            let text = format!("entry {size} is missing: there should be {head} entries");
            return Err(problem(Some(size), None, text));
        }
        if count(&row, "hashes")? != stored_count(size).map_err(broken)? {
            return Err(problem(
                None,
                None,
                "there are hashes of entries that do not exist",
            ));
        }
        Ok(())
    }

    /// Records that no leaf vouches for.
    async fn check_orphans(&self) -> Result<(), Stop> {
        let orphans = [
            "SELECT e.command_id AS id FROM events e LEFT JOIN leaves l \
             ON l.command_id = e.command_id WHERE l.command_id IS NULL LIMIT 1",
            "SELECT d.decision_id AS id FROM decisions d LEFT JOIN leaves l \
             ON l.command_id = d.decision_id WHERE l.command_id IS NULL LIMIT 1",
            "SELECT t.decision_id AS id FROM transactions t LEFT JOIN leaves l \
             ON l.command_id = t.decision_id WHERE l.command_id IS NULL LIMIT 1",
            "SELECT s.id FROM screenings s LEFT JOIN leaves l \
             ON l.command_id = s.batch_id AND l.kind = 'screenings' \
             WHERE l.command_id IS NULL LIMIT 1",
            "SELECT d.id FROM dispositions d LEFT JOIN events e \
             ON e.stream_id = 'disposition:' || d.id AND e.stream_seq = 1 \
             WHERE e.command_id IS NULL LIMIT 1",
        ];
        for sql in orphans {
            let row = sqlx::query(sql)
                .fetch_optional(&self.read)
                .await
                .map_err(failed("look for records without entry"))?;
            if let Some(row) = row {
                let id: String = cell(&row, "id")?;
                return Err(problem(
                    None,
                    Some(&id),
                    "no ledger entry vouches for this record",
                ));
            }
        }
        Ok(())
    }
}

/// Holds the tree so far against the checkpoint of this size, if there is one.
fn confirm(
    progress: &mut Progress,
    checkpoints: &BTreeMap<u64, Checkpoint>,
    index: Option<u64>,
) -> Result<(), Stop> {
    if let Some(checkpoint) = checkpoints.get(&progress.checker.size()) {
        let confirmed: Result<(), CheckError> = progress.checker.confirm(checkpoint);
        confirmed.map_err(|e| problem(index, None, with_causes(&e)))?;
        progress.checkpoints += 1;
    }
    Ok(())
}

/// An error with what lies behind it, in one line.
fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}
