//! What a rule takes in of a case, by control number, country and end use; and
//! how that is told where the case leaves a facet out.

use crate::circumstances::Circumstances;
use crate::eccn::{Declared, EntryNumber, Lies, Paragraph};
use crate::goods::Goods;
use portcullis_domain::{Facet, Presence, Truth};

/// Whether a condition of a rule is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// It is.
    Yes,
    /// It is not.
    No,
    /// The facet was given, and does not decide: it is asked.
    Open(Facet),
    /// The facet is no part of the case: nothing is asked, and nothing was checked.
    Silent(Facet),
}

impl Told {
    /// A known answer.
    pub(crate) fn known(met: bool) -> Told {
        if met { Told::Yes } else { Told::No }
    }

    /// What an unknown or absent facet leaves open.
    pub(crate) fn missing(circumstances: &Circumstances, facet: Facet) -> Told {
        match circumstances.presence(facet) {
            Some(Presence::Absent) => Told::Silent(facet),
            // What a declaration does not say is left to the rules that ask for it.
            None => Told::Silent(facet),
            Some(_) => Told::Open(facet),
        }
    }

    /// Both: a "no" decides; then what is no part of the case; then what is asked.
    pub(crate) fn and(self, other: Told) -> Told {
        match (self, other) {
            (Told::No, _) | (_, Told::No) => Told::No,
            (Told::Silent(facet), _) | (_, Told::Silent(facet)) => Told::Silent(facet),
            (Told::Open(facet), _) | (_, Told::Open(facet)) => Told::Open(facet),
            (Told::Yes, Told::Yes) => Told::Yes,
        }
    }

    /// As a step shows it.
    pub(crate) fn truth(self) -> Truth {
        match self {
            Told::Yes => Truth::True,
            Told::No => Truth::False,
            Told::Open(_) | Told::Silent(_) => Truth::Unknown,
        }
    }
}

/// Control numbers that a rule names: `3A090`, `3A001.z`, `9?515`, `??6??`;
/// `listed` for any number of the list, `EAR99` for goods on no entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Numbers {
    any_listed: bool,
    unlisted: bool,
    patterns: Vec<Pattern>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Pattern {
    entry: [u8; 5],
    paragraph: Paragraph,
}

impl Numbers {
    /// Reads patterns separated by spaces; the error names the one that is none.
    pub(crate) fn parse(text: &str) -> Result<Numbers, String> {
        let mut numbers = Numbers::default();
        for word in text.split_whitespace() {
            match word {
                "listed" => numbers.any_listed = true,
                "EAR99" => numbers.unlisted = true,
                _ => numbers.patterns.push(Pattern::parse(word)?),
            }
        }
        Ok(numbers)
    }

    /// Whether none is named, so that the rule takes in every item.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Numbers::default()
    }

    /// Whether the line's number is one of them.
    pub(crate) fn take_in(&self, goods: Option<&Goods<'_>>, circumstances: &Circumstances) -> Told {
        if self.is_empty() {
            return Told::Yes;
        }
        match goods.and_then(|goods| goods.eccn.as_ref()) {
            None => Told::missing(circumstances, Facet::Eccn),
            Some((_, Declared::Unlisted)) => Told::known(self.unlisted),
            Some((_, Declared::Malformed)) => Told::Open(Facet::Eccn),
            Some((_, Declared::Entry(number, paragraph))) => {
                match self.contains(*number, paragraph) {
                    Truth::True => Told::Yes,
                    Truth::False => Told::No,
                    Truth::Unknown => Told::Open(Facet::Eccn),
                }
            }
        }
    }

    /// Whether an entry and paragraph are among the patterns; unknown where the
    /// paragraph is not exact enough.
    pub(crate) fn contains(&self, number: EntryNumber, paragraph: &Paragraph) -> Truth {
        if self.any_listed {
            return Truth::True;
        }
        let each = self.patterns.iter().map(|p| p.matches(number, paragraph));
        each.fold(Truth::False, Truth::or)
    }
}

impl Pattern {
    fn parse(word: &str) -> Result<Pattern, String> {
        let wrong = || format!("'{word}' is not a control number or a pattern of one");
        let (head, tail) = word.split_at_checked(5).ok_or_else(wrong)?;
        let entry: [u8; 5] = head.as_bytes().try_into().map_err(|_| wrong())?;
        let shaped = entry
            .iter()
            .all(|b| *b == b'?' || b.is_ascii_digit() || b.is_ascii_uppercase());
        let paragraph = Paragraph::parse(tail).ok_or_else(wrong)?;
        shaped
            .then_some(Pattern { entry, paragraph })
            .ok_or_else(wrong)
    }

    fn matches(&self, number: EntryNumber, paragraph: &Paragraph) -> Truth {
        let written = number.bytes();
        let alike = self
            .entry
            .iter()
            .zip(written)
            .all(|(pattern, byte)| *pattern == b'?' || *pattern == byte);
        if !alike {
            return Truth::False;
        }
        match paragraph.lies_to(&self.paragraph) {
            Lies::Within => Truth::True,
            Lies::Above => Truth::Unknown,
            Lies::Apart => Truth::False,
        }
    }
}

/// Whether a text names something, by words. A word after "not", "no" or
/// "non" is no naming, and no denial that could be relied on: it is asked.
pub(crate) fn names(text: &str, phrases: &[String]) -> Truth {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .collect();
    let mut named = Truth::False;
    for phrase in phrases {
        let wanted: Vec<&str> = phrase.split(' ').filter(|w| !w.is_empty()).collect();
        if wanted.is_empty() {
            continue;
        }
        for (at, window) in words.windows(wanted.len()).enumerate() {
            let same =
                window
                    .iter()
                    .zip(&wanted)
                    .all(|(word, want)| match want.strip_suffix('*') {
                        Some(stem) => word.starts_with(stem),
                        None => word == want,
                    });
            if same {
                let before = &words[at.saturating_sub(DENIAL_REACH)..at];
                let denied = before.iter().any(|w| {
                    matches!(*w, "not" | "no" | "non" | "never" | "without" | "excluding")
                });
                named = named.or(if denied { Truth::Unknown } else { Truth::True });
            }
        }
    }
    named
}

/// How many words before a word a denial may stand.
const DENIAL_REACH: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_name_entries_and_paragraphs() {
        let numbers = Numbers::parse("3A001.z 9?515 ??6?? EAR99").unwrap();
        for (number, expected) in [
            ("3A001.z.1", Truth::True),
            ("3A001", Truth::Unknown),
            ("3A001.a", Truth::False),
            ("9E515.a", Truth::True),
            ("0A606.b", Truth::True),
            ("5A002", Truth::False),
        ] {
            let Declared::Entry(entry, paragraph) = Declared::parse(number) else {
                panic!("{number}");
            };
            assert_eq!(numbers.contains(entry, &paragraph), expected, "{number}");
        }
        for bad in ["3A", "3A00!", "3a090", "3A001.é"] {
            assert!(Numbers::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_denial_is_asked_and_never_believed() {
        let phrases = ["military".to_owned(), "nuclear weapon*".to_owned()];
        for (text, expected) in [
            ("Military radio", Truth::True),
            ("for nuclear weapons", Truth::True),
            ("nuclear medicine", Truth::False),
            ("not for any military use", Truth::Unknown),
            (
                "non-military for now; at any later date also military",
                Truth::True,
            ),
            ("paramilitary", Truth::False),
            ("", Truth::False),
        ] {
            assert_eq!(names(text, &phrases), expected, "{text}");
        }
    }
}
