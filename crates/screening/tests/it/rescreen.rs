//! A change of the lists finds whom screening everybody would find.

use portcullis_domain::{
    Country, CountryRole, Entity, Identifier, Listing, Name, NameKind, PartialDate, Party,
    PartyKind, RelatedCountry,
};
use portcullis_screening::{Builder, Hit, Index, Options, Query, rescreen};
use proptest::prelude::*;

const WORDS: [&str; 48] = [
    "mohammed",
    "muhamad",
    "ali",
    "hassan",
    "hussein",
    "abdul",
    "rahman",
    "abdulrahman",
    "al",
    "zarqawi",
    "bin",
    "khaled",
    "sergey",
    "sergei",
    "vorontsov",
    "vorontsova",
    "petrov",
    "putin",
    "put1n",
    "john",
    "smith",
    "smyth",
    "maria",
    "van",
    "der",
    "berg",
    "vandenberg",
    "j",
    "m",
    "wei",
    "hua",
    "huawei",
    "kim",
    "jong",
    "un",
    "jongun",
    "trading",
    "bank",
    "north",
    "ltd",
    "ooo",
    "737",
    "iii",
    "xyzzyev",
    "\u{441}\u{435}\u{440}\u{433}\u{435}\u{439}",
    "\u{645}\u{62d}\u{645}\u{62f}",
    "\u{534e}\u{4e3a}",
    "\u{ae40}\u{c815}\u{c740}",
];

fn name() -> impl Strategy<Value = String> {
    let words = proptest::collection::vec(0..WORDS.len(), 1..5);
    let damage = (0u8..6, any::<u8>());
    (words, damage).prop_map(|(words, (how, at))| {
        let words: Vec<&str> = words.iter().map(|w| WORDS[*w]).collect();
        let mut letters: Vec<char> = words.join(" ").chars().collect();
        let at = usize::from(at) % letters.len();
        match how {
            0 => drop(letters.remove(at)),
            1 => letters.insert(at, 'e'),
            2 => letters.insert(at, ' '),
            _ => {}
        }
        letters.into_iter().collect()
    })
}

fn entity(scheme: &'static str) -> impl Strategy<Value = Entity> {
    let kind = prop_oneof![
        3 => Just(PartyKind::Person),
        2 => Just(PartyKind::Organisation),
        1 => Just(PartyKind::Vessel),
        2 => Just(PartyKind::Unknown)
    ];
    let names = proptest::collection::vec(name(), 1..3);
    (kind, names, 0u16..6, 0u8..4, 0u8..5).prop_map(move |(kind, names, year, ids, weak)| {
        let mut party = Party {
            kind,
            names: names
                .iter()
                .map(|n| Name::new(NameKind::Primary, n))
                .collect(),
            ..Party::default()
        };
        if weak == 0 && names.len() > 1 {
            party.names[1].kind = NameKind::WeakAlias;
        }
        if year < 4 {
            party.birth_dates = vec![PartialDate::year(1960 + year as i16)];
        }
        if year == 5 {
            party.countries = vec![RelatedCountry {
                role: CountryRole::Related,
                country: Country::from_alpha2("RU").unwrap(),
            }];
        }
        match ids {
            0 => party
                .identifiers
                .push(Identifier::new("imo", "IMO 9074729")),
            1 => party.identifiers.push(Identifier::new("", "IMO9074729")),
            _ => {}
        }
        Entity {
            id: scheme.to_owned(),
            party,
            listings: vec![Listing {
                list: "test".to_owned(),
                programmes: Vec::new(),
                listed_on: None,
                until: None,
                citation: String::new(),
                licence_requirement: String::new(),
                licence_policy: String::new(),
            }],
            ..Entity::default()
        }
    })
}

fn numbered(scheme: &str, mut entities: Vec<Entity>) -> Vec<Entity> {
    for (at, entity) in entities.iter_mut().enumerate() {
        entity.id = format!("{scheme}:{at}");
    }
    entities
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(40)
    })]

    #[test]
    fn a_delta_finds_whom_screening_everybody_finds(
        book in proptest::collection::vec(entity("book"), 60),
        listed in proptest::collection::vec(entity("list"), 40),
        threshold in prop_oneof![Just(0.7), 0.4f64..0.9],
        weak in any::<bool>(),
    ) {
        let options = Options { threshold, weak };
        let book = numbered("customer", book);
        let lists = Index::build(numbered("list", listed));
        let changed: Vec<String> = (0..40).step_by(3).map(|at| format!("list:{at}")).collect();
        let changed: Vec<&str> = changed.iter().map(String::as_str).collect();
        let mut builder = Builder::customers();
        builder.extend(&book);
        let found = rescreen(&builder.finish(), &lists, &changed, &options);
        let mut wanted: Vec<(usize, Vec<Hit>)> = Vec::new();
        for (at, customer) in book.iter().enumerate() {
            let mut answer = lists.screen(&Query::of_party(&customer.party), &options);
            answer.hits.retain(|h| changed.contains(&h.entity_id.as_str()));
            if !answer.hits.is_empty() {
                wanted.push((at, answer.hits));
            }
        }
        let found: Vec<(usize, Vec<Hit>)> =
            found.touched.into_iter().map(|t| (t.position, t.hits)).collect();
        for (at, hits) in &wanted {
            prop_assert!(
                found.iter().any(|(f, h)| f == at && h == hits),
                "{:?} meets {:?}",
                book[*at].party.names,
                hits.iter().map(|h| (&h.matched_name, h.score)).collect::<Vec<_>>()
            );
        }
        prop_assert_eq!(found, wanted);
    }
}

#[test]
fn ids_that_nobody_has_touch_nobody() {
    let mut builder = Builder::customers();
    builder.extend(&[]);
    let found = rescreen(
        &builder.finish(),
        &Index::build(Vec::new()),
        &["x"],
        &Options::default(),
    );
    assert!(found.touched.is_empty() && found.screened == 0 && found.partial.is_none());
}
