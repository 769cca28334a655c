//! Control lists as their publishers and users hold them: the official XML of
//! the Commerce Control List, and tables and JSON made from official texts.
//!
//! Every reader gives the same: paragraphs with code, text and notes, in the
//! order of the list, and an issue for each record that cannot be taken. No
//! text of any list is part of this program.

mod ccl_json;
mod codes;
mod codes_csv;
mod eccn_tree;
mod ecfr;
mod outline;
mod regulation_json;
#[cfg(test)]
mod tests;

pub use codes_csv::CodeTable;

use portcullis_domain::{Date, Issue};

/// Largest file that is read.
pub const MAX_LIST_BYTES: usize = 64 << 20;
/// Most paragraphs that are read from one file.
pub const MAX_PARAGRAPHS: usize = 100_000;
/// Longest text of one paragraph or note that is kept, in bytes; a longer one
/// is an issue.
pub const MAX_PARAGRAPH_BYTES: usize = 64 << 10;

/// The shape of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// XML of the electronic Code of Federal Regulations: title 15, part 774.
    Ecfr,
    /// `{"entries": [{"eccn", "heading", "items": […]}]}`.
    CclJson,
    /// CSV `ecn_number, parent_ecn, description_en, notes, …`.
    EccnTree,
    /// A fixture of `regulations.paragraph` records: EU Annex I in English.
    RegulationJson,
    /// CSV of codes alone, or codes with words: regimes, priority lists, tariff codes.
    Codes,
}

impl Format {
    /// The word for the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Ecfr => "ecfr-xml",
            Format::CclJson => "ccl-json",
            Format::EccnTree => "eccn-csv",
            Format::RegulationJson => "regulation-json",
            Format::Codes => "codes-csv",
        }
    }

    /// From its word.
    pub fn parse(word: &str) -> Option<Format> {
        [
            Format::Ecfr,
            Format::CclJson,
            Format::EccnTree,
            Format::RegulationJson,
            Format::Codes,
        ]
        .into_iter()
        .find(|format| format.as_str() == word)
    }

    /// What the content looks like.
    pub fn of(bytes: &[u8]) -> Option<Format> {
        let head = String::from_utf8_lossy(bytes.get(..bytes.len().min(4096)).unwrap_or(bytes));
        let head = head.trim_start_matches('\u{feff}').trim_start();
        if head.starts_with('<') {
            return Some(Format::Ecfr);
        }
        if head.starts_with('{') {
            return Some(Format::CclJson);
        }
        if head.starts_with('[') {
            return Some(Format::RegulationJson);
        }
        let first = head.lines().next().unwrap_or("");
        if first.contains("ecn_number") {
            return Some(Format::EccnTree);
        }
        codes_csv::CodeTable::of(first).map(|_| Format::Codes)
    }
}

/// What a note does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NoteKind {
    /// Says what is or is not controlled.
    Scope,
    /// Says how a parameter is understood or measured.
    Technical,
    /// Points elsewhere.
    Reference,
    /// Anything else: licence text, related controls.
    Other,
}

/// A note beside a paragraph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What it does.
    pub kind: NoteKind,
    /// Its text.
    pub text: String,
}

/// One paragraph of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paragraph {
    /// Code as published, with dots: `3A001.a.5.a`.
    pub code: String,
    /// Its own text, white space collapsed; a power of ten is `10^6`.
    pub text: String,
    /// Notes beside it, in order.
    pub notes: Vec<Note>,
    /// Reasons for control, as short codes (`NS`); a tier or regime where the
    /// file has no text.
    pub reasons: Vec<String>,
}

/// What a file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ControlText {
    /// Paragraphs in the order of the list.
    pub paragraphs: Vec<Paragraph>,
    /// What could not be taken.
    pub issues: Vec<Issue>,
    /// Day of the text, where the file says it.
    pub published: Option<Date>,
    /// The source that the file names.
    pub citation: Option<String>,
}

/// Why a file was refused as a whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ControlListError {
    /// The content is no form of control list that is known.
    #[error("this is no control list that can be read; name its format")]
    UnknownFormat,
    /// Larger than is read.
    #[error("the file is larger than {MAX_LIST_BYTES} bytes")]
    TooLarge,
    /// More paragraphs than are read.
    #[error("the file has more than {MAX_PARAGRAPHS} paragraphs")]
    TooMany,
    /// Not what its format promises.
    #[error("line {line}: {what}")]
    Malformed {
        /// Line, from 1; 0 where unknown.
        line: u64,
        /// What is wrong.
        what: String,
    },
    /// Read, but there is nothing in it.
    #[error("the file has no paragraph of a control list")]
    Empty,
}

