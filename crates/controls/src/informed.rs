//! **"Is informed" letters**: an authority tells an exporter that an item, a
//! party or a destination needs a licence. Each is a dated rule in
//! `policies/informed/*.toml`, bound to parties or items, and reaches every
//! later transaction that meets it, whoever enters it.

use crate::control_set::Codes;
use crate::country_set::CountrySet;
use crate::eccn::Declared;
use crate::goods::HsCodes;
use crate::matter::{Matter, MatterParty};
use crate::table;
use portcullis_domain::{Date, Facet, Given, Jurisdiction, RuleHead, Truth};
use portcullis_policy::{DatedRow, PolicyFiles, Problem, Row, unique_ids};
use serde::Deserialize;

/// What the letter asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterEffect {
    /// A licence is needed.
    LicenceRequired,
    /// It may not go at all.
    Prohibited,
}

/// One letter.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Id, title, reference of the letter, jurisdiction, dates.
    pub head: RuleHead,
    /// Who wrote it.
    pub authority: String,
    /// What it asks.
    pub effect: LetterEffect,
    /// What an exporter should know and do.
    pub note: String,
    names: Vec<String>,
    entity_ids: Vec<String>,
    codes: Codes,
    hs: HsCodes,
    destinations: Option<CountrySet>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(rename = "id")]
    _id: String,
    authority: String,
    effect: LetterEffect,
    #[serde(default)]
    names: Vec<String>,
    #[serde(default)]
    entity_ids: Vec<String>,
    #[serde(default)]
    codes: String,
    #[serde(default)]
    hs: String,
    #[serde(default, rename = "destinations")]
    _destinations: String,
}

/// How a case meets a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Met {
    /// Whether the letter reaches the case.
    pub(crate) truth: Truth,
    /// Facets that the letter looks at and that were not supplied.
    pub(crate) not_supplied: Vec<Facet>,
    /// Facets that were supplied as unknown and would decide.
    pub(crate) unknown: Vec<Facet>,
}

/// Every letter that may act, of every authority.
#[derive(Clone, Debug, Default)]
pub struct Informed(Vec<Letter>);

impl Informed {
    /// Reads `policies/informed/*.toml`; without the folder there are none.
    pub(crate) fn load(files: &PolicyFiles, problems: &mut Vec<Problem>) -> Informed {
        let mut rows = Vec::new();
        for document in files.documents("informed/", problems) {
            document.only_keys(&["informed"], problems);
            rows.extend(document.rows("informed", problems));
        }
        unique_ids(&rows, problems);
        let mut letters = Vec::new();
        for row in &rows {
            match row.dated() {
                Ok(dated) => {
                    let active = dated.status.is_adopted();
                    letters.extend(Letter::build(dated, problems).filter(|_| active));
                }
                Err(wrong) => problems.extend(wrong),
            }
        }
        Informed(letters)
    }

    /// The laws under which letters are held, each once.
    pub(crate) fn laws(&self) -> Vec<&Jurisdiction> {
        let mut laws: Vec<&Jurisdiction> = Vec::new();
        for letter in &self.0 {
            if !laws.contains(&&letter.head.jurisdiction) {
                laws.push(&letter.head.jurisdiction);
            }
        }
        laws
    }

    /// The letters of one jurisdiction in force on the day, as far as was known.
    pub fn of<'a>(
        &'a self,
        jurisdiction: &'a Jurisdiction,
        as_of: Date,
        known: Date,
    ) -> impl Iterator<Item = &'a Letter> {
        self.0.iter().filter(move |letter| {
            letter.head.jurisdiction == *jurisdiction && letter.head.applies(as_of, known)
        })
    }
}

impl Letter {
    fn build(dated: DatedRow, problems: &mut Vec<Problem>) -> Option<Letter> {
        let row = dated.body;
        let raw: Raw = table::read(&row, problems)?;
        let letter = Letter {
            codes: table::take(Codes::parse(&raw.codes), &row, "codes", problems)?,
            hs: table::take(HsCodes::parse(&raw.hs), &row, "hs", problems)?,
            destinations: row
                .has("destinations")
                .then(|| table::countries(&row, "destinations", problems)),
            names: raw.names.iter().map(|name| fold(name)).collect(),
            entity_ids: raw.entity_ids,
            authority: raw.authority,
            effect: raw.effect,
            note: dated.life.note,
            head: dated.head,
        };
        letter.check(&row, problems);
        Some(letter)
    }

    fn check(&self, row: &Row, problems: &mut Vec<Problem>) {
        if !self.looks_at_parties() && self.codes.is_empty() && self.hs.is_empty() {
            problems.push(row.problem("is bound to no party and no item"));
        }
        if self.names.iter().any(String::is_empty) {
            problems.push(row.problem_at("names", "a name has no letters"));
        }
        if self.authority.trim().is_empty() {
            problems.push(row.problem_at("authority", "names no authority"));
        }
        if self.note.trim().is_empty() {
            problems.push(row.problem_at("note", "has no note for exporters"));
        }
        if self.head.in_force.from.is_none() {
            problems.push(row.problem_at("from", "a letter needs the day from which it holds"));
        }
    }

    fn looks_at_parties(&self) -> bool {
        !self.names.is_empty() || !self.entity_ids.is_empty()
    }

