//! End uses, end users and affiliates of Part 744.

use super::UsWalk;
use super::subject::destinations;
use crate::circumstances::{OwnerFacts, PartyFacts};
use crate::country_set::CountrySet;
use crate::embargo::Effect;
use crate::goods::Goods;
use crate::places::Places;
use crate::scope::{Numbers, Told, names};
use crate::table;
use crate::trace::Step;
use portcullis_domain::{
    About, Citation, DeterminationResult, Facet, Given, RuleHead, Share, Standing, Truth,
};
use portcullis_policy::{Coverage, PolicyFiles, Problem};
use serde::Deserialize;

/// Hundredths in a percent.
const PERCENT: Share = 100;

/// The rules of end use and end user (`us-part744.toml`).
#[derive(Clone, Debug, Default)]
pub(crate) struct Uses {
    /// The days for which the file says what held.
    pub(crate) coverage: Coverage,
    end_uses: Vec<EndUse>,
    affiliates: Vec<Affiliates>,
}

/// A rule about what the item is for, or for whom.
#[derive(Clone, Debug)]
struct EndUse {
    head: RuleHead,
    destinations: CountrySet,
    numbers: Numbers,
    /// Words of the end use by which the rule takes it in.
    words: Vec<String>,
    /// Words by which it may.
    suspect: Vec<String>,
    /// Words of a party's name by which it may.
    party_words: Vec<String>,
    effect: Effect,
    ask: String,
}

