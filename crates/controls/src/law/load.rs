//! Reads a law and what it rests on, and refuses what contradicts itself.

use super::{
    ArmsEmbargo, Article, EndUses, GoodsRule, Hint, Known, Law, NationalRule, Standing, Way,
};
use crate::authorisation;
use crate::control_set::{self, Codes};
use crate::embargo::Effect;
use crate::goods::{HsCodes, HsLists, is_digits};
use crate::table::{self, Table, words};
use portcullis_domain::Citation;
use portcullis_policy::{DatedRow, Document, PolicyFiles, Problem, Row, unique_ids};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// A list of eight-digit codes, for the days it covers.
#[derive(Clone, Debug)]
pub(crate) struct CnList {
    /// Head and coverage.
    pub(crate) table: Table,
    codes: BTreeSet<u32>,
}

impl CnList {
    /// Whether the code stands on it; unknown where it has fewer than eight
    /// digits and some, but not surely all, codes below it do.
    pub(crate) fn contains(&self, tariff: &str) -> portcullis_domain::Truth {
        use portcullis_domain::Truth;
        let digits = tariff.get(..tariff.len().min(8)).unwrap_or_default();
        let Ok(number) = digits.parse::<u32>() else {
            return Truth::Unknown;
        };
        let below = 10_u32.pow(8 - u32::try_from(digits.len()).unwrap_or(8).min(8));
        let first = number.saturating_mul(below);
        let any = self.codes.range(first..first.saturating_add(below)).next();
        match (any, below) {
            (Some(_), 1) => Truth::True,
            (Some(_), _) => Truth::Unknown,
            (None, _) => Truth::False,
        }
    }
}

/// Lists of eight-digit codes by id.
pub(crate) type CnLists = BTreeMap<String, CnList>;

