//! The text form of a predicate.

use super::{
    Bound, Comparison, Name, Predicate, Quantity, Range, Subject,
    parse::{KEYWORDS, is_bare},
};
use std::fmt;

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keyword = self.0.split(' ').any(|word| KEYWORDS.contains(&word));
        if is_bare(&self.0) && !keyword {
            f.write_str(&self.0)
        } else {
            write!(f, "\"{}\"", self.0)
        }
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_number(self.value, f)?;
        if self.unit.is_none() {
            return Ok(());
        }
        write!(f, " {}", self.unit)
    }
}

/// The shortest decimal that reads back as the same number.
fn write_number(value: f64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let magnitude = value.abs();
    if magnitude != 0.0 && !(1e-4..1e7).contains(&magnitude) {
        write!(f, "{value:e}")
    } else {
        write!(f, "{value}")
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.first)?;
        for (multiply, name) in &self.rest {
            write!(f, " {} {name}", if *multiply { '*' } else { '/' })?;
        }
        Ok(())
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = self.comparator.as_str();
        write!(f, "{} {sign} {}", self.subject, self.threshold)
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ", self.name, self.lies.as_str())?;
        f.write_str(&self.span())
    }
}

impl Range {
    /// The range alone: `(6.8 GHz .. 8.5 GHz]`.
    pub(crate) fn span(&self) -> String {
        let inclusive = |bound: &Option<Bound>| bound.as_ref().is_some_and(|b| b.inclusive);
        let at = |bound: &Option<Bound>| bound.as_ref().map_or(String::new(), |b| b.at.to_string());
        let open = if inclusive(&self.low) { '[' } else { '(' };
        let close = if inclusive(&self.high) { ']' } else { ')' };
        let text = format!("{} .. {}", at(&self.low), at(&self.high));
        format!("{open}{}{close}", text.trim())
    }
}

impl fmt::Display for Predicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Predicate::All(parts) => group(f, "all", parts),
            Predicate::Any(parts) => group(f, "any", parts),
            Predicate::AtLeast(count, parts) => group(f, &format!("{count} of "), parts),
            Predicate::Not(part) => write!(f, "not({part})"),
            Predicate::Except(part, others) => {
                write_part(f, part)?;
                for other in others {
                    f.write_str(" except ")?;
                    write_part(f, other)?;
                }
                Ok(())
            }
            Predicate::Compare(comparison) => write!(f, "{comparison}"),
            Predicate::Within(range) => write!(f, "{range}"),
            Predicate::Is(name, word) => {
                write!(f, "{name} is ")?;
                quoted(f, word)
            }
            Predicate::Term(text) => {
                f.write_str("term ")?;
                quoted(f, text)
            }
            Predicate::Entry(code) => {
                f.write_str("entry ")?;
                quoted(f, code)
            }
            Predicate::Unread(text) => {
                f.write_str("unread ")?;
                quoted(f, text)
            }
        }
    }
}

/// A part beside `except`: one that has an `except` itself stands in brackets.
fn write_part(f: &mut fmt::Formatter<'_>, part: &Predicate) -> fmt::Result {
    if matches!(part, Predicate::Except(..)) {
        write!(f, "({part})")
    } else {
        write!(f, "{part}")
    }
}

fn group(f: &mut fmt::Formatter<'_>, word: &str, parts: &[Predicate]) -> fmt::Result {
    write!(f, "{word}(")?;
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            f.write_str(", ")?;
        }
        write!(f, "{part}")?;
    }
    f.write_str(")")
}

fn quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
    write!(f, "\"{escaped}\"")
}
