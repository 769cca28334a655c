//! Customer books, runs, alerts and the outbox, on both databases.

use crate::support::{World, at, date, entity, now, on_both_databases, party};
use portcullis_casework::AlertState;
use portcullis_domain::ListedHit;
use portcullis_store::{
    AlertFilter, Customer, MonitorRun, NewAlert, NewPart, NewRun, Page, PartKind, ScreeningDetail,
    Store, StoreError,
};

on_both_databases!(
    a_book_is_kept_by_number_and_version,
    a_run_ends_once_and_only_when_whole,
    an_alert_is_raised_kept_and_ended,
    messages_are_given_out_until_they_arrive,
);

const PAGE: Page = Page {
    offset: 0,
    limit: 10,
};

fn customer(id: &str, name: &str) -> Customer {
    Customer {
        id: id.to_owned(),
        party: party(name),
    }
}

/// Loads customers and returns the version of the book.
async fn load(store: &Store, customers: &[(&str, &str)]) -> u64 {
    let import = store.begin_customers("main", "ops", now()).await.unwrap();
    let given = customers
        .iter()
        .map(|(id, name)| customer(id, name))
        .collect();
    store
        .put_customers(&import, given, "ops", now())
        .await
        .unwrap();
    store.customer_book("main").await.unwrap().version
}

async fn a_book_is_kept_by_number_and_version(world: World) {
    let store = world.open().await;
    let first = load(&store, &[("C-1", "Zaphira Quillendorf"), ("C-2", "Other")]).await;
    let import = store.begin_customers("main", "ops", now()).await.unwrap();
    let given = vec![
        customer("C-2", "Other"),
        customer("C-3", "Third"),
        customer("C-3", "Third Renamed"),
    ];
    let counts = store
        .put_customers(&import, given, "ops", now())
        .await
        .unwrap();
    assert_eq!((counts.added, counts.unchanged, counts.repeated), (1, 1, 1));
    let book = store.customer_book("main").await.unwrap();
    assert_eq!(book.customers, 3);
    assert!(book.version > first);
    // What came or changed since, and nothing else.
    let since = (first, book.version);
    let changed = store.customers_after("main", "", since, 10).await.unwrap();
    assert_eq!(changed, [customer("C-3", "Third Renamed")]);
    assert_eq!(store.customers_changed("main", since).await.unwrap(), 1);
    let before = store.customers_digest("main").await.unwrap();
    assert_eq!(store.customers_not_named(&import).await.unwrap(), 1);
    let gone = store
        .remove_customers_not_named(&import, "ops", now())
        .await
        .unwrap();
    assert_eq!(gone, 1);
    let after = store.customers_digest("main").await.unwrap();
    assert_eq!(after.0, 2);
    assert_ne!(before.1, after.1);
    // Removal is a change too: whoever prepared the book before knows.
    assert!(store.customer_book("main").await.unwrap().version > book.version);
    // An import that was overtaken may not go on.
    store.begin_customers("main", "ops", now()).await.unwrap();
    let late = store
        .put_customers(&import, vec![customer("C-9", "Late")], "ops", now())
        .await;
    assert!(matches!(late, Err(StoreError::Conflict(_))), "{late:?}");
    for bad in ["", "a\0b", &"x".repeat(300)] {
        let refused = store
            .put_customers(&import, vec![customer(bad, "N")], "ops", now())
            .await;
        assert!(matches!(refused, Err(StoreError::Invalid(_))), "{bad}");
    }
    let bodies = world.column("SELECT body FROM events").await.join(" ");
    assert!(!bodies.contains("Zaphira"), "{bodies}");
    assert_eq!(store.check().await.unwrap().problem, None);
}

fn plan(version: u64, parts: u64, customers: u64) -> NewRun {
    NewRun {
        book: "main".to_owned(),
        book_version: version,
        customers,
        customers_digest: "d".repeat(64),
        lists: "ls-1".to_owned(),
        since: None,
        engine: "3.0".to_owned(),
        threshold: 7_000,
        weak: false,
        as_of: date("2026-11-22"),
        customers_to_screen: customers,
        entities_to_screen: 0,
        entities_digest: "e".repeat(64),
        parts,
    }
}

