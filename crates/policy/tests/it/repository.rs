//! The policies of the repository load, and their cases hold.

use portcullis_policy::{Policy, facts_reference};
use std::{collections::BTreeSet, path::Path};

#[test]
fn load_and_every_case_holds() {
    let policy = match Policy::load(&super::repository()) {
        Ok(policy) => policy,
        Err(problems) => {
            let all: Vec<String> = problems.iter().map(ToString::to_string).collect();
            panic!("{}", all.join("\n"));
        }
    };
    let flags = policy
        .rules()
        .filter(|r| r.kind == "red flag" || r.kind == "context");
    assert!(flags.count() >= 20);
    assert!(policy.case_count() >= 80, "{} cases", policy.case_count());
    assert!(
        policy.rules().all(|r| r.head.review_by.is_some()),
        "every row is to be reviewed"
    );
}

/// Every list that the readers know has an effect: otherwise it would hold everything it names.
#[test]
fn every_known_list_has_an_effect() {
    let policy = Policy::load(&super::repository()).unwrap();
    let codes: BTreeSet<&str> = policy.list_effects().map(|(code, _)| code).collect();
    for code in [
        "us-sdn",
        "us-ssi",
        "us-cmic",
        "us-fse",
        "us-capta",
        "us-mbs",
        "us-plc",
        "us-el",
        "us-dpl",
        "us-uvl",
        "us-meu",
        "us-isn",
        "us-dtc",
        "un-sc",
        "ca-sema",
        "eu-fsf",
        "uk-sl",
        "ch-seco",
        "au-dfat",
        "veldania-sanctions",
        "veldania-restricted",
        "veldania-watch",
    ] {
        assert!(codes.contains(code), "{code}");
    }
}

/// Written from the tables of the fact model; `PORTCULLIS_UPDATE_DOCS=1` writes it anew.
#[test]
fn the_reference_of_facts_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/facts.md");
    if std::env::var_os("PORTCULLIS_UPDATE_DOCS").is_some() {
        std::fs::write(&path, facts_reference()).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        written,
        facts_reference(),
        "run with PORTCULLIS_UPDATE_DOCS=1"
    );
}
