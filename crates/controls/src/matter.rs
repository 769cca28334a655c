//! One line of goods with its parties and journey, as the laws of lists, end
//! uses and destinations look at it: each facet absent, unknown or known.

use crate::circumstances::Circumstances;
use portcullis_domain::{CodeScheme, Country, Facet, Given, Item, Movement, Transaction, Truth};
use std::collections::BTreeMap;

/// Facts that a person stated in answer to a question, by name.
pub type Answers = BTreeMap<String, bool>;

/// A party as these laws look at it.
#[derive(Clone, Debug, Default)]
pub(crate) struct MatterParty<'a> {
    /// Its names.
    pub(crate) names: Vec<&'a str>,
    /// Ids of entities on lists that it is.
    pub(crate) entity_ids: Vec<&'a str>,
}

/// One line, its parties, its journey.
#[derive(Clone, Debug, Default)]
pub(crate) struct Matter<'a> {
    /// What happens to the goods.
    pub(crate) movement: Given<Movement>,
    /// From where they leave.
    pub(crate) exporter: Given<Country>,
    /// Where they go in the end.
    pub(crate) destination: Given<Country>,
    /// Countries on the way.
    pub(crate) transit: Given<Vec<Country>>,
    /// What they are for, in words.
    pub(crate) end_use: Given<&'a str>,
    /// Who takes part.
    pub(crate) parties: Given<Vec<MatterParty<'a>>>,
    /// US control number, as written.
    pub(crate) eccn: Given<&'a str>,
    /// Dual-use number, as written, or `none`.
    pub(crate) eu_code: Given<&'a str>,
    /// Tariff code: digits only, six or more.
    pub(crate) tariff: Given<&'a str>,
    /// What a person stated.
    pub(crate) answers: Answers,
}

fn given<T>(value: Option<T>) -> Given<T> {
    value.map_or(Given::Absent, Given::Known)
}

impl<'a> Matter<'a> {
    /// A line of a declaration: what is not declared is absent.
    pub(crate) fn of_line(transaction: &'a Transaction, item: Option<&'a Item>) -> Matter<'a> {
        let code = |scheme| {
            let value = item.and_then(|item| item.code(scheme)).map(str::trim);
            given(value.filter(|text| !text.is_empty()))
        };
        let written = |text: &'a str| given(Some(text.trim()).filter(|text| !text.is_empty()));
        let parties: Vec<MatterParty<'a>> = transaction.parties.iter().map(party).collect();
        let tariff = [CodeScheme::National, CodeScheme::Cn, CodeScheme::Hs];
        let longest = item.and_then(|item| tariff.iter().find_map(|scheme| item.code(*scheme)));
        Matter {
            movement: match transaction.movement {
                Movement::Unknown => Given::Absent,
                known => Given::Known(known),
            },
            exporter: given(transaction.dispatch),
            destination: given(transaction.destination),
            transit: match transaction.route.as_slice() {
                [] => Given::Absent,
                route => Given::Known(route.to_vec()),
            },
            end_use: written(&transaction.end_use),
            parties: if parties.is_empty() {
                Given::Absent
            } else {
                Given::Known(parties)
            },
            eccn: code(CodeScheme::Eccn),
            eu_code: match code(CodeScheme::EuDualUse) {
                Given::Absent => code(CodeScheme::UkControl),
                declared => declared,
            },
            tariff: given(longest.filter(|code| code.len() >= 6 && crate::goods::is_digits(code))),
            answers: Answers::new(),
        }
    }

    /// A line as a question puts it: with what was given as unknown, who the
    /// parties are on the lists, and what a person stated.
    pub(crate) fn asked(
        transaction: &'a Transaction,
        item: Option<&'a Item>,
        circumstances: &'a Circumstances,
    ) -> Matter<'a> {
        let mut matter = Matter::of_line(transaction, item);
        matter.mark_unknown(|facet| circumstances.is_unknown(facet));
        matter.answers.clone_from(&circumstances.answers);
        if let Given::Known(parties) = &mut matter.parties {
            for (party, facts) in parties.iter_mut().zip(&circumstances.parties) {
                let listed = facts.standings.iter().map(|s| s.entity_id.as_str());
                let stated = facts.entity_ids.iter().map(String::as_str);
                party.entity_ids = listed.chain(stated).collect();
            }
        }
        matter
    }

    /// What a person stated of a fact.
    pub(crate) fn answered(&self, fact: &str) -> Option<Truth> {
        self.answers.get(fact).map(|said| Truth::from(*said))
    }

    /// The names of all parties.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'a str> + '_ {
        let parties = self.parties.known().into_iter().flatten();
        parties.flat_map(|party| party.names.iter().copied())
    }

    /// Marks facets that were given as unknown, which a transaction cannot show.
    pub(crate) fn mark_unknown(&mut self, is_unknown: impl Fn(Facet) -> bool) {
        fn mark<T>(facet: &mut Given<T>, unknown: bool) {
            if unknown {
                *facet = Given::Unknown;
            }
        }
        mark(&mut self.movement, is_unknown(Facet::Movement));
        mark(&mut self.exporter, is_unknown(Facet::ExporterCountry));
        mark(&mut self.destination, is_unknown(Facet::Destination));
        mark(&mut self.transit, is_unknown(Facet::Transit));
        mark(&mut self.end_use, is_unknown(Facet::EndUse));
        mark(&mut self.parties, is_unknown(Facet::Parties));
        mark(&mut self.eccn, is_unknown(Facet::Eccn));
        mark(&mut self.eu_code, is_unknown(Facet::EuCode));
        mark(&mut self.tariff, is_unknown(Facet::HsCode));
    }
}

fn party(in_role: &portcullis_domain::PartyInRole) -> MatterParty<'_> {
    MatterParty {
        names: in_role
            .party
            .names
            .iter()
            .map(|name| name.text.as_str())
            .collect(),
        entity_ids: Vec::new(),
    }
}
