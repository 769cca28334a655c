//! Sanctions, ties, addresses and documents, joined to their parties by id.

use super::wire::Thing;
use crate::watchlists::build::{Builder, Record};
use crate::watchlists::places::{self, AddressParts};
use crate::watchlists::{dates, labels, text};
use portcullis_domain::{Country, Date, Issue, Link, Listing, PartialDate};
use std::collections::HashMap;

/// Ties: schema, property of the one side, property of the other, what the
/// other side is to the one, what the one is to the other.
const TIES: &[(&str, &str, &str, &str, &str)] = &[
    ("Ownership", "asset", "owner", "owned_by", "owner_of"),
    (
        "Directorship",
        "organization",
        "director",
        "directed_by",
        "director_of",
    ),
    (
        "Membership",
        "organization",
        "member",
        "has_member",
        "member_of",
    ),
    (
        "Employment",
        "employer",
        "employee",
        "employs",
        "employed_by",
    ),
    (
        "Representation",
        "client",
        "agent",
        "represented_by",
        "represents",
    ),
    ("Family", "person", "relative", "family", "family"),
    ("Associate", "person", "associate", "associate", "associate"),
    (
        "Succession",
        "predecessor",
        "successor",
        "succeeded_by",
        "successor_of",
    ),
    ("UnknownLink", "subject", "object", "linked_to", "linked_to"),
];

/// What waits for its party.
#[derive(Default)]
pub(super) struct Joins {
    /// What every party of the file is called, by raw id.
    names: HashMap<String, String>,
    /// Raw ids of the parties of an address entity.
    at_address: HashMap<String, Vec<String>>,
    waiting: Vec<Waiting>,
}

struct Waiting {
    line: u64,
    /// Raw ids of the parties.
    of: Vec<String>,
    what: What,
}

enum What {
    Listing(Vec<Listing>, Vec<String>),
    Tie {
        relation: &'static str,
        others: Vec<String>,
        share: Option<u32>,
        /// A share that cannot be read, reported on one side of the tie only.
        wrong_share: Option<String>,
        from: Option<Date>,
        until: Option<Date>,
    },
    Document {
        scheme: &'static str,
        numbers: Vec<String>,
        country: Option<Country>,
    },
    Address(Box<OwnedAddress>),
}

struct OwnedAddress {
    id: String,
    street: String,
    city: String,
    region: String,
    postcode: String,
    country: String,
}

impl Joins {
    /// Remembers what a party is called and where its address entities belong.
    pub fn named(&mut self, thing: &Thing) {
        let name = thing.caption.as_deref().or_else(|| thing.first("name"));
        let name = text::clean(name.unwrap_or_default());
        self.names.insert(thing.id.clone(), name);
        for address in thing.all("addressEntity") {
            let parties = self.at_address.entry(address.to_owned()).or_default();
            parties.push(thing.id.clone());
        }
    }

    /// Takes an entity that is no party. False if its schema says nothing to us.
    pub fn take(&mut self, thing: &Thing, dataset: &str) -> bool {
        let ids = |property: &str| thing.all(property).map(str::to_owned).collect::<Vec<_>>();
        match thing.schema.as_str() {
            "Sanction" => {
                let wrong = ["listingDate", "startDate", "endDate"];
                let wrong = wrong.iter().flat_map(|p| thing.all(p));
                let wrong = wrong.filter(|d| partial(d).is_none()).map(str::to_owned);
                let what = What::Listing(listings(thing, dataset), wrong.collect());
                self.wait(thing, ids("entity"), what);
            }
            "Passport" | "Identification" => {
                let kind = thing.first("type").unwrap_or("").to_lowercase();
                let passport = thing.schema == "Passport" || kind.contains("passport");
                let what = What::Document {
                    scheme: if passport { "passport" } else { "national-id" },
                    numbers: ids("number"),
                    country: thing.first("country").and_then(Country::parse),
                };
                self.wait(thing, ids("holder"), what);
            }
            "Address" => {
                let part = |property: &str| thing.first(property).unwrap_or("").to_owned();
                let street = [part("street"), part("street2"), part("postOfficeBox")];
                let street: Vec<String> = street.into_iter().filter(|s| !s.is_empty()).collect();
                let whole = part("full");
                let divided = !part("city").is_empty() || !street.is_empty();
                let address = OwnedAddress {
                    id: thing.id.clone(),
                    street: if divided { street.join(", ") } else { whole },
                    city: part("city"),
                    region: if divided {
                        part("state")
                    } else {
                        String::new()
                    },
                    postcode: if divided {
                        part("postalCode")
                    } else {
                        String::new()
                    },
                    country: part("country"),
                };
                self.wait(thing, Vec::new(), What::Address(Box::new(address)));
            }
            schema => {
                let Some(tie) = TIES.iter().find(|(name, ..)| *name == schema) else {
                    return false;
                };
                let (_, one, other, to_one, to_other) = *tie;
                self.wait(thing, ids(one), tie_to(thing, to_one, ids(other), true));
                self.wait(thing, ids(other), tie_to(thing, to_other, ids(one), false));
            }
        }
        true
    }

    fn wait(&mut self, thing: &Thing, of: Vec<String>, what: What) {
        let line = thing.line;
        self.waiting.push(Waiting { line, of, what });
    }

