//! From text to predicate: recursive descent, bounded in size and depth.

use super::compare::is_empty;
use super::decimal::{Reading, read_number};
use super::{
    Bound, Comparator, Comparison, Lies, MAX_PREDICATE_BYTES, MAX_PREDICATE_DEPTH,
    MAX_PREDICATE_PARTS, Name, Predicate, PredicateError, Quantity, Range, Span, Subject, Unit,
};

/// Words that cannot stand in a name without quotation marks.
pub(super) const KEYWORDS: [&str; 12] = [
    "all", "any", "not", "term", "entry", "unread", "in", "overlaps", "covers", "is", "except",
    "unless",
];

type Parsed<T> = Result<T, PredicateError>;

/// Whether a name can stand without quotation marks, keywords apart.
pub(super) fn is_bare(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == ' ')
}

pub(super) fn predicate(text: &str) -> Parsed<Predicate> {
    let mut reader = Reader {
        text,
        at: 0,
        parts: 0,
    };
    if text.len() > MAX_PREDICATE_BYTES {
        return Err(reader.wrong(format!("longer than {MAX_PREDICATE_BYTES} bytes")));
    }
    let predicate = reader.excepted(0)?;
    reader.skip();
    if reader.at < text.len() {
        return Err(reader.wrong("something follows where the predicate ends"));
    }
    Ok(predicate)
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    parts: usize,
}

impl<'t> Reader<'t> {
    fn wrong(&self, what: impl Into<String>) -> PredicateError {
        let read = self.text.get(..self.at).unwrap_or(self.text);
        PredicateError {
            column: read.chars().count() + 1,
            what: what.into(),
        }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn skip(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn take(&mut self, sign: &str) -> bool {
        self.skip();
        let found = self.rest().starts_with(sign);
        if found {
            self.at += sign.len();
        }
        found
    }

    fn expect(&mut self, sign: &str) -> Parsed<()> {
        if self.take(sign) {
            Ok(())
        } else {
            Err(self.wrong(format!("'{sign}' is missing")))
        }
    }

    /// Takes a keyword that stands alone.
    fn word(&mut self, word: &str) -> bool {
        self.skip();
        let rest = self.rest().strip_prefix(word);
        let ends =
            |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '-');
        let found = rest.is_some_and(ends);
        if found {
            self.at += word.len();
        }
        found
    }

    /// A word that has an opening sign behind it.
    fn word_before(&mut self, word: &str, sign: char) -> bool {
        let before = self.at;
        if self.word(word) {
            self.skip();
            if self.rest().starts_with(sign) {
                return true;
            }
        }
        self.at = before;
        false
    }

    fn excepted(&mut self, depth: usize) -> Parsed<Predicate> {
        let first = self.clause(depth)?;
        let mut others = Vec::new();
        while self.word("except") || self.word("unless") {
            others.push(self.clause(depth)?);
        }
        if others.is_empty() {
            return Ok(first);
        }
        Ok(Predicate::Except(Box::new(first), others))
    }

    fn clause(&mut self, depth: usize) -> Parsed<Predicate> {
        self.parts += 1;
        if depth > MAX_PREDICATE_DEPTH {
            return Err(self.wrong(format!("nested deeper than {MAX_PREDICATE_DEPTH}")));
        }
        if self.parts > MAX_PREDICATE_PARTS {
            return Err(self.wrong(format!("more than {MAX_PREDICATE_PARTS} parts")));
        }
        if self.word_before("all", '(') {
            return Ok(Predicate::All(self.list(depth)?));
        }
        if self.word_before("any", '(') {
            return Ok(Predicate::Any(self.list(depth)?));
        }
        if self.word("not") {
            return Ok(Predicate::Not(Box::new(self.clause(depth + 1)?)));
        }
        for (word, build) in QUOTED {
            if self.word_before(word, '"') {
                return Ok(build(self.quoted()?));
            }
        }
        self.skip();
        if self.rest().starts_with('(') {
            self.expect("(")?;
            let inner = self.excepted(depth + 1)?;
            self.expect(")")?;
            return Ok(inner);
        }
        match self.count_of() {
            Some(count) => self.at_least(count, depth),
            None => self.comparison(),
        }
    }

    fn list(&mut self, depth: usize) -> Parsed<Vec<Predicate>> {
        self.expect("(")?;
        let mut parts = Vec::new();
        loop {
            parts.push(self.excepted(depth + 1)?);
            if !self.take(",") {
                break;
            }
            // A comma may stand after the last part.
            self.skip();
            if self.rest().starts_with(')') {
                break;
            }
        }
        self.expect(")")?;
        Ok(parts)
    }

    /// `2 of` before a bracket.
    fn count_of(&mut self) -> Option<u32> {
        let before = self.at;
        self.skip();
        let digits = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        let count = self.rest().get(..digits).and_then(|text| text.parse().ok());
        self.at += digits;
        if count.is_none() || !self.word_before("of", '(') {
            self.at = before;
            return None;
        }
        count
    }

    fn at_least(&mut self, count: u32, depth: usize) -> Parsed<Predicate> {
        let parts = self.list(depth)?;
        if count == 0 || parts.len() < count as usize {
            let text = format!("'{count} of' {} parts can never be asked", parts.len());
            return Err(self.wrong(text));
        }
        Ok(Predicate::AtLeast(count, parts))
    }

    fn quoted(&mut self) -> Parsed<String> {
        self.expect("\"")?;
        let mut text = String::new();
        let mut escaped = false;
        for (at, c) in self.rest().char_indices() {
            match c {
                _ if escaped => {
                    text.push(c);
                    escaped = false;
                }
                '\\' => escaped = true,
                '"' => {
                    self.at += at + 1;
                    return Ok(text);
                }
                c => text.push(c),
            }
        }
        Err(self.wrong("a quotation mark is not closed"))
    }

    fn name(&mut self) -> Parsed<Name> {
        self.skip();
        let text = if self.rest().starts_with('"') {
            self.quoted()?
        } else {
            self.bare_name().to_owned()
        };
        Name::new(&text).ok_or_else(|| self.wrong("the name of a parameter is missing"))
    }

    /// Words up to a sign or keyword.
    fn bare_name(&mut self) -> &'t str {
        let from = self.at;
        loop {
            self.skip();
            let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
            let rest = self.rest();
            let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            let word = rest.get(..end).unwrap_or("");
            if word.is_empty() || KEYWORDS.contains(&word) {
                return self.text.get(from..self.at).unwrap_or("");
            }
            self.at += end;
        }
    }

