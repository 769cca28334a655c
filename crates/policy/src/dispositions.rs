//! How long judgements on matches are remembered, and when a second person must
//! agree (`dispositions.toml`).

use crate::{DatedRow, PolicyFiles, Problem, Row, RuleView, Status, unique_ids};
use portcullis_domain::{Date, RuleHead};
use serde::Deserialize;

/// The verdicts that rows may name; the words of casework.
const VERDICTS: [&str; 2] = ["same", "not_same"];

/// What is about to be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DispositionCase<'a> {
    /// `same` or `not_same`.
    pub verdict: &'a str,
    /// Whether the name is exactly the same, or an identifier is.
    pub strong: bool,
    /// The score in ten-thousandths.
    pub score: i64,
}

/// What policy says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DispositionTerms {
    /// The rows that ask for a second person; none if one person may judge.
    pub second_person: Vec<String>,
    /// For how many days it may be remembered; 0 if no row says.
    pub longest_days: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawValidity {
    #[serde(rename = "id")]
    _id: String,
    verdict: String,
    longest_days: u32,
    #[serde(default)]
    guidance: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSecond {
    #[serde(rename = "id")]
    _id: String,
    verdict: String,
    #[serde(default)]
    strong: bool,
    score_from: Option<i64>,
    #[serde(default)]
    guidance: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWatch {
    #[serde(rename = "id")]
    _id: String,
    days: u32,
    #[serde(default)]
    guidance: String,
}

/// What stands in place of a verdict for rows that have none.
const NO_VERDICT: &str = "";

#[derive(Debug)]
struct Dated<T> {
    head: RuleHead,
    status: Status,
    verdict: String,
    says: T,
}

impl<T> Dated<T> {
    fn applies(&self, verdict: &str, as_of: Date, known: Date) -> bool {
        self.status.is_adopted() && self.verdict == verdict && self.head.applies(as_of, known)
    }
}

/// When a second person is asked for.
#[derive(Debug)]
struct Second {
    strong: bool,
    /// In ten-thousandths.
    score_from: Option<i64>,
}

/// The rules on judgements.
#[derive(Debug, Default)]
pub struct Dispositions {
    validity: Vec<Dated<u32>>,
    second: Vec<Dated<Second>>,
    watch: Vec<Dated<u32>>,
}

impl Dispositions {
    /// The file it is read from.
    pub const FILE: &str = "dispositions.toml";

    /// Reads `dispositions.toml`. Problems: missing, misspelt, a row without
    /// dates or source, a verdict without validity.
    pub fn load(files: &PolicyFiles) -> Result<Dispositions, Vec<Problem>> {
        let mut problems = Vec::new();
        let (dispositions, _, _) = Dispositions::read(files, &mut problems);
        if problems.is_empty() {
            Ok(dispositions)
        } else {
            Err(problems)
        }
    }

    pub(crate) fn read(
        files: &PolicyFiles,
        problems: &mut Vec<Problem>,
    ) -> (Dispositions, Vec<RuleView>, Vec<Row>) {
        let mut all = Dispositions::default();
        let (mut views, mut rows) = (Vec::new(), Vec::new());
        let document = match files.document(Dispositions::FILE) {
            Ok(document) => document,
            Err(wrong) => {
                problems.extend(wrong);
                return (all, views, rows);
            }
        };
        document.only_keys(&["validity", "second_person", "watch"], problems);
        for row in document.rows("validity", problems) {
            match all.add_validity(&row) {
                Ok(view) => views.push(view),
                Err(wrong) => problems.extend(wrong),
            }
            rows.push(row);
        }
        for row in document.rows("second_person", problems) {
            match all.add_second(&row) {
                Ok(view) => views.push(view),
                Err(wrong) => problems.extend(wrong),
            }
            rows.push(row);
        }
        for row in document.rows("watch", problems) {
            match all.add_watch(&row) {
                Ok(view) => views.push(view),
                Err(wrong) => problems.extend(wrong),
            }
            rows.push(row);
        }
        unique_ids(&rows, problems);
        for verdict in VERDICTS {
            if !all.validity.iter().any(|v| v.verdict == verdict) {
                let text = format!("there is no [[validity]] for '{verdict}'");
                problems.push(Problem::of_file(Dispositions::FILE, text));
            }
        }
        (all, views, rows)
    }

    fn add_validity(&mut self, row: &Row) -> Result<RuleView, Vec<Problem>> {
        let DatedRow {
            head, status, body, ..
        } = row.dated_within(Some(crate::rule::RISK))?;
        let raw: RawValidity = body.read().map_err(|p| vec![p])?;
        known_verdict(row, &raw.verdict)?;
        if raw.longest_days == 0 {
            return Err(vec![
                row.problem_at("longest_days", "must be one day at least"),
            ]);
        }
        let view = RuleView::new(row, &head, status, "validity of judgements")
            .with(
                "effect",
                format!("'{}' for at most {} days", raw.verdict, raw.longest_days),
            )
            .with("guidance", raw.guidance);
        self.validity.push(Dated {
            head,
            status,
            verdict: raw.verdict,
            says: raw.longest_days,
        });
        Ok(view)
    }

    fn add_second(&mut self, row: &Row) -> Result<RuleView, Vec<Problem>> {
        let DatedRow {
            head, status, body, ..
        } = row.dated_within(Some(crate::rule::RISK))?;
        let raw: RawSecond = body.read().map_err(|p| vec![p])?;
        known_verdict(row, &raw.verdict)?;
        if raw.score_from.is_some_and(|s| !(0..=100).contains(&s)) {
            return Err(vec![row.problem_at(
                "score_from",
                "a score lies between 0 and 100 hundredths",
            )]);
        }
        let when = match (raw.strong, raw.score_from) {
            (true, Some(from)) => format!("an exact match with a score from {from}"),
            (true, None) => "an exact match".to_owned(),
            (false, Some(from)) => format!("a score from {from}"),
            (false, None) => "any match".to_owned(),
        };
        let view = RuleView::new(row, &head, status, "second person")
            .with(
                "effect",
                format!("a second person agrees to '{}' on {when}", raw.verdict),
            )
            .with("guidance", raw.guidance);
        self.second.push(Dated {
            head,
            status,
            verdict: raw.verdict,
            says: Second {
                strong: raw.strong,
                score_from: raw.score_from.map(|hundredths| hundredths * 100),
            },
        });
        Ok(view)
    }

    fn add_watch(&mut self, row: &Row) -> Result<RuleView, Vec<Problem>> {
        let DatedRow {
            head, status, body, ..
        } = row.dated_within(Some(crate::rule::RISK))?;
        let raw: RawWatch = body.read().map_err(|p| vec![p])?;
        let view = RuleView::new(row, &head, status, "watched parties")
            .with(
                "effect",
                format!("parties of transactions are watched for {} days", raw.days),
            )
            .with("guidance", raw.guidance);
        self.watch.push(Dated {
            head,
            status,
            verdict: NO_VERDICT.to_owned(),
            says: raw.days,
        });
        Ok(view)
    }

    /// For how many days the parties of an assessed transaction are watched;
    /// 0 if no row says. Of several rows the longest counts.
    pub fn watch_days(&self, as_of: Date, known: Date) -> u32 {
        let rows = self.watch.iter();
        let rows = rows.filter(|w| w.applies(NO_VERDICT, as_of, known));
        rows.map(|w| w.says).max().unwrap_or(0)
    }

    /// What policy says of a judgement about to be made on a day. Several
    /// validities in force: the shortest counts.
    pub fn terms(&self, case: DispositionCase<'_>, as_of: Date, known: Date) -> DispositionTerms {
        let validity = self.validity.iter();
        let validity = validity.filter(|v| v.applies(case.verdict, as_of, known));
        let second = self.second.iter().filter(|row| {
            row.applies(case.verdict, as_of, known)
                && (!row.says.strong || case.strong)
                && row.says.score_from.is_none_or(|from| case.score >= from)
        });
        DispositionTerms {
            second_person: second.map(|row| row.head.id.clone()).collect(),
            longest_days: validity.map(|v| v.says).min().unwrap_or(0),
        }
    }
}

fn known_verdict(row: &Row, verdict: &str) -> Result<(), Vec<Problem>> {
    if VERDICTS.contains(&verdict) {
        return Ok(());
    }
    let text = format!("'{verdict}' is no verdict (known: {})", VERDICTS.join(", "));
    Err(vec![row.problem_at("verdict", text)])
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "title='T'\ncitation='C'\nfrom=2020-01-01\n";

    fn load(text: &str) -> Result<Dispositions, Vec<Problem>> {
        Dispositions::load(&[(Dispositions::FILE, text)].into_iter().collect())
    }

    fn valid() -> String {
        format!(
            "[[validity]]\nid='a'\n{HEAD}verdict='same'\nlongest_days=10\n\
             [[validity]]\nid='b'\n{HEAD}verdict='not_same'\nlongest_days=5\n"
        )
    }

    fn second(case: DispositionCase<'_>, more: &str) -> bool {
        let row = format!("[[second_person]]\nid='s'\n{HEAD}verdict='not_same'\n{more}\n");
        let day: Date = "2026-11-22".parse().unwrap();
        let terms = load(&(valid() + &row)).unwrap().terms(case, day, day);
        assert_eq!(
            terms.longest_days,
            if case.verdict == "same" { 10 } else { 5 }
        );
        !terms.second_person.is_empty()
    }

    #[test]
    fn a_second_person_is_asked_for_where_every_part_of_a_row_applies() {
        let case = |verdict, strong, score| DispositionCase {
            verdict,
            strong,
            score,
        };
        assert!(second(case("not_same", false, 7_000), ""));
        assert!(!second(case("same", true, 10_000), ""));
        assert!(second(case("not_same", true, 7_000), "strong=true"));
        assert!(!second(case("not_same", false, 9_900), "strong=true"));
        assert!(second(case("not_same", false, 9_500), "score_from=95"));
        assert!(!second(case("not_same", false, 9_499), "score_from=95"));
    }

    #[test]
    fn outside_its_dates_nothing_is_remembered() {
        let early: Date = "2019-01-01".parse().unwrap();
        let case = DispositionCase {
            verdict: "same",
            strong: false,
            score: 0,
        };
        assert_eq!(
            load(&valid())
                .unwrap()
                .terms(case, early, early)
                .longest_days,
            0
        );
    }

    #[test]
    fn faults_are_refused() {
        let without = valid().replace("'not_same'", "'same'");
        for bad in [
            "",
            without.as_str(),
            &valid().replace("=5", "=0"),
            &valid().replace("'not_same'", "'no'"),
            &valid().replace("citation='C'\n", ""),
            &valid().replace("id='b'", "id='a'"),
            &(valid()
                + &format!("[[second_person]]\nid='s'\n{HEAD}verdict='same'\nscore_from=101")),
            &(valid() + "[[other]]\nid='x'"),
        ] {
            assert!(load(bad).is_err(), "{bad}");
        }
    }
}
