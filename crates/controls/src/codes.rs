//! Whether the declared codes can be read, and whether they contradict each other.

use crate::country_set::CountrySet;
use crate::eccn::{Declared, EntryNumber};
use crate::goods::{Goods, HsCodes, is_digits};
use crate::places::Places;
use crate::table::{self, words};
use portcullis_domain::{
    About, Citation, CodeScheme, Country, Date, Finding, Movement, Outcome, Question, RuleHead,
    Strength,
};
use portcullis_policy::{PolicyFiles, Problem, Row};
use serde::Deserialize;

/// The codes table.
#[derive(Clone, Debug)]
pub(crate) struct Codes {
    hs_citation: Citation,
    chapters: HsCodes,
    implausible: Dated<Vec<Implausible>>,
    unlisted: Dated<Unlisted>,
    roots: Dated<Vec<String>>,
}

/// A dated contradiction.
#[derive(Clone, Debug)]
struct Dated<T> {
    head: RuleHead,
    what: T,
}

#[derive(Clone, Debug)]
struct Implausible {
    categories: Vec<String>,
    groups: Vec<String>,
    chapters: HsCodes,
}

#[derive(Clone, Debug)]
struct Unlisted {
    tiers: Vec<String>,
    cooperative: CountrySet,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHs {
    cite: String,
    last_chapter: u8,
    reserved: String,
    national: String,
}

impl Codes {
    /// Reads `codes.toml`.
    pub(crate) fn load(
        files: &PolicyFiles,
        places: &Places,
        problems: &mut Vec<Problem>,
    ) -> Option<Codes> {
        let document = table::open(files, "codes.toml", problems)?;
        let section = |key: &str, problems: &mut Vec<Problem>| {
            let row = document.table(key, problems);
            if row.is_none() {
                let text = format!("[{key}] is missing");
                problems.push(Problem::of_file(document.path(), text));
            }
            row
        };
        let hs_row = section("hs", problems)?;
        let hs: RawHs = table::read(&hs_row, problems)?;
        let chapters = table::take(chapters(&hs), &hs_row, "reserved", problems)?;
        let implausible = section("implausible", problems)?;
        let unlisted = section("unlisted", problems)?;
        let roots = section("roots", problems)?;
        let what = read_unlisted(&unlisted, places, problems)?;
        let rows = read_implausible(&implausible, problems);
        Some(Codes {
            hs_citation: Citation(hs.cite),
            chapters,
            implausible: dated(&implausible, &["rows"], rows, problems)?,
            unlisted: dated(&unlisted, &["tiers", "cooperative"], what, problems)?,
            roots: dated(&roots, &["us_only"], words(&roots, "us_only"), problems)?,
        })
    }

    /// The tariff code as declared, if it can be read; otherwise the question.
    pub(crate) fn tariff(&self, goods: &Goods<'_>, movement: Movement) -> Option<Question> {
        let schemes = [CodeScheme::Hs, CodeScheme::Cn, CodeScheme::National];
        let mut declared = goods
            .item
            .codes
            .iter()
            .filter(|c| schemes.contains(&c.scheme));
        let Some(first) = declared.next() else {
            if goods.is_intangible(movement) {
                return None;
            }
            let text = format!("Which Harmonized System code has {}?", goods.label());
            return Some(self.question(goods, "code-missing", text));
        };
        let wrong = std::iter::once(first)
            .chain(declared)
            .find_map(|code| Some((code, self.wrong_with(code.scheme, &code.value)?)))?;
        let (code, why) = wrong;
        let text = format!(
            "The code '{}' of line {} cannot be read: {why}. Which code is meant?",
            code.value,
            goods.at + 1
        );
        Some(self.question(goods, "code-malformed", text))
    }

    fn question(&self, goods: &Goods<'_>, code: &str, text: String) -> Question {
        Question {
            about: About::Item(goods.at),
            code: code.to_owned(),
            text,
            citations: vec![self.hs_citation.clone()],
        }
    }

    fn wrong_with(&self, scheme: CodeScheme, code: &str) -> Option<&'static str> {
        if !is_digits(code) {
            return Some("it is not made of digits");
        }
        let fits = match scheme {
            // A longer national code begins with the HS code.
            CodeScheme::Hs => matches!(code.len(), 6 | 8 | 10),
            CodeScheme::Cn => code.len() == 8,
            _ => (6..=14).contains(&code.len()),
        };
        if !fits {
            return Some("it has not the length of such a code");
        }
        (!self.chapters.contain(code.get(..6).unwrap_or(""))).then_some("there is no such chapter")
    }

