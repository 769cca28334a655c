//! Small helpers around `sqlx::Any`: pages, cells, errors, many rows in one statement.

use crate::{Store, StoreError};
use jiff::Timestamp;
use portcullis_domain::{Date, hex_sha256};
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::{Any, AnyConnection, AssertSqlSafe, Decode, Row, Type};

/// Which rows of a long answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Rows to pass over.
    pub offset: u64,
    /// Rows to return, at most.
    pub limit: u64,
}

/// One page of a long answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paged<T> {
    /// The rows of this page.
    pub rows: Vec<T>,
    /// Rows in all.
    pub total: u64,
}

/// A statement with its arguments.
pub(crate) type Query<'q> = sqlx::query::Query<'q, Any, AnyArguments>;

/// Parameters in one statement. SQLite looks each `$n` up in a list by its name,
/// when it prepares and when it binds, so the cost grows with the square of
/// their number; below some dozens, the statements themselves cost more.
const MAX_PARAMETERS: usize = 300;

impl Page {
    pub(crate) fn sql_limit(self) -> i64 {
        i64::try_from(self.limit).unwrap_or(i64::MAX)
    }

    pub(crate) fn sql_offset(self) -> i64 {
        i64::try_from(self.offset).unwrap_or(i64::MAX)
    }
}

/// Turns a driver's error into ours, with what was being done.
pub(crate) fn failed(operation: &'static str) -> impl FnOnce(sqlx::Error) -> StoreError {
    move |source| translate(operation, source)
}

fn translate(operation: &'static str, source: sqlx::Error) -> StoreError {
    let gone = |source| StoreError::Gone {
        database: "that was in use".to_owned(),
        source,
    };
    match &source {
        sqlx::Error::PoolTimedOut => StoreError::Locked,
        sqlx::Error::Io(_) | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => gone(source),
        sqlx::Error::Database(error) if error.is_unique_violation() => {
            StoreError::Conflict("the record".to_owned())
        }
        sqlx::Error::Database(error) => match class_of(error.code().as_deref().unwrap_or("")) {
            Class::Locked => StoreError::Locked,
            Class::Conflict => StoreError::Conflict("the record".to_owned()),
            Class::ReadOnly => StoreError::ReadOnly,
            Class::DiskFull => StoreError::DiskFull,
            Class::NotADatabase => StoreError::NotADatabase,
            Class::Gone => gone(source),
            Class::Other => StoreError::Database { operation, source },
        },
        _ => StoreError::Database { operation, source },
    }
}

enum Class {
    Locked,
    Conflict,
    ReadOnly,
    DiskFull,
    NotADatabase,
    Gone,
    Other,
}

/// SQLite's numbers (sqlite.org/rescode.html; the low byte is the class) and
/// PostgreSQL's five characters (its documentation, appendix A).
fn class_of(code: &str) -> Class {
    // Five characters are PostgreSQL's; no extended code of SQLite is that long.
    if code.len() == 5 {
        return match code {
            "40001" | "40P01" => Class::Conflict,
            "55P03" => Class::Locked,
            "25006" => Class::ReadOnly,
            "53100" => Class::DiskFull,
            "3D000" => Class::Gone,
            _ if code.starts_with("57P") || code.starts_with("08") => Class::Gone,
            _ => Class::Other,
        };
    }
    // SQLITE_IOERR_WRITE: a write past a quota or file-size limit.
    if code == "778" {
        return Class::DiskFull;
    }
    match code.parse::<u32>().unwrap_or(0) & 0xff {
        5 | 6 => Class::Locked,
        8 => Class::ReadOnly,
        13 => Class::DiskFull,
        11 | 26 => Class::NotADatabase,
        14 => Class::Gone,
        _ => Class::Other,
    }
}

/// One cell of a row.
pub(crate) fn cell<'r, T>(row: &'r AnyRow, name: &'static str) -> Result<T, StoreError>
where
    T: Decode<'r, Any> + Type<Any>,
{
    row.try_get(name)
        .map_err(|e| StoreError::Damaged(format!("column {name}: {e}")))
}

/// A cell that counts something.
pub(crate) fn count(row: &AnyRow, name: &'static str) -> Result<u64, StoreError> {
    unsigned(cell(row, name)?)
}

/// A number that is never negative.
pub(crate) fn unsigned(number: i64) -> Result<u64, StoreError> {
    u64::try_from(number).map_err(|_| StoreError::Damaged(format!("{number} is no count")))
}

/// For BIGINT columns.
pub(crate) fn signed(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|_| StoreError::Invalid(format!("{number} is too large")))
}

/// A time as BIGINT.
pub(crate) fn micros(time: Timestamp) -> i64 {
    time.as_microsecond()
}

/// A time from BIGINT.
pub(crate) fn time(micros: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(micros)
        .map_err(|_| StoreError::Damaged(format!("{micros} is no time")))
}

/// A day from ISO text.
pub(crate) fn date(text: &str) -> Result<Date, StoreError> {
    text.parse()
        .map_err(|_| StoreError::Damaged(format!("'{text}' is no day")))
}

/// Text as both databases can hold it: PostgreSQL has no NUL in text, and
/// outside text may have one.
pub(crate) fn storable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// The longest reference that is kept as it is, in bytes: both databases can
/// index it.
const MAX_REFERENCE_BYTES: usize = 255;

/// A reference as it is kept and looked up. One that is too long to be indexed
/// is shortened, and its hash keeps it apart from others that begin alike.
pub(crate) fn storable_reference(reference: &str) -> String {
    let text = storable(reference);
    if text.len() <= MAX_REFERENCE_BYTES {
        return text;
    }
    let beginning: String = text.chars().take(40).collect();
    format!("{beginning}… sha256:{}", hex_sha256(reference.as_bytes()))
}

