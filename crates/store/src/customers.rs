//! Customer books: who is rescreened when a list changes.
//!
//! A book has millions of customers, and each is replaced as a whole; so each is
//! sealed in its own row and not in `contents`. What was decided about one rests
//! on the copy that is sealed with the alert or judgement.

use crate::contents::{seal, unseal};
use crate::dispositions::CustomerRef;
use crate::events::{self, AGENCY, PlainEvent};
use crate::files::blocking;
use crate::sql::{Insert, MAX_IDS, cell, count, failed, micros, places, signed, storable, time};
use crate::{Store, StoreError};
use jiff::Timestamp;
use portcullis_domain::Party;
use serde_json::json;
use sha2::{Digest, Sha256};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe};
use std::collections::HashMap;

/// The longest number of a customer and name of a book, in bytes: both databases
/// can index it.
const MAX_ID_BYTES: usize = 255;
/// Rows that are read at once.
const PAGE: i64 = 20_000;

/// A customer as given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// The firm's own number of the customer.
    pub id: String,
    /// Who it is.
    pub party: Party,
}

/// A customer book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookRow {
    /// Its name.
    pub book: String,
    /// Raised by every change.
    pub version: u64,
    /// Customers in it.
    pub customers: u64,
    /// When it was last changed.
    pub changed_at: Timestamp,
}

/// An import that has begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerImport {
    /// Name of the book.
    pub book: String,
    /// Its number: the version that the book got when it began.
    pub number: u64,
}

/// What became of customers that were given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CustomerCounts {
    /// Not in the book before.
    pub added: u64,
    /// In the book, and not as given.
    pub changed: u64,
    /// In the book as given.
    pub unchanged: u64,
    /// Given more than once in this import; the last one counts.
    pub repeated: u64,
}

impl CustomerCounts {
    /// Adds what became of others.
    pub fn add(&mut self, other: CustomerCounts) {
        self.added += other.added;
        self.changed += other.changed;
        self.unchanged += other.unchanged;
        self.repeated += other.repeated;
    }
}

/// A customer ready to be written.
struct Ready {
    id: String,
    digest: String,
    version: i64,
    ciphertext: Vec<u8>,
    wrapped: Vec<u8>,
}

/// What the book holds of a customer.
struct Held {
    digest: String,
    version: i64,
    seen: i64,
}

fn sealed_under(book: &str, id: &str) -> String {
    format!("customer:{book}\0{id}")
}

fn check_id(what: &str, id: &str) -> Result<(), StoreError> {
    if id.is_empty() || id.len() > MAX_ID_BYTES || id.contains('\0') {
        let beginning: String = id.chars().take(20).collect();
        return Err(StoreError::Invalid(format!(
            "'{beginning}' is no {what}: 1 to {MAX_ID_BYTES} bytes"
        )));
    }
    Ok(())
}

impl Store {
    /// Begins an import into a book, which is made if it is absent.
    ///
    /// # Errors
    ///
    /// [`StoreError::Invalid`] if the name cannot be one.
    pub async fn begin_customers(
        &self,
        book: &str,
        actor: &str,
        now: Timestamp,
    ) -> Result<CustomerImport, StoreError> {
        check_id("name of a book", book)?;
        let mut tx = self.write.begin().await.map_err(failed("begin"))?;
        let row = sqlx::query(
            "INSERT INTO customer_books (book, agency_id, version, import, changed_at) \
             VALUES ($1, $2, 1, 1, $3) ON CONFLICT (book) DO UPDATE \
             SET version = customer_books.version + 1, import = customer_books.version + 1, \
             changed_at = excluded.changed_at RETURNING version",
        )
        .bind(book)
        .bind(AGENCY)
        .bind(micros(now))
        .fetch_one(&mut *tx)
        .await
        .map_err(failed("begin an import of customers"))?;
        let import = CustomerImport {
            book: book.to_owned(),
            number: count(&row, "version")?,
        };
        let body = json!({ "book": book, "import": import.number });
        self.book_event(&mut tx, "CustomerImportBegun", book, body, actor, now)
            .await?;
        tx.commit()
            .await
            .map_err(failed("begin an import of customers"))?;
        Ok(import)
    }