    fn comparison(&mut self) -> Parsed<Predicate> {
        let first = self.name()?;
        let mut rest = Vec::new();
        loop {
            let multiply = self.take("*");
            if !multiply && !self.take("/") {
                break;
            }
            rest.push((multiply, self.name()?));
        }
        for (word, lies) in [
            ("in", Lies::In),
            ("overlaps", Lies::Overlaps),
            ("covers", Lies::Covers),
        ] {
            if rest.is_empty() && self.word(word) {
                return self.range(first, lies);
            }
        }
        if rest.is_empty() && self.word("is") {
            self.skip();
            return Ok(Predicate::Is(first, self.quoted()?));
        }
        let comparator = self.comparator()?;
        let threshold = self.quantity()?;
        Ok(Predicate::Compare(Comparison {
            subject: Subject { first, rest },
            comparator,
            threshold,
        }))
    }

    fn comparator(&mut self) -> Parsed<Comparator> {
        for (sign, comparator) in [
            ("<=", Comparator::AtMost),
            ("≤", Comparator::AtMost),
            (">=", Comparator::AtLeast),
            ("≥", Comparator::AtLeast),
            ("<", Comparator::Less),
            (">", Comparator::More),
            ("=", Comparator::Equal),
        ] {
            if self.take(sign) {
                return Ok(comparator);
            }
        }
        Err(self.wrong("a comparison (<, <=, >, >=, =, in, overlaps, covers, is) is missing"))
    }

    fn range(&mut self, name: Name, lies: Lies) -> Parsed<Predicate> {
        let low_inclusive = self.take("[");
        if !low_inclusive {
            self.expect("(")?;
        }
        self.skip();
        let low = if self.rest().starts_with("..") {
            None
        } else {
            Some(self.quantity()?)
        };
        self.expect("..")?;
        self.skip();
        let high = if self.rest().starts_with([']', ')']) {
            None
        } else {
            Some(self.quantity()?)
        };
        let high_inclusive = self.take("]");
        if !high_inclusive {
            self.expect(")")?;
        }
        let bound = |at: Option<Quantity>, inclusive| at.map(|at| Bound { at, inclusive });
        let range = Range {
            name,
            lies,
            low: bound(low, low_inclusive),
            high: bound(high, high_inclusive),
        };
        self.sound(&range, low_inclusive, high_inclusive)?;
        Ok(Predicate::Within(range))
    }

