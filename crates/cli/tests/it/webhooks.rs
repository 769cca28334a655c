//! Webhooks through the program: added, signed, tried again, delivered once.

use crate::server::{Reply, Server};
use crate::world::{Ran, World, root};
use base64::{Engine, engine::general_purpose::STANDARD};
use std::{
    fs,
    path::Path,
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The policies, with leave to tell this machine.
fn policies(world: &World) -> String {
    let folder = world.path().join("policies");
    copy(&root().join("policies"), &folder);
    let file = folder.join("installation.toml");
    let text = fs::read_to_string(&file).unwrap();
    let open = text
        .replace("private_addresses = false", "private_addresses = true")
        .replace("plain_http = false", "plain_http = true");
    assert_ne!(open, text);
    fs::write(&file, open).unwrap();
    folder.to_str().unwrap().to_owned()
}

#[test]
fn a_message_is_signed_tried_again_after_a_failure_and_delivered_once() {
    let world = World::empty();
    let tries = AtomicU32::new(0);
    let server = Server::start(move |_| match tries.fetch_add(1, Ordering::SeqCst) {
        0 => Reply::new(500, &[], "not yet"),
        _ => Reply::new(204, &[], ""),
    });
    let policies = policies(&world);
    let run = |args: &[&str]| -> Ran {
        let args = [&["webhooks"], args, &["--json", "--policies", &policies]].concat();
        world.run(&args)
    };
    let added = run(&["add", &server.url("/hook")]).ok().lines().remove(0);
    let (id, secret) = (
        added["webhook"].as_str().unwrap(),
        added["secret"].as_str().unwrap(),
    );
    let shown = run(&["list"]).ok().out;
    assert!(shown.contains(id) && !shown.contains(secret), "{shown}");

    let first = run(&["test", id]).exits(3);
    assert_eq!(first.lines()[0]["later"], 1, "{}", first.out);
    assert!(
        first.err.contains("answered 500") && !first.err.contains(secret),
        "{}",
        first.err
    );
    // Not due yet: nothing is sent, nothing is said to be wrong.
    assert_eq!(run(&["deliver"]).ok().lines()[0]["delivered"], 0);
    let begun = Instant::now();
    while run(&["deliver"]).ok().lines()[0]["delivered"] != 1 {
        assert!(begun.elapsed() < Duration::from_secs(60), "never delivered");
        thread::sleep(Duration::from_millis(500));
    }
    assert_eq!(run(&["deliver"]).ok().lines()[0]["delivered"], 0);

    let seen = server.seen();
    assert_eq!(seen.len(), 2, "one failure, one success, nothing twice");
    assert_eq!(seen[0].header("webhook-id"), seen[1].header("webhook-id"));
    let key = STANDARD
        .decode(secret.strip_prefix("whsec_").unwrap())
        .unwrap();
    for request in &seen {
        let expected = request.webhook_signature(&key);
        let given = request.header("webhook-signature");
        assert_eq!(given, Some(expected.as_str()));
    }
    run(&["remove", id]).ok();
    run(&["remove", id]).exits(1);
    run(&["test", id]).exits(1);
    // The secret lies in no file of the data folder as it is.
    for entry in fs::read_dir(world.path().join("data")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = fs::read(&path).unwrap();
            let secret = secret.as_bytes();
            let there = bytes.windows(secret.len()).any(|w| w == secret);
            assert!(!there, "{}", path.display());
        }
    }
}

#[test]
fn addresses_inside_the_house_need_leave_in_the_configuration() {
    let world = World::empty();
    for url in [
        "http://127.0.0.1:9/",
        "https://127.0.0.1:9/",
        "https://10.0.0.1/x",
        "nonsense",
    ] {
        let ran = world.run(&["webhooks", "add", url]).exits(1);
        assert!(ran.err.contains("cannot be used"), "{url}: {}", ran.err);
    }
    let ran = world.run_with(
        &[
            "webhooks",
            "add",
            "https://hooks.example/",
            "--secret-stdin",
        ],
        b"too short",
    );
    assert!(ran.exits(1).err.contains("24 to 64 bytes"));
}

/// What a run raised is told at its end, without anybody asking.
#[test]
fn a_rescreening_tells_what_it_raised() {
    let world = World::with_samples();
    let server = Server::start(|_| Reply::new(204, &[], ""));
    let policies = policies(&world);
    let run = |args: &[&str]| world.run(&[args, &["--policies", &policies]].concat());
    run(&["webhooks", "add", &server.url("/hook")]).ok();
    let book = world.file(
        "book.csv",
        "id,name,type\nc1,Yaroslav Arkadyevich Drobyshchev,person\nc2,Anna Beispiel,person\n",
    );
    run(&["monitor", "import", &book]).ok();
    let ran = run(&["monitor", "run"]).ok();
    assert!(ran.err.contains("2 delivered"), "{}", ran.err);
    let bodies: Vec<serde_json::Value> = server
        .seen()
        .iter()
        .map(|request| serde_json::from_slice(&request.body).unwrap())
        .collect();
    let types: Vec<&str> = bodies.iter().map(|b| b["type"].as_str().unwrap()).collect();
    assert!(
        types.contains(&"monitor.alerts") && types.contains(&"monitor.completed"),
        "{types:?}"
    );
    // Ids and counts go out, names do not.
    let all = serde_json::to_string(&bodies).unwrap();
    assert!(!all.contains("Drobyshchev"), "{all}");
}
