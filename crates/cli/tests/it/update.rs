//! `lists update` against a publisher who serves good, stale, cut and hostile files.

use crate::server::{Reply, Server};
use crate::world::{Ran, World, samples};
use portcullis_domain::hex_sha256;
use serde_json::Value;
use std::{
    fmt::Write as _,
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

/// A Security Council list of that day with `entries` persons, from `first` on.
fn un_list(day: &str, first: u32, entries: u32) -> String {
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CONSOLIDATED_LIST dateGenerated=\"{day}T00:00:09.554Z\"><INDIVIDUALS>"
    );
    for n in first..first + entries {
        let _ = write!(
            text,
            "<INDIVIDUAL><DATAID>{n}</DATAID><FIRST_NAME>OMAR</FIRST_NAME>\
             <SECOND_NAME>PROBE{n}</SECOND_NAME><UN_LIST_TYPE>Testland</UN_LIST_TYPE>\
             <REFERENCE_NUMBER>TLi.{n}</REFERENCE_NUMBER><LISTED_ON>2015-07-01</LISTED_ON>\
             </INDIVIDUAL>"
        );
    }
    text + "</INDIVIDUALS><ENTITIES></ENTITIES></CONSOLIDATED_LIST>"
}

fn ftm_list() -> String {
    std::fs::read_to_string(samples().join("watchlist/veldania-sanctions.ftm.jsonl")).unwrap()
}

/// A server of two publishers: the Council serves what it is told to, the
/// other one always a good list.
struct Publishers {
    server: Server,
    council: Arc<Mutex<String>>,
}

impl Publishers {
    fn start() -> Publishers {
        let council = Arc::new(Mutex::new("good".to_owned()));
        let told = council.clone();
        let server = Server::start(move |request| {
            let told = told.lock().unwrap().clone();
            match request.path.as_str() {
                _ if request.method != "GET" => Reply::new(405, &[], ""),
                "/un.xml" => council_serves(&told, request.header("if-none-match")),
                "/un.sha256" => digest_of(&told),
                _ => Reply::new(200, &[("etag", "\"f1\"")], ftm_list()),
            }
        });
        Publishers { server, council }
    }

    fn serve(&self, what: &str) {
        *self.council.lock().unwrap() = what.to_owned();
    }

    /// The configuration of both; `more` goes to the Council's file.
    fn sources(&self, more: &str) -> String {
        let common = "publisher = 'P'\npage = 'https://lists.example/'\nchecked = 2026-01-01\n\
            review_by = 2027-01-01\nupdate_hours = 24\ntimeout_seconds = 3\nconnect_seconds = 2\n\
            stall_seconds = 2\nattempts = 2\nretry_seconds = 0\nallow_http = true\nallow_private = true\n";
        format!(
            "[[source]]\nid = 'un-sc'\ntitle = 'Council'\n{common}content = 'xml'\nmin_records = 5\n\
             [[source.file]]\nname = 'un.xml'\nurl = '{}'\nmin_bytes = 100\nmax_bytes = 200000\n{more}\n\
             [[source]]\nid = 'ftm-veldania-sanctions'\ntitle = 'V'\n{common}content = 'jsonl'\nmin_records = 5\n\
             [[source.file]]\nname = 'v.jsonl'\nurl = '{}'\nmin_bytes = 100\nmax_bytes = 900000\n",
            self.server.url("/un.xml"),
            self.server.url("/v.jsonl"),
        )
    }

    fn update(&self, world: &World, more: &[&str]) -> Ran {
        self.update_with(world, "", more)
    }

    fn update_with(&self, world: &World, file_keys: &str, more: &[&str]) -> Ran {
        let path = world.file("sources.toml", self.sources(file_keys));
        let mut args = vec!["lists", "update", "--sources", &path];
        args.extend(more);
        world.run(&args)
    }
}

