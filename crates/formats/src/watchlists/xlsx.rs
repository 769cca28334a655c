//! Workbooks (Office Open XML) as comma-separated text, so that a list reads
//! the same from either.
//!
//! The parts of a workbook are zipped XML, and both can be made to claim more
//! than they hold. What is unpacked is counted as it comes, whatever the
//! archive says, and goes through the bounded XML reader; rows, columns and
//! text are bounded, too. (A library that reserves memory for as many texts as
//! a workbook announces would be brought down by twelve digits.)

use super::{Limits, ReadError};
use crate::xml::{self, Element};
use portcullis_domain::{Date, Issue};
use std::cell::Cell;
use std::collections::HashMap;
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// Rows of one sheet, as the applications have it.
const MAX_ROWS: u64 = 1_048_576;
/// Columns of a list.
const MAX_COLUMNS: usize = 1_024;
/// Parts of a workbook.
const MAX_PARTS: usize = 4_096;

/// Whether bytes are a zip archive, which among lists is a workbook.
pub(super) fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

/// Why bytes of another well-known kind cannot be read, if they are.
pub(super) fn foreign(bytes: &[u8]) -> Option<ReadError> {
    let what = if bytes.starts_with(b"%PDF") {
        "it is a PDF; save its table as CSV or XLSX"
    } else if bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        "it is a workbook of the old form (.xls); save it as XLSX"
    } else {
        return None;
    };
    let what = what.to_owned();
    Some(ReadError::NotRecognised { what })
}

/// The first sheet with anything in it, one line a row: row 7 is line 7. Line
/// ends inside cells become line separators (U+2028). The issue names the
/// sheets that were not read.
pub(super) fn to_text(bytes: &[u8], limits: &Limits) -> Result<(String, Option<Issue>), ReadError> {
    let mut workbook = Workbook::open(bytes, limits)?;
    let sheets = workbook.sheets()?;
    let strings = workbook.strings()?;
    let dates = workbook.date_styles()?;
    let mut read = None;
    let mut others = Vec::new();
    for (name, part) in sheets {
        if read.is_some() {
            others.push(name);
            continue;
        }
        let rows = workbook.rows(&part, &strings, &dates)?;
        if rows
            .iter()
            .any(|row| row.iter().any(|cell| !cell.is_empty()))
        {
            read = Some(rows);
        }
    }
    let text = text_of(&read.ok_or(ReadError::Empty)?, limits)?;
    let issue = (!others.is_empty()).then(|| {
        let names = others.join(", ");
        let what = format!(
            "further sheets are not read: {}",
            super::text::bounded(&names, 200)
        );
        Issue::new("sheets-not-read", what)
    });
    Ok((text, issue))
}

/// Rows as text, all of the width of the widest.
fn text_of(rows: &[Vec<String>], limits: &Limits) -> Result<String, ReadError> {
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    let mut text = String::new();
    for row in rows {
        for column in 0..width {
            if column > 0 {
                text.push(',');
            }
            let cell = row.get(column).map_or("", String::as_str);
            if cell.contains([',', '"']) {
                text.push('"');
                text.push_str(&cell.replace('"', "\"\""));
                text.push('"');
            } else {
                text.push_str(cell);
            }
        }
        text.push('\n');
        if text.len() as u64 > limits.max_unpacked_bytes {
            return Err(too_much(limits));
        }
    }
    Ok(text)
}

fn too_much(limits: &Limits) -> ReadError {
    ReadError::Unpacked {
        limit: limits.max_unpacked_bytes,
    }
}

fn broken(what: impl Into<String>) -> ReadError {
    ReadError::Schema {
        line: 1,
        field: "workbook".to_owned(),
        what: what.into(),
    }
}

struct Workbook<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    limits: &'a Limits,
    /// Bytes that may still be unpacked.
    left: Cell<u64>,
    epoch_1904: bool,
}

/// Counts what is unpacked, and stops where no more may be.
struct Counted<'c, R> {
    inner: R,
    left: &'c Cell<u64>,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let left = self.left.get().checked_sub(read as u64);
        self.left.set(left.unwrap_or(0));
        left.map(|_| read)
            .ok_or_else(|| std::io::Error::other("more than may be unpacked"))
    }
}

