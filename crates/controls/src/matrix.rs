//! Every entry of the control list against every destination: what list and
//! chart answer, and by what.

use crate::ccl::Need;
use crate::controls::Controls;
use crate::country_set::country;
use crate::eccn::{EntryNumber, Paragraph};
use crate::embargo::{Effect, Tie};
use portcullis_domain::{Country, Date, Truth};

/// What list and chart say of an entry as a whole and a destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cell {
    /// Inside the territory: nothing is exported.
    Home,
    /// A rule by destination forbids it whatever the item.
    Embargo,
    /// A reason for control of the entire entry holds there.
    Required,
    /// A rule by destination asks a licence for every listed item.
    RequiredByDestination,
    /// A reason holds for some paragraphs: which one is asked.
    AskedParagraph,
    /// A reason holds under a condition in words, which is asked.
    AskedCondition,
    /// The chart has no row for the destination, which is asked.
    AskedRow,
    /// The entry sends the reader elsewhere, which is asked.
    AskedElsewhere,
    /// No reason of the entry holds there: each was looked at.
    NotRequired,
}

impl Cell {
    /// Every kind, in the order in which they are counted.
    pub const ALL: [Cell; 9] = [
        Cell::Home,
        Cell::Embargo,
        Cell::Required,
        Cell::RequiredByDestination,
        Cell::AskedParagraph,
        Cell::AskedCondition,
        Cell::AskedRow,
        Cell::AskedElsewhere,
        Cell::NotRequired,
    ];

    /// What it means, in a few words.
    pub fn label(self) -> &'static str {
        match self {
            Cell::Home => "not exported (inside the territory)",
            Cell::Embargo => "embargo",
            Cell::Required => "required by list and chart",
            Cell::RequiredByDestination => "required by destination",
            Cell::AskedParagraph => "asked: which paragraph",
            Cell::AskedCondition => "asked: a condition in words",
            Cell::AskedRow => "asked: the chart has no row",
            Cell::AskedElsewhere => "asked: the entry refers elsewhere",
            Cell::NotRequired => "not required by list and chart",
        }
    }
}

impl Controls {
    /// The numbers of all entries of the control list, in order.
    pub fn entry_numbers(&self) -> Vec<String> {
        let mut all: Vec<String> = self.list.numbers().map(|n| n.to_string()).collect();
        all.sort();
        all
    }

    /// What list, chart and rules by destination say of an entry as a whole;
    /// `None` if the list has no such entry.
    pub fn cell(&self, eccn: &str, destination: Country, as_of: Date, known: Date) -> Option<Cell> {
        let number = EntryNumber::parse(eccn)?;
        let entry = self.list.entry(number)?;
        if self.places.territory.contains(destination) {
            return Some(Cell::Home);
        }
        let by_destination = self.by_destination(destination, as_of, known);
        if by_destination == Some(Effect::Prohibited) {
            return Some(Cell::Embargo);
        }
        if entry.refer.is_some() {
            return Some(match by_destination {
                Some(Effect::LicenceRequired) => Cell::RequiredByDestination,
                _ => Cell::AskedElsewhere,
            });
        }
        let whole = Paragraph::default();
        let needs: Vec<Need<'_>> = entry
            .needs(number, &whole, destination, &self.places)
            .collect();
        let held = needs.iter().any(|need| need.holds == Truth::True);
        let in_words = |need: &Need<'_>| {
            need.requirement.prose && need.requirement.by_paragraph(&whole) == Truth::True
        };
        Some(if held {
            Cell::Required
        } else if by_destination == Some(Effect::LicenceRequired) {
            Cell::RequiredByDestination
        } else if needs.is_empty() {
            Cell::NotRequired
        } else if !self.places.has_row(destination) {
            Cell::AskedRow
        } else if needs.iter().all(in_words) {
            Cell::AskedCondition
        } else {
            Cell::AskedParagraph
        })
    }

    /// The strictest rule by destination for a listed item there.
    fn by_destination(&self, destination: Country, as_of: Date, known: Date) -> Option<Effect> {
        let rules = self.us.rules.iter().filter(|rule| {
            rule.head.applies(as_of, known) && rule.names(destination) && !rule.looks_at_codes()
        });
        let effects = rules.filter_map(|rule| rule.effect_on_listed(Tie::Ultimate));
        effects.max()
    }
}

/// The countries of ISO 3166-1: the codes that customs add to them are left out.
pub fn iso_countries() -> Vec<Country> {
    let added = ["XK", "XI"].map(country);
    let mut all = Country::all();
    all.retain(|one| !added.contains(&Ok(*one)));
    all
}
