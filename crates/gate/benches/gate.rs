//! The way of a transaction, durable: import of a real list, and assessment
//! through admission, screening, determination, policy and the store.
//!
//! `cargo bench -p portcullis-gate`; figures in `docs/benchmarks.md`.
#![allow(clippy::unwrap_used, missing_docs)]

use divan::{Bencher, counter::ItemsCount};
use jiff::{Timestamp, civil::Date};
use portcullis_assessment::{Asked, Engine};
use portcullis_formats::{
    declarations::{Limits, messages},
    watchlists::{self, ListFile},
};
use portcullis_gate::{Catalogue, Gate, Incoming, Replay, import_lists, load_lists, prepare_lists};
use portcullis_policy::PolicyFiles;
use portcullis_store::{ImportOptions, Store, StoreConfig};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::runtime::{Builder, Runtime};

fn main() {
    divan::main();
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn policy() -> PolicyFiles {
    let mut files = Vec::new();
    let mut folders = vec![root().join("policies")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "toml") {
                let name = path.strip_prefix(root().join("policies")).unwrap();
                files.push((
                    name.to_string_lossy().into_owned(),
                    fs::read_to_string(&path).unwrap(),
                ));
            }
        }
    }
    files.into_iter().collect()
}

fn open(runtime: &Runtime, folder: &Path) -> Store {
    let config = StoreConfig {
        data_dir: folder.to_owned(),
        database_url: None,
        ledger_origin: "bench.example/ledger".to_owned(),
    };
    runtime.block_on(Store::open(&config)).unwrap()
}

/// Reads, stores and indexes one list file.
fn import(runtime: &Runtime, store: &Store, name: &str, bytes: &[u8]) {
    let files = [ListFile { name, bytes }];
    for read in watchlists::read(&files, None, None) {
        let now = Timestamp::now();
        let import = import_lists(store, read.unwrap(), &files, OPTIONS, "bench", now);
        let imported = runtime.block_on(import).unwrap();
        let today = Date::new(2026, 11, 22).unwrap();
        let prepare = prepare_lists(store, vec![imported], today, now);
        runtime.block_on(prepare).unwrap();
    }
}

const OPTIONS: ImportOptions = ImportOptions {
    activate: true,
    accept: true,
    max_shrink_percent: 20,
};

/// The Consolidated Screening List of 25,921 parties: read, stored, indexed.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn import_consolidated_screening_list(bencher: Bencher) {
    let list = root().join("../shared/data/lists/us_csl_2026-07-31.consolidated.json");
    let Ok(bytes) = fs::read(list) else {
        eprintln!("skipped: the shared data is not here");
        return;
    };
    let runtime = runtime();
    bencher
        .with_inputs(|| tempfile::tempdir().unwrap())
        .bench_local_values(|folder| {
            let store = open(&runtime, folder.path());
            import(&runtime, &store, "list.json", &bytes);
            folder
        });
}

/// A thousand declarations of the kind of the sample world, each unlike the
/// others, against its lists; decided and durable. The gate decides on as many
/// threads as there are cores: pin the process to one for the figure of one.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn assess_and_record_1000(bencher: Bencher) {
    let runtime = runtime();
    let folder = tempfile::tempdir().unwrap();
    let store = open(&runtime, folder.path());
    for entry in fs::read_dir(root().join("samples/watchlist")).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        import(&runtime, &store, "list.jsonl", &bytes);
    }
    let now = Timestamp::now();
    let today = Date::new(2026, 11, 22).unwrap();
    let lists = runtime
        .block_on(load_lists(&store, &Catalogue::default(), today, now))
        .unwrap();
    let engine = Arc::new(Engine::load(&policy()).unwrap());
    let asked = Asked {
        as_of: today,
        known: today,
    };
    let gate = Gate::new(store, engine, Arc::new(lists), asked);
    let text =
        fs::read_to_string(root().join("samples/declarations/routine-november.jsonl")).unwrap();
    let mut round = 0_u32;
    bencher
        .counter(ItemsCount::new(1_000_usize))
        .with_inputs(|| {
            round += 1;
            batch(&text, round)
        })
        .bench_local_values(|batch| {
            runtime
                .block_on(gate.take(batch, "bench", Timestamp::now()))
                .unwrap()
        });
}

fn batch(text: &str, round: u32) -> Vec<Incoming> {
    let lines = text.lines().cycle().take(1_000).enumerate();
    let unlike: String = lines
        .map(|(n, line)| line.replacen("RT-2026-", &format!("B{round}-{n}-"), 1) + "\n")
        .collect();
    let read = messages(unlike.as_bytes(), &Limits::default());
    read.map(|message| Incoming {
        file: "bench".to_owned(),
        message,
    })
    .collect()
}

/// A policy weighed anew over the record: 20,000 decisions of the sample world,
/// read, opened and weighed by a draft that differs, on as many threads as there
/// are cores. Nobody is screened.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn replay_20000_recorded_decisions(bencher: Bencher) {
    let runtime = Builder::new_multi_thread().enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let store = open(&runtime, folder.path());
    for entry in fs::read_dir(root().join("samples/watchlist")).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        import(&runtime, &store, "list.jsonl", &bytes);
    }
    let now = Timestamp::now();
    let today = Date::new(2026, 11, 22).unwrap();
    let lists = runtime
        .block_on(load_lists(&store, &Catalogue::default(), today, now))
        .unwrap();
    let base = Arc::new(Engine::load(&policy()).unwrap());
    let mut draft = policy();
    let risk = draft
        .get("risk.toml")
        .unwrap()
        .replacen("bits = 8.0", "bits = 6.0", 1);
    draft.insert("risk.toml", risk);
    let draft = Arc::new(Engine::load(&draft).unwrap());
    let asked = Asked {
        as_of: today,
        known: today,
    };
    let gate = Gate::new(store.clone(), Arc::clone(&base), Arc::new(lists), asked);
    let text =
        fs::read_to_string(root().join("samples/declarations/routine-november.jsonl")).unwrap();
    for round in 0..20 {
        let taken = gate.take(batch(&text, round), "bench", Timestamp::now());
        runtime.block_on(taken).unwrap();
    }
    let replay = Replay::new(store, draft, base, "adopted");
    bencher
        .counter(ItemsCount::new(20_000_usize))
        .bench_local(|| {
            let report = runtime
                .block_on(replay.record(None, None, &|_| {}))
                .unwrap();
            assert_eq!(report.replayed, 20_000);
            report
        });
}
