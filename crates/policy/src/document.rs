//! One policy file, read with the line of every value, so that whatever is
//! wrong can be said with its place.

use crate::{MAX_FILE_BYTES, Problem};
use serde::de::DeserializeOwned;
use std::{collections::BTreeMap, sync::Arc};
use toml::de::{DeTable, DeValue};

/// A value and where it stands. Dates are held as text, `YYYY-MM-DD`.
#[derive(Clone, Debug)]
struct Node {
    line: usize,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Scalar(toml::Value),
    Array(Vec<Node>),
    Table(BTreeMap<String, Node>),
}

/// A parsed policy file.
#[derive(Clone, Debug)]
pub struct Document {
    root: Row,
}

/// A table of a policy file: one `[[rule]]`, one `[section]`, one inline table.
#[derive(Clone, Debug)]
pub struct Row {
    file: Arc<str>,
    line: usize,
    fields: BTreeMap<String, Node>,
}

impl Document {
    /// Parses TOML. Errors: larger than [`MAX_FILE_BYTES`], or not TOML (every
    /// place that is wrong, not only the first).
    pub fn parse(path: &str, text: &str) -> Result<Document, Vec<Problem>> {
        if text.len() > MAX_FILE_BYTES {
            let limit = format!("the file is larger than {MAX_FILE_BYTES} bytes");
            return Err(vec![Problem::of_file(path, limit)]);
        }
        let lines = Lines::of(text);
        let (table, errors) = DeTable::parse_recoverable(text);
        if !errors.is_empty() {
            let problem = |error: &toml::de::Error| Problem {
                line: error.span().map_or(0, |span| lines.at(span.start)),
                ..Problem::of_file(path, error.message().to_owned())
            };
            return Err(errors.iter().map(problem).collect());
        }
        let mut problems = Vec::new();
        let fields = fields_of(table.get_ref(), &lines, path, &mut problems);
        let file = Arc::from(path);
        let root = Row {
            file,
            line: 1,
            fields,
        };
        if problems.is_empty() {
            Ok(Document { root })
        } else {
            Err(problems)
        }
    }

    /// Its path inside the policies folder.
    pub fn path(&self) -> &str {
        &self.root.file
    }

    /// The document as one table.
    pub fn root(&self) -> &Row {
        &self.root
    }

    /// The tables of `[[key]]`, in order; none if the key is absent.
    pub fn rows(&self, key: &str, problems: &mut Vec<Problem>) -> Vec<Row> {
        self.root.rows(key, problems)
    }

    /// The table `[key]`, if it is there.
    pub fn table(&self, key: &str, problems: &mut Vec<Problem>) -> Option<Row> {
        self.root.table(key, problems)
    }

    /// A problem for every top-level key that is not among those expected.
    pub fn only_keys(&self, expected: &[&str], problems: &mut Vec<Problem>) {
        self.root.only_keys(expected, problems);
    }
}

impl Row {
    /// Path of its file.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Its line in the file, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// Its `id`, or "" if it has none.
    pub fn id(&self) -> &str {
        self.text("id").unwrap_or("")
    }

    /// The names of its fields.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.fields.keys().map(String::as_str)
    }

    /// Whether the field is there.
    pub fn has(&self, key: &str) -> bool {
        self.fields.contains_key(key)
    }

    /// The text of a field, if it is there and is text.
    pub fn text(&self, key: &str) -> Option<&str> {
        match &self.fields.get(key)?.kind {
            Kind::Scalar(toml::Value::String(text)) => Some(text),
            _ => None,
        }
    }

    /// The line of a field, or of the row if the field is not there.
    pub fn line_of(&self, key: &str) -> usize {
        self.fields.get(key).map_or(self.line, |node| node.line)
    }

    /// A problem of this row.
    pub fn problem(&self, text: impl Into<String>) -> Problem {
        Problem {
            file: self.file.to_string(),
            line: self.line,
            rule: Some(self.id().to_owned()).filter(|id| !id.is_empty()),
            text: text.into(),
        }
    }

    /// A problem of one field of this row.
    pub fn problem_at(&self, key: &str, text: impl Into<String>) -> Problem {
        Problem {
            line: self.line_of(key),
            ..self.problem(text)
        }
    }

    /// Reads the row into a type (use `deny_unknown_fields`, so that a misspelt
    /// field is refused). Dates arrive as text, which `domain::Date` reads.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let table: toml::Table = self
            .fields
            .iter()
            .map(|(key, node)| (key.clone(), node.value()))
            .collect();
        table
            .try_into()
            .map_err(|error: toml::de::Error| self.problem(one_line(error.message())))
    }

    /// Splits off the named fields: the row with only them, and the row without.
    pub fn split(&self, keys: &[&str]) -> (Row, Row) {
        let (with, without) = self
            .fields
            .clone()
            .into_iter()
            .partition(|(key, _)| keys.contains(&key.as_str()));
        let part = |fields| Row {
            file: self.file.clone(),
            line: self.line,
            fields,
        };
        (part(with), part(without))
    }

    /// The tables of the array `key`; none if it is absent.
    pub fn rows(&self, key: &str, problems: &mut Vec<Problem>) -> Vec<Row> {
        let Some(node) = self.fields.get(key) else {
            return Vec::new();
        };
        let Kind::Array(elements) = &node.kind else {
            problems.push(self.problem_at(key, format!("'{key}' must be written [[{key}]]")));
            return Vec::new();
        };
        let mut rows = Vec::with_capacity(elements.len());
        for element in elements {
            match self.as_row(element) {
                Some(row) => rows.push(row),
                None => problems.push(Problem {
                    line: element.line,
                    ..self.problem(format!("'{key}' must hold tables"))
                }),
            }
        }
        rows
    }

    /// The tables under `key`: of an array of tables each, of a table the one;
    /// none where it is neither.
    pub(crate) fn tables(&self, key: &str) -> Vec<Row> {
        let Some(node) = self.fields.get(key) else {
            return Vec::new();
        };
        match &node.kind {
            Kind::Array(elements) => {
                let rows: Option<Vec<Row>> = elements.iter().map(|e| self.as_row(e)).collect();
                rows.unwrap_or_default()
            }
            _ => self.as_row(node).into_iter().collect(),
        }
    }

    /// The value of a field, if it is there.
    pub(crate) fn value(&self, key: &str) -> Option<toml::Value> {
        self.fields.get(key).map(Node::value)
    }

    /// The table under `key`, if it is there.
    pub fn table(&self, key: &str, problems: &mut Vec<Problem>) -> Option<Row> {
        let node = self.fields.get(key)?;
        let row = self.as_row(node);
        if row.is_none() {
            problems.push(self.problem_at(key, format!("'{key}' must be a table")));
        }
        row
    }

    /// A problem for every field that is not among those expected.
    pub fn only_keys(&self, expected: &[&str], problems: &mut Vec<Problem>) {
        for key in self.keys().filter(|key| !expected.contains(key)) {
            let known = expected.join(", ");
            problems
                .push(self.problem_at(key, format!("'{key}' is not known here (known: {known})")));
        }
    }

    fn as_row(&self, node: &Node) -> Option<Row> {
        match &node.kind {
            Kind::Table(fields) => Some(Row {
                file: self.file.clone(),
                line: node.line,
                fields: fields.clone(),
            }),
            _ => None,
        }
    }
}

