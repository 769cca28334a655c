//! The sample world teaches what it says: each declaration comes out as its
//! table of expectations says, and lawful trade passes.

use crate::world::{World, samples};
use serde_json::Value;
use std::collections::BTreeMap;

#[test]
fn every_declaration_comes_out_as_expected() {
    let world = World::with_samples();
    let folder = samples().join("declarations");
    let lines = world
        .run(&["assess", folder.to_str().unwrap()])
        .exits(3)
        .lines();
    let by_reference: BTreeMap<String, &Value> = lines
        .iter()
        .map(|l| (l["reference"].as_str().unwrap().to_owned(), l))
        .collect();
    let mut table = csv::Reader::from_path(samples().join("expected.csv")).unwrap();
    let (mut wrong, mut lawful, mut stopped) = (Vec::new(), 0, 0);
    for row in table.records() {
        let row = row.unwrap();
        let (reference, role, outcome, code) = (&row[0], &row[1], &row[2], &row[3]);
        let line = by_reference[reference];
        let reasons = format!("{}{}", line["findings"], line["questions"]);
        if line["outcome"] != outcome || !reasons.contains(code) {
            wrong.push(format!(
                "{reference} ({role}): want {outcome} {code}, got {} {reasons}",
                line["outcome"]
            ));
        }
        if role != "catch" {
            lawful += 1;
            stopped += u32::from(line["outcome"] != "release");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!((lines.len(), lawful), (200, 188));
    assert!(
        stopped * 50 <= lawful,
        "{stopped} of {lawful} lawful declarations stopped"
    );
}

#[test]
fn the_embedded_policy_passes_its_own_cases() {
    let ran = World::empty().run(&["policy", "check"]).ok();
    assert!(ran.out.contains("no problem"), "{}", ran.out);
}

#[test]
fn a_policy_with_a_fault_is_refused_with_its_place() {
    let world = World::empty();
    let policies = crate::world::root().join("policies");
    copy(&policies, &world.path().join("policies"));
    let file = world.path().join("policies/installation.toml");
    let text = std::fs::read_to_string(&file)
        .unwrap()
        .replace("home", "hoem");
    std::fs::write(&file, text).unwrap();
    let folder = world.path().join("policies");
    let ran = world
        .run(&["--policies", folder.to_str().unwrap(), "policy", "check"])
        .exits(1);
    assert!(ran.out.contains("installation.toml"), "{}", ran.out);
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}
