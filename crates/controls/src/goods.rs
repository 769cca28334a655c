//! What a line of goods declares, read once for every law.

use crate::eccn::{Declared, EntryNumber, Paragraph};
use portcullis_domain::{CodeScheme, Item, Movement, Transaction};
use std::collections::{BTreeMap, BTreeSet};

/// The declared codes of one line.
#[derive(Clone, Debug)]
pub(crate) struct Goods<'a> {
    /// Position of the line.
    pub(crate) at: usize,
    /// The line itself.
    pub(crate) item: &'a Item,
    /// Six-digit code of the Harmonized System, if declared and readable.
    pub(crate) hs6: Option<&'a str>,
    /// Declared ECCN, as written and as read.
    pub(crate) eccn: Option<(&'a str, Declared)>,
    /// Whether any control number other than "not listed" is declared.
    pub(crate) listed: bool,
}

impl<'a> Goods<'a> {
    /// Reads one line.
    pub(crate) fn of(at: usize, item: &'a Item) -> Goods<'a> {
        let eccn = item
            .code(CodeScheme::Eccn)
            .filter(|code| !code.trim().is_empty());
        let eccn = eccn.map(|code| (code, Declared::parse(code)));
        let elsewhere = [CodeScheme::EuDualUse, CodeScheme::UkControl];
        // `none` states that the goods are on no list.
        let numbered = |scheme: &CodeScheme| {
            item.code(*scheme)
                .is_some_and(|code| !code.trim().eq_ignore_ascii_case("none"))
        };
        let by_others = elsewhere.iter().any(numbered);
        let by_eccn = matches!(eccn, Some((_, Declared::Entry(..) | Declared::Malformed)));
        Goods {
            at,
            item,
            hs6: item.hs6(),
            listed: by_others || by_eccn,
            eccn,
        }
    }

    /// Every line of a transaction.
    pub(crate) fn all(transaction: &'a Transaction) -> Vec<Goods<'a>> {
        let lines = transaction.items.iter().enumerate();
        lines.map(|(at, item)| Goods::of(at, item)).collect()
    }

    /// The declared entry and paragraph.
    pub(crate) fn entry(&self) -> Option<(EntryNumber, Paragraph)> {
        match self.eccn {
            Some((_, Declared::Entry(number, paragraph))) => Some((number, paragraph)),
            _ => None,
        }
    }

    /// "Line 2 (3A001.a.5)", for sentences.
    pub(crate) fn label(&self) -> String {
        let code = self.eccn.as_ref().map(|(code, _)| *code).or(self.hs6);
        let number = self.at + 1;
        code.map_or(format!("line {number}"), |code| {
            format!("line {number} ({code})")
        })
    }

    /// Whether nothing is carried, so that no tariff code need be declared.
    pub(crate) fn is_intangible(&self, movement: Movement) -> bool {
        let by_movement = matches!(
            movement,
            Movement::Intangible | Movement::TechnicalAssistance | Movement::Brokering
        );
        by_movement
            || self
                .entry()
                .is_some_and(|(number, _)| number.is_intangible())
    }
}

/// Codes or chapters of the Harmonized System: `84`, `8542`, `01-24`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct HsCodes(BTreeSet<String>);

impl HsCodes {
    /// Reads codes and ranges of chapters, separated by spaces.
    pub(crate) fn parse(text: &str) -> Result<HsCodes, String> {
        let mut codes = BTreeSet::new();
        for word in text.split_whitespace() {
            let wrong = || format!("'{word}' is not a code or range of chapters");
            match word.split_once('-') {
                Some((first, last)) => {
                    let chapter = |text: &str| text.parse::<u8>().map_err(|_| wrong());
                    for chapter in chapter(first)?..=chapter(last)? {
                        codes.insert(format!("{chapter:02}"));
                    }
                }
                None if (2..=6).contains(&word.len()) && is_digits(word) => {
                    codes.insert(word.to_owned());
                }
                None => return Err(wrong()),
            }
        }
        Ok(HsCodes(codes))
    }

    /// Whether the code, or a chapter or heading it stands in, is one of them.
    pub(crate) fn contain(&self, hs6: &str) -> bool {
        [2, 4, 6].iter().any(|length| {
            hs6.get(..*length)
                .is_some_and(|prefix| self.0.contains(prefix))
        })
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Whether the text is ASCII digits and nothing else.
pub(crate) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Lists of six-digit codes with a tier, by id.
pub(crate) type HsLists = BTreeMap<String, BTreeMap<String, String>>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chapters_headings_and_codes() {
        let codes = HsCodes::parse("01-03 8542 900110").unwrap();
        for (hs6, expected) in [
            ("010121", true),
            ("040110", false),
            ("854231", true),
            ("854110", false),
            ("900110", true),
            ("900120", false),
            ("", false),
        ] {
            assert_eq!(codes.contain(hs6), expected, "{hs6}");
        }
        assert!(HsCodes::parse("1x").is_err() && HsCodes::parse("8-x").is_err());
    }
}
