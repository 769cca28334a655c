//! Customer books: rescreened by what changed, through kills, with what was
//! judged remembered.

use crate::world::World;
use portcullis_casework::{Terms, Verdict};
use portcullis_store::{AlertFilter, NewDisposition, Page, Store, StoreConfig};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A list of persons: id, name, birth date.
fn list(world: &World, file: &str, persons: &[(&str, &str, &str)]) -> String {
    let line = |(id, name, born): &(&str, &str, &str)| {
        let birth: Vec<&str> = [*born].into_iter().filter(|b| !b.is_empty()).collect();
        json!({
            "id": id, "schema": "Person", "datasets": ["veldania-sanctions"],
            "properties": {"name": [name], "birthDate": birth, "topics": ["sanction"]},
        })
        .to_string()
    };
    let lines: Vec<String> = persons.iter().map(line).collect();
    world.file(file, lines.join("\n") + "\n")
}

fn import(world: &World, file: &str, day: &str) {
    world
        .run(&[
            "lists",
            "import",
            file,
            "--published",
            day,
            "--accept",
            "--quiet",
        ])
        .ok();
}

const FIRST: [(&str, &str, &str); 3] = [
    ("v1", "Yaroslav Arkadyevich Drobyshchev", "1968-04-01"),
    ("v2", "Timofey Glebovich Kalugarov", ""),
    ("v3", "Gleb Platonovich Ostrovidov", "1985-01-17"),
];

const BOOK: &str = "id,name,type,birth_date,country\n\
    C-1,Drobyshchev Yaroslav Arkadyevich,person,1968-04-01,RU\n\
    C-2,Timofey Kalugarov,person,,RU\n\
    C-3,Marta Gardening Lindqvist,person,1970-01-01,SE\n\
    C-4,Izmir Garden Centre,organisation,,TR\n";

fn run(world: &World) -> Value {
    let ran = world.run(&["monitor", "run", "--json", "--quiet"]).ok();
    ran.lines().remove(0)
}

/// Customer, entity and state of every alert.
fn alerts(world: &World) -> BTreeSet<(String, String, String)> {
    let ran = world
        .run(&[
            "monitor", "alerts", "--state", "all", "--json", "--limit", "100000",
        ])
        .ok();
    let text = |line: &Value, key: &str| line[key].as_str().unwrap().to_owned();
    let lines = ran.lines();
    let alert = |l: &Value| (text(l, "customer"), text(l, "entity_id"), text(l, "state"));
    lines.iter().map(alert).collect()
}

fn pairs(world: &World, state: &str) -> Vec<(String, String)> {
    let all = alerts(world).into_iter().filter(|a| a.2 == state);
    all.map(|(customer, entity, _)| (customer, entity))
        .collect()
}

async fn store(world: &World) -> Store {
    let config = StoreConfig {
        data_dir: world.path().join("data"),
        database_url: world.database().map(str::to_owned),
        ledger_origin: "portcullis.example/ledger".to_owned(),
    };
    Store::open(&config).await.unwrap()
}

/// Two people judge the alert of a customer: not the same.
fn clear(world: &World, customer: &str) -> String {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = store(world).await;
        let now = jiff::Timestamp::now();
        let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
        let filter = AlertFilter {
            customer_id: Some(customer.to_owned()),
            ..AlertFilter::on(today)
        };
        let page = Page {
            offset: 0,
            limit: 1,
        };
        let alert = store.alerts(&filter, page).await.unwrap().rows.remove(0);
        let customer = alert.customer().cloned();
        let evidence = alert.evidence.unwrap();
        let new = NewDisposition {
            party: evidence.party,
            customer,
            entity: evidence.entity,
            verdict: Verdict::NotSame,
            reason: "seen his passport".to_owned(),
            expires_on: None,
            engine_major: portcullis_screening::ENGINE_VERSION.0,
            terms: Terms {
                second_needed: true,
                longest_days: 365,
            },
            rests_on: Some(alert.id.clone()),
        };
        let made = store.propose_disposition(new, "ann", now).await.unwrap();
        let waiting = store.alert(&alert.id, today).await.unwrap();
        assert_eq!(waiting.state.as_str(), "awaiting");
        let id = made.disposition.id;
        store.confirm_disposition(&id, "ben", now).await.unwrap();
        store.close().await;
        id
    })
}

