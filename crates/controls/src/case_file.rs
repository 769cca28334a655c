//! Cases that a licensing officer can read: what is asked, of which law, for
//! which day, what should come out, and why. Policy files carry them
//! (`[[case]]`), and a file whose own cases fail is refused.

use crate::case_answer::{CaseInput, Determined, transaction_of};
use crate::circumstances::Circumstances;
use crate::controls::Controls;
use crate::table;
use portcullis_domain::{
    Case, CaseParty, Country, Date, Given, Jurisdiction, Movement, Role, Truth,
};
use portcullis_policy::{Document, Installation, Problem, Row};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The word by which a facet is given as unknown.
const UNKNOWN: &str = "unknown";

/// One case with what it expects.
#[derive(Clone, Debug)]
pub struct LawCase {
    /// What it is about, in words.
    pub name: String,
    /// Why it comes out so, in words.
    pub why: String,
    case: Case,
    law: Jurisdiction,
    as_of: Date,
    known: Date,
    expect: String,
    rules: Vec<String>,
    not_rules: Vec<String>,
    asks: Vec<String>,
    may: Vec<String>,
    met: Vec<String>,
    not_checked: Vec<String>,
    place: Row,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    name: String,
    why: String,
    law: String,
    as_of: Date,
    known: Option<Date>,
    given: RawGiven,
    expect: String,
    #[serde(default)]
    rules: String,
    #[serde(default)]
    not_rules: String,
    #[serde(default)]
    asks: String,
    #[serde(default)]
    may: String,
    #[serde(default)]
    met: String,
    #[serde(default)]
    not_checked: String,
}

/// The facets, as texts; `unknown` is unknown, absent is absent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGiven {
    movement: Option<String>,
    eu_code: Option<String>,
    eccn: Option<String>,
    hs: Option<String>,
    from: Option<String>,
    to: Option<String>,
    via: Option<String>,
    end_use: Option<String>,
    #[serde(default)]
    parties: Vec<RawParty>,
    #[serde(default)]
    answers: BTreeMap<String, bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawParty {
    role: String,
    name: String,
    #[serde(default)]
    country: String,
}

/// Reads the `[[case]]` blocks of a document.
pub fn cases(document: &Document, problems: &mut Vec<Problem>) -> Vec<LawCase> {
    let rows = document.rows("case", problems);
    let read = rows.iter().filter_map(|row| {
        let raw = table::read::<Raw>(row, problems)?;
        table::take(build(raw, row), row, "given", problems)
    });
    read.collect()
}

fn build(raw: Raw, row: &Row) -> Result<LawCase, String> {
    if raw.name.trim().is_empty() || raw.why.trim().is_empty() {
        return Err("a case needs a name and a reason".to_owned());
    }
    let results = ["not_required", "required", "prohibited", "undetermined"];
    if !results.contains(&raw.expect.as_str()) {
        return Err(format!("'{}' is not a result", raw.expect));
    }
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect();
    let law = Jurisdiction::new(&raw.law);
    Ok(LawCase {
        case: facets(raw.given, &raw.name, &law)?,
        name: raw.name,
        why: raw.why,
        law,
        as_of: raw.as_of,
        known: raw.known.unwrap_or(raw.as_of),
        expect: raw.expect,
        rules: words(&raw.rules),
        not_rules: words(&raw.not_rules),
        asks: words(&raw.asks),
        may: words(&raw.may),
        met: words(&raw.met),
        not_checked: words(&raw.not_checked),
        place: row.clone(),
    })
}

fn facets(given: RawGiven, name: &str, law: &Jurisdiction) -> Result<Case, String> {
    let country =
        |text: &str| Country::from_alpha2(text).ok_or_else(|| format!("'{text}' is not a country"));
    let parties = given.parties.into_iter().map(party);
    let parties = parties.collect::<Result<Vec<CaseParty>, String>>()?;
    Ok(Case {
        id: name.to_owned(),
        jurisdictions: Given::Known(vec![law.clone()]),
        movement: facet(given.movement, |text| {
            Movement::parse(text).ok_or_else(|| format!("'{text}' is not a movement"))
        })?,
        eu_code: facet(given.eu_code, |text| Ok(text.to_owned()))?,
        eccn: facet(given.eccn, |text| Ok(text.to_owned()))?,
        hs_code: facet(given.hs, |text| Ok(text.to_owned()))?,
        exporter_country: facet(given.from, country)?,
        destination: facet(given.to, country)?,
        transit: facet(given.via, |text| {
            text.split_whitespace().map(country).collect()
        })?,
        end_use: facet(given.end_use, |text| Ok(text.to_owned()))?,
        parties: if parties.is_empty() {
            Given::Absent
        } else {
            Given::Known(parties)
        },
        answers: given.answers,
        ..Case::default()
    })
}

