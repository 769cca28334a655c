//! How long the whole rule set takes on one transaction of five parties and three items.
#![allow(clippy::unwrap_used)]

use portcullis_domain::{
    Address, CodeScheme, Country, Item, ItemCode, Measure, Movement, Name, NameKind, Party,
    PartyInRole, Provenance, Role, Transaction, Truth,
};
use portcullis_policy::{Input, ItemControl, Policy, PolicyFiles};
use std::path::Path;

fn main() {
    divan::main();
}

fn files() -> PolicyFiles {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    let mut files = PolicyFiles::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path
                    .strip_prefix(&root)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned();
                files.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}

fn party(role: Role) -> PartyInRole {
    PartyInRole {
        role,
        party: Party {
            names: vec![Name::new(NameKind::Primary, "Al Noor General Trading LLC")],
            addresses: vec![Address {
                street: "Plot 44, Industrial Area 2".to_owned(),
                city: "Sharjah".to_owned(),
                country: Country::from_alpha2("AE"),
                ..Address::default()
            }],
            emails: vec!["stores@example.com".to_owned()],
            phones: vec!["+971 6 555 0144".to_owned()],
            ..Party::default()
        },
        item: None,
        provenance: Provenance::Declared,
    }
}

fn item(number: u32) -> Item {
    Item {
        number,
        description: "Microcontroller integrated circuits, 32-bit, in reels".to_owned(),
        codes: vec![
            ItemCode {
                scheme: CodeScheme::Hs,
                value: "854231".to_owned(),
            },
            ItemCode {
                scheme: CodeScheme::Eccn,
                value: "3A991.a.2".to_owned(),
            },
        ],
        quantity: Some(Measure {
            amount: "2000".parse().unwrap(),
            unit: "NAR".to_owned(),
        }),
        net_mass: Some("6".parse().unwrap()),
        gross_mass: Some("8".parse().unwrap()),
        ..Item::default()
    }
}

#[divan::bench]
fn evaluate_five_parties_three_items(bencher: divan::Bencher) {
    let policy = Policy::load(&files()).unwrap();
    let roles = [
        Role::Exporter,
        Role::Consignee,
        Role::EndUser,
        Role::Forwarder,
        Role::Declarant,
    ];
    let transaction = Transaction {
        movement: Movement::Export,
        dispatch: Country::from_alpha2("US"),
        destination: Country::from_alpha2("AE"),
        route: ["US", "TR", "AE"]
            .iter()
            .filter_map(|c| Country::from_alpha2(c))
            .collect(),
        parties: roles.into_iter().map(party).collect(),
        items: (1..=3).map(item).collect(),
        end_use: "Maintenance of two bottling lines".to_owned(),
        ..Transaction::default()
    };
    let control = ItemControl {
        high_priority: Truth::True,
        ..ItemControl::default()
    };
    let items = [control.clone(), control.clone(), control];
    let day = "2026-11-22".parse().unwrap();
    bencher.bench(|| {
        policy.evaluate(&Input {
            transaction: &transaction,
            screened: &[],
            items: &items,
            as_of: day,
            known: day,
        })
    });
}

#[divan::bench(sample_count = 10)]
fn load_every_file_and_run_its_cases(bencher: divan::Bencher) {
    let files = files();
    bencher.bench(|| Policy::load(&files).unwrap());
}
