//! Living policy as officers use it: draft, replay, propose, adopt, shadow, calendar.

use crate::world::{Ran, World, root, samples};
use serde_json::Value;
use std::{fs, path::Path};

/// A copy of the shipped policies in the world, with one text replaced in one file.
fn draft(world: &World, name: &str, file: &str, from: &str, to: &str) -> String {
    let target = world.path().join(name);
    copy(&root().join("policies"), &target);
    let path = target.join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file} has no {from}");
    fs::write(&path, text.replacen(from, to, 1)).unwrap();
    target.to_str().unwrap().to_owned()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

fn users(world: &World) {
    for (name, role) in [("ann", "officer"), ("ben", "officer"), ("vic", "viewer")] {
        let args = ["user", "add", name, "--role", role, "--password-stdin"];
        world.run_with(&args, password(name).as_bytes()).ok();
    }
}

fn password(name: &str) -> String {
    format!("{name} has a long password\n")
}

fn signed(world: &World, args: &[&str], name: &str) -> Ran {
    let mut all = args.to_vec();
    all.extend(["--by", name, "--password-stdin"]);
    world.run_with(&all, password(name).as_bytes())
}

/// The possible match of the sample world asks for nothing any more.
const LINE: (&str, &str, &str) = ("risk.toml", "bits = ", "bits = 90.0 # ");

fn version_of(text: &str) -> String {
    let word = text
        .split_whitespace()
        .find_map(|w| w.strip_prefix("version="));
    word.unwrap().to_owned()
}

#[test]
fn one_officer_proposes_another_adopts_and_decisions_name_it() {
    let world = World::with_samples();
    users(&world);
    let folder = draft(&world, "draft", "risk.toml", "# ", "# Drafted. ");
    let propose = [
        "policy", "propose", "--dir", &folder, "--title", "Pumps", "--reason", "Sent on.",
    ];
    let proposed = signed(&world, &propose, "ann").ok();
    let id = version_of(&proposed.out);
    let adopt = ["policy", "adopt", &id];
    let same = signed(&world, &adopt, "ann").exits(1);
    assert!(same.err.contains("somebody else"), "{}", same.err);
    let wrong = world.run_with(
        &["policy", "adopt", &id, "--by", "ben", "--password-stdin"],
        password("ann").as_bytes(),
    );
    assert!(wrong.exits(1).err.contains("name or password is wrong"));
    let viewer = signed(&world, &adopt, "vic").exits(1);
    assert!(
        viewer.err.contains("only officers and admins"),
        "{}",
        viewer.err
    );
    let case = samples().join("declarations/cases/catch-01.json");
    let case = case.to_str().unwrap();
    let before = world.run(&["assess", case]);
    let policy = |ran: &Ran| ran.lines()[0]["versions"]["policy"].clone();
    let adopted = signed(&world, &adopt, "ben").ok();
    assert!(adopted.out.contains("adopted by ben"), "{}", adopted.out);
    let other = samples().join("declarations/cases/catch-02.json");
    let after = world.run(&["assess", other.to_str().unwrap()]);
    assert_ne!(policy(&before), policy(&after));
    assert!(
        adopted.out.contains(policy(&after).as_str().unwrap()),
        "{}",
        adopted.out
    );
    // Other files do not act, and that is said.
    let shipped = root().join("policies");
    let third = samples().join("declarations/cases/catch-03.json");
    let still = world.run(&[
        "assess",
        "--policies",
        shipped.to_str().unwrap(),
        third.to_str().unwrap(),
    ]);
    assert_eq!(policy(&still), policy(&after));
    assert!(
        still.err.contains("act only once two people adopt them"),
        "{}",
        still.err
    );
    let versions = world.run(&["policy", "versions"]).ok();
    assert!(versions.out.contains("· acts"), "{}", versions.out);
    let bulletin = world.run(&["policy", "bulletins"]).ok();
    assert!(bulletin.out.contains("Pumps"), "{}", bulletin.out);
    let feed = world.run(&["policy", "bulletins", "--format", "atom"]).ok();
    assert!(
        feed.out
            .contains("<feed xmlns=\"http://www.w3.org/2005/Atom\">"),
        "{}",
        feed.out
    );
    world.run(&["ledger", "check"]).ok();
}

