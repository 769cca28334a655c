//! Screening by name: building, opening, and one query of each sort against
//! the Consolidated Screening List, or a made-up list of the same size where
//! it is not at hand. `cargo bench -p portcullis-screening`.
#![allow(missing_docs, clippy::unwrap_used)]

#[path = "../tests/it/csl.rs"]
mod csl;

use divan::{Bencher, black_box};
use portcullis_domain::{Entity, Name, NameKind, Party, PartyKind};
use portcullis_screening::{Index, Options, Query};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

fn main() {
    divan::main();
}

/// Made-up people: syllables by a fixed rule, so that every run is the same.
fn invented(count: usize) -> Vec<Entity> {
    const SYLLABLES: [&str; 24] = [
        "ka", "ro", "mi", "zan", "vel", "tor", "shi", "bek", "lu", "dar", "nov", "ash", "kel",
        "ri", "mur", "san", "tha", "gor", "wen", "li", "pas", "ken", "ja", "dov",
    ];
    let word = |seed: usize, len: usize| -> String {
        let picked = (0..len).map(|i| SYLLABLES[(seed * 31 + seed / 7 * (i + 3) + i * 5) % 24]);
        picked.collect()
    };
    let entity = |i: usize| Entity {
        id: format!("made-up:{i}"),
        party: Party {
            kind: PartyKind::Person,
            names: vec![Name::new(
                NameKind::Primary,
                format!("{} {}", word(i % 900, 2), word(i * 7, 3)),
            )],
            ..Party::default()
        },
        ..Entity::default()
    };
    (0..count).map(entity).collect()
}

fn entities() -> Vec<Entity> {
    csl::entities().unwrap_or_else(|| invented(25_921))
}

fn index() -> &'static Index {
    static INDEX: OnceLock<Index> = OnceLock::new();
    INDEX.get_or_init(|| Index::build(entities()))
}

/// Names of the list, so many apart.
fn listed_names() -> Vec<String> {
    let names = index().entities().flat_map(|e| e.party.names);
    names.map(|n| n.text).step_by(97).collect()
}

fn clean_names() -> Vec<String> {
    let text = include_str!("../tests/it/clean_names.txt");
    let mut names = Vec::new();
    for line in text.lines().filter(|l| l.starts_with("person|")) {
        let parts: Vec<&str> = line.split('|').collect();
        for (given, family) in parts[1].split(' ').zip(parts[2].split(' ')) {
            names.push(format!("{given} {family}"));
        }
    }
    names
}

/// One letter of the longest word left out.
fn with_typo(name: &str) -> String {
    let longest = name
        .split(' ')
        .max_by_key(|w| w.chars().count())
        .unwrap_or("");
    let mut letters: Vec<char> = longest.chars().collect();
    letters.remove(letters.len() / 2);
    name.replacen(longest, &letters.into_iter().collect::<String>(), 1)
}

/// Mean time of one query, names taken in turn.
fn one_query(bencher: Bencher, names: Vec<String>) {
    let next = AtomicUsize::new(0);
    let index = index();
    bencher.bench_local(|| {
        let at = next.fetch_add(1, Ordering::Relaxed) % names.len();
        let query = Query::by_name(&names[at]);
        black_box(index.screen(&query, &Options::default()).hits)
    });
}

#[divan::bench(sample_count = 2000, sample_size = 1)]
fn clean(bencher: Bencher) {
    one_query(bencher, clean_names());
}

#[divan::bench(sample_count = 2000, sample_size = 1)]
fn exact(bencher: Bencher) {
    one_query(bencher, listed_names());
}

#[divan::bench(sample_count = 2000, sample_size = 1)]
fn typo(bencher: Bencher) {
    one_query(
        bencher,
        listed_names().iter().map(|n| with_typo(n)).collect(),
    );
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn build(bencher: Bencher) {
    bencher.with_inputs(entities).bench_values(Index::build);
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn open(bencher: Bencher) {
    let bytes = index().to_bytes();
    bencher.bench(|| Index::open(black_box(bytes.clone())).unwrap());
}
