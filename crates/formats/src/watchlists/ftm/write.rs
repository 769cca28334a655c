//! Entities as FollowTheMoney has them: the way out, for clients and other
//! tools. What is written here reads back as the same party (see the tests).
//!
//! Only properties that the schema of the entity knows are written, so that a
//! strict reader takes every value; what has no property of its own stands in
//! `notes`. Schema: followthemoney.tech.

use portcullis_domain::{
    CountryRole, Date, Entity, Identifier, Link, Listing, NameKind, PartyKind,
};
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;

/// One entity, flat or with others nested in it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FtmEntity {
    /// Id, as we have it: `us-ofac:36`.
    pub id: String,
    /// The name that people are shown.
    pub caption: String,
    /// `Person`, `Organization`, `Company`, `LegalEntity`, `Vessel`, `Airplane`, `Sanction`, …
    pub schema: &'static str,
    /// Values by property, in the order of the record.
    pub properties: BTreeMap<&'static str, Vec<FtmValue>>,
    /// Codes of the lists on which it stands.
    pub datasets: Vec<String>,
    /// Ids of the same party in other publications.
    pub referents: Vec<String>,
    /// Whether it is listed itself, not only tied to somebody listed.
    pub target: bool,
    /// The first day of the earliest listing, where dated; ISO 8601 to the second.
    pub first_seen: Option<String>,
    /// When the record was seen last; filled by whoever knows the snapshot.
    pub last_seen: Option<String>,
    /// When the record changed last; filled by whoever knows the snapshots.
    pub last_change: Option<String>,
}

/// A value of a property.
#[derive(Clone, Debug, PartialEq)]
pub enum FtmValue {
    /// A text, date, code or id.
    Text(String),
    /// An entity in its place.
    Nested(Box<FtmEntity>),
}

impl Serialize for FtmValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            FtmValue::Text(text) => serializer.serialize_str(text),
            FtmValue::Nested(entity) => entity.serialize(serializer),
        }
    }
}

impl FtmEntity {
    fn new(id: String, schema: &'static str, caption: &str) -> FtmEntity {
        FtmEntity {
            id,
            caption: caption.to_owned(),
            schema,
            properties: BTreeMap::new(),
            datasets: Vec::new(),
            referents: Vec::new(),
            target: false,
            first_seen: None,
            last_seen: None,
            last_change: None,
        }
    }

    /// Adds a text; empty ones and repeats are left out.
    fn text(&mut self, property: &'static str, text: &str) {
        let text = text.trim();
        let values = self.properties.entry(property).or_default();
        let same = |v: &FtmValue| matches!(v, FtmValue::Text(t) if t == text);
        if !text.is_empty() && !values.iter().any(same) {
            values.push(FtmValue::Text(text.to_owned()));
        }
        if values.is_empty() {
            self.properties.remove(property);
        }
    }

    /// The texts of a property, nested entities left out.
    pub fn texts(&self, property: &str) -> impl Iterator<Item = &str> {
        let values = self.properties.get(property).map_or(&[][..], Vec::as_slice);
        values.iter().filter_map(|value| match value {
            FtmValue::Text(text) => Some(text.as_str()),
            FtmValue::Nested(_) => None,
        })
    }
}

/// The schema under which an entity is written.
pub fn schema(entity: &Entity) -> &'static str {
    match entity.party.kind {
        PartyKind::Person => "Person",
        // Of organisations only a company can be owned.
        PartyKind::Organisation if entity.links.iter().any(|l| l.relation == "owned_by") => {
            "Company"
        }
        PartyKind::Organisation => "Organization",
        PartyKind::Vessel => "Vessel",
        PartyKind::Aircraft => "Airplane",
        PartyKind::Unknown => "LegalEntity",
    }
}

/// Whether a schema is another one or extends it.
pub fn is_a(schema: &str, other: &str) -> bool {
    let ancestors: &[&str] = match schema {
        "Person" => &["LegalEntity", "Thing"],
        "Organization" => &["LegalEntity", "Thing"],
        "Company" => &["Organization", "LegalEntity", "Asset", "Thing"],
        "PublicBody" => &["Organization", "LegalEntity", "Thing"],
        "LegalEntity" => &["Thing"],
        "Vessel" | "Airplane" => &["Vehicle", "Asset", "Thing"],
        "Vehicle" => &["Asset", "Thing"],
        _ => &[],
    };
    schema == other || ancestors.contains(&other)
}

