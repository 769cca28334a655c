//! The case files under `cases/`: facts, day, expected answer, and why, as a
//! licensing officer would state them.

use crate::world::{controls, country, day, installation};
use portcullis_controls::{
    CaseInput, Circumstances, Determined, ListStanding, OwnerFacts, PartyFacts, transaction_of,
};
use portcullis_domain::*;
use std::path::Path;
use toml::{Table, Value};

fn text<'a>(value: &'a Value, what: &str) -> &'a str {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{what} is not a text"))
}

fn texts(value: Option<&Value>) -> Vec<String> {
    let members = value.and_then(Value::as_array).cloned().unwrap_or_default();
    members
        .iter()
        .map(|v| text(v, "a list").to_owned())
        .collect()
}

fn given<T>(facts: &Table, field: &str, read: impl Fn(&Value) -> T) -> Given<T> {
    match facts.get(field) {
        None => Given::Absent,
        Some(Value::String(word)) if word == "unknown" => Given::Unknown,
        Some(value) => Given::Known(read(value)),
    }
}

fn number(value: &Value) -> f64 {
    value
        .as_float()
        .or(value.as_integer().map(|n| n as f64))
        .expect("a number")
}

fn one_country(value: &Value) -> Country {
    country(text(value, "a country"))
}

fn party(value: &Value) -> (CaseParty, PartyFacts) {
    let part = |key: &str| {
        value
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or("")
            .to_owned()
    };
    let listed = |code: String| ListStanding {
        list: code,
        ..ListStanding::default()
    };
    let owner = |owner: &Value| OwnerFacts {
        name: text(&owner["name"], "name").to_owned(),
        standings: texts(owner.get("on")).into_iter().map(listed).collect(),
        share: match owner.get("percent") {
            Some(percent) => Given::Known((number(percent) * 100.0) as u32),
            None => Given::Unknown,
        },
        ..OwnerFacts::default()
    };
    let owners = value.get("owners").and_then(Value::as_array);
    let facts = PartyFacts {
        standings: texts(value.get("on"))
            .into_iter()
            .map(|code| ListStanding {
                requirement: part("requirement"),
                ..listed(code)
            })
            .collect(),
        owners: owners.map_or(Given::Absent, |all| {
            Given::Known(all.iter().map(owner).collect())
        }),
        ..PartyFacts::default()
    };
    let party = CaseParty {
        role: Role::parse(&part("role")).expect("a role"),
        name: Given::Known(part("name")),
        country: Given::Absent,
        address: String::new(),
        entity_id: String::new(),
        owners: Given::Absent,
    };
    (party, facts)
}

/// The case as its file states it, and what is known of its parties.
fn case_of(facts: &Table) -> (Case, Vec<PartyFacts>) {
    let word = |value: &Value| text(value, "a facet").to_owned();
    let parties = facts.get("parties").and_then(Value::as_array);
    let parties: Option<Vec<(CaseParty, PartyFacts)>> =
        parties.map(|all| all.iter().map(party).collect());
    let known: Vec<PartyFacts> = parties
        .iter()
        .flatten()
        .map(|(_, facts)| facts.clone())
        .collect();
    let law = facts.get("law").and_then(Value::as_str).unwrap_or("US");
    let case = Case {
        id: "case".to_owned(),
        jurisdictions: Given::Known(vec![Jurisdiction::new(law)]),
        movement: given(facts, "movement", |v| {
            Movement::parse(text(v, "movement")).unwrap()
        }),
        eccn: given(facts, "eccn", word),
        eu_code: given(facts, "eu_code", word),
        hs_code: given(facts, "hs_code", word),
        origin: given(facts, "origin", one_country),
        us_content: given(facts, "us_content_percent", |v| (number(v) * 100.0) as u32),
        exporter_country: given(facts, "exporter_country", one_country),
        destination: given(facts, "destination", one_country),
        transit: given(facts, "transit", |v| {
            let all = v.as_array().cloned().unwrap_or_default();
            all.iter().map(one_country).collect()
        }),
        end_use: given(facts, "end_use", word),
        parties: match (parties, facts.get("parties")) {
            (Some(all), _) => Given::Known(all.into_iter().map(|(party, _)| party).collect()),
            (None, Some(_)) => Given::Unknown,
            (None, None) => Given::Absent,
        },
        value: given(facts, "value", |v| (number(v) * 10_000.0) as i64),
        currency: given(facts, "currency", word),
        parameters: given(facts, "parameters", |v| {
            let pairs = v.as_table().cloned().unwrap_or_default();
            let one = |(name, value): (&String, &Value)| Parameter {
                name: name.clone(),
                value: text(value, "a parameter").to_owned(),
                unit: String::new(),
            };
            pairs.iter().map(one).collect()
        }),
        ..Case::default()
    };
    (case, known)
}

/// The answer to the facts of a case file on a day.
pub fn answer(facts: &Table, as_of: &str, known: &str) -> Determined {
    let (case, parties) = case_of(facts);
    let mut circumstances = Circumstances::of_case(&case);
    circumstances.parties = parties;
    controls().determine_case(&CaseInput {
        case: &case,
        transaction: &transaction_of(&case),
        circumstances: &circumstances,
        installation: &installation("US"),
        party_findings: &[],
        party_questions: &[],
        exceptions_refused: false,
        as_of: day(as_of),
        known: day(known),
    })
}

