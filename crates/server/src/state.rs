//! What every handler can reach. Cheap to clone.

use crate::{
    classing::Classing,
    desk::{Desk, Rules},
    meter::Meter,
    peers::Shelves,
    problem::Problem,
};
use portcullis_assessment::Engine;
use portcullis_policy::PolicyFiles;
use portcullis_store::Store;
use std::sync::Arc;

/// The server's state: the store, the rules in force, and the way in for files.
#[derive(Clone)]
pub struct AppState {
    inner: Arc<Inner>,
    secure_cookies: bool,
    open: bool,
}

struct Inner {
    store: Store,
    desk: Desk,
    /// What acts where no version was adopted.
    fallback: Option<PolicyFiles>,
    meter: Meter,
    shelves: Shelves,
    classing: Classing,
}

impl AppState {
    /// A state over a store and the rules in force. Cookies are also sent over
    /// plain HTTP, as on loopback.
    pub fn new(store: Store, engine: Arc<Engine>) -> AppState {
        AppState::made(store, engine, None)
    }

    /// A state whose policy people can change: `files` are those of the
    /// installation, which act where no version was adopted, and which
    /// `engine` was made from.
    pub fn with_policy(store: Store, engine: Arc<Engine>, files: PolicyFiles) -> AppState {
        AppState::made(store, engine, Some(files))
    }

    fn made(store: Store, engine: Arc<Engine>, fallback: Option<PolicyFiles>) -> AppState {
        let files = fallback.clone().unwrap_or_default();
        let inner = Inner {
            desk: Desk::new(store.clone(), engine, files),
            fallback,
            meter: Meter::new(store.clone()),
            shelves: Shelves::default(),
            classing: Classing::default(),
            store,
        };
        AppState {
            inner: Arc::new(inner),
            secure_cookies: false,
            open: false,
        }
    }

    /// The same state; `open` lets programs on this machine screen and search
    /// without credentials, like a server that knows none.
    pub fn with_open_screening(mut self, open: bool) -> AppState {
        self.open = open;
        self
    }

    pub(crate) fn is_open(&self) -> bool {
        self.open
    }

    /// What counts the use of keys.
    pub(crate) fn meter(&self) -> &Meter {
        &self.inner.meter
    }

    /// What is known of goods.
    pub(crate) fn classing(&self) -> &Classing {
        &self.inner.classing
    }

    /// The lists as the peers' clients know them.
    pub(crate) fn shelves(&self) -> &Shelves {
        &self.inner.shelves
    }

    /// The same state; `secure` binds cookies to HTTPS and this host.
    pub fn with_secure_cookies(mut self, secure: bool) -> AppState {
        self.secure_cookies = secure;
        self
    }

    pub(crate) fn store(&self) -> &Store {
        &self.inner.store
    }

    pub(crate) fn desk(&self) -> &Desk {
        &self.inner.desk
    }

    /// The policy that acts.
    pub(crate) fn rules(&self) -> Arc<Rules> {
        self.desk().rules()
    }

    /// The files of the installation; `None` where the server was not told them,
    /// so that nothing can be changed here.
    pub(crate) fn fallback(&self) -> Option<&PolicyFiles> {
        self.inner.fallback.as_ref()
    }

    /// Goes by the policy that acts now; see [`Desk::follow`].
    pub(crate) async fn follow_policy(&self, urgent: bool) -> Result<(), Problem> {
        match self.fallback() {
            Some(files) => self.desk().follow(files, urgent).await,
            None => Ok(()),
        }
    }

    pub(crate) fn secure_cookies(&self) -> bool {
        self.secure_cookies
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
