//! Entities and lists in watchman's shape: every key is there, absent values
//! are null, as its clients decode them.

use super::{matching::Card, shelf::Shelf, watchman::SOURCES};
use base64::{Engine, engine::general_purpose::STANDARD};
use portcullis_domain::{
    Address, CountryRole, Entity, NameKind, PartialDate, Party, PartyKind, hex_sha256,
};
use portcullis_screening::Hit;
use portcullis_store::SnapshotRow;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What watchman would call a list: its own name where it has the list.
fn source_list(code: &str) -> String {
    let own = SOURCES.iter().find(|(_, ours)| ours.contains(&code));
    match own {
        Some((theirs, _)) => (*theirs).to_owned(),
        // The other US lists come to it in the Consolidated Screening List.
        None if code.starts_with("us-") => "us_csl".to_owned(),
        None => code.replace('-', "_"),
    }
}

/// One result.
pub(crate) fn entity(
    shelf: &Shelf,
    entity: &Entity,
    hit: &Hit,
    card: &Card,
    asked_type: &str,
    debug: bool,
) -> Value {
    let party = &entity.party;
    let kind = entity_type(party.kind, asked_type);
    let code = card.codes.first().map(String::as_str).unwrap_or_default();
    let source_id = entity
        .id
        .split_once(':')
        .map_or(entity.id.as_str(), |(_, id)| id);
    let mut out = json!({
        "name": party.caption(),
        "entityType": kind,
        "sourceList": source_list(code),
        "sourceID": source_id,
        "person": null, "business": null, "organization": null, "aircraft": null, "vessel": null,
        "contact": contact(party),
        "addresses": party.addresses.iter().map(address).collect::<Vec<_>>(),
        "cryptoAddresses": wallets(party),
        "affiliations": affiliations(entity),
        "sanctionsInfo": sanctions(entity),
        "historicalInfo": former_names(party),
        "sourceData": shelf.flat(entity),
        "match": hit.score,
    });
    out[kind] = details(party, kind);
    if debug {
        let reasons: Vec<Value> = hit
            .reasons
            .iter()
            .map(|r| json!({ "code": r.code, "text": r.text, "bits": r.bits }))
            .collect();
        let words: Vec<&str> = hit.reasons.iter().map(|r| r.text.as_str()).collect();
        out["debug"] = json!(STANDARD.encode(words.join("\n")));
        out["details"] = json!({ "finalScore": hit.score, "bits": hit.bits, "pieces": reasons });
    }
    out
}

/// The type in watchman's words; of businesses and organisations, the one
/// that was asked for.
fn entity_type(kind: PartyKind, asked: &str) -> &'static str {
    match (kind, asked) {
        (PartyKind::Person, _) => "person",
        (PartyKind::Vessel, _) => "vessel",
        (PartyKind::Aircraft, _) => "aircraft",
        (PartyKind::Unknown, "person") => "person",
        (_, "organization") => "organization",
        (PartyKind::Organisation | PartyKind::Unknown, _) => "business",
    }
}

fn names(party: &Party) -> Vec<&str> {
    let other = party.names.iter().map(|n| n.text.as_str());
    other.filter(|n| *n != party.caption()).collect()
}

/// A date as Go reads times; of a year or month alone, its first day, as
/// watchman does. The date as listed stands in `sourceData`.
fn time(date: Option<&PartialDate>) -> Value {
    let first = |d: &PartialDate| {
        format!(
            "{:04}-{:02}-{:02}T00:00:00Z",
            d.year,
            d.month.unwrap_or(1),
            d.day.unwrap_or(1)
        )
    };
    date.map_or(Value::Null, |d| json!(first(d)))
}

fn identifier<'p>(party: &'p Party, scheme: &str) -> &'p str {
    let own = party.identifiers.iter().find(|i| i.scheme == scheme);
    own.map_or("", |i| i.value.as_str())
}

fn government_ids(party: &Party) -> Vec<Value> {
    let own = party.identifiers.iter().filter_map(|i| {
        let kind = match i.scheme.as_str() {
            "passport" => "passport",
            "national-id" => "national-id",
            "tax" | "inn" => "tax-id",
            "registration" | "ogrn" => "business-registration",
            _ => return None,
        };
        let country = i.country.map(|c| c.name()).unwrap_or_default();
        Some(json!({ "type": kind, "country": country, "identifier": i.value }))
    });
    own.collect()
}

fn flag(party: &Party) -> &'static str {
    let own = party.countries.iter().find(|c| c.role == CountryRole::Flag);
    own.map_or("", |c| c.country.name())
}

