//! From text to tokens: words, signs, and numbers with their units.

use super::Marks;
use crate::predicate::{Reading, Unit, read_number};

/// One piece of a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A word, in lower case, quotation marks dropped.
    Word(String),
    /// A number; its unit where one follows.
    Number {
        value: f64,
        unit: Option<Unit>,
        /// `±` stands before it.
        both: bool,
    },
    /// `,`
    Comma,
    /// `;` or `:`
    Stop,
}

/// A token and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct At {
    pub token: Token,
    pub from: usize,
    pub to: usize,
    /// A number that a dash joins to the one before it.
    pub dashed: bool,
}

impl At {
    pub(super) fn word(&self) -> Option<&str> {
        match &self.token {
            Token::Word(word) => Some(word),
            _ => None,
        }
    }

    pub(super) fn is_quantity(&self) -> bool {
        matches!(self.token, Token::Number { .. })
    }
}

/// The text as it is scanned: brackets that only repeat a value or explain a
/// word are dropped, units drawn together.
pub(super) fn cleaned(text: &str) -> String {
    let mut text = text
        .replace(
            [
                '“', '”', '"', '‘', '’', '\u{a0}', '\u{2009}', '\u{202f}', '`',
            ],
            " ",
        )
        .replace("''", " ")
        .replace(" '", " ")
        .replace("' ", " ")
        .replace("°  C", "°C")
        .replace("° C", "°C")
        .replace("º C", "°C")
        .replace(" (Si)", "(Si)")
        .replace(" (silicon)", "(Si)")
        .replace("(silicon)", "(Si)");
    for unit in ["cm", "mm", "m", "km", "µm"] {
        for power in ["2", "3"] {
            // `n/cm 2` and `400 cm 3`: the raised digit was set apart.
            text = text
                .replace(&format!("/{unit} {power}"), &format!("/{unit}{power}"))
                .replace(&format!("0 {unit} {power}"), &format!("0 {unit}{power}"));
        }
    }
    let text = joined_powers(&unbracketed(&text));
    // `8.5 m3 /h`: a quotient set apart.
    ["h", "s", "min", "kg", "W", "g", "hr"]
        .iter()
        .fold(text, |text, unit| {
            text.replace(&format!("3 /{unit} "), &format!("3/{unit} "))
                .replace(&format!("3 /{unit};"), &format!("3/{unit};"))
                .replace(&format!("2 /{unit} "), &format!("2/{unit} "))
                .replace(&format!("3 /{unit},"), &format!("3/{unit},"))
        })
}

/// `1 m 2`, `5 cm 3`: a raised digit set apart behind a unit of length.
fn joined_powers(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut result: Vec<String> = Vec::with_capacity(words.len());
    let mut skip = false;
    for (at, word) in words.iter().enumerate() {
        if skip {
            skip = false;
            continue;
        }
        let bare = |w: &str| w.trim_end_matches([',', ';', '.', ':']).to_owned();
        let next = words.get(at + 1).map(|w| bare(w));
        let length = matches!(*word, "m" | "cm" | "mm" | "µm" | "km")
            || ["/m", "/cm", "/mm", "/M"]
                .iter()
                .any(|end| word.ends_with(end));
        let raised = matches!(next.as_deref(), Some("2" | "3" | "²" | "³"));
        // `below 10 5 Pa`: a raised digit set apart behind a ten.
        let unit_follows = words.get(at + 2).is_some_and(|w| {
            Unit::parse(bare(w).as_str()).is_ok_and(|u| !u.is_none())
                && !NOT_UNITS.contains(&bare(w).as_str())
        });
        let small = next
            .as_deref()
            .is_some_and(|n| n.len() <= 2 && n.bytes().all(|b| b.is_ascii_digit()));
        if *word == "10" && small && unit_follows {
            result.push(format!("10^{}", words[at + 1]));
            skip = true;
            continue;
        }
        let numbered = at > 0 && words[at - 1].ends_with(|c: char| c.is_ascii_digit());
        if length && raised && (numbered || word.contains('/')) {
            result.push(format!("{}{}", word.replace("/M", "/m"), words[at + 1]));
            skip = true;
        } else {
            result.push((*word).to_owned());
        }
    }
    result.join(" ")
}

