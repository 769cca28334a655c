use super::{declared, issues, one, party, read};
use portcullis_domain::{
    CountryRole, Identifier, MessageKind, Movement, NameKind, Provenance, Role,
};

const WHOLE: &str = r#"{
  "reference": "R1", "version": 1, "movement": "export", "declared_on": "2026-03-14",
  "parties": [
    {"role": "exporter", "identifiers": ["GB123456789000"]},
    {"role": "consignee", "name": "Orient Machinery", "aliases": ["OM"], "type": "organisation",
     "address": {"street": "Unit 4", "city": "Dubai", "country": "AE"}, "item": 1,
     "identifiers": [{"scheme": "lei", "value": "529900T8BM49AURSDO55", "country": "AE"}],
     "countries": [{"role": "registration", "country": "Türkiye"}]},
    {"role": "end_user"}
  ],
  "items": [{"description": "Pump", "codes": [{"scheme": "hs", "value": "8413.50"}, {"scheme": "eccn", "value": "2b350.i"}],
    "quantity": {"amount": 4, "unit": "NAR"}, "net_mass_kg": 10.5, "value": {"amount": "1200.50", "currency": "EUR"},
    "origin": "Germany", "documents": [{"kind": "X002", "category": "X", "id": "L1", "write_off": {"amount": "4", "unit": "NAR"}}]}],
  "destination": "AE", "route": ["TR", "AE"], "end_use": "water works",
  "transport": [{"mode": "1", "id_kind": "10", "id": "9074729", "nationality": "PA"}],
  "payments": [{"country": "TR", "method": "transfer", "amount": {"amount": "1", "currency": "USD"}}]
}"#;

#[test]
fn a_declaration_in_our_own_words() {
    let message = one(WHOLE);
    assert_eq!(message.issues, []);
    let t = message.transaction.unwrap();
    assert_eq!(
        (t.movement, t.end_use.as_str()),
        (Movement::Export, "water works")
    );
    let consignee = party(&t, Role::Consignee);
    assert_eq!(
        (consignee.item, consignee.party.names[1].kind),
        (Some(1), NameKind::Alias)
    );
    assert_eq!(consignee.party.countries[0].role, CountryRole::Registration);
    assert_eq!(consignee.party.countries[0].country.code(), "TR");
    assert_eq!(
        party(&t, Role::Exporter).party.identifiers[0].scheme,
        "eori"
    );
    assert_eq!(party(&t, Role::EndUser).provenance, Provenance::Unnamed);
    assert_eq!(
        party(&t, Role::Vessel).party.identifiers[0].value,
        "9074729"
    );
    let item = &t.items[0];
    assert_eq!((item.number, item.hs6()), (1, Some("841350")));
    assert_eq!(item.codes[1].value, "2B350.i");
    assert_eq!(item.net_mass.unwrap().to_string(), "10.5");
}

#[test]
fn nothing_is_dropped_in_silence() {
    let text = r#"{"reference":"R1","colour":"red","items":[{"description":"Pump","origin":"Narnia","netmass":1,
"quantity":{"amount":"1e3"},"codes":[{"scheme":"hs","value":"8413-5061"},{"scheme":"taric","value":"1"}],"value":{"amount":12345678901234567.5,"currency":"EUR"}}],
"parties":[{"role":"boss","name":["A",{"text":"B","nick":"C"}]},"x"],"declared_on":"14.03.2026","route":["AE","??"]}"#;
    let message = one(text);
    assert_eq!(
        issues(&message),
        [
            "1 not-a-date declared_on",
            "1 unknown-field parties/0/name/1/nick",
            "1 unknown-word parties/0/role",
            "1 wrong-type parties/1",
            "1 not-a-code items/0/codes/0/value",
            "1 unknown-word items/0/codes/1/scheme",
            "1 not-a-number items/0/quantity/amount",
            "1 not-a-number items/0/value/amount",
            "1 unknown-country items/0/origin",
            "1 unknown-field items/0/netmass",
            "1 unknown-country route/1",
            "1 unknown-field colour",
        ]
    );
    assert_eq!(message.kind, MessageKind::Declaration);
}

