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

#[test]
fn pairs_are_compared_in_order_and_a_bad_row_does_not_stop_them() {
    let world = World::empty();
    let input = "id,type,left,right,left_birth_date,right_birth_date\n\
                 a,person,Sergey Vorontsov,\"VORONTSOV, Sergey\",,\n\
                 b,person,Sergey Vorontsov,Pyotr Vorontsov,,\n\
                 c,person,,Pyotr Vorontsov,,\n\
                 d,person,Sergei Vorontsow,\"VORONTSOV, Sergey\",1961-07-31,1961-13\n\
                 e,organisation\n\
                 ,organisation,Zagros Petrochem GmbH,Zagros Petrochem LLC,,\n";
    let ran = world
        .run_with(&["compare", "--input", "-"], input.as_bytes())
        .exits(3);
    let mut reader = csv::Reader::from_reader(ran.out.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let score = |at: usize| rows[at][1].parse::<f64>().ok();
    let ids: Vec<&str> = rows.iter().map(|r| &r[0]).collect();
    assert_eq!(ids, ["a", "b", "c", "d", "e", "6"]);
    assert_eq!(score(0), Some(1.0));
    assert!(score(1).unwrap() < 0.7);
    assert!(score(2).is_none() && !rows[2][2].is_empty());
    assert!(score(3).unwrap() >= 0.7 && rows[3][2].contains("birth date"));
    assert!(rows[3][2].contains(" | "), "{}", &rows[3][2]);
    assert!(score(4).is_none() && rows[4][2].contains("cells"));
    assert!(score(5).unwrap() >= 0.7 && rows[5][2].contains("legal form"));
    let ran = world
        .run_with(
            &["compare", "--input", "-", "--format", "jsonl"],
            input.as_bytes(),
        )
        .exits(3);
    let lines = ran.lines();
    assert_eq!(lines.len(), 6);
    assert_eq!(lines[0]["parts"][0]["agreement"], "agrees");
    assert!(lines[2]["score"].is_null());
    world
        .run_with(&["compare", "--input", "-"], b"left\nx\n")
        .exits(1);
}
