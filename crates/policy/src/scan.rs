//! Every dated row of every file, whoever reads it: for links between rules, for
//! the calendar, and for comparing two policies.

use crate::{Document, Life, PolicyFiles, Problem, Row, Status, life};
use portcullis_domain::{Date, Jurisdiction, Suspension};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// A part of a policy file that is compared and dated as one.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    /// The key under which it stands in its file (`rule`, `table`, `entries`).
    pub section: String,
    /// Its place among the parts of this section, from 0; 0 for a table.
    pub position: usize,
    pub row: Row,
}

/// Every table and every table of an array at the top of a file; what stands
/// there alone is one part, under the section "".
pub(crate) fn parts(document: &Document) -> Vec<Part> {
    let root = document.root();
    let mut parts = Vec::new();
    let mut alone: Vec<&str> = Vec::new();
    for key in root.keys() {
        let rows = root.tables(key);
        if rows.is_empty() {
            alone.push(key);
        }
        for (position, row) in rows.into_iter().enumerate() {
            let section = key.to_owned();
            parts.push(Part {
                section,
                position,
                row,
            });
        }
    }
    if !alone.is_empty() {
        let (row, _) = root.split(&alone);
        parts.push(Part {
            section: String::new(),
            position: 0,
            row,
        });
    }
    parts
}

/// What the calendar needs of a row.
#[derive(Clone, Debug)]
pub(crate) struct Dated {
    pub id: String,
    pub title: String,
    pub jurisdiction: Jurisdiction,
    pub until: Option<Date>,
    pub review_by: Option<Date>,
    pub status: Status,
    pub life: Life,
    pub suspended: Vec<Suspension>,
    pub file: String,
    pub line: usize,
}

#[derive(Deserialize)]
struct RawDated {
    #[serde(default)]
    title: String,
    #[serde(default)]
    jurisdiction: String,
    until: Option<Date>,
    review_by: Option<Date>,
    #[serde(default)]
    status: Status,
}

const DATED_KEYS: [&str; 5] = ["title", "jurisdiction", "until", "review_by", "status"];

/// Every row with an id and a citation, and the coverage of every file (under
/// the id `coverage of FILE`). Files that cannot be read are left out: that
/// they are wrong is said where the policy is loaded.
pub(crate) fn dated(files: &PolicyFiles) -> Vec<Dated> {
    let mut all = Vec::new();
    for document in files.documents("", &mut Vec::new()) {
        for part in parts(&document) {
            let row = &part.row;
            if part.section == "coverage" {
                all.extend(coverage(row));
            } else if !row.id().is_empty() && row.has("citation") {
                all.extend(one(row));
            }
        }
    }
    all
}

fn one(row: &Row) -> Option<Dated> {
    let (with, _) = row.split(&DATED_KEYS);
    let raw: RawDated = with.read().ok()?;
    let (life, suspended) = life::read(row).ok()?;
    Some(Dated {
        id: row.id().to_owned(),
        title: raw.title,
        jurisdiction: Jurisdiction(raw.jurisdiction),
        until: raw.until,
        review_by: raw.review_by,
        status: raw.status,
        life,
        suspended,
        file: row.file().to_owned(),
        line: row.line(),
    })
}

fn coverage(row: &Row) -> Option<Dated> {
    let (with, _) = row.split(&["until"]);
    let raw: RawDated = with.read().ok()?;
    Some(Dated {
        id: format!("coverage of {}", row.file()),
        title: format!("What {} says ends", row.file()),
        jurisdiction: Jurisdiction(String::new()),
        until: Some(raw.until?),
        review_by: None,
        status: Status::Adopted,
        life: Life::default(),
        suspended: Vec::new(),
        file: row.file().to_owned(),
        line: row.line(),
    })
}

