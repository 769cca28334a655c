//! Decisions, their repetition, and the proof of them.

use crate::world::{World, has_required_keys, samples};
use std::fs;

fn one_declaration(reference: &str, consignee: &str) -> String {
    format!(
        "reference,movement,exporter_name,exporter_country,consignee_name,consignee_country,\
         dispatch_country,destination_country,item_description,hs_code,value,currency\n\
         {reference},export,Harborlight Instruments Inc,US,{consignee},FR,US,FR,Knitted cotton T-shirts,610910,900,USD\n"
    )
}

#[test]
fn the_same_bytes_get_the_decision_already_made_and_others_conflict() {
    let world = World::with_samples();
    let first = world.file(
        "a.csv",
        one_declaration("R-1", "Maison Belleroche Textile SAS"),
    );
    let other = world.file(
        "b.csv",
        one_declaration("R-1", "Ateliers du Vieux Moulin SARL"),
    );
    let made = world.run(&["assess", &first]).ok().lines().remove(0);
    has_required_keys("assess-output.schema.json", &made);
    assert_eq!(made["outcome"], "release", "{made}");
    let again = world.run(&["assess", &first]).ok().lines().remove(0);
    assert_eq!(again["decision_id"], made["decision_id"]);
    assert_eq!(again["digest"], made["digest"]);
    assert_eq!(again["repeated"], true);
    let conflict = world.run(&["assess", &other]).exits(3).lines().remove(0);
    assert_eq!(conflict["outcome"], "hold");
    assert!(conflict["findings"].to_string().contains("conflict"));
    // The same twice in one call is the same decision, too.
    let twice = world.file(
        "c/1.csv",
        one_declaration("R-2", "Maison Belleroche Textile SAS"),
    );
    let copy = world.file("c/2.csv", fs::read(&twice).unwrap());
    let lines = world.run(&["assess", &twice, &copy]).ok().lines();
    assert_eq!(lines[0]["decision_id"], lines[1]["decision_id"]);
}

#[test]
fn another_day_is_another_question() {
    let world = World::with_samples();
    let file = world.file(
        "a.csv",
        one_declaration("R-1", "Maison Belleroche Textile SAS"),
    );
    let assess = |days: &[&str]| {
        let args = [&["assess"], days, &[file.as_str()]].concat();
        world.run(&args).ok().lines().remove(0)
    };
    let plain = assess(&[]);
    let early = assess(&["--as-of", "2024-01-01"]);
    assert_eq!(early["as_of"], "2024-01-01");
    assert_eq!(early["repeated"], false);
    assert_eq!(
        early["outcome"], "question",
        "no list covers that day: {early}"
    );
    let again = assess(&["--as-of", "2024-01-01"]);
    assert_eq!(again["decision_id"], early["decision_id"]);
    assert_eq!(assess(&[])["decision_id"], plain["decision_id"]);
}

#[test]
fn a_dry_run_records_nothing() {
    let world = World::with_samples();
    let file = world.file(
        "a.csv",
        one_declaration("R-1", "Maison Belleroche Textile SAS"),
    );
    let dry = world
        .run(&["assess", "--dry-run", &file])
        .ok()
        .lines()
        .remove(0);
    assert!(dry["decision_id"].is_null());
    let real = world.run(&["assess", &file]).ok().lines().remove(0);
    assert_eq!(real["repeated"], false);
    assert_eq!(
        real["digest"], dry["digest"],
        "the same question has the same answer"
    );
}

#[test]
fn a_proof_verifies_offline_and_any_flipped_byte_is_refused() {
    proof_of_a_decision(&World::empty());
}

#[test]
fn the_same_on_postgresql() {
    match World::on_postgres() {
        Some(world) => proof_of_a_decision(&world),
        None => eprintln!("skipped: PORTCULLIS_TEST_POSTGRES names no server"),
    }
}

fn proof_of_a_decision(world: &World) {
    world.take_samples();
    let declarations = samples().join("declarations");
    let ran = world
        .run(&["assess", declarations.to_str().unwrap()])
        .exits(3);
    assert_eq!(ran.lines().len(), 200);
    let decision = ran.lines()[0]["decision_id"].as_str().unwrap().to_owned();
    let key = world.file("key", world.run(&["ledger", "key"]).ok().out);
    let proof = world.path().join("proof").to_str().unwrap().to_owned();
    world
        .run(&["ledger", "prove", &decision, "--output", &proof])
        .ok();
    let elsewhere = World::empty();
    let verified = elsewhere
        .run(&["ledger", "verify", "--key", &key, &proof])
        .ok();
    assert!(verified.out.contains(&decision), "{}", verified.out);
    let bytes = fs::read(&proof).unwrap();
    for at in [0, bytes.len() / 3, bytes.len() / 2, bytes.len() - 2] {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1;
        let forged = world.file("forged", flipped);
        elsewhere
            .run(&["ledger", "verify", "--key", &key, &forged])
            .exits(1);
    }
    world.run(&["ledger", "check"]).ok();
    world.run(&["ledger", "prove", "no-such-decision"]).exits(1);
}
