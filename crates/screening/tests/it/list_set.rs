//! The entities of several sources answer as one.

use portcullis_domain::{Entity, Listing, Name, NameKind, Party, PartyKind};
use portcullis_screening::{Index, Options, Query};

fn listed(id: &str, list: &str, name: &str, born: &str) -> Entity {
    Entity {
        id: id.to_owned(),
        party: Party {
            kind: PartyKind::Person,
            names: vec![Name::new(NameKind::Primary, name)],
            birth_dates: born.parse().into_iter().collect(),
            ..Party::default()
        },
        listings: vec![Listing {
            list: list.to_owned(),
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

fn entities() -> Vec<Entity> {
    let name = "VORONTSOV, Sergey";
    vec![
        listed("us-ofac:7", "us-sdn", name, "1961-07-31"),
        listed("us-ofac:8", "us-sdn", name, "1975-01-01"),
        listed("us-ofac:7", "us-el", name, "1961-07-31"),
        listed("un-sc:99", "un-sc", "Сергей Воронцов", "1961-07-31"),
    ]
}

#[test]
fn one_hit_an_entity_with_all_its_lists_and_its_doubles_elsewhere() {
    let index = Index::build(entities());
    let hits = index.screen(&Query::by_name("Sergey Vorontsov"), &Options::default());
    let told: Vec<(&str, String, String)> = hits
        .hits
        .iter()
        .map(|h| (h.entity_id.as_str(), h.lists.join(" "), h.same_as.join(" ")))
        .collect();
    let told: Vec<(&str, &str, &str)> = told
        .iter()
        .map(|(id, lists, same)| (*id, lists.as_str(), same.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("un-sc:99", "un-sc", "us-ofac:7"),
            ("us-ofac:7", "us-el us-sdn", "un-sc:99"),
            ("us-ofac:8", "us-sdn", ""),
        ]
    );
}

#[test]
fn the_order_of_the_sources_does_not_matter() {
    let query = Query::by_name("Sergey Vorontsof");
    let mut entities = entities();
    let forth = Index::build(entities.clone()).screen(&query, &Options::default());
    entities.reverse();
    let back = Index::build(entities).screen(&query, &Options::default());
    assert_eq!(forth.hits, back.hits);
    assert!(!forth.hits.is_empty());
}

#[test]
fn what_a_source_calls_the_same_is_linked_both_ways() {
    let mut entities = entities();
    entities[1].same_as = vec!["eu:5".to_owned()];
    entities.push(listed("eu:5", "eu-fsf", "Another Name", "1940-01-01"));
    let index = Index::build(entities);
    let linked = |id: &str| -> Vec<String> {
        let at = index.positions(id).next().unwrap();
        index.linked(at).map(str::to_owned).collect()
    };
    assert_eq!(linked("us-ofac:8"), ["eu:5"]);
    assert_eq!(linked("eu:5"), ["us-ofac:8"]);
    assert_eq!(linked("us-ofac:7"), ["un-sc:99"]);
}