/// Rows of any file with this id, in any case, as they are written: place, and
/// each field with its text. For rows that other crates read, such as the
/// control tables.
pub fn rows_named(files: &PolicyFiles, id: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut found = Vec::new();
    for document in files.documents("", &mut Vec::new()) {
        for part in parts(&document) {
            let row = &part.row;
            if !row.id().eq_ignore_ascii_case(id) || id.is_empty() {
                continue;
            }
            let field = |key: &str| {
                let text = row.value(key).map(|value| match value {
                    toml::Value::String(text) => text,
                    other => other.to_string(),
                });
                let text = text.unwrap_or_default();
                (
                    key.to_owned(),
                    text.split_whitespace().collect::<Vec<_>>().join(" "),
                )
            };
            let place = format!("{}:{}", row.file(), row.line());
            found.push((place, row.keys().map(field).collect()));
        }
    }
    found
}

/// Links between rules that lead nowhere or in a circle: `replaces` and
/// `justified_by`.
pub(crate) fn check_links(
    files: &PolicyFiles,
    assessments: &crate::ThreatAssessments,
    problems: &mut Vec<Problem>,
) {
    let mut rows: BTreeMap<String, (Row, Vec<String>)> = BTreeMap::new();
    for document in files.documents("", &mut Vec::new()) {
        for part in parts(&document) {
            let row = part.row;
            if row.id().is_empty() || !row.has("citation") {
                continue;
            }
            let Ok((life, _)) = life::read(&row) else {
                continue;
            };
            for id in life
                .justified_by
                .iter()
                .filter(|id| assessments.get(id).is_none())
            {
                let text = format!("justified_by: there is no threat assessment '{id}'");
                problems.push(row.problem_at("justified_by", text));
            }
            rows.entry(row.id().to_owned())
                .or_insert((row, life.replaces));
        }
    }
    for (row, replaces) in rows.values() {
        for id in replaces.iter().filter(|id| !rows.contains_key(*id)) {
            let text = format!("replaces: there is no rule '{id}'");
            problems.push(row.problem_at("replaces", text));
        }
    }
    let edges: BTreeMap<&str, Vec<&str>> = rows
        .iter()
        .map(|(id, (_, to))| (id.as_str(), to.iter().map(String::as_str).collect()))
        .collect();
    for circle in circles(&edges) {
        if let Some((row, _)) = rows.get(circle[0]) {
            let text = format!("replaces: goes in a circle: {}", shown(&circle));
            problems.push(row.problem_at("replaces", text));
        }
    }
}

/// A circle in words: `a → b → a`.
pub(crate) fn shown(circle: &[&str]) -> String {
    let closed = circle.iter().chain(circle.first());
    closed.copied().collect::<Vec<_>>().join(" → ")
}

/// The circles of a graph, each once, beginning with its first name in order.
pub(crate) fn circles<'a>(edges: &BTreeMap<&'a str, Vec<&'a str>>) -> Vec<Vec<&'a str>> {
    let mut done: BTreeSet<&str> = BTreeSet::new();
    let mut found = Vec::new();
    for start in edges.keys().copied() {
        let mut path: Vec<(&str, usize)> = vec![(start, 0)];
        while let Some((here, next)) = path.last_mut() {
            let to = edges.get(here).and_then(|all| all.get(*next)).copied();
            *next += 1;
            match to {
                None => {
                    done.insert(here);
                    path.pop();
                }
                Some(to) if done.contains(to) => {}
                Some(to) => match path.iter().position(|(name, _)| *name == to) {
                    Some(at) => {
                        let mut circle: Vec<&str> = path[at..].iter().map(|(n, _)| *n).collect();
                        let first = (0..circle.len()).min_by_key(|i| circle[*i]).unwrap_or(0);
                        circle.rotate_left(first);
                        if !found.contains(&circle) {
                            found.push(circle);
                        }
                    }
                    None => path.push((to, 0)),
                },
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circles_are_found_once_and_chains_are_none() {
        let edges: BTreeMap<&str, Vec<&str>> = [
            ("a", vec!["b"]),
            ("b", vec!["c"]),
            ("c", vec!["a", "d"]),
            ("d", vec![]),
            ("e", vec!["e"]),
            ("f", vec!["a"]),
        ]
        .into_iter()
        .collect();
        let found: Vec<String> = circles(&edges).iter().map(|c| shown(c)).collect();
        assert_eq!(found, ["a → b → c → a", "e → e"]);
    }
}
