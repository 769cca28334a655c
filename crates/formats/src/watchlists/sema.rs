//! Canada's consolidated autonomous sanctions list under the Special Economic
//! Measures Act and the Justice for Victims of Corrupt Foreign Officials Act
//! (root `data-set`). `Country` is the regime, never a nationality.

use super::build::{Builder, Record, Repeats};
use super::{ListFile, ReadError, aliases, dates, remarks, text};
use crate::xml::{self, Element};
use portcullis_domain::{Identifier, Issue, Listing, NameKind, PartyKind};

/// Source and list code.
pub(super) const SOURCE: &str = "ca-sema";

/// Reads the file. It carries no date of publication.
pub(super) fn read(file: ListFile<'_>, builder: &mut Builder<'_>) -> Result<(), ReadError> {
    let limits = builder.xml_limits();
    let mut added = Ok(());
    xml::for_each(
        file.bytes,
        &limits,
        &["record"],
        |element, _| match record(&element) {
            Ok(record) if added.is_ok() => {
                added = builder.add(file.name, record, Repeats::AreIssues);
            }
            Ok(_) => {}
            Err(issue) => builder.bad(file.name, issue),
        },
    )?;
    added
}

fn record(element: &Element) -> Result<Record, Issue> {
    let value = |field: &str| element.text_of(field).and_then(text::stated);
    let missing = |field: &str| {
        let issue = Issue::new("broken-record", format!("the record has no {field}"));
        issue.at_line(element.line).in_field(field)
    };
    // "Russia / Russie": the English half names the regime.
    let country = value("Country").ok_or_else(|| missing("Country"))?;
    let regime = country
        .split(" / ")
        .next()
        .unwrap_or(&country)
        .trim()
        .to_owned();
    let item = value("Item").ok_or_else(|| missing("Item"))?;
    let schedule = value("Schedule");
    let schedule_part = schedule.as_deref().map_or("-".to_owned(), slug);
    let id = format!("ca-sema:{}/{schedule_part}/{}", slug(&regime), slug(&item));
    let mut record = Record::new(id, element.line);
    names(element, &mut record);
    if record.entity.party.names.is_empty() {
        return Err(missing("EntityOrShip or LastName"));
    }
    let ship = record.entity.party.kind == PartyKind::Vessel;
    if let Some(number) = value("ShipIMONumber") {
        record.identifier(Identifier::new("imo", number), "ShipIMONumber");
    }
    let date_field = "DateOfBirthOrShipBuildDate";
    if let Some(date) = value(date_field) {
        if ship {
            record.remark_as("Built", &date);
        } else {
            remarks::birth(&date, date_field, &mut record);
            record.remark_as("Date of birth", &date);
        }
    }
    let label = if ship { "Ship type" } else { "Title" };
    record.remark_as(label, &value("TitleOrShip").unwrap_or_default());
    record.remark_as("Aliases", &value("Aliases").unwrap_or_default());
    let citation = match &schedule {
        Some(schedule) => format!("{regime}: Schedule {schedule}, item {item}"),
        None => format!("{regime}: item {item}"),
    };
    let listed = value("DateOfListing").unwrap_or_default();
    let listed_on = dates::iso(&listed);
    if listed_on.is_none() {
        let what = format!("'{listed}' is not a date");
        record.issue(Issue::new("not-a-date", what).in_field("DateOfListing"));
    }
    record.entity.listings.push(Listing {
        list: SOURCE.to_owned(),
        programmes: vec![regime],
        listed_on,
        until: None,
        citation,
        licence_requirement: String::new(),
        licence_policy: String::new(),
    });
    Ok(record)
}

fn names(element: &Element, record: &mut Record) {
    let value = |field: &str| element.text_of(field).and_then(text::stated);
    let entity = value("EntityOrShip");
    record.entity.party.kind = match (&entity, value("ShipIMONumber")) {
        (Some(_), Some(_)) => PartyKind::Vessel,
        (Some(_), None) => PartyKind::Organisation,
        (None, _) => PartyKind::Person,
    };
    match entity {
        Some(name) => {
            let halves = aliases::bilingual(&name);
            let kinds =
                std::iter::once(NameKind::Primary).chain(std::iter::repeat(NameKind::Alias));
            for (half, kind) in halves.iter().zip(kinds) {
                record.name(kind, half);
                aliases::from_brackets(half, record);
            }
        }
        None => {
            let parts = [value("GivenName"), value("LastName")];
            let parts: Vec<String> = parts.into_iter().flatten().collect();
            record.name(NameKind::Primary, &parts.join(" "));
        }
    }
    let person = record.entity.party.kind == PartyKind::Person;
    // Line breaks part aliases here and there, so the raw text is split.
    let raw = element.text_of("Aliases").unwrap_or("");
    aliases::split(raw, person, record);
}

/// Lower-case letters and digits with single hyphens between: `1, Part 1` and
/// `1,Part 1` are one schedule.
fn slug(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty());
    words.collect::<Vec<_>>().join("-")
}
