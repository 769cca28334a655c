//! The UK Sanctions List as a table: a line with the day of the report, then
//! the header, then a row for every name, address and document of a party.
//! And the consolidated list of OFSI (`ConList.csv`), which it replaced on
//! 28 January 2026, for the archives.

use super::build::{Builder, Record};
use super::rows::{self, Columns, Groups, Row, Sheet};
use super::{ReadError, dates, text, uk};
use portcullis_domain::{CountryRole, Date, Issue};

const ID: &str = "unique_id";
const OFSI_ID: &str = "group_id";

/// Whether a header is this list's.
pub(super) fn is_header(columns: &Columns) -> bool {
    columns.has(ID) && columns.has("name_6") && columns.has("regime_name")
}

/// Whether a header is that of OFSI's former list.
pub(super) fn is_ofsi_header(columns: &Columns) -> bool {
    columns.has(OFSI_ID) && columns.has("name_6") && columns.has("group_type")
}

/// Reads the file. Returns the day of the report.
pub(super) fn read(
    file: &str,
    body: &str,
    builder: &mut Builder<'_>,
) -> Result<Option<Date>, ReadError> {
    let header_line = rows::header_line(body, is_header).unwrap_or(1);
    let mut groups = Groups::default();
    rows::read(
        sheet(file, body, header_line),
        &[ID, "name_6"],
        builder,
        |row, _| {
            let number = text::clean(row.text(ID));
            if number.is_empty() {
                return Err(row.broken("broken-record", "the row has no number", "Unique ID"));
            }
            let (record, new) = groups.of(&format!("{}:{number}", uk::SOURCE), row.line);
            if new {
                uk::kind(row.text("designation_type"), "Designation Type", record);
            }
            party(row, record);
            let since = day(row.text("date_designated"), "Date Designated", record);
            let citation = format!("UK Sanctions List {number}");
            uk::listing(row.text("regime_name"), since, &citation, record);
            uk::formerly(row.text("ofsi_group_id"), record);
            Ok(())
        },
    )?;
    groups.finish(file, "Name 6", builder)?;
    Ok(report_day(file, body, header_line, builder))
}

/// Reads OFSI's former list. Returns the day on which it was updated.
pub(super) fn read_ofsi(
    file: &str,
    body: &str,
    builder: &mut Builder<'_>,
) -> Result<Option<Date>, ReadError> {
    let header_line = rows::header_line(body, is_ofsi_header).unwrap_or(1);
    let mut groups = Groups::default();
    rows::read(
        sheet(file, body, header_line),
        &[OFSI_ID, "name_6"],
        builder,
        |row, _| {
            let number = text::clean(row.text(OFSI_ID));
            if number.is_empty() {
                return Err(row.broken("broken-record", "the row has no number", "Group ID"));
            }
            let id = format!("{}:{number}", uk::OFSI_SOURCE);
            let (record, new) = groups.of(&id, row.line);
            if new {
                uk::kind(row.text("group_type"), "Group Type", record);
            }
            party(row, record);
            let since = day(row.text("listed_on"), "Listed On", record);
            let citation = format!("OFSI Consolidated List, group {number}");
            uk::listing(row.text("regime"), since, &citation, record);
            Ok(())
        },
    )?;
    groups.finish(file, "Name 6", builder)?;
    Ok(report_day(file, body, header_line, builder))
}

fn sheet<'a>(file: &'a str, body: &'a str, header_line: u64) -> Sheet<'a> {
    Sheet {
        file,
        body,
        header_line,
        delimiter: None,
        ends_with_line: true,
    }
}

/// `Report Date: 24-Jun-2026` or `Last Updated,03/06/2026` above the header.
fn report_day(file: &str, body: &str, header_line: u64, builder: &mut Builder<'_>) -> Option<Date> {
    let above = body.lines().take(header_line.saturating_sub(1) as usize);
    let cells = above.flat_map(|line| line.split([',', ';', '\t', '"']));
    let day = cells
        .filter_map(|cell| {
            let cell = cell.rsplit_once(": ").map_or(cell, |(_, day)| day);
            dates::european_day(cell.trim())
        })
        .next();
    if day.is_none() {
        let what = "the file has no day of the report that can be read";
        builder.issue(file, Issue::new("no-publication-date", what).at_line(1));
    }
    day
}

