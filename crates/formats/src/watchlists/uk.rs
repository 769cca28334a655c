//! The UK Sanctions List of the Foreign, Commonwealth and Development Office:
//! what its table, its XML and the former list of OFSI have in common.

use super::build::Record;
use super::places::{self, AddressParts};
use super::{aliases, numbers, remarks, text};
use portcullis_domain::{CountryRole, Date, Identifier, Issue, Listing, NameKind, PartyKind};

/// Source and list code.
pub(super) const SOURCE: &str = "uk-sl";
/// Source code of the former consolidated list of OFSI; its entries stand on
/// the same list.
pub(super) const OFSI_SOURCE: &str = "uk-ofsi";

/// `Individual`, `Entity`, `Ship`.
pub(super) fn kind(word: &str, field: &str, record: &mut Record) {
    record.entity.party.kind = match word.trim().to_lowercase().as_str() {
        "individual" => PartyKind::Person,
        "entity" => PartyKind::Organisation,
        "ship" | "vessel" => PartyKind::Vessel,
        "aircraft" => PartyKind::Aircraft,
        other => {
            let what = format!("'{}' is not a type we know", text::bounded(other, 40));
            record.issue(Issue::new("unknown-type", what).in_field(field));
            PartyKind::Unknown
        }
    };
}

/// Adds a name in its six parts, the sixth being the surname or, of anything
/// but a person, the whole name.
pub(super) fn name(parts: [&str; 6], name_type: &str, strength: &str, record: &mut Record) {
    let filled: Vec<&str> = parts.into_iter().filter(|p| !p.trim().is_empty()).collect();
    let full = filled.join(" ");
    let kind = name_type.trim().to_lowercase();
    let low = strength.to_lowercase();
    let former = ["f.k.a", "fka", "former"]
        .iter()
        .any(|w| kind.contains(w) || low.contains(w));
    match kind.as_str() {
        _ if former => record.name(NameKind::Former, &full),
        _ if low.contains("low") => record.name(NameKind::WeakAlias, &full),
        "primary name" | "prime alias" => {
            record.primary(&full);
            if record.entity.party.kind == PartyKind::Organisation {
                aliases::from_brackets(&full, record);
            }
        }
        "" | "alias" | "aka" | "a.k.a." | "a.k.a" | "primary name variation" => {
            record.name(NameKind::Alias, &full);
        }
        other => {
            let what = format!(
                "'{}' is not a type of name we know",
                text::bounded(other, 40)
            );
            record.issue(Issue::new("unknown-alias-type", what).in_field("Name type"));
            record.name(NameKind::Alias, &full);
        }
    }
}

/// Adds a name in another script.
pub(super) fn original(text: &str, language: &str, record: &mut Record) {
    let language = super::languages::code(language);
    for part in super::text::several(text) {
        record.name_in(NameKind::Alias, &part, language);
    }
}

/// Adds an address of six lines: the last is the town where there is one, the
/// one before it the region.
pub(super) fn address(lines: [&str; 6], postcode: &str, country: &str, record: &mut Record) {
    let [first @ .., region, city] = lines;
    let street: Vec<&str> = first.into_iter().filter(|l| !l.trim().is_empty()).collect();
    let parts = AddressParts {
        street: &street.join(", "),
        city,
        region,
        postcode,
        country: undated(country),
    };
    places::address(&parts, "Address Country", record);
}

/// `Afghanistan (since 2009)`: the country. Brackets that belong to a name
/// (`Korea (North)`) are no phrase and stay.
fn undated(country: &str) -> &str {
    const PHRASES: [&str; 7] = [
        "since", "until", "as at", "possib", "locat", "previous", "former",
    ];
    match country.split_once(" (") {
        Some((name, rest)) if PHRASES.iter().any(|p| rest.to_lowercase().contains(p)) => name,
        _ => country,
    }
}

/// Adds birth dates, the day first.
pub(super) fn births(text: &str, record: &mut Record) {
    remarks::births_day_first(text, "D.O.B", record);
}

/// Adds the place of birth.
pub(super) fn birthplace(town: &str, country: &str, record: &mut Record) {
    let place: Vec<&str> = [town, country]
        .into_iter()
        .filter(|p| !p.trim().is_empty())
        .collect();
    record.remark_once("POB", &place.join(", "));
    places::relate_each(CountryRole::Birth, country, "Country of birth", record);
}

/// Adds nationalities.
pub(super) fn nationalities(text: &str, record: &mut Record) {
    places::relate_each(
        CountryRole::Nationality,
        undated(text),
        "Nationality",
        record,
    );
}

/// Adds the numbers of documents and what is said about them.
pub(super) fn documents(scheme: &str, cell: &str, note: &str, field: &str, record: &mut Record) {
    let country = portcullis_domain::Country::parse(note.trim());
    numbers::add_each(cell, scheme, country, field, record);
    // A number without digits identifies nobody but is shown.
    record.remark_once(field, note);
}

/// Adds IMO numbers.
pub(super) fn imo(cell: &str, record: &mut Record) {
    for number in text::several(cell) {
        for piece in number.split(',') {
            let plain = piece.trim().trim_start_matches("IMO").trim();
            record.identifier(Identifier::new("imo", plain), "IMO number");
        }
    }
}

/// Adds ways of contact.
pub(super) fn contacts(emails: &str, phones: &str, websites: &str, record: &mut Record) {
    for cell in text::several(emails) {
        let each = cell.split([' ', ',']).filter(|e| e.contains('@'));
        record.entity.party.emails.extend(each.map(str::to_owned));
    }
    record.entity.party.phones.extend(text::several(phones));
    for website in text::several(websites) {
        record.identifier(Identifier::new("website", website), "Website");
    }
}

/// Adds ties to others by name.
pub(super) fn links(relation: &str, cell: &str, record: &mut Record) {
    for other in text::several(cell) {
        remarks::link(relation, &other, record);
    }
}

/// Adds the listing under a regime unless it is there.
pub(super) fn listing(regime: &str, since: Option<Date>, citation: &str, record: &mut Record) {
    let listing = Listing {
        list: SOURCE.to_owned(),
        programmes: text::stated(regime).into_iter().collect(),
        listed_on: since,
        until: None,
        citation: text::clean(citation),
        licence_requirement: String::new(),
        licence_policy: String::new(),
    };
    if !record.entity.listings.contains(&listing) {
        record.entity.listings.push(listing);
    }
}

/// The id under which the former list of OFSI carried the party.
pub(super) fn formerly(group: &str, record: &mut Record) {
    let group = group.trim();
    if !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit()) {
        let id = format!("{OFSI_SOURCE}:{group}");
        if !record.entity.same_as.contains(&id) {
            record.entity.same_as.push(id);
        }
    }
}
