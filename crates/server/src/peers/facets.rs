//! How many results there are by country, topic, list …

use super::{datasets::Datasets, directory::Row, params::Params, refusal::Refusal};
use portcullis_domain::Country;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// Facets and their labels.
const FACETS: [(&str, &str); 6] = [
    ("countries", "Countries"),
    ("topics", "Topics"),
    ("datasets", "Data sources"),
    ("schema", "Entity types"),
    ("identifiers", "Identifiers"),
    ("genders", "Genders"),
];

/// The facets that are asked for; three where none is.
pub(crate) fn wanted(params: &Params) -> Result<Vec<&'static str>, Refusal> {
    let mut wanted: Vec<&'static str> = Vec::new();
    for name in params.all("facets") {
        let known = FACETS.iter().find(|(facet, _)| *facet == name);
        let (facet, _) = known.ok_or_else(|| Refusal::bad(format!("Invalid facet: '{name}'")))?;
        wanted.push(facet);
    }
    if wanted.is_empty() {
        wanted.extend(FACETS.iter().take(3).map(|(facet, _)| *facet));
    }
    Ok(wanted)
}

/// The facets of rows: values by falling count, then by name.
pub(crate) fn of(datasets: &Datasets, rows: &[&Row], wanted: &[&'static str]) -> Value {
    let mut all = Map::new();
    for facet in wanted {
        let mut counts: HashMap<&str, u64> = HashMap::new();
        for value in rows.iter().flat_map(|row| values(row, facet)) {
            *counts.entry(value).or_default() += 1;
        }
        let mut counts: Vec<(&str, u64)> = counts.into_iter().collect();
        counts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        let values = counts.into_iter().map(|(name, count)| {
            json!({ "name": name, "label": label(datasets, facet, name), "count": count })
        });
        let values: Vec<Value> = values.collect();
        let title = FACETS
            .iter()
            .find(|(f, _)| f == facet)
            .map_or("", |(_, l)| l);
        all.insert(
            (*facet).to_owned(),
            json!({ "label": title, "values": values }),
        );
    }
    Value::Object(all)
}

fn values<'r>(row: &'r Row, facet: &str) -> Vec<&'r str> {
    let texts = |all: &'r [String]| all.iter().map(String::as_str).collect();
    match facet {
        "countries" => texts(&row.countries),
        "topics" => texts(&row.topics),
        "datasets" => texts(&row.codes),
        "identifiers" => texts(&row.identifiers),
        "schema" => vec![row.schema],
        _ => row.gender.into_iter().collect(),
    }
}

fn label(datasets: &Datasets, facet: &str, name: &str) -> String {
    let known = match facet {
        "countries" => Country::from_alpha2(name).map(|c| c.name().to_owned()),
        "datasets" => datasets.get(name).map(|d| d.title.clone()),
        "topics" => match name {
            "sanction" => Some("Sanctioned entity".to_owned()),
            "export.control" => Some("Export controlled".to_owned()),
            "export.risk" => Some("Trade risk".to_owned()),
            "poi" => Some("Person of interest".to_owned()),
            _ => None,
        },
        _ => None,
    };
    known.unwrap_or_else(|| name.to_owned())
}
