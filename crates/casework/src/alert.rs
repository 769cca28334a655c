//! What an alert is, given what was judged of it.

use crate::{Standing, Verdict};
use serde::{Deserialize, Serialize};

/// How an alert stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertState {
    /// Somebody must judge it.
    Open,
    /// Judged; the second person must agree.
    Awaiting,
    /// Judged not the same; it stops nothing while the judgement stands.
    Cleared,
    /// Judged the same.
    Confirmed,
    /// The customer left the book, or the entity the lists, or they no longer meet.
    Gone,
}

impl AlertState {
    /// Every state.
    pub const ALL: [AlertState; 5] = [
        AlertState::Open,
        AlertState::Awaiting,
        AlertState::Cleared,
        AlertState::Confirmed,
        AlertState::Gone,
    ];

    /// The word used in JSON, SQL and URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            AlertState::Open => "open",
            AlertState::Awaiting => "awaiting",
            AlertState::Cleared => "cleared",
            AlertState::Confirmed => "confirmed",
            AlertState::Gone => "gone",
        }
    }

    /// Reads the word used in JSON, SQL and URLs.
    pub fn parse(word: &str) -> Option<AlertState> {
        AlertState::ALL.into_iter().find(|s| s.as_str() == word)
    }
}

/// The state of an alert whose sides meet, by the judgement that decides for
/// the pair and how it stands. What does not stand leaves the alert open.
pub fn alert_state(judgement: Option<(Verdict, &Standing)>) -> AlertState {
    match judgement {
        Some((Verdict::NotSame, Standing::InForce)) => AlertState::Cleared,
        Some((Verdict::Same, Standing::InForce)) => AlertState::Confirmed,
        Some((_, Standing::AwaitingSecond)) => AlertState::Awaiting,
        _ => AlertState::Open,
    }
}
