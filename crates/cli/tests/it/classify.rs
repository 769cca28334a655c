//! Nomenclatures and classification, as a customs officer runs them.

use crate::world::World;
use serde_json::Value;

const HS: &str = "section,hscode,description,parent,level\n\
    I,01,Animals; live,TOTAL,2\n\
    I,0101,\"Horses, asses, mules and hinnies; live\",01,4\n\
    I,010121,\"Horses; live, pure-bred breeding animals\",0101,6\n\
    I,010129,\"Horses; live, other than pure-bred breeding animals\",0101,6\n\
    XVI,84,\"Machinery and mechanical appliances\",TOTAL,2\n\
    XVI,8482,Ball or roller bearings,84,4\n\
    XVI,848210,Ball bearings,8482,6\n\
    XVI,848220,\"Tapered roller bearings, including cone and tapered roller assemblies\",8482,6\n\
    XVI,8413,\"Pumps for liquids\",84,4\n\
    XVI,841370,\"Pumps; centrifugal, for liquids\",8413,6\n\
    XVI,85,\"Electrical machinery and equipment\",TOTAL,2\n\
    XVI,8525,Television cameras and digital cameras,85,4\n\
    XVI,852589,\"Television cameras, digital cameras and video camera recorders; other\",8525,6\n\
    XVI,8549,Electrical and electronic waste and scrap,85,4\n\
    XVI,854921,Waste batteries,8549,6\n\
    XVI,8524,Flat panel display modules,85,4\n\
    XVI,852411,Display modules of liquid crystals,8524,6\n\
    XVII,88,Aircraft,TOTAL,2\n\
    XVII,8806,Unmanned aircraft,88,4\n\
    XVII,880610,Unmanned aircraft for passengers,8806,6\n\
    XI,61,Knitted apparel,TOTAL,2\n\
    XI,6109,\"T-shirts, singlets and other vests; knitted or crocheted\",61,4\n\
    XI,610910,\"T-shirts, singlets and other vests; of cotton, knitted or crocheted\",6109,6\n";

const CHANGES: &str = "code.after,code.before,Relationship,adjustment\n\
    852589,852580,n:n,2022 to 2017\n\
    880610,852580,n:n,2022 to 2017\n\
    10121,10121,1:1,2022 to 2017\n";

