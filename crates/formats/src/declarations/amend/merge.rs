//! Lays the changed values over the original. Where it is not certain which
//! of several an amendment means, nothing is applied. Routes, means of
//! transport and containers are only added to: what was once declared stays
//! in sight.

use super::{Overlay, paths, pointers};
use crate::declarations::craft::provenance;
use crate::declarations::wco;
use portcullis_domain::{
    Address, CodeScheme, DocumentRef, Issue, Item, ItemCode, Package, Party, PartyInRole,
    Transaction,
};

pub(super) fn merge(
    original: &Transaction,
    new: &Transaction,
    overlay: &Overlay,
) -> Result<Transaction, Vec<Issue>> {
    let mut merged = original.clone();
    let mut refused = Vec::new();
    for party in &new.parties {
        place_party(&mut merged.parties, party, &mut refused);
    }
    for item in &new.items {
        place_item(&mut merged.items, item, overlay, &mut refused);
    }
    let sequences = pointers::sequences(overlay, None, "02A");
    place_documents(&mut merged.documents, &new.documents, &sequences);
    merged.destination = new.destination.or(merged.destination);
    merged.dispatch = new.dispatch.or(merged.dispatch);
    merged.value = new.value.clone().or(merged.value);
    add_missing(&mut merged.route, &new.route);
    add_missing(&mut merged.transport, &new.transport);
    add_missing(&mut merged.containers, &new.containers);
    overlay_text(&mut merged.office, &new.office);
    if !new.remarks.is_empty() {
        merged.remarks = [merged.remarks.as_str(), new.remarks.as_str()]
            .join("\n")
            .trim()
            .to_owned();
    }
    merged.movement = wco::movement(&merged.type_code, &merged.items).0;
    let settled = paths(overlay);
    merged
        .issues
        .retain(|issue| !issue.field.as_ref().is_some_and(|f| settled.contains(f)));
    merged.issues.extend(new.issues.iter().cloned());
    if refused.is_empty() {
        Ok(merged)
    } else {
        Err(refused)
    }
}

fn unclear(text: String) -> Issue {
    Issue::new("unclear-amendment", text)
}

fn add_missing<T: Clone + PartialEq>(held: &mut Vec<T>, more: &[T]) {
    for one in more {
        if !held.contains(one) {
            held.push(one.clone());
        }
    }
}

fn overlay_text(held: &mut String, new: &str) {
    if !new.is_empty() {
        new.clone_into(held);
    }
}

fn place_party(parties: &mut Vec<PartyInRole>, new: &PartyInRole, refused: &mut Vec<Issue>) {
    let same_place: Vec<usize> = (0..parties.len())
        .filter(|at| parties[*at].role == new.role && parties[*at].item == new.item)
        .collect();
    let same_party = same_place.iter().copied().find(|at| {
        let held = &parties[*at].party;
        let ids = new
            .party
            .identifiers
            .iter()
            .any(|id| held.identifiers.contains(id));
        ids || new.party.names.iter().any(|n| held.names.contains(n))
    });
    let only = (same_place.len() == 1).then(|| same_place[0]);
    match same_party.or(only) {
        Some(at) => {
            overlay_party(&mut parties[at].party, &new.party);
            parties[at].provenance = provenance(&parties[at].party);
        }
        None if same_place.is_empty() => parties.push(new.clone()),
        None => refused.push(unclear(format!(
            "several parties are {}; the amendment does not say which changes",
            new.role.label()
        ))),
    }
}

/// A new name is a new party as far as screening goes: an old identifier is
/// kept only where no new one is given.
fn overlay_party(held: &mut Party, new: &Party) {
    if !new.names.is_empty() {
        held.names.clone_from(&new.names);
    }
    if !new.identifiers.is_empty() {
        held.identifiers.clone_from(&new.identifiers);
    }
    if let (Some(old), Some(given)) = (held.addresses.first_mut(), new.addresses.first()) {
        overlay_address(old, given);
    } else if held.addresses.is_empty() {
        held.addresses.clone_from(&new.addresses);
    }
    add_missing(&mut held.emails, &new.emails);
    add_missing(&mut held.phones, &new.phones);
    add_missing(&mut held.countries, &new.countries);
}

fn overlay_address(held: &mut Address, new: &Address) {
    overlay_text(&mut held.street, &new.street);
    overlay_text(&mut held.city, &new.city);
    overlay_text(&mut held.region, &new.region);
    overlay_text(&mut held.postcode, &new.postcode);
    held.country = new.country.or(held.country);
}

