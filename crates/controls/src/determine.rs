//! One determination for every jurisdiction asked.

use crate::circumstances::Circumstances;
use crate::controls::Controls;
use crate::country_set::CountrySet;
use crate::goods::Goods;
use crate::informed::LetterEffect;
use crate::matter::Matter;
use crate::trace::{Step, Trace};
use crate::{eu, uk, us};
use portcullis_domain::{
    About, Citation, Date, Determination, DeterminationResult, Facet, Finding, Item, Jurisdiction,
    Movement, Outcome, Presence, Question, Strength, Transaction, Truth,
};
use portcullis_policy::{Installation, ItemControl};

/// What is asked.
pub struct Input<'a> {
    /// The transaction as declared.
    pub transaction: &'a Transaction,
    /// What the question carries beyond the transaction.
    pub circumstances: &'a Circumstances,
    /// Whose law binds; a case names the laws it asks itself.
    pub installation: &'a Installation,
    /// The control facts of each line, from [`Controls::items`].
    pub items: &'a [ItemControl],
    /// What policy found. Legal and presumptive findings of a jurisdiction that
    /// forbid or ask a licence decide its determination.
    pub party_findings: &'a [Finding],
    /// Whether a listed party forbids every licence exception.
    pub exceptions_refused: bool,
    /// The day for which the question is asked.
    pub as_of: Date,
    /// The day up to which knowledge is used.
    pub known: Date,
}

impl Input<'_> {
    /// Whether a law decides here. What a case asks, it asks of a law that decides.
    pub(crate) fn binds(&self, law: &Jurisdiction) -> bool {
        self.circumstances.is_case() || self.installation.binds(law)
    }

    /// Whether a law is asked: by the case, or because it binds or the goods
    /// leave its territory.
    pub(crate) fn asks(&self, law: &Jurisdiction, territory: &CountrySet) -> bool {
        if self.circumstances.is_case() {
            return self.circumstances.laws.contains(law);
        }
        let dispatch = self.transaction.dispatch;
        self.installation.binds(law) || dispatch.is_some_and(|d| territory.contains(d))
    }

    /// Whether the goods leave a territory. Where a case does not say, it asks
    /// of goods that do; a declaration that does not say was lodged at home.
    pub(crate) fn leaves(&self, territory: &CountrySet, law: &Jurisdiction) -> Truth {
        if let Some(dispatch) = self.transaction.dispatch {
            return Truth::from(territory.contains(dispatch));
        }
        match self.circumstances.presence(Facet::ExporterCountry) {
            None => Truth::from(self.installation.home == *law),
            Some(Presence::Unknown) => Truth::Unknown,
            Some(_) => Truth::True,
        }
    }
}

/// What the control tables say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// One per jurisdiction asked, binding ones first; none for imports.
    pub determinations: Vec<Determination>,
    /// Legal findings of the laws that bind, context of those that do not, and
    /// contradictory codes.
    pub findings: Vec<Finding>,
    /// What would settle what is open.
    pub questions: Vec<Question>,
}

impl Controls {
    /// Determines whether the goods may leave. Imports are not asked.
    pub fn determine(&self, input: &Input<'_>) -> Answer {
        if input.transaction.movement == Movement::Import {
            return Answer::default();
        }
        let traces = self.walk(input);
        let mut answer = self.code_answer(input);
        for trace in traces {
            answer.determinations.push(trace.determination());
            answer.findings.extend(trace.findings);
            answer.questions.extend(trace.questions);
        }
        answer
    }

    /// One walk for each law asked, those that bind first.
    pub(crate) fn walk(&self, input: &Input<'_>) -> Vec<Trace> {
        let each = [us::walk, eu::walk, uk::walk];
        let mut traces: Vec<Trace> = each.iter().filter_map(|walk| walk(self, input)).collect();
        // The laws of lists apply their letters themselves.
        let own = [&self.eu, &self.uk].map(|regime| &regime.table.head.jurisdiction);
        for law in self.informed.laws() {
            if !own.contains(&law) && self.asks_letters(law, input) {
                self.letters(law, input, &mut traces);
            }
        }
        for finding in input.party_findings {
            party_finding(finding, input, &mut traces);
        }
        traces.sort_by_key(|trace| !trace.determination().binding);
        traces
    }