fn part(position: u64, customers: u64, alerts: Vec<NewAlert>) -> NewPart {
    NewPart {
        position,
        kind: PartKind::Customers,
        upto: format!("C-{position}"),
        customers,
        entities: 0,
        partial: 0,
        unscreened: 0,
        not_whole: Vec::new(),
        alerts,
    }
}

fn alert(customer: &str, number: &str, score: i64, strong: bool) -> NewAlert {
    NewAlert {
        customer_id: customer.to_owned(),
        party: party("Zaphira Quillendorf"),
        entity_id: number.to_owned(),
        entity: entity(number),
        hit: ListedHit {
            entity_id: number.to_owned(),
            caption: format!("Name of {number}"),
            lists: vec!["un-sc".to_owned()],
            score,
            millibits: 5_000,
            strong,
            reasons: vec!["alike".to_owned()],
            disposition: None,
        },
        state: AlertState::Open,
        judged: None,
    }
}

async fn done(store: &Store, run: &MonitorRun, alerts: Vec<NewAlert>, count: u64) {
    store
        .record_part(run, part(0, count, alerts), "ops", now())
        .await
        .unwrap();
}

async fn a_run_ends_once_and_only_when_whole(world: World) {
    let store = world.open().await;
    let version = load(&store, &[("C-1", "A"), ("C-2", "B")]).await;
    let run = store
        .begin_run(plan(version, 2, 2), "ops", now())
        .await
        .unwrap();
    let other = store.begin_run(plan(version, 2, 2), "ops", now()).await;
    assert!(
        matches!(other, Err(StoreError::Conflict(_))),
        "one at a time"
    );
    done(&store, &run, Vec::new(), 1).await;
    let early = store.complete_run(&run, &[], "ops", now()).await;
    assert!(matches!(early, Err(StoreError::Invalid(_))), "{early:?}");
    let again = store
        .record_part(&run, part(0, 1, Vec::new()), "ops", now())
        .await;
    assert!(
        matches!(again, Err(StoreError::Conflict(_))),
        "a part is done once"
    );
    assert_eq!(store.running("main").await.unwrap().unwrap().parts_done, 1);
    store
        .record_part(&run, part(1, 1, Vec::new()), "ops", now())
        .await
        .unwrap();
    let completed = store.complete_run(&run, &[], "ops", now()).await.unwrap();
    assert_eq!(
        (completed.customers_screened, completed.left_to_next),
        (2, 0)
    );
    let twice = store.complete_run(&run, &[], "ops", now()).await;
    assert!(matches!(twice, Err(StoreError::Conflict(_))), "{twice:?}");
    assert!(store.running("main").await.unwrap().is_none());
    assert_eq!(
        store.last_completed("main").await.unwrap().unwrap().id,
        run.id
    );
    // The record is found by its code.
    let record = store.screening_by_code(&completed.code).await.unwrap();
    assert!(matches!(
        record.detail,
        Some(ScreeningDetail::Book {
            customers_screened: 2,
            ..
        })
    ));
    assert_eq!(store.check().await.unwrap().problem, None);
    world
        .run("UPDATE monitor_parts SET digest = 'other' WHERE position = 1")
        .await
        .unwrap();
    let problem = store.check().await.unwrap().problem.unwrap();
    assert!(
        problem.text.contains("parts of this rescreening"),
        "{problem:?}"
    );
}

