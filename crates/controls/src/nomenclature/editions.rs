//! The editions of the Harmonized System, from `policies/controls/nomenclatures.toml`.

use super::Nomenclature;
use crate::goods::is_digits;
use crate::table::{self, words};
use portcullis_domain::{Date, RuleHead};
use portcullis_policy::{PolicyFiles, Problem};
use serde::Deserialize;
use std::collections::BTreeMap;

/// One edition.
#[derive(Clone, Debug)]
pub struct Edition {
    /// Its id (also the name of its document), title, source and days.
    pub head: RuleHead,
    /// The year by which concordances name it.
    pub year: u16,
    has: Vec<String>,
    lacks: Vec<String>,
}

/// Every edition, and where the other publications come from.
#[derive(Clone, Debug)]
pub struct Editions {
    editions: Vec<Edition>,
    sources: BTreeMap<String, String>,
}

const FILE: &str = "nomenclatures.toml";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[allow(
        dead_code,
        reason = "the head reads it; it stays in the body to name problems"
    )]
    id: String,
    year: u16,
    #[serde(default)]
    has: String,
    #[serde(default)]
    lacks: String,
}

impl Editions {
    /// Reads and checks the file.
    ///
    /// # Errors
    ///
    /// What is wrong with it, with its line.
    pub fn load(files: &PolicyFiles) -> Result<Editions, Vec<Problem>> {
        let mut problems = Vec::new();
        let read = Editions::read(files, &mut problems);
        read.filter(|_| problems.is_empty()).ok_or(problems)
    }

    pub(crate) fn read(files: &PolicyFiles, problems: &mut Vec<Problem>) -> Option<Editions> {
        let document = table::open(files, FILE, problems)?;
        document.only_keys(&["edition", "sources"], problems);
        let mut editions: Vec<Edition> = Vec::new();
        for row in document.rows("edition", problems) {
            let dated = match row.dated() {
                Ok(dated) => dated,
                Err(wrong) => {
                    problems.extend(wrong);
                    continue;
                }
            };
            let Some(raw) = table::read::<Raw>(&dated.body, problems) else {
                continue;
            };
            let known = editions
                .iter()
                .any(|e| e.year == raw.year || e.head.id == dated.head.id);
            if known {
                problems.push(row.problem_at("year", "this edition stands twice".to_owned()));
            }
            for (key, text) in [("has", &raw.has), ("lacks", &raw.lacks)] {
                if !text.split_whitespace().all(is_digits) {
                    problems.push(row.problem_at(key, "codes are made of digits".to_owned()));
                }
            }
            editions.push(Edition {
                head: dated.head,
                year: raw.year,
                has: words(&row, "has"),
                lacks: words(&row, "lacks"),
            });
        }
        if editions.is_empty() {
            problems.push(Problem::of_file(
                document.path(),
                "[[edition]] is missing".to_owned(),
            ));
        }
        let sources = document.table("sources", problems);
        let sources: BTreeMap<String, String> = sources
            .and_then(|row| table::read(&row, problems))
            .unwrap_or_default();
        Some(Editions { editions, sources })
    }

    /// The years of all editions.
    pub fn years(&self) -> Vec<u16> {
        self.editions.iter().map(|e| e.year).collect()
    }

    /// The edition in force on a day.
    pub fn in_force(&self, day: Date) -> Option<&Edition> {
        self.editions.iter().find(|e| e.head.in_force.contains(day))
    }

    /// The edition of that id.
    pub fn by_id(&self, id: &str) -> Option<&Edition> {
        self.editions.iter().find(|e| e.head.id == id)
    }

    /// The edition that `HS2022`, `hs2022` or `2022` means.
    pub fn by_word(&self, word: &str) -> Option<&Edition> {
        let lower = word.to_ascii_lowercase();
        let year = lower.strip_prefix("hs").unwrap_or(&lower);
        let year: u16 = year.parse().ok()?;
        self.editions.iter().find(|e| e.year == year)
    }

    /// The edition that a table is of, told by codes that only it has or lacks.
    /// An edition without such codes is never told.
    pub fn recognise(&self, table: &Nomenclature) -> Option<&Edition> {
        self.editions.iter().find(|e| {
            !e.has.is_empty()
                && e.has.iter().all(|code| table.contains(code))
                && !e.lacks.iter().any(|code| table.contains(code))
        })
    }

    /// Where a publication comes from, if the file says so.
    pub fn source(&self, name: &str) -> Option<&str> {
        self.sources.get(name).map(String::as_str)
    }
}
