//! The head that every dated rule carries.

use crate::Date;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A body of law that can bind: `US`, `EU`, `UN`, `UK`, `CA`, or a member state's code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Jurisdiction(pub String);

impl Jurisdiction {
    /// From its code.
    pub fn new(code: &str) -> Jurisdiction {
        Jurisdiction(code.to_owned())
    }

    /// Its code.
    pub fn code(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Jurisdiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A span of days. An open end has no bound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// First day (inclusive).
    #[serde(default)]
    pub from: Option<Date>,
    /// Last day (inclusive).
    #[serde(default)]
    pub until: Option<Date>,
}

impl Period {
    /// Whether the day lies in the span.
    pub fn contains(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }
}

/// What every dated rule says of itself, whatever it rules on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleHead {
    /// Stable id, for example `us-744-21`.
    pub id: String,
    /// Short title in plain words.
    pub title: String,
    /// Citation of the source.
    pub citation: String,
    /// The law it belongs to.
    pub jurisdiction: Jurisdiction,
    /// When it is in force (valid time).
    pub in_force: Period,
    /// From when it was known (recorded time); absent = always.
    #[serde(default)]
    pub known_from: Option<Date>,
    /// By when it has to be reviewed.
    #[serde(default)]
    pub review_by: Option<Date>,
}

impl RuleHead {
    /// Whether the rule is in force on `as_of` as far as was known on `known`.
    pub fn applies(&self, as_of: Date, known: Date) -> bool {
        self.in_force.contains(as_of) && self.known_from.is_none_or(|from| from <= known)
    }
}
