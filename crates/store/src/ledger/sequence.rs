//! The sequencer: gives waiting entries their place, one batch a transaction.

use super::{Sequenced, broken, hashes};
use crate::sql::{Insert, MAX_IDS, cell, count, failed, places, signed};
use crate::{Store, StoreError};
use portcullis_ledger::{Edge, Hash, root_indexes};
use sqlx::{AnyConnection, AssertSqlSafe};

/// Entries in one transaction.
const BATCH: i64 = 2_000;
/// Places given in one statement, with two parameters each.
const PLACES: usize = MAX_IDS / 2;

/// Takes the head of the ledger: the first statement is a write, so that there
/// is one sequencer at a time in all processes. Returns the size.
pub(super) async fn lock_head(tx: &mut AnyConnection) -> Result<u64, StoreError> {
    let row = sqlx::query("UPDATE ledger_head SET size = size WHERE id = 1 RETURNING size")
        .fetch_one(tx)
        .await
        .map_err(failed("take the ledger's head"))?;
    count(&row, "size")
}

impl Store {
    /// Gives every waiting entry its place, in the order of recording.
    ///
    /// # Errors
    ///
    /// [`StoreError::Ledger`] if the stored hashes are damaged.
    pub async fn sequence_pending(&self) -> Result<Sequenced, StoreError> {
        let mut sequenced = Sequenced {
            entries: 0,
            size: 0,
        };
        loop {
            let mut tx = self.write.begin().await.map_err(failed("begin"))?;
            let size = lock_head(&mut tx).await?;
            let waiting = waiting(&mut tx).await?;
            let entries = waiting.len() as u64;
            if entries > 0 {
                append(&mut tx, size, &waiting).await?;
                tx.commit().await.map_err(failed("sequence the ledger"))?;
            }
            sequenced.entries += entries;
            sequenced.size = size + entries;
            if entries < BATCH.unsigned_abs() {
                return Ok(sequenced);
            }
        }
    }
}

struct Waiting {
    command_id: String,
    entry: String,
}

async fn waiting(tx: &mut AnyConnection) -> Result<Vec<Waiting>, StoreError> {
    let rows = sqlx::query(
        "SELECT command_id, entry FROM leaves WHERE seq IS NULL ORDER BY command_id LIMIT $1",
    )
    .bind(BATCH)
    .fetch_all(tx)
    .await
    .map_err(failed("read waiting entries"))?;
    let waiting = rows.iter().map(|row| {
        Ok(Waiting {
            command_id: cell(row, "command_id")?,
            entry: cell(row, "entry")?,
        })
    });
    waiting.collect()
}

async fn append(tx: &mut AnyConnection, size: u64, waiting: &[Waiting]) -> Result<(), StoreError> {
    let needed = root_indexes(size).map_err(broken)?;
    let mut edge = Edge::read(size, &hashes(tx, &needed).await?).map_err(broken)?;
    let mut stored: Vec<(u64, Hash)> = Vec::with_capacity(waiting.len() * 2);
    let mut placed: Vec<(&str, i64)> = Vec::with_capacity(waiting.len());
    for one in waiting {
        let index = edge
            .append(one.entry.as_bytes(), &mut stored)
            .map_err(broken)?;
        placed.push((&one.command_id, signed(index)?));
    }
    Insert {
        table: "ledger_hashes",
        columns: "idx,hash",
        tail: "",
    }
    .rows(tx, &stored, |query, (index, hash)| {
        // Indexes are below 2⁵⁰, see `MAX_TREE_SIZE`.
        query.bind(*index as i64).bind(hash.as_slice())
    })
    .await?;
    give_places(tx, &placed).await?;
    sqlx::query("UPDATE ledger_head SET size = $1 WHERE id = 1")
        .bind(signed(edge.size())?)
        .execute(tx)
        .await
        .map_err(failed("move the ledger's head"))?;
    Ok(())
}

async fn give_places(tx: &mut AnyConnection, placed: &[(&str, i64)]) -> Result<(), StoreError> {
    for chunk in placed.chunks(PLACES) {
        // Both databases call the columns of VALUES column1, column2.
        let sql = format!(
            "UPDATE leaves SET seq = v.column2 FROM (VALUES {}) AS v \
             WHERE leaves.command_id = v.column1 AND leaves.seq IS NULL",
            places(chunk.len(), 2)
        );
        let query = chunk
            .iter()
            .fold(sqlx::query(AssertSqlSafe(sql)), |q, (id, seq)| {
                q.bind(*id).bind(*seq)
            });
        let given = query
            .execute(&mut *tx)
            .await
            .map_err(failed("give entries their places"))?;
        if given.rows_affected() != chunk.len() as u64 {
            return Err(StoreError::Ledger(
                "an entry was given its place twice".to_owned(),
            ));
        }
    }
    Ok(())
}
