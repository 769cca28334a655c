//! Why: findings, questions, determinations, and how the decision follows.

use super::{about, kind_label, parties};
use crate::view::{Fact, Markup, OutcomeView, bits, count, day, sentence, weight_bar};
use portcullis_domain::{
    About, Citation, Decision, DeterminationResult, Finding, MessageKind, Outcome, Strength,
    Transaction,
};

/// A finding on the page.
#[derive(Clone, Debug)]
pub(crate) struct FindingView {
    pub(crate) outcome: OutcomeView,
    pub(crate) strength: String,
    pub(crate) text: String,
    pub(crate) code: String,
    pub(crate) about: String,
    pub(crate) anchor: String,
    pub(crate) rule: String,
    pub(crate) rule_known: bool,
    pub(crate) citations: Vec<String>,
    /// Empty for findings without weight.
    pub(crate) bits: String,
    pub(crate) bar: Markup,
}

/// A question on the page.
#[derive(Clone, Debug)]
pub(crate) struct QuestionView {
    pub(crate) text: String,
    pub(crate) code: String,
    pub(crate) about: String,
    pub(crate) anchor: String,
    pub(crate) citations: Vec<String>,
}

/// What one jurisdiction says.
#[derive(Clone, Debug)]
pub(crate) struct DeterminationView {
    pub(crate) jurisdiction: String,
    pub(crate) binding: bool,
    pub(crate) result: &'static str,
    pub(crate) text: String,
    pub(crate) checked: Vec<String>,
    /// `11 steps checked`.
    pub(crate) checked_label: String,
    /// All in one line.
    pub(crate) sources: String,
}

/// Legal findings and risk evidence, apart: they never mix.
pub(crate) fn findings(
    decision: &Decision,
    transaction: &Transaction,
    rule_known: &dyn Fn(&str) -> bool,
) -> (Vec<FindingView>, Vec<FindingView>) {
    let legal = |f: &&Finding| matches!(f.strength, Strength::Legal | Strength::Presumptive);
    let view = |f: &Finding| finding(f, transaction, rule_known);
    let (law, risk): (Vec<&Finding>, Vec<&Finding>) = decision.findings.iter().partition(legal);
    (
        law.into_iter().map(view).collect(),
        risk.into_iter().map(view).collect(),
    )
}

fn finding(
    finding: &Finding,
    transaction: &Transaction,
    rule_known: &dyn Fn(&str) -> bool,
) -> FindingView {
    let (about, anchor) = about(finding.about, transaction);
    let law = finding
        .jurisdiction
        .as_ref()
        .map(|j| format!(" of {j}"))
        .unwrap_or_default();
    let strength = match finding.strength {
        Strength::Legal => format!("Law{law}"),
        Strength::Presumptive => format!("Law{law}, until an officer clears the match"),
        Strength::Evidence => "Evidence of risk".to_owned(),
        Strength::Context => format!("Context only{}", law.replace(" of ", ": law of ")),
    };
    let weighs = finding.millibits != 0;
    FindingView {
        outcome: OutcomeView(finding.outcome),
        strength,
        text: sentence(&finding.text),
        code: finding.code.clone(),
        about,
        anchor,
        rule: finding.rule.clone().unwrap_or_default(),
        rule_known: finding.rule.as_deref().is_some_and(rule_known),
        citations: texts(&finding.citations),
        bits: if weighs {
            bits(finding.millibits)
        } else {
            String::new()
        },
        bar: weight_bar(finding.millibits),
    }
}

pub(crate) fn questions(decision: &Decision, transaction: &Transaction) -> Vec<QuestionView> {
    let each = decision.questions.iter();
    each.map(|question| {
        let (about, anchor) = about(question.about, transaction);
        QuestionView {
            text: sentence(&question.text),
            code: question.code.clone(),
            about,
            anchor,
            citations: texts(&question.citations),
        }
    })
    .collect()
}

pub(crate) fn determinations(decision: &Decision) -> Vec<DeterminationView> {
    let each = decision.determinations.iter();
    each.map(|d| DeterminationView {
        jurisdiction: d.jurisdiction.to_string(),
        binding: d.binding,
        result: result_label(d.result),
        text: sentence(&d.text),
        checked: d.checked.clone(),
        checked_label: count(d.checked.len(), "step checked", "steps checked"),
        sources: texts(&d.citations).join("; "),
    })
    .collect()
}

fn result_label(result: DeterminationResult) -> &'static str {
    match result {
        DeterminationResult::NotRequired => "no licence required",
        DeterminationResult::Required => "licence required",
        DeterminationResult::Prohibited => "prohibited",
        DeterminationResult::Undetermined => "cannot be told yet",
    }
}

fn texts(citations: &[Citation]) -> Vec<String> {
    citations.iter().map(|c| c.0.clone()).collect()
}

/// The finding that says best why the outcome is what it is, and how many
/// others ask for the same. Law before evidence; what is about a party or a
/// line before what is about the whole.
fn deciding(decision: &Decision) -> Option<(&Finding, usize)> {
    if decision.outcome == Outcome::Release {
        return None;
    }
    let same = |f: &&Finding| f.outcome == decision.outcome;
    let all: Vec<&Finding> = decision.findings.iter().filter(same).collect();
    let rank = |f: &&Finding| {
        let law = matches!(f.strength, Strength::Legal | Strength::Presumptive);
        (!law, f.about == About::Transaction)
    };
    let first = all.iter().copied().min_by_key(rank)?;
    Some((first, all.len() - 1))
}

