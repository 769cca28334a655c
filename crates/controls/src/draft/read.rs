//! From tokens to conditions: comparisons with names, joins, exclusions.

use super::scan::{At, Token, cleaned, scan};
use super::words::{
    AFTER, BEFORE, BOUNDARIES, EXCLUSIONS, FILLERS, FORMULAS, KINDS, LEADING, PARTICIPLES,
    PREPOSITIONS, SHARES, TRAILING,
};
use super::{Below, Draft, Marks};
use crate::predicate::{
    Bound, Comparator, Comparison, Lies, Name, Predicate, Quantity, Range, Subject, Unit,
};

pub(super) fn read(text: &str, notes: &[&str], marks: Marks) -> Draft {
    let (own, below) = below_of(text);
    // Brackets are dropped below: a formula in one must not be lost with it.
    let logarithm = ["log(", "log 10", "log10", "20log", "10log"];
    if logarithm
        .iter()
        .any(|words| own.to_lowercase().contains(words))
    {
        return Draft {
            predicate: Some(Predicate::Unread(own)),
            below,
            complete: false,
        };
    }
    let clean = cleaned(&own);
    let (main, excluded) = split_exclusions(&clean);
    let (predicate, complete) = conditions(&main, marks);
    let mut exceptions: Vec<Predicate> = Vec::new();
    let mut all_complete = complete;
    for part in &excluded {
        let (found, complete) = conditions(part, marks);
        all_complete &= complete;
        let words = part.trim();
        let term = || (words.len() > 2).then(|| Predicate::Term(words.to_owned()));
        exceptions.extend(found.or_else(term));
    }
    exceptions.extend(decontrols(notes));
    let predicate = match (predicate, exceptions.is_empty()) {
        (Some(predicate), false) => Some(Predicate::Except(Box::new(predicate), exceptions)),
        (None, false) => {
            let not = exceptions.into_iter().map(|e| Predicate::Not(Box::new(e)));
            super::joined(not.collect(), Predicate::All)
        }
        (predicate, true) => predicate,
    };
    Draft {
        predicate,
        below,
        complete: all_complete,
    }
}

/// How the paragraphs below are joined, and the text without the words that say so.
fn below_of(text: &str) -> (String, Below) {
    let lower = text.to_lowercase();
    let found = [
        ("two or more of the following", Below::AtLeast(2)),
        ("three or more of the following", Below::AtLeast(3)),
        ("all of the following", Below::All),
        ("all the following", Below::All),
        ("both of the following", Below::All),
        ("each of the following", Below::All),
        ("the following characteristics", Below::All),
        ("any of the following", Below::Any),
        ("either of the following", Below::Any),
        ("one or more of the following", Below::Any),
        ("one of the following", Below::Any),
        ("as follows", Below::Any),
        ("the following", Below::Any),
    ]
    .into_iter()
    .find_map(|(words, below)| Some((lower.rfind(words)?, words.len(), below)));
    let Some((at, length, below)) = found else {
        return (text.to_owned(), Below::Any);
    };
    if lower.len() != text.len() {
        return (text.to_owned(), below);
    }
    let before = text.get(..at).unwrap_or(text).trim_end();
    let before = ["having", "with", "meeting", "meet", "has"]
        .iter()
        .find_map(|word| before.strip_suffix(word))
        .unwrap_or(before);
    let after = text.get(at + length..).unwrap_or("");
    let after = after.trim_start_matches(|c: char| !c.is_alphanumeric());
    let after = after.strip_prefix("characteristics").unwrap_or(after);
    (format!("{before} ; {after}"), below)
}

/// The comparison with which a text ends before the paragraphs below it.
pub(super) fn final_comparison(text: &str) -> Option<&'static str> {
    let lower = text.to_lowercase();
    let mut rest = lower.trim_end_matches([':', ' ']);
    for words in [
        "any of the following",
        "all of the following",
        "the following",
    ] {
        rest = rest.strip_suffix(words).unwrap_or(rest).trim_end();
    }
    let ends = |words: &&str| {
        rest.strip_suffix(words)
            .is_some_and(|head| head.is_empty() || head.ends_with(' '))
    };
    let known = BEFORE.iter().map(|(words, _)| *words);
    known.filter(ends).max_by_key(|words| words.len())
}

