//! What a mapping file says, checked.

use super::super::ReadError;
use super::super::rows::slug;
use encoding_rs::Encoding;
use portcullis_domain::PartyKind;
use std::collections::BTreeMap;
use toml::{Table, Value};

/// Keys of the file itself.
const KEYS: &[&str] = &[
    "list",
    "source",
    "delimiter",
    "encoding",
    "header_line",
    "separator",
    "columns",
];

/// Keys of `[columns]`: what a column may mean.
const FIELDS: &[&str] = &[
    "id",
    "name",
    "alias",
    "weak_alias",
    "former_name",
    "kind",
    "birth_date",
    "birth_place",
    "gender",
    "nationality",
    "residence",
    "registration_country",
    "flag",
    "birth_country",
    "country",
    "address",
    "street",
    "city",
    "region",
    "postcode",
    "address_country",
    "identifier",
    "programme",
    "listed_on",
    "until",
    "citation",
    "licence_requirement",
    "licence_policy",
    "email",
    "phone",
    "website",
    "remarks",
];

/// Keys of one field where it is a table.
const PARTS: &[&str] = &[
    "column",
    "join",
    "with",
    "separator",
    "format",
    "values",
    "default",
    "scheme",
    "country",
];

/// Fields of which a row has one.
const SINGLE: &[&str] = &[
    "id",
    "name",
    "kind",
    "gender",
    "listed_on",
    "until",
    "citation",
    "licence_requirement",
    "licence_policy",
    "street",
    "city",
    "region",
    "postcode",
    "address_country",
];

/// A checked mapping.
pub(in crate::watchlists) struct Mapping {
    /// List code of every entity.
    pub list: String,
    /// Source code.
    pub source: String,
    /// Delimiter, where it is given.
    pub delimiter: Option<u8>,
    /// Encoding, where it is given.
    pub encoding: Option<&'static Encoding>,
    /// Line of the header, where it is given.
    pub header_line: Option<u64>,
    /// The fields by key, in the order of the file.
    pub fields: BTreeMap<String, Vec<Field>>,
}

/// Where a field comes from, and how it is read.
#[derive(Clone, Debug, Default)]
pub(in crate::watchlists) struct Field {
    /// Key in `[columns]`.
    pub key: String,
    /// Line of the key in the mapping.
    pub line: u64,
    /// Columns: one, or several that are joined.
    pub columns: Vec<String>,
    /// What is put between joined columns.
    pub with: String,
    /// What parts several values of a cell.
    pub separator: Option<String>,
    /// Form of a date (`%d/%m/%Y`).
    pub format: Option<String>,
    /// Words of the list and ours.
    pub values: BTreeMap<String, String>,
    /// Value of an empty cell, or of every row where no column is named.
    pub default: Option<String>,
    /// Scheme of an identifier.
    pub scheme: Option<String>,
    /// Column with the country of an identifier.
    pub country: Option<String>,
}

/// Makes errors that name line and key of the mapping.
struct Source<'t> {
    text: &'t str,
}

impl Source<'_> {
    fn wrong(&self, key: &str, what: impl Into<String>) -> ReadError {
        ReadError::Mapping {
            line: self.line(key),
            key: key.to_owned(),
            what: what.into(),
        }
    }

    /// The line of a dotted key, or of the nearest key above it.
    fn line(&self, key: &str) -> u64 {
        let begins = |line: &str, word: &str| {
            let line = line
                .trim_start()
                .trim_start_matches('[')
                .trim_start_matches('"');
            let rest = line.strip_prefix(word);
            rest.is_some_and(|r| !r.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
        };
        let mut path = key;
        loop {
            let last = path.rsplit('.').next().unwrap_or(path);
            let found = (1_u64..)
                .zip(self.text.lines())
                .find(|(_, line)| begins(line, path) || begins(line, last));
            match (found, path.rsplit_once('.')) {
                (Some((number, _)), _) => return number,
                (None, Some((above, _))) => path = above,
                (None, None) => return 1,
            }
        }
    }
}

