//! The Denied Persons List of the Bureau of Industry and Security: tab-separated
//! text with a header, one row an address.

use super::build::{Builder, Record, Repeats, hashed_id};
use super::places::{self, AddressParts};
use super::text::{clean, stated};
use super::{ReadError, dates, table};
use portcullis_domain::{Date, Issue, Listing, NameKind};
use std::borrow::Cow;

/// Source and list code.
pub(super) const SOURCE: &str = "us-dpl";

/// The columns, in the order of the official file.
pub(super) const COLUMNS: [&str; 12] = [
    "Name",
    "Street_Address",
    "City",
    "State",
    "Country",
    "Postal_Code",
    "Effective_Date",
    "Expiration_Date",
    "Standard_Order",
    "Last_Update",
    "Action",
    "FR_Citation",
];

/// Columns without which an entry cannot be named, dated and told apart.
const REQUIRED: [&str; 4] = ["Name", "Effective_Date", "Expiration_Date", "FR_Citation"];

/// Reads the file. It carries no date of publication.
pub(super) fn read(file: &str, body: &str, builder: &mut Builder<'_>) -> Result<(), ReadError> {
    let mut lines = table::lines(body);
    let (line, first) = lines.next().ok_or(ReadError::Empty)?;
    let header = table::cells(first, '\t').unwrap_or_default();
    let header: Vec<String> = header.iter().map(|h| h.trim().to_owned()).collect();
    let has = |name: &&str| header.iter().any(|h| h.eq_ignore_ascii_case(name));
    if let Some(missing) = REQUIRED.iter().find(|c| !has(c)) {
        return Err(ReadError::Schema {
            line,
            field: (*missing).to_owned(),
            what: "the column is missing; fetch the file again from its publisher".to_owned(),
        });
    }
    if let Some((line, what)) = table::cut_off(body, '\t', header.len()) {
        return Err(ReadError::Truncated { line, what });
    }
    for (line, text) in lines {
        let broken = |what: String| Issue::new("broken-row", what).at_line(line);
        if text.len() > builder.limits.max_line_bytes {
            let what = format!("the row has {} bytes, more than the limit", text.len());
            builder.bad(file, broken(what));
            continue;
        }
        let Ok(cells) = table::cells(text, '\t') else {
            builder.bad(file, broken("a quote is not closed".to_owned()));
            continue;
        };
        if cells.len() != header.len() {
            let what = format!("the row has {} of {} columns", cells.len(), header.len());
            builder.bad(file, broken(what));
            continue;
        }
        builder.note_row(file, line, text);
        let row = Row {
            header: &header,
            cells: &cells,
        };
        match record(&row, line) {
            Ok(record) => builder.add(file, record, Repeats::AreRows)?,
            Err(issue) => builder.bad(file, issue),
        }
    }
    Ok(())
}

struct Row<'r> {
    header: &'r [String],
    cells: &'r [Cow<'r, str>],
}

impl Row<'_> {
    fn text(&self, column: &str) -> &str {
        let position = self
            .header
            .iter()
            .position(|h| h.eq_ignore_ascii_case(column));
        position
            .and_then(|p| self.cells.get(p))
            .map_or("", |cell| cell.as_ref())
    }
}

fn record(row: &Row<'_>, line: u64) -> Result<Record, Issue> {
    let name = stated(row.text("Name")).ok_or_else(|| {
        Issue::new("no-name", "the row has no name")
            .at_line(line)
            .in_field("Name")
    })?;
    let citation = clean(row.text("FR_Citation"));
    let effective = row.text("Effective_Date").trim();
    let id = format!("us-dpl:{}", hashed_id(&[&name, effective, &citation]));
    let mut record = Record::new(id, line);
    record.name(NameKind::Primary, &name);
    let parts = AddressParts {
        street: row.text("Street_Address"),
        city: row.text("City"),
        region: row.text("State"),
        postcode: row.text("Postal_Code"),
        country: row.text("Country"),
    };
    places::address(&parts, "Country", &mut record);
    record.remark_as("Standard order", row.text("Standard_Order"));
    record.remark_as("Action", row.text("Action"));
    let listed_on = day(row, "Effective_Date", &mut record);
    let until = day(row, "Expiration_Date", &mut record);
    record.entity.listings.push(Listing {
        list: SOURCE.to_owned(),
        programmes: Vec::new(),
        listed_on,
        until,
        citation,
        licence_requirement: String::new(),
        licence_policy: String::new(),
    });
    Ok(record)
}

fn day(row: &Row<'_>, column: &str, record: &mut Record) -> Option<Date> {
    let stated = stated(row.text(column))?;
    let read = dates::any_day(&stated);
    if read.is_none() {
        let what = format!("'{stated}' is not a date");
        record.issue(Issue::new("not-a-date", what).in_field(column));
    }
    read
}
