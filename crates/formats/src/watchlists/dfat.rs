//! The Consolidated List of Australia's Department of Foreign Affairs and
//! Trade: a workbook with one row a name; `8`, `8a` and `8b` are one party.

use super::build::{Builder, Record};
use super::places::{self, AddressParts};
use super::rows::{self, Columns, Groups, Row, Sheet};
use super::{ReadError, dates, remarks, text, uk};
use portcullis_domain::{CountryRole, Date, Issue, Listing, NameKind, PartyKind};
use std::collections::HashMap;

/// Source and list code.
pub(super) const SOURCE: &str = "au-dfat";

const ID: &str = "reference";
const NAME: &str = "name_of_individual_or_entity";

/// Whether a header is this list's.
pub(super) fn is_header(columns: &Columns) -> bool {
    columns.has(ID) && columns.has(NAME)
}

/// Reads the file. It carries no date of publication.
pub(super) fn read(file: &str, body: &str, builder: &mut Builder<'_>) -> Result<(), ReadError> {
    let sheet = Sheet {
        file,
        body,
        header_line: rows::header_line(body, is_header).unwrap_or(1),
        delimiter: None,
        ends_with_line: true,
    };
    let mut groups = Groups::default();
    let mut blocks = Blocks::default();
    rows::read(sheet, &[ID, NAME], builder, |row, _| {
        let number = number(row)?;
        let (id, reused) = blocks.id(number, row);
        let (record, new) = groups.of(&id, row.line);
        if new && reused {
            let what = format!("the reference {number} was given to another party before");
            record.issue(Issue::new("duplicate-id", what).in_field("Reference"));
        }
        party(row, record);
        Ok(())
    })?;
    groups.finish(file, "Name of Individual or Entity", builder)
}

/// `8a` is 8. A cell of a number may read `8.0`.
fn number(row: &Row<'_>) -> Result<u64, Issue> {
    let cell = row.text(ID).trim();
    let digits: String = cell.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().map_err(|_| {
        let what = format!("'{}' is not a reference", text::bounded(cell, 40));
        row.broken("broken-record", what, "Reference")
    })
}

/// References that were given a second time to somebody else, apart in the
/// file and with a primary name of their own, are parties of their own.
#[derive(Default)]
struct Blocks {
    last: Option<u64>,
    seen: HashMap<u64, u32>,
}

impl Blocks {
    fn id(&mut self, number: u64, row: &Row<'_>) -> (String, bool) {
        let block = self.seen.entry(number).or_insert(0);
        let primary = name_type(row) == "primary name";
        if *block == 0 || (self.last != Some(number) && primary) {
            *block += 1;
        }
        self.last = Some(number);
        match *block {
            1 => (format!("{SOURCE}:{number}"), false),
            n => (format!("{SOURCE}:{number}-{n}"), true),
        }
    }
}

fn name_type(row: &Row<'_>) -> String {
    row.text("name_type").trim().to_lowercase()
}

fn party(row: &Row<'_>, record: &mut Record) {
    let kind = match row.text("type").trim().to_lowercase().as_str() {
        "individual" => PartyKind::Person,
        "entity" => PartyKind::Organisation,
        "vessel" | "ship" => PartyKind::Vessel,
        "aircraft" => PartyKind::Aircraft,
        other => {
            let what = format!("'{}' is not a type we know", text::bounded(other, 40));
            record.issue(Issue::new("unknown-type", what).in_field("Type"));
            PartyKind::Unknown
        }
    };
    if record.entity.party.kind == PartyKind::Unknown {
        record.entity.party.kind = kind;
    }
    name(row, record);
    births(row, record);
    for place in text::several(row.text("place_of_birth")) {
        record.remark_once("POB", &place);
        remarks::birthplace(&place, record);
    }
    let citizenship = row.text("citizenship");
    let role = match record.entity.party.kind {
        PartyKind::Person => CountryRole::Nationality,
        PartyKind::Vessel | PartyKind::Aircraft => CountryRole::Flag,
        _ => CountryRole::Related,
    };
    places::relate_each(role, citizenship, "Citizenship", record);
    for address in text::several(row.text("address")) {
        let parts = AddressParts {
            street: &address,
            ..AddressParts::default()
        };
        places::address(&parts, "Address", record);
    }
    uk::imo(row.text("imo_number"), record);
    record.remark_once("", row.text("additional_information"));
    record.remark_once("Listing", row.text("listing_information"));
    for measure in [
        "targeted_financial_sanction",
        "travel_ban",
        "arms_embargo",
        "maritime_restriction",
    ] {
        if matches!(
            row.text(measure).to_lowercase().as_str(),
            "true" | "yes" | "y" | "1"
        ) {
            record.remark_once("Measure", &measure.replace('_', " "));
        }
    }
    listing(row, record);
}

fn name(row: &Row<'_>, record: &mut Record) {
    let name = row.text(NAME);
    let weak = row
        .text("alias_strength")
        .trim()
        .eq_ignore_ascii_case("weak");
    let kind = match name_type(row).as_str() {
        _ if weak => NameKind::WeakAlias,
        "primary name" => return record.primary(name),
        "" if record.entity.party.names.is_empty() => return record.primary(name),
        "aka" | "a.k.a." | "alias" | "original script" | "" => NameKind::Alias,
        "fka" | "f.k.a." | "former name" | "formerly known as" => NameKind::Former,
        other => {
            let what = format!(
                "'{}' is not a type of name we know",
                text::bounded(other, 40)
            );
            record.issue(Issue::new("unknown-alias-type", what).in_field("Name Type"));
            NameKind::Alias
        }
    };
    record.name(kind, name);
}

/// Every row of a party repeats its birth dates.
fn births(row: &Row<'_>, record: &mut Record) {
    let cell = row.text("date_of_birth").replace('–', "-");
    if record.entity.party.kind == PartyKind::Person {
        remarks::births_day_first(&cell, "Date of Birth", record);
    } else {
        record.remark_once("Date", &cell);
    }
}

/// The day may stand among words: `Listed under … on 28 Feb 2014`.
fn listing(row: &Row<'_>, record: &mut Record) {
    let stated = row.text("control_date");
    let day: Option<Date> = dates::european_day(stated);
    if day.is_none() && !stated.trim().is_empty() {
        let what = format!("'{}' is not a date", text::bounded(stated, 40));
        record.issue(Issue::new("not-a-date", what).in_field("Control Date"));
    }
    let listing = Listing {
        list: SOURCE.to_owned(),
        programmes: text::stated(row.text("committees")).into_iter().collect(),
        listed_on: day,
        until: None,
        citation: text::clean(row.text("instrument_of_designation")),
        licence_requirement: String::new(),
        licence_policy: String::new(),
    };
    if !record.entity.listings.contains(&listing) {
        record.entity.listings.push(listing);
    }
}
