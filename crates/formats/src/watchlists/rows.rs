//! Lists that are tables with a header row, several rows an entity.

use super::build::{Builder, Record, Repeats};
use super::{Limits, ReadError};
use crate::table::{Record as Line, Table, TableLimits};
use portcullis_domain::Issue;
use std::collections::HashMap;

/// Rows above the header that are looked at: titles, dates of the report.
const ABOVE: usize = 10;
/// A longer line is no header.
const LONGEST_HEADER: usize = 64 * 1024;

/// A table inside a text.
#[derive(Clone, Copy)]
pub(super) struct Sheet<'a> {
    pub file: &'a str,
    pub body: &'a str,
    /// Line of the header, from 1.
    pub header_line: u64,
    /// Where it is known; else the commonest of `,` `;` and tab in the header.
    pub delimiter: Option<u8>,
    /// Whether a last row without line end is taken for cut off.
    pub ends_with_line: bool,
}

/// The columns of a table by name.
pub(super) struct Columns {
    names: Vec<String>,
    positions: HashMap<String, usize>,
}

impl Columns {
    pub fn new<'n>(names: impl Iterator<Item = &'n str>) -> Columns {
        let names: Vec<String> = names.map(slug).collect();
        let mut positions = HashMap::with_capacity(names.len());
        for (at, name) in names.iter().enumerate() {
            positions.entry(name.clone()).or_insert(at);
        }
        Columns { names, positions }
    }

    /// Whether a column of this name is there.
    pub fn has(&self, name: &str) -> bool {
        self.positions.contains_key(name)
    }

    /// The first column whose name ends with these words: bilingual headers
    /// have the English name last.
    pub fn ending(&self, words: &str) -> Option<usize> {
        self.names.iter().position(|n| n.ends_with(words))
    }
}

/// Lower case letters and digits, anything between them as one `_`:
/// `Nationality(/ies)` is `nationality_ies`.
pub(super) fn slug(name: &str) -> String {
    let lower = name.to_lowercase();
    let words = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty());
    words.collect::<Vec<_>>().join("_")
}

/// One row.
pub(super) struct Row<'r> {
    columns: &'r Columns,
    cells: &'r [String],
    pub line: u64,
}

impl Row<'_> {
    /// The cell of a column; empty where there is no such column.
    pub fn text(&self, name: &str) -> &str {
        self.at(self.columns.positions.get(name).copied())
    }

    /// The cell of the first column whose name ends with these words.
    pub fn ending(&self, words: &str) -> &str {
        self.at(self.columns.ending(words))
    }

    fn at(&self, position: Option<usize>) -> &str {
        let cell = position.and_then(|at| self.cells.get(at));
        cell.map_or("", String::as_str)
    }

    /// The filled ones of several cells.
    pub fn filled(&self, names: &[&str]) -> Vec<&str> {
        let cells = names.iter().map(|name| self.text(name).trim());
        cells.filter(|cell| !cell.is_empty()).collect()
    }

    /// An issue about this row that makes it unreadable.
    pub fn broken(&self, code: &str, what: impl Into<String>, field: &str) -> Issue {
        Issue::new(code, what).at_line(self.line).in_field(field)
    }
}

/// The line of the first row, among the first few, whose columns are those
/// that a format wants.
pub(super) fn header_line(body: &str, wanted: impl Fn(&Columns) -> bool) -> Option<u64> {
    header_line_by(body, None, wanted)
}

/// The same with the delimiter given, where it is known.
pub(super) fn header_line_by(
    body: &str,
    delimiter: Option<u8>,
    wanted: impl Fn(&Columns) -> bool,
) -> Option<u64> {
    let common = [',', ';', '\t'].map(Some);
    let tried = match delimiter {
        Some(byte) => [Some(char::from(byte)), None, None],
        None => common,
    };
    let lines = (1_u64..).zip(body.lines()).take(ABOVE);
    let mut lines = lines.filter(|(_, line)| line.len() <= LONGEST_HEADER);
    lines.find_map(|(number, line)| {
        let plain = line.trim_start_matches('\u{FEFF}');
        let is = |delimiter| {
            let cells = super::table::cells(plain, delimiter).unwrap_or_default();
            !cells.is_empty() && wanted(&Columns::new(cells.iter().map(AsRef::as_ref)))
        };
        tried.into_iter().flatten().any(is).then_some(number)
    })
}

/// The columns of a table.
pub(super) fn columns(sheet: Sheet<'_>, limits: &Limits) -> Result<Columns, ReadError> {
    open(sheet, &[], limits).map(|(_, columns)| columns)
}

