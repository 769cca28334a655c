//! CSV by lines: bounded, with right line numbers, and never losing a row.
//!
//! The dialect is RFC 4180 with `,`, `;` or a tab between cells. A row that
//! breaks (wrong number of cells, a quote that is not closed) costs one line:
//! reading goes on with the next, so that a stray quote cannot swallow rows.

use crate::reading::shown;
use encoding_rs::WINDOWS_1252;
use portcullis_domain::Issue;
use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read};

/// Lines that one quoted cell may span.
const MAX_LINES: usize = 100;

/// What a reader of tables may take.
#[derive(Clone, Copy)]
pub(crate) struct TableLimits {
    pub(crate) max_record_bytes: usize,
    pub(crate) max_skip_bytes: u64,
}

pub(crate) struct Row {
    /// Line on which it begins.
    pub(crate) line: u64,
    pub(crate) cells: Vec<String>,
    /// The bytes as they stand in the file, lines joined by `\n`, without the last line end.
    pub(crate) bytes: Vec<u8>,
    /// Was not UTF-8 and was read as Windows-1252.
    pub(crate) recoded: bool,
    /// A quoted cell spans lines that would be rows of their own.
    pub(crate) holds_rows: bool,
}

pub(crate) enum Record {
    Row(Row),
    Broken { issue: Issue, bytes: Vec<u8> },
}

/// Lines of a file, bounded.
pub(crate) struct Lines<'a> {
    input: BufReader<Box<dyn Read + 'a>>,
    limits: TableLimits,
    next_line: u64,
    ended: bool,
}

pub(crate) struct Line {
    pub(crate) number: u64,
    /// Cut to the limit if it is too long.
    pub(crate) bytes: Vec<u8>,
    pub(crate) too_long: bool,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(input: Box<dyn Read + 'a>, limits: TableLimits) -> Lines<'a> {
        Lines {
            input: BufReader::with_capacity(64 * 1024, input),
            limits,
            next_line: 1,
            ended: false,
        }
    }

    /// The next line without its end. After an error there are no more.
    pub(crate) fn next(&mut self) -> Result<Option<Line>, Issue> {
        if self.ended {
            return Ok(None);
        }
        let number = self.next_line;
        let mut bytes = Vec::new();
        let mut passed = 0_u64;
        loop {
            let available = match self.input.fill_buf() {
                Ok(available) => available,
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(e) => {
                    self.ended = true;
                    let what = format!("the file cannot be read: {e}");
                    return Err(Issue::new("io", what).at_line(number));
                }
            };
            let end = available.iter().position(|b| *b == b'\n');
            let piece = &available[..end.unwrap_or(available.len())];
            let room = self.limits.max_record_bytes.saturating_sub(bytes.len());
            bytes.extend_from_slice(&piece[..piece.len().min(room)]);
            passed += piece.len() as u64;
            let at_eof = available.is_empty();
            let used = piece.len() + usize::from(end.is_some());
            self.input.consume(used);
            let lost = passed > self.limits.max_record_bytes as u64 + self.limits.max_skip_bytes;
            if at_eof || lost {
                self.ended = true;
            }
            if end.is_some() || self.ended {
                break;
            }
        }
        self.next_line += 1;
        if self.ended && passed == 0 {
            return Ok(None);
        }
        let too_long = passed > self.limits.max_record_bytes as u64;
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
        Ok(Some(Line {
            number,
            bytes,
            too_long,
        }))
    }
}

/// A table with a header row.
pub(crate) struct Table<'a> {
    lines: Lines<'a>,
    limits: TableLimits,
    /// Lines that were read in vain and are to be read again.
    again: VecDeque<Line>,
    delimiter: u8,
    /// Column names: lower case, spaces as `_`.
    pub(crate) header: Vec<String>,
    /// The header row as it stands in the file.
    pub(crate) header_bytes: Vec<u8>,
}

