//! A row of the US Consolidated Screening List, from JSON or CSV.
//! Fields: International Trade Administration, "Consolidated Screening List".

use super::build::{Builder, Record, Repeats, hashed_id};
use super::places::{self, AddressParts};
use super::remarks::{self, ListingFacts};
use super::{ReadError, aliases, dates, labels, ofac, text};
use portcullis_domain::{Country, CountryRole, Date, Issue, Listing, NameKind, PartyKind};

/// Source code.
pub(super) const SOURCE: &str = "us-csl";

/// What stands in the brackets of `source`, and the list code. `561` is the
/// old name of the CAPTA list.
const LISTS: &[(&str, &str)] = &[
    ("SDN", "us-sdn"),
    ("SSI", "us-ssi"),
    ("CMIC", "us-cmic"),
    ("NS-CMIC", "us-cmic"),
    ("FSE", "us-fse"),
    ("CAP", "us-capta"),
    ("CAPTA", "us-capta"),
    ("561", "us-capta"),
    ("MBS", "us-mbs"),
    ("NS-MBS", "us-mbs"),
    ("NS-MBS List", "us-mbs"),
    ("PLC", "us-plc"),
    ("EL", "us-el"),
    ("DPL", "us-dpl"),
    ("UVL", "us-uvl"),
    ("MEU", "us-meu"),
    ("ISN", "us-isn"),
    ("DTC", "us-dtc"),
];

/// One row, all values as text; absent is empty.
#[derive(Default)]
pub(super) struct Row {
    pub id: String,
    pub source: String,
    pub entity_number: String,
    pub kind: String,
    pub programs: Vec<String>,
    pub name: String,
    pub title: String,
    pub addresses: Vec<RowAddress>,
    pub federal_register_notice: String,
    pub start_date: String,
    pub end_date: String,
    pub standard_order: String,
    pub license_requirement: String,
    pub license_policy: String,
    pub call_sign: String,
    pub vessel_type: String,
    pub gross_tonnage: String,
    pub gross_registered_tonnage: String,
    pub vessel_flag: String,
    pub vessel_owner: String,
    pub remarks: String,
    pub alt_names: Vec<String>,
    pub citizenships: Vec<String>,
    pub dates_of_birth: Vec<String>,
    pub nationalities: Vec<String>,
    pub places_of_birth: Vec<String>,
    pub ids: Vec<RowId>,
}

/// An address of a row.
#[derive(Default)]
pub(super) struct RowAddress {
    pub address: String,
    pub city: String,
    pub state: String,
    pub postal_code: String,
    pub country: String,
}

/// An identity document of a row.
#[derive(Default)]
pub(super) struct RowId {
    pub kind: String,
    pub number: String,
    pub country: String,
}

/// Takes a row in. `path` says where it stands for issues (`results[12]`).
pub(super) fn add(
    row: &Row,
    file: &str,
    line: u64,
    path: &str,
    builder: &mut Builder<'_>,
) -> Result<(), ReadError> {
    let field = |name: &str| {
        if path.is_empty() {
            name.to_owned()
        } else {
            format!("{path}.{name}")
        }
    };
    let unreadable = |what: &str, name: &str| {
        Issue::new("broken-record", what)
            .at_line(line)
            .in_field(field(name))
    };
    if text::clean(&row.name).is_empty() {
        builder.bad(file, unreadable("the row has no name", "name"));
        return Ok(());
    }
    if text::clean(&row.source).is_empty() {
        builder.bad(
            file,
            unreadable("the row does not say which list it is of", "source"),
        );
        return Ok(());
    }
    let (list, known) = list_code(&row.source);
    let (id, contested) = id(row, &list, builder);
    let mut record = Record::new(id, line);
    if contested {
        let what = format!(
            "another party has the id '{}', too",
            text::bounded(row.id.trim(), 80)
        );
        record.issue(Issue::new("duplicate-id", what).in_field(field("id")));
    }
    if !known {
        let what = format!(
            "'{}' is a list we do not know; its code is {list}",
            row.source.trim()
        );
        record.issue(Issue::new("unknown-list", what).in_field(field("source")));
    }
    let number = row.entity_number.trim();
    if !number.is_empty() && number.parse::<u64>().is_err() {
        let what = format!("'{}' is not an entity number", text::bounded(number, 40));
        record.issue(Issue::new("not-a-number", what).in_field(field("entity_number")));
    }
    record.entity.party.kind = match row.kind.trim() {
        "" => PartyKind::Unknown,
        kind => ofac::kind(kind),
    };
    names(row, &mut record);
    let facts = details(row, &field, &mut record);
    shown(row, &mut record);
    let listing = listing(row, list, &facts, &field, &mut record);
    record.entity.listings.push(listing);
    builder.add(file, record, Repeats::AreRows)
}

