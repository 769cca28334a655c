//! From tokens to comparisons: comparators before and behind numbers, ranges, values that are stated, conditions of a measurement.

use super::Marks;
use super::assemble::assembled;
use super::names::{name_before, name_of};
use super::scan::{At, Token, scan};
use super::words::{AFTER, BEFORE, BOUNDARIES, FORMULAS, LEADING, SHARES};
use crate::predicate::{Comparator, Lies, Name, Predicate, Quantity, Unit};

/// A comparison that was found, and the tokens it takes up.
#[derive(Clone, Debug)]
pub(super) struct Clause {
    pub(super) condition: Condition,
    pub(super) from: usize,
    pub(super) to: usize,
    /// The name was taken over from the clause before.
    pub(super) inherited: bool,
    /// No word names the parameter.
    pub(super) generic: bool,
}

#[derive(Clone, Debug)]
pub(super) enum Condition {
    Compared(Name, Comparator, Quantity),
    Spanned(Name, Lies, Quantity, Quantity),
    /// How a parameter is measured: belongs to the clause before.
    Measured(String),
}

/// Conditions in a text without exclusions; whether every number with a unit
/// was read.
pub(super) fn conditions(text: &str, marks: Marks) -> (Option<Predicate>, bool) {
    let lower = text.to_lowercase();
    if FORMULAS.iter().any(|words| lower.contains(words)) {
        return (Some(Predicate::Unread(text.trim().to_owned())), false);
    }
    let tokens = scan(text, marks);
    let gravity = speaks_of_acceleration(text);
    let mut clauses: Vec<Clause> = Vec::new();
    let mut complete = true;
    let mut at = 0;
    while at < tokens.len() {
        let Token::Number { value, unit, both } = &tokens[at].token else {
            at += 1;
            continue;
        };
        let unit = unit
            .clone()
            .map(|unit| if gravity { as_gravity(unit) } else { unit });
        let found = Found {
            at,
            value: *value,
            unit,
            both: *both,
        };
        match clause(&tokens, text, &found, clauses.last()) {
            Some(mut clause) => {
                at = clause.to.max(at + 1);
                name_the_first(clauses.last_mut(), &mut clause, &tokens);
                clauses.push(clause);
            }
            None => {
                let part = tokens.get(at + 1).and_then(At::word);
                let of_parts = matches!(part, Some("part" | "parts"));
                let plain = found.unit.is_none() && !of_parts;
                complete &= plain || describes(&tokens, at);
                at += 1;
            }
        }
    }
    (assembled(text, &tokens, clauses), complete)
}

/// Of "more than 1 kg but not more than 2 kg of X" the first number has the
/// second's name.
pub(super) fn name_the_first(first: Option<&mut Clause>, second: &mut Clause, tokens: &[At]) {
    let Some(first) = first.filter(|clause| clause.generic && !second.generic) else {
        return;
    };
    let between = tokens.get(first.to..second.from).unwrap_or(&[]);
    if !only_joins(between) {
        return;
    }
    if let (Condition::Compared(name, _, low), Condition::Compared(other, _, high)) =
        (&mut first.condition, &second.condition)
        && low.unit.converts_to(&high.unit)
    {
        *name = other.clone();
        first.generic = false;
        second.inherited = true;
    }
}

/// Whether only words that join two bounds of one parameter stand there.
pub(super) fn only_joins(tokens: &[At]) -> bool {
    tokens.iter().all(|token| match &token.token {
        Token::Word(word) => matches!(word.as_str(), "but" | "and" | "or" | "to" | "also"),
        Token::Comma => true,
        _ => false,
    })
}

pub(super) struct Found {
    pub(super) at: usize,
    pub(super) value: f64,
    pub(super) unit: Option<Unit>,
    pub(super) both: bool,
}

/// Whether a number with its unit only describes the noun behind it: "300 mm
/// wafers", "a 3 dB bandwidth".
pub(super) fn describes(tokens: &[At], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|at| tokens[at].word());
    let after = tokens.get(at + 1).and_then(At::word);
    let leads = before.is_none_or(|word| {
        matches!(
            word,
            "a" | "an" | "the" | "for" | "of" | "with" | "having" | "its"
        )
    });
    let noun =
        |word: &str| !BOUNDARIES.contains(&word) && !matches!(word, "x" | "of" | "part" | "parts");
    leads && after.is_some_and(noun)
}