impl<'a> Table<'a> {
    /// Reads the header row. The error says why there is none.
    pub(crate) fn open(input: Box<dyn Read + 'a>, limits: TableLimits) -> Result<Table<'a>, Issue> {
        Table::open_with(input, limits, None)
    }

    /// The same with the delimiter given, where the caller knows it.
    pub(crate) fn open_with(
        input: Box<dyn Read + 'a>,
        limits: TableLimits,
        delimiter: Option<u8>,
    ) -> Result<Table<'a>, Issue> {
        let mut table = Table {
            lines: Lines::new(input, limits),
            limits,
            again: VecDeque::new(),
            delimiter: b',',
            header: Vec::new(),
            header_bytes: Vec::new(),
        };
        let line = table.header_line()?;
        let number = line.number;
        let bytes = line
            .bytes
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(&line.bytes)
            .to_vec();
        if line.too_long || bytes.contains(&0) {
            let what = "the first line is not a header row: this is neither XML, nor JSON, nor CSV";
            return Err(Issue::new("wrong-schema", what).at_line(number));
        }
        let count = |wanted: u8| bytes.iter().filter(|b| **b == wanted).count();
        let commonest = [b',', b';', b'\t']
            .into_iter()
            .max_by_key(|d| (count(*d), *d == b','));
        table.delimiter = delimiter.or(commonest).unwrap_or(b',');
        let Some(cells) = split(&bytes, table.delimiter)
            .ok()
            .filter(|c| !c.is_empty())
        else {
            let what = "the quotes of the header row do not match";
            return Err(Issue::new("wrong-schema", what).at_line(number));
        };
        table.header = cells
            .iter()
            .map(|cell| column_name(&decode(cell).0))
            .collect();
        table.header_bytes = bytes;
        let mut names: Vec<&String> = table.header.iter().filter(|n| !n.is_empty()).collect();
        names.sort();
        if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            let what = format!("the column '{}' stands twice", shown(pair[0]));
            return Err(Issue::new("duplicate-column", what).at_line(number));
        }
        Ok(table)
    }

    /// The first line with anything in it; a spreadsheet's `sep=;` is passed over.
    fn header_line(&mut self) -> Result<Line, Issue> {
        loop {
            let number = self.lines.next_line;
            let Some(line) = self.line()? else {
                return Err(Issue::new("empty", "the file has no header row").at_line(number));
            };
            let text = line
                .bytes
                .strip_prefix(b"\xef\xbb\xbf")
                .unwrap_or(&line.bytes);
            let blank = text.iter().all(u8::is_ascii_whitespace);
            let separator = text.len() == 5 && text.starts_with(b"sep=");
            if !blank && !separator {
                return Ok(line);
            }
        }
    }

    /// The next row with anything in it. An `io` issue ends the table.
    pub(crate) fn next(&mut self) -> Option<Record> {
        loop {
            let line = match self.line() {
                Ok(line) => line?,
                Err(issue) => {
                    return Some(Record::Broken {
                        issue,
                        bytes: Vec::new(),
                    });
                }
            };
            if line.too_long {
                let what = format!(
                    "the line is longer than {} bytes",
                    self.limits.max_record_bytes
                );
                let issue = Issue::new("too-large", what).at_line(line.number);
                return Some(Record::Broken {
                    issue,
                    bytes: line.bytes,
                });
            }
            if line.bytes.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let record = self.record(line);
            match record {
                Record::Row(row) if row.cells.iter().all(String::is_empty) => {}
                other => return Some(other),
            }
        }
    }

    fn record(&mut self, first: Line) -> Record {
        let number = first.number;
        let mut bytes = first.bytes.clone();
        let mut taken: Vec<Line> = Vec::new();
        let mut still_open = false;
        let (code, what) = loop {
            let read = if still_open {
                Err(Unclosed::Open)
            } else {
                split(&bytes, self.delimiter)
            };
            match read {
                Ok(cells) if cells.len() == self.header.len() => {
                    let decoded: Vec<(String, bool)> = cells.iter().map(|c| decode(c)).collect();
                    return Record::Row(Row {
                        line: number,
                        holds_rows: taken.iter().any(|line| self.is_row(&line.bytes)),
                        recoded: decoded.iter().any(|(_, recoded)| *recoded),
                        cells: decoded.into_iter().map(|(text, _)| text).collect(),
                        bytes,
                    });
                }
                Ok(cells) => {
                    let (found, wanted) = (cells.len(), self.header.len());
                    let what = format!("the row has {found} cells, the header has {wanted}");
                    break ("wrong-cell-count", what);
                }
                Err(Unclosed::After) => {
                    break (
                        "not-well-formed",
                        "text stands after a closing quote".to_owned(),
                    );
                }
                Err(Unclosed::Open) => {}
            }
            let room = taken.len() < MAX_LINES && bytes.len() < self.limits.max_record_bytes;
            let more = if room {
                self.line().ok().flatten()
            } else {
                None
            };
            let Some(line) = more else {
                let what =
                    format!("a quote that opens here is not closed within {MAX_LINES} lines");
                break ("not-well-formed", what);
            };
            bytes.push(b'\n');
            bytes.extend_from_slice(&line.bytes);
            // A line without a quote cannot close one.
            still_open = !line.bytes.contains(&b'"');
            taken.push(line);
        };
        // Only the first line is given up; the others are rows of their own.
        for line in taken.into_iter().rev() {
            self.again.push_front(line);
        }
        Record::Broken {
            issue: Issue::new(code, what).at_line(number),
            bytes: first.bytes,
        }
    }

    fn line(&mut self) -> Result<Option<Line>, Issue> {
        match self.again.pop_front() {
            Some(line) => Ok(Some(line)),
            None => self.lines.next(),
        }
    }

    /// Whether a line alone has as many cells as the header.
    fn is_row(&self, bytes: &[u8]) -> bool {
        let commas = bytes.iter().filter(|b| **b == self.delimiter).count();
        commas > 0 && commas + 1 == self.header.len()
    }

    /// The cells of a broken row as far as they can be told apart.
    pub(crate) fn cells_of(&self, bytes: &[u8]) -> Vec<String> {
        let cells = split(bytes, self.delimiter).unwrap_or_default();
        cells.iter().map(|cell| decode(cell).0).collect()
    }
}

