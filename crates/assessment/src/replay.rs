//! A draft of policy against history: the same facts and the same findings of
//! screening, weighed by other rules.
//!
//! [`Engine::replay`] answers one recorded decision anew. A [`Tally`] counts what
//! that changes; tallies of parts of a history are merged, whatever the order,
//! into one [`ReplayReport`].

mod labels;
mod reasons;
mod report;
mod tally;
mod text;

pub use labels::{Label, read_labels};
pub use reasons::{Reason, Turn};
pub use report::{
    Change, History, KnownCases, LabelledCase, Licences, Load, NotReplayed, ReplayReport,
    RuleEffect, SmallFirmsTouched, Trade,
};
pub use tally::{Past, Tally};

use crate::screened::OF_SCREENING;
use crate::{Asked, Engine, Evidence, SET_ASIDE, combine};
use jiff::Timestamp;
use portcullis_domain::{Decision, Finding, Transaction};

impl Engine {
    /// What these rules make of a transaction that was decided before, from what
    /// was recorded of it: nobody is screened. Who met whom, the judgements that
    /// held, and what could not be screened stay as they were.
    ///
    /// `recorded_at` is when it was decided. Where that is the day for which it
    /// was asked, it was asked at that instant, and each law goes by the day
    /// that it was there. A message that was set aside without being assessed
    /// stays as it was: no rule speaks of it.
    pub fn replay(
        &self,
        recorded: &Decision,
        transaction: &Transaction,
        recorded_at: Option<Timestamp>,
    ) -> Decision {
        let aside = |f: &&Finding| SET_ASIDE.contains(&f.code.as_str());
        let held: Vec<Finding> = recorded.findings.iter().filter(aside).cloned().collect();
        if !held.is_empty() && was_not_assessed(recorded) {
            let versions = self.versions(&recorded.versions.lists);
            return Decision {
                versions,
                ..recorded.clone()
            };
        }
        let of_screening = |code: &str| OF_SCREENING.contains(&code);
        let findings = recorded.findings.iter();
        let questions = recorded.questions.iter();
        let evidence = Evidence {
            screened: recorded.screened.clone(),
            findings: findings
                .filter(|f| of_screening(&f.code))
                .cloned()
                .collect(),
            questions: questions
                .filter(|q| of_screening(&q.code))
                .cloned()
                .collect(),
            lists: recorded.versions.lists.clone(),
            transaction_digest: recorded.transaction_digest.clone(),
        };
        let asked = Asked {
            as_of: recorded.as_of,
            known: recorded.known,
        };
        let moment = recorded_at.filter(|at| self.policy.today(*at) == asked.as_of);
        let mut decision = self.conclude(transaction, evidence, asked, moment);
        if !held.is_empty() {
            decision.findings.extend(held);
            combine::order_findings(&mut decision.findings);
            decision.outcome = combine::outcome(
                &decision.findings,
                &decision.questions,
                &decision.determinations,
            );
        }
        decision
    }
}

/// Decisions that were made without assessing hold one reason and nothing else.
fn was_not_assessed(decision: &Decision) -> bool {
    decision.findings.len() == 1
        && decision.determinations.is_empty()
        && decision.screened.is_empty()
        && decision.questions.is_empty()
}