pub(super) fn speaks_of_acceleration(text: &str) -> bool {
    let lower = text.to_lowercase();
    [
        "accelerat",
        "acceleromet",
        " rms",
        "shock",
        "vibrat",
        "bias ",
    ]
    .iter()
    .any(|word| lower.contains(word))
}

/// `g` as standard gravity.
pub(super) fn as_gravity(unit: Unit) -> Unit {
    let symbol = match unit.symbol() {
        "g" => "gn",
        "mg" => "mgn",
        "ug" => "ugn",
        _ => return unit,
    };
    Unit::parse(symbol).unwrap_or(unit)
}

pub(super) fn clause(
    tokens: &[At],
    text: &str,
    found: &Found,
    last: Option<&Clause>,
) -> Option<Clause> {
    if let Some(range) = spelled_range(tokens, found, last) {
        return Some(range);
    }
    let before = comparator_before(tokens, found.at);
    let last_side = sides(tokens, found)?;
    let (after, end) = comparator_after(tokens, last_side + 1, found.unit.is_none());
    let (comparator, begin, to) = match (before, after) {
        (_, Some(after)) if before.is_none() => (after, found.at, end),
        (Some((comparator, begin)), _) => (comparator, begin, last_side + 1),
        _ => match stated(tokens, found, last) {
            Some((comparator, begin)) => (comparator, begin, last_side + 1),
            None => return measured(tokens, text, found, last),
        },
    };
    let to = share_after(tokens, to);
    let unit = match &found.unit {
        Some(unit) => unit.clone(),
        None => borrowed_unit(tokens, to).unwrap_or_else(Unit::none),
    };
    let mut named = name_of(tokens, begin, to, &unit, found.unit.is_none(), last);
    // A plain number compared with nothing that has a name is no threshold.
    if named.generic && unit.is_none() {
        return None;
    }
    if named.generic
        && let Some(Clause { condition, .. }) = last
    {
        named.take_over(condition, &unit, tokens, last.map_or(0, |c| c.to), begin);
    }
    let comparator = match named.from < begin && negated(tokens, named.from) {
        true => opposite(comparator),
        false => comparator,
    };
    let value = if found.both {
        found.value.abs()
    } else {
        found.value
    };
    Some(Clause {
        condition: Condition::Compared(named.name, comparator, Quantity { value, unit }),
        from: named.from,
        to: named.to,
        inherited: named.inherited,
        generic: named.generic && !named.inherited,
    })
}

/// Whether "no" stands before the name: "no dimension greater than 35 mm".
pub(super) fn negated(tokens: &[At], from: usize) -> bool {
    let word = |at: usize| tokens.get(at).and_then(At::word);
    word(from) == Some("no") || from.checked_sub(1).is_some_and(|at| word(at) == Some("no"))
}

pub(super) fn opposite(comparator: Comparator) -> Comparator {
    match comparator {
        Comparator::Less => Comparator::AtLeast,
        Comparator::AtMost => Comparator::More,
        Comparator::More => Comparator::AtMost,
        Comparator::AtLeast => Comparator::Less,
        Comparator::Equal => Comparator::Equal,
    }
}

/// The last number of "100 mm x 100 mm"; `None` where the sides differ, since
/// one comparison cannot say that.
pub(super) fn sides(tokens: &[At], found: &Found) -> Option<usize> {
    let mut at = found.at;
    while tokens.get(at + 1).and_then(At::word) == Some("x") {
        match tokens.get(at + 2).map(|t| &t.token) {
            Some(Token::Number { value, .. }) if *value == found.value => at += 2,
            Some(Token::Number { .. }) => return None,
            _ => break,
        }
    }
    // A side that has sides before it was looked at with the first.
    let behind = found.at.checked_sub(1).and_then(|at| tokens[at].word()) == Some("x");
    (!behind).then_some(at)
}

