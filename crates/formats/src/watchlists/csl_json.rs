//! The Consolidated Screening List as JSON: `{"results": [...]}`, read row by
//! row without holding the tree.

use super::build::Builder;
use super::csl::{self, Row, RowAddress, RowId};
use super::{ReadError, dates, text};
use portcullis_domain::{Date, Issue};
use serde::de::{self, DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::fmt;

/// Reads the file. Returns the day of the publication where the file has one.
pub(super) fn read(
    file: &str,
    body: &str,
    builder: &mut Builder<'_>,
) -> Result<Option<Date>, ReadError> {
    let mut top = Top {
        file,
        body,
        builder,
        line: 1,
        counted_to: 0,
        rows: None,
        announced: None,
        published: None,
        stopped: None,
    };
    let mut json = serde_json::Deserializer::from_str(body);
    let parsed = json.deserialize_map(&mut top).and_then(|()| json.end());
    if let Some(stopped) = top.stopped {
        return Err(stopped);
    }
    parsed.map_err(|error| refused(&error, "results"))?;
    let (rows, announced, published) = (top.rows, top.announced, top.published);
    let Some(rows) = rows else {
        return Err(ReadError::Schema {
            line: 1,
            field: "results".to_owned(),
            what: "the key is missing; this is not a Consolidated Screening List".to_owned(),
        });
    };
    if let Some(announced) = announced.filter(|n| *n != rows) {
        let text = format!("the file announces {announced} rows and has {rows}");
        builder.issue(file, Issue::new("count-differs", text).in_field("total"));
    }
    Ok(published)
}

/// A JSON error as the fault of a file.
pub(super) fn refused(error: &serde_json::Error, field: &str) -> ReadError {
    let line = error.line() as u64;
    if error.is_eof() {
        let what = "the JSON ends in the middle".to_owned();
        return ReadError::Truncated { line, what };
    }
    ReadError::Schema {
        line,
        field: field.to_owned(),
        what: format!("not the JSON of this list: {error}"),
    }
}

/// The top object, walked once.
struct Top<'a, 'b, 'l> {
    file: &'a str,
    body: &'a str,
    builder: &'b mut Builder<'l>,
    line: u64,
    counted_to: usize,
    rows: Option<u64>,
    announced: Option<u64>,
    published: Option<Date>,
    stopped: Option<ReadError>,
}

impl<'de> Visitor<'de> for &mut Top<'de, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with results")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "results" => map.next_value_seed(Rows(&mut *self))?,
                "total" => self.announced = map.next_value::<Loose>()?.0.parse().ok(),
                "search_performed_at" => {
                    self.published = dates::iso(&map.next_value::<Loose>()?.0);
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// The array of rows.
struct Rows<'t, 'a, 'b, 'l>(&'t mut Top<'a, 'b, 'l>);

impl<'de> DeserializeSeed<'de> for Rows<'_, 'de, '_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Rows<'_, 'de, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        while let Some(raw) = rows.next_element::<&'de RawValue>()? {
            self.0.row(raw.get()).map_err(|error| {
                let message = error.to_string();
                self.0.stopped = Some(error);
                de::Error::custom(message)
            })?;
        }
        self.0.rows = Some(self.0.rows.unwrap_or(0));
        Ok(())
    }
}

impl Top<'_, '_, '_> {
    /// One row. What is no row is an issue; the file goes on.
    fn row(&mut self, raw: &str) -> Result<(), ReadError> {
        let index = self.rows.unwrap_or(0);
        self.rows = Some(index + 1);
        let start = raw.as_ptr() as usize - self.body.as_ptr() as usize;
        let passed = self
            .body
            .as_bytes()
            .get(self.counted_to..start)
            .unwrap_or_default();
        self.line += text::newlines(passed);
        self.counted_to = start;
        let path = format!("results[{index}]");
        self.builder.note_row(self.file, self.line, raw);
        match serde_json::from_str::<WireRow>(raw) {
            Ok(row) => csl::add(&row.into(), self.file, self.line, &path, self.builder),
            Err(error) => {
                let what = format!("the row cannot be read: {error}");
                let issue = Issue::new("broken-record", what)
                    .at_line(self.line)
                    .in_field(path);
                self.builder.bad(self.file, issue);
                Ok(())
            }
        }
    }
}

/// A scalar as text; null is empty.
#[derive(Default)]
pub(super) struct Loose(pub String);

impl<'de> Deserialize<'de> for Loose {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Loose, D::Error> {
        deserializer.deserialize_any(LooseVisitor).map(Loose)
    }
}

