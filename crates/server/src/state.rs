//! What every handler can reach. Cheap to clone.

use crate::{book::Book, desk::Desk, problem::Problem};
use portcullis_assessment::Engine;
use portcullis_gate::Catalogue;
use portcullis_store::Store;
use std::sync::Arc;

/// The server's state: the store, the rules in force, and the way in for files.
#[derive(Clone)]
pub struct AppState {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    desk: Desk,
    book: Book,
    secure_cookies: bool,
}

impl AppState {
    /// A state over a store. `catalogue` keeps the lists that were opened;
    /// `secure_cookies` is for servers that are reached by HTTPS.
    pub fn new(
        store: Store,
        engine: Arc<Engine>,
        catalogue: Arc<Catalogue>,
        secure_cookies: bool,
    ) -> AppState {
        let inner = Inner {
            book: Book::of(engine.policy()),
            desk: Desk::new(store.clone(), engine, catalogue),
            store,
            secure_cookies,
        };
        AppState {
            inner: Arc::new(inner),
        }
    }

    pub(crate) fn store(&self) -> &Store {
        &self.inner.store
    }

    pub(crate) fn desk(&self) -> &Desk {
        &self.inner.desk
    }

    pub(crate) fn book(&self) -> &Book {
        &self.inner.book
    }

    pub(crate) fn secure_cookies(&self) -> bool {
        self.inner.secure_cookies
    }

    /// The id of the list set that answers a question asked now.
    pub(crate) async fn list_set(&self) -> Result<portcullis_store::ListSet, Problem> {
        let now = jiff::Timestamp::now();
        Ok(self.store().list_set(today(), now).await?)
    }
}

/// Today in UTC.
pub(crate) fn today() -> portcullis_domain::Date {
    jiff::Timestamp::now()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date()
}
