//! Walks the rules by destination of one jurisdiction.

use crate::documents::{Documents, Shown};
use crate::embargo::{Connection, Effect, Region, Rule, Tie};
use crate::goods::{Goods, HsLists};
use crate::trace::{Step, Trace};
use portcullis_domain::{
    About, Citation, Date, DeterminationResult, DocumentRef, Outcome, Transaction,
};

/// What the walk needs.
pub(crate) struct Walk<'a> {
    /// The transaction.
    pub(crate) transaction: &'a Transaction,
    /// Its lines that are subject to the law.
    pub(crate) goods: &'a [Goods<'a>],
    /// Lists of HS codes that rules name.
    pub(crate) lists: &'a HsLists,
    /// Which documents stand for a licence.
    pub(crate) documents: &'a Documents,
    /// The day asked about.
    pub(crate) as_of: Date,
    /// The day up to which knowledge is used.
    pub(crate) known: Date,
}

/// A rule that takes in something of the transaction.
struct Hit<'a> {
    rule: &'a Rule,
    connection: Connection,
    goods: Option<&'a Goods<'a>>,
    effect: Effect,
    eased: Option<&'a Citation>,
}

impl<'a> Walk<'a> {
    /// Applies the rules in force. Where a line meets a rule that forbids or
    /// asks a licence, the milder questions about the same country are moot.
    pub(crate) fn apply(&self, rules: &'a [Rule], connections: &[Connection], trace: &mut Trace) {
        let in_force: Vec<&Rule> = rules
            .iter()
            .filter(|rule| rule.head.applies(self.as_of, self.known))
            .collect();
        for rule in &in_force {
            trace.check(&rule.head.id, &citation(rule));
        }
        for connection in connections {
            let named: Vec<&Rule> = in_force
                .iter()
                .filter(|rule| rule.names(connection.country))
                .copied()
                .collect();
            for hit in self.hits(&named, *connection) {
                self.record(&hit, trace);
            }
        }
    }

    fn hits(&self, rules: &[&'a Rule], connection: Connection) -> Vec<Hit<'a>> {
        let lines: Vec<Option<&Goods<'a>>> = if self.goods.is_empty() {
            vec![None]
        } else {
            self.goods.iter().map(Some).collect()
        };
        let mut all: Vec<Hit<'a>> = Vec::new();
        for goods in lines {
            let of_line: Vec<Hit<'a>> = rules
                .iter()
                .filter_map(|rule| {
                    let (effect, eased) = rule.effect_on(goods, connection.tie, self.lists)?;
                    Some(Hit {
                        rule,
                        connection,
                        goods,
                        effect,
                        eased,
                    })
                })
                .collect();
            all.extend(deciding(of_line));
        }
        all
    }

    fn record(&self, hit: &Hit<'_>, trace: &mut Trace) {
        let about = match hit.goods {
            Some(goods) if hit.rule.looks_at_goods() => About::Item(goods.at),
            _ => hit.connection.about,
        };
        let place = hit.connection.country.name();
        let how = match hit.connection.tie {
            Tie::Ultimate => format!("The goods go to {place}"),
            Tie::Route => format!("The goods pass through {place}"),
            Tie::Party => format!("A party is in {place}"),
        };
        let title = &hit.rule.head.title;
        let citations = std::iter::once(citation(hit.rule))
            .chain(hit.eased.cloned())
            .collect();
        let step = |code, text| Step {
            about,
            code,
            text,
            rule: &hit.rule.head.id,
            citations,
        };
        let item = hit.goods.map(|goods| goods.item);
        let law = trace.jurisdiction().clone();
        let licence = self
            .documents
            .licence(self.transaction, item, &law, self.as_of);
        match (hit.effect, &licence) {
            (Effect::Question, _) => {
                let text = format!(
                    "{how}: {title}. By which licence, exception or exemption may they go, or why is none needed?"
                );
                trace.ask(step("destination-rule", text), format!("{how}: {title}."));
            }
            (effect, Shown::Yes(document)) => {
                trace.raise(DeterminationResult::Required, format!("{how}: {title}."));
                let text = format!(
                    "{how}: {title}. The licence {} is declared; an officer confirms that it covers this.",
                    name(document)
                );
                trace.find(step("licence-shown", text), officer_confirms(effect));
            }
            (effect, _) => {
                let (result, code, says) = match effect {
                    Effect::Prohibited => (
                        DeterminationResult::Prohibited,
                        "embargoed-destination",
                        "forbids it",
                    ),
                    _ => (
                        DeterminationResult::Required,
                        "licence-required",
                        "asks for a licence",
                    ),
                };
                let reason = format!("{how}: {title} {says}.");
                trace.raise(result, reason.clone());
                let text = format!("{reason}{}", doubt(&licence));
                trace.find(step(code, text), effect.outcome());
            }
        }
    }

    /// Asks about parties whose address names a region under embargo.
    pub(crate) fn regions(&self, regions: &[Region], trace: &mut Trace) {
        let in_force = regions.iter().filter(|r| r.applies(self.as_of, self.known));
        for region in in_force {
            let source = Citation(region.head.citation.clone());
            trace.check(&region.head.id, &source);
            for (at, in_role) in self.transaction.parties.iter().enumerate() {
                let Some(word) = region.named_by(&in_role.party) else {
                    continue;
                };
                let text = format!(
                    "The address of the {} names '{word}'. Does it lie in a region under embargo ({})?",
                    in_role.role.label(),
                    region.head.title
                );
                let step = Step {
                    about: About::Party(at),
                    code: "embargoed-region",
                    text,
                    rule: &region.head.id,
                    citations: vec![source.clone()],
                };
                trace.ask(step, format!("An address names '{word}'."));
            }
        }
    }
}

/// The hits on one line that matter: all that forbid or ask a licence, or else
/// the one question of the strictest rule.
fn deciding<'h>(mut of_line: Vec<Hit<'h>>) -> Vec<Hit<'h>> {
    if of_line.iter().any(|hit| hit.effect > Effect::Question) {
        of_line.retain(|hit| hit.effect > Effect::Question);
        return of_line;
    }
    let strictest = of_line.iter().map(|hit| hit.rule.full_effect()).max();
    let first = of_line
        .into_iter()
        .find(|hit| Some(hit.rule.full_effect()) == strictest);
    first.into_iter().collect()
}

/// A licence lifts what the rule asks, but a rule that otherwise forbids is
/// never lifted by a declaration alone.
fn officer_confirms(effect: Effect) -> Outcome {
    match effect {
        Effect::Prohibited => Outcome::Review,
        Effect::LicenceRequired | Effect::Question => Outcome::Release,
    }
}

/// The document as a person would name it.
pub(crate) fn name(document: &DocumentRef) -> String {
    let status = document.status.trim();
    if status.is_empty() {
        format!("{} {}", document.kind, document.id)
    } else {
        format!("{} {} (status {status})", document.kind, document.id)
    }
}

/// Why a declared licence does not count, as a further sentence; empty if none is declared.
pub(crate) fn doubt(licence: &Shown<'_>) -> String {
    match licence {
        Shown::Doubtful(document, why) => {
            format!(" The licence {} does not count: {why}.", name(document))
        }
        _ => String::new(),
    }
}

fn citation(rule: &Rule) -> Citation {
    Citation(rule.head.citation.clone())
}