/// `INSERT INTO table (columns) VALUES …` for any number of rows, in as few
/// statements as the databases take.
pub(crate) struct Insert {
    /// The table.
    pub table: &'static str,
    /// Its columns, separated by commas.
    pub columns: &'static str,
    /// What follows the rows, such as `ON CONFLICT …`; may be empty.
    pub tail: &'static str,
}

impl Insert {
    /// Inserts the rows; `bind` binds the columns of one row in order.
    pub(crate) async fn rows<T: Sync>(
        &self,
        connection: &mut AnyConnection,
        rows: &[T],
        bind: impl for<'q> Fn(Query<'q>, &'q T) -> Query<'q>,
    ) -> Result<(), StoreError> {
        let columns = self.columns.split(',').count();
        for chunk in rows.chunks((MAX_PARAMETERS / columns).max(1)) {
            let sql = format!(
                "INSERT INTO {} ({}) VALUES {} {}",
                self.table,
                self.columns,
                places(chunk.len(), columns),
                self.tail
            );
            let query = sqlx::query(AssertSqlSafe(sql));
            let query = chunk.iter().fold(query, &bind);
            query
                .execute(&mut *connection)
                .await
                .map_err(failed("insert rows"))?;
        }
        Ok(())
    }
}

/// `($1,$2),($3,$4)` for two rows of two columns.
pub(crate) fn places(rows: usize, columns: usize) -> String {
    let mut text = String::with_capacity(rows * columns * 7);
    let mut next = 1;
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ",(" });
        for column in 0..columns {
            if column > 0 {
                text.push(',');
            }
            text.push('$');
            text.push_str(&next.to_string());
            next += 1;
        }
        text.push(')');
    }
    text
}

/// How many ids to ask for in one `IN (…)`; see [`MAX_PARAMETERS`].
pub(crate) const MAX_IDS: usize = MAX_PARAMETERS;

/// Something that is bound in a condition.
pub(crate) enum Argument {
    Text(String),
    Number(i64),
}

/// A filter in SQL. The text is put together from fixed parts; what was asked
/// for is bound.
#[derive(Default)]
pub(crate) struct Where {
    /// `WHERE … AND …`, or nothing.
    pub sql: String,
    arguments: Vec<Argument>,
}

impl Where {
    /// Adds a condition that ends before its place (`d.outcome =`), if there is
    /// something to compare with.
    pub(crate) fn and(mut self, condition: &'static str, argument: Option<Argument>) -> Where {
        let Some(argument) = argument else {
            return self;
        };
        self.arguments.push(argument);
        let word = if self.sql.is_empty() { "WHERE" } else { " AND" };
        let escape = if condition.ends_with("LIKE") {
            " ESCAPE '!'"
        } else {
            ""
        };
        let place = self.arguments.len();
        self.sql
            .push_str(&format!("{word} {condition} ${place}{escape}"));
        self
    }

    /// The same for text.
    pub(crate) fn and_text(self, condition: &'static str, text: Option<&str>) -> Where {
        self.and(condition, text.map(|t| Argument::Text(t.to_owned())))
    }

    /// The same for a time.
    pub(crate) fn and_time(self, condition: &'static str, at: Option<Timestamp>) -> Where {
        self.and(condition, at.map(|t| Argument::Number(micros(t))))
    }

    /// The number of the first place after the filter's own.
    pub(crate) fn next(&self) -> usize {
        self.arguments.len() + 1
    }

    /// Binds what was asked for.
    pub(crate) fn bind<'q>(&self, query: Query<'q>) -> Query<'q> {
        self.arguments
            .iter()
            .fold(query, |query, argument| match argument {
                Argument::Text(text) => query.bind(text.clone()),
                Argument::Number(number) => query.bind(*number),
            })
    }

    /// One page of the rows of `select` that pass, in this order, and how many
    /// there are in all. `select` is `columns FROM tables`, `from` the tables alone.
    pub(crate) async fn page<T>(
        &self,
        store: &Store,
        (columns, from): (&str, &str),
        order: &str,
        page: Page,
        read: impl Fn(&AnyRow) -> Result<T, StoreError>,
    ) -> Result<Paged<T>, StoreError> {
        let sql = format!("SELECT COUNT(*) AS n FROM {from} {}", self.sql);
        let total = self
            .bind(sqlx::query(AssertSqlSafe(sql)))
            .fetch_one(&store.read)
            .await
            .map_err(failed("count rows"))?;
        let (limit, offset) = (self.next(), self.next() + 1);
        let sql = format!(
            "SELECT {columns} FROM {from} {} ORDER BY {order} LIMIT ${limit} OFFSET ${offset}",
            self.sql
        );
        let rows = self
            .bind(sqlx::query(AssertSqlSafe(sql)))
            .bind(page.sql_limit())
            .bind(page.sql_offset())
            .fetch_all(&store.read)
            .await
            .map_err(failed("read rows"))?;
        Ok(Paged {
            rows: rows.iter().map(read).collect::<Result<_, _>>()?,
            total: count(&total, "n")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_on_through_rows() {
        assert_eq!(places(2, 3), "($1,$2,$3),($4,$5,$6)");
        assert_eq!(places(1, 1), "($1)");
    }

    #[test]
    fn references_are_kept_or_shortened_without_clash() {
        assert_eq!(storable_reference("LRN\0-1"), "LRN\u{fffd}-1");
        let long = |end: &str| storable_reference(&("é".repeat(5_000) + end));
        assert!(long("1").len() <= MAX_REFERENCE_BYTES);
        assert_ne!(long("1"), long("2"));
    }
}
