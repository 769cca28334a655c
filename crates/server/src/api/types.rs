//! Wire types. They change only by addition; unknown is null, none is [].

use crate::judged::JudgementOut;
use portcullis_domain::{
    Decision, Determination, Finding, Issue, ListedHit, Question, ScreenedParty, Versions,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// On what an answer rests.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Versions)]
pub(crate) struct VersionsOut {
    /// Id of the list set: all active sources together.
    pub(crate) lists: String,
    /// Id of the policy: digest of its files.
    pub(crate) policy: String,
    /// Version of the engine.
    pub(crate) engine: String,
}

/// One reason.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Finding)]
pub(crate) struct FindingOut {
    /// What it is about: `transaction`, `parties/2`, `items/0`, `route`, `payments/0`, `documents`.
    pub(crate) about: String,
    /// Machine-readable code.
    pub(crate) code: String,
    /// In plain words.
    pub(crate) text: String,
    /// `legal`, `presumptive`, `evidence` or `context`.
    pub(crate) strength: String,
    /// The outcome that this finding alone asks for.
    pub(crate) outcome: String,
    /// Weight of evidence in bits; 0 for legal findings.
    pub(crate) bits: f64,
    /// Whose law it rests on.
    pub(crate) jurisdiction: Option<String>,
    /// The rule that made it.
    pub(crate) rule: Option<String>,
    /// Sources.
    pub(crate) citations: Vec<String>,
}

/// Something the trader can answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Question)]
pub(crate) struct QuestionOut {
    /// What it is about.
    pub(crate) about: String,
    /// Machine-readable code.
    pub(crate) code: String,
    /// The question.
    pub(crate) text: String,
    /// Sources that ask for it.
    pub(crate) citations: Vec<String>,
}

/// What the law of one jurisdiction says.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Determination)]
pub(crate) struct DeterminationOut {
    /// Whose law.
    pub(crate) jurisdiction: String,
    /// Whether it binds this installation; if not, it is evidence.
    pub(crate) binding: bool,
    /// `not_required`, `required`, `prohibited` or `undetermined`.
    pub(crate) result: String,
    /// Why, in plain words.
    pub(crate) text: String,
    /// Ids of the rules and tables that were checked, in order.
    pub(crate) checked: Vec<String>,
    /// Sources.
    pub(crate) citations: Vec<String>,
}

/// Something that could not be read.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Issue)]
pub(crate) struct IssueOut {
    /// Line in the file, from 1.
    pub(crate) line: Option<u64>,
    /// Field or path.
    pub(crate) field: Option<String>,
    /// Machine-readable code.
    pub(crate) code: String,
    /// What is wrong.
    pub(crate) text: String,
}

/// How one party was screened.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ScreenedParty)]
pub(crate) struct ScreenedOut {
    /// Which party: `parties/2`.
    pub(crate) about: String,
    /// Its role.
    pub(crate) role: String,
    /// Its name as declared.
    pub(crate) name: String,
    /// `clear`, `alert`, `screened_by_identifier` or `not_screened`.
    pub(crate) status: String,
    /// What it met, strongest first.
    pub(crate) hits: Vec<RecordedHitOut>,
}

/// A listed entity that a party met, as recorded in a decision.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RecordedHit)]
pub(crate) struct RecordedHitOut {
    pub(crate) entity_id: String,
    pub(crate) caption: String,
    pub(crate) lists: Vec<String>,
    /// 0 to 1.
    pub(crate) score: f64,
    pub(crate) bits: f64,
    /// Exact name or identifier.
    pub(crate) strong: bool,
    pub(crate) reasons: Vec<String>,
    /// The judgement in force when it was assessed.
    pub(crate) judgement: Option<JudgementOut>,
}

/// One assessment in a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AssessmentSummary)]
pub(crate) struct SummaryOut {
    /// Id of the decision.
    pub(crate) decision_id: String,
    /// The trader's reference.
    pub(crate) reference: Option<String>,
    /// `declaration`, `amendment`, `cancellation` or `unreadable`.
    pub(crate) kind: String,
    /// `export`, `import`, `transit` …
    pub(crate) movement: String,
    /// ISO 3166-1 alpha-2.
    pub(crate) destination: Option<String>,
    /// `release`, `question`, `review`, `licence_required`, `hold` or `prohibited`.
    pub(crate) outcome: String,
    /// Evidence in bits.
    pub(crate) risk_bits: f64,
    /// When it was recorded (RFC 3339).
    pub(crate) recorded_at: String,
    /// The day for which it was asked.
    pub(crate) as_of: String,
    /// On what it rests.
    pub(crate) versions: VersionsOut,
    /// SHA-256 of the decision's canonical JSON; null after erasure.
    pub(crate) digest: Option<String>,
    /// Its place in the ledger, from 0; null while it waits.
    pub(crate) ledger_index: Option<u64>,
}

/// A page of assessments.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AssessmentPage)]
pub(crate) struct SummariesOut {
    /// Version of this format.
    pub(crate) v: u32,
    /// How many there are in all.
    pub(crate) total: u64,
    /// This page, from 1.
    pub(crate) page: u64,
    /// Strictest first, then by risk, then oldest first.
    pub(crate) assessments: Vec<SummaryOut>,
    /// What is in force now; each assessment has its own.
    pub(crate) versions: VersionsOut,
}

/// One assessment whole.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Assessment)]
pub(crate) struct AssessmentOut {
    /// Version of this format.
    pub(crate) v: u32,
    #[serde(flatten)]
    pub(crate) summary: SummaryOut,
    pub(crate) determinations: Vec<DeterminationOut>,
    pub(crate) findings: Vec<FindingOut>,
    pub(crate) questions: Vec<QuestionOut>,
    pub(crate) screened: Vec<ScreenedOut>,
    pub(crate) issues: Vec<IssueOut>,
    /// Whether the evidence was erased: then the lists above are empty.
    pub(crate) erased: bool,
}

/// One message of a file: the output of `portcullis assess`, version 1.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AssessedMessage {
    /// Version of this format.
    pub(crate) v: u32,
    /// The file, as named by the caller.
    pub(crate) file: String,
    /// Position in the file, from 0.
    pub(crate) index: u64,
    /// The trader's reference.
    pub(crate) reference: Option<String>,
    /// `declaration`, `amendment`, `cancellation`, `notification`, `other` or `unreadable`.
    pub(crate) kind: String,
    /// Id of the decision; null if none was made.
    pub(crate) decision_id: Option<String>,
    /// The outcome; null for notifications and other messages.
    pub(crate) outcome: Option<String>,
    pub(crate) determinations: Vec<DeterminationOut>,
    /// Evidence in bits; null where nothing was decided.
    pub(crate) risk_bits: Option<f64>,
    pub(crate) findings: Vec<FindingOut>,
    pub(crate) questions: Vec<QuestionOut>,
    pub(crate) issues: Vec<IssueOut>,
    /// The day for which it was asked.
    pub(crate) as_of: String,
    pub(crate) versions: VersionsOut,
    /// SHA-256 of the decision's canonical JSON; null where nothing was decided.
    pub(crate) digest: Option<String>,
}

