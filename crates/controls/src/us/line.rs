//! One line of goods under the Export Administration Regulations: entry,
//! country chart, licence, licence exception.

use super::UsWalk;
use crate::authorisation::Authorised;
use crate::ccl::{Entry, Need};
use crate::destinations::{doubt, name};
use crate::documents::Shown;
use crate::eccn::{Declared, EntryNumber, Paragraph};
use crate::exceptions::May;
use crate::goods::Goods;
use crate::predicate::Parameters;
use crate::trace::Step;
use portcullis_domain::{
    About, Citation, Country, DeterminationResult, Facet, Outcome, RuleHead, Truth,
};

/// One line at the point where the chart has answered.
struct Case<'a> {
    goods: &'a Goods<'a>,
    number: EntryNumber,
    paragraph: Paragraph,
    entry: &'a Entry,
    destination: Country,
    holds: Vec<Need<'a>>,
    open: Vec<Need<'a>>,
}

impl<'a> UsWalk<'a> {
    /// Walks one line to one destination; what it finds goes to the trace.
    pub(super) fn walk_line(
        &mut self,
        goods: &Goods<'_>,
        destination: Country,
        subject: &[Goods<'_>],
    ) {
        let controls = self.controls;
        let list = &controls.list.table;
        self.trace.check(&list.head.id, &list.citation());
        match &goods.eccn {
            None => self.no_number(goods, destination),
            Some((_, Declared::Unlisted)) => {
                let text = format!(
                    "{} is declared as not listed (EAR99): no licence by list and chart to {}.",
                    capital(&goods.label()),
                    destination.name()
                );
                self.trace.raise(DeterminationResult::NotRequired, text);
            }
            Some((code, Declared::Malformed)) => self.unknown_number(goods, code),
            Some((code, Declared::Entry(number, paragraph))) => {
                match controls.list.entry(*number) {
                    None => self.unknown_number(goods, code),
                    Some(entry) if entry.refer.is_some() => self.referred(goods, entry),
                    Some(entry) => {
                        self.walk_entry(goods, *number, paragraph, entry, destination, subject);
                    }
                }
            }
        }
    }

    fn no_number(&mut self, goods: &Goods<'_>, destination: Country) {
        let (as_of, known) = (self.input.as_of, self.input.known);
        let high = self.controls.tier(goods, as_of, known);
        let table = &self.controls.high_priority.table;
        self.trace.check(&table.head.id, &table.citation());
        let also = high.map_or(String::new(), |tier| {
            format!(" Its tariff code is a common high priority code of tier {tier}; no control number is declared.")
        });
        let text = format!(
            "{}: no licence to {} on the declared codes; no control number is declared.{also}",
            capital(&goods.label()),
            destination.name()
        );
        self.trace.raise(DeterminationResult::NotRequired, text);
    }

    fn unknown_number(&mut self, goods: &Goods<'_>, code: &str) {
        let text = format!(
            "The list has no entry '{code}' (line {}). Which control number is meant?",
            goods.at + 1
        );
        let step = self.about_list(goods, "eccn-unknown", text);
        self.trace.ask(
            step,
            format!("The control number '{code}' is not on the list."),
        );
    }

    fn referred(&mut self, goods: &Goods<'_>, entry: &Entry) {
        let elsewhere = entry.refer.as_deref().unwrap_or_default();
        let reason = format!(
            "The entry of {} asks for nothing itself and refers to {elsewhere}.",
            goods.label()
        );
        let text = format!("{reason} Under which number or licence are the goods exported?");
        let step = self.about_list(goods, "eccn-refers-elsewhere", text);
        self.trace.ask(step, reason);
    }

    fn about_list(&self, goods: &Goods<'_>, code: &'static str, text: String) -> Step<'a> {
        let table = &self.controls.list.table;
        Step {
            about: About::Item(goods.at),
            code,
            text,
            rule: &table.head.id,
            citations: vec![table.citation()],
        }
    }