/// Reads one file. Errors: it is refused as a whole, and nothing is taken.
pub fn read(bytes: &[u8], format: Option<Format>) -> Result<ControlText, ControlListError> {
    if bytes.len() > MAX_LIST_BYTES {
        return Err(ControlListError::TooLarge);
    }
    let format = format
        .or_else(|| Format::of(bytes))
        .ok_or(ControlListError::UnknownFormat)?;
    let text = match format {
        Format::Ecfr => ecfr::read(bytes)?,
        Format::CclJson => ccl_json::read(bytes)?,
        Format::EccnTree => eccn_tree::read(bytes)?,
        Format::RegulationJson => regulation_json::read(bytes)?,
        Format::Codes => codes_csv::read(bytes)?,
    };
    if text.paragraphs.is_empty() {
        return Err(ControlListError::Empty);
    }
    if text.paragraphs.len() > MAX_PARAGRAPHS {
        return Err(ControlListError::TooMany);
    }
    Ok(text)
}

/// White space collapsed, marks of emphasis dropped; powers of ten joined.
fn tidy(text: &str) -> String {
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    powers(&joined)
}

/// Powers of ten whose raised digits were lost: `5 × 10 3 Gy` and `5 x 103
/// Gy` are `5 × 10^3 Gy`.
fn powers(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = split_at_power(rest) {
        result.push_str(before);
        result.push_str("10^");
        rest = after;
    }
    result.push_str(rest);
    result
}

/// Text before `10` that follows a sign of multiplication, and what follows it
/// from the raised digits on.
fn split_at_power(text: &str) -> Option<(&str, &str)> {
    let mut from = 0;
    while let Some(found) = text.get(from..)?.find("10") {
        let at = from + found;
        from = at + 2;
        let before = text.get(..at)?;
        let multiplied = {
            let trimmed = before.trim_end();
            let sign = trimmed.ends_with(['×', 'x', 'X', '·', '*']);
            let head = trimmed.trim_end_matches(['×', 'x', 'X', '·', '*']);
            sign && head.trim_end().ends_with(|c: char| c.is_ascii_digit())
        };
        if !multiplied {
            continue;
        }
        let after = text.get(at + 2..)?.trim_start_matches('^');
        let digits = after.trim_start();
        let negative = digits.strip_prefix(['-', '−', '–']);
        let length = negative
            .unwrap_or(digits)
            .bytes()
            .take_while(u8::is_ascii_digit)
            .count();
        let ends = |c: char| !matches!(c, '.' | ',');
        let next = negative.unwrap_or(digits).get(length..)?;
        let whole = next.chars().next().is_none_or(ends)
            || next
                .get(1..)
                .is_some_and(|tail| !tail.starts_with(|c: char| c.is_ascii_digit()));
        if (1..=2).contains(&length) && whole {
            return Some((before, digits));
        }
    }
    None
}

/// Adds an issue about a text that is too long, and cuts nothing: it is dropped.
fn fits(text: &str, at: &str, issues: &mut Vec<Issue>) -> bool {
    let fits = text.len() <= MAX_PARAGRAPH_BYTES;
    if !fits {
        let what =
            format!("the text of {at} is longer than {MAX_PARAGRAPH_BYTES} bytes and is left out");
        issues.push(Issue::new("too-long", what).in_field("text"));
    }
    fits
}

/// What a note does, from how it begins and what it says.
fn note_kind(text: &str) -> NoteKind {
    let lower = text.to_lowercase();
    let starts = |words: &[&str]| words.iter().any(|word| lower.starts_with(word));
    let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if starts(&[
        "technical note",
        "for the purposes of",
        "for the purpose of",
    ]) {
        NoteKind::Technical
    } else if starts(&["n.b.", "see also", "see ", "for "]) && says(&[" see ", "see also"]) {
        NoteKind::Reference
    } else if says(&[
        "does not control",
        "does not apply",
        "do not apply",
        "do not control",
        "not controlled by",
        " includes ",
        " applies ",
        " controls ",
        " apply to ",
    ]) {
        NoteKind::Scope
    } else if starts(&["n.b.", "see also", "see "]) {
        NoteKind::Reference
    } else {
        NoteKind::Other
    }
}
