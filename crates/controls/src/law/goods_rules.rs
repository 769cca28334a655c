//! Rules by destination and goods: what may not go where, what takes it out of
//! that again, and what national lists add.

use super::load::cite;
use super::walk::{LawWalk, Line};
use super::{GoodsRule, Number, Way};
use crate::authorisation::Eligibility;
use crate::embargo::{self, Connection, Effect, Tie};
use portcullis_domain::{About, DeterminationResult, Facet, Given, Truth};

/// A rule that takes in a line by a country of the transaction.
struct Hit<'a> {
    rule: &'a GoodsRule,
    connection: Connection,
    effect: Effect,
    standings: Vec<Eligibility>,
    /// Questions that would decide: code, field, text.
    open: Vec<(&'static str, String, String)>,
}

/// How a line stands to the codes of a rule.
enum Codes {
    /// Taken in, left out, or open by its control number.
    Told(Truth),
    /// The tariff code has too few digits to tell.
    TooShort,
    /// No tariff code is part of the question.
    NotGiven,
}

impl LawWalk<'_> {
    /// Applies the goods rules in force to one line. Where one of them forbids
    /// or asks a licence, the milder questions about the same country are moot.
    pub(super) fn goods_rules(&mut self, line: &Line<'_>) {
        let law = self.law;
        let rules = law
            .goods
            .iter()
            .filter(|rule| rule.ways.contains(&line.way));
        let in_force: Vec<&GoodsRule> = rules.filter(|rule| self.applies(&rule.head)).collect();
        for connection in embargo::connections(self.input.transaction) {
            let mut hits = Vec::new();
            for rule in &in_force {
                if rule.countries.contains(connection.country) == rule.not_countries {
                    continue;
                }
                hits.extend(self.meet(rule, connection, line));
            }
            if hits.iter().any(|hit| hit.effect > Effect::Question) {
                hits.retain(|hit| hit.effect > Effect::Question);
            }
            for hit in hits {
                self.record(&hit, line);
            }
        }
    }

    /// How one rule meets one line by one country; `None` where it does not.
    fn meet<'r>(
        &mut self,
        rule: &'r GoodsRule,
        connection: Connection,
        line: &Line<'_>,
    ) -> Option<Hit<'r>> {
        let effect = match connection.tie {
            Tie::Ultimate => rule.effect,
            Tie::Route => rule.on_route?,
            Tie::Party => rule.on_route.map(|_| Effect::Question)?,
        };
        let mut hit = Hit {
            rule,
            connection,
            effect,
            standings: Vec::new(),
            open: Vec::new(),
        };
        let codes = self.codes(rule, line);
        if matches!(codes, Codes::NotGiven) {
            self.trace.leave_out(&rule.head.id);
            return None;
        }
        self.trace.check(&rule.head.id, &cite(&rule.head));
        match codes {
            Codes::Told(Truth::False) | Codes::NotGiven => return None,
            Codes::Told(Truth::True) => {}
            Codes::Told(Truth::Unknown) => {
                // The number is asked for by the list itself.
                self.trace
                    .mark(&rule.head.id, &rule.head.citation, Truth::Unknown);
                return None;
            }
            Codes::TooShort => {
                let text = "Which eight-digit code of the Combined Nomenclature do the goods have?";
                let field = Facet::HsCode.as_str().to_owned();
                hit.open
                    .push(("tariff-eight-digits", field, text.to_owned()));
                hit.effect = Effect::Question;
            }
        }
        let facts = self.facts(&line.matter);
        if let Some((fact, question)) = &rule.hangs_on {
            match facts(fact) {
                Some(Truth::False) => return None,
                Some(Truth::True) => hit.effect = firm(hit.effect),
                _ => {
                    hit.open
                        .push(("destination-rule", answer(fact), question.clone()));
                    if !rule.told_only {
                        hit.effect = Effect::Question;
                    }
                }
            }
        }
        let claim = self.claim(line, &facts);
        let mut lifted = None;
        for id in &rule.exempt {
            let named = self.law.authorisations.iter().find(|a| a.head.id == *id);
            let Some((authorisation, standing)) =
                named.and_then(|a| Some((a, a.eligibility(&claim)?)))
            else {
                continue;
            };
            if standing.truth == Truth::True && standing.kind.is_self_executing() {
                lifted = Some(standing.clone());
            } else if authorisation.purpose_shown(&facts)
                && standing.kind.is_self_executing()
                && standing.is_open()
            {
                // The purpose is the exempted one: what is open decides.
                let open = standing.open.iter();
                hit.open = open
                    .map(|(fact, text)| ("exemption-open", answer(fact), ask_whether(text)))
                    .collect();
                hit.effect = Effect::Question;
            }
            if standing.is_open() {
                hit.standings.push(standing);
            }
        }
        drop(facts);
        match lifted {
            None => Some(hit),
            Some(standing) => {
                let place = connection.country.name();
                let text = format!(
                    "The goods go to {place}: {} does not forbid it, for they are exempt ({}).",
                    rule.head.title, standing.title
                );
                self.trace.authorise(standing.authorised());
                self.trace.check(&standing.id, &standing.citation);
                self.trace
                    .mark(&standing.id, &standing.citation.0, Truth::True);
                self.trace.raise(DeterminationResult::NotRequired, text);
                None
            }
        }
    }

    fn codes(&self, rule: &GoodsRule, line: &Line<'_>) -> Codes {
        let by_standing = line.number.stands(rule.standing);
        let by_number = if rule.codes.is_empty() {
            Truth::True
        } else {
            line.number.among(&rule.codes)
        };
        let numbered = by_standing.and(by_number);
        let any_tariff = rule.hs.is_empty() && rule.hs_list.is_none() && rule.cn_list.is_none();
        if any_tariff || numbered == Truth::False {
            return Codes::Told(numbered);
        }
        let Some(tariff) = line.matter.tariff.known() else {
            return Codes::NotGiven;
        };
        let hs6 = tariff.get(..6).unwrap_or_default();
        let lists = &self.controls.lists;
        let on_list = rule.hs_list.as_ref().and_then(|id| lists.get(id));
        let by_hs = rule.hs.contain(hs6) || on_list.is_some_and(|list| list.contains_key(hs6));
        let cn = rule
            .cn_list
            .as_ref()
            .and_then(|id| self.controls.cn_lists.get(id));
        match (by_hs, cn.map(|list| list.contains(tariff))) {
            (true, _) | (_, Some(Truth::True)) => Codes::Told(numbered),
            (_, Some(Truth::Unknown)) => Codes::TooShort,
            _ => Codes::Told(Truth::False),
        }
    }

    fn record(&mut self, hit: &Hit<'_>, line: &Line<'_>) {
        let rule = hit.rule;
        let place = hit.connection.country.name();
        let how = match hit.connection.tie {
            Tie::Ultimate => format!("The goods go to {place}"),
            Tie::Route => format!("The goods pass through {place}"),
            Tie::Party => format!("A party is in {place}"),
        };
        let title = &rule.head.title;
        if rule.told_only {
            return self.tell(rule, hit);
        }
        if hit.effect > Effect::Question {
            let says = match hit.effect {
                Effect::Prohibited => "forbids it",
                _ => "asks for a licence",
            };
            let reason = format!("{how}: {title} {says}.");
            return self.conclude(&rule.head, line, hit.effect, &reason, &hit.standings);
        }
        for standing in &hit.standings {
            self.trace.authorise(standing.authorised());
        }
        let about = match hit.connection.tie {
            Tie::Ultimate => line.about(),
            _ => hit.connection.about,
        };
        let why = format!("{how}: {title}.");
        if hit.open.is_empty() {
            let text = format!(
                "{how}: {title}. By which licence, exception or exemption may they go, or why is none needed?"
            );
            let which = ("destination-rule", Facet::HsCode.as_str());
            return self.ask(&rule.head, about, which, text, &why);
        }
        for (code, field, question) in &hit.open {
            let text = format!("{how}: {title}. {question}");
            self.ask(&rule.head, about, (code, field), text, &why);
        }
    }

    /// A duty beside the determination: told, and never in its way.
    fn tell(&mut self, rule: &GoodsRule, hit: &Hit<'_>) {
        let unmet: Vec<String> = hit.open.iter().map(|(_, _, text)| text.clone()).collect();
        self.trace.authorise(crate::authorisation::Authorised {
            id: rule.head.id.clone(),
            conditions: vec![rule.note.clone()],
            unmet,
        });
        let truth = Truth::from(hit.open.is_empty());
        let open = if truth == Truth::True {
            Truth::True
        } else {
            Truth::Unknown
        };
        self.trace.mark(&rule.head.id, &rule.head.citation, open);
    }

    /// The national lists of the part of the territory from which goods leave.
    pub(super) fn national(&mut self, line: &Line<'_>) {
        let Some(from) = line.matter.exporter.known().copied() else {
            return;
        };
        if line.way != Way::Export || matches!(line.number, Number::Listed(..)) {
            return;
        }
        let law = self.law;
        let rules = law
            .national
            .iter()
            .filter(|rule| rule.members.contains(from));
        let in_force: Vec<_> = rules.filter(|rule| self.applies(&rule.head)).collect();
        for rule in in_force {
            if line.matter.tariff == Given::Absent {
                self.trace.leave_out(&rule.head.id);
                continue;
            }
            self.trace.check(&rule.head.id, &cite(&rule.head));
            let tariff = line.matter.tariff.known().and_then(|code| code.get(..6));
            if !tariff.is_some_and(|hs6| rule.hs.contain(hs6)) {
                continue;
            }
            let why = format!("{}.", rule.head.title);
            match line.matter.answered(&rule.fact) {
                Some(Truth::False) => {}
                None if !rule.asked => self.trace.leave_out(&rule.question),
                Some(Truth::True) => {
                    let reason =
                        format!("The goods stand on a national list: {}.", rule.head.title);
                    self.conclude(&rule.head, line, Effect::LicenceRequired, &reason, &[]);
                }
                _ => {
                    let field = answer(&rule.fact);
                    let about: About = line.about();
                    self.ask(
                        &rule.head,
                        about,
                        ("national-list", &field),
                        rule.question.clone(),
                        &why,
                    );
                }
            }
        }
    }
}

/// A question whose fact is so: it forbids, as the rules that it stands for do.
fn firm(effect: Effect) -> Effect {
    match effect {
        Effect::Question => Effect::Prohibited,
        firm => firm,
    }
}

/// The field under which the answer to a fact is given.
pub(super) fn answer(fact: &str) -> String {
    format!("answers.{fact}")
}

fn ask_whether(text: &str) -> String {
    format!("Is this so: {text}?")
}