fn pair(customer: &str, entity: &str) -> (String, String) {
    (customer.to_owned(), entity.to_owned())
}

/// The id under which an entry of the list stands.
fn entity(number: &str) -> String {
    format!("veldania-sanctions:{number}")
}

fn first_everything_then_what_changed(world: &World) {
    import(world, &list(world, "one.jsonl", &FIRST), "2026-11-01");
    let book = world.file("book.csv", BOOK);
    let loaded = world
        .run(&["monitor", "import", &book, "--json", "--quiet"])
        .ok();
    let loaded = loaded.lines().remove(0);
    assert_eq!((&loaded["added"], &loaded["bad"]), (&json!(4), &json!(0)));
    let first = run(world);
    assert_eq!(
        (&first["kind"], &first["customers_screened"]),
        (&json!("full"), &json!(4))
    );
    let (one, two) = (entity("v1"), entity("v2"));
    assert_eq!(pairs(world, "open"), [pair("C-1", &one), pair("C-2", &two)]);

    // Nothing changed: nothing is screened, and the record says so.
    let idle = run(world);
    assert_eq!((&idle["kind"], &idle["hits"]), (&json!("delta"), &json!(0)));
    assert_eq!(
        (&idle["customers_screened"], &idle["entities_screened"]),
        (&json!(0), &json!(0))
    );
    assert_eq!(idle["since"], first["run"]);

    // One entry leaves the list, one comes: only that one is asked for.
    let second = [FIRST[0], FIRST[2], ("v9", "Marta Gardening Lindqvist", "")];
    let imported = list(world, "two.jsonl", &second);
    let told = world
        .run(&[
            "lists",
            "import",
            &imported,
            "--published",
            "2026-11-08",
            "--accept",
        ])
        .ok();
    assert!(
        told.out
            .contains("delta: 1 added, 1 removed, 0 changed, 0 renumbered"),
        "{}",
        told.out
    );
    assert!(told.out.contains("C-3"), "{}", told.out);
    let delta = run(world);
    assert_eq!(
        (
            &delta["entities_screened"],
            &delta["raised"],
            &delta["gone"]
        ),
        (&json!(1), &json!(1), &json!(1))
    );
    assert_eq!(
        pairs(world, "open"),
        [pair("C-1", &one), pair("C-3", &entity("v9"))]
    );
    assert_eq!(pairs(world, "gone"), [pair("C-2", &two)]);

    // The book changes: a new customer, one with another name, one left out, a bad row.
    let changed = "id,name,type,birth_date,country\n\
        C-1,Somebody Quite Else,person,1968-04-01,RU\n\
        C-3,Marta Gardening Lindqvist,person,1970-01-01,SE\n\
        C-5,Gleb Ostrovidov,person,1985-01-17,RU\n";
    let bad = world.file("bad.csv", format!("{changed},Nobody,person,,\n"));
    let refused = world
        .run(&["monitor", "import", &bad, "--replace", "--json", "--quiet"])
        .exits(3);
    let refused = refused.lines().remove(0);
    assert_eq!(
        (&refused["removed"], &refused["kept"], &refused["bad"]),
        (&json!(0), &json!(2), &json!(1))
    );
    let good = world.file("good.csv", changed);
    let taken = world
        .run(&[
            "monitor",
            "import",
            &good,
            "--replace",
            "--accept",
            "--json",
            "--quiet",
        ])
        .ok();
    assert_eq!(taken.lines()[0]["removed"], json!(2));
    let report = world.path().join("report.csv");
    let report = report.to_str().unwrap();
    world
        .run(&["monitor", "run", "--quiet", "--report", report])
        .ok();
    assert_eq!(
        pairs(world, "open"),
        [pair("C-3", &entity("v9")), pair("C-5", &entity("v3"))]
    );
    let report = std::fs::read_to_string(report).unwrap();
    assert!(report.contains("C-5,Gleb Ostrovidov"), "{report}");
    // C-3 did not change, so that this run did not look at it.
    assert_eq!(report.lines().count(), 2, "{report}");
    let shown = world.run(&["monitor", "status"]).ok().out;
    assert!(shown.contains("book=main customers=3"), "{shown}");
    world.run(&["ledger", "check"]).ok();
}

