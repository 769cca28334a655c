//! The Commerce Control List as a table: one row a paragraph, the notes as a
//! list of records in the notation of Python.

use super::codes::{designator, is_entry};
use super::{ControlListError, ControlText, Note, Paragraph, fits, note_kind, tidy};
use portcullis_domain::Issue;
use std::collections::BTreeMap;

/// Longest cell of notes that is searched.
const MAX_NOTES_BYTES: usize = 256 << 10;

pub(super) fn read(bytes: &[u8]) -> Result<ControlText, ControlListError> {
    let text = String::from_utf8_lossy(bytes);
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| malformed(&error))?.clone();
    let column = |name: &str| {
        let found = header.iter().position(|cell| cell.trim() == name);
        found.ok_or_else(|| ControlListError::Malformed {
            line: 1,
            what: format!("the column '{name}' is missing"),
        })
    };
    let (code, description) = (column("ecn_number")?, column("description_en")?);
    let notes = column("notes")?;
    let mut result = ControlText::default();
    let mut found: BTreeMap<Vec<Step>, Paragraph> = BTreeMap::new();
    for row in reader.records() {
        let row = row.map_err(|error| malformed(&error))?;
        let line = row.position().map_or(0, csv::Position::line);
        let cell = |at: usize| row.get(at).unwrap_or("");
        let Some(code) = code_of(cell(code), line, &mut result.issues) else {
            continue;
        };
        let paragraph = Paragraph {
            text: tidy(cell(description)),
            notes: notes_of(cell(notes)),
            code,
            reasons: Vec::new(),
        };
        if !fits(&paragraph.text, &paragraph.code, &mut result.issues) {
            continue;
        }
        let key = steps(&paragraph.code);
        if let Some(first) = found.get(&key) {
            let what = format!("{} stands twice; the first is kept", first.code);
            result
                .issues
                .push(Issue::new("duplicate", what).at_line(line));
            continue;
        }
        found.insert(key, paragraph);
    }
    result.paragraphs = found.into_values().collect();
    Ok(result)
}

/// One part of a code, in the order of the list: letters by place, `aa` after `z`.
type Step = (usize, String);

fn steps(code: &str) -> Vec<Step> {
    code.split('.')
        .map(|part| (part.len(), part.to_owned()))
        .collect()
}

/// The code of a row; rows of categories and product groups have none. A
/// spreadsheet may have read `3E101` as a number: it is put right and said.
fn code_of(cell: &str, line: u64, issues: &mut Vec<Issue>) -> Option<String> {
    let cell = cell.trim();
    if let Some(repaired) = from_number(cell).or_else(|| from_letter_o(cell)) {
        let what = format!("'{cell}' is read as {repaired}");
        issues.push(
            Issue::new("repaired-code", what)
                .at_line(line)
                .in_field("ecn_number"),
        );
        return code_of(&repaired, line, issues);
    }
    let (entry, rest) = cell.split_at_checked(5).unwrap_or((cell, ""));
    if !is_entry(entry) {
        // Headings of categories and groups are no entries; anything else is told.
        let heading = cell.len() <= 2
            || cell.starts_with("CATEGORY")
            || cell.starts_with("PART")
            || cell == "EAR99";
        if !heading {
            let what = format!("'{cell}' is not an entry number");
            issues.push(
                Issue::new("bad-code", what)
                    .at_line(line)
                    .in_field("ecn_number"),
            );
        }
        return None;
    }
    if rest.is_empty() {
        return Some(entry.to_owned());
    }
    let parts = rest.strip_prefix('.').and_then(designator);
    if parts.is_none() {
        let what = format!("'{cell}' has no paragraph that can be read");
        issues.push(
            Issue::new("bad-code", what)
                .at_line(line)
                .in_field("ecn_number"),
        );
    }
    Some(format!("{entry}.{}", parts?.join(".")))
}

/// `3.00E+101` was `3E101`. Of `0.00E+00` the digits are lost.
fn from_number(cell: &str) -> Option<String> {
    let (mantissa, power) = cell.split_once("E+")?;
    let category = mantissa.strip_suffix(".00")?;
    let power: u32 = power.parse().ok()?;
    (category.len() == 1 && category != "0" && power < 1000)
        .then(|| format!("{category}E{power:03}"))
}

/// `OA506` with the letter O.
fn from_letter_o(cell: &str) -> Option<String> {
    let rest = cell.strip_prefix('O')?;
    let repaired = format!("0{rest}");
    repaired.get(..5).is_some_and(is_entry).then_some(repaired)
}

/// The descriptions in a list of records, children included, in order.
fn notes_of(cell: &str) -> Vec<Note> {
    if cell.len() > MAX_NOTES_BYTES {
        return Vec::new();
    }
    let mut notes = Vec::new();
    let mut rest = cell;
    while let Some((_, after)) = rest.split_once("'description': ") {
        let Some((text, tail)) = quoted(after) else {
            break;
        };
        let text = tidy(&text);
        if !text.is_empty() {
            notes.push(Note {
                kind: note_kind(&text),
                text,
            });
        }
        rest = tail;
    }
    notes
}

/// A quoted text in either quotation mark, and what follows.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mark = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let mut result = String::new();
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => {
                result.push(if c == 'n' { ' ' } else { c });
                escaped = false;
            }
            '\\' => escaped = true,
            c if c == mark => return Some((result, &text[at + c.len_utf8()..])),
            c => result.push(c),
        }
    }
    None
}

fn malformed(error: &csv::Error) -> ControlListError {
    ControlListError::Malformed {
        line: error.position().map_or(0, csv::Position::line),
        what: error.to_string(),
    }
}
