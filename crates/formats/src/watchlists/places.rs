//! Countries and addresses as lists write them.

use super::build::Record;
use super::text::{clean, stated};
use portcullis_domain::{Address, Country, CountryRole, Issue, RelatedCountry};

/// What the text of a country field says.
enum Place {
    Country(Country),
    /// A part of the world that is no ISO country: kept as text.
    Region(String),
    Unstated,
    Unknown(String),
}

fn place(text: &str) -> Place {
    let Some(stated) = stated(text) else {
        return Place::Unstated;
    };
    let lower = stated.to_ascii_lowercase();
    let unstated = [
        "undetermined",
        "unknown",
        "none identified",
        "none",
        "na",
        "n/a",
        "not available",
    ];
    // Country::parse would read "NA" as Namibia: lists with ISO codes write
    // it in capitals, the UN writes "na" for "not available".
    if unstated.contains(&lower.as_str()) && stated != "NA" {
        return Place::Unstated;
    }
    if let Some(country) = Country::parse(&stated) {
        return Place::Country(country);
    }
    match lower.strip_prefix("region:") {
        Some(rest) => Country::parse(rest).map_or(Place::Region(stated), Place::Country),
        None => Place::Unknown(stated),
    }
}

/// A country, or none; an unknown one is an issue of the record.
pub(super) fn country(text: &str, field: &str, record: &mut Record) -> Option<Country> {
    match place(text) {
        Place::Country(country) => Some(country),
        Place::Unstated => None,
        Place::Region(words) | Place::Unknown(words) => {
            record.unknown_country(&words, field);
            None
        }
    }
}

/// Adds a country with its role. "possibly X" is a country without a role.
pub(super) fn relate(role: CountryRole, text: &str, field: &str, record: &mut Record) {
    let (role, text) = match text.trim().strip_prefix("possibly ") {
        Some(rest) => (CountryRole::Related, rest),
        None => (role, text),
    };
    if let Some(country) = country(text, field, record) {
        let related = RelatedCountry { role, country };
        record.entity.party.countries.push(related);
    }
}

/// Adds every country of a cell: `France, Belgium`, `(1) Iran (2) Iraq`. A name
/// with a comma of its own (`Korea, North`) is tried whole first.
pub(super) fn relate_each(role: CountryRole, text: &str, field: &str, record: &mut Record) {
    for part in super::text::several(text) {
        let whole = Country::parse(part.trim_end_matches('.')).is_some();
        if whole || !part.contains([',', '/']) {
            relate(role, part.trim_end_matches('.'), field, record);
            continue;
        }
        for piece in part.split([',', '/']) {
            relate(role, piece, field, record);
        }
    }
}

/// The parts of an address as a list gives them; any may be empty.
#[derive(Default)]
pub(super) struct AddressParts<'a> {
    pub street: &'a str,
    pub city: &'a str,
    pub region: &'a str,
    pub postcode: &'a str,
    pub country: &'a str,
}

/// Adds an address unless nothing is stated. A country that is not known
/// stays readable in the region.
pub(super) fn address(parts: &AddressParts<'_>, field: &str, record: &mut Record) {
    let text = |part: &str| stated(part).unwrap_or_default();
    let mut address = Address {
        street: text(parts.street),
        city: text(parts.city),
        region: text(parts.region),
        postcode: text(parts.postcode),
        country: None,
    };
    match place(parts.country) {
        Place::Country(country) => address.country = Some(country),
        Place::Unstated => {}
        Place::Region(words) => append(&mut address.region, &words),
        Place::Unknown(words) => {
            record.unknown_country(&words, field);
            append(&mut address.region, &words);
        }
    }
    if address != Address::default() {
        record.entity.party.addresses.push(address);
    }
}

fn append(region: &mut String, words: &str) {
    if !region.is_empty() {
        region.push_str(", ");
    }
    region.push_str(words);
}

impl Record {
    fn unknown_country(&mut self, words: &str, field: &str) {
        let text = format!("'{}' is not a country we know", clean(words));
        self.issue(Issue::new("unknown-country", text).in_field(field));
    }
}
