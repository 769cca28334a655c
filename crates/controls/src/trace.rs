//! The walk through one law: what was checked, what it said, why.

use crate::authorisation::Authorised;
use portcullis_domain::{
    About, Citation, Determination, DeterminationResult, Facet, Finding, Jurisdiction, Outcome,
    Question, Strength, Truth,
};
use serde::Serialize;

/// One step of a walk: a rule or table that was looked at, and what it said of
/// the case. True: it takes the case in (or its condition holds). False: it
/// does not. Unknown: it cannot be told, and a question says what is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TakenStep {
    /// Id of the rule or table, with the part of it after a colon (`us-738-s1:NS2`).
    pub rule: String,
    /// Where it stands.
    pub citation: String,
    /// What it said.
    pub truth: Truth,
}

/// Collects the answer of one jurisdiction, strictest first.
#[derive(Clone, Debug)]
pub(crate) struct Trace {
    jurisdiction: Jurisdiction,
    binding: bool,
    result: DeterminationResult,
    reasons: Vec<(DeterminationResult, String)>,
    checked: Vec<String>,
    citations: Vec<Citation>,
    steps: Vec<TakenStep>,
    left_out: Vec<String>,
    reaches: bool,
    authorised: Vec<Authorised>,
    /// The field that each question is about, in the order of `questions`.
    fields: Vec<String>,
    /// Findings so far.
    pub(crate) findings: Vec<Finding>,
    /// Questions so far; a law that does not bind asks none.
    pub(crate) questions: Vec<Question>,
}

/// What one step found.
pub(crate) struct Step<'a> {
    /// What it is about.
    pub(crate) about: About,
    /// Machine-readable code.
    pub(crate) code: &'a str,
    /// The reason in plain words.
    pub(crate) text: String,
    /// The rule or table it rests on.
    pub(crate) rule: &'a str,
    /// Its sources.
    pub(crate) citations: Vec<Citation>,
}

/// How strict a result is; a known requirement is stricter than a doubt.
pub(crate) fn rank(result: DeterminationResult) -> u8 {
    match result {
        DeterminationResult::NotRequired => 0,
        DeterminationResult::Undetermined => 1,
        DeterminationResult::Required => 2,
        DeterminationResult::Prohibited => 3,
    }
}

impl Trace {
    /// Begins the walk with nothing found.
    pub(crate) fn new(jurisdiction: &Jurisdiction, binding: bool) -> Trace {
        Trace {
            jurisdiction: jurisdiction.clone(),
            binding,
            result: DeterminationResult::NotRequired,
            reasons: Vec::new(),
            checked: Vec::new(),
            citations: Vec::new(),
            steps: Vec::new(),
            left_out: Vec::new(),
            reaches: true,
            authorised: Vec::new(),
            fields: Vec::new(),
            findings: Vec::new(),
            questions: Vec::new(),
        }
    }

    /// Notes what a rule said. Noted again, the stricter answer stays: true
    /// before unknown before false.
    pub(crate) fn mark(&mut self, rule: &str, citation: &str, truth: Truth) {
        let rank = |truth| match truth {
            Truth::False => 0,
            Truth::Unknown => 1,
            Truth::True => 2,
        };
        let same = |step: &&mut TakenStep| step.rule == rule && step.citation == citation;
        match self.steps.iter_mut().find(same) {
            Some(step) if rank(truth) > rank(step.truth) => step.truth = truth,
            Some(_) => {}
            None => self.steps.push(TakenStep {
                rule: rule.to_owned(),
                citation: citation.to_owned(),
                truth,
            }),
        }
    }

    /// The law does not reach the item.
    pub(crate) fn out_of_reach(&mut self) {
        self.reaches = false;
    }

    /// Whether the law reaches the item, as far as is known.
    pub(crate) fn reaches(&self) -> bool {
        self.reaches
    }

    /// Leaves a firm answer open: whether the law reaches the item at all is not known.
    pub(crate) fn leave_open(&mut self) {
        if rank(self.result) > rank(DeterminationResult::Undetermined) {
            self.result = DeterminationResult::Undetermined;
            let why = "Whether the law reaches the item at all is not known.".to_owned();
            self.reasons.push((self.result, why));
        }
    }

    /// Adds an authorisation that may overcome a requirement, with what it asks.
    pub(crate) fn authorise(&mut self, authorised: Authorised) {
        if !self.authorised.contains(&authorised) {
            self.authorised.push(authorised);
        }
    }

    /// What may overcome a requirement.
    pub(crate) fn authorised(&self) -> &[Authorised] {
        &self.authorised
    }

    /// Notes a part of the law that is not held here, so that nobody takes it
    /// for checked.
    pub(crate) fn leave_out(&mut self, what: &str) {
        let what = format!("{}: {what}", self.jurisdiction);
        if !self.left_out.contains(&what) {
            self.left_out.push(what);
        }
    }

    /// Parts of the law that are not held here.
    pub(crate) fn left_out(&self) -> &[String] {
        &self.left_out
    }

    /// Every step, in order.
    pub(crate) fn steps(&self) -> &[TakenStep] {
        &self.steps
    }

