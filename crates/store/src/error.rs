//! What can go wrong, in words that say what to do.

use std::path::PathBuf;

/// Why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process holds the database.
    #[error(
        "the database is locked by another process; wait until it has finished, or stop it, and try again"
    )]
    Locked,
    /// The database cannot be reached or opened.
    #[error("the database {database} cannot be opened; check that it exists and is running")]
    Gone {
        /// Which database, without its password.
        database: String,
        /// What the driver said.
        #[source]
        source: sqlx::Error,
    },
    /// The database can be read but not written.
    #[error("the database is read-only; check the permissions of its file and folder")]
    ReadOnly,
    /// There is no room left for the database or a file.
    #[error("the disk is full; nothing was changed")]
    DiskFull,
    /// The file is no database, or a damaged one.
    #[error("the database file is damaged or is not a database; restore it from a backup")]
    NotADatabase,
    /// The tables are of another version of the program.
    #[error("the database was made by another version of portcullis: {0}")]
    WrongVersion(String),
    /// The keys in the data folder are not those of this database.
    #[error("the keys in {folder} do not belong to this database: {why}")]
    WrongKeys {
        /// The folder of the keys.
        folder: PathBuf,
        /// What does not fit.
        why: String,
    },
    /// A file cannot be read or written.
    #[error("the file {path} cannot be read or written")]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// Somebody else recorded something in between; nothing was recorded.
    #[error("{0} was changed by somebody else in the meantime; read it again and retry")]
    Conflict(String),
    /// There is no such thing.
    #[error("there is no {what} '{id}'")]
    NotFound {
        /// What sort of thing.
        what: &'static str,
        /// The id asked for.
        id: String,
    },
    /// The contents were erased; only the event and its commitment remain.
    #[error("the contents of '{0}' were erased; what was decided remains, the evidence does not")]
    Erased(String),
    /// The contents are under legal hold and may not be erased.
    #[error("'{0}' is under legal hold and cannot be erased")]
    LegalHold(String),
    /// The rules of casework refuse it.
    #[error(transparent)]
    Refused(#[from] portcullis_casework::Refusal),
    /// The rules for changing the policy refuse it.
    #[error(transparent)]
    PolicyRefused(#[from] portcullis_casework::PolicyRefusal),
    /// The argument is not acceptable.
    #[error("{0}")]
    Invalid(String),
    /// What is stored cannot be read back.
    #[error("what is stored is damaged: {0}")]
    Damaged(String),
    /// The ledger cannot go on.
    #[error("the ledger cannot go on: {0}")]
    Ledger(String),
    /// Anything else that the database refuses.
    #[error("the database refused to {operation}")]
    Database {
        /// What was being done.
        operation: &'static str,
        /// What the driver said.
        #[source]
        source: sqlx::Error,
    },
}

/// Why an import changed nothing: the snapshot in use stays in use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportRefused {
    /// The files hold no entity at all.
    #[error("{source_name}: the files hold no entity; the snapshot in use stays in use")]
    Empty {
        /// The source.
        source_name: String,
    },
    /// A list that the snapshot in use has is missing.
    #[error(
        "{source_name}: list {list} is missing ({old} entities before); \
         the snapshot in use stays in use; --accept takes it as it is"
    )]
    ListMissing {
        /// The source.
        source_name: String,
        /// Code of the list.
        list: String,
        /// Entities on it in the snapshot in use.
        old: u64,
    },
    /// A list shrank by more than policy allows.
    #[error(
        "{source_name}: list {list} shrank from {old} to {new} entities, more than \
         {max_shrink_percent} %; the snapshot in use stays in use; --accept takes it as it is"
    )]
    ListShrank {
        /// The source.
        source_name: String,
        /// Code of the list.
        list: String,
        /// Entities on it in the snapshot in use.
        old: u64,
        /// Entities on it now.
        new: u64,
        /// The percentage that policy allows.
        max_shrink_percent: u32,
    },
    /// The names of the source, aliases included, shrank by more than policy
    /// allows: a file of the set was left out, as a rule.
    #[error(
        "{source_name}: its names shrank from {old} to {new}, more than {max_shrink_percent} %; \
         were all files of the set given? the snapshot in use stays in use; --accept takes it \
         as it is"
    )]
    NamesShrank {
        /// The source.
        source_name: String,
        /// Names of all its entities in the snapshot in use.
        old: u64,
        /// Names of all its entities now.
        new: u64,
        /// The percentage that policy allows.
        max_shrink_percent: u32,
    },
}

/// Why a list was not imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The content is not trusted.
    #[error(transparent)]
    Refused(#[from] ImportRefused),
    /// The store failed; nothing was changed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