fn details(party: &Party, kind: &str) -> Value {
    let name = party.caption();
    match kind {
        "person" => json!({
            "name": name,
            "altNames": names(party),
            "gender": party.gender.map_or("unknown", |g| g.as_str()),
            "birthDate": time(party.birth_dates.first()),
            "deathDate": null,
            "titles": [],
            "governmentIDs": government_ids(party),
        }),
        "vessel" => json!({
            "name": name,
            "altNames": names(party),
            "imoNumber": identifier(party, "imo"),
            "type": "unknown",
            "flag": flag(party),
            "built": null,
            "model": "",
            "tonnage": 0,
            "mmsi": identifier(party, "mmsi"),
            "callSign": identifier(party, "call-sign"),
            "grossRegisteredTonnage": 0,
            "owner": "",
        }),
        "aircraft" => json!({
            "name": name,
            "altNames": names(party),
            "type": "unknown",
            "flag": flag(party),
            "built": null,
            "icaoCode": "",
            "model": "",
            "serialNumber": identifier(party, "other"),
        }),
        _ => json!({
            "name": name,
            "altNames": names(party),
            "created": null,
            "dissolved": null,
            "governmentIDs": government_ids(party),
        }),
    }
}

fn contact(party: &Party) -> Value {
    let sites = party.identifiers.iter().filter(|i| i.scheme == "website");
    let sites: Vec<&str> = sites.map(|i| i.value.as_str()).collect();
    json!({
        "emailAddresses": party.emails,
        "phoneNumbers": party.phones,
        "faxNumbers": [],
        "websites": sites,
    })
}

fn address(address: &Address) -> Value {
    json!({
        "line1": address.street,
        "line2": "",
        "city": address.city,
        "postalCode": address.postcode,
        "state": address.region,
        "country": address.country.map(|c| c.name()).unwrap_or_default(),
        "latitude": 0,
        "longitude": 0,
    })
}

fn wallets(party: &Party) -> Vec<Value> {
    let own = party.identifiers.iter().filter(|i| i.scheme == "crypto");
    own.map(|i| {
        let (currency, address) = i.value.split_once(' ').unwrap_or(("", &i.value));
        json!({ "currency": currency, "address": address })
    })
    .collect()
}

fn affiliations(entity: &Entity) -> Vec<Value> {
    let words = |relation: &str| relation.replace('_', " ");
    let ties = entity.links.iter();
    ties.map(|l| json!({ "entityName": l.other, "type": words(&l.relation), "details": "" }))
        .collect()
}

fn sanctions(entity: &Entity) -> Value {
    let mut programmes: Vec<&str> = Vec::new();
    for programme in entity.listings.iter().flat_map(|l| &l.programmes) {
        if !programmes.contains(&programme.as_str()) {
            programmes.push(programme);
        }
    }
    let secondary = entity
        .remarks
        .to_lowercase()
        .contains("secondary sanctions");
    json!({ "programs": programmes, "secondary": secondary, "description": entity.remarks })
}

fn former_names(party: &Party) -> Vec<Value> {
    let former = party.names.iter().filter(|n| n.kind == NameKind::Former);
    let never = "0001-01-01T00:00:00Z";
    former
        .map(|n| json!({ "type": "Former Name", "value": n.text, "date": never }))
        .collect()
}

/// What is loaded.
pub(crate) fn listinfo(snapshots: &[SnapshotRow]) -> Value {
    let mut lists: BTreeMap<String, u64> = BTreeMap::new();
    let mut hashes: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for row in snapshots {
        for (code, count) in &row.counts {
            let name = source_list(code);
            *lists.entry(name.clone()).or_default() += count;
            let own = hashes.entry(name).or_default();
            if !own.contains(&row.sha256.as_str()) {
                own.push(&row.sha256);
            }
        }
    }
    let mut digests = Map::new();
    for (name, mut own) in hashes {
        own.sort_unstable();
        // One file: its digest. Several: the digest of theirs.
        let digest = match own.as_slice() {
            [one] => (*one).to_owned(),
            several => hex_sha256(several.join("\n").as_bytes()),
        };
        digests.insert(name, json!(digest));
    }
    let times = || snapshots.iter().map(|row| row.recorded_at);
    let text = |time: Option<jiff::Timestamp>| time.map(|t| t.to_string());
    json!({
        "lists": lists,
        "listHashes": digests,
        "startedAt": text(times().min()),
        "endedAt": text(times().max()),
        "version": concat!("portcullis v", env!("CARGO_PKG_VERSION")),
    })
}
