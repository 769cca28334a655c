//! Predicates drafted from the text of a control list.
//!
//! A draft is a proposal: it reads comparisons, ranges, joins and exclusions
//! by general rules and leaves what it cannot read as `unread`, which is never
//! a pass. It counts as law only after a person confirmed it against the text
//! ([`Confirmed`]); a changed text opens it again.

mod assemble;
mod clauses;
mod confirmed;
mod measure;
mod names;
mod read;
mod scan;
#[cfg(test)]
mod tests;
mod words;

pub use confirmed::{Confirmations, Confirmed, State, confirmations_name};
pub use measure::{Measured, is_numeric, measure};

use crate::entries::{ControlList, Entry, ListRegime, NoteKind, normal_code};
use crate::predicate::{MAX_PREDICATE_PARTS, Predicate};

/// Which sign divides whole and fraction in the numbers of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marks {
    /// `1,300.5`: American and British texts.
    Point,
    /// `1 300,5`: texts of the European Union.
    Comma,
}

impl Marks {
    /// The marks of a list's texts.
    pub fn of(regime: ListRegime) -> Marks {
        match regime {
            ListRegime::EuAnnexI => Marks::Comma,
            _ => Marks::Point,
        }
    }
}

/// How the paragraphs below are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Below {
    /// Every one must hold: "having all of the following".
    All,
    /// One is enough: "any of the following", "as follows".
    Any,
    /// Two or more: "two or more of the following".
    AtLeast(u32),
}

/// What the own text of a paragraph was read as.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The conditions in it; `None` where it states none of its own.
    pub predicate: Option<Predicate>,
    /// How the paragraphs below are joined.
    pub below: Below,
    /// Whether every number with a unit stands in a comparison or names the
    /// condition of a measurement.
    pub complete: bool,
}

/// Drafts the conditions that the own text of a paragraph states; `notes` are
/// its scope notes. Pure and the same for the same text.
pub fn draft(text: &str, notes: &[&str], marks: Marks) -> Draft {
    read::read(text, notes, marks)
}

impl ControlList {
    /// The draft of one paragraph's own text.
    pub fn draft(&self, at: u32) -> Option<Draft> {
        let entry = self.entry(at)?;
        let notes = self.scope_notes(at);
        let text = self.completed(entry);
        Some(draft(&text, &notes, Marks::of(self.regime())))
    }

    /// The text of a paragraph; where the one above ends in a comparison
    /// ("… exceeding any of the following:"), a bare value gets it.
    fn completed(&self, entry: &Entry) -> String {
        let above = entry.parent.and_then(|at| self.entry(at));
        let Some(words) = above.and_then(|above| read::final_comparison(&above.text)) else {
            return entry.text.clone();
        };
        let is_digit = |c: char| c.is_ascii_digit();
        if entry.text.starts_with(is_digit) {
            return format!("{words} {}", entry.text);
        }
        match entry.text.split_once(" of ") {
            Some((name, value)) if value.starts_with(is_digit) => format!("{name} {words} {value}"),
            _ => entry.text.clone(),
        }
    }

    /// The scope notes about a paragraph: those beside it, and those that stand
    /// further down but name it.
    fn scope_notes(&self, at: u32) -> Vec<&str> {
        let Some(entry) = self.entry(at) else {
            return Vec::new();
        };
        let about = |text: &str| named_code(text).map(|code| normal_code(self.regime(), code));
        let mut found: Vec<&str> = Vec::new();
        let mut below = at as usize;
        let inside = |code: &str| {
            code.strip_prefix(entry.code.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        while let Some(part) = self.entries().get(below).filter(|e| inside(&e.code)) {
            let own = below == at as usize;
            let mut taking = own;
            for note in part.notes.iter().filter(|n| n.kind == NoteKind::Scope) {
                match about(&note.text) {
                    Some(code) => taking = code == entry.code,
                    None if note
                        .text
                        .split_once(". ")
                        .is_some_and(|(d, _)| d.len() <= 2) => {}
                    None => taking = own,
                }
                if taking {
                    found.push(&note.text);
                }
            }
            below += 1;
        }
        found
    }

    /// What an item must meet to be described by the paragraph: the conditions
    /// of the paragraphs above, its own, and those below as the text joins
    /// them. Confirmed predicates stand in for drafts where the text is still
    /// the confirmed one. `None` where no condition is stated, or the whole is
    /// larger than a predicate may be.
    pub fn predicate(&self, at: u32, confirmed: &Confirmations) -> Option<Predicate> {
        let path = self.path(at);
        let mut parts = Vec::new();
        for above in path.iter().take(path.len().saturating_sub(1)) {
            parts.extend(self.own_predicate(*above, confirmed));
        }
        parts.extend(self.with_below(at, confirmed, 0));
        let whole = joined(parts, Predicate::All)?;
        (whole.leaves().len() < MAX_PREDICATE_PARTS / 2).then_some(whole)
    }

    /// Conditions of a paragraph's own text: confirmed, or drafted.
    pub fn own_predicate(&self, at: u32, confirmed: &Confirmations) -> Option<Predicate> {
        let entry = self.entry(at)?;
        match confirmed.of(entry) {
            State::Confirmed(found) => Some(found.predicate.clone()),
            _ => self.draft(at)?.predicate,
        }
    }

    fn with_below(&self, at: u32, confirmed: &Confirmations, depth: usize) -> Option<Predicate> {
        let own = self.own_predicate(at, confirmed);
        if depth > 10 || self.children(at).is_empty() {
            return own;
        }
        let children = self.children(at).iter();
        let each: Vec<Option<Predicate>> = children
            .filter(|child| self.entry(**child).is_some_and(|e| !is_reserved(&e.text)))
            .map(|child| self.with_below(*child, confirmed, depth + 1))
            .collect();
        let below = match self.draft(at)?.below {
            Below::All => joined(each.into_iter().flatten().collect(), Predicate::All),
            // A paragraph without a condition of its own is met by its words alone.
            Below::Any if each.iter().any(Option::is_none) => None,
            Below::Any => joined(each.into_iter().flatten().collect(), Predicate::Any),
            Below::AtLeast(count) => {
                let parts: Vec<Predicate> = each.into_iter().flatten().collect();
                (parts.len() >= count as usize).then_some(Predicate::AtLeast(count, parts))
            }
        };
        joined(own.into_iter().chain(below).collect(), Predicate::All)
    }
}

/// The code that a note begins with: "Note 1: 3A001.a.2 does not …".
fn named_code(text: &str) -> Option<&str> {
    let words = text.split([' ', ':']).take(4);
    let code = |word: &&str| {
        word.len() >= 5
            && word.get(..5).is_some_and(|head| {
                let bytes = head.as_bytes();
                bytes[0].is_ascii_digit()
                    && bytes[1].is_ascii_uppercase()
                    && bytes[2..].iter().all(u8::is_ascii_digit)
            })
    };
    words
        .into_iter()
        .find(code)
        .map(|word| word.trim_end_matches(['.', ',', ';']))
}

/// Whether a paragraph holds nothing.
pub fn is_reserved(text: &str) -> bool {
    let lower = text.to_lowercase();
    let words = [
        "[reserved]",
        "reserved",
        "not used",
        "[reserved",
        "through ",
    ];
    lower.is_empty() || words.iter().any(|word| lower.starts_with(word)) && lower.len() < 40
}

/// One part as it is, several joined, none as nothing.
fn joined(mut parts: Vec<Predicate>, join: fn(Vec<Predicate>) -> Predicate) -> Option<Predicate> {
    match parts.len() {
        0 => None,
        1 => parts.pop(),
        _ => Some(join(parts)),
    }
}
