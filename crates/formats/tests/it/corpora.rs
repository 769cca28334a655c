//! The fuzzers' corpora, replayed through the fuzzers' own entry functions.

#[path = "../../../../fuzz/entry/formats.rs"]
mod entry;

use std::path::Path;
use std::time::{Duration, Instant};

fn replay(target: &str, entry: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/corpus")
        .join(target);
    let mut seen = 0;
    for file in std::fs::read_dir(&folder).unwrap() {
        let path = file.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let began = Instant::now();
        entry(&bytes);
        // Every one, and every one cut short: truncation is the commonest damage.
        entry(&bytes[..bytes.len() / 2]);
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "{} takes too long",
            path.display()
        );
        seen += 1;
    }
    assert!(seen >= 5, "the corpus of {target} is missing");
}

#[test]
fn xml() {
    replay("xml", entry::xml);
}

#[test]
fn declarations() {
    replay("declarations", entry::declarations);
}

#[test]
fn watchlists() {
    replay("watchlists", entry::watchlists);
}

#[test]
fn list_mapping() {
    replay("list_mapping", entry::list_mapping);
}

#[test]
fn parties() {
    replay("parties", entry::parties);
}

#[test]
fn control_lists() {
    replay("control_lists", entry::control_lists);
}

#[test]
fn cases() {
    replay("cases", entry::cases);
}

#[test]
fn nomenclatures() {
    replay("nomenclatures", entry::nomenclatures);
}

#[test]
fn goods_rows() {
    replay("goods_rows", entry::goods_rows);
}
