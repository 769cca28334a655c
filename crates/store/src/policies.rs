//! Versions of the policy: proposed by one person, adopted by another, never
//! changed afterwards; drafts in the shadow; bulletins.

mod bulletins;
mod drafts;
mod read;
mod shadow;
mod write;

pub use bulletins::{NewBulletin, StoredBulletin};
pub use drafts::PolicyDraft;
pub use shadow::{NewShadow, ShadowDecision, ShadowRun, ShadowTurn, StoredShadow};

use jiff::Timestamp;
use portcullis_casework::{PolicyCheck, PolicyVersion};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The files of a policy: path inside the folder → text.
pub type PolicyBundle = BTreeMap<String, String>;

/// A policy that somebody puts forward.
#[derive(Clone, Debug)]
pub struct NewPolicyVersion {
    /// Its files.
    pub files: PolicyBundle,
    /// What it is about, in a few words; public, stands in the event.
    pub title: String,
    /// Why, in the words of the person who proposes it.
    pub reason: String,
    /// What checking the files gave.
    pub check: PolicyCheck,
}

/// What was said of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RemarkKind {
    /// Why it was proposed.
    Proposal,
    /// A comment.
    Comment,
    /// Why it was adopted; may be absent.
    Adoption,
    /// Why it was rejected.
    Rejection,
    /// Why it was taken back.
    Withdrawal,
    /// Why its suspension was asked for.
    Suspension,
}

impl RemarkKind {
    /// The word used in JSON and SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            RemarkKind::Proposal => "proposal",
            RemarkKind::Comment => "comment",
            RemarkKind::Adoption => "adoption",
            RemarkKind::Rejection => "rejection",
            RemarkKind::Withdrawal => "withdrawal",
            RemarkKind::Suspension => "suspension",
        }
    }

    fn parse(word: &str) -> Option<RemarkKind> {
        let all = [
            RemarkKind::Proposal,
            RemarkKind::Comment,
            RemarkKind::Adoption,
            RemarkKind::Rejection,
            RemarkKind::Withdrawal,
            RemarkKind::Suspension,
        ];
        all.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// Something that was said of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyRemark {
    /// What sort.
    pub kind: RemarkKind,
    /// Who said it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// What; `None` once erased.
    pub text: Option<String>,
}

/// A version with what was said of it, oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPolicyVersion {
    /// The version.
    pub version: PolicyVersion,
    /// What was said.
    pub remarks: Vec<PolicyRemark>,
}

/// A remark as it is sealed.
#[derive(Serialize, Deserialize)]
struct RemarkContent {
    /// Hex; without it nobody can guess what stands behind a digest.
    secret: String,
    text: String,
}

/// The class of sealed remarks.
const REMARK: &str = "policy-remark";
