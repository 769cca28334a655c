//! `portcullis determine` as a trader's system uses it.

use crate::world::World;
use serde_json::{Value, json};

fn determine(world: &World, cases: &[Value], more: &[&str]) -> (i32, Vec<Value>) {
    let lines: Vec<String> = cases.iter().map(Value::to_string).collect();
    let mut arguments = vec!["determine", "--input", "-"];
    arguments.extend(more);
    let ran = world.run_with(&arguments, lines.join("\n").as_bytes());
    (ran.code, ran.lines())
}

fn one(world: &World, case: Value, more: &[&str]) -> Value {
    let (code, lines) = determine(world, &[case], more);
    assert_eq!(code, 0, "{lines:?}");
    lines.into_iter().next().unwrap()
}

#[test]
fn one_line_a_case_in_order_and_a_bad_one_stops_nothing() {
    let world = World::empty();
    let cases = [
        json!({"id": "a", "jurisdictions": ["US"], "eccn": "3A001.a.5.b", "destination": "CN"}),
        json!({"id": "b", "destination": "Atlantis"}),
        json!({"id": "c", "destination": "DE"}),
        json!({"id": "d", "destination": "DE", "eccn": "unknown"}),
        json!({"id": "e", "destination": "DE", "eccn": "3Z999"}),
        json!({"id": "f", "destination": "CU", "eccn": "EAR99"}),
        json!({"destination": "CU"}),
    ];
    let (code, lines) = determine(&world, &cases, &["--as-of", "2026-11-22"]);
    assert_eq!(code, 3);
    let results: Vec<&str> = lines
        .iter()
        .map(|line| line["result"].as_str().or(line["status"].as_str()).unwrap())
        .collect();
    let expected = [
        "required",
        "error",
        "not_required",
        "undetermined",
        "error",
        "prohibited",
        "error",
    ];
    assert_eq!(results, expected, "{lines:#?}");
    assert_eq!(
        (&lines[1]["line"], &lines[1]["field"]),
        (&json!(2), &json!("destination"))
    );
    assert_eq!(lines[4]["field"], "eccn");
    assert_eq!(lines[6]["field"], "id");
    for line in lines.iter().filter(|line| line["status"] != "error") {
        assert_eq!(line["v"], 1);
        assert_eq!(line["as_of"], "2026-11-22");
        for field in [
            "per_jurisdiction",
            "questions",
            "authorisations",
            "checked",
            "not_checked",
        ] {
            assert!(line[field].is_array(), "{field}: {line}");
        }
        for step in line["per_jurisdiction"][0]["steps"].as_array().unwrap() {
            assert!(step["rule"].is_string() && step["citation"].is_string());
            assert!(["true", "false", "unknown"].contains(&step["truth"].as_str().unwrap()));
        }
    }
    let absent = lines[2]["not_checked"].as_array().unwrap();
    assert!(absent.contains(&json!("eccn")) && absent.contains(&json!("parties")));
    assert_eq!(lines[3]["questions"][0]["field"], "eccn");
}

/// A list on which one party stands, and a register that says whom it owns.
fn with_owner() -> World {
    let world = World::empty();
    let thing = |id: &str, schema: &str, properties: Value, dataset: &str| {
        json!({"id": id, "schema": schema, "properties": properties, "datasets": [dataset]})
            .to_string()
    };
    let listed = thing(
        "mother",
        "Company",
        json!({"name": ["Borealis Mother Works"], "country": ["cn"], "topics": ["export.control"]}),
        "us-el",
    );
    let sanction = thing(
        "s1",
        "Sanction",
        json!({"entity": ["mother"], "listingDate": ["2019-05-21"]}),
        "us-el",
    );
    let file = world.path().join("owner.ftm.json");
    std::fs::write(&file, format!("{listed}\n{sanction}\n")).unwrap();
    let file = file.to_string_lossy().into_owned();
    world
        .run(&["lists", "import", "--source", "us-el", &file])
        .ok();
    world
}