    /// Whether the letter reaches the case: each thing it is bound to must meet.
    pub(crate) fn meets(&self, case: &Matter<'_>) -> Met {
        let mut met = Met {
            truth: Truth::True,
            not_supplied: Vec::new(),
            unknown: Vec::new(),
        };
        if self.looks_at_parties() {
            let by_party = shown(&case.parties, Facet::Parties, &mut met, |parties| {
                let named = |name: &&str| self.names.contains(&fold(name));
                let known = |id: &&str| self.entity_ids.iter().any(|own| own == id);
                let any = |party: &MatterParty<'_>| {
                    party.names.iter().any(named) || party.entity_ids.iter().any(known)
                };
                Truth::from(parties.iter().any(any))
            });
            met.truth = met.truth.and(by_party);
        }
        if !self.codes.is_empty() || !self.hs.is_empty() {
            let by_item = self.item(case, &mut met);
            met.truth = met.truth.and(by_item);
        }
        if let Some(set) = self.destinations {
            let by_place = shown(&case.destination, Facet::Destination, &mut met, |to| {
                Truth::from(set.contains(*to))
            });
            met.truth = met.truth.and(by_place);
        }
        met
    }

    /// By control number of either scheme, or by tariff code: one is enough.
    fn item(&self, case: &Matter<'_>, met: &mut Met) -> Truth {
        let number = |code: &&str| match Declared::parse(code) {
            Declared::Entry(number, paragraph) => self.codes.contain(number, &paragraph),
            Declared::Unlisted => Truth::False,
            Declared::Malformed => {
                Truth::from(!code.eq_ignore_ascii_case("none")).and(Truth::Unknown)
            }
        };
        let mut truth = Truth::False;
        if !self.codes.is_empty() {
            truth = truth.or(shown(&case.eccn, Facet::Eccn, met, number));
            truth = truth.or(shown(&case.eu_code, Facet::EuCode, met, number));
        }
        if !self.hs.is_empty() {
            truth = truth.or(shown(&case.tariff, Facet::HsCode, met, |code| {
                Truth::from(code.get(..6).is_some_and(|hs6| self.hs.contain(hs6)))
            }));
        }
        truth
    }
}

/// What a facet shows; an absent one shows nothing and is noted.
fn shown<T>(facet: &Given<T>, which: Facet, met: &mut Met, test: impl Fn(&T) -> Truth) -> Truth {
    match facet {
        Given::Known(value) => test(value),
        Given::Unknown => {
            met.unknown.push(which);
            Truth::Unknown
        }
        Given::Absent => {
            met.not_supplied.push(which);
            Truth::False
        }
    }
}

/// Letters and digits only, in lower case, so that spacing and points do not matter.
fn fold(name: &str) -> String {
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use portcullis_domain::Country;

    const HEAD: &str = "title='T'\ncitation='Letter 7'\njurisdiction='EU'\nfrom=2025-03-01\nknown_from=2025-03-10\nauthority='Authority'\neffect='licence_required'\nnote='Apply.'\n";

    fn load(body: &str) -> (Informed, Vec<Problem>) {
        let text = format!("[[informed]]\nid='a'\n{HEAD}{body}");
        let files: PolicyFiles = [("informed/t.toml", text)].into_iter().collect();
        let mut problems = Vec::new();
        let informed = Informed::load(&files, &mut problems);
        (informed, problems)
    }

    fn case<'a>(name: &'a str, hs: &'a str) -> Matter<'a> {
        let party = MatterParty {
            names: vec![name],
            ..MatterParty::default()
        };
        Matter {
            parties: Given::Known(vec![party]),
            tariff: Given::Known(hs),
            destination: Given::Known(Country::from_alpha2("AE").unwrap()),
            ..Matter::default()
        }
    }

    #[test]
    fn a_letter_reaches_what_it_is_bound_to() {
        let (informed, problems) =
            load("names=['Gulf Pumps L.L.C.']\nhs='8413'\ndestinations='AE'\n");
        assert!(problems.is_empty(), "{problems:?}");
        let day = |text: &str| text.parse::<Date>().unwrap();
        let law = Jurisdiction::new("EU");
        let on = |as_of: &str, known: &str| informed.of(&law, day(as_of), day(known)).count();
        assert_eq!(on("2025-03-05", "2026-01-01"), 1);
        assert_eq!(on("2025-03-05", "2025-03-05"), 0, "not yet known");
        assert_eq!(on("2025-02-01", "2026-01-01"), 0, "not yet in force");
        let letter = &informed.0[0];
        assert_eq!(
            letter.meets(&case("GULF PUMPS LLC", "841360")).truth,
            Truth::True
        );
        assert_eq!(
            letter.meets(&case("Gulf Pumps LLC", "841460")).truth,
            Truth::False
        );
        assert_eq!(letter.meets(&case("Another", "841360")).truth, Truth::False);
        let mut unknown = case("Gulf Pumps LLC", "841360");
        unknown.tariff = Given::Unknown;
        assert_eq!(letter.meets(&unknown).unknown, [Facet::HsCode]);
    }

    #[test]
    fn a_letter_bound_to_nothing_is_refused() {
        let (_, problems) = load("destinations='AE'\n");
        assert!(
            problems[0].text.contains("bound to no party"),
            "{problems:?}"
        );
        let (_, problems) = load("names=['A']\nuntil=2024-01-01\n");
        assert!(
            problems[0].text.contains("before it begins"),
            "{problems:?}"
        );
    }
}
