//! Thresholds of control lists as predicates over technical parameters.
//!
//! A predicate says in one line what a paragraph of a control list asks:
//!
//! ```text
//! all(resolution >= 12 bit, resolution < 14 bit, sample rate > 400 MSPS)
//!   except term "designed for civil automobiles"
//! ```
//!
//! It is evaluated over the declared [`Parameters`] of an item and answers in
//! three values: what is not declared is unknown and named in
//! [`Verdict::missing`], never a pass. The language stands in
//! `docs/reference/predicates.md`.

mod compare;
mod decimal;
mod eval;
mod parameters;
mod parse;
mod print;
#[cfg(test)]
mod tests;
mod unit;
mod unit_table;

pub(crate) use compare::same as same_number;
pub use decimal::{Reading, read_number};
pub use eval::{Asked, Missing, Refusal, Said, Verdict};
pub use parameters::{ParameterError, Parameters, Span};
pub use unit::{Unit, UnitError};

use serde::{Deserialize, Serialize};

/// Longest text of a predicate that is read, in bytes.
pub const MAX_PREDICATE_BYTES: usize = 16_384;
/// Deepest nesting of a predicate that is read.
pub const MAX_PREDICATE_DEPTH: usize = 16;
/// Most parts (comparisons, terms, groups) of a predicate that is read.
pub const MAX_PREDICATE_PARTS: usize = 600;

/// A condition on an item. Text form and parsed form say the same:
/// `Predicate::parse(&p.to_string()) == Ok(p)`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Predicate {
    /// Every part holds.
    All(Vec<Predicate>),
    /// At least one part holds.
    Any(Vec<Predicate>),
    /// At least so many of the parts hold.
    AtLeast(u32, Vec<Predicate>),
    /// The part does not hold.
    Not(Box<Predicate>),
    /// The first holds and none of the others does: notes and decontrols.
    Except(Box<Predicate>, Vec<Predicate>),
    /// A parameter against a value.
    Compare(Comparison),
    /// A parameter against a span of values.
    Within(Range),
    /// A parameter that is a word: `material is "gallium nitride"`.
    Is(Name, String),
    /// A term of the law that a person must judge: `term "specially designed"`.
    Term(String),
    /// What another paragraph says: `entry "3A001.b.2"`.
    Entry(String),
    /// Text that was not read into a condition; always unknown.
    Unread(String),
}

/// The name of a technical parameter: lower case words separated by spaces.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(String);

impl Name {
    /// Any spelling: case, hyphens, underscores and runs of spaces do not
    /// matter. `None` where no letter or digit is left, or it is over 200 bytes.
    pub fn new(text: &str) -> Option<Name> {
        let mut name = String::new();
        for word in text.split(|c: char| !c.is_alphanumeric()) {
            if word.is_empty() {
                continue;
            }
            if !name.is_empty() {
                name.push(' ');
            }
            name.extend(word.chars().flat_map(char::to_lowercase));
        }
        (!name.is_empty() && name.len() <= 200).then_some(Name(name))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// For a number to which no word belongs.
    pub(crate) fn unnamed() -> Name {
        Name("value".to_owned())
    }
}

/// How a parameter is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparator {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
    /// `=`
    Equal,
}

impl Comparator {
    /// The sign used in the text form.
    pub fn as_str(self) -> &'static str {
        match self {
            Comparator::Less => "<",
            Comparator::AtMost => "<=",
            Comparator::More => ">",
            Comparator::AtLeast => ">=",
            Comparator::Equal => "=",
        }
    }

    /// In words: "more than".
    pub fn words(self) -> &'static str {
        match self {
            Comparator::Less => "less than",
            Comparator::AtMost => "at most",
            Comparator::More => "more than",
            Comparator::AtLeast => "at least",
            Comparator::Equal => "equal to",
        }
    }
}

/// A number with a unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    /// The number, finite.
    pub value: f64,
    /// The unit; [`Unit::none`] where there is none.
    pub unit: Unit,
}

/// Parameters multiplied (`true`) or divided (`false`) in order: `average
/// power * frequency`.
#[derive(Clone, Debug, PartialEq)]
pub struct Subject {
    /// The first parameter.
    pub first: Name,
    /// The others; `true` multiplies, `false` divides.
    pub rest: Vec<(bool, Name)>,
}

