//! A case: one item, its parties and its journey, put to the law as a question.
//!
//! Each facet is absent, unknown or known. Absent: nobody asks about it, and it
//! changes nothing. Unknown: it is asked. The difference is kept to the end, so
//! that "not told" is never read as "none".

use crate::{Country, Jurisdiction, Movement, Parameter, Quantity, Role};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Whether a facet was given, and what it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Given<T> {
    /// Not part of the question.
    #[default]
    Absent,
    /// Part of the question, and not known.
    Unknown,
    /// Known.
    Known(T),
}

impl<T> Given<T> {
    /// The value, if it is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Given::Known(value) => Some(value),
            _ => None,
        }
    }

    /// Absent, unknown or known, without the value.
    pub fn presence(&self) -> Presence {
        match self {
            Given::Absent => Presence::Absent,
            Given::Unknown => Presence::Unknown,
            Given::Known(_) => Presence::Known,
        }
    }
}

/// How a facet stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Presence {
    /// Not part of the question: it goes to what was not checked.
    #[default]
    Absent,
    /// Part of the question, and not known: it is asked.
    Unknown,
    /// Known.
    Known,
}

/// The facets of a case, by the field that carries them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Facet {
    /// `jurisdictions`.
    Jurisdictions,
    /// `movement`.
    Movement,
    /// `eccn`.
    Eccn,
    /// `eu_code`.
    EuCode,
    /// `hs_code`.
    HsCode,
    /// `origin`.
    Origin,
    /// `us_content_percent`.
    UsContent,
    /// `exporter_country`.
    ExporterCountry,
    /// `destination`.
    Destination,
    /// `transit`.
    Transit,
    /// `end_use`.
    EndUse,
    /// `parties`.
    Parties,
    /// `quantity`.
    Quantity,
    /// `unit`.
    Unit,
    /// `value`.
    Value,
    /// `currency`.
    Currency,
    /// `parameters`.
    Parameters,
}

impl Facet {
    /// Every facet, in the order in which they are reported.
    pub const ALL: [Facet; 17] = [
        Facet::Jurisdictions,
        Facet::Movement,
        Facet::Eccn,
        Facet::EuCode,
        Facet::HsCode,
        Facet::Origin,
        Facet::UsContent,
        Facet::ExporterCountry,
        Facet::Destination,
        Facet::Transit,
        Facet::EndUse,
        Facet::Parties,
        Facet::Quantity,
        Facet::Unit,
        Facet::Value,
        Facet::Currency,
        Facet::Parameters,
    ];

    /// The name of the field.
    pub fn as_str(self) -> &'static str {
        match self {
            Facet::Jurisdictions => "jurisdictions",
            Facet::Movement => "movement",
            Facet::Eccn => "eccn",
            Facet::EuCode => "eu_code",
            Facet::HsCode => "hs_code",
            Facet::Origin => "origin",
            Facet::UsContent => "us_content_percent",
            Facet::ExporterCountry => "exporter_country",
            Facet::Destination => "destination",
            Facet::Transit => "transit",
            Facet::EndUse => "end_use",
            Facet::Parties => "parties",
            Facet::Quantity => "quantity",
            Facet::Unit => "unit",
            Facet::Value => "value",
            Facet::Currency => "currency",
            Facet::Parameters => "parameters",
        }
    }
}

/// A share in hundredths of a percent: 5,000 is one half.
pub type Share = u32;

/// Who owns a party, as far as the case says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// Name as written; may be empty where an id is given.
    pub name: String,
    /// Id of the entity on the lists in use; empty if not given.
    pub entity_id: String,
    /// Code of the list on which the owner stands, where the case says so
    /// itself (`us-el`); empty if the lists in use decide.
    pub list: String,
    /// The owner's share.
    pub share: Given<Share>,
}

/// A party of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseParty {
    /// What it does.
    pub role: Role,
    /// Name as written.
    pub name: Given<String>,
    /// Where it is.
    pub country: Given<Country>,
    /// Address as written; empty if not given.
    pub address: String,
    /// Id of an entity on the lists in use; empty if not given.
    pub entity_id: String,
    /// Who owns it.
    pub owners: Given<Vec<Owner>>,
}

/// One item, its parties and its journey.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// The asker's own reference.
    pub id: String,
    /// Whose law is asked.
    pub jurisdictions: Given<Vec<Jurisdiction>>,
    /// Export, reexport, transit …
    pub movement: Given<Movement>,
    /// US control number, or `EAR99`.
    pub eccn: Given<String>,
    /// EU dual-use number (also used by the United Kingdom), or `none` for "not listed".
    pub eu_code: Given<String>,
    /// Tariff code, digits only, at least six.
    pub hs_code: Given<String>,
    /// Where the item was made.
    pub origin: Given<Country>,
    /// Value of controlled content of US origin in a foreign-made item.
    pub us_content: Given<Share>,
    /// From where it leaves.
    pub exporter_country: Given<Country>,
    /// Where it goes in the end.
    pub destination: Given<Country>,
    /// Countries on the way.
    pub transit: Given<Vec<Country>>,
    /// What it is for, in words.
    pub end_use: Given<String>,
    /// Who takes part.
    pub parties: Given<Vec<CaseParty>>,
    /// How many.
    pub quantity: Given<Quantity>,
    /// Of what unit.
    pub unit: Given<String>,
    /// Value, in ten-thousandths of the currency unit.
    pub value: Given<i64>,
    /// ISO 4217 code.
    pub currency: Given<String>,
    /// Technical parameters; one with the value `unknown` is asked for.
    pub parameters: Given<Vec<Parameter>>,
    /// Facts that a person stated in answer to questions, by the name the
    /// question gave (`eu001.registered`). No facet: what is not stated is open.
    pub answers: BTreeMap<String, bool>,
}

impl Case {
    /// How a facet stands.
    pub fn presence(&self, facet: Facet) -> Presence {
        match facet {
            Facet::Jurisdictions => self.jurisdictions.presence(),
            Facet::Movement => self.movement.presence(),
            Facet::Eccn => self.eccn.presence(),
            Facet::EuCode => self.eu_code.presence(),
            Facet::HsCode => self.hs_code.presence(),
            Facet::Origin => self.origin.presence(),
            Facet::UsContent => self.us_content.presence(),
            Facet::ExporterCountry => self.exporter_country.presence(),
            Facet::Destination => self.destination.presence(),
            Facet::Transit => self.transit.presence(),
            Facet::EndUse => self.end_use.presence(),
            Facet::Parties => self.parties.presence(),
            Facet::Quantity => self.quantity.presence(),
            Facet::Unit => self.unit.presence(),
            Facet::Value => self.value.presence(),
            Facet::Currency => self.currency.presence(),
            Facet::Parameters => self.parameters.presence(),
        }
    }
}
