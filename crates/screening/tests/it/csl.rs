//! The US Consolidated Screening List as entities, for tests and benches that
//! have the real data. A small reader of its own: the formats crate stands
//! beside this one, not under it.

use portcullis_domain::{
    Address, Country, CountryRole, Entity, Listing, Name, NameKind, Party, PartyKind,
    RelatedCountry,
};
use serde_json::Value;
use std::path::PathBuf;

pub fn data(path: &str) -> Option<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let file = root.join(path);
    if file.exists() {
        return Some(file);
    }
    println!("skipped: {path} is not here");
    None
}

pub fn entities() -> Option<Vec<Entity>> {
    let file = data("lists/us_csl_2026-07-31.consolidated.json")?;
    let text = std::fs::read_to_string(file).unwrap();
    let json: Value = serde_json::from_str(&text).unwrap();
    Some(
        json["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(entity)
            .collect(),
    )
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("")
}

fn entity(row: &Value) -> Entity {
    let kind = match text(&row["type"]) {
        "Individual" => PartyKind::Person,
        "Entity" => PartyKind::Organisation,
        "Vessel" => PartyKind::Vessel,
        "Aircraft" => PartyKind::Aircraft,
        _ => PartyKind::Unknown,
    };
    let mut names = vec![Name::new(NameKind::Primary, text(&row["name"]))];
    let aliases = row["alt_names"].as_array().into_iter().flatten();
    names.extend(aliases.map(|n| Name::new(NameKind::Alias, text(n))));
    let addresses: Vec<Address> = row["addresses"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|a| Address {
            street: text(&a["address"]).to_owned(),
            city: text(&a["city"]).to_owned(),
            region: text(&a["state"]).to_owned(),
            postcode: text(&a["postal_code"]).to_owned(),
            country: Country::from_alpha2(text(&a["country"])),
        })
        .collect();
    let countries = addresses.iter().filter_map(|a| a.country);
    let countries = countries.map(|country| RelatedCountry {
        role: CountryRole::Related,
        country,
    });
    Entity {
        id: match row["entity_number"].as_u64() {
            Some(number) => format!("us-ofac:{number}:{}", text(&row["id"])),
            None => format!("us-csl:{}", text(&row["id"])),
        },
        party: Party {
            kind,
            names,
            countries: countries.collect(),
            addresses,
            ..Party::default()
        },
        listings: vec![Listing {
            list: text(&row["source"]).to_owned(),
            programmes: Vec::new(),
            listed_on: None,
            until: None,
            citation: String::new(),
            licence_requirement: String::new(),
            licence_policy: String::new(),
        }],
        ..Entity::default()
    }
}
