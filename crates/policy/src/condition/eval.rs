//! Evaluation: Kleene's strong logic over facts of which any may be unknown.

use super::ir::{
    FieldRef, ListExpr, Mentioned, NumberExpr, Order, Range, Sized, Slot, Sum, TextExpr, TextTest,
    TruthExpr,
};
use crate::facts::{Facts, Record, RecordKind, Value};
use crate::sets::{SetsAt, TextSet};
use portcullis_domain::Truth;
use std::{borrow::Cow, collections::HashSet};

/// Slots of an environment: `tx`, the rule's subject, and four nested quantifiers.
pub(crate) const SLOTS: usize = 6;

#[derive(Clone, Copy)]
enum Bound<'e> {
    Nothing,
    Record(&'e Record<'e>),
    Text(&'e str),
}

/// What a condition is evaluated over.
#[derive(Clone, Copy)]
pub(crate) struct Env<'e> {
    facts: &'e Facts<'e>,
    sets: &'e SetsAt<'e>,
    bound: [Bound<'e>; SLOTS],
}

impl<'e> Env<'e> {
    /// With `tx` bound, and nothing else.
    pub fn of(facts: &'e Facts<'e>, sets: &'e SetsAt<'e>) -> Env<'e> {
        let mut bound = [Bound::Nothing; SLOTS];
        bound[0] = Bound::Record(&facts.tx);
        Env { facts, sets, bound }
    }

    /// With the record of the kind at a position as the rule's subject.
    pub fn about(mut self, kind: RecordKind, at: usize) -> Env<'e> {
        if kind != RecordKind::Transaction {
            let record = self.facts.records(kind).get(at);
            self.bound[1] = record.map_or(Bound::Nothing, Bound::Record);
        }
        self
    }

    pub fn facts(&self) -> &'e Facts<'e> {
        self.facts
    }

    fn with(&self, slot: Slot, bound: Bound<'e>) -> Env<'e> {
        let mut inner = *self;
        inner.bound[slot] = bound;
        inner
    }

    /// The value of a field; unknown where nothing is bound.
    pub fn value(&self, at: FieldRef) -> &'e Value<'e> {
        match self.bound[at.slot] {
            Bound::Record(record) => record.get(at.field).unwrap_or(&Value::Unknown),
            _ => &Value::Unknown,
        }
    }
}

pub(super) fn truth(expr: &TruthExpr, env: &Env<'_>) -> Truth {
    match expr {
        TruthExpr::Const(truth) => *truth,
        TruthExpr::Field(at) => match env.value(*at) {
            Value::Truth(known) => Truth::from(*known),
            _ => Truth::Unknown,
        },
        TruthExpr::Has(at) => Truth::from(*env.value(*at) != Value::Unknown),
        TruthExpr::Not(inner) => !truth(inner, env),
        TruthExpr::And(parts) => every(parts.iter().map(|p| truth(p, env))),
        TruthExpr::Or(parts) => some(parts.iter().map(|p| truth(p, env))),
        TruthExpr::Same(a, b) => match (truth(a, env), truth(b, env)) {
            (Truth::Unknown, _) | (_, Truth::Unknown) => Truth::Unknown,
            (a, b) => Truth::from(a == b),
        },
        TruthExpr::SameNumber(a, b) => both(number(a, env), number(b, env), |a, b| a == b),
        TruthExpr::SameText(a, b) => both(text(a, env), text(b, env), |a, b| a == b),
        TruthExpr::Ordered(order, a, b) => {
            both(number(a, env), number(b, env), |a, b| ordered(*order, a, b))
        }
        TruthExpr::In(member, list) => contains(list, text(member, env), env),
        TruthExpr::Test(test, a, b) => both(text(a, env), text(b, env), |a, b| tested(*test, a, b)),
        TruthExpr::Mentions(what, set) => mentions(what, env.sets.set(*set), env),
        TruthExpr::If(parts) => {
            let (condition, then, other) = &**parts;
            match truth(condition, env) {
                Truth::True => truth(then, env),
                Truth::False => truth(other, env),
                Truth::Unknown => {
                    let (then, other) = (truth(then, env), truth(other, env));
                    if then == other { then } else { Truth::Unknown }
                }
            }
        }
        TruthExpr::Quantified {
            all,
            slot,
            over,
            body,
        } => quantified(*all, *slot, over, body, env),
    }
}

/// Kleene conjunction; stops at the first false.
fn every(parts: impl Iterator<Item = Truth>) -> Truth {
    let mut result = Truth::True;
    for part in parts {
        result = result.and(part);
        if result == Truth::False {
            break;
        }
    }
    result
}

/// Kleene disjunction; stops at the first true.
fn some(parts: impl Iterator<Item = Truth>) -> Truth {
    let mut result = Truth::False;
    for part in parts {
        result = result.or(part);
        if result == Truth::True {
            break;
        }
    }
    result
}

/// Compares what is known on both sides; anything else is unknown.
fn both<T>(a: Option<T>, b: Option<T>, compare: impl FnOnce(T, T) -> bool) -> Truth {
    match (a, b) {
        (Some(a), Some(b)) => Truth::from(compare(a, b)),
        _ => Truth::Unknown,
    }
}

fn ordered(order: Order, a: f64, b: f64) -> bool {
    match order {
        Order::Less => a < b,
        Order::LessOrEqual => a <= b,
        Order::Greater => a > b,
        Order::GreaterOrEqual => a >= b,
    }
}

fn tested(test: TextTest, text: &str, part: &str) -> bool {
    match test {
        TextTest::StartsWith => text.starts_with(part),
        TextTest::EndsWith => text.ends_with(part),
        TextTest::Contains => text.contains(part),
    }
}

