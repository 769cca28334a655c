//! Cases of the country chart, and whole determinations, a second.

use divan::{Bencher, counter::ItemsCount};
use portcullis_controls::{
    CaseInput, Circumstances, Controls, Input, cases as case_files, transaction_of,
};
use portcullis_domain::{
    Case, CodeScheme, Country, Given, Item, ItemCode, Jurisdiction, Movement, Transaction,
};
use portcullis_policy::{Document, Installation, PolicyFiles};
use std::path::Path;

fn main() {
    divan::main();
    percentiles();
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

/// Chart and licence exceptions of every country and six entries.
#[divan::bench]
fn chart_and_exceptions(bencher: Bencher) {
    let controls = Controls::load(&policies()).expect("the tables load");
    let countries = Country::all();
    let cases = countries.len() * NUMBERS.len();
    bencher.counter(ItemsCount::new(cases)).bench_local(|| {
        let mut open = 0_u64;
        for country in &countries {
            for number in NUMBERS {
                let (chart, exceptions) = controls.chart_and_exceptions(number, *country);
                open += u64::from(chart.required) + u64::from(exceptions);
            }
        }
        open
    });
}

/// Cases of every kind: listed, unlisted, foreign-made, with end use, embargoed.
fn cases() -> Vec<Case> {
    let countries = Country::all();
    let numbers = [
        "3A001.a.5.b",
        "EAR99",
        "5A992.c",
        "1C350.b",
        "9A610.x",
        "3A090.a",
        "0A501.a",
    ];
    let uses = [
        "",
        "irrigation",
        "radio for the army",
        "nuclear power station",
    ];
    let case = |at: usize| {
        let eccn = numbers[at % numbers.len()].to_owned();
        let end_use = uses[at % uses.len()].to_owned();
        let mut case = Case {
            id: at.to_string(),
            jurisdictions: Given::Known(vec![Jurisdiction::new("US")]),
            eccn: Given::Known(eccn),
            hs_code: Given::Known("854239".to_owned()),
            destination: Given::Known(countries[at % countries.len()]),
            ..Case::default()
        };
        if !end_use.is_empty() {
            case.end_use = Given::Known(end_use);
        }
        if at.is_multiple_of(3) {
            let foreign = Given::Known(countries[at % 7]);
            case.origin = foreign.clone();
            case.exporter_country = foreign;
            case.us_content = Given::Known(3_000);
        }
        case
    };
    (0..CASES).map(case).collect()
}

const CASES: usize = 2_000;

fn determine_one(controls: &Controls, installation: &Installation, case: &Case) -> usize {
    let day = "2026-11-22".parse().expect("a day");
    let determined = controls.determine_case(&CaseInput {
        case,
        transaction: &transaction_of(case),
        circumstances: &Circumstances::of_case(case),
        installation,
        party_findings: &[],
        party_questions: &[],
        exceptions_refused: false,
        as_of: day,
        known: day,
    });
    determined.checked.len()
}

/// A whole determination of a case: every rule, every step, as text.
#[divan::bench]
fn cases_with_every_step(bencher: Bencher) {
    let files = policies();
    let controls = Controls::load(&files).expect("the tables load");
    let installation = Installation::load(&files).expect("an installation");
    let cases = cases();
    bencher
        .counter(ItemsCount::new(cases.len()))
        .bench_local(|| -> usize {
            let each = cases
                .iter()
                .map(|case| determine_one(&controls, &installation, case));
            each.sum()
        });
}

/// The slowest one in a hundred, which a mean does not show.
fn percentiles() {
    let files = policies();
    let controls = Controls::load(&files).expect("the tables load");
    let installation = Installation::load(&files).expect("an installation");
    let mut times: Vec<u128> = cases()
        .iter()
        .map(|case| {
            let began = std::time::Instant::now();
            divan::black_box(determine_one(&controls, &installation, case));
            began.elapsed().as_micros()
        })
        .collect();
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 100];
    println!(
        "a case: p50 {} us, p99 {} us, slowest {} us",
        at(50),
        at(99),
        at(100)
    );
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
    let cases = case_files(&document, &mut Vec::new());
    bencher
        .counter(ItemsCount::new(cases.len()))
        .bench_local(|| {
            let steps = cases
                .iter()
                .map(|case| case.answer(&controls).checked.len());
            steps.sum::<usize>()
        });
}
