//! One answer for a case: by law, with its steps, questions and authorisations.

use crate::authorisation::Authorised;
use crate::circumstances::{Circumstances, PartyFacts};
use crate::controls::Controls;
use crate::determine::Input;
use crate::eccn::Declared;
use crate::trace::{Step, TakenStep, Trace, rank};
use portcullis_domain::{
    About, Case, CodeScheme, Country, CountryRole, Date, DeterminationResult, Facet, Finding,
    Given, Item, ItemCode, Jurisdiction, Measure, Money, Movement, Name, NameKind, Party,
    PartyInRole, Presence, Provenance, RelatedCountry, Transaction,
};
use portcullis_domain::{Address, Quantity};
use portcullis_policy::Installation;
use serde::Serialize;

/// What is asked of a case.
pub struct CaseInput<'a> {
    /// The case.
    pub case: &'a Case,
    /// Its transaction, from [`transaction_of`].
    pub transaction: &'a Transaction,
    /// From [`Circumstances::of_case`], with what is known of the parties.
    pub circumstances: &'a Circumstances,
    /// Whose law is asked where the case names none and shows none.
    pub installation: &'a Installation,
    /// What the lists say of the parties.
    pub party_findings: &'a [Finding],
    /// What is open about the parties: the field, and the question.
    pub party_questions: &'a [CaseQuestion],
    /// Whether a listed party forbids every licence exception.
    pub exceptions_refused: bool,
    /// The day for which the question is asked.
    pub as_of: Date,
    /// The day up to which knowledge is used.
    pub known: Date,
}

/// A question that would help to decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CaseQuestion {
    /// Machine-readable code.
    pub code: String,
    /// The field whose value would answer.
    pub field: String,
    /// The question, in words.
    pub text: String,
}

/// What one law says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LawAnswer {
    /// Whose law.
    pub jurisdiction: Jurisdiction,
    /// What it says.
    pub result: DeterminationResult,
    /// Why, in plain words.
    pub text: String,
    /// Every rule that was looked at.
    pub steps: Vec<TakenStep>,
}

/// The answer to a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Determined {
    /// Version of this form.
    pub v: u8,
    /// The case.
    pub id: String,
    /// The strictest of all laws asked; a known requirement is stricter than a doubt.
    pub result: DeterminationResult,
    /// One for each law asked.
    pub per_jurisdiction: Vec<LawAnswer>,
    /// What would decide, each once.
    pub questions: Vec<CaseQuestion>,
    /// What may overcome a requirement.
    pub authorisations: Vec<Authorised>,
    /// Ids of the rules, tables and prohibitions that were checked.
    pub checked: Vec<String>,
    /// Facets that are no part of the case, so that nothing that rests on them was checked.
    pub not_checked: Vec<String>,
    /// The day for which it was asked.
    pub as_of: Date,
    /// The day up to which knowledge was used.
    pub known: Date,
}

/// The transaction that a case describes. Unknown and absent facets are both
/// missing there; [`Circumstances`] tells them apart.
pub fn transaction_of(case: &Case) -> Transaction {
    let text = |given: &Given<String>| given.known().cloned().unwrap_or_default();
    let codes = [
        (CodeScheme::Hs, &case.hs_code),
        (CodeScheme::Eccn, &case.eccn),
        (CodeScheme::EuDualUse, &case.eu_code),
    ];
    let codes = codes.into_iter().filter_map(|(scheme, given)| {
        let value = given.known()?.clone();
        let scheme = match scheme {
            CodeScheme::Hs => tariff_scheme(&value),
            other => other,
        };
        Some(ItemCode { scheme, value })
    });
    let currency = text(&case.currency);
    let item = Item {
        number: 1,
        codes: codes.collect(),
        quantity: case.quantity.known().map(|amount: &Quantity| Measure {
            amount: *amount,
            unit: text(&case.unit),
        }),
        value: case
            .value
            .known()
            .map(|scaled| Money::from_scaled(*scaled, &currency)),
        origin: case.origin.known().copied(),
        parameters: case.parameters.known().cloned().unwrap_or_default(),
        ..Item::default()
    };
    Transaction {
        reference: case.id.clone(),
        movement: case.movement.known().copied().unwrap_or(Movement::Unknown),
        items: vec![item],
        dispatch: case.exporter_country.known().copied(),
        destination: case.destination.known().copied(),
        route: case.transit.known().cloned().unwrap_or_default(),
        end_use: text(&case.end_use),
        parties: case
            .parties
            .known()
            .into_iter()
            .flatten()
            .map(party)
            .collect(),
        ..Transaction::default()
    }
}

fn tariff_scheme(code: &str) -> CodeScheme {
    match code.len() {
        6 => CodeScheme::Hs,
        8 => CodeScheme::Cn,
        _ => CodeScheme::National,
    }
}

