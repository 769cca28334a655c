//! Several sources answer as one.

use portcullis_domain::{Entity, Listing, Name, NameKind, Party, PartyKind};
use portcullis_screening::{Index, ListSet, Options, Query, merge};
use std::sync::Arc;

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

fn indexes() -> Vec<Arc<Index>> {
    let name = "VORONTSOV, Sergey";
    vec![
        Arc::new(Index::build(vec![
            listed("us-ofac:7", "us-sdn", name, "1961-07-31"),
            listed("us-ofac:8", "us-sdn", name, "1975-01-01"),
        ])),
        Arc::new(Index::build(vec![listed(
            "us-ofac:7",
            "us-el",
            name,
            "1961-07-31",
        )])),
        Arc::new(Index::build(vec![listed(
            "un-sc:99",
            "un-sc",
            "Сергей Воронцов",
            "1961-07-31",
        )])),
    ]
}

#[test]
fn one_hit_an_entity_with_all_its_lists_and_its_doubles_elsewhere() {
    let set = ListSet::new(indexes());
    let hits = set.screen(&Query::by_name("Sergey Vorontsov"), &Options::default());
    let told: Vec<(&str, Vec<&str>, Vec<&str>)> = hits
        .iter()
        .map(|h| {
            let words = |w: &[String]| -> Vec<&'static str> {
                w.iter()
                    .map(|s| &*Box::leak(s.clone().into_boxed_str()))
                    .collect()
            };
            (h.entity_id.as_str(), words(&h.lists), words(&h.same_as))
        })
        .collect();
    assert_eq!(
        told,
        [
            ("un-sc:99", vec!["un-sc"], vec!["us-ofac:7"]),
            ("us-ofac:7", vec!["us-el", "us-sdn"], vec!["un-sc:99"]),
            ("us-ofac:8", vec!["us-sdn"], vec![]),
        ]
    );
}

#[test]
fn the_order_of_the_sources_does_not_matter() {
    let query = Query::by_name("Sergey Vorontsof");
    let forth = ListSet::new(indexes()).screen(&query, &Options::default());
    let mut reversed = indexes();
    reversed.reverse();
    let back = ListSet::new(reversed).screen(&query, &Options::default());
    assert_eq!(forth, back);
    assert!(!forth.is_empty());
    let again = merge(vec![forth.clone(), forth.clone()], &Default::default());
    assert_eq!(again, forth);
}
