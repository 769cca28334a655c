//! `portcullis screen` as scripts use it.

use crate::world::{World, has_required_keys};

#[test]
fn one_line_a_record_in_order_unreadable_ones_included() {
    let world = World::with_samples();
    let input = "id,name,type,country,birth_date\n\
                 a,Walid Karamlawi,person,,\n\
                 b,Margaret Hollis,person,gb,\n\
                 c,,,,\n\
                 d,Margaret Hollis,person,Atlantis,\n\
                 ,ООО «Северный Маяк Электроника»,organisation,,\n";
    let ran = world
        .run_with(&["screen", "--input", "-"], input.as_bytes())
        .exits(3);
    let lines = ran.lines();
    let got: Vec<(&str, &str)> = lines
        .iter()
        .map(|l| (l["id"].as_str().unwrap(), l["status"].as_str().unwrap()))
        .collect();
    assert_eq!(
        got,
        [
            ("a", "alert"),
            ("b", "clear"),
            ("c", "error"),
            ("d", "partial"),
            ("5", "alert")
        ]
    );
    for line in &lines {
        has_required_keys("screen-output.schema.json", line);
        assert_eq!(line["threshold"], 0.7);
        assert!(line["snapshot"].as_str().unwrap().starts_with("ls-"));
    }
    let top = &lines[4]["hits"][0];
    assert_eq!(top["score"], 1.0, "{top}");
    assert_eq!(top["type"], "organisation");
    assert!(!top["reasons"].as_array().unwrap().is_empty());
}

#[test]
fn formats_limits_and_thresholds() {
    let world = World::with_samples();
    let json = "{\"name\":\"NPO Radiosfera-17\"}\n{\"name\":\"Zzyzx Qwerty\"}\n";
    let ran = world
        .run_with(
            &["screen", "--input", "-", "--format", "jsonl"],
            json.as_bytes(),
        )
        .ok();
    assert_eq!(ran.lines()[0]["status"], "alert");
    assert_eq!(ran.lines()[1]["status"], "clear");
    let ran = world
        .run_with(
            &[
                "screen",
                "--input",
                "-",
                "--limit",
                "0",
                "--threshold",
                "0.5",
            ],
            b"name\nRadiosfera\n",
        )
        .ok();
    let line = &ran.lines()[0];
    assert_eq!(line["hits"].as_array().unwrap().len(), 0);
    assert!(line["more"].as_u64().unwrap() >= 1);
    world
        .run_with(
            &["screen", "--input", "-", "--threshold", "2"],
            b"name\nX\n",
        )
        .exits(2);
    world
        .run_with(&["screen", "--input", "-"], b"colour\nred\n")
        .exits(1);
    world.run_with(&["screen", "--input", "-"], b"").exits(1);
}

#[test]
fn without_a_list_nobody_is_clear() {
    let ran = World::empty()
        .run_with(&["screen", "--input", "-"], b"name\nAnybody\n")
        .exits(1);
    assert!(ran.err.contains("no list is active"), "{}", ran.err);
}
