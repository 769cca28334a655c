//! Why a file is refused whole.

use thiserror::Error;

/// Why a file yields no snapshot. Each says what is wrong, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ReadError {
    /// No bytes, or nothing but white space.
    #[error("the file is empty; fetch it again")]
    Empty,
    /// Larger than the limit.
    #[error("the file has {bytes} bytes, more than the limit of {limit}; it was not read")]
    TooLarge {
        /// Length of the file.
        bytes: u64,
        /// Limit in bytes.
        limit: u64,
    },
    /// A workbook that holds more than it may.
    #[error("the workbook unpacks to more than {limit} bytes; it was not read to its end")]
    Unpacked {
        /// Limit in bytes.
        limit: u64,
    },
    /// More records than the limit.
    #[error("the file has more than {limit} records; it was not read to its end")]
    TooManyRecords {
        /// The limit.
        limit: u64,
    },
    /// Cut off before its end.
    #[error("the file is cut off at line {line}: {what}; fetch it again")]
    Truncated {
        /// Line at which it ends.
        line: u64,
        /// How that shows.
        what: String,
    },
    /// Bytes in no encoding we can tell.
    #[error("the file is not text in UTF-8, UTF-16 or Windows-1252: {what}")]
    Encoding {
        /// What is wrong.
        what: String,
    },
    /// None of the formats.
    #[error("the content is of no known list format: {what}")]
    NotRecognised {
        /// What it looks like, and what to do.
        what: String,
    },
    /// The right format in the wrong shape: a missing column, another root.
    #[error("line {line}, field {field}: {what}")]
    Schema {
        /// Line of the header or element.
        line: u64,
        /// Column, element or key.
        field: String,
        /// What is wrong, and what to do.
        what: String,
    },
    /// XML that is not well-formed, declares entities, or exceeds a bound.
    #[error("line {line}: {what}")]
    Xml {
        /// Line of the fault.
        line: u64,
        /// Code of the XML reader, for example `entity-declaration`, `truncated`.
        code: &'static str,
        /// What is wrong.
        what: String,
    },
    /// More than half of the records cannot be read.
    #[error("{bad} of {seen} records cannot be read; the first: {first}")]
    MostlyUnreadable {
        /// Unreadable records.
        bad: u64,
        /// Records in all.
        seen: u64,
        /// What is wrong with the first.
        first: String,
    },
    /// Not one record.
    #[error("the file holds no record; fetch it again")]
    NoRecords,
    /// Alias, address or comment rows without the primary file.
    #[error("{format} rows were given without their primary file; give {missing} in the same call")]
    PrimaryMissing {
        /// What was given.
        format: &'static str,
        /// What is missing.
        missing: &'static str,
    },
    /// Not one row belongs to an entity of the primary file.
    #[error("no row belongs to an entity of {primary}; give the files of one publication together")]
    Unrelated {
        /// Name of the primary file.
        primary: String,
    },
    /// A mapping file that cannot be used.
    #[error("mapping, line {line}, key {key}: {what}")]
    Mapping {
        /// Line of the mapping, from 1.
        line: u64,
        /// Key, dotted: `columns.birth_date.format`.
        key: String,
        /// What is wrong.
        what: String,
    },
    /// Two files of one call claim one source.
    #[error("{other} gives the same source; give one of them, or import them apart with --source")]
    SameSource {
        /// The other file.
        other: String,
    },
}

impl ReadError {
    /// Machine-readable code, stable across versions.
    pub fn code(&self) -> &'static str {
        match self {
            ReadError::Empty => "empty",
            ReadError::TooLarge { .. } | ReadError::Unpacked { .. } => "too-large",
            ReadError::TooManyRecords { .. } => "too-many-records",
            ReadError::Truncated { .. } => "truncated",
            ReadError::Encoding { .. } => "wrong-encoding",
            ReadError::NotRecognised { .. } => "not-recognised",
            ReadError::Schema { .. } => "wrong-schema",
            ReadError::Xml { code, .. } => code,
            ReadError::MostlyUnreadable { .. } => "mostly-unreadable",
            ReadError::NoRecords => "no-records",
            ReadError::PrimaryMissing { .. } => "primary-missing",
            ReadError::Unrelated { .. } => "unrelated",
            ReadError::Mapping { .. } => "wrong-mapping",
            ReadError::SameSource { .. } => "same-source",
        }
    }
}

impl From<crate::xml::XmlError> for ReadError {
    fn from(error: crate::xml::XmlError) -> ReadError {
        match error.code {
            "empty" => ReadError::Empty,
            "truncated" => ReadError::Truncated {
                line: error.line,
                what: error.what,
            },
            code => ReadError::Xml {
                line: error.line,
                code,
                what: error.what,
            },
        }
    }
}

/// A source of which there is no snapshot, and why.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{file}: {error}")]
pub struct SourceError {
    /// The source, where it was known before the error.
    pub source_code: Option<String>,
    /// The file at fault.
    pub file: String,
    /// What is wrong with it.
    pub error: ReadError,
}
