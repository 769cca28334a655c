//! What the OFAC publications share: two sets in one layout, programmes, lists.

use super::build::{Builder, Record};
use super::dates;
use super::remarks::ListingFacts;
use portcullis_domain::{Listing, PartyKind};

/// The two sets that OFAC publishes in one layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Set {
    /// Specially Designated Nationals and Blocked Persons.
    Sdn,
    /// The consolidated list: everybody who is listed and not an SDN.
    Consolidated,
}

impl Set {
    /// The source code of the set.
    pub fn source(self) -> &'static str {
        match self {
            Set::Sdn => "us-ofac-sdn",
            Set::Consolidated => "us-ofac-cons",
        }
    }

    /// The set that an override names.
    pub fn from_source(source: &str) -> Option<Set> {
        [Set::Sdn, Set::Consolidated]
            .into_iter()
            .find(|set| set.source() == source)
    }
}

/// The stable id of an OFAC entity number, whatever publication carries it.
pub(super) fn id(number: u64) -> String {
    format!("us-ofac:{number}")
}

/// `SDGT] [IFSR`, `[SDGT] [IFSR]` or `SDGT; IFSR` are two programmes.
pub(super) fn programmes(text: &str) -> Vec<String> {
    text.split(['[', ']', ';'])
        .filter_map(super::text::stated)
        .collect()
}

/// `individual`, `vessel`, `aircraft`; OFAC leaves everything else unnamed
/// ("entity").
pub(super) fn kind(text: &str) -> PartyKind {
    match text.trim().to_ascii_lowercase().as_str() {
        "individual" => PartyKind::Person,
        "vessel" => PartyKind::Vessel,
        "aircraft" => PartyKind::Aircraft,
        "" | "-0-" | "entity" => PartyKind::Organisation,
        _ => PartyKind::Unknown,
    }
}

/// Beginnings of programme tags that OFAC uses on the consolidated list, and
/// the list they stand for. Source: the programme tags of
/// CONS_PRIM.CSV (2025) against the Consolidated Screening List (2026-07-31).
const PROGRAMME_LISTS: &[(&str, &str)] = &[
    ("NS-PLC", "us-plc"),
    ("NS-CMIC", "us-cmic"),
    ("CMIC-", "us-cmic"),
    ("561", "us-capta"),
    ("CAPTA", "us-capta"),
    ("NS-CAPTA", "us-capta"),
    ("FSE", "us-fse"),
    ("NS-FSE", "us-fse"),
    ("NS-MBS", "us-mbs"),
    ("HKAA", "us-mbs"),
    ("NS-SSI", "us-ssi"),
    ("SSI", "us-ssi"),
];

/// The programme of the Sectoral Sanctions Identifications.
const SECTORAL: &str = "UKRAINE-EO13662";

/// Whether a record looks like one of the consolidated list. Some SDNs carry
/// the sectoral programme beside others, and a few consolidated records carry
/// only programmes of the SDN list, so that only the whole file can tell.
fn looks_consolidated(programmes: &[String]) -> bool {
    let marked = |p: &String| PROGRAMME_LISTS.iter().any(|(mark, _)| p.starts_with(mark));
    programmes.iter().any(|p| p == SECTORAL || marked(p))
}

/// Counts what the programmes of a file say about its set.
#[derive(Default)]
pub(super) struct SetVote {
    records: u64,
    consolidated: u64,
}

impl SetVote {
    pub fn cast(&mut self, programmes: &[String]) {
        self.records += 1;
        self.consolidated += u64::from(looks_consolidated(programmes));
    }

    /// The set, and whether the vote was close (between a fifth and four fifths).
    pub fn result(&self) -> (Set, bool) {
        let close =
            self.consolidated * 5 > self.records && self.consolidated * 5 < self.records * 4;
        let consolidated = self.consolidated * 2 > self.records;
        let set = if consolidated {
            Set::Consolidated
        } else {
            Set::Sdn
        };
        (set, close)
    }
}

