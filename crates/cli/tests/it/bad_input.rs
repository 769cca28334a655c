//! Bad input: a clear message, nothing lost, nothing passed, and the old stays.

use crate::world::{World, samples};
use std::fs::File;

/// Each file gives at least one line, held, that says what is wrong.
#[test]
fn unreadable_declarations_are_held_and_say_why() {
    let world = World::with_samples();
    let bomb = "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY x \"xxxx\"><!ENTITY y \"&x;&x;&x;\">]><a>&y;</a>";
    let deep = "<a>".repeat(100_000);
    let cases: [(&str, Vec<u8>); 8] = [
        ("empty.xml", Vec::new()),
        (
            "truncated.xml",
            b"<MetaData><Declaration><TypeCode>EXD".to_vec(),
        ),
        ("bomb.xml", bomb.as_bytes().to_vec()),
        ("deep.xml", deep.into_bytes()),
        (
            "encoding.xml",
            b"<?xml version=\"1.0\" encoding=\"UTF-8\"?><a>\xff\xfe</a>".to_vec(),
        ),
        (
            "truncated.json",
            b"{\"reference\":\"R-1\",\"items\":[".to_vec(),
        ),
        ("columns.csv", b"colour,size\nred,4\n".to_vec()),
        ("binary.dat", (0..=255).cycle().take(4_096).collect()),
    ];
    for (name, bytes) in cases {
        let file = world.file(name, bytes);
        let lines = world.run(&["assess", &file]).exits(3).lines();
        assert_eq!(lines[0]["outcome"], "hold", "{name}: {}", lines[0]);
        assert_eq!(lines[0]["kind"], "unreadable", "{name}: {}", lines[0]);
        let text = lines[0]["issues"][0]["text"].as_str().unwrap();
        assert!(text.len() > 10, "{name}: {text}");
    }
}

#[test]
fn a_broken_record_does_not_stop_the_file() {
    let world = World::with_samples();
    let good = "{\"reference\":\"G-1\",\"movement\":\"export\"}\n";
    let file = world.file(
        "mixed.jsonl",
        format!("{good}this is not json\n{}", good.replace("G-1", "G-2")),
    );
    let lines = world.run(&["assess", &file]).exits(3).lines();
    let kinds: Vec<&str> = lines.iter().map(|l| l["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["declaration", "unreadable", "declaration"]);
}

/// Two gigabytes that take no room on the disk: refused by the limit, not by exhaustion.
#[test]
fn a_huge_file_is_refused_early() {
    let world = World::with_samples();
    for name in ["huge.xml", "huge.json"] {
        let start: &[u8] = if name.ends_with("xml") {
            b"<MetaData>"
        } else {
            b"{\"reference\":\""
        };
        let path = world.file(name, start);
        File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_len(2 << 30)
            .unwrap();
        let lines = world.run(&["assess", &path]).exits(3).lines();
        assert_eq!(lines[0]["outcome"], "hold", "{name}: {}", lines[0]);
        assert!(lines.len() < 100, "{name}");
    }
    let path = world.file("huge-list.xml", "<sdnList>");
    File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_len(2 << 30)
        .unwrap();
    let ran = world.run(&["lists", "import", &path]).exits(1);
    assert!(ran.err.contains("at most"), "{}", ran.err);
}

#[test]
fn a_broken_list_never_replaces_a_good_one() {
    let world = World::with_samples();
    let before = world.run(&["lists", "show"]).ok().out;
    let lists: Vec<_> = std::fs::read_dir(samples().join("watchlist"))
        .unwrap()
        .collect();
    let path = lists
        .into_iter()
        .map(|e| e.unwrap().path())
        .find(|p| p.to_string_lossy().contains("sanctions"));
    let text = std::fs::read_to_string(path.unwrap()).unwrap();
    let half: String = text
        .lines()
        .take(text.lines().count() / 2)
        .map(|l| format!("{l}\n"))
        .collect();
    let cut = text[..text.len() / 2].to_owned();
    for (name, bytes) in [
        ("empty.jsonl", String::new()),
        ("half.jsonl", half.clone()),
        ("cut.jsonl", cut),
    ] {
        let file = world.file(name, bytes);
        let ran = world.run(&["lists", "import", &file]).exits(1);
        assert!(ran.err.starts_with("error: "), "{name}: {}", ran.err);
        assert_eq!(world.run(&["lists", "show"]).ok().out, before, "{name}");
    }
    let file = world.file("half.jsonl", half);
    world.run(&["lists", "import", "--accept", &file]).ok();
    assert_ne!(world.run(&["lists", "show"]).ok().out, before);
}

#[test]
fn missing_files_and_wrong_usage() {
    let world = World::empty();
    world.run(&["assess"]).exits(2);
    world.run(&["frobnicate"]).exits(2);
    let ran = world.run(&["assess", "/no/such/file"]).exits(1);
    assert!(ran.err.contains("/no/such/file"), "{}", ran.err);
    let ran = world
        .run(&["--database", "postgres://127.0.0.1:1/none", "lists", "show"])
        .exits(1);
    assert!(ran.err.contains("cannot be opened"), "{}", ran.err);
}
