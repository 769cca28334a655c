//! The rows that `screen` reads: CSV with a header, or one JSON object a line.

use crate::args::TableFormat;
use anyhow::{Context, Result, bail};
use portcullis_domain::{Address, Country, Identifier, PartyKind};
use portcullis_screening::Query;
use serde_json::Value;
use std::{
    cell::{Cell, RefCell},
    collections::{BTreeSet, VecDeque},
    io::{BufRead, Read},
    rc::Rc,
};

/// The longest row that is read; a longer one is an `error`.
pub(crate) const MAX_ROW_BYTES: u64 = 1 << 20;

const COLUMNS: [&str; 7] = [
    "id",
    "name",
    "type",
    "country",
    "birth_date",
    "identifier",
    "address",
];

/// One row, as far as it could be read.
pub(crate) struct Row {
    /// The id as given, or the number of the row, from 1.
    pub(crate) id: String,
    /// The name as given, all of its values.
    pub(crate) name: String,
    /// The query; `None` if nothing in the row can be screened.
    pub(crate) query: Option<Query>,
    /// What could not be read. Beside a query: the row is `partial`.
    pub(crate) wrong: Vec<String>,
}

/// The cells of a row by column, several values each.
#[derive(Default)]
struct Cells([Vec<String>; COLUMNS.len()]);

impl Cells {
    fn of(&self, column: &str) -> &[String] {
        let at = COLUMNS.iter().position(|c| *c == column);
        at.map_or(&[], |at| self.0[at].as_slice())
    }

    fn put(&mut self, at: usize, cell: &str) {
        // An address and an id are whole; everything else may be several.
        let whole = matches!(COLUMNS[at], "id");
        let parts: Vec<&str> = if whole {
            vec![cell]
        } else {
            cell.split(';').collect()
        };
        let filled = parts.into_iter().map(str::trim).filter(|p| !p.is_empty());
        self.0[at].extend(filled.map(str::to_owned));
    }
}

fn to_row(number: u64, cells: &Cells, mut wrong: Vec<String>) -> Row {
    let id = cells
        .of("id")
        .first()
        .cloned()
        .unwrap_or_else(|| number.to_string());
    let mut query = Query::default();
    let name = cells.of("name").join(";");
    let mut names = cells.of("name").iter().cloned();
    query.name = names.next().unwrap_or_default();
    query.other_names = names.collect();
    if let Some(word) = cells.of("type").first() {
        match PartyKind::parse(word) {
            Some(kind) => query.kind = kind,
            None => wrong.push(format!(
                "type '{word}' is not person, organisation, vessel or aircraft; every type was searched"
            )),
        }
    }
    for text in cells.of("country") {
        match Country::parse(text) {
            Some(country) => query.countries.push(country),
            None => wrong.push(format!("country '{text}' is not known")),
        }
    }
    for text in cells.of("birth_date") {
        match text.parse() {
            Ok(date) => query.birth_dates.push(date),
            Err(why) => wrong.push(format!("birth_date: {why}")),
        }
    }
    query.identifiers = cells
        .of("identifier")
        .iter()
        .map(|i| Identifier::parse(i))
        .collect();
    query.addresses = cells
        .of("address")
        .iter()
        .map(|line| Address {
            street: line.clone(),
            ..Address::default()
        })
        .collect();
    let answerable = query.is_answerable();
    if !answerable {
        wrong.push("no name and no identifier to screen".to_owned());
    }
    Row {
        id,
        name,
        query: answerable.then_some(query),
        wrong,
    }
}

/// Opens the rows of an input; the format is taken from the content unless given.
pub(crate) fn rows(
    mut input: Box<dyn BufRead>,
    format: Option<TableFormat>,
) -> Result<Box<dyn Iterator<Item = Result<Row>>>> {
    let start = input.fill_buf().context("cannot read the input")?;
    let first = start
        .iter()
        .copied()
        .find(|b| !b.is_ascii_whitespace() && !b"\xef\xbb\xbf".contains(b));
    if start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff") {
        bail!("the input is in UTF-16; save it as UTF-8 and try again");
    }
    let Some(first) = first else {
        bail!("the input is empty")
    };
    let by_content = if first == b'{' {
        TableFormat::Jsonl
    } else {
        TableFormat::Csv
    };
    match format.unwrap_or(by_content) {
        TableFormat::Jsonl => Ok(Box::new(JsonRows {
            input,
            number: 0,
            unknown: BTreeSet::new(),
        })),
        TableFormat::Csv => Ok(Box::new(CsvRows::open(input)?)),
    }
}

/// Counts what is read since the last row, so that an endless row stops.
pub(crate) struct Bounded {
    inner: Box<dyn BufRead>,
    since_row: Rc<Cell<u64>>,
}

