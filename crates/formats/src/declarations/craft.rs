//! The ships and aircraft behind the means of transport: parties to be screened.

use portcullis_domain::{
    CountryRole, Identifier, Name, NameKind, Party, PartyInRole, PartyKind, Provenance,
    RelatedCountry, Role, Transaction, TransportMeans,
};

// Types of identification of a means of transport (data elements 7/7 to 7/14).
pub(super) const IMO_NUMBER: &str = "10";
const NAME_OF_VESSEL: &str = "11";
const AIRCRAFT_REGISTRATION: &str = "41";
const NAME_OF_INLAND_VESSEL: &str = "81";

/// Adds a party for every vessel and aircraft that a means of transport names
/// and that is not among the parties yet.
pub(super) fn add(transaction: &mut Transaction) {
    for position in 0..transaction.transport.len() {
        let Some(craft) = craft(&transaction.transport[position]) else {
            continue;
        };
        if !transaction.parties.iter().any(|known| same(known, &craft)) {
            transaction.parties.push(craft);
        }
    }
}

fn same(known: &PartyInRole, craft: &PartyInRole) -> bool {
    let shares = |a: &Party, b: &Party| {
        a.names
            .iter()
            .all(|name| b.names.iter().any(|n| n.text == name.text))
            && a.identifiers.iter().all(|id| b.identifiers.contains(id))
    };
    known.role == craft.role && shares(&craft.party, &known.party)
}

/// Where what is known of a declared party came from.
pub(super) fn provenance(party: &Party) -> Provenance {
    if !party.names.is_empty() {
        Provenance::Declared
    } else if !party.identifiers.is_empty() {
        Provenance::IdentifierOnly
    } else {
        Provenance::Unnamed
    }
}

/// The vessel or aircraft behind a means of transport, to be screened.
fn craft(means: &TransportMeans) -> Option<PartyInRole> {
    let mut party = Party::default();
    let mut role = Role::Vessel;
    let mut name = means.name.as_str();
    match means.id_kind.as_str() {
        IMO_NUMBER if !means.id.is_empty() => {
            party
                .identifiers
                .push(Identifier::new("imo", means.id.clone()));
        }
        NAME_OF_VESSEL | NAME_OF_INLAND_VESSEL if name.is_empty() => name = &means.id,
        AIRCRAFT_REGISTRATION if !means.id.is_empty() => {
            party.kind = PartyKind::Aircraft;
            role = Role::Other;
            party
                .identifiers
                .push(Identifier::new("tail-number", means.id.clone()));
        }
        _ => {}
    }
    if !name.is_empty() {
        party.names.push(Name::new(NameKind::Primary, name));
    }
    if party.names.is_empty() && party.identifiers.is_empty() {
        return None;
    }
    if party.kind == PartyKind::Unknown {
        party.kind = PartyKind::Vessel;
    }
    party
        .countries
        .extend(means.nationality.map(|country| RelatedCountry {
            role: CountryRole::Flag,
            country,
        }));
    Some(PartyInRole {
        role,
        provenance: provenance(&party),
        party,
        item: None,
    })
}
