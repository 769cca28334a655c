//! In which time zone the days of a law are counted (`jurisdictions.toml`).
//!
//! The dates of a rule are civil days of its jurisdiction: a rule whose last day
//! is the 9th stops at midnight there, wherever the question is asked. A
//! question asked for a named day asks for that civil day everywhere; one asked
//! now asks for the day that it is, at this instant, in each jurisdiction.

use crate::{PolicyFiles, Problem, Row, unique_ids};
use jiff::{Timestamp, tz::TimeZone};
use portcullis_domain::{Date, Jurisdiction, RuleHead};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawZone {
    #[serde(rename = "id")]
    _id: String,
    /// A POSIX TZ rule: pure data, no time zone database is read.
    zone: String,
    #[serde(default)]
    place: String,
}

#[derive(Clone, Debug)]
struct Zone {
    head: RuleHead,
    place: String,
    zone: TimeZone,
}

/// The time zones of jurisdictions. One that is not named counts its days in
/// universal time.
#[derive(Clone, Debug, Default)]
pub struct Zones(Vec<Zone>);

impl Zones {
    /// The file they are read from. Without it every day is one of universal time.
    pub const FILE: &str = "jurisdictions.toml";

    /// Reads the zones. Problems: a zone that is none, a jurisdiction named
    /// twice, a row without source.
    pub fn load(files: &PolicyFiles) -> Result<Zones, Vec<Problem>> {
        if files.get(Zones::FILE).is_none() {
            return Ok(Zones::default());
        }
        let document = files.document(Zones::FILE)?;
        let mut problems = Vec::new();
        document.only_keys(&["jurisdiction"], &mut problems);
        let rows = document.rows("jurisdiction", &mut problems);
        unique_ids(&rows, &mut problems);
        let mut zones: Vec<Zone> = Vec::new();
        for row in &rows {
            match read(row) {
                Ok(zone)
                    if zones
                        .iter()
                        .any(|z| z.head.jurisdiction == zone.head.jurisdiction) =>
                {
                    let text = format!("jurisdiction: {} is named twice", zone.head.jurisdiction);
                    problems.push(row.problem_at("jurisdiction", text));
                }
                Ok(zone) => zones.push(zone),
                Err(wrong) => problems.extend(wrong),
            }
        }
        if problems.is_empty() {
            Ok(Zones(zones))
        } else {
            Err(problems)
        }
    }

    /// The zone of a jurisdiction.
    pub fn zone(&self, jurisdiction: &Jurisdiction) -> TimeZone {
        let mut zones = self.0.iter();
        let found = zones.find(|z| z.head.jurisdiction == *jurisdiction);
        found.map_or(TimeZone::UTC, |z| z.zone.clone())
    }

    /// The civil day of an instant in a jurisdiction.
    pub fn day(&self, jurisdiction: &Jurisdiction, moment: Timestamp) -> Date {
        moment.to_zoned(self.zone(jurisdiction)).date()
    }

    /// The first instant of a civil day in a jurisdiction; `None` beyond the
    /// calendar.
    pub fn begins(&self, jurisdiction: &Jurisdiction, day: Date) -> Option<Timestamp> {
        let begins = day.to_zoned(self.zone(jurisdiction)).ok()?;
        Some(begins.timestamp())
    }

    /// The instant at which something ends whose last civil day is `last`: the
    /// first instant of the next day in the jurisdiction.
    pub fn ends(&self, jurisdiction: &Jurisdiction, last: Date) -> Option<Timestamp> {
        self.begins(jurisdiction, last.tomorrow().ok()?)
    }

    /// Whether a zone is stated for the jurisdiction.
    pub fn names(&self, jurisdiction: &Jurisdiction) -> bool {
        self.0.iter().any(|z| z.head.jurisdiction == *jurisdiction)
    }

    /// The place by whose clock a jurisdiction counts; empty where none is stated.
    pub fn place(&self, jurisdiction: &Jurisdiction) -> &str {
        let mut zones = self.0.iter();
        let found = zones.find(|z| z.head.jurisdiction == *jurisdiction);
        found.map_or("", |z| z.place.as_str())
    }
}

fn read(row: &Row) -> Result<Zone, Vec<Problem>> {
    let dated = row.dated()?;
    let raw: RawZone = dated.body.read().map_err(|p| vec![p])?;
    let zone = TimeZone::posix(&raw.zone).map_err(|error| {
        vec![row.problem_at(
            "zone",
            format!("zone: '{}' is no POSIX rule: {error}", raw.zone),
        )]
    })?;
    Ok(Zone {
        head: dated.head,
        place: raw.place,
        zone,
    })
}

/// The day, or the instant, for which a question is asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct When<'p> {
    /// The civil day where no instant is given.
    pub as_of: Date,
    /// The day up to which knowledge is used.
    pub known: Date,
    /// The instant, where it is asked now, and the zones to count it in.
    pub moment: Option<(&'p Zones, Timestamp)>,
}

impl When<'_> {
    /// The civil day in a jurisdiction. What is no law (classes like `risk`)
    /// goes by the day of the question.
    pub fn day(&self, jurisdiction: &Jurisdiction) -> Date {
        match self.moment {
            Some((zones, moment)) if zones.names(jurisdiction) => zones.day(jurisdiction, moment),
            _ => self.as_of,
        }
    }

    /// Whether the rule acts.
    pub fn applies(&self, head: &RuleHead) -> bool {
        head.applies(self.day(&head.jurisdiction), self.known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zones(text: &str) -> Result<Zones, Vec<Problem>> {
        Zones::load(&[(Zones::FILE, text)].into_iter().collect())
    }

    const US: &str = "[[jurisdiction]]\nid='zone-us'\ntitle='T'\ncitation='C'\njurisdiction='US'\nzone='EST5EDT,M3.2.0,M11.1.0'\nplace='Washington'\n";

    #[test]
    fn a_day_begins_and_ends_where_the_law_is() {
        let zones = zones(US).unwrap();
        let us = Jurisdiction::new("US");
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let day = |text: &str| text.parse::<Date>().unwrap();
        assert_eq!(
            zones.day(&us, at("2026-11-10T04:59:59Z")),
            day("2026-11-09")
        );
        assert_eq!(
            zones.day(&us, at("2026-11-10T05:00:00Z")),
            day("2026-11-10")
        );
        assert_eq!(
            zones.ends(&us, day("2026-11-09")),
            Some(at("2026-11-10T05:00:00Z"))
        );
        assert_eq!(
            zones.ends(&us, day("2026-07-09")),
            Some(at("2026-07-10T04:00:00Z"))
        );
        let other = Jurisdiction::new("EU");
        assert_eq!(
            zones.day(&other, at("2026-11-10T04:59:59Z")),
            day("2026-11-10")
        );
    }

    #[test]
    fn faults_are_named() {
        for (text, says) in [
            (US.replace("M3.2.0", "M3"), "zone: "),
            (US.replace("citation='C'\n", ""), "has no citation"),
            (format!("{US}{}", US.replace("zone-us", "b")), "named twice"),
        ] {
            let problems = zones(&text).unwrap_err();
            assert!(
                problems.iter().any(|p| p.text.contains(says)),
                "{problems:?}"
            );
        }
    }
}
