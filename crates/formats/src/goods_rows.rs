//! **Which goods are to be classified, and how were others classified?** Rows
//! of descriptions as CSV with a header or as JSON, one object a line.

use crate::declarations::strict_json;
use crate::reading::shown;
use crate::table::{Lines, Record, Table, TableLimits};
use portcullis_domain::{Date, Issue};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read};

/// How much is read before a row is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one row. A longer one is an issue; reading goes on with the next.
    pub max_record_bytes: usize,
}

impl Default for Limits {
    /// Rows of 1 MiB.
    fn default() -> Limits {
        Limits {
            max_record_bytes: 1 << 20,
        }
    }
}

/// A technical parameter as it is declared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowParameter {
    /// Its name.
    pub name: String,
    /// Its value as written.
    pub value: String,
    /// Its unit as written; may be empty.
    pub unit: String,
}

/// One row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GoodsRow {
    /// The caller's own number; never empty.
    pub id: String,
    /// The description as written; may be empty.
    pub description: String,
    /// The declared or decided code, as written.
    pub hs_code: Option<String>,
    /// Country of the row, as written.
    pub country: Option<String>,
    /// Who makes the goods.
    pub maker: Option<String>,
    /// The maker's part number.
    pub part_number: Option<String>,
    /// Declared parameters.
    pub parameters: Vec<RowParameter>,
    /// Where a decided code comes from.
    pub source: Option<String>,
    /// The day of a decision.
    pub date: Option<Date>,
    /// Line in the file, from 1.
    pub line: u64,
    /// What could not be read of the row; the rest was taken.
    pub issues: Vec<Issue>,
}

/// Rows that are being read.
pub struct GoodsRows<'a>(Reader<'a>);