async fn an_alert_is_raised_kept_and_ended(world: World) {
    let store = world.open().await;
    let version = load(&store, &[("C-1", "A"), ("C-2", "B")]).await;
    let run = store
        .begin_run(plan(version, 1, 2), "ops", now())
        .await
        .unwrap();
    let met = vec![
        alert("C-1", "un-sc:1", 7_500, false),
        alert("C-2", "un-sc:2", 7_200, true),
        alert("C-2", "un-sc:1", 9_900, false),
    ];
    done(&store, &run, met, 2).await;
    let completed = store.complete_run(&run, &[], "ops", now()).await.unwrap();
    assert_eq!((completed.raised, completed.hits), (3, 3));
    let all = store
        .alerts(&AlertFilter::on(date("2026-11-22")), PAGE)
        .await
        .unwrap();
    let order: Vec<(&str, i64)> = all
        .rows
        .iter()
        .map(|a| (a.entity_id.as_str(), a.score))
        .collect();
    // What is strong comes before what is merely alike.
    assert_eq!(
        order,
        [("un-sc:2", 7_200), ("un-sc:1", 9_900), ("un-sc:1", 7_500)]
    );
    let first = store
        .alert(&all.rows[1].id, date("2026-11-22"))
        .await
        .unwrap();
    assert_eq!(first, all.rows[1]);
    assert_eq!(first.evidence.unwrap().party, party("Zaphira Quillendorf"));

    // The next time C-2 meets nobody, and C-1 more clearly.
    let second = store
        .begin_run(plan(version, 1, 2), "ops", at("2026-11-23"))
        .await
        .unwrap();
    done(
        &store,
        &second,
        vec![alert("C-1", "un-sc:1", 8_000, false)],
        2,
    )
    .await;
    let completed = store
        .complete_run(&second, &[], "ops", at("2026-11-23"))
        .await
        .unwrap();
    assert_eq!((completed.raised, completed.gone), (0, 2));
    let open = AlertFilter {
        state: Some(AlertState::Open),
        ..AlertFilter::on(date("2026-11-23"))
    };
    let open = store.alerts(&open, PAGE).await.unwrap();
    assert_eq!((open.total, open.rows[0].score), (1, 8_000));
    assert_eq!(open.rows[0].raised_at, now());
    let bodies = world.column("SELECT body FROM events").await.join(" ");
    assert!(!bodies.contains("Zaphira"), "{bodies}");
    assert_eq!(store.check().await.unwrap().problem, None);
}

async fn messages_are_given_out_until_they_arrive(world: World) {
    let store = world.open().await;
    let hook = store
        .add_webhook("https://hooks.example/in", "whsec_secret", "ops", now())
        .await
        .unwrap();
    let version = load(&store, &[("C-1", "A")]).await;
    let run = store
        .begin_run(plan(version, 1, 1), "ops", now())
        .await
        .unwrap();
    done(&store, &run, vec![alert("C-1", "un-sc:1", 7_500, false)], 1).await;
    store.complete_run(&run, &[], "ops", now()).await.unwrap();
    let due = store.due_deliveries(now(), 10).await.unwrap();
    let kinds: Vec<&str> = due.iter().map(|d| d.kind.as_str()).collect();
    assert_eq!(kinds, ["monitor.alerts", "monitor.completed"]);
    assert_eq!(
        (due[0].secret.as_str(), due[0].attempts),
        ("whsec_secret", 0)
    );
    assert!(!due[0].body.contains("Zaphira") && due[0].body.contains("C-1"));
    assert!(!format!("{:?}", due[0]).contains("secret"));
    // Taken, they are not given out to another one at once.
    assert!(store.due_deliveries(now(), 10).await.unwrap().is_empty());
    store.delivered(&due[0].id, now()).await.unwrap();
    let later = at("2026-11-23");
    store
        .not_delivered(&due[1].id, "503", Some(later), now())
        .await
        .unwrap();
    assert_eq!(store.delivery_counts().await.unwrap(), [1, 1, 0]);
    let again = store.due_deliveries(later, 10).await.unwrap();
    assert_eq!(
        (again.len(), &again[0].id, again[0].attempts),
        (1, &due[1].id, 1)
    );
    store.remove_webhook(&hook.id, "ops", later).await.unwrap();
    assert_eq!(store.delivery_counts().await.unwrap(), [0, 1, 1]);
    assert!(store.webhooks().await.unwrap().is_empty());
    assert!(store.remove_webhook(&hook.id, "ops", later).await.is_err());
}
