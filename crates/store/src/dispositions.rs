//! Judgements on matches, kept with both sides as they were.

mod read;
mod write;

use jiff::Timestamp;
use portcullis_casework::{Disposition, Judged, Progress, Terms, Verdict};
use portcullis_domain::{Date, Entity, Party};
use serde::{Deserialize, Serialize};

/// A customer of a book.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CustomerRef {
    /// Name of the book.
    pub book: String,
    /// The customer's number in it.
    pub id: String,
}

/// A judgement to be made.
#[derive(Clone, Debug)]
pub struct NewDisposition {
    /// Who was judged, as it is now.
    pub party: Party,
    /// The customer that this party is, if it is one.
    pub customer: Option<CustomerRef>,
    /// The listed entity, as it is now.
    pub entity: Entity,
    /// Same or not the same.
    pub verdict: Verdict,
    /// Why, in the words of the person who judges; sealed.
    pub reason: String,
    /// The first day on which it no longer holds; `None` takes the longest that
    /// policy allows.
    pub expires_on: Option<Date>,
    /// Major version of the screening engine that made the match.
    pub engine_major: u32,
    /// What policy says of such a judgement.
    pub terms: Terms,
    /// Id of the screening or alert that was looked at, if any.
    pub rests_on: Option<String>,
}

/// A judgement with what it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDisposition {
    /// The judgement; its `judged` is `None` after erasure.
    pub disposition: Disposition,
    /// The customer, if the party is one.
    pub customer: Option<CustomerRef>,
    /// Id of the screening or alert that was looked at, if any.
    pub rests_on: Option<String>,
    /// Why; `None` after erasure.
    pub reason: Option<String>,
    /// Why it was refused or taken back; `None` if it was not, or after erasure.
    pub end_reason: Option<String>,
}

/// Whose judgements to list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DispositionOf {
    /// Of one customer.
    Customer(CustomerRef),
    /// On one listed entity.
    Entity(String),
}

/// Which judgements to list. An absent field does not filter.
#[derive(Clone, Debug, Default)]
pub struct DispositionFilter {
    /// Only of this customer, or on this entity.
    pub of: Option<DispositionOf>,
    /// Only those that have come so far.
    pub progress: Option<Progress>,
    /// Only of this verdict.
    pub verdict: Option<Verdict>,
    /// Proposed at this time or later.
    pub from: Option<Timestamp>,
}

/// The contents of a judgement, as they are sealed.
#[derive(Serialize, Deserialize)]
struct DispositionContent {
    /// Hex; without it nobody can guess what stands behind a digest.
    secret: String,
    judged: Judged,
    reason: String,
}

/// The reason for an end, as it is sealed, beside the judgement's own contents.
#[derive(Serialize, Deserialize)]
struct EndContent {
    secret: String,
    end_reason: String,
}

/// The class of a judgement's contents.
const CLASS: &str = "disposition";
/// The class of the reason for an end.
const END_CLASS: &str = "disposition-end";
