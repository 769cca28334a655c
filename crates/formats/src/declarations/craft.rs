//! The ships and aircraft behind the means of transport: parties to be screened.

use portcullis_domain::{
    CountryRole, Identifier, IdentifierCheck, Name, NameKind, Party, PartyInRole, PartyKind,
    Provenance, RelatedCountry, Role, Transaction, TransportMeans,
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

/// The vessel or aircraft behind a means of transport, to be screened. Traders
/// leave the type of identification out or state a wrong one; a number that can
/// only be a ship's is taken as one whatever the type says.
fn craft(means: &TransportMeans) -> Option<PartyInRole> {
    let mut party = Party::default();
    let mut role = Role::Vessel;
    let kind = means.id_kind.trim();
    let (imo, rest) = match kind {
        _ if means.id.is_empty() => (None, ""),
        IMO_NUMBER => (Some(means.id.as_str()), ""),
        _ => imo_in(&means.id),
    };
    let imo = imo.map(|number| Identifier::new("imo", number));
    party.identifiers.extend(imo);
    let named = match kind {
        NAME_OF_VESSEL | NAME_OF_INLAND_VESSEL => rest,
        AIRCRAFT_REGISTRATION if !means.id.is_empty() => {
            if party.identifiers.is_empty() {
                party.kind = PartyKind::Aircraft;
                role = Role::Other;
            }
            let registration = Identifier::new("tail-number", means.id.clone());
            party.identifiers.push(registration);
            ""
        }
        _ => "",
    };
    for name in [means.name.as_str(), named] {
        let known = party.names.iter().any(|n| n.text == name);
        if !name.is_empty() && !known {
            let kind = if party.names.is_empty() {
                NameKind::Primary
            } else {
                NameKind::Alias
            };
            party.names.push(Name::new(kind, name));
        }
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

/// The IMO number that an identification is, or what else it is: seven digits
/// with the right check digit, or seven digits after `IMO`, whose check digit
/// may be wrong (that is for the checks of identifiers to say).
fn imo_in(id: &str) -> (Option<&str>, &str) {
    let number = Identifier::new("imo", id);
    let value = number.normalised();
    let plain = id.trim() == value;
    let seven = value.len() == 7 && value.bytes().all(|b| b.is_ascii_digit());
    let prefixed = id
        .trim_start()
        .get(..3)
        .is_some_and(|start| start.eq_ignore_ascii_case("imo"));
    let right = number.check() == IdentifierCheck::WellFormed;
    if seven && (prefixed || (plain && right)) {
        (Some(id), "")
    } else {
        (None, id)
    }
}

#[cfg(test)]
mod tests;