/// The listings of one record.
pub(super) fn listings(set: Set, programmes: &[String], facts: &ListingFacts) -> Vec<Listing> {
    let codes = match set {
        Set::Sdn => vec!["us-sdn"],
        Set::Consolidated => consolidated_lists(programmes, facts),
    };
    let listing = |code: &str| Listing {
        list: code.to_owned(),
        programmes: programmes.to_vec(),
        listed_on: listing_date(code, facts),
        until: None,
        citation: String::new(),
        licence_requirement: String::new(),
        licence_policy: String::new(),
    };
    codes.into_iter().map(listing).collect()
}

/// The CSV and XML of the consolidated list do not say on which of the lists
/// a record stands; programmes and directives do. What fits none of the
/// others is on the menu-based list, which OFAC uses for everything else.
fn consolidated_lists(programmes: &[String], facts: &ListingFacts) -> Vec<&'static str> {
    let mut codes: Vec<&'static str> = Vec::new();
    let mut add = |code| {
        if !codes.contains(&code) {
            codes.push(code);
        }
    };
    if facts.directive_13662 || (programmes.len() == 1 && programmes[0] == SECTORAL) {
        add("us-ssi");
    }
    for programme in programmes {
        let listed = PROGRAMME_LISTS
            .iter()
            .find(|(mark, _)| programme.starts_with(mark));
        if let Some((_, code)) = listed {
            add(code);
        }
    }
    for directive in &facts.directives_14024 {
        add(directive_list(directive));
    }
    if codes.is_empty() {
        codes.push("us-mbs");
    }
    codes
}

/// Directive 2 under Executive Order 14024 restricts correspondent and
/// payable-through accounts; 1a, 3 and 4 are menu-based.
fn directive_list(directive: &str) -> &'static str {
    if directive == "2" {
        "us-capta"
    } else {
        "us-mbs"
    }
}

/// The listing date that remarks give for a list, for example
/// `Listing Date (CMIC) 03 Jun 2021`.
pub(super) fn listing_date(code: &str, facts: &ListingFacts) -> Option<portcullis_domain::Date> {
    let of_list = |what: &str| match what.rsplit_once("Directive ") {
        Some((order, number)) if order.contains("14024") => directive_list(number) == code,
        Some(_) => code == "us-mbs",
        None => what.eq_ignore_ascii_case(code.trim_start_matches("us-")),
    };
    let dates = facts.listing_dates.iter().filter(|(what, _)| of_list(what));
    dates.map(|(_, day)| *day).min()
}

/// Takes a whole record in: its listings by set, under its id.
pub(super) struct Entry {
    pub record: Record,
    pub programmes: Vec<String>,
    pub facts: ListingFacts,
}

/// Decides the set of a file from all its entries (an override wins), gives
/// each its listings and adds them.
pub(super) fn settle(
    entries: Vec<Entry>,
    wanted: Option<Set>,
    file: &str,
    builder: &mut Builder<'_>,
) -> Result<Set, super::ReadError> {
    let mut vote = SetVote::default();
    entries
        .iter()
        .for_each(|entry| vote.cast(&entry.programmes));
    let (voted, close) = vote.result();
    if wanted.is_none() && close {
        let text = format!(
            "the programmes do not say clearly whether this is the SDN or the consolidated set; \
             taken as {}; --source decides",
            voted.source()
        );
        builder.issue(file, portcullis_domain::Issue::new("set-unclear", text));
    }
    let set = wanted.unwrap_or(voted);
    for mut entry in entries {
        entry.record.entity.listings = listings(set, &entry.programmes, &entry.facts);
        builder.add(file, entry.record, super::build::Repeats::AreIssues)?;
    }
    Ok(set)
}

/// The publication date as OFAC XML writes it.
pub(super) fn publish_date(text: &str) -> Option<portcullis_domain::Date> {
    dates::any_day(text)
}