fn world() -> World {
    let world = World::empty();
    let files = [world.file("hs.csv", HS), world.file("changes.csv", CHANGES)];
    let imported = world
        .run(&["--json", "nomenclature", "import", &files[0], &files[1]])
        .ok()
        .lines();
    let names: Vec<&str> = imported
        .iter()
        .map(|l| l["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["hs2022", "hs-concordance"]);
    world
}

fn classify(world: &World, csv: &str) -> Vec<Value> {
    let file = world.file("rows.csv", csv);
    world.run(&["classify", "--input", &file]).ok().lines()
}

fn asked(line: &Value) -> Vec<&str> {
    let questions = line["questions"].as_array().unwrap();
    questions
        .iter()
        .map(|q| q["code"].as_str().unwrap())
        .collect()
}

#[test]
fn without_a_nomenclature_nothing_is_classified() {
    let world = World::empty();
    let file = world.file("rows.csv", "id,description\n1,ball bearings\n");
    let refused = world.run(&["classify", "--input", &file]).exits(1);
    assert!(refused.err.contains("no nomenclature"), "{}", refused.err);
    assert_eq!(refused.out, "");
}

#[test]
fn a_code_is_shown_with_its_path_and_mapped_both_ways() {
    let world = world();
    let shown = world.run(&["nomenclature", "show", "8482.10"]).ok().out;
    for part in [
        "hs2022 (2022-01-01",
        "8482 Ball or roller bearings",
        "848210 Ball bearings",
        "is a code in force",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let outdated = world.run(&["nomenclature", "show", "852580"]).exits(1).out;
    assert!(
        outdated.contains("of HS2017 and no longer in force; it became 852589, 880610"),
        "{outdated}"
    );
    let forward = world
        .run(&[
            "nomenclature",
            "map",
            "852580",
            "--from",
            "HS2017",
            "--to",
            "HS2022",
        ])
        .ok()
        .out;
    assert_eq!(forward, "852580 (HS2017) 1:n 852589 880610 (HS2022)\n");
    let back = world
        .run(&[
            "nomenclature",
            "map",
            "852589",
            "--from",
            "HS2022",
            "--to",
            "HS2017",
        ])
        .ok()
        .out;
    assert_eq!(back, "852589 (HS2022) n:1 852580 (HS2017)\n");
    for (code, from) in [
        ("852580", "HS2018"),
        ("8525", "HS2017"),
        ("999999", "HS2017"),
    ] {
        let refused = world
            .run(&[
                "nomenclature",
                "map",
                code,
                "--from",
                from,
                "--to",
                "HS2022",
            ])
            .exits(1);
        assert!(
            refused.err.contains(code) || refused.err.contains(from),
            "{}",
            refused.err
        );
    }
}

#[test]
fn an_import_that_fails_leaves_the_one_in_use() {
    let world = world();
    for (name, text, said) in [
        (
            "empty.csv",
            "section,hscode,description,parent,level\n",
            "no code",
        ),
        ("other.csv", "name,country\nx,DE\n", "no known nomenclature"),
        (
            "short.csv",
            "section,hscode,description,parent,level\nI,01,Animals,TOTAL,2\n",
            "fit no edition",
        ),
    ] {
        let file = world.file(name, text);
        let refused = world.run(&["nomenclature", "import", &file]).exits(1);
        assert!(refused.err.contains(said), "{name}: {}", refused.err);
    }
    let shrunk: String = HS.lines().take(12).map(|l| format!("{l}\n")).collect();
    let file = world.file("shrunk.csv", shrunk);
    let refused = world
        .run(&["nomenclature", "import", "--name", "hs2022", &file])
        .exits(1);
    assert!(refused.err.contains("--accept"), "{}", refused.err);
    world.run(&["nomenclature", "show", "610910"]).ok();
}

#[test]
fn descriptions_get_codes_reasons_and_questions() {
    let world = world();
    let lines = classify(
        &world,
        "id,description,hs_code,maker\n\
         bearing,\"ball bearings, steel, for pumps\",848210,SKF\n\
         shirt,cotton t-shirts,010121,\n\
         old,television cameras,852580,\n\
         vague,spare parts,,\n\
         nothing,,,\n",
    );
    let ids: Vec<&str> = lines.iter().map(|l| l["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["bearing", "shirt", "old", "vague", "nothing"]);
    for line in &lines {
        let codes: Vec<&str> = line["hs"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| c["code"].as_str().unwrap())
            .collect();
        assert!(
            !codes.is_empty()
                && codes
                    .iter()
                    .all(|c| c.len() >= 6 && c.bytes().all(|b| b.is_ascii_digit()))
        );
        let scores: Vec<f64> = line["hs"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| c["score"].as_f64().unwrap())
            .collect();
        assert!(
            scores.windows(2).all(|pair| pair[0] >= pair[1]),
            "{scores:?}"
        );
        let keys: Vec<&String> = line.as_object().unwrap().keys().collect();
        assert_eq!(keys.len(), 7, "{keys:?}");
    }
    assert_eq!(lines[0]["hs"][0]["code"], "848210");
    let reasons = lines[0]["hs"][0]["reasons"].to_string();
    assert!(
        reasons.contains("words for: ") && reasons.contains("bearing"),
        "{reasons}"
    );
    assert_eq!(lines[1]["hs"][0]["code"], "610910");
    assert!(
        asked(&lines[1]).contains(&"code-contradicts-description"),
        "{:?}",
        asked(&lines[1])
    );
    assert!(
        asked(&lines[2]).contains(&"code-outdated"),
        "{:?}",
        asked(&lines[2])
    );
    for vague in &lines[3..] {
        assert_eq!(vague["vague"], true);
        assert!(!vague["missing"].as_array().unwrap().is_empty());
        assert!(asked(vague).contains(&"too-vague"));
    }
    assert_eq!(lines[0]["vague"], false);
}

#[test]
fn decisions_are_learned_and_named() {
    let world = world();
    let before = classify(&world, "id,description\n1,zanzibar gizmo type 4\n");
    assert_ne!(before[0]["hs"][0]["code"], "841370");
    let decided = world.file(
        "decided.csv",
        "id,description,hs_code,source,date\n\
         R-1,zanzibar gizmo,841370,HQ,2026-01-02\n\
         R-2,zanzibar gizmo blue,8413.70,HQ,2026-02-02\n\
         R-3,lost code,999999,HQ,\n\
         R-4,no code,,HQ,\n",
    );
    let learned = world
        .run(&["--json", "classify", "learn", "--input", &decided])
        .ok();
    assert_eq!(
        (
            learned.lines()[0]["added"].as_u64(),
            learned.lines()[0]["issues"].as_u64()
        ),
        (Some(2), Some(2))
    );
    assert!(
        learned.err.contains("R-3") && learned.err.contains("R-4"),
        "{}",
        learned.err
    );
    let after = classify(&world, "id,description\n1,zanzibar gizmo type 4\n");
    assert_eq!(after[0]["hs"][0]["code"], "841370");
    let reasons = after[0]["hs"][0]["reasons"].to_string();
    assert!(
        reasons.contains("precedent R-1 of 2026-01-02, HQ"),
        "{reasons}"
    );
    let again = world
        .run(&["--json", "classify", "learn", "--input", &decided])
        .ok()
        .lines();
    assert_eq!(
        (again[0]["known"].as_u64(), again[0]["version"].is_null()),
        (Some(2), true)
    );
    world.run(&["ledger", "check"]).ok();
}

#[test]
fn bad_rows_are_said_and_the_others_answered() {
    let world = world();
    let file = world.file("rows.jsonl", "{\"id\":\"1\",\"description\":\"ball bearings\"}\nnot json\n{\"description\":\"x\"}\n{\"id\":4,\"description\":\"horses\"}\n");
    let ran = world
        .run(&["classify", "--input", &file, "--limit", "2"])
        .exits(3);
    let lines = ran.lines();
    assert_eq!(
        (lines.len(), lines[0]["hs"].as_array().unwrap().len()),
        (2, 2)
    );
    assert!(
        ran.err.contains("line 2") && ran.err.contains("line 3"),
        "{}",
        ran.err
    );
}
