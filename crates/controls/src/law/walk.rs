//! The walk through a law of lists, end uses and destinations.

use super::load::cite;
use super::{Article, EndUses, Law, Number, Way, says_unlisted};
use crate::authorisation::{Authorisation, Authorised, Claim, Eligibility, Kind};
use crate::controls::Controls;
use crate::destinations::{doubt, name};
use crate::determine::Input;
use crate::documents::Shown;
use crate::eccn::Declared as Code;
use crate::embargo::Effect;
use crate::goods::Goods;
use crate::list_regime::{ListRegime, OnList};
use crate::matter::Matter;
use crate::trace::{Step, Trace};
use portcullis_domain::{
    About, Citation, DeterminationResult, Facet, Given, Item, Movement, Outcome, RuleHead, Truth,
};

/// The walk: tables, question, and what was found so far.
pub(super) struct LawWalk<'a> {
    pub(super) controls: &'a Controls,
    pub(super) regime: &'a ListRegime,
    pub(super) law: &'a Law,
    pub(super) input: &'a Input<'a>,
    pub(super) trace: Trace,
}

/// One line at the point where its number has been read.
pub(super) struct Line<'a> {
    pub(super) goods: Option<&'a Goods<'a>>,
    pub(super) matter: Matter<'a>,
    pub(super) number: Number<'a>,
    pub(super) way: Way,
}

impl Line<'_> {
    /// What a finding about the goods is about.
    pub(super) fn about(&self) -> About {
        self.goods
            .map_or(About::Transaction, |goods| About::Item(goods.at))
    }

    fn item(&self) -> Option<&Item> {
        self.goods.map(|goods| goods.item)
    }
}

/// What a declared licence is.
enum Declared {
    /// No general authorisation.
    None,
    /// One that may cover the line.
    Covers(Eligibility),
    /// One that does not.
    NotOpen(String),
}

/// Whether a document's number names an authorisation: "EU001", "EU001/2026/7".
fn is_number_of(document: &str, id: &str) -> bool {
    let document = document.trim();
    let same = document
        .get(..id.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(id));
    let ends = document
        .as_bytes()
        .get(id.len())
        .is_none_or(|byte| !byte.is_ascii_alphanumeric());
    same && ends
}

/// Walks one law for every line of goods.
pub(crate) fn walk(
    controls: &Controls,
    (regime, law): (&ListRegime, &Law),
    input: &Input<'_>,
) -> Trace {
    let jurisdiction = &regime.table.head.jurisdiction;
    let mut walk = LawWalk {
        controls,
        regime,
        law,
        input,
        trace: Trace::new(jurisdiction, input.binds(jurisdiction)),
    };
    walk.trace
        .check(&regime.table.head.id, &regime.table.citation());
    match walk.way() {
        Some(way) => walk.run(way),
        None => {
            let text = "The goods do not leave the territory of this law.";
            walk.trace.raise(DeterminationResult::NotRequired, text);
        }
    }
    walk.trace
}

impl<'a> LawWalk<'a> {
    /// How the goods move; `None` where the law has nothing to do with them.
    fn way(&mut self) -> Option<Way> {
        let law = &self.regime.table.head.jurisdiction;
        let transaction = self.input.transaction;
        let inside = |country| self.regime.territory.contains(country);
        let leaves = self.input.leaves(&self.regime.territory, law);
        let ends_inside = transaction.destination.is_some_and(inside);
        match (transaction.movement, leaves) {
            (Movement::Brokering, _) => return Some(Way::Brokering),
            (Movement::TechnicalAssistance, _) if !ends_inside => return Some(Way::Assistance),
            (Movement::Transit, _) => return Some(Way::Transit),
            (_, Truth::True) => {}
            (_, Truth::False) => {
                let through = transaction.route.iter().any(|country| inside(*country));
                return through.then_some(Way::Transit);
            }
            (_, Truth::Unknown) => {
                let text = "From which country do the goods leave?".to_owned();
                let why = "From where the goods leave is not known.";
                let about = About::Transaction;
                let head = &self.regime.table.head;
                let field = Facet::ExporterCountry.as_str();
                self.ask(head, about, ("exporter-country-unknown", field), text, why);
            }
        }
        Some(if ends_inside {
            Way::Within
        } else {
            Way::Export
        })
    }

