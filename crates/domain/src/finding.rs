//! What was found, about what, how strongly, by which source.

use crate::{Jurisdiction, Outcome};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a finding or question is about. Written `transaction`, `parties/2`,
/// `items/0`, `route`, `payments/0`, `documents`: positions count from 0 in the
/// transaction as recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum About {
    /// The transaction as a whole.
    Transaction,
    /// A party, by position.
    Party(usize),
    /// A line of goods, by position.
    Item(usize),
    /// The route.
    Route,
    /// A payment, by position.
    Payment(usize),
    /// The documents.
    Documents,
}

impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            About::Transaction => f.write_str("transaction"),
            About::Party(at) => write!(f, "parties/{at}"),
            About::Item(at) => write!(f, "items/{at}"),
            About::Route => f.write_str("route"),
            About::Payment(at) => write!(f, "payments/{at}"),
            About::Documents => f.write_str("documents"),
        }
    }
}

impl From<About> for String {
    fn from(about: About) -> String {
        about.to_string()
    }
}

impl TryFrom<String> for About {
    type Error = String;
    fn try_from(text: String) -> Result<About, String> {
        let (word, at) = text
            .split_once('/')
            .map_or((text.as_str(), None), |(w, n)| (w, Some(n)));
        let position = at.map(|n| {
            n.parse::<usize>()
                .map_err(|_| format!("'{text}' has no position"))
        });
        match (word, position.transpose()?) {
            ("transaction", None) => Ok(About::Transaction),
            ("route", None) => Ok(About::Route),
            ("documents", None) => Ok(About::Documents),
            ("parties", Some(at)) => Ok(About::Party(at)),
            ("items", Some(at)) => Ok(About::Item(at)),
            ("payments", Some(at)) => Ok(About::Payment(at)),
            _ => Err(format!("'{text}' names nothing in a transaction")),
        }
    }
}

/// A source that a person can look up.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Citation(pub String);

/// What sort of weight a finding has. Legal findings and risk evidence never mix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// A rule of law that binds this installation says so.
    Legal,
    /// As legal, on a strong match that an officer may still clear.
    Presumptive,
    /// Evidence of risk, weighed in bits.
    Evidence,
    /// Meaningful only together with others, or law that does not bind here.
    Context,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What it is about.
    pub about: About,
    /// Machine-readable code, for example `listed-party`, `red-flag:R02`.
    pub code: String,
    /// The reason, in words a lay person can read.
    pub text: String,
    /// Legal or evidence.
    pub strength: Strength,
    /// Weight of evidence in thousandths of a bit; 0 for legal findings.
    pub millibits: i64,
    /// The outcome that this finding alone asks for.
    pub outcome: Outcome,
    /// The law it rests on, if any.
    pub jurisdiction: Option<Jurisdiction>,
    /// The rule that made it, if any.
    pub rule: Option<String>,
    /// Sources.
    pub citations: Vec<Citation>,
}