    /// Contradictions between the codes of one line: shown, never a stop.
    pub(crate) fn contradictions(
        &self,
        goods: &Goods<'_>,
        tier: Option<&str>,
        destination: Option<Country>,
        (as_of, known): (Date, Date),
    ) -> Vec<Finding> {
        let chapter = self.implausible_chapter(goods);
        let unlisted = self.unlisted_high_priority(goods, tier, destination);
        let roots = self.different_roots(goods);
        [
            (chapter, &self.implausible.head),
            (unlisted, &self.unlisted.head),
            (roots, &self.roots.head),
        ]
        .into_iter()
        .filter(|(_, head)| head.applies(as_of, known))
        .filter_map(|(found, head)| found.map(|text| contradiction(goods, head, text)))
        .collect()
    }

    fn implausible_chapter(&self, goods: &Goods<'_>) -> Option<String> {
        let ((number, _), hs6) = (goods.entry()?, goods.hs6?);
        let meets = self.implausible.what.iter().any(|row| {
            row.categories
                .iter()
                .any(|c| c.starts_with(number.category()))
                && row.groups.iter().any(|g| g.starts_with(number.group()))
                && row.chapters.contain(hs6)
        });
        let text = format!(
            "The control entry {number} and the tariff code {hs6} do not describe the same kind of goods."
        );
        meets.then_some(text)
    }

    fn unlisted_high_priority(
        &self,
        goods: &Goods<'_>,
        tier: Option<&str>,
        destination: Option<Country>,
    ) -> Option<String> {
        let is_unlisted = matches!(goods.eccn, Some((_, Declared::Unlisted)));
        let tier = tier.filter(|tier| self.unlisted.what.tiers.iter().any(|t| t == tier))?;
        if !is_unlisted {
            return None;
        }
        // Among places that control the same goods it says nothing.
        if destination.is_some_and(|d| self.unlisted.what.cooperative.contains(d)) {
            return None;
        }
        Some(format!(
            "The goods are declared as not listed (EAR99), but their tariff code {} is a common high priority code of tier {tier}.",
            goods.hs6.unwrap_or_default()
        ))
    }

    fn different_roots(&self, goods: &Goods<'_>) -> Option<String> {
        let (number, _) = goods.entry()?;
        if self
            .roots
            .what
            .iter()
            .any(|r| r.starts_with(number.regime()))
        {
            return None;
        }
        let declared = goods.item.code(CodeScheme::EuDualUse)?;
        let eu = EntryNumber::parse(declared.get(..5)?)?;
        let text = format!(
            "The EU number {declared} and the ECCN {number} should share their first five characters."
        );
        (eu != number).then_some(text)
    }
}

/// Context: the fact that two codes disagree. What it weighs is for the red flags of policy.
fn contradiction(goods: &Goods<'_>, head: &RuleHead, text: String) -> Finding {
    Finding {
        about: About::Item(goods.at),
        code: "code-contradiction".to_owned(),
        text,
        strength: Strength::Context,
        millibits: 0,
        outcome: Outcome::Release,
        jurisdiction: None,
        rule: Some(head.id.clone()),
        citations: vec![Citation(head.citation.clone())],
    }
}

fn chapters(hs: &RawHs) -> Result<HsCodes, String> {
    let mut known: Vec<String> = (1..=hs.last_chapter).map(|n| format!("{n:02}")).collect();
    let reserved: Vec<&str> = hs.reserved.split_whitespace().collect();
    known.retain(|chapter| !reserved.contains(&chapter.as_str()));
    known.extend(hs.national.split_whitespace().map(str::to_owned));
    HsCodes::parse(&known.join(" "))
}

/// The head of a table and what it says; a key outside `keys` is a problem, so
/// that a misspelt one is never taken for an absent one.
fn dated<T>(row: &Row, keys: &[&str], what: T, problems: &mut Vec<Problem>) -> Option<Dated<T>> {
    let dated = row.dated().map_err(|p| problems.extend(p)).ok()?;
    let expected: Vec<&str> = keys.iter().copied().chain(["id"]).collect();
    dated.body.only_keys(&expected, problems);
    Some(Dated {
        head: dated.head,
        what,
    })
}

fn read_implausible(row: &Row, problems: &mut Vec<Problem>) -> Vec<Implausible> {
    let mut all = Vec::new();
    for row in row.rows("rows", problems) {
        row.only_keys(&["categories", "groups", "chapters"], problems);
        let chapters = HsCodes::parse(row.text("chapters").unwrap_or(""));
        if let Some(chapters) = table::take(chapters, &row, "chapters", problems) {
            all.push(Implausible {
                categories: words(&row, "categories"),
                groups: words(&row, "groups"),
                chapters,
            });
        }
    }
    all
}

fn read_unlisted(row: &Row, places: &Places, problems: &mut Vec<Problem>) -> Option<Unlisted> {
    let groups = places.groups.members(row.text("cooperative").unwrap_or(""));
    Some(Unlisted {
        tiers: words(row, "tiers"),
        cooperative: table::take(groups, row, "cooperative", problems)?,
    })
}