fn council_serves(what: &str, held: Option<&str>) -> Reply {
    let (good, newer) = (
        un_list("2026-02-27", 100, 20),
        un_list("2026-03-05", 101, 21),
    );
    let tagged = |tag: &str, body: &str| {
        if held == Some(tag) {
            Reply::new(304, &[("etag", tag)], "")
        } else {
            Reply::new(200, &[("etag", tag)], body)
        }
    };
    match what {
        "good" => tagged("\"g1\"", &good),
        "newer" => tagged("\"n1\"", &newer),
        "older" => Reply::new(200, &[], un_list("2026-01-01", 100, 20)),
        "future" => Reply::new(200, &[], un_list("2999-01-01", 100, 20)),
        "half" => tagged("\"h1\"", &un_list("2026-03-05", 100, 10)),
        "three" => Reply::new(200, &[], un_list("2026-03-05", 100, 3)),
        "empty list" => Reply::new(200, &[], un_list("2026-03-05", 100, 0)),
        "cut by length" => Reply::with_length(200, &[], "99999", &newer),
        "cut inside" => Reply::new(200, &[], &newer[..newer.len() / 2]),
        "page" => Reply::new(200, &[("content-type", "text/html")], "<html>Please sign in</html>"),
        "other list" => Reply::new(200, &[], include_str!("../../../formats/tests/fixtures/watchlists/sema.xml")),
        "entities" => Reply::new(
            200,
            &[],
            newer.replace(
                "\n<CONSOLIDATED_LIST",
                "\n<!DOCTYPE x [<!ENTITY a \"aaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>\n<CONSOLIDATED_LIST",
            ).replace("OMAR", "&b;"),
        ),
        "slow" => Reply::stream(|_| thread::sleep(Duration::from_millis(2_500))),
        _ => Reply::new(500, &[], "out of order"),
    }
}

fn digest_of(what: &str) -> Reply {
    match council_serves(what, None) {
        Reply::Bytes(bytes) => {
            let body = bytes.windows(4).position(|w| w == b"\r\n\r\n").unwrap() + 4;
            Reply::new(
                200,
                &[],
                format!("{}  un.xml\n", hex_sha256(&bytes[body..])),
            )
        }
        Reply::Stream(_) => Reply::new(404, &[], ""),
    }
}

/// Source, snapshot and whether it is stale of the lists in use.
fn in_use(world: &World) -> Vec<(String, String, Value)> {
    let rows = world.run(&["lists", "show", "--json"]).ok().lines();
    let active = rows.iter().filter(|row| row["active"] == true);
    let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
    active
        .map(|row| {
            (
                text(row, "source"),
                text(row, "snapshot"),
                row["stale"].clone(),
            )
        })
        .collect()
}

#[test]
fn good_lists_are_taken_kept_while_unchanged_and_replaced_by_newer_ones() {
    let (world, publishers) = (World::empty(), Publishers::start());
    let dry = publishers
        .update(&world, &["--dry-run", "--json"])
        .ok()
        .lines();
    assert!(dry.iter().all(|l| l["result"] == "would_update"), "{dry:?}");
    assert!(in_use(&world).is_empty());

    let first = publishers.update(&world, &["--json"]).ok().lines();
    assert!(first.iter().all(|l| l["result"] == "updated"), "{first:?}");
    let before = in_use(&world);
    assert_eq!(before.len(), 2);
    assert!(
        before.iter().all(|(_, _, stale)| *stale == false),
        "{before:?}"
    );

    let second = publishers.update(&world, &["--json"]).ok().lines();
    assert!(
        second.iter().all(|l| l["result"] == "unchanged"),
        "{second:?}"
    );
    assert_eq!(in_use(&world), before);

    let book = world.file(
        "book.csv",
        "id,name,type\nC-1,Omar Probe120,person\nC-2,Anna Clear,person\n",
    );
    world.run(&["monitor", "import", &book, "--quiet"]).ok();
    publishers.serve("newer");
    let third = publishers
        .update(&world, &["--source", "un-sc", "--json"])
        .ok()
        .lines();
    // The source, what changed, and whom that touches.
    assert_eq!(
        third[1]["delta"]["added"].as_array().unwrap().len(),
        2,
        "{third:?}"
    );
    assert_eq!(third[1]["delta"]["removed"].as_array().unwrap().len(), 1);
    assert_eq!(
        (third.len(), &third[2]["who"]),
        (3, &"C-1".into()),
        "{third:?}"
    );
    // 100 went, 120 and 121 came.
    assert_eq!(
        (
            &third[0]["added"],
            &third[0]["changed"],
            &third[0]["removed"]
        ),
        (&2.into(), &0.into(), &1.into()),
        "{third:?}"
    );
    let found = world.run_with(
        &["screen", "--input", "-"],
        b"id,name,type\n1,Omar Probe121,person\n",
    );
    assert_eq!(found.lines()[0]["status"], "alert", "{}", found.out);
}

