//! Reads `[[authorisation]]` blocks and refuses those that contradict themselves.

use super::record::{Asks, Authorisation, Condition, Kind};
use crate::control_set::{Codes, ControlSet, ControlSets};
use crate::country_set::CountrySet;
use crate::goods::HsCodes;
use crate::table::{self, words};
use portcullis_domain::{Country, Movement};
use portcullis_policy::{DatedRow, Document, Problem, Row, unique_ids};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(rename = "id")]
    _id: String,
    kind: Kind,
    #[serde(default)]
    for_listed: bool,
    #[serde(default)]
    movements: String,
    #[serde(default)]
    only: String,
    #[serde(default, rename = "only_sets")]
    _only_sets: String,
    #[serde(default)]
    except: String,
    #[serde(default, rename = "except_sets")]
    _except_sets: String,
    #[serde(default)]
    unsure: String,
    #[serde(default)]
    hs: String,
    #[serde(default, rename = "destinations")]
    _destinations: String,
    #[serde(default, rename = "not_destinations")]
    _not_destinations: String,
    #[serde(default, rename = "unsure_destinations")]
    _unsure_destinations: String,
    #[serde(default, rename = "excluded_uses")]
    _excluded_uses: String,
    #[serde(default)]
    conditions: Vec<RawCondition>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCondition {
    fact: String,
    text: String,
    #[serde(default = "yes")]
    expected: bool,
    #[serde(default)]
    asks: Asks,
}

fn yes() -> bool {
    true
}

/// Reads every `[[authorisation]]` of a file; `uses` are the end uses that
/// may be named. Drafts are checked and left out.
pub(crate) fn read(
    document: &Document,
    sets: &ControlSets,
    uses: &dyn Fn(&str) -> bool,
    problems: &mut Vec<Problem>,
) -> Vec<Authorisation> {
    let rows = document.rows("authorisation", problems);
    unique_ids(&rows, problems);
    let mut all = Vec::new();
    for row in &rows {
        match row.dated() {
            Ok(dated) => {
                let active = dated.status.is_adopted();
                let built = build(dated, sets, uses, problems);
                all.extend(built.filter(|_| active));
            }
            Err(wrong) => problems.extend(wrong),
        }
    }
    all
}

fn build(
    dated: DatedRow,
    sets: &ControlSets,
    uses: &dyn Fn(&str) -> bool,
    problems: &mut Vec<Problem>,
) -> Option<Authorisation> {
    let row = dated.body;
    let raw: Raw = table::read(&row, problems)?;
    let codes = |key: &str, text: &str, problems: &mut Vec<Problem>| {
        table::take(Codes::parse(text), &row, key, problems).unwrap_or_default()
    };
    let named = |key: &str, problems: &mut Vec<Problem>| named_sets(&row, key, sets, problems);
    let countries = |key: &str, problems: &mut Vec<Problem>| table::countries(&row, key, problems);
    let authorisation = Authorisation {
        kind: raw.kind,
        for_listed: raw.for_listed,
        conditions: conditions(raw.conditions, &row, problems),
        movements: movements(&raw.movements, &row, problems),
        only: codes("only", &raw.only, problems),
        only_sets: named("only_sets", problems),
        except: codes("except", &raw.except, problems),
        except_sets: named("except_sets", problems),
        unsure: codes("unsure", &raw.unsure, problems),
        hs: table::take(HsCodes::parse(&raw.hs), &row, "hs", problems).unwrap_or_default(),
        destinations: row
            .has("destinations")
            .then(|| countries("destinations", problems)),
        not_destinations: countries("not_destinations", problems),
        unsure_destinations: countries("unsure_destinations", problems),
        excluded_uses: words(&row, "excluded_uses"),
        note: dated.life.note,
        head: dated.head,
    };
    for key in ["only_sets", "except_sets", "excluded_uses"] {
        if !row.has(key) {
            continue;
        }
        if words(&row, key).is_empty() {
            problems.push(row.problem_at(key, format!("'{key}' is empty")));
        }
    }
    for name in authorisation.excluded_uses.iter().filter(|u| !uses(u)) {
        problems.push(row.problem_at("excluded_uses", format!("no end use '{name}'")));
    }
    contradictions(&authorisation, &row, problems);
    Some(authorisation)
}

fn named_sets(
    row: &Row,
    key: &str,
    sets: &ControlSets,
    problems: &mut Vec<Problem>,
) -> Vec<ControlSet> {
    let mut named = Vec::new();
    for id in words(row, key) {
        match sets.get(&id) {
            Some(set) => named.push(set.clone()),
            None => problems.push(row.problem_at(key, format!("no set of items '{id}'"))),
        }
    }
    named
}

fn conditions(raw: Vec<RawCondition>, row: &Row, problems: &mut Vec<Problem>) -> Vec<Condition> {
    let mut conditions: Vec<Condition> = Vec::new();
    for one in raw {
        if one.fact.trim().is_empty() || one.text.trim().is_empty() {
            problems.push(row.problem_at("conditions", "a condition lacks its fact or its text"));
        }
        let twice = conditions.iter().any(|c| c.fact == one.fact);
        if twice {
            let text = format!("the fact '{}' stands in two conditions", one.fact);
            problems.push(row.problem_at("conditions", text));
        }
        conditions.push(Condition {
            fact: one.fact,
            expected: one.expected,
            asks: one.asks,
            text: one.text,
        });
    }
    conditions
}

/// Reads movements separated by spaces; none means every one.
fn movements(text: &str, row: &Row, problems: &mut Vec<Problem>) -> Vec<Movement> {
    let mut movements = Vec::new();
    for word in text.split_whitespace() {
        let movement = Movement::parse(word).ok_or_else(|| format!("'{word}' is not a movement"));
        movements.extend(table::take(movement, row, "movements", problems));
    }
    movements
}

/// A destination or end use that is both taken in and left out, a note that is
/// missing: what nobody could apply.
fn contradictions(of: &Authorisation, row: &Row, problems: &mut Vec<Problem>) {
    if of.note.trim().is_empty() {
        problems.push(row.problem_at("note", "has no note for exporters"));
    }
    let both = |country: &Country, a: &CountrySet, b: &CountrySet| {
        a.contains(*country) && b.contains(*country)
    };
    for country in Country::all() {
        let included = of.destinations.unwrap_or_default();
        if both(&country, &included, &of.not_destinations) {
            let text = format!("{country} is both a destination and not one");
            problems.push(row.problem_at("not_destinations", text));
        }
        if both(&country, &of.unsure_destinations, &of.not_destinations) {
            let text = format!("{country} is both unsure and not a destination");
            problems.push(row.problem_at("unsure_destinations", text));
        }
    }
    for name in &of.excluded_uses {
        let asked = format!("use.{name}");
        let same = of.conditions.iter().find(|c| c.fact == asked);
        if let Some(condition) = same {
            let text = if condition.expected {
                format!("the end use '{name}' is asked for and excluded")
            } else {
                format!("the end use '{name}' is excluded twice")
            };
            problems.push(row.problem_at("excluded_uses", text));
        }
    }
    if of.head.in_force.from.is_none() {
        problems.push(row.problem_at("from", "an authorisation needs the day from which it holds"));
    }
    if of.head.review_by.is_none() && of.head.in_force.until.is_none() {
        problems.push(row.problem("needs a day by which it is reviewed or ends"));
    }
}
