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
use crate::{Asked, Engine, Evidence, Lists, NotRecordable, SET_ASIDE, combine};
use jiff::Timestamp;
use portcullis_casework::Disposition;
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
        let asked = days_of(recorded);
        let moment = recorded_at.filter(|at| self.policy.is_today(asked.as_of, *at));
        let decision = self.conclude(transaction, evidence, asked, moment);
        with_held(decision, held)
    }

    /// As [`Engine::replay`], with everybody screened again: against `lists`, with
    /// the judgements found under the keys of each party.
    ///
    /// # Errors
    ///
    /// [`NotRecordable`].
    pub fn screen_again(
        &self,
        recorded: &Decision,
        transaction: &Transaction,
        judgements: &[Vec<Disposition>],
        lists: &Lists,
    ) -> Result<Decision, NotRecordable> {
        let aside = |f: &&Finding| SET_ASIDE.contains(&f.code.as_str());
        let held: Vec<Finding> = recorded.findings.iter().filter(aside).cloned().collect();
        if !held.is_empty() && was_not_assessed(recorded) {
            return Ok(self.replay(recorded, transaction, None));
        }
        let decision = self.assess(transaction, judgements, lists, days_of(recorded))?;
        Ok(with_held(decision, held))
    }
}

fn days_of(recorded: &Decision) -> Asked {
    Asked {
        as_of: recorded.as_of,
        known: recorded.known,
    }
}

/// What held the message itself holds it still.
fn with_held(mut decision: Decision, held: Vec<Finding>) -> Decision {
    if held.is_empty() {
        return decision;
    }
    decision.findings.extend(held);
    combine::order_findings(&mut decision.findings);
    decision.outcome = combine::outcome(
        &decision.findings,
        &decision.questions,
        &decision.determinations,
    );
    decision
}

/// Decisions that were made without assessing hold one reason and nothing else.
fn was_not_assessed(decision: &Decision) -> bool {
    decision.findings.len() == 1
        && decision.determinations.is_empty()
        && decision.screened.is_empty()
        && decision.questions.is_empty()
}
