//! The Commerce Control List in the XML of the electronic Code of Federal
//! Regulations: title 15, part 774, supplement 1, as the versioner and the
//! bulk files give it.
//!
//! An entry begins with `<FP-2><B>3A001 Heading</B></FP-2>`; `<FP-1>` lines
//! name reasons and related controls; `<P>` paragraphs begin with their
//! designator; `<NOTE>` holds notes; `<TABLE>` the licence requirements, which
//! policy holds as facts and this reader passes over.

use super::ccl_json::reasons;
use super::codes::{leading_entry, split_designator};
use super::outline::Outline;
use super::{ControlListError, ControlText, MAX_LIST_BYTES, NoteKind};
use crate::xml::{Element, Limits, XmlError, for_each_flowing};

/// The elements that are looked at; a note is looked at as a whole.
const RECORDS: [&str; 12] = [
    "HEAD", "HD1", "HD2", "HD3", "FP", "FP-1", "FP-2", "FP1-2", "P", "NOTE", "EXTRACT", "TABLE",
];

/// Elements of running text, by name; a superscript gets `^`.
fn flows(element: &Element) -> Option<String> {
    match element.name.as_str() {
        "SUP" | "su" => Some(format!("^{}", element.text.trim())),
        "E" if element.attribute("T") == Some("51") => Some(format!("^{}", element.text.trim())),
        "E" | "I" | "B" | "SUB" | "em" | "strong" | "AC" | "XREF" | "a" | "FR" | "SU" => {
            Some(element.text.clone())
        }
        _ => None,
    }
}

pub(super) fn read(bytes: &[u8]) -> Result<ControlText, ControlListError> {
    let limits = Limits {
        max_bytes: MAX_LIST_BYTES as u64,
        ..Limits::default()
    };
    let mut reader = Reader::default();
    for_each_flowing(bytes, &limits, &RECORDS, flows, |element, _| {
        reader.element(&element);
    })
    .map_err(|error| refused(&error))?;
    if !reader.found {
        return Err(ControlListError::Malformed {
            line: 0,
            what: "supplement no. 1 to part 774 is not in this file".to_owned(),
        });
    }
    Ok(ControlText {
        paragraphs: reader.outline.paragraphs,
        issues: reader.outline.issues,
        published: None,
        citation: Some("15 CFR part 774, supplement no. 1".to_owned()),
    })
}

fn refused(error: &XmlError) -> ControlListError {
    ControlListError::Malformed {
        line: error.line,
        what: error.what.clone(),
    }
}

#[derive(Default)]
struct Reader {
    outline: Outline,
    /// Inside supplement no. 1.
    inside: bool,
    found: bool,
}

impl Reader {
    fn element(&mut self, element: &Element) {
        let text = element.text.trim();
        match element.name.as_str() {
            "HEAD" => self.head(text),
            _ if !self.inside => {}
            "HD1" | "HD2" | "HD3" | "TABLE" => {}
            "NOTE" | "EXTRACT" => self.note(element),
            "FP" | "FP-1" | "FP-2" | "FP1-2" => self.line(text),
            _ => self.paragraph(text),
        }
    }

    /// The heading of a part or supplement.
    fn head(&mut self, text: &str) {
        let lower = text.to_lowercase();
        let supplement = lower.starts_with("supplement no.");
        self.inside = supplement && lower.starts_with("supplement no. 1 to part 774");
        self.found |= self.inside;
    }

    /// A flush line: a new entry, or a field of the one that is open.
    fn line(&mut self, text: &str) {
        if let Some((code, heading)) = leading_entry(text) {
            self.outline.entry(
                code,
                heading.trim_start_matches([' ', '—', '-']),
                Vec::new(),
            );
            return;
        }
        if !self.outline.is_open() {
            return;
        }
        let Some((label, rest)) = text.split_once(':') else {
            self.paragraph(text);
            return;
        };
        match label.trim().to_lowercase().as_str() {
            "reason for control" => self.outline.reasons(reasons(rest)),
            "related controls" => self.outline.note(Some(NoteKind::Reference), rest),
            "related definitions" | "related definition" => {
                self.outline.note(Some(NoteKind::Technical), rest);
            }
            _ => self.paragraph(text),
        }
    }

    fn paragraph(&mut self, text: &str) {
        if !self.outline.is_open() || text.is_empty() {
            return;
        }
        match split_designator(text) {
            Some((parts, rest)) => self.outline.item(&parts, rest),
            None => self.outline.note(None, text),
        }
    }

    /// A note with its heading ("Note:", "Technical Notes:") and lines.
    fn note(&mut self, element: &Element) {
        if !self.outline.is_open() {
            return;
        }
        let heading = element.child("HED").or_else(|| element.child("HEAD"));
        let heading = heading.map_or("", |head| head.text.trim());
        let technical = heading.to_lowercase().starts_with("technical");
        let lines = element
            .children
            .iter()
            .filter(|c| c.name != "HED" && c.name != "HEAD");
        for line in lines {
            let kind = technical.then_some(NoteKind::Technical);
            self.outline.note(kind, &line.text);
        }
        if element.children.is_empty() {
            self.outline.note(None, &element.text);
        }
    }
}