/// The messages of a file, in order.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AssessedOut {
    /// Version of this format.
    pub(crate) v: u32,
    pub(crate) messages: Vec<AssessedMessage>,
    pub(crate) versions: VersionsOut,
}

/// A version of a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListSnapshot)]
pub(crate) struct SnapshotOut {
    /// `<source>@<12 hex>`
    pub(crate) snapshot: String,
    pub(crate) source: String,
    /// Day of publication; null if the file does not say.
    pub(crate) published: Option<String>,
    /// When it was imported (RFC 3339).
    pub(crate) recorded_at: String,
    /// Whether it is in use.
    pub(crate) active: bool,
    pub(crate) entities: u64,
    pub(crate) names: u64,
    /// How many things could not be read.
    pub(crate) issues: u64,
    /// Entities on each list.
    pub(crate) counts: BTreeMap<String, u64>,
    pub(crate) sha256: String,
}

/// Every list version held.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Lists)]
pub(crate) struct ListsOut {
    /// Version of this format.
    pub(crate) v: u32,
    pub(crate) snapshots: Vec<SnapshotOut>,
    pub(crate) versions: VersionsOut,
}

/// A rule of the policy.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Rule)]
pub(crate) struct RuleOut {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) title: String,
    pub(crate) citation: String,
    pub(crate) jurisdiction: String,
    /// `draft`, `active` or `retired`.
    pub(crate) status: String,
    /// First day in force; null if open.
    pub(crate) from: Option<String>,
    /// Last day in force; null if open.
    pub(crate) until: Option<String>,
    pub(crate) review_by: Option<String>,
    /// What follows if it applies.
    pub(crate) effect: String,
    /// Its condition as written; null if it has none.
    pub(crate) condition: Option<String>,
}