/// Brackets dropped, but those of a unit and those that exclude.
fn unbracketed(text: &str) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('(') {
        let (before, after) = rest.split_at(at);
        let Some(end) = closing(after) else {
            break;
        };
        let inner = &after[1..end];
        let tail = &after[end + 1..];
        result.push_str(before);
        let lower = inner.trim().to_lowercase();
        let excludes = super::words::EXCLUSIONS
            .iter()
            .any(|w| lower.starts_with(w));
        let of_unit = lower == "si" || before.ends_with(['/', '-', '−']);
        if excludes || (compares(&lower) && !repeats(before)) {
            result.push_str(", ");
            result.push_str(inner);
            result.push_str(", ");
        } else if of_unit {
            result.push('(');
            result.push_str(inner);
            result.push(')');
        } else {
            result.push(' ');
        }
        rest = tail;
    }
    result.push_str(rest);
    result
}

/// Whether a bracket follows a value, which it can only say once more.
fn repeats(before: &str) -> bool {
    let mut words = before.split_whitespace().rev();
    let (Some(unit), Some(number)) = (words.next(), words.next()) else {
        return false;
    };
    let is_unit = Unit::parse(unit).is_ok() && !NOT_UNITS.contains(&unit);
    is_unit && number.ends_with(|c: char| c.is_ascii_digit())
}

/// Whether a bracket states a condition of its own, rather than a value once more.
fn compares(inner: &str) -> bool {
    let explains = ["i.e", "e.g", "see ", "better", "or ", "n ", "note"];
    let has = |words: &str| {
        inner.contains(&format!(" {words} ")) || inner.starts_with(&format!("{words} "))
    };
    !explains.iter().any(|word| inner.starts_with(word))
        && !inner.contains("log")
        && super::words::BEFORE
            .iter()
            .any(|(words, _)| words.len() > 4 && has(words))
        && inner.contains(|c: char| c.is_ascii_digit())
}

fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// Tokens of a cleaned text.
pub(super) fn scan(text: &str, marks: Marks) -> Vec<At> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let Some(c) = rest.chars().next() else {
            break;
        };
        let from = at;
        if let Some((token, length)) = number(rest, tokens.last(), marks) {
            at += length;
            let dashed = rest.starts_with(['-', '−', '–']);
            tokens.push(At {
                token,
                from,
                to: at,
                dashed,
            });
            continue;
        }
        at += c.len_utf8();
        let token = match c {
            ',' => Token::Comma,
            ';' | ':' => Token::Stop,
            '≥' | '≤' | '<' | '>' => Token::Word(c.to_string()),
            '×' => Token::Word("x".to_owned()),
            c if c.is_alphanumeric() => {
                let length = word_length(rest);
                at = from + length;
                let word = rest[..length].to_lowercase();
                match spelled(&word).filter(|_| compared(&tokens)) {
                    Some(value) => {
                        let (unit, longer) = unit_after(&text[at..]);
                        at += longer;
                        Token::Number {
                            value,
                            unit,
                            both: false,
                        }
                    }
                    None => Token::Word(word),
                }
            }
            _ => continue,
        };
        tokens.push(At {
            token,
            from,
            to: at,
            dashed: false,
        });
    }
    tokens
}

/// A number in words.
fn spelled(word: &str) -> Option<f64> {
    let words = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve",
    ];
    let tens = [
        "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
    ];
    if let Some((ten, one)) = word.split_once('-') {
        let ten = tens.iter().position(|known| *known == ten)?;
        let one = words.iter().take(9).position(|known| *known == one)?;
        return Some((ten as f64 + 2.0) * 10.0 + one as f64 + 1.0);
    }
    if let Some(ten) = tens.iter().position(|known| *known == word) {
        return Some((ten as f64 + 2.0) * 10.0);
    }
    let at = words.iter().position(|known| *known == word)?;
    Some(at as f64 + 1.0)
}

