//! The values that facts can have.

use super::RecordKind;
use portcullis_domain::{Country, Measure, Money, Quantity, Truth};
use std::borrow::Cow;

/// The type of a fact. There is one number type; a country is text (its
/// ISO 3166-1 alpha-2 code) that is shown to people with its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FactType {
    /// `true` or `false`.
    Truth,
    /// A decimal number.
    Number,
    /// Text.
    Text,
    /// An alpha-2 country code.
    Country,
    /// A list of texts.
    TextList,
    /// A list of alpha-2 country codes.
    CountryList,
    /// A list of records, for `exists` and `all`.
    Records(RecordKind),
}

impl FactType {
    /// The word used in the reference and in messages.
    pub fn word(self) -> &'static str {
        match self {
            FactType::Truth => "truth",
            FactType::Number => "number",
            FactType::Text => "text",
            FactType::Country => "country",
            FactType::TextList => "list of text",
            FactType::CountryList => "list of countries",
            FactType::Records(RecordKind::Item) => "list of items",
            FactType::Records(RecordKind::Party) => "list of parties",
            FactType::Records(RecordKind::Payment) => "list of payments",
            FactType::Records(RecordKind::Transaction) => "list of transactions",
        }
    }
}

/// The value of a fact.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// Not declared, not readable, not known.
    Unknown,
    /// True or false.
    Truth(bool),
    /// A finite number.
    Number(f64),
    /// Text, never empty.
    Text(Cow<'a, str>),
    /// A list; may be empty where "none" is known.
    Texts(Vec<Cow<'a, str>>),
    /// All records of a kind.
    Records(RecordKind),
}

/// Text; empty is unknown.
pub(super) fn text(text: &str) -> Value<'_> {
    match text.trim() {
        "" => Value::Unknown,
        stated => Value::Text(Cow::Borrowed(stated)),
    }
}

pub(super) fn owned(text: String) -> Value<'static> {
    if text.is_empty() {
        Value::Unknown
    } else {
        Value::Text(Cow::Owned(text))
    }
}

pub(super) fn country(country: Option<&Country>) -> Value<'_> {
    country.map_or(Value::Unknown, |c| Value::Text(Cow::Borrowed(c.code())))
}

/// A list in which nothing stated means not known.
pub(super) fn stated<'a>(texts: impl IntoIterator<Item = &'a str>) -> Value<'a> {
    match known(texts) {
        Value::Texts(list) if list.is_empty() => Value::Unknown,
        list => list,
    }
}

/// A list in which nothing stated means none.
pub(super) fn known<'a>(texts: impl IntoIterator<Item = &'a str>) -> Value<'a> {
    let mut list: Vec<Cow<'a, str>> = Vec::new();
    for text in texts {
        let text = text.trim();
        if !text.is_empty() && !list.iter().any(|t| t == text) {
            list.push(Cow::Borrowed(text));
        }
    }
    Value::Texts(list)
}

pub(super) fn number(number: f64) -> Value<'static> {
    if number.is_finite() {
        Value::Number(number)
    } else {
        Value::Unknown
    }
}

pub(super) fn maybe(value: Option<f64>) -> Value<'static> {
    value.map_or(Value::Unknown, number)
}

pub(super) fn truth(truth: Truth) -> Value<'static> {
    match truth {
        Truth::True => Value::Truth(true),
        Truth::False => Value::Truth(false),
        Truth::Unknown => Value::Unknown,
    }
}

pub(super) fn quantity(quantity: Quantity) -> f64 {
    quantity.micros() as f64 / 1e6
}

pub(super) fn measure(measure: &Measure) -> f64 {
    quantity(measure.amount)
}

pub(super) fn money(money: &Money) -> f64 {
    money.scaled() as f64 / 1e4
}

/// `above / below`, unknown where the divisor is not positive.
pub(super) fn ratio(above: Option<f64>, below: Option<f64>) -> Value<'static> {
    match (above, below) {
        (Some(above), Some(below)) if below > 0.0 => number(above / below),
        _ => Value::Unknown,
    }
}