/// The entity without those around it. `topics` say what its lists mean
/// (`sanction`, `export.control`, …): policy, not format.
pub fn flat(entity: &Entity, topics: &[&str]) -> FtmEntity {
    let party = &entity.party;
    let mut out = FtmEntity::new(entity.id.clone(), schema(entity), party.caption());
    out.target = !entity.listings.is_empty();
    names(entity, &mut out);
    for identifier in &party.identifiers {
        if let Some(property) = property_of(identifier, out.schema) {
            out.text(property, &identifier.value);
        }
    }
    countries(entity, &mut out);
    for address in &party.addresses {
        out.text("address", &address.one_line());
    }
    let person = out.schema == "Person";
    for date in party.birth_dates.iter().filter(|_| person) {
        out.text("birthDate", &date.to_string());
    }
    if is_a(out.schema, "LegalEntity") {
        party.emails.iter().for_each(|e| out.text("email", e));
        party.phones.iter().for_each(|p| out.text("phone", p));
    }
    if let Some(gender) = party.gender.filter(|_| person) {
        out.text("gender", gender.as_str());
    }
    topics.iter().for_each(|topic| out.text("topics", topic));
    for programme in entity.listings.iter().flat_map(|l| &l.programmes) {
        out.text("program", programme);
    }
    remarks(entity, &mut out);
    out.datasets = lists(entity);
    out.referents = entity.same_as.clone();
    let first = entity.listings.iter().filter_map(|l| l.listed_on).min();
    out.first_seen = first.map(start_of);
    out
}

/// A day as the times of an entity are written.
pub fn start_of(day: Date) -> String {
    format!("{day}T00:00:00")
}

/// Codes of the lists, each once, in the order of the listings.
fn lists(entity: &Entity) -> Vec<String> {
    let mut codes: Vec<String> = Vec::new();
    for listing in &entity.listings {
        if !codes.contains(&listing.list) {
            codes.push(listing.list.clone());
        }
    }
    codes
}

fn names(entity: &Entity, out: &mut FtmEntity) {
    for name in &entity.party.names {
        let property = match name.kind {
            NameKind::Primary => "name",
            NameKind::Alias => "alias",
            NameKind::WeakAlias => "weakAlias",
            NameKind::Former => "previousName",
        };
        out.text(property, &name.text);
    }
}

/// The property for an identifier of a scheme, if the schema has one.
fn property_of(identifier: &Identifier, schema: &str) -> Option<&'static str> {
    let legal = is_a(schema, "LegalEntity");
    let vehicle = is_a(schema, "Vehicle");
    Some(match identifier.scheme.as_str() {
        "imo" if schema == "Vessel" || is_a(schema, "Organization") => "imoNumber",
        "mmsi" if schema == "Vessel" => "mmsi",
        "call-sign" if schema == "Vessel" => "callSign",
        "registration" if legal || vehicle => "registrationNumber",
        "tail-number" if vehicle => "registrationNumber",
        "inn" if legal => "innCode",
        "ogrn" if legal => "ogrnCode",
        "lei" if legal => "leiCode",
        "bic" if legal => "swiftBic",
        "duns" if legal => "dunsCode",
        "passport" if schema == "Person" => "passportNumber",
        "tax" if legal => "taxNumber",
        "website" if legal => "website",
        "email" if legal => "email",
        "phone" if legal => "phone",
        "national-id" | "passport" | "eori" | "other" | "" if legal => "idNumber",
        "other" if schema == "Airplane" => "serialNumber",
        _ => return None,
    })
}

fn countries(entity: &Entity, out: &mut FtmEntity) {
    let person = out.schema == "Person";
    let legal = is_a(out.schema, "LegalEntity");
    for related in &entity.party.countries {
        let property = match related.role {
            CountryRole::Nationality if person => "nationality",
            CountryRole::Birth if person => "birthCountry",
            CountryRole::Registration if legal => "jurisdiction",
            CountryRole::Residence if legal => "mainCountry",
            CountryRole::Flag if out.schema == "Vessel" => "flag",
            _ => "country",
        };
        out.text(property, &code(related.country));
    }
    for country in entity.party.all_countries() {
        out.text("country", &code(country));
    }
}

