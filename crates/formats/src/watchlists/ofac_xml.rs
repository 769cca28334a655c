//! OFAC's SDN.XML and CONSOLIDATED.XML (root `sdnList`).

use super::build::{Builder, Record};
use super::ofac::{self, Entry, Set};
use super::places::{self, AddressParts};
use super::remarks::{self, ListingFacts};
use super::{ListFile, ReadError, labels};
use crate::xml::{self, Element};
use portcullis_domain::{CountryRole, Date, Issue, NameKind};

/// Reads the file. Returns its set and its publication date.
pub(super) fn read(
    file: ListFile<'_>,
    wanted: Option<Set>,
    builder: &mut Builder<'_>,
) -> Result<(Set, Option<Date>), ReadError> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut unreadable: Vec<Issue> = Vec::new();
    let mut published = None;
    let mut announced: Option<u64> = None;
    let limits = builder.xml_limits();
    xml::for_each(
        file.bytes,
        &limits,
        &["publshInformation", "sdnEntry"],
        |element, _| {
            if element.name == "publshInformation" {
                published = element.text_of("Publish_Date").and_then(ofac::publish_date);
                announced = element
                    .text_of("Record_Count")
                    .and_then(|t| t.trim().parse().ok());
            } else {
                match entry(&element) {
                    Ok(entry) => entries.push(entry),
                    Err(issue) => unreadable.push(issue),
                }
            }
        },
    )?;
    let found = entries.len() + unreadable.len();
    if let Some(announced) = announced.filter(|n| *n != found as u64) {
        let text = format!("the file announces {announced} records and has {found}");
        builder.issue(
            file.name,
            Issue::new("count-differs", text).in_field("Record_Count"),
        );
    }
    if published.is_none() {
        let text = "the file has no publication date that can be read";
        builder.issue(
            file.name,
            Issue::new("no-publication-date", text).in_field("Publish_Date"),
        );
    }
    builder.verdict_of(unreadable.len() as u64, entries.len() as u64)?;
    for issue in unreadable {
        builder.bad(file.name, issue);
    }
    let set = ofac::settle(entries, wanted, file.name, builder)?;
    Ok((set, published))
}

fn entry(element: &Element) -> Result<Entry, Issue> {
    let text = |path: &str| element.text_of(path).unwrap_or("");
    let number = text("uid").trim().parse::<u64>().map_err(|_| {
        let what = format!("'{}' is not an entity number", text("uid"));
        Issue::new("broken-record", what)
            .at_line(element.line)
            .in_field("uid")
    })?;
    let mut record = Record::new(ofac::id(number), element.line);
    record.entity.party.kind = ofac::kind(text("sdnType"));
    let name = published_name(element);
    if name.is_empty() {
        let issue = Issue::new("no-name", "the record has no name").in_field("lastName");
        return Err(issue.at_line(element.line));
    }
    record.name(NameKind::Primary, &name);
    let mut facts = ListingFacts::default();
    aliases(element, &mut record);
    documents(element, &mut record, &mut facts);
    addresses(element, &mut record);
    life(element, &mut record);
    vessel(element, &mut record);
    record.remark_as("Title", text("title"));
    let said = remarks::read(text("remarks"), "remarks", &mut record);
    facts.listing_dates.extend(said.listing_dates);
    facts.directive_13662 |= said.directive_13662;
    facts.directives_14024.extend(said.directives_14024);
    record.remark(text("remarks"));
    let programmes = element.all("programList/program");
    let programmes = programmes
        .iter()
        .filter_map(|p| super::text::stated(&p.text))
        .collect();
    Ok(Entry {
        record,
        programmes,
        facts,
    })
}

/// `SURNAME, Given` as in the delimited files, so that both publications agree.
fn published_name(element: &Element) -> String {
    let last = element.text_of("lastName").unwrap_or("").trim();
    let first = element.text_of("firstName").unwrap_or("").trim();
    match (last.is_empty(), first.is_empty()) {
        (false, false) => format!("{last}, {first}"),
        _ => format!("{last}{first}"),
    }
}

fn aliases(element: &Element, record: &mut Record) {
    for aka in element.all("akaList/aka") {
        let kind = match (aka.text_of("type"), aka.text_of("category")) {
            (Some("f.k.a."), _) => NameKind::Former,
            (_, Some("weak")) => NameKind::WeakAlias,
            _ => NameKind::Alias,
        };
        record.name(kind, &published_name(aka));
    }
}

fn documents(element: &Element, record: &mut Record, facts: &mut ListingFacts) {
    for id in element.all("idList/id") {
        let text = |path: &str| id.text_of(path).unwrap_or("");
        let country = places::country(text("idCountry"), "idCountry", record);
        remarks::labelled(
            text("idType"),
            text("idNumber"),
            country,
            "idNumber",
            record,
            facts,
        );
    }
}

fn addresses(element: &Element, record: &mut Record) {
    for address in element.all("addressList/address") {
        let text = |path: &str| address.text_of(path).unwrap_or("");
        let lines = [text("address1"), text("address2"), text("address3")];
        let filled: Vec<&str> = lines.into_iter().filter(|l| !l.trim().is_empty()).collect();
        let parts = AddressParts {
            street: &filled.join(", "),
            city: text("city"),
            region: text("stateOrProvince"),
            postcode: text("postalCode"),
            country: text("country"),
        };
        places::address(&parts, "country", record);
    }
}

fn life(element: &Element, record: &mut Record) {
    for date in element.all("dateOfBirthList/dateOfBirthItem/dateOfBirth") {
        remarks::birth(&date.text, "dateOfBirth", record);
    }
    for place in element.all("placeOfBirthList/placeOfBirthItem/placeOfBirth") {
        record.remark_as("POB", &place.text);
        remarks::birthplace(&place.text, record);
    }
    for list in ["nationalityList/nationality", "citizenshipList/citizenship"] {
        for nationality in element.all(&format!("{list}/country")) {
            places::relate(CountryRole::Nationality, &nationality.text, list, record);
        }
    }
}

fn vessel(element: &Element, record: &mut Record) {
    let Some(vessel) = element.child("vesselInfo") else {
        return;
    };
    let text = |path: &str| vessel.text_of(path).unwrap_or("");
    labels::add("call-sign", text("callSign"), None, "callSign", record);
    places::relate(CountryRole::Flag, text("vesselFlag"), "vesselFlag", record);
    remarks::link("owned_by", text("vesselOwner"), record);
    record.remark_as("Vessel type", text("vesselType"));
    record.remark_as("Tonnage", text("tonnage"));
    record.remark_as("Gross registered tonnage", text("grossRegisteredTonnage"));
}