fn column_name(text: &str) -> String {
    text.trim().to_lowercase().replace([' ', '-'], "_")
}

enum Unclosed {
    /// A quoted cell is still open at the end.
    Open,
    /// Something stands between a closing quote and the next delimiter.
    After,
}

/// The cells of a row, quotes taken off.
fn split(bytes: &[u8], delimiter: u8) -> Result<Vec<Vec<u8>>, Unclosed> {
    let mut cells = Vec::new();
    let mut at = 0;
    loop {
        let mut cell = Vec::new();
        if bytes.get(at) == Some(&b'"') {
            at += 1;
            loop {
                match (bytes.get(at), bytes.get(at + 1)) {
                    (None, _) => return Err(Unclosed::Open),
                    (Some(b'"'), Some(b'"')) => {
                        cell.push(b'"');
                        at += 2;
                    }
                    (Some(b'"'), _) => break,
                    (Some(byte), _) => {
                        cell.push(*byte);
                        at += 1;
                    }
                }
            }
            at += 1;
            while bytes.get(at) == Some(&b' ') {
                at += 1;
            }
        } else {
            let rest = &bytes[at..];
            let length = rest
                .iter()
                .position(|b| *b == delimiter)
                .unwrap_or(rest.len());
            cell.extend_from_slice(&rest[..length]);
            at += length;
        }
        cells.push(cell);
        match bytes.get(at) {
            None => return Ok(cells),
            Some(byte) if *byte == delimiter => at += 1,
            Some(_) => return Err(Unclosed::After),
        }
    }
}

/// Text of a cell, trimmed; whether it had to be read as Windows-1252.
fn decode(bytes: &[u8]) -> (String, bool) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (text.trim().to_owned(), false),
        Err(_) => {
            let (text, ..) = WINDOWS_1252.decode(bytes);
            (text.trim().to_owned(), true)
        }
    }
}
