//! The Consolidated Screening List as CSV with its header of 28 columns.

use super::ReadError;
use super::build::Builder;
use super::csl::{self, Row, RowAddress, RowId};
use portcullis_domain::{Country, Issue};

/// Columns without which a row says nothing.
const REQUIRED: [&str; 2] = ["source", "name"];

/// Columns that only this file has, for telling it by its header.
pub(super) const KNOWN: [&str; 8] = [
    "source",
    "entity_number",
    "alt_names",
    "federal_register_notice",
    "license_requirement",
    "license_policy",
    "source_list_url",
    "standard_order",
];

/// Reads the file.
pub(super) fn read(file: &str, body: &str, builder: &mut Builder<'_>) -> Result<(), ReadError> {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(body.as_bytes());
    let header = reader.headers().map_err(|error| ReadError::Schema {
        line: 1,
        field: "header".to_owned(),
        what: error.to_string(),
    })?;
    let header: Vec<String> = header.iter().map(|h| h.trim().to_lowercase()).collect();
    if let Some(missing) = REQUIRED.iter().find(|c| !header.iter().any(|h| h == *c)) {
        return Err(ReadError::Schema {
            line: 1,
            field: (*missing).to_owned(),
            what: "the column is missing; fetch the file again from its publisher".to_owned(),
        });
    }
    quotes_closed(body)?;
    let columns = Columns(&header);
    let mut records = reader.records().peekable();
    while let Some(record) = records.next() {
        let record = record.map_err(|error| ReadError::Schema {
            line: error.position().map_or(0, csv::Position::line),
            field: "row".to_owned(),
            what: error.to_string(),
        })?;
        let line = record.position().map_or(0, csv::Position::line);
        if records.peek().is_none() {
            whole(&record, line, header.len(), body)?;
        }
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if record.len() != header.len() {
            let what = format!("the row has {} of {} columns", record.len(), header.len());
            let issue = Issue::new("broken-row", what).at_line(line);
            if record.len() < header.len() / 2 || record.len() > header.len() {
                // Shifted columns would give somebody another's details.
                builder.bad(file, issue);
                continue;
            }
            builder.issue(file, issue);
        }
        builder.note_row(file, line, record.as_slice());
        csl::add(&columns.row(&record), file, line, "", builder)?;
    }
    Ok(())
}

/// Refuses a file that ends inside quotes.
fn quotes_closed(body: &str) -> Result<(), ReadError> {
    if body.bytes().filter(|b| *b == b'"').count() % 2 == 0 {
        return Ok(());
    }
    Err(ReadError::Truncated {
        line: 1 + super::text::newlines(body.trim_end().as_bytes()),
        what: "a quote is not closed".to_owned(),
    })
}

/// Refuses a last row that is cut off: too few columns, or no line end after
/// a cell that may go on.
fn whole(last: &csv::StringRecord, line: u64, columns: usize, body: &str) -> Result<(), ReadError> {
    let ended =
        body.ends_with(['\n', '\r', '"']) || last.iter().next_back().is_none_or(str::is_empty);
    let what = if last.len() < columns {
        format!("the last row has {} of {columns} columns", last.len())
    } else if !ended {
        "the last row has no line end".to_owned()
    } else {
        return Ok(());
    };
    Err(ReadError::Truncated { line, what })
}

struct Columns<'h>(&'h [String]);

impl Columns<'_> {
    fn row(&self, record: &csv::StringRecord) -> Row {
        let text = |name: &str| {
            let position = self.0.iter().position(|h| h == name);
            position
                .and_then(|p| record.get(p))
                .unwrap_or("")
                .to_owned()
        };
        let many = |name: &str| {
            let cell = text(name);
            let parts = cell.split(';').map(|p| p.trim().to_owned());
            parts.filter(|p| !p.is_empty()).collect::<Vec<String>>()
        };
        let id = if self.0.iter().any(|h| h == "_id") {
            text("_id")
        } else {
            text("id")
        };
        Row {
            id,
            source: text("source"),
            entity_number: text("entity_number"),
            kind: text("type"),
            programs: many("programs"),
            name: text("name"),
            title: text("title"),
            addresses: many("addresses").iter().map(|a| address(a)).collect(),
            federal_register_notice: text("federal_register_notice"),
            start_date: text("start_date"),
            end_date: text("end_date"),
            standard_order: text("standard_order"),
            license_requirement: text("license_requirement"),
            license_policy: text("license_policy"),
            call_sign: text("call_sign"),
            vessel_type: text("vessel_type"),
            gross_tonnage: text("gross_tonnage"),
            gross_registered_tonnage: text("gross_registered_tonnage"),
            vessel_flag: text("vessel_flag"),
            vessel_owner: text("vessel_owner"),
            remarks: text("remarks"),
            alt_names: many("alt_names"),
            citizenships: many("citizenships"),
            dates_of_birth: many("dates_of_birth"),
            nationalities: many("nationalities"),
            places_of_birth: many("places_of_birth"),
            ids: many("ids").iter().map(|id| document(id)).collect(),
        }
    }
}

/// `818 rue Sherbrooke East, Montreal, Quebec, H2L 1K3, CA`: the last part is
/// a country if it is an ISO code. How the others divide is not told, so they
/// stay one line.
fn address(text: &str) -> RowAddress {
    let (rest, last) = text.rsplit_once(',').unwrap_or(("", text));
    let code = last.trim();
    // A US address may end with its state: "CA" there is no Canada.
    if Country::from_alpha2(code).is_some() && code.bytes().all(|b| b.is_ascii_uppercase()) {
        return RowAddress {
            address: rest.trim().to_owned(),
            country: code.to_owned(),
            ..RowAddress::default()
        };
    }
    RowAddress {
        address: text.to_owned(),
        ..RowAddress::default()
    }
}

/// `US, 80-0890696, Tax ID No.`: country if stated, number, type.
fn document(text: &str) -> RowId {
    let (rest, kind) = text.rsplit_once(',').unwrap_or((text, ""));
    let (country, number) = match rest.split_once(',') {
        Some((code, number)) if Country::from_alpha2(code.trim()).is_some() => (code, number),
        _ => ("", rest),
    };
    RowId {
        kind: kind.trim().to_owned(),
        number: number.trim().to_owned(),
        country: country.trim().to_owned(),
    }
}
