//! Control lists through the command: import, show, compare, draft, confirm.

use crate::world::{World, root, shared};

fn fixture() -> String {
    let path = root().join("crates/formats/tests/fixtures/control_lists/ecfr.xml");
    std::fs::read_to_string(path).unwrap()
}

fn imported(world: &World, name: &str, xml: &str, label: &str, from: &str) -> String {
    let file = world.file(name, xml);
    let args = [
        "controls", "import", &file, "--label", label, "--from", from, "--json",
    ];
    let report = world.run(&args).ok().lines().remove(0);
    report["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_list_is_imported_shown_compared_and_confirmed() {
    let world = World::empty();
    world.run(&["controls", "show"]).exits(1);
    let old = imported(&world, "old.xml", &fixture(), "first", "2026-01-01");
    let shown = world
        .run(&["controls", "show", "3a901 A.2", "--json"])
        .ok()
        .lines()
        .remove(0);
    assert_eq!(shown["code"], "3A901.a.2");
    assert_eq!(shown["path"].as_array().unwrap().len(), 3);
    assert_eq!(shown["reasons"][0], "NS");
    assert_eq!(shown["predicate_state"], "draft");
    let predicate = shown["predicate"].as_str().unwrap();
    assert!(
        predicate.starts_with("burning time > 1000 hours except term"),
        "{predicate}"
    );

    let measured = world
        .run(&["controls", "draft", "--measure", "--json"])
        .ok()
        .lines()
        .remove(0);
    assert_eq!(
        (&measured["numeric"], &measured["drafted"]),
        (&2.into(), &2.into())
    );

    let confirm = [
        "controls",
        "draft",
        "--confirm",
        "3A901.a.2",
        "--by",
        "A. Reader",
    ];
    world.run(&confirm).ok();
    let own = [
        "--predicate",
        "burning time > 1000 h",
        "--note",
        "toys are not lamps here",
    ];
    world.run(&[&confirm[..], &own[..]].concat()).ok();
    let shown = world
        .run(&["controls", "show", "3A901.a.2", "--json"])
        .ok()
        .lines()
        .remove(0);
    assert_eq!(shown["predicate_state"], "confirmed");
    assert_eq!(shown["confirmed_by"], "A. Reader");
    assert_eq!(shown["predicate"], "burning time > 1000 h");

    let changed = fixture().replace("1,000 hours", "500 hours");
    let new = imported(&world, "new.xml", &changed, "second", "2026-06-01");
    let said = world.run(&["controls", "diff", &old, &new]).ok().out;
    assert!(
        said.contains(
            "3A901.a.2: tightened from burning time > 1000 hours to burning time > 500 hours"
        ),
        "{said}"
    );
    let shown = world
        .run(&["controls", "show", "3A901.a.2", "--json"])
        .ok()
        .lines()
        .remove(0);
    assert_eq!(shown["label"], "second");
    assert_eq!(shown["predicate_state"], "reopened");
    let earlier = [
        "controls",
        "show",
        "3A901.a.2",
        "--json",
        "--as-of",
        "2026-02-01",
    ];
    assert_eq!(world.run(&earlier).ok().lines().remove(0)["label"], "first");
}

#[test]
fn what_cannot_be_taken_leaves_the_version_in_use() {
    let world = World::empty();
    imported(&world, "old.xml", &fixture(), "first", "2026-01-01");
    let cut = world.file("cut.xml", &fixture()[..800]);
    let ran = world.run(&["controls", "import", &cut]).exits(1);
    assert!(ran.err.contains("cut.xml was not imported"), "{}", ran.err);
    let few = fixture();
    let begin = few.find("<P>a. Lamps").unwrap();
    let end = few.find("<FP-2><B>3B901").unwrap();
    let few = world.file("few.xml", format!("{}{}", &few[..begin], &few[end..]));
    let ran = world
        .run(&["controls", "import", &few, "--from", "2026-03-01"])
        .exits(1);
    assert!(
        ran.err
            .contains("2 paragraphs where the version in use has 6"),
        "{}",
        ran.err
    );
    let shown = world
        .run(&["controls", "show", "3A901.a", "--json"])
        .ok()
        .lines()
        .remove(0);
    assert_eq!(shown["label"], "first");
    for (args, said) in [
        (vec!["controls", "show", "9Z999"], "no control list in use"),
        (
            vec![
                "controls",
                "draft",
                "--confirm",
                "3A901.a",
                "--by",
                "x",
                "--predicate",
                "a >",
            ],
            "not a number",
        ),
        (
            vec!["controls", "draft", "--confirm", "3A999", "--by", "x"],
            "has no paragraph 3A999",
        ),
        (
            vec!["controls", "draft", "--list", "nowhere"],
            "is no control list",
        ),
        (
            vec!["controls", "import", &few, "--format", "pdf"],
            "no format of control lists",
        ),
    ] {
        let ran = world.run(&args).exits(1);
        assert!(ran.err.contains(said), "{args:?}: {}", ran.err);
    }
}

#[test]
fn the_lists_at_hand_are_taken_and_joined_by_number() {
    let Some(folder) = shared("controls") else {
        return;
    };
    let world = World::empty();
    let trade = shared("trade").unwrap();
    for (folder, name) in [
        (&folder, "us_ccl_2026-07-23.ccl.json"),
        (&folder, "no_list_II_dualuse_fixture_2022.json"),
        (&folder, "uk_lite_NSG_Dual_use.csv"),
        (&folder, "uk_lite_MTCR_Cat_1_regimes.csv"),
        (&folder, "chpl_50_hs6.csv"),
        (&trade, "eu_export_sanctions_cn8_codes.csv"),
    ] {
        world
            .run(&["controls", "import", folder.join(name).to_str().unwrap()])
            .ok();
    }
    let shown = world
        .run(&[
            "controls",
            "show",
            "3A001.b.4",
            "--list",
            "us-ccl",
            "--json",
        ])
        .ok();
    let shown = shown.lines().remove(0);
    assert_eq!(shown["root"]["number"], "3.A.1.b.4");
    assert_eq!(shown["crosswalk"][0]["regime"], "eu-annex-i");
    assert!(shown["crosswalk"][0]["confidence"].as_f64().unwrap() > 0.7);
    let measured = world
        .run(&["controls", "draft", "--measure", "--json"])
        .ok()
        .lines()
        .remove(0);
    assert!(measured["share_basis_points"].as_u64().unwrap() >= 8_650);
}