/// The policy in force.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Rules)]
pub(crate) struct RulesOut {
    /// Version of this format.
    pub(crate) v: u32,
    pub(crate) rules: Vec<RuleOut>,
    pub(crate) versions: VersionsOut,
}

/// How the ledger stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Checkpoint)]
pub(crate) struct CheckpointOut {
    /// Version of this format.
    pub(crate) v: u32,
    /// Name of the ledger.
    pub(crate) origin: String,
    /// Public key (`name+hash+base64`). Keep your own copy.
    pub(crate) verifier_key: String,
    /// Entries that have their place.
    pub(crate) size: u64,
    /// Entries that wait for theirs.
    pub(crate) pending: u64,
    /// The signed note; null if nothing is signed yet.
    pub(crate) checkpoint: Option<String>,
    pub(crate) versions: VersionsOut,
}

/// A party to screen. Several values of a field are a list.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ScreenRequest)]
pub(crate) struct ScreenIn {
    /// Given back in the answer.
    #[serde(default)]
    pub(crate) id: String,
    /// Name in any script.
    #[serde(default)]
    pub(crate) name: String,
    /// `person`, `organisation`, `vessel` or `aircraft`; empty matches every type.
    #[serde(default, rename = "type")]
    pub(crate) kind: String,
    /// ISO 3166-1 codes or English names.
    #[serde(default)]
    pub(crate) country: Vec<String>,
    /// `YYYY[-MM[-DD]]`
    #[serde(default)]
    pub(crate) birth_date: Vec<String>,
    /// `scheme:value` or a bare value.
    #[serde(default)]
    pub(crate) identifier: Vec<String>,
    /// As written.
    #[serde(default)]
    pub(crate) address: Vec<String>,
    /// Hits below it are left out; 0 to 1, default 0.70.
    #[serde(default)]
    pub(crate) threshold: Option<f64>,
    /// Hits given, at most; default 5. `more` counts what was cut.
    #[serde(default)]
    pub(crate) limit: Option<usize>,
}

/// Why a hit is one.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Reason)]
pub(crate) struct ReasonOut {
    pub(crate) code: String,
    pub(crate) text: String,
    pub(crate) bits: f64,
}

/// A listed entity that may be the party.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Hit)]
pub(crate) struct HitOut {
    pub(crate) entity_id: String,
    pub(crate) caption: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) lists: Vec<String>,
    /// 0 to 1.
    pub(crate) score: f64,
    pub(crate) bits: f64,
    /// Whether the matching name is a weak alias.
    pub(crate) weak: bool,
    /// Whether name or identifier is exactly the same.
    pub(crate) strong: bool,
    /// Ids of other schemes that are the same entity.
    pub(crate) same_as: Vec<String>,
    pub(crate) reasons: Vec<ReasonOut>,
    /// The judgement in force on this party and entity. A match under one is
    /// still listed and still makes the answer an `alert`.
    pub(crate) judgement: Option<JudgementOut>,
}

/// The answer to one party: the output of `portcullis screen`, version 1.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ScreenAnswer)]
pub(crate) struct ScreenOut {
    /// Version of this format.
    pub(crate) v: u32,
    pub(crate) id: String,
    /// `clear`, `alert`, `partial` or `error`.
    pub(crate) status: String,
    /// Name as given.
    pub(crate) query: String,
    /// By score, then bits, both falling, then entity id.
    pub(crate) hits: Vec<HitOut>,
    /// Hits that the limit cut.
    pub(crate) more: usize,
    pub(crate) threshold: f64,
    /// Id of the list set.
    pub(crate) snapshot: String,
    pub(crate) error: Option<String>,
    pub(crate) versions: VersionsOut,
}

