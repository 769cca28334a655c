//! JSON objects read field by field: what is wrong is an issue that names the
//! field, and what nobody asked for is one too.

use crate::reading::{At, Collector, shown};
use portcullis_domain::{Country, Date, Measure, Money, Quantity};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// Parses JSON and refuses an object that names a field twice: readers differ
/// in which of the two they believe.
pub(crate) fn strict_json(bytes: &[u8]) -> Result<Value, serde_json::Error> {
    serde_json::from_slice::<Strict>(bytes).map(|strict| strict.0)
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Strict, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Strict)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Strict(item)) = sequence.next_element()? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some((key, Strict(value))) = entries.next_entry::<String, Strict>()? {
            if map.contains_key(&key) {
                let key = shown(&key);
                return Err(A::Error::custom(format!("the field '{key}' stands twice")));
            }
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}

/// One object that is being read, and the path to it.
pub(crate) struct Fields<'a> {
    map: &'a Map<String, Value>,
    base: String,
    asked: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    /// The fields of a value that should be an object.
    pub(crate) fn of(value: &'a Value, base: &str, issues: &mut Collector) -> Option<Fields<'a>> {
        let Value::Object(map) = value else {
            wrong_type(base, "an object", issues);
            return None;
        };
        Some(Fields {
            map,
            base: base.to_owned(),
            asked: Vec::new(),
        })
    }

    pub(crate) fn path(&self, name: &str) -> String {
        if self.base.is_empty() {
            name.to_owned()
        } else {
            format!("{}/{name}", self.base)
        }
    }

    /// A field; null is as absent as no field.
    pub(crate) fn get(&mut self, name: &'static str) -> Option<&'a Value> {
        self.asked.push(name);
        self.map.get(name).filter(|v| !v.is_null())
    }

    /// Whether the field is there with a value, without reading it.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.map.get(name).is_some_and(|v| !v.is_null())
    }

    /// A text; a number counts as the text that was written.
    pub(crate) fn text(&mut self, name: &'static str, issues: &mut Collector) -> String {
        match self.get(name) {
            None => String::new(),
            Some(value) => plain(value, &self.path(name), issues).unwrap_or_default(),
        }
    }

    pub(crate) fn country(
        &mut self,
        name: &'static str,
        issues: &mut Collector,
    ) -> Option<Country> {
        let text = self.text(name, issues);
        issues.country(&text, at(&self.path(name)))
    }

    pub(crate) fn date(&mut self, name: &'static str, issues: &mut Collector) -> Option<Date> {
        let text = self.text(name, issues);
        issues.date(&text, at(&self.path(name)))
    }

    pub(crate) fn small(&mut self, name: &'static str, issues: &mut Collector) -> Option<u32> {
        let text = self.text(name, issues);
        issues.small(&text, at(&self.path(name)))
    }

    pub(crate) fn whole(&mut self, name: &'static str, issues: &mut Collector) -> Option<u64> {
        let text = self.text(name, issues);
        issues.whole(&text, at(&self.path(name)))
    }

    pub(crate) fn quantity(
        &mut self,
        name: &'static str,
        issues: &mut Collector,
    ) -> Option<Quantity> {
        let text = self.text(name, issues);
        issues.quantity(&text, at(&self.path(name)))
    }

    /// `{"amount": "12.50", "currency": "EUR"}`.
    pub(crate) fn money(&mut self, name: &'static str, issues: &mut Collector) -> Option<Money> {
        let value = self.get(name)?;
        let mut inner = Fields::of(value, &self.path(name), issues)?;
        let amount = inner.text("amount", issues);
        let currency = inner.text("currency", issues);
        let path = inner.path("amount");
        inner.finish(issues);
        issues.money(&amount, &currency, at(&path))
    }

    /// `{"amount": "4", "unit": "NAR"}`.
    pub(crate) fn measure(
        &mut self,
        name: &'static str,
        issues: &mut Collector,
    ) -> Option<Measure> {
        let value = self.get(name)?;
        let mut inner = Fields::of(value, &self.path(name), issues)?;
        let amount = inner.quantity("amount", issues);
        let unit = inner.text("unit", issues);
        inner.finish(issues);
        Some(Measure {
            amount: amount?,
            unit,
        })
    }

    /// The members of a list with their paths; a single value counts as a list of one.
    pub(crate) fn list(&mut self, name: &'static str) -> Vec<(String, &'a Value)> {
        let path = self.path(name);
        match self.get(name) {
            None => Vec::new(),
            Some(Value::Array(items)) => items
                .iter()
                .enumerate()
                .map(|(n, item)| (format!("{path}/{n}"), item))
                .collect(),
            Some(single) => vec![(path, single)],
        }
    }

    /// A list of texts; empty ones are left out.
    pub(crate) fn texts(&mut self, name: &'static str, issues: &mut Collector) -> Vec<String> {
        let read = |(path, value): (String, &Value)| plain(value, &path, issues);
        let found: Vec<String> = self.list(name).into_iter().filter_map(read).collect();
        found.into_iter().filter(|t| !t.is_empty()).collect()
    }

    /// A word of a fixed set.
    pub(crate) fn word<T>(
        &mut self,
        name: &'static str,
        parse: impl Fn(&str) -> Option<T>,
        issues: &mut Collector,
    ) -> Option<T> {
        let text = self.text(name, issues);
        if text.trim().is_empty() {
            return None;
        }
        let read = parse(&text);
        if read.is_none() {
            let what = format!("'{}' is not one of the words allowed here", shown(&text));
            issues.note("unknown-word", at(&self.path(name)), what);
        }
        read
    }

    /// Reports what nobody asked for.
    pub(crate) fn finish(self, issues: &mut Collector) {
        for key in self
            .map
            .keys()
            .filter(|k| !self.asked.contains(&k.as_str()))
        {
            let path = self.path(&shown(key));
            let text = format!("'{}' is not a field of this format", shown(key));
            issues.note("unknown-field", at(&path), text);
        }
    }
}

pub(crate) fn at(path: &str) -> At<'_> {
    At {
        field: path,
        line: None,
    }
}

pub(crate) fn wrong_type(path: &str, wanted: &str, issues: &mut Collector) {
    issues.note("wrong-type", at(path), format!("{wanted} is expected here"));
}

/// A text or a number. A number with more digits than a reader can be trusted
/// to keep must be written as a text.
pub(crate) fn plain(value: &Value, path: &str, issues: &mut Collector) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => {
            let text = number.to_string();
            let digits = text.bytes().filter(u8::is_ascii_digit).count();
            if number.is_f64() && digits > 15 {
                let what = "a number of this length must be written as a text, in quotes";
                issues.note("not-a-number", at(path), what);
                return None;
            }
            // serde_json writes whole floats as "1.0".
            Some(text.strip_suffix(".0").unwrap_or(&text).to_owned())
        }
        _ => {
            wrong_type(path, "a text", issues);
            None
        }
    }
}