    fn asks_letters(&self, law: &Jurisdiction, input: &Input<'_>) -> bool {
        if input.circumstances.is_case() {
            input.circumstances.laws.contains(law)
        } else {
            input.installation.binds(law)
        }
    }

    /// Letters by which an authority of the law informed: they reach every
    /// transaction that meets what they are bound to.
    fn letters(&self, law: &Jurisdiction, input: &Input<'_>, traces: &mut Vec<Trace>) {
        let lines: Vec<Option<&Item>> = match input.transaction.items.as_slice() {
            [] => vec![None],
            items => items.iter().map(Some).collect(),
        };
        for letter in self.informed.of(law, input.as_of, input.known) {
            let source = Citation(letter.head.citation.clone());
            for (at, item) in lines.iter().enumerate() {
                let matter = Matter::asked(input.transaction, *item, input.circumstances);
                let met = letter.meets(&matter);
                if met.truth == Truth::False {
                    continue;
                }
                let trace = trace_of(law, input, traces);
                trace.check(&letter.head.id, &source);
                let text = format!(
                    "{} has informed of a licence requirement ({}).",
                    letter.authority, letter.head.title
                );
                let step = |code, text| Step {
                    about: About::Item(at),
                    code,
                    text,
                    rule: &letter.head.id,
                    citations: vec![source.clone()],
                };
                if met.truth == Truth::Unknown {
                    let field = met.unknown.first().copied().unwrap_or(Facet::Eccn);
                    let ask = format!("{text} Does it reach this item and these parties?");
                    trace.ask_for(field.as_str(), step("letter-may-reach", ask), text);
                    continue;
                }
                let (result, outcome) = match letter.effect {
                    LetterEffect::LicenceRequired => {
                        (DeterminationResult::Required, Outcome::LicenceRequired)
                    }
                    LetterEffect::Prohibited => {
                        (DeterminationResult::Prohibited, Outcome::Prohibited)
                    }
                };
                trace.raise(result, text.clone());
                trace.find(step("informed", text), outcome);
            }
        }
    }

    /// Codes that cannot be read, or contradict each other, whatever the law.
    pub(crate) fn code_answer(&self, input: &Input<'_>) -> Answer {
        let mut answer = Answer::default();
        let destination = input.transaction.destination;
        for goods in Goods::all(input.transaction) {
            answer
                .questions
                .extend(self.codes.tariff(&goods, input.transaction.movement));
            let tier = self.tier(&goods, input.as_of, input.known);
            let days = (input.as_of, input.known);
            answer
                .findings
                .extend(self.codes.contradictions(&goods, tier, destination, days));
        }
        answer
    }
}

/// A legal finding about a party decides the determination of its law.
fn party_finding(finding: &Finding, input: &Input<'_>, traces: &mut Vec<Trace>) {
    let Some(law) = &finding.jurisdiction else {
        return;
    };
    let result = match (finding.strength, finding.outcome) {
        (Strength::Legal | Strength::Presumptive, Outcome::Prohibited) => {
            DeterminationResult::Prohibited
        }
        (Strength::Legal | Strength::Presumptive, Outcome::LicenceRequired) => {
            DeterminationResult::Required
        }
        _ => return,
    };
    // A case asks the laws it names, and no other.
    if input.circumstances.is_case() && !input.circumstances.laws.contains(law) {
        return;
    }
    let trace = trace_of(law, input, traces);
    // A licence is asked for items that the law reaches; who is blocked is so for every item.
    if !trace.reaches() && result == DeterminationResult::Required {
        return;
    }
    let rule = finding.rule.as_deref().unwrap_or(&finding.code);
    for citation in &finding.citations {
        trace.check(rule, citation);
        trace.mark(rule, &citation.0, Truth::True);
    }
    trace.raise(result, finding.text.clone());
}

fn trace_of<'t>(
    law: &Jurisdiction,
    input: &Input<'_>,
    traces: &'t mut Vec<Trace>,
) -> &'t mut Trace {
    let at = traces.iter().position(|trace| trace.jurisdiction() == law);
    let at = at.unwrap_or_else(|| {
        traces.push(Trace::new(law, input.binds(law)));
        traces.len() - 1
    });
    &mut traces[at]
}
