//! The dated, cited head that every row of policy carries, and the span of
//! days that a file covers.

use crate::life::{self, LIFE_KEYS};
use crate::{Document, Life, Problem, Row, Status};
use portcullis_domain::{Date, Jurisdiction, Period, RuleHead};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A row with its head read and checked; `body` is the row without the head's
/// fields (`id` stays, so that problems name the rule).
#[derive(Clone, Debug)]
pub struct DatedRow {
    /// Id, title, citation, jurisdiction and dates.
    pub head: RuleHead,
    /// How far it has come.
    pub status: Status,
    /// Who answers for it, why it is there, when it ends.
    pub life: Life,
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
    /// `until`, `known_from`, `review_by`, `status`, and its life: `sunset`,
    /// `suspended`, `owner`, `rationale`, `note`, `justified_by`, `replaces`.
    /// A sunset is a last day, too; a draft, and what is suspended without
    /// dates, acts on no day. Problems: no id, title, citation or jurisdiction;
    /// a last day or review before the first day; a suspension without source.
    pub fn dated(&self) -> Result<DatedRow, Vec<Problem>> {
        self.dated_within(None)
    }

    /// As [`Row::dated`], with a jurisdiction for rows that name none (a file
    /// of one regime, or the `risk` class).
    pub fn dated_within(&self, default: Option<&str>) -> Result<DatedRow, Vec<Problem>> {
        let (head_row, body) = self.split(&HEAD_KEYS);
        let (_, body) = body.split(&LIFE_KEYS);
        let (life, mut suspended) = life::read(self)?;
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
        let stated = Period {
            from: raw.from,
            until: raw.until,
        };
        let unfit = life::fitting(self, stated, raw.status, &life, &suspended);
        suspended.extend(life::silenced(raw.status, &suspended));
        let head = RuleHead {
            id: self.id().to_owned(),
            title: raw.title,
            citation: raw.citation,
            jurisdiction: Jurisdiction(jurisdiction),
            in_force: Period {
                until: [raw.until, life.sunset].into_iter().flatten().min(),
                ..stated
            },
            known_from: raw.known_from,
            review_by: raw.review_by,
            suspended,
        };
        let mut problems = self.wrong_with(&head, stated);
        problems.extend(unfit);
        if problems.is_empty() {
            Ok(DatedRow {
                head,
                status: raw.status,
                life,
                body,
            })
        } else {
            Err(problems)
        }
    }

    fn wrong_with(&self, head: &RuleHead, stated: Period) -> Vec<Problem> {
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
        let Period { from, until } = stated;
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
        assert_eq!(dated.status, Status::Adopted);
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
    fn a_sunset_is_a_last_day_and_a_draft_has_none_at_all() {
        let head =
            "[[rule]]\nid='a'\ntitle='T'\ncitation='C'\njurisdiction='US'\nfrom=2020-01-01\n";
        let day = |text: &str| text.parse::<Date>().unwrap();
        let applies = |more: &str, as_of: &str| {
            let dated = rows(&format!("{head}{more}"))[0].dated().unwrap();
            dated.head.applies(day(as_of), day("2030-01-01"))
        };
        let sunset = "sunset=2026-06-30\n";
        assert!(applies(sunset, "2026-06-30") && !applies(sunset, "2026-07-01"));
        let earlier = "sunset=2026-06-30\nuntil=2025-12-31\n";
        assert!(!applies(earlier, "2026-01-01"), "the earlier end holds");
        for silent in ["draft", "proposed", "suspended"] {
            assert!(
                !applies(&format!("status='{silent}'\n"), "2026-01-01"),
                "{silent}"
            );
        }
        let span =
            "status='suspended'\nsuspended=[{from=2026-01-01,until=2026-01-31,citation='S'}]\n";
        assert!(applies(span, "2025-12-31") && !applies(span, "2026-01-31"));
        assert!(applies(span, "2026-02-01"));
    }

    #[test]
    fn lives_that_cannot_be_are_refused_with_rule_and_field() {
        let head =
            "[[rule]]\nid='a'\ntitle='T'\ncitation='C'\njurisdiction='US'\nfrom=2026-01-01\n";
        for (more, says) in [
            (
                "sunset=2025-12-31",
                "t.toml:7: rule a: sunset: would lapse on 2025-12-31, before it starts",
            ),
            ("status='lapsed'", "until: a lapsed rule has a last day"),
            (
                "suspended=[{from=2026-02-01}]",
                "suspended: a suspension has no citation",
            ),
            (
                "suspended=[{from=2026-02-01,until=2026-01-01,citation='S'}]",
                "before it begins",
            ),
            (
                "suspended=[{from=2026-02-01,after='ask',citation='S'}]",
                "needs a last day",
            ),
            (
                "suspended=[{until=2025-02-01,citation='S'}]",
                "outside the days",
            ),
            ("owner=5", "rule a:"),
        ] {
            let problems = rows(&format!("{head}{more}\n"))[0].dated().unwrap_err();
            let all: Vec<String> = problems.iter().map(Problem::to_string).collect();
            assert!(all.iter().any(|p| p.contains(says)), "{more}: {all:?}");
        }
    }

    #[test]
    fn twice_the_same_id_is_refused() {
        let mut problems = Vec::new();
        unique_ids(&rows("[[rule]]\nid='a'\n[[rule]]\nid='a'\n"), &mut problems);
        assert_eq!(problems.len(), 1);
        assert!(problems[0].text.contains("t.toml:1"), "{problems:?}");
    }
}
