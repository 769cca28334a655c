//! How many assessments are durably recorded in a second, and what the ledger
//! costs, on SQLite in a temporary folder (or on the server that
//! `PORTCULLIS_TEST_POSTGRES` names, in a database that is there already and empty).
#![allow(clippy::unwrap_used)]

use divan::Bencher;
use divan::counter::ItemsCount;
use jiff::Timestamp;
use portcullis_domain::{
    About, Address, Citation, Country, Decision, Finding, Item, MessageKind, Movement, Name,
    NameKind, Outcome, Party, PartyInRole, PartyKind, Provenance, Role, Strength, Transaction,
    Versions,
};
use portcullis_store::{NewAssessment, Store, StoreConfig};
use tokio::runtime::Runtime;

fn main() {
    divan::main();
}

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

/// Five parties, three items, six findings: about 6 kB as JSON.
fn assessment(number: usize) -> NewAssessment {
    let party = |role: Role, n: usize| PartyInRole {
        role,
        party: Party {
            kind: PartyKind::Organisation,
            names: vec![Name::new(
                NameKind::Primary,
                format!("Trading House {number} {n} Limited"),
            )],
            addresses: vec![Address {
                street: format!("{n} Harbour Road, Building {number}"),
                city: "Rotterdam".to_owned(),
                postcode: "3011 AA".to_owned(),
                country: Country::from_alpha2("NL"),
                ..Address::default()
            }],
            ..Party::default()
        },
        item: None,
        provenance: Provenance::Declared,
    };
    let roles = [
        Role::Exporter,
        Role::Declarant,
        Role::Consignee,
        Role::EndUser,
        Role::Carrier,
    ];
    let transaction = Transaction {
        reference: format!("LRN-{number:08}"),
        movement: Movement::Export,
        destination: Country::from_alpha2("AE"),
        parties: roles
            .into_iter()
            .zip(0..)
            .map(|(role, n)| party(role, n))
            .collect(),
        items: (1..=3)
            .map(|n| Item {
                number: n,
                description: "Electronic integrated circuits, processors and controllers"
                    .to_owned(),
                ..Item::default()
            })
            .collect(),
        ..Transaction::default()
    };
    let finding = |n: usize| {
        Finding {
        about: About::Item(n % 3),
        code: format!("red-flag:R{n:02}"),
        text: "The goods are on the list of common high priority items and the route is unusual for them".to_owned(),
        strength: Strength::Evidence,
        millibits: 1_500,
        outcome: Outcome::Review,
        jurisdiction: None,
        rule: Some(format!("rule-{n}")),
        citations: vec![Citation("Guidance of 2024-02-22, part 3".to_owned())],
    }
    };
    NewAssessment {
        file: "in/bulk.csv".to_owned(),
        index: number as u64,
        kind: MessageKind::Declaration,
        reference: Some(transaction.reference.clone()),
        version: Some(1),
        message_digest: portcullis_domain::hex_sha256(transaction.reference.as_bytes()),
        held: Some(0),
        decision: Decision {
            reference: transaction.reference.clone(),
            movement: transaction.movement,
            destination: transaction.destination,
            transaction_digest: portcullis_domain::digest(&transaction).unwrap(),
            outcome: Outcome::Review,
            determinations: Vec::new(),
            risk_millibits: 9_000,
            findings: (0..6).map(finding).collect(),
            questions: Vec::new(),
            screened: Vec::new(),
            issues: Vec::new(),
            as_of: "2026-11-22".parse().unwrap(),
            known: "2026-11-22".parse().unwrap(),
            versions: Versions {
                lists: "ls-0123456789ab".to_owned(),
                policy: "pol-0123456789ab".to_owned(),
                engine: "0.1.0".to_owned(),
            },
        },
        transaction: Some(transaction),
    }
}

struct Bench {
    runtime: Runtime,
    store: Store,
    _folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let config = StoreConfig {
            data_dir: folder.path().to_owned(),
            database_url: std::env::var("PORTCULLIS_TEST_POSTGRES").ok(),
            ledger_origin: "bench.example/ledger".to_owned(),
        };
        let runtime = Runtime::new().unwrap();
        let store = runtime.block_on(Store::open(&config)).unwrap();
        Bench {
            runtime,
            store,
            _folder: folder,
        }
    }

    fn record(&self, batch: Vec<NewAssessment>) {
        let recorded = self.store.record(batch, "bench", now());
        self.runtime.block_on(recorded).unwrap();
    }
}

/// Numbers of a batch that no earlier batch had.
fn batch(next: &std::cell::Cell<usize>, size: usize) -> Vec<NewAssessment> {
    let first = next.get();
    next.set(first + size);
    (first..first + size).map(assessment).collect()
}

#[divan::bench(args = [1, 100, 1_000], sample_count = 20, sample_size = 1)]
fn record(bencher: Bencher, size: usize) {
    let bench = Bench::new();
    let next = std::cell::Cell::new(0);
    bencher
        .counter(ItemsCount::new(size))
        .with_inputs(|| batch(&next, size))
        .bench_local_values(|batch| bench.record(batch));
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn record_and_checkpoint_1000(bencher: Bencher) {
    let bench = Bench::new();
    let next = std::cell::Cell::new(0);
    bencher
        .counter(ItemsCount::new(1_000_usize))
        .with_inputs(|| batch(&next, 1_000))
        .bench_local_values(|batch| {
            bench.record(batch);
            bench
                .runtime
                .block_on(bench.store.checkpoint(now()))
                .unwrap();
        });
}

#[divan::bench(sample_count = 3, sample_size = 1)]
fn check_10000(bencher: Bencher) {
    let bench = Bench::new();
    let next = std::cell::Cell::new(0);
    for _ in 0..10 {
        bench.record(batch(&next, 1_000));
    }
    bench
        .runtime
        .block_on(bench.store.checkpoint(now()))
        .unwrap();
    bencher
        .counter(ItemsCount::new(10_000_usize))
        .bench_local(|| {
            let report = bench.runtime.block_on(bench.store.check()).unwrap();
            assert!(report.problem.is_none());
        });
}
