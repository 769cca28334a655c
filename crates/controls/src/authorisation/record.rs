//! One record for every authorisation that does not name an exporter:
//! general authorisations, licence exceptions, general licences and
//! humanitarian exemptions, whatever the law.
//!
//! A record says which items and destinations it takes in, which end uses shut
//! it out, and on which conditions it may be used: facts that the case shows or
//! a person must state, and duties (register, report, keep records).
//! [`Authorisation::eligibility`] says how far a case meets them. What is not shown
//! stays open: an authorisation never clears by silence.

use super::Authorised;
use crate::control_set::{Codes, ControlSet};
use crate::country_set::CountrySet;
use crate::eccn::{Declared, EntryNumber, Paragraph};
use crate::goods::HsCodes;
use portcullis_domain::{Citation, Country, Date, Movement, RuleHead, Truth};
use serde::Deserialize;

/// What sort of authorisation it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A general export authorisation (EU001, an OGEL).
    General,
    /// A licence exception (LVS, TMP).
    Exception,
    /// A general licence under a sanctions law.
    GeneralLicence,
    /// An exemption written into a prohibition, for example for medicine.
    Exemption,
    /// A ground on which an authority may grant an individual licence.
    Derogation,
}

impl Kind {
    /// Whether it may be used without asking anybody first.
    pub fn is_self_executing(self) -> bool {
        self != Kind::Derogation
    }
}

/// What a condition asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asks {
    /// Something that must be so; shown by the case or stated by a person.
    #[default]
    Fact,
    /// Something that must be done before, with or after the use.
    Duty,
}

/// One condition of use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The fact that shows it (`use.military`, `eu001.registered`).
    pub fact: String,
    /// The value the fact must have.
    pub expected: bool,
    /// Fact or duty.
    pub asks: Asks,
    /// What it asks, in words an exporter can act on.
    pub text: String,
}

/// One authorisation.
#[derive(Clone, Debug)]
pub struct Authorisation {
    /// Id, title, citation, jurisdiction, dates.
    pub head: RuleHead,
    /// What sort it is.
    pub kind: Kind,
    /// Note for exporters: what it allows and what to do.
    pub note: String,
    /// Whether it lifts what a listed party brings about, not what the goods do.
    pub for_listed: bool,
    /// Conditions of use, in order.
    pub conditions: Vec<Condition>,
    pub(super) movements: Vec<Movement>,
    pub(super) only: Codes,
    pub(super) only_sets: Vec<ControlSet>,
    pub(super) except: Codes,
    pub(super) except_sets: Vec<ControlSet>,
    pub(super) unsure: Codes,
    pub(super) hs: HsCodes,
    pub(super) destinations: Option<CountrySet>,
    pub(super) not_destinations: CountrySet,
    pub(super) unsure_destinations: CountrySet,
    pub(super) excluded_uses: Vec<String>,
}

/// What is known of a fact by its name; `None` if nothing was ever said of it.
pub type FactsOf<'a> = &'a dyn Fn(&str) -> Option<Truth>;

/// The case as an authorisation looks at it.
#[derive(Clone, Copy)]
pub struct Claim<'a> {
    /// What happens to the goods.
    pub movement: Movement,
    /// Declared control number, as written; `None` if the goods are not listed
    /// or none is declared.
    pub code: Option<&'a str>,
    /// Whether the number was known by its form alone (`ML3a`): it is of another
    /// list than the dual-use numbers that authorisations name.
    pub by_form: bool,
    /// Tariff code, digits only.
    pub hs: Option<&'a str>,
    /// Where the goods go in the end.
    pub destination: Option<Country>,
    /// What else is known.
    pub facts: FactsOf<'a>,
    /// The day asked about.
    pub as_of: Date,
    /// The day up to which knowledge is used.
    pub known: Date,
}

/// How far a case meets an authorisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Eligibility {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its source.
    pub citation: Citation,
    /// What sort it is.
    pub kind: Kind,
    /// True: every condition is shown. False: it cannot be used. Unknown: it
    /// may apply; `unmet` says what is open.
    pub truth: Truth,
    /// Whether it takes in the movement, the item and the destination at all.
    pub scope: Truth,
    /// Every condition of use, in words.
    pub conditions: Vec<String>,
    /// The conditions that are not shown to be met, in words.
    pub unmet: Vec<String>,
    /// The facts behind `unmet` that a person can state: name and words.
    pub open: Vec<(String, String)>,
}

impl Authorisation {
    /// Whether every use that it is for is shown by the case.
    pub fn purpose_shown(&self, facts: FactsOf<'_>) -> bool {
        let mut purposes = self
            .conditions
            .iter()
            .filter(|c| c.expected && c.fact.starts_with("use."))
            .peekable();
        purposes.peek().is_some() && purposes.all(|c| facts(&c.fact) == Some(Truth::True))
    }

