//! OFAC's delimited files: SDN.CSV / CONS_PRIM.CSV and the files that continue
//! them. No header, `-0-` for null, 0x1A at the end, one record a line.
//! Layout: OFAC "Data formats and data schemas", SDN delimited file specification.

use super::build::{Builder, Record};
use super::ofac::{self, Entry, Set};
use super::places::{self, AddressParts};
use super::text::{bounded, stated};
use super::{ReadError, labels, remarks, table};
use portcullis_domain::{CountryRole, Issue, NameKind};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Columns of the primary file: number, name, type, programme, title, call
/// sign, vessel type, tonnage, gross registered tonnage, flag, owner, remarks.
pub(super) const PRIMARY_COLUMNS: usize = 12;
/// Columns of the alias file: number, alias number, type, name, remarks.
pub(super) const ALIAS_COLUMNS: usize = 5;
/// Columns of the address file: number, address number, street, city, country, remarks.
pub(super) const ADDRESS_COLUMNS: usize = 6;
/// Columns of the comment file: number, remarks that did not fit.
pub(super) const COMMENT_COLUMNS: usize = 2;

/// OFAC cuts remarks at this length and goes on in the comment file.
const FULL_REMARKS: usize = 1000;

/// A decoded file with its name.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub name: &'a str,
    pub text: &'a str,
}

/// A row with a valid number.
struct Row<'a> {
    line: u64,
    number: u64,
    cells: Vec<Cow<'a, str>>,
}

impl Row<'_> {
    fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", |cell| cell.as_ref())
    }

    fn stated(&self, column: usize) -> Option<String> {
        stated(self.cell(column))
    }
}

/// Refuses a file that is cut off; then yields its rows. A row that cannot be
/// read goes to `bad`; a header (the first line without a number) is skipped.
fn rows<'a>(
    source: Source<'a>,
    columns: usize,
    builder: &mut Builder<'_>,
) -> Result<Vec<Row<'a>>, ReadError> {
    check(source, columns)?;
    if !source.text.contains('\u{1A}') {
        let text = "the file has no end mark (0x1A); it may have been cut off between two rows";
        builder.issue(source.name, Issue::new("no-end-mark", text));
    }
    let mut rows = Vec::new();
    let mut bad = 0;
    for (position, (line, text)) in table::lines(source.text).enumerate() {
        match row(line, text, columns, builder) {
            Ok((row, issue)) => {
                if let Some(issue) = issue {
                    builder.issue(source.name, issue);
                }
                rows.push(row);
            }
            Err(_) if position == 0 && header(text) => {}
            Err(issue) => {
                bad += 1;
                builder.bad(source.name, issue);
            }
        }
        if rows.len() as u64 > builder.limits.max_records {
            let limit = builder.limits.max_records;
            return Err(ReadError::TooManyRecords { limit });
        }
    }
    builder.verdict_of(bad, rows.len() as u64)?;
    Ok(rows)
}

/// Refuses a file that is cut off.
pub(super) fn check(source: Source<'_>, columns: usize) -> Result<(), ReadError> {
    match table::cut_off(source.text, ',', columns) {
        Some((line, what)) => Err(ReadError::Truncated { line, what }),
        None => Ok(()),
    }
}

/// A first line of words only is a header that somebody added.
fn header(text: &str) -> bool {
    let cells = table::cells(text, ',').unwrap_or_default();
    cells
        .iter()
        .all(|c| !c.trim().is_empty() && !c.trim().starts_with(|c: char| c.is_ascii_digit()))
}