    /// Takes customers into the book, in one transaction; give some ten thousand
    /// at a time. One that is there under its number is replaced.
    ///
    /// # Errors
    ///
    /// [`StoreError::Invalid`] if a number cannot be one; nothing is taken then.
    pub async fn put_customers(
        &self,
        import: &CustomerImport,
        customers: Vec<Customer>,
        actor: &str,
        now: Timestamp,
    ) -> Result<CustomerCounts, StoreError> {
        for customer in &customers {
            check_id("number of a customer", &customer.id)?;
        }
        // The last one wins within a call too: one statement may not touch a row twice.
        let given = customers.len() as u64;
        let mut last: HashMap<String, Customer> = HashMap::with_capacity(customers.len());
        last.extend(customers.into_iter().map(|c| (c.id.clone(), c)));
        let mut customers: Vec<Customer> = last.into_values().collect();
        customers.sort_by(|a, b| a.id.cmp(&b.id));
        let (keys, book) = (self.keys.clone(), import.book.clone());
        let mut ready = blocking(move || {
            let make = |c: &Customer| {
                let json = serde_json::to_string(&c.party)
                    .map_err(|e| StoreError::Invalid(format!("customer '{}': {e}", c.id)))?;
                let sealed = seal(
                    &keys.wrapping,
                    &sealed_under(&book, &c.id),
                    "customer",
                    &c.party,
                )?;
                let (ciphertext, wrapped) = sealed.into_parts();
                Ok(Ready {
                    digest: keys.lookup("customer", &json),
                    id: c.id.clone(),
                    version: 0,
                    ciphertext,
                    wrapped,
                })
            };
            customers
                .iter()
                .map(make)
                .collect::<Result<Vec<Ready>, StoreError>>()
        })
        .await?;
        let mut counts = CustomerCounts {
            repeated: given - ready.len() as u64,
            ..CustomerCounts::default()
        };
        let mut tx = self.write.begin().await.map_err(failed("begin"))?;
        let version = raise_version(&mut tx, import, now).await?;
        ready.iter_mut().for_each(|r| r.version = version);
        let number = signed(import.number)?;
        compare(&mut tx, &import.book, number, &mut ready, &mut counts).await?;
        insert(&mut tx, &import.book, number, &ready).await?;
        let body = json!({
            "book": import.book,
            "import": import.number,
            "version": version,
            "added": counts.added,
            "changed": counts.changed,
            "unchanged": counts.unchanged,
            "digest": customers_digest(ready.iter().map(|r| (r.id.as_str(), r.digest.as_str()))),
        });
        self.book_event(&mut tx, "CustomersImported", &import.book, body, actor, now)
            .await?;
        tx.commit().await.map_err(failed("import customers"))?;
        Ok(counts)
    }

