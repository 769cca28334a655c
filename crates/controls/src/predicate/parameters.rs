//! What is declared of an item: numbers with units, spans, words, answers.

use super::compare::same;
use super::decimal::{Reading, read_number};
use super::{Name, Unit};
use portcullis_domain::Parameter;
use std::collections::BTreeMap;

/// Longest value that is read as a number or span, in bytes; longer ones are words.
const MAX_VALUE_BYTES: usize = 120;

/// A span of numbers; a single number has both ends the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// Lower end; minus infinity where open.
    pub low: f64,
    /// Whether the lower end is inside.
    pub low_inclusive: bool,
    /// Upper end; infinity where open.
    pub high: f64,
    /// Whether the upper end is inside.
    pub high_inclusive: bool,
}

impl Span {
    /// One number.
    pub fn point(value: f64) -> Span {
        Span {
            low: value,
            low_inclusive: true,
            high: value,
            high_inclusive: true,
        }
    }

    /// The number, where the span is one.
    pub fn as_point(&self) -> Option<f64> {
        (self.low == self.high).then_some(self.low)
    }

    fn below(value: f64, inclusive: bool) -> Span {
        Span {
            low: f64::NEG_INFINITY,
            low_inclusive: false,
            high: value,
            high_inclusive: inclusive,
        }
    }

    fn above(value: f64, inclusive: bool) -> Span {
        Span {
            low: value,
            low_inclusive: inclusive,
            high: f64::INFINITY,
            high_inclusive: false,
        }
    }
}

/// One declared value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// A number or span; two readings where a comma may be either mark. The
    /// unit is what was written where it is not known.
    Number {
        /// One reading, or two that differ.
        readings: Vec<Span>,
        /// Unit, or the text that is none.
        unit: Result<Unit, String>,
    },
    /// A word.
    Word(String),
    /// Yes or no.
    Answer(bool),
}

/// A value and how it was written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Given {
    pub(crate) value: Value,
    pub(crate) written: String,
}

/// Why declared parameters cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParameterError {
    /// The same parameter twice, with values that cannot both be.
    #[error("parameter '{name}' is given twice, as '{first}' and as '{second}'")]
    Contradictory {
        /// The name.
        name: String,
        /// What was given first.
        first: String,
        /// What was given then.
        second: String,
    },
    /// A value without a name.
    #[error("a parameter with value '{value}' has no name")]
    Nameless {
        /// The value.
        value: String,
    },
}

/// The declared technical parameters of an item, by name. An answer to a term
/// or another entry is a parameter of that name with the value `yes` or `no`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parameters {
    given: BTreeMap<Name, Given>,
}

impl Parameters {
    /// Reads what is declared. A value that is empty or `unknown` is not
    /// declared. Errors: the same parameter twice with different values, a
    /// value without a name.
    pub fn of(declared: &[Parameter]) -> Result<Parameters, ParameterError> {
        let mut parameters = Parameters::default();
        for parameter in declared {
            parameters.add(&parameter.name, &parameter.value, &parameter.unit)?;
        }
        Ok(parameters)
    }

    /// Adds one value. Errors: as for [`Parameters::of`].
    pub fn add(&mut self, name: &str, value: &str, unit: &str) -> Result<(), ParameterError> {
        let value = value.trim();
        if value.is_empty() || value.eq_ignore_ascii_case("unknown") {
            return Ok(());
        }
        let Some(name) = Name::new(name) else {
            let value = value.to_owned();
            return Err(ParameterError::Nameless { value });
        };
        let given = Given {
            value: read(value, unit.trim()),
            written: format!("{value} {}", unit.trim()).trim().to_owned(),
        };
        match self.given.get(&name) {
            Some(before) if !agree(before, &given) => Err(ParameterError::Contradictory {
                name: name.as_str().to_owned(),
                first: before.written.clone(),
                second: given.written,
            }),
            Some(_) => Ok(()),
            None => {
                self.given.insert(name, given);
                Ok(())
            }
        }
    }

    /// Whether nothing is declared.
    pub fn is_empty(&self) -> bool {
        self.given.is_empty()
    }

    /// Names of what is declared, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.given.keys().map(Name::as_str)
    }

    /// What is declared under a name.
    pub(crate) fn get(&self, name: &Name) -> Option<&Given> {
        self.given.get(name)
    }

    /// The answer to a term or entry, if a person gave one.
    pub(crate) fn answer(&self, text: &str) -> Option<bool> {
        match self.given.get(&Name::new(text)?)?.value {
            Value::Answer(answer) => Some(answer),
            _ => None,
        }
    }
}

/// Whether two values of one parameter say the same.
fn agree(a: &Given, b: &Given) -> bool {
    match (&a.value, &b.value) {
        (
            Value::Number {
                readings,
                unit: Ok(unit),
            },
            Value::Number {
                readings: others,
                unit: Ok(other),
            },
        ) => {
            let [mine] = readings.as_slice() else {
                return a.written == b.written;
            };
            let [theirs] = others.as_slice() else {
                return a.written == b.written;
            };
            let close = |x: f64, y: f64| match unit.to_base_of(x, other) {
                Ok(base) => same(base, other.to_base(y)),
                Err(_) => false,
            };
            close(mine.low, theirs.low)
                && close(mine.high, theirs.high)
                && mine.low_inclusive == theirs.low_inclusive
                && mine.high_inclusive == theirs.high_inclusive
        }
        (Value::Word(x), Value::Word(y)) => x.eq_ignore_ascii_case(y),
        (Value::Answer(x), Value::Answer(y)) => x == y,
        _ => a.written == b.written,
    }
}

