//! The life of a rule: how far it has come, who answers for it, when it ends,
//! when it is suspended, and what justifies it.

use crate::{Problem, Row};
use portcullis_domain::{AfterSuspension, Date, Period, Suspension};
use serde::Deserialize;

/// How far a rule has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Written, not yet applied: shown in the browser, checked, never evaluated.
    Draft,
    /// Put forward, not yet agreed to: as a draft.
    Proposed,
    /// Applied on the days on which it is in force.
    #[default]
    #[serde(alias = "active")]
    Adopted,
    /// Not applied while the suspension lasts; on every day if it states none.
    Suspended,
    /// No longer applied to new questions; kept for the days on which it held.
    #[serde(alias = "retired")]
    Lapsed,
}

impl Status {
    /// Every status, in the order of a rule's life.
    pub const ALL: [Status; 5] = [
        Status::Draft,
        Status::Proposed,
        Status::Adopted,
        Status::Suspended,
        Status::Lapsed,
    ];

    /// The word used in files and on the screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Draft => "draft",
            Status::Proposed => "proposed",
            Status::Adopted => "adopted",
            Status::Suspended => "suspended",
            Status::Lapsed => "lapsed",
        }
    }

    /// Whether rules of this status are evaluated at all, on the days on which
    /// they act. A suspended or lapsed rule is kept for other days.
    pub fn is_adopted(self) -> bool {
        !matches!(self, Status::Draft | Status::Proposed)
    }
}

/// What a rule says of its own life, beside its head. Every field may be absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Life {
    /// Who answers for it: an office, not a person.
    pub owner: String,
    /// Why it is as it is.
    pub rationale: String,
    /// For exporters, in plain words: what, why, what to do.
    pub note: String,
    /// The last day on which it acts unless it is renewed before.
    pub sunset: Option<Date>,
    /// Ids of the threat assessments that justify it.
    pub justified_by: Vec<String>,
    /// Ids of the rules whose place it takes.
    pub replaces: Vec<String>,
}

/// The fields of a row that [`Life`] and the suspensions are read from.
pub(crate) const LIFE_KEYS: [&str; 7] = [
    "owner",
    "rationale",
    "note",
    "sunset",
    "justified_by",
    "replaces",
    "suspended",
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLife {
    #[serde(rename = "id")]
    _id: Option<String>,
    #[serde(default)]
    owner: String,
    #[serde(default)]
    rationale: String,
    #[serde(default)]
    note: String,
    sunset: Option<Date>,
    #[serde(default)]
    justified_by: Vec<String>,
    #[serde(default)]
    replaces: Vec<String>,
    #[serde(default)]
    suspended: Vec<RawSuspension>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSuspension {
    from: Option<Date>,
    until: Option<Date>,
    known_from: Option<Date>,
    #[serde(default)]
    citation: String,
    #[serde(default)]
    after: AfterSuspension,
}

/// The life and the suspensions of a row. Problems are those of the fields
/// alone; how they fit the dates of the head says [`fitting`].
pub(crate) fn read(row: &Row) -> Result<(Life, Vec<Suspension>), Vec<Problem>> {
    let (with, _) = row.split(&LIFE_KEYS);
    let raw: RawLife = with.read().map_err(|p| {
        vec![Problem {
            rule: Some(row.id().to_owned()).filter(|id| !id.is_empty()),
            ..p
        }]
    })?;
    let mut problems = Vec::new();
    let mut suspended = Vec::new();
    for one in raw.suspended {
        problems.extend(wrong_with(row, &one));
        suspended.push(Suspension {
            period: Period {
                from: one.from,
                until: one.until,
            },
            known_from: one.known_from,
            citation: one.citation,
            after: one.after,
        });
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let plain = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let life = Life {
        owner: plain(raw.owner),
        rationale: plain(raw.rationale),
        note: plain(raw.note),
        sunset: raw.sunset,
        justified_by: raw.justified_by,
        replaces: raw.replaces,
    };
    Ok((life, suspended))
}

fn wrong_with(row: &Row, one: &RawSuspension) -> Option<Problem> {
    let text = match (one.from, one.until) {
        _ if one.citation.trim().is_empty() => "suspended: a suspension has no citation".to_owned(),
        (Some(from), Some(until)) if until < from => {
            format!("suspended: ends on {until}, before it begins on {from}")
        }
        (_, None) if one.after == AfterSuspension::Ask => {
            "suspended: after = 'ask' needs a last day, 'until'".to_owned()
        }
        _ => return None,
    };
    Some(row.problem_at("suspended", text))
}

/// What does not fit between the dates of a head and the life of its rule.
pub(crate) fn fitting(
    row: &Row,
    in_force: Period,
    status: Status,
    life: &Life,
    suspended: &[Suspension],
) -> Vec<Problem> {
    let mut problems = Vec::new();
    if let (Some(from), Some(sunset)) = (in_force.from, life.sunset)
        && sunset < from
    {
        let text = format!("sunset: would lapse on {sunset}, before it starts on {from}");
        problems.push(row.problem_at("sunset", text));
    }
    if status == Status::Lapsed && in_force.until.is_none() && life.sunset.is_none() {
        problems.push(row.problem_at("until", "until: a lapsed rule has a last day"));
    }
    for one in suspended {
        let before = matches!((one.period.until, in_force.from), (Some(u), Some(f)) if u < f);
        let after = matches!((one.period.from, in_force.until), (Some(f), Some(u)) if u < f);
        if before || after {
            let text = "suspended: lies outside the days on which the rule is in force";
            problems.push(row.problem_at("suspended", text));
        }
    }
    problems
}

/// What keeps a rule silent on every day: a draft, or a suspension without dates.
pub(crate) fn silenced(status: Status, suspended: &[Suspension]) -> Option<Suspension> {
    let why = match status {
        Status::Draft | Status::Proposed => "not adopted",
        Status::Suspended if suspended.is_empty() => "suspended",
        _ => return None,
    };
    Some(Suspension {
        period: Period::default(),
        known_from: None,
        citation: why.to_owned(),
        after: AfterSuspension::Resumes,
    })
}
