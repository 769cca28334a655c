//! What holds for every list and every query.

use portcullis_domain::{
    Address, Country, CountryRole, Entity, Identifier, Listing, Name, NameKind, PartialDate, Party,
    PartyKind, RelatedCountry,
};
use portcullis_screening::{Index, OpenError, Options, Query, Strength};
use proptest::prelude::*;
use std::sync::LazyLock;

fn listed(id: &str, kind: PartyKind, names: &[&str]) -> Entity {
    let name = |(i, text): (usize, &&str)| match i {
        0 => Name::new(NameKind::Primary, *text),
        _ => Name::new(NameKind::Alias, *text),
    };
    Entity {
        id: id.to_owned(),
        party: Party {
            kind,
            names: names.iter().enumerate().map(name).collect(),
            identifiers: vec![Identifier::new("passport", format!("N{id}00001"))],
            birth_dates: vec![PartialDate::year(1961)],
            countries: vec![RelatedCountry {
                role: CountryRole::Related,
                country: Country::from_alpha2("RU").unwrap(),
            }],
            addresses: vec![Address {
                city: "Samara".to_owned(),
                ..Address::default()
            }],
            ..Party::default()
        },
        listings: vec![Listing {
            list: "test".to_owned(),
            programmes: vec!["TEST".to_owned()],
            listed_on: Some("2020-01-02".parse().unwrap()),
            until: None,
            citation: String::new(),
            licence_requirement: String::new(),
            licence_policy: String::new(),
        }],
        ..Entity::default()
    }
}

fn world() -> Vec<Entity> {
    use PartyKind::*;
    vec![
        listed(
            "1",
            Person,
            &["VORONTSOV, Sergey Ilyich", "Воронцов Сергей Ильич"],
        ),
        listed(
            "2",
            Organisation,
            &["OOO Vostok Pribor", "Vostok Pribor LLC"],
        ),
        listed("3", Person, &["محمد الزهراني", "Mohammed al-Zahrani"]),
        listed("4", Organisation, &["华盛精密仪器有限公司"]),
        listed("5", Vessel, &["ZAGROS PEARL"]),
        listed("6", Unknown, &["Zagrospetro"]),
        listed("7", Person, &["김철수"]),
        listed("8", Organisation, &[]),
    ]
}

static INDEX: LazyLock<Index> = LazyLock::new(|| Index::build(world()));

fn any_query() -> impl Strategy<Value = Query> {
    let name = prop_oneof![
        any::<String>(),
        "[a-zA-Zа-яА-Яا-ي一-龥가-힣 .,'-]{0,40}",
        "(SERGEY|Sergei|V0rontsov|Воронцов|Zagros|Pearl|Ltd|LLC|OOO|华盛|محمد|[a-z ]){0,6}",
    ];
    let kind = prop_oneof![
        Just(PartyKind::Unknown),
        Just(PartyKind::Person),
        Just(PartyKind::Organisation),
        Just(PartyKind::Vessel)
    ];
    (name, kind, any::<Option<String>>(), 1800i16..2100).prop_map(|(name, kind, id, year)| Query {
        name,
        kind,
        identifiers: id.iter().map(|i| Identifier::parse(i)).collect(),
        birth_dates: vec![PartialDate::year(year)],
        ..Query::default()
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(400)
    })]

    #[test]
    fn any_query_is_answered_in_order_and_the_same_again(
        query in any_query(),
        threshold in 0.0f64..1.0,
        weak in any::<bool>(),
    ) {
        let options = Options { threshold, weak };
        let hits = INDEX.screen(&query, &options).hits;
        prop_assert_eq!(&hits, &INDEX.screen(&query, &options).hits);
        prop_assert!(hits.windows(2).all(|w| w[0].order(&w[1]).is_lt()));
        let mut ids: Vec<&str> = hits.iter().map(|h| h.entity_id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        prop_assert_eq!(ids.len(), hits.len());
        for hit in &hits {
            prop_assert!(hit.score >= threshold - 0.00005 && hit.score <= 1.0);
            prop_assert!(hit.bits.is_finite());
            prop_assert!(!hit.reasons.is_empty());
            let sum: f64 = hit.reasons.iter().map(|r| r.bits).sum();
            prop_assert!((sum - hit.bits).abs() < 0.01);
            if hit.score == 1.0 {
                prop_assert!(hit.strong.is_strong());
            }
        }
    }

    #[test]
    fn the_order_of_words_does_not_matter(seed in 0usize..720) {
        let mut words = ["Sergey", "Ilyich", "Vorontsov"];
        let mut rest = seed;
        for i in (1..words.len()).rev() {
            words.swap(i, rest % (i + 1));
            rest /= i + 1;
        }
        let hits = INDEX.screen(&Query::by_name(&words.join(" ")), &Options::default()).hits;
        prop_assert_eq!(&hits[0].entity_id, "1");
        prop_assert_eq!(hits[0].strong, Strength::ExactName);
        prop_assert_eq!(hits[0].score, 1.0);
    }

    #[test]
    fn changed_bytes_are_refused(at in 0usize..100_000, flip in 1u8..=255, cut in 0usize..100_000) {
        let bytes = INDEX.to_bytes().to_vec();
        let mut changed = bytes.clone();
        let place = at % bytes.len();
        changed[place] ^= flip;
        prop_assert!(Index::open(changed).is_err());
        prop_assert!(Index::open(bytes[..cut % bytes.len()].to_vec()).is_err());
        let mut longer = bytes;
        longer.push(flip);
        prop_assert!(Index::open(longer).is_err());
    }

    #[test]
    fn arbitrary_bytes_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(Index::open(bytes).is_err());
    }
}

