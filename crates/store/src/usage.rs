//! How much programs use, counted where answers are let go.

use crate::sql::{cell, failed, micros, signed, time, unsigned};
use crate::{Store, StoreError};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
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
    /// The rate of the key does not allow this many at this moment, counted over
    /// every server on this database; nothing was counted.
    TooFast {
        /// Queries a minute.
        per_minute: u64,
        /// When there is room for them.
        until: Timestamp,
    },
}

/// Queries that may be asked now; it fills at an even pace up to what may be
/// asked in a minute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bucket {
    level: f64,
    at: Timestamp,
}

impl Bucket {
    /// One from which nothing was taken yet.
    pub fn full(per_minute: u64, now: Timestamp) -> Bucket {
        Bucket {
            level: per_minute as f64,
            at: now,
        }
    }

    /// Takes queries, or says when there are enough; where a request asks for
    /// more than a minute holds, it never does, and a minute is said.
    ///
    /// # Errors
    ///
    /// When to ask again.
    pub fn take(&mut self, per_minute: u64, queries: u64, now: Timestamp) -> Result<(), Timestamp> {
        let a_second = per_minute as f64 / 60.0;
        let passed = now.duration_since(self.at).as_secs_f64().max(0.0);
        self.level = (self.level + passed * a_second).min(per_minute as f64);
        self.at = self.at.max(now);
        let missing = queries as f64 - self.level;
        if missing > 0.0 {
            let seconds = if queries > per_minute || a_second <= 0.0 {
                60.0
            } else {
                missing / a_second
            };
            let wait = SignedDuration::from_millis((seconds * 1_000.0).ceil() as i64);
            return Err(now.checked_add(wait).unwrap_or(now));
        }
        self.level -= queries as f64;
        Ok(())
    }

    /// Puts queries back that were taken and not answered.
    pub fn put_back(&mut self, per_minute: u64, queries: u64) {
        self.level = (self.level + queries as f64).min(per_minute as f64);
    }
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
    /// Queries a minute, and what is left of them.
    rate: Option<(u64, Bucket)>,
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
        charged.push(account.take(charge.queries, day, now));
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
        if let Some((_, bucket)) = &account.rate {
            keep(tx, token, bucket).await?;
        }
    }
    Ok(charged)
}

async fn keep(tx: &mut AnyConnection, token: &str, bucket: &Bucket) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO api_buckets (token_id, level, at) VALUES ($1, $2, $3) \
         ON CONFLICT (token_id) DO UPDATE SET level = excluded.level, at = excluded.at",
    )
    .bind(token)
    .bind((bucket.level * PARTS) as i64)
    .bind(micros(bucket.at))
    .execute(tx)
    .await
    .map_err(failed("count usage"))?;
    Ok(())
}

/// In what a bucket's level is kept: millionths of a query.
const PARTS: f64 = 1_000_000.0;

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
        "SELECT t.per_day, t.per_minute, u.queries, b.level, b.at FROM api_tokens t \
         LEFT JOIN api_usage u ON u.token_id = t.id AND u.day = $1 \
         LEFT JOIN api_buckets b ON b.token_id = t.id WHERE t.id = $2",
    )
    .bind(day.to_string())
    .bind(token)
    .fetch_one(&mut *tx)
    .await
    .map_err(failed("read usage"))?;
    let number = |name| -> Result<Option<u64>, StoreError> {
        cell::<Option<i64>>(&row, name)?.map(unsigned).transpose()
    };
    let held: Option<i64> = cell(&row, "level")?;
    let at: Option<i64> = cell(&row, "at")?;
    let rate = match (number("per_minute")?, held.zip(at)) {
        (None, _) => None,
        (Some(rate), None) => Some((rate, Bucket::full(rate, now))),
        (Some(rate), Some((level, at))) => {
            let level = level as f64 / PARTS;
            let at = time(at)?;
            Some((rate, Bucket { level, at }))
        }
    };
    Ok(Account {
        good: true,
        rate,
        per_day: number("per_day")?,
        used: number("queries")?.unwrap_or(0),
        ..Account::default()
    })
}

impl Account {
    fn take(&mut self, queries: u64, day: Date, now: Timestamp) -> Charged {
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
        if let Some((per_minute, bucket)) = &mut self.rate
            && let Err(until) = bucket.take(*per_minute, queries, now)
        {
            let per_minute = *per_minute;
            return Charged::TooFast { per_minute, until };
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_empties_and_fills() {
        let start: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let mut bucket = Bucket::full(60, start);
        assert_eq!(bucket.take(60, 60, start), Ok(()));
        let until = bucket.take(60, 30, start).unwrap_err();
        assert_eq!(until.duration_since(start).as_secs(), 30);
        let later = start.checked_add(SignedDuration::from_secs(31)).unwrap();
        assert_eq!(bucket.take(60, 30, later), Ok(()));
        // A clock that goes back gives nothing.
        assert!(bucket.take(60, 2, start).is_err());
        bucket.put_back(60, 30);
        assert_eq!(bucket.take(60, 30, start), Ok(()));
    }
}