fn code(country: portcullis_domain::Country) -> String {
    country.code().to_ascii_lowercase()
}

/// Labelled remarks have properties; all remarks stand in `notes`, for people.
fn remarks(entity: &Entity, out: &mut FtmEntity) {
    let person = out.schema == "Person";
    let legal = is_a(out.schema, "LegalEntity");
    for remark in entity.remarks.split("; ") {
        let Some((label, value)) = remark.split_once(": ") else {
            continue;
        };
        match label {
            "Title" if person => out.text("title", value),
            "Position" if person => out.text("position", value),
            "POB" if person => out.text("birthPlace", value),
            "Died" if person => out.text("deathDate", value),
            "Legal form" if legal => out.text("legalForm", value),
            "Sector" if legal => out.text("sector", value),
            "Topics" => out.text("topics", value),
            "Source" => out.text("sourceUrl", value),
            _ => {}
        }
    }
    out.text("notes", &entity.remarks);
}

/// The entities around one, by the property under which they stand in it:
/// its listings as `sanctions`, its ties, its wallets and accounts. `other`
/// finds the far side of a tie; where it does not, a stub with the name that
/// the list gives takes its place.
pub fn adjacent(
    entity: &Entity,
    other: &dyn Fn(&str) -> Option<FtmEntity>,
) -> BTreeMap<&'static str, Vec<FtmEntity>> {
    let mut around: BTreeMap<&'static str, Vec<FtmEntity>> = BTreeMap::new();
    for (at, listing) in entity.listings.iter().enumerate() {
        let sanction = sanction(entity, at, listing);
        around.entry("sanctions").or_default().push(sanction);
    }
    let own = schema(entity);
    for (at, link) in entity.links.iter().enumerate() {
        let (property, tie) = tie(entity, own, at, link, other);
        around.entry(property).or_default().push(tie);
    }
    if is_a(own, "LegalEntity") {
        let wallets = entity.party.identifiers.iter();
        for wallet in wallets.filter(|i| i.scheme == "crypto") {
            let id = format!("{}:wallet:{}", entity.id, wallet.normalised());
            let mut out = FtmEntity::new(id, "CryptoWallet", &wallet.value);
            out.text("publicKey", &wallet.value);
            out.text("holder", &entity.id);
            out.datasets = lists(entity);
            around.entry("cryptoWallets").or_default().push(out);
        }
    }
    around
}

/// The entity with those around it in their places.
pub fn nested(
    entity: &Entity,
    topics: &[&str],
    other: &dyn Fn(&str) -> Option<FtmEntity>,
) -> FtmEntity {
    let mut out = flat(entity, topics);
    for (property, around) in adjacent(entity, other) {
        let values = around.into_iter().map(|e| FtmValue::Nested(Box::new(e)));
        out.properties.insert(property, values.collect());
    }
    out
}

fn sanction(entity: &Entity, at: usize, listing: &Listing) -> FtmEntity {
    let id = format!("{}:sanction:{at}", entity.id);
    let programme = listing.programmes.first().unwrap_or(&listing.list);
    let mut out = FtmEntity::new(id, "Sanction", programme);
    out.text("entity", &entity.id);
    out.text("authority", &listing.list);
    listing
        .programmes
        .iter()
        .for_each(|p| out.text("program", p));
    if let Some(day) = listing.listed_on {
        out.text("listingDate", &day.to_string());
        out.text("startDate", &day.to_string());
    }
    if let Some(day) = listing.until {
        out.text("endDate", &day.to_string());
    }
    out.text("authorityId", &listing.citation);
    out.text("provisions", &listing.licence_requirement);
    out.text("status", &listing.licence_policy);
    out.datasets = vec![listing.list.clone()];
    out.first_seen = listing.listed_on.map(start_of);
    out
}

/// How an entity stands in a tie: what it is to the other side.
struct Side {
    relation: &'static str,
    schema: &'static str,
    /// Its property in the tie, and what it must be to stand there.
    own: (&'static str, &'static str),
    other: &'static str,
    /// The property of the entity under which the tie is nested.
    reverse: &'static str,
}