    /// Ids of the rules and tables that were looked at, in order.
    pub(crate) fn checked(&self) -> &[String] {
        &self.checked
    }

    /// Each question with the field that it is about.
    pub(crate) fn asked(&self) -> impl Iterator<Item = (&Question, &str)> {
        let fields = self.fields.iter().map(String::as_str);
        self.questions.iter().zip(fields)
    }

    /// Whose law it is.
    pub(crate) fn jurisdiction(&self) -> &Jurisdiction {
        &self.jurisdiction
    }

    /// Notes that a rule or table was looked at, and where it stands.
    pub(crate) fn check(&mut self, id: &str, citation: &Citation) {
        if !self.checked.iter().any(|c| c == id) {
            self.checked.push(id.to_owned());
        }
        self.mark(id, &citation.0, Truth::False);
        self.cite(citation);
    }

    fn cite(&mut self, citation: &Citation) {
        if !self.citations.contains(citation) {
            self.citations.push(citation.clone());
        }
    }

    /// Raises the result, with its reason.
    pub(crate) fn raise(&mut self, result: DeterminationResult, reason: impl Into<String>) {
        if rank(result) > rank(self.result) {
            self.result = result;
        }
        let reason = (result, reason.into());
        if !self.reasons.contains(&reason) {
            self.reasons.push(reason);
        }
    }

    /// The result so far.
    pub(crate) fn result(&self) -> DeterminationResult {
        self.result
    }

    /// Adds a finding. Where the law does not bind it is context, and asks for
    /// a review at most.
    pub(crate) fn find(&mut self, step: Step<'_>, outcome: Outcome) {
        if self.binding {
            self.push(step, Strength::Legal, outcome);
        } else {
            self.note(step, outcome);
        }
    }

    /// Adds what is context only: what a law that does not bind, or another
    /// day's rule, would have said. It asks for a review at most.
    pub(crate) fn note(&mut self, step: Step<'_>, outcome: Outcome) {
        self.push(step, Strength::Context, outcome.min(Outcome::Review));
    }

    fn push(&mut self, step: Step<'_>, strength: Strength, outcome: Outcome) {
        step.citations.iter().for_each(|c| self.cite(c));
        if let Some(first) = step.citations.first() {
            self.mark(step.rule, &first.0, Truth::True);
        }
        let finding = Finding {
            about: step.about,
            code: step.code.to_owned(),
            text: step.text,
            strength,
            millibits: 0,
            outcome,
            jurisdiction: Some(self.jurisdiction.clone()),
            rule: Some(step.rule.to_owned()),
            citations: step.citations,
        };
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }

    /// Leaves the answer open. A law that binds asks the trader; one that does
    /// not is shown to the officer and stops nothing: that another law's answer
    /// is open says nothing against the transaction.
    pub(crate) fn ask(&mut self, step: Step<'_>, why: impl Into<String>) {
        let field = field_of(step.code, step.about);
        self.ask_for(&field, step, why);
    }

    /// As [`Trace::ask`], naming the field whose value would answer.
    pub(crate) fn ask_for(&mut self, field: &str, step: Step<'_>, why: impl Into<String>) {
        self.raise(DeterminationResult::Undetermined, why);
        if let Some(first) = step.citations.first() {
            self.mark(step.rule, &first.0, Truth::Unknown);
        }
        if !self.binding {
            return self.note(step, Outcome::Release);
        }
        step.citations.iter().for_each(|c| self.cite(c));
        let question = Question {
            about: step.about,
            code: step.code.to_owned(),
            text: step.text,
            citations: step.citations,
        };
        if !self.questions.contains(&question) {
            self.questions.push(question);
            self.fields.push(field.to_owned());
        }
    }

    /// Turns a firm answer into an open one: it came from rules of another day.
    pub(crate) fn weaken(&mut self) {
        for finding in &mut self.findings {
            finding.strength = Strength::Context;
            finding.outcome = finding.outcome.min(Outcome::Question);
        }
        self.result = DeterminationResult::Undetermined;
    }

    /// The determination: the reasons of the strictest result, in order.
    pub(crate) fn determination(&self) -> Determination {
        let deciding = self
            .reasons
            .iter()
            .filter(|(result, _)| *result == self.result);
        let texts: Vec<&str> = deciding.map(|(_, text)| text.as_str()).collect();
        Determination {
            jurisdiction: self.jurisdiction.clone(),
            binding: self.binding,
            result: self.result,
            text: texts.join(" "),
            checked: self.checked.clone(),
            citations: self.citations.clone(),
        }
    }
}

/// The field that a question of this code is about, where the step did not say.
fn field_of(code: &str, about: About) -> String {
    let facet = match code {
        "destination-unknown" | "embargoed-region" => Facet::Destination,
        "control-number-unknown" => Facet::EuCode,
        _ => match about {
            About::Party(at) => return format!("{}[{at}]", Facet::Parties.as_str()),
            About::Item(_) => Facet::Eccn,
            About::Route => Facet::Transit,
            About::Transaction | About::Payment(_) | About::Documents => Facet::Destination,
        },
    };
    facet.as_str().to_owned()
}