fn row<'a>(
    line: u64,
    text: &'a str,
    columns: usize,
    builder: &Builder<'_>,
) -> Result<(Row<'a>, Option<Issue>), Issue> {
    let broken = |what: String| Issue::new("broken-row", what).at_line(line);
    if text.len() > builder.limits.max_line_bytes {
        return Err(broken(format!(
            "the row has {} bytes, more than the limit",
            text.len()
        )));
    }
    let cells = table::cells(text, ',').map_err(|_| broken("a quote is not closed".to_owned()))?;
    let first = cells.first().map_or("", |c| c.trim());
    let number = first.parse::<u64>().map_err(|_| {
        broken(format!("'{}' is not an entity number", bounded(first, 40))).in_field("ent_num")
    })?;
    let odd = cells.len() != columns;
    let issue = odd.then(|| broken(format!("the row has {} of {columns} columns", cells.len())));
    // Two columns of a record still name somebody; less is nothing to keep.
    if cells.len() < 2 {
        return Err(broken(format!(
            "the row has {} of {columns} columns",
            cells.len()
        )));
    }
    let row = Row {
        line,
        number,
        cells,
    };
    Ok((row, issue))
}

/// The entity numbers of a file, for telling which primary file it belongs to.
pub(super) fn numbers(text: &str) -> impl Iterator<Item = u64> {
    table::lines(text).filter_map(|(_, line)| {
        let first = line.split(',').next()?.trim().trim_matches('"');
        first.parse().ok()
    })
}

/// Reads a primary file and the comments that continue its remarks. The
/// remarks must be whole before they are read: OFAC cuts them mid-word.
pub(super) fn read_primary(
    source: Source<'_>,
    comments: &[Source<'_>],
    wanted: Option<Set>,
    builder: &mut Builder<'_>,
) -> Result<Set, ReadError> {
    let mut continued = read_comments(comments, builder)?;
    let rows = rows(source, PRIMARY_COLUMNS, builder)?;
    let mut entries = Vec::with_capacity(rows.len());
    for row in &rows {
        if row.stated(1).is_none() {
            let issue = Issue::new("no-name", "the record has no name").in_field("SDN_Name");
            builder.bad(source.name, issue.at_line(row.line));
            continue;
        }
        // A number twice in the file gets its comment once; merging keeps it.
        entries.push(primary(row, continued.remove(&row.number)));
    }
    for (number, (file, line, _)) in continued {
        orphan(number, file, line, builder);
    }
    builder.verdict_of(
        rows.len() as u64 - entries.len() as u64,
        entries.len() as u64,
    )?;
    ofac::settle(entries, wanted, source.name, builder)
}

type Comments<'a> = BTreeMap<u64, (&'a str, u64, String)>;

fn read_comments<'a>(
    files: &[Source<'a>],
    builder: &mut Builder<'_>,
) -> Result<Comments<'a>, ReadError> {
    let mut comments: Comments<'a> = BTreeMap::new();
    for file in files {
        for row in rows(*file, COMMENT_COLUMNS, builder)? {
            let entry = comments
                .entry(row.number)
                .or_insert_with(|| (file.name, row.line, String::new()));
            entry.2.push_str(row.cell(1));
        }
    }
    Ok(comments)
}

fn orphan(number: u64, file: &str, line: u64, builder: &mut Builder<'_>) {
    let text = format!("the primary file has no entity {number}");
    let issue = Issue::new("orphan-row", text).in_field("ent_num");
    builder.issue(file, issue.at_line(line));
}

fn primary(row: &Row<'_>, comment: Option<(&str, u64, String)>) -> Entry {
    let mut record = Record::new(ofac::id(row.number), row.line);
    let kind = ofac::kind(row.cell(2));
    record.entity.party.kind = kind;
    if kind == portcullis_domain::PartyKind::Unknown {
        let text = format!("'{}' is not a type we know", row.cell(2).trim());
        record.issue(Issue::new("unknown-type", text).in_field("SDN_Type"));
    }
    record.name(NameKind::Primary, row.cell(1));
    if let Some(sign) = row.stated(5) {
        labels::add("call-sign", &sign, None, "Call_Sign", &mut record);
    }
    places::relate(CountryRole::Flag, row.cell(9), "Vess_flag", &mut record);
    if let Some(owner) = row.stated(10) {
        remarks::link("owned_by", &owner, &mut record);
    }
    let remark_text = whole_remarks(row.cell(11), comment, &mut record);
    let facts = remarks::read(&remark_text.readable, "Remarks", &mut record);
    for (label, column) in [
        ("Title", 4),
        ("Vessel type", 6),
        ("Tonnage", 7),
        ("Gross registered tonnage", 8),
    ] {
        record.remark_as(label, row.cell(column));
    }
    record.remark(&remark_text.shown);
    Entry {
        record,
        programmes: ofac::programmes(row.cell(3)),
        facts,
    }
}