    /// Gives every party what is its own. What belongs to nobody in the file
    /// is an issue.
    pub fn apply(mut self, file: &str, dataset: &str, builder: &mut Builder<'_>) {
        for mut waiting in std::mem::take(&mut self.waiting) {
            if let What::Address(address) = &waiting.what {
                waiting.of = self.at_address.remove(&address.id).unwrap_or_default();
            }
            let known = waiting.of.iter().any(|id| self.names.contains_key(id));
            if !known {
                let text = "no party of the file is named by this entity";
                let issue = Issue::new("orphan-row", text).at_line(waiting.line);
                builder.issue(file, issue);
                continue;
            }
            for id in &waiting.of {
                let id = format!("{dataset}:{id}");
                builder.extend(file, &id, waiting.line, |record| {
                    self.give(&waiting.what, dataset, record);
                });
            }
        }
    }

    fn give(&self, what: &What, dataset: &str, record: &mut Record) {
        match what {
            What::Listing(listings, wrong_dates) => {
                // A listing with detail takes the place of the bare one of its list.
                let replaced =
                    |old: &Listing| bare(old) && listings.iter().any(|l| l.list == old.list);
                record.entity.listings.retain(|l| !replaced(l));
                record.entity.listings.extend(listings.iter().cloned());
                for date in wrong_dates {
                    let text = format!("'{date}' is not a date");
                    record.issue(Issue::new("not-a-date", text).in_field("Sanction"));
                }
            }
            What::Tie {
                relation,
                others,
                share,
                wrong_share,
                from,
                until,
            } => {
                if let Some(text) = wrong_share {
                    let text = format!("'{text}' is not a share in percent");
                    record.issue(Issue::new("not-a-number", text).in_field("percentage"));
                }
                for other in others {
                    record.entity.links.push(Link {
                        relation: (*relation).to_owned(),
                        other: self.names.get(other).cloned().unwrap_or_default(),
                        other_id: Some(format!("{dataset}:{other}")),
                        share: *share,
                        from: *from,
                        until: *until,
                    });
                }
            }
            What::Document {
                scheme,
                numbers,
                country,
            } => {
                for number in numbers {
                    labels::add(scheme, number, *country, "number", record);
                }
            }
            What::Address(address) => {
                let parts = AddressParts {
                    street: &address.street,
                    city: &address.city,
                    region: &address.region,
                    postcode: &address.postcode,
                    country: &address.country,
                };
                places::address(&parts, "Address", record);
            }
        }
    }
}

/// Whether a listing says nothing but its list and programmes.
fn bare(listing: &Listing) -> bool {
    listing.listed_on.is_none() && listing.until.is_none() && listing.citation.is_empty()
}

fn tie_to(thing: &Thing, relation: &'static str, others: Vec<String>, report: bool) -> What {
    let stated = thing.first("percentage");
    let share = stated.and_then(hundredths);
    let unread = stated.filter(|_| report && share.is_none());
    What::Tie {
        relation,
        others,
        share,
        wrong_share: unread.map(str::to_owned),
        from: day(thing.first("startDate"), dates::first_day),
        until: day(thing.first("endDate"), dates::last_day),
    }
}

fn partial(text: &str) -> Option<PartialDate> {
    // Times may follow a date.
    text.parse()
        .ok()
        .or_else(|| dates::iso(text).map(PartialDate::whole))
}

fn day(text: Option<&str>, whole: fn(PartialDate) -> Option<Date>) -> Option<Date> {
    whole(partial(text?)?)
}

/// A share in percent as hundredths of a percent: `50`, `12.5`, `50 %`.
fn hundredths(text: &str) -> Option<u32> {
    let plain = text.trim().trim_end_matches('%').trim();
    let (whole, part) = plain.split_once(['.', ',']).unwrap_or((plain, ""));
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 3 || !digits(whole) || !digits(part) {
        return None;
    }
    let part: String = part.chars().chain("00".chars()).take(2).collect();
    let value = whole.parse::<u32>().ok()? * 100 + part.parse::<u32>().ok()?;
    (value <= 10_000).then_some(value)
}

/// One listing a dataset, with nothing but the list.
pub(super) fn bare_listings(thing: &Thing, dataset: &str) -> Vec<Listing> {
    let codes: Vec<&str> = match thing.datasets.as_slice() {
        [] => vec![dataset],
        stated => stated.iter().map(String::as_str).collect(),
    };
    let listing = |code: &str| Listing {
        list: code.to_owned(),
        programmes: thing
            .all("programId")
            .chain(thing.all("program"))
            .map(text::clean)
            .collect(),
        listed_on: None,
        until: None,
        citation: String::new(),
        licence_requirement: String::new(),
        licence_policy: String::new(),
    };
    codes.into_iter().map(listing).collect()
}

fn listings(thing: &Thing, dataset: &str) -> Vec<Listing> {
    let listed = thing
        .first("listingDate")
        .or_else(|| thing.first("startDate"));
    let citation = ["authorityId", "unscId", "program", "sourceUrl"];
    let citation = citation.iter().find_map(|p| thing.first(p)).unwrap_or("");
    let mut listings = bare_listings(thing, dataset);
    for listing in &mut listings {
        listing.listed_on = day(listed, dates::first_day);
        listing.until = day(thing.first("endDate"), dates::last_day);
        listing.citation = text::clean(citation);
    }
    listings
}