#[test]
fn a_book_is_screened_by_what_changed() {
    first_everything_then_what_changed(&World::empty());
}

#[test]
fn the_same_on_postgres() {
    match World::on_postgres() {
        Some(world) => first_everything_then_what_changed(&world),
        None => eprintln!("skipped: PORTCULLIS_TEST_POSTGRES names no server"),
    }
}

#[test]
fn a_judgement_follows_the_entry_and_reopens_with_it() {
    let world = World::empty();
    import(&world, &list(&world, "one.jsonl", &FIRST), "2026-11-01");
    let book = world.file("book.csv", BOOK);
    world.run(&["monitor", "import", &book, "--quiet"]).ok();
    run(&world);
    clear(&world, "C-1");
    let (one, new) = (entity("v1"), entity("v100"));
    assert_eq!(pairs(&world, "cleared"), [pair("C-1", &one)]);

    // The same entry under another number.
    let renumbered = [("v100", FIRST[0].1, FIRST[0].2), FIRST[1], FIRST[2]];
    let file = list(&world, "two.jsonl", &renumbered);
    let told = world
        .run(&["lists", "import", &file, "--published", "2026-11-08"])
        .ok();
    assert!(
        told.out
            .contains("0 added, 0 removed, 0 changed, 1 renumbered"),
        "{}",
        told.out
    );
    let delta = run(&world);
    assert_eq!(
        (&delta["hits"], &delta["raised"], &delta["gone"]),
        (&json!(1), &json!(1), &json!(1))
    );
    assert_eq!(pairs(&world, "cleared"), [pair("C-1", &new)]);
    assert_eq!(pairs(&world, "gone"), [pair("C-1", &one)]);

    // The list learns another birth date: somebody has to look again.
    let learnt = [("v100", FIRST[0].1, "1968-04-02"), FIRST[1], FIRST[2]];
    import(&world, &list(&world, "three.jsonl", &learnt), "2026-11-15");
    run(&world);
    assert_eq!(pairs(&world, "cleared"), []);
    assert!(pairs(&world, "open").contains(&pair("C-1", &new)));
    world.run(&["ledger", "check"]).ok();
}

/// Customers enough for several parts; each tenth is on the list.
fn long_book() -> String {
    let mut book = String::from("id,name,type\n");
    for n in 0..9_000 {
        let name = if n % 10 == 0 {
            FIRST[n / 10 % 3].1.to_owned()
        } else {
            format!("Customer Number{n} Ordinary")
        };
        book.push_str(&format!("C-{n:05},{name},person\n"));
    }
    book
}