/// Where "a resolution of 12 bit" begins to state a value, if it does.
/// "below a temperature of 0.1 K" compares.
pub(super) fn stated(
    tokens: &[At],
    found: &Found,
    last: Option<&Clause>,
) -> Option<(Comparator, usize)> {
    let unit = found.unit.as_ref()?;
    // "100% probability of discovery".
    if unit.symbol() == "%" && describes(tokens, found.at) {
        return Some((Comparator::Equal, found.at));
    }
    let of = found.at.checked_sub(1)?;
    if tokens[of].word() != Some("of") {
        return None;
    }
    let floor = last.map_or(0, |clause| clause.to);
    let (_, from) = name_before(tokens, floor, of)?;
    let mut lead = from;
    while lead > floor
        && tokens[lead - 1]
            .word()
            .is_some_and(|word| LEADING.contains(&word))
    {
        lead -= 1;
    }
    let loose = ["over", "under", "up"];
    let compared = comparator_before(tokens, lead).filter(|(_, begin)| {
        lead > from.saturating_sub(3) && !loose.contains(&tokens[*begin].word().unwrap_or(""))
    });
    if let Some((comparator, _)) = compared {
        return Some((comparator, of));
    }
    // "at a stress of 700 MPa" says how something is measured.
    let measuring = lead > 0
        && tokens[lead - 1].word().is_some_and(|word| {
            !matches!(
                word,
                "with" | "having" | "and" | "or" | "has" | "have" | "in"
            )
        });
    (!measuring).then_some((Comparator::Equal, of))
}

/// Behind "by weight".
pub(super) fn share_after(tokens: &[At], from: usize) -> usize {
    let comma = matches!(tokens.get(from).map(|t| &t.token), Some(Token::Comma));
    let at = from + usize::from(comma);
    let end = SHARES
        .iter()
        .find_map(|words| matches_at(tokens, at, words));
    end.unwrap_or(from)
}

/// The comparison that ends where the number begins, and where it begins.
pub(super) fn comparator_before(tokens: &[At], at: usize) -> Option<(Comparator, usize)> {
    let mut best: Option<(Comparator, usize)> = None;
    // An article or "a value of" may stand between.
    for skipped in 0..=1 {
        let end = at.checked_sub(skipped)?;
        if skipped == 1
            && !matches!(
                tokens.get(end).and_then(At::word),
                Some("a" | "an" | "the" | "about")
            )
        {
            break;
        }
        for (words, comparator) in BEFORE {
            let words: Vec<&str> = words.split(' ').collect();
            let Some(begin) = end.checked_sub(words.len()) else {
                continue;
            };
            let same = tokens[begin..end]
                .iter()
                .map(At::word)
                .eq(words.iter().map(|w| Some(*w)));
            if same && best.is_none_or(|(_, found)| begin < found) {
                best = Some((*comparator, begin));
            }
        }
    }
    best
}

/// The comparison behind the number, and where it ends.
pub(super) fn comparator_after(
    tokens: &[At],
    from: usize,
    bare: bool,
) -> (Option<Comparator>, usize) {
    // "10,000 cycles or more".
    let counted = tokens.get(from).and_then(At::word);
    if bare && counted.is_some_and(|word| !BOUNDARIES.contains(&word)) {
        let (found, end) = comparator_after(tokens, from + 1, false);
        if found.is_some() {
            return (found, end);
        }
    }
    let shares = SHARES
        .iter()
        .find_map(|words| matches_at(tokens, from, words));
    let from = shares.unwrap_or(from);
    // "1,000 cm2 per sheet or less".
    let per = tokens.get(from).and_then(At::word) == Some("per");
    let from = if per { from + 2 } else { from };
    let comma = matches!(tokens.get(from).map(|t| &t.token), Some(Token::Comma));
    for start in [from, from + usize::from(comma)] {
        for (words, comparator) in AFTER {
            if let Some(end) = matches_at(tokens, start, words) {
                return (Some(*comparator), end);
            }
        }
    }
    (None, from)
}

pub(super) fn matches_at(tokens: &[At], from: usize, words: &str) -> Option<usize> {
    let words: Vec<&str> = words.split(' ').collect();
    let found = tokens.get(from..from + words.len())?;
    let same = found
        .iter()
        .map(At::word)
        .eq(words.iter().map(|w| Some(*w)));
    same.then_some(from + words.len())
}

/// Of "more than 10 but less than 20 mm" the first number has the second's unit.
pub(super) fn borrowed_unit(tokens: &[At], from: usize) -> Option<Unit> {
    let joins = |word: &str| {
        matches!(
            word,
            "but" | "and" | "to" | "up" | "including" | "or" | "equal"
        ) || BEFORE
            .iter()
            .any(|(words, _)| words.split(' ').any(|w| w == word))
    };
    // Two numbers side by side are not two bounds.
    if tokens.get(from).is_some_and(At::is_quantity) {
        return None;
    }
    for token in tokens.get(from..)?.iter().take(8) {
        match &token.token {
            Token::Word(word) if joins(word) => {}
            Token::Comma => {}
            Token::Number { unit, .. } => return unit.clone(),
            _ => return None,
        }
    }
    None
}

