//! The fuzzer's corpus, replayed through the fuzzer's own entry function.

#[path = "../../../../fuzz/entry/ledger.rs"]
mod entry;

#[test]
fn ledger_proof() {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../fuzz/corpus/ledger_proof"
    );
    let mut seen = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        entry::ledger_proof(&bytes);
        entry::ledger_proof(&bytes[..bytes.len() / 2]);
        seen += 1;
    }
    assert!(seen >= 3, "the corpus is missing");
}