#[test]
fn affiliates_are_caught_by_day_and_by_what_was_known() {
    let world = with_owner();
    let case = |id: &str| {
        json!({
            "id": id, "jurisdictions": ["US"], "eccn": "EAR99", "destination": "CN",
            "parties": [{
                "role": "end_user", "name": "Vesper Daughter Instruments", "country": "CN",
                "owners": [{"entity_id": "mother", "percent": 60}],
            }],
        })
    };
    let steps = |line: &Value| {
        let steps = line["per_jurisdiction"][0]["steps"]
            .as_array()
            .unwrap()
            .clone();
        let rule = steps
            .into_iter()
            .find(|s| s["rule"] == "us-744-11-affiliates");
        rule.map(|step| step["truth"].as_str().unwrap().to_owned())
    };
    let caught = one(&world, case("a"), &["--as-of", "2025-10-15"]);
    assert_eq!(caught["result"], "required", "{caught:#}");
    assert_eq!(steps(&caught).as_deref(), Some("true"));
    let suspended = one(&world, case("b"), &["--as-of", "2026-07-01"]);
    assert_eq!(steps(&suspended).as_deref(), Some("false"), "{suspended:#}");
    let open = one(&world, case("c"), &["--as-of", "2026-11-22"]);
    assert_eq!(open["result"], "undetermined", "{open:#}");
    let asked = open["questions"].to_string();
    assert!(
        asked.contains("suspension") && asked.contains("2026-11-09"),
        "{asked}"
    );
    let unknown = one(
        &world,
        case("d"),
        &["--as-of", "2025-10-15", "--known", "2025-09-01"],
    );
    assert_ne!(unknown["result"], "required", "{unknown:#}");
    assert_eq!(steps(&unknown).as_deref(), Some("false"));
}

#[test]
fn a_listed_party_is_found_by_name_and_by_id() {
    let world = with_owner();
    for party in [
        json!({"role": "end_user", "name": "Borealis Mother Works"}),
        json!({"role": "consignee", "entity_id": "mother"}),
    ] {
        let case = json!({"id": "a", "jurisdictions": ["US"], "eccn": "EAR99", "destination": "CN", "parties": [party]});
        let line = one(&world, case, &[]);
        assert_eq!(line["result"], "required", "{line:#}");
    }
    let stranger = json!({"id": "a", "jurisdictions": ["US"], "eccn": "EAR99", "destination": "CN",
        "parties": [{"role": "end_user", "entity_id": "nobody-has-this"}]});
    let line = one(&world, stranger, &[]);
    assert_eq!(line["result"], "undetermined");
    assert_eq!(line["questions"][0]["field"], "parties[0].entity_id");
}

#[test]
fn aid_passes_with_the_right_papers() {
    let world = World::empty();
    let medicine = |answers: Value| {
        json!({"id": "m", "jurisdictions": ["EU"], "eu_code": "none", "hs_code": "30049000",
            "exporter_country": "DE", "destination": "RU", "end_use": "medicines for a hospital",
            "answers": answers})
    };
    let day = ["--as-of", "2026-11-22"];
    let open = one(&world, medicine(json!({})), &day);
    assert_eq!(open["result"], "undetermined", "{open:#}");
    let questions = open["questions"].as_array().unwrap().iter();
    let mut fields: Vec<&str> = questions.map(|q| q["field"].as_str().unwrap()).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["answers.eu-ru.declared", "answers.eu-ru.notified"]);

    let papers = json!({"eu-ru.declared": true, "eu-ru.notified": true});
    let stated = one(&world, medicine(papers), &day);
    assert_eq!(stated["result"], "not_required", "{stated:#}");
    assert_eq!(stated["authorisations"][0]["id"], "eu-ru-medical");
    assert_eq!(stated["authorisations"][0]["unmet"], json!([]));

    let wrong = json!({"eu-ru.declared": "perhaps"});
    let (code, lines) = determine(&world, &[medicine(wrong)], &day);
    assert_eq!(
        (code, &lines[0]["field"]),
        (3, &json!("answers.eu-ru.declared"))
    );
}
