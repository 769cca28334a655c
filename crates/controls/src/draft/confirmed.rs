//! Predicates that a person confirmed against the text.

use crate::entries::{Entry, ListRegime};
use crate::predicate::Predicate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A confirmed predicate of one paragraph's own text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Confirmed {
    /// Code of the paragraph.
    pub code: String,
    /// What its own text asks.
    pub predicate: Predicate,
    /// Digest of the text it was read against.
    pub text_sha256: String,
    /// Who confirmed it.
    pub by: String,
    /// When, in universal time, as `2026-11-22T18:00:00Z`.
    pub at: String,
    /// Why it differs from the draft, where it does.
    #[serde(default)]
    pub note: String,
}

/// How far the predicate of a paragraph has come.
#[derive(Clone, Debug, PartialEq)]
pub enum State<'c> {
    /// Confirmed for this very text.
    Confirmed(&'c Confirmed),
    /// Confirmed for another text: to be looked at again.
    Reopened(&'c Confirmed),
    /// Only a draft.
    Draft,
}

impl State<'_> {
    /// The word on screen.
    pub fn as_str(&self) -> &'static str {
        match self {
            State::Confirmed(_) => "confirmed",
            State::Reopened(_) => "reopened",
            State::Draft => "draft",
        }
    }
}

/// The confirmed predicates of one list, by code.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Confirmations(BTreeMap<String, Confirmed>);

impl Confirmations {
    /// None yet.
    pub fn none() -> Confirmations {
        Confirmations::default()
    }

    /// Reads lines of JSON, one confirmation each. Errors: the line and what is
    /// wrong with it; a predicate that cannot be read is refused with its place.
    pub fn parse(text: &str) -> Result<Confirmations, String> {
        let mut all = Confirmations::default();
        for (at, line) in text
            .lines()
            .enumerate()
            .filter(|(_, l)| !l.trim().is_empty())
        {
            let confirmed: Confirmed =
                serde_json::from_str(line).map_err(|e| format!("line {}: {e}", at + 1))?;
            all.add(confirmed);
        }
        Ok(all)
    }

    /// One line of JSON each, by code.
    pub fn to_lines(&self) -> String {
        let lines = self
            .0
            .values()
            .filter_map(|c| serde_json::to_string(c).ok());
        lines.fold(String::new(), |text, line| text + &line + "\n")
    }

    /// Adds one; an earlier one of the code gives way.
    pub fn add(&mut self, confirmed: Confirmed) {
        self.0.insert(confirmed.code.clone(), confirmed);
    }

    /// How far the predicate of an entry has come.
    pub fn of(&self, entry: &Entry) -> State<'_> {
        match self.0.get(&entry.code) {
            Some(found) if found.text_sha256 == entry.digest() => State::Confirmed(found),
            Some(found) => State::Reopened(found),
            None => State::Draft,
        }
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every one, by code.
    pub fn iter(&self) -> impl Iterator<Item = &Confirmed> {
        self.0.values()
    }
}

/// The name under which the confirmations of a list are kept.
pub fn confirmations_name(regime: ListRegime) -> String {
    format!("{}-predicates", regime.as_str())
}
