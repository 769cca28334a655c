//! Everyone who is named in a declaration, wherever they stand in it.

use super::{Reading, join};
use crate::declarations::craft::provenance;
use crate::reading::party_identifier;
use crate::xml::Element;
use portcullis_domain::{
    Address, Identifier, Name, NameKind, Party, PartyInRole, PartyKind, Provenance, Role,
};

/// Element names and the roles they stand for. `Submitter` (who sends the
/// message), `DomesticDutyTaxParty` and `Surety` have no role of their own.
const ROLES: [(&str, Role); 21] = [
    ("Exporter", Role::Exporter),
    ("Importer", Role::Importer),
    ("Declarant", Role::Declarant),
    ("Agent", Role::Agent),
    ("Submitter", Role::Other),
    ("Consignor", Role::Consignor),
    ("Consignee", Role::Consignee),
    ("IntermediateConsignee", Role::IntermediateConsignee),
    ("UltimateConsignee", Role::Consignee),
    ("EndUser", Role::EndUser),
    ("Buyer", Role::Purchaser),
    ("Seller", Role::Seller),
    ("FreightForwarder", Role::Forwarder),
    ("Manufacturer", Role::Manufacturer),
    ("Payer", Role::Payer),
    ("Carrier", Role::Carrier),
    ("NotifyParty", Role::Notify),
    ("AuthorisationHolder", Role::AuthorisationHolder),
    ("AEOMutualRecognitionParty", Role::Other),
    ("DomesticDutyTaxParty", Role::Other),
    ("Surety", Role::Other),
];

/// Elements that hold names and ids of things, not of parties.
const NOT_PARTIES: [&str; 6] = [
    "AdditionalDocument",
    "AdditionalInformation",
    "Amendment",
    "Commodity",
    "PreviousDocument",
    "Warehouse",
];

/// Every party, in document order, exact repeats left out.
pub(super) fn all(declaration: &Element, reading: &mut Reading) -> Vec<PartyInRole> {
    let mut found = Vec::new();
    collect(declaration, "", None, reading, &mut found);
    found
}

fn collect(
    parent: &Element,
    base: &str,
    item: Option<u32>,
    reading: &mut Reading,
    found: &mut Vec<PartyInRole>,
) {
    for child in &parent.children {
        let name = child.name.as_str();
        if NOT_PARTIES.contains(&name) || name.ends_with("Location") || name.ends_with("Office") {
            continue;
        }
        let line = matches!(name, "GovernmentAgencyGoodsItem" | "ConsignmentItem");
        let path = join(
            base,
            &if line {
                super::goods::base_name(child)
            } else {
                name.to_owned()
            },
        );
        let role = ROLES
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, role)| *role);
        // A name with an address is somebody, even where we know no role for it.
        let somebody = child.child("Address").is_some();
        match role.or(somebody.then_some(Role::Other)) {
            Some(role) => {
                let read = in_role(child, refine(role, child), item, &path, reading);
                for party in read {
                    if !found.contains(&party) {
                        found.push(party);
                    }
                }
            }
            None => {
                let number = || {
                    child
                        .text_of("SequenceNumeric")
                        .and_then(|n| n.parse().ok())
                };
                let inside = if line { number().or(item) } else { item };
                collect(child, &path, inside, reading, found);
            }
        }
    }
}

/// Additional supply chain actors state their part in a role code: forwarder
/// and manufacturer have words of their own (data element 3/37).
fn refine(role: Role, element: &Element) -> Role {
    match (element.name.as_str(), element.text_of("RoleCode")) {
        ("AEOMutualRecognitionParty", Some("FW")) => Role::Forwarder,
        ("AEOMutualRecognitionParty", Some("MF")) => Role::Manufacturer,
        _ => role,
    }
}

/// The party of an element and, if one is named, its contact person.
fn in_role(
    element: &Element,
    role: Role,
    item: Option<u32>,
    path: &str,
    reading: &mut Reading,
) -> Vec<PartyInRole> {
    let party = party(element, path, reading);
    let provenance = provenance(&party);
    // An agent without name and number says only how the declarant acts
    // (data element 3/21): nobody new.
    let only_status = role == Role::Agent && provenance == Provenance::Unnamed;
    let mut found = Vec::new();
    if !only_status || !party.addresses.is_empty() {
        found.push(PartyInRole {
            role,
            party,
            item,
            provenance,
        });
    }
    if let Some(contact) = element.text_of("Contact/Name") {
        let person = Party {
            kind: PartyKind::Person,
            names: vec![Name::new(NameKind::Primary, contact)],
            ..Party::default()
        };
        found.push(PartyInRole {
            role: Role::Other,
            party: person,
            item,
            provenance: Provenance::Declared,
        });
    }
    found
}

fn party(element: &Element, path: &str, reading: &mut Reading) -> Party {
    let mut party = Party::default();
    for name in element
        .children_named("Name")
        .filter(|n| !n.text.is_empty())
    {
        party
            .names
            .push(Name::new(NameKind::Primary, name.text.clone()));
    }
    for id in element.children_named("ID").filter(|i| !i.text.is_empty()) {
        let identifier = match element.name.as_str() {
            "DomesticDutyTaxParty" => Identifier::new("tax", id.text.clone()),
            _ => party_identifier(&id.text),
        };
        party.identifiers.push(identifier);
    }
    let addresses = element.children_named("Address");
    party
        .addresses
        .extend(addresses.map(|a| address(a, path, reading)));
    for way in element.children_named("Communication") {
        let Some(value) = way.text_of("ID") else {
            continue;
        };
        match way.text_of("TypeCode") {
            Some("EM") => party.emails.push(value.to_owned()),
            _ if value.contains('@') => party.emails.push(value.to_owned()),
            _ => party.phones.push(value.to_owned()),
        }
    }
    party
}

fn address(element: &Element, path: &str, reading: &mut Reading) -> Address {
    let text = |name: &str| element.text_of(name).unwrap_or("").to_owned();
    let lines: Vec<&str> = element
        .children_named("Line")
        .map(|l| l.text.as_str())
        .filter(|l| !l.is_empty())
        .collect();
    let region = text("CountrySubDivisionName");
    Address {
        street: lines.join(", "),
        city: text("CityName"),
        region: if region.is_empty() {
            text("CountrySubDivisionCode")
        } else {
            region
        },
        postcode: text("PostcodeID"),
        country: reading.country(element, &join(path, "Address"), "CountryCode"),
    }
}
