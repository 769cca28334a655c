//! End uses: the words by which a declared end use states one, or hints at it.

use crate::table;
use portcullis_domain::{Given, Truth};
use portcullis_policy::{Document, Problem, unique_ids};
use serde::Deserialize;

/// Words after which a use is denied, not stated ("non-military").
const DENIALS: [&str; 5] = ["non", "not", "no", "without", "never"];

/// The last letter of the Latin script and its extensions A and B in Unicode.
const LAST_LATIN: char = '\u{24f}';

/// One end use that rules ask about.
#[derive(Clone, Debug)]
pub(crate) struct EndUse {
    /// Its id (`military`).
    pub(crate) id: String,
    /// In words, for questions.
    pub(crate) title: String,
    /// Whether knowing of it forbids or asks; a lawful purpose does neither.
    pub(crate) of_concern: bool,
    states: Vec<Vec<String>>,
    hints: Vec<Vec<String>>,
    party_hints: Vec<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    id: String,
    title: String,
    citation: String,
    #[serde(default)]
    of_concern: bool,
    states: Vec<String>,
    #[serde(default)]
    hints: Vec<String>,
    #[serde(default)]
    party_hints: Vec<String>,
}

/// Every end use.
#[derive(Clone, Debug, Default)]
pub(crate) struct EndUses(Vec<EndUse>);

impl EndUses {
    /// Reads the `[[end_use]]` blocks of a file.
    pub(crate) fn read(document: &Document, problems: &mut Vec<Problem>) -> EndUses {
        let rows = document.rows("end_use", problems);
        unique_ids(&rows, problems);
        let mut all = Vec::new();
        for row in &rows {
            let Some(raw) = table::read::<Raw>(row, problems) else {
                continue;
            };
            if raw.citation.trim().is_empty() {
                problems.push(row.problem_at("citation", "has no citation"));
            }
            let phrases = |texts: &[String]| texts.iter().map(|text| tokens(text)).collect();
            all.push(EndUse {
                states: phrases(&raw.states),
                hints: phrases(&raw.hints),
                party_hints: phrases(&raw.party_hints),
                id: raw.id,
                title: raw.title,
                of_concern: raw.of_concern,
            });
        }
        EndUses(all)
    }

    /// The end use with this id.
    pub(crate) fn get(&self, id: &str) -> Option<&EndUse> {
        self.0.iter().find(|one| one.id == id)
    }

    /// Whether the words of an end use can be read here: letters of the Latin
    /// script. Any other script says nothing and is asked.
    pub(crate) fn reads(text: &str) -> bool {
        let foreign = |c: char| c.is_alphabetic() && c > LAST_LATIN;
        !text.chars().any(foreign)
    }

    /// What a declared end use and the parties' names say of the use `id`: true
    /// where stated, unknown where hinted at or the end use is not known, false
    /// where something else is declared, `None` where nothing is declared.
    pub(crate) fn said<'n>(
        &self,
        id: &str,
        end_use: &Given<&str>,
        mut names: impl Iterator<Item = &'n str>,
    ) -> Option<Truth> {
        let one = self.get(id)?;
        let hinted = names.any(|name| has(&tokens(name), &one.party_hints));
        match end_use {
            Given::Absent => hinted.then_some(Truth::Unknown),
            Given::Unknown => Some(Truth::Unknown),
            Given::Known(text) => {
                let readable = EndUses::reads(text);
                let text = tokens(text);
                Some(if has(&text, &one.states) {
                    Truth::True
                } else if !readable || hinted || has(&text, &one.hints) {
                    Truth::Unknown
                } else {
                    Truth::False
                })
            }
        }
    }
}

fn tokens(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric());
    words.filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

/// Whether one of the phrases stands in the text and is not denied there.
fn has(text: &[String], phrases: &[Vec<String>]) -> bool {
    phrases.iter().any(|phrase| {
        let mut places = text.windows(phrase.len().max(1)).enumerate();
        places.any(|(at, window)| {
            let denied = at
                .checked_sub(1)
                .and_then(|before| text.get(before))
                .is_some_and(|word| DENIALS.contains(&word.as_str()));
            !phrase.is_empty() && window == phrase.as_slice() && !denied
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uses() -> EndUses {
        let text = "[[end_use]]\nid='military'\ntitle='T'\ncitation='C'\nof_concern=true\nstates=['military','armed forces']\nhints=['drone']\nparty_hints=['ministry of defence']\n";
        let document = Document::parse("t.toml", text).unwrap();
        let mut problems = Vec::new();
        let uses = EndUses::read(&document, &mut problems);
        assert!(problems.is_empty(), "{problems:?}");
        uses
    }

    #[test]
    fn stated_hinted_denied_or_not_said() {
        let known = |text: &'static str| Given::Known(text);
        for (end_use, expected) in [
            (known("for military vehicles"), Some(Truth::True)),
            (known("supply to the Armed  Forces"), Some(Truth::True)),
            (known("non-military use"), Some(Truth::False)),
            (known("a drone for crop spraying"), Some(Truth::Unknown)),
            (known("dairy"), Some(Truth::False)),
            (known("для молочного завода"), Some(Truth::Unknown)),
            (known("für eine Käserei"), Some(Truth::False)),
            (Given::Unknown, Some(Truth::Unknown)),
            (Given::Absent, None),
        ] {
            assert_eq!(
                uses().said("military", &end_use, std::iter::empty()),
                expected,
                "{end_use:?}"
            );
        }
        assert_eq!(
            uses().said("no such use", &Given::Unknown, std::iter::empty()),
            None
        );
    }
}
