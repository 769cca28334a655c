//! Reading judgements, and finding those on a party.

use super::{
    CustomerRef, DispositionContent, DispositionFilter, DispositionOf, EndContent,
    StoredDisposition,
};
use crate::contents;
use crate::sql::{MAX_IDS, Where, cell, count, date, failed, places, time};
use crate::{Page, Paged, Store, StoreError};
use portcullis_casework::{Disposition, Hand, Progress, Verdict};
use portcullis_domain::Party;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe};
use std::collections::{BTreeMap, HashMap};

const COLUMNS: &str = "d.*, c.ciphertext, k.wrapped, e.id AS end_id, \
     e.ciphertext AS end_ciphertext, f.wrapped AS end_wrapped";
const TABLES: &str = "dispositions d LEFT JOIN contents c ON c.id = d.id \
     LEFT JOIN content_keys k ON k.content_id = d.id \
     LEFT JOIN contents e ON e.subject = d.id AND e.class = 'disposition-end' \
     LEFT JOIN content_keys f ON f.content_id = e.id";

impl Store {
    /// One judgement.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`].
    pub async fn disposition(&self, id: &str) -> Result<StoredDisposition, StoreError> {
        self.disposition_in(&mut *self.reader().await?, id).await
    }

    pub(super) async fn disposition_in(
        &self,
        connection: &mut AnyConnection,
        id: &str,
    ) -> Result<StoredDisposition, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM {TABLES} WHERE d.id = $1");
        let row = sqlx::query(AssertSqlSafe(sql))
            .bind(id)
            .fetch_optional(connection)
            .await
            .map_err(failed("read a judgement"))?;
        let row = row.ok_or_else(|| StoreError::NotFound {
            what: "judgement",
            id: id.chars().take(64).collect(),
        })?;
        self.disposition_row(&row)
    }

    /// Judgements, newest first.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn dispositions(
        &self,
        filter: &DispositionFilter,
        page: Page,
    ) -> Result<Paged<StoredDisposition>, StoreError> {
        let (customer, entity) = match &filter.of {
            Some(DispositionOf::Customer(customer)) => (Some(customer), None),
            Some(DispositionOf::Entity(entity)) => (None, Some(entity.as_str())),
            None => (None, None),
        };
        let order = "d.proposed_at DESC, d.id DESC";
        Where::default()
            .and_text("d.book =", customer.map(|c| c.book.as_str()))
            .and_text("d.customer_id =", customer.map(|c| c.id.as_str()))
            .and_text("d.entity_id =", entity)
            .and_text("d.progress =", filter.progress.map(|p| p.as_str()))
            .and_text("d.verdict =", filter.verdict.map(|v| v.as_str()))
            .and_time("d.proposed_at >=", filter.from)
            .page(self, (COLUMNS, TABLES), order, page, |row| {
                self.disposition_row(row)
            })
            .await
    }

    /// The judgements that may concern each party (and customer), on whatever
    /// entity, those that are over left out: candidates for
    /// [`portcullis_casework::judge`]. In the order of the parties.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn judgements_on(
        &self,
        parties: &[(&Party, Option<&CustomerRef>)],
    ) -> Result<Vec<Vec<StoredDisposition>>, StoreError> {
        let keys: Vec<Vec<String>> = if self.nobody_judged().await? {
            parties.iter().map(|_| Vec::new()).collect()
        } else {
            let keys = parties.iter().map(|(p, c)| self.disposition_keys(p, *c));
            keys.collect()
        };
        let mut all: Vec<String> = keys.iter().flatten().cloned().collect();
        all.sort_unstable();
        all.dedup();
        let mut connection = self.reader().await?;
        let found = self.by_keys(&mut connection, &all).await?;
        let of_party = |keys: &Vec<String>| {
            let of_keys = keys.iter().filter_map(|k| found.get(k)).flatten();
            let by_id: BTreeMap<&str, &StoredDisposition> =
                of_keys.map(|d| (d.disposition.id.as_str(), d)).collect();
            by_id.into_values().cloned().collect()
        };
        Ok(keys.iter().map(of_party).collect())
    }

    async fn nobody_judged(&self) -> Result<bool, StoreError> {
        let row = sqlx::query(
            "SELECT COUNT(*) AS n FROM (SELECT 1 FROM disposition_keys LIMIT 1) AS one",
        )
        .fetch_one(&self.read)
        .await
        .map_err(failed("look for judgements"))?;
        Ok(count(&row, "n")? == 0)
    }

    /// The judgements under any of these keys that are not over, inside a transaction.
    pub(crate) async fn open_under_keys(
        &self,
        tx: &mut AnyConnection,
        keys: &[String],
    ) -> Result<Vec<StoredDisposition>, StoreError> {
        let found = self.by_keys(tx, keys).await?;
        let by_id: BTreeMap<String, StoredDisposition> = found
            .into_values()
            .flatten()
            .map(|d| (d.disposition.id.clone(), d))
            .collect();
        Ok(by_id.into_values().collect())
    }

    async fn by_keys(
        &self,
        connection: &mut AnyConnection,
        keys: &[String],
    ) -> Result<HashMap<String, Vec<StoredDisposition>>, StoreError> {
        let mut found: HashMap<String, Vec<StoredDisposition>> = HashMap::new();
        for chunk in keys.chunks(MAX_IDS) {
            let sql = format!(
                "SELECT {COLUMNS}, x.lookup FROM disposition_keys x \
                 JOIN dispositions d ON d.id = x.disposition_id \
                 LEFT JOIN contents c ON c.id = d.id \
                 LEFT JOIN content_keys k ON k.content_id = d.id \
                 LEFT JOIN contents e ON e.subject = d.id AND e.class = 'disposition-end' \
                 LEFT JOIN content_keys f ON f.content_id = e.id \
                 WHERE d.progress IN ('proposed', 'decided') AND x.lookup IN {}",
                places(1, chunk.len())
            );
            let query = chunk
                .iter()
                .fold(sqlx::query(AssertSqlSafe(sql)), |q, k| q.bind(k));
            let rows = query.fetch_all(&mut *connection).await;
            for row in rows.map_err(failed("look for judgements"))? {
                let key: String = cell(&row, "lookup")?;
                found
                    .entry(key)
                    .or_default()
                    .push(self.disposition_row(&row)?);
            }
        }
        Ok(found)
    }

    /// A row with [`COLUMNS`].
    fn disposition_row(&self, row: &AnyRow) -> Result<StoredDisposition, StoreError> {
        let id: String = cell(row, "id")?;
        let content: Option<DispositionContent> = contents::from_row(self, &id, row)?;
        let (judged, reason) = content.map(|c| (c.judged, c.reason)).unzip();
        let end_id: Option<String> = cell(row, "end_id")?;
        let end: Option<EndContent> = match end_id {
            Some(end_id) => {
                contents::from_cells(self, &end_id, row, ("end_wrapped", "end_ciphertext"))?
            }
            None => None,
        };
        let book: Option<String> = cell(row, "book")?;
        let customer: Option<String> = cell(row, "customer_id")?;
        Ok(StoredDisposition {
            disposition: disposition(row, id, judged)?,
            customer: book
                .zip(customer)
                .map(|(book, id)| CustomerRef { book, id }),
            rests_on: cell(row, "rests_on")?,
            reason,
            end_reason: end.map(|e| e.end_reason),
        })
    }
}

