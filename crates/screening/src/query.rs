//! What is asked.

use portcullis_domain::{Address, Country, Gender, Identifier, PartialDate, Party, PartyKind};

/// The score from which a hit is an alert.
pub const DEFAULT_THRESHOLD: f64 = 0.70;

/// One party to be screened. Everything that is not known stays empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// The name as given, in any script. May be empty if identifiers are given.
    pub name: String,
    /// Further names of the same party; the best one counts.
    pub other_names: Vec<String>,
    /// Person, organisation, vessel, aircraft or unknown.
    pub kind: PartyKind,
    /// Countries of any role. Another country is never a contradiction.
    pub countries: Vec<Country>,
    /// Birth dates; several if unsure. The best agreement counts.
    pub birth_dates: Vec<PartialDate>,
    /// Identifiers; an empty scheme compares with every scheme.
    pub identifiers: Vec<Identifier>,
    /// Addresses.
    pub addresses: Vec<Address>,
    /// Gender, where known.
    pub gender: Option<Gender>,
}

impl Query {
    /// A query by name alone.
    pub fn by_name(name: &str) -> Query {
        Query {
            name: name.to_owned(),
            ..Query::default()
        }
    }

    /// Everything that is known of a party. Its first shown name is `name`,
    /// all others are `other_names`.
    pub fn of_party(party: &Party) -> Query {
        let name = party.caption().to_owned();
        let others = party.names.iter().map(|n| n.text.clone());
        Query {
            other_names: others.filter(|n| *n != name).collect(),
            name,
            kind: party.kind,
            countries: party.all_countries(),
            birth_dates: party.birth_dates.clone(),
            identifiers: party.identifiers.clone(),
            addresses: party.addresses.clone(),
            gender: party.gender,
        }
    }

    /// Whether the query holds anything that can be screened: a letter or
    /// digit in a name, or an identifier. Where it does not, "no hit" says
    /// nothing, and the caller must not take it as clear.
    pub fn is_answerable(&self) -> bool {
        let names = std::iter::once(&self.name).chain(&self.other_names);
        let mut texts = names.chain(self.identifiers.iter().map(|i| &i.value));
        texts.any(|t| t.chars().any(char::is_alphanumeric))
    }
}

/// How to ask.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// Hits below this score are not returned; 0 to 1. Values outside, and
    /// NaN, count as the default of 0.70.
    pub threshold: f64,
    /// Whether a weak alias may alert by name alone.
    pub weak: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            threshold: DEFAULT_THRESHOLD,
            weak: false,
        }
    }
}

impl Options {
    /// The threshold that is used.
    pub(crate) fn effective_threshold(&self) -> f64 {
        if (0.0..=1.0).contains(&self.threshold) {
            self.threshold
        } else {
            DEFAULT_THRESHOLD
        }
    }
}