impl Subject {
    /// One parameter alone.
    pub fn of(name: Name) -> Subject {
        Subject {
            first: name,
            rest: Vec::new(),
        }
    }
}

/// `sample rate > 1.3 GSPS`.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// What is compared.
    pub subject: Subject,
    /// How.
    pub comparator: Comparator,
    /// With what.
    pub threshold: Quantity,
}

/// How a parameter, which may itself be a span, must lie to a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lies {
    /// `in`: all of it is inside.
    In,
    /// `overlaps`: some of it is inside ("at any frequency between …").
    Overlaps,
    /// `covers`: it takes in all of the range ("over the entire range …").
    Covers,
}

impl Lies {
    /// The word used in the text form.
    pub fn as_str(self) -> &'static str {
        match self {
            Lies::In => "in",
            Lies::Overlaps => "overlaps",
            Lies::Covers => "covers",
        }
    }
}

/// One end of a range.
#[derive(Clone, Debug, PartialEq)]
pub struct Bound {
    /// Where.
    pub at: Quantity,
    /// Whether the value itself is inside: `[` or `]`.
    pub inclusive: bool,
}

/// `frequency in (6.8 GHz .. 8.5 GHz]`; an end that is left out is open.
#[derive(Clone, Debug, PartialEq)]
pub struct Range {
    /// What is compared.
    pub name: Name,
    /// How it must lie.
    pub lies: Lies,
    /// Lower end.
    pub low: Option<Bound>,
    /// Upper end.
    pub high: Option<Bound>,
}

/// Why a text is no predicate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: {what}")]
pub struct PredicateError {
    /// Character at which it was seen, from 1.
    pub column: usize,
    /// What is wrong, in plain words.
    pub what: String,
}

impl Predicate {
    /// Reads the text form. Errors: what is wrong and where; an unknown unit,
    /// ends of a range that do not convert into each other, a range without
    /// inside, `n of` fewer parts than `n`.
    pub fn parse(text: &str) -> Result<Predicate, PredicateError> {
        parse::predicate(text)
    }

    /// The parts directly inside.
    pub fn parts(&self) -> Vec<&Predicate> {
        match self {
            Predicate::All(parts) | Predicate::Any(parts) | Predicate::AtLeast(_, parts) => {
                parts.iter().collect()
            }
            Predicate::Not(part) => vec![part],
            Predicate::Except(part, others) => std::iter::once(&**part).chain(others).collect(),
            _ => Vec::new(),
        }
    }

    /// Every leaf (comparison, range, word, term, entry, unread), depth first.
    pub fn leaves(&self) -> Vec<&Predicate> {
        let parts = self.parts();
        if parts.is_empty() {
            return vec![self];
        }
        parts.into_iter().flat_map(Predicate::leaves).collect()
    }

    /// Names of the parameters it looks at, each once, in order.
    pub fn parameters(&self) -> Vec<&Name> {
        let mut names: Vec<&Name> = Vec::new();
        for leaf in self.leaves() {
            let found: Vec<&Name> = match leaf {
                Predicate::Compare(comparison) => {
                    let rest = comparison.subject.rest.iter().map(|(_, name)| name);
                    std::iter::once(&comparison.subject.first)
                        .chain(rest)
                        .collect()
                }
                Predicate::Within(range) => vec![&range.name],
                Predicate::Is(name, _) => vec![name],
                _ => Vec::new(),
            };
            for name in found {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        names
    }

    /// What the declared parameters of an item say to it. Terms and entries
    /// are answered where `parameters` holds an answer to them.
    pub fn evaluate(&self, parameters: &Parameters) -> Verdict {
        eval::verdict(self, parameters)
    }
}

impl TryFrom<String> for Predicate {
    type Error = PredicateError;
    fn try_from(text: String) -> Result<Predicate, PredicateError> {
        Predicate::parse(&text)
    }
}

impl From<Predicate> for String {
    fn from(predicate: Predicate) -> String {
        predicate.to_string()
    }
}

impl std::str::FromStr for Predicate {
    type Err = PredicateError;
    fn from_str(text: &str) -> Result<Predicate, PredicateError> {
        Predicate::parse(text)
    }
}
