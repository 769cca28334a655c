//! Cases, one JSON object a line: each facet absent, `"unknown"`, or known.
//!
//! A field that is misspelt is refused and never taken for an absent one; so is
//! a value that is impossible or contradicts another. The refusal names the field.

mod party;

use portcullis_domain::{Case, Country, Given, Jurisdiction, Movement, Parameter, Quantity};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The longest line that is read, in bytes.
pub const MAX_LINE: usize = 1 << 20;
/// Most members of a list in a case.
const MAX_LIST: usize = 1_000;
/// Hundredths in a percent, and percents in a whole.
const PERCENT: i64 = 100;
const WHOLE: i64 = 100;
/// Ten-thousandths of a currency unit.
const MONEY_SCALE: i64 = 10_000;

/// Why a line is not a case.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {text}")]
pub struct CaseError {
    /// The id of the case, where one could be read; empty otherwise.
    pub id: String,
    /// The field, for example `destination` or `parties[0].role`.
    pub field: String,
    /// What is wrong with it, in plain words.
    pub text: String,
}

/// What is wrong with a field.
type Refusal = (String, String);
type Read<T> = Result<Given<T>, Refusal>;

const FIELDS: [&str; 21] = [
    "id",
    "jurisdictions",
    "movement",
    "eccn",
    "eu_code",
    "hs_code",
    "origin",
    "us_content_percent",
    "exporter_country",
    "destination",
    "transit",
    "end_use",
    "parties",
    "quantity",
    "unit",
    "value",
    "currency",
    "parameters",
    // Facts stated in answer to questions, by the name after `answers.`.
    "answers",
    // For people; nothing is determined from them.
    "description",
    "note",
];

/// Reads one line.
///
/// # Errors
///
/// [`CaseError`] if the line is no JSON object, lacks `id` or `destination`,
/// has a field that no case has, or a value that is impossible or contradicts
/// another.
pub fn read_case(line: &str) -> Result<Case, CaseError> {
    let refused = |id: &str, (field, text): Refusal| CaseError {
        id: id.to_owned(),
        field,
        text,
    };
    if line.len() > MAX_LINE {
        let text = format!("is longer than {MAX_LINE} bytes");
        return Err(refused("", ("line".to_owned(), text)));
    }
    let value: Value = serde_json::from_str(line).map_err(|wrong| {
        let text = format!("is not JSON: {wrong}");
        refused("", ("line".to_owned(), text))
    })?;
    let Value::Object(fields) = value else {
        let text = "is not a JSON object".to_owned();
        return Err(refused("", ("line".to_owned(), text)));
    };
    let id = id(&fields).map_err(|wrong| refused("", wrong))?;
    case(&id, &fields).map_err(|wrong| refused(&id, wrong))
}

fn id(fields: &Map<String, Value>) -> Result<String, Refusal> {
    match fields.get("id") {
        Some(Value::String(id)) if !id.trim().is_empty() => Ok(id.clone()),
        Some(Value::Number(number)) => Ok(number.to_string()),
        Some(_) => Err(wrong("id", "is neither a text nor a number")),
        None => Err(wrong("id", "is missing")),
    }
}

fn case(id: &str, fields: &Map<String, Value>) -> Result<Case, Refusal> {
    if let Some(field) = fields.keys().find(|key| !FIELDS.contains(&key.as_str())) {
        return Err(wrong(field, "is not a field of a case"));
    }
    let destination = of(fields, "destination", country)?;
    if destination == Given::Absent {
        return Err(wrong("destination", "is missing"));
    }
    let case = Case {
        id: id.to_owned(),
        jurisdictions: listed(fields, "jurisdictions", jurisdiction)?,
        movement: of(fields, "movement", movement)?,
        eccn: of(fields, "eccn", text)?,
        eu_code: of(fields, "eu_code", text)?,
        hs_code: of(fields, "hs_code", tariff)?,
        origin: of(fields, "origin", country)?,
        us_content: of(fields, "us_content_percent", share)?,
        exporter_country: of(fields, "exporter_country", country)?,
        destination,
        transit: listed(fields, "transit", country)?,
        end_use: of(fields, "end_use", text)?,
        parties: listed(fields, "parties", party::party)?,
        quantity: of(fields, "quantity", quantity)?,
        unit: of(fields, "unit", text)?,
        value: of(fields, "value", money)?,
        currency: of(fields, "currency", currency)?,
        parameters: listed(fields, "parameters", parameter)?,
        answers: answers(fields)?,
    };
    consistent(&case)?;
    Ok(case)
}