/// Text without its exclusions, and the exclusions.
fn split_exclusions(text: &str) -> (String, Vec<String>) {
    let lower = text.to_lowercase();
    if lower.len() != text.len() {
        return (text.to_owned(), Vec::new());
    }
    let found = EXCLUSIONS.iter().filter_map(|word| {
        let at = find_word(&lower, word)?;
        let before = lower[..at].trim_end();
        let behind_comma = before.is_empty() || before.ends_with([',', ';']);
        let needs_comma = word.starts_with("other") || word.starts_with("excluding");
        (behind_comma || !needs_comma).then_some((at, word.len()))
    });
    let Some((at, length)) = found.min_by_key(|(at, length)| (*at, usize::MAX - length)) else {
        return (text.to_owned(), Vec::new());
    };
    let tail = text[at + length..].trim_start();
    // An exclusion in the middle ends where a comma leads back to numbers.
    // One that comes first ends where the description begins.
    let begins = [
        " and rated",
        " and having",
        " and designed",
        " and capable",
        " having ",
    ];
    let end = tail
        .find(", ")
        .into_iter()
        .chain(
            begins
                .iter()
                .filter(|_| at == 0)
                .filter_map(|words| tail.find(words)),
        )
        .filter(|end| tail[*end..].contains(|c: char| c.is_ascii_digit()))
        .min()
        .unwrap_or(tail.len());
    let (excluded, rest) = tail.split_at(end);
    let main = format!("{} {}", text[..at].trim_end_matches([' ', ',']), rest);
    (
        main,
        vec![excluded.trim_end_matches([' ', ',', ';', '.']).to_owned()],
    )
}

fn find_word(text: &str, word: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(found) = text.get(from..)?.find(word) {
        let at = from + found;
        let starts = !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '-');
        let ends = !text[at + word.len()..].starts_with(char::is_alphanumeric);
        if starts && ends {
            return Some(at);
        }
        from = at + word.len();
    }
    None
}

/// What scope notes take out: "… does not control X".
fn decontrols(notes: &[&str]) -> Vec<Predicate> {
    let mut found = Vec::new();
    let mut listing = false;
    for note in notes {
        let lower = note.to_lowercase();
        let says = [
            "does not control",
            "do not control",
            "does not apply to",
            "do not apply to",
        ]
        .iter()
        .find_map(|words| Some((lower.find(words)?, words.len())));
        let text = match says {
            Some((at, length)) if lower.len() == note.len() => &note[at + length..],
            Some(_) => note,
            // The lettered lines of a list that a note began.
            None if listing && note.split_once(". ").is_some_and(|(d, _)| d.len() <= 2) => note,
            None => {
                listing = false;
                continue;
            }
        };
        let text = text.trim().trim_end_matches(['.', ';']);
        if text.ends_with(':') || text.ends_with("following") {
            listing = true;
        }
        let text = text.trim_end_matches(':').trim();
        if text.len() > 3 {
            found.push(Predicate::Term(text.to_owned()));
        }
    }
    found
}

/// A comparison that was found, and the tokens it takes up.
#[derive(Clone, Debug)]
struct Clause {
    condition: Condition,
    from: usize,
    to: usize,
    /// The name was taken over from the clause before.
    inherited: bool,
    /// No word names the parameter.
    generic: bool,
}

#[derive(Clone, Debug)]
enum Condition {
    Compared(Name, Comparator, Quantity),
    Spanned(Name, Lies, Quantity, Quantity),
    /// How a parameter is measured: belongs to the clause before.
    Measured(String),
}