impl Bounded {
    /// Reads on until the counter, which the caller sets back at every row,
    /// exceeds the longest row.
    pub(crate) fn new(inner: Box<dyn BufRead>, since_row: Rc<Cell<u64>>) -> Bounded {
        Bounded { inner, since_row }
    }
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.since_row.get() > MAX_ROW_BYTES {
            return Err(std::io::Error::other(format!(
                "a row is longer than {MAX_ROW_BYTES} bytes; is a quotation mark not closed?"
            )));
        }
        let read = self.inner.read(buffer)?;
        self.since_row.set(self.since_row.get() + read as u64);
        Ok(read)
    }
}

/// Passes the rows of a CSV file on, but for those that are too long: of them
/// only the place is kept. A row ends at a line end outside quotation marks;
/// after a row that is too long reading goes on at the next line.
struct ShortRows {
    inner: Box<dyn BufRead>,
    row: Vec<u8>,
    passed: usize,
    /// Rows passed on so far.
    rows: u64,
    /// After how many rows each row stood that was too long.
    too_long: Rc<RefCell<VecDeque<u64>>>,
}

impl ShortRows {
    /// The next row, which may be of several lines.
    fn fill(&mut self) -> std::io::Result<()> {
        self.row.clear();
        self.passed = 0;
        let mut quotes = 0;
        loop {
            let before = self.row.len();
            let room = (MAX_ROW_BYTES + 1).saturating_sub(before as u64);
            let read = (&mut self.inner)
                .take(room)
                .read_until(b'\n', &mut self.row)?;
            let line = &self.row[before..];
            quotes += line.iter().filter(|b| **b == b'"').count();
            let whole = line.ends_with(b"\n") && quotes % 2 == 0;
            if self.row.len() as u64 > MAX_ROW_BYTES {
                if !self.row.ends_with(b"\n") {
                    skip_line(&mut self.inner)?;
                }
                self.row.clear();
                quotes = 0;
                self.too_long.borrow_mut().push_back(self.rows);
            } else if whole || read == 0 {
                let blank = self.row.iter().all(|b| matches!(b, b'\r' | b'\n'));
                self.rows += u64::from(!blank);
                return Ok(());
            }
        }
    }
}

impl Read for ShortRows {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.passed == self.row.len() {
            self.fill()?;
        }
        let count = buffer.len().min(self.row.len() - self.passed);
        buffer[..count].copy_from_slice(&self.row[self.passed..self.passed + count]);
        self.passed += count;
        Ok(count)
    }
}

/// Reads to the end of the line and forgets it.
fn skip_line(input: &mut dyn BufRead) -> std::io::Result<()> {
    loop {
        let buffer = input.fill_buf()?;
        if buffer.is_empty() {
            return Ok(());
        }
        let end = buffer.iter().position(|b| *b == b'\n');
        let used = end.map_or(buffer.len(), |at| at + 1);
        input.consume(used);
        if end.is_some() {
            return Ok(());
        }
    }
}

/// A row of which nothing could be read.
fn unreadable(number: u64, why: String) -> Row {
    Row {
        id: number.to_string(),
        name: String::new(),
        query: None,
        wrong: vec![why],
    }
}

/// Says once which columns are not read: a name in one of them would not be
/// screened.
fn warn_of(unknown: &[String]) {
    if !unknown.is_empty() {
        eprintln!(
            "warning: not screened: {}; columns are any of {}",
            unknown.join(", "),
            COLUMNS.join(", ")
        );
    }
}

struct CsvRows {
    reader: csv::Reader<ShortRows>,
    /// Column of each cell, where it is one of ours.
    columns: Vec<Option<usize>>,
    too_long: Rc<RefCell<VecDeque<u64>>>,
    /// Rows that came through, the header among them.
    read: u64,
    number: u64,
    /// A row that was read before it was known what stood before it.
    held: Option<csv::ByteRecord>,
    ended: bool,
}