impl Mapping {
    /// Reads a mapping. The error names line and key.
    pub fn parse(text: &str) -> Result<Mapping, ReadError> {
        let text = text.trim_start_matches('\u{FEFF}');
        let source = Source { text };
        let table: Table = text.parse().map_err(|error: toml::de::Error| {
            let at = error.span().map_or(0, |span| span.start);
            ReadError::Mapping {
                line: 1 + super::super::text::newlines(&text.as_bytes()[..at.min(text.len())]),
                key: "TOML".to_owned(),
                what: error.message().to_owned(),
            }
        })?;
        known(&table, KEYS, "", &source)?;
        let list = required(&table, "list", &source)?;
        if slug(&list).replace('_', "-") != list {
            let what =
                format!("'{list}' is no list code: lower-case letters, digits and single hyphens");
            return Err(source.wrong("list", what));
        }
        let separator = string(&table, "separator", "separator", &source)?;
        let fields = fields(&table, separator.as_deref(), &source)?;
        Ok(Mapping {
            source: string(&table, "source", "source", &source)?.unwrap_or_else(|| list.clone()),
            list,
            delimiter: delimiter(&table, &source)?,
            encoding: encoding(&table, &source)?,
            header_line: header_line(&table, &source)?,
            fields,
        })
    }

    /// The ways to a field.
    pub fn field(&self, key: &str) -> &[Field] {
        self.fields.get(key).map_or(&[], Vec::as_slice)
    }

    /// Every column that is named, with the field that names it.
    pub fn columns(&self) -> impl Iterator<Item = (&Field, &str)> {
        let fields = self.fields.values().flatten();
        fields.flat_map(|f| {
            let named = f.columns.iter().chain(&f.country);
            named.map(move |column| (f, column.as_str()))
        })
    }
}

fn known(table: &Table, keys: &[&str], path: &str, source: &Source<'_>) -> Result<(), ReadError> {
    match table.keys().find(|key| !keys.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => {
            let what = format!("this key is not known; there are {}", keys.join(", "));
            Err(source.wrong(&dotted(path, key), what))
        }
    }
}

