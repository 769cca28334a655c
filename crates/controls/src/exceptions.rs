//! Licence exceptions: what the tables alone can say of them.

use crate::ccl::{Entry, Flag};
use crate::country_set::CountrySet;
use crate::places::Places;
use crate::table::{self, words};
use portcullis_domain::{Citation, Country};
use portcullis_policy::{Document, Problem};
use serde::Deserialize;

/// Ten-thousandths in a dollar, the scale of `Money`.
const DOLLAR: i64 = 10_000;

/// One exception of Part 740.
#[derive(Clone, Debug)]
pub(crate) struct Exception {
    /// Its symbol (`LVS`).
    pub(crate) symbol: String,
    /// Its section.
    pub(crate) citation: Citation,
    destinations: CountrySet,
    needs_flag: bool,
    provable: bool,
    never_for: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawException {
    id: String,
    cite: String,
    #[serde(default)]
    groups: String,
    #[serde(default)]
    not_groups: String,
    #[serde(default)]
    only: String,
    #[serde(default)]
    flag: bool,
    #[serde(default)]
    provable: bool,
    #[serde(default, rename = "never_for")]
    _never_for: String,
}

/// Whether an exception may be used, as far as the tables say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum May {
    /// Group, flag and value allow it, and nothing else has to be shown.
    Yes,
    /// The tables do not rule it out, but its conditions are not in a declaration.
    Perhaps(String),
    /// The tables rule it out.
    No(String),
}

/// Reads the `[[exception]]` blocks.
pub(crate) fn read(
    document: &Document,
    places: &Places,
    problems: &mut Vec<Problem>,
) -> Vec<Exception> {
    let rows = document.rows("exception", problems);
    rows.iter()
        .filter_map(|row| {
            let never_for = words(row, "never_for");
            let raw: RawException = table::read(row, problems)?;
            let destinations = raw.destinations(places);
            Some(Exception {
                destinations: table::take(destinations, row, "groups", problems)?,
                symbol: raw.id,
                citation: Citation(raw.cite),
                needs_flag: raw.flag,
                provable: raw.provable,
                never_for,
            })
        })
        .collect()
}

impl RawException {
    fn destinations(&self, places: &Places) -> Result<CountrySet, String> {
        let allowed = match (self.groups.as_str(), self.only.as_str()) {
            ("", "") => CountrySet::all(),
            (groups, only) => places
                .groups
                .members(groups)?
                .union(CountrySet::parse(only)?),
        };
        Ok(allowed.minus(places.groups.members(&self.not_groups)?))
    }
}

impl Exception {
    /// Whether it may be used for the goods of the entry, controlled for these
    /// reasons, to the destination. `value` is that of all lines of the entry
    /// together, in ten-thousandths of a US dollar, if declared so.
    pub(crate) fn may(
        &self,
        entry: &Entry,
        reasons: &[&str],
        destination: Country,
        value: Option<i64>,
    ) -> May {
        if !self.destinations.contains(destination) {
            return May::No(format!(
                "{} is not open to {}",
                self.symbol,
                destination.name()
            ));
        }
        if let Some(reason) = reasons
            .iter()
            .find(|r| self.never_for.iter().any(|n| n == *r))
        {
            return May::No(format!(
                "{} may not be used for goods controlled for {reason}",
                self.symbol
            ));
        }
        let by_flag = match (self.needs_flag, entry.flags.get(&self.symbol)) {
            (true, None) => May::No(format!("the entry does not allow {}", self.symbol)),
            (true, Some(flag)) => self.by_flag(flag, reasons, value),
            (false, _) => May::Yes,
        };
        match by_flag {
            May::Yes if !self.provable => {
                May::Perhaps(format!("{} has conditions of its own", self.symbol))
            }
            other => other,
        }
    }

    fn by_flag(&self, flag: &Flag, reasons: &[&str], value: Option<i64>) -> May {
        match flag {
            Flag::Yes => May::Yes,
            Flag::ExceptFor(reason) if reasons.contains(&reason.as_str()) => {
                May::No(format!("the entry rules {} out for {reason}", self.symbol))
            }
            Flag::ExceptFor(_) => May::Yes,
            Flag::Part => May::Perhaps(format!(
                "the entry allows {} for some of its items only",
                self.symbol
            )),
            Flag::UpTo(dollars) => match value {
                Some(value) if value <= dollars.saturating_mul(DOLLAR) => May::Yes,
                Some(_) => May::No(format!(
                    "the value is above the limit of {dollars} US dollars for {}",
                    self.symbol
                )),
                None => May::Perhaps(format!(
                    "the value in US dollars is needed for the limit of {}",
                    self.symbol
                )),
            },
        }
    }
}
