//! From a sequence of paragraphs to a tree: which designator belongs to the
//! entry and which to a numbered list inside a note.

use super::{MAX_PARAGRAPHS, Note, NoteKind, Paragraph, fits, note_kind, tidy};
use portcullis_domain::Issue;
use std::collections::HashSet;

/// Builds the paragraphs of one list.
#[derive(Default)]
pub(super) struct Outline {
    pub(super) paragraphs: Vec<Paragraph>,
    pub(super) issues: Vec<Issue>,
    seen: HashSet<String>,
    entry: String,
    /// Codes of the entry so far, in order.
    open: Vec<Vec<String>>,
    /// A note that ends with a colon takes the lettered list that follows it.
    in_note: bool,
    last_note: Option<NoteKind>,
}

impl Outline {
    /// A new entry with its heading.
    pub(super) fn entry(&mut self, code: &str, heading: &str, reasons: Vec<String>) {
        self.open.clear();
        self.in_note = false;
        self.last_note = None;
        code.clone_into(&mut self.entry);
        self.add(code.to_owned(), heading, reasons);
    }

    fn add(&mut self, code: String, text: &str, reasons: Vec<String>) {
        let text = tidy(text);
        if !fits(&text, &code, &mut self.issues) {
            return;
        }
        if !self.seen.insert(code.clone()) {
            let what = format!("{code} stands twice; the first is kept");
            self.issues
                .push(Issue::new("duplicate", what).in_field("code"));
            return;
        }
        // One more than is taken, so that the reader sees that there are too many.
        if self.paragraphs.len() > MAX_PARAGRAPHS {
            return;
        }
        self.paragraphs.push(Paragraph {
            code,
            text,
            notes: Vec::new(),
            reasons,
        });
    }

    /// Whether an entry is open.
    pub(super) fn is_open(&self) -> bool {
        !self.entry.is_empty()
    }

    /// The reasons for control of the entry.
    pub(super) fn reasons(&mut self, reasons: Vec<String>) {
        let entry = self.entry.as_str();
        if let Some(found) = self.paragraphs.iter_mut().rev().find(|p| p.code == entry) {
            found.reasons = reasons;
        }
    }

    /// A paragraph with a designator. One that cannot follow in the entry is a
    /// list inside the note before it.
    pub(super) fn item(&mut self, parts: &[String], text: &str) {
        let code = format!("{}.{}", self.entry, parts.join("."));
        let begins_with_letter = parts
            .first()
            .is_some_and(|part| part.bytes().all(|b| b.is_ascii_lowercase()));
        if !begins_with_letter || self.seen.contains(&code) || !self.follows(parts) {
            let note = format!("{}. {text}", parts.join("."));
            self.continued(&note);
            return;
        }
        self.in_note = false;
        self.open.push(parts.to_vec());
        self.add(code, text, Vec::new());
    }

    /// Whether the designator can come next: its parent is there, and in a
    /// note's list a single letter is only taken if it is the next of the entry.
    fn follows(&self, parts: &[String]) -> bool {
        let mut siblings = self.open.iter().filter(|open| {
            open.len() == parts.len() && open[..parts.len() - 1] == parts[..parts.len() - 1]
        });
        let Some(last) = siblings.next_back().and_then(|open| open.last()) else {
            // The first of its kind: in a note only a deeper one can be meant.
            return !self.in_note || parts.len() > 1 || self.open.is_empty();
        };
        let Some(part) = parts.last() else {
            return false;
        };
        rank(part) > rank(last) && (!self.in_note || rank(part) <= rank(last) + 6)
    }

    /// A note beside the last paragraph.
    pub(super) fn note(&mut self, kind: Option<NoteKind>, text: &str) {
        let text = tidy(text);
        let kind = kind.unwrap_or_else(|| note_kind(&text));
        self.in_note = text.ends_with(':');
        self.last_note = Some(kind);
        self.push_note(kind, text);
    }

    /// A further line of the note before it.
    fn continued(&mut self, text: &str) {
        let kind = self.last_note.unwrap_or_else(|| note_kind(text));
        self.push_note(kind, tidy(text));
    }

    fn push_note(&mut self, kind: NoteKind, text: String) {
        if text.is_empty() {
            return;
        }
        let Some(last) = self.paragraphs.last_mut() else {
            return;
        };
        let code = last.code.clone();
        if fits(&text, &code, &mut self.issues) {
            last.notes.push(Note { kind, text });
        }
    }
}

/// Order among siblings: numbers by value, letters by place, doubled ones later.
fn rank(part: &str) -> u32 {
    if let Ok(number) = part.parse::<u32>() {
        return number;
    }
    let letter = part.bytes().next_back().unwrap_or(b'a');
    let doubled = if part.len() > 1 { 26 } else { 0 };
    doubled + u32::from(letter.saturating_sub(b'a')) + 1
}
