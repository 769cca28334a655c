//! How fast entries are appended, proved, verified and checked; everything in memory.
#![allow(missing_docs)]

use divan::counter::ItemsCount;
use portcullis_ledger::{
    Checkpoint, Hash, Opening, Proof, SigningKey, append, check, inclusion_proof, root, verify,
};

const SIZE: u64 = 100_000;
const ORIGIN: &str = "licensing.example/ledger";

fn main() {
    divan::main();
}

fn opening(n: u64) -> Opening {
    let mut salt = [0; 32];
    salt[..8].copy_from_slice(&n.to_be_bytes());
    Opening {
        subject: format!("0193a5f2-8f0e-7a51-b0d4-{n:012x}"),
        kind: "decision".to_owned(),
        recorded_at: 1_795_347_129_000_000 + i64::try_from(n).unwrap_or_default(),
        digest: [7; 32],
        salt,
    }
}

fn entries() -> Vec<Vec<u8>> {
    let leaf = |n| opening(n).leaf().map(|leaf| leaf.to_bytes());
    (0..SIZE).filter_map(|n| leaf(n).ok()).collect()
}

fn stored(entries: &[Vec<u8>]) -> Vec<Hash> {
    let appended = append(0, entries, &Vec::new()).expect("an empty log takes entries");
    appended.stored.into_iter().map(|(_, hash)| hash).collect()
}

fn signed(stored: &Vec<Hash>) -> (Checkpoint, String, SigningKey) {
    let key = SigningKey::from_seed(ORIGIN, &[42; 32]).expect("the name is valid");
    let checkpoint = Checkpoint {
        origin: ORIGIN.to_owned(),
        size: SIZE,
        root: root(SIZE, stored).expect("the hashes are there"),
    };
    let note = checkpoint.sign(&key).expect("the key is the log's");
    (checkpoint, note, key)
}

fn prove(index: u64, stored: &Vec<Hash>, note: &str) -> Vec<u8> {
    let path = inclusion_proof(index, SIZE, stored).expect("the entry is there");
    Proof::new(opening(index), index, path, note)
        .and_then(|proof| proof.to_bytes())
        .expect("the parts are valid")
}

/// Opening → commitment → leaf bytes.
#[divan::bench(sample_count = 10)]
fn commit_100k(bencher: divan::Bencher) {
    bencher.counter(ItemsCount::new(SIZE)).bench(entries);
}

/// Leaf bytes → hashes to store and the new root, in one batch.
#[divan::bench(sample_count = 10)]
fn append_100k(bencher: divan::Bencher) {
    let entries = entries();
    bencher
        .counter(ItemsCount::new(SIZE))
        .bench(|| append(0, &entries, &Vec::new()).map(|appended| appended.edge.root()));
}

/// Proof files for 1,000 entries of a log of 100,000.
#[divan::bench(sample_count = 10)]
fn prove_1k(bencher: divan::Bencher) {
    let stored = stored(&entries());
    let (_, note, _) = signed(&stored);
    bencher.counter(ItemsCount::new(1000_u64)).bench(|| {
        (0..1000)
            .map(|n| prove(n * 97, &stored, &note).len())
            .sum::<usize>()
    });
}

/// One proof file, key text and all, as the command line verifies it.
#[divan::bench]
fn verify_one(bencher: divan::Bencher) {
    let stored = stored(&entries());
    let (_, note, key) = signed(&stored);
    let proof = prove(42_421, &stored, &note);
    let vkey = key.verifier().to_string();
    bencher
        .counter(ItemsCount::new(1_u64))
        .bench(|| verify(&proof, &vkey).map(|verified| verified.index));
}

/// The whole log recomputed and compared with every stored hash.
#[divan::bench(sample_count = 10)]
fn check_100k(bencher: divan::Bencher) {
    let entries = entries();
    let stored = stored(&entries);
    let (checkpoint, _, _) = signed(&stored);
    bencher
        .counter(ItemsCount::new(SIZE))
        .bench(|| check(SIZE, &entries, &stored, &checkpoint).map(|report| report.size));
}