/// "from 1 to 5 GHz", "between 1 and 5 GHz", "1-5 GHz".
pub(super) fn spelled_range(tokens: &[At], found: &Found, last: Option<&Clause>) -> Option<Clause> {
    let before = found.at.checked_sub(1).and_then(|at| tokens[at].word());
    let including = matches_at(tokens, found.at + 1, "up to and including")
        .filter(|_| comparator_before(tokens, found.at).is_none());
    let (next, word) = match (tokens.get(found.at + 1), tokens.get(found.at + 2)) {
        _ if including.is_some() => (including?, "to"),
        (Some(dash), _) if dash.is_quantity() && dash.dashed => (found.at + 1, ""),
        (Some(word), Some(number)) if number.is_quantity() => (found.at + 2, word.word()?),
        _ => return None,
    };
    let Token::Number {
        value: high,
        unit: high_unit,
        ..
    } = &tokens[next].token
    else {
        return None;
    };
    let joined = match word {
        "" => true,
        "and" => before == Some("between"),
        "to" | "through" => true,
        _ => false,
    };
    let unit = found.unit.clone().or_else(|| high_unit.clone())?;
    let high_unit = high_unit.clone().unwrap_or_else(|| unit.clone());
    if !joined || !unit.converts_to(&high_unit) {
        return None;
    }
    let mut low = Quantity {
        value: found.value,
        unit,
    };
    let mut high = Quantity {
        value: *high,
        unit: high_unit,
    };
    let falls = low.unit.to_base(low.value) > high.unit.to_base(high.value);
    if falls && before == Some("between") {
        std::mem::swap(&mut low, &mut high);
    } else if falls || low.unit.to_base(low.value) == high.unit.to_base(high.value) {
        return None;
    }
    let opens = ["between", "from", "of", "in", "range"];
    let begin = found.at - usize::from(before.is_some_and(|word| opens.contains(&word)));
    let end = share_after(tokens, next + 1);
    let named = name_of(tokens, begin, end, &low.unit, false, last);
    let lies = lies_of(tokens, named.from, begin);
    Some(Clause {
        condition: Condition::Spanned(named.name, lies, low, high),
        from: named.from,
        to: named.to,
        inherited: false,
        generic: false,
    })
}

/// Whether the whole range must be met, or any of it.
pub(super) fn lies_of(tokens: &[At], from: usize, to: usize) -> Lies {
    let start = from.saturating_sub(4);
    let words: Vec<&str> = tokens[start..to.min(tokens.len())]
        .iter()
        .filter_map(At::word)
        .collect();
    let has = |list: &[&str]| words.iter().any(|word| list.contains(word));
    if has(&["entire", "throughout", "whole", "all"]) || has(&["over"]) && has(&["range"]) {
        Lies::Covers
    } else if has(&[
        "any",
        "anywhere",
        "frequencies",
        "wavelengths",
        "within",
        "range",
        "portion",
    ]) {
        Lies::Overlaps
    } else {
        Lies::In
    }
}

/// A number without comparison that says how something is measured: "at 20 °C".
pub(super) fn measured(
    tokens: &[At],
    text: &str,
    found: &Found,
    _last: Option<&Clause>,
) -> Option<Clause> {
    found.unit.as_ref()?;
    let mut begin = found.at;
    for _ in 0..6 {
        begin = begin.checked_sub(1)?;
        let word = tokens[begin].word()?;
        if matches!(
            word,
            "at" | "in"
                | "within"
                | "for"
                | "per"
                | "during"
                | "after"
                | "every"
                | "from"
                | "by"
                | "to"
                | "on"
                | "using"
                | "under"
                | "over"
                | "against"
        ) {
            let raw = text.get(tokens[begin].from..tokens[found.at].to)?;
            return Some(Clause {
                condition: Condition::Measured(raw.to_owned()),
                from: begin,
                to: found.at + 1,
                inherited: false,
                generic: false,
            });
        }
    }
    None
}
