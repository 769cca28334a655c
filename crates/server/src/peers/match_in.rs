//! The body of `POST /match`, read: who is asked about, and what of it could
//! not be read.

use super::refusal::{Field, Refusal};
use portcullis_domain::Issue;
use portcullis_formats::watchlists::ftm_ask;
use portcullis_screening::Query;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// One party to be screened, by the name that the client gave it.
pub(crate) struct Wanted {
    pub(crate) name: String,
    pub(crate) query: Query,
    /// The party as read, for the record.
    pub(crate) party: portcullis_domain::Party,
    /// What was asked, as it goes back.
    pub(crate) echo: Value,
    /// What could not be read or is not compared.
    pub(crate) issues: Vec<Issue>,
}

/// Codes of issues by which evidence that was offered is lost.
const LOST: [&str; 3] = ["not-a-date", "unknown-country", "name-too-long"];

impl Wanted {
    /// Why an answer without results says nothing; `None` if it does.
    pub(crate) fn lost(&self) -> Option<String> {
        if !self.query.is_answerable() {
            return Some("nothing to screen: no name, no identifier".to_owned());
        }
        let lost = self
            .issues
            .iter()
            .filter(|i| LOST.contains(&i.code.as_str()));
        let said: Vec<String> = lost.map(said).collect();
        (!said.is_empty()).then(|| said.join("; "))
    }
}

/// An issue in words, with its field.
pub(crate) fn said(issue: &Issue) -> String {
    match &issue.field {
        Some(field) => format!("{field}: {}", issue.text),
        None => issue.text.clone(),
    }
}

/// What was sent.
pub(crate) struct Asked {
    pub(crate) wanted: Vec<Wanted>,
    /// What of the request has no effect here.
    pub(crate) notes: Vec<String>,
}

/// Reads the body.
pub(crate) fn read(body: &[u8]) -> Result<Asked, Refusal> {
    let value: Value = serde_json::from_slice(body).map_err(|error| {
        let place = error.column().to_string();
        Refusal::field(Field::body(&[&place], "json_invalid", "JSON decode error"))
    })?;
    let object = "Input should be a valid dictionary";
    let Value::Object(mut whole) = value else {
        return Err(Refusal::field(Field::body(&[], "dict_type", object)));
    };
    let queries = match whole.remove("queries") {
        Some(Value::Object(queries)) => queries,
        Some(_) => {
            return Err(Refusal::field(Field::body(
                &["queries"],
                "dict_type",
                object,
            )));
        }
        None => {
            return Err(Refusal::field(Field::body(
                &["queries"],
                "missing",
                "Field required",
            )));
        }
    };
    let mut notes = Vec::new();
    for ignored in ["weights", "config"] {
        if whole
            .get(ignored)
            .and_then(Value::as_object)
            .is_some_and(|o| !o.is_empty())
        {
            notes.push(format!(
                "{ignored}: this engine weighs evidence in one way; not used"
            ));
        }
    }
    let given = queries
        .into_iter()
        .filter(|(_, example)| !example.is_null());
    let wanted: Vec<Wanted> = given
        .map(|(name, example)| one(name, example))
        .collect::<Result<_, _>>()?;
    if wanted.is_empty() {
        return Err(Refusal::bad("No queries provided.".to_owned()));
    }
    Ok(Asked { wanted, notes })
}

fn one(name: String, example: Value) -> Result<Wanted, Refusal> {
    let wrong = |place: &[&str], kind, message| {
        let mut whole = vec!["queries", name.as_str()];
        whole.extend(place);
        Err(Refusal::field(Field::body(&whole, kind, message)))
    };
    let Value::Object(example) = example else {
        return wrong(&[], "model_type", "Input should be a valid dictionary");
    };
    let id = match example.get("id") {
        None | Some(Value::Null) => Value::Null,
        Some(Value::String(id)) => json!(id),
        Some(_) => return wrong(&["id"], "string_type", "Input should be a valid string"),
    };
    let schema = match example.get("schema") {
        Some(Value::String(schema)) => schema.clone(),
        Some(_) => return wrong(&["schema"], "string_type", "Input should be a valid string"),
        None => return wrong(&["schema"], "missing", "Field required"),
    };
    let given = match example.get("properties") {
        Some(Value::Object(given)) => given,
        Some(_) => {
            return wrong(
                &["properties"],
                "dict_type",
                "Input should be a valid dictionary",
            );
        }
        None => return wrong(&["properties"], "missing", "Field required"),
    };
    let properties = match properties(given) {
        Ok(properties) => properties,
        Err(place) => {
            let place = ["properties", place];
            return wrong(
                &place,
                "string_type",
                "Input should be a valid string or a list of them",
            );
        }
    };
    let echo = json!({ "id": id, "schema": schema, "properties": properties });
    from_properties(name, &schema, properties, echo)
}

/// The party of some properties of a schema.
pub(crate) fn from_properties(
    name: String,
    schema: &str,
    properties: HashMap<String, Vec<String>>,
    echo: Value,
) -> Result<Wanted, Refusal> {
    let Some(asked) = ftm_ask::party(schema, properties) else {
        return Err(Refusal::bad(format!(
            "Cannot parse example entity: queries.{name}.schema: nobody of schema '{}' is screened here",
            schema.chars().take(80).collect::<String>()
        )));
    };
    Ok(Wanted {
        name,
        query: Query::of_party(&asked.party),
        party: asked.party,
        echo,
        issues: asked.issues,
    })
}

/// Every value as text; the property whose value is none.
fn properties(given: &Map<String, Value>) -> Result<HashMap<String, Vec<String>>, &str> {
    let mut properties = HashMap::with_capacity(given.len());
    for (name, values) in given {
        let values = match values {
            Value::Array(values) => values.as_slice(),
            single => std::slice::from_ref(single),
        };
        let mut texts = Vec::with_capacity(values.len());
        for value in values {
            match value {
                Value::String(text) => texts.push(text.clone()),
                Value::Number(number) => texts.push(number.to_string()),
                Value::Bool(flag) => texts.push(flag.to_string()),
                Value::Null => {}
                Value::Array(_) | Value::Object(_) => return Err(name),
            }
        }
        properties.insert(name.clone(), texts);
    }
    Ok(properties)
}
