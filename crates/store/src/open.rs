//! Opening a store.

use crate::StoreError;
use std::path::{Path, PathBuf};

/// Where everything is kept.
#[derive(Clone, Debug)]
pub struct StoreConfig {
    /// The data folder; made if it is absent.
    pub data_dir: PathBuf,
    /// `postgres://…` for PostgreSQL; `None` for the SQLite file in the data folder.
    pub database_url: Option<String>,
    /// Name of the ledger, given to its key when the key is made and fixed from
    /// then on, for example `licensing.example/ledger`.
    pub ledger_origin: String,
}

/// A store: the database and the files beside it. Cheap to clone.
#[derive(Clone)]
pub struct Store {}

impl Store {
    /// Opens the store, making what is absent: folders, keys, database, tables.
    ///
    /// # Errors
    ///
    /// [`StoreError`] says whether the database is locked, gone, read-only, of
    /// another version, or belongs to other keys.
    pub async fn open(config: &StoreConfig) -> Result<Store, StoreError> {
        todo!("{config:?}")
    }

    /// The data folder.
    pub fn data_dir(&self) -> &Path {
        todo!()
    }
}