impl<'a> Workbook<'a> {
    fn open(bytes: &'a [u8], limits: &'a Limits) -> Result<Workbook<'a>, ReadError> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| {
            let what = format!("it begins like a workbook and is no whole archive: {error}");
            ReadError::Truncated { line: 1, what }
        })?;
        if archive.len() > MAX_PARTS {
            return Err(broken(format!(
                "the workbook has more than {MAX_PARTS} parts"
            )));
        }
        Ok(Workbook {
            archive,
            limits,
            left: Cell::new(limits.max_unpacked_bytes),
            epoch_1904: false,
        })
    }

    /// Walks a part record by record. False if the workbook has no such part.
    fn walk(
        &mut self,
        part: &str,
        records: &[&str],
        take: &mut dyn FnMut(Element),
    ) -> Result<bool, ReadError> {
        let Ok(file) = self.archive.by_name(part) else {
            return Ok(false);
        };
        let input = Counted {
            inner: file,
            left: &self.left,
        };
        let bounds = xml::Limits {
            max_bytes: self.limits.max_unpacked_bytes,
            ..self.limits.xml.clone()
        };
        let walked = xml::for_each_verbatim(input, &bounds, records, |element, _| take(element));
        match walked {
            Ok(_) => Ok(true),
            Err(_) if self.left.get() == 0 => Err(too_much(self.limits)),
            Err(error) => Err(ReadError::Schema {
                line: error.line,
                field: part.to_owned(),
                what: error.what,
            }),
        }
    }

    /// Names and parts of the sheets, in order.
    fn sheets(&mut self) -> Result<Vec<(String, String)>, ReadError> {
        let mut named: Vec<(String, String)> = Vec::new();
        let mut epoch_1904 = false;
        let wanted = ["sheet", "workbookPr"];
        let found = self.walk("xl/workbook.xml", &wanted, &mut |element| {
            let value = |name: &str| element.attribute(name).unwrap_or("").to_owned();
            if element.name == "sheet" {
                named.push((value("name"), value("id")));
            } else {
                epoch_1904 = matches!(value("date1904").as_str(), "1" | "true");
            }
        })?;
        if !found {
            return Err(ReadError::NotRecognised {
                what: "it is an archive and no workbook; unpack it and give the list inside".into(),
            });
        }
        self.epoch_1904 = epoch_1904;
        let mut targets: HashMap<String, String> = HashMap::new();
        self.walk(
            "xl/_rels/workbook.xml.rels",
            &["Relationship"],
            &mut |element| {
                let value = |name: &str| element.attribute(name).unwrap_or("");
                let target = value("Target");
                let part = match target.strip_prefix('/') {
                    Some(absolute) => absolute.to_owned(),
                    None => format!("xl/{target}"),
                };
                targets.insert(value("Id").to_owned(), part);
            },
        )?;
        let part = |id: &str| targets.get(id).cloned();
        let sheets = named
            .into_iter()
            .filter_map(|(name, id)| Some((name, part(&id)?)));
        Ok(sheets.collect())
    }

    fn strings(&mut self) -> Result<Vec<String>, ReadError> {
        let mut strings = Vec::new();
        self.walk("xl/sharedStrings.xml", &["si"], &mut |element| {
            strings.push(runs(&element));
        })?;
        Ok(strings)
    }

    /// Which styles of cells show a number as a date.
    fn date_styles(&mut self) -> Result<Vec<bool>, ReadError> {
        let mut custom: HashMap<String, bool> = HashMap::new();
        let mut styles = Vec::new();
        let wanted = ["numFmt", "cellXfs"];
        self.walk("xl/styles.xml", &wanted, &mut |element| {
            let value = |e: &Element, name: &str| e.attribute(name).unwrap_or("").to_owned();
            if element.name == "numFmt" {
                let code = value(&element, "formatCode");
                custom.insert(value(&element, "numFmtId"), shows_date(&code));
            } else {
                let ids = element.children_named("xf").map(|xf| value(xf, "numFmtId"));
                styles.extend(ids);
            }
        })?;
        let dated = |id: &String| custom.get(id).copied().unwrap_or_else(|| built_in_date(id));
        Ok(styles.iter().map(dated).collect())
    }

    fn rows(
        &mut self,
        part: &str,
        strings: &[String],
        dates: &[bool],
    ) -> Result<Vec<Vec<String>>, ReadError> {
        let mut rows: Vec<Vec<String>> = Vec::new();
        let mut held = 0_u64;
        let mut refused = None;
        let (limits, epoch_1904) = (self.limits, self.epoch_1904);
        self.walk(part, &["row"], &mut |element| {
            if refused.is_some() {
                return;
            }
            let stated = element.attribute("r").and_then(|r| r.parse::<u64>().ok());
            let number = stated.unwrap_or(rows.len() as u64 + 1);
            if number == 0 || number > MAX_ROWS || number <= rows.len() as u64 {
                refused = Some(broken(format!(
                    "the row '{number}' is out of order or range"
                )));
                return;
            }
            // Rows that are left out are empty: a line stays a row.
            rows.resize(number as usize - 1, Vec::new());
            let mut row = Vec::new();
            for cell in element.children_named("c") {
                let column = column(cell).unwrap_or(row.len());
                if column >= MAX_COLUMNS {
                    let what = format!("row {number} has more than {MAX_COLUMNS} columns");
                    refused = Some(broken(what));
                    return;
                }
                if row.len() <= column {
                    row.resize(column + 1, String::new());
                }
                let text = cell_text(cell, strings, dates, epoch_1904);
                held += text.len() as u64;
                row[column] = text;
            }
            if held > limits.max_unpacked_bytes {
                refused = Some(too_much(limits));
            }
            rows.push(row);
        })?;
        refused.map_or(Ok(rows), Err)
    }
}