/// What is wrong with an answer, if anything.
fn wrong_with(case: &Table, answer: &Determined) -> Vec<String> {
    let mut wrong = Vec::new();
    let result = text(&case["result"], "result");
    if answer.result.as_str() != result {
        wrong.push(format!("is {}, not {result}", answer.result.as_str()));
    }
    let steps = || answer.per_jurisdiction.iter().flat_map(|law| &law.steps);
    for rule in texts(case.get("rules")) {
        if !steps().any(|step| step.rule == rule && step.truth == Truth::True) {
            wrong.push(format!("rule {rule} did not take it in"));
        }
    }
    for rule in texts(case.get("not_rules")) {
        if steps().any(|step| step.rule == rule && step.truth == Truth::True) {
            wrong.push(format!("rule {rule} took it in"));
        }
    }
    for field in texts(case.get("asks")) {
        if !answer
            .questions
            .iter()
            .any(|question| question.field == field)
        {
            wrong.push(format!("{field} is not asked"));
        }
    }
    if answer.result == DeterminationResult::Undetermined && answer.questions.is_empty() {
        wrong.push("is undetermined and asks nothing".to_owned());
    }
    for id in texts(case.get("may_use")) {
        if !answer.authorisations.iter().any(|one| one.id == id) {
            wrong.push(format!("{id} is not offered"));
        }
    }
    for id in texts(case.get("may_not_use")) {
        if answer.authorisations.iter().any(|one| one.id == id) {
            wrong.push(format!("{id} is offered"));
        }
    }
    for what in texts(case.get("not_checked")) {
        if !answer.not_checked.iter().any(|one| one.ends_with(&what)) {
            wrong.push(format!("{what} is not among what was not checked"));
        }
    }
    for what in texts(case.get("checked")) {
        if !answer.checked.contains(&what) {
            wrong.push(format!("{what} was not checked"));
        }
    }
    wrong
}

fn cases() -> Vec<(String, Table)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/cases");
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !name.starts_with("us") {
            continue;
        }
        let table: Table = std::fs::read_to_string(&path).unwrap().parse().unwrap();
        for case in table["case"].as_array().unwrap() {
            all.push((name.clone(), case.as_table().unwrap().clone()));
        }
    }
    all
}

fn answer_of(case: &Table) -> Determined {
    let date = |key: &str| case.get(key).map(|v| text(v, key).to_owned());
    let as_of = date("as_of").unwrap_or_else(|| "2026-11-22".to_owned());
    let known = date("known").unwrap_or_else(|| "2026-11-22".to_owned());
    answer(case["facts"].as_table().unwrap(), &as_of, &known)
}

#[test]
fn every_case_comes_out_as_the_officer_says() {
    let all = cases();
    assert!(all.len() > 50, "only {} cases were read", all.len());
    let mut wrong = Vec::new();
    for (file, case) in &all {
        let answer = answer_of(case);
        for what in wrong_with(case, &answer) {
            let why = text(&case["why"], "why");
            wrong.push(format!(
                "{file}: {why}\n    {what}\n    {:?}",
                answer.questions
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

fn strictness(result: DeterminationResult) -> u8 {
    match result {
        DeterminationResult::NotRequired => 0,
        DeterminationResult::Undetermined => 1,
        DeterminationResult::Required => 2,
        DeterminationResult::Prohibited => 3,
    }
}

/// One facet more that is unknown never turns an open or unfree answer free,
/// and is always asked.
#[test]
fn one_more_unknown_never_loosens() {
    let facets = [
        "movement",
        "eccn",
        "hs_code",
        "origin",
        "us_content_percent",
        "exporter_country",
        "transit",
        "end_use",
        "parties",
        "value",
        "currency",
        "parameters",
    ];
    for (file, case) in cases() {
        let facts = case["facts"].as_table().unwrap();
        let before = answer_of(&case);
        for facet in facets {
            if facts.contains_key(facet) {
                continue;
            }
            let mut more = case.clone();
            let table = more["facts"].as_table_mut().unwrap();
            table.insert(facet.to_owned(), Value::String("unknown".to_owned()));
            let after = answer_of(&more);
            let why = text(&case["why"], "why");
            let free = DeterminationResult::NotRequired;
            assert!(
                after.result != free,
                "{file}: {why}: {facet} unknown: {:?} -> {:?}",
                before.result,
                after.result
            );
            assert!(
                after.questions.iter().any(|q| q.field == facet),
                "{file}: {why}: {facet} is not asked: {:?}",
                after.questions
            );
            // What is known of reach may become open, but never free.
            let reach = ["origin", "exporter_country", "us_content_percent"];
            if !reach.contains(&facet) {
                assert!(
                    strictness(after.result) >= strictness(before.result),
                    "{file}: {why}: {facet} unknown loosened"
                );
            }
        }
    }
}
