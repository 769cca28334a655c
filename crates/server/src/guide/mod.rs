//! The guided way through classification and determination: which question is
//! next, how it is asked, and what its answer makes of the case.
//!
//! Which questions there are, the engines say: a case starts with everything
//! unknown, and each answer is put to the same reader and engine as the
//! command's. Here stands only how a question is put to somebody who does not
//! do this every day, and in which order.

mod fields;
mod questions;
mod told;

pub(crate) use fields::{PARTIES, Widget, help, movements};
pub(crate) use questions::{Ask, Candidate, Looked, again, look};
pub(crate) use told::{Told, told};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Facets that a guided case begins with as unknown: what an assessment of a
/// declaration supplies. Amounts are asked where a rule asks for them.
const ASKED: [&str; 11] = [
    "exporter_country",
    "destination",
    "movement",
    "transit",
    "origin",
    "hs_code",
    "eccn",
    "eu_code",
    "us_content_percent",
    "end_use",
    "parties",
];

/// The key of the first question, whose answer the classification reads.
pub(crate) const DESCRIPTION: &str = "description";

/// What was answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Answers {
    /// The case in the shape of `portcullis determine`.
    pub(crate) case: Map<String, Value>,
    /// Keys of the questions that were answered, in order.
    pub(crate) given: Vec<String>,
    /// Keys of those that were left open: nobody knew.
    pub(crate) open: Vec<String>,
    /// The questions of a rule as they were put, by key.
    #[serde(default)]
    pub(crate) put: BTreeMap<String, String>,
}

impl Answers {
    /// Nothing yet: everything that is asked is unknown.
    pub(crate) fn new() -> Answers {
        let mut case = Map::new();
        case.insert("id".to_owned(), json!("guided"));
        for field in ASKED {
            case.insert(field.to_owned(), json!("unknown"));
        }
        Answers {
            case,
            given: Vec::new(),
            open: Vec::new(),
            put: BTreeMap::new(),
        }
    }

    pub(crate) fn of(value: &Value) -> Option<Answers> {
        serde_json::from_value(value.clone()).ok()
    }

    pub(crate) fn to_value(&self) -> Value {
        serde_json::to_value(self).unwrap_or(Value::Null)
    }

    /// Whether a question was dealt with, by an answer or by leaving it open.
    pub(crate) fn is_done(&self, key: &str) -> bool {
        self.given.iter().chain(&self.open).any(|k| k == key)
    }

    /// The value that answers a key, if one does.
    pub(crate) fn value(&self, key: &str) -> Option<&Value> {
        let field = key.split('#').next().unwrap_or(key);
        let value = match (party_part(field), fact(field)) {
            (Some((at, part)), _) => self.case.get("parties")?.get(at)?.get(part)?,
            (None, Some(fact)) => self.case.get("answers")?.get(fact)?,
            (None, None) => self.case.get(field)?,
        };
        (*value != json!("unknown")).then_some(value)
    }

    /// Takes an answer. The keys before it stay as they are.
    pub(crate) fn answer(&mut self, key: &str, values: Vec<(String, Value)>) {
        for (field, value) in values {
            match (party_part(&field), fact(&field)) {
                (Some((at, part)), _) => {
                    let parties = self.case.get_mut("parties");
                    if let Some(party) = parties.and_then(|p| p.get_mut(at)) {
                        party[part] = value;
                    }
                }
                (None, Some(fact)) => {
                    let answers = self.case.entry("answers").or_insert_with(|| json!({}));
                    answers[fact] = value;
                }
                (None, None) => {
                    self.case.insert(field, value);
                }
            }
        }
        self.open.retain(|k| k != key);
        if !self.given.iter().any(|k| k == key) {
            self.given.push(key.to_owned());
        }
    }

    /// Leaves a question open.
    pub(crate) fn leave_open(&mut self, key: &str) {
        self.given.retain(|k| k != key);
        if !self.open.iter().any(|k| k == key) {
            self.open.push(key.to_owned());
        }
    }

    /// The question answered before another one; empty if there is none.
    pub(crate) fn before(&self, key: &str) -> Option<&str> {
        let at = self.given.iter().position(|k| k == key);
        let at = at.unwrap_or(self.given.len());
        Some(self.given.get(at.checked_sub(1)?)?.as_str())
    }
}

/// The fact that an answer with yes or no states: `answers.<fact>`.
pub(crate) fn fact(field: &str) -> Option<&str> {
    field.strip_prefix("answers.")
}

/// `parties[1].country` as its number and part.
pub(crate) fn party_part(field: &str) -> Option<(usize, &str)> {
    let rest = field.strip_prefix("parties[")?;
    let (at, part) = rest.split_once("].")?;
    Some((at.parse().ok()?, part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_changed_left_open_and_walked_back() {
        let mut answers = Answers::new();
        assert_eq!(answers.value("destination"), None);
        answers.answer("destination", vec![("destination".into(), json!("FR"))]);
        answers.answer(
            "parties",
            vec![(
                "parties".into(),
                json!([{"name": "A", "country": "unknown"}]),
            )],
        );
        answers.answer(
            "parties[0].country",
            vec![("parties[0].country".into(), json!("DE"))],
        );
        assert_eq!(answers.value("parties[0].country"), Some(&json!("DE")));
        assert_eq!(answers.before("parties[0].country"), Some("parties"));
        assert_eq!(answers.before("end_use"), Some("parties[0].country"));
        assert_eq!(answers.before("destination"), None);
        answers.leave_open("destination");
        assert!(answers.is_done("destination"));
        let again = Answers::of(&answers.to_value()).unwrap();
        assert_eq!(again, answers);
    }
}