    fn sound(&self, range: &Range, low_inclusive: bool, high_inclusive: bool) -> Parsed<()> {
        let open_but_square =
            (range.low.is_none() && low_inclusive) || (range.high.is_none() && high_inclusive);
        if open_but_square {
            return Err(self.wrong("an open end has a round bracket"));
        }
        match (&range.low, &range.high) {
            (None, None) => Err(self.wrong("a range has at least one end")),
            (Some(low), Some(high)) => {
                let unit = &high.at.unit;
                let from = low
                    .at
                    .unit
                    .to_base_of(low.at.value, unit)
                    .map_err(|error| self.wrong(error.to_string()))?;
                let span = Span {
                    low: from,
                    low_inclusive,
                    high: unit.to_base(high.at.value),
                    high_inclusive,
                };
                if is_empty(&span) {
                    return Err(self.wrong("there is nothing in this range"));
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// A number and its unit. A unit ends at a comma, an unopened bracket,
    /// `..`, `except` or `unless`.
    fn quantity(&mut self) -> Parsed<Quantity> {
        self.skip();
        let rest = self.rest();
        let end = quantity_end(rest);
        let text = rest.get(..end).unwrap_or("");
        let split = number_end(text);
        let (number, unit) = text.split_at(split);
        let value = match read_number(number) {
            Some(Reading::Exact(value)) => value,
            Some(Reading::Either(..)) => {
                let text = format!(
                    "'{}' may be a thousand or a decimal: leave the comma out or write a point",
                    number.trim()
                );
                return Err(self.wrong(text));
            }
            None => return Err(self.wrong(format!("'{}' is not a number", text.trim()))),
        };
        let unit = Unit::parse(unit.trim()).map_err(|error| self.wrong(error.to_string()))?;
        self.at += end;
        Ok(Quantity { value, unit })
    }
}

type Build = fn(String) -> Predicate;
const QUOTED: [(&str, Build); 3] = [
    ("term", Predicate::Term),
    ("entry", Predicate::Entry),
    ("unread", Predicate::Unread),
];

/// Where a quantity ends: see [`Reader::quantity`].
fn quantity_end(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        let rest = &text[at..];
        let next = rest[c.len_utf8()..].chars().next().unwrap_or(' ');
        let ends = match c {
            '(' => {
                depth += 1;
                false
            }
            ')' if depth > 0 => {
                depth -= 1;
                false
            }
            ')' | ']' => true,
            // A comma between digits is a mark of the number.
            ',' => !(before.is_ascii_digit() && next.is_ascii_digit()),
            '.' => rest.starts_with(".."),
            'e' | 'u' => before == ' ' && (is_word(rest, "except") || is_word(rest, "unless")),
            _ => false,
        };
        if ends {
            return at;
        }
        before = if c.is_whitespace() { ' ' } else { c };
    }
    text.len()
}

fn is_word(text: &str, word: &str) -> bool {
    text.strip_prefix(word)
        .is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
}

/// Where the number of a quantity ends and its unit starts.
fn number_end(text: &str) -> usize {
    let is_number = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+' | '−' | '\'');
    let mut end = 0;
    for (at, c) in text.char_indices() {
        if is_number(c) {
            end = at + c.len_utf8();
        } else if matches!(c, 'e' | 'E') && at == end && end > 0 {
            let tail = text[at + 1..].trim_start_matches(['-', '+']);
            if !tail.starts_with(|c: char| c.is_ascii_digit()) {
                break;
            }
        } else if c.is_whitespace() {
            // `1 367`: a space between groups of three digits.
            let tail = &text[at + c.len_utf8()..];
            let digits = tail.bytes().take_while(u8::is_ascii_digit).count();
            if digits != 3 || at != end {
                break;
            }
        } else {
            break;
        }
    }
    end
}
