//! One line of an entry: for this reason, for these paragraphs, to these places.

use crate::eccn::Paragraph;
use crate::predicate::Predicate;
use portcullis_domain::Truth;

/// Where a requirement holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Where the country chart has a mark in this column.
    Column(u8),
    /// In the destinations of this set.
    Set(u16),
    /// Wherever the rule that carries it applies.
    Here,
}

/// A requirement of an entry of the control list, or of a footnote of the chart.
#[derive(Clone, Debug)]
pub(crate) struct Requirement {
    /// Reason for control (`NS`), or chart column (`NS2`), as shown.
    pub(crate) label: String,
    /// Reason for control without the column (`NS`).
    pub(crate) reason: String,
    /// Where it holds.
    pub(crate) place: Place,
    /// The paragraphs for which it holds; none = the entire entry.
    pub(crate) only: Vec<Paragraph>,
    /// The paragraphs for which it does not hold.
    pub(crate) except: Vec<Paragraph>,
    /// Whether the entry adds a condition that a code cannot show.
    pub(crate) prose: bool,
    /// That condition, over parameters and what persons answer.
    pub(crate) condition: Option<Predicate>,
}

impl Requirement {
    /// Whether the requirement is for the declared paragraph. A condition in
    /// words leaves it unknown unless the paragraphs alone rule it out.
    pub(crate) fn scope(&self, declared: &Paragraph) -> Truth {
        let by_paragraph = self.by_paragraph(declared);
        if self.prose {
            by_paragraph.and(Truth::Unknown)
        } else {
            by_paragraph
        }
    }

    /// Whether the paragraphs of the requirement take in the declared one.
    pub(crate) fn by_paragraph(&self, declared: &Paragraph) -> Truth {
        let only = if self.only.is_empty() {
            Truth::True
        } else {
            declared.among(&self.only)
        };
        only.and(!declared.among(&self.except))
    }
}

/// Reads paragraphs separated by spaces; the error names the one that is none.
pub(crate) fn paragraphs(text: &str) -> Result<Vec<Paragraph>, String> {
    let read =
        |word: &str| Paragraph::parse(word).ok_or_else(|| format!("'{word}' is not a paragraph"));
    text.split_whitespace().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn requirement(only: &str, except: &str, prose: bool) -> Requirement {
        Requirement {
            label: "NS2".to_owned(),
            reason: "NS".to_owned(),
            place: Place::Column(0),
            only: paragraphs(only).unwrap(),
            except: paragraphs(except).unwrap(),
            prose,
            condition: None,
        }
    }

    #[test]
    fn words_are_never_silently_cleared() {
        let declared = |text: &str| Paragraph::parse(text).unwrap();
        let cases = [
            ("", "", false, "a", Truth::True),
            ("", "", true, "a", Truth::Unknown),
            ("b.2", "", true, "b.2", Truth::Unknown),
            ("b.2", "", true, "a", Truth::False),
            ("", "y", false, "y.1", Truth::False),
            ("", "y", false, "a", Truth::True),
            ("", "y", false, "", Truth::Unknown),
            ("b", "b.5", false, "b.5", Truth::False),
            ("b", "b.5", false, "b.1", Truth::True),
            ("b", "b.5", false, "b", Truth::Unknown),
        ];
        for (only, except, prose, paragraph, expected) in cases {
            let scope = requirement(only, except, prose).scope(&declared(paragraph));
            assert_eq!(scope, expected, "{only}/{except}/{prose}: {paragraph}");
        }
    }
}
