//! Bounded XML: one reader for every XML format.
//!
//! What it refuses, so that no caller has to: entity declarations (nothing is
//! ever expanded beyond the five predefined entities and character
//! references, nothing is ever fetched), bytes that are not valid in the
//! encoding of the file, documents that are cut off, and anything beyond the
//! [`Limits`]. What it forgives: prefixes (names are local names; the
//! namespace stands beside them) and undeclared prefixes (no namespace).
//!
//! Two ways in: [`parse`] holds one document as a tree; [`for_each`] walks a
//! long list and holds one record at a time.

mod element;
mod reader;
mod source;
#[cfg(test)]
mod tests;

pub use element::{Attribute, Element};
pub use reader::{Document, for_each, for_each_flowing, for_each_verbatim, parse};

use portcullis_domain::Issue;

/// How much XML is read before a file is refused. Every limit that is met is
/// an [`XmlError`] that names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file as it comes, before decoding.
    pub max_bytes: u64,
    /// Elements inside each other, the root counted.
    pub max_depth: usize,
    /// Attributes of one element, namespace declarations counted.
    pub max_attributes: usize,
    /// Bytes (UTF-8) of one element or attribute name, prefix counted.
    pub max_name_len: usize,
    /// Bytes (UTF-8) of the text of one element, of one attribute value, of
    /// one comment.
    pub max_text_bytes: usize,
    /// Elements and attributes held at once: of the whole document in
    /// [`parse`], of one record in [`for_each`].
    pub max_elements: usize,
}

impl Default for Limits {
    /// 64 MiB, 64 deep, 64 attributes, names of 256 bytes, texts of 1 MiB,
    /// a million elements and attributes at once.
    fn default() -> Limits {
        Limits {
            max_bytes: 64 << 20,
            max_depth: 64,
            max_attributes: 64,
            max_name_len: 256,
            max_text_bytes: 1 << 20,
            max_elements: 1_000_000,
        }
    }
}

/// Why a document was refused, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct XmlError {
    /// Line in the file, from 1.
    pub line: u64,
    /// Machine-readable code: `empty`, `too-large`, `too-deep`,
    /// `too-many-attributes`, `name-too-long`, `text-too-long`,
    /// `too-many-elements`, `entity-declaration`, `unknown-entity`,
    /// `wrong-encoding`, `not-well-formed`, `truncated` or `io`.
    pub code: &'static str,
    /// What is wrong, in plain words.
    pub what: String,
}

impl XmlError {
    fn new(line: u64, code: &'static str, what: impl Into<String>) -> XmlError {
        XmlError {
            line,
            code,
            what: what.into(),
        }
    }

    /// The same as an issue of the file.
    pub fn issue(&self) -> Issue {
        Issue::new(self.code, self.what.clone()).at_line(self.line)
    }
}
