//! Who: parties of a transaction, and the entities of a watchlist.

use crate::{Country, Date, Identifier, PartialDate};
use serde::{Deserialize, Serialize};

/// What sort of thing a party is.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum PartyKind {
    /// A natural person.
    Person,
    /// A company, authority, group or other legal or informal body.
    Organisation,
    /// A ship or boat.
    Vessel,
    /// An aeroplane, helicopter or drone.
    Aircraft,
    /// Not stated. Matches every kind.
    #[default]
    Unknown,
}

impl PartyKind {
    /// The word used in JSON, CSV and URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            PartyKind::Person => "person",
            PartyKind::Organisation => "organisation",
            PartyKind::Vessel => "vessel",
            PartyKind::Aircraft => "aircraft",
            PartyKind::Unknown => "unknown",
        }
    }

    /// Reads `person|organisation|vessel|aircraft`; empty and `unknown` are unknown.
    pub fn parse(word: &str) -> Option<PartyKind> {
        match word.trim().to_ascii_lowercase().as_str() {
            "person" | "individual" => Some(PartyKind::Person),
            "organisation" | "organization" | "company" | "entity" => Some(PartyKind::Organisation),
            "vessel" => Some(PartyKind::Vessel),
            "aircraft" => Some(PartyKind::Aircraft),
            "" | "unknown" => Some(PartyKind::Unknown),
            _ => None,
        }
    }
}

/// The gender a source states for a natural person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gender {
    /// Male.
    Male,
    /// Female.
    Female,
    /// Stated, but neither of the two; never a contradiction.
    Other,
}

impl Gender {
    /// The word used in JSON, CSV and URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            Gender::Male => "male",
            Gender::Female => "female",
            Gender::Other => "other",
        }
    }

    /// Reads `male|m|man`, `female|f|woman` and `other|x` in any case; anything
    /// else, also an empty word, is not stated.
    pub fn parse(word: &str) -> Option<Gender> {
        match word.trim().to_ascii_lowercase().as_str() {
            "male" | "m" | "man" => Some(Gender::Male),
            "female" | "f" | "woman" => Some(Gender::Female),
            "other" | "x" => Some(Gender::Other),
            _ => None,
        }
    }
}

/// How a name stands to the party that carries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameKind {
    /// The name under which the party is listed or declared.
    Primary,
    /// A good-quality alias, original-script forms included.
    Alias,
    /// A broad or low-quality alias; alone it does not raise an alert.
    WeakAlias,
    /// A name no longer borne.
    Former,
}

/// One name of a party.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Name {
    /// The name as written, in any script.
    pub text: String,
    /// How it stands to the party.
    pub kind: NameKind,
    /// ISO 639 language of the form, where stated.
    #[serde(default)]
    pub language: Option<String>,
}

impl Name {
    /// A name of the given kind, language not stated.
    pub fn new(kind: NameKind, text: impl Into<String>) -> Name {
        Name {
            text: text.into(),
            kind,
            language: None,
        }
    }
}

/// A postal or street address. All parts may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Address {
    /// Street, house, building, box: the lines as written, joined by ", ".
    #[serde(default)]
    pub street: String,
    /// Town or city.
    #[serde(default)]
    pub city: String,
    /// State, province or region.
    #[serde(default)]
    pub region: String,
    /// Postal code.
    #[serde(default)]
    pub postcode: String,
    /// Country, where stated and known.
    #[serde(default)]
    pub country: Option<Country>,
}

impl Address {
    /// One line for people: the non-empty parts joined by ", ".
    pub fn one_line(&self) -> String {
        let country = self.country.map(|c| c.name()).unwrap_or_default();
        let parts = [
            &self.street,
            &self.city,
            &self.region,
            &self.postcode,
            country,
        ];
        let filled: Vec<&str> = parts.into_iter().filter(|p| !p.is_empty()).collect();
        filled.join(", ")
    }
}

/// How a country relates to a party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CountryRole {
    /// Citizenship or nationality.
    Nationality,
    /// Residence or place of business.
    Residence,
    /// Incorporation or registration.
    Registration,
    /// Flag of a vessel or register of an aircraft.
    Flag,
    /// Place of birth.
    Birth,
    /// Stated without a role.
    Related,
}

