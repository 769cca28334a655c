//! What was answered, as it is shown back.

use super::{Answers, fields, party_part};
use portcullis_domain::{Country, Movement};
use serde_json::Value;

/// One answer, shown.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    /// The key with which it is changed.
    pub(crate) key: String,
    pub(crate) label: String,
    pub(crate) text: String,
}

/// Every question that was dealt with, in the order of the answers.
pub(crate) fn told(answers: &Answers) -> Vec<Told> {
    let each = answers.given.iter().chain(&answers.open);
    let told = each.map(|key| {
        let field = key.split('#').next().unwrap_or(key);
        let text = match answers.value(field) {
            _ if answers.open.contains(key) => "Left open".to_owned(),
            Some(value) => match field {
                "value" | "currency" => both(answers, "value", "currency"),
                "quantity" | "unit" => both(answers, "quantity", "unit"),
                _ => in_words(field, value),
            },
            None => "Not known".to_owned(),
        };
        Told {
            key: key.clone(),
            label: match answers.put.get(key) {
                Some(text) => text.clone(),
                None => label_in(answers, field),
            },
            text,
        }
    });
    // What was answered twice is shown once.
    let mut all: Vec<Told> = Vec::new();
    for one in told {
        if !all.iter().any(|t| t.label == one.label) {
            all.push(one);
        }
    }
    all
}

fn both(answers: &Answers, one: &str, two: &str) -> String {
    let text = |field: &str| answers.value(field).map_or(String::new(), plain);
    format!("{} {}", text(one), text(two)).trim().to_owned()
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(yes) => if *yes { "Yes" } else { "No" }.to_owned(),
        other => other.to_string(),
    }
}

fn country(value: &Value) -> String {
    let code = plain(value);
    Country::parse(&code).map_or(code, |c| c.name().to_owned())
}

/// A value of a field in words.
pub(crate) fn in_words(field: &str, value: &Value) -> String {
    let part = party_part(field).map(|(_, part)| part);
    let each = |read: &dyn Fn(&Value) -> String, none: &str| {
        let all: Vec<String> = value.as_array().into_iter().flatten().map(read).collect();
        if all.is_empty() {
            none.to_owned()
        } else {
            all.join("; ")
        }
    };
    match part.unwrap_or(field) {
        "destination" | "exporter_country" | "origin" | "country" => country(value),
        "transit" => each(&country, "None: it goes directly"),
        "movement" => {
            let word = plain(value);
            let known = fields::movements().into_iter().find(|(w, _)| *w == word);
            known.map_or_else(
                || Movement::parse(&word).map_or(word.clone(), |m| m.as_str().to_owned()),
                |(_, text)| text.split(':').next().unwrap_or(text).to_owned(),
            )
        }
        "us_content_percent" => format!("{} %", plain(value).trim_end_matches('%').trim()),
        "eu_code" if plain(value).eq_ignore_ascii_case("none") => "Not listed".to_owned(),
        "parties" => each(&party, "Nobody"),
        "owners" => each(&owner, "Nobody"),
        "parameters" => each(&parameter, "None"),
        _ => plain(value),
    }
}

fn party(value: &Value) -> String {
    let known = |key: &str| {
        let text = plain(&value[key]);
        (text != "unknown" && text != "null").then_some(text)
    };
    let name = known("name").unwrap_or_else(|| "name not known".to_owned());
    let role = fields::role_words(&plain(&value["role"]));
    match known("country") {
        Some(_) => format!("{role}: {name}, {}", country(&value["country"])),
        None => format!("{role}: {name}"),
    }
}

fn owner(value: &Value) -> String {
    match &value["percent"] {
        Value::Null => plain(&value["name"]),
        share => format!("{} {} %", plain(&value["name"]), plain(share)),
    }
}

fn parameter(value: &Value) -> String {
    let text = format!(
        "{} {} {}",
        plain(&value["name"]),
        plain(&value["value"]),
        plain(&value["unit"])
    );
    text.trim().to_owned()
}

fn label_in(answers: &Answers, field: &str) -> String {
    let Some((at, part)) = party_part(field) else {
        return label(field);
    };
    let party = answers.case.get("parties").and_then(|p| p.get(at));
    let role = party.map_or(String::new(), |p| fields::role_words(&plain(&p["role"])));
    format!("{role}: {part}")
}

/// What a field is called where it is shown or changed.
pub(crate) fn label(field: &str) -> String {
    let part = party_part(field).map(|(_, part)| part);
    match part.unwrap_or(field) {
        "description" => "What are the goods?",
        "movement" => "What happens to the goods?",
        "exporter_country" => "From which country do the goods leave?",
        "destination" => "To which country do they go in the end?",
        "transit" => "Through which countries do they pass?",
        "origin" => "Where were they made?",
        "hs_code" => "Tariff code",
        "eccn" => "US control number",
        "eu_code" => "EU or UK control number",
        "us_content_percent" => "Controlled US content",
        "end_use" => "What will they be used for?",
        "parties" => "Who takes part?",
        "name" => "Who is it?",
        "country" => "In which country are they?",
        "owners" => "Who owns them?",
        "value" | "currency" => "Value",
        "quantity" | "unit" => "Quantity",
        field if field.starts_with("parameters") => "Technical parameters",
        other => other,
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_told_in_words() {
        for (field, value, words) in [
            ("destination", json!("FR"), "France"),
            ("transit", json!([]), "None: it goes directly"),
            ("eu_code", json!("none"), "Not listed"),
            ("movement", json!("reexport"), "Re-export"),
            (
                "parties",
                json!([{"role": "end_user", "name": "A", "country": "TR"}]),
                "End user: A, Türkiye",
            ),
            (
                "parties[0].owners",
                json!([{"name": "H", "percent": "60"}]),
                "H 60 %",
            ),
        ] {
            assert_eq!(in_words(field, &value), words);
        }
    }
}
