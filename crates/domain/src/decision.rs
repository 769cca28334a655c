//! What was concluded, and on what it rests.

use crate::{About, Citation, Country, Date, Finding, Issue, Jurisdiction, Movement, Role};
use serde::{Deserialize, Serialize};

/// What happens to the transaction, from the mildest to the strictest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing stands against it.
    Release,
    /// The trader can answer what is missing.
    Question,
    /// An officer must judge: a possible match, or risk.
    Review,
    /// A licence is needed and none is shown.
    LicenceRequired,
    /// Something could not be read, screened or determined.
    Hold,
    /// The law forbids it.
    Prohibited,
}

impl Outcome {
    /// Every outcome, mildest first.
    pub const ALL: [Outcome; 6] = [
        Outcome::Release,
        Outcome::Question,
        Outcome::Review,
        Outcome::LicenceRequired,
        Outcome::Hold,
        Outcome::Prohibited,
    ];

    /// The word used in JSON, SQL and URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Release => "release",
            Outcome::Question => "question",
            Outcome::Review => "review",
            Outcome::LicenceRequired => "licence_required",
            Outcome::Hold => "hold",
            Outcome::Prohibited => "prohibited",
        }
    }

    /// Reads the word used in JSON, SQL and URLs.
    pub fn parse(word: &str) -> Option<Outcome> {
        Outcome::ALL.into_iter().find(|o| o.as_str() == word)
    }
}

/// What the law of one jurisdiction says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeterminationResult {
    /// No rule that was checked asks for a licence.
    NotRequired,
    /// A licence is required.
    Required,
    /// Forbidden, licence or not.
    Prohibited,
    /// Cannot be told from what is known; the questions say what is missing.
    Undetermined,
}

impl DeterminationResult {
    /// The word used in JSON and SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            DeterminationResult::NotRequired => "not_required",
            DeterminationResult::Required => "required",
            DeterminationResult::Prohibited => "prohibited",
            DeterminationResult::Undetermined => "undetermined",
        }
    }
}

/// The determination under one jurisdiction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Determination {
    /// Whose law.
    pub jurisdiction: Jurisdiction,
    /// Whether it binds this installation; one that does not is shown as evidence.
    pub binding: bool,
    /// What it says.
    pub result: DeterminationResult,
    /// Why, in plain words.
    pub text: String,
    /// Ids of the rules and tables that were checked, in order.
    pub checked: Vec<String>,
    /// Sources.
    pub citations: Vec<Citation>,
}

/// Something that somebody can answer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Question {
    /// What it is about.
    pub about: About,
    /// Machine-readable code, for example `end-user-missing`.
    pub code: String,
    /// The question, in words the trader can answer.
    pub text: String,
    /// Sources that ask for it.
    pub citations: Vec<Citation>,
}

/// How far a party could be screened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScreeningStatus {
    /// Screened; nothing at or above the alert line.
    Clear,
    /// Screened; something at or above the alert line.
    Alert,
    /// Screened; all that was at or above the alert line was judged not the
    /// same, and those judgements hold.
    Cleared,
    /// Only the identifier could be screened.
    ScreenedByIdentifier,
    /// Nothing to screen: no name, no identifier.
    NotScreened,
}

/// A watchlist entity that a party met, as recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedHit {
    /// Entity id.
    pub entity_id: String,
    /// Its listed name.
    pub caption: String,
    /// The codes of its lists.
    pub lists: Vec<String>,
    /// Similarity in ten-thousandths; 7,000 is the alert line.
    pub score: i64,
    /// Evidence in thousandths of a bit.
    pub millibits: i64,
    /// Exact name or identifier: enough for a presumptive legal finding.
    pub strong: bool,
    /// Why it matched, in plain words.
    pub reasons: Vec<String>,
    /// The judgement that holds for this party and entity, if one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disposition: Option<HitDisposition>,
}

impl ListedHit {
    /// Whether somebody judged that they are not the same, and that holds.
    pub fn is_cleared(&self) -> bool {
        self.disposition.as_ref().is_some_and(|d| !d.same)
    }
}

/// A judgement in force on a hit, as recorded with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HitDisposition {
    /// Its id.
    pub id: String,
    /// Whether they were judged the same; otherwise not the same.
    pub same: bool,
    /// The day on which it was decided.
    pub decided_on: Date,
    /// The people behind it: `ann`, or `ann and ben`.
    pub by: String,
    /// The first day on which it no longer holds.
    pub expires_on: Date,
}

/// What the screening of one party gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScreenedParty {
    /// Position in `transaction.parties`.
    pub about: About,
    /// Its role.
    pub role: Role,
    /// The name that was screened, as declared.
    pub name: String,
    /// How far it could be screened.
    pub status: ScreeningStatus,
    /// At or above the alert line, strongest first.
    pub hits: Vec<ListedHit>,
}

/// The versions on which an answer rests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versions {
    /// Id of the list set: all active sources together.
    pub lists: String,
    /// Id of the policy: digest of its files.
    pub policy: String,
    /// Version of the engine.
    pub engine: String,
}

/// The answer to one transaction. Its digest is the SHA-256 of its canonical
/// JSON; ids, recorded times and signatures stand outside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Reference of the transaction.
    pub reference: String,
    /// Export, import, transit …
    pub movement: Movement,
    /// Where the goods go, if known.
    pub destination: Option<Country>,
    /// SHA-256 of the recorded form of the transaction that was assessed.
    pub transaction_digest: String,
    /// The strictest outcome of all findings.
    pub outcome: Outcome,
    /// One per jurisdiction asked.
    pub determinations: Vec<Determination>,
    /// Sum of the evidence, dependent flags grouped and capped, in thousandths of a bit.
    pub risk_millibits: i64,
    /// In a fixed order: strictest outcome first, then subject, then code.
    pub findings: Vec<Finding>,
    /// In a fixed order.
    pub questions: Vec<Question>,
    /// How each party was screened.
    pub screened: Vec<ScreenedParty>,
    /// What could not be read.
    pub issues: Vec<Issue>,
    /// The day for which the question was asked.
    pub as_of: Date,
    /// The day up to which knowledge was used.
    pub known: Date,
    /// On what it rests.
    pub versions: Versions,
}
