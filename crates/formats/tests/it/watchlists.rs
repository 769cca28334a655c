//! Watchlists: case files, broken files, and the real lists where they are at hand.

mod broken;
mod cases;
mod hostile;
mod mapping;
mod real;
mod robust;

use portcullis_formats::watchlists::{ListFile, SourceError, SourceSnapshot, read};
use std::path::PathBuf;

fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/watchlists")
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(fixtures().join(name)).unwrap()
}

/// Reads files given by name and bytes.
fn read_bytes(
    files: &[(&str, &[u8])],
    source: Option<&str>,
) -> Vec<Result<SourceSnapshot, SourceError>> {
    let files: Vec<ListFile<'_>> = files
        .iter()
        .map(|(name, bytes)| ListFile { name, bytes })
        .collect();
    read(&files, source, None)
}

/// Reads fixtures together that must make one snapshot.
fn one(names: &[&str]) -> SourceSnapshot {
    let data: Vec<Vec<u8>> = names.iter().map(|n| fixture(n)).collect();
    let files: Vec<(&str, &[u8])> = names
        .iter()
        .copied()
        .zip(data.iter().map(Vec::as_slice))
        .collect();
    let mut outcomes = read_bytes(&files, None);
    assert_eq!(outcomes.len(), 1, "{outcomes:?}");
    outcomes.remove(0).unwrap()
}
