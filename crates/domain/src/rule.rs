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

/// What holds after the last day of a suspension.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AfterSuspension {
    /// The rule acts again by itself.
    #[default]
    Resumes,
    /// Nobody can tell: the suspension may have been extended, which somebody
    /// has to look up.
    Ask,
}

/// A span of days on which a rule does not act although it is in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspension {
    /// Its first and last day; open ends have no bound.
    pub period: Period,
    /// From when it was known; absent = always.
    #[serde(default)]
    pub known_from: Option<Date>,
    /// Citation of what suspends.
    pub citation: String,
    /// What holds after its last day.
    #[serde(default)]
    pub after: AfterSuspension,
}

/// How a rule stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing<'a> {
    /// In force and acting.
    Acts,
    /// Not in force, not known, or suspended.
    Silent,
    /// The suspension is over by its dates, and whether it was extended is not
    /// known: neither that the rule acts nor that it does not may be assumed.
    Unclear(&'a Suspension),
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
    /// When it does not act although it is in force.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suspended: Vec<Suspension>,
}

impl RuleHead {
    /// Whether the rule acts on `as_of` as far as was known on `known`. Where
    /// that cannot be told (see [`Standing::Unclear`]) it does not; ask
    /// [`RuleHead::standing`] where silence would let something pass.
    pub fn applies(&self, as_of: Date, known: Date) -> bool {
        self.standing(as_of, known) == Standing::Acts
    }

    /// How the rule stands on `as_of` as far as was known on `known`.
    pub fn standing(&self, as_of: Date, known: Date) -> Standing<'_> {
        let is_known = |from: Option<Date>| from.is_none_or(|from| from <= known);
        if !self.in_force.contains(as_of) || !is_known(self.known_from) {
            return Standing::Silent;
        }
        // The one that began last decides: an extension is a suspension of its own.
        let begun = self
            .suspended
            .iter()
            .filter(|s| is_known(s.known_from) && s.period.from.is_none_or(|from| from <= as_of));
        match begun.max_by_key(|s| s.period.from) {
            None => Standing::Acts,
            Some(last) if last.period.contains(as_of) => Standing::Silent,
            Some(last) if last.after == AfterSuspension::Ask => Standing::Unclear(last),
            Some(_) => Standing::Acts,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    /// In force from 2025-09-29, suspended 2025-11-10 to 2026-11-09.
    fn suspended(after: AfterSuspension) -> RuleHead {
        RuleHead {
            id: "r".to_owned(),
            title: "T".to_owned(),
            citation: "C".to_owned(),
            jurisdiction: Jurisdiction::new("US"),
            in_force: Period {
                from: Some(day("2025-09-29")),
                until: None,
            },
            known_from: Some(day("2025-09-29")),
            review_by: None,
            suspended: vec![Suspension {
                period: Period {
                    from: Some(day("2025-11-10")),
                    until: Some(day("2026-11-09")),
                },
                known_from: Some(day("2025-11-10")),
                citation: "S".to_owned(),
                after,
            }],
        }
    }

    #[test]
    fn a_suspension_holds_from_its_first_to_its_last_day() {
        let rule = suspended(AfterSuspension::Resumes);
        let known = day("2026-11-22");
        for (as_of, acts) in [
            ("2025-09-28", false),
            ("2025-10-15", true),
            ("2025-11-09", true),
            ("2025-11-10", false),
            ("2026-11-09", false),
            ("2026-11-10", true),
        ] {
            assert_eq!(rule.applies(day(as_of), known), acts, "{as_of}");
        }
        assert!(
            !rule.applies(day("2025-10-15"), day("2025-09-01")),
            "not yet known"
        );
        assert!(
            rule.applies(day("2026-07-01"), day("2025-10-15")),
            "suspension not yet known"
        );
    }

    #[test]
    fn after_a_suspension_that_may_be_extended_nothing_is_assumed() {
        let mut rule = suspended(AfterSuspension::Ask);
        let (after, known) = (day("2026-11-22"), day("2026-11-22"));
        assert!(matches!(rule.standing(after, known), Standing::Unclear(_)));
        assert!(!rule.applies(after, known));
        let extension = Suspension {
            period: Period {
                from: Some(day("2026-11-10")),
                until: Some(day("2027-11-09")),
            },
            ..rule.suspended[0].clone()
        };
        rule.suspended.push(extension);
        assert_eq!(rule.standing(after, known), Standing::Silent);
    }
}