    /// How many customers of the book an import did not name.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn customers_not_named(&self, import: &CustomerImport) -> Result<u64, StoreError> {
        let row = sqlx::query("SELECT COUNT(*) AS n FROM customers WHERE book = $1 AND seen <> $2")
            .bind(&import.book)
            .bind(signed(import.number)?)
            .fetch_one(&self.read)
            .await
            .map_err(failed("count customers"))?;
        count(&row, "n")
    }

    /// Removes the customers that an import did not name; their alerts go with
    /// the next rescreening. Returns how many.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn remove_customers_not_named(
        &self,
        import: &CustomerImport,
        actor: &str,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let mut tx = self.write.begin().await.map_err(failed("begin"))?;
        let version = raise_version(&mut tx, import, now).await?;
        let removed = sqlx::query("DELETE FROM customers WHERE book = $1 AND seen <> $2")
            .bind(&import.book)
            .bind(signed(import.number)?)
            .execute(&mut *tx)
            .await
            .map_err(failed("remove customers"))?
            .rows_affected();
        let body = json!({
            "book": import.book,
            "import": import.number,
            "version": version,
            "removed": removed,
        });
        self.book_event(&mut tx, "CustomersRemoved", &import.book, body, actor, now)
            .await?;
        tx.commit().await.map_err(failed("remove customers"))?;
        Ok(removed)
    }

    async fn book_event(
        &self,
        tx: &mut AnyConnection,
        kind: &'static str,
        book: &str,
        body: serde_json::Value,
        actor: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let event = PlainEvent {
            stream_id: format!("customer-book:{book}"),
            kind,
            leaf_kind: "customer-book",
            subject: book,
            command_id: self.new_id(now),
            actor,
            at: now,
            body,
        };
        events::append_plain(tx, event).await
    }

    /// Every book, by name.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn customer_books(&self) -> Result<Vec<BookRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT b.book, b.version, b.changed_at, \
             (SELECT COUNT(*) FROM customers c WHERE c.book = b.book) AS customers \
             FROM customer_books b ORDER BY b.book",
        )
        .fetch_all(&self.read)
        .await
        .map_err(failed("read the customer books"))?;
        rows.iter().map(book_row).collect()
    }

    /// One book.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`].
    pub async fn customer_book(&self, book: &str) -> Result<BookRow, StoreError> {
        let all = self.customer_books().await?;
        let found = all.into_iter().find(|b| b.book == book);
        found.ok_or_else(|| StoreError::NotFound {
            what: "customer book",
            id: book.chars().take(64).collect(),
        })
    }

    /// One customer as it is now.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`].
    pub async fn customer(&self, customer: &CustomerRef) -> Result<Customer, StoreError> {
        let row = sqlx::query(
            "SELECT id, ciphertext, wrapped FROM customers WHERE book = $1 AND id = $2",
        )
        .bind(&customer.book)
        .bind(&customer.id)
        .fetch_optional(&self.read)
        .await
        .map_err(failed("read a customer"))?;
        let row = row.ok_or_else(|| StoreError::NotFound {
            what: "customer",
            id: customer.id.chars().take(64).collect(),
        })?;
        self.customer_row(&customer.book, &row)
    }

    /// The next customers of a book in the order of their numbers: those after
    /// `after`, at most `limit`, that came or changed after version `since` and
    /// not after version `until` of the book.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn customers_after(
        &self,
        book: &str,
        after: &str,
        (since, until): (u64, u64),
        limit: u64,
    ) -> Result<Vec<Customer>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, ciphertext, wrapped FROM customers WHERE book = $1 AND id > $2 \
             AND version > $3 AND version <= $4 ORDER BY id LIMIT $5",
        )
        .bind(book)
        .bind(after)
        .bind(signed(since)?)
        .bind(signed(until)?)
        .bind(signed(limit)?)
        .fetch_all(&self.read)
        .await
        .map_err(failed("read customers"))?;
        let opened = rows.iter().map(|row| self.customer_row(book, row));
        opened.collect()
    }

    /// How many customers came or changed after version `since`, and not after `until`.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn customers_changed(
        &self,
        book: &str,
        (since, until): (u64, u64),
    ) -> Result<u64, StoreError> {
        let row = sqlx::query(
            "SELECT COUNT(*) AS n FROM customers WHERE book = $1 AND version > $2 \
             AND version <= $3",
        )
        .bind(book)
        .bind(signed(since)?)
        .bind(signed(until)?)
        .fetch_one(&self.read)
        .await
        .map_err(failed("count customers"))?;
        count(&row, "n")
    }

    /// How many customers a book holds, and a digest over their numbers and
    /// content in the order of their numbers.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn customers_digest(&self, book: &str) -> Result<(u64, String), StoreError> {
        let (mut hash, mut after, mut number) = (Sha256::new(), String::new(), 0_u64);
        loop {
            let rows = sqlx::query(
                "SELECT id, digest FROM customers WHERE book = $1 AND id > $2 \
                 ORDER BY id LIMIT $3",
            )
            .bind(book)
            .bind(&after)
            .bind(PAGE)
            .fetch_all(&self.read)
            .await
            .map_err(failed("read customers"))?;
            for row in &rows {
                after = cell(row, "id")?;
                let digest: String = cell(row, "digest")?;
                hash.update(format!("{after} {digest}\n"));
                number += 1;
            }
            if rows.len() < PAGE as usize {
                return Ok((number, hex::encode(hash.finalize())));
            }
        }
    }

    fn customer_row(&self, book: &str, row: &AnyRow) -> Result<Customer, StoreError> {
        let id: String = cell(row, "id")?;
        let wrapped: Vec<u8> = cell(row, "wrapped")?;
        let ciphertext: Vec<u8> = cell(row, "ciphertext")?;
        let party = unseal(
            &self.keys.wrapping,
            &sealed_under(book, &id),
            &wrapped,
            &ciphertext,
        )?;
        Ok(Customer { id, party })
    }
}

