//! Laws of the form "what stands on this list needs a licence to leave the
//! territory" (EU, UK): the list, its territory, and the numbers on it.

use crate::country_set::CountrySet;
use crate::eccn::EntryNumber;
use crate::goods::Goods;
use crate::law::says_unlisted;
use crate::table::{self, Table, words};
use portcullis_domain::CodeScheme;
use portcullis_policy::{PolicyFiles, Problem, Row};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The numbers of a control list, by the id of its table.
pub(crate) type Numbers = BTreeMap<String, (Table, BTreeSet<EntryNumber>)>;

/// A law that asks a licence for listed goods.
#[derive(Clone, Debug)]
pub(crate) struct ListRegime {
    /// Head and coverage.
    pub(crate) table: Table,
    /// Leaving it is an export.
    pub(crate) territory: CountrySet,
    schemes: Vec<CodeScheme>,
    numbers: String,
    forms: Vec<String>,
}

/// What a declared control number is to a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum OnList<'a> {
    /// It is one of its numbers, or has the form of one.
    Yes(&'a str),
    /// It is declared as one, but the list has no such number.
    NoSuchNumber(&'a str),
    /// None is declared.
    NotDeclared,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawList {
    #[serde(rename = "id")]
    _id: String,
    territory: String,
    schemes: String,
    numbers: String,
    #[serde(default, rename = "forms")]
    _forms: String,
}

/// Reads `eu-annex-i.toml`: numbers whose existence can be checked.
pub(crate) fn numbers(files: &PolicyFiles, problems: &mut Vec<Problem>) -> Option<Numbers> {
    let document = table::open(files, "eu-annex-i.toml", problems)?;
    let (table, _) = Table::read(&document, "table", problems)?;
    #[derive(Deserialize)]
    struct Raw {
        numbers: Vec<String>,
    }
    let raw: Raw = table::read(document.root(), problems)?;
    let mut known = BTreeSet::new();
    for word in raw.numbers.iter().flat_map(|line| line.split_whitespace()) {
        let number = EntryNumber::parse(word).ok_or_else(|| format!("'{word}' is not a number"));
        known.extend(table::take(number, document.root(), "numbers", problems));
    }
    Some(BTreeMap::from([(table.head.id.clone(), (table, known))]))
}

impl ListRegime {
    /// Reads a file with `[list]` and `[[rule]]`.
    pub(crate) fn load(
        files: &PolicyFiles,
        name: &str,
        numbers: &Numbers,
        problems: &mut Vec<Problem>,
    ) -> Option<ListRegime> {
        let document = table::open(files, name, problems)?;
        let (table, row) = Table::read(&document, "list", problems)?;
        let raw: RawList = table::read(&row, problems)?;
        if !numbers.contains_key(&raw.numbers) {
            problems.push(row.problem_at("numbers", format!("no list '{}'", raw.numbers)));
        }
        let territory = CountrySet::parse(&raw.territory);
        Some(ListRegime {
            territory: table::take(territory, &row, "territory", problems)?,
            schemes: schemes(&raw.schemes, &row, problems),
            forms: words(&row, "forms"),
            numbers: raw.numbers,
            table,
        })
    }

    /// What the line's declared control number is to this list.
    pub(crate) fn on_list<'a>(&self, goods: &Goods<'a>, numbers: &Numbers) -> OnList<'a> {
        let declared = goods
            .item
            .codes
            .iter()
            .find(|c| self.schemes.contains(&c.scheme) && !says_unlisted(c.value.trim()));
        let Some(code) = declared else {
            return OnList::NotDeclared;
        };
        let code = code.value.trim();
        let by_form = self.forms.iter().any(|form| {
            let rest = code
                .get(..form.len())
                .filter(|head| head.eq_ignore_ascii_case(form));
            let digit = code
                .as_bytes()
                .get(form.len())
                .is_some_and(u8::is_ascii_digit);
            rest.is_some() && digit
        });
        let number = code.get(..5).and_then(EntryNumber::parse);
        let known = numbers.get(&self.numbers).zip(number);
        if by_form || known.is_some_and(|((_, known), number)| known.contains(&number)) {
            OnList::Yes(code)
        } else {
            OnList::NoSuchNumber(code)
        }
    }
}

fn schemes(text: &str, row: &Row, problems: &mut Vec<Problem>) -> Vec<CodeScheme> {
    let known = [
        CodeScheme::EuDualUse,
        CodeScheme::UkControl,
        CodeScheme::Eccn,
    ];
    let mut schemes = Vec::new();
    for word in text.split_whitespace() {
        let scheme = known.iter().find(|scheme| scheme.as_str() == word);
        let scheme = scheme.ok_or_else(|| format!("'{word}' is not a scheme of control numbers"));
        schemes.extend(table::take(scheme, row, "schemes", problems));
    }
    schemes
}
