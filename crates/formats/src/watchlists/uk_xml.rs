//! The UK Sanctions List as XML (root `Designations`).

use super::build::{Builder, Record, Repeats};
use super::{ListFile, ReadError, dates, text, uk};
use crate::xml::{self, Element};
use portcullis_domain::{CountryRole, Date, Issue};

/// Reads the file. Returns the day on which it was generated, where it says.
pub(super) fn read(
    file: ListFile<'_>,
    builder: &mut Builder<'_>,
) -> Result<Option<Date>, ReadError> {
    let limits = builder.xml_limits();
    let mut added = Ok(());
    let mut generated = None;
    let document = xml::for_each(
        file.bytes,
        &limits,
        &["DateGenerated", "Designation"],
        |element, _| {
            if element.name == "DateGenerated" {
                generated = dates::european_day(&element.text);
                return;
            }
            match record(&element) {
                Ok(record) if added.is_ok() => {
                    added = builder.add(file.name, record, Repeats::AreIssues);
                }
                Ok(_) => {}
                Err(issue) => builder.bad(file.name, issue),
            }
        },
    )?;
    added?;
    let stated = document.root.attribute("DateGenerated");
    let generated = generated.or_else(|| stated.and_then(dates::european_day));
    if generated.is_none() {
        let what = "the file has no date of generation that can be read";
        let issue = Issue::new("no-publication-date", what).in_field("DateGenerated");
        builder.issue(file.name, issue);
    }
    Ok(generated)
}

fn record(element: &Element) -> Result<Record, Issue> {
    let value = |path: &str| element.text_of(path).unwrap_or("");
    let broken = |code: &str, what: &str, field: &str| {
        Issue::new(code, what).at_line(element.line).in_field(field)
    };
    let number = text::clean(value("UniqueID"));
    if number.is_empty() {
        let what = "the record has no number";
        return Err(broken("broken-record", what, "UniqueID"));
    }
    let mut record = Record::new(format!("{}:{number}", uk::SOURCE), element.line);
    uk::kind(
        value("IndividualEntityShip"),
        "IndividualEntityShip",
        &mut record,
    );
    names(element, &mut record);
    if record.entity.party.names.is_empty() {
        return Err(broken("no-name", "the record has no name", "Names/Name"));
    }
    for address in element.all("Addresses/Address") {
        let value = |path: &str| address.text_of(path).unwrap_or("");
        let lines = [
            value("AddressLine1"),
            value("AddressLine2"),
            value("AddressLine3"),
            value("AddressLine4"),
            value("AddressLine5"),
            value("AddressLine6"),
        ];
        uk::address(
            lines,
            value("AddressPostalCode"),
            value("AddressCountry"),
            &mut record,
        );
    }
    contacts(element, &mut record);
    person(element, &mut record);
    organisation(element, &mut record);
    ship(element, &mut record);
    for (label, path) in [
        ("Title", "Titles/Title"),
        ("UN reference", "UNReferenceNumber"),
        ("Sanctions imposed", "SanctionsImposed"),
        ("", "OtherInformation"),
        ("", "UKStatementofReasons"),
    ] {
        each(element, path, |text| record.remark_once(label, text));
    }
    let since = dates::european_day(value("DateDesignated"));
    let citation = format!("UK Sanctions List {number}");
    uk::listing(value("RegimeName"), since, &citation, &mut record);
    uk::formerly(value("OFSIGroupID"), &mut record);
    Ok(record)
}

/// Every filled text at a path.
fn each(element: &Element, path: &str, mut take: impl FnMut(&str)) {
    for found in element.all(path) {
        if !found.text.is_empty() {
            take(&found.text);
        }
    }
}

