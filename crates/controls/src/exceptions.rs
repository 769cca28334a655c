//! Licence exceptions: what the tables alone can say of them.

use crate::ccl::{Entry, Flag};
use crate::country_set::CountrySet;
use crate::eccn::{EntryNumber, Paragraph};
use crate::goods::{Goods, HsCodes};
use crate::places::Places;
use crate::scope::Numbers;
use crate::table::{self, words};
use portcullis_domain::{Citation, Country, RuleHead, Truth};
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
    /// What it asks, in our own short words.
    pub(crate) conditions: Vec<String>,
    /// Destinations under embargo to which it may be used.
    embargoed: CountrySet,
    /// The goods it is for there; empty = any.
    goods: HsCodes,
}

/// A general restriction on every exception (15 CFR 740.2).
#[derive(Clone, Debug)]
pub(crate) struct Restriction {
    /// Id, title, citation, jurisdiction, dates.
    pub(crate) head: RuleHead,
    numbers: Numbers,
    reasons: Vec<String>,
    destinations: CountrySet,
    /// Exceptions that it leaves alone.
    but: Vec<String>,
    /// Where it bars by facts that no case carries: the condition in words.
    pub(crate) condition: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRestriction {
    #[serde(rename = "id")]
    _id: String,
    #[serde(default)]
    eccn: String,
    #[serde(default)]
    reasons: Vec<String>,
    #[serde(default)]
    groups: String,
    #[serde(default)]
    not: String,
    #[serde(default)]
    but: Vec<String>,
    condition: Option<String>,
}

/// Reads the `[[restriction]]` blocks.
pub(crate) fn restrictions(
    document: &Document,
    places: &Places,
    problems: &mut Vec<Problem>,
) -> Vec<Restriction> {
    let mut all = Vec::new();
    for row in document.rows("restriction", problems) {
        let Some((head, body)) = table::dated(&row, problems) else {
            continue;
        };
        let Some(raw) = table::read::<RawRestriction>(&body, problems) else {
            continue;
        };
        let there = places.groups.members(&raw.groups).and_then(|members| {
            let stated = if raw.groups.is_empty() {
                CountrySet::all()
            } else {
                members
            };
            Ok(stated.minus(CountrySet::parse(&raw.not)?))
        });
        let there = table::take(there, &row, "groups", problems);
        let numbers = table::take(Numbers::parse(&raw.eccn), &row, "eccn", problems);
        if let (Some(destinations), Some(numbers)) = (there, numbers) {
            all.push(Restriction {
                head,
                numbers,
                reasons: raw.reasons,
                destinations,
                but: raw.but,
                condition: raw.condition,
            });
        }
    }
    all
}

impl Restriction {
    /// Whether it bars the exception for these goods. Where it cannot be told,
    /// it does: no exception is offered that may be shut.
    pub(crate) fn bars(
        &self,
        symbol: &str,
        number: EntryNumber,
        paragraph: &Paragraph,
        reasons: &[&str],
        destination: Country,
    ) -> bool {
        let by_reason = self.reasons.is_empty()
            || reasons
                .iter()
                .any(|r| self.reasons.iter().any(|own| own == r));
        let by_number =
            self.numbers.is_empty() || self.numbers.contains(number, paragraph) != Truth::False;
        self.condition.is_none()
            && by_reason
            && by_number
            && self.destinations.contains(destination)
            && !self.but.iter().any(|own| own.eq_ignore_ascii_case(symbol))
    }
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
    #[serde(default)]
    conditions: Vec<String>,
    #[serde(default)]
    embargoed: String,
    #[serde(default)]
    hs: String,
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
            let embargoed = CountrySet::parse(&raw.embargoed);
            Some(Exception {
                embargoed: table::take(embargoed, row, "embargoed", problems)?,
                goods: table::take(HsCodes::parse(&raw.hs), row, "hs", problems)?,
                destinations: table::take(destinations, row, "groups", problems)?,
                symbol: raw.id,
                citation: Citation(raw.cite),
                needs_flag: raw.flag,
                provable: raw.provable,
                never_for,
                conditions: raw.conditions,
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
    /// Whether it may lift an embargo on the destination for the goods, as far
    /// as the tables say.
    pub(crate) fn may_lift(&self, destination: Country, goods: &Goods<'_>) -> bool {
        let fits = self.goods.is_empty() || goods.hs6.is_none_or(|hs6| self.goods.contain(hs6));
        self.embargoed.contains(destination) && fits
    }

    /// Whether country groups, the entry and the reasons leave it open, without
    /// a word about why: for counting many cases.
    pub(crate) fn left_open<'r, R>(
        &self,
        entry: &Entry,
        destination: Country,
        reasons: impl Fn() -> R,
    ) -> bool
    where
        R: Iterator<Item = &'r str>,
    {
        let flagged = !self.needs_flag || entry.flags.contains_key(&self.symbol);
        flagged
            && self.destinations.contains(destination)
            && (self.never_for.is_empty()
                || !reasons().any(|r| self.never_for.iter().any(|never| never == r)))
    }

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