/// A digest over numbers and content, in this order.
fn customers_digest<'a>(customers: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut hash = Sha256::new();
    for (id, digest) in customers {
        hash.update(format!("{id} {digest}\n"));
    }
    hex::encode(hash.finalize())
}

/// A write first: the book gets its next version, so that whoever read it before
/// knows that it changed. An import that another one overtook is told so.
async fn raise_version(
    tx: &mut AnyConnection,
    import: &CustomerImport,
    now: Timestamp,
) -> Result<i64, StoreError> {
    let row = sqlx::query(
        "UPDATE customer_books SET version = version + 1, changed_at = $1 \
         WHERE book = $2 AND import = $3 RETURNING version",
    )
    .bind(micros(now))
    .bind(&import.book)
    .bind(signed(import.number)?)
    .fetch_optional(tx)
    .await
    .map_err(failed("change a customer book"))?;
    match row {
        Some(row) => cell(&row, "version"),
        None => Err(StoreError::Conflict(format!(
            "the customer book '{}'",
            storable(&import.book)
        ))),
    }
}

/// Counts what is new, changed, the same; what is the same keeps its version.
async fn compare(
    tx: &mut AnyConnection,
    book: &str,
    import: i64,
    ready: &mut [Ready],
    counts: &mut CustomerCounts,
) -> Result<(), StoreError> {
    for chunk in ready.chunks_mut(MAX_IDS - 1) {
        let held = held(tx, book, chunk).await?;
        for one in chunk {
            match held.get(&one.id) {
                None => counts.added += 1,
                Some(held) => {
                    counts.repeated += u64::from(held.seen == import);
                    if held.digest == one.digest {
                        one.version = held.version;
                        counts.unchanged += 1;
                    } else {
                        counts.changed += 1;
                    }
                }
            }
        }
    }
    Ok(())
}

async fn held(
    tx: &mut AnyConnection,
    book: &str,
    chunk: &[Ready],
) -> Result<HashMap<String, Held>, StoreError> {
    let sql = format!(
        "SELECT id, digest, version, seen FROM customers WHERE id IN {} AND book = ${}",
        places(1, chunk.len()),
        chunk.len() + 1
    );
    let query = chunk
        .iter()
        .fold(sqlx::query(AssertSqlSafe(sql)), |q, c| q.bind(&c.id))
        .bind(book);
    let rows = query
        .fetch_all(tx)
        .await
        .map_err(failed("read customers"))?;
    let read = |row: &AnyRow| {
        let held = Held {
            digest: cell(row, "digest")?,
            version: cell(row, "version")?,
            seen: cell(row, "seen")?,
        };
        Ok((cell(row, "id")?, held))
    };
    rows.iter().map(read).collect()
}

async fn insert(
    tx: &mut AnyConnection,
    book: &str,
    import: i64,
    ready: &[Ready],
) -> Result<(), StoreError> {
    Insert {
        table: "customers",
        columns: "book,id,digest,version,seen,ciphertext,wrapped",
        tail: "ON CONFLICT (book, id) DO UPDATE SET digest = excluded.digest, \
               version = excluded.version, seen = excluded.seen, \
               ciphertext = excluded.ciphertext, wrapped = excluded.wrapped",
    }
    .rows(tx, ready, |query, r| {
        query
            .bind(book.to_owned())
            .bind(&r.id)
            .bind(&r.digest)
            .bind(r.version)
            .bind(import)
            .bind(r.ciphertext.as_slice())
            .bind(r.wrapped.as_slice())
    })
    .await
}

fn book_row(row: &AnyRow) -> Result<BookRow, StoreError> {
    Ok(BookRow {
        book: cell(row, "book")?,
        version: count(row, "version")?,
        customers: count(row, "customers")?,
        changed_at: time(cell(row, "changed_at")?)?,
    })
}
