//! **A law of lists, end uses and destinations**, as the European Union and the
//! United Kingdom have it: what stands on the list, what is meant for a use of
//! concern, what may not go to a country, and what takes out of that again.
//!
//! Everything is data (`eu-law.toml`, `uk-law.toml`): articles by movement,
//! arms embargoes by day, goods rules by tariff code, national lists, general
//! authorisations and exemptions. [`walk`](walk::walk) puts one line of goods to it.

mod catch_all;
mod goods_rules;
mod load;
mod uses;
mod walk;

use crate::authorisation::Authorisation;
use crate::control_set::{Codes, ControlSet, ControlSets};
use crate::country_set::CountrySet;
use crate::eccn::{Declared, EntryNumber, Paragraph};
use crate::embargo::Effect;
use crate::goods::HsCodes;
use crate::table::Table;
use portcullis_domain::{Date, Movement, RuleHead, Truth};
use serde::Deserialize;

pub(crate) use load::{CnLists, cn_lists};
pub(crate) use uses::EndUses;
pub(crate) use walk::walk;

/// How goods move, as the articles of such a law tell it apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Way {
    /// Out of the territory, bodily or not.
    Export,
    /// From one part of the territory to another.
    Within,
    /// Through the territory, from outside to outside.
    Transit,
    /// Arranged from the territory between places outside.
    Brokering,
    /// Technical assistance given from the territory.
    Assistance,
}

impl Way {
    fn parse(word: &str) -> Option<Way> {
        let known = [
            ("export", Way::Export),
            ("within", Way::Within),
            ("transit", Way::Transit),
            ("brokering", Way::Brokering),
            ("assistance", Way::Assistance),
        ];
        known.iter().find(|(w, _)| *w == word).map(|(_, way)| *way)
    }

    /// The movement by which authorisations name it.
    pub(crate) fn movement(self) -> Movement {
        match self {
            Way::Export | Way::Within => Movement::Export,
            Way::Transit => Movement::Transit,
            Way::Brokering => Movement::Brokering,
            Way::Assistance => Movement::TechnicalAssistance,
        }
    }
}

/// Which goods an article is for, by their control number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Standing {
    /// All goods.
    #[default]
    Any,
    /// Goods on the list.
    Listed,
    /// Goods on no list.
    Unlisted,
}

/// An article: for which goods and movements, meant for which uses, and what
/// follows from what is known of the use.
#[derive(Clone, Debug)]
pub(crate) struct Article {
    pub(crate) head: RuleHead,
    /// Note for exporters.
    pub(crate) note: String,
    ways: Vec<Way>,
    standing: Standing,
    set: Option<ControlSet>,
    /// Uses that bring it about; none: it holds without any.
    uses: Vec<String>,
    arms_embargo: bool,
    /// What follows without more, or once the authority has informed.
    effect: Effect,
    /// What follows from knowing of the use.
    aware: Effect,
    /// The fact by which the authority's answer to a notification is stated.
    decided: String,
}

/// Destinations under an arms embargo.
#[derive(Clone, Debug)]
pub(crate) struct ArmsEmbargo {
    pub(crate) head: RuleHead,
    countries: CountrySet,
    certain: bool,
}

/// Goods that may not go to a country.
#[derive(Clone, Debug)]
pub(crate) struct GoodsRule {
    pub(crate) head: RuleHead,
    /// Note for exporters.
    pub(crate) note: String,
    countries: CountrySet,
    not_countries: bool,
    ways: Vec<Way>,
    standing: Standing,
    codes: Codes,
    hs: HsCodes,
    hs_list: Option<String>,
    cn_list: Option<String>,
    effect: Effect,
    on_route: Option<Effect>,
    /// A fact on which it hangs, and the question that asks for it.
    hangs_on: Option<(String, String)>,
    exempt: Vec<String>,
    /// Only told of: a duty that stands beside the determination.
    told_only: bool,
}

/// Goods on the national list of a part of the territory.
#[derive(Clone, Debug)]
pub(crate) struct NationalRule {
    pub(crate) head: RuleHead,
    pub(crate) note: String,
    members: CountrySet,
    hs: HsCodes,
    fact: String,
    question: String,
    /// Whether it is asked; otherwise only what is stated counts.
    asked: bool,
}

/// Tariff codes under which listed goods are often found.
#[derive(Clone, Debug)]
pub(crate) struct Hint {
    hs: HsCodes,
    numbers: String,
}