impl CsvRows {
    fn open(mut input: Box<dyn BufRead>) -> Result<CsvRows> {
        let start = input.fill_buf().context("cannot read the input")?;
        let header_line = start.split(|b| *b == b'\n').next().unwrap_or_default();
        let delimiter = [b',', b'\t', b';']
            .into_iter()
            .find(|d| header_line.contains(d))
            .unwrap_or(b',');
        let too_long = Rc::new(RefCell::new(VecDeque::new()));
        let short = ShortRows {
            inner: input,
            row: Vec::new(),
            passed: 0,
            rows: 0,
            too_long: too_long.clone(),
        };
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .from_reader(short);
        let headers = reader
            .byte_headers()
            .context("the header cannot be read")?
            .clone();
        let columns: Vec<Option<usize>> = headers
            .iter()
            .map(|h| {
                let name = String::from_utf8_lossy(h).trim().to_ascii_lowercase();
                COLUMNS.iter().position(|c| *c == name)
            })
            .collect();
        let named = |column: &str| columns.iter().flatten().any(|at| COLUMNS[*at] == column);
        if !named("name") && !named("identifier") {
            bail!(
                "the input has neither a column 'name' nor 'identifier'; columns are any of {}",
                COLUMNS.join(", ")
            );
        }
        let header = headers.iter().zip(&columns).filter(|(_, at)| at.is_none());
        let unknown = header.map(|(name, _)| String::from_utf8_lossy(name).trim().to_owned());
        let unknown: Vec<String> = unknown.filter(|name| !name.is_empty()).collect();
        warn_of(&unknown);
        Ok(CsvRows {
            reader,
            columns,
            too_long,
            read: 1,
            number: 0,
            held: None,
            ended: false,
        })
    }

    fn row(&self, record: &csv::ByteRecord) -> Row {
        let mut wrong = Vec::new();
        if record.len() != self.columns.len() {
            let (got, want) = (record.len(), self.columns.len());
            wrong.push(format!("the row has {got} cells, the header {want}"));
        }
        let mut cells = Cells::default();
        for (cell, column) in record.iter().zip(&self.columns) {
            let Some(at) = column else { continue };
            match std::str::from_utf8(cell) {
                Ok(text) => cells.put(*at, text),
                Err(_) => {
                    wrong.push(format!("{} is not UTF-8; read as Latin-1", COLUMNS[*at]));
                    let latin1: String = cell.iter().map(|b| char::from(*b)).collect();
                    cells.put(*at, &latin1);
                }
            }
        }
        to_row(self.number, &cells, wrong)
    }
}

impl CsvRows {
    fn next_row(&mut self, record: &csv::ByteRecord) -> Row {
        self.number += 1;
        self.read += 1;
        self.row(record)
    }

    /// A row that was too long, if one stood here.
    fn too_long_row(&mut self) -> Option<Row> {
        let stands_here = |at: &u64| *at <= self.read;
        let mut too_long = self.too_long.borrow_mut();
        too_long.front().copied().filter(stands_here)?;
        too_long.pop_front();
        drop(too_long);
        self.number += 1;
        let why = format!(
            "the row is longer than {MAX_ROW_BYTES} bytes; is a quotation mark not closed?"
        );
        Some(unreadable(self.number, why))
    }
}

impl Iterator for CsvRows {
    type Item = Result<Row>;

    fn next(&mut self) -> Option<Result<Row>> {
        if self.ended {
            return None;
        }
        if let Some(row) = self.too_long_row() {
            return Some(Ok(row));
        }
        if let Some(record) = self.held.take() {
            return Some(Ok(self.next_row(&record)));
        }
        let mut record = csv::ByteRecord::new();
        match self.reader.read_byte_record(&mut record) {
            Ok(true) => Some(Ok(match self.too_long_row() {
                // Only now known to stand before this one.
                Some(row) => {
                    self.held = Some(record);
                    row
                }
                None => self.next_row(&record),
            })),
            Ok(false) => self.too_long_row().map(Ok),
            Err(error) => {
                self.ended = true;
                Some(Err(
                    anyhow::Error::new(error).context(format!("after row {}", self.number))
                ))
            }
        }
    }
}

/// Fields of JSON rows that are warned of, each once.
const MOST_WARNINGS: usize = 32;

struct JsonRows {
    input: Box<dyn BufRead>,
    number: u64,
    /// Fields that are not read and were warned of.
    unknown: BTreeSet<String>,
}

impl JsonRows {
    /// The next line that is not empty; an over-long one is skipped to its end.
    fn line(&mut self) -> Result<Option<Result<Vec<u8>, String>>> {
        loop {
            let mut line = Vec::new();
            let mut limited = (&mut self.input).take(MAX_ROW_BYTES);
            if limited
                .read_until(b'\n', &mut line)
                .context("cannot read the input")?
                == 0
            {
                return Ok(None);
            }
            self.number += 1;
            if line.len() as u64 == MAX_ROW_BYTES && !line.ends_with(b"\n") {
                skip_line(&mut self.input).context("cannot read the input")?;
                return Ok(Some(Err(format!(
                    "the line is longer than {MAX_ROW_BYTES} bytes"
                ))));
            }
            if line.iter().any(|b| !b.is_ascii_whitespace()) {
                return Ok(Some(Ok(line)));
            }
        }
    }