/// What a person stated: an object of yes and no. An answer that is not known
/// is left out; it stays open.
fn answers(fields: &Map<String, Value>) -> Result<BTreeMap<String, bool>, Refusal> {
    let Some(given) = fields.get("answers") else {
        return Ok(BTreeMap::new());
    };
    let Value::Object(given) = given else {
        return Err(wrong("answers", "is not an object"));
    };
    if given.len() > MAX_LIST {
        let text = format!("has more than {MAX_LIST} members");
        return Err(wrong("answers", text));
    }
    let mut answers = BTreeMap::new();
    for (fact, said) in given {
        match said {
            Value::Bool(said) => {
                answers.insert(fact.clone(), *said);
            }
            Value::String(word) if word == "unknown" => {}
            _ => {
                let field = format!("answers.{fact}");
                return Err((field, "is neither true, false nor \"unknown\"".to_owned()));
            }
        }
    }
    Ok(answers)
}

fn wrong(field: &str, text: impl Into<String>) -> Refusal {
    (field.to_owned(), text.into())
}

/// One field: absent, unknown, or read by `read`.
fn of<T>(
    fields: &Map<String, Value>,
    field: &str,
    read: impl Fn(&str, &Value) -> Result<T, Refusal>,
) -> Read<T> {
    match fields.get(field) {
        None => Ok(Given::Absent),
        Some(value) => given(field, value, read),
    }
}

fn given<T>(
    field: &str,
    value: &Value,
    read: impl Fn(&str, &Value) -> Result<T, Refusal>,
) -> Read<T> {
    match value {
        Value::Null => Ok(Given::Absent),
        Value::String(text) if text.trim().is_empty() => Ok(Given::Absent),
        Value::String(text) if text.trim().eq_ignore_ascii_case("unknown") => Ok(Given::Unknown),
        value => read(field, value).map(Given::Known),
    }
}

/// A list; one of whose members is unknown is unknown as a whole. A single
/// value stands for a list of one.
fn listed<T>(
    fields: &Map<String, Value>,
    field: &str,
    read: impl Fn(&str, &Value) -> Result<T, Refusal>,
) -> Read<Vec<T>> {
    let read_all = |field: &str, value: &Value| {
        let one = [value.clone()];
        let members: &[Value] = match value {
            Value::Array(members) => members,
            _ => &one,
        };
        if members.len() > MAX_LIST {
            return Err(wrong(field, format!("has more than {MAX_LIST} members")));
        }
        let mut all = Vec::with_capacity(members.len());
        let mut unknown = false;
        for (at, member) in members.iter().enumerate() {
            match given(&format!("{field}[{at}]"), member, &read)? {
                Given::Known(read) => all.push(read),
                Given::Unknown => unknown = true,
                Given::Absent => return Err(wrong(&format!("{field}[{at}]"), "is empty")),
            }
        }
        Ok((all, unknown))
    };
    Ok(match of(fields, field, read_all)? {
        Given::Known((_, true)) | Given::Unknown => Given::Unknown,
        Given::Known((all, false)) => Given::Known(all),
        Given::Absent => Given::Absent,
    })
}

fn text(field: &str, value: &Value) -> Result<String, Refusal> {
    match value {
        Value::String(text) => Ok(text.trim().to_owned()),
        _ => Err(wrong(field, "is not a text")),
    }
}

fn country(field: &str, value: &Value) -> Result<Country, Refusal> {
    let text = text(field, value)?;
    Country::parse(&text).ok_or_else(|| {
        wrong(
            field,
            format!("'{text}' is not a country of ISO 3166-1 (two letters)"),
        )
    })
}

fn jurisdiction(field: &str, value: &Value) -> Result<Jurisdiction, Refusal> {
    let code = text(field, value)?.to_ascii_uppercase();
    match code.as_str() {
        "GB" | "UK" => Ok(Jurisdiction::new("UK")),
        "US" | "EU" | "UN" => Ok(Jurisdiction::new(&code)),
        _ if Country::from_alpha2(&code).is_some() => Ok(Jurisdiction::new(&code)),
        _ => Err(wrong(field, format!("'{code}' is not a jurisdiction"))),
    }
}

