//! **What follows for one transaction?**
//!
//! Asks screening, controls and policy about one transaction and combines
//! their answers into one decision. Pure: the day, the lists and the policy
//! are arguments, so that every decision can be replayed.
//!
//! *Invariants.* Legal findings and risk evidence stay apart. The outcome is
//! the strictest that any part asks for; one more finding never loosens it.
//! What could not be read, screened or determined is a question or a hold,
//! never a pass.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod admission;
mod combine;
mod deep;
mod determine;
mod replay;
mod screened;

pub use admission::{Admission, Held, NEVER_IN_FORCE, admit};
pub use replay::{
    Change, History, KnownCases, Label, LabelledCase, Licences, Load, NotReplayed, Past, Reason,
    ReplayReport, RuleEffect, SmallFirmsTouched, Tally, Trade, Turn, read_labels,
};
pub use screened::{Lists, recorded};

use jiff::Timestamp;
use portcullis_casework::Disposition;
use portcullis_controls::{Circumstances, Controls};
use portcullis_domain::{
    About, Date, Decision, Finding, Issue, MessageKind, Outcome, Question, ScreenedParty, Strength,
    Transaction, Versions, digest,
};
use portcullis_policy::{Intake, Policy, PolicyFiles, Problem};

/// Version of the engine: decisions made by different versions may differ.
pub const ENGINE_VERSION: &str = concat!("portcullis-", env!("CARGO_PKG_VERSION"));

/// Code of the finding that the evidence together asks for a review.
const ABOVE_LINE: &str = "risk-above-line";

/// The rules, compiled: everything but the lists that an assessment needs.
pub struct Engine {
    policy: Policy,
    controls: Controls,
    intake: Intake,
}

/// The question beside the transaction: for which day, with what knowledge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The day for which it is asked.
    pub as_of: Date,
    /// The day up to which knowledge is used.
    pub known: Date,
}

/// What was found about a transaction before rules weigh it.
struct Evidence {
    screened: Vec<ScreenedParty>,
    /// Holds because something could not be screened.
    findings: Vec<Finding>,
    questions: Vec<Question>,
    /// Id of the list set.
    lists: String,
    transaction_digest: String,
}

/// Why a decision could not be written down. Nothing passes on this path: the
/// caller reports it as a failure.
#[derive(Debug, thiserror::Error)]
#[error("the transaction cannot be put into its recorded form: {0}")]
pub struct NotRecordable(String);

impl NotRecordable {
    /// With what is wrong.
    pub fn new(why: String) -> NotRecordable {
        NotRecordable(why)
    }
}

impl Engine {
    /// Reads and checks every policy file, its cases included.
    pub fn load(files: &PolicyFiles) -> Result<Engine, Vec<Problem>> {
        match (
            Policy::load(files),
            Controls::load(files),
            Intake::load(files),
        ) {
            (Ok(policy), Ok(controls), Ok(intake)) => Ok(Engine {
                policy,
                controls,
                intake,
            }),
            (policy, controls, intake) => {
                let mut problems = policy.err().unwrap_or_default();
                problems.extend(controls.err().unwrap_or_default());
                problems.extend(intake.err().unwrap_or_default());
                Err(problems)
            }
        }
    }

    /// The rules.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The control tables.
    pub fn controls(&self) -> &Controls {
        &self.controls
    }

    /// How much is believed of what comes in.
    pub fn intake(&self) -> &Intake {
        &self.intake
    }

    /// Answers one transaction. `judgements` are those found under the keys of
    /// each party, by position; a party beyond their end has none. One that
    /// holds and says "not the same" stops nothing and is recorded with the hit.
    pub fn assess(
        &self,
        transaction: &Transaction,
        judgements: &[Vec<Disposition>],
        lists: &Lists,
        asked: Asked,
    ) -> Result<Decision, NotRecordable> {
        self.assess_at(transaction, judgements, lists, asked, None)
    }

    /// The same for a question asked at an instant, in which each law goes by
    /// the day that it is there (see [`Policy::evaluate_at`]); `asked.as_of` is
    /// the day of the place.
    pub fn assess_at(
        &self,
        transaction: &Transaction,
        judgements: &[Vec<Disposition>],
        lists: &Lists,
        asked: Asked,
        moment: Option<Timestamp>,
    ) -> Result<Decision, NotRecordable> {
        let (screened, mut findings) =
            screened::screen_parties(transaction, judgements, lists, asked.as_of);
        findings.extend(lists.coverage_finding());
        let evidence = Evidence {
            screened,
            findings,
            questions: lists.coverage_question().into_iter().collect(),
            lists: lists.id().to_owned(),
            transaction_digest: digest(transaction).map_err(NotRecordable)?,
        };
        Ok(self.conclude(transaction, evidence, asked, moment))
    }