    fn row(&mut self, line: Result<Vec<u8>, String>) -> Row {
        let number = self.number;
        let failed = |why: String| unreadable(number, why);
        let line = match line {
            Ok(line) => line,
            Err(why) => return failed(why),
        };
        let text = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line);
        let value: Value = match serde_json::from_slice(text) {
            Ok(value) => value,
            Err(error) => return failed(format!("the line is not JSON: {error}")),
        };
        let Value::Object(fields) = value else {
            return failed("the line is not a JSON object".to_owned());
        };
        let (mut cells, mut wrong) = (Cells::default(), Vec::new());
        for (key, value) in &fields {
            match COLUMNS.iter().position(|c| c == key) {
                Some(at) => put_json(&mut cells, at, value, &mut wrong),
                None if self.unknown.len() < MOST_WARNINGS && self.unknown.insert(key.clone()) => {
                    warn_of(std::slice::from_ref(key));
                }
                None => {}
            }
        }
        to_row(self.number, &cells, wrong)
    }
}

fn put_json(cells: &mut Cells, at: usize, value: &Value, wrong: &mut Vec<String>) {
    match value {
        Value::Null => {}
        Value::String(text) => cells.put(at, text),
        Value::Number(number) => cells.put(at, &number.to_string()),
        Value::Array(items) => items
            .iter()
            .for_each(|item| put_json(cells, at, item, wrong)),
        _ => wrong.push(format!(
            "{} is neither text nor a list of texts",
            COLUMNS[at]
        )),
    }
}

impl Iterator for JsonRows {
    type Item = Result<Row>;

    fn next(&mut self) -> Option<Result<Row>> {
        match self.line() {
            Ok(None) => None,
            Ok(Some(line)) => Some(Ok(self.row(line))),
            Err(error) => Some(Err(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, Option<String>, Vec<String>)> {
        let input: Box<dyn BufRead> = Box::new(std::io::Cursor::new(text.as_bytes().to_vec()));
        rows(input, None)
            .unwrap()
            .map(|row| {
                let row = row.unwrap();
                (row.id, row.query.map(|q| q.name), row.wrong)
            })
            .collect()
    }

    #[test]
    fn both_formats_read_the_same() {
        let csv = "id,name,country\na1,Ivan;Vanya,ru\n,Олег,\n";
        let json = "{\"id\":\"a1\",\"name\":[\"Ivan\",\"Vanya\"],\"country\":\"ru\"}\n\n{\"name\":\"Олег\"}\n";
        let want = [("a1", "Ivan"), ("2", "Олег")];
        for (text, last_id) in [(csv, "2"), (json, "3")] {
            let got = read(text);
            assert_eq!(
                (got[0].0.as_str(), got[0].1.as_deref()),
                (want[0].0, Some(want[0].1))
            );
            assert_eq!(
                (got[1].0.as_str(), got[1].1.as_deref()),
                (last_id, Some(want[1].1))
            );
            assert!(got.iter().all(|row| row.2.is_empty()));
        }
    }

    #[test]
    fn bad_rows_are_rows() {
        let got = read("name,birth_date\nA,1961-13\n,\nB\n");
        assert_eq!(got.len(), 3);
        assert!(got[0].1.is_some() && got[0].2[0].contains("birth_date"));
        assert!(got[1].1.is_none());
        assert!(got[2].1.is_some() && got[2].2[0].contains("1 cells"));
        let got = read("{\"name\":\"A\"}\nnot json\n{\"name\":{\"x\":1}}\n");
        assert_eq!(
            got.iter().map(|r| r.1.is_some()).collect::<Vec<_>>(),
            [true, false, false]
        );
    }

    #[test]
    fn a_row_that_is_too_long_is_an_error_and_the_next_one_is_read() {
        let long = "x".repeat(3 << 20);
        for text in [
            format!("name\nAnn\n{long}\nBob\n"),
            format!("name\nAnn\n\"{long}\nBob\n"),
            format!("name\nAnn\n\"{long}"),
        ] {
            let ends_early = !text.ends_with('\n');
            let input: Box<dyn BufRead> = Box::new(std::io::Cursor::new(text.into_bytes()));
            let rows: Vec<Row> = rows(input, None).unwrap().map(|r| r.unwrap()).collect();
            let names: Vec<&str> = rows.iter().map(|r| r.name.as_str()).collect();
            let wanted = ["Ann", "", "Bob"];
            assert_eq!(names, wanted[..if ends_early { 2 } else { 3 }]);
            assert!(rows[1].query.is_none() && rows[1].wrong[0].contains("longer than"));
            assert_eq!(rows[1].id, "2");
        }
    }
}
