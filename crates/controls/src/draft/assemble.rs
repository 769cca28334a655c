//! From comparisons to one predicate: and, or, ranges of two bounds, and the words between as terms.

use super::clauses::{Clause, Condition, lies_of};
use super::scan::{At, Token};
use super::words::FILLERS;
use crate::predicate::{
    Bound, Comparator, Comparison, Lies, Name, Predicate, Quantity, Range, Subject,
};

/// How two clauses are joined.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Join {
    And,
    Or,
    /// By a comma only: as the next.
    Comma,
}

pub(super) fn join_of(between: &[At]) -> Join {
    let mut previous_joins = true;
    for token in between {
        match &token.token {
            Token::Word(word) if word == "or" && previous_joins => return Join::Or,
            Token::Comma | Token::Stop => previous_joins = true,
            _ => previous_joins = false,
        }
    }
    match between {
        [only] if only.token == Token::Comma => Join::Comma,
        _ => Join::And,
    }
}

/// The predicate of all clauses, with the words between them as terms.
pub(super) fn assembled(text: &str, tokens: &[At], clauses: Vec<Clause>) -> Option<Predicate> {
    if clauses
        .iter()
        .all(|c| matches!(c.condition, Condition::Measured(_)))
    {
        return None;
    }
    let clauses = with_measurements(clauses);
    let mut groups: Vec<Vec<Predicate>> = vec![Vec::new()];
    let mut lead = Vec::new();
    let first = clauses.first()?.from;
    lead.extend(term(text, tokens, 0, first));
    let joins = joins_between(tokens, &clauses);
    let mut at = 0;
    while at < clauses.len() {
        let (predicate, used) = condition(tokens, &clauses[at..]);
        let end = at + used;
        let group = groups.last_mut()?;
        group.push(predicate);
        let next = clauses.get(end).map_or(tokens.len(), |c| c.from);
        group.extend(term(text, tokens, clauses[end - 1].to, next));
        if end < clauses.len() && joins.get(end - 1) == Some(&Join::Or) {
            groups.push(Vec::new());
        }
        at = end;
    }
    let any = groups
        .into_iter()
        .filter_map(|group| super::joined(group, Predicate::All));
    let numbers = super::joined(any.collect(), Predicate::Any)?;
    lead.push(numbers);
    let whole = super::joined(flat(lead), Predicate::All)?;
    // "Not capable of balancing rotors of more than 3 kg".
    let denied = tokens.first().and_then(At::word) == Some("not") && first > 0;
    Some(if denied {
        Predicate::Not(Box::new(whole))
    } else {
        whole
    })
}

/// `all(a, all(b, c))` as `all(a, b, c)`.
pub(super) fn flat(parts: Vec<Predicate>) -> Vec<Predicate> {
    parts
        .into_iter()
        .flat_map(|part| match part {
            Predicate::All(inner) => inner,
            other => vec![other],
        })
        .collect()
}

pub(super) fn joins_between(tokens: &[At], clauses: &[Clause]) -> Vec<Join> {
    let pairs = clauses.windows(2);
    let mut joins: Vec<Join> = pairs
        .map(|pair| match pair {
            [a, b] => join_of(tokens.get(a.to..b.from).unwrap_or(&[])),
            _ => Join::And,
        })
        .collect();
    for at in (0..joins.len()).rev() {
        if joins[at] == Join::Comma {
            joins[at] = joins
                .get(at + 1)
                .copied()
                .filter(|j| *j == Join::Or)
                .unwrap_or(Join::And);
        }
    }
    joins
}

/// "at 298 K" becomes part of the name of the clause before it.
pub(super) fn with_measurements(clauses: Vec<Clause>) -> Vec<Clause> {
    let mut result: Vec<Clause> = Vec::new();
    for clause in clauses {
        let Condition::Measured(raw) = &clause.condition else {
            result.push(clause);
            continue;
        };
        if let Some(last) = result.last_mut() {
            let extended = |name: &Name| Name::new(&format!("{} {raw}", name.as_str()));
            match &mut last.condition {
                Condition::Compared(name, _, _) | Condition::Spanned(name, _, _, _) => {
                    if let Some(longer) = extended(name) {
                        *name = longer;
                        last.to = clause.to;
                    }
                }
                Condition::Measured(_) => {}
            }
        }
    }
    result
}