    /// Whether it is in force on the day, as far as was known.
    pub fn in_force(&self, as_of: Date, known: Date) -> bool {
        self.head.applies(as_of, known)
    }

    /// How far the case meets it; `None` where it is not in force on the day.
    pub fn eligibility(&self, case: &Claim<'_>) -> Option<Eligibility> {
        if !self.in_force(case.as_of, case.known) {
            return None;
        }
        let mut eligible = Eligibility {
            id: self.head.id.clone(),
            title: self.head.title.clone(),
            citation: Citation(self.head.citation.clone()),
            kind: self.kind,
            truth: Truth::from(
                self.movements.is_empty() || self.movements.contains(&case.movement),
            ),
            scope: Truth::True,
            conditions: Vec::new(),
            unmet: Vec::new(),
            open: Vec::new(),
        };
        eligible.scope(self.items(case), || {
            "that the item is one of those covered".to_owned()
        });
        eligible.scope(self.destination(case), || {
            "that the destination is one of those covered".to_owned()
        });
        eligible.scope = eligible.truth;
        for name in &self.excluded_uses {
            let text = format!("no known or notified end use of this kind: {name}");
            eligible.condition(&format!("use.{name}"), false, &text, case.facts);
        }
        for condition in &self.conditions {
            let Condition {
                fact,
                expected,
                text,
                ..
            } = condition;
            eligible.condition(fact, *expected, text, case.facts);
        }
        Some(eligible)
    }

    fn items(&self, case: &Claim<'_>) -> Truth {
        let by_hs = if self.hs.is_empty() {
            Truth::True
        } else {
            case.hs
                .and_then(|hs| hs.get(..6))
                .map_or(Truth::Unknown, |hs6| Truth::from(self.hs.contain(hs6)))
        };
        let looks_at_numbers = !self.only.is_empty() || !self.only_sets.is_empty();
        let by_number = match case.code.map(Declared::parse) {
            Some(Declared::Entry(number, paragraph)) => self.takes_in(number, &paragraph),
            Some(Declared::Malformed) if case.by_form => Truth::from(!looks_at_numbers),
            Some(Declared::Malformed) => Truth::Unknown,
            // Goods on no list: what is for listed items only does not take them in.
            Some(Declared::Unlisted) | None => Truth::from(!looks_at_numbers),
        };
        by_hs.and(by_number)
    }

    fn takes_in(&self, number: EntryNumber, paragraph: &Paragraph) -> Truth {
        let among = |codes: &Codes, sets: &[ControlSet]| {
            let of_sets = sets.iter().map(|set| set.contains(number, paragraph));
            of_sets.fold(codes.contain(number, paragraph), Truth::or)
        };
        let included = if self.only.is_empty() && self.only_sets.is_empty() {
            Truth::True
        } else {
            among(&self.only, &self.only_sets)
        };
        let sure = included.and(!among(&self.except, &self.except_sets));
        match self.unsure.contain(number, paragraph) {
            Truth::False => sure,
            _ => sure.and(Truth::Unknown),
        }
    }

    fn destination(&self, case: &Claim<'_>) -> Truth {
        let Some(to) = case.destination else {
            return Truth::Unknown;
        };
        let included = self.destinations.is_none_or(|set| set.contains(to));
        if !included || self.not_destinations.contains(to) {
            Truth::False
        } else if self.unsure_destinations.contains(to) {
            Truth::Unknown
        } else {
            Truth::True
        }
    }
}

impl Eligibility {
    fn scope(&mut self, truth: Truth, words: impl Fn() -> String) {
        if truth == Truth::Unknown {
            self.unmet.push(words());
        }
        self.truth = self.truth.and(truth);
    }

    fn condition(&mut self, fact: &str, expected: bool, text: &str, facts: FactsOf<'_>) {
        let shown = facts(fact).unwrap_or(Truth::Unknown);
        let met = if expected { shown } else { !shown };
        self.conditions.push(text.to_owned());
        if met != Truth::True {
            self.unmet.push(text.to_owned());
        }
        if met == Truth::Unknown {
            self.open.push((fact.to_owned(), text.to_owned()));
        }
        self.truth = self.truth.and(met);
    }

    /// Whether it might be used at all.
    pub fn is_open(&self) -> bool {
        self.truth != Truth::False
    }

    /// As it stands in an answer.
    pub fn authorised(&self) -> Authorised {
        Authorised {
            id: self.id.clone(),
            conditions: self.conditions.clone(),
            unmet: self.unmet.clone(),
        }
    }
}