    fn run(&mut self, way: Way) {
        let goods = Goods::all(self.input.transaction);
        let lines: Vec<Option<&Goods<'_>>> = if goods.is_empty() {
            vec![None]
        } else {
            goods.iter().map(Some).collect()
        };
        for goods in lines {
            let line = self.line(goods, way);
            self.list(&line);
            self.goods_rules(&line);
            self.national(&line);
            self.catch_all(&line);
            self.letters(&line);
            self.hints(&line);
            self.for_listed_parties(&line);
        }
        let law = self.law;
        for what in &law.not_encoded {
            self.trace.leave_out(what);
        }
        self.destination();
        self.coverage();
    }

    fn line<'l>(&self, goods: Option<&'l Goods<'l>>, way: Way) -> Line<'l>
    where
        'a: 'l,
    {
        let input: &'l Input<'l> = self.input;
        let circumstances = input.circumstances;
        let item = goods.map(|goods| goods.item);
        let matter = Matter::asked(input.transaction, item, circumstances);
        Line {
            number: self.number(goods, &matter),
            goods,
            matter,
            way,
        }
    }

    fn number<'l>(&self, goods: Option<&'l Goods<'l>>, matter: &Matter<'l>) -> Number<'l> {
        if matter.eu_code == Given::Unknown {
            return Number::Unknown;
        }
        let Some(goods) = goods else {
            return Number::Absent;
        };
        match self.regime.on_list(goods, &self.controls.numbers) {
            OnList::Yes(code) => Number::Listed(
                code,
                match Code::parse(code) {
                    Code::Entry(number, paragraph) => Some((number, paragraph)),
                    _ => None,
                },
            ),
            OnList::NoSuchNumber(code) => Number::NoSuch(code),
            OnList::NotDeclared => match matter.eu_code {
                Given::Known(code) if says_unlisted(code) => Number::Unlisted,
                _ => Number::Absent,
            },
        }
    }

    /// The list itself: articles that hold without any end use.
    fn list(&mut self, line: &Line<'_>) {
        if let Number::NoSuch(code) = line.number {
            let text = format!("The list has no number '{code}'. Which is meant?");
            let why = format!("The control number '{code}' is not on the list.");
            let head = &self.regime.table.head;
            let field = Facet::EuCode.as_str();
            return self.ask(
                head,
                line.about(),
                ("control-number-unknown", field),
                text,
                &why,
            );
        }
        if let (Number::Absent, Some(goods)) = (&line.number, line.goods) {
            let text = format!(
                "No control number is declared for {}: no licence on the declared codes.",
                goods.label()
            );
            self.trace.raise(DeterminationResult::NotRequired, text);
        }
        let law = self.law;
        let plain = |article: &&Article| {
            article.uses.is_empty()
                && article.ways.contains(&line.way)
                && self.applies(&article.head)
        };
        let articles: Vec<&Article> = law.articles.iter().filter(plain).collect();
        for article in articles {
            self.trace.check(&article.head.id, &cite(&article.head));
            let in_set = article
                .set
                .as_ref()
                .map_or(Truth::True, |set| line.number.in_set(set));
            if let Some(set) = &article.set {
                self.trace.mark(&article.head.id, &set.citation.0, in_set);
            }
            match line.number.stands(article.standing).and(in_set) {
                Truth::True => self.listed(article, line),
                Truth::Unknown if line.number.listed() == Truth::True => {
                    let code = line.number.written().unwrap_or_default();
                    let text = format!(
                        "Is the item ({code}) one of those of which only a part is taken in: {}? Which paragraph is it?",
                        article.head.title
                    );
                    let why = format!("Whether '{code}' is taken in depends on its paragraph.");
                    let field = Facet::EuCode.as_str();
                    self.ask(
                        &article.head,
                        line.about(),
                        ("paragraph-not-exact", field),
                        text,
                        &why,
                    );
                }
                Truth::Unknown | Truth::False => {}
            }
        }
        if line.way == Way::Within {
            let text = "The goods stay inside the territory of this law.";
            self.trace.raise(DeterminationResult::NotRequired, text);
        }
    }

    fn listed(&mut self, article: &Article, line: &Line<'_>) {
        let head = &article.head;
        let code = line.number.written().unwrap_or_default();
        let at = line.goods.map_or(1, |goods| goods.at + 1);
        let reason = match line.way {
            Way::Export => format!(
                "Line {at} is listed ({code}) and leaves the territory: a licence is needed."
            ),
            _ => format!("Line {at} is listed ({code}): {}.", head.title),
        };
        self.contradicted(line, &reason);
        let standings = if line.way == Way::Export {
            self.general(line)
        } else {
            Vec::new()
        };
        self.conclude(head, line, article.effect, &reason, &standings);
    }

    fn contradicted(&mut self, line: &Line<'_>, reason: &str) {
        let law = &self.regime.table.head.jurisdiction;
        let documents = &self.controls.documents;
        let source = line
            .item()
            .and_then(|item| documents.not_listed(self.input.transaction, item, law));
        if let Some(source) = source {
            let head = &self.regime.table.head;
            let step = Step {
                about: line.about(),
                code: "code-contradiction",
                text: format!("{reason} A declared document says the goods are not listed."),
                rule: &head.id,
                citations: vec![cite(head), source],
            };
            self.trace.note(step, Outcome::Release);
        }
    }

    /// How the line stands to the general authorisations for listed goods.
    fn general(&mut self, line: &Line<'_>) -> Vec<Eligibility> {
        let facts = self.facts(&line.matter);
        let claim = self.claim(line, &facts);
        let general = self.law.authorisations.iter();
        let standings = general
            .filter(|a| a.kind == Kind::General && !a.for_listed)
            .filter_map(|authorisation| authorisation.eligibility(&claim));
        standings.filter(Eligibility::is_open).collect()
    }

    pub(super) fn claim<'c>(
        &self,
        line: &'c Line<'_>,
        facts: &'c dyn Fn(&str) -> Option<Truth>,
    ) -> Claim<'c> {
        Claim {
            movement: match self.input.transaction.movement {
                Movement::Intangible => Movement::Intangible,
                _ => line.way.movement(),
            },
            code: line.number.written(),
            by_form: matches!(line.number, Number::Listed(_, None)),
            hs: line.matter.tariff.known().copied(),
            destination: line.matter.destination.known().copied(),
            facts,
            as_of: self.input.as_of,
            known: self.input.known,
        }
    }

    /// What is known of a fact: what a person stated, or what the declared end
    /// use says; nothing for facts that nobody spoke of.
    pub(super) fn facts<'m>(
        &self,
        matter: &'m Matter<'m>,
    ) -> impl Fn(&str) -> Option<Truth> + use<'a, 'm> {
        let uses: &'a EndUses = &self.controls.uses;
        move |fact: &str| {
            let stated = matter.answered(fact);
            stated.or_else(|| {
                let id = fact.strip_prefix("use.")?;
                uses.said(id, &matter.end_use, matter.names())
            })
        }
    }

    /// Draws the consequence of a rule that takes the line in: a licence that is
    /// shown, an authorisation that is met, or what the rule asks.
    pub(super) fn conclude(
        &mut self,
        head: &RuleHead,
        line: &Line<'_>,
        effect: Effect,
        reason: &str,
        standings: &[Eligibility],
    ) {
        let law = &self.regime.table.head.jurisdiction;
        let documents = &self.controls.documents;
        let (transaction, as_of) = (self.input.transaction, self.input.as_of);
        let licence = documents.licence(transaction, line.item(), law, as_of);
        let mut citations = vec![cite(head)];
        let step = |code, text, citations| Step {
            about: line.about(),
            code,
            text,
            rule: &head.id,
            citations,
        };
        let declared = match &licence {
            Shown::Yes(document) => self.declared_general(&document.id, line),
            _ => Declared::None,
        };
        // It stands for the licence that the list asks, and for no other: not for
        // what an authority informed of, nor for what is forbidden.
        let declared = match declared {
            Declared::Covers(s) if !standings.iter().any(|open| open.id == s.id) => {
                Declared::NotOpen(s.id)
            }
            other => other,
        };
        if let Declared::Covers(standing) = &declared {
            return self.general_declared(head, line, reason, standing);
        }
        if let Declared::NotOpen(id) = &declared {
            let text = format!(
                "{reason} The general authorisation {id} is declared, and does not cover it."
            );
            let outcome = Outcome::Release;
            self.trace.find(
                step("authorisation-not-open", text, citations.clone()),
                outcome,
            );
        } else if let Shown::Yes(document) = &licence {
            self.trace.raise(DeterminationResult::Required, reason);
            let text = format!("{reason} The licence {} is declared.", name(document));
            let outcome = match effect {
                Effect::Prohibited => Outcome::Review,
                _ => Outcome::Release,
            };
            return self
                .trace
                .find(step("licence-shown", text, citations), outcome);
        }
        for standing in standings {
            self.trace.authorise(standing.authorised());
        }
        let met = standings
            .iter()
            .find(|s| s.truth == Truth::True && s.kind.is_self_executing());
        if let Some(met) = met {
            self.trace.raise(DeterminationResult::Required, reason);
            let text = format!(
                "{reason} {} covers it: all its conditions are stated to be met.",
                met.id
            );
            citations.push(met.citation.clone());
            return self.trace.find(
                step("authorisation-shown", text, citations),
                Outcome::Release,
            );
        }
        let (result, code) = match effect {
            Effect::Prohibited => (DeterminationResult::Prohibited, "embargoed-destination"),
            _ => (DeterminationResult::Required, "licence-required"),
        };
        self.trace.raise(result, reason);
        let mut text = format!("{reason}{}", doubt(&licence));
        for standing in standings {
            text.push_str(&match standing.kind {
                Kind::General => {
                    format!(" The general authorisation {} may cover it.", standing.id)
                }
                Kind::Derogation => format!(" The authority may license it: {}.", standing.title),
                _ => format!(" It may be exempt: {}.", standing.title),
            });
            citations.push(standing.citation.clone());
        }
        self.trace
            .find(step(code, text, citations), effect.outcome());
    }

    /// Whether the number of a declared licence is that of a general
    /// authorisation, and whether that one takes the line in.
    fn declared_general(&self, id: &str, line: &Line<'_>) -> Declared {
        let general = |a: &&Authorisation| a.kind == Kind::General && is_number_of(id, &a.head.id);
        let Some(named) = self.law.authorisations.iter().find(general) else {
            return Declared::None;
        };
        let facts = self.facts(&line.matter);
        let standing = named.eligibility(&self.claim(line, &facts));
        match standing.filter(Eligibility::is_open) {
            Some(standing) => Declared::Covers(standing),
            None => Declared::NotOpen(named.head.id.clone()),
        }
    }

    /// A declared general authorisation that may cover the line: where its
    /// items and destinations do, the declaration states its conditions.
    fn general_declared(
        &mut self,
        head: &RuleHead,
        line: &Line<'_>,
        reason: &str,
        standing: &Eligibility,
    ) {
        self.trace.raise(DeterminationResult::Required, reason);
        self.trace.authorise(standing.authorised());
        let id = &standing.id;
        if standing.scope != Truth::True {
            let text = format!(
                "{reason} The general authorisation {id} is declared. Which paragraph is the item, so that it can be told whether it is covered?"
            );
            let why = format!("Whether {id} covers it depends on the paragraph.");
            let field = Facet::EuCode.as_str();
            return self.ask(
                head,
                line.about(),
                ("authorisation-scope-open", field),
                text,
                &why,
            );
        }
        let step = Step {
            about: line.about(),
            code: "licence-shown",
            text: format!(
                "{reason} The general authorisation {id} is declared; it asks: {}.",
                standing.conditions.join("; ")
            ),
            rule: &head.id,
            citations: vec![cite(head), standing.citation.clone()],
        };
        self.trace.find(step, Outcome::Release);
    }

    /// Asks a question that a rule brings up; `which` is its code and the field
    /// that would answer it.
    pub(super) fn ask(
        &mut self,
        head: &RuleHead,
        about: About,
        (code, field): (&str, &str),
        text: String,
        why: &str,
    ) {
        let step = Step {
            about,
            code,
            text,
            rule: &head.id,
            citations: vec![cite(head)],
        };
        self.trace.ask_for(field, step, why);
    }

    pub(super) fn applies(&self, head: &RuleHead) -> bool {
        head.applies(self.input.as_of, self.input.known)
    }

    /// What may lift the consequences of a listed party is named beside them;
    /// whether it does, an officer judges.
    fn for_listed_parties(&mut self, line: &Line<'_>) {
        let law = &self.regime.table.head.jurisdiction;
        let listed = self.input.party_findings.iter().any(|finding| {
            finding.jurisdiction.as_ref() == Some(law) && finding.outcome == Outcome::Prohibited
        });
        if !listed {
            return;
        }
        let facts = self.facts(&line.matter);
        let claim = self.claim(line, &facts);
        let open: Vec<Authorised> = self
            .law
            .authorisations
            .iter()
            .filter(|authorisation| authorisation.for_listed)
            .filter_map(|authorisation| authorisation.eligibility(&claim))
            .filter(Eligibility::is_open)
            .map(|standing| standing.authorised())
            .collect();
        open.into_iter().for_each(|one| self.trace.authorise(one));
    }

    fn destination(&mut self) {
        if self.input.transaction.destination.is_some() {
            return;
        }
        let text = "To which country do the goods go in the end?".to_owned();
        let head = &self.regime.table.head;
        let which = ("destination-unknown", Facet::Destination.as_str());
        self.ask(
            head,
            About::Transaction,
            which,
            text,
            "The destination is not declared.",
        );
    }

    /// Outside the days covered nothing is determined: not by rules of another day.
    fn coverage(&mut self) {
        let (as_of, known) = (self.input.as_of, self.input.known);
        if self.regime.table.covers(as_of, known) && self.law.table.covers(as_of, known) {
            return;
        }
        if self.trace.result() != DeterminationResult::Prohibited {
            self.trace.weaken();
        }
        let text = format!("Which rule applied on {as_of}? The list held here covers other days.");
        let why = format!("The list held here does not cover {as_of}.");
        let head = &self.regime.table.head;
        let which = ("rule-set-does-not-cover", "as_of");
        self.ask(head, About::Transaction, which, text, &why);
    }

    /// Goods under a tariff code, or a foreign control number, under which
    /// listed goods are often found: asked where nobody said that they are not
    /// listed. A hint never clears anything.
    fn hints(&mut self, line: &Line<'_>) {
        let circumstances = self.input.circumstances;
        if line.number != Number::Absent || line.way != Way::Export || !circumstances.is_case() {
            return;
        }
        let by_code = match line.matter.eccn.known().map(|code| Code::parse(code)) {
            Some(Code::Entry(number, _)) => {
                let mut lists = self.controls.numbers.values();
                let same = lists.any(|(_, known)| known.contains(&number));
                same.then(|| number.to_string())
            }
            _ => None,
        };
        let tariff = line.matter.tariff.known().and_then(|code| code.get(..6));
        let by_tariff = tariff.and_then(|hs6| self.law.hints.iter().find(|h| h.hs.contain(hs6)));
        let Some(numbers) = by_code.or_else(|| by_tariff.map(|hint| hint.numbers.clone())) else {
            return;
        };
        let text = format!(
            "Goods like these may stand on the list ({numbers}). Which number do they have, or are they not listed?"
        );
        let why = format!("They may be listed ({numbers}), and no number of the list is given.");
        let step = Step {
            about: line.about(),
            code: "possibly-listed",
            text,
            rule: "correlation",
            citations: vec![Citation(self.law.hint_source.clone())],
        };
        self.trace.ask_for(Facet::EuCode.as_str(), step, why);
    }
}
