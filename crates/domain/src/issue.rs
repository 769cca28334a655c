//! What could not be read, and where.

use serde::{Deserialize, Serialize};

/// Something in outside bytes that could not be taken as it stood. A record
/// with issues is still a record: nothing accepted is lost, and what is missing
/// is known to be missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issue {
    /// Line in the file, from 1, where known.
    pub line: Option<u64>,
    /// Field or path, for example `GoodsShipment/Destination/CountryCode`.
    pub field: Option<String>,
    /// Machine-readable code, for example `unknown-country`, `not-a-date`, `orphan-row`.
    pub code: String,
    /// What is wrong, in plain words.
    pub text: String,
}

impl Issue {
    /// An issue without a place.
    pub fn new(code: &str, text: impl Into<String>) -> Issue {
        Issue {
            line: None,
            field: None,
            code: code.to_owned(),
            text: text.into(),
        }
    }

    /// The same issue at a line.
    pub fn at_line(mut self, line: u64) -> Issue {
        self.line = Some(line);
        self
    }

    /// The same issue about a field.
    pub fn in_field(mut self, field: impl Into<String>) -> Issue {
        self.field = Some(field.into());
        self
    }
}
