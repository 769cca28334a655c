//! The line that `assess` prints for each message: output version 1.
//! All keys are always there; unknown is null, none is []. Keys may be added,
//! never changed. The schema is `docs/reference/assess-output.schema.json`.

use crate::{GateError, Incoming};
use portcullis_assessment::{Asked, ENGINE_VERSION, Lists, NotRecordable};
use portcullis_domain::{
    Decision, Determination, Finding, Issue, MessageKind, Outcome, Question, Strength, digest,
};
use portcullis_store::DecisionRow;
use serde::Serialize;

/// One message and its decision.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// Version of the output.
    pub v: u32,
    /// The file, as given or found.
    pub file: String,
    /// Position of the message in the file, from 0.
    pub index: u64,
    /// The trader's reference.
    pub reference: Option<String>,
    /// What the message does.
    pub kind: MessageKind,
    /// Id of the decision; null if none was recorded.
    pub decision_id: Option<String>,
    /// The outcome; null for notifications and other messages.
    pub outcome: Option<Outcome>,
    /// One per jurisdiction asked.
    pub determinations: Vec<Determination>,
    /// Evidence in bits; null where nothing was decided.
    pub risk_bits: Option<f64>,
    /// Reasons.
    pub findings: Vec<LineFinding>,
    /// What the trader can answer.
    pub questions: Vec<LineQuestion>,
    /// What could not be read.
    pub issues: Vec<LineIssue>,
    /// The day for which the question was asked.
    pub as_of: String,
    /// On what the answer rests.
    pub versions: LineVersions,
    /// SHA-256 of the decision's canonical JSON; null where nothing was decided.
    pub digest: Option<String>,
    /// Whether the same bytes were decided before: that decision is shown.
    pub repeated: bool,
}

/// A reason.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LineFinding {
    /// What it is about (`parties/2`, `items/0`, `transaction` …).
    pub about: String,
    /// Machine-readable code.
    pub code: String,
    /// In plain words.
    pub text: String,
    /// `legal`, `presumptive`, `evidence` or `context`.
    pub strength: Strength,
    /// Sources.
    pub citations: Vec<String>,
    /// The outcome that this finding alone asks for.
    pub outcome: Outcome,
    /// Weight of evidence in bits.
    pub bits: f64,
    /// The rule that made it.
    pub rule: Option<String>,
    /// Whose law it rests on.
    pub jurisdiction: Option<String>,
}

/// A question.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LineQuestion {
    /// What it is about.
    pub about: String,
    /// Machine-readable code.
    pub code: String,
    /// In words the trader can answer.
    pub text: String,
    /// Sources that ask for it.
    pub citations: Vec<String>,
}

/// Something that could not be read.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LineIssue {
    /// Line in the file, from 1.
    pub line: Option<u64>,
    /// Field or path.
    pub field: Option<String>,
    /// What is wrong.
    pub text: String,
    /// Machine-readable code.
    pub code: String,
}

/// On what an answer rests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LineVersions {
    /// Id of the list set.
    pub lists: String,
    /// Id of the policy.
    pub policy: String,
    /// Version of the engine.
    pub engine: String,
}

impl Line {
    /// The line of a decision.
    pub(crate) fn of(
        incoming: &Incoming,
        decision_id: Option<String>,
        decision: &Decision,
    ) -> Result<Line, GateError> {
        let digest = digest(decision).map_err(NotRecordable::new)?;
        Ok(Line {
            decision_id,
            outcome: Some(decision.outcome),
            determinations: decision.determinations.clone(),
            risk_bits: Some(bits(decision.risk_millibits)),
            findings: decision.findings.iter().map(LineFinding::of).collect(),
            questions: decision.questions.iter().map(LineQuestion::of).collect(),
            as_of: decision.as_of.to_string(),
            versions: LineVersions {
                lists: decision.versions.lists.clone(),
                policy: decision.versions.policy.clone(),
                engine: decision.versions.engine.clone(),
            },
            digest: Some(digest),
            ..Line::bare(incoming)
        })
    }

    /// The line of a message that is named and not decided.
    pub(crate) fn undecided(
        incoming: &Incoming,
        asked: Asked,
        policy: &str,
        lists: &Lists,
    ) -> Line {
        Line {
            as_of: asked.as_of.to_string(),
            versions: LineVersions {
                lists: lists.id().to_owned(),
                policy: policy.to_owned(),
                engine: ENGINE_VERSION.to_owned(),
            },
            ..Line::bare(incoming)
        }
    }

    /// The line of a decision whose evidence was erased.
    pub(crate) fn erased(incoming: &Incoming, row: &DecisionRow) -> Line {
        Line {
            decision_id: Some(row.decision_id.clone()),
            outcome: Some(row.outcome),
            risk_bits: Some(bits(row.risk_millibits)),
            as_of: row.as_of.to_string(),
            versions: LineVersions {
                lists: row.lists.clone(),
                policy: row.policy.clone(),
                engine: row.engine.clone(),
            },
            digest: (!row.digest.is_empty()).then(|| row.digest.clone()),
            repeated: true,
            ..Line::bare(incoming)
        }
    }

    /// This decision again, for a message of the same bytes.
    pub(crate) fn repeated(&self, incoming: &Incoming) -> Line {
        let bare = Line::bare(incoming);
        Line {
            file: bare.file,
            index: bare.index,
            issues: bare.issues,
            repeated: true,
            ..self.clone()
        }
    }

    fn bare(incoming: &Incoming) -> Line {
        let message = &incoming.message;
        Line {
            v: 1,
            file: incoming.file.clone(),
            index: message.index,
            reference: message.reference.clone(),
            kind: message.kind,
            decision_id: None,
            outcome: None,
            determinations: Vec::new(),
            risk_bits: None,
            findings: Vec::new(),
            questions: Vec::new(),
            issues: message.issues.iter().map(LineIssue::of).collect(),
            as_of: String::new(),
            versions: LineVersions {
                lists: String::new(),
                policy: String::new(),
                engine: String::new(),
            },
            digest: None,
            repeated: false,
        }
    }
}

fn bits(millibits: i64) -> f64 {
    millibits as f64 / 1_000.0
}

impl LineFinding {
    fn of(finding: &Finding) -> LineFinding {
        LineFinding {
            about: finding.about.to_string(),
            code: finding.code.clone(),
            text: finding.text.clone(),
            strength: finding.strength,
            citations: finding.citations.iter().map(|c| c.0.clone()).collect(),
            outcome: finding.outcome,
            bits: bits(finding.millibits),
            rule: finding.rule.clone(),
            jurisdiction: finding.jurisdiction.as_ref().map(|j| j.0.clone()),
        }
    }
}

impl LineQuestion {
    fn of(question: &Question) -> LineQuestion {
        LineQuestion {
            about: question.about.to_string(),
            code: question.code.clone(),
            text: question.text.clone(),
            citations: question.citations.iter().map(|c| c.0.clone()).collect(),
        }
    }
}

impl LineIssue {
    fn of(issue: &Issue) -> LineIssue {
        LineIssue {
            line: issue.line,
            field: issue.field.clone(),
            text: issue.text.clone(),
            code: issue.code.clone(),
        }
    }
}