struct LooseVisitor;

impl Visitor<'_> for LooseVisitor {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string, number, boolean or null")
    }
    fn visit_str<E>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }
    fn visit_string<E>(self, text: String) -> Result<String, E> {
        Ok(text)
    }
    fn visit_u64<E>(self, number: u64) -> Result<String, E> {
        Ok(number.to_string())
    }
    fn visit_i64<E>(self, number: i64) -> Result<String, E> {
        Ok(number.to_string())
    }
    fn visit_f64<E>(self, number: f64) -> Result<String, E> {
        Ok(number.to_string())
    }
    fn visit_bool<E>(self, value: bool) -> Result<String, E> {
        Ok(value.to_string())
    }
    fn visit_unit<E>(self) -> Result<String, E> {
        Ok(String::new())
    }
}

/// Several values: an array, one text joined by `;`, or null.
#[derive(Default)]
struct Many(Vec<String>);

impl<'de> Deserialize<'de> for Many {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Many, D::Error> {
        deserializer.deserialize_any(ManyVisitor).map(Many)
    }
}

struct ManyVisitor;

impl<'de> Visitor<'de> for ManyVisitor {
    type Value = Vec<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of strings, a string or null")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<String>, A::Error> {
        let mut all = Vec::new();
        while let Some(Loose(text)) = seq.next_element()? {
            all.push(text);
        }
        Ok(all)
    }
    fn visit_str<E>(self, text: &str) -> Result<Vec<String>, E> {
        Ok(text.split(';').map(|part| part.trim().to_owned()).collect())
    }
    fn visit_unit<E>(self) -> Result<Vec<String>, E> {
        Ok(Vec::new())
    }
}

/// A row as it stands in the file. Keys beyond these are not ours to read.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct WireRow {
    id: Loose,
    source: Loose,
    entity_number: Loose,
    #[serde(rename = "type")]
    kind: Loose,
    programs: Many,
    name: Loose,
    title: Loose,
    addresses: Option<Vec<WireAddress>>,
    federal_register_notice: Loose,
    start_date: Loose,
    end_date: Loose,
    standard_order: Loose,
    license_requirement: Loose,
    license_policy: Loose,
    call_sign: Loose,
    vessel_type: Loose,
    gross_tonnage: Loose,
    gross_registered_tonnage: Loose,
    vessel_flag: Loose,
    vessel_owner: Loose,
    remarks: Loose,
    alt_names: Many,
    citizenships: Many,
    dates_of_birth: Many,
    nationalities: Many,
    places_of_birth: Many,
    ids: Option<Vec<WireId>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct WireAddress {
    address: Loose,
    city: Loose,
    state: Loose,
    postal_code: Loose,
    country: Loose,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct WireId {
    #[serde(rename = "type")]
    kind: Loose,
    number: Loose,
    country: Loose,
}

impl From<WireRow> for Row {
    fn from(wire: WireRow) -> Row {
        let addresses = wire
            .addresses
            .unwrap_or_default()
            .into_iter()
            .map(|a| RowAddress {
                address: a.address.0,
                city: a.city.0,
                state: a.state.0,
                postal_code: a.postal_code.0,
                country: a.country.0,
            });
        let ids = wire.ids.unwrap_or_default().into_iter().map(|id| RowId {
            kind: id.kind.0,
            number: id.number.0,
            country: id.country.0,
        });
        Row {
            id: wire.id.0,
            source: wire.source.0,
            entity_number: wire.entity_number.0,
            kind: wire.kind.0,
            programs: wire.programs.0,
            name: wire.name.0,
            title: wire.title.0,
            addresses: addresses.collect(),
            federal_register_notice: wire.federal_register_notice.0,
            start_date: wire.start_date.0,
            end_date: wire.end_date.0,
            standard_order: wire.standard_order.0,
            license_requirement: wire.license_requirement.0,
            license_policy: wire.license_policy.0,
            call_sign: wire.call_sign.0,
            vessel_type: wire.vessel_type.0,
            gross_tonnage: wire.gross_tonnage.0,
            gross_registered_tonnage: wire.gross_registered_tonnage.0,
            vessel_flag: wire.vessel_flag.0,
            vessel_owner: wire.vessel_owner.0,
            remarks: wire.remarks.0,
            alt_names: wire.alt_names.0,
            citizenships: wire.citizenships.0,
            dates_of_birth: wire.dates_of_birth.0,
            nationalities: wire.nationalities.0,
            places_of_birth: wire.places_of_birth.0,
            ids: ids.collect(),
        }
    }
}