fn facet<T>(
    text: Option<String>,
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<Given<T>, String> {
    match text.as_deref() {
        None => Ok(Given::Absent),
        Some(UNKNOWN) => Ok(Given::Unknown),
        Some(text) => read(text).map(Given::Known),
    }
}

fn party(raw: RawParty) -> Result<CaseParty, String> {
    let role = Role::parse(&raw.role).ok_or_else(|| format!("'{}' is not a role", raw.role))?;
    let country = match raw.country.as_str() {
        "" => Given::Absent,
        code => Given::Known(
            Country::from_alpha2(code).ok_or_else(|| format!("'{code}' is not a country"))?,
        ),
    };
    Ok(CaseParty {
        role,
        name: Given::Known(raw.name),
        country,
        address: String::new(),
        entity_id: String::new(),
        owners: Given::Absent,
    })
}

impl LawCase {
    /// What comes out of the case.
    pub fn answer(&self, controls: &Controls) -> Determined {
        let installation = Installation {
            name: String::new(),
            home: self.law.clone(),
            also: Vec::new(),
            webhooks: Default::default(),
        };
        let transaction = transaction_of(&self.case);
        controls.determine_case(&CaseInput {
            case: &self.case,
            transaction: &transaction,
            circumstances: &Circumstances::of_case(&self.case),
            installation: &installation,
            party_findings: &[],
            party_questions: &[],
            exceptions_refused: false,
            as_of: self.as_of,
            known: self.known,
        })
    }

    /// What is wrong with what comes out, if anything.
    pub fn check(&self, controls: &Controls) -> Option<Problem> {
        let answer = self.answer(controls);
        let wrong = self.wrong_with(&answer)?;
        let text = format!(
            "case '{}' {wrong} (asked: {}; {})",
            self.name,
            asked(&answer).join(" "),
            answer
                .per_jurisdiction
                .first()
                .map_or("", |law| law.text.as_str())
        );
        Some(self.place.problem(text))
    }

    fn wrong_with(&self, answer: &Determined) -> Option<String> {
        let result = answer.result.as_str();
        if result != self.expect {
            return Some(format!("expects {}, and is {result}", self.expect));
        }
        let steps: Vec<_> = answer
            .per_jurisdiction
            .iter()
            .flat_map(|l| &l.steps)
            .collect();
        let holds = |rule: &String, truth| {
            let mut same = steps.iter().filter(|step| step.rule == *rule);
            same.any(|step| step.truth == truth)
        };
        if let Some(rule) = self.rules.iter().find(|rule| !holds(rule, Truth::True)) {
            return Some(format!("expects the rule {rule} to hold, and it does not"));
        }
        if let Some(rule) = self.not_rules.iter().find(|rule| holds(rule, Truth::True)) {
            return Some(format!("expects the rule {rule} not to hold, and it does"));
        }
        let mut asks = asked(answer);
        asks.sort_unstable();
        let mut expected: Vec<&str> = self.asks.iter().map(String::as_str).collect();
        expected.sort_unstable();
        if asks != expected {
            return Some(format!(
                "expects the questions {expected:?}, and asks {asks:?}"
            ));
        }
        let named = |id: &String| answer.authorisations.iter().find(|a| a.id == *id);
        if let Some(id) = self.may.iter().find(|id| named(id).is_none()) {
            return Some(format!(
                "expects the authorisation {id}, and does not name it"
            ));
        }
        let unmet = |id: &&String| named(id).is_none_or(|a| !a.unmet.is_empty());
        if let Some(id) = self.met.iter().find(unmet) {
            let open = named(id).map(|a| a.unmet.join("; ")).unwrap_or_default();
            return Some(format!("expects {id} to be met; open: {open}"));
        }
        let extra = answer.authorisations.iter().find(|a| {
            let id = &a.id;
            !self.may.contains(id) && !self.met.contains(id)
        });
        if let Some(extra) = extra {
            return Some(format!("does not expect the authorisation {}", extra.id));
        }
        let missing = self.not_checked.iter().find(|f| !left_out(answer, f));
        missing.map(|facet| format!("expects '{facet}' among what was not checked"))
    }
}

/// The fields of the questions that were asked.
fn asked(answer: &Determined) -> Vec<&str> {
    answer.questions.iter().map(|q| q.field.as_str()).collect()
}

/// Whether a facet, or a rule of the law that is asked, was not checked.
fn left_out(answer: &Determined, what: &str) -> bool {
    let of_law = |entry: &String| entry.split_once(": ").is_some_and(|(_, rest)| rest == what);
    let mut all = answer.not_checked.iter();
    all.any(|entry| entry == what || of_law(entry))
}