fn movement(field: &str, value: &Value) -> Result<Movement, Refusal> {
    let word = text(field, value)?;
    let spelt = word.to_ascii_lowercase().replace([' ', '-'], "_");
    Movement::parse(&spelt).ok_or_else(|| wrong(field, format!("'{word}' is not a movement")))
}

fn tariff(field: &str, value: &Value) -> Result<String, Refusal> {
    let written = match value {
        Value::Number(number) => number.to_string(),
        other => text(field, other)?,
    };
    let code: String = written
        .chars()
        .filter(|c| !matches!(c, '.' | ' '))
        .collect();
    if !code.bytes().all(|b| b.is_ascii_digit()) {
        return Err(wrong(field, format!("'{written}' is not made of digits")));
    }
    if !(6..=14).contains(&code.len()) || code.len() % 2 == 1 {
        let text = format!("'{written}' has not the length of a tariff code (6, 8, 10 … digits)");
        return Err(wrong(field, text));
    }
    if matches!(&code[..2], "00" | "77") {
        return Err(wrong(
            field,
            format!(
                "'{written}': the Harmonized System has no chapter {}",
                &code[..2]
            ),
        ));
    }
    Ok(code)
}

/// A decimal as text, from a JSON number or text.
fn decimal(field: &str, value: &Value) -> Result<Quantity, Refusal> {
    let written = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().trim_end_matches('%').trim_end().to_owned(),
        _ => return Err(wrong(field, "is neither a number nor a text")),
    };
    let read: Quantity = written
        .parse()
        .map_err(|why: portcullis_domain::NumberError| wrong(field, why.to_string()))?;
    if read.micros() < 0 {
        return Err(wrong(field, format!("{written} is less than zero")));
    }
    Ok(read)
}

fn quantity(field: &str, value: &Value) -> Result<Quantity, Refusal> {
    decimal(field, value)
}

fn share(field: &str, value: &Value) -> Result<u32, Refusal> {
    let read = decimal(field, value)?.micros();
    if read > WHOLE * 1_000_000 {
        return Err(wrong(field, "is more than 100 percent"));
    }
    let hundredths = (read * PERCENT).div_euclid(1_000_000);
    u32::try_from(hundredths).map_err(|_| wrong(field, "is out of range"))
}

fn money(field: &str, value: &Value) -> Result<i64, Refusal> {
    let micros = decimal(field, value)?.micros();
    Ok(micros / (1_000_000 / MONEY_SCALE))
}

fn currency(field: &str, value: &Value) -> Result<String, Refusal> {
    let code = text(field, value)?.to_ascii_uppercase();
    if code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase()) {
        Ok(code)
    } else {
        Err(wrong(
            field,
            format!("'{code}' is not a currency code of three letters"),
        ))
    }
}

fn parameter(field: &str, value: &Value) -> Result<Parameter, Refusal> {
    let Value::Object(parts) = value else {
        return Err(wrong(field, "is not an object with name, value and unit"));
    };
    if let Some(key) = parts
        .keys()
        .find(|key| !["name", "value", "unit"].contains(&key.as_str()))
    {
        return Err(wrong(
            &format!("{field}.{key}"),
            "is not a part of a parameter",
        ));
    }
    let part = |key: &str| {
        let here = format!("{field}.{key}");
        match parts.get(key) {
            None | Some(Value::Null) => Ok(String::new()),
            Some(Value::String(text)) => Ok(text.trim().to_owned()),
            Some(Value::Number(number)) => Ok(number.to_string()),
            Some(Value::Bool(answer)) => Ok(answer.to_string()),
            Some(_) => Err(wrong(&here, "is not a text or number")),
        }
    };
    let parameter = Parameter {
        name: part("name")?,
        value: part("value")?,
        unit: part("unit")?,
    };
    if parameter.name.is_empty() {
        return Err(wrong(&format!("{field}.name"), "is missing"));
    }
    Ok(parameter)
}