enum Reader<'a> {
    Csv(Table<'a>),
    JsonLines(Lines<'a>),
}

impl<'a> GoodsRows<'a> {
    /// Opens a file; the first character tells CSV from JSON.
    ///
    /// # Errors
    ///
    /// An [`Issue`] if it is empty or its header has no `id` and `description`.
    pub fn open(input: impl Read + 'a, limits: &Limits) -> Result<GoodsRows<'a>, Issue> {
        let limits = TableLimits {
            max_record_bytes: limits.max_record_bytes,
            max_skip_bytes: 64 << 20,
        };
        let mut input = BufReader::with_capacity(64 * 1024, input);
        let head = input
            .fill_buf()
            .map_err(|e| Issue::new("io", format!("the file cannot be read: {e}")).at_line(1))?;
        let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
        match text.iter().find(|b| !b.is_ascii_whitespace()) {
            None => Err(Issue::new("empty", "the file is empty").at_line(1)),
            Some(b'{') => Ok(GoodsRows(Reader::JsonLines(Lines::new(
                Box::new(input),
                limits,
            )))),
            Some(_) => {
                let table = Table::open(Box::new(input), limits)?;
                for column in ["id", "description"] {
                    if !table.header.iter().any(|name| name == column) {
                        let what = format!("the header has no column '{column}'");
                        return Err(Issue::new("wrong-schema", what).at_line(1));
                    }
                }
                Ok(GoodsRows(Reader::Csv(table)))
            }
        }
    }

    /// The next row, or why it cannot be taken; `None` at the end. After an
    /// issue with the code `io` there are no more.
    pub fn next_row(&mut self) -> Option<Result<GoodsRow, Issue>> {
        match &mut self.0 {
            Reader::Csv(table) => match table.next()? {
                Record::Broken { issue, .. } => Some(Err(issue)),
                Record::Row(row) => {
                    let cells = table.header.iter().map(String::as_str).zip(&row.cells);
                    let cells: Vec<(&str, &str)> = cells.map(|(n, c)| (n, c.trim())).collect();
                    Some(csv_row(&cells, row.line))
                }
            },
            Reader::JsonLines(lines) => json_row(lines),
        }
    }
}

fn csv_row(cells: &[(&str, &str)], line: u64) -> Result<GoodsRow, Issue> {
    let cell = |name: &str| {
        cells
            .iter()
            .find(|(n, _)| *n == name)
            .map_or("", |(_, c)| c)
    };
    let mut row = GoodsRow {
        id: cell("id").to_owned(),
        description: cell("description").to_owned(),
        hs_code: some(cell("hs_code")),
        country: some(cell("country")),
        maker: some(cell("maker")),
        part_number: some(cell("part_number")),
        source: some(cell("source")),
        line,
        ..GoodsRow::default()
    };
    row.parameters = csv_parameters(cell("parameters"), line, &mut row.issues);
    row.date = day(cell("date"), line, &mut row.issues);
    with_id(row)
}

/// `name=value unit; name=value unit`.
fn csv_parameters(text: &str, line: u64, issues: &mut Vec<Issue>) -> Vec<RowParameter> {
    let parts = text.split(';').map(str::trim).filter(|p| !p.is_empty());
    parts
        .filter_map(|part| {
            let Some((name, rest)) = part.split_once('=') else {
                let what = format!("'{}' is no 'name=value unit'", shown(part));
                issues.push(
                    Issue::new("not-a-parameter", what)
                        .at_line(line)
                        .in_field("parameters"),
                );
                return None;
            };
            let (value, unit) = rest.trim().split_once(' ').unwrap_or((rest.trim(), ""));
            Some(RowParameter {
                name: name.trim().to_owned(),
                value: value.trim().to_owned(),
                unit: unit.trim().to_owned(),
            })
        })
        .collect()
}

fn json_row(lines: &mut Lines<'_>) -> Option<Result<GoodsRow, Issue>> {
    loop {
        let line = match lines.next() {
            Ok(line) => line?,
            Err(issue) => return Some(Err(issue)),
        };
        let bytes = line
            .bytes
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(&line.bytes);
        if line.too_long {
            let what = "the line is longer than is read";
            return Some(Err(Issue::new("too-large", what).at_line(line.number)));
        }
        if bytes.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        return Some(match strict_json(bytes) {
            Ok(Value::Object(object)) => json_object(&object, line.number),
            Ok(_) => {
                Err(Issue::new("not-an-object", "the line is no JSON object").at_line(line.number))
            }
            Err(error) => {
                let what = format!("this is not JSON: {}", shown(&error.to_string()));
                Err(Issue::new("not-well-formed", what).at_line(line.number))
            }
        });
    }
}

fn json_object(object: &serde_json::Map<String, Value>, line: u64) -> Result<GoodsRow, Issue> {
    let mut issues = Vec::new();
    let mut text = |name: &str| match object.get(name) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.trim().to_owned(),
        // A code written as a number may have lost a leading zero: it is said
        // to be truncated where it is looked up.
        Some(Value::Number(number)) => number.to_string(),
        Some(_) => {
            let what = format!("'{name}' is no text");
            issues.push(Issue::new("not-a-text", what).at_line(line).in_field(name));
            String::new()
        }
    };
    let mut row = GoodsRow {
        id: text("id"),
        description: text("description"),
        hs_code: some(&text("hs_code")),
        country: some(&text("country")),
        maker: some(&text("maker")),
        part_number: some(&text("part_number")),
        source: some(&text("source")),
        line,
        ..GoodsRow::default()
    };
    let date = text("date");
    row.date = day(&date, line, &mut issues);
    row.parameters = json_parameters(object.get("parameters"), line, &mut issues);
    row.issues = issues;
    with_id(row)
}

/// `[{"name","value","unit"}]`, or text as in CSV.
fn json_parameters(value: Option<&Value>, line: u64, issues: &mut Vec<Issue>) -> Vec<RowParameter> {
    let list = match value {
        None | Some(Value::Null) => return Vec::new(),
        Some(Value::String(text)) => return csv_parameters(text, line, issues),
        Some(Value::Array(list)) => list,
        Some(_) => {
            issues.push(
                Issue::new("not-a-list", "'parameters' is no list")
                    .at_line(line)
                    .in_field("parameters"),
            );
            return Vec::new();
        }
    };
    let mut parameters = Vec::new();
    for entry in list {
        let field = |name: &str| match entry.get(name) {
            Some(Value::String(text)) => text.trim().to_owned(),
            Some(Value::Number(number)) => number.to_string(),
            _ => String::new(),
        };
        let parameter = RowParameter {
            name: field("name"),
            value: field("value"),
            unit: field("unit"),
        };
        if parameter.name.is_empty() || parameter.value.is_empty() {
            let what = "a parameter needs a name and a value; it is left out";
            issues.push(
                Issue::new("not-a-parameter", what)
                    .at_line(line)
                    .in_field("parameters"),
            );
        } else {
            parameters.push(parameter);
        }
    }
    parameters
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn day(text: &str, line: u64, issues: &mut Vec<Issue>) -> Option<Date> {
    if text.is_empty() {
        return None;
    }
    let day = text.parse().ok();
    if day.is_none() {
        let what = format!("'{}' is no day (YYYY-MM-DD)", shown(text));
        issues.push(
            Issue::new("not-a-date", what)
                .at_line(line)
                .in_field("date"),
        );
    }
    day
}

fn with_id(row: GoodsRow) -> Result<GoodsRow, Issue> {
    if row.id.is_empty() {
        let what = "the row has no id; it is left out";
        return Err(Issue::new("id-missing", what)
            .at_line(row.line)
            .in_field("id"));
    }
    Ok(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<GoodsRow>, Vec<String>) {
        let mut rows = GoodsRows::open(text.as_bytes(), &Limits::default()).unwrap();
        let (mut taken, mut refused) = (Vec::new(), Vec::new());
        while let Some(row) = rows.next_row() {
            match row {
                Ok(row) => taken.push(row),
                Err(issue) => refused.push(issue.code),
            }
        }
        (taken, refused)
    }

    #[test]
    fn both_forms_say_the_same() {
        let csv = "id,description,hs_code,maker,part_number,parameters,date\n\
                   1,\"ball bearing, steel\",848210,SKF,6204,bore=20 mm;mass=0.1 kg,2026-01-02\n";
        let json = "{\"id\":1,\"description\":\"ball bearing, steel\",\"hs_code\":\"848210\",\
                    \"maker\":\"SKF\",\"part_number\":\"6204\",\"date\":\"2026-01-02\",\"parameters\":\
                    [{\"name\":\"bore\",\"value\":20,\"unit\":\"mm\"},{\"name\":\"mass\",\"value\":\"0.1\",\"unit\":\"kg\"}]}\n";
        let (csv, json) = (read(csv), read(json));
        assert_eq!(csv.1, Vec::<String>::new());
        let (mut left, mut right) = (csv.0[0].clone(), json.0[0].clone());
        (left.line, right.line) = (0, 0);
        assert_eq!(left, right);
        assert_eq!(left.parameters[1].unit, "kg");
    }

    #[test]
    fn bad_rows_are_said_and_the_others_taken() {
        let (taken, refused) =
            read("id,description,date,parameters\n,x,,\n2,y,2026-02-30,heavy\n3,z\n4,w,,\n");
        let ids: Vec<&str> = taken.iter().map(|r| r.id.as_str()).collect();
        assert_eq!(ids, ["2", "4"]);
        assert_eq!(refused, ["id-missing", "wrong-cell-count"]);
        let codes: Vec<&str> = taken[0].issues.iter().map(|i| i.code.as_str()).collect();
        assert_eq!(codes, ["not-a-parameter", "not-a-date"]);
        let (taken, refused) =
            read("{\"id\":\"1\"}\n[]\n{\n{\"id\":\"2\",\"parameters\":[{\"name\":\"x\"}]}\n");
        assert_eq!((taken.len(), refused.len()), (2, 2));
        assert_eq!(taken[1].issues.len(), 1);
        for bad in ["", "name,description\n", "id,text\n"] {
            assert!(
                GoodsRows::open(bad.as_bytes(), &Limits::default()).is_err(),
                "{bad}"
            );
        }
    }
}
