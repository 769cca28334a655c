//! Every screening leaves a record that is found again by its code, and that
//! nobody changes unseen.

use crate::support::{World, at, date, now, on_both_databases, party};
use portcullis_domain::ListedHit;
use portcullis_store::{
    NewScreening, Page, ScreeningDetail, ScreeningFilter, ScreeningRecorder, ScreeningResult,
    ScreeningSource, Store, StoreError,
};

on_both_databases!(
    a_batch_is_recorded_and_read_back,
    callers_at_a_time_share_batches,
    changes_are_found,
    what_is_erased_still_stands_in_its_batch,
);

pub fn screening(actor: &str, name: &str, hits: usize) -> NewScreening {
    let hit = |n: usize| ListedHit {
        entity_id: format!("un-sc:{n}"),
        caption: format!("Listed {n}"),
        lists: vec!["un-sc".to_owned()],
        score: 9_300,
        millibits: 12_345,
        strong: n == 0,
        reasons: vec!["the name is nearly the same".to_owned()],
        disposition: None,
    };
    NewScreening {
        actor: actor.to_owned(),
        source: ScreeningSource::Api,
        as_of: date("2026-11-22"),
        lists: "ls-0123456789ab".to_owned(),
        threshold: 7_000,
        weak: false,
        engine: "1.0".to_owned(),
        result: if hits == 0 {
            ScreeningResult::Clear
        } else {
            ScreeningResult::Alert
        },
        detail: ScreeningDetail::One {
            asked: party(name),
            hits: (0..hits).map(hit).collect(),
            partial: None,
            within: None,
        },
    }
}

async fn three(store: &Store) -> Vec<portcullis_store::RecordedScreening> {
    let batch = vec![
        screening("ann", "Zaphira Quillendorf", 2),
        screening("ann", "Nobody Listed", 0),
        screening("ben", "Other Party", 0),
    ];
    store.record_screenings(batch, now()).await.unwrap()
}

async fn a_batch_is_recorded_and_read_back(world: World) {
    let store = world.open().await;
    let recorded = three(&store).await;
    let first = store.screening(&recorded[0].id).await.unwrap();
    assert_eq!((first.actor.as_str(), first.hits), ("ann", 2));
    assert_eq!(first.result, ScreeningResult::Alert);
    assert_eq!(
        first.detail,
        Some(screening("", "Zaphira Quillendorf", 2).detail)
    );
    // By code, however it is typed.
    let typed = recorded[0].code.to_lowercase().replace('-', "");
    assert_eq!(store.screening_by_code(&typed).await.unwrap(), first);
    for none in ["", "nonsense", "0000-0000-0000-0000"] {
        let answer = store.screening_by_code(none).await;
        assert!(matches!(answer, Err(StoreError::NotFound { .. })), "{none}");
    }
    // The clear ones are there too, newest first.
    let page = Page {
        offset: 0,
        limit: 10,
    };
    let all = store
        .screenings(&ScreeningFilter::default(), page)
        .await
        .unwrap();
    assert_eq!(all.total, 3);
    let clear = ScreeningFilter {
        result: Some(ScreeningResult::Clear),
        actor: Some("ben".to_owned()),
        source: Some(ScreeningSource::Api),
        from: Some(at("2026-11-22")),
        until: Some(at("2026-11-23")),
    };
    let clear = store.screenings(&clear, page).await.unwrap();
    assert_eq!(clear.rows.len(), 1);
    assert_eq!(clear.rows[0].id, recorded[2].id);
    // One leaf for the batch; no name outside the contents.
    store.checkpoint(now()).await.unwrap();
    let report = store.check().await.unwrap();
    assert_eq!(
        (report.problem, report.size, report.screenings),
        (None, 1, 3)
    );
    for table in ["events", "screenings"] {
        let sql = match table {
            "events" => "SELECT body FROM events",
            _ => "SELECT id || code || actor_id || digest FROM screenings",
        };
        let text = world.column(sql).await.join(" ");
        assert!(
            !text.contains("Zaphira") && !text.contains("Listed"),
            "{table}"
        );
    }
}

async fn callers_at_a_time_share_batches(world: World) {
    let store = world.open().await;
    let recorder = ScreeningRecorder::start(store.clone());
    let calls = (0..50).map(|n| {
        let recorder = recorder.clone();
        tokio::spawn(async move {
            let new = vec![screening(&format!("caller-{n}"), "A Name", 0); 2];
            (n, recorder.record(new, now()).await.unwrap())
        })
    });
    for call in calls.collect::<Vec<_>>() {
        let (n, recorded) = call.await.unwrap();
        assert_eq!(recorded.len(), 2);
        for one in recorded {
            let stored = store.screening(&one.id).await.unwrap();
            assert_eq!(stored.actor, format!("caller-{n}"));
        }
    }
    let batches = world.number("SELECT COUNT(*) FROM events").await;
    assert!(batches < 50, "{batches} batches");
    assert_eq!(world.number("SELECT COUNT(*) FROM screenings").await, 100);
}

async fn changes_are_found(world: World) {
    let store = world.open().await;
    three(&store).await;
    store.checkpoint(now()).await.unwrap();
    let changes = [
        (
            "UPDATE screenings SET result = 'clear' WHERE result = 'alert'",
            "result = 'alert' WHERE hits > 0",
        ),
        ("UPDATE screenings SET threshold = 9000", "threshold = 7000"),
        (
            "UPDATE screenings SET actor_id = 'eve' WHERE actor_id = 'ben'",
            "actor_id = 'ben' WHERE actor_id = 'eve'",
        ),
        (
            "UPDATE screenings SET code = 'X' WHERE actor_id = 'ben'",
            "",
        ),
    ];
    for (change, back) in changes {
        assert!(world.run(change).await.unwrap() > 0, "{change}");
        let problem = store.check().await.unwrap().problem;
        assert!(problem.is_some(), "not found: {change}");
        if !back.is_empty() {
            world
                .run(&format!("UPDATE screenings SET {back}"))
                .await
                .unwrap();
            assert_eq!(store.check().await.unwrap().problem, None, "{change}");
        }
    }
    let gone = "DELETE FROM screenings WHERE actor_id = 'ben'";
    world.run(gone).await.unwrap();
    let problem = store.check().await.unwrap().problem.unwrap();
    assert!(
        problem.text.contains("not those that were recorded"),
        "{problem:?}"
    );
}

async fn what_is_erased_still_stands_in_its_batch(world: World) {
    let store = world.open().await;
    let recorded = three(&store).await;
    let id = &recorded[0].id;
    store
        .erase_contents(id, "art-17", "dpo", now())
        .await
        .unwrap();
    let stored = store.screening(id).await.unwrap();
    assert_eq!(
        (stored.detail, stored.result),
        (None, ScreeningResult::Alert)
    );
    let report = store.check().await.unwrap();
    assert_eq!(
        (report.problem, report.screenings, report.erased),
        (None, 3, 1)
    );
}
