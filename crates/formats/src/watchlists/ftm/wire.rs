//! One line of the file.

use serde::de::{MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer};
use std::collections::HashMap;
use std::fmt;

/// An entity of any schema, its properties as texts.
pub(in crate::watchlists) struct Thing {
    pub line: u64,
    pub id: String,
    pub schema: String,
    pub caption: Option<String>,
    pub datasets: Vec<String>,
    pub referents: Vec<String>,
    pub target: Option<bool>,
    properties: HashMap<String, Vec<String>>,
}

impl Thing {
    /// An entity that somebody asks about.
    pub(super) fn asked(schema: &str, properties: HashMap<String, Vec<String>>) -> Thing {
        Thing {
            line: 0,
            id: String::new(),
            schema: schema.to_owned(),
            caption: None,
            datasets: Vec::new(),
            referents: Vec::new(),
            target: None,
            properties,
        }
    }

    /// The values of a property, in order.
    pub fn all<'t>(&'t self, property: &str) -> impl Iterator<Item = &'t str> + use<'t> {
        let values = self.properties.get(property).map_or(&[][..], Vec::as_slice);
        values.iter().map(String::as_str)
    }

    /// The first value of a property.
    pub fn first(&self, property: &str) -> Option<&str> {
        self.all(property).next()
    }
}

/// A line longer than this is not looked at to tell the format: the other
/// JSON list is one line of many megabytes.
const LONGEST_SAMPLE: usize = 1 << 20;

/// Whether one of the first lines of a text is such an entity.
pub(in crate::watchlists) fn looks_like(text: &str) -> bool {
    let lines = text
        .lines()
        .filter(|l| !l.trim().is_empty())
        .take(20)
        .filter(|l| l.len() <= LONGEST_SAMPLE);
    lines
        .into_iter()
        .any(|line| serde_json::from_str::<Wire>(line).is_ok_and(|wire| !wire.schema.is_empty()))
}

/// Reads a line: the entity, and those nested in it.
pub(super) fn parse(line_text: &str, line: u64, into: &mut Vec<Thing>) -> serde_json::Result<()> {
    let wire: Wire = serde_json::from_str(line_text)?;
    flatten(wire, None, line, into);
    Ok(())
}

/// Takes nested entities out, leaving their ids. A nested sanction, document
/// or tie that does not say whose it is belongs to the entity around it.
fn flatten(wire: Wire, owner: Option<&str>, line: u64, into: &mut Vec<Thing>) {
    let mut properties = HashMap::new();
    for (property, values) in wire.properties {
        let mut texts = Vec::with_capacity(values.0.len());
        for value in values.0 {
            match value {
                Value::Text(text) => texts.push(text),
                Value::Nested(inner) => {
                    texts.push(inner.id.clone());
                    flatten(*inner, Some(&wire.id), line, into);
                }
            }
        }
        properties.insert(property, texts);
    }
    if let (Some(owner), Some(property)) = (owner, owner_property(&wire.schema)) {
        properties
            .entry(property.to_owned())
            .or_insert_with(|| vec![owner.to_owned()]);
    }
    into.push(Thing {
        line,
        id: wire.id,
        schema: wire.schema,
        caption: wire.caption,
        datasets: wire.datasets,
        referents: wire.referents,
        target: wire.target,
        properties,
    });
}

fn owner_property(schema: &str) -> Option<&'static str> {
    match schema {
        "Sanction" => Some("entity"),
        "Identification" | "Passport" => Some("holder"),
        _ => None,
    }
}

#[derive(Deserialize)]
struct Wire {
    id: String,
    schema: String,
    #[serde(default)]
    caption: Option<String>,
    #[serde(default)]
    datasets: Vec<String>,
    #[serde(default)]
    referents: Vec<String>,
    #[serde(default)]
    target: Option<bool>,
    #[serde(default)]
    properties: HashMap<String, Values>,
}

/// The values of a property: an array, or one value alone.
struct Values(Vec<Value>);

enum Value {
    Text(String),
    Nested(Box<Wire>),
}

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Values, D::Error> {
        deserializer.deserialize_any(ValuesVisitor)
    }
}

struct ValuesVisitor;

impl<'de> Visitor<'de> for ValuesVisitor {
    type Value = Values;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the values of a property")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Values, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = seq.next_element::<Value>()? {
            values.push(value);
        }
        Ok(Values(values))
    }
    fn visit_str<E>(self, text: &str) -> Result<Values, E> {
        Ok(Values(vec![Value::Text(text.to_owned())]))
    }
    fn visit_unit<E>(self) -> Result<Values, E> {
        Ok(Values(Vec::new()))
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or a nested entity")
    }
    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }
    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Text(value.to_string()))
    }
    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Text(number.to_string()))
    }
    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Text(number.to_string()))
    }
    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Text(number.to_string()))
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Text(String::new()))
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Value, A::Error> {
        Wire::deserialize(MapAccessDeserializer::new(map)).map(|w| Value::Nested(Box::new(w)))
    }
}
