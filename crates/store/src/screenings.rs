//! Screening records: who asked what, when, against which lists, and the answer.

mod code;
mod read;
mod record;
mod recorder;
mod settle;

pub(crate) use code::{code_of, read_code};
pub(crate) use read::screening_row;
pub(crate) use record::{ScreeningContent, batch_digest, content_matches};
pub use recorder::ScreeningRecorder;
pub use settle::{Settled, Settlement};

use jiff::Timestamp;
use portcullis_domain::{Date, ListedHit, Party};
use serde::{Deserialize, Serialize};

/// By which way somebody asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScreeningSource {
    /// The console.
    Console,
    /// The API.
    Api,
    /// A single question at the command line.
    Cli,
    /// The rescreening of a customer book.
    Monitor,
    /// A file of `portcullis screen`: one record for the whole run.
    File,
}

impl ScreeningSource {
    /// Every way.
    pub const ALL: [ScreeningSource; 5] = [
        ScreeningSource::Console,
        ScreeningSource::Api,
        ScreeningSource::Cli,
        ScreeningSource::Monitor,
        ScreeningSource::File,
    ];

    /// The word used in JSON, SQL and URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            ScreeningSource::Console => "console",
            ScreeningSource::Api => "api",
            ScreeningSource::Cli => "cli",
            ScreeningSource::Monitor => "monitor",
            ScreeningSource::File => "file",
        }
    }

    /// Reads the word used in JSON, SQL and URLs.
    pub fn parse(word: &str) -> Option<ScreeningSource> {
        ScreeningSource::ALL
            .into_iter()
            .find(|s| s.as_str() == word)
    }
}

/// What a screening came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScreeningResult {
    /// Nothing at or above the threshold.
    Clear,
    /// Something at or above it.
    Alert,
    /// Not all could be looked at, and nothing was met in what could: not clear.
    Partial,
    /// Nothing that could be screened.
    NotScreened,
}

impl ScreeningResult {
    /// Every result.
    pub const ALL: [ScreeningResult; 4] = [
        ScreeningResult::Clear,
        ScreeningResult::Alert,
        ScreeningResult::Partial,
        ScreeningResult::NotScreened,
    ];

    /// The word used in JSON, SQL and URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            ScreeningResult::Clear => "clear",
            ScreeningResult::Alert => "alert",
            ScreeningResult::Partial => "partial",
            ScreeningResult::NotScreened => "not_screened",
        }
    }

    /// Reads the word used in JSON, SQL and URLs.
    pub fn parse(word: &str) -> Option<ScreeningResult> {
        ScreeningResult::ALL
            .into_iter()
            .find(|r| r.as_str() == word)
    }
}

/// What was asked and answered; sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScreeningDetail {
    /// One party.
    One {
        /// Who was asked about, as given.
        asked: Party,
        /// What was met at or above the threshold, strongest first.
        hits: Vec<ListedHit>,
        /// Which bound of work was met, where not all could be looked at.
        partial: Option<String>,
        /// The lists to which the question was narrowed, in words; absent where
        /// it went to all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        within: Option<String>,
    },
    /// A file of names.
    File {
        /// Its name, as shown to people.
        file: String,
        /// SHA-256 of its bytes, lower-case hex.
        input_sha256: String,
        /// SHA-256 of what was written, lower-case hex.
        output_sha256: String,
        /// Rows.
        rows: u64,
        /// Rows that were clear.
        clear: u64,
        /// Rows with something at or above the threshold.
        alerts: u64,
        /// Rows that could be screened in part only.
        partial: u64,
        /// Rows that could not be screened.
        errors: u64,
    },
    /// The rescreening of a customer book.
    Book {
        /// Id of the run; its completion record is the proof.
        run: String,
        /// Name of the book.
        book: String,
        /// Customers in the book.
        customers: u64,
        /// Customers that were screened against every list.
        customers_screened: u64,
        /// Changed entities against which every customer was screened.
        entities_screened: u64,
        /// Pairs that met at or above the threshold.
        alerts: u64,
        /// Customers that could be screened in part only.
        partial: u64,
        /// Customers of whom nothing could be screened.
        unscreened: u64,
    },
}

/// A screening to be recorded.
#[derive(Clone, Debug)]
pub struct NewScreening {
    /// Who asked, from the session or token.
    pub actor: String,
    /// By which way.
    pub source: ScreeningSource,
    /// The day for which it was asked.
    pub as_of: Date,
    /// Id of the list set that answered.
    pub lists: String,
    /// The threshold, in ten-thousandths.
    pub threshold: i64,
    /// Whether weak aliases could alert by name alone.
    pub weak: bool,
    /// Version of the screening engine.
    pub engine: String,
    /// What it came to.
    pub result: ScreeningResult,
    /// What was asked and answered.
    pub detail: ScreeningDetail,
}

/// A screening that is durably recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedScreening {
    /// Its id, a UUID version 7.
    pub id: String,
    /// Its verification code, for people: `7K3M-Q9XD-2F5T-0ABC`.
    pub code: String,
}

/// A screening as it stands in the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredScreening {
    /// Its id.
    pub id: String,
    /// Its verification code.
    pub code: String,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Who asked.
    pub actor: String,
    /// By which way.
    pub source: ScreeningSource,
    /// The day for which it was asked.
    pub as_of: Date,
    /// Id of the list set that answered; [`crate::Store::list_set_members`] names its snapshots.
    pub lists: String,
    /// The threshold, in ten-thousandths.
    pub threshold: i64,
    /// Whether weak aliases could alert by name alone.
    pub weak: bool,
    /// Version of the screening engine.
    pub engine: String,
    /// What it came to.
    pub result: ScreeningResult,
    /// How many hits; for a file, how many rows with one.
    pub hits: u64,
    /// SHA-256 over the record, salted with a secret among its contents.
    pub digest: String,
    /// Id of the event that vouches for its batch.
    pub batch_id: String,
    /// The place of that event in the ledger, once it has one.
    pub ledger_index: Option<u64>,
    /// What was asked and answered; `None` after erasure, and in lists.
    pub detail: Option<ScreeningDetail>,
}

/// Which screenings to list. An absent field does not filter.
#[derive(Clone, Debug, Default)]
pub struct ScreeningFilter {
    /// Only by this person or token.
    pub actor: Option<String>,
    /// Only by this way.
    pub source: Option<ScreeningSource>,
    /// Only with this result.
    pub result: Option<ScreeningResult>,
    /// Recorded at this time or later.
    pub from: Option<Timestamp>,
    /// Recorded before this time.
    pub until: Option<Timestamp>,
}
