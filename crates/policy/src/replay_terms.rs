//! What a replay counts, and by which lines (`replay.toml`).

use crate::{PolicyFiles, Problem};
use portcullis_domain::Outcome;
use serde::Deserialize;

/// A queue of people, and the outcomes that come to it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Queue {
    /// Short name.
    pub name: String,
    /// The outcomes whose decisions come to it.
    pub outcomes: Vec<Outcome>,
}

/// Which firms count as small.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmallFirms {
    /// A firm that exports with fewer declarations than this in the history that
    /// is replayed counts as small.
    pub declarations_below: u64,
    /// Where the line comes from.
    pub citation: String,
}

/// The terms of a replay.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplayTerms {
    /// The queues, in the order in which they are shown.
    #[serde(rename = "queue")]
    pub queues: Vec<Queue>,
    /// Which firms count as small.
    pub small_firms: SmallFirms,
}

impl ReplayTerms {
    /// The file they are read from. It may be absent: then there is no queue and
    /// no firm is small, and a report says so.
    pub const FILE: &str = "replay.toml";

    /// Reads them; `None` without a file. Problems: misspelt, no source, an
    /// outcome in two queues.
    pub fn load(files: &PolicyFiles) -> Result<Option<ReplayTerms>, Vec<Problem>> {
        if files.get(ReplayTerms::FILE).is_none() {
            return Ok(None);
        }
        let document = files.document(ReplayTerms::FILE)?;
        let row = document.root();
        let terms: ReplayTerms = row.read().map_err(|p| vec![p])?;
        let mut problems = Vec::new();
        if terms.small_firms.citation.trim().is_empty() {
            problems.push(row.problem_at("small_firms", "small_firms: has no citation"));
        }
        let mut seen = Vec::new();
        for outcome in terms.queues.iter().flat_map(|q| &q.outcomes) {
            if seen.contains(outcome) {
                let text = format!("queue: {} comes to two queues", outcome.as_str());
                problems.push(row.problem_at("queue", text));
            }
            seen.push(*outcome);
        }
        if problems.is_empty() {
            Ok(Some(terms))
        } else {
            Err(problems)
        }
    }

    /// The queue to which an outcome comes, if it comes to any.
    pub fn queue_of(&self, outcome: Outcome) -> Option<&str> {
        let mut queues = self.queues.iter();
        let queue = queues.find(|q| q.outcomes.contains(&outcome))?;
        Some(queue.name.as_str())
    }
}
