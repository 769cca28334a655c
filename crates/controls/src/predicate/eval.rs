//! Evaluation: what is known decides where it can, what would decide is asked.

use super::compare::{lies, span_of};
use super::parameters::{Given, Value};
use super::{Bound, Comparison, Lies, Name, Parameters, Predicate, Quantity, Range, Span, Unit};
use portcullis_domain::Truth;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Asked {
    /// The value of a technical parameter.
    Parameter,
    /// A judgement on a term of the law.
    Term,
    /// Whether another paragraph describes the item.
    Entry,
    /// What a text means that was not read into a condition.
    Text,
}

/// Something that is not known and would help to decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// What kind of thing.
    pub asked: Asked,
    /// Name of the parameter, or the term, entry or text.
    pub name: String,
    /// The question to a person, one sentence.
    pub question: String,
}

/// What one comparison said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// For, against, or open.
    pub truth: Truth,
    /// In words: "sample rate 500 MSPS is more than 400 MSPS".
    pub text: String,
}

/// A declared value that cannot be compared at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("parameter '{name}': {why}")]
pub struct Refusal {
    /// Name of the parameter.
    pub name: String,
    /// Why, naming both units.
    pub why: String,
}

/// The answer of a predicate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it holds.
    pub truth: Truth,
    /// Where unknown: what would decide it, each once. Empty otherwise.
    pub missing: Vec<Missing>,
    /// The comparisons that carry the answer.
    pub why: Vec<Said>,
    /// Declared values that cannot be compared, whatever the answer is.
    pub refusals: Vec<Refusal>,
}

impl Verdict {
    fn leaf(truth: Truth, text: String) -> Verdict {
        Verdict {
            truth,
            missing: Vec::new(),
            why: vec![Said { truth, text }],
            refusals: Vec::new(),
        }
    }

    fn asks(asked: Asked, name: &str, question: String) -> Verdict {
        Verdict {
            truth: Truth::Unknown,
            missing: vec![Missing {
                asked,
                name: name.to_owned(),
                question,
            }],
            why: Vec::new(),
            refusals: Vec::new(),
        }
    }

    /// What speaks for it, in words.
    pub fn speaks_for(&self) -> impl Iterator<Item = &str> {
        let holds = self.why.iter().filter(|said| said.truth == Truth::True);
        holds.map(|said| said.text.as_str())
    }

    /// What speaks against it, in words.
    pub fn speaks_against(&self) -> impl Iterator<Item = &str> {
        let fails = self.why.iter().filter(|said| said.truth == Truth::False);
        fails.map(|said| said.text.as_str())
    }
}

pub(super) fn verdict(predicate: &Predicate, parameters: &Parameters) -> Verdict {
    match predicate {
        Predicate::All(parts) => joined(each(parts, parameters), parts.len()),
        Predicate::Any(parts) => joined(each(parts, parameters), 1),
        Predicate::AtLeast(count, parts) => joined(each(parts, parameters), *count as usize),
        Predicate::Not(part) => negated(verdict(part, parameters)),
        Predicate::Except(part, others) => {
            let mut all = vec![verdict(part, parameters)];
            all.extend(
                others
                    .iter()
                    .map(|other| negated(verdict(other, parameters))),
            );
            let count = all.len();
            joined(all, count)
        }
        Predicate::Compare(comparison) => compared(comparison, parameters),
        Predicate::Within(range) => ranged(range, parameters),
        Predicate::Is(name, word) => worded(name, word, parameters),
        Predicate::Term(term) => answered(Asked::Term, term, parameters),
        Predicate::Entry(code) => answered(Asked::Entry, code, parameters),
        Predicate::Unread(text) => answered(Asked::Text, text, parameters),
    }
}

fn each(parts: &[Predicate], parameters: &Parameters) -> Vec<Verdict> {
    parts.iter().map(|part| verdict(part, parameters)).collect()
}

/// At least `count` of the parts: true, false or open, with only those parts'
/// words and questions that carry the answer.
fn joined(parts: Vec<Verdict>, count: usize) -> Verdict {
    let number = |truth: Truth| parts.iter().filter(|part| part.truth == truth).count();
    let (holding, open) = (number(Truth::True), number(Truth::Unknown));
    let truth = if holding >= count {
        Truth::True
    } else if holding + open < count {
        Truth::False
    } else {
        Truth::Unknown
    };
    let mut whole = Verdict {
        truth,
        missing: Vec::new(),
        why: Vec::new(),
        refusals: Vec::new(),
    };
    for part in parts {
        // Of an open answer everything known is shown, of a decided one what decided.
        if truth == Truth::Unknown || part.truth == truth {
            whole.why.extend(part.why);
        }
        if truth == Truth::Unknown && part.truth == Truth::Unknown {
            let new = part.missing.into_iter();
            for missing in new {
                if !whole.missing.contains(&missing) {
                    whole.missing.push(missing);
                }
            }
        }
        whole.refusals.extend(part.refusals);
    }
    // Numbers are on the data sheet, judgements need a person: numbers first.
    whole
        .missing
        .sort_by_key(|missing| missing.asked != Asked::Parameter);
    whole
}

