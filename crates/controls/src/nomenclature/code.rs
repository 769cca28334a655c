//! Whether a declared code can be right at all: truncated, outdated, unknown.

use super::{Concordance, Nomenclature};

/// What is wrong with a code, whatever the goods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodeState {
    /// It is a code of an active nomenclature.
    Known,
    /// It is known to as many digits as are listed here, and not further: a
    /// national subdivision that no active nomenclature has.
    KnownTo(String),
    /// Something other than digits stands in it.
    NotDigits,
    /// It stops before the sixth digit; or it lost a leading zero, and the
    /// codes that may be meant are listed.
    Truncated {
        /// Six-digit codes that it may stand for: the first of them, in order.
        candidates: Vec<String>,
        /// How many there are in all.
        of: usize,
    },
    /// It was a code of an earlier edition and is none of the present one.
    Outdated {
        /// The last edition that had it.
        year: u16,
        /// What it became.
        successors: Vec<String>,
    },
    /// No nomenclature or edition at hand has it.
    NonExistent {
        /// The longest beginning that exists; may be empty.
        known_to: String,
    },
}

/// A declared code against the nomenclatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeFinding {
    /// The digits of the code.
    pub code: String,
    /// What there is to say.
    pub state: CodeState,
}

impl CodeFinding {
    /// The state as a word: `known`, `known-in-part`, `not-digits`, `truncated`,
    /// `outdated`, `non-existent`.
    pub fn word(&self) -> &'static str {
        match &self.state {
            CodeState::Known => "known",
            CodeState::KnownTo(_) => "known-in-part",
            CodeState::NotDigits => "not-digits",
            CodeState::Truncated { .. } => "truncated",
            CodeState::Outdated { .. } => "outdated",
            CodeState::NonExistent { .. } => "non-existent",
        }
    }

    /// The state as a sentence.
    pub fn text(&self) -> String {
        let code = &self.code;
        match &self.state {
            CodeState::Known => format!("{code} is a code in force."),
            CodeState::KnownTo(known) => format!(
                "{code} is known to {known}; no imported nomenclature has the digits after it."
            ),
            CodeState::NotDigits => format!("'{code}' is not made of digits."),
            CodeState::Truncated { candidates, of } => {
                let more = if *of > candidates.len() { ", …" } else { "" };
                let list = candidates.join(", ");
                format!("{code} is truncated: {of} six-digit codes may be meant: {list}{more}.")
            }
            CodeState::Outdated { year, successors } => format!(
                "{code} is of HS{year} and no longer in force; it became {}.",
                successors.join(", ")
            ),
            CodeState::NonExistent { known_to } if known_to.is_empty() => {
                format!("{code} does not exist.")
            }
            CodeState::NonExistent { known_to } => {
                format!("{code} does not exist; {known_to} does.")
            }
        }
    }

    /// Whether the code cannot stand as it is.
    pub fn is_wrong(&self) -> bool {
        !matches!(self.state, CodeState::Known | CodeState::KnownTo(_))
    }
}

/// Codes listed for a truncated one; how many there are is always said.
const MOST_CANDIDATES: usize = 10;

/// Holds a declared code against the Harmonized System in force, longer
/// nomenclatures (which may know national digits), and the concordance.
/// `edition` is the year of the Harmonized System in force.
pub fn check(
    declared: &str,
    hs: &Nomenclature,
    longer: &[&Nomenclature],
    changes: Option<(&Concordance, u16)>,
) -> CodeFinding {
    let code: String = declared
        .chars()
        .filter(|c| !matches!(c, '.' | ' ' | '-'))
        .collect();
    let state = if code.is_empty() || !code.bytes().all(|b| b.is_ascii_digit()) {
        CodeState::NotDigits
    } else if code.len() < 6 {
        truncated(&code, hs)
    } else {
        whole(&code, hs, longer, changes)
    };
    CodeFinding { code, state }
}

fn truncated(code: &str, hs: &Nomenclature) -> CodeState {
    // A spreadsheet makes 10121 of 010121: then only the missing zero is meant.
    let padded = format!("0{code}");
    let candidates: Vec<String> = if code.len() == 5 && hs.contains(&padded) {
        vec![padded]
    } else {
        hs.under(code, 6).map(str::to_owned).collect()
    };
    if candidates.is_empty() {
        return CodeState::NonExistent {
            known_to: hs.nearest(code).unwrap_or_default().to_owned(),
        };
    }
    CodeState::Truncated {
        of: candidates.len(),
        candidates: candidates.into_iter().take(MOST_CANDIDATES).collect(),
    }
}

fn whole(
    code: &str,
    hs: &Nomenclature,
    longer: &[&Nomenclature],
    changes: Option<(&Concordance, u16)>,
) -> CodeState {
    let six = code.get(..6).unwrap_or(code);
    if !hs.contains(six) {
        // Seven or nine digits are a code that lost its leading zero.
        let padded = format!("0{code}");
        let lost = code.len() % 2 == 1 && padded.get(..6).is_some_and(|p| hs.contains(p));
        if lost {
            return CodeState::Truncated {
                candidates: padded.get(..6).map(str::to_owned).into_iter().collect(),
                of: 1,
            };
        }
        return outdated(six, changes).unwrap_or_else(|| CodeState::NonExistent {
            known_to: hs.nearest(six).unwrap_or_default().to_owned(),
        });
    }
    if code.len() == 6 || longer.iter().any(|n| n.contains(code)) {
        return CodeState::Known;
    }
    // Zeros fill up a code that its nomenclature does not divide further.
    let bare = code.trim_end_matches('0');
    let fills_up = |n: &&Nomenclature| {
        let lengths = [6, 8, 10].into_iter().filter(|l| *l >= bare.len());
        lengths.filter_map(|l| code.get(..l)).any(|c| n.contains(c))
    };
    if bare.len() <= 6 || longer.iter().any(fills_up) {
        return CodeState::Known;
    }
    let nearest = longer.iter().filter_map(|n| n.nearest(code));
    let known = nearest.max_by_key(|prefix| prefix.len()).unwrap_or(six);
    CodeState::KnownTo(known.to_owned())
}

/// The newest earlier edition that had the code, and what became of it.
fn outdated(six: &str, changes: Option<(&Concordance, u16)>) -> Option<CodeState> {
    let (concordance, edition) = changes?;
    let years = concordance.years();
    years
        .into_iter()
        .rev()
        .filter(|y| *y < edition)
        .find_map(|year| {
            let mapped = concordance.map(six, year, edition)?;
            Some(CodeState::Outdated {
                year,
                successors: mapped.codes,
            })
        })
}