/// The next condition; two clauses that bound one parameter are a range.
pub(super) fn condition(tokens: &[At], clauses: &[Clause]) -> (Predicate, usize) {
    let Some(first) = clauses.first() else {
        return (Predicate::Unread(String::new()), 1);
    };
    if let Some(range) = bounded(tokens, first, clauses.get(1)) {
        return (range, 2);
    }
    match &first.condition {
        Condition::Compared(name, comparator, threshold) => {
            let comparison = Comparison {
                subject: Subject::of(name.clone()),
                comparator: *comparator,
                threshold: threshold.clone(),
            };
            (Predicate::Compare(comparison), 1)
        }
        Condition::Spanned(name, lies, low, high) => {
            let bound = |at: &Quantity| {
                Some(Bound {
                    at: at.clone(),
                    inclusive: true,
                })
            };
            let range = Range {
                name: name.clone(),
                lies: *lies,
                low: bound(low),
                high: bound(high),
            };
            (Predicate::Within(range), 1)
        }
        Condition::Measured(raw) => (Predicate::Unread(raw.clone()), 1),
    }
}

pub(super) fn bounded(tokens: &[At], first: &Clause, second: Option<&Clause>) -> Option<Predicate> {
    let second = second.filter(|clause| clause.inherited)?;
    let (Condition::Compared(name, lower, low), Condition::Compared(_, upper, high)) =
        (&first.condition, &second.condition)
    else {
        return None;
    };
    let rises = |c: &Comparator| matches!(c, Comparator::More | Comparator::AtLeast);
    let falls = |c: &Comparator| matches!(c, Comparator::Less | Comparator::AtMost);
    let (lower, low, upper, high) = if rises(lower) && falls(upper) {
        (lower, low, upper, high)
    } else if falls(lower) && rises(upper) {
        if let Some(covered) = covered(tokens, first, second) {
            return Some(covered);
        }
        (upper, high, lower, low)
    } else {
        return None;
    };
    if low.unit.to_base(low.value) >= high.unit.to_base(high.value) {
        return None;
    }
    Some(Predicate::Within(Range {
        name: name.clone(),
        lies: lies_of(tokens, first.from, first.to),
        low: Some(Bound {
            at: low.clone(),
            inclusive: *lower == Comparator::AtLeast,
        }),
        high: Some(Bound {
            at: high.clone(),
            inclusive: *upper == Comparator::AtMost,
        }),
    }))
}

/// "from below A to above B": the parameter takes in all between.
pub(super) fn covered(tokens: &[At], first: &Clause, second: &Clause) -> Option<Predicate> {
    let (Condition::Compared(name, _, low), Condition::Compared(_, _, high)) =
        (&first.condition, &second.condition)
    else {
        return None;
    };
    let between = tokens.get(first.to..second.from)?;
    let spans = between.iter().any(|token| token.word() == Some("to"));
    if !spans || low.unit.to_base(low.value) >= high.unit.to_base(high.value) {
        return None;
    }
    let bound = |at: &Quantity| {
        Some(Bound {
            at: at.clone(),
            inclusive: true,
        })
    };
    Some(Predicate::Within(Range {
        name: name.clone(),
        lies: Lies::Covers,
        low: bound(low),
        high: bound(high),
    }))
}

/// The words from one token to another as a term, where they say something.
pub(super) fn term(text: &str, tokens: &[At], from: usize, to: usize) -> Option<Predicate> {
    let mut slice = tokens.get(from..to)?;
    let filler = |token: &At| match &token.token {
        Token::Word(word) => FILLERS.contains(&word.as_str()),
        Token::Comma | Token::Stop => true,
        Token::Number { .. } => false,
    };
    while slice.first().is_some_and(filler) {
        slice = &slice[1..];
    }
    while slice.last().is_some_and(filler) {
        slice = &slice[..slice.len() - 1];
    }
    let words = slice.iter().filter_map(At::word);
    let says = words
        .filter(|word| word.len() > 2 && !FILLERS.contains(word))
        .count();
    if says == 0 {
        return None;
    }
    let raw = text.get(slice.first()?.from..slice.last()?.to)?;
    Some(Predicate::Term(raw.to_owned()))
}