/// One law.
#[derive(Clone, Debug)]
pub(crate) struct Law {
    /// Head and coverage.
    pub(crate) table: Table,
    /// General authorisations, exemptions, derogations.
    pub(crate) authorisations: Vec<Authorisation>,
    articles: Vec<Article>,
    arms: Vec<ArmsEmbargo>,
    goods: Vec<GoodsRule>,
    national: Vec<NationalRule>,
    hints: Vec<Hint>,
    hint_source: String,
    /// What of the law is not encoded, in words.
    not_encoded: Vec<String>,
}

impl Law {
    /// The notes for exporters, by rule: articles, goods rules, national lists,
    /// authorisations.
    pub(crate) fn notes(&self) -> impl Iterator<Item = (&RuleHead, &str)> {
        let articles = self.articles.iter().map(|a| (&a.head, a.note.as_str()));
        let goods = self.goods.iter().map(|g| (&g.head, g.note.as_str()));
        let national = self.national.iter().map(|n| (&n.head, n.note.as_str()));
        let authorised = self
            .authorisations
            .iter()
            .map(|a| (&a.head, a.note.as_str()));
        articles.chain(goods).chain(national).chain(authorised)
    }

    /// Whether a destination is under an arms embargo on the day, and by which
    /// rules; unknown where the embargo is a partial one.
    fn arms_embargo(
        &self,
        country: portcullis_domain::Country,
        as_of: Date,
        known: Date,
    ) -> (Truth, Vec<&ArmsEmbargo>) {
        let in_force = self
            .arms
            .iter()
            .filter(|arms| arms.head.applies(as_of, known));
        let met: Vec<&ArmsEmbargo> = in_force.filter(|a| a.countries.contains(country)).collect();
        let each = met.iter().map(|arms| {
            if arms.certain {
                Truth::True
            } else {
                Truth::Unknown
            }
        });
        (each.fold(Truth::False, Truth::or), met)
    }
}

/// What is known of the control number of a line under such a law.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Number<'a> {
    /// On the list: as written, and read. Numbers recognised by their form
    /// (`ML3a`) have no entry.
    Listed(&'a str, Option<(EntryNumber, Paragraph)>),
    /// Declared, and not a number of the list.
    NoSuch(&'a str),
    /// Stated to be on no list.
    Unlisted,
    /// Not part of the question.
    Absent,
    /// To be asked.
    Unknown,
}

impl Number<'_> {
    /// Whether the goods are listed, as far as is known.
    fn listed(&self) -> Truth {
        match self {
            Number::Listed(..) => Truth::True,
            Number::NoSuch(_) | Number::Unknown => Truth::Unknown,
            Number::Unlisted | Number::Absent => Truth::False,
        }
    }

    /// Whether the standing takes the goods in.
    fn stands(&self, standing: Standing) -> Truth {
        match standing {
            Standing::Any => Truth::True,
            Standing::Listed => self.listed(),
            Standing::Unlisted => !self.listed(),
        }
    }

    fn in_set(&self, set: &ControlSet) -> Truth {
        match self {
            Number::Listed(_, Some((number, paragraph))) => set.contains(*number, paragraph),
            Number::NoSuch(_) | Number::Unknown => Truth::Unknown,
            Number::Listed(_, None) | Number::Unlisted | Number::Absent => Truth::False,
        }
    }

    fn among(&self, codes: &Codes) -> Truth {
        match self {
            Number::Listed(_, Some((number, paragraph))) => codes.contain(*number, paragraph),
            Number::NoSuch(_) | Number::Unknown => Truth::Unknown,
            Number::Listed(_, None) | Number::Unlisted | Number::Absent => Truth::False,
        }
    }

    /// As an authorisation wants it.
    pub(crate) fn written(&self) -> Option<&str> {
        match self {
            Number::Listed(code, _) | Number::NoSuch(code) => Some(code),
            _ => None,
        }
    }
}

/// Whether a word declares that the goods are on no list.
pub(crate) fn says_unlisted(code: &str) -> bool {
    code.eq_ignore_ascii_case("none") || matches!(Declared::parse(code), Declared::Unlisted)
}

/// Everything the loader needs to know of other files.
pub(crate) struct Known<'a> {
    /// Lists of six-digit codes.
    pub(crate) hs_lists: &'a crate::goods::HsLists,
    /// Lists of eight-digit codes.
    pub(crate) cn_lists: &'a CnLists,
    /// End uses.
    pub(crate) uses: &'a EndUses,
    /// Sets of control numbers.
    pub(crate) sets: &'a ControlSets,
}