fn names(element: &Element, record: &mut Record) {
    for name in element.all("Names/Name") {
        let value = |path: &str| name.text_of(path).unwrap_or("");
        let parts = [
            value("Name1"),
            value("Name2"),
            value("Name3"),
            value("Name4"),
            value("Name5"),
            value("Name6"),
        ];
        uk::name(parts, value("NameType"), value("AliasStrength"), record);
    }
    for name in element.all("NonLatinNames/NonLatinName") {
        let value = |path: &str| name.text_of(path).unwrap_or("");
        uk::original(
            value("NameNonLatinScript"),
            value("NonLatinScriptLanguage"),
            record,
        );
    }
}

fn contacts(element: &Element, record: &mut Record) {
    each(element, "EmailAddresses/EmailAddress", |t| {
        uk::contacts(t, "", "", record)
    });
    each(element, "PhoneNumbers/PhoneNumber", |t| {
        uk::contacts("", t, "", record)
    });
    each(element, "Websites/Website", |t| {
        uk::contacts("", "", t, record)
    });
}

fn person(element: &Element, record: &mut Record) {
    for person in element.all("IndividualDetails/Individual") {
        each(person, "DOBs/DOB", |text| uk::births(text, record));
        for place in person.all("BirthDetails/Location") {
            let value = |path: &str| place.text_of(path).unwrap_or("");
            uk::birthplace(value("TownOfBirth"), value("CountryOfBirth"), record);
        }
        each(person, "Nationalities/Nationality", |t| {
            uk::nationalities(t, record)
        });
        each(person, "Genders/Gender", |t| record.gender(t));
        each(person, "Positions/Position", |t| {
            record.remark_once("Position", t)
        });
        let documents = [
            ("PassportDetails/Passport", "Passport", "passport"),
            (
                "NationalIdentifierDetails/NationalIdentifier",
                "NationalIdentifier",
                "national-id",
            ),
        ];
        for (path, prefix, scheme) in documents {
            for document in person.all(path) {
                let number = document.text_of(&format!("{prefix}Number")).unwrap_or("");
                let note = format!("{prefix}AdditionalInformation");
                let note = document.text_of(&note).unwrap_or("");
                uk::documents(scheme, number, note, prefix, record);
            }
        }
    }
}

fn organisation(element: &Element, record: &mut Record) {
    for entity in element.all("EntityDetails/Entity") {
        let field = "BusinessRegistrationNumber";
        each(
            entity,
            "BusinessRegistrationNumbers/BusinessRegistrationNumber",
            |t| {
                uk::documents("registration", t, "", field, record);
            },
        );
        each(entity, "TypeOfEntities/TypeOfEntity", |t| {
            record.remark_once("Type", t)
        });
        each(entity, "ParentCompanies/ParentCompany", |t| {
            uk::links("owned_by", t, record)
        });
        each(entity, "Subsidiaries/Subsidiary", |t| {
            uk::links("owner_of", t, record)
        });
    }
}

fn ship(element: &Element, record: &mut Record) {
    for ship in element.all("ShipDetails/Ship") {
        each(ship, "IMONumbers/IMONumber", |t| uk::imo(t, record));
        let owner = "CurrentOwnerOperators/CurrentOwnerOperator";
        each(ship, owner, |t| uk::links("owned_by", t, record));
        let flag = "CurrentBelievedFlagOfShips/CurrentBelievedFlagOfShip";
        each(ship, flag, |t| {
            super::places::relate_each(CountryRole::Flag, t, "CurrentBelievedFlagOfShip", record);
        });
        for (label, path) in [
            (
                "Previous owner or operator",
                "PreviousOwnerOperators/PreviousOwnerOperator",
            ),
            ("Previous flags", "PreviousFlags/PreviousFlag"),
            ("Ship type", "TypeOfShipDetails/TypeOfShip"),
            ("Tonnage", "TonnageOfShipDetails/TonnageOfShip"),
            ("Length", "LengthOfShipDetails/LengthOfShip"),
            ("Built", "YearsBuilt/YearBuilt"),
        ] {
            each(ship, path, |t| record.remark_once(label, t));
        }
    }
}
