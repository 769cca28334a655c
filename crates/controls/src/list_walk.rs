//! The walk through a law of the form "what stands on this list needs a licence
//! to leave the territory".

use crate::authorisation::Authorised;
use crate::controls::Controls;
use crate::destinations::{Walk, doubt, name};
use crate::determine::Input;
use crate::documents::Shown;
use crate::embargo;
use crate::goods::Goods;
use crate::list_regime::{ListRegime, OnList};
use crate::trace::{Step, Trace};
use portcullis_domain::{About, DeterminationResult, Facet, Outcome, Truth};

impl Controls {
    /// Walks one law of this form.
    pub(crate) fn walk_list(&self, regime: &ListRegime, input: &Input<'_>) -> Trace {
        let law = &regime.table.head.jurisdiction;
        let mut trace = Trace::new(law, input.binds(law));
        trace.check(&regime.table.head.id, &regime.table.citation());
        match input.leaves(&regime.territory, law) {
            Truth::True => {}
            Truth::False => {
                let text = "The goods do not leave the territory of this law.";
                trace.raise(DeterminationResult::NotRequired, text);
                return trace;
            }
            Truth::Unknown => {
                let text = "From which country do the goods leave?".to_owned();
                let step = step(regime, About::Transaction, "exporter-country-unknown", text);
                trace.ask_for(
                    Facet::ExporterCountry.as_str(),
                    step,
                    "From where the goods leave is not known.",
                );
            }
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
            let condition = format!(
                "items and conditions of {} ({})",
                general.id, general.citation.0
            );
            trace.authorise(Authorised {
                id: general.id.clone(),
                conditions: vec![condition.clone()],
                unmet: vec![condition],
            });
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