const fn side(
    relation: &'static str,
    schema: &'static str,
    own: (&'static str, &'static str),
    other: &'static str,
    reverse: &'static str,
) -> Side {
    Side {
        relation,
        schema,
        own,
        other,
        reverse,
    }
}

/// The reverse of what `join` reads.
#[rustfmt::skip]
const SIDES: &[Side] = &[
    side("owned_by", "Ownership", ("asset", "Asset"), "owner", "ownershipAsset"),
    side("owner_of", "Ownership", ("owner", "LegalEntity"), "asset", "ownershipOwner"),
    side("directed_by", "Directorship", ("organization", "Organization"), "director", "directorshipOrganization"),
    side("director_of", "Directorship", ("director", "LegalEntity"), "organization", "directorshipDirector"),
    side("has_member", "Membership", ("organization", "Organization"), "member", "membershipOrganization"),
    side("member_of", "Membership", ("member", "LegalEntity"), "organization", "membershipMember"),
    side("employs", "Employment", ("employer", "Organization"), "employee", "employees"),
    side("employed_by", "Employment", ("employee", "Person"), "employer", "employers"),
    side("represented_by", "Representation", ("client", "LegalEntity"), "agent", "agentRepresentation"),
    side("represents", "Representation", ("agent", "LegalEntity"), "client", "agencyClient"),
    side("family", "Family", ("person", "Person"), "relative", "familyPerson"),
    side("associate", "Associate", ("person", "Person"), "associate", "associates"),
    side("succeeded_by", "Succession", ("predecessor", "LegalEntity"), "successor", "successors"),
    side("successor_of", "Succession", ("successor", "LegalEntity"), "predecessor", "predecessors"),
];

/// Every property under which something can stand around an entity.
pub const ADJACENT: [&str; 17] = [
    "sanctions",
    "cryptoWallets",
    "unknownLinkTo",
    "ownershipAsset",
    "ownershipOwner",
    "directorshipOrganization",
    "directorshipDirector",
    "membershipOrganization",
    "membershipMember",
    "employees",
    "employers",
    "agentRepresentation",
    "agencyClient",
    "familyPerson",
    "associates",
    "successors",
    "predecessors",
];

/// For every other relation, and where a side does not fit.
const ANY_SIDE: Side = side(
    "linked_to",
    "UnknownLink",
    ("subject", "Thing"),
    "object",
    "unknownLinkTo",
);

fn tie(
    entity: &Entity,
    own: &str,
    at: usize,
    link: &Link,
    other: &dyn Fn(&str) -> Option<FtmEntity>,
) -> (&'static str, FtmEntity) {
    let fits = |s: &&Side| s.relation == link.relation && is_a(own, s.own.1);
    let side = SIDES.iter().find(fits).unwrap_or(&ANY_SIDE);
    let id = format!("{}:tie:{at}", entity.id);
    let mut out = FtmEntity::new(id, side.schema, &link.relation.replace('_', " "));
    out.text(side.own.0, &entity.id);
    let far = link.other_id.as_deref().and_then(other);
    let far = far.unwrap_or_else(|| stub(entity, at, link));
    out.properties
        .insert(side.other, vec![FtmValue::Nested(Box::new(far))]);
    if side.schema == "UnknownLink" {
        out.text("role", &link.relation.replace('_', " "));
    }
    if let Some(share) = link.share.filter(|_| side.schema == "Ownership") {
        out.text("percentage", &format!("{}.{:02}", share / 100, share % 100));
    }
    if let Some(day) = link.from {
        out.text("startDate", &day.to_string());
    }
    if let Some(day) = link.until {
        out.text("endDate", &day.to_string());
    }
    out.datasets = lists(entity);
    (side.reverse, out)
}

/// The far side of a tie of which only the name is known.
fn stub(entity: &Entity, at: usize, link: &Link) -> FtmEntity {
    let id = link.other_id.clone();
    let id = id.unwrap_or_else(|| format!("{}:other:{at}", entity.id));
    let mut out = FtmEntity::new(id, "LegalEntity", &link.other);
    out.text("name", &link.other);
    out.datasets = lists(entity);
    out
}

#[cfg(test)]
#[path = "write_tests.rs"]
mod tests;