fn party(of_case: &portcullis_domain::CaseParty) -> PartyInRole {
    let country = of_case.country.known().copied();
    let name = of_case.name.known();
    let residence = |country: Country| RelatedCountry {
        role: CountryRole::Residence,
        country,
    };
    let address = Address {
        street: of_case.address.clone(),
        country,
        ..Address::default()
    };
    let party = Party {
        names: name
            .map(|name| Name::new(NameKind::Primary, name.clone()))
            .into_iter()
            .collect(),
        addresses: (!of_case.address.is_empty())
            .then_some(address)
            .into_iter()
            .collect(),
        countries: country.map(residence).into_iter().collect(),
        ..Party::default()
    };
    PartyInRole {
        role: of_case.role,
        party,
        item: None,
        provenance: if name.is_some() {
            Provenance::Declared
        } else {
            Provenance::Unnamed
        },
    }
}

impl Controls {
    /// The laws that a case asks: those it names; where it names none, those
    /// that it shows (from where it leaves, what is made where, whose control
    /// number is given); where it shows none, that of the installation.
    pub fn laws_of(&self, case: &Case, installation: &Installation) -> Vec<Jurisdiction> {
        if let Some(named) = case.jurisdictions.known().filter(|named| !named.is_empty()) {
            return named.clone();
        }
        let from = case.exporter_country.known().copied();
        let within = |territory: &crate::country_set::CountrySet| {
            from.is_some_and(|country| territory.contains(country))
        };
        let of_us = within(&self.places.territory)
            || case.eccn.known().is_some()
            || case
                .origin
                .known()
                .is_some_and(|o| self.places.territory.contains(*o));
        let shown = [
            (&self.us.scope.jurisdiction, of_us),
            (&self.eu.table.head.jurisdiction, within(&self.eu.territory)),
            (&self.uk.table.head.jurisdiction, within(&self.uk.territory)),
        ];
        let mut laws: Vec<Jurisdiction> = shown
            .into_iter()
            .filter(|(_, shown)| *shown)
            .map(|(law, _)| law.clone())
            .collect();
        if laws.is_empty() {
            laws.push(installation.home.clone());
        }
        laws
    }

    /// Why a case cannot be put to the law at all: the field, and what is wrong
    /// with it. A number that only is on no list is a question, not refused.
    pub fn refuse(&self, case: &Case) -> Option<(String, String)> {
        let code = case.eccn.known()?;
        let shaped = Declared::parse(code) != Declared::Malformed || looks_like_munitions(code);
        (!shaped).then(|| {
            let text = format!("'{code}' is not a control number of the form 3A001.b.4, nor EAR99");
            (Facet::Eccn.as_str().to_owned(), text)
        })
    }

    /// Determines a case under every law that it asks.
    pub fn determine_case(&self, asked: &CaseInput<'_>) -> Determined {
        let mut circumstances = asked.circumstances.clone();
        circumstances.laws = self.laws_of(asked.case, asked.installation);
        let input = Input {
            transaction: asked.transaction,
            circumstances: &circumstances,
            installation: asked.installation,
            items: &[],
            party_findings: asked.party_findings,
            exceptions_refused: asked.exceptions_refused,
            as_of: asked.as_of,
            known: asked.known,
        };
        let mut traces = if input.transaction.movement == Movement::Import {
            Vec::new()
        } else {
            self.walk(&input)
        };
        for law in &circumstances.laws {
            if !traces.iter().any(|trace| trace.jurisdiction() == law) {
                traces.push(self.not_walked(law, &input));
            }
        }
        for trace in &mut traces {
            ask_unknown(trace, asked.case);
            ask_parties(trace, asked.party_questions);
        }
        collect(asked, &traces)
    }

    /// A law that was asked and not walked: goods that come in are not its
    /// question, and of a law that is not held nothing can be said.
    fn not_walked(&self, law: &Jurisdiction, input: &Input<'_>) -> Trace {
        let mut trace = Trace::new(law, true);
        let held = [&self.us.scope, &self.eu.table.head, &self.uk.table.head];
        match held.iter().find(|head| head.jurisdiction == *law) {
            Some(head) if input.transaction.movement == Movement::Import => {
                trace.check(
                    &head.id,
                    &portcullis_domain::Citation(head.citation.clone()),
                );
                let text = "Goods that come in are not exported: no export licence is asked.";
                trace.raise(DeterminationResult::NotRequired, text);
            }
            _ => {
                let text = format!("What does the law of {law} ask? No rules of it are held here.");
                let step = Step {
                    about: About::Transaction,
                    code: "law-not-held",
                    text: text.clone(),
                    rule: "law-not-held",
                    citations: vec![portcullis_domain::Citation(format!("law of {law}"))],
                };
                trace.ask_for(Facet::Jurisdictions.as_str(), step, text);
            }
        }
        trace
    }
}

