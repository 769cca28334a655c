//! The list of the European Union as XML (root `export`).

use super::build::{Builder, Record, Repeats};
use super::eu::{self, Birth, Document, NameForm};
use super::places::{self, AddressParts};
use super::{ListFile, ReadError, dates, text};
use crate::xml::{self, Element};
use portcullis_domain::{CountryRole, Date, Identifier, Issue};

/// Reads the file. Returns the day on which it was generated.
pub(super) fn read(
    file: ListFile<'_>,
    builder: &mut Builder<'_>,
) -> Result<Option<Date>, ReadError> {
    let limits = builder.xml_limits();
    let mut added = Ok(());
    let document = xml::for_each(
        file.bytes,
        &limits,
        &["sanctionEntity"],
        |element, _| match record(&element) {
            Ok(record) if added.is_ok() => {
                added = builder.add(file.name, record, Repeats::AreIssues);
            }
            Ok(_) => {}
            Err(issue) => builder.bad(file.name, issue),
        },
    )?;
    added?;
    let generated = document.root.attribute("generationDate");
    let generated = generated.and_then(dates::iso);
    if generated.is_none() {
        let what = "the file has no date of generation that can be read";
        let issue = Issue::new("no-publication-date", what).in_field("generationDate");
        builder.issue(file.name, issue);
    }
    Ok(generated)
}

fn record(element: &Element) -> Result<Record, Issue> {
    let value = |name: &str| element.attribute(name).unwrap_or("");
    let broken = |code: &str, what: &str, field: &str| {
        Issue::new(code, what).at_line(element.line).in_field(field)
    };
    let number = text::clean(value("logicalId"));
    if number.is_empty() {
        let what = "the record has no number";
        return Err(broken("broken-record", what, "logicalId"));
    }
    let mut record = Record::new(format!("{}:{number}", eu::SOURCE), element.line);
    let subject = element.child("subjectType");
    let subject = |name: &str| subject.and_then(|s| s.attribute(name)).unwrap_or("");
    eu::kind(
        &[subject("code"), subject("classificationCode")],
        &mut record,
    );
    names(element, &mut record);
    if record.entity.party.names.is_empty() {
        return Err(broken("no-name", "the record has no name", "nameAlias"));
    }
    for citizenship in element.children_named("citizenship") {
        let (code, description) = country_of(citizenship);
        let role = CountryRole::Nationality;
        eu::relate(role, code, description, "citizenship", &mut record);
    }
    births(element, &mut record);
    documents(element, &mut record);
    addresses(element, &mut record);
    record.remark_as("UN reference", value("unitedNationId"));
    record.remark_as("Designation", value("designationDetails"));
    for remark in element.children_named("remark") {
        record.remark(&remark.text);
    }
    listing(element, &mut record);
    Ok(record)
}

fn country_of(element: &Element) -> (&str, &str) {
    let value = |name: &str| element.attribute(name).unwrap_or("");
    (value("countryIso2Code"), value("countryDescription"))
}

fn names(element: &Element, record: &mut Record) {
    for alias in element.children_named("nameAlias") {
        let value = |name: &str| alias.attribute(name).unwrap_or("");
        let form = NameForm {
            whole: value("wholeName"),
            first: value("firstName"),
            middle: value("middleName"),
            last: value("lastName"),
            language: value("nameLanguage"),
            weak: value("strong") == "false",
        };
        eu::name(&form, record);
        record.gender(value("gender"));
        record.remark_once("Title", value("title"));
        record.remark_once("Function", value("function"));
    }
}

fn births(element: &Element, record: &mut Record) {
    for birth in element.children_named("birthdate") {
        let value = |name: &str| birth.attribute(name).unwrap_or("");
        let (code, description) = country_of(birth);
        let country = eu::stated_country(code, description);
        let described = if country.is_empty() { "" } else { description };
        let stated = Birth {
            date: value("birthdate"),
            day: value("dayOfMonth"),
            month: value("monthOfYear"),
            year: value("year"),
            from: value("yearRangeFrom"),
            to: value("yearRangeTo"),
            calendar: value("calendarType"),
            place: vec![value("place"), value("city"), value("region"), described],
            country,
            field: "birthdate",
        };
        eu::birth(&stated, record);
    }
}

fn documents(element: &Element, record: &mut Record) {
    for document in element.children_named("identification") {
        let value = |name: &str| document.attribute(name).unwrap_or("");
        let stated = Document {
            number: value("number"),
            latin_number: value("latinNumber"),
            type_code: value("identificationTypeCode"),
            type_description: value("identificationTypeDescription"),
            country: value("countryIso2Code"),
            field: "identification",
        };
        eu::document(&stated, record);
        for (mark, label) in [
            ("knownExpired", "expired"),
            ("knownFalse", "false"),
            ("reportedLost", "lost"),
            ("revokedByIssuer", "revoked"),
        ] {
            if value(mark) == "true" {
                record.remark(&format!("{} is known to be {label}", value("number")));
            }
        }
        for remark in document.children_named("remark") {
            record.remark(&remark.text);
        }
    }
}

fn addresses(element: &Element, record: &mut Record) {
    for address in element.children_named("address") {
        let value = |name: &str| address.attribute(name).unwrap_or("");
        let pob = Some(value("poBox")).filter(|b| !b.is_empty());
        let pob = pob.map(|b| format!("PO Box {b}")).unwrap_or_default();
        let lines = [value("street"), &pob, value("place")];
        let lines: Vec<&str> = lines.into_iter().filter(|l| !l.trim().is_empty()).collect();
        let (code, description) = country_of(address);
        let parts = AddressParts {
            street: &lines.join(", "),
            city: value("city"),
            region: value("region"),
            postcode: value("zipCode"),
            country: eu::stated_country(code, description),
        };
        places::address(&parts, "address", record);
        for contact in address.children_named("contactInfo") {
            let value = |name: &str| contact.attribute(name).unwrap_or("");
            contacts(value("key"), value("value"), record);
        }
    }
}

/// Keys are `EMAIL`, `PHONE[…]`, `FAX`, `WEB[…]` and alike.
fn contacts(key: &str, value: &str, record: &mut Record) {
    let key = key.to_ascii_uppercase();
    let Some(value) = text::stated(value) else {
        return;
    };
    if key.starts_with("EMAIL") {
        record.entity.party.emails.push(value);
    } else if key.starts_with("PHONE") || key.starts_with("MOBILE") {
        record.entity.party.phones.push(value);
    } else if key.starts_with("WEB") {
        record.identifier(Identifier::new("website", value), "contactInfo");
    } else {
        record.remark_as(&key, &value);
    }
}

/// The day is that of the designation, else the earliest of any regulation
/// that names the party: the others only amend.
fn listing(element: &Element, record: &mut Record) {
    let (mut programmes, mut regulations) = (Vec::new(), Vec::new());
    let mut earliest: Option<Date> = None;
    let summaries = element.all("nameAlias/regulationSummary");
    for regulation in element.children_named("regulation").chain(summaries) {
        let value = |name: &str| regulation.attribute(name).unwrap_or("");
        eu::once(&mut programmes, value("programme"));
        if regulation.name == "regulation" {
            eu::once(&mut regulations, value("numberTitle"));
        }
        let day = dates::iso(value("publicationDate"));
        earliest = [earliest, day].into_iter().flatten().min();
    }
    let designated = element.attribute("designationDate").and_then(dates::iso);
    let reference = element.attribute("euReferenceNumber").unwrap_or("");
    let since = designated.or(earliest);
    let listing = eu::listing(&programmes, since, reference, &regulations);
    record.entity.listings.push(listing);
}