#[test]
fn an_index_opens_as_it_was_written() {
    let bytes = INDEX.to_bytes();
    let opened = Index::open(bytes.clone()).unwrap();
    assert_eq!(opened, *INDEX);
    assert_eq!(opened.to_bytes(), bytes);
    assert_eq!(Index::build(world()).to_bytes(), bytes);
    assert_eq!(opened.len(), 8);
    assert_eq!(opened.entity("4").unwrap().id, "4");
    assert!(opened.entity("9").is_none());
}

#[test]
fn another_version_says_so() {
    let mut bytes = INDEX.to_bytes().to_vec();
    bytes[8] = bytes[8].wrapping_add(1);
    assert!(matches!(
        Index::open(bytes),
        Err(OpenError::OtherVersion { .. })
    ));
    assert_eq!(Index::open(Vec::new()), Err(OpenError::NotAnIndex));
}

#[test]
fn an_empty_query_has_no_hits_and_says_that_it_cannot_be_answered() {
    for name in ["", "  ", "--", "\u{200b}"] {
        let query = Query::by_name(name);
        assert!(!query.is_answerable());
        assert!(INDEX.screen(&query, &Options::default()).hits.is_empty());
    }
    assert!(Query::by_name("x").is_answerable());
}

#[test]
fn the_best_of_several_names_counts() {
    let mut query = Query::by_name("Nobody Known");
    query.other_names = vec!["Воронцов Сергей Ильич".to_owned()];
    let hits = INDEX.screen(&query, &Options::default()).hits;
    assert_eq!(hits[0].entity_id, "1");
    assert_eq!(hits[0].strong, Strength::ExactName);
}

#[test]
fn weak_aliases_alert_by_name_alone_only_when_asked() {
    let mut entity = listed("w", PartyKind::Person, &["Hamdan Zagrosi"]);
    entity
        .party
        .names
        .push(Name::new(NameKind::WeakAlias, "The Broker"));
    let index = Index::build(vec![entity]);
    let query = Query::by_name("The Broker");
    assert!(index.screen(&query, &Options::default()).hits.is_empty());
    let asked = Options {
        weak: true,
        ..Options::default()
    };
    let hits = index.screen(&query, &asked).hits;
    assert!(hits[0].weak && hits[0].strong == Strength::Possible);
    assert!(hits[0].score < 1.0, "{}", hits[0].score);
    // Below the alert line it is there for whoever looks further down.
    let lower = Options {
        threshold: 0.6,
        weak: false,
    };
    let hits = index.screen(&query, &lower).hits;
    assert_eq!(hits[0].score, 0.69);
}

#[test]
fn reasons_are_words_for_people() {
    let first = |name: &str| {
        let hits = INDEX
            .screen(&Query::by_name(name), &Options::default())
            .hits;
        let reason = &hits[0].reasons[0];
        (reason.code.clone(), reason.text.clone())
    };
    let (code, text) = first("ООО Восток Прибор");
    assert_eq!(code, "name-romanised");
    assert_eq!(
        text,
        "the name is the same as the primary name \"OOO Vostok Pribor\" of this entity after \
         romanisation (Cyrillic)"
    );
    let (code, text) = first("Воронцов Сергей Ильич");
    assert_eq!(code, "name-exact");
    assert_eq!(
        text,
        "the name is the same as the alias \"Воронцов Сергей Ильич\" of this entity"
    );
    let (code, text) = first("Sergey Ilyich Vorontsof");
    assert_eq!(code, "name-similar");
    assert!(
        text.ends_with("differs from \"vorontsov\" as a typing error would"),
        "{text}"
    );
}
