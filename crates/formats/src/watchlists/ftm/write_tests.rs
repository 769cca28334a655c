//! What is written reads back.

use super::*;
use crate::watchlists::{ListFile, read};
use portcullis_domain::{Address, Country, Name, Party, RelatedCountry};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn person() -> Entity {
    let country = |role, code| RelatedCountry {
        role,
        country: Country::from_alpha2(code).unwrap(),
    };
    Entity {
        id: "us-ofac:36".to_owned(),
        party: Party {
            kind: PartyKind::Person,
            names: vec![
                Name::new(NameKind::Primary, "Zubrowka, Anton"),
                Name::new(NameKind::Alias, "Зубровка Антон"),
                Name::new(NameKind::WeakAlias, "The Bison"),
                Name::new(NameKind::Former, "Kowal, Anton"),
            ],
            identifiers: vec![
                Identifier::new("passport", "AB 123456"),
                Identifier::new("crypto", "XBT 1abc"),
                Identifier::new("gtin", "no place for this"),
            ],
            addresses: vec![Address {
                street: "Mill Road 1".to_owned(),
                city: "Lutz".to_owned(),
                country: Country::from_alpha2("TR"),
                ..Address::default()
            }],
            countries: vec![
                country(CountryRole::Nationality, "PL"),
                country(CountryRole::Birth, "UA"),
            ],
            birth_dates: vec!["1961-07".parse().unwrap()],
            emails: vec!["anton@example.org".to_owned()],
            ..Party::default()
        },
        listings: vec![Listing {
            list: "us-sdn".to_owned(),
            programmes: vec!["SDGT".to_owned()],
            listed_on: Some(day("2019-03-04")),
            until: None,
            citation: "84 FR 1".to_owned(),
            licence_requirement: String::new(),
            licence_policy: String::new(),
        }],
        same_as: vec!["un-sc:7".to_owned()],
        links: vec![Link {
            relation: "owner_of".to_owned(),
            other: "Bison Grass Ltd".to_owned(),
            other_id: None,
            share: Some(5_050),
            from: Some(day("2010-01-01")),
            until: None,
        }],
        remarks: "Title: Minister; POB: Lviv".to_owned(),
    }
}

#[test]
fn a_person_has_the_properties_of_its_schema() {
    let out = serde_json::to_value(flat(&person(), &["sanction"])).unwrap();
    assert_eq!(
        out,
        serde_json::json!({
            "id": "us-ofac:36",
            "caption": "Zubrowka, Anton",
            "schema": "Person",
            "properties": {
                "name": ["Zubrowka, Anton"],
                "alias": ["Зубровка Антон"],
                "weakAlias": ["The Bison"],
                "previousName": ["Kowal, Anton"],
                "passportNumber": ["AB 123456"],
                "nationality": ["pl"],
                "birthCountry": ["ua"],
                "country": ["pl", "ua", "tr"],
                "address": ["Mill Road 1, Lutz, Türkiye"],
                "birthDate": ["1961-07"],
                "email": ["anton@example.org"],
                "topics": ["sanction"],
                "program": ["SDGT"],
                "title": ["Minister"],
                "birthPlace": ["Lviv"],
                "notes": ["Title: Minister; POB: Lviv"],
            },
            "datasets": ["us-sdn"],
            "referents": ["un-sc:7"],
            "target": true,
            "first_seen": "2019-03-04T00:00:00",
            "last_seen": null,
            "last_change": null,
        })
    );
}

#[test]
fn what_stands_around_it_is_nested_under_the_reverse_property() {
    let around = adjacent(&person(), &|_| None);
    let keys: Vec<&str> = around.keys().copied().collect();
    assert_eq!(keys, ["cryptoWallets", "ownershipOwner", "sanctions"]);
    let tie = serde_json::to_value(&around["ownershipOwner"][0]).unwrap();
    assert_eq!(tie["schema"], "Ownership");
    assert_eq!(tie["properties"]["owner"][0], "us-ofac:36");
    assert_eq!(tie["properties"]["asset"][0]["caption"], "Bison Grass Ltd");
    assert_eq!(tie["properties"]["percentage"][0], "50.50");
    assert_eq!(tie["target"], false);
}

#[test]
fn every_place_around_an_entity_has_a_name() {
    let mut named: Vec<&str> = SIDES.iter().map(|s| s.reverse).collect();
    named.extend(["sanctions", "cryptoWallets", ANY_SIDE.reverse]);
    assert!(named.iter().all(|n| ADJACENT.contains(n)));
    assert_eq!(named.len(), ADJACENT.len());
}

#[test]
fn a_relation_that_does_not_fit_the_schema_is_a_plain_link() {
    let mut vessel = person();
    vessel.party.kind = PartyKind::Vessel;
    let around = adjacent(&vessel, &|_| None);
    assert!(around.contains_key("unknownLinkTo"));
    assert_eq!(
        around["unknownLinkTo"][0].texts("role").next(),
        Some("owner of")
    );
    // A vessel has no passport and no birth date in this model.
    let flat = flat(&vessel, &[]);
    assert_eq!(flat.texts("passportNumber").next(), None);
    assert_eq!(flat.texts("birthDate").next(), None);
}

#[test]
fn what_is_written_reads_back_as_the_same_party() {
    let entity = person();
    let line = serde_json::to_string(&nested(&entity, &["sanction"], &|_| None)).unwrap();
    let file = ListFile {
        name: "out.json",
        bytes: line.as_bytes(),
    };
    let again = read(&[file], Some("ftm-again"), None);
    let snapshot = again.into_iter().next().unwrap().unwrap();
    let back = snapshot
        .entities
        .iter()
        .find(|e| e.id == "again:us-ofac:36")
        .unwrap();
    let texts = |e: &Entity| {
        e.party
            .names
            .iter()
            .map(|n| (n.kind, n.text.clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(texts(back), texts(&entity));
    assert_eq!(back.party.kind, entity.party.kind);
    assert_eq!(back.party.birth_dates, entity.party.birth_dates);
    assert_eq!(back.party.emails, entity.party.emails);
    assert!(
        back.party
            .identifiers
            .iter()
            .any(|i| i.scheme == "passport" && i.normalised() == "AB123456")
    );
    let listing = &back.listings[0];
    assert_eq!(listing.list, "us-sdn");
    assert_eq!(listing.programmes, ["SDGT"]);
    assert_eq!(listing.listed_on, entity.listings[0].listed_on);
    assert_eq!(listing.citation, "84 FR 1");
    let link = &back.links[0];
    assert_eq!(
        (link.relation.as_str(), link.share),
        ("owner_of", Some(5_050))
    );
}
