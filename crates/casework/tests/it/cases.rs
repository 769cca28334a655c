//! `cases.toml`: whether a judgement still holds.

use portcullis_casework::{
    Command, Disposition, Hand, Judged, Pair, Terms, Verdict, decide, evolve, judge,
};
use portcullis_domain::{
    Address, Country, Date, Entity, Identifier, Listing, Name, NameKind, Party, PartyKind,
};

#[derive(Default)]
struct Facts {
    names: Vec<String>,
    birth_dates: Vec<String>,
    identifiers: Vec<String>,
    country: String,
    city: String,
}

fn texts(table: &toml::Table, key: &str) -> Option<Vec<String>> {
    let values = table.get(key)?.as_array().unwrap();
    let text = |v: &toml::Value| v.as_str().unwrap().to_owned();
    Some(values.iter().map(text).collect())
}

fn text(table: &toml::Table, key: &str) -> Option<String> {
    Some(table.get(key)?.as_str().unwrap().to_owned())
}

impl Facts {
    /// These facts with what a case says instead.
    fn with(mut self, table: &toml::Table) -> Facts {
        self.names = texts(table, "names").unwrap_or(self.names);
        self.birth_dates = texts(table, "birth_dates").unwrap_or(self.birth_dates);
        self.identifiers = texts(table, "identifiers").unwrap_or(self.identifiers);
        self.country = text(table, "country").unwrap_or(self.country);
        self.city = text(table, "city").unwrap_or(self.city);
        self
    }

    fn party(&self) -> Party {
        let names = self.names.iter();
        Party {
            kind: PartyKind::Person,
            names: names.map(|n| Name::new(NameKind::Primary, n)).collect(),
            birth_dates: self
                .birth_dates
                .iter()
                .map(|d| d.parse().unwrap())
                .collect(),
            identifiers: self
                .identifiers
                .iter()
                .map(|i| Identifier::parse(i))
                .collect(),
            addresses: vec![Address {
                city: self.city.clone(),
                country: Country::from_alpha2(&self.country),
                ..Address::default()
            }],
            ..Party::default()
        }
    }
}

fn customer(differs: &toml::Table) -> Party {
    let then = Facts {
        names: vec!["Ann Example".to_owned()],
        birth_dates: vec!["1980-02-03".to_owned()],
        country: "DE".to_owned(),
        city: "Berlin".to_owned(),
        ..Facts::default()
    };
    then.with(differs).party()
}

fn entity(differs: &toml::Table) -> Entity {
    let then = Facts {
        names: vec!["Anna Exampel".to_owned()],
        ..Facts::default()
    };
    Entity {
        id: text(differs, "id").unwrap_or_else(|| "xx:17".to_owned()),
        party: then.with(differs).party(),
        listings: vec![Listing {
            list: "xx-list".to_owned(),
            programmes: texts(differs, "programmes").unwrap_or_default(),
            citation: text(differs, "citation").unwrap_or_else(|| "Notice 1".to_owned()),
            listed_on: None,
            until: None,
            licence_requirement: String::new(),
            licence_policy: String::new(),
        }],
        remarks: text(differs, "remarks").unwrap_or_default(),
        ..Entity::default()
    }
}

fn judgement(waiting: bool, erased: bool) -> Disposition {
    let at = "2026-11-22T10:00:00Z".parse().unwrap();
    let command = Command::Propose {
        entity_id: "xx:17".to_owned(),
        verdict: Verdict::NotSame,
        reason: "another year of birth".to_owned(),
        expires_on: None,
        engine_major: 3,
        terms: Terms {
            second_needed: waiting,
            longest_days: 365,
        },
    };
    let events = decide(None, &command, "ann", at).unwrap();
    let none = toml::Table::new();
    let judged = Judged {
        party: customer(&none),
        entity: entity(&none),
    };
    let hand = Hand {
        actor: "ann".to_owned(),
        at,
    };
    let made = evolve(None, "d-1", &events[0], hand, (!erased).then_some(judged));
    made.unwrap()
}

#[test]
fn every_case_holds_as_it_says() {
    let document: toml::Table = include_str!("cases.toml").parse().unwrap();
    let cases = document["case"].as_array().unwrap();
    assert!(cases.len() >= 22);
    let none = toml::Table::new();
    for case in cases {
        let case = case.as_table().unwrap();
        let flag = |key: &str| case.get(key).is_some_and(|v| v.as_bool().unwrap());
        let part = |key: &str| case.get(key).map_or(&none, |v| v.as_table().unwrap());
        let as_of = text(case, "as_of").unwrap_or_else(|| "2026-12-01".to_owned());
        let as_of: Date = as_of.parse().unwrap();
        let engine = case
            .get("engine_major")
            .map_or(3, |v| v.as_integer().unwrap());
        let made = judgement(flag("waiting"), flag("erased"));
        let (party, entity) = (customer(part("party")), entity(part("entity")));
        let pair = Pair {
            party: &party,
            entity: &entity,
            engine_major: u32::try_from(engine).unwrap(),
            as_of,
        };
        let still_listed = flag("still_listed");
        let answer = judge([&made], &pair, &|_| still_listed);
        let said = answer.map_or("nobody judged it".to_owned(), |(_, s)| s.to_string());
        assert_eq!(said, text(case, "expect").unwrap(), "{}", case["name"]);
    }
}