fn day(stated: &str, field: &str, record: &mut Record) -> Option<Date> {
    let stated = stated.trim();
    let day = dates::european_day(stated);
    if day.is_none() && !stated.is_empty() {
        let what = format!("'{}' is not a date", text::bounded(stated, 40));
        record.issue(Issue::new("not-a-date", what).in_field(field));
    }
    day
}

/// Of columns that are named otherwise in the two lists, the filled one.
fn either<'r>(row: &'r Row<'_>, names: &[&str]) -> &'r str {
    let cells = names.iter().map(|name| row.text(name));
    cells
        .into_iter()
        .find(|cell| !cell.is_empty())
        .unwrap_or("")
}

fn party(row: &Row<'_>, record: &mut Record) {
    let parts = ["name_1", "name_2", "name_3", "name_4", "name_5", "name_6"];
    let name_type = either(row, &["name_type", "alias_type"]);
    let strength = either(row, &["alias_strength", "alias_quality"]);
    uk::name(parts.map(|p| row.text(p)), name_type, strength, record);
    let language = row.text("non_latin_script_language");
    uk::original(row.text("name_non_latin_script"), language, record);
    record.remark_once("Title", row.text("title"));
    uk::births(either(row, &["d_o_b", "dob"]), record);
    uk::birthplace(
        row.text("town_of_birth"),
        row.text("country_of_birth"),
        record,
    );
    uk::nationalities(either(row, &["nationality_ies", "nationality"]), record);
    record.gender(row.text("gender"));
    record.remark_once("Position", row.text("position"));
    place(row, record);
    documents(row, record);
    ship(row, record);
    uk::contacts(
        row.text("email_address"),
        row.text("phone_number"),
        row.text("website"),
        record,
    );
    uk::links("owned_by", row.text("parent_company"), record);
    uk::links("owner_of", row.text("subsidiaries"), record);
    for (label, column) in [
        ("Type", "type_of_entity"),
        ("UN reference", "un_reference_number"),
        ("Sanctions imposed", "sanctions_imposed"),
        ("", "other_information"),
        ("", "uk_statement_of_reasons"),
    ] {
        record.remark_once(label, row.text(column));
    }
}

fn place(row: &Row<'_>, record: &mut Record) {
    let lines = [1, 2, 3, 4, 5, 6].map(|n| {
        let (new, old) = (format!("address_line_{n}"), format!("address_{n}"));
        let line = row.text(&new);
        if line.is_empty() {
            row.text(&old)
        } else {
            line
        }
    });
    let postcode = either(row, &["address_postal_code", "post_zip_code"]);
    let country = either(row, &["address_country", "country"]);
    // "Country" of OFSI's list would be found in "Address Country", too.
    uk::address(lines, postcode, country, record);
}

fn documents(row: &Row<'_>, record: &mut Record) {
    let note = either(
        row,
        &["passport_additional_information", "passport_details"],
    );
    let cell = row.text("passport_number");
    uk::documents("passport", cell, note, "Passport", record);
    let cell = either(
        row,
        &[
            "national_identifier_number",
            "national_identification_number",
        ],
    );
    let notes = [
        "national_identifier_additional_information",
        "national_identification_details",
    ];
    let note = either(row, &notes);
    uk::documents("national-id", cell, note, "National identifier", record);
    let cell = row.text("business_registration_number_s");
    uk::documents(
        "registration",
        cell,
        "",
        "Business registration number",
        record,
    );
}

fn ship(row: &Row<'_>, record: &mut Record) {
    uk::imo(row.text("imo_number"), record);
    uk::links("owned_by", row.text("current_owner_operator_s"), record);
    let flag = row.text("current_believed_flag_of_ship");
    super::places::relate_each(
        CountryRole::Flag,
        flag,
        "Current believed flag of ship",
        record,
    );
    for (label, column) in [
        ("Previous owner or operator", "previous_owner_operator_s"),
        ("Previous flags", "previous_flags"),
        ("Ship type", "type_of_ship"),
        ("Tonnage", "tonnage_of_ship"),
        ("Length", "length_of_ship"),
        ("Built", "year_built"),
        (
            "Hull identification number",
            "hull_identification_number_hin",
        ),
    ] {
        record.remark_once(label, row.text(column));
    }
}
