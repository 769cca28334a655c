//! Senzing's JSON for entity resolution: one record a line, or an array of
//! them. Attributes stand in a list of features (`FEATURES`, or lists of any
//! other name) or flat in the record, and then with a word before them that
//! tells the groups apart (`PRIMARY_NAME_FULL`, `HOME_ADDR_LINE1`).

mod feature;

use super::build::{Builder, Record, Repeats};
use super::rows::slug;
use super::{ReadError, text};
use feature::Feature;
use portcullis_domain::{Issue, Listing, PartyKind};
use serde_json::{Map, Value};
use std::collections::HashMap;

/// How much of a file is looked at to tell the format.
const SAMPLE: usize = 64 * 1024;

/// Whether a text is of such records.
pub(super) fn looks_like(body: &str) -> bool {
    let head = text::bounded(body, SAMPLE);
    head.contains("\"RECORD_ID\"") && head.contains("\"DATA_SOURCE\"")
}

/// Reads the file. Returns the source: `senzing-<data source>` of most records.
pub(super) fn read(file: &str, body: &str, builder: &mut Builder<'_>) -> Result<String, ReadError> {
    let mut sources: HashMap<String, u64> = HashMap::new();
    let mut stopped = Ok(());
    let mut take = |line: u64, value: serde_json::Result<Value>, builder: &mut Builder<'_>| {
        let read = value.map_err(|error| {
            let what = format!("not a record: {error}");
            Issue::new("broken-record", what).at_line(line)
        });
        match read.and_then(|value| record(&value, line)) {
            Ok(record) => {
                let list = record.entity.listings.first().map(|l| l.list.clone());
                *sources.entry(list.unwrap_or_default()).or_default() += 1;
                if stopped.is_ok() {
                    stopped = builder.add(file, record, Repeats::AreIssues);
                }
            }
            Err(issue) => builder.bad(file, issue),
        }
    };
    if body.trim_start().starts_with('[') {
        array(body, |line, text| {
            take(line, serde_json::from_str(text), builder);
        })?;
    } else {
        lines(body, |line, value| take(line, value, builder))?;
    }
    stopped?;
    name_links(builder);
    let most = sources
        .into_iter()
        .max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0)));
    Ok(format!(
        "senzing-{}",
        most.map(|(list, _)| list).unwrap_or_default()
    ))
}

fn lines(
    body: &str,
    mut take: impl FnMut(u64, serde_json::Result<Value>),
) -> Result<(), ReadError> {
    let last = body.lines().count() as u64;
    for (line, row) in (1_u64..).zip(body.lines()) {
        if row.trim().is_empty() {
            continue;
        }
        let value: serde_json::Result<Value> = serde_json::from_str(row);
        let cut = value.as_ref().is_err_and(serde_json::Error::is_eof);
        if cut && line == last && !body.ends_with('\n') {
            let what = "the last record ends in the middle".to_owned();
            return Err(ReadError::Truncated { line, what });
        }
        take(line, value);
    }
    Ok(())
}

/// Hands out the texts of the elements of an array, one at a time.
fn array(body: &str, mut take: impl FnMut(u64, &str)) -> Result<(), ReadError> {
    let elements: Vec<&serde_json::value::RawValue> =
        serde_json::from_str(body).map_err(|error| super::csl_json::refused(&error, "array"))?;
    let (mut line, mut counted_to) = (1, 0);
    for element in elements {
        let text = element.get();
        // Elements are slices of the body: where one begins tells its line.
        let at = (text.as_ptr() as usize).saturating_sub(body.as_ptr() as usize);
        line += text::newlines(&body.as_bytes()[counted_to..at.min(body.len())]);
        counted_to = at.min(body.len());
        take(line, text);
    }
    Ok(())
}

fn record(value: &Value, line: u64) -> Result<Record, Issue> {
    let broken = |what: &str, field: &str| {
        Issue::new("broken-record", what)
            .at_line(line)
            .in_field(field)
    };
    let object = value
        .as_object()
        .ok_or_else(|| Issue::new("broken-record", "the record is no object").at_line(line))?;
    let root = |name: &str| object.get(name).map(feature::text).unwrap_or_default();
    let id = text::clean(&root("RECORD_ID"));
    if id.is_empty() {
        return Err(broken("the record has no RECORD_ID", "RECORD_ID"));
    }
    let list = slug(&root("DATA_SOURCE")).replace('_', "-");
    if list.is_empty() {
        return Err(broken(
            "the record does not say its DATA_SOURCE",
            "DATA_SOURCE",
        ));
    }
    let mut record = Record::new(format!("{list}:{id}"), line);
    let features = features(object);
    record.entity.party.kind = kind(&features, &mut record);
    for feature in &features {
        feature.apply(&list, &mut record);
    }
    if record.entity.party.names.is_empty() {
        let what = format!("record {} has no name", text::bounded(&id, 80));
        return Err(Issue::new("no-name", what)
            .at_line(line)
            .in_field("NAME_FULL"));
    }
    feature::settle_names(&mut record);
    record.entity.listings.push(Listing {
        list,
        programmes: features
            .iter()
            .filter_map(|f| f.get("TOPIC").map(str::to_owned))
            .collect(),
        listed_on: None,
        until: None,
        citation: root("URL"),
        licence_requirement: String::new(),
        licence_policy: String::new(),
    });
    Ok(record)
}

/// The features of a record: each object of each list, and the flat
/// attributes by the word before them.
fn features(object: &Map<String, Value>) -> Vec<Feature> {
    let mut features = Feature::of(object);
    for value in object.values() {
        let objects = value
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_object);
        features.extend(objects.flat_map(Feature::of));
    }
    features
}

fn kind(features: &[Feature], record: &mut Record) -> PartyKind {
    let stated = features.iter().find_map(|f| f.get("RECORD_TYPE"));
    match stated.map(|s| s.trim().to_uppercase()).as_deref() {
        Some("PERSON" | "INDIVIDUAL") => PartyKind::Person,
        Some("ORGANIZATION" | "ORGANISATION" | "COMPANY" | "BUSINESS") => PartyKind::Organisation,
        Some("VESSEL" | "SHIP") => PartyKind::Vessel,
        Some("AIRCRAFT" | "AIRPLANE") => PartyKind::Aircraft,
        Some(other) => {
            let what = format!("'{}' is not a type we know", text::bounded(other, 40));
            record.issue(Issue::new("unknown-type", what).in_field("RECORD_TYPE"));
            PartyKind::Unknown
        }
        None if features.iter().any(|f| f.get("NAME_ORG").is_some()) => PartyKind::Organisation,
        None => PartyKind::Unknown,
    }
}

/// Ties give the key of the other side.
fn name_links(builder: &mut Builder<'_>) {
    let names: HashMap<String, String> = builder
        .entities()
        .map(|e| (e.id.clone(), e.party.caption().to_owned()))
        .collect();
    builder.amend(|entity| {
        for link in &mut entity.links {
            let known = link.other_id.as_ref().and_then(|id| names.get(id));
            match known {
                Some(name) => link.other.clone_from(name),
                None => link.other_id = None,
            }
        }
    });
}