fn disposition(
    row: &AnyRow,
    id: String,
    judged: Option<portcullis_casework::Judged>,
) -> Result<Disposition, StoreError> {
    let odd = |word: &str| StoreError::Damaged(format!("'{word}' in the judgement '{id}'"));
    let verdict: String = cell(row, "verdict")?;
    let progress: String = cell(row, "progress")?;
    let expires_on: String = cell(row, "expires_on")?;
    let engine_major: i64 = cell(row, "engine_major")?;
    Ok(Disposition {
        entity_id: cell(row, "entity_id")?,
        verdict: Verdict::parse(&verdict).ok_or_else(|| odd(&verdict))?,
        progress: Progress::parse(&progress).ok_or_else(|| odd(&progress))?,
        second_needed: cell::<i64>(row, "second_needed")? != 0,
        expires_on: date(&expires_on)?,
        engine_major: u32::try_from(engine_major).map_err(|_| odd("engine version"))?,
        proposed: hand(row, "proposed_by", "proposed_at")?.ok_or_else(|| odd("nobody"))?,
        confirmed: hand(row, "confirmed_by", "confirmed_at")?,
        ended: hand(row, "ended_by", "ended_at")?,
        judged,
        id,
    })
}

fn hand(row: &AnyRow, by: &'static str, at: &'static str) -> Result<Option<Hand>, StoreError> {
    let actor: Option<String> = cell(row, by)?;
    let at: Option<i64> = cell(row, at)?;
    let (Some(actor), Some(at)) = (actor, at) else {
        return Ok(None);
    };
    Ok(Some(Hand {
        actor,
        at: time(at)?,
    }))
}
