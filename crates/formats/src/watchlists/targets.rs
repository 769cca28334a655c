//! OpenSanctions' simplified table, `targets.simple.csv`: one row a party, the
//! values of a cell parted by `;`. It has no roles of countries and no schemes
//! of identifiers; the FollowTheMoney file of the same dataset has.

use super::build::{Builder, Record, Repeats};
use super::places::{self, AddressParts};
use super::rows::{self, Columns, Row, Sheet, slug};
use super::{ReadError, dates, ftm, numbers, remarks, text};
use portcullis_domain::{CountryRole, Identifier, IdentifierCheck, Issue, Listing, NameKind};

/// Source code where none is given: the table names only the lists it is made of.
pub(super) const SOURCE: &str = "opensanctions";

/// Whether a header is this table's.
pub(super) fn is_header(columns: &Columns) -> bool {
    let known = ["id", "schema", "name", "aliases", "birth_date", "dataset"];
    known.iter().all(|c| columns.has(c))
}

/// Reads the file. It carries no date of publication of its own.
pub(super) fn read(file: &str, body: &str, builder: &mut Builder<'_>) -> Result<(), ReadError> {
    let sheet = Sheet {
        file,
        body,
        header_line: rows::header_line(body, is_header).unwrap_or(1),
        delimiter: None,
        ends_with_line: true,
    };
    let mut stopped = Ok(());
    rows::read(
        sheet,
        &["id", "schema", "name", "dataset"],
        builder,
        |row, builder| {
            let record = record(row)?;
            if let (Some(record), Ok(())) = (record, &stopped) {
                stopped = builder.add(file, record, Repeats::AreIssues);
            }
            Ok(())
        },
    )?;
    stopped
}

/// A row as a record; nothing if it is no party (a wallet, a security).
fn record(row: &Row<'_>) -> Result<Option<Record>, Issue> {
    let id = text::clean(row.text("id"));
    if id.is_empty() {
        return Err(row.broken("broken-record", "the row has no id", "id"));
    }
    let mut record = Record::new(format!("{SOURCE}:{id}"), row.line);
    let schema = row.text("schema");
    record.entity.party.kind = match ftm::party_kind(schema) {
        Some(kind) => kind,
        None => {
            let what = format!(
                "'{}' is not a schema of a party; read as one",
                text::bounded(schema, 40)
            );
            record.issue(Issue::new("unknown-schema", what).in_field("schema"));
            portcullis_domain::PartyKind::Unknown
        }
    };
    record.primary(row.text("name"));
    for alias in values(row.text("aliases")) {
        record.name(NameKind::Alias, &alias);
    }
    if record.entity.party.names.is_empty() {
        return Err(row.broken("no-name", format!("{id} has no name"), "name"));
    }
    for date in values(row.text("birth_date")) {
        remarks::birth(&date, "birth_date", &mut record);
    }
    for country in values(row.text("countries")) {
        places::relate(CountryRole::Related, &country, "countries", &mut record);
    }
    for address in values(row.text("addresses")) {
        let parts = AddressParts {
            street: &address,
            ..AddressParts::default()
        };
        places::address(&parts, "addresses", &mut record);
    }
    for value in values(row.text("identifiers")) {
        identifier(&value, &mut record);
    }
    record.entity.party.emails = values(row.text("emails"));
    record.entity.party.phones = values(row.text("phones"));
    listings(row, &mut record);
    Ok(Some(record))
}

/// The values of a cell: parted by `;`, one with a `;` of its own in quotes.
fn values(cell: &str) -> Vec<String> {
    let parts = super::table::cells(cell, ';');
    let parts = parts.unwrap_or_else(|_| vec![cell.into()]);
    let parts = parts.iter().map(|p| text::clean(p));
    parts.filter(|p| !p.is_empty()).collect()
}

/// Identifiers come without their scheme. One that can be but one thing is
/// taken as that.
fn identifier(value: &str, record: &mut Record) {
    let fits = |scheme: &str| Identifier::new(scheme, value).check() == IdentifierCheck::WellFormed;
    let vessel = record.entity.party.kind == portcullis_domain::PartyKind::Vessel;
    let scheme = match value {
        v if v.starts_with("IMO") || (vessel && fits("imo")) => "imo",
        v if v.len() == 20 && fits("lei") => "lei",
        _ => "other",
    };
    let scheme = if scheme == "imo" && !vessel {
        "registration"
    } else {
        scheme
    };
    numbers::add(scheme, value, None, "identifiers", record);
}

/// A listing under each dataset, by its title: `us-ofac-specially-designated-…`.
/// The earliest day in the text of the sanctions is that of the listing.
fn listings(row: &Row<'_>, record: &mut Record) {
    let sanctions = values(row.text("sanctions"));
    let programmes = values(row.text("program_ids"));
    let words = sanctions.iter().flat_map(|s| s.split([' ', ',']));
    let since = words.filter_map(dates::iso).min();
    let citation = sanctions.join("; ");
    let mut datasets = values(row.text("dataset"));
    if datasets.is_empty() {
        let what = "the row does not say of which dataset it is";
        record.issue(Issue::new("no-dataset", what).in_field("dataset"));
        datasets.push(SOURCE.to_owned());
    }
    for dataset in datasets {
        record.entity.listings.push(Listing {
            list: slug(&dataset).replace('_', "-"),
            programmes: programmes.clone(),
            listed_on: since,
            until: None,
            citation: text::bounded(&citation, 2048).to_owned(),
            licence_requirement: String::new(),
            licence_policy: String::new(),
        });
    }
}