/// The text of a shared or inline string: one text, or runs of it; readings
/// (`rPh`) are not part of it.
fn runs(element: &Element) -> String {
    let own = element.children_named("t").map(|t| t.text.as_str());
    let runs = element.children_named("r").filter_map(|r| r.child("t"));
    own.chain(runs.map(|t| t.text.as_str())).collect()
}

/// The column of `C7`, from 0.
fn column(cell: &Element) -> Option<usize> {
    let reference = cell.attribute("r")?;
    let letters = reference.bytes().take_while(u8::is_ascii_alphabetic);
    let mut column = 0_usize;
    for letter in letters {
        let digit = usize::from(letter.to_ascii_uppercase() - b'A') + 1;
        column = column.checked_mul(26)?.checked_add(digit)?;
    }
    column.checked_sub(1)
}

fn cell_text(cell: &Element, strings: &[String], dates: &[bool], epoch_1904: bool) -> String {
    let value = cell.child("v").map_or("", |v| v.text.trim());
    let text = match cell.attribute("t").unwrap_or("n") {
        "s" => {
            let at = value.parse::<usize>().ok();
            at.and_then(|at| strings.get(at))
                .cloned()
                .unwrap_or_default()
        }
        "inlineStr" => cell.child("is").map(runs).unwrap_or_default(),
        "str" | "d" => cell.child("v").map_or_else(String::new, |v| v.text.clone()),
        "b" => if value == "1" { "TRUE" } else { "FALSE" }.to_owned(),
        "e" => String::new(),
        _ => {
            let style = cell.attribute("s").and_then(|s| s.parse::<usize>().ok());
            let dated = style.and_then(|s| dates.get(s)).copied().unwrap_or(false);
            number(value, dated, epoch_1904)
        }
    };
    text.trim()
        .replace("\r\n", "\u{2028}")
        .replace(['\n', '\r'], "\u{2028}")
}

/// A number as people see it: a date where its style says so, and no `.0`.
fn number(value: &str, dated: bool, epoch_1904: bool) -> String {
    let Ok(number) = value.parse::<f64>() else {
        return value.to_owned();
    };
    if let Some(date) = day(number, epoch_1904).filter(|_| dated) {
        return date.to_string();
    }
    if number.fract() == 0.0 && number.abs() < 1e15 {
        return format!("{}", number as i64);
    }
    value.to_owned()
}

/// Days since 30 December 1899 (1 January 1904 in old Macintosh workbooks);
/// days before 1 March 1900 are counted wrongly by the applications themselves
/// and do not occur.
fn day(number: f64, epoch_1904: bool) -> Option<Date> {
    let epoch = if epoch_1904 {
        Date::new(1904, 1, 1)
    } else {
        Date::new(1899, 12, 30)
    };
    let days = number.floor();
    if !(0.0..2_958_466.0).contains(&days) {
        return None;
    }
    let span = jiff::Span::new().try_days(days as i64).ok()?;
    epoch.ok()?.checked_add(span).ok()
}

/// Formats of ECMA-376, 18.8.30, that show a day.
fn built_in_date(id: &str) -> bool {
    let id: u32 = id.parse().unwrap_or(0);
    matches!(id, 14..=17 | 22 | 27..=31 | 36 | 50..=54 | 57 | 58)
}

/// Whether the first section of a format code shows a year or day: letters in
/// quotes, in brackets and after a backslash do not count.
fn shows_date(code: &str) -> bool {
    let (mut quoted, mut bracketed, mut escaped) = (false, false, false);
    for c in code.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' | '_' | '*' => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '[' => bracketed = true,
            ']' => bracketed = false,
            _ if bracketed => {}
            ';' => return false,
            'y' | 'Y' | 'd' | 'D' => return true,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_people_see_them() {
        assert_eq!(number("8", false, false), "8");
        assert_eq!(number("8.0", false, false), "8");
        assert_eq!(number("8.5", false, false), "8.5");
        assert_eq!(number("41698", true, false), "2014-02-28");
        assert_eq!(number("40236", true, true), "2014-02-28");
        assert_eq!(number("41698.75", true, false), "2014-02-28");
        assert_eq!(number("1e300", true, false), "1e300");
        assert_eq!(number("n/a", true, false), "n/a");
    }

    #[test]
    fn formats_that_show_a_day() {
        assert!(shows_date("dd/mm/yyyy") && shows_date("[$-C09]d mmmm yyyy;@"));
        assert!(!shows_date("0.00") && !shows_date("\"day\" 0") && !shows_date("General"));
        assert!(!shows_date("[Red]0.00;d"));
        assert!(built_in_date("14") && !built_in_date("20") && !built_in_date(""));
    }
}