/// A rule that reaches those whom listed parties own.
#[derive(Clone, Debug)]
struct Affiliates {
    head: RuleHead,
    lists: Vec<String>,
    share: Share,
    effect: Effect,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEndUse {
    #[serde(rename = "id")]
    _id: String,
    #[serde(default)]
    groups: String,
    #[serde(default)]
    not_groups: String,
    #[serde(default)]
    countries: String,
    #[serde(default)]
    eccn: String,
    words: Vec<String>,
    #[serde(default)]
    suspect: Vec<String>,
    #[serde(default)]
    party_words: Vec<String>,
    effect: Effect,
    ask: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAffiliates {
    #[serde(rename = "id")]
    _id: String,
    lists: Vec<String>,
    percent: Share,
    effect: Effect,
}

impl Uses {
    /// Reads `us-part744.toml`.
    pub(crate) fn load(
        files: &PolicyFiles,
        places: &Places,
        problems: &mut Vec<Problem>,
    ) -> Option<Uses> {
        let document = table::open(files, "us-part744.toml", problems)?;
        document.only_keys(&["coverage", "end_use", "affiliates"], problems);
        let mut uses = Uses {
            coverage: document.coverage().map_err(|p| problems.extend(p)).ok()?,
            ..Uses::default()
        };
        for row in document.rows("end_use", problems) {
            let Some((head, body)) = table::dated(&row, problems) else {
                continue;
            };
            let Some(raw) = table::read::<RawEndUse>(&body, problems) else {
                continue;
            };
            let named = (
                raw.groups.as_str(),
                raw.not_groups.as_str(),
                raw.countries.as_str(),
            );
            let destinations = destinations(named, &row, places, problems);
            let numbers = table::take(Numbers::parse(&raw.eccn), &row, "eccn", problems);
            if let (Some(destinations), Some(numbers)) = (destinations, numbers) {
                uses.end_uses.push(EndUse {
                    head,
                    destinations,
                    numbers,
                    words: raw.words,
                    suspect: raw.suspect,
                    party_words: raw.party_words,
                    effect: raw.effect,
                    ask: raw.ask,
                });
            }
        }
        for row in document.rows("affiliates", problems) {
            let Some((head, body)) = table::dated(&row, problems) else {
                continue;
            };
            if let Some(raw) = table::read::<RawAffiliates>(&body, problems) {
                uses.affiliates.push(Affiliates {
                    head,
                    lists: raw.lists,
                    share: raw.percent * PERCENT,
                    effect: raw.effect,
                });
            }
        }
        Some(uses)
    }
}

impl Affiliates {
    fn lists(&self, standing: &crate::circumstances::ListStanding) -> bool {
        self.lists.contains(&standing.list)
    }

    /// Whether a party is owned by listed ones to the share of the rule or
    /// more, all together; those whom they own so count like them.
    fn owned(&self, owners: &[OwnerFacts], as_of: portcullis_domain::Date) -> Truth {
        let mut sum: u64 = 0;
        let mut unknown = false;
        for owner in owners {
            let period = portcullis_domain::Period {
                from: owner.from,
                until: owner.until,
            };
            if !period.contains(as_of) {
                continue;
            }
            let listed = owner.standings.iter().any(|s| self.lists(s));
            let caught = Truth::from(listed).or(self.owned(&owner.owners, as_of));
            match (caught, &owner.share) {
                (Truth::False, _) => {}
                (Truth::True, Given::Known(share)) => sum += u64::from(*share),
                _ => unknown = true,
            }
        }
        if sum >= u64::from(self.share) {
            Truth::True
        } else if unknown {
            Truth::Unknown
        } else {
            Truth::False
        }
    }
}

impl<'a> UsWalk<'a> {
    /// Walks the end uses for one line.
    pub(super) fn end_uses(&mut self, goods: Option<&Goods<'_>>) {
        let controls = self.controls;
        let (as_of, known) = (self.input.as_of, self.input.known);
        for rule in &controls.us.uses.end_uses {
            if !rule.head.applies(as_of, known) {
                continue;
            }
            let told = self.end_use_told(rule, goods);
            self.mark(&rule.head.id, &rule.head.citation, told.truth());
            match (told, rule.effect) {
                (Told::Yes, Effect::Question) => {
                    self.ask_rule(&rule.head, Facet::EndUse, "end-use-open", rule.ask.clone());
                }
                (Told::Yes, effect) => self.end_use_found(rule, effect, goods),
                // What is not known at all is asked once, not by every rule.
                (Told::Open(facet), _) if !self.input.circumstances.is_unknown(facet) => {
                    self.ask_rule(&rule.head, facet, "end-use-open", rule.ask.clone());
                }
                _ => {}
            }
        }
    }

    fn end_use_told(&self, rule: &EndUse, goods: Option<&Goods<'_>>) -> Told {
        let circumstances = self.input.circumstances;
        let transaction = self.input.transaction;
        let there = match transaction.destination {
            Some(to) => Told::known(rule.destinations.contains(to)),
            None => Told::missing(circumstances, Facet::Destination),
        };
        let text = transaction.end_use.as_str();
        let use_told = if text.is_empty() {
            Told::missing(circumstances, Facet::EndUse)
        } else {
            match (names(text, &rule.words), names(text, &rule.suspect)) {
                (Truth::True, _) => Told::Yes,
                (Truth::False, Truth::False) => Told::No,
                _ => Told::Open(Facet::EndUse),
            }
        };
        let mut parties = transaction.parties.iter();
        let suspect_party =
            parties.any(|p| names(p.party.caption(), &rule.party_words) != Truth::False);
        let told = match use_told {
            Told::No | Told::Silent(_) if suspect_party => Told::Open(Facet::EndUse),
            other => other,
        };
        there
            .and(rule.numbers.take_in(goods, circumstances))
            .and(told)
    }

    fn end_use_found(&mut self, rule: &'a EndUse, effect: Effect, goods: Option<&Goods<'_>>) {
        let result = match effect {
            Effect::Prohibited => DeterminationResult::Prohibited,
            _ => DeterminationResult::Required,
        };
        let about = goods.map_or(About::Transaction, |g| About::Item(g.at));
        let reason = format!(
            "The end use is one for which a licence is needed ({}): {}.",
            rule.head.citation, rule.head.title
        );
        if self.shown_licence(about, goods, &rule.head, &reason) {
            return;
        }
        self.trace.raise(result, reason.clone());
        let step = Step {
            about,
            code: "end-use-licence-required",
            text: reason,
            rule: &rule.head.id,
            citations: vec![Citation(rule.head.citation.clone())],
        };
        self.trace.find(step, effect.outcome());
    }

    /// Walks the rules about those whom listed parties own.
    pub(super) fn affiliates(&mut self) {
        let controls = self.controls;
        let circumstances = self.input.circumstances;
        for rule in &controls.us.uses.affiliates {
            let mut told = Truth::False;
            for (at, party) in circumstances.parties.iter().enumerate() {
                told = told.or(self.affiliate(rule, at, party));
            }
            if !circumstances.parties.is_empty() {
                self.mark(&rule.head.id, &rule.head.citation, told);
            }
        }
    }

    fn affiliate(&mut self, rule: &'a Affiliates, at: usize, party: &PartyFacts) -> Truth {
        let Given::Known(owners) = &party.owners else {
            return Truth::False;
        };
        if party.standings.iter().any(|s| rule.lists(s)) {
            // Its own listing decides.
            return Truth::False;
        }
        let (as_of, known) = (self.input.as_of, self.input.known);
        let owned = rule.owned(owners, as_of);
        if owned == Truth::False {
            return Truth::False;
        }
        let share = rule.share / PERCENT;
        let who: Vec<&str> = owners.iter().map(|o| o.name.as_str()).collect();
        let who = who.join(", ");
        match (rule.head.standing(as_of, known), owned) {
            (Standing::Silent, _) => {
                let text = format!(
                    "Owned by listed parties ({who}), but the rule on affiliates was not in force on {as_of} ({}).",
                    rule.head.citation
                );
                self.trace.raise(DeterminationResult::NotRequired, text);
                Truth::False
            }
            (Standing::Unclear(suspension), _) => {
                let until = suspension
                    .period
                    .until
                    .map(|day| day.to_string())
                    .unwrap_or_default();
                let text = format!(
                    "Was the suspension of the rule on affiliates ({}) extended beyond {until}? If it was not, a party that {who} own to {share} percent or more needs a licence.",
                    suspension.citation
                );
                self.ask_affiliate(rule, at, "suspension-extended", text);
                Truth::Unknown
            }
            (Standing::Acts, Truth::Unknown) => {
                let text = format!(
                    "Which share of the party do its listed owners ({who}) hold together, directly and indirectly: {share} percent or more?"
                );
                self.ask_affiliate(rule, at, "ownership-share-unknown", text);
                Truth::Unknown
            }
            (Standing::Acts, _) => {
                let text = format!(
                    "A party is owned to {share} percent or more by listed parties ({who}): {}.",
                    rule.head.title
                );
                let result = match rule.effect {
                    Effect::Prohibited => DeterminationResult::Prohibited,
                    _ => DeterminationResult::Required,
                };
                if self.shown_licence(About::Party(at), None, &rule.head, &text) {
                    return Truth::True;
                }
                self.trace.raise(result, text.clone());
                let step = Step {
                    about: About::Party(at),
                    code: "affiliate-of-listed-party",
                    text,
                    rule: &rule.head.id,
                    citations: vec![Citation(rule.head.citation.clone())],
                };
                self.trace.find(step, rule.effect.outcome());
                Truth::True
            }
        }
    }

    fn ask_affiliate(&mut self, rule: &'a Affiliates, at: usize, code: &'static str, text: String) {
        self.trace
            .check(&rule.head.id, &Citation(rule.head.citation.clone()));
        let step = Step {
            about: About::Party(at),
            code,
            text: text.clone(),
            rule: &rule.head.id,
            citations: vec![Citation(rule.head.citation.clone())],
        };
        let field = format!("{}[{at}].owners", Facet::Parties.as_str());
        self.trace.ask_for(&field, step, text);
    }
}