/// Reads a file of eight-digit codes: `[list]`, `[coverage]`, and one section
/// for each list named in `lists`, with a line of six-digit remainders for
/// each chapter.
pub(crate) fn cn_lists(
    files: &PolicyFiles,
    name: &str,
    problems: &mut Vec<Problem>,
) -> Option<CnLists> {
    let document = table::open(files, name, problems)?;
    let (table, body) = Table::read(&document, "list", problems)?;
    let mut lists = CnLists::new();
    for id in words(&body, "lists") {
        let Some(row) = document.table(&id, problems) else {
            problems.push(body.problem_at("lists", format!("[{id}] is missing")));
            continue;
        };
        let mut codes = BTreeSet::new();
        for chapter in row.keys() {
            for rest in row.text(chapter).unwrap_or_default().split_whitespace() {
                let whole = format!("{chapter}{rest}");
                let code = whole.parse::<u32>().ok();
                match code.filter(|_| whole.len() == 8 && is_digits(&whole)) {
                    Some(code) if codes.insert(code) => {}
                    Some(_) => {
                        problems.push(row.problem_at(chapter, format!("'{whole}' stands twice")));
                    }
                    None => {
                        let text = format!("'{whole}' is not eight digits");
                        problems.push(row.problem_at(chapter, text));
                    }
                }
            }
        }
        let table = table.clone();
        lists.insert(id, CnList { table, codes });
    }
    Some(lists)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLaw {
    #[serde(rename = "id")]
    _id: String,
    hint_source: String,
    #[serde(default)]
    not_encoded: Vec<String>,
}

impl Law {
    /// Reads one law from `law` and the authorisations and sets in `beside`.
    pub(crate) fn load(
        files: &PolicyFiles,
        law: &str,
        beside: &[&str],
        (hs_lists, cn_lists, uses): (&HsLists, &CnLists, &EndUses),
        problems: &mut Vec<Problem>,
    ) -> Option<Law> {
        let document = table::open(files, law, problems)?;
        let (table, row) = Table::read(&document, "law", problems)?;
        let raw: RawLaw = table::read(&row, problems)?;
        let mut documents = vec![document];
        for name in beside {
            documents.extend(table::open(files, name, problems));
        }
        let mut sets = control_set::ControlSets::new();
        for document in &documents {
            sets.extend(control_set::read(document, problems));
        }
        let is_use = |id: &str| uses.get(id).is_some_and(|one| one.of_concern);
        let mut authorisations = Vec::new();
        for document in &documents {
            authorisations.extend(authorisation::read(document, &sets, &is_use, problems));
        }
        authorisations.retain(|a| a.head.jurisdiction == table.head.jurisdiction);
        let known = Known {
            hs_lists,
            cn_lists,
            uses,
            sets: &sets,
        };
        let document = documents.first()?;
        let law = Law {
            articles: each(document, "article", problems, |d, p| article(d, &known, p)),
            arms: each(document, "arms_embargo", problems, arms),
            goods: each(document, "goods", problems, |d, p| goods(d, &known, p)),
            national: each(document, "national", problems, national),
            hints: hints(document, problems),
            hint_source: raw.hint_source,
            not_encoded: raw.not_encoded,
            authorisations,
            table,
        };
        law.check(document, problems);
        Some(law)
    }

    /// Every exemption that a goods rule names must be there.
    fn check(&self, document: &Document, problems: &mut Vec<Problem>) {
        for rule in &self.goods {
            for id in &rule.exempt {
                if !self.authorisations.iter().any(|a| a.head.id == *id) {
                    let text = format!("rule {}: no authorisation '{id}'", rule.head.id);
                    problems.push(Problem::of_file(document.path(), text));
                }
            }
        }
    }
}

/// The dated rows of one section; drafts are checked and left out.
fn each<T>(
    document: &Document,
    section: &str,
    problems: &mut Vec<Problem>,
    build: impl Fn(DatedRow, &mut Vec<Problem>) -> Option<T>,
) -> Vec<T> {
    let rows = document.rows(section, problems);
    unique_ids(&rows, problems);
    let mut all = Vec::new();
    for row in &rows {
        match row.dated() {
            Ok(dated) => {
                if dated.head.in_force.until.is_none() && dated.head.review_by.is_none() {
                    problems.push(row.problem("needs a day by which it is reviewed or ends"));
                }
                let adopted = dated.status.is_adopted();
                all.extend(build(dated, problems).filter(|_| adopted));
            }
            Err(wrong) => problems.extend(wrong),
        }
    }
    all
}

fn ways(row: &Row, problems: &mut Vec<Problem>) -> Vec<Way> {
    let mut ways = Vec::new();
    for word in words(row, "ways") {
        let way = Way::parse(&word).ok_or_else(|| format!("'{word}' is not a way of moving goods"));
        ways.extend(table::take(way, row, "ways", problems));
    }
    if ways.is_empty() {
        problems.push(row.problem_at("ways", "names no way of moving goods"));
    }
    ways
}

fn noted(note: &str, row: &Row, problems: &mut Vec<Problem>) {
    if note.trim().is_empty() {
        problems.push(row.problem_at("note", "has no note for exporters"));
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawArticle {
    #[serde(rename = "id")]
    _id: String,
    #[serde(rename = "ways")]
    _ways: String,
    #[serde(default)]
    items: Standing,
    #[serde(default)]
    set: String,
    #[serde(default, rename = "uses")]
    _uses: String,
    #[serde(default)]
    arms_embargo: bool,
    effect: Effect,
    #[serde(default = "question")]
    aware: Effect,
    #[serde(default)]
    decided: String,
}

fn question() -> Effect {
    Effect::Question
}

fn article(dated: DatedRow, known: &Known<'_>, problems: &mut Vec<Problem>) -> Option<Article> {
    let row = dated.body;
    let raw: RawArticle = table::read(&row, problems)?;
    noted(&dated.life.note, &row, problems);
    let uses = words(&row, "uses");
    let of_concern = |id: &&String| known.uses.get(id).is_some_and(|one| one.of_concern);
    for id in uses.iter().filter(|id| !of_concern(id)) {
        problems.push(row.problem_at("uses", format!("no end use of concern '{id}'")));
    }
    let set = known.sets.get(&raw.set).cloned();
    if !raw.set.is_empty() && set.is_none() {
        problems.push(row.problem_at("set", format!("no set of items '{}'", raw.set)));
    }
    if uses.is_empty() != raw.decided.is_empty() {
        let text = "'decided' names the authority's answer and stands with 'uses' only";
        problems.push(row.problem_at("decided", text));
    }
    Some(Article {
        ways: ways(&row, problems),
        head: dated.head,
        note: dated.life.note,
        standing: raw.items,
        set,
        uses,
        arms_embargo: raw.arms_embargo,
        effect: raw.effect,
        aware: raw.aware,
        decided: raw.decided,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawArms {
    #[serde(rename = "id")]
    _id: String,
    #[serde(rename = "countries")]
    _countries: String,
    #[serde(default = "yes")]
    certain: bool,
}

fn yes() -> bool {
    true
}

fn arms(dated: DatedRow, problems: &mut Vec<Problem>) -> Option<ArmsEmbargo> {
    let row = dated.body;
    let raw: RawArms = table::read(&row, problems)?;
    Some(ArmsEmbargo {
        countries: table::countries(&row, "countries", problems),
        head: dated.head,
        certain: raw.certain,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGoods {
    #[serde(rename = "id")]
    _id: String,
    #[serde(default, rename = "countries")]
    _countries: String,
    #[serde(default, rename = "not_countries")]
    _not_countries: String,
    #[serde(rename = "ways")]
    _ways: String,
    #[serde(default)]
    items: Standing,
    #[serde(default)]
    codes: String,
    #[serde(default)]
    hs: String,
    #[serde(default)]
    hs_list: String,
    #[serde(default)]
    cn_list: String,
    effect: Effect,
    #[serde(default)]
    on_route: Option<Effect>,
    #[serde(default)]
    fact: String,
    #[serde(default)]
    question: String,
    #[serde(default, rename = "exempt")]
    _exempt: String,
    #[serde(default)]
    told_only: bool,
}

fn goods(dated: DatedRow, known: &Known<'_>, problems: &mut Vec<Problem>) -> Option<GoodsRule> {
    let row = dated.body;
    let raw: RawGoods = table::read(&row, problems)?;
    noted(&dated.life.note, &row, problems);
    let lists = [
        (
            "hs_list",
            &raw.hs_list,
            known.hs_lists.contains_key(&raw.hs_list),
        ),
        (
            "cn_list",
            &raw.cn_list,
            known.cn_lists.contains_key(&raw.cn_list),
        ),
    ];
    for (key, id, there) in lists {
        if !id.is_empty() && !there {
            problems.push(row.problem_at(key, format!("no list '{id}'")));
        }
    }
    if let Some(list) = known.cn_lists.get(&raw.cn_list) {
        let covered = list.table.coverage.period;
        let days = dated.head.in_force;
        let outlasts =
            covered.until.is_some() && (days.until.is_none() || days.until > covered.until);
        if days.from < covered.from || outlasts {
            let text = format!(
                "the rule holds on days that the list '{}' does not cover",
                raw.cn_list
            );
            problems.push(row.problem_at("cn_list", text));
        }
    }
    if raw.fact.is_empty() != raw.question.is_empty() {
        problems.push(row.problem_at("question", "'fact' and 'question' stand together"));
    }
    let not_countries = row.has("not_countries");
    if row.has("countries") == not_countries {
        problems.push(row.problem_at("countries", "names countries, or countries it is not for"));
    }
    let field = if not_countries {
        "not_countries"
    } else {
        "countries"
    };
    let named = |text: String| Some(text).filter(|text| !text.is_empty());
    Some(GoodsRule {
        countries: table::countries(&row, field, problems),
        not_countries,
        ways: ways(&row, problems),
        standing: raw.items,
        codes: table::take(Codes::parse(&raw.codes), &row, "codes", problems)?,
        hs: table::take(HsCodes::parse(&raw.hs), &row, "hs", problems)?,
        hs_list: named(raw.hs_list),
        cn_list: named(raw.cn_list),
        effect: raw.effect,
        on_route: raw.on_route,
        hangs_on: named(raw.fact).map(|fact| (fact, raw.question)),
        exempt: words(&row, "exempt"),
        told_only: raw.told_only,
        note: dated.life.note,
        head: dated.head,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawNational {
    #[serde(rename = "id")]
    _id: String,
    #[serde(rename = "members")]
    _members: String,
    hs: String,
    fact: String,
    question: String,
    #[serde(default = "yes")]
    asked: bool,
}

fn national(dated: DatedRow, problems: &mut Vec<Problem>) -> Option<NationalRule> {
    let row = dated.body;
    let raw: RawNational = table::read(&row, problems)?;
    noted(&dated.life.note, &row, problems);
    Some(NationalRule {
        members: table::countries(&row, "members", problems),
        hs: table::take(HsCodes::parse(&raw.hs), &row, "hs", problems)?,
        head: dated.head,
        note: dated.life.note,
        fact: raw.fact,
        question: raw.question,
        asked: raw.asked,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHint {
    hs: String,
    numbers: String,
}

fn hints(document: &Document, problems: &mut Vec<Problem>) -> Vec<Hint> {
    let mut hints = Vec::new();
    for row in document.rows("hint", problems) {
        let Some(raw) = table::read::<RawHint>(&row, problems) else {
            continue;
        };
        table::take(Codes::parse(&raw.numbers), &row, "numbers", problems);
        let hs = table::take(HsCodes::parse(&raw.hs), &row, "hs", problems);
        hints.extend(hs.map(|hs| Hint {
            hs,
            numbers: raw.numbers,
        }));
    }
    hints
}

/// The citation of a rule.
pub(super) fn cite(head: &portcullis_domain::RuleHead) -> Citation {
    Citation(head.citation.clone())
}
