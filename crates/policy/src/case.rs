//! The test cases that conditions carry, run whenever a policy is loaded.

use crate::condition::{Condition, Env};
use crate::facts::{Facts, RecordKind};
use crate::sets::SetsAt;
use crate::{Problem, Row};
use portcullis_domain::Truth;
use serde::Deserialize;

/// A case as the policy browser shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseView {
    /// What the case is about, in words.
    pub name: String,
    /// `true`, `false` or `unknown`.
    pub expect: &'static str,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Expect {
    Known(bool),
    Word(String),
}

#[derive(Deserialize)]
struct RawCase {
    name: String,
    expect: Expect,
}

const FACTS: [&str; 7] = [
    "tx", "item", "party", "payment", "items", "parties", "payments",
];

/// Runs the `[[case]]` tables of a row against its condition. Problems: a case
/// that fails, has no name or names an unknown fact; no case that holds, or
/// none that does not.
pub(crate) fn run(
    row: &Row,
    condition: &Condition,
    each: RecordKind,
    sets: &SetsAt<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<CaseView> {
    let before = problems.len();
    let mut views = Vec::new();
    for case in row.rows("case", problems) {
        match one(&case, condition, each, sets, problems) {
            Ok(view) => views.push(view),
            Err(text) => problems.push(Problem {
                line: case.line(),
                ..row.problem(text)
            }),
        }
    }
    // Where a case itself is wrong, what is lacking cannot be told.
    if problems.len() == before {
        for wanted in ["true", "false"] {
            if !views.iter().any(|v| v.expect == wanted) {
                problems.push(row.problem(format!("has no case that expects {wanted}")));
            }
        }
    }
    views
}

fn one(
    case: &Row,
    condition: &Condition,
    each: RecordKind,
    sets: &SetsAt<'_>,
    problems: &mut Vec<Problem>,
) -> Result<CaseView, String> {
    let (given, head) = case.split(&FACTS);
    head.only_keys(&["name", "expect"], problems);
    let raw: RawCase = head.read().map_err(|p| format!("case: {}", p.text))?;
    let expect = match &raw.expect {
        Expect::Known(true) => Truth::True,
        Expect::Known(false) => Truth::False,
        Expect::Word(word) if word == "unknown" => Truth::Unknown,
        Expect::Word(word) => {
            return Err(format!(
                "case expects '{word}'; write true, false or \"unknown\""
            ));
        }
    };
    let facts = Facts::of_case(&given, problems);
    let holds = condition.holds(&Env::of(&facts, sets).about(each, 0));
    if holds != expect {
        return Err(format!(
            "case '{}' expects {}, and is {}",
            raw.name,
            word(expect),
            word(holds)
        ));
    }
    Ok(CaseView {
        name: raw.name,
        expect: word(expect),
    })
}

fn word(truth: Truth) -> &'static str {
    match truth {
        Truth::True => "true",
        Truth::False => "false",
        Truth::Unknown => "unknown",
    }
}