    fn walk_entry(
        &mut self,
        goods: &Goods<'_>,
        number: EntryNumber,
        paragraph: &Paragraph,
        entry: &Entry,
        destination: Country,
        subject: &[Goods<'_>],
    ) {
        let places = &self.controls.places;
        self.trace
            .check(&places.chart.head.id, &places.chart.citation());
        if self.input.circumstances.is_case() {
            self.mark_reasons(entry, paragraph, destination);
        }
        let needs = entry.needs(number, paragraph, destination, places);
        let parameters = Parameters::of(&goods.item.parameters).unwrap_or_default();
        let needs =
            needs.filter_map(|need| self.by_parameters(need, paragraph, destination, &parameters));
        let needs: Vec<Need<'_>> = needs.collect();
        let (holds, open): (Vec<Need<'_>>, Vec<Need<'_>>) = needs
            .into_iter()
            .partition(|need| need.holds == Truth::True);
        let case = Case {
            goods,
            number,
            paragraph: *paragraph,
            entry,
            destination,
            holds,
            open,
        };
        if !case.holds.is_empty() {
            self.required(&case, subject);
            if self.input.circumstances.is_case() {
                self.authorisations(&case, subject);
            }
        } else if !case.open.is_empty() {
            self.left_open(&case, &parameters);
        } else {
            let reason = format!(
                "{}: listed, but {} has no mark for its reasons for control.",
                capital(&case.goods.label()),
                destination.name()
            );
            self.trace.raise(DeterminationResult::NotRequired, reason);
        }
    }

    /// One step for each reason for control of the entry.
    fn mark_reasons(&mut self, entry: &Entry, paragraph: &Paragraph, destination: Country) {
        let places = &self.controls.places;
        for row in &entry.rows {
            let there = places.takes_in(row.place, destination);
            let truth = there.and(row.scope(paragraph));
            let rule = format!("{}:{}", self.controls.list.table.head.id, row.label);
            self.trace.mark(&rule, &places.citation(row.place).0, truth);
        }
    }

    /// A condition in words that the declared parameters settle; `None` where
    /// they rule the requirement out.
    fn by_parameters<'n>(
        &self,
        mut need: Need<'n>,
        paragraph: &Paragraph,
        destination: Country,
        parameters: &Parameters,
    ) -> Option<Need<'n>> {
        let Some(condition) = &need.requirement.condition else {
            return Some(need);
        };
        match condition.evaluate(parameters).truth {
            Truth::False => return None,
            Truth::Unknown => {}
            Truth::True => {
                let there = self
                    .controls
                    .places
                    .takes_in(need.requirement.place, destination);
                need.holds = there.and(need.requirement.by_paragraph(paragraph));
            }
        }
        Some(need)
    }

    /// What a case would have to tell: the answers to conditions in words, or
    /// a more exact paragraph.
    fn ask_conditions(&mut self, case: &Case<'_>, parameters: &Parameters) {
        let mut asked: Vec<String> = Vec::new();
        for need in &case.open {
            let requirement = need.requirement;
            let Some(condition) = &requirement.condition else {
                continue;
            };
            let missing = condition.evaluate(parameters).missing;
            for missing in missing {
                if asked.contains(&missing.name) {
                    continue;
                }
                asked.push(missing.name.clone());
                let text = format!(
                    "{} (reason {} of {}; parameter '{}')",
                    missing.question, requirement.label, case.number, missing.name
                );
                let needs = std::slice::from_ref(need);
                let step = self.cited(case, "licence-reason-open", text, needs);
                let why = format!("Reason {} of {} is open.", requirement.label, case.number);
                self.trace.ask_for(Facet::Parameters.as_str(), step, why);
            }
        }
    }

    fn left_open(&mut self, case: &Case<'_>, parameters: &Parameters) {
        // A licence settles what the code leaves open.
        if self.licence_shown(case, &labels(&case.open)) {
            return;
        }
        let in_words = case.open.iter().all(|n| {
            n.requirement.condition.is_some()
                && n.requirement.by_paragraph(&case.paragraph) == Truth::True
        });
        let has_row = self.controls.places.has_row(case.destination);
        if self.input.circumstances.is_case() && has_row {
            self.ask_conditions(case, parameters);
            if in_words {
                return;
            }
        }
        let which = labels(&case.open).join(", ");
        let place = case.destination.name();
        let reason = if has_row {
            format!(
                "{}: whether the reasons {which} apply to {place} depends on the exact paragraph or on conditions that a code does not show.",
                capital(&case.goods.label())
            )
        } else {
            format!("The country chart has no row for {place}, so the reasons {which} stay open.")
        };
        let text = format!("{reason} Do they apply, and if not, why?");
        let step = self.cited(case, "licence-reason-open", text, &case.open);
        let field = if has_row {
            Facet::Eccn
        } else {
            Facet::Destination
        };
        self.trace.ask_for(field.as_str(), step, reason);
    }

    fn required(&mut self, case: &Case<'_>, subject: &[Goods<'_>]) {
        if self.exception_used(case, subject) {
            return;
        }
        let reason = requirement_text(case);
        if self.licence_shown(case, &labels(&case.holds)) {
            return;
        }
        let documents = &self.controls.documents;
        let law = self.trace.jurisdiction().clone();
        let licence = documents.licence(
            self.input.transaction,
            Some(case.goods.item),
            &law,
            self.input.as_of,
        );
        self.trace
            .raise(DeterminationResult::Required, reason.clone());
        let text = format!("{reason}{}", doubt(&licence));
        let step = self.cited(case, "licence-required", text, &case.holds);
        self.trace.find(step, Outcome::LicenceRequired);
    }

    /// Records a declared licence; false if none is shown.
    fn licence_shown(&mut self, case: &Case<'_>, reasons: &[&str]) -> bool {
        let documents = &self.controls.documents;
        let law = self.trace.jurisdiction().clone();
        let item = Some(case.goods.item);
        let shown = documents.licence(self.input.transaction, item, &law, self.input.as_of);
        let Shown::Yes(document) = shown else {
            return false;
        };
        let text = format!(
            "{} needs a licence to {} ({}); the licence {} is declared.",
            capital(&case.goods.label()),
            case.destination.name(),
            reasons.join(", "),
            name(document)
        );
        self.trace
            .raise(DeterminationResult::Required, text.clone());
        let needs = if case.holds.is_empty() {
            &case.open
        } else {
            &case.holds
        };
        let step = self.cited(case, "licence-shown", text, needs);
        self.trace.find(step, Outcome::Release);
        true
    }

    /// Whether a declared exception takes the case out of the requirement, or
    /// turns it into a question; false if the requirement stands.
    fn exception_used(&mut self, case: &Case<'_>, subject: &[Goods<'_>]) -> bool {
        let law = self.trace.jurisdiction().clone();
        let declared =
            self.controls
                .documents
                .exceptions(self.input.transaction, case.goods.item, &law);
        let not_open = if self.input.exceptions_refused {
            "licence-exceptions-refused"
        } else {
            "licence-exception-not-open"
        };
        let mut used = false;
        for symbol in declared {
            let (may, source) = self.may_use(symbol, case, subject);
            let say = |text: &str| {
                format!(
                    "{}: exception {symbol} is declared; {text}.",
                    capital(&case.goods.label())
                )
            };
            let step = |code, text| Step {
                about: About::Item(case.goods.at),
                code,
                text,
                rule: &self.controls.us.scope.id,
                citations: vec![source],
            };
            match may {
                May::Yes => {
                    let text = say("list, country groups and value allow it");
                    self.trace
                        .raise(DeterminationResult::NotRequired, text.clone());
                    self.trace
                        .find(step("licence-exception-shown", text), Outcome::Release);
                    return true;
                }
                May::Perhaps(why) => {
                    let text = say(&why);
                    let question = format!("{text} Which facts show that its conditions are met?");
                    self.trace
                        .ask(step("licence-exception-unproved", question), text);
                    used = true;
                }
                May::No(why) => {
                    let text = say(&why);
                    self.trace.find(step(not_open, text), Outcome::Release);
                }
            }
        }
        used
    }

    /// A licence that is shown for what a rule of use or user asks; false if none is.
    pub(super) fn shown_licence(
        &mut self,
        about: About,
        goods: Option<&Goods<'_>>,
        head: &'a RuleHead,
        reason: &str,
    ) -> bool {
        let law = self.trace.jurisdiction().clone();
        let item = goods.map(|g| g.item);
        let documents = &self.controls.documents;
        let shown = documents.licence(self.input.transaction, item, &law, self.input.as_of);
        let Shown::Yes(document) = shown else {
            return false;
        };
        let text = format!("{reason} The licence {} is declared.", name(document));
        self.trace.raise(DeterminationResult::Required, reason);
        let step = Step {
            about,
            code: "licence-shown",
            text,
            rule: &head.id,
            citations: vec![Citation(head.citation.clone())],
        };
        self.trace.find(step, Outcome::Review);
        true
    }

    /// The licence exceptions that may overcome the requirement, with what they ask.
    fn authorisations(&mut self, case: &Case<'_>, subject: &[Goods<'_>]) {
        let controls = self.controls;
        if self.input.exceptions_refused || !controls.us.coverage.covers(self.input.as_of) {
            return;
        }
        let reasons: Vec<&str> = case
            .holds
            .iter()
            .chain(&case.open)
            .map(|n| n.requirement.reason.as_str())
            .collect();
        let value = dollars(subject, case.number);
        for exception in &controls.us.exceptions {
            let may = exception.may(case.entry, &reasons, case.destination, value);
            let rule = format!("us-740:{}", exception.symbol);
            let why = match may {
                May::No(_) => {
                    self.trace.mark(&rule, &exception.citation.0, Truth::False);
                    continue;
                }
                May::Perhaps(why) => Some(why),
                May::Yes => None,
            };
            let barred = controls.us.restrictions.iter().find(|restriction| {
                restriction.bars(
                    &exception.symbol,
                    case.number,
                    &case.paragraph,
                    &reasons,
                    case.destination,
                )
            });
            if let Some(barred) = barred {
                self.trace
                    .mark(&barred.head.id, &barred.head.citation, Truth::True);
                self.trace.mark(&rule, &exception.citation.0, Truth::False);
                continue;
            }
            let mut conditions = exception.conditions.clone();
            conditions.extend(
                controls
                    .us
                    .restrictions
                    .iter()
                    .filter_map(|r| r.condition.clone()),
            );
            let unmet = conditions.iter().cloned().chain(why).collect();
            self.trace
                .mark(&rule, &exception.citation.0, Truth::Unknown);
            self.trace.authorise(Authorised {
                id: exception.symbol.clone(),
                conditions,
                unmet,
            });
        }
    }

    fn may_use(&self, symbol: &str, case: &Case<'_>, subject: &[Goods<'_>]) -> (May, Citation) {
        let us = &self.controls.us;
        if self.input.exceptions_refused {
            let why = "a party is on a list that forbids every exception".to_owned();
            return (May::No(why), Citation(us.refused_cite.clone()));
        }
        let known = us
            .exceptions
            .iter()
            .find(|e| e.symbol.eq_ignore_ascii_case(symbol));
        let Some(exception) = known else {
            let why = "there is no such exception".to_owned();
            return (May::No(why), Citation(us.scope.citation.clone()));
        };
        let all = case.holds.iter().chain(&case.open);
        let reasons: Vec<&str> = all.map(|n| n.requirement.reason.as_str()).collect();
        let value = dollars(subject, case.number);
        let may = exception.may(case.entry, &reasons, case.destination, value);
        (may, exception.citation.clone())
    }

    fn cited(
        &self,
        case: &Case<'_>,
        code: &'static str,
        text: String,
        needs: &[Need<'_>],
    ) -> Step<'a> {
        let list = &self.controls.list.table;
        let mut citations = vec![Citation(format!(
            "{}, ECCN {}",
            list.head.citation, case.number
        ))];
        for need in needs {
            let place = self.controls.places.citation(need.requirement.place);
            let source = need.footnote.cloned().unwrap_or(place);
            if !citations.contains(&source) {
                citations.push(source);
            }
        }
        Step {
            about: About::Item(case.goods.at),
            code,
            text,
            rule: &list.head.id,
            citations,
        }
    }
}

fn requirement_text(case: &Case<'_>) -> String {
    format!(
        "{} needs a licence to {}: reasons for control {}.",
        capital(&case.goods.label()),
        case.destination.name(),
        labels(&case.holds).join(", ")
    )
}

fn labels<'a>(needs: &[Need<'a>]) -> Vec<&'a str> {
    let mut labels: Vec<&str> = Vec::new();
    for need in needs {
        if !labels.contains(&need.requirement.label.as_str()) {
            labels.push(&need.requirement.label);
        }
    }
    labels
}

/// The value of all lines of the entry, in ten-thousandths of a US dollar;
/// `None` if one of them is not valued in dollars.
fn dollars(subject: &[Goods<'_>], number: EntryNumber) -> Option<i64> {
    let same = subject
        .iter()
        .filter(|g| g.entry().is_some_and(|(n, _)| n == number));
    same.map(|goods| {
        let value = goods.item.value.as_ref()?;
        (value.currency == "USD" && value.scaled() >= 0).then(|| value.scaled())
    })
    .try_fold(0_i64, |sum, value| sum.checked_add(value?))
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}
