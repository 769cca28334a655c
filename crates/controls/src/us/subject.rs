//! Is the item subject to the regulations? Where it leaves, where it was made,
//! how much of it is controlled content, and of what it is the direct product.

use super::UsWalk;
use crate::country_set::CountrySet;
use crate::goods::Goods;
use crate::places::Places;
use crate::scope::{Numbers, Told};
use crate::table;
use crate::trace::Step;
use portcullis_domain::{
    About, Citation, Country, DeterminationResult, Facet, Presence, RuleHead, Share, Truth,
};
use portcullis_policy::{Document, PolicyFiles, Problem, Row};
use serde::Deserialize;

/// The rules of jurisdiction (`us-subject.toml`).
#[derive(Clone, Debug, Default)]
pub(crate) struct Subject {
    de_minimis: Vec<DeMinimis>,
    direct_products: Vec<DirectProduct>,
}

/// A share of controlled content above which a foreign-made item is subject.
#[derive(Clone, Debug)]
struct DeMinimis {
    head: RuleHead,
    /// In hundredths of a percent; more than this is subject.
    share: Share,
    destinations: CountrySet,
    numbers: Numbers,
    /// Asked before the rule is taken to apply.
    ask: Option<String>,
}

/// A foreign direct product rule.
#[derive(Clone, Debug)]
struct DirectProduct {
    head: RuleHead,
    destinations: CountrySet,
    numbers: Numbers,
    /// Words of a list entry that mark a party of the rule (`footnote 1`); with
    /// it the party decides, wherever it is.
    party_lists: Vec<String>,
    marks: Vec<String>,
    ask: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDeMinimis {
    #[serde(rename = "id")]
    _id: String,
    percent: Share,
    #[serde(default)]
    groups: String,
    #[serde(default)]
    countries: String,
    #[serde(default)]
    eccn: String,
    ask: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDirectProduct {
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
    #[serde(default)]
    party_lists: Vec<String>,
    #[serde(default)]
    marks: Vec<String>,
    ask: String,
}

/// Hundredths in a percent.
const PERCENT: Share = 100;

impl Subject {
    /// Reads `us-subject.toml`.
    pub(crate) fn load(
        files: &PolicyFiles,
        places: &Places,
        problems: &mut Vec<Problem>,
    ) -> Option<Subject> {
        let document = table::open(files, "us-subject.toml", problems)?;
        document.only_keys(&["coverage", "de_minimis", "direct_product"], problems);
        Some(Subject {
            de_minimis: de_minimis(&document, places, problems),
            direct_products: direct_products(&document, places, problems),
        })
    }
}

/// The countries of groups and codes; none named = everywhere.
pub(crate) fn destinations(
    (groups, not_groups, countries): (&str, &str, &str),
    row: &Row,
    places: &Places,
    problems: &mut Vec<Problem>,
) -> Option<CountrySet> {
    let built = places.groups.members(groups).and_then(|grouped| {
        let stated = if groups.is_empty() && countries.is_empty() {
            CountrySet::all()
        } else {
            grouped
        };
        Ok(stated
            .minus(places.groups.members(not_groups)?)
            .union(CountrySet::parse(countries)?))
    });
    table::take(built, row, "groups", problems)
}

fn de_minimis(document: &Document, places: &Places, problems: &mut Vec<Problem>) -> Vec<DeMinimis> {
    let mut all = Vec::new();
    for row in document.rows("de_minimis", problems) {
        let Some((head, body)) = table::dated(&row, problems) else {
            continue;
        };
        let Some(raw) = table::read::<RawDeMinimis>(&body, problems) else {
            continue;
        };
        let named = (raw.groups.as_str(), "", raw.countries.as_str());
        let destinations = destinations(named, &row, places, problems);
        let numbers = table::take(Numbers::parse(&raw.eccn), &row, "eccn", problems);
        if let (Some(destinations), Some(numbers)) = (destinations, numbers) {
            all.push(DeMinimis {
                head,
                share: raw.percent * PERCENT,
                destinations,
                numbers,
                ask: raw.ask,
            });
        }
    }
    all
}

fn direct_products(
    document: &Document,
    places: &Places,
    problems: &mut Vec<Problem>,
) -> Vec<DirectProduct> {
    let mut all = Vec::new();
    for row in document.rows("direct_product", problems) {
        let Some((head, body)) = table::dated(&row, problems) else {
            continue;
        };
        let Some(raw) = table::read::<RawDirectProduct>(&body, problems) else {
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
            all.push(DirectProduct {
                head,
                destinations,
                numbers,
                party_lists: raw.party_lists,
                marks: raw.marks.iter().map(|m| m.to_lowercase()).collect(),
                ask: raw.ask,
            });
        }
    }
    all
}

impl<'a> UsWalk<'a> {
    /// Whether a case's item is subject. Open questions are asked on the way.
    pub(super) fn case_is_subject(&mut self, goods: &Goods<'_>) -> Truth {
        let scope = &self.controls.us.scope;
        let territory = self.controls.places.territory;
        let circumstances = self.input.circumstances;
        let origin = goods.item.origin;
        let here = origin.is_some_and(|o| territory.contains(o));
        let asked_of_content = !circumstances.is_absent(Facet::UsContent);
        let leaves = match self.input.transaction.dispatch {
            // A foreign-made item whose content is asked about is taken to be abroad.
            None if origin.is_some() && !here && asked_of_content => Truth::False,
            _ => self.input.leaves(&territory, &scope.jurisdiction),
        };
        if leaves == Truth::True || here {
            self.mark(&scope.id, &scope.citation, Truth::True);
            return Truth::True;
        }
        let foreign_made = origin.is_some();
        if !foreign_made && circumstances.presence(Facet::Origin) == Some(Presence::Absent) {
            // Nobody asks where it was made: the law is asked, so it is taken to apply.
            self.mark(&scope.id, &scope.citation, Truth::Unknown);
            return Truth::True;
        }
        if !foreign_made || leaves == Truth::Unknown {
            // Origin or exporter is unknown, which is asked by itself.
            self.mark(&scope.id, &scope.citation, Truth::Unknown);
            return Truth::Unknown;
        }
        let by_content = self.de_minimis(goods);
        if by_content == Truth::True {
            return Truth::True;
        }
        by_content.or(self.direct_product(goods))
    }

    fn destination(&self) -> Option<Country> {
        self.input.transaction.destination
    }

    /// The strictest share that applies, compared with what is declared.
    fn de_minimis(&mut self, goods: &Goods<'_>) -> Truth {
        let controls = self.controls;
        let Some(destination) = self.destination() else {
            return Truth::Unknown;
        };
        let circumstances = self.input.circumstances;
        let (as_of, known) = (self.input.as_of, self.input.known);
        let mut subject = Truth::False;
        let mut limit: Option<&DeMinimis> = None;
        let mut in_force = 0;
        for rule in &controls.us.subject.de_minimis {
            if !rule.head.applies(as_of, known) {
                continue;
            }
            in_force += 1;
            let there = rule.destinations.contains(destination);
            let told = Told::known(there).and(rule.numbers.take_in(Some(goods), circumstances));
            // A share that applies is marked by what the case says of it.
            if told != Told::Yes {
                self.mark(&rule.head.id, &rule.head.citation, told.truth());
            }
            match (told, &rule.ask) {
                (Told::Yes, Some(ask)) => {
                    self.ask_rule(&rule.head, Facet::UsContent, "de-minimis-open", ask.clone());
                    subject = subject.or(Truth::Unknown);
                }
                (Told::Yes, None) if limit.is_none_or(|l| rule.share < l.share) => {
                    limit = Some(rule);
                }
                _ => {}
            }
        }
        let Some(rule) = limit else {
            if in_force == 0 {
                return Truth::Unknown;
            }
            return subject;
        };
        let share = circumstances.us_content.known().copied();
        let by_share = match share {
            Some(share) => Truth::from(share > rule.share),
            // Not part of the case: the law is asked, so content is taken to count.
            None if circumstances.is_absent(Facet::UsContent) => Truth::True,
            None => {
                let text = format!(
                    "Is more than {} % of the value of the foreign-made item controlled content of US origin ({})?",
                    rule.share / PERCENT,
                    rule.head.title
                );
                self.ask_rule(&rule.head, Facet::UsContent, "us-content-unknown", text);
                Truth::Unknown
            }
        };
        if by_share == Truth::False {
            let text = format!(
                "The item is foreign-made, and its controlled content of US origin is not more than {} % ({}).",
                rule.share / PERCENT,
                rule.head.citation
            );
            self.trace.raise(DeterminationResult::NotRequired, text);
        }
        let shown = if share.is_none() {
            Truth::Unknown
        } else {
            by_share
        };
        self.mark(&rule.head.id, &rule.head.citation, shown);
        subject.or(by_share)
    }

    /// Every direct product rule whose destination, party and item can be meant
    /// is asked: a case has no field for how the item was made.
    fn direct_product(&mut self, goods: &Goods<'_>) -> Truth {
        let controls = self.controls;
        let (as_of, known) = (self.input.as_of, self.input.known);
        let destination = self.destination();
        let mut subject = Truth::False;
        for rule in &controls.us.subject.direct_products {
            if !rule.head.applies(as_of, known) {
                continue;
            }
            let there = match (rule.party_lists.is_empty(), destination) {
                (false, _) => self.marked_party(rule),
                (true, Some(to)) => Told::known(rule.destinations.contains(to)),
                (true, None) => Told::Open(Facet::Destination),
            };
            let told = there.and(rule.numbers.take_in(Some(goods), self.input.circumstances));
            let shown = match told {
                Told::Yes | Told::Open(_) => {
                    let field = match told {
                        Told::Open(facet) => facet,
                        _ => Facet::Parameters,
                    };
                    self.ask_rule(&rule.head, field, "direct-product-open", rule.ask.clone());
                    subject = subject.or(Truth::Unknown);
                    Truth::Unknown
                }
                other => other.truth(),
            };
            self.mark(&rule.head.id, &rule.head.citation, shown);
        }
        subject
    }

    fn marked_party(&self, rule: &DirectProduct) -> Told {
        let circumstances = self.input.circumstances;
        if circumstances.is_absent(Facet::Parties) {
            return Told::Silent(Facet::Parties);
        }
        let standings = circumstances.parties.iter().flat_map(|p| &p.standings);
        let mut of_list = standings
            .filter(|s| rule.party_lists.contains(&s.list))
            .peekable();
        if of_list.peek().is_none() {
            return Told::No;
        }
        let marked = of_list.any(|standing| {
            let text = standing.requirement.to_lowercase();
            rule.marks.iter().any(|mark| text.contains(mark.as_str()))
        });
        // An entry whose words do not show its footnotes may still have one.
        if marked {
            Told::Yes
        } else {
            Told::Open(Facet::Parties)
        }
    }

    /// Asks what a rule leaves open.
    pub(super) fn ask_rule(
        &mut self,
        head: &'a RuleHead,
        field: Facet,
        code: &'static str,
        text: String,
    ) {
        self.trace.check(&head.id, &Citation(head.citation.clone()));
        let step = Step {
            about: About::Item(0),
            code,
            text,
            rule: &head.id,
            citations: vec![Citation(head.citation.clone())],
        };
        let why = format!("{}: open.", head.title);
        self.trace.ask_for(field.as_str(), step, why);
    }

    /// Notes what a rule said.
    pub(super) fn mark(&mut self, rule: &str, citation: &str, truth: Truth) {
        self.trace.check(rule, &Citation(citation.to_owned()));
        self.trace.mark(rule, citation, truth);
    }
}
