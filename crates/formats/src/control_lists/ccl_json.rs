//! The Commerce Control List as JSON made from the official XML.

use super::codes::{designator, is_entry};
use super::outline::Outline;
use super::{ControlListError, ControlText, NoteKind};
use portcullis_domain::Issue;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    entries: Vec<serde_json::Value>,
    citation: Option<String>,
    ecfr_issue_date: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    eccn: String,
    heading: String,
    reason_for_control: Option<String>,
    related_controls: Option<String>,
    #[serde(default)]
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    paragraph: Option<String>,
    kind: String,
    text: String,
}

pub(super) fn read(bytes: &[u8]) -> Result<ControlText, ControlListError> {
    let file: File = serde_json::from_slice(bytes).map_err(|error| malformed(&error))?;
    let mut outline = Outline::default();
    for (at, value) in file.entries.into_iter().enumerate() {
        match serde_json::from_value::<Entry>(value) {
            Ok(entry) if is_entry(&entry.eccn) => read_entry(&entry, &mut outline),
            Ok(entry) => {
                let what = format!("entry {}: '{}' is not an entry number", at + 1, entry.eccn);
                outline
                    .issues
                    .push(Issue::new("bad-code", what).in_field("eccn"));
            }
            Err(error) => {
                let what = format!("entry {}: {error}", at + 1);
                outline
                    .issues
                    .push(Issue::new("bad-record", what).in_field("entries"));
            }
        }
    }
    Ok(ControlText {
        paragraphs: outline.paragraphs,
        issues: outline.issues,
        published: file.ecfr_issue_date.and_then(|day| day.parse().ok()),
        citation: file.citation,
    })
}

fn read_entry(entry: &Entry, outline: &mut Outline) {
    let reasons = reasons(entry.reason_for_control.as_deref().unwrap_or(""));
    outline.entry(&entry.eccn, &entry.heading, reasons);
    if let Some(related) = &entry.related_controls {
        outline.note(Some(NoteKind::Reference), related);
    }
    for item in &entry.items {
        let parts = item.paragraph.as_deref().and_then(designator);
        match parts.filter(|_| item.kind == "item" || item.kind == "note") {
            Some(parts) => outline.item(&parts, &item.text),
            None => outline.note(None, &item.text),
        }
    }
}

/// `NS, RS, AT` in a line of reasons.
pub(super) fn reasons(text: &str) -> Vec<String> {
    let words = text.split([',', ';', '.', ' ']).map(str::trim);
    let is_reason = |word: &&str| word.len() == 2 && word.bytes().all(|b| b.is_ascii_uppercase());
    words.filter(is_reason).map(str::to_owned).collect()
}

/// A JSON error as the fault of a file.
pub(super) fn malformed(error: &serde_json::Error) -> ControlListError {
    ControlListError::Malformed {
        line: error.line() as u64,
        what: error.to_string(),
    }
}
