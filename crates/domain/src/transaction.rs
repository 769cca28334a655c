//! How: a transaction as it was declared, whatever the format it came in.

use crate::{Country, Date, DocumentRef, Issue, Item, Money, Party};
use serde::{Deserialize, Serialize};

/// What sort of paper the transaction came as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransactionKind {
    /// A customs declaration.
    #[default]
    Declaration,
    /// An application for a licence.
    LicenceApplication,
    /// A payment.
    Payment,
    /// A letter of credit.
    LetterOfCredit,
}

/// What a message does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// Declares goods for the first time.
    #[default]
    Declaration,
    /// Changes an earlier declaration.
    Amendment,
    /// Withdraws an earlier declaration.
    Cancellation,
    /// A customs office's answer to a declaration; not a declaration.
    Notification,
    /// Well-formed, but none of the above.
    Other,
    /// Could not be read.
    Unreadable,
}

impl MessageKind {
    /// The word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            MessageKind::Declaration => "declaration",
            MessageKind::Amendment => "amendment",
            MessageKind::Cancellation => "cancellation",
            MessageKind::Notification => "notification",
            MessageKind::Other => "other",
            MessageKind::Unreadable => "unreadable",
        }
    }
}

/// What happens to the goods.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Movement {
    /// Leaves the territory for the first time.
    Export,
    /// Foreign goods leave again.
    Reexport,
    /// Changes hands inside a foreign country.
    InCountryTransfer,
    /// Passes through.
    Transit,
    /// A deal between third countries.
    Brokering,
    /// Help, training, repair.
    TechnicalAssistance,
    /// Software or technology sent without a carrier.
    Intangible,
    /// Enters the territory. Export determination is not asked.
    Import,
    /// Not stated, or not understood.
    #[default]
    Unknown,
}

impl Movement {
    /// The word used in JSON, CSV and rules.
    pub fn as_str(self) -> &'static str {
        match self {
            Movement::Export => "export",
            Movement::Reexport => "reexport",
            Movement::InCountryTransfer => "in_country_transfer",
            Movement::Transit => "transit",
            Movement::Brokering => "brokering",
            Movement::TechnicalAssistance => "technical_assistance",
            Movement::Intangible => "intangible",
            Movement::Import => "import",
            Movement::Unknown => "unknown",
        }
    }

    /// Reads the word used in JSON and CSV.
    pub fn parse(word: &str) -> Option<Movement> {
        let all = [
            Movement::Export,
            Movement::Reexport,
            Movement::InCountryTransfer,
            Movement::Transit,
            Movement::Brokering,
            Movement::TechnicalAssistance,
            Movement::Intangible,
            Movement::Import,
        ];
        all.into_iter()
            .find(|m| m.as_str() == word.trim().to_ascii_lowercase())
    }
}

/// What a party does in the transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sends the goods out of the territory.
    Exporter,
    /// Brings the goods into the territory.
    Importer,
    /// Lodges the declaration.
    Declarant,
    /// Represents the declarant.
    Agent,
    /// Hands the goods to the carrier.
    Consignor,
    /// Receives the goods.
    Consignee,
    /// Receives the goods on the way to the consignee.
    IntermediateConsignee,
    /// Uses the goods in the end.
    EndUser,
    /// Buys the goods.
    Purchaser,
    /// Sells the goods.
    Seller,
    /// Arranges the transport.
    Forwarder,
    /// Made the goods.
    Manufacturer,
    /// A bank in the payment.
    Bank,
    /// Pays.
    Payer,
    /// Carries the goods.
    Carrier,
    /// The ship that carries the goods.
    Vessel,
    /// Is told of the arrival.
    Notify,
    /// Holds a customs authorisation named in the declaration.
    AuthorisationHolder,
    /// Any other named party.
    Other,
}

impl Role {
    /// The word used in JSON, CSV and rules.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Exporter => "exporter",
            Role::Importer => "importer",
            Role::Declarant => "declarant",
            Role::Agent => "agent",
            Role::Consignor => "consignor",
            Role::Consignee => "consignee",
            Role::IntermediateConsignee => "intermediate_consignee",
            Role::EndUser => "end_user",
            Role::Purchaser => "purchaser",
            Role::Seller => "seller",
            Role::Forwarder => "forwarder",
            Role::Manufacturer => "manufacturer",
            Role::Bank => "bank",
            Role::Payer => "payer",
            Role::Carrier => "carrier",
            Role::Vessel => "vessel",
            Role::Notify => "notify",
            Role::AuthorisationHolder => "authorisation_holder",
            Role::Other => "other",
        }
    }

    /// Every role, in the order a transaction is read.
    pub const ALL: [Role; 19] = [
        Role::Exporter,
        Role::Importer,
        Role::Declarant,
        Role::Agent,
        Role::Consignor,
        Role::Consignee,
        Role::IntermediateConsignee,
        Role::EndUser,
        Role::Purchaser,
        Role::Seller,
        Role::Forwarder,
        Role::Manufacturer,
        Role::Bank,
        Role::Payer,
        Role::Carrier,
        Role::Vessel,
        Role::Notify,
        Role::AuthorisationHolder,
        Role::Other,
    ];

    /// Reads the word used in JSON and CSV.
    pub fn parse(word: &str) -> Option<Role> {
        Role::ALL
            .into_iter()
            .find(|r| r.as_str() == word.trim().to_ascii_lowercase())
    }

    /// The role in words for people ("end user").
    pub fn label(self) -> String {
        self.as_str().replace('_', " ")
    }
}

