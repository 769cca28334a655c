//! One determination for every jurisdiction asked.

use crate::controls::Controls;
use crate::destinations::{Walk, doubt, name};
use crate::documents::Shown;
use crate::embargo;
use crate::goods::Goods;
use crate::list_regime::{ListRegime, OnList};
use crate::trace::{Step, Trace};
use crate::us::UsWalk;
use portcullis_domain::{
    About, Date, Determination, DeterminationResult, Finding, Jurisdiction, Movement, Outcome,
    Question, Strength, Transaction,
};
use portcullis_policy::{Installation, ItemControl};

/// What is asked.
pub struct Input<'a> {
    /// The transaction as declared.
    pub transaction: &'a Transaction,
    /// Whose law binds.
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
        let mut traces = vec![UsWalk::new(self, input).run()];
        for regime in self.regimes.iter().filter(|regime| asked(regime, input)) {
            traces.push(self.walk_list(regime, input));
        }
        for finding in input.party_findings {
            party_finding(finding, input, &mut traces);
        }
        traces.sort_by_key(|trace| !trace.determination().binding);
        let mut answer = self.code_answer(input);
        for trace in traces {
            answer.determinations.push(trace.determination());
            answer.findings.extend(trace.findings);
            answer.questions.extend(trace.questions);
        }
        answer
    }

    /// Codes that cannot be read, or contradict each other, whatever the law.
    fn code_answer(&self, input: &Input<'_>) -> Answer {
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

    fn walk_list(&self, regime: &ListRegime, input: &Input<'_>) -> Trace {
        let law = &regime.table.head.jurisdiction;
        let mut trace = Trace::new(law, input.installation.binds(law));
        trace.check(&regime.table.head.id, &regime.table.citation());
        if !leaves(regime, input) {
            let text = "The goods do not leave the territory of this law.";
            trace.raise(DeterminationResult::NotRequired, text);
            return trace;
        }
        let goods = Goods::all(input.transaction);
        let connections = embargo::connections(input.transaction);
        let walk = Walk {
            transaction: input.transaction,
            goods: &goods,
            lists: &self.lists,
            documents: &self.documents,
            as_of: input.as_of,
            known: input.known,
        };
        walk.apply(&regime.rules, &connections, &mut trace);
        for goods in &goods {
            self.walk_line(regime, goods, input, &mut trace);
        }
        if input.transaction.destination.is_none() {
            let text = "To which country do the goods go in the end?".to_owned();
            let step = step(regime, About::Transaction, "destination-unknown", text);
            trace.ask(step, "The destination is not declared.");
        }
        if !regime.table.covers(input.as_of, input.known) {
            let text = format!(
                "Which rule applied on {}? The list held here covers other days.",
                input.as_of
            );
            if trace.result() != DeterminationResult::Prohibited {
                trace.weaken();
            }
            trace.ask(
                step(regime, About::Transaction, "rule-set-does-not-cover", text),
                format!("The list held here does not cover {}.", input.as_of),
            );
        }
        trace
    }

    fn walk_line(
        &self,
        regime: &ListRegime,
        goods: &Goods<'_>,
        input: &Input<'_>,
        trace: &mut Trace,
    ) {
        let about = About::Item(goods.at);
        let code = match regime.on_list(goods, &self.numbers) {
            OnList::Yes(code) => code,
            OnList::NoSuchNumber(code) => {
                let text = format!("The list has no number '{code}'. Which is meant?");
                let step = step(regime, about, "control-number-unknown", text);
                return trace.ask(
                    step,
                    format!("The control number '{code}' is not on the list."),
                );
            }
            OnList::NotDeclared => {
                let text = format!(
                    "No control number is declared for {}: no licence on the declared codes.",
                    goods.label()
                );
                return trace.raise(DeterminationResult::NotRequired, text);
            }
        };
        let destination = input.transaction.destination;
        if destination.is_some_and(|d| regime.territory.contains(d)) {
            let text = "The goods stay inside the territory of this law.";
            return trace.raise(DeterminationResult::NotRequired, text);
        }
        let law = &regime.table.head.jurisdiction;
        let reason = format!(
            "Line {} is listed ({code}) and leaves the territory: a licence is needed.",
            goods.at + 1
        );
        trace.raise(DeterminationResult::Required, reason.clone());
        if let Some(source) = self
            .documents
            .not_listed(input.transaction, goods.item, law)
        {
            let text = format!("{reason} A declared document says the goods are not listed.");
            let mut contradiction = step(regime, about, "code-contradiction", text);
            contradiction.citations.push(source);
            trace.note(contradiction, Outcome::Release);
        }
        let licence = self
            .documents
            .licence(input.transaction, Some(goods.item), law, input.as_of);
        if let Shown::Yes(document) = licence {
            let text = format!("{reason} The licence {} is declared.", name(document));
            return trace.find(step(regime, about, "licence-shown", text), Outcome::Release);
        }
        let mut text = format!("{reason}{}", doubt(&licence));
        let general = destination.and_then(|d| regime.general_for(d));
        let mut citations = vec![regime.table.citation()];
        if let Some(general) = general {
            text.push_str(&format!(
                " The general authorisation {} may cover it.",
                general.id
            ));
            citations.push(general.citation.clone());
        }
        let required = Step {
            citations,
            ..step(regime, about, "licence-required", text)
        };
        trace.find(required, Outcome::LicenceRequired);
    }
}

fn step<'a>(regime: &'a ListRegime, about: About, code: &'a str, text: String) -> Step<'a> {
    Step {
        about,
        code,
        text,
        rule: &regime.table.head.id,
        citations: vec![regime.table.citation()],
    }
}

/// A law of this form is asked where it binds, and shown where goods leave it.
fn asked(regime: &ListRegime, input: &Input<'_>) -> bool {
    let dispatch = input.transaction.dispatch;
    input.installation.binds(&regime.table.head.jurisdiction)
        || dispatch.is_some_and(|d| regime.territory.contains(d))
}

fn leaves(regime: &ListRegime, input: &Input<'_>) -> bool {
    match input.transaction.dispatch {
        Some(dispatch) => regime.territory.contains(dispatch),
        None => input.installation.home == regime.table.head.jurisdiction,
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
    let trace = trace_of(law, input, traces);
    let rule = finding.rule.as_deref().unwrap_or(&finding.code);
    for citation in &finding.citations {
        trace.check(rule, citation);
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
        traces.push(Trace::new(law, input.installation.binds(law)));
        traces.len() - 1
    });
    &mut traces[at]
}