/// Reads every row. A row that `take` refuses is an issue; more such rows than
/// good ones, and the file is refused.
pub(super) fn read(
    sheet: Sheet<'_>,
    required: &[&str],
    builder: &mut Builder<'_>,
    mut take: impl FnMut(&Row<'_>, &mut Builder<'_>) -> Result<(), Issue>,
) -> Result<(), ReadError> {
    let above = sheet.header_line.saturating_sub(1);
    let (mut table, columns) = open(sheet, required, builder.limits)?;
    let (mut good, mut bad) = (0_u64, 0_u64);
    let mut last_broken = None;
    let mut last_full = None;
    while let Some(line) = table.next() {
        if good + bad >= builder.limits.max_records {
            let limit = builder.limits.max_records;
            return Err(ReadError::TooManyRecords { limit });
        }
        match line {
            Line::Broken { mut issue, .. } => {
                issue.line = issue.line.map(|n| n + above);
                last_broken = Some((issue.line.unwrap_or(1), issue.text.clone()));
                builder.bad_row(sheet.file, issue);
                bad += 1;
            }
            Line::Row(row) => {
                last_broken = None;
                let number = row.line + above;
                last_full = row.cells.last().filter(|c| !c.is_empty()).map(|_| number);
                note(&row, number, sheet.file, builder);
                let row = Row {
                    columns: &columns,
                    cells: &row.cells,
                    line: number,
                };
                match take(&row, builder) {
                    Ok(()) => good += 1,
                    Err(issue) => {
                        builder.bad_row(sheet.file, issue);
                        bad += 1;
                    }
                }
            }
        }
    }
    if let Some((line, what)) = cut_off(sheet, last_broken, last_full) {
        return Err(ReadError::Truncated { line, what });
    }
    builder.verdict_of(bad, good)
}

fn open<'a>(
    sheet: Sheet<'a>,
    required: &[&str],
    limits: &Limits,
) -> Result<(Table<'a>, Columns), ReadError> {
    let above = sheet.header_line.saturating_sub(1);
    let skipped = sheet.body.split_inclusive('\n').take(above as usize);
    let start: usize = skipped.map(str::len).sum();
    let bytes: &'a [u8] = &sheet.body.as_bytes()[start..];
    let bounds = TableLimits {
        max_record_bytes: limits.max_line_bytes,
        max_skip_bytes: limits.max_file_bytes,
    };
    let table = Table::open_with(Box::new(bytes), bounds, sheet.delimiter);
    let table = table.map_err(|issue| ReadError::Schema {
        line: issue.line.unwrap_or(1) + above,
        field: "header".to_owned(),
        what: issue.text,
    })?;
    let columns = Columns::new(table.header.iter().map(String::as_str));
    let missing = required.iter().find(|c| !columns.has(c));
    if let Some(missing) = missing {
        return Err(ReadError::Schema {
            line: sheet.header_line,
            field: (*missing).to_owned(),
            what: "the column is missing; fetch the file again from its publisher".to_owned(),
        });
    }
    Ok((table, columns))
}

fn note(row: &crate::table::Row, line: u64, file: &str, builder: &mut Builder<'_>) {
    if row.holds_rows {
        let what = "a quoted cell spans lines that look like rows of their own; check its quotes";
        builder.issue(file, Issue::new("rows-in-quotes", what).at_line(line));
    }
    builder.note_row(file, line, &String::from_utf8_lossy(&row.bytes));
}

/// How it shows that the last row is cut off, if it is.
fn cut_off(
    sheet: Sheet<'_>,
    broken: Option<(u64, String)>,
    full: Option<u64>,
) -> Option<(u64, String)> {
    if sheet.body.ends_with(['\n', '\r']) {
        return None;
    }
    let open = full.filter(|_| sheet.ends_with_line && !sheet.body.ends_with('"'));
    broken.or_else(|| Some((open?, "the last row has no line end".to_owned())))
}

/// Records in the making, several rows each, in the order of their first rows.
#[derive(Default)]
pub(super) struct Groups {
    records: Vec<Record>,
    by_id: HashMap<String, usize>,
}

impl Groups {
    /// The record of an id, new or begun before; true where it is new.
    pub fn of(&mut self, id: &str, line: u64) -> (&mut Record, bool) {
        let next = self.records.len();
        let at = *self.by_id.entry(id.to_owned()).or_insert(next);
        if at == next {
            self.records.push(Record::new(id.to_owned(), line));
        }
        let record = &mut self.records[at];
        record.at_line(line);
        (record, at == next)
    }

    /// The record of an id, if a row began it.
    pub fn get(&mut self, id: &str) -> Option<&mut Record> {
        self.by_id.get(id).map(|at| &mut self.records[*at])
    }

    /// Hands every record to the builder; one without a name is unreadable.
    /// `field` is where a name would have stood.
    pub fn finish(
        self,
        file: &str,
        field: &str,
        builder: &mut Builder<'_>,
    ) -> Result<(), ReadError> {
        for record in self.records {
            if record.entity.party.names.is_empty() {
                let what = format!("{} has no name", record.entity.id);
                let issue = Issue::new("no-name", what).in_field(field);
                builder.bad(file, record.placed(issue));
                continue;
            }
            builder.add(file, record, Repeats::AreIssues)?;
        }
        Ok(())
    }
}