/// Where what is known of a party came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provenance {
    /// Named in the declaration itself.
    #[default]
    Declared,
    /// Only an identifier is declared; name and address come from the party book.
    PartyBook,
    /// Only an identifier is declared, and the party book does not know it.
    IdentifierOnly,
    /// The role is there, but nothing identifies who fills it.
    Unnamed,
}

/// A party in its role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartyInRole {
    /// What it does.
    pub role: Role,
    /// Who it is.
    pub party: Party,
    /// Line of goods for which it is named; `None` for the whole.
    #[serde(default)]
    pub item: Option<u32>,
    /// Where the name came from.
    #[serde(default)]
    pub provenance: Provenance,
}

/// A means of transport.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransportMeans {
    /// Mode (UN/ECE Recommendation 19 digit: 1 sea, 2 rail, 3 road, 4 air …), as declared.
    #[serde(default)]
    pub mode: String,
    /// Type of the identification, as declared (`10` IMO, `11` name of vessel, `40` flight …).
    #[serde(default)]
    pub id_kind: String,
    /// Identification: IMO number, registration, flight.
    #[serde(default)]
    pub id: String,
    /// Name of the vessel, where stated.
    #[serde(default)]
    pub name: String,
    /// Nationality of the means of transport.
    #[serde(default)]
    pub nationality: Option<Country>,
}

/// A payment as the declaration or its papers state it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// Country from which it is paid.
    #[serde(default)]
    pub country: Option<Country>,
    /// `transfer`, `letter_of_credit`, `cash`, `prepayment`, `virtual_asset`, `personal_account`, `other`, or empty.
    #[serde(default)]
    pub method: String,
    /// Amount.
    #[serde(default)]
    pub amount: Option<Money>,
}

/// A transaction as declared. What could not be read stands in `issues`, and
/// its fields are absent: absent is unknown, never "none".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transaction {
    /// The trader's own reference (LRN, DUCR or ours); the key for amendments.
    pub reference: String,
    /// Version of the declaration, from 1, where the format states one.
    #[serde(default)]
    pub version: Option<u32>,
    /// What sort of paper.
    #[serde(default)]
    pub kind: TransactionKind,
    /// Declares, amends or cancels.
    #[serde(default)]
    pub message: MessageKind,
    /// What happens to the goods.
    #[serde(default)]
    pub movement: Movement,
    /// Type code as declared (`EXD`, `IMA` …).
    #[serde(default)]
    pub type_code: String,
    /// Movement reference number or other number given by customs.
    #[serde(default)]
    pub customs_reference: String,
    /// Day of the declaration, as declared. Never used as the as-of date.
    #[serde(default)]
    pub declared_on: Option<Date>,
    /// Parties in their roles, in document order.
    #[serde(default)]
    pub parties: Vec<PartyInRole>,
    /// Lines of goods.
    #[serde(default)]
    pub items: Vec<Item>,
    /// Country from which the goods leave.
    #[serde(default)]
    pub dispatch: Option<Country>,
    /// Country of last known destination.
    #[serde(default)]
    pub destination: Option<Country>,
    /// Countries of routing, in order.
    #[serde(default)]
    pub route: Vec<Country>,
    /// Means of transport.
    #[serde(default)]
    pub transport: Vec<TransportMeans>,
    /// Container numbers.
    #[serde(default)]
    pub containers: Vec<String>,
    /// End use as declared.
    #[serde(default)]
    pub end_use: String,
    /// Total invoice value.
    #[serde(default)]
    pub value: Option<Money>,
    /// Documents named for the whole.
    #[serde(default)]
    pub documents: Vec<DocumentRef>,
    /// Payments.
    #[serde(default)]
    pub payments: Vec<Payment>,
    /// Customs office of exit or entry.
    #[serde(default)]
    pub office: String,
    /// Requests or remarks of the trader, as written.
    #[serde(default)]
    pub remarks: String,
    /// What could not be read.
    #[serde(default)]
    pub issues: Vec<Issue>,
}

impl Transaction {
    /// The parties in a role, with their positions in `parties`.
    pub fn in_role(&self, role: Role) -> impl Iterator<Item = (usize, &PartyInRole)> {
        self.parties
            .iter()
            .enumerate()
            .filter(move |(_, p)| p.role == role)
    }

    /// Every document, of the whole and of the lines.
    pub fn all_documents(&self) -> impl Iterator<Item = &DocumentRef> {
        self.documents
            .iter()
            .chain(self.items.iter().flat_map(|i| &i.documents))
    }
}