#[test]
fn shapes_of_a_file() {
    let line = r#"{"reference":"A","items":[{"description":"x"}]}"#;
    let spread = WHOLE;
    for (text, expected) in [
        (format!("{line}\n"), vec![(Some("A"), 1)]),
        (
            format!("\u{feff}\n{line}\r\n\n{line}"),
            vec![(Some("A"), 2), (Some("A"), 4)],
        ),
        (spread.to_owned(), vec![(Some("R1"), 1)]),
        (
            format!("\n{spread}\n{spread}"),
            vec![(Some("R1"), 2), (Some("R1"), 19)],
        ),
        (
            format!("[{line},\n{line} ,{spread}]\n"),
            vec![(Some("A"), 1), (Some("A"), 2), (Some("R1"), 2)],
        ),
        ("[]".to_owned(), vec![(None, 1)]),
    ] {
        let found = read(&text);
        let read: Vec<_> = found
            .iter()
            .map(|m| (m.reference.as_deref(), m.line.unwrap()))
            .collect();
        assert_eq!(read, expected, "{text}");
    }
}

#[test]
fn a_broken_record_does_not_take_the_others_with_it() {
    let line = |r: &str| format!(r#"{{"reference":"{r}","items":[{{"description":"x"}}]}}"#);
    let (a, b) = (line("A"), line("B"));
    for (text, expected) in [
        (
            format!("{a}\n{{\"reference\":\n{b}\n"),
            vec!["A 1", "truncated 2", "B 3"],
        ),
        (
            format!("{{\"reference\": \"x\n{a}\n{b}\n"),
            vec!["truncated 1", "A 2", "B 3"],
        ),
        (
            format!("{{\"reference\": 1,\n{a}\n{b}\n"),
            vec!["not-well-formed 1", "A 2", "B 3"],
        ),
        (
            format!("{a}\nnonsense\n{b}{b}\n{b}"),
            vec!["A 1", "not-well-formed 2", "not-well-formed 3", "B 4"],
        ),
        (
            format!("[{{\"reference\": 1,\n{a},\n{b}]"),
            vec!["not-well-formed 1", "A 2", "B 3"],
        ),
        (
            format!("[{a},\n7,\n{b}]"),
            vec!["A 1", "wrong-schema 2", "B 3"],
        ),
        (format!("[{a},\n{b}"), vec!["A 1", "B 2", "truncated 2"]),
        (format!("[{a}]\n{b}"), vec!["A 1", "not-well-formed 2"]),
        (
            format!("{a}\n{{\"reference\":\"C\",\"reference\":\"D\"}}"),
            vec!["A 1", "not-well-formed 2"],
        ),
        (
            format!("{a}\n{{\"items\":[]}}\n{b}"),
            vec!["A 1", "reference-missing 2", "B 3"],
        ),
        (
            format!("{{\"reference\":\"C\",\"message\":\"revocation\"}}\n{b}"),
            vec!["unknown-word 1", "B 2"],
        ),
        (
            "{\n\"reference\": \"C\",\n\"items\": [}\n".to_owned(),
            vec!["truncated 1"],
        ),
        (
            "{\n\"reference\": \"C\",\n\"items\": oops\n}\n".to_owned(),
            vec!["not-well-formed 3"],
        ),
    ] {
        let found = read(&text);
        let shown: Vec<String> = found
            .iter()
            .map(|m| match m.kind {
                MessageKind::Unreadable => format!("{} {}", m.issues[0].code, m.line.unwrap()),
                _ => format!("{} {}", m.reference.as_deref().unwrap(), m.line.unwrap()),
            })
            .collect();
        assert_eq!(shown, expected, "{text}");
    }
}

#[test]
fn the_schema_knows_every_field_of_the_writer() {
    let schema: serde_json::Value = serde_json::from_str(include_str!(
        "../../../../../docs/reference/declaration.schema.json"
    ))
    .unwrap();
    let written = portcullis_formats::declarations::write_json(&declared(WHOLE));
    check(&written, &schema, &schema, "");
    let properties = schema["properties"].as_object().unwrap();
    // Each field that the schema promises is one the reader knows.
    for name in properties.keys() {
        let text = format!(r#"{{"reference":"R","{name}":null}}"#);
        let known = name == "reference"
            || read(&text)[0]
                .issues
                .iter()
                .all(|i| i.code != "unknown-field");
        assert!(known, "{name}");
    }
}

/// The part of JSON Schema that the published file uses to deny fields.
fn check(
    value: &serde_json::Value,
    schema: &serde_json::Value,
    root: &serde_json::Value,
    path: &str,
) {
    let schema = match schema["$ref"].as_str() {
        Some(reference) => &root["$defs"][reference.rsplit('/').next().unwrap()],
        None => schema,
    };
    if let Some(choices) = schema["anyOf"].as_array() {
        let fits = |s: &&serde_json::Value| {
            let kind = s["type"].as_str().unwrap_or("object");
            kind == match value {
                serde_json::Value::Array(_) => "array",
                serde_json::Value::Object(_) => "object",
                serde_json::Value::String(_) => "string",
                _ => "number",
            }
        };
        let choice = choices
            .iter()
            .find(fits)
            .unwrap_or_else(|| panic!("{path}: {value}"));
        return check(value, choice, root, path);
    }
    match value {
        serde_json::Value::Object(map) => {
            assert_eq!(schema["additionalProperties"], false, "{path}");
            for (key, inner) in map {
                let known = &schema["properties"][key];
                assert!(!known.is_null(), "{path}/{key} is not in the schema");
                check(inner, known, root, &format!("{path}/{key}"));
            }
        }
        serde_json::Value::Array(items) => {
            for item in items {
                check(item, &schema["items"], root, &format!("{path}/*"));
            }
        }
        serde_json::Value::String(text) => {
            if let Some(words) = schema["enum"].as_array() {
                assert!(words.contains(&text.as_str().into()), "{path}: {text}");
            }
        }
        _ => {}
    }
}

#[test]
fn a_longer_code_declared_as_hs_is_of_the_scheme_its_length_says() {
    for (declared_as, text, expected) in [
        ("hs", "8413", Some("hs 8413")),
        ("hs", "8413.50", Some("hs 841350")),
        ("hs", "8413 50 61", Some("cn 84135061")),
        ("hs", "8413506100", Some("national 8413506100")),
        ("cn", "84135061", Some("cn 84135061")),
        ("cn", "841350", None),
        ("national", "841350", None),
        ("hs", "8413x0", None),
    ] {
        let message = one(&format!(
            r#"{{"reference":"R1","items":[{{"description":"Pump","codes":[{{"scheme":"{declared_as}","value":"{text}"}}]}}]}}"#
        ));
        let refused: Vec<&str> = message.issues.iter().map(|i| i.code.as_str()).collect();
        let t = message.transaction.unwrap();
        let codes: Vec<String> = t.items[0]
            .codes
            .iter()
            .map(|c| format!("{} {}", c.scheme, c.value))
            .collect();
        match expected {
            Some(code) => assert_eq!(
                (codes.as_slice(), refused.len()),
                (&[code.to_owned()][..], 0)
            ),
            None => assert_eq!((codes.len(), refused), (0, vec!["not-a-code"]), "{text}"),
        }
    }
}

#[test]
fn a_ship_is_screened_by_its_number_whatever_its_type_of_identification() {
    for (means, number, name) in [
        (r#"{"id":"9187629"}"#, "9187629", None),
        (
            r#"{"id":"IMO 9187629","name":"X Star"}"#,
            "IMO 9187629",
            Some("X Star"),
        ),
        (r#"{"id_kind":"11","id":"IMO9187629"}"#, "IMO9187629", None),
    ] {
        let t = declared(&format!(
            r#"{{"reference":"R1","items":[{{"description":"Pump"}}],"transport":[{means}]}}"#
        ));
        let vessel = &party(&t, Role::Vessel).party;
        assert_eq!(vessel.identifiers, [Identifier::new("imo", number)]);
        assert_eq!(vessel.identifiers[0].normalised(), "9187629");
        assert_eq!(vessel.names.first().map(|n| n.text.as_str()), name);
    }
}
