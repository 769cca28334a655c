//! A world for the clients of yente and watchman: a program with a key, and a
//! list with a person, a company and a ship.

use crate::world::{Answer, Browser, World};
use axum::{body::Body, http::Request};
use jiff::Timestamp;
use portcullis_domain::{
    Address, Country, CountryRole, Entity, Identifier, Link, Listing, Name, NameKind, Party,
    PartyKind, RelatedCountry,
};
use portcullis_store::{ImportOptions, NewSnapshot, NewToken, RawFile, Scope};
use serde_json::Value;
use std::collections::BTreeMap;

/// A client of yente or watchman.
pub struct Client {
    browser: Browser,
    key: Option<String>,
}

impl Client {
    pub fn without_key(world: &World) -> Client {
        Client {
            browser: world.browser(),
            key: None,
        }
    }

    /// One with a key that allows screening and looking up.
    pub async fn new(world: &World) -> Client {
        let scopes = vec![Scope::Match, Scope::Search];
        Client::with(
            world,
            NewToken {
                scopes,
                ..NewToken::default()
            },
        )
        .await
    }

    pub async fn with(world: &World, new: NewToken) -> Client {
        let name = format!("key {}", world.store.tokens().await.unwrap().len());
        let new = NewToken { name, ..new };
        let made = world
            .store
            .create_token(&new, "setup", Timestamp::now())
            .await;
        Client {
            browser: world.browser(),
            key: Some(made.unwrap().secret),
        }
    }

    async fn send(&mut self, mut request: Request<Body>) -> Answer {
        if let Some(key) = &self.key {
            let value = format!("ApiKey {key}").parse().unwrap();
            request.headers_mut().insert("authorization", value);
        }
        self.browser.send(request).await
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        let request = Request::get(path).body(Body::empty()).unwrap();
        self.send(request).await
    }

    pub async fn post(&mut self, path: &str, body: &str) -> Answer {
        let request = Request::post(path)
            .body(Body::from(body.to_owned()))
            .unwrap();
        self.send(request).await
    }

    pub async fn form(&mut self, path: &str, body: &str) -> Answer {
        let kind = "application/x-www-form-urlencoded";
        let request = Request::post(path).header("content-type", kind);
        self.send(request.body(Body::from(body.to_owned())).unwrap())
            .await
    }

    pub async fn matched(&mut self, path: &str, queries: Value) -> Answer {
        let body = serde_json::json!({ "queries": queries });
        self.post(path, &body.to_string()).await
    }
}

fn listing(list: &str, programme: &str) -> Listing {
    Listing {
        list: list.to_owned(),
        programmes: vec![programme.to_owned()],
        listed_on: Some("2019-03-04".parse().unwrap()),
        until: None,
        citation: "84 FR 1".to_owned(),
        licence_requirement: String::new(),
        licence_policy: String::new(),
    }
}

fn entity(id: &str, kind: PartyKind, names: &[(NameKind, &str)]) -> Entity {
    Entity {
        id: id.to_owned(),
        party: Party {
            kind,
            names: names.iter().map(|(k, n)| Name::new(*k, *n)).collect(),
            ..Party::default()
        },
        ..Entity::default()
    }
}

/// People and things on two US lists.
fn listed() -> Vec<Entity> {
    let mut person = entity(
        "us-ofac:36",
        PartyKind::Person,
        &[
            (NameKind::Primary, "Quillendorf, Zaphira"),
            (NameKind::Alias, "Квиллендорф Зафира"),
        ],
    );
    person.party.birth_dates = vec!["1961-07-31".parse().unwrap()];
    person.party.countries = vec![RelatedCountry {
        role: CountryRole::Nationality,
        country: Country::from_alpha2("RU").unwrap(),
    }];
    person.party.identifiers = vec![Identifier::new("passport", "AB 123456")];
    person.listings = vec![listing("us-sdn", "SDGT")];
    person.same_as = vec!["un-sc:77".to_owned()];
    person.links = vec![Link {
        relation: "owner_of".to_owned(),
        other: "Norvik Precision Instruments".to_owned(),
        other_id: Some("us-csl:el-9".to_owned()),
        share: Some(5_000),
        from: None,
        until: None,
    }];
    let mut company = entity(
        "us-csl:el-9",
        PartyKind::Organisation,
        &[(NameKind::Primary, "Norvik Precision Instruments")],
    );
    company.party.addresses = vec![Address {
        street: "Mill Road 1".to_owned(),
        city: "Lutz".to_owned(),
        country: Country::from_alpha2("TR"),
        ..Address::default()
    }];
    company.listings = vec![listing("us-el", "EAR")];
    let mut ship = entity(
        "us-ofac:50",
        PartyKind::Vessel,
        &[(NameKind::Primary, "GREY HERON")],
    );
    ship.party.identifiers = vec![
        Identifier::new("imo", "9074729"),
        Identifier::new("call-sign", "T3AB"),
    ];
    ship.listings = vec![listing("us-sdn", "SDGT")];
    let mut ended = entity(
        "us-ofac:51",
        PartyKind::Person,
        &[(NameKind::Primary, "Formerly Listed Oldcastle")],
    );
    ended.listings = vec![Listing {
        until: Some("2020-01-01".parse().unwrap()),
        ..listing("us-sdn", "SDGT")
    }];
    vec![person, company, ship, ended]
}

/// Imports the second source of the world.
pub async fn import(world: &World) {
    let entities = listed();
    let snapshot = NewSnapshot {
        source: "us-test".to_owned(),
        published: Some("2026-02-05".parse().unwrap()),
        sha256: portcullis_domain::hex_sha256(b"us"),
        counts: BTreeMap::from([("us-sdn".to_owned(), 3), ("us-el".to_owned(), 1)]),
        names: 5,
        entities,
        issues: Vec::new(),
        files: vec![RawFile {
            name: "us.json".to_owned(),
            bytes: b"us".to_vec(),
        }],
    };
    let options = ImportOptions {
        activate: true,
        accept: false,
        max_shrink_percent: 20,
    };
    let now = Timestamp::now();
    world
        .store
        .import_snapshot(snapshot, options, "setup", now)
        .await
        .unwrap();
}

/// A world with both sources.
pub async fn world() -> World {
    let world = World::new().await;
    import(&world).await;
    world
}