/// Whether the last word compares: "more than", "exceeding".
fn compared(tokens: &[At]) -> bool {
    let last = tokens.last().and_then(At::word);
    matches!(last, Some("than" | "exceeding" | "least" | "most" | "to"))
}

/// A word with its inner hyphens, points and apostrophes: `pre-preg`, `3A001.a.2`.
fn word_length(text: &str) -> usize {
    let inner = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '\'' | '/' | '*');
    let end = text.find(|c| !inner(c)).unwrap_or(text.len());
    text[..end]
        .trim_end_matches(['.', '-', '\'', '/'])
        .len()
        .max(1)
}

/// A number at the beginning, its power of ten and its unit.
fn number(text: &str, before: Option<&At>, marks: Marks) -> Option<(Token, usize)> {
    let (both, unsigned) = match text.strip_prefix('±') {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text),
    };
    let signed = unsigned.strip_prefix(['-', '−', '–', '+']);
    let digits = signed.unwrap_or(unsigned);
    let digit = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    let starts = digit(digits) || digits.strip_prefix('.').is_some_and(digit);
    if !starts {
        return None;
    }
    // A sign between two numbers is a dash.
    let dash =
        signed.is_some() && before.is_some_and(|b| b.is_quantity()) && !unsigned.starts_with('+');
    let negative = signed.is_some() && !unsigned.starts_with('+') && !dash;
    let body = text.len() - digits.len();
    let (mantissa, length) = match digits.strip_prefix("10^") {
        Some(_) => ("1".to_owned(), 0),
        None => mantissa(digits, marks)?,
    };
    let (power, longer) = if length == 0 {
        raised(digits)?
    } else {
        power(&digits[length..])
    };
    let end = body + length + longer;
    let value: f64 = format!("{mantissa}e{power}").parse().ok()?;
    let value = if negative { -value } else { value };
    let (unit, unit_length) = unit_after(&text[end..]);
    // `3A001`, `2n`, `4-bit-wide`: a word that begins with a digit.
    let glued = text[end + unit_length..].starts_with(|c: char| c.is_alphanumeric());
    if glued && unit.is_none() {
        return None;
    }
    let token = Token::Number { value, unit, both };
    Some((token, end + unit_length))
}

/// The digits of a number as plain decimal text, and how long they are.
fn mantissa(text: &str, marks: Marks) -> Option<(String, usize)> {
    let mut end = 0;
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let group = |at: usize| digit(at) && digit(at + 1) && digit(at + 2) && !digit(at + 3);
    while end < bytes.len() {
        let joins = match bytes[end] {
            b'0'..=b'9' => true,
            b'.' => digit(end + 1),
            b',' => digit(end + 1) && (marks == Marks::Comma || group(end + 1)),
            b' ' => marks == Marks::Comma && end <= 3 && group(end + 1),
            _ => false,
        };
        if !joins {
            break;
        }
        end += 1;
    }
    let digits = &text[..end];
    let plain = match marks {
        Marks::Point => digits.replace(',', ""),
        Marks::Comma => digits.replace(' ', "").replace(',', "."),
    };
    match read_number(&plain)? {
        Reading::Exact(value) => Some((format!("{value}"), end)),
        Reading::Either(..) => None,
    }
}

/// ` × 10^6` or ` million`, and how long it is.
fn power(text: &str) -> (i32, usize) {
    for (word, power) in [(" million", 6), (" billion", 9)] {
        if text.starts_with(word) {
            return (power, word.len());
        }
    }
    let trimmed = text.trim_start();
    let rest = trimmed.strip_prefix(['×', 'x', 'X', '·', '*']);
    let found = rest.and_then(|rest| {
        let (power, length) = raised(rest.trim_start())?;
        Some((power, text.len() - rest.trim_start().len() + length))
    });
    found.unwrap_or((0, 0))
}

