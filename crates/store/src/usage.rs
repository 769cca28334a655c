//! How much programs use, counted where answers are let go.

use crate::sql::{cell, failed, micros, signed, unsigned};
use crate::{Store, StoreError};
use jiff::{Timestamp, tz::TimeZone};
use portcullis_domain::Date;
use sqlx::AnyConnection;
use std::collections::BTreeMap;

/// What one request is to be charged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    /// Id of the key.
    pub token: String,
    /// Queries in the request.
    pub queries: u64,
}

/// What became of a charge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Charged {
    /// Counted; the answer may go.
    Accepted,
    /// The key is not in force (any more); nothing was counted.
    Refused,
    /// The quota of the day does not hold this many more; nothing was counted.
    OverQuota {
        /// Queries a day.
        per_day: u64,
        /// When the next day begins.
        until: Timestamp,
    },
}

/// What a key used on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayUsage {
    /// Id of the key.
    pub token: String,
    /// The day, UTC.
    pub day: Date,
    /// Requests answered.
    pub requests: u64,
    /// Queries in them.
    pub queries: u64,
}

/// One key in a batch of charges.
#[derive(Default)]
struct Account {
    good: bool,
    per_day: Option<u64>,
    used: u64,
    requests: u64,
    queries: u64,
}

impl Store {
    /// Counts what requests used, in one transaction, in order: each is held
    /// against its key (in force at this moment) and the quota of the day.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails; then nothing was counted.
    pub async fn charge(
        &self,
        charges: &[Charge],
        now: Timestamp,
    ) -> Result<Vec<Charged>, StoreError> {
        if charges.is_empty() {
            return Ok(Vec::new());
        }
        let mut tx = self.write.begin().await.map_err(failed("begin"))?;
        let charged = charge_in(&mut tx, charges, now).await?;
        tx.commit().await.map_err(failed("count usage"))?;
        Ok(charged)
    }

    /// What keys used from a day on, newest first.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn usage(&self, from: Date) -> Result<Vec<DayUsage>, StoreError> {
        let rows = sqlx::query(
            "SELECT token_id, day, requests, queries FROM api_usage WHERE day >= $1 \
             ORDER BY day DESC, token_id",
        )
        .bind(from.to_string())
        .fetch_all(&self.read)
        .await
        .map_err(failed("read usage"))?;
        let row = |row| {
            let day: String = cell(row, "day")?;
            Ok(DayUsage {
                token: cell(row, "token_id")?,
                day: crate::sql::date(&day)?,
                requests: unsigned(cell(row, "requests")?)?,
                queries: unsigned(cell(row, "queries")?)?,
            })
        };
        rows.iter().map(row).collect()
    }
}

/// [`Store::charge`] within a transaction that holds more.
pub(crate) async fn charge_in(
    tx: &mut AnyConnection,
    charges: &[Charge],
    now: Timestamp,
) -> Result<Vec<Charged>, StoreError> {
    let day = now.to_zoned(TimeZone::UTC).date();
    // In the order of ids: two servers on one database must not wait for each other.
    let mut accounts: BTreeMap<&str, Account> = BTreeMap::new();
    for charge in charges {
        accounts.entry(&charge.token).or_default();
    }
    for (token, account) in &mut accounts {
        *account = opened(tx, token, day, now).await?;
    }
    let mut charged = Vec::with_capacity(charges.len());
    for charge in charges {
        let account = accounts.entry(&charge.token).or_default();
        charged.push(account.take(charge.queries, day));
    }
    for (token, account) in accounts.iter().filter(|(_, a)| a.requests > 0) {
        sqlx::query(
            "INSERT INTO api_usage (token_id, day, requests, queries) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (token_id, day) DO UPDATE SET \
             requests = api_usage.requests + excluded.requests, \
             queries = api_usage.queries + excluded.queries",
        )
        .bind(*token)
        .bind(day.to_string())
        .bind(signed(account.requests)?)
        .bind(signed(account.queries)?)
        .execute(&mut *tx)
        .await
        .map_err(failed("count usage"))?;
    }
    Ok(charged)
}

/// The account of a key for a day. The first statement writes, so that the row
/// is ours until the transaction ends.
async fn opened(
    tx: &mut AnyConnection,
    token: &str,
    day: Date,
    now: Timestamp,
) -> Result<Account, StoreError> {
    let touched = sqlx::query(
        "UPDATE api_tokens SET last_used_at = $1 WHERE id = $2 AND revoked_at IS NULL \
         AND (expires_at IS NULL OR expires_at > $1) AND (owner_id IS NULL OR EXISTS \
         (SELECT 1 FROM users WHERE users.id = api_tokens.owner_id AND users.disabled = 0))",
    )
    .bind(micros(now))
    .bind(token)
    .execute(&mut *tx)
    .await
    .map_err(failed("count usage"))?;
    if touched.rows_affected() == 0 {
        return Ok(Account::default());
    }
    let row = sqlx::query(
        "SELECT t.per_day, u.queries FROM api_tokens t LEFT JOIN api_usage u \
         ON u.token_id = t.id AND u.day = $1 WHERE t.id = $2",
    )
    .bind(day.to_string())
    .bind(token)
    .fetch_one(&mut *tx)
    .await
    .map_err(failed("read usage"))?;
    let number = |name| -> Result<Option<u64>, StoreError> {
        cell::<Option<i64>>(&row, name)?.map(unsigned).transpose()
    };
    Ok(Account {
        good: true,
        per_day: number("per_day")?,
        used: number("queries")?.unwrap_or(0),
        ..Account::default()
    })
}

impl Account {
    fn take(&mut self, queries: u64, day: Date) -> Charged {
        if !self.good {
            return Charged::Refused;
        }
        let after = self
            .used
            .saturating_add(self.queries)
            .saturating_add(queries);
        if let Some(per_day) = self.per_day.filter(|most| after > *most) {
            let until = next_day(day);
            return Charged::OverQuota { per_day, until };
        }
        self.requests += 1;
        self.queries += queries;
        Charged::Accepted
    }
}

fn next_day(day: Date) -> Timestamp {
    let next = day.tomorrow().ok();
    let begins = next.and_then(|d| d.to_zoned(TimeZone::UTC).ok());
    begins.map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}
