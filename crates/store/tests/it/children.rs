//! What needs a process of its own: being killed, and a disk that is full. The
//! test binary starts itself again; the child does its part and the parent looks.

use crate::support::{World, assessment, now, on_both_databases, plainly, snapshot};
use portcullis_domain::{Issue, Outcome, hex_sha256};
use portcullis_store::{NewSnapshot, RawFile, Store, StoreConfig};
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

on_both_databases!(
    what_was_printed_survives_a_kill,
    a_full_disk_keeps_the_list_in_use,
);

const FOLDER: &str = "PORTCULLIS_TEST_CHILD_FOLDER";
const URL: &str = "PORTCULLIS_TEST_CHILD_URL";
const WHAT: &str = "PORTCULLIS_TEST_CHILD_IMPORT";

/// The store of the parent, if this process is a child.
fn childs_config() -> Option<StoreConfig> {
    Some(StoreConfig {
        data_dir: std::env::var_os(FOLDER)?.into(),
        database_url: std::env::var(URL).ok(),
        ledger_origin: "test.example/ledger".to_owned(),
    })
}

fn child(world: &World, test: &str, prefix: &str) -> Command {
    // `exec` so that the process that is killed is the one that writes.
    let script = format!("{prefix} exec \"$0\" --exact children::{test} --nocapture");
    let mut command = Command::new("sh");
    command
        .arg("-c")
        .arg(script)
        .arg(std::env::current_exe().unwrap());
    command.env(FOLDER, &world.config.data_dir);
    if let Some(url) = &world.config.database_url {
        command.env(URL, url);
    }
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// The child of [`what_was_printed_survives_a_kill`]: writes until it is killed.
#[tokio::test]
async fn child_writes() {
    let Some(config) = childs_config() else {
        return;
    };
    let store = Store::open(&config).await.unwrap();
    for n in 0.. {
        let batch = (0..50)
            .map(|k| assessment(&format!("{n}-{k}"), "x", Outcome::Release))
            .collect();
        let recorded = store.record(batch, "child", now()).await.unwrap();
        let mut out = std::io::stdout().lock();
        for one in recorded {
            writeln!(out, "recorded {}", one.decision_id).unwrap();
        }
        out.flush().unwrap();
        if n % 3 == 2 {
            store.checkpoint(now()).await.unwrap();
        }
    }
}

async fn what_was_printed_survives_a_kill(world: World) {
    world.open().await.close().await;
    for round in 1..=3 {
        let mut process = child(&world, "child_writes", "").spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut printed: Vec<String> = Vec::new();
        while printed.len() < 100 * round + 7 {
            let line = lines.next().unwrap().unwrap();
            printed.extend(line.strip_prefix("recorded ").map(str::to_owned));
        }
        process.kill().unwrap();
        process.wait().unwrap();
        let rest = lines.map_while(Result::ok);
        printed.extend(rest.filter_map(|l| l.strip_prefix("recorded ").map(str::to_owned)));
        // A line that was cut short by the kill is no id.
        printed.retain(|id| id.len() == 36);

        let store = world.open().await;
        for id in &printed {
            assert!(store.decision(id).await.unwrap().decision.is_some(), "{id}");
        }
        store.checkpoint(now()).await.unwrap();
        let report = store.check().await.unwrap();
        assert_eq!(report.problem, None);
        assert_eq!(report.decisions % 50, 0, "a batch is whole or not there");
        store.close().await;
    }
}

/// Imports that do not fit: one whose raw file is too large, one whose rows are.
fn too_large(what: &str) -> NewSnapshot {
    let mut new = snapshot("un-sc", Some("2026-11-21"), &[("un-sc", 5)]);
    match what {
        "raw" => new.files.push(RawFile {
            name: "huge.xml".to_owned(),
            bytes: vec![b'x'; 8 << 20],
        }),
        "segment" => new.entities[0].remarks = "x".repeat(8 << 20),
        _ => {
            let text = "y".repeat(2_000);
            new.issues = (0..4_000).map(|_| Issue::new("broken", &text)).collect();
        }
    }
    new.sha256 = hex_sha256(what.as_bytes());
    new
}

/// The child of [`a_full_disk_keeps_the_list_in_use`]: no file may grow beyond 2 MB.
#[tokio::test]
async fn child_imports() {
    let Some(config) = childs_config() else {
        return;
    };
    let what = std::env::var(WHAT).unwrap();
    let store = Store::open(&config).await.unwrap();
    let refused = store
        .import_snapshot(too_large(&what), plainly(), "child", now())
        .await;
    println!("refused: {}", refused.unwrap_err());
}

async fn a_full_disk_keeps_the_list_in_use(world: World) {
    let store = world.open().await;
    let good = snapshot("un-sc", Some("2026-11-20"), &[("un-sc", 5)]);
    let good = store
        .import_snapshot(good, plainly(), "ops", now())
        .await
        .unwrap();
    let files = |folder: &str| {
        let entries = std::fs::read_dir(world.config.data_dir.join(folder)).unwrap();
        entries.map(|e| e.unwrap().file_name()).collect::<Vec<_>>()
    };
    let before = (files("raw"), files("segments"));
    // The rows of an import lie in the files of the server on PostgreSQL, which
    // has no limit here.
    let kinds: &[&str] = if world.is_sqlite() {
        &["raw", "segment", "rows"]
    } else {
        &["raw", "segment"]
    };
    for what in kinds {
        // 4,096 blocks of 512 bytes; the signal would kill instead of failing the write.
        let limit = "trap '' XFSZ; ulimit -f 4096;";
        let output = child(&world, "child_imports", limit)
            .env(WHAT, what)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            said.contains("refused: the disk is full"),
            "{what}: {said} {}",
            String::from_utf8_lossy(&output.stderr)
        );
        assert_eq!(
            (files("raw"), files("segments")),
            before,
            "{what}: no file is left"
        );
        let rows = store.snapshots().await.unwrap();
        assert_eq!(rows.len(), 1, "{what}");
        assert!(rows[0].active && rows[0].id == good.snapshot_id, "{what}");
        assert_eq!(store.entities(&good.snapshot_id).await.unwrap().len(), 5);
    }
    // With room again, it goes through.
    let done = store
        .import_snapshot(too_large("raw"), plainly(), "ops", now())
        .await;
    assert!(done.is_ok(), "{done:?}");
    assert_eq!(store.check().await.unwrap().problem, None);
}