/// The sentence of why: the strictest finding, else the question or the issue
/// that asks for the outcome.
pub(crate) fn why(decision: &Decision) -> String {
    if let Some((first, others)) = deciding(decision) {
        let more = match others {
            0 => String::new(),
            n => {
                let others = count(n, "further finding", "further findings");
                format!(" {} with the same outcome.", sentence(&others))
            }
        };
        return format!("{}{more}", full_stop(&sentence(&first.text)));
    }
    if let (Outcome::Question, Some(first)) = (decision.outcome, decision.questions.first()) {
        return full_stop(&sentence(&first.text));
    }
    if let (Outcome::Hold, Some(first)) = (decision.outcome, decision.issues.first()) {
        return full_stop(&sentence(&first.text));
    }
    if decision.outcome == Outcome::Release {
        return format!(
            "No finding stands against it: {} screened, no question open.",
            count(decision.screened.len(), "party was", "parties were")
        );
    }
    let from_law = decision
        .determinations
        .iter()
        .find(|d| d.binding && asks(d.result) == decision.outcome);
    from_law.map_or_else(String::new, |d| full_stop(&sentence(&d.text)))
}

/// The reason for a row of the queue, and how much more there is.
pub(crate) fn queue_reason(decision: &Decision) -> (String, String) {
    let deciding = deciding(decision).map(|(first, _)| first);
    let reason = match deciding {
        Some(finding) => sentence(&finding.text),
        None if decision.outcome == Outcome::Release => "Nothing stands against it".to_owned(),
        None => why(decision),
    };
    let others = decision
        .findings
        .iter()
        .filter(|f| f.outcome != Outcome::Release)
        .count()
        .saturating_sub(usize::from(deciding.is_some()));
    let parts = [
        (others, count(others, "more finding", "more findings")),
        (
            decision.questions.len(),
            count(decision.questions.len(), "question", "questions"),
        ),
    ];
    let more: Vec<String> = parts
        .into_iter()
        .filter(|(n, _)| *n > 0)
        .map(|(_, text)| text)
        .collect();
    (reason, more.join(", "))
}

fn asks(result: DeterminationResult) -> Outcome {
    match result {
        DeterminationResult::NotRequired => Outcome::Release,
        DeterminationResult::Required => Outcome::LicenceRequired,
        DeterminationResult::Prohibited => Outcome::Prohibited,
        DeterminationResult::Undetermined => Outcome::Hold,
    }
}

fn full_stop(text: &str) -> String {
    if text.ends_with(['.', '?', '!']) {
        text.to_owned()
    } else {
        format!("{text}.")
    }
}

/// How the decision follows, in order: read, screened, checked, weighed, decided.
pub(crate) fn steps(
    decision: &Decision,
    transaction: &Transaction,
    kind: MessageKind,
) -> Vec<Fact> {
    vec![
        Fact::new(
            "The message was read",
            read_step(decision, transaction, kind),
        ),
        Fact::new(
            "The parties were screened",
            format!("{}.", parties::summary(decision)),
        ),
        Fact::new("The law was asked", law_step(decision)),
        Fact::new("Risk was weighed", risk_step(decision)),
        Fact::new("Questions were collected", question_step(decision)),
        Fact::new("The strictest outcome decides", decided_step(decision)),
    ]
}

fn read_step(decision: &Decision, transaction: &Transaction, kind: MessageKind) -> String {
    let unread = match decision.issues.len() {
        0 => "everything could be read".to_owned(),
        n => format!("{} could not be read", count(n, "thing", "things")),
    };
    format!(
        "{}: {}, {}; {unread}.",
        kind_label(kind),
        count(transaction.parties.len(), "party", "parties"),
        count(transaction.items.len(), "line of goods", "lines of goods"),
    )
}

fn law_step(decision: &Decision) -> String {
    let said: Vec<String> = decision
        .determinations
        .iter()
        .map(|d| {
            let note = if d.binding { "" } else { ", as evidence" };
            format!("{}: {}{note}", d.jurisdiction, result_label(d.result))
        })
        .collect();
    let findings = decision
        .findings
        .iter()
        .filter(|f| matches!(f.strength, Strength::Legal | Strength::Presumptive))
        .count();
    let asked = if said.is_empty() {
        "No determination was asked".to_owned()
    } else {
        said.join("; ")
    };
    format!(
        "{asked}. {}.",
        sentence(&count(findings, "legal finding", "legal findings"))
    )
}

fn risk_step(decision: &Decision) -> String {
    let signs = decision
        .findings
        .iter()
        .filter(|f| f.strength == Strength::Evidence)
        .count();
    if signs == 0 {
        return "No sign of risk.".to_owned();
    }
    format!(
        "{}, {} in all. Signs that depend on each other are grouped and capped.",
        sentence(&count(signs, "sign of risk", "signs of risk")),
        bits(decision.risk_millibits)
    )
}

fn question_step(decision: &Decision) -> String {
    match decision.questions.len() {
        0 => "Nothing that the trader could answer is missing.".to_owned(),
        n => format!(
            "{} to the trader.",
            sentence(&count(n, "question", "questions"))
        ),
    }
}

fn decided_step(decision: &Decision) -> String {
    let asked: Vec<String> = OutcomeView::strictest_first()
        .filter_map(|outcome| {
            let n = decision
                .findings
                .iter()
                .filter(|f| f.outcome == outcome.0)
                .count();
            let asks = if n == 1 { "asks for" } else { "ask for" };
            (n > 0 && outcome.0 != Outcome::Release).then(|| {
                format!(
                    "{} {asks} {}",
                    count(n, "finding", "findings"),
                    outcome.label().to_lowercase()
                )
            })
        })
        .collect();
    let so = format!(
        "The decision is {}, asked for {}.",
        OutcomeView(decision.outcome).label().to_lowercase(),
        day(decision.as_of)
    );
    if asked.is_empty() {
        format!("No finding asks for anything stricter than release. {so}")
    } else {
        format!("{}. {so}", sentence(&asked.join("; ")))
    }
}
