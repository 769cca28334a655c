//! Which question is next: those that the engines ask of the case as it is,
//! each once.

use super::{Answers, DESCRIPTION, Widget, fields};
use crate::{AppState, problem::Problem, state::today};
use jiff::{Timestamp, tz::TimeZone};
use portcullis_assessment::{Asked as AskedOn, Lists};
use portcullis_controls::Determined;
use portcullis_domain::hex_sha256;
use portcullis_formats::cases::read_case;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// In which order fields are put to a person: what is known by heart first, and
/// what decides about other questions before them.
const ORDER: [&str; 15] = [
    DESCRIPTION,
    "exporter_country",
    "destination",
    "movement",
    "transit",
    "origin",
    "hs_code",
    "parameters",
    "eccn",
    "eu_code",
    "us_content_percent",
    "end_use",
    "parties",
    "value",
    "quantity",
];

/// Facets that only one law asks about, and which.
const OF_ONE_LAW: [(&str, &[&str]); 3] = [
    ("eccn", &["US"]),
    ("us_content_percent", &["US"]),
    ("eu_code", &["EU", "UK"]),
];

/// A question to the person.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ask {
    /// Its key among the answers: the field, and where a field is asked again,
    /// what about it.
    pub(crate) key: String,
    /// The field that answers.
    pub(crate) field: String,
    /// The question.
    pub(crate) text: String,
    pub(crate) widget: Widget,
    /// A number that may be the answer, with the words that speak for it.
    pub(crate) candidates: Vec<Candidate>,
}

/// A number that may be the one looked for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Candidate {
    pub(crate) code: String,
    pub(crate) text: String,
    pub(crate) reasons: Vec<String>,
}

/// What was asked for, on which grounds.
pub(crate) struct Asked {
    pub(crate) on: AskedOn,
    pub(crate) lists: Arc<Lists>,
}

/// A case as it is, looked at.
pub(crate) struct Looked {
    pub(crate) determined: Determined,
    /// Questions that can be answered here and were not dealt with, in order.
    pub(crate) asks: Vec<Ask>,
    /// The case as it was put to the engine.
    pub(crate) case: Value,
    pub(crate) asked: Asked,
}

/// What the engine says of the answers so far.
///
/// # Errors
///
/// The field that cannot be read and why, in the inner result.
pub(crate) async fn look(
    state: &AppState,
    answers: &Answers,
) -> Result<Result<Looked, (String, String)>, Problem> {
    let now = Timestamp::now();
    let lists = state.desk().lists_on(today(), now).await?;
    let asked = Asked {
        on: AskedOn {
            as_of: today(),
            known: now.to_zoned(TimeZone::UTC).date(),
        },
        lists,
    };
    let whole = put(state, &answers.case, &asked);
    let case = match &whole {
        Ok(determined) => relevant(&answers.case, determined),
        Err(wrong) => return Ok(Err(wrong.clone())),
    };
    let determined = match put(state, &case, &asked) {
        Ok(determined) => determined,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let mut asks = asks(answers, &case, &determined);
    for ask in &mut asks {
        ask.candidates = crate::classing::candidates(state, &ask.field, &case, &asked.on).await?;
    }
    Ok(Ok(Looked {
        determined,
        asks,
        case: Value::Object(case),
        asked,
    }))
}

/// A case in the command's shape, put to the engine.
pub(crate) fn put(
    state: &AppState,
    case: &Map<String, Value>,
    asked: &Asked,
) -> Result<Determined, (String, String)> {
    let text = Value::Object(case.clone()).to_string();
    let case = read_case(&text).map_err(|wrong| (wrong.field, wrong.text))?;
    let engine = state.desk().engine();
    match engine.controls().refuse(&case) {
        Some(refused) => Err(refused),
        None => Ok(engine.determine(&case, &asked.lists, asked.on)),
    }
}

/// The case without facets that no law in question asks about: to a person they
/// would be riddles. What was answered stays.
fn relevant(case: &Map<String, Value>, determined: &Determined) -> Map<String, Value> {
    let mut case = case.clone();
    let laws: Vec<&str> = determined
        .per_jurisdiction
        .iter()
        .map(|law| law.jurisdiction.code())
        .collect();
    for (field, of) in OF_ONE_LAW {
        let unknown = case.get(field) == Some(&json!("unknown"));
        if unknown && !of.iter().any(|law| laws.contains(law)) {
            case.remove(field);
        }
    }
    // Goods of the country that they leave fall under its law as a whole.
    let of_the_country = case.get("origin").is_some_and(|origin| {
        *origin != json!("unknown") && Some(origin) == case.get("exporter_country")
    });
    if of_the_country && case.get("us_content_percent") == Some(&json!("unknown")) {
        case.remove("us_content_percent");
    }
    case
}

/// The questions that are open and can be answered here.
fn asks(answers: &Answers, case: &Map<String, Value>, determined: &Determined) -> Vec<Ask> {
    let mut asks = Vec::new();
    if !answers.is_done(DESCRIPTION) {
        asks.push(Ask {
            key: DESCRIPTION.to_owned(),
            field: DESCRIPTION.to_owned(),
            text: "What are the goods?".to_owned(),
            widget: Widget::Text,
            candidates: Vec::new(),
        });
    }
    for question in &determined.questions {
        let Some(widget) = Widget::of(&question.field) else {
            continue;
        };
        let known = Answers {
            case: case.clone(),
            ..answers.clone()
        };
        let key = match known.value(&question.field) {
            // It was answered, and the answer leaves something open: asked again, once.
            Some(_) => {
                let of_text = hex_sha256(question.text.as_bytes());
                format!("{}#{}", question.field, &of_text[..8])
            }
            None => question.field.clone(),
        };
        let same = |a: &Ask| a.key == key;
        if answers.is_done(&key) || asks.iter().any(same) {
            continue;
        }
        asks.push(Ask {
            field: question.field.clone(),
            text: plainly(&question.field, &question.text, &key),
            widget,
            candidates: Vec::new(),
            key,
        });
    }
    asks.sort_by_key(|ask| place(&ask.field));
    asks
}

fn place(field: &str) -> usize {
    let of_party = field.starts_with("parties[");
    let plain = field.split(['[', '.']).next().unwrap_or(field);
    let at = ORDER.iter().position(|f| *f == plain);
    at.map_or(ORDER.len(), |at| at * 2 + usize::from(of_party))
}

/// The engine's question. Where it asks for the two parts of an amount, for both.
fn plainly(field: &str, text: &str, key: &str) -> String {
    match field {
        "currency" if key == field => "What is the value of the goods?".to_owned(),
        "unit" if key == field => "How much is delivered?".to_owned(),
        _ => text.to_owned(),
    }
}

/// A question that was answered before, to be changed.
pub(crate) fn again(answers: &Answers, key: &str) -> Option<Ask> {
    let field = key.split('#').next().unwrap_or(key).to_owned();
    let put = answers.put.get(key).cloned();
    Some(Ask {
        text: put.unwrap_or_else(|| super::told::label(&field)),
        widget: fields::Widget::of(&field)?,
        key: key.to_owned(),
        field,
        candidates: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_decides_comes_first() {
        let mut fields = vec![
            "parties[0].country",
            "end_use",
            "parties",
            "destination",
            "hs_code",
        ];
        fields.sort_by_key(|f| place(f));
        assert_eq!(
            fields,
            [
                "destination",
                "hs_code",
                "end_use",
                "parties",
                "parties[0].country"
            ]
        );
        assert!(place("parameters[0]") < place("eccn"));
    }
}
