//! The name of a parameter: the words before its comparison, or behind its number.

use super::clauses::{Clause, Condition, matches_at, only_joins, share_after};
use super::scan::At;
use super::words::{BOUNDARIES, KINDS, LEADING, PARTICIPLES, PREPOSITIONS, SHARES, TRAILING};
use crate::predicate::{Name, Unit};

/// The name of a parameter and the tokens it takes up together with its number.
pub(super) struct Named {
    pub(super) name: Name,
    pub(super) from: usize,
    pub(super) to: usize,
    /// No word names it; it is called after its unit.
    pub(super) generic: bool,
    pub(super) inherited: bool,
}

impl Named {
    /// Takes over the name of the clause before, where only joining words and
    /// comparisons stand between and the units convert.
    pub(super) fn take_over(
        &mut self,
        last: &Condition,
        unit: &Unit,
        tokens: &[At],
        from: usize,
        to: usize,
    ) {
        let (name, threshold) = match last {
            Condition::Compared(name, _, quantity) => (name, quantity),
            Condition::Spanned(name, _, _, quantity) => (name, quantity),
            Condition::Measured(_) => return,
        };
        let between = tokens.get(from..to).unwrap_or(&[]);
        let only_joins = only_joins(between);
        if only_joins && threshold.unit.converts_to(unit) {
            self.name = name.clone();
            self.inherited = true;
        }
    }
}

pub(super) fn name_of(
    tokens: &[At],
    begin: usize,
    to: usize,
    unit: &Unit,
    bare: bool,
    last: Option<&Clause>,
) -> Named {
    let floor = last.map_or(0, |clause| clause.to);
    if let Some((name, from)) = name_before(tokens, floor, begin) {
        return Named {
            name,
            from,
            to,
            generic: false,
            inherited: false,
        };
    }
    if let Some((name, end)) = name_after(tokens, to, unit, bare) {
        return Named {
            name,
            from: begin,
            to: end,
            generic: false,
            inherited: false,
        };
    }
    let kind = KINDS.iter().find(|(symbol, _)| {
        Unit::parse(symbol).is_ok_and(|known| known.converts_to(unit) && !unit.is_none())
    });
    let text = kind.map_or("value", |(_, name)| name);
    Named {
        name: named(text),
        from: begin,
        to,
        generic: true,
        inherited: false,
    }
}

/// A name that is known to be one.
pub(super) fn named(text: &str) -> Name {
    Name::new(text).unwrap_or_else(Name::unnamed)
}

/// The noun phrase before the comparison.
pub(super) fn name_before(tokens: &[At], floor: usize, begin: usize) -> Option<(Name, usize)> {
    // "the constant is less than 6".
    let copula = |at: usize| matches!(tokens[at - 1].word(), Some("is" | "are" | "be" | "being"));
    let mut begin = begin;
    while begin > floor && copula(begin) {
        begin -= 1;
    }
    let mut from = begin;
    while from > floor {
        match tokens[from - 1].word() {
            Some(word) if !BOUNDARIES.contains(&word) => from -= 1,
            Some(word) if from < begin && adjective(word, tokens.get(from)) => from -= 1,
            _ => break,
        }
    }
    let mut words: Vec<&str> = tokens[from..begin].iter().filter_map(At::word).collect();
    let mut start = from;
    while words.first().is_some_and(|word| LEADING.contains(word)) {
        words.remove(0);
        start += 1;
    }
    while words
        .last()
        .is_some_and(|word| TRAILING.contains(word) || LEADING.contains(word))
    {
        words.pop();
    }
    // A phrase that runs on is a description, its last words the parameter.
    if words.len() > 9 {
        start += words.len() - 9;
        words = words.split_off(words.len() - 9);
    }
    let text = words.join(" ");
    let has_letters = text.chars().any(char::is_alphabetic);
    let name = Name::new(&singular(&text)).filter(|_| has_letters)?;
    Some((name, start))
}

/// "operating" of "operating frequency".
pub(super) fn adjective(word: &str, next: Option<&At>) -> bool {
    let next = next.and_then(At::word);
    PARTICIPLES.contains(&word) && next.is_some_and(|next| !PREPOSITIONS.contains(&next))
}

/// "… in length", "… of tungsten", "… tunable resonators".
pub(super) fn name_after(
    tokens: &[At],
    to: usize,
    unit: &Unit,
    bare: bool,
) -> Option<(Name, usize)> {
    let first = tokens.get(to)?.word()?;
    let share = SHARES
        .iter()
        .find_map(|words| matches_at(tokens, to, words));
    let from = match (first, share) {
        (_, Some(end)) => end + usize::from(tokens.get(end).and_then(At::word) == Some("of")),
        ("in" | "of", None) => to + 1,
        _ if bare || !BOUNDARIES.contains(&first) || adjective(first, tokens.get(to + 1)) => to,
        _ => return None,
    };
    let mut words = Vec::new();
    let mut end = from;
    while let Some(word) = tokens.get(end).and_then(At::word) {
        let ends = BOUNDARIES.contains(&word) && !adjective(word, tokens.get(end + 1));
        if ends || words.len() >= 6 {
            break;
        }
        words.push(word);
        end += 1;
    }
    while words.first().is_some_and(|word| LEADING.contains(word)) {
        words.remove(0);
    }
    let text = words.join(" ");
    if text.is_empty() {
        return share.map(|end| (named("share by weight"), end));
    }
    let percent = unit.symbol() == "%";
    let end = share_after(tokens, end);
    let name = if bare && !percent {
        format!("number of {text}")
    } else if share.is_some() || percent {
        format!("share of {text}")
    } else {
        singular(&text)
    };
    Some((Name::new(&name)?, end))
}

/// The last word in the singular.
pub(super) fn singular(text: &str) -> String {
    let keeps = ["ss", "us", "is", "as", "ous"];
    if let Some(stem) = text.strip_suffix("ies") {
        return format!("{stem}y");
    }
    match text.strip_suffix('s') {
        Some(stem) if stem.len() > 3 && !keeps.iter().any(|k| text.ends_with(k)) => stem.to_owned(),
        _ => text.to_owned(),
    }
}