#[test]
fn a_killed_run_goes_on_and_ends_as_if_nothing_had_been() {
    let whole = World::empty();
    let killed = World::empty();
    for world in [&whole, &killed] {
        import(world, &list(world, "one.jsonl", &FIRST), "2026-11-01");
        let book = world.file("book.csv", long_book());
        world.run(&["monitor", "import", &book, "--quiet"]).ok();
    }
    let undisturbed = run(&whole);

    let mut child = killed
        .command(&["monitor", "run", "--quiet"])
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let parts_done = || {
        let shown = killed.run(&["monitor", "status", "--json"]);
        shown.lines()[0]["runs"][0]["parts_done"]
            .as_u64()
            .unwrap_or(0)
    };
    while parts_done() == 0 && child.try_wait().unwrap().is_none() {}
    child.kill().unwrap();
    child.wait().unwrap();
    let resumed = run(&killed);
    for key in [
        "customers_screened",
        "hits",
        "partial",
        "unscreened",
        "left_to_next",
    ] {
        assert_eq!(resumed[key], undisturbed[key], "{key}");
    }
    assert_eq!(alerts(&killed), alerts(&whole));
    assert_eq!(alerts(&killed).len(), 900);

    let runtime = tokio::runtime::Runtime::new().unwrap();
    let completed = runtime.block_on(async {
        let store = store(&killed).await;
        let page = Page {
            offset: 0,
            limit: 10,
        };
        let runs = store.monitor_runs(Some("main"), page).await.unwrap();
        store.close().await;
        let completed = runs.rows.iter().filter(|r| r.state.as_str() == "completed");
        completed.count()
    });
    // If the kill came too late there are two whole runs, and the second had nothing to do.
    if resumed["kind"] == json!("full") {
        assert_eq!(completed, 1);
    }
    killed.run(&["ledger", "check"]).ok();
}

#[test]
fn a_cleared_party_passes_and_the_decision_says_why() {
    let world = World::with_samples();
    let declaration = |reference: &str| {
        world.file(
            &format!("{reference}.json"),
            json!({
                "reference": reference, "movement": "export", "destination": "TR",
                "parties": [
                    {"role": "exporter", "name": "Northwind Tools Ltd", "address": {"country": "US"}},
                    {"role": "consignee", "name": "Timofey Glebovich Kalugarov", "type": "person", "address": {"street": "Yol 1", "city": "Izmir", "country": "TR"}},
                ],
                "items": [{"description": "garden chairs", "codes": [{"scheme": "hs", "value": "940179"}]}],
            })
            .to_string(),
        )
    };
    let assessed = |reference: &str| {
        let ran = world.run(&["assess", &declaration(reference), "--quiet"]);
        ran.lines().remove(0)
    };
    let codes = |line: &Value| -> Vec<String> {
        let findings = line["findings"].as_array().unwrap().iter();
        findings
            .map(|f| f["code"].as_str().unwrap().to_owned())
            .collect()
    };
    let before = assessed("R-1");
    assert_eq!(before["outcome"], json!("prohibited"), "{before}");

    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = store(&world).await;
        let now = jiff::Timestamp::now();
        let decided = store
            .decision(before["decision_id"].as_str().unwrap())
            .await
            .unwrap();
        let party = decided.transaction.unwrap().parties.remove(1).party;
        for hit in &decided.decision.unwrap().screened[1].hits {
            let snapshots = store.snapshots().await.unwrap();
            let mut listed = None;
            for snapshot in snapshots {
                let entities = store.entities(&snapshot.id).await.unwrap();
                listed = listed.or(entities.into_iter().find(|e| e.id == hit.entity_id));
            }
            let new = NewDisposition {
                party: party.clone(),
                customer: None,
                entity: listed.unwrap(),
                verdict: Verdict::NotSame,
                reason: "a gardener of the same name".to_owned(),
                expires_on: None,
                engine_major: portcullis_screening::ENGINE_VERSION.0,
                terms: Terms {
                    second_needed: false,
                    longest_days: 30,
                },
                rests_on: None,
            };
            store.propose_disposition(new, "ann", now).await.unwrap();
        }
        store.close().await;
    });
    let after = assessed("R-2");
    assert_ne!(after["outcome"], json!("prohibited"), "{after}");
    let found = codes(&after);
    assert!(
        found.contains(&"cleared-listed-party".to_owned()),
        "{after}"
    );
    assert!(
        !found
            .iter()
            .any(|c| c == "listed-party" || c == "possible-listed-party"),
        "{found:?}"
    );
    let text = after.to_string();
    assert!(
        text.contains("judged not the same on") && text.contains("by ann"),
        "{text}"
    );
}