fn place_item(items: &mut Vec<Item>, new: &Item, overlay: &Overlay, refused: &mut Vec<Issue>) {
    if taric_alone(overlay, new) {
        refused.push(unclear(format!(
            "line {}: a TARIC code changes without the code it belongs to",
            new.number
        )));
    }
    let Some(held) = items.iter_mut().find(|i| i.number == new.number) else {
        // A line that was not declared before has to say what it is.
        if new.description.is_empty() && new.codes.is_empty() {
            refused.push(unclear(format!("line {} was not declared", new.number)));
        } else {
            items.push(new.clone());
        }
        return;
    };
    overlay_text(&mut held.description, &new.description);
    overlay_codes(&mut held.codes, &new.codes);
    held.quantity = new.quantity.clone().or(held.quantity.take());
    held.net_mass = new.net_mass.or(held.net_mass);
    held.gross_mass = new.gross_mass.or(held.gross_mass);
    held.value = new.value.clone().or(held.value.take());
    held.origin = new.origin.or(held.origin);
    overlay_text(&mut held.procedure, &new.procedure);
    let given = |name: &String| new.parameters.iter().any(|p| p.name == *name);
    held.parameters.retain(|p| !given(&p.name));
    held.parameters.extend(new.parameters.iter().cloned());
    let number = Some(new.number);
    let documents = pointers::sequences(overlay, number, "02A");
    place_documents(&mut held.documents, &new.documents, &documents);
    let packages = pointers::sequences(overlay, number, "93A");
    place_packages(&mut held.packages, &new.packages, &packages);
}

fn taric_alone(overlay: &Overlay, item: &Item) -> bool {
    let lines = overlay
        .declaration
        .all("GoodsShipment/GovernmentAgencyGoodsItem");
    let number = item.number.to_string();
    let line = lines
        .into_iter()
        .find(|l| l.text_of("SequenceNumeric") == Some(number.as_str()));
    let classified = line
        .map(|l| l.all("Commodity/Classification"))
        .unwrap_or_default();
    let taric = classified
        .iter()
        .any(|c| c.text_of("IdentificationTypeCode") == Some("TRC"));
    taric && item.codes.is_empty()
}

fn overlay_codes(held: &mut Vec<ItemCode>, new: &[ItemCode]) {
    let tariff =
        |s: CodeScheme| matches!(s, CodeScheme::Hs | CodeScheme::Cn | CodeScheme::National);
    // One tariff code says the same as the others of the line: all give way.
    let new_tariff = new.iter().any(|c| tariff(c.scheme));
    let replaced = |s: CodeScheme| new.iter().any(|n| n.scheme == s) || (new_tariff && tariff(s));
    held.retain(|c| !replaced(c.scheme));
    held.extend(new.iter().cloned());
}

/// A document changes the one of the same type and number, else the one that
/// the pointer counts to (previous documents are not counted), else it is new.
fn place_documents(held: &mut Vec<DocumentRef>, new: &[DocumentRef], sequences: &[usize]) {
    for (position, document) in new.iter().enumerate() {
        let same = held.iter().position(|d| {
            d.kind == document.kind && d.id == document.id && d.category == document.category
        });
        let counted = sequences.get(position).and_then(|sequence| {
            let numbered = held
                .iter()
                .enumerate()
                .filter(|(_, d)| d.category != "previous");
            let (at, pointed) = numbered.into_iter().nth(sequence.checked_sub(1)?)?;
            (pointed.kind == document.kind).then_some(at)
        });
        match same.or(counted) {
            Some(at) => overlay_document(&mut held[at], document),
            None => held.push(document.clone()),
        }
    }
}

fn overlay_document(held: &mut DocumentRef, new: &DocumentRef) {
    overlay_text(&mut held.id, &new.id);
    overlay_text(&mut held.status, &new.status);
    held.write_off = new.write_off.clone().or(held.write_off.take());
    held.valid_until = new.valid_until.or(held.valid_until);
}

fn place_packages(held: &mut Vec<Package>, new: &[Package], sequences: &[usize]) {
    for (position, package) in new.iter().enumerate() {
        let counted = sequences.get(position).and_then(|s| s.checked_sub(1));
        match counted.and_then(|at| held.get_mut(at)) {
            Some(old) => {
                old.count = package.count.or(old.count);
                overlay_text(&mut old.kind, &package.kind);
                overlay_text(&mut old.marks, &package.marks);
            }
            None => held.push(package.clone()),
        }
    }
}