/// Remarks as people see them, and the part of them that can be read.
struct Remarks {
    shown: String,
    readable: String,
}

/// Joins remarks with their continuation. A comment that does not go on where
/// the remarks stop (files of two publications) begins mid-word: its first
/// segment is shown and not read.
fn whole_remarks(text: &str, comment: Option<(&str, u64, String)>, record: &mut Record) -> Remarks {
    let null = text.trim() == "-0-";
    let own = if null { "" } else { text };
    let full = own.chars().count() >= FULL_REMARKS;
    let issue = |code, what: &str| Issue::new(code, what).in_field("Remarks");
    match comment {
        None => {
            if full {
                let what = "the remarks are cut and their continuation was not given; \
                            give SDN_COMMENTS.CSV in the same call";
                record.issue(issue("remarks-cut", what));
            }
            let last_whole = own.rfind(';').filter(|_| full).unwrap_or(own.len());
            Remarks {
                shown: own.to_owned(),
                readable: own[..last_whole].to_owned(),
            }
        }
        Some((_, _, rest)) if full || null => {
            let joined = format!("{own}{rest}");
            Remarks {
                shown: joined.clone(),
                readable: joined,
            }
        }
        Some((file, line, rest)) => {
            let what = format!(
                "the comment at line {line} of {file} does not continue these remarks; \
                 the files are of different publications"
            );
            record.issue(issue("comment-apart", &what));
            let after_fragment = rest.split_once(';').map_or("", |(_, after)| after);
            let own = own.trim().trim_end_matches('.');
            Remarks {
                shown: format!("{own}; {rest}"),
                readable: format!("{own};{after_fragment}"),
            }
        }
    }
}

/// Adds the aliases of ALT.CSV. Returns how many rows found their entity.
pub(super) fn read_aliases(
    source: Source<'_>,
    builder: &mut Builder<'_>,
) -> Result<u64, ReadError> {
    continue_entities(source, ALIAS_COLUMNS, builder, |row, record| {
        let kind = match row.cell(2).trim().to_ascii_lowercase().as_str() {
            "fka" => NameKind::Former,
            "aka" | "nka" => NameKind::Alias,
            other => {
                let text = format!("'{other}' is not a type of alias we know; taken as aka");
                record.issue(Issue::new("unknown-alias-type", text).in_field("alt_type"));
                NameKind::Alias
            }
        };
        match row.stated(3) {
            Some(name) => record.name(kind, &name),
            None => {
                let issue = Issue::new("no-name", "the alias has no name").in_field("alt_name");
                record.issue(issue);
            }
        }
        if let Some(remark) = row.stated(4) {
            record.remark(&remark);
        }
    })
}

/// Adds the addresses of ADD.CSV. Returns how many rows found their entity.
pub(super) fn read_addresses(
    source: Source<'_>,
    builder: &mut Builder<'_>,
) -> Result<u64, ReadError> {
    continue_entities(source, ADDRESS_COLUMNS, builder, |row, record| {
        let parts = AddressParts {
            street: row.cell(2),
            city: row.cell(3),
            country: row.cell(4),
            ..AddressParts::default()
        };
        places::address(&parts, "Country", record);
        if let Some(remark) = row.stated(5) {
            record.remark(&remark);
        }
    })
}

fn continue_entities(
    source: Source<'_>,
    columns: usize,
    builder: &mut Builder<'_>,
    take: impl Fn(&Row<'_>, &mut Record),
) -> Result<u64, ReadError> {
    let mut found = 0;
    for row in rows(source, columns, builder)? {
        let id = ofac::id(row.number);
        if builder.extend(source.name, &id, row.line, |record| take(&row, record)) {
            found += 1;
        } else {
            orphan(row.number, source.name, row.line, builder);
        }
    }
    Ok(found)
}
