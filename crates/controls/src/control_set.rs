//! Named sets of control numbers: whole entries and paragraphs, and entries of
//! which only a part belongs, so that a number alone does not tell.

use crate::eccn::{Declared, EntryNumber, Lies, Paragraph};
use portcullis_domain::{Citation, Truth};
use portcullis_policy::{Document, Problem, unique_ids};
use serde::Deserialize;
use std::collections::BTreeMap;

use crate::table;

/// One pattern of control numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pattern {
    /// Every number (`*`).
    Any,
    /// A category (`0`).
    Category(char),
    /// A product group in every category (`*E`).
    Group(char),
    /// An entry, or a paragraph of one (`9A009.a`).
    Entry(EntryNumber, Paragraph),
}

impl Pattern {
    fn parse(word: &str) -> Result<Pattern, String> {
        let wrong = || format!("'{word}' is not a control number, a category or a group");
        let mut letters = word.chars();
        match (letters.next(), letters.next(), letters.next()) {
            (Some('*'), None, None) => Ok(Pattern::Any),
            (Some('*'), Some(group @ 'A'..='E'), None) => Ok(Pattern::Group(group)),
            (Some(category @ '0'..='9'), None, None) => Ok(Pattern::Category(category)),
            _ => match Declared::parse(word) {
                Declared::Entry(number, paragraph) => Ok(Pattern::Entry(number, paragraph)),
                Declared::Unlisted | Declared::Malformed => Err(wrong()),
            },
        }
    }

    /// Whether the number is one of it; unknown where a paragraph is not exact enough.
    fn takes_in(&self, number: EntryNumber, paragraph: &Paragraph) -> Truth {
        match self {
            Pattern::Any => Truth::True,
            Pattern::Category(category) => Truth::from(number.category() == *category),
            Pattern::Group(group) => Truth::from(number.group() == *group),
            Pattern::Entry(entry, _) if *entry != number => Truth::False,
            Pattern::Entry(_, within) => match paragraph.lies_to(within) {
                Lies::Within => Truth::True,
                Lies::Above => Truth::Unknown,
                Lies::Apart => Truth::False,
            },
        }
    }
}

/// Patterns of numbers, read from one field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Codes(Vec<Pattern>);

impl Codes {
    /// Reads patterns separated by spaces; the error names the one that is none.
    pub(crate) fn parse(text: &str) -> Result<Codes, String> {
        let patterns: Result<Vec<Pattern>, String> =
            text.split_whitespace().map(Pattern::parse).collect();
        Ok(Codes(patterns?))
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the number is among them.
    pub(crate) fn contain(&self, number: EntryNumber, paragraph: &Paragraph) -> Truth {
        let each = self.0.iter().map(|p| p.takes_in(number, paragraph));
        each.fold(Truth::False, Truth::or)
    }
}

/// A set of control numbers with its source.
#[derive(Clone, Debug)]
pub(crate) struct ControlSet {
    /// Where it is defined.
    pub(crate) citation: Citation,
    whole: Codes,
    part: Codes,
}

impl ControlSet {
    /// Whether the number belongs; unknown where only a part of its entry does.
    pub(crate) fn contains(&self, number: EntryNumber, paragraph: &Paragraph) -> Truth {
        let whole = self.whole.contain(number, paragraph);
        match self.part.contain(number, paragraph) {
            Truth::False => whole,
            _ => whole.or(Truth::Unknown),
        }
    }
}

/// Sets by id.
pub(crate) type ControlSets = BTreeMap<String, ControlSet>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    id: String,
    #[serde(rename = "title")]
    _title: String,
    citation: String,
    #[serde(default)]
    whole: String,
    #[serde(default)]
    part: String,
}

/// Reads the `[[items]]` blocks of a file.
pub(crate) fn read(document: &Document, problems: &mut Vec<Problem>) -> ControlSets {
    let rows = document.rows("items", problems);
    unique_ids(&rows, problems);
    let mut sets = ControlSets::new();
    for row in &rows {
        let Some(raw) = table::read::<Raw>(row, problems) else {
            continue;
        };
        if raw.citation.trim().is_empty() {
            problems.push(row.problem_at("citation", "has no citation"));
        }
        let whole = table::take(Codes::parse(&raw.whole), row, "whole", problems);
        let part = table::take(Codes::parse(&raw.part), row, "part", problems);
        if let (Some(whole), Some(part)) = (whole, part) {
            if whole.is_empty() && part.is_empty() {
                problems.push(row.problem("the set has no numbers"));
            }
            let citation = Citation(raw.citation);
            let set = ControlSet {
                citation,
                whole,
                part,
            };
            sets.insert(raw.id, set);
        }
    }
    sets
}

#[cfg(test)]
mod tests {
    use super::*;

    fn within(set: &ControlSet, code: &str) -> Truth {
        match Declared::parse(code) {
            Declared::Entry(number, paragraph) => set.contains(number, &paragraph),
            other => panic!("{code} is {other:?}"),
        }
    }

    #[test]
    fn parts_and_inexact_paragraphs_are_unknown() {
        let set = ControlSet {
            citation: Citation("test".to_owned()),
            whole: Codes::parse("0 9A009.a *E 1C351").unwrap(),
            part: Codes::parse("6A001").unwrap(),
        };
        for (code, expected) in [
            ("0B001.a", Truth::True),
            ("9A009.a.1", Truth::True),
            ("9A009", Truth::Unknown),
            ("9A009.b", Truth::False),
            ("3E001", Truth::True),
            ("1C351.d.4", Truth::True),
            ("6A001.a.1", Truth::Unknown),
            ("3A001", Truth::False),
        ] {
            assert_eq!(within(&set, code), expected, "{code}");
        }
        for bad in ["3A0", "*Q", "EAR99", "X"] {
            assert!(Codes::parse(bad).is_err(), "{bad}");
        }
    }
}
