//! The consolidated list of the UN Security Council (root `CONSOLIDATED_LIST`).

use super::build::{Builder, Record, Repeats};
use super::places::{self, AddressParts};
use super::{ListFile, ReadError, aliases, dates, labels, remarks, text};
use crate::xml::{self, Element};
use portcullis_domain::{CountryRole, Date, Issue, Listing, NameKind, PartialDate, PartyKind};

/// Source and list code.
pub(super) const SOURCE: &str = "un-sc";

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
        &["INDIVIDUAL", "ENTITY"],
        |element, _| match record(&element) {
            Ok(record) if added.is_ok() => {
                added = builder.add(file.name, record, Repeats::AreIssues);
            }
            Ok(_) => {}
            Err(issue) => builder.bad(file.name, issue),
        },
    )?;
    added?;
    let generated = document
        .root
        .attribute("dateGenerated")
        .and_then(dates::iso);
    if generated.is_none() {
        let text = "the file has no date of generation that can be read";
        let issue = Issue::new("no-publication-date", text).in_field("dateGenerated");
        builder.issue(file.name, issue);
    }
    Ok(generated)
}

fn record(element: &Element) -> Result<Record, Issue> {
    let value = |path: &str| element.text_of(path).unwrap_or("");
    let broken = |code: &str, what: &str, field: &str| {
        Issue::new(code, what).at_line(element.line).in_field(field)
    };
    let number = text::clean(value("DATAID"));
    if number.is_empty() {
        return Err(broken(
            "broken-record",
            "the record has no number",
            "DATAID",
        ));
    }
    let mut record = Record::new(format!("un-sc:{number}"), element.line);
    let person = element.name == "INDIVIDUAL";
    record.entity.party.kind = if person {
        PartyKind::Person
    } else {
        PartyKind::Organisation
    };
    names(element, person, &mut record);
    if record.entity.party.names.is_empty() {
        return Err(broken("no-name", "the record has no name", "FIRST_NAME"));
    }
    let prefix = if person { "INDIVIDUAL" } else { "ENTITY" };
    addresses(element, prefix, &mut record);
    births(element, &mut record);
    documents(element, &mut record);
    for nationality in element.all("NATIONALITY/VALUE") {
        let role = CountryRole::Nationality;
        places::relate(role, &nationality.text, "NATIONALITY", &mut record);
    }
    for (label, path) in [
        ("Title", "TITLE/VALUE"),
        ("Designation", "DESIGNATION/VALUE"),
    ] {
        for part in element.all(path) {
            record.remark_as(label, &part.text);
        }
    }
    record.gender(value("GENDER"));
    record.remark_as("Gender", value("GENDER"));
    record.remark(value("COMMENTS1"));
    let listing = listing(element, &mut record);
    record.entity.listings.push(listing);
    Ok(record)
}

fn names(element: &Element, person: bool, record: &mut Record) {
    let parts = ["FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME"];
    let parts: Vec<&str> = parts.iter().filter_map(|p| element.text_of(p)).collect();
    let primary = parts.join(" ");
    record.name(NameKind::Primary, &primary);
    if !person {
        aliases::from_brackets(&primary, record);
    }
    for original in element.children_named("NAME_ORIGINAL_SCRIPT") {
        for part in original.text.split(';') {
            record.name(NameKind::Alias, part);
        }
    }
    let aliases = ["INDIVIDUAL_ALIAS", "ENTITY_ALIAS"];
    for alias in element
        .children
        .iter()
        .filter(|c| aliases.contains(&c.name.as_str()))
    {
        let Some(name) = alias.text_of("ALIAS_NAME") else {
            continue;
        };
        let former = alias
            .text_of("NOTE")
            .is_some_and(|n| n.to_lowercase().contains("formerly"));
        let kind = match alias.text_of("QUALITY").unwrap_or("").trim() {
            _ if former => NameKind::Former,
            "Low" => NameKind::WeakAlias,
            "f.k.a." => NameKind::Former,
            "Good" | "a.k.a." | "" => NameKind::Alias,
            other => {
                let what = format!("'{other}' is not a quality of an alias we know; taken as good");
                let issue = Issue::new("unknown-alias-type", what).in_field("QUALITY");
                record.issue(issue.at_line(alias.line));
                NameKind::Alias
            }
        };
        record.name(kind, name);
        if let Some(birth) = alias.text_of("DATE_OF_BIRTH") {
            remarks::birth(birth, "INDIVIDUAL_ALIAS/DATE_OF_BIRTH", record);
        }
    }
}

