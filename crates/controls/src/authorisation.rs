//! What may overcome a requirement: licence exceptions, general authorisations,
//! general licences, humanitarian exemptions.

mod load;
mod record;

use serde::Serialize;

pub(crate) use load::read;
pub use record::{Asks, Authorisation, Claim, Condition, Eligibility, FactsOf, Kind};

/// An authorisation that may be used for a case, with what it asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Authorised {
    /// Its id: `LVS`, `EU001`, …
    pub id: String,
    /// Everything it asks, in words, each with its source.
    pub conditions: Vec<String>,
    /// Those of its conditions that are not shown to be met: not met, or not told.
    pub unmet: Vec<String>,
}
