//! Rules by destination: embargoes, and goods that may not go to a country.

use crate::country_set::CountrySet;
use crate::goods::{Goods, HsCodes, HsLists};
use crate::table;
use portcullis_domain::{
    About, Citation, Country, CountryRole, Date, Outcome, Party, Role, RuleHead, Transaction,
};
use portcullis_policy::{DatedRow, Document, Problem, unique_ids};
use serde::Deserialize;

/// What a rule says of goods it takes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Effect {
    /// To be asked.
    Question,
    /// A licence is needed.
    LicenceRequired,
    /// Forbidden unless licensed.
    Prohibited,
}

impl Effect {
    /// The outcome it asks for.
    pub(crate) fn outcome(self) -> Outcome {
        match self {
            Effect::Question => Outcome::Question,
            Effect::LicenceRequired => Outcome::LicenceRequired,
            Effect::Prohibited => Outcome::Prohibited,
        }
    }
}

/// Which goods a rule takes in, by their control code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Standing {
    /// All goods.
    #[default]
    All,
    /// Goods with a declared control number.
    Listed,
    /// Goods without one.
    Unlisted,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    #[serde(rename = "id")]
    _id: String,
    #[serde(rename = "countries")]
    _countries: String,
    #[serde(default)]
    items: Standing,
    #[serde(default)]
    hs: String,
    #[serde(default)]
    hs_list: String,
    effect: Effect,
    on_route: Effect,
    #[serde(default)]
    eased_hs: String,
    #[serde(default)]
    eased_effect: Option<Effect>,
    #[serde(default)]
    eased_cite: String,
}

/// One dated rule by destination.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    /// Id, title, citation, jurisdiction, dates.
    pub(crate) head: RuleHead,
    countries: CountrySet,
    standing: Standing,
    hs: HsCodes,
    hs_list: Option<String>,
    effect: Effect,
    on_route: Effect,
    eased_hs: HsCodes,
    eased: Option<(Effect, Citation)>,
}

/// How a country comes into a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tie {
    /// Destination, consignee, importer or end user.
    Ultimate,
    /// On the way: route, intermediate consignee.
    Route,
    /// Another party is there.
    Party,
}

/// A country of the transaction, how it comes in, and where that stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Connection {
    /// The country.
    pub(crate) country: Country,
    /// How it comes in.
    pub(crate) tie: Tie,
    /// What shows it.
    pub(crate) about: About,
}

/// Every country by which a transaction can meet a rule by destination.
pub(crate) fn connections(transaction: &Transaction) -> Vec<Connection> {
    let mut all = Vec::new();
    let mut add = |country, tie, about| {
        let connection = Connection {
            country,
            tie,
            about,
        };
        if !all.contains(&connection) {
            all.push(connection);
        }
    };
    if let Some(country) = transaction.destination {
        add(country, Tie::Ultimate, About::Transaction);
    }
    for country in &transaction.route {
        add(*country, Tie::Route, About::Route);
    }
    for (at, in_role) in transaction.parties.iter().enumerate() {
        let tie = match in_role.role {
            Role::Consignee | Role::EndUser => Tie::Ultimate,
            Role::IntermediateConsignee => Tie::Route,
            Role::Importer | Role::Purchaser | Role::Notify | Role::Forwarder => Tie::Party,
            _ => continue,
        };
        for country in located_in(&in_role.party) {
            add(country, tie, About::Party(at));
        }
    }
    all
}

/// The countries in which a party is, rather than comes from.
pub(crate) fn located_in(party: &Party) -> impl Iterator<Item = Country> {
    let there = |role| matches!(role, CountryRole::Residence | CountryRole::Registration);
    let addresses = party.addresses.iter().filter_map(|a| a.country);
    let stated = party.countries.iter().filter(move |c| there(c.role));
    addresses.chain(stated.map(|c| c.country))
}

impl Rule {
    /// Whether the rule names the country.
    pub(crate) fn names(&self, country: Country) -> bool {
        self.countries.contains(country)
    }

    /// Its effect at the place of destination, unless eased.
    pub(crate) fn full_effect(&self) -> Effect {
        self.effect
    }

    /// Whether the rule looks at the tariff code of the goods.
    pub(crate) fn looks_at_codes(&self) -> bool {
        !self.hs.is_empty() || self.hs_list.is_some()
    }

    /// Its effect on goods that stand on the control list, if it takes them in.
    pub(crate) fn effect_on_listed(&self, tie: Tie) -> Option<Effect> {
        let effect = match tie {
            Tie::Ultimate => self.effect,
            Tie::Route => self.on_route,
            Tie::Party => Effect::Question,
        };
        (self.standing != Standing::Unlisted).then_some(effect)
    }

    /// Whether the rule looks at what the goods are.
    pub(crate) fn looks_at_goods(&self) -> bool {
        self.standing != Standing::All || !self.hs.is_empty() || self.hs_list.is_some()
    }

