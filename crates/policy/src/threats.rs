//! Threat assessments (`assessments/*.toml`): dated documents that say why a
//! rule is needed, and for how long that holds.

use crate::{PolicyFiles, Problem, Row, unique_ids};
use portcullis_domain::Date;
use serde::Deserialize;

/// A threat assessment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreatAssessment {
    /// Stable id, named by the `justified_by` of rules.
    pub id: String,
    /// Short title.
    pub title: String,
    /// The day on which it was made.
    pub date: Date,
    /// The last day on which it justifies anything.
    pub valid_until: Date,
    /// The office that answers for it.
    pub owner: String,
    /// Where the document lies, or its citation.
    pub document: String,
    /// SHA-256 of the document, lower-case hex.
    pub sha256: String,
    /// The document itself, where it is public and short; its digest is checked.
    pub text: String,
    /// File and line.
    pub place: String,
}

impl ThreatAssessment {
    /// Whether it justifies rules on a day.
    pub fn is_current(&self, day: Date) -> bool {
        self.date <= day && day <= self.valid_until
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    id: String,
    title: String,
    date: Date,
    valid_until: Date,
    owner: String,
    #[serde(default)]
    document: String,
    sha256: String,
    #[serde(default)]
    text: String,
}

/// Every threat assessment of a policy.
#[derive(Clone, Debug, Default)]
pub struct ThreatAssessments(Vec<ThreatAssessment>);

impl ThreatAssessments {
    /// The folder they are read from; it may be absent.
    pub const FOLDER: &str = "assessments/";

    pub(crate) fn load(files: &PolicyFiles, problems: &mut Vec<Problem>) -> ThreatAssessments {
        let mut all = Vec::new();
        let mut rows: Vec<Row> = Vec::new();
        for document in files.documents(ThreatAssessments::FOLDER, problems) {
            document.only_keys(&["assessment"], problems);
            for row in document.rows("assessment", problems) {
                match read(&row) {
                    Ok(one) => all.push(one),
                    Err(problem) => problems.push(problem),
                }
                rows.push(row);
            }
        }
        unique_ids(&rows, problems);
        ThreatAssessments(all)
    }

    /// All of them, by file.
    pub fn iter(&self) -> impl Iterator<Item = &ThreatAssessment> {
        self.0.iter()
    }

    /// The one with this id.
    pub fn get(&self, id: &str) -> Option<&ThreatAssessment> {
        self.0.iter().find(|one| one.id == id)
    }

    /// The ids among these whose assessment is current on the day.
    pub fn current<'a>(&self, ids: &'a [String], day: Date) -> Vec<&'a str> {
        let current = |id: &&String| self.get(id).is_some_and(|one| one.is_current(day));
        ids.iter().filter(current).map(String::as_str).collect()
    }
}

fn read(row: &Row) -> Result<ThreatAssessment, Problem> {
    let raw: Raw = row.read()?;
    for (key, value) in [
        ("id", &raw.id),
        ("title", &raw.title),
        ("owner", &raw.owner),
        ("sha256", &raw.sha256),
    ] {
        if value.trim().is_empty() {
            return Err(row.problem_at(key, format!("{key}: is empty")));
        }
    }
    if raw.document.trim().is_empty() && raw.text.is_empty() {
        let text = "document: says neither where the document is, nor its text";
        return Err(row.problem_at("document", text));
    }
    if raw.valid_until < raw.date {
        let text = format!(
            "valid_until: ends on {}, before it was made on {}",
            raw.valid_until, raw.date
        );
        return Err(row.problem_at("valid_until", text));
    }
    let is_digest = raw.sha256.len() == 64 && raw.sha256.bytes().all(|b| b.is_ascii_hexdigit());
    if !is_digest {
        return Err(row.problem_at("sha256", "sha256: is not 64 hexadecimal digits"));
    }
    let found = portcullis_domain::hex_sha256(raw.text.as_bytes());
    if !raw.text.is_empty() && !found.eq_ignore_ascii_case(&raw.sha256) {
        let text = format!("sha256: the digest of the text is {found}");
        return Err(row.problem_at("sha256", text));
    }
    Ok(ThreatAssessment {
        id: raw.id,
        title: raw.title,
        date: raw.date,
        valid_until: raw.valid_until,
        owner: raw.owner,
        document: raw.document,
        sha256: raw.sha256.to_ascii_lowercase(),
        text: raw.text,
        place: format!("{}:{}", row.file(), row.line()),
    })
}
