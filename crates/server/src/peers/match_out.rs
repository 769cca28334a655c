//! Answers of `POST /match`, written. Entities are made into JSON once and
//! copied from then on.

use super::{match_in::said, matching::Answered, shelf::Card};
use crate::judged::JudgementOut;
use portcullis_screening::{Hit, Reason};
use portcullis_store::RecordedScreening;
use serde::Serialize;
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::OnceLock};

/// Bytes by result, to begin with.
const ROOM: usize = 2_048;

/// The whole answer.
pub(crate) fn whole(
    answered: &[Answered],
    recorded: &[RecordedScreening],
    notes: &[String],
    limit: usize,
) -> String {
    let results: usize = answered.iter().map(|a| a.results.len()).sum();
    let mut out = String::with_capacity(1_024 + answered.len() * 256 + results * ROOM);
    out.push_str("{\"responses\":{");
    for (at, answer) in answered.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        push(&mut out, &answer.wanted.name);
        out.push(':');
        one(&mut out, answer, recorded.get(at));
    }
    out.push_str("},\"matcher\":");
    out.push_str(matcher());
    out.push_str(",\"limit\":");
    push(&mut out, &limit);
    if !notes.is_empty() {
        out.push_str(",\"notes\":");
        push(&mut out, notes);
    }
    out.push('}');
    out
}

/// Adds a value; our own types have no way to fail.
fn push<T: Serialize + ?Sized>(out: &mut String, value: &T) {
    out.push_str(&serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned()));
}

fn one(out: &mut String, answer: &Answered, recorded: Option<&RecordedScreening>) {
    let status = answer
        .not_clear
        .as_ref()
        .map_or(200, |(_, status)| status.as_u16());
    out.push_str("{\"status\":");
    push(out, &status);
    out.push_str(",\"results\":[");
    for (at, (hit, card)) in answer.results.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        result(out, hit, card, answer);
    }
    out.push_str("],\"total\":{\"value\":");
    push(out, &answer.met.len());
    out.push_str(",\"relation\":\"eq\"},\"query\":");
    push(out, &answer.wanted.echo);
    if let Some(recorded) = recorded {
        out.push_str(",\"screening\":");
        push(out, &json!({ "id": recorded.id, "code": recorded.code }));
    }
    if let Some((why, _)) = &answer.not_clear {
        out.push_str(",\"partial\":true,\"detail\":");
        push(out, why);
    }
    if !answer.wanted.issues.is_empty() {
        let said: Vec<String> = answer.wanted.issues.iter().map(said).collect();
        out.push_str(",\"issues\":");
        push(out, &said);
    }
    out.push('}');
}

fn result(out: &mut String, hit: &Hit, card: &Card, answer: &Answered) {
    let asked = &answer.wanted.query.name;
    out.push_str(&card.open_json);
    out.push_str(",\"score\":");
    push(out, &hit.score);
    let explained = explained(hit, asked);
    let features: BTreeMap<&str, f64> = explained.iter().map(|(k, e)| (*k, e.score)).collect();
    out.push_str(",\"features\":");
    push(out, &features);
    out.push_str(",\"explanations\":");
    push(out, &explained);
    out.push_str(",\"bits\":");
    push(out, &hit.bits);
    out.push_str(",\"match\":");
    push(out, &answer.is_match(hit));
    if let Some(judged) = answer.judged.get(&hit.entity_id) {
        out.push_str(",\"judgement\":");
        push(out, &JudgementOut::from(judged));
    }
    out.push('}');
}

/// One piece of evidence.
#[derive(Serialize)]
struct Explained<'a> {
    /// -1 to 1: for or against, and how strongly.
    score: f64,
    detail: String,
    /// What was asked.
    query: Option<&'a str>,
    /// What is listed.
    candidate: Option<&'a str>,
    bits: f64,
}

/// Reasons by code. Two of one code are one, with both texts.
fn explained<'a>(hit: &'a Hit, asked: &'a str) -> BTreeMap<&'a str, Explained<'a>> {
    let mut all: BTreeMap<&str, Explained<'_>> = BTreeMap::new();
    for reason in &hit.reasons {
        let name = reason.code.starts_with("name");
        let add = |e: &mut Explained<'_>| {
            e.bits += reason.bits;
            e.score = strength(e.bits);
            e.detail.push_str("; ");
            e.detail.push_str(&reason.text);
        };
        let make = || first(reason, name.then_some((asked, hit.matched_name.as_str())));
        all.entry(&reason.code).and_modify(add).or_insert_with(make);
    }
    all
}

fn first<'a>(reason: &Reason, sides: Option<(&'a str, &'a str)>) -> Explained<'a> {
    Explained {
        score: strength(reason.bits),
        detail: reason.text.clone(),
        query: sides.map(|(asked, _)| asked),
        candidate: sides.map(|(_, listed)| listed),
        bits: reason.bits,
    }
}

/// Bits as a number between -1 and 1: with each bit, half of what is missing.
fn strength(bits: f64) -> f64 {
    let share = bits.signum() * (1.0 - (-bits.abs()).exp2());
    (share * 10_000.0).round() / 10_000.0 + 0.0
}

/// [`features`] as JSON, made once.
fn matcher() -> &'static str {
    static MATCHER: OnceLock<String> = OnceLock::new();
    MATCHER.get_or_init(|| features().to_string())
}

/// What the explanations speak of, as yente describes features.
pub(crate) fn features() -> Value {
    let url = "/help";
    let all = [
        (
            "name-exact",
            "The same name after normalisation, in any script",
        ),
        ("name-similar", "A similar name, and how each word agrees"),
        ("name-joined", "The same name with spaces lost or added"),
        ("name-romanised", "The name agrees in another script"),
        ("name-part", "Only a part of what was given agrees"),
        ("name-contradicted", "A word of the name contradicts"),
        ("weak-alias", "The listed name is a weak alias"),
        ("legal-form-differs", "Another legal form"),
        ("number-differs", "Another number in the name"),
        ("place-differs", "Another place in the name"),
        ("birth-date-equal", "The same birth date"),
        (
            "birth-date-near",
            "Off by one digit or part, or day and month swapped",
        ),
        ("birth-date-partial", "Agrees as far as it is known"),
        ("birth-date-differs", "Another birth date"),
        ("country-equal", "A country in common"),
        ("country-differs", "No country in common"),
        ("identifier-equal", "The same identifier"),
        ("identifier-differs", "Another identifier of the same kind"),
        ("address-equal", "The same address"),
        ("address-near", "A similar address"),
    ];
    let described = all.into_iter().map(|(code, text)| {
        (
            code.to_owned(),
            json!({ "description": text, "coefficient": 1.0, "url": url }),
        )
    });
    Value::Object(described.collect())
}

#[cfg(test)]
mod tests {
    use super::strength;

    #[test]
    fn evidence_for_is_positive_and_evidence_against_negative() {
        assert_eq!(strength(0.0), 0.0);
        assert_eq!(strength(1.0), 0.5);
        assert_eq!(strength(-2.0), -0.75);
        assert_eq!(strength(40.0), 1.0);
    }
}