    /// What rules and tables make of a transaction and of what was found about it.
    fn conclude(
        &self,
        transaction: &Transaction,
        evidence: Evidence,
        asked: Asked,
        moment: Option<Timestamp>,
    ) -> Decision {
        // The tables of goods go by the day that it is where the law of the place is made.
        let law_day = moment.map_or(asked.as_of, |moment| self.policy.today(moment));
        let items = self.controls.items(transaction, law_day, asked.known);
        let input = portcullis_policy::Input {
            transaction,
            screened: &evidence.screened,
            items: &items,
            as_of: asked.as_of,
            known: asked.known,
        };
        let weighed = self.policy.evaluate_at(&input, moment);
        // Red flags that together ask for a review are grounds to suspect the end use.
        let mut circumstances = Circumstances::declaration();
        circumstances.red_flags = weighed.findings.iter().any(|f| f.code == ABOVE_LINE);
        let determined = self.controls.determine(&portcullis_controls::Input {
            transaction,
            circumstances: &circumstances,
            installation: self.policy.installation(),
            items: &items,
            party_findings: &weighed.findings,
            exceptions_refused: weighed.exceptions_refused,
            as_of: law_day,
            known: asked.known,
        });

        let mut findings = weighed.findings;
        findings.extend(determined.findings);
        findings.extend(evidence.findings);
        let mut questions = weighed.questions;
        questions.extend(determined.questions);
        questions.extend(evidence.questions);
        let (unread, asked_back) = self.weigh_issues(&transaction.issues);
        findings.extend(unread);
        questions.extend(asked_back);
        combine::order_findings(&mut findings);
        combine::order_questions(&mut questions);
        Decision {
            reference: transaction.reference.clone(),
            movement: transaction.movement,
            destination: transaction.destination,
            transaction_digest: evidence.transaction_digest,
            outcome: combine::outcome(&findings, &questions, &determined.determinations),
            determinations: determined.determinations,
            risk_millibits: weighed.risk_millibits,
            findings,
            questions,
            screened: evidence.screened,
            issues: transaction.issues.clone(),
            as_of: asked.as_of,
            known: asked.known,
            versions: self.versions(&evidence.lists),
        }
    }

    /// The decision on a message that is not assessed as it stands: it could
    /// not be read, or it conflicts with what is held. `code` and `text` say
    /// why; the outcome is `hold` unless the message withdraws a declaration.
    pub fn set_aside(
        &self,
        transaction: &Transaction,
        why: SetAside,
        lists: &Lists,
        asked: Asked,
    ) -> Result<Decision, NotRecordable> {
        let finding = why.finding();
        Ok(Decision {
            reference: transaction.reference.clone(),
            movement: transaction.movement,
            destination: transaction.destination,
            transaction_digest: digest(transaction).map_err(NotRecordable)?,
            outcome: finding.outcome,
            determinations: Vec::new(),
            risk_millibits: 0,
            findings: vec![finding],
            questions: Vec::new(),
            screened: Vec::new(),
            issues: transaction.issues.clone(),
            as_of: asked.as_of,
            known: asked.known,
            versions: self.versions(lists.id()),
        })
    }

    /// Adds a reason to hold to a decision that was made on the content alone.
    pub fn hold(&self, mut decision: Decision, why: SetAside) -> Decision {
        decision.findings.push(why.finding());
        combine::order_findings(&mut decision.findings);
        decision.outcome = combine::outcome(
            &decision.findings,
            &decision.questions,
            &decision.determinations,
        );
        decision
    }

    fn versions(&self, lists: &str) -> Versions {
        Versions {
            lists: lists.to_owned(),
            policy: self.policy.version().to_owned(),
            engine: ENGINE_VERSION.to_owned(),
        }
    }

    /// What could not be read is asked back or holds, as policy says.
    fn weigh_issues(&self, issues: &[Issue]) -> (Vec<Finding>, Vec<Question>) {
        let (mut findings, mut questions) = (Vec::new(), Vec::new());
        for issue in issues {
            let place = issue.field.as_deref();
            let place = place.map(|f| format!(" ({f})")).unwrap_or_default();
            let text = format!("{}{place}", issue.text);
            match self.intake.outcome_of(&issue.code) {
                Outcome::Release => {}
                Outcome::Question => questions.push(Question {
                    about: About::Transaction,
                    code: issue.code.clone(),
                    text,
                    citations: Vec::new(),
                }),
                outcome => findings.push(plain_finding(&issue.code, text, outcome)),
            }
        }
        (findings, questions)
    }
}

/// A finding about the message itself: no law, no weight.
pub(crate) fn plain_finding(code: &str, text: String, outcome: Outcome) -> Finding {
    Finding {
        about: About::Transaction,
        code: code.to_owned(),
        text,
        strength: Strength::Context,
        millibits: 0,
        outcome,
        jurisdiction: None,
        rule: None,
        citations: Vec::new(),
    }
}

/// Why a message is not assessed as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SetAside {
    /// It could not be read.
    Unreadable,
    /// It conflicts with what is held under its reference.
    Conflict {
        /// In plain words.
        text: String,
    },
    /// It changes a declaration that is not held.
    OriginalNotHeld {
        /// Amendment or cancellation.
        kind: MessageKind,
    },
    /// Its changes could not be applied to what is held.
    NotApplicable {
        /// In plain words.
        text: String,
    },
    /// It withdraws a declaration that is held: nothing moves any more.
    Withdrawn,
}

/// The codes of findings that [`SetAside`] makes.
pub(crate) const SET_ASIDE: [&str; 5] = [
    "unreadable",
    "conflict",
    "original-not-held",
    "change-not-applicable",
    "withdrawn",
];

impl SetAside {
    fn finding(&self) -> Finding {
        let (code, text, outcome) = match self {
            SetAside::Unreadable => (
                "unreadable",
                "the message could not be read; the issues say where and why".to_owned(),
                Outcome::Hold,
            ),
            SetAside::Conflict { text } => ("conflict", text.clone(), Outcome::Hold),
            SetAside::OriginalNotHeld { kind } => (
                "original-not-held",
                format!(
                    "original not held: this {} changes a declaration that is not here",
                    kind.as_str()
                ),
                Outcome::Hold,
            ),
            SetAside::NotApplicable { text } => {
                ("change-not-applicable", text.clone(), Outcome::Hold)
            }
            SetAside::Withdrawn => (
                "withdrawn",
                "the declaration is withdrawn: nothing moves under it".to_owned(),
                Outcome::Release,
            ),
        };
        plain_finding(code, text, outcome)
    }
}