/// Refuses facts that cannot be true together.
fn consistent(case: &Case) -> Result<(), Refusal> {
    let parameters = case.parameters.known().map_or(&[][..], Vec::as_slice);
    for (at, one) in parameters.iter().enumerate() {
        let same = |other: &&Parameter| other.name.eq_ignore_ascii_case(&one.name);
        if let Some(other) = parameters[..at].iter().find(same)
            && (&other.value, &other.unit) != (&one.value, &one.unit)
        {
            let text = format!(
                "'{}' is given as '{} {}' and as '{} {}'",
                one.name, other.value, other.unit, one.value, one.unit
            );
            return Err(wrong(&format!("parameters[{at}]"), text));
        }
    }
    let from = case.exporter_country.known();
    let to = case.destination.known();
    if case.movement.known() == Some(&Movement::InCountryTransfer)
        && let (Some(from), Some(to)) = (from, to)
        && from != to
    {
        let text = format!("a transfer inside a country cannot go from {from} to {to}");
        return Err(wrong("movement", text));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use portcullis_domain::{Facet, Presence};

    fn field_of(line: &str) -> String {
        read_case(line).unwrap_err().field
    }

    #[test]
    fn absent_unknown_and_known_are_told_apart() {
        let case = read_case(
            r#"{"id":7,"destination":"cn","eccn":"unknown","hs_code":"8542.31","parties":[{"role":"end_user","name":"A","owners":[{"entity_id":"x","percent":50}]}],"us_content_percent":"12.5","transit":[],"value":null}"#,
        )
        .unwrap();
        assert_eq!(case.id, "7");
        assert_eq!(case.presence(Facet::Eccn), Presence::Unknown);
        assert_eq!(case.presence(Facet::EuCode), Presence::Absent);
        assert_eq!(case.presence(Facet::Value), Presence::Absent);
        assert_eq!(case.transit, Given::Known(Vec::new()));
        assert_eq!(case.us_content, Given::Known(1_250));
        assert_eq!(case.hs_code.known().map(String::as_str), Some("854231"));
        let parties = case.parties.known().unwrap();
        let owners = parties[0].owners.known().unwrap();
        assert_eq!(owners[0].share, Given::Known(5_000));
    }

    #[test]
    fn answers_are_yes_no_or_left_open() {
        let line = r#"{"id":"a","destination":"US","answers":{"x":true,"y":false,"z":"unknown"}}"#;
        let case = read_case(line).unwrap();
        let given: Vec<(&str, bool)> = case.answers.iter().map(|(f, a)| (&**f, *a)).collect();
        assert_eq!(given, [("x", true), ("y", false)]);
        let wrong = r#"{"id":"a","destination":"US","answers":{"x":"yes"}}"#;
        assert_eq!(field_of(wrong), "answers.x");
    }

    #[test]
    fn what_is_wrong_is_named_by_its_field() {
        for (line, field) in [
            ("", "line"),
            ("[]", "line"),
            (r#"{"destination":"CN"}"#, "id"),
            (r#"{"id":"a"}"#, "destination"),
            (r#"{"id":"a","destination":"ZZ"}"#, "destination"),
            (r#"{"id":"a","destination":"CN","ecn":"3A001"}"#, "ecn"),
            (
                r#"{"id":"a","destination":"CN","movement":"flight"}"#,
                "movement",
            ),
            (
                r#"{"id":"a","destination":"CN","hs_code":"77.01.10"}"#,
                "hs_code",
            ),
            (
                r#"{"id":"a","destination":"CN","hs_code":"85x"}"#,
                "hs_code",
            ),
            (
                r#"{"id":"a","destination":"CN","hs_code":"8542"}"#,
                "hs_code",
            ),
            (
                r#"{"id":"a","destination":"CN","us_content_percent":101}"#,
                "us_content_percent",
            ),
            (
                r#"{"id":"a","destination":"CN","us_content_percent":-1}"#,
                "us_content_percent",
            ),
            (
                r#"{"id":"a","destination":"CN","transit":["SG","QQ"]}"#,
                "transit[1]",
            ),
            (
                r#"{"id":"a","destination":"CN","parties":[{"role":"king","name":"A"}]}"#,
                "parties[0].role",
            ),
            (
                r#"{"id":"a","destination":"CN","parties":[{"role":"end_user"}]}"#,
                "parties[0]",
            ),
            (
                r#"{"id":"a","destination":"CN","currency":"dollar"}"#,
                "currency",
            ),
            (
                r#"{"id":"a","destination":"CN","jurisdictions":["US","Q1"]}"#,
                "jurisdictions[1]",
            ),
            (
                r#"{"id":"a","destination":"CN","parameters":[{"name":"f","value":1},{"name":"F","value":2}]}"#,
                "parameters[1]",
            ),
            (
                r#"{"id":"a","destination":"CN","movement":"in_country_transfer","exporter_country":"DE"}"#,
                "movement",
            ),
        ] {
            assert_eq!(field_of(line), field, "{line}");
        }
    }
}
