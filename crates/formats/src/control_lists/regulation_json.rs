//! EU Annex I as a fixture of paragraphs with materialised paths: four
//! characters of `path` for each level.

use super::ccl_json::malformed;
use super::codes::{designator, is_entry};
use super::{ControlListError, ControlText, MAX_PARAGRAPHS, Note, NoteKind, Paragraph, fits, tidy};
use portcullis_domain::Issue;
use serde::Deserialize;
use std::collections::{BTreeMap, HashSet};

#[derive(Deserialize)]
struct Record {
    model: String,
    fields: serde_json::Value,
}

#[derive(Deserialize)]
struct Fields {
    path: String,
    code: String,
    note_type: String,
    text: String,
}

pub(super) fn read(bytes: &[u8]) -> Result<ControlText, ControlListError> {
    let records: Vec<Record> = serde_json::from_slice(bytes).map_err(|error| malformed(&error))?;
    let mut result = ControlText::default();
    let mut by_path: BTreeMap<String, Fields> = BTreeMap::new();
    let paragraphs = records
        .into_iter()
        .enumerate()
        .filter(|(_, record)| record.model == "regulations.paragraph");
    for (at, record) in paragraphs {
        match serde_json::from_value::<Fields>(record.fields) {
            Ok(fields) => {
                by_path.insert(fields.path.clone(), fields);
            }
            Err(error) => {
                let what = format!("record {}: {error}", at + 1);
                result
                    .issues
                    .push(Issue::new("bad-record", what).in_field("fields"));
            }
        }
        if by_path.len() > MAX_PARAGRAPHS {
            return Err(ControlListError::TooMany);
        }
    }
    build(&by_path, &mut result);
    Ok(result)
}

/// Paths sort as the tree is read: a parent before its children.
fn build(by_path: &BTreeMap<String, Fields>, result: &mut ControlText) {
    let mut codes: BTreeMap<&str, String> = BTreeMap::new();
    let mut seen = HashSet::new();
    for (path, fields) in by_path {
        let parent = path.get(..path.len().saturating_sub(4)).unwrap_or("");
        let text = tidy(&fields.text.replace("<br>", " ").replace("&emsp;", " "));
        if let Some(kind) = note_of(&fields.note_type) {
            add_note(kind, text, codes.get(parent), result);
            continue;
        }
        let Some(code) = code_of(&fields.code, parent, &codes) else {
            let what = format!("'{}' at path {path} is not a paragraph", fields.code);
            result
                .issues
                .push(Issue::new("bad-code", what).in_field("code"));
            continue;
        };
        codes.insert(path, code.clone());
        if !seen.insert(code.clone()) {
            let what = format!("{code} stands twice; the first is kept");
            result
                .issues
                .push(Issue::new("duplicate", what).in_field("code"));
        } else if fits(&text, &code, &mut result.issues) {
            result.paragraphs.push(Paragraph {
                code,
                text,
                ..Paragraph::default()
            });
        }
    }
}

fn code_of(code: &str, parent: &str, codes: &BTreeMap<&str, String>) -> Option<String> {
    let code = code.trim().trim_end_matches('.');
    if parent.is_empty() {
        return is_entry(code).then(|| code.to_owned());
    }
    let parent = codes.get(parent)?;
    Some(format!("{parent}.{}", designator(code)?.join(".")))
}

fn note_of(kind: &str) -> Option<NoteKind> {
    match kind.trim_end_matches(':') {
        "base" => None,
        "Note" => Some(NoteKind::Scope),
        "Technical" => Some(NoteKind::Technical),
        "N.B." => Some(NoteKind::Reference),
        _ => Some(NoteKind::Other),
    }
}

/// A note stands below the paragraph it is about, or among its children.
fn add_note(kind: NoteKind, text: String, about: Option<&String>, result: &mut ControlText) {
    let Some(code) = about else {
        return;
    };
    let text = text
        .trim_start_matches("Note:")
        .trim_start_matches("Notes:")
        .trim()
        .to_owned();
    if text.is_empty() || !fits(&text, code, &mut result.issues) {
        return;
    }
    if let Some(found) = result.paragraphs.iter_mut().rev().find(|p| &p.code == code) {
        found.notes.push(Note { kind, text });
    }
}