    /// The effect on one line (or on the whole, where nothing is declared), and
    /// the source of the milder treatment if that is what applies.
    pub(crate) fn effect_on(
        &self,
        goods: Option<&Goods<'_>>,
        tie: Tie,
        lists: &HsLists,
    ) -> Option<(Effect, Option<&Citation>)> {
        if !self.takes_in(goods, lists) {
            return None;
        }
        let full = match tie {
            Tie::Ultimate => self.effect,
            Tie::Route => self.on_route,
            Tie::Party => Effect::Question,
        };
        let eased = self.eased.as_ref().filter(|(effect, _)| *effect < full);
        match (eased, goods) {
            (Some((effect, cite)), Some(goods)) if self.eases(goods) => Some((*effect, Some(cite))),
            _ => Some((full, None)),
        }
    }

    fn takes_in(&self, goods: Option<&Goods<'_>>, lists: &HsLists) -> bool {
        let Some(goods) = goods else {
            return !self.looks_at_goods();
        };
        let by_list = match self.standing {
            Standing::All => true,
            Standing::Listed => goods.listed,
            Standing::Unlisted => !goods.listed,
        };
        let any_code = self.hs.is_empty() && self.hs_list.is_none();
        let by_code = goods.hs6.is_some_and(|hs6| {
            let on_list = self.hs_list.as_ref().and_then(|id| lists.get(id));
            self.hs.contain(hs6) || on_list.is_some_and(|list| list.contains_key(hs6))
        });
        by_list && (any_code || by_code)
    }

    fn eases(&self, goods: &Goods<'_>) -> bool {
        !goods.listed && goods.hs6.is_some_and(|hs6| self.eased_hs.contain(hs6))
    }

    fn build(dated: DatedRow, lists: &HsLists, problems: &mut Vec<Problem>) -> Option<Rule> {
        let row = dated.body;
        let raw: RawRule = table::read(&row, problems)?;
        if !raw.hs_list.is_empty() && !lists.contains_key(&raw.hs_list) {
            problems.push(row.problem_at("hs_list", format!("no list '{}'", raw.hs_list)));
        }
        Some(Rule {
            head: dated.head,
            countries: table::countries(&row, "countries", problems),
            standing: raw.items,
            hs: table::take(HsCodes::parse(&raw.hs), &row, "hs", problems)?,
            hs_list: Some(raw.hs_list).filter(|id| !id.is_empty()),
            effect: raw.effect,
            on_route: raw.on_route,
            eased_hs: table::take(HsCodes::parse(&raw.eased_hs), &row, "eased_hs", problems)?,
            eased: raw
                .eased_effect
                .map(|effect| (effect, Citation(raw.eased_cite))),
        })
    }
}

/// Reads the `[[rule]]` blocks of a file; drafts are checked and left out.
pub(crate) fn rules(
    document: &Document,
    lists: &HsLists,
    problems: &mut Vec<Problem>,
) -> Vec<Rule> {
    let rows = document.rows("rule", problems);
    unique_ids(&rows, problems);
    let mut rules = Vec::new();
    for row in &rows {
        match row.dated() {
            Ok(dated) if !dated.status.is_adopted() => {}
            Ok(dated) => rules.extend(Rule::build(dated, lists, problems)),
            Err(wrong) => problems.extend(wrong),
        }
    }
    rules
}

/// A region under embargo that a country code does not show.
#[derive(Clone, Debug)]
pub(crate) struct Region {
    /// Id, title, citation, jurisdiction, dates.
    pub(crate) head: RuleHead,
    countries: CountrySet,
    words: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRegion {
    #[serde(rename = "id")]
    _id: String,
    #[serde(rename = "countries")]
    _countries: String,
    words: Vec<String>,
}

/// Reads the `[[region]]` blocks of a file.
pub(crate) fn regions(document: &Document, problems: &mut Vec<Problem>) -> Vec<Region> {
    let mut regions = Vec::new();
    for row in document.rows("region", problems) {
        let dated = match row.dated() {
            Ok(dated) => dated,
            Err(wrong) => {
                problems.extend(wrong);
                continue;
            }
        };
        let countries = table::countries(&dated.body, "countries", problems);
        if let Some(raw) = table::read::<RawRegion>(&dated.body, problems) {
            regions.push(Region {
                head: dated.head,
                countries,
                words: raw.words.iter().map(|word| word.to_lowercase()).collect(),
            });
        }
    }
    regions
}

impl Region {
    /// Whether the region's law is in force on the day.
    pub(crate) fn applies(&self, as_of: Date, known: Date) -> bool {
        self.head.applies(as_of, known)
    }

    /// The word by which an address of the party names the region.
    pub(crate) fn named_by(&self, party: &Party) -> Option<&str> {
        let here = |country: Option<Country>| country.is_none_or(|c| self.countries.contains(c));
        let addresses = party.addresses.iter().filter(|a| here(a.country));
        let texts = addresses.flat_map(|a| [&a.street, &a.city, &a.region]);
        texts.flat_map(|text| self.word_in(text)).next()
    }

    fn word_in(&self, text: &str) -> Option<&str> {
        let lower = text.to_lowercase();
        let words: Vec<&str> = lower
            .split(|c: char| !c.is_alphanumeric() && c != '\'')
            .collect();
        let named = self
            .words
            .iter()
            .find(|word| words.contains(&word.as_str()));
        named.map(String::as_str)
    }
}