impl Node {
    fn value(&self) -> toml::Value {
        match &self.kind {
            Kind::Scalar(value) => value.clone(),
            Kind::Array(elements) => toml::Value::Array(elements.iter().map(Node::value).collect()),
            Kind::Table(fields) => toml::Value::Table(
                fields
                    .iter()
                    .map(|(key, node)| (key.clone(), node.value()))
                    .collect(),
            ),
        }
    }
}

fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Starts of lines, to turn an offset into a line.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Lines {
        let breaks = text.bytes().enumerate().filter(|(_, b)| *b == b'\n');
        Lines(breaks.map(|(at, _)| at).collect())
    }

    fn at(&self, offset: usize) -> usize {
        self.0.partition_point(|line_break| *line_break < offset) + 1
    }
}

fn fields_of(
    table: &DeTable<'_>,
    lines: &Lines,
    path: &str,
    problems: &mut Vec<Problem>,
) -> BTreeMap<String, Node> {
    let mut fields = BTreeMap::new();
    for (key, value) in table.iter() {
        let line = lines.at(key.span().start);
        let node = node_of(value.get_ref(), line, lines, path, problems);
        fields.insert(key.get_ref().to_string(), node);
    }
    fields
}

fn node_of(
    value: &DeValue<'_>,
    line: usize,
    lines: &Lines,
    path: &str,
    problems: &mut Vec<Problem>,
) -> Node {
    let mut refuse = |text: String| {
        problems.push(Problem {
            line,
            ..Problem::of_file(path, text)
        });
        Kind::Scalar(toml::Value::Boolean(false))
    };
    let kind = match value {
        DeValue::String(text) => Kind::Scalar(toml::Value::String(text.to_string())),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Kind::Scalar(toml::Value::Integer(number)),
            Err(_) => refuse(format!("{number} is too large")),
        },
        DeValue::Float(number) => match number.as_str().parse::<f64>() {
            Ok(number) if number.is_finite() => Kind::Scalar(toml::Value::Float(number)),
            _ => refuse(format!("{number} is not a number that can be used")),
        },
        DeValue::Boolean(truth) => Kind::Scalar(toml::Value::Boolean(*truth)),
        DeValue::Datetime(date) => Kind::Scalar(toml::Value::String(date.to_string())),
        DeValue::Array(elements) => Kind::Array(
            elements
                .iter()
                .map(|e| {
                    let at = lines.at(e.span().start);
                    node_of(e.get_ref(), at, lines, path, problems)
                })
                .collect(),
        ),
        DeValue::Table(table) => Kind::Table(fields_of(table, lines, path, problems)),
    };
    Node { line, kind }
}

#[cfg(test)]
mod tests {
    use super::*;
    use portcullis_domain::Date;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        id: String,
        from: Date,
    }

    const TEXT: &str = "# head\n\n[[rule]]\nid = \"one\"\nfrom = 2024-01-02\n\n[[rule]]\nid = \"two\"\nfrom = \"2024-01-03\"\nodd = 1\n";

    #[test]
    fn rows_know_their_lines_and_read_both_forms_of_dates() {
        let document = Document::parse("x.toml", TEXT).unwrap();
        let mut problems = Vec::new();
        let rows = document.rows("rule", &mut problems);
        assert_eq!((rows[0].line(), rows[1].line()), (3, 7));
        assert_eq!(rows[0].line_of("from"), 5);
        let first: Sample = rows[0].read().unwrap();
        assert_eq!(first.from.to_string(), "2024-01-02");
        assert_eq!(first.id, "one");
        let wrong = rows[1].read::<Sample>().unwrap_err();
        assert!(
            wrong.to_string().starts_with("x.toml:7: rule two:"),
            "{wrong}"
        );
        assert!(wrong.text.contains("odd"), "{wrong}");
        document.only_keys(&["rules"], &mut problems);
        assert_eq!(problems.len(), 1);
    }
}
