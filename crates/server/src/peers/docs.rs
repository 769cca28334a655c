//! The peers' answers as the API's description shows them. The answers
//! themselves are written from entities, not from these types.

use crate::judged::JudgementOut;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// An entity in the FollowTheMoney shape.
#[derive(Serialize, ToSchema)]
#[schema(as = FtmEntity)]
pub(crate) struct EntityDoc {
    /// Our id: `us-ofac:36`.
    id: String,
    caption: String,
    /// `Person`, `Organization`, `Company`, `LegalEntity`, `Vessel`, `Airplane`, `Sanction` …
    schema: String,
    /// Values by property: texts, or entities in their places.
    #[schema(value_type = BTreeMap<String, Vec<Object>>)]
    properties: BTreeMap<String, Vec<serde_json::Value>>,
    /// Codes of the lists in force.
    datasets: Vec<String>,
    /// Ids of the same party in other publications.
    referents: Vec<String>,
    target: bool,
    /// First day of the earliest listing.
    first_seen: Option<String>,
    /// When the list was imported.
    last_seen: Option<String>,
    last_change: Option<String>,
}

/// A result of `/match`: an entity (its fields stand beside these) with its score.
#[derive(Serialize, ToSchema)]
#[schema(as = ScoredFtmEntity)]
pub(crate) struct ScoredDoc {
    #[serde(flatten)]
    entity: EntityDoc,
    /// Similarity, 0 to 1; 0.70 is the alert line.
    score: f64,
    /// Evidence by kind, -1 to 1.
    features: BTreeMap<String, f64>,
    /// The same with words: `{score, detail, query, candidate, bits}`.
    #[schema(value_type = Object)]
    explanations: serde_json::Value,
    /// Weight of the evidence; orders results of equal score.
    bits: f64,
    /// Whether it is at the threshold or above, judged or not.
    r#match: bool,
    /// The judgement in force on this party and entity; absent if there is none.
    judgement: Option<JudgementOut>,
}

/// How many there are.
#[derive(Serialize, ToSchema)]
#[schema(as = PeerTotal)]
pub(crate) struct TotalDoc {
    pub(crate) value: usize,
    /// Always `eq`.
    pub(crate) relation: &'static str,
}

impl TotalDoc {
    pub(crate) fn of(value: usize) -> TotalDoc {
        TotalDoc {
            value,
            relation: "eq",
        }
    }
}

/// The answer to one query of `/match`.
#[derive(Serialize, ToSchema)]
#[schema(as = PeerMatches)]
pub(crate) struct MatchesDoc {
    /// 200; with `partial=accept` also 400 or 500.
    status: u16,
    results: Vec<ScoredDoc>,
    total: TotalDoc,
    #[schema(value_type = Object)]
    query: serde_json::Value,
    /// The record of this screening: `{id, code}`; the code verifies its printed page.
    #[schema(value_type = Object)]
    screening: serde_json::Value,
    /// True where an empty answer says nothing; absent otherwise.
    partial: Option<bool>,
    /// What could not be read or is not compared; absent if nothing.
    issues: Option<Vec<String>>,
}

/// The answer of `/match`.
#[derive(Serialize, ToSchema)]
#[schema(as = PeerMatchAnswer)]
pub(crate) struct MatchDoc {
    responses: BTreeMap<String, MatchesDoc>,
    #[schema(value_type = Object)]
    matcher: serde_json::Value,
    limit: usize,
}

/// A result of `/search`: an entity (its fields stand beside this).
#[derive(Serialize, ToSchema)]
#[schema(as = FoundFtmEntity)]
pub(crate) struct FoundDoc {
    #[serde(flatten)]
    entity: EntityDoc,
    /// The judgement in force on a party of which only the text that was asked
    /// for is known, and this entity; absent if there is none.
    judgement: Option<JudgementOut>,
}

/// The answer of `/search`.
#[derive(Serialize, ToSchema)]
#[schema(as = PeerSearchAnswer)]
pub(crate) struct SearchDoc {
    results: Vec<FoundDoc>,
    /// `{name: {label, values: [{name, label, count}]}}`
    #[schema(value_type = Object)]
    facets: serde_json::Value,
    total: TotalDoc,
    limit: usize,
    offset: usize,
}

/// Entities around one, under one property.
#[derive(Serialize, ToSchema)]
#[schema(as = PeerAdjacentResults)]
pub(crate) struct AroundDoc {
    results: Vec<EntityDoc>,
    total: TotalDoc,
    limit: usize,
    offset: usize,
}

/// The answer of `/entities/{id}/adjacent`.
#[derive(Serialize, ToSchema)]
#[schema(as = PeerAdjacent)]
pub(crate) struct AdjacentDoc {
    entity: EntityDoc,
    adjacent: BTreeMap<String, AroundDoc>,
}
