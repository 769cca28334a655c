//! A book as an index, prepared once for each of its versions.

use crate::GateError;
use portcullis_domain::Entity;
use portcullis_screening::{Builder, Index};
use portcullis_store::{BookRow, Customer, Store};

/// Customers that are read and taken apart at once.
const AT_ONCE: u64 = 20_000;

/// Marks the ids of customers, so that all are of one scheme and none is taken
/// for a listed entity.
const PREFIX: &str = "customer:";

/// Versions of a book whose index may still lie there, from runs that were given up.
const OLD_VERSIONS: u64 = 64;

/// The number of a customer from its id in the index.
pub(super) fn customer_id(id: &str) -> &str {
    id.strip_prefix(PREFIX).unwrap_or(id)
}

/// How many customers a book holds, and a digest over them: counted once for
/// each version.
pub(super) async fn book_digest(store: &Store, book: &BookRow) -> Result<(u64, String), GateError> {
    let key = digest_key(&book.book, book.version);
    let kept = store.index_bytes(&key).await?;
    let kept = kept.and_then(|bytes| {
        let text = std::str::from_utf8(&bytes).ok()?;
        let (count, digest) = text.split_once(' ')?;
        Some((count.parse().ok()?, digest.to_owned()))
    });
    if let Some(kept) = kept {
        return Ok(kept);
    }
    let (count, digest) = store.customers_digest(&book.book).await?;
    if store.customer_book(&book.book).await?.version == book.version {
        let text = format!("{count} {digest}");
        store
            .put_index_with(&key, move |out| out.write_all(text.as_bytes()))
            .await?;
    }
    Ok((count, digest))
}

fn digest_key(book: &str, version: u64) -> String {
    format!("customers:{book}:{version}.digest")
}

fn key(book: &str, version: u64) -> String {
    format!("customer-forms:{book}:{version}.index{}", Index::FORMAT)
}

/// The customers of a book at a version of it, as an index whose entities are
/// `customer:<number>`. Built and kept if it is not there; then the indexes of
/// earlier versions go.
///
/// # Errors
///
/// [`GateError`] if the store fails, or the book changed while it was read.
pub async fn customer_index(store: &Store, book: &str, version: u64) -> Result<Index, GateError> {
    let key_now = key(book, version);
    if let Some(index) = opened(store, &key_now).await? {
        return Ok(index);
    }
    let builder = read(store, book, version).await?;
    if store.customer_book(book).await?.version != version {
        return Err(GateError::Monitor(format!(
            "the customer book '{book}' was changed while it was read; run it again"
        )));
    }
    store
        .put_index_with(&key_now, move |mut out| builder.write(&mut out))
        .await?;
    for old in version.saturating_sub(OLD_VERSIONS)..version {
        store.remove_index(&key(book, old)).await?;
        store.remove_index(&digest_key(book, old)).await?;
    }
    let index = opened(store, &key_now).await?;
    index.ok_or_else(|| GateError::Monitor("the index of the book cannot be opened".to_owned()))
}

async fn opened(store: &Store, key: &str) -> Result<Option<Index>, GateError> {
    let bytes = store.index_bytes(key).await?;
    Ok(bytes.and_then(|bytes| Index::open(bytes).ok()))
}

async fn read(store: &Store, book: &str, version: u64) -> Result<Builder, GateError> {
    let (mut builder, mut after) = (Builder::customers(), String::new());
    loop {
        let customers = store
            .customers_after(book, &after, (0, version), AT_ONCE)
            .await?;
        let Some(last) = customers.last() else {
            return Ok(builder);
        };
        after.clone_from(&last.id);
        builder = crate::blocking(move || {
            let entities: Vec<Entity> = customers.into_iter().map(entity).collect();
            builder.extend(&entities);
            builder
        })
        .await?;
    }
}

fn entity(customer: Customer) -> Entity {
    Entity {
        id: format!("{PREFIX}{}", customer.id),
        party: customer.party,
        ..Entity::default()
    }
}