fn quantified(all: bool, slot: Slot, over: &Range, body: &TruthExpr, env: &Env<'_>) -> Truth {
    let holds = |bound| truth(body, &env.with(slot, bound));
    match over {
        Range::Records(kind) => {
            let each = env.facts.records(*kind).iter();
            let truths = each.map(|record| holds(Bound::Record(record)));
            if all { every(truths) } else { some(truths) }
        }
        Range::Texts(list) => match texts(list, env) {
            Some(Texts::Listed(list)) => {
                let truths = list.iter().map(|text| holds(Bound::Text(text)));
                if all { every(truths) } else { some(truths) }
            }
            Some(Texts::Entry(list)) => {
                let truths = list.iter().map(|text| holds(Bound::Text(text)));
                if all { every(truths) } else { some(truths) }
            }
            // Sets have no order to walk; compile refuses to range over them.
            _ => Truth::Unknown,
        },
    }
}

/// Whether text is in a list; an unknown element leaves "not found" unknown.
fn contains(list: &ListExpr, member: Option<&str>, env: &Env<'_>) -> Truth {
    let Some(member) = member else {
        return Truth::Unknown;
    };
    if let ListExpr::Literal(elements) = list {
        let each = elements.iter();
        return some(each.map(|e| both(text(e, env), Some(member), |a, b| a == b)));
    }
    match texts(list, env) {
        None => Truth::Unknown,
        Some(Texts::Const(set)) => Truth::from(set.contains(member)),
        Some(Texts::Set(set)) => Truth::from(set.contains(member)),
        Some(Texts::Listed(list)) => Truth::from(list.iter().any(|t| t == member)),
        Some(Texts::Entry(list)) => Truth::from(list.iter().any(|t| t == member)),
    }
}

fn mentions(what: &Mentioned, set: Option<&TextSet>, env: &Env<'_>) -> Truth {
    let Some(set) = set else {
        return Truth::Unknown;
    };
    match what {
        Mentioned::Text(expr) => match text(expr, env) {
            Some(text) => Truth::from(set.mentioned_in(text)),
            None => Truth::Unknown,
        },
        Mentioned::List(list) => match texts(list, env) {
            Some(Texts::Listed(list)) => {
                Truth::from(list.iter().any(|text| set.mentioned_in(text)))
            }
            _ => Truth::Unknown,
        },
    }
}

fn number(expr: &NumberExpr, env: &Env<'_>) -> Option<f64> {
    let value = match expr {
        NumberExpr::Const(number) => *number,
        NumberExpr::Field(at) => match env.value(*at) {
            Value::Number(number) => *number,
            _ => return None,
        },
        NumberExpr::Negate(inner) => -number(inner, env)?,
        NumberExpr::Sum(sum, sides) => {
            let (a, b) = (number(&sides.0, env)?, number(&sides.1, env)?);
            match sum {
                Sum::Add => a + b,
                Sum::Subtract => a - b,
                Sum::Multiply => a * b,
                Sum::Divide => a / b,
            }
        }
        NumberExpr::Size(of) => size(of, env)?,
        NumberExpr::If(parts) => {
            let (condition, then, other) = &**parts;
            chosen(
                truth(condition, env),
                || number(then, env),
                || number(other, env),
            )?
        }
    };
    // Division by zero and overflow are not known, never infinite.
    value.is_finite().then_some(value)
}

fn size(of: &Sized, env: &Env<'_>) -> Option<f64> {
    let count = match of {
        Sized::Text(expr) => text(expr, env)?.chars().count(),
        Sized::Records(kind) => env.facts.records(*kind).len(),
        Sized::List(ListExpr::Literal(elements)) => elements.len(),
        Sized::List(list) => match texts(list, env)? {
            Texts::Const(set) => set.len(),
            Texts::Set(set) => set.len(),
            Texts::Listed(list) => list.len(),
            Texts::Entry(list) => list.len(),
        },
    };
    Some(count as f64)
}

/// The branch that the condition chooses; where it is unknown, only a value
/// on which both branches agree is known.
fn chosen<T: PartialEq>(
    condition: Truth,
    then: impl FnOnce() -> Option<T>,
    other: impl FnOnce() -> Option<T>,
) -> Option<T> {
    match condition {
        Truth::True => then(),
        Truth::False => other(),
        Truth::Unknown => then().zip(other()).and_then(|(a, b)| (a == b).then_some(a)),
    }
}

fn text<'e>(expr: &'e TextExpr, env: &Env<'e>) -> Option<&'e str> {
    match expr {
        TextExpr::Const(text) => Some(text),
        TextExpr::Field(at) => match env.value(*at) {
            Value::Text(text) => Some(text),
            _ => None,
        },
        TextExpr::Variable(slot) => match env.bound[*slot] {
            Bound::Text(text) => Some(text),
            _ => None,
        },
        TextExpr::If(parts) => {
            let (condition, then, other) = &**parts;
            chosen(
                truth(condition, env),
                || text(then, env),
                || text(other, env),
            )
        }
    }
}

enum Texts<'e> {
    Const(&'e HashSet<String>),
    Set(&'e TextSet),
    Listed(&'e [Cow<'e, str>]),
    Entry(&'e [String]),
}

fn texts<'e>(list: &'e ListExpr, env: &Env<'e>) -> Option<Texts<'e>> {
    match list {
        ListExpr::Const(set) => Some(Texts::Const(set)),
        ListExpr::Literal(_) => None,
        ListExpr::Field(at) => match env.value(*at) {
            Value::Texts(list) => Some(Texts::Listed(list)),
            _ => None,
        },
        ListExpr::Set(at) => env.sets.set(*at).map(Texts::Set),
        ListExpr::Entry(map, key) => {
            let entries = env.sets.map(*map)?;
            entries.get(text(key, env)?).map(|list| Texts::Entry(list))
        }
    }
}
