//! Opening a store: folders, database, tables, keys.

use crate::files::{self, Folders};
use crate::keys::Keys;
use crate::sql::{cell, failed};
use crate::{StoreError, guards};
use jiff::Timestamp;
use sqlx::any::AnyPoolOptions;
use sqlx::migrate::MigrateError;
use sqlx::{AnyConnection, AnyPool, Connection, Executor};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

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
pub struct Store {
    /// For transactions that write. One connection on SQLite, so that writers
    /// of this process queue here and not in the database.
    pub(crate) write: AnyPool,
    /// For everything else.
    pub(crate) read: AnyPool,
    pub(crate) backend: Backend,
    pub(crate) keys: Arc<Keys>,
    pub(crate) folders: Folders,
    ids: Arc<Mutex<uuid::ContextV7>>,
}

/// Which database it is. Used only where one SQL is not enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Backend {
    Sqlite,
    Postgres,
}

/// How long a writer waits for another process before it says that the database
/// is locked.
const BUSY_TIMEOUT: &str = "PRAGMA busy_timeout = 5000";

/// `secure_delete` overwrites what is deleted, so that destroyed keys are gone
/// from the file.
const PRAGMAS: [&str; 6] = [
    BUSY_TIMEOUT,
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA cache_size = -65536",
];

const KEYS_ROW: &str = "keys";

impl Store {
    /// Opens the store, making what is absent: folders, keys, database, tables.
    ///
    /// # Errors
    ///
    /// [`StoreError`] says whether the database is locked, gone, read-only, of
    /// another version, or belongs to other keys.
    pub async fn open(config: &StoreConfig) -> Result<Store, StoreError> {
        sqlx::any::install_default_drivers();
        let folders = Folders {
            data: config.data_dir.clone(),
        };
        // One process at a time makes folders, tables and keys.
        let lock = files::blocking({
            let folders = folders.clone();
            move || prepare_folders(&folders)
        })
        .await?;
        let database = Database::of(config, &folders)?;
        let mut connection = database.connect().await?;
        migrate(&mut connection).await?;
        guards::install(&mut connection, database.backend).await?;
        let keys = fitting_keys(&mut connection, &folders, &config.ledger_origin).await?;
        connection.close().await.map_err(failed("open it"))?;
        drop(lock);
        let (write, read) = database.pools().await?;
        Ok(Store {
            write,
            read,
            backend: database.backend,
            keys: Arc::new(keys),
            folders,
            ids: Arc::new(Mutex::new(uuid::ContextV7::new())),
        })
    }

    /// The data folder.
    pub fn data_dir(&self) -> &Path {
        &self.folders.data
    }

    /// Closes all connections. Without it they close when the program ends.
    pub async fn close(&self) {
        self.write.close().await;
        self.read.close().await;
    }

    /// A connection for reading.
    pub(crate) async fn reader(&self) -> Result<sqlx::pool::PoolConnection<sqlx::Any>, StoreError> {
        self.read.acquire().await.map_err(failed("connect"))
    }

    /// A new id in the order of recording: UUID version 7.
    pub(crate) fn new_id(&self, now: Timestamp) -> String {
        let context = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        let seconds = u64::try_from(now.as_second()).unwrap_or(0);
        let nanoseconds = u32::try_from(now.subsec_nanosecond()).unwrap_or(0);
        let time = uuid::Timestamp::from_unix(&*context, seconds, nanoseconds);
        uuid::Uuid::new_v7(time).to_string()
    }
}

fn prepare_folders(folders: &Folders) -> Result<files::FolderLock, StoreError> {
    for folder in [&folders.data, &folders.raw()] {
        files::make_folder(folder)?;
    }
    // The index of a customer book holds names in the clear.
    files::make_secret_folder(&folders.segments())?;
    files::make_secret_folder(&folders.keys())?;
    let lock = files::FolderLock::wait(&folders.open_lock())?;
    if let Some(_nobody_imports) = files::FolderLock::try_now(&folders.import_lock())? {
        files::remove_unfinished(&folders.raw())?;
        files::remove_unfinished(&folders.segments())?;
    }
    Ok(lock)
}

struct Database {
    url: String,
    /// For people: without password.
    shown: String,
    backend: Backend,
}

impl Database {
    fn of(config: &StoreConfig, folders: &Folders) -> Result<Database, StoreError> {
        let Some(url) = &config.database_url else {
            return Database::in_folder(folders);
        };
        let rest = url
            .strip_prefix("postgres://")
            .or(url.strip_prefix("postgresql://"));
        let rest = rest.ok_or_else(|| {
            StoreError::Invalid("--database must begin with postgres://".to_owned())
        })?;
        let without_password = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
        Ok(Database {
            url: url.clone(),
            shown: format!("postgres://{without_password}"),
            backend: Backend::Postgres,
        })
    }