/// Thousandths as they are read.
pub(crate) fn thousandths(value: i64) -> f64 {
    value as f64 / 1_000.0
}

fn texts(citations: &[portcullis_domain::Citation]) -> Vec<String> {
    citations.iter().map(|c| c.0.clone()).collect()
}

/// The word that a recorded form uses for a value of an enum.
fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

impl From<&Versions> for VersionsOut {
    fn from(versions: &Versions) -> VersionsOut {
        VersionsOut {
            lists: versions.lists.clone(),
            policy: versions.policy.clone(),
            engine: versions.engine.clone(),
        }
    }
}

impl From<&Finding> for FindingOut {
    fn from(finding: &Finding) -> FindingOut {
        FindingOut {
            about: finding.about.to_string(),
            code: finding.code.clone(),
            text: finding.text.clone(),
            strength: word(&finding.strength),
            outcome: finding.outcome.as_str().to_owned(),
            bits: thousandths(finding.millibits),
            jurisdiction: finding.jurisdiction.as_ref().map(|j| j.0.clone()),
            rule: finding.rule.clone(),
            citations: texts(&finding.citations),
        }
    }
}

impl From<&Question> for QuestionOut {
    fn from(question: &Question) -> QuestionOut {
        QuestionOut {
            about: question.about.to_string(),
            code: question.code.clone(),
            text: question.text.clone(),
            citations: texts(&question.citations),
        }
    }
}

impl From<&Determination> for DeterminationOut {
    fn from(determination: &Determination) -> DeterminationOut {
        DeterminationOut {
            jurisdiction: determination.jurisdiction.to_string(),
            binding: determination.binding,
            result: determination.result.as_str().to_owned(),
            text: determination.text.clone(),
            checked: determination.checked.clone(),
            citations: texts(&determination.citations),
        }
    }
}

impl From<&Issue> for IssueOut {
    fn from(issue: &Issue) -> IssueOut {
        IssueOut {
            line: issue.line,
            field: issue.field.clone(),
            code: issue.code.clone(),
            text: issue.text.clone(),
        }
    }
}

impl From<&ScreenedParty> for ScreenedOut {
    fn from(screened: &ScreenedParty) -> ScreenedOut {
        ScreenedOut {
            about: screened.about.to_string(),
            role: screened.role.as_str().to_owned(),
            name: screened.name.clone(),
            status: word(&screened.status),
            hits: screened.hits.iter().map(RecordedHitOut::from).collect(),
        }
    }
}

impl From<&ListedHit> for RecordedHitOut {
    fn from(hit: &ListedHit) -> RecordedHitOut {
        RecordedHitOut {
            entity_id: hit.entity_id.clone(),
            caption: hit.caption.clone(),
            lists: hit.lists.clone(),
            score: hit.score as f64 / 10_000.0,
            bits: thousandths(hit.millibits),
            strong: hit.strong,
            reasons: hit.reasons.clone(),
            judgement: hit.disposition.as_ref().map(JudgementOut::from),
        }
    }
}

impl AssessmentOut {
    pub(crate) fn new(summary: SummaryOut, decision: Option<&Decision>) -> AssessmentOut {
        AssessmentOut {
            v: 1,
            summary,
            determinations: map(decision.map(|d| &d.determinations[..])),
            findings: map(decision.map(|d| &d.findings[..])),
            questions: map(decision.map(|d| &d.questions[..])),
            screened: map(decision.map(|d| &d.screened[..])),
            issues: map(decision.map(|d| &d.issues[..])),
            erased: decision.is_none(),
        }
    }
}

fn map<'a, A, B: From<&'a A>>(all: Option<&'a [A]>) -> Vec<B> {
    all.unwrap_or_default().iter().map(B::from).collect()
}
