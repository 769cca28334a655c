//! Choosing candidates loses nothing: held against laying the query beside
//! every name there is.

use super::*;
use portcullis_domain::{Listing, Name, PartialDate, Party};

/// The same numbers in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % bound.max(1)
    }

    fn pick<'w>(&mut self, words: &[&'w str]) -> &'w str {
        words[self.below(words.len())]
    }
}

const WORDS: [&str; 64] = [
    "mohammed",
    "muhammad",
    "ali",
    "hassan",
    "hussein",
    "abdul",
    "rahman",
    "abdulrahman",
    "al",
    "zarqawi",
    "bin",
    "saleh",
    "khaled",
    "haled",
    "sergey",
    "sergei",
    "vorontsov",
    "vorontsova",
    "ivan",
    "petrov",
    "petrova",
    "john",
    "jon",
    "smith",
    "smyth",
    "maria",
    "mario",
    "da",
    "silva",
    "van",
    "der",
    "berg",
    "vandenberg",
    "j",
    "m",
    "a",
    "s",
    "wei",
    "zhang",
    "hua",
    "huawei",
    "kim",
    "jong",
    "un",
    "jongun",
    "trading",
    "shipping",
    "bank",
    "north",
    "iran",
    "vostok",
    "pribor",
    "ltd",
    "llc",
    "ooo",
    "737",
    "3",
    "iii",
    "xyzzyev",
    "quorlat",
    "\u{441}\u{435}\u{440}\u{433}\u{435}\u{439}",
    "\u{645}\u{62d}\u{645}\u{62f}",
    "\u{534e}\u{4e3a}",
    "\u{ae40}\u{c815}\u{c740}",
];

fn any_name(dice: &mut Dice) -> String {
    let words: Vec<&str> = (0..1 + dice.below(4)).map(|_| dice.pick(&WORDS)).collect();
    words.join(" ")
}

fn damaged(name: &str, dice: &mut Dice) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    for _ in 0..dice.below(3) {
        let at = dice.below(letters.len());
        match dice.below(5) {
            0 => drop(letters.remove(at)),
            1 => letters.insert(at, char::from(b'a' + dice.below(26) as u8)),
            2 => letters[at] = char::from(b'a' + dice.below(26) as u8),
            3 => letters.insert(at, ' '),
            _ => letters.retain(|c| *c != ' '),
        }
        if letters.is_empty() {
            return name.to_owned();
        }
    }
    letters.into_iter().collect()
}

fn world(dice: &mut Dice) -> Vec<Entity> {
    let kinds = [
        PartyKind::Person,
        PartyKind::Person,
        PartyKind::Organisation,
        PartyKind::Vessel,
    ];
    let mut entity = |number: usize| Entity {
        id: format!("made-up:{number}"),
        party: Party {
            kind: kinds[dice.below(kinds.len())],
            names: (0..1 + dice.below(2))
                .map(|_| Name::new(NameKind::Primary, any_name(dice)))
                .collect(),
            birth_dates: vec![PartialDate::year(1960 + dice.below(3) as i16)],
            ..Party::default()
        },
        listings: vec![Listing {
            list: "made-up".to_owned(),
            programmes: Vec::new(),
            listed_on: None,
            until: None,
            citation: String::new(),
            licence_requirement: String::new(),
            licence_policy: String::new(),
        }],
        ..Entity::default()
    };
    (0..400).map(&mut entity).collect()
}

#[test]
fn no_name_that_could_be_a_hit_is_put_aside() {
    let mut dice = Dice(20_261_122);
    let entities = world(&mut dice);
    let listed: Vec<String> = entities
        .iter()
        .flat_map(|e| e.party.names.iter().map(|n| n.text.clone()))
        .collect();
    let index = Index::build(entities);
    let options = Options::default();
    let mut found = 0;
    let mut wrong = Vec::new();
    for round in 0..600 {
        let base = match round % 3 {
            0 => any_name(&mut dice),
            _ => listed[dice.below(listed.len())].clone(),
        };
        let mut query = Query::by_name(&damaged(&base, &mut dice));
        if round % 2 == 0 {
            query.birth_dates = vec![PartialDate::year(1961)];
        }
        let chosen = index.screen(&query, &options);
        let mut desk = Desk::default();
        desk.scratch.everything = true;
        let all = index.screen_at(&mut desk, &query, &options);
        found += all.hits.len();
        if chosen.hits != all.hits {
            let told = |hits: &[Hit]| -> Vec<String> {
                let told = hits
                    .iter()
                    .map(|h| format!("{} {} {}", h.entity_id, h.matched_name, h.score));
                told.collect()
            };
            let (chosen, all) = (told(&chosen.hits), told(&all.hits));
            let lost: Vec<&String> = all.iter().filter(|h| !chosen.contains(h)).collect();
            wrong.push(format!("{:?}: {lost:?}", query.name));
        }
    }
    assert!(found > 500, "{found}");
    assert!(
        wrong.is_empty(),
        "{} of 600: {:#?}",
        wrong.len(),
        &wrong[..wrong.len().min(20)]
    );
}

#[test]
fn the_same_question_costs_the_same_again() {
    let mut dice = Dice(7);
    let index = Index::build(world(&mut dice));
    for _ in 0..100 {
        let query = Query::by_name(&any_name(&mut dice));
        let first = index.screen(&query, &Options::default());
        assert_eq!(first, index.screen(&query, &Options::default()));
    }
}
