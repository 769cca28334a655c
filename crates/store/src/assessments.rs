//! Assessments: what was decided about which message, and on what evidence.

mod history;
mod read;
mod record;

pub use history::{HistoryMark, PastDecision, SealedPast};
pub(crate) use record::{AssessmentContent, event_body};

use jiff::Timestamp;
use portcullis_domain::{Country, Date, Decision, MessageKind, Movement, Outcome, Transaction};

/// One message that was assessed, to be recorded.
#[derive(Clone, Debug)]
pub struct NewAssessment {
    /// The file it came in, as shown to people; never in an event.
    pub file: String,
    /// Position in the file, from 0.
    pub index: u64,
    /// What sort of message.
    pub kind: MessageKind,
    /// The trader's reference, if it could be read.
    pub reference: Option<String>,
    /// Version of the declaration, if it states one.
    pub version: Option<u32>,
    /// SHA-256 of the message as it came.
    pub message_digest: String,
    /// How many versions of this reference the caller had seen when it decided:
    /// those of [`Store::held`] plus those before it in the same batch. If
    /// there are others by now, nothing is recorded. `None` does not check.
    pub held: Option<u64>,
    /// The transaction as read; `None` if it could not be read.
    pub transaction: Option<Transaction>,
    /// The answer.
    pub decision: Decision,
}

/// An assessment that is durably recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Id of the decision, a UUID version 7.
    pub decision_id: String,
    /// SHA-256 of the decision's canonical JSON.
    pub digest: String,
}

/// A version of a reference that was assessed before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldVersion {
    /// Version of the declaration, if it states one.
    pub version: Option<u32>,
    /// SHA-256 of the message as it came; empty after erasure.
    pub message_digest: String,
    /// The decision about it.
    pub decision_id: String,
    /// What sort of message it was.
    pub kind: MessageKind,
}

/// What can be shown of a decision without its contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionRow {
    /// Id of the decision.
    pub decision_id: String,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Who ran the assessment.
    pub actor: String,
    /// The trader's reference, if it could be read.
    pub reference: Option<String>,
    /// What sort of message.
    pub kind: MessageKind,
    /// The outcome.
    pub outcome: Outcome,
    /// Export, import, transit …
    pub movement: Movement,
    /// Where the goods go, if known.
    pub destination: Option<Country>,
    /// Evidence in thousandths of a bit.
    pub risk_millibits: i64,
    /// The day for which the question was asked.
    pub as_of: Date,
    /// Id of the list set.
    pub lists: String,
    /// Id of the policy.
    pub policy: String,
    /// Version of the engine.
    pub engine: String,
    /// SHA-256 of the decision's canonical JSON; empty after erasure.
    pub digest: String,
    /// The file it came in; empty after erasure.
    pub file: String,
    /// Position in the file, from 0.
    pub index: u64,
    /// How many findings.
    pub findings: u64,
    /// How many questions.
    pub questions: u64,
    /// Its place in the ledger, from 0, once it has one.
    pub ledger_index: Option<u64>,
    /// When its contents were erased.
    pub erased_at: Option<Timestamp>,
}

/// A decision with its evidence.
#[derive(Clone, Debug)]
pub struct StoredDecision {
    /// What can be shown without the contents.
    pub row: DecisionRow,
    /// The decision; `None` after erasure.
    pub decision: Option<Decision>,
    /// The transaction it was made about; `None` after erasure or if the
    /// message could not be read.
    pub transaction: Option<Transaction>,
}

/// Which decisions to list. An absent field does not filter.
#[derive(Clone, Debug, Default)]
pub struct DecisionFilter {
    /// Only this outcome.
    pub outcome: Option<Outcome>,
    /// Only this movement.
    pub movement: Option<Movement>,
    /// Only to this destination.
    pub destination: Option<Country>,
    /// Only references that contain this, in any case.
    pub reference: Option<String>,
    /// Recorded at this time or later.
    pub from: Option<Timestamp>,
    /// Recorded before this time.
    pub until: Option<Timestamp>,
    /// The highest risk first and, where it is the same, the longest waiting;
    /// otherwise the newest first.
    pub riskiest_first: bool,
}
