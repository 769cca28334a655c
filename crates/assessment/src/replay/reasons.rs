//! Why two decisions on the same transaction differ.

use portcullis_domain::{About, Decision, DeterminationResult, Finding, Outcome, Question};
use serde::{Deserialize, Serialize};

/// Whether a reason came, went or changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    /// Only the draft gives it.
    New,
    /// Only the policy it is compared with gives it.
    Gone,
    /// Both give it, with another outcome or weight.
    Changed,
}

impl Turn {
    /// The word used in JSON and on the screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Turn::New => "new",
            Turn::Gone => "gone",
            Turn::Changed => "changed",
        }
    }
}

/// A reason that differs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Reason {
    /// Whether it came, went or changed.
    pub turn: Turn,
    /// The outcome that it asks for by itself; of one that changed, the draft's.
    pub outcome: Outcome,
    /// The rule behind it, or the code where no rule is named.
    pub rule: String,
    /// Machine-readable code.
    pub code: String,
    /// In plain words, as the decision has it.
    pub text: String,
}

/// What differs, the strictest first. Empty where the reasons are the same.
pub(crate) fn differences(before: &Decision, after: &Decision) -> Vec<Reason> {
    let mut all = Vec::new();
    findings(before, after, &mut all);
    questions(before, after, &mut all);
    determinations(before, after, &mut all);
    all.sort_by(|a, b| b.outcome.cmp(&a.outcome).then_with(|| a.cmp(b)));
    all.dedup();
    all
}

/// The place of a finding: the same rule about the same thing.
fn place(finding: &Finding) -> (About, &str, &str) {
    let rule = finding.rule.as_deref().unwrap_or_default();
    (finding.about, rule, &finding.code)
}

fn findings(before: &Decision, after: &Decision, all: &mut Vec<Reason>) {
    let reason = |finding: &Finding, turn: Turn| Reason {
        turn,
        outcome: finding.outcome,
        rule: finding.rule.clone().unwrap_or_else(|| finding.code.clone()),
        code: finding.code.clone(),
        text: finding.text.clone(),
    };
    for finding in &after.findings {
        let mut same = before
            .findings
            .iter()
            .filter(|f| place(f) == place(finding))
            .peekable();
        if same.peek().is_none() {
            all.push(reason(finding, Turn::New));
        } else if !same.any(|f| weight(f) == weight(finding)) {
            all.push(reason(finding, Turn::Changed));
        }
    }
    for finding in &before.findings {
        if !after.findings.iter().any(|f| place(f) == place(finding)) {
            all.push(reason(finding, Turn::Gone));
        }
    }
}

fn weight(finding: &Finding) -> (Outcome, i64) {
    (finding.outcome, finding.millibits)
}

fn questions(before: &Decision, after: &Decision, all: &mut Vec<Reason>) {
    let place = |q: &Question| (q.about, q.code.clone());
    let mut add = |these: &[Question], those: &[Question], turn: Turn| {
        for question in these {
            if !those.iter().any(|q| place(q) == place(question)) {
                all.push(Reason {
                    turn,
                    outcome: Outcome::Question,
                    rule: question.code.clone(),
                    code: question.code.clone(),
                    text: question.text.clone(),
                });
            }
        }
    };
    add(&after.questions, &before.questions, Turn::New);
    add(&before.questions, &after.questions, Turn::Gone);
}

fn determinations(before: &Decision, after: &Decision, all: &mut Vec<Reason>) {
    for determination in after.determinations.iter().filter(|d| d.binding) {
        let law = &determination.jurisdiction;
        let earlier = before
            .determinations
            .iter()
            .find(|d| d.jurisdiction == *law && d.binding);
        let turn = match earlier {
            Some(earlier) if earlier.result == determination.result => continue,
            Some(_) => Turn::Changed,
            None => Turn::New,
        };
        all.push(Reason {
            turn,
            outcome: asks_for(determination.result),
            rule: format!("law of {law}"),
            code: determination.result.as_str().to_owned(),
            text: determination.text.clone(),
        });
    }
    for earlier in before.determinations.iter().filter(|d| d.binding) {
        let law = &earlier.jurisdiction;
        if !after
            .determinations
            .iter()
            .any(|d| d.jurisdiction == *law && d.binding)
        {
            all.push(Reason {
                turn: Turn::Gone,
                outcome: asks_for(earlier.result),
                rule: format!("law of {law}"),
                code: earlier.result.as_str().to_owned(),
                text: earlier.text.clone(),
            });
        }
    }
}

fn asks_for(result: DeterminationResult) -> Outcome {
    match result {
        DeterminationResult::NotRequired => Outcome::Release,
        DeterminationResult::Required => Outcome::LicenceRequired,
        DeterminationResult::Prohibited => Outcome::Prohibited,
        DeterminationResult::Undetermined => Outcome::Question,
    }
}
