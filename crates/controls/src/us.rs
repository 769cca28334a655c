//! The walk through the Export Administration Regulations.

mod line;
pub(crate) mod prohibitions;
pub(crate) mod subject;
pub(crate) mod uses;

use crate::authorisation::Authorised;
use crate::controls::Controls;
use crate::destinations::Walk;
use crate::determine::Input;
use crate::embargo::{self, Connection, Tie};
use crate::goods::Goods;
use crate::trace::{Step, Trace};
use portcullis_domain::{
    About, Citation, Country, DeterminationResult, Outcome, Role, RuleHead, Truth,
};
use portcullis_policy::Coverage;

/// Walks the law, if the question asks it: always for a declaration, since its
/// reach does not end at the border.
pub(crate) fn walk(controls: &Controls, input: &Input<'_>) -> Option<Trace> {
    let law = &controls.us.scope.jurisdiction;
    let asked = !input.circumstances.is_case() || input.circumstances.laws.contains(law);
    asked.then(|| UsWalk::new(controls, input).run())
}

/// One walk: the tables, the question, and what was found so far.
pub(crate) struct UsWalk<'a> {
    controls: &'a Controls,
    input: &'a Input<'a>,
    trace: Trace,
}

impl<'a> UsWalk<'a> {
    /// Begins the walk.
    pub(crate) fn new(controls: &'a Controls, input: &'a Input<'a>) -> UsWalk<'a> {
        let law = &controls.us.scope.jurisdiction;
        let trace = Trace::new(law, input.binds(law));
        UsWalk {
            controls,
            input,
            trace,
        }
    }

    /// Walks every step that the declaration allows.
    pub(crate) fn run(self) -> Trace {
        if self.input.circumstances.is_case() {
            return self.run_case();
        }
        self.run_declaration()
    }

    /// A case asks of one item; what it leaves out changes nothing.
    fn run_case(mut self) -> Trace {
        let all = Goods::all(self.input.transaction);
        let Some(goods) = all.first() else {
            return self.trace;
        };
        self.covers_rules(&self.controls.us.embargo_coverage, &self.controls.us.scope);
        let subject = self.case_is_subject(goods);
        if subject == Truth::False {
            self.trace.out_of_reach();
            self.prohibitions();
            return self.trace;
        }
        let connections = embargo::connections(self.input.transaction);
        self.walk_destinations(&all, &connections);
        self.exemptions(goods);
        if self.stays_inside(&connections) {
            let text = "The goods stay inside the territory: nothing is exported.";
            self.trace.raise(DeterminationResult::NotRequired, text);
            self.prohibitions();
            return self.trace;
        }
        self.walk_goods(&all);
        self.uses_and_users(&all);
        self.prohibitions();
        if subject == Truth::Unknown {
            self.trace.leave_open();
        }
        self.trace
    }

    /// Exceptions and general licences that may lift an embargo: aid with the right papers.
    fn exemptions(&mut self, goods: &Goods<'_>) {
        let controls = self.controls;
        let Some(to) = self.input.transaction.destination else {
            return;
        };
        if self.trace.result() == DeterminationResult::NotRequired || self.input.exceptions_refused
        {
            return;
        }
        for exception in &controls.us.exceptions {
            if !exception.may_lift(to, goods) {
                continue;
            }
            let rule = format!("us-740:{}", exception.symbol);
            self.trace
                .mark(&rule, &exception.citation.0, Truth::Unknown);
            self.trace.authorise(Authorised {
                id: exception.symbol.clone(),
                conditions: exception.conditions.clone(),
                unmet: exception.conditions.clone(),
            });
        }
    }

    /// End uses of every line, and who owns the parties.
    fn uses_and_users(&mut self, goods: &[Goods<'_>]) {
        let transaction = self.input.transaction;
        let asked = !transaction.end_use.is_empty() || !transaction.parties.is_empty();
        if asked && self.input.circumstances.is_case() {
            self.covers_rules(&self.controls.us.uses.coverage, &self.controls.us.scope);
        }
        if goods.is_empty() {
            self.end_uses(None);
        }
        for line in goods {
            self.end_uses(Some(line));
        }
        self.affiliates();
    }

    /// A rule set answers for the days it covers; on any other it is asked.
    fn covers_rules(&mut self, coverage: &Coverage, head: &'a RuleHead) {
        let as_of = self.input.as_of;
        if coverage.covers(as_of) {
            return;
        }
        let text = format!(
            "Which rule applied on {as_of}? The rules held here say what held in another period ({}).",
            coverage.source
        );
        let step = Step {
            about: About::Transaction,
            code: "rule-set-does-not-cover",
            text,
            rule: &head.id,
            citations: vec![Citation(head.citation.clone())],
        };
        let why = format!("The rules held here do not cover {as_of}.");
        self.trace.ask_for("as_of", step, why);
    }

    fn run_declaration(mut self) -> Trace {
        let scope = Citation(self.controls.us.scope.citation.clone());
        self.trace.check(&self.controls.us.scope.id, &scope);
        let all = Goods::all(self.input.transaction);
        let subject = self.subject(&all);
        let connections = embargo::connections(self.input.transaction);
        if subject.is_empty() && !self.leaves_home() {
            self.not_subject(&all, &connections);
            return self.trace;
        }
        self.walk_destinations(&subject, &connections);
        if self.stays_inside(&connections) {
            let text = "The goods stay inside the territory: nothing is exported.";
            self.trace.raise(DeterminationResult::NotRequired, text);
            return self.trace;
        }
        self.walk_goods(&subject);
        self.uses_and_users(&subject);
        self.trace
    }

    fn leaves_home(&self) -> bool {
        let transaction = self.input.transaction;
        match transaction.dispatch {
            Some(dispatch) => self.controls.places.territory.contains(dispatch),
            // Not stated: goods are taken to leave the place of the installation.
            None => self.input.installation.home == *self.trace.jurisdiction(),
        }
    }

    fn subject<'g>(&self, all: &[Goods<'g>]) -> Vec<Goods<'g>> {
        let here = self.leaves_home();
        let of_us = |goods: &Goods<'_>| {
            let origin = goods.item.origin;
            origin.is_some_and(|o| self.controls.places.territory.contains(o))
        };
        let subject = all.iter().filter(|g| here || of_us(g) || g.eccn.is_some());
        subject.cloned().collect()
    }

    /// Goods that are not subject on what is declared. That hangs on facts that
    /// are not declared, so a rule by destination is still shown to the officer.
    fn not_subject(&mut self, all: &[Goods<'_>], connections: &[Connection]) {
        let text = format!(
            "On what is declared the goods are not subject to the regulations: they neither leave nor originate in the territory, and no US control number is declared. Not assessed: {}.",
            self.controls.us.not_assessed
        );
        self.trace.raise(DeterminationResult::NotRequired, text);
        let mut shadow = Trace::new(&self.controls.us.scope.jurisdiction, false);
        self.destination_walk(all)
            .apply(&self.controls.us.rules, connections, &mut shadow);
        for finding in shadow
            .findings
            .into_iter()
            .filter(|f| f.code != "destination-rule")
        {
            let step = Step {
                about: finding.about,
                code: "embargoed-destination-if-subject",
                text: format!(
                    "{} This binds only if the goods are subject after all ({}).",
                    finding.text, self.controls.us.not_assessed
                ),
                rule: finding.rule.as_deref().unwrap_or_default(),
                citations: finding.citations.clone(),
            };
            self.trace.note(step, Outcome::Review);
        }
    }

    fn destination_walk<'w>(&'w self, goods: &'w [Goods<'w>]) -> Walk<'w> {
        Walk {
            transaction: self.input.transaction,
            goods,
            lists: &self.controls.lists,
            documents: &self.controls.documents,
            as_of: self.input.as_of,
            known: self.input.known,
        }
    }

    fn walk_destinations(&mut self, subject: &[Goods<'_>], connections: &[Connection]) {
        let mut trace = self.trace.clone();
        let walk = self.destination_walk(subject);
        walk.apply(&self.controls.us.rules, connections, &mut trace);
        walk.regions(&self.controls.us.regions, &mut trace);
        self.trace = trace;
    }

    fn stays_inside(&self, connections: &[Connection]) -> bool {
        let mut ultimate = connections
            .iter()
            .filter(|c| c.tie == Tie::Ultimate)
            .peekable();
        self.input.transaction.destination.is_some()
            && ultimate.peek().is_some()
            && ultimate.all(|c| self.controls.places.territory.contains(c.country))
    }

    fn covered(&self) -> bool {
        let (as_of, known) = (self.input.as_of, self.input.known);
        let controls = self.controls;
        let tables = [
            &controls.list.table,
            &controls.places.chart,
            &controls.places.groups_table,
        ];
        tables.iter().all(|table| table.covers(as_of, known)) && controls.us.coverage.covers(as_of)
    }

    fn walk_goods(&mut self, subject: &[Goods<'_>]) {
        // The list is consulted for goods that stand on it; the covering of a
        // declaration is that of all its tables.
        let consulted =
            !self.input.circumstances.is_case() || subject.iter().any(|g| g.entry().is_some());
        let covered = self.covered() || !consulted;
        let mut destinations = self.destinations();
        for country in self.transit_countries() {
            if !destinations.contains(&country) {
                destinations.push(country);
            }
        }
        if destinations.is_empty() && self.input.transaction.destination.is_none() {
            self.ask_transaction(
                "destination-unknown",
                "To which country do the goods go in the end?",
            );
        }
        if subject.is_empty() {
            self.ask_transaction("goods-missing", "Which goods are exported?");
        }
        for goods in subject {
            for destination in &destinations {
                self.walk_line(goods, *destination, subject);
            }
        }
        if !covered {
            self.outside_coverage();
        }
    }

    /// The country of destination, and that of every declared end user.
    fn destinations(&self) -> Vec<Country> {
        let transaction = self.input.transaction;
        let mut all: Vec<Country> = transaction.destination.into_iter().collect();
        for (_, end_user) in transaction.in_role(Role::EndUser) {
            for country in embargo::located_in(&end_user.party) {
                if !all.contains(&country) {
                    all.push(country);
                }
            }
        }
        all.retain(|country| !self.controls.places.territory.contains(*country));
        all
    }

    fn outside_coverage(&mut self) {
        let table = &self.controls.list.table;
        let from = table
            .coverage
            .period
            .from
            .map(|d| d.to_string())
            .unwrap_or_default();
        let until = table
            .coverage
            .period
            .until
            .map(|d| d.to_string())
            .unwrap_or_default();
        let result = self.trace.result();
        let reason = format!(
            "The control list and country chart held here cover {from} to {until}, not {}. By them the answer would be '{}', which is shown as evidence only.",
            self.input.as_of,
            result.as_str()
        );
        let source = table.citation();
        // What dated rules by destination found stays firm; the chart's answer does not.
        if result != DeterminationResult::Prohibited {
            self.trace.weaken();
        }
        let step = Step {
            about: About::Transaction,
            code: "rule-set-does-not-cover",
            text: format!(
                "Which licence, exception or 'no licence required' applied on {}? {reason}",
                self.input.as_of
            ),
            rule: &table.head.id,
            citations: vec![source],
        };
        self.trace.ask_for("as_of", step, reason.clone());
    }

    fn ask_transaction(&mut self, code: &str, text: &str) {
        let scope = &self.controls.us.scope;
        let step = Step {
            about: About::Transaction,
            code,
            text: text.to_owned(),
            rule: &scope.id,
            citations: vec![Citation(scope.citation.clone())],
        };
        self.trace.ask(step, format!("Not declared: {text}"));
    }
}