/// The words stay as they are and speak for the other side.
fn negated(mut verdict: Verdict) -> Verdict {
    verdict.truth = !verdict.truth;
    for said in &mut verdict.why {
        said.truth = !said.truth;
    }
    verdict
}

fn answered(asked: Asked, text: &str, parameters: &Parameters) -> Verdict {
    let (subject, question) = match asked {
        Asked::Entry => (
            format!("the item is described by {text}"),
            format!("Is the item described by {text}?"),
        ),
        Asked::Text => (
            format!("it meets: {text}"),
            format!("Does the item meet this: {text}?"),
        ),
        _ => (
            format!("\"{text}\" applies"),
            format!("Does this apply to the item: \"{text}\"?"),
        ),
    };
    match parameters.answer(text) {
        Some(true) => Verdict::leaf(Truth::True, format!("as answered, {subject}")),
        Some(false) => {
            let text = format!("as answered, it is not so that {subject}");
            Verdict::leaf(Truth::False, text)
        }
        None => Verdict::asks(asked, text, question),
    }
}

fn worded(name: &Name, word: &str, parameters: &Parameters) -> Verdict {
    let given = parameters.get(name).map(|given| &given.value);
    let Some(Value::Word(given)) = given else {
        let question = format!("What is the {}? (Is it {word}?)", name.as_str());
        return Verdict::asks(Asked::Parameter, name.as_str(), question);
    };
    let same = Name::new(given) == Name::new(word);
    let text = format!(
        "{} is {given}, {} {word}",
        name.as_str(),
        if same { "that is" } else { "not" }
    );
    Verdict::leaf(Truth::from(same), text)
}

/// A declared value in base units of a unit: one or two readings.
enum Converted {
    Readings(Vec<Span>),
    Missing(String),
    Refused(String),
}

fn converted(name: &Name, given: Option<&Given>, unit: &Unit) -> Converted {
    let in_unit = if unit.is_none() {
        String::new()
    } else {
        format!(" in {unit}")
    };
    let Some(given) = given else {
        return Converted::Missing(format!("What is the {}{in_unit}?", name.as_str()));
    };
    let Value::Number {
        readings,
        unit: declared,
    } = &given.value
    else {
        let text = format!(
            "'{}' is not a number: what is the {}{in_unit}?",
            given.written,
            name.as_str()
        );
        return Converted::Missing(text);
    };
    let declared = match declared {
        Ok(declared) => declared.clone(),
        // "5 axes" is five where a count is asked for.
        Err(_) if unit.is_none() => Unit::none(),
        Err(written) => {
            return Converted::Refused(format!("'{written}' cannot be converted to '{unit}'"));
        }
    };
    if declared.is_none() && !unit.is_countable() {
        let text = format!(
            "In which unit is the {} given ('{}'); how much is it{in_unit}?",
            name.as_str(),
            given.written
        );
        return Converted::Missing(text);
    }
    in_base(
        readings,
        if declared.is_none() { unit } else { &declared },
        unit,
    )
}

fn in_base(readings: &[Span], declared: &Unit, unit: &Unit) -> Converted {
    let convert = |span: &Span| {
        Ok::<Span, super::UnitError>(Span {
            low: declared.to_base_of(span.low, unit)?,
            high: declared.to_base_of(span.high, unit)?,
            ..*span
        })
    };
    match readings.iter().map(convert).collect() {
        Ok(readings) => Converted::Readings(readings),
        Err(error) => Converted::Refused(error.to_string()),
    }
}

/// The truth on which all readings of a value agree.
fn agreed(truths: impl Iterator<Item = Truth>) -> Option<Truth> {
    let all: Vec<Truth> = truths.collect();
    let first = *all.first()?;
    all.iter().all(|truth| *truth == first).then_some(first)
}

fn compared(comparison: &Comparison, parameters: &Parameters) -> Verdict {
    if !comparison.subject.rest.is_empty() {
        return product(comparison, parameters);
    }
    let threshold = &comparison.threshold;
    let asked = span_of(
        comparison.comparator,
        threshold.unit.to_base(threshold.value),
    );
    let words = format!("{} {threshold}", comparison.comparator.words());
    spanned(
        &comparison.subject.first,
        parameters,
        (&threshold.unit, Lies::In, &asked),
        &words,
    )
}