/// The list code of `Entity List (EL) - Bureau of Industry and Security`, and
/// whether it is one of those known. A list we do not know gets a code of its
/// own rather than being lost.
fn list_code(source: &str) -> (String, bool) {
    let bracketed = source
        .split_once('(')
        .and_then(|(_, rest)| rest.split_once(')'));
    let short = bracketed.map_or(source, |(short, _)| short).trim();
    let known = LISTS
        .iter()
        .find(|(word, _)| word.eq_ignore_ascii_case(short));
    match known {
        Some((_, code)) => ((*code).to_owned(), true),
        None => {
            let lower = short.to_lowercase();
            let words = lower
                .split(|c: char| !c.is_alphanumeric())
                .filter(|w| !w.is_empty());
            let slug = words.collect::<Vec<_>>().join("-");
            (format!("us-{}", text::bounded(&slug, 40)), false)
        }
    }
}

/// A number is an OFAC entity number; a row without one is known by its id,
/// and one without that by list, name and citation. So is one whose id another
/// party has: two parties are never made one.
fn id(row: &Row, list: &str, builder: &Builder<'_>) -> (String, bool) {
    if let Ok(number) = row.entity_number.trim().parse::<u64>() {
        return (ofac::id(number), false);
    }
    let hashed = || {
        let parts = [list, &row.name, &row.federal_register_notice];
        format!("us-csl:{}", hashed_id(&parts))
    };
    let Some(stated) = text::stated(&row.id) else {
        return (hashed(), false);
    };
    let id = format!("us-csl:{stated}");
    match builder.bearer(&id) {
        Some(name) if name != text::clean(&row.name) => (hashed(), true),
        _ => (id, false),
    }
}

fn names(row: &Row, record: &mut Record) {
    record.name(NameKind::Primary, &row.name);
    // Treasury gives acronyms as aliases of their own; Commerce and State do not.
    if record.entity.party.kind == PartyKind::Unknown {
        aliases::from_brackets(&row.name, record);
    }
    for name in &row.alt_names {
        // Some State rows end their list with "and X."
        let name = name.trim();
        record.name(NameKind::Alias, name.strip_prefix("and ").unwrap_or(name));
    }
}

/// What can be screened beside the names.
fn details(row: &Row, field: &impl Fn(&str) -> String, record: &mut Record) -> ListingFacts {
    for address in &row.addresses {
        let parts = AddressParts {
            street: &address.address,
            city: &address.city,
            region: &address.state,
            postcode: &address.postal_code,
            country: &address.country,
        };
        places::address(&parts, &field("addresses.country"), record);
    }
    for (values, name) in [
        (&row.nationalities, "nationalities"),
        (&row.citizenships, "citizenships"),
    ] {
        for value in values {
            places::relate(CountryRole::Nationality, value, &field(name), record);
        }
    }
    for birth in row.dates_of_birth.iter().filter(|b| !b.trim().is_empty()) {
        remarks::birth(birth, &field("dates_of_birth"), record);
    }
    labels::add(
        "call-sign",
        &row.call_sign,
        None,
        &field("call_sign"),
        record,
    );
    places::relate(
        CountryRole::Flag,
        &row.vessel_flag,
        &field("vessel_flag"),
        record,
    );
    remarks::link("owned_by", &row.vessel_owner, record);
    let mut facts = remarks::read(&row.remarks, &field("remarks"), record);
    for id in &row.ids {
        let country = Country::parse(&id.country).filter(|_| !id.country.trim().is_empty());
        let ids = field("ids");
        remarks::labelled(&id.kind, &id.number, country, &ids, record, &mut facts);
    }
    facts
}

/// What is for people only.
fn shown(row: &Row, record: &mut Record) {
    record.remark_as("Title", &row.title);
    for place in &row.places_of_birth {
        record.remark_as("POB", place);
        remarks::birthplace(place, record);
    }
    record.remark_as("Vessel type", &row.vessel_type);
    record.remark_as("Gross tonnage", &row.gross_tonnage);
    record.remark_as("Gross registered tonnage", &row.gross_registered_tonnage);
    record.remark_as("Standard order", &row.standard_order);
    record.remark(&row.remarks);
}

fn listing(
    row: &Row,
    list: String,
    facts: &ListingFacts,
    field: &impl Fn(&str) -> String,
    record: &mut Record,
) -> Listing {
    let mut day = |value: &str, name: &str| -> Option<Date> {
        let stated = text::stated(value)?;
        let read = dates::any_day(&stated);
        if read.is_none() {
            let what = format!("'{stated}' is not a date");
            record.issue(Issue::new("not-a-date", what).in_field(field(name)));
        }
        read
    };
    let programmes: Vec<String> = row
        .programs
        .iter()
        .filter_map(|p| text::stated(p))
        .collect();
    Listing {
        listed_on: day(&row.start_date, "start_date").or_else(|| ofac::listing_date(&list, facts)),
        until: day(&row.end_date, "end_date"),
        list,
        programmes,
        citation: text::clean(&row.federal_register_notice),
        licence_requirement: text::clean(&row.license_requirement),
        licence_policy: text::clean(&row.license_policy),
    }
}
