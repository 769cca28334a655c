//! Any table becomes a list by a mapping.

use crate::world::World;

const MAPPING: &str = r#"
list = "acme-denied"
[columns]
id = "Ref"
name = "Full name"
birth_date = { column = "Born", format = "%d.%m.%Y" }
nationality = "Country"
[columns.kind]
default = "person"
"#;

const TABLE: &str = "Ref;Full name;Born;Country\n\
    7;Vsevolod Tikhomirnov;04.03.1968;RU\n\
    8;Agafya Belozerskaya;31.02.1970;RU\n";

fn screened(world: &World, row: &str) -> serde_json::Value {
    let input = format!("id,name,type,birth_date\n{row}\n");
    world
        .run_with(&["screen", "--input", "-"], input.as_bytes())
        .lines()
        .remove(0)
}

#[test]
fn a_table_is_imported_by_its_mapping_and_screened_against() {
    let world = World::empty();
    let mapping = world.file("acme.toml", MAPPING);
    let table = world.file("acme.csv", TABLE);
    let ran = world
        .run(&[
            "lists",
            "import",
            "--mapping",
            &mapping,
            &table,
            "--issues",
            "--json",
        ])
        .ok();
    let imported = ran.lines().remove(0);
    assert_eq!(
        (
            &imported["source"],
            &imported["entities"],
            &imported["issues"]
        ),
        (&"acme-denied".into(), &2.into(), &1.into()),
        "{imported}"
    );
    // What could not be read of a row is said with its line and field, and the row stays.
    assert!(
        ran.err.contains("line 3") && ran.err.contains("31.02.1970"),
        "{}",
        ran.err
    );
    let hit = screened(&world, "1,Tikhomirnov Vsevolod,person,1968-03-04");
    assert_eq!(hit["status"], "alert", "{hit}");
    assert_eq!(hit["hits"][0]["lists"][0], "acme-denied", "{hit}");
    assert!(
        hit["hits"][0]["reasons"].to_string().contains("birth"),
        "{hit}"
    );

    // The same table under another mapping is another snapshot; the same again is not.
    let again = world.run(&["lists", "import", "--mapping", &mapping, &table, "--json"]);
    assert_eq!(again.ok().lines()[0]["snapshot"], imported["snapshot"]);
    let plain = MAPPING.replace("birth_date", "# birth_date");
    let plain = world.file("plain.toml", plain);
    let changed = world.run(&["lists", "import", "--mapping", &plain, &table, "--json"]);
    assert_ne!(changed.ok().lines()[0]["snapshot"], imported["snapshot"]);
}

#[test]
fn a_mapping_that_does_not_fit_is_refused_by_line_and_key() {
    let world = World::empty();
    let table = world.file("acme.csv", TABLE);
    // A column that the table lacks is named with the line of the mapping.
    for (mapping, said, file) in [
        ("list = \"x\"\n", "no table [columns]", "wrong.toml"),
        (
            "list = \"x\"\n[columns]\nname = \"Surname\"\n",
            "Surname",
            "acme.csv: line 1",
        ),
        (
            &MAPPING.replace("%d.%m.%Y", "%Q"),
            "birth_date",
            "wrong.toml",
        ),
        (
            "list = \"x\"\n[columns]\nname = \"Full name\"\ncolour = \"Born\"\n",
            "colour",
            "wrong.toml",
        ),
    ] {
        let path = world.file("wrong.toml", mapping);
        let ran = world
            .run(&["lists", "import", "--mapping", &path, &table])
            .exits(1);
        assert!(ran.err.contains(said), "{said}: {}", ran.err);
        assert!(ran.err.contains(file), "{}", ran.err);
    }
    assert!(
        world
            .run(&["lists", "show", "--json"])
            .ok()
            .lines()
            .is_empty()
    );
}