#[test]
fn two_officers_stop_a_version_and_the_files_act_again() {
    let world = World::empty();
    users(&world);
    let folder = draft(&world, "draft", "risk.toml", "# ", "# Drafted. ");
    let propose = [
        "policy", "propose", "--dir", &folder, "--title", "T", "--reason", "R",
    ];
    let id = version_of(&signed(&world, &propose, "ann").ok().out);
    signed(&world, &["policy", "adopt", &id], "ben").ok();
    let suspend = ["policy", "suspend", &id, "--reason", "It stops medicine."];
    let asked = signed(&world, &suspend, "ben").ok();
    assert!(
        asked.out.contains("a second person must agree"),
        "{}",
        asked.out
    );
    assert!(
        signed(&world, &suspend, "ben")
            .exits(1)
            .err
            .contains("somebody else")
    );
    signed(&world, &suspend, "ann").ok();
    let versions = world.run(&["policy", "versions"]).ok();
    assert!(versions.out.contains("no version acts"), "{}", versions.out);
    let bulletins = world.run(&["policy", "bulletins"]).ok().out;
    assert!(bulletins.contains("“T” is suspended"), "{bulletins}");
}

#[test]
fn a_draft_is_replayed_over_the_record_and_over_a_file_before_anybody_adopts_it() {
    let world = World::with_samples();
    let (file, from, to) = LINE;
    let folder = draft(&world, "draft", file, from, to);
    let declarations = samples().join("declarations");
    let declarations = declarations.to_str().unwrap();
    let expected = samples().join("expected.csv");
    let expected = expected.to_str().unwrap();
    let replay = |more: &[&str]| -> Value {
        let mut args = vec![
            "policy", "replay", "--draft", &folder, "--labels", expected, "--json",
        ];
        args.extend(more);
        world.run(&args).ok().lines().remove(0)
    };
    let of_file = replay(&["--history", declarations, "--as-of", "2026-11-22"]);
    world.run(&["assess", "--as-of", "2026-11-22", declarations]);
    let of_record = replay(&[]);
    let again = replay(&["--rescreen"]);
    for report in [&of_file, &of_record, &again] {
        assert_eq!(report["history"]["messages"], 200);
        assert_eq!(
            (&report["milder"], &report["stricter"]),
            (&Value::from(1), &Value::from(0))
        );
    }
    // In a file one case is a change of a declaration, which only the record can replay.
    assert_eq!(of_file["replayed"], 199);
    assert_eq!(
        of_file["history"]["not_replayed"][0]["examples"][0],
        "CATCH-12"
    );
    let known = |report: &Value| {
        let known = &report["known_cases"];
        ["bad", "caught_before", "caught_after"].map(|key| known[key].as_u64().unwrap())
    };
    assert_eq!(known(&of_file), [11, 11, 10]);
    assert_eq!(known(&of_record), [12, 12, 11]);
    assert_eq!(
        of_record["known_cases"]["worse"][0]["reference"],
        "CATCH-09"
    );
    // The same facts under the same rules, whichever way they came.
    for part in [
        "changed",
        "outcomes",
        "load",
        "licences",
        "trade",
        "known_cases",
        "small_firms",
    ] {
        assert_eq!(of_record[part], again[part], "{part}");
    }
    assert_eq!(of_record["trade"], of_file["trade"]);
    let change = &of_record["changes"][0];
    let why = change["why"].as_array().unwrap();
    assert!(
        why.iter()
            .any(|r| r["code"] == "risk-above-line" && r["turn"] == "gone"),
        "{change}"
    );
    let text = world
        .run(&["policy", "replay", "--draft", &folder])
        .ok()
        .out;
    assert!(
        text.contains("work by queue and week") && text.contains("risk officers"),
        "{text}"
    );
    // The same policy changes nothing.
    let shipped = root().join("policies");
    let same = world.run(&[
        "policy",
        "replay",
        "--draft",
        shipped.to_str().unwrap(),
        "--json",
    ]);
    let same = same.ok().lines().remove(0);
    assert_eq!(
        (&same["changed"], &same["other_reasons"]),
        (&Value::from(0), &Value::from(0))
    );
    let late = world.run(&[
        "policy",
        "replay",
        "--draft",
        &folder,
        "--since",
        "2100-01-01",
        "--json",
    ]);
    assert_eq!(late.ok().lines()[0]["replayed"], 0);
}

#[test]
fn a_draft_in_the_shadow_is_seen_and_never_acts() {
    let world = World::with_samples();
    users(&world);
    let (file, from, to) = LINE;
    let folder = draft(&world, "draft", file, from, to);
    let start = [
        "policy",
        "shadow",
        "start",
        "--draft",
        &folder,
        "--title",
        "Higher line",
        "--until",
        "2100-01-01",
    ];
    signed(&world, &start, "ann").ok();
    let declarations = samples().join("declarations");
    let assessed = world.run(&["assess", declarations.to_str().unwrap()]);
    let plain = World::with_samples();
    let without = plain.run(&["assess", declarations.to_str().unwrap()]);
    let outcomes =
        |ran: &Ran| -> Vec<Value> { ran.lines().iter().map(|l| l["outcome"].clone()).collect() };
    assert_eq!(
        outcomes(&assessed),
        outcomes(&without),
        "what runs beside changes nothing"
    );
    let status = world
        .run(&["policy", "shadow", "status", "--json"])
        .ok()
        .lines()
        .remove(0);
    assert_eq!(status["decided"], 200);
    assert!(status["differ"].as_u64().unwrap() > 0, "{status}");
    signed(&world, &["policy", "shadow", "stop"], "ben").ok();
    world.run(&["ledger", "check"]).ok();
}