    fn in_folder(folders: &Folders) -> Result<Database, StoreError> {
        let path = folders.database();
        let in_use = Keys::read(&folders.keys())?.is_some();
        if in_use && !path.exists() {
            // Never an empty database in place of a lost one.
            return Err(StoreError::Gone {
                database: format!(
                    "{} (it is missing, although the folder is in use: restore it, or name its \
                     PostgreSQL database)",
                    path.display()
                ),
                source: sqlx::Error::Io(std::io::ErrorKind::NotFound.into()),
            });
        }
        Ok(Database {
            url: format!("sqlite://{}?mode=rwc", percent_encoded(&path)?),
            shown: path.display().to_string(),
            backend: Backend::Sqlite,
        })
    }

    /// One connection, without the pool's retries, so that what is wrong is said at once.
    async fn connect(&self) -> Result<AnyConnection, StoreError> {
        let opened = AnyConnection::connect(&self.url).await;
        let mut connection = opened.map_err(|source| self.refine(source))?;
        self.prepare(&mut connection)
            .await
            .map_err(|source| self.refine(source))?;
        Ok(connection)
    }

    /// Says which database, where the general words do not.
    fn refine(&self, source: sqlx::Error) -> StoreError {
        let gone = |source| StoreError::Gone {
            database: self.shown.clone(),
            source,
        };
        match failed("open it")(source) {
            StoreError::Gone { source, .. } | StoreError::Database { source, .. } => gone(source),
            other => other,
        }
    }

    async fn prepare(&self, connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
        prepare(self.backend, connection).await
    }

    async fn pools(&self) -> Result<(AnyPool, AnyPool), StoreError> {
        let backend = self.backend;
        let options = |connections: u32| {
            AnyPoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(Duration::from_secs(30))
                .after_connect(move |connection, _| {
                    Box::pin(async move { prepare(backend, connection).await })
                })
        };
        let open = async |connections| {
            let opened = options(connections).connect(&self.url).await;
            opened.map_err(|source| self.refine(source))
        };
        match backend {
            Backend::Sqlite => Ok((open(1).await?, open(4).await?)),
            Backend::Postgres => {
                let pool = open(10).await?;
                Ok((pool.clone(), pool))
            }
        }
    }
}

async fn prepare(backend: Backend, connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    if backend == Backend::Sqlite {
        for pragma in PRAGMAS {
            connection.execute(pragma).await?;
        }
    }
    Ok(())
}

/// A path as the path of a URL. sqlx decodes it again.
fn percent_encoded(path: &Path) -> Result<String, StoreError> {
    let text = path.to_str().ok_or_else(|| {
        StoreError::Invalid(format!("the folder name {} is not UTF-8", path.display()))
    })?;
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"/._-~".contains(&byte) {
            encoded.push(byte.into());
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    Ok(encoded)
}

async fn migrate(connection: &mut AnyConnection) -> Result<(), StoreError> {
    let migrated = sqlx::migrate!("./migrations").run(connection).await;
    migrated.map_err(|error| match error {
        MigrateError::VersionMissing(version) => StoreError::WrongVersion(format!(
            "it has migration {version}, which this version does not know; use a newer portcullis"
        )),
        MigrateError::VersionMismatch(version) | MigrateError::Dirty(version) => {
            StoreError::WrongVersion(format!("its migration {version} is another than ours"))
        }
        MigrateError::Execute(source) | MigrateError::ExecuteMigration(source, _) => {
            failed("make its tables")(source)
        }
        other => StoreError::WrongVersion(other.to_string()),
    })
}

/// The keys in the folder if they are this database's; new ones if neither has any.
async fn fitting_keys(
    connection: &mut AnyConnection,
    folders: &Folders,
    origin: &str,
) -> Result<Keys, StoreError> {
    let folder = folders.keys();
    let row = sqlx::query("SELECT value FROM installation WHERE name = $1")
        .bind(KEYS_ROW)
        .fetch_optional(&mut *connection)
        .await
        .map_err(failed("read its keys' fingerprint"))?;
    let known: Option<String> = row.map(|r| cell(&r, "value")).transpose()?;
    let wrong = |why: &str| StoreError::WrongKeys {
        folder: folder.clone(),
        why: why.to_owned(),
    };
    match (known, Keys::read(&folder)?) {
        (Some(known), Some(keys)) if known == keys.fingerprint() => Ok(keys),
        (Some(_), Some(_)) => Err(wrong("they are of another database")),
        (Some(_), None) => Err(wrong("they are missing; restore them from a backup")),
        (None, Some(_)) => Err(wrong(
            "the database is new and the keys are not; a ledger must not begin twice with one key",
        )),
        (None, None) => make_keys(connection, &folder, origin).await,
    }
}

async fn make_keys(
    connection: &mut AnyConnection,
    folder: &Path,
    origin: &str,
) -> Result<Keys, StoreError> {
    let keys = Keys::generate(origin)?;
    let mut tx = connection.begin().await.map_err(failed("begin"))?;
    sqlx::query("INSERT INTO installation (name, value) VALUES ($1, $2)")
        .bind(KEYS_ROW)
        .bind(keys.fingerprint())
        .execute(&mut *tx)
        .await
        .map_err(failed("remember its keys"))?;
    // The files come before the commit: a database without its keys is lost,
    // keys without a database are only said to be so.
    keys.write(folder)?;
    tx.commit().await.map_err(failed("remember its keys"))?;
    Ok(keys)
}
