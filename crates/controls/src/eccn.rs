//! Control entry numbers as declared: `3A001.a.5`, `5a992C`, `EAR99`.

use portcullis_domain::Truth;
use std::fmt;

/// Deepest paragraph that is read; deeper ones are refused as malformed.
const MAX_DEPTH: usize = 8;
const FIRST_NUMBER: u8 = 100;

/// A paragraph inside an entry: `a.5.a`. Letters are 1 to 26, numbers 100 to 199.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Paragraph {
    parts: [u8; MAX_DEPTH],
    depth: u8,
}

/// How one paragraph lies to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lies {
    /// The same or below it.
    Within,
    /// Above it: the declared paragraph is less exact.
    Above,
    /// Elsewhere.
    Apart,
}

impl Paragraph {
    /// Reads `a.5.a`, `A5A`, `a.5a`; `None` if it is anything else or too deep.
    pub(crate) fn parse(text: &str) -> Option<Paragraph> {
        let mut paragraph = Paragraph::default();
        let mut rest = text.as_bytes();
        while let [first, tail @ ..] = rest {
            rest = tail;
            let part = match first {
                b'.' | b' ' | b'-' | b'(' | b')' => continue,
                letter if letter.is_ascii_alphabetic() => letter.to_ascii_lowercase() - b'a' + 1,
                digit if digit.is_ascii_digit() => {
                    let mut number = digit - b'0';
                    if let [second, tail @ ..] = rest
                        && second.is_ascii_digit()
                    {
                        number = number * 10 + (second - b'0');
                        rest = tail;
                    }
                    if rest.first().is_some_and(u8::is_ascii_digit) {
                        return None;
                    }
                    FIRST_NUMBER + number
                }
                _ => return None,
            };
            *paragraph.parts.get_mut(usize::from(paragraph.depth))? = part;
            paragraph.depth += 1;
        }
        Some(paragraph)
    }

    /// How this paragraph lies to another of the same entry.
    pub(crate) fn lies_to(&self, other: &Paragraph) -> Lies {
        let common = self.depth.min(other.depth);
        if self.parts[..usize::from(common)] != other.parts[..usize::from(common)] {
            Lies::Apart
        } else if self.depth >= other.depth {
            Lies::Within
        } else {
            Lies::Above
        }
    }

    /// Whether this paragraph is one of the listed; unknown where it is not exact enough.
    pub(crate) fn among(&self, listed: &[Paragraph]) -> Truth {
        let one = |other: &Paragraph| match self.lies_to(other) {
            Lies::Within => Truth::True,
            Lies::Above => Truth::Unknown,
            Lies::Apart => Truth::False,
        };
        listed.iter().map(one).fold(Truth::False, Truth::or)
    }
}

impl fmt::Display for Paragraph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.parts[..usize::from(self.depth)] {
            match part.checked_sub(FIRST_NUMBER) {
                Some(number) => write!(f, ".{number}")?,
                None => write!(f, ".{}", char::from(b'a' + part.saturating_sub(1)))?,
            }
        }
        Ok(())
    }
}

/// A declared US or EU control number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Declared {
    /// Subject, but on no list (`EAR99`).
    Unlisted,
    /// An entry and the paragraph within it.
    Entry(EntryNumber, Paragraph),
    /// Neither.
    Malformed,
}

/// The five characters of an entry: category, product group, number (`3A001`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct EntryNumber([u8; 5]);

impl EntryNumber {
    /// Reads exactly five characters such as `3A001`.
    pub(crate) fn parse(text: &str) -> Option<EntryNumber> {
        let bytes: [u8; 5] = text.to_ascii_uppercase().as_bytes().try_into().ok()?;
        let [category, group, number @ ..] = bytes;
        let shaped = category.is_ascii_digit()
            && (b'A'..=b'E').contains(&group)
            && number.iter().all(u8::is_ascii_digit);
        shaped.then_some(EntryNumber(bytes))
    }

    /// Its five characters.
    pub(crate) fn bytes(&self) -> [u8; 5] {
        self.0
    }

    /// Category digit.
    pub(crate) fn category(&self) -> char {
        char::from(self.0[0])
    }

    /// Product group letter.
    pub(crate) fn group(&self) -> char {
        char::from(self.0[1])
    }

    /// First of the three digits, which names the regime it comes from.
    pub(crate) fn regime(&self) -> char {
        char::from(self.0[2])
    }

    /// Software or technology: no tariff code need be declared.
    pub(crate) fn is_intangible(&self) -> bool {
        matches!(self.0[1], b'D' | b'E')
    }
}

impl fmt::Display for EntryNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.0).unwrap_or("?????"))
    }
}

impl Declared {
    /// Reads a number in any case, with or without dots.
    pub(crate) fn parse(text: &str) -> Declared {
        let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        if compact.eq_ignore_ascii_case("EAR99") {
            return Declared::Unlisted;
        }
        let Some((head, tail)) = compact.split_at_checked(5) else {
            return Declared::Malformed;
        };
        match (EntryNumber::parse(head), Paragraph::parse(tail)) {
            (Some(entry), Some(paragraph)) => Declared::Entry(entry, paragraph),
            _ => Declared::Malformed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_traders_write() {
        for (text, expected) in [
            ("3A001.a.5", "3A001.a.5"),
            ("3a001 A.5.a", "3A001.a.5.a"),
            ("5A992c", "5A992.c"),
            ("5A992.C", "5A992.c"),
            ("1C351.d.15", "1C351.d.15"),
            ("3A001A5A", "3A001.a.5.a"),
            ("3A001", "3A001"),
        ] {
            let Declared::Entry(entry, paragraph) = Declared::parse(text) else {
                panic!("{text} was not read");
            };
            assert_eq!(format!("{entry}{paragraph}"), expected);
        }
        assert_eq!(Declared::parse(" ear 99 "), Declared::Unlisted);
        for bad in [
            "",
            "3A",
            "3F001",
            "XI(b)",
            "3A001.é",
            "3A001.a.123",
            "３A001",
            "3A001.a.b.c.d.e.f.g.h.i",
        ] {
            assert_eq!(Declared::parse(bad), Declared::Malformed, "{bad}");
        }
    }

    #[test]
    fn a_less_exact_paragraph_is_unknown() {
        let listed = [Paragraph::parse("b.2").unwrap()];
        for (declared, expected) in [
            ("b.2", Truth::True),
            ("b.2.a", Truth::True),
            ("b", Truth::Unknown),
            ("", Truth::Unknown),
            ("b.3", Truth::False),
            ("b.20", Truth::False),
        ] {
            let declared_paragraph = Paragraph::parse(declared).unwrap();
            assert_eq!(declared_paragraph.among(&listed), expected, "{declared}");
        }
    }
}
