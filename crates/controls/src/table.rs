//! What every control table says of itself, and the loader's small helpers.

use crate::country_set::CountrySet;
use portcullis_domain::{Citation, Date, RuleHead};
use portcullis_policy::{Coverage, Document, PolicyFiles, Problem, Row};
use serde::de::DeserializeOwned;

/// Head and coverage of a table.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    /// Id, title, citation, jurisdiction, dates.
    pub(crate) head: RuleHead,
    /// The days for which the table says what held.
    pub(crate) coverage: Coverage,
}

impl Table {
    /// Reads `[table]` (or another section with a head) and `[coverage]`.
    pub(crate) fn read(
        document: &Document,
        section: &str,
        problems: &mut Vec<Problem>,
    ) -> Option<(Table, Row)> {
        let Some(row) = document.table(section, problems) else {
            let text = format!("[{section}] is missing");
            problems.push(Problem::of_file(document.path(), text));
            return None;
        };
        let dated = row
            .dated_within(None)
            .map_err(|p| problems.extend(p))
            .ok()?;
        let coverage = document.coverage().map_err(|p| problems.extend(p)).ok()?;
        let head = dated.head;
        Some((Table { head, coverage }, dated.body))
    }

    /// Whether the table can answer for the day.
    pub(crate) fn covers(&self, as_of: Date, known: Date) -> bool {
        self.coverage.covers(as_of) && self.head.known_from.is_none_or(|from| from <= known)
    }

    /// Its citation.
    pub(crate) fn citation(&self) -> Citation {
        Citation(self.head.citation.clone())
    }
}

/// The document under `controls/`, or `None` with the problem noted.
pub(crate) fn open(
    files: &PolicyFiles,
    name: &str,
    problems: &mut Vec<Problem>,
) -> Option<Document> {
    files
        .document(&format!("controls/{name}"))
        .map_err(|p| problems.extend(p))
        .ok()
}

/// Reads a row into its type, or notes the problem.
pub(crate) fn read<T: DeserializeOwned>(row: &Row, problems: &mut Vec<Problem>) -> Option<T> {
    row.read().map_err(|p| problems.push(p)).ok()
}

/// Takes a value, or notes why the row has none.
pub(crate) fn take<T>(
    value: Result<T, String>,
    row: &Row,
    key: &str,
    problems: &mut Vec<Problem>,
) -> Option<T> {
    value
        .map_err(|text| problems.push(row.problem_at(key, text)))
        .ok()
}

/// Countries of a field, separated by spaces; an absent field is the empty set.
pub(crate) fn countries(row: &Row, key: &str, problems: &mut Vec<Problem>) -> CountrySet {
    let codes = row.text(key).unwrap_or("");
    take(CountrySet::parse(codes), row, key, problems).unwrap_or_default()
}

/// The words of a field.
pub(crate) fn words(row: &Row, key: &str) -> Vec<String> {
    let text = row.text(key).unwrap_or("");
    text.split_whitespace().map(str::to_owned).collect()
}

/// Head and body of a dated row, or the problems noted.
pub(crate) fn dated(row: &Row, problems: &mut Vec<Problem>) -> Option<(RuleHead, Row)> {
    let dated = row.dated().map_err(|p| problems.extend(p)).ok()?;
    Some((dated.head, dated.body))
}