/// Conditions in a text without exclusions; whether every number with a unit
/// was read.
fn conditions(text: &str, marks: Marks) -> (Option<Predicate>, bool) {
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
fn name_the_first(first: Option<&mut Clause>, second: &mut Clause, tokens: &[At]) {
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
fn only_joins(tokens: &[At]) -> bool {
    tokens.iter().all(|token| match &token.token {
        Token::Word(word) => matches!(word.as_str(), "but" | "and" | "or" | "to" | "also"),
        Token::Comma => true,
        _ => false,
    })
}

struct Found {
    at: usize,
    value: f64,
    unit: Option<Unit>,
    both: bool,
}

/// Whether a number with its unit only describes the noun behind it: "300 mm
/// wafers", "a 3 dB bandwidth".
fn describes(tokens: &[At], at: usize) -> bool {
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

fn speaks_of_acceleration(text: &str) -> bool {
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
fn as_gravity(unit: Unit) -> Unit {
    let symbol = match unit.symbol() {
        "g" => "gn",
        "mg" => "mgn",
        "ug" => "ugn",
        _ => return unit,
    };
    Unit::parse(symbol).unwrap_or(unit)
}

fn clause(tokens: &[At], text: &str, found: &Found, last: Option<&Clause>) -> Option<Clause> {
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
fn negated(tokens: &[At], from: usize) -> bool {
    let word = |at: usize| tokens.get(at).and_then(At::word);
    word(from) == Some("no") || from.checked_sub(1).is_some_and(|at| word(at) == Some("no"))
}

fn opposite(comparator: Comparator) -> Comparator {
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
fn sides(tokens: &[At], found: &Found) -> Option<usize> {
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
fn stated(tokens: &[At], found: &Found, last: Option<&Clause>) -> Option<(Comparator, usize)> {
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
fn share_after(tokens: &[At], from: usize) -> usize {
    let comma = matches!(tokens.get(from).map(|t| &t.token), Some(Token::Comma));
    let at = from + usize::from(comma);
    let end = SHARES
        .iter()
        .find_map(|words| matches_at(tokens, at, words));
    end.unwrap_or(from)
}

/// The comparison that ends where the number begins, and where it begins.
fn comparator_before(tokens: &[At], at: usize) -> Option<(Comparator, usize)> {
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
fn comparator_after(tokens: &[At], from: usize, bare: bool) -> (Option<Comparator>, usize) {
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

fn matches_at(tokens: &[At], from: usize, words: &str) -> Option<usize> {
    let words: Vec<&str> = words.split(' ').collect();
    let found = tokens.get(from..from + words.len())?;
    let same = found
        .iter()
        .map(At::word)
        .eq(words.iter().map(|w| Some(*w)));
    same.then_some(from + words.len())
}

/// Of "more than 10 but less than 20 mm" the first number has the second's unit.
fn borrowed_unit(tokens: &[At], from: usize) -> Option<Unit> {
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
fn spelled_range(tokens: &[At], found: &Found, last: Option<&Clause>) -> Option<Clause> {
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
fn lies_of(tokens: &[At], from: usize, to: usize) -> Lies {
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
fn measured(tokens: &[At], text: &str, found: &Found, _last: Option<&Clause>) -> Option<Clause> {
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

/// The name of a parameter and the tokens it takes up together with its number.
struct Named {
    name: Name,
    from: usize,
    to: usize,
    /// No word names it; it is called after its unit.
    generic: bool,
    inherited: bool,
}

impl Named {
    /// Takes over the name of the clause before, where only joining words and
    /// comparisons stand between and the units convert.
    fn take_over(&mut self, last: &Condition, unit: &Unit, tokens: &[At], from: usize, to: usize) {
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

fn name_of(
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
fn named(text: &str) -> Name {
    Name::new(text).unwrap_or_else(Name::unnamed)
}

/// The noun phrase before the comparison.
fn name_before(tokens: &[At], floor: usize, begin: usize) -> Option<(Name, usize)> {
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
fn adjective(word: &str, next: Option<&At>) -> bool {
    let next = next.and_then(At::word);
    PARTICIPLES.contains(&word) && next.is_some_and(|next| !PREPOSITIONS.contains(&next))
}

/// "… in length", "… of tungsten", "… tunable resonators".
fn name_after(tokens: &[At], to: usize, unit: &Unit, bare: bool) -> Option<(Name, usize)> {
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
fn singular(text: &str) -> String {
    let keeps = ["ss", "us", "is", "as", "ous"];
    if let Some(stem) = text.strip_suffix("ies") {
        return format!("{stem}y");
    }
    match text.strip_suffix('s') {
        Some(stem) if stem.len() > 3 && !keeps.iter().any(|k| text.ends_with(k)) => stem.to_owned(),
        _ => text.to_owned(),
    }
}

/// How two clauses are joined.
#[derive(Clone, Copy, PartialEq)]
enum Join {
    And,
    Or,
    /// By a comma only: as the next.
    Comma,
}

fn join_of(between: &[At]) -> Join {
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
fn assembled(text: &str, tokens: &[At], clauses: Vec<Clause>) -> Option<Predicate> {
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
fn flat(parts: Vec<Predicate>) -> Vec<Predicate> {
    parts
        .into_iter()
        .flat_map(|part| match part {
            Predicate::All(inner) => inner,
            other => vec![other],
        })
        .collect()
}

fn joins_between(tokens: &[At], clauses: &[Clause]) -> Vec<Join> {
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
fn with_measurements(clauses: Vec<Clause>) -> Vec<Clause> {
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
fn condition(tokens: &[At], clauses: &[Clause]) -> (Predicate, usize) {
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

fn bounded(tokens: &[At], first: &Clause, second: Option<&Clause>) -> Option<Predicate> {
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
fn covered(tokens: &[At], first: &Clause, second: &Clause) -> Option<Predicate> {
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
fn term(text: &str, tokens: &[At], from: usize, to: usize) -> Option<Predicate> {
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