#[test]
fn the_calendar_shows_what_falls_due_in_three_forms() {
    let world = World::empty();
    let text = world
        .run(&["policy", "calendar", "--months", "24"])
        .ok()
        .out;
    assert!(
        text.contains("to be reviewed") && text.contains("due until"),
        "{text}"
    );
    let json = world
        .run(&["policy", "calendar", "--months", "24", "--format", "json"])
        .ok();
    let due: Vec<Value> = serde_json::from_str(&json.out).unwrap();
    assert!(due.len() > 50);
    assert!(
        due.windows(2)
            .all(|p| p[0]["day"].as_str() <= p[1]["day"].as_str())
    );
    let ics = world
        .run(&["policy", "calendar", "--months", "24", "--format", "ics"])
        .ok()
        .out;
    assert_eq!(ics.matches("BEGIN:VEVENT").count(), due.len());
    assert!(
        !world.path().join("data").exists(),
        "looking makes no store"
    );
}

#[test]
fn rules_are_shown_by_red_flag_and_compared_in_plain_words() {
    let world = World::empty();
    let shown = world.run(&["policy", "show", "D04"]).ok().out;
    assert!(shown.contains("d04-user-is-middleman"), "{shown}");
    let table = world.run(&["policy", "show", "us-cu"]).ok().out;
    assert!(
        table.contains("Embargo on Cuba") && table.contains("controls/"),
        "{table}"
    );
    assert!(
        world
            .run(&["policy", "show", "X99"])
            .exits(1)
            .err
            .contains("no red flag 'X99'")
    );
    let folder = draft(
        &world,
        "draft",
        "red-flags/declaration.toml",
        "bits = 2.0",
        "bits = 3.0",
    );
    let diff = world.run(&["policy", "diff", "embedded", &folder]).ok().out;
    assert!(
        diff.contains("the weight in bits rises from 2 to 3"),
        "{diff}"
    );
    assert!(diff.contains("0 added, 0 dropped, 1 changed"), "{diff}");
}

#[test]
fn what_cannot_be_is_refused_with_file_rule_and_field() {
    let world = World::empty();
    let set = "[[set]]\nid = \"restricted-destinations-2022\"";
    for (file, from, to, says) in [
        (
            "red-flags/declaration.toml",
            "review_by = 2027-05-31",
            "review_by = 2027-05-31\nsunset = 1999-01-01",
            "rule d04-user-is-middleman: sunset: would lapse on 1999-01-01, before it starts",
        ),
        (
            "red-flags/declaration.toml",
            "citation = \"FinCEN",
            "source = \"FinCEN",
            "rule d04-user-is-middleman: has no citation",
        ),
        (
            "red-flags/declaration.toml",
            "flag = \"D04\"",
            "flag = \"D04\"\nreplaces = [\"d04-user-is-middleman\"]",
            "rule d04-user-is-middleman: replaces: goes in a circle: d04-user-is-middleman → d04-user-is-middleman",
        ),
        (
            "red-flags/declaration.toml",
            "[\"ta-diversion-2026\"]",
            "[\"nowhere\"]",
            "justified_by: there is no threat assessment 'nowhere'",
        ),
        (
            "sets/countries.toml",
            set,
            &format!("{set}\ninclude = [\"restricted-destinations-2022\"]"),
            "rule restricted-destinations-2022: include: goes in a circle",
        ),
    ] {
        let folder = draft(&world, "bad", file, from, to);
        let ran = world
            .run(&["policy", "check", "--policies", &folder])
            .exits(1);
        assert!(ran.out.contains(says), "{says}\n{}", ran.out);
        fs::remove_dir_all(&folder).unwrap();
    }
}

#[test]
fn a_closer_look_names_conflicts_gaps_and_what_never_speaks() {
    let world = World::empty();
    let lapsed = "status = \"adopted\"\nuntil = 2024-01-01\nid = \"d04-user-is-middleman\"";
    let folder = draft(
        &world,
        "draft",
        "red-flags/declaration.toml",
        "id = \"d04-user-is-middleman\"",
        lapsed,
    );
    let ran = world
        .run(&["policy", "check", "--deep", "--policies", &folder])
        .ok()
        .out;
    assert!(
        ran.contains("unreachable: d04-user-is-middleman: its last day was 2024-01-01"),
        "{ran}"
    );
    assert!(ran.contains("gap: "), "{ran}");
}
