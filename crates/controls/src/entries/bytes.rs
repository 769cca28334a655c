//! The prepared form of a list: what is stored and loaded.

use super::{ControlList, Entry, ListHead};
use serde::{Deserialize, Serialize};

/// First bytes of the form; the digit is its version.
const MAGIC: &[u8] = b"portcullis-control-list-1\n";
/// Most entries that are loaded.
const MAX_ENTRIES: usize = 200_000;

/// Why a prepared form cannot be loaded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ListBytesError {
    /// Of another version of the program, or something else.
    #[error("this is not a control list as this version prepares it; import it again")]
    OtherForm,
    /// Damaged.
    #[error("the prepared control list is damaged: {0}")]
    Damaged(String),
}

#[derive(Serialize, Deserialize)]
struct Prepared {
    head: ListHead,
    entries: Vec<Entry>,
}

#[derive(Serialize)]
struct Borrowed<'l> {
    head: &'l ListHead,
    entries: &'l [Entry],
}

impl ControlList {
    /// The compact form. Errors: it cannot be written, which only a list
    /// beyond all limits can cause.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ListBytesError> {
        let prepared = Borrowed {
            head: &self.head,
            entries: &self.entries,
        };
        postcard::to_extend(&prepared, MAGIC.to_vec())
            .map_err(|error| ListBytesError::Damaged(error.to_string()))
    }

    /// Loads the compact form; whatever is damaged is refused.
    pub fn from_bytes(bytes: &[u8]) -> Result<ControlList, ListBytesError> {
        let body = bytes.strip_prefix(MAGIC).ok_or(ListBytesError::OtherForm)?;
        let damaged = |what: &str| ListBytesError::Damaged(what.to_owned());
        let (prepared, rest): (Prepared, &[u8]) = postcard::take_from_bytes(body)
            .map_err(|error| ListBytesError::Damaged(error.to_string()))?;
        if !rest.is_empty() {
            return Err(damaged("something follows where it ends"));
        }
        if prepared.entries.len() > MAX_ENTRIES {
            return Err(damaged("it has too many entries"));
        }
        for (at, entry) in prepared.entries.iter().enumerate() {
            if entry.parent.is_some_and(|parent| parent as usize >= at) {
                return Err(damaged("a paragraph stands before the one above it"));
            }
        }
        Ok(ControlList::assembled(prepared.head, prepared.entries))
    }
}