/// A country with its role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RelatedCountry {
    /// How it relates.
    pub role: CountryRole,
    /// Which country.
    pub country: Country,
}

/// Anyone or anything that can take part in a transaction or stand on a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Person, organisation, vessel, aircraft or unknown.
    pub kind: PartyKind,
    /// Names; the first primary one is shown. Empty when only an identifier is known.
    #[serde(default)]
    pub names: Vec<Name>,
    /// Identifiers such as IMO, LEI, EORI, passport or tax numbers.
    #[serde(default)]
    pub identifiers: Vec<Identifier>,
    /// Known addresses.
    #[serde(default)]
    pub addresses: Vec<Address>,
    /// Countries beyond those of the addresses.
    #[serde(default)]
    pub countries: Vec<RelatedCountry>,
    /// Birth dates (several where the list is unsure).
    #[serde(default)]
    pub birth_dates: Vec<PartialDate>,
    /// E-mail addresses, as written.
    #[serde(default)]
    pub emails: Vec<String>,
    /// Telephone numbers, as written.
    #[serde(default)]
    pub phones: Vec<String>,
    /// Gender of a natural person, where a source states it.
    #[serde(default)]
    pub gender: Option<Gender>,
}

impl Party {
    /// The name shown for the party: the first primary name, else the first name, else "".
    pub fn caption(&self) -> &str {
        let primary = self.names.iter().find(|n| n.kind == NameKind::Primary);
        primary
            .or(self.names.first())
            .map_or("", |n| n.text.as_str())
    }

    /// Every country that is stated for the party, in order, without repeats.
    pub fn all_countries(&self) -> Vec<Country> {
        let stated = self.countries.iter().map(|c| c.country);
        let mut all: Vec<Country> = Vec::new();
        for country in stated.chain(self.addresses.iter().filter_map(|a| a.country)) {
            if !all.contains(&country) {
                all.push(country);
            }
        }
        all
    }
}

/// The standing of an entity on one list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// List code, for example `us-sdn`, `us-el`, `un-sc`, `ca-sema`.
    pub list: String,
    /// Programmes or regimes, as the list spells them.
    #[serde(default)]
    pub programmes: Vec<String>,
    /// First day in force, where the list says.
    #[serde(default)]
    pub listed_on: Option<Date>,
    /// Last day in force (inclusive), where the list says.
    #[serde(default)]
    pub until: Option<Date>,
    /// Citation (Federal Register notice, resolution, schedule), where given.
    #[serde(default)]
    pub citation: String,
    /// Licence requirement as the list words it (Entity List and alike).
    #[serde(default)]
    pub licence_requirement: String,
    /// Licence review policy as the list words it.
    #[serde(default)]
    pub licence_policy: String,
}

/// A tie between two entities as a list states it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// `linked_to`, `owned_by`, `owner_of`, `officer_of`, …: the word of the source in snake case.
    pub relation: String,
    /// Name of the other side, as written.
    pub other: String,
    /// Id of the other side, where the source gives one.
    #[serde(default)]
    pub other_id: Option<String>,
    /// Share in hundredths of a percent (5,000 = 50 %), where stated.
    #[serde(default)]
    pub share: Option<u32>,
    /// First day of the tie, where stated.
    #[serde(default)]
    pub from: Option<Date>,
    /// Last day of the tie, where stated.
    #[serde(default)]
    pub until: Option<Date>,
}

/// A watchlist entity: a party, its listings and what it is tied to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entity {
    /// Stable id, for example `us-ofac:36`, `un-sc:6908555`.
    pub id: String,
    /// Who it is.
    pub party: Party,
    /// Where it stands; one entity may stand on several lists.
    #[serde(default)]
    pub listings: Vec<Listing>,
    /// Ids of entities of other schemes that are the same by the sources' own word.
    #[serde(default)]
    pub same_as: Vec<String>,
    /// Ties to others.
    #[serde(default)]
    pub links: Vec<Link>,
    /// Remarks as the list has them, for people.
    #[serde(default)]
    pub remarks: String,
}
