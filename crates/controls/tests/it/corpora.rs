//! The fuzzer's corpus, replayed through the fuzzer's own entry function.

#[path = "../../../../fuzz/entry/controls.rs"]
mod entry;

use std::path::Path;

#[test]
fn predicates() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/predicate");
    let mut seen = 0;
    for file in std::fs::read_dir(&folder).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        entry::predicate(&bytes);
        entry::predicate(&bytes[..bytes.len() / 2]);
        seen += 1;
    }
    assert!(seen >= 5, "the corpus of predicates is missing");
}
