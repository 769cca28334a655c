//! Cases of the country chart, and whole determinations, a second.

use divan::{Bencher, counter::ItemsCount};
use portcullis_controls::{Circumstances, Controls, Input, cases};
use portcullis_domain::{CodeScheme, Country, Item, ItemCode, Movement, Transaction};
use portcullis_policy::{Document, Installation, PolicyFiles};
use std::path::Path;

fn main() {
    divan::main();
}

fn policies() -> PolicyFiles {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/controls");
    let mut files = PolicyFiles::new();
    for entry in std::fs::read_dir(root).expect("policies").flatten() {
        let name = format!("controls/{}", entry.file_name().to_string_lossy());
        files.insert(
            name,
            std::fs::read_to_string(entry.path()).expect("a policy file"),
        );
    }
    files.insert(Installation::FILE, "home = 'US'\n");
    files
}

const NUMBERS: [&str; 6] = [
    "3A001.a.5.b",
    "5A992.c",
    "1C350.b",
    "6A003.b.4.b",
    "9A610.x",
    "0A501.a",
];

/// Every country against six entries.
#[divan::bench]
fn chart(bencher: Bencher) {
    let controls = Controls::load(&policies()).expect("the tables load");
    let countries = Country::all();
    let cases = countries.len() * NUMBERS.len();
    bencher.counter(ItemsCount::new(cases)).bench_local(|| {
        let mut required = 0_u64;
        for country in &countries {
            for number in NUMBERS {
                required += u64::from(controls.chart(number, *country).required);
            }
        }
        required
    });
}

/// A whole determination of three lines with every step recorded.
#[divan::bench]
fn determine(bencher: Bencher) {
    let files = policies();
    let controls = Controls::load(&files).expect("the tables load");
    let installation = Installation::load(&files).expect("an installation");
    let code = |scheme, value: &str| ItemCode {
        scheme,
        value: value.to_owned(),
    };
    let line = |number, hs: &str, eccn: &str| Item {
        number,
        codes: vec![code(CodeScheme::Hs, hs), code(CodeScheme::Eccn, eccn)],
        ..Item::default()
    };
    let transaction = Transaction {
        movement: Movement::Export,
        dispatch: Country::from_alpha2("US"),
        destination: Country::from_alpha2("CN"),
        items: vec![
            line(1, "854239", "3A001.a.5.b"),
            line(2, "843149", "EAR99"),
            line(3, "851713", "5A992.c"),
        ],
        ..Transaction::default()
    };
    let day = "2026-11-22".parse().expect("a day");
    bencher.counter(ItemsCount::new(3_usize)).bench_local(|| {
        let items = controls.items(&transaction, day, day);
        controls.determine(&Input {
            transaction: &transaction,
            circumstances: &Circumstances::declaration(),
            installation: &installation,
            items: &items,
            party_findings: &[],
            exceptions_refused: false,
            as_of: day,
            known: day,
        })
    });
}

/// Reading and checking every table.
#[divan::bench]
fn load() -> usize {
    Controls::load(&policies()).map_or(0, |_| 1)
}

/// Cases under the law of the European Union to every destination: a listed
/// item, and goods on no list with an end use and a party.
#[divan::bench]
fn eu_law(bencher: Bencher) {
    let controls = Controls::load(&policies()).expect("the tables load");
    let mut text = String::new();
    for to in Country::all() {
        for given in [
            format!("eu_code='3A001.b.4',from='DE',to='{to}'"),
            format!(
                "eu_code='none',hs='84137000',from='DE',to='{to}',end_use='dairy',parties=[{{role='end_user',name='Somebody Ltd',country='{to}'}}]"
            ),
        ] {
            text.push_str(&format!("[[case]]\nname='{to}'\nwhy='w'\nlaw='EU'\nas_of=2026-11-22\nexpect='required'\ngiven={{{given}}}\n"));
        }
    }
    let document = Document::parse("bench.toml", &text).expect("cases");
    let cases = cases(&document, &mut Vec::new());
    bencher
        .counter(ItemsCount::new(cases.len()))
        .bench_local(|| {
            let steps = cases
                .iter()
                .map(|case| case.answer(&controls).checked.len());
            steps.sum::<usize>()
        });
}