fn read(value: &str, unit: &str) -> Value {
    match value.to_ascii_lowercase().as_str() {
        "yes" | "true" => return Value::Answer(true),
        "no" | "false" => return Value::Answer(false),
        _ => {}
    }
    if value.len() <= MAX_VALUE_BYTES
        && let Some((readings, inner)) = spans(value)
        && let Some(unit) = joined(&inner, unit)
    {
        return Value::Number { readings, unit };
    }
    Value::Word(value.to_owned())
}

/// The unit in the value and the one beside it; `None` where they differ.
fn joined(inner: &str, beside: &str) -> Option<Result<Unit, String>> {
    let text = match (inner.is_empty(), beside.is_empty()) {
        (_, true) => inner,
        (true, false) => beside,
        (false, false) if inner.eq_ignore_ascii_case(beside) => beside,
        (false, false) => return None,
    };
    Some(Unit::parse(text).map_err(|_| text.to_owned()))
}

const SIGNS: [(&str, bool, bool); 22] = [
    ("<=", false, true),
    ("≤", false, true),
    ("up to and including", false, true),
    ("up to", false, true),
    ("not more than", false, true),
    ("at most", false, true),
    ("maximum", false, true),
    ("max.", false, true),
    ("max", false, true),
    (">=", true, true),
    ("≥", true, true),
    ("at least", true, true),
    ("not less than", true, true),
    ("minimum", true, true),
    ("min.", true, true),
    ("<", false, false),
    ("less than", false, false),
    ("below", false, false),
    (">", true, false),
    ("more than", true, false),
    ("above", true, false),
    ("over", true, false),
];

/// The spans a text may mean and the unit written in it.
fn spans(text: &str) -> Option<(Vec<Span>, String)> {
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    for (sign, up, inclusive) in SIGNS {
        let Some(rest) = lower.strip_prefix(sign) else {
            continue;
        };
        let rest = text.get(text.len() - rest.len()..)?;
        let (reading, unit) = number_and_unit(rest)?;
        let span = |value| {
            if up {
                Span::above(value, inclusive)
            } else {
                Span::below(value, inclusive)
            }
        };
        return Some((values(reading).into_iter().map(span).collect(), unit));
    }
    if let Some(rest) = text.strip_prefix('±').or_else(|| text.strip_prefix("+/-")) {
        let (reading, unit) = number_and_unit(rest)?;
        let both = |value: f64| Span {
            low: -value,
            low_inclusive: true,
            high: value,
            high_inclusive: true,
        };
        return Some((values(reading).into_iter().map(both).collect(), unit));
    }
    if let Some((reading, unit)) = number_and_unit(text) {
        return Some((values(reading).into_iter().map(Span::point).collect(), unit));
    }
    between(text)
}

fn values(reading: Reading) -> Vec<f64> {
    match reading {
        Reading::Exact(value) => vec![value],
        Reading::Either(comma, thousands) => vec![comma, thousands],
    }
}

/// A number and the unit behind it; the longest number that leaves a unit.
pub(crate) fn number_and_unit(text: &str) -> Option<(Reading, String)> {
    let text = text.trim();
    let starts_as_number = text.starts_with(|c: char| {
        c.is_ascii_digit() || matches!(c, '-' | '−' | '–' | '+' | '.' | ',')
    });
    if !starts_as_number || text.len() > MAX_VALUE_BYTES {
        return None;
    }
    if let Some(reading) = read_number(text) {
        return Some((reading, String::new()));
    }
    let ends = text.char_indices().map(|(at, _)| at).collect::<Vec<_>>();
    let mut unknown = None;
    for at in ends.into_iter().rev().filter(|at| *at > 0) {
        let (number, unit) = text.split_at(at);
        let unit = unit.trim();
        let Some(reading) = read_number(number) else {
            continue;
        };
        if unit.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | ',')) {
            continue;
        }
        if Unit::parse(unit).is_ok() {
            return Some((reading, unit.to_owned()));
        }
        // A word behind a number is a unit that is not known, a second number is not.
        let is_word = unit
            .chars()
            .all(|c| c.is_alphabetic() || matches!(c, ' ' | '/' | '%'));
        if unknown.is_none() && is_word {
            unknown = Some((reading, unit.to_owned()));
        }
    }
    unknown
}

/// `2..18 GHz`, `2 GHz to 18 GHz`, `-55 – +125 °C`, `between 2 and 18 GHz`.
fn between(text: &str) -> Option<(Vec<Span>, String)> {
    let (text, words): (&str, &[&str]) = match text.strip_prefix("between ") {
        Some(rest) => (rest, &[" and "]),
        None => {
            let text = text.strip_prefix("from ").unwrap_or(text);
            (text, &["..", "…", " to ", " - ", " – ", " − ", "–"])
        }
    };
    let (low, high) = words.iter().find_map(|word| text.split_once(word))?;
    let (low, low_unit) = number_and_unit(low)?;
    let (high, unit) = number_and_unit(high)?;
    if !low_unit.is_empty() && low_unit != unit {
        return None;
    }
    let (Reading::Exact(low), Reading::Exact(high)) = (low, high) else {
        return None;
    };
    let span = Span {
        low,
        low_inclusive: true,
        high,
        high_inclusive: true,
    };
    (low <= high).then(|| (vec![span], unit))
}