fn ranged(range: &Range, parameters: &Parameters) -> Verdict {
    let end = |bound: &Option<Bound>, open: f64| {
        bound.as_ref().map_or((open, false), |bound| {
            (bound.at.unit.to_base(bound.at.value), bound.inclusive)
        })
    };
    let (low, low_inclusive) = end(&range.low, f64::NEG_INFINITY);
    let (high, high_inclusive) = end(&range.high, f64::INFINITY);
    let asked = Span {
        low,
        low_inclusive,
        high,
        high_inclusive,
    };
    let none = Unit::none();
    let bound = range.low.as_ref().or(range.high.as_ref());
    let unit = bound.map_or(&none, |bound| &bound.at.unit);
    let words = match range.lies {
        Lies::In => format!("within {}", range.span()),
        Lies::Overlaps => format!("somewhere within {}", range.span()),
        Lies::Covers => format!("over all of {}", range.span()),
    };
    spanned(&range.name, parameters, (unit, range.lies, &asked), &words)
}

fn spanned(
    name: &Name,
    parameters: &Parameters,
    (unit, how, asked): (&Unit, Lies, &Span),
    words: &str,
) -> Verdict {
    let given = parameters.get(name);
    let written = given.map_or("", |given| given.written.as_str());
    match converted(name, given, unit) {
        Converted::Missing(question) => Verdict::asks(Asked::Parameter, name.as_str(), question),
        Converted::Refused(why) => refused(name, written, why),
        Converted::Readings(readings) => {
            match agreed(readings.iter().map(|given| lies(given, how, asked))) {
                Some(truth @ (Truth::True | Truth::False)) => {
                    let not = if truth.is_true() { "is" } else { "is not" };
                    let text = format!("{} {written} {not} {words}", name.as_str());
                    Verdict::leaf(truth, text)
                }
                _ => {
                    let question = format!(
                        "'{written}' leaves open whether the {} is {words}: how much is it exactly?",
                        name.as_str()
                    );
                    Verdict::asks(Asked::Parameter, name.as_str(), question)
                }
            }
        }
    }
}

fn refused(name: &Name, written: &str, why: String) -> Verdict {
    let question = format!("'{written}': {why}. What is the {}?", name.as_str());
    let mut verdict = Verdict::asks(Asked::Parameter, name.as_str(), question);
    verdict.refusals.push(Refusal {
        name: name.as_str().to_owned(),
        why,
    });
    verdict
}

/// `average power * frequency > 1 kW GHz`: single numbers only.
fn product(comparison: &Comparison, parameters: &Parameters) -> Verdict {
    let subject = &comparison.subject;
    let factors = std::iter::once((true, &subject.first)).chain(
        subject
            .rest
            .iter()
            .map(|(multiply, name)| (*multiply, name)),
    );
    let mut value = 1.0;
    let mut unit = Unit::none();
    let mut open = Vec::new();
    for (at, (multiply, name)) in factors.enumerate() {
        let Some((base, factor)) = parameters.get(name).and_then(single) else {
            open.push(Missing {
                asked: Asked::Parameter,
                name: name.as_str().to_owned(),
                question: format!("What is the {}?", name.as_str()),
            });
            continue;
        };
        value = if multiply { value * base } else { value / base };
        unit = if at == 0 {
            factor
        } else {
            unit.combined(&factor, multiply)
        };
    }
    if !open.is_empty() || !value.is_finite() {
        return Verdict {
            truth: Truth::Unknown,
            missing: open,
            why: Vec::new(),
            refusals: Vec::new(),
        };
    }
    product_against(comparison, value, &unit)
}

/// A declared single number in base units.
fn single(given: &Given) -> Option<(f64, Unit)> {
    match &given.value {
        Value::Number {
            readings,
            unit: Ok(unit),
        } => match readings.as_slice() {
            [span] => Some((unit.to_base(span.as_point()?), unit.clone())),
            _ => None,
        },
        _ => None,
    }
}

fn product_against(comparison: &Comparison, value: f64, unit: &Unit) -> Verdict {
    let Quantity {
        value: threshold,
        unit: asked,
    } = &comparison.threshold;
    let subject = comparison.subject.to_string();
    if !unit.converts_to(asked) {
        let why = format!("'{unit}' cannot be converted to '{asked}'");
        return refused(&comparison.subject.first, &subject, why);
    }
    let range = span_of(comparison.comparator, asked.to_base(*threshold));
    let truth = lies(&Span::point(value), Lies::In, &range);
    let not = if truth.is_true() { "is" } else { "is not" };
    let words = comparison.comparator.words();
    let text = format!("{subject} {not} {words} {}", comparison.threshold);
    Verdict::leaf(truth, text)
}