/// `10^6` at the beginning, and how long it is.
fn raised(text: &str) -> Option<(i32, usize)> {
    let rest = text.strip_prefix("10^")?;
    let sign = rest.strip_prefix(['-', '−', '–']);
    let digits = sign.unwrap_or(rest);
    let length = digits.bytes().take_while(u8::is_ascii_digit).count();
    let power: i32 = digits[..length].parse().ok().filter(|p| *p <= 300)?;
    let power = if sign.is_some() { -power } else { power };
    Some((power, text.len() - digits.len() + length))
}

/// Letters that are units elsewhere but in running text are not.
const NOT_UNITS: &[&str] = &[
    "in", "d", "n", "r", "b", "a", "of", "at", "G", "day", "year", "month", "x", "H", "P", "E",
    "D", "B", "C", "S", "lp", "octave", "F",
];

/// Units of more than one word.
const PHRASES: &[&str] = &[
    "Giga Samples Per Second",
    "Mega Samples Per Second",
    "samples per second",
    "seconds of arc",
    "second of arc",
    "minutes of arc",
    "arc seconds",
    "arc second",
    "degrees Celsius",
    "nautical miles",
    "per cent",
    "weighted teraflops",
    "metres per second",
    "meters per second",
    "degrees per second",
    "degree per hour",
    "degrees per hour",
    "feet per second",
    "kW GHz",
    "ohm cm",
    "ohms cm",
    "N m",
];

/// The unit that follows a number, and how long it is.
fn unit_after(text: &str) -> (Option<Unit>, usize) {
    let gap = text.len() - text.trim_start_matches([' ', '-']).len();
    if gap > 1 {
        return (None, 0);
    }
    let rest = &text[gap..];
    for phrase in PHRASES {
        let same = rest
            .get(..phrase.len())
            .is_some_and(|t| t.eq_ignore_ascii_case(phrase));
        if same && let Ok(unit) = Unit::parse(phrase) {
            return (Some(unit), gap + phrase.len());
        }
    }
    let ends = |c: char| {
        c.is_whitespace() || matches!(c, ',' | ';' | ':' | '[' | '≤' | '≥' | '<' | '>' | '–' | '—')
    };
    let length = rest.find(ends).unwrap_or(rest.len());
    let word = rest[..length].trim_end_matches(['.', '-']);
    if word.is_empty() || NOT_UNITS.contains(&word) || word.contains('(') && !word.contains("(Si") {
        return (None, 0);
    }
    if matches!(word, "Db" | "db")
        && let Ok(unit) = Unit::parse("dB")
    {
        return (Some(unit), gap + word.len());
    }
    if let Some((unit, longer)) = per(rest, word) {
        return (Some(unit), gap + longer);
    }
    for cut in [word, word.split('-').next().unwrap_or(word)] {
        if let Ok(unit) = Unit::parse(cut)
            && !unit.is_none()
            && !cut.starts_with(|c: char| c.is_ascii_digit())
        {
            return (Some(unit), gap + cut.len());
        }
    }
    (None, 0)
}

/// `500 kJ per minute`.
fn per(rest: &str, word: &str) -> Option<(Unit, usize)> {
    let behind = &rest[word.len()..];
    // "250 g of fluorine per hour": the substance stands between.
    let direct = behind.strip_prefix(" per ");
    let (tail, skipped) = match direct {
        Some(tail) => (tail, 0),
        None => {
            let (substance, tail) = behind.strip_prefix(" of ")?.split_once(" per ")?;
            let one_word = substance.chars().all(char::is_alphabetic);
            one_word.then_some((tail, " of ".len() + substance.len()))?
        }
    };
    let end = tail
        .find(|c: char| !c.is_alphabetic())
        .unwrap_or(tail.len());
    let below = &tail[..end];
    if Unit::parse(below).is_err() || Unit::parse(word).is_err() || NOT_UNITS.contains(&below) {
        return None;
    }
    let unit = Unit::parse(&format!("{word}/{below}")).ok()?;
    Some((unit, word.len() + skipped + " per ".len() + end))
}