/// Whatever one publisher sends, its last good list stays, and the other
/// publisher's list is taken all the same.
#[test]
fn a_hostile_publisher_changes_nothing_and_stops_nobody() {
    let (world, publishers) = (World::empty(), Publishers::start());
    publishers.update(&world, &[]).ok();
    let before = in_use(&world);
    let cases = [
        ("older", "earlier"),
        ("future", "future"),
        ("half", "shrank"),
        ("three", "at least 5"),
        ("empty list", "un-sc"),
        ("cut by length", "cut off"),
        ("cut inside", "un.xml"),
        ("page", "web page"),
        ("other list", "ca-sema"),
        ("entities", "un.xml"),
        ("out of order", "answered 500"),
    ];
    for (what, word) in cases {
        publishers.serve(what);
        let ran = publishers.update(&world, &[]).exits(1);
        let line = ran
            .err
            .lines()
            .find(|l| l.starts_with("error: un-sc: refused"));
        let line = line.unwrap_or_else(|| panic!("{what}: {}", ran.err));
        assert!(
            line.contains(word) && line.contains("stays in use"),
            "{what}: {line}"
        );
        assert!(
            ran.out.contains("ftm-veldania-sanctions: unchanged"),
            "{what}: {}",
            ran.out
        );
        assert_eq!(in_use(&world), before, "{what}");
    }
    // A refused list is asked for whole the next time, and refused again.
    publishers.serve("half");
    for _ in 0..2 {
        let ran = publishers
            .update(&world, &["--source", "un-sc", "--json"])
            .exits(1);
        assert_eq!(ran.lines()[0]["result"], "refused", "{}", ran.out);
    }
    publishers.update(&world, &["--accept"]).exits(2);
    let taken = publishers.update(&world, &["--accept", "--source", "un-sc", "--json"]);
    assert_eq!(taken.ok().lines()[0]["result"], "updated");
}

#[test]
fn a_published_digest_must_agree() {
    let (world, publishers) = (World::empty(), Publishers::start());
    let digest = format!("sha256_url = '{}'", publishers.server.url("/un.sha256"));
    publishers.update_with(&world, &digest, &[]).ok();
    let wrong = format!("sha256_url = '{}'", publishers.server.url("/v.sha256"));
    publishers.serve("newer");
    let ran = publishers
        .update_with(&world, &wrong, &["--source", "un-sc"])
        .exits(1);
    assert!(ran.err.contains("SHA-256"), "{}", ran.err);
    publishers
        .update_with(&world, &digest, &["--source", "un-sc"])
        .ok();
}

#[test]
fn two_updates_at_once_are_one_too_many() {
    let (world, publishers) = (World::empty(), Publishers::start());
    publishers.serve("slow");
    thread::scope(|scope| {
        let first = scope.spawn(|| publishers.update(&world, &["--source", "un-sc"]));
        let begun = std::time::Instant::now();
        while publishers.server.seen().is_empty() && begun.elapsed() < Duration::from_secs(60) {
            thread::sleep(Duration::from_millis(20));
        }
        let second = publishers.update(&world, &[]).exits(1);
        assert!(second.err.contains("another update"), "{}", second.err);
        let first = first.join().unwrap().exits(1);
        assert!(first.err.contains("no earlier one"), "{}", first.err);
    });
    let shown = world.run(&["lists", "show"]).ok();
    assert!(shown.err.contains("un-sc was never taken"), "{}", shown.err);
}

#[test]
fn sources_are_checked_before_anything_is_fetched() {
    let (world, publishers) = (World::empty(), Publishers::start());
    let ran = publishers.update_with(&world, "max_byte = 1", &[]).exits(1);
    assert!(
        ran.err.contains("sources.toml:") && ran.err.contains("max_byte"),
        "{}",
        ran.err
    );
    let ran = publishers.update(&world, &["--source", "xx"]).exits(1);
    assert!(ran.err.contains("un-sc"), "{}", ran.err);
    assert!(publishers.server.seen().is_empty());
}
