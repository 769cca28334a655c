//! Whom a change of the lists touches, before anything is rescreened for good.

use super::meet::{self, Met};
use super::segment::customer_index;
use crate::GateError;
use jiff::Timestamp;
use portcullis_assessment::Lists;
use portcullis_domain::{Date, Entity, Party};
use portcullis_screening::{Builder, Hit, Index};
use portcullis_store::Store;
use std::sync::Arc;

/// Records that are read at once.
const AT_ONCE: u64 = 5_000;

/// Somebody who meets a changed entity.
#[derive(Clone, Debug, PartialEq)]
pub struct Touched {
    /// The customer's number; or `party:<id>` for the party book, or
    /// `decision:<id>/<position>` for a party of a transaction.
    pub who: String,
    /// The name as held.
    pub name: String,
    /// What they meet, strongest first.
    pub hits: Vec<Hit>,
    /// Not all could be looked at.
    pub partial: bool,
}

/// The customers of a book who meet one of the entities with these ids.
///
/// # Errors
///
/// [`GateError`] if the store fails.
pub async fn touched_customers(
    store: &Store,
    lists: Arc<Lists>,
    book: &str,
    changed: Vec<String>,
    as_of: Date,
) -> Result<Vec<Touched>, GateError> {
    let version = store.customer_book(book).await?.version;
    let index = customer_index(store, book, version).await?;
    touched(lists, index, changed, as_of).await
}

/// The parties of the party book, and of transactions that were assessed at
/// `since` or later, who meet one of the entities with these ids.
///
/// # Errors
///
/// [`GateError`] if the store fails.
pub async fn touched_parties(
    store: &Store,
    lists: Arc<Lists>,
    since: Timestamp,
    changed: Vec<String>,
    as_of: Date,
) -> Result<Vec<Touched>, GateError> {
    let mut builder = Builder::customers();
    let mut after = String::new();
    loop {
        let parties = store.party_book_after(&after, AT_ONCE).await?;
        let Some((last, _)) = parties.last() else {
            break;
        };
        after.clone_from(last);
        for (id, party) in parties {
            builder.add(&entity(format!("party:{id}"), party));
        }
    }
    after.clear();
    loop {
        let transactions = store.transactions_after(since, &after, AT_ONCE).await?;
        let Some((last, _)) = transactions.last() else {
            break;
        };
        after.clone_from(last);
        for (id, transaction) in transactions {
            for (at, party) in transaction.parties.into_iter().enumerate() {
                builder.add(&entity(format!("decision:{id}/{at}"), party.party));
            }
        }
    }
    let index = crate::blocking(move || builder.finish()).await?;
    touched(lists, index, changed, as_of).await
}

fn entity(id: String, party: Party) -> Entity {
    Entity {
        id,
        party,
        ..Entity::default()
    }
}

async fn touched(
    lists: Arc<Lists>,
    index: Index,
    changed: Vec<String>,
    as_of: Date,
) -> Result<Vec<Touched>, GateError> {
    let met = crate::blocking(move || meet::changed(&lists, &index, &changed, as_of)).await?;
    let touched = |met: Met| Touched {
        who: met.customer.id,
        name: met.customer.party.caption().to_owned(),
        hits: met.hits,
        partial: met.partial,
    };
    Ok(met.into_iter().map(touched).collect())
}
