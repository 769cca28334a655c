//! The dated, cited head that every row of policy carries, and the span of
//! days that a file covers.

use crate::{Document, Problem, Row};
use portcullis_domain::{Date, Jurisdiction, Period, RuleHead};
use serde::Deserialize;
use std::collections::BTreeMap;

/// How far a rule has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Written, not yet applied: shown in the browser, checked, never evaluated.
    Draft,
    /// Applied on the days on which it is in force.
    #[default]
    Active,
    /// No longer applied to new questions; kept for replay of older days.
    Retired,
}

impl Status {
    /// The word used in files and on the screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Draft => "draft",
            Status::Active => "active",
            Status::Retired => "retired",
        }
    }
}

/// A row with its head read and checked; `body` is the row without the head's
/// fields (`id` stays, so that problems name the rule).
#[derive(Clone, Debug)]
pub struct DatedRow {
    /// Id, title, citation, jurisdiction and dates.
    pub head: RuleHead,
    /// Draft, active or retired.
    pub status: Status,
    /// The other fields.
    pub body: Row,
}

const HEAD_KEYS: [&str; 8] = [
    "title",
    "citation",
    "jurisdiction",
    "from",
    "until",
    "known_from",
    "review_by",
    "status",
];

#[derive(Deserialize)]
struct RawHead {
    #[serde(default)]
    title: String,
    #[serde(default)]
    citation: String,
    #[serde(default)]
    jurisdiction: String,
    from: Option<Date>,
    until: Option<Date>,
    known_from: Option<Date>,
    review_by: Option<Date>,
    #[serde(default)]
    status: Status,
}

impl Row {
    /// Reads the head: `id`, `title`, `citation`, `jurisdiction`, `from`,
    /// `until`, `known_from`, `review_by`, `status`. Problems: no id, title,
    /// citation or jurisdiction; `until` before `from`; `review_by` before `from`.
    pub fn dated(&self) -> Result<DatedRow, Vec<Problem>> {
        self.dated_within(None)
    }

    /// As [`Row::dated`], with a jurisdiction for rows that name none (a file
    /// of one regime, or the `risk` class).
    pub fn dated_within(&self, default: Option<&str>) -> Result<DatedRow, Vec<Problem>> {
        let (head_row, body) = self.split(&HEAD_KEYS);
        let raw: RawHead = head_row.read().map_err(|p| {
            vec![Problem {
                rule: Some(self.id().to_owned()),
                ..p
            }]
        })?;
        let jurisdiction = match default {
            Some(code) if raw.jurisdiction.is_empty() => code.to_owned(),
            _ => raw.jurisdiction,
        };
        let head = RuleHead {
            id: self.id().to_owned(),
            title: raw.title,
            citation: raw.citation,
            jurisdiction: Jurisdiction(jurisdiction),
            in_force: Period {
                from: raw.from,
                until: raw.until,
            },
            known_from: raw.known_from,
            review_by: raw.review_by,
        };
        let problems = self.wrong_with(&head);
        if problems.is_empty() {
            Ok(DatedRow {
                head,
                status: raw.status,
                body,
            })
        } else {
            Err(problems)
        }
    }

    fn wrong_with(&self, head: &RuleHead) -> Vec<Problem> {
        let mut problems = Vec::new();
        let required = [
            ("id", &head.id),
            ("title", &head.title),
            ("citation", &head.citation),
            ("jurisdiction", &head.jurisdiction.0),
        ];
        for (key, value) in required {
            if value.trim().is_empty() {
                problems.push(self.problem_at(key, format!("has no {key}")));
            }
        }
        let Period { from, until } = head.in_force;
        if let (Some(from), Some(until)) = (from, until)
            && until < from
        {
            let text = format!("ends on {until}, before it begins on {from}");
            problems.push(self.problem_at("until", text));
        }
        if let (Some(from), Some(review)) = (from, head.review_by)
            && review < from
        {
            let text = format!("is to be reviewed by {review}, before it begins on {from}");
            problems.push(self.problem_at("review_by", text));
        }
        problems
    }
}

/// The days for which a file says what the law was: `[coverage]` with `from`,
/// optional `until`, and `source`. Outside it nothing can be determined from
/// the file: never today's rule applied to another day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// First and last day covered; an open end has no bound.
    pub period: Period,
    /// Where the facts come from and as of when.
    pub source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCoverage {
    from: Option<Date>,
    until: Option<Date>,
    #[serde(default)]
    source: String,
}

impl Coverage {
    /// Whether the file says what held on the day.
    pub fn covers(&self, day: Date) -> bool {
        self.period.contains(day)
    }
}

impl Document {
    /// The `[coverage]` table; without one the file covers every day.
    pub fn coverage(&self) -> Result<Coverage, Vec<Problem>> {
        let mut problems = Vec::new();
        let Some(row) = self.table("coverage", &mut problems) else {
            return if problems.is_empty() {
                Ok(Coverage::default())
            } else {
                Err(problems)
            };
        };
        let raw: RawCoverage = row.read().map_err(|p| vec![p])?;
        let period = Period {
            from: raw.from,
            until: raw.until,
        };
        if let (Some(from), Some(until)) = (period.from, period.until)
            && until < from
        {
            return Err(vec![row.problem("coverage ends before it begins")]);
        }
        Ok(Coverage {
            period,
            source: raw.source,
        })
    }
}

/// A problem for every id that an earlier row already has.
pub fn unique_ids<'a>(rows: impl IntoIterator<Item = &'a Row>, problems: &mut Vec<Problem>) {
    let mut seen: BTreeMap<String, (String, usize)> = BTreeMap::new();
    for row in rows.into_iter().filter(|row| !row.id().is_empty()) {
        let here = (row.file().to_owned(), row.line());
        if let Some((file, line)) = seen.get(row.id()) {
            problems.push(row.problem(format!("the id is already taken at {file}:{line}")));
        } else {
            seen.insert(row.id().to_owned(), here);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Row> {
        let document = Document::parse("t.toml", text).unwrap();
        document.rows("rule", &mut Vec::new())
    }

    #[test]
    fn a_whole_head_is_read_and_the_rest_left() {
        let text = "[[rule]]\nid='a'\ntitle='T'\ncitation='C'\njurisdiction='US'\nfrom=2020-01-01\nreview_by=2027-01-01\nextra=1\n";
        let dated = rows(text)[0].dated().unwrap();
        assert_eq!(dated.head.jurisdiction.code(), "US");
        assert!(dated.body.has("extra") && !dated.body.has("title"));
        assert_eq!(dated.body.id(), "a");
        assert_eq!(dated.status, Status::Active);
    }

    #[test]
    fn every_fault_of_a_head_is_named() {
        let text = "[[rule]]\nid='a'\nfrom=2020-01-02\nuntil=2020-01-01\nreview_by=2019-01-01\n";
        let problems = rows(text)[0].dated().unwrap_err();
        let all: Vec<String> = problems.iter().map(Problem::to_string).collect();
        assert_eq!(all.len(), 5, "{all:#?}");
        assert!(all.iter().any(|p| p.starts_with("t.toml:4: rule a: ends")));
    }

    #[test]
    fn twice_the_same_id_is_refused() {
        let mut problems = Vec::new();
        unique_ids(&rows("[[rule]]\nid='a'\n[[rule]]\nid='a'\n"), &mut problems);
        assert_eq!(problems.len(), 1);
        assert!(problems[0].text.contains("t.toml:1"), "{problems:?}");
    }
}