fn addresses(element: &Element, prefix: &str, record: &mut Record) {
    let field = format!("{prefix}_ADDRESS");
    for address in element.children_named(&field) {
        let part = |path: &str| address.text_of(path).unwrap_or("");
        let parts = AddressParts {
            street: part("STREET"),
            city: part("CITY"),
            region: part("STATE_PROVINCE"),
            postcode: part("ZIP_CODE"),
            country: part("COUNTRY"),
        };
        places::address(&parts, &format!("{field}/COUNTRY"), record);
        record.remark_as("Address note", part("NOTE"));
    }
}

/// `EXACT`, `APPROXIMATELY` and `BETWEEN`: whichever of date, year and range is filled.
fn births(element: &Element, record: &mut Record) {
    const FIELD: &str = "INDIVIDUAL_DATE_OF_BIRTH";
    for birth in element.children_named(FIELD) {
        let part = |path: &str| birth.text_of(path).and_then(text::stated);
        let range = (part("FROM_YEAR"), part("TO_YEAR"));
        if let Some(date) = part("DATE").or_else(|| part("YEAR")) {
            remarks::birth(&date, FIELD, record);
        } else if let (Some(from), Some(to)) = range {
            years(&from, &to, record);
        }
        record.remark_as("Birth date note", birth.text_of("NOTE").unwrap_or(""));
    }
    for place in element.children_named("INDIVIDUAL_PLACE_OF_BIRTH") {
        let parts = ["STREET", "CITY", "STATE_PROVINCE", "COUNTRY", "NOTE"];
        let parts: Vec<&str> = parts.iter().filter_map(|p| place.text_of(p)).collect();
        record.remark_as("POB", &parts.join(", "));
        let country = place.text_of("COUNTRY").unwrap_or("");
        places::relate(
            CountryRole::Birth,
            country,
            "INDIVIDUAL_PLACE_OF_BIRTH",
            record,
        );
    }
}

fn years(from: &str, to: &str, record: &mut Record) {
    let year = |text: &str| text.parse::<PartialDate>().ok();
    let range = year(from).zip(year(to));
    let found =
        range.and_then(|(from, to)| dates::between(from, to, &mut record.entity.party.birth_dates));
    if found.is_none() {
        let what = format!("'{from}' to '{to}' are not years in order");
        record.issue(Issue::new("not-a-date", what).in_field("FROM_YEAR"));
    }
}

fn documents(element: &Element, record: &mut Record) {
    for document in element.children_named("INDIVIDUAL_DOCUMENT") {
        let part = |path: &str| document.text_of(path).and_then(text::stated);
        let kind = part("TYPE_OF_DOCUMENT2").or_else(|| part("TYPE_OF_DOCUMENT"));
        let kind = kind.unwrap_or_default();
        let lower = kind.to_lowercase();
        let passport = ["passport", "pasaporte", "passeport"]
            .iter()
            .any(|w| lower.contains(w));
        let scheme = if passport { "passport" } else { "national-id" };
        let issuer = part("ISSUING_COUNTRY").or_else(|| part("COUNTRY_OF_ISSUE"));
        let issuer = issuer.unwrap_or_default();
        let country = places::country(&issuer, "INDIVIDUAL_DOCUMENT/ISSUING_COUNTRY", record);
        if let Some(number) = part("NUMBER") {
            labels::add(
                scheme,
                &number,
                country,
                "INDIVIDUAL_DOCUMENT/NUMBER",
                record,
            );
        }
        record.remark_as(
            &format!("{kind} note"),
            document.text_of("NOTE").unwrap_or(""),
        );
    }
}

fn listing(element: &Element, record: &mut Record) -> Listing {
    let value = |path: &str| element.text_of(path).and_then(text::stated);
    let mut day = |field: &str| {
        let stated = value(field)?;
        let read = dates::iso(&stated);
        if read.is_none() {
            let what = format!("'{stated}' is not a date");
            record.issue(Issue::new("not-a-date", what).in_field(field));
        }
        read
    };
    Listing {
        list: SOURCE.to_owned(),
        listed_on: day("LISTED_ON"),
        until: day("DELISTED_ON"),
        programmes: value("UN_LIST_TYPE").into_iter().collect(),
        citation: value("REFERENCE_NUMBER").unwrap_or_default(),
        licence_requirement: String::new(),
        licence_policy: String::new(),
    }
}