fn dotted(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

fn string(
    table: &Table,
    key: &str,
    path: &str,
    source: &Source<'_>,
) -> Result<Option<String>, ReadError> {
    match table.get(key) {
        None => Ok(None),
        Some(Value::String(text)) if !text.is_empty() => Ok(Some(text.clone())),
        Some(_) => Err(source.wrong(path, "a text that is not empty belongs here")),
    }
}

fn required(table: &Table, key: &str, source: &Source<'_>) -> Result<String, ReadError> {
    let found = string(table, key, key, source)?;
    found.ok_or_else(|| source.wrong(key, "the key is missing"))
}

fn delimiter(table: &Table, source: &Source<'_>) -> Result<Option<u8>, ReadError> {
    let Some(text) = string(table, "delimiter", "delimiter", source)? else {
        return Ok(None);
    };
    match text.as_bytes() {
        [byte] if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"\"\r\n".contains(byte) => {
            Ok(Some(*byte))
        }
        _ => Err(source.wrong(
            "delimiter",
            "one character that is no letter, digit, quote or line end",
        )),
    }
}

fn encoding(table: &Table, source: &Source<'_>) -> Result<Option<&'static Encoding>, ReadError> {
    let Some(label) = string(table, "encoding", "encoding", source)? else {
        return Ok(None);
    };
    let found = Encoding::for_label_no_replacement(label.as_bytes());
    let what = format!("'{label}' is not an encoding that can be read");
    found
        .map(Some)
        .ok_or_else(|| source.wrong("encoding", what))
}

fn header_line(table: &Table, source: &Source<'_>) -> Result<Option<u64>, ReadError> {
    match table.get("header_line") {
        None => Ok(None),
        Some(Value::Integer(n)) if (1..=1_000).contains(n) => Ok(Some(n.unsigned_abs())),
        Some(_) => Err(source.wrong("header_line", "a number from 1 to 1000 belongs here")),
    }
}

fn fields(
    table: &Table,
    separator: Option<&str>,
    source: &Source<'_>,
) -> Result<BTreeMap<String, Vec<Field>>, ReadError> {
    let columns = match table.get("columns") {
        Some(Value::Table(columns)) => columns,
        _ => return Err(source.wrong("columns", "the table [columns] is missing")),
    };
    known(columns, FIELDS, "columns", source)?;
    let mut fields: BTreeMap<String, Vec<Field>> = BTreeMap::new();
    for (key, value) in columns {
        let path = format!("columns.{key}");
        let values = match value {
            Value::Array(values) => values.as_slice(),
            one => std::slice::from_ref(one),
        };
        let read = values
            .iter()
            .map(|v| field(key, &path, v, separator, source));
        let read: Vec<Field> = read.collect::<Result<_, _>>()?;
        if read.is_empty() || (SINGLE.contains(&key.as_str()) && read.len() > 1) {
            let what = "one column belongs here; { join = [...] } makes one value of several";
            return Err(source.wrong(&path, what));
        }
        fields.insert(key.clone(), read);
    }
    if !fields.contains_key("name") {
        return Err(source.wrong(
            "columns.name",
            "the key is missing; nobody can be found without a name",
        ));
    }
    Ok(fields)
}

fn field(
    key: &str,
    path: &str,
    value: &Value,
    separator: Option<&str>,
    source: &Source<'_>,
) -> Result<Field, ReadError> {
    let mut field = Field {
        key: key.to_owned(),
        line: source.line(path),
        with: " ".to_owned(),
        separator: separator
            .filter(|_| !SINGLE.contains(&key))
            .map(str::to_owned),
        ..Field::default()
    };
    match value {
        Value::String(column) if !column.is_empty() => field.columns = vec![column.clone()],
        Value::Table(table) => {
            known(table, PARTS, path, source)?;
            parts(table, path, &mut field, source)?;
        }
        _ => return Err(source.wrong(path, "the name of a column or a table belongs here")),
    }
    check(&field, path, source)?;
    Ok(field)
}

fn parts(
    table: &Table,
    path: &str,
    field: &mut Field,
    source: &Source<'_>,
) -> Result<(), ReadError> {
    let text = |key: &str| string(table, key, &dotted(path, key), source);
    field.columns.extend(text("column")?);
    match table.get("join") {
        None => {}
        Some(Value::Array(columns)) if field.columns.is_empty() => {
            for column in columns {
                let wrong =
                    || source.wrong(&dotted(path, "join"), "the names of columns belong here");
                let column = column
                    .as_str()
                    .filter(|c| !c.is_empty())
                    .ok_or_else(wrong)?;
                field.columns.push(column.to_owned());
            }
        }
        Some(_) => {
            let what = "a list of columns belongs here, and no 'column' beside it";
            return Err(source.wrong(&dotted(path, "join"), what));
        }
    }
    field.with = text("with")?.unwrap_or_else(|| " ".to_owned());
    field.separator = text("separator")?.or(field.separator.take());
    field.format = text("format")?;
    field.default = text("default")?;
    field.scheme = text("scheme")?;
    field.country = text("country")?;
    match table.get("values") {
        None => {}
        Some(Value::Table(values)) => {
            for (theirs, ours) in values {
                let at = dotted(&dotted(path, "values"), theirs);
                let ours = ours
                    .as_str()
                    .ok_or_else(|| source.wrong(&at, "a text belongs here"))?;
                field
                    .values
                    .insert(theirs.trim().to_lowercase(), ours.to_owned());
            }
        }
        Some(_) => return Err(source.wrong(&dotted(path, "values"), "a table belongs here")),
    }
    Ok(())
}

/// What a key needs or cannot have.
fn check(field: &Field, path: &str, source: &Source<'_>) -> Result<(), ReadError> {
    if field.columns.is_empty() && field.default.is_none() {
        return Err(source.wrong(path, "neither a column nor a default is given"));
    }
    let key = field.key.as_str();
    if (key == "identifier") != field.scheme.is_some() {
        let what = "'scheme' belongs to an identifier, and every identifier needs one";
        return Err(source.wrong(&dotted(path, "scheme"), what));
    }
    if field.country.is_some() && key != "identifier" {
        let what = "only an identifier has a country of its own";
        return Err(source.wrong(&dotted(path, "country"), what));
    }
    if let Some(format) = &field.format {
        let dated = matches!(key, "birth_date" | "listed_on" | "until");
        // A form that can write a day can read one.
        let sound = jiff::fmt::strtime::format(format, jiff::civil::date(2000, 1, 2)).is_ok();
        if !dated || !sound {
            let what = format!("'{format}' is no form of a date, or this is no date");
            return Err(source.wrong(&dotted(path, "format"), what));
        }
    }
    let kinds = field.values.values().chain(&field.default);
    let unknown = kinds
        .filter(|_| key == "kind")
        .find(|k| PartyKind::parse(k).is_none());
    if let Some(word) = unknown {
        let what = format!("'{word}' is none of person, organisation, vessel, aircraft, unknown");
        return Err(source.wrong(path, what));
    }
    Ok(())
}