/// What was given as unknown is asked, under every law: it never passes.
fn ask_unknown(trace: &mut Trace, case: &Case) {
    for facet in Facet::ALL {
        if case.presence(facet) != Presence::Unknown {
            continue;
        }
        let field = facet.as_str();
        if trace.asked().any(|(_, about)| about == field) {
            continue;
        }
        let text = question_of(facet).to_owned();
        let step = Step {
            about: About::Transaction,
            code: "facet-unknown",
            text: text.clone(),
            rule: field,
            citations: Vec::new(),
        };
        trace.ask_for(field, step, format!("Not known: {field}."));
    }
}

fn ask_parties(trace: &mut Trace, questions: &[CaseQuestion]) {
    for question in questions {
        let step = Step {
            about: About::Transaction,
            code: &question.code,
            text: question.text.clone(),
            rule: &question.code,
            citations: Vec::new(),
        };
        trace.ask_for(&question.field, step, question.text.clone());
    }
}

/// A category of the munitions list (`XI(b)`), which is asked about.
fn looks_like_munitions(code: &str) -> bool {
    let roman: String = code
        .chars()
        .take_while(|c| matches!(c.to_ascii_uppercase(), 'I' | 'V' | 'X'))
        .collect();
    let rest = &code[roman.len()..];
    !roman.is_empty() && (rest.is_empty() || rest.starts_with('(') || rest.starts_with('.'))
}

/// What is asked where a facet is unknown.
fn question_of(facet: Facet) -> &'static str {
    match facet {
        Facet::Jurisdictions => "Whose law is asked?",
        Facet::Movement => {
            "What happens to the item: export, reexport, transit, transfer, brokering, assistance?"
        }
        Facet::Eccn => "Which US control number (ECCN) has the item, or is it EAR99?",
        Facet::EuCode => {
            "Which number of the EU or UK dual-use list has the item, or is it not listed?"
        }
        Facet::HsCode => "Which tariff code (HS, at least six digits) has the item?",
        Facet::Origin => "In which country was the item made?",
        Facet::UsContent => {
            "Which share of the item's value is controlled content of US origin, in percent?"
        }
        Facet::ExporterCountry => "From which country does the item leave?",
        Facet::Destination => "To which country does the item go in the end?",
        Facet::Transit => "Through which countries does the item pass?",
        Facet::EndUse => "What will the item be used for, and by whom?",
        Facet::Parties => "Who buys, receives and uses the item?",
        Facet::Quantity => "How many or how much of the item is supplied?",
        Facet::Unit => "In which unit is the quantity given?",
        Facet::Value => "What is the value of the item?",
        Facet::Currency => "In which currency is the value given?",
        Facet::Parameters => "Which technical parameters has the item?",
    }
}

/// The traces of all laws as one answer.
fn collect(asked: &CaseInput<'_>, traces: &[Trace]) -> Determined {
    let strictest = traces.iter().map(Trace::result).max_by_key(|r| rank(*r));
    let mut determined = Determined {
        v: 1,
        id: asked.case.id.clone(),
        result: strictest.unwrap_or(DeterminationResult::Undetermined),
        per_jurisdiction: Vec::with_capacity(traces.len()),
        questions: Vec::new(),
        authorisations: Vec::new(),
        checked: Vec::new(),
        not_checked: Facet::ALL
            .into_iter()
            .filter(|f| asked.case.presence(*f) == Presence::Absent)
            .map(|f| f.as_str().to_owned())
            .collect(),
        as_of: asked.as_of,
        known: asked.known,
    };
    let owners_told = |p: &PartyFacts| p.owners.presence() != Presence::Absent;
    let parties = &asked.circumstances.parties;
    if !parties.is_empty() && !parties.iter().all(owners_told) {
        determined.not_checked.push("parties.owners".to_owned());
    }
    for trace in traces {
        add(trace, asked.case, &mut determined);
    }
    determined
}

fn add(trace: &Trace, case: &Case, to: &mut Determined) {
    let determination = trace.determination();
    to.per_jurisdiction.push(LawAnswer {
        jurisdiction: determination.jurisdiction,
        result: determination.result,
        text: determination.text,
        steps: trace.steps().to_vec(),
    });
    to.not_checked.extend_from_slice(trace.left_out());
    for id in trace.checked() {
        if !to.checked.contains(id) {
            to.checked.push(id.clone());
        }
    }
    for authorised in trace.authorised() {
        if !to.authorisations.contains(authorised) {
            to.authorisations.push(authorised.clone());
        }
    }
    // Where the law is clear already, only what was given as unknown is asked.
    let open = trace.result() == DeterminationResult::Undetermined;
    for (question, field) in trace.asked() {
        let unknown = Facet::ALL
            .iter()
            .any(|facet| facet.as_str() == field && case.presence(*facet) == Presence::Unknown);
        let asks = CaseQuestion {
            code: question.code.clone(),
            field: field.to_owned(),
            text: question.text.clone(),
        };
        if (open || unknown) && !to.questions.contains(&asks) {
            to.questions.push(asks);
        }
    }
}
