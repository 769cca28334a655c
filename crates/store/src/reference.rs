//! Reference documents in versions: nomenclatures, control lists, precedents.
//!
//! A version never changes: what it says of itself and its bytes are bound by
//! its id. Which version answers depends on the day asked about and on what was
//! known; where none covers the day, none answers.

mod put;
mod read;

use crate::StoreError;
use jiff::Timestamp;
use portcullis_domain::{Date, Period};

/// What sort of reference document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReferenceKind {
    /// A nomenclature of goods or a concordance of two; public.
    Nomenclature,
    /// A list of controlled items; public.
    ControlList,
    /// Decided classifications, of an authority or of a firm; private.
    Precedents,
}

impl ReferenceKind {
    /// Every kind.
    pub const ALL: [ReferenceKind; 3] = [
        ReferenceKind::Nomenclature,
        ReferenceKind::ControlList,
        ReferenceKind::Precedents,
    ];

    /// The word in ids, events and tables.
    pub fn as_str(self) -> &'static str {
        match self {
            ReferenceKind::Nomenclature => "nomenclature",
            ReferenceKind::ControlList => "control-list",
            ReferenceKind::Precedents => "precedents",
        }
    }

    /// From its word.
    pub fn parse(word: &str) -> Option<ReferenceKind> {
        ReferenceKind::ALL.into_iter().find(|k| k.as_str() == word)
    }

    /// Whether the bytes are sealed, each version under a key of its own, and
    /// can be erased by the version's id.
    fn is_private(self) -> bool {
        self == ReferenceKind::Precedents
    }
}

/// A version to store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewReference {
    /// What sort of document.
    pub kind: ReferenceKind,
    /// Name of the document, the same for all its versions, for example
    /// `hs2022` or `us-ccl`: 1 to 64 of a-z, 0-9, '-', '_' and '.'.
    pub name: String,
    /// What the version calls itself, for example `2026 revision 4`.
    pub label: String,
    /// Days on which it is the law, as far as known.
    pub in_force: Period,
    /// Day of publication, where known.
    pub published: Option<Date>,
    /// Where it comes from.
    pub citation: String,
    /// Lower-case hex SHA-256 of the source as it was given.
    pub source_sha256: String,
    /// Records in it, for people.
    pub records: u64,
    /// What could not be read: how many.
    pub issues: u64,
    /// The prepared form.
    pub bytes: Vec<u8>,
}

/// A stored version, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferenceVersion {
    /// `<kind>/<name>@<16 hex digits>`.
    pub id: String,
    /// What sort of document.
    pub kind: ReferenceKind,
    /// Name of the document.
    pub name: String,
    /// What the version calls itself.
    pub label: String,
    /// Days on which it is the law, as far as known.
    pub in_force: Period,
    /// Day of publication, where known.
    pub published: Option<Date>,
    /// Where it comes from.
    pub citation: String,
    /// SHA-256 of the source.
    pub source_sha256: String,
    /// Records in it.
    pub records: u64,
    /// What could not be read: how many.
    pub issues: u64,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// By whom.
    pub recorded_by: String,
    /// When it was last put in use; `None` if it was only stored.
    pub activated_at: Option<Timestamp>,
}

/// What storing a version did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReferenceState {
    /// Stored and put in use.
    Activated,
    /// Stored, as asked, without using it.
    Stored,
    /// This very version was there; it was put in use if asked for and not in use yet.
    Known,
}

/// A version that was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PutReference {
    /// The version.
    pub id: String,
    /// What happened.
    pub state: ReferenceState,
}

/// One time a version was put in use.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Use {
    version_id: String,
    in_force: Period,
    explicit: bool,
}

/// Which version answers for a day, of those put in use by then, in order of
/// activation.
///
/// Of the versions that cover the day, the one that came into force last
/// answers; of those alike, the one put in use last. A version that a person
/// put in use again sets aside what was in use before it, for the days it
/// covers. Where none covers the day, none answers.
fn answering(uses: &[Use], as_of: Date) -> Option<&str> {
    let from_last_word = uses.iter().rposition(|u| u.explicit).unwrap_or(0);
    let best = |uses: &[Use]| {
        uses.iter()
            .enumerate()
            .filter(|(_, u)| u.in_force.contains(as_of))
            .max_by_key(|(position, u)| (u.in_force.from, *position))
            .map(|(position, _)| position)
    };
    let later = best(uses.get(from_last_word..)?).map(|p| p + from_last_word);
    let position = later.or_else(|| best(uses))?;
    uses.get(position).map(|u| u.version_id.as_str())
}

/// Whether the words can stand in an id and an event.
fn checked(new: &NewReference) -> Result<(), StoreError> {
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
    if new.name.is_empty() || new.name.len() > 64 || !new.name.chars().all(word) {
        return Err(StoreError::Invalid(format!(
            "'{}' is no name of a document: 1 to 64 of a-z, 0-9, '-', '_' and '.'",
            new.name
        )));
    }
    if let (Some(from), Some(until)) = (new.in_force.from, new.in_force.until)
        && until < from
    {
        return Err(StoreError::Invalid(format!(
            "{} {}: it would end on {until}, before it begins on {from}",
            new.name, new.label
        )));
    }
    if new.citation.trim().is_empty() {
        return Err(StoreError::Invalid(format!(
            "{} {}: the source is not named",
            new.name, new.label
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(id: &str, from: Option<&str>, until: Option<&str>, explicit: bool) -> Use {
        let day = |text: &str| text.parse().unwrap();
        Use {
            version_id: id.to_owned(),
            in_force: Period {
                from: from.map(day),
                until: until.map(day),
            },
            explicit,
        }
    }

    #[test]
    fn the_law_of_the_day_answers_and_no_other() {
        let uses = [
            used("2022", Some("2022-01-01"), None, false),
            used("2017", Some("2017-01-01"), Some("2021-12-31"), false),
        ];
        for (day, expected) in [
            ("2016-12-31", None),
            ("2017-01-01", Some("2017")),
            ("2021-12-31", Some("2017")),
            ("2022-01-01", Some("2022")),
        ] {
            assert_eq!(answering(&uses, day.parse().unwrap()), expected, "{day}");
        }
        assert_eq!(answering(&[], "2022-01-01".parse().unwrap()), None);
    }

    #[test]
    fn a_person_can_go_back_to_an_earlier_version() {
        let back = [
            used("old", Some("2025-01-01"), None, false),
            used("new", Some("2026-01-01"), None, false),
            used("old", Some("2025-01-01"), None, true),
        ];
        let day = |text: &str| text.parse().unwrap();
        assert_eq!(answering(&back, day("2026-06-01")), Some("old"));
        assert_eq!(answering(&back[..2], day("2026-06-01")), Some("new"));
        // A later import takes over again.
        let again = [
            &back[..],
            &[used("newest", Some("2026-05-01"), None, false)],
        ]
        .concat();
        assert_eq!(answering(&again, day("2026-06-01")), Some("newest"));
        assert_eq!(answering(&again, day("2026-04-01")), Some("old"));
    }
}
