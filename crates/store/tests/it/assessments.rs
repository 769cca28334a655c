//! Recording and reading assessments.

use crate::support::{
    SECRET_NAME, SECRET_TEXT, World, assessment, at, decision, now, on_both_databases, recorded,
    transaction,
};
use portcullis_domain::{Country, MessageKind, Movement, Outcome};
use portcullis_store::{DecisionFilter, NewAssessment, Page, StoreError};

on_both_databases!(
    what_is_recorded_can_be_read_back,
    versions_are_held_in_order,
    a_batch_is_recorded_whole_or_not_at_all,
    a_version_nobody_saw_is_a_conflict,
    decisions_can_be_filtered,
    two_writers_lose_nothing,
    odd_text_stops_nobody,
    no_name_leaves_the_sealed_contents,
    recorded_rows_cannot_be_changed,
);

const ALL: Page = Page {
    offset: 0,
    limit: 100,
};

async fn what_is_recorded_can_be_read_back(world: World) {
    let store = world.open().await;
    let unreadable = NewAssessment {
        kind: MessageKind::Unreadable,
        reference: None,
        version: None,
        transaction: None,
        index: 3,
        ..assessment("", "garbage", Outcome::Hold)
    };
    let new = assessment("LRN-1", "bytes", Outcome::Review);
    let recorded = store
        .record(vec![new.clone(), unreadable.clone()], "officer", now())
        .await
        .unwrap();
    let digest = portcullis_domain::digest(&new.decision).unwrap();
    assert_eq!(recorded[0].digest, digest);

    let stored = store.decision(&recorded[0].decision_id).await.unwrap();
    assert_eq!(stored.decision.unwrap(), new.decision);
    assert_eq!(stored.transaction, new.transaction);
    let row = stored.row;
    assert_eq!(row.digest, digest);
    assert_eq!(
        (row.outcome, row.movement),
        (Outcome::Review, Movement::Export)
    );
    assert_eq!(row.destination, Country::from_alpha2("AE"));
    assert_eq!((row.recorded_at, row.as_of), (now(), new.decision.as_of));
    assert_eq!(
        (row.file.as_str(), row.index, row.actor.as_str()),
        ("in/declaration.xml", 0, "officer")
    );
    assert_eq!(
        (row.findings, row.questions, row.risk_millibits),
        (1, 1, 4_250)
    );
    assert_eq!((row.ledger_index, row.erased_at), (None, None));

    let stored = store.decision(&recorded[1].decision_id).await.unwrap();
    assert_eq!(
        (stored.row.kind, stored.row.reference, stored.row.index),
        (MessageKind::Unreadable, None, 3)
    );
    assert_eq!(stored.transaction, None);
    assert_eq!(
        store
            .held_transaction(&recorded[0].decision_id)
            .await
            .unwrap(),
        new.transaction
    );
    assert_eq!(
        store
            .held_transaction(&recorded[1].decision_id)
            .await
            .unwrap(),
        None
    );
    assert!(matches!(
        store.decision("none").await,
        Err(StoreError::NotFound { .. })
    ));
    assert!(matches!(
        store.held_transaction("none").await,
        Err(StoreError::NotFound { .. })
    ));

    // And by somebody who opens the store anew.
    store.close().await;
    let again = world
        .open()
        .await
        .decision(&recorded[0].decision_id)
        .await
        .unwrap();
    assert_eq!(again.transaction, new.transaction);
}

async fn versions_are_held_in_order(world: World) {
    let store = world.open().await;
    let second = NewAssessment {
        kind: MessageKind::Amendment,
        version: Some(2),
        ..assessment("A", "two", Outcome::Release)
    };
    let batch = vec![
        assessment("A", "one", Outcome::Release),
        assessment("B", "other", Outcome::Hold),
        second,
    ];
    let recorded = store.record(batch, "officer", now()).await.unwrap();
    let third = vec![assessment("A", "three", Outcome::Release)];
    store.record(third, "officer", now()).await.unwrap();
    let references: Vec<String> = ["A", "B", "C"].map(str::to_owned).into();
    let held = store.held(&references).await.unwrap();
    assert_eq!(held.len(), 2);
    let of_a: Vec<_> = held["A"].iter().map(|h| (h.version, h.kind)).collect();
    assert_eq!(
        of_a,
        [
            (Some(1), MessageKind::Declaration),
            (Some(2), MessageKind::Amendment),
            (Some(1), MessageKind::Declaration)
        ]
    );
    assert_eq!(
        held["A"][0].message_digest,
        portcullis_domain::hex_sha256(b"one")
    );
    assert_eq!(held["A"][1].decision_id, recorded[2].decision_id);
    assert_eq!(held["B"][0].decision_id, recorded[1].decision_id);
}

async fn a_batch_is_recorded_whole_or_not_at_all(world: World) {
    let store = world.open().await;
    recorded(&store, "seen", Outcome::Release).await;
    let mut batch: Vec<_> = (0..300)
        .map(|n| assessment(&format!("new-{n}"), "x", Outcome::Release))
        .collect();
    batch.push(NewAssessment {
        held: Some(0),
        ..assessment("seen", "other", Outcome::Release)
    });
    let refused = store.record(batch, "officer", now()).await;
    assert!(
        matches!(refused, Err(StoreError::Conflict(_))),
        "{refused:?}"
    );
    for table in [
        "events",
        "leaves",
        "decisions",
        "contents",
        "content_keys",
        "transactions",
    ] {
        let rows = world.number(&format!("SELECT COUNT(*) FROM {table}")).await;
        assert_eq!(rows, 1, "{table}");
    }
    let many = vec![assessment("m", "m", Outcome::Release); 1_001];
    assert!(matches!(
        store.record(many, "officer", now()).await,
        Err(StoreError::Invalid(_))
    ));
    let full = vec![assessment("m", "m", Outcome::Release); 1_000];
    assert_eq!(
        store.record(full, "officer", now()).await.unwrap().len(),
        1_000
    );
    assert!(
        store
            .record(Vec::new(), "officer", now())
            .await
            .unwrap()
            .is_empty()
    );
}

async fn a_version_nobody_saw_is_a_conflict(world: World) {
    let first = world.open().await;
    let second = world.open().await;
    let new = |message: &str, held| {
        vec![NewAssessment {
            held: Some(held),
            ..assessment("R", message, Outcome::Release)
        }]
    };
    // Both saw none; one of them must not get through.
    let (a, b) = tokio::join!(
        first.record(new("a", 0), "a", now()),
        second.record(new("b", 0), "b", now()),
    );
    assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
    let refused = if a.is_ok() { b } else { a };
    assert!(
        matches!(refused, Err(StoreError::Conflict(_))),
        "{refused:?}"
    );
    // Within a batch, those before count.
    let batch = [new("c", 1), new("d", 2)].concat();
    first.record(batch, "a", now()).await.unwrap();
    assert_eq!(first.held(&["R".to_owned()]).await.unwrap()["R"].len(), 3);
}

async fn decisions_can_be_filtered(world: World) {
    let store = world.open().await;
    let mut import = assessment("GB/ab_1%", "1", Outcome::Prohibited);
    import.decision.movement = Movement::Import;
    import.decision.destination = Country::from_alpha2("GB");
    let mut riskier = assessment("GB/AB21x", "2", Outcome::Release);
    riskier.decision.risk_millibits += 1;
    let batches = [
        (vec![import], "2026-11-01"),
        (vec![riskier], "2026-11-02"),
        (
            vec![assessment("FR/9", "3", Outcome::Release)],
            "2026-11-03",
        ),
    ];
    for (batch, day) in batches {
        store.record(batch, "officer", at(day)).await.unwrap();
    }
    let listed = async |filter: DecisionFilter| {
        let found = store.decisions(&filter, ALL).await.unwrap();
        assert_eq!(found.total as usize, found.rows.len());
        let references = found.rows.into_iter().map(|r| r.reference.unwrap());
        references.collect::<Vec<_>>().join(" ")
    };
    let any = DecisionFilter::default;
    let text = |t: &str| Some(t.to_owned());
    let cases = [
        (any(), "FR/9 GB/AB21x GB/ab_1%"),
        (
            DecisionFilter {
                riskiest_first: true,
                ..any()
            },
            "GB/AB21x GB/ab_1% FR/9",
        ),
        (
            DecisionFilter {
                outcome: Some(Outcome::Release),
                ..any()
            },
            "FR/9 GB/AB21x",
        ),
        (
            DecisionFilter {
                movement: Some(Movement::Import),
                ..any()
            },
            "GB/ab_1%",
        ),
        (
            DecisionFilter {
                destination: Country::from_alpha2("AE"),
                ..any()
            },
            "FR/9 GB/AB21x",
        ),
        (
            DecisionFilter {
                reference: text("gb/AB"),
                ..any()
            },
            "GB/AB21x GB/ab_1%",
        ),
        (
            DecisionFilter {
                reference: text("b_1%"),
                ..any()
            },
            "GB/ab_1%",
        ),
        (
            DecisionFilter {
                reference: text("' OR 1=1 --"),
                ..any()
            },
            "",
        ),
        (
            DecisionFilter {
                from: Some(at("2026-11-02")),
                ..any()
            },
            "FR/9 GB/AB21x",
        ),
        (
            DecisionFilter {
                until: Some(at("2026-11-02")),
                ..any()
            },
            "GB/ab_1%",
        ),
        (
            DecisionFilter {
                outcome: Some(Outcome::Release),
                reference: text("fr"),
                from: Some(at("2026-11-01")),
                ..any()
            },
            "FR/9",
        ),
    ];
    for (filter, expected) in cases {
        let shown = format!("{filter:?}");
        assert_eq!(listed(filter).await, expected, "{shown}");
    }
    let second = Page {
        offset: 1,
        limit: 1,
    };
    let page = store.decisions(&any(), second).await.unwrap();
    assert_eq!(
        (page.total, page.rows[0].reference.as_deref()),
        (3, Some("GB/AB21x"))
    );
    let counts = store.outcome_counts().await.unwrap();
    assert_eq!(counts.len(), 6);
    assert_eq!(
        (
            counts[&Outcome::Release],
            counts[&Outcome::Prohibited],
            counts[&Outcome::Hold]
        ),
        (2, 1, 0)
    );
}

async fn two_writers_lose_nothing(world: World) {
    let first = world.open().await;
    let second = world.open().await;
    let write = async |store: &portcullis_store::Store, who: &str| {
        for n in 0..20 {
            let batch = (0..5)
                .map(|k| assessment(&format!("{who}-{n}-{k}"), "x", Outcome::Release))
                .collect();
            store.record(batch, who, now()).await.unwrap();
            if n % 5 == 0 {
                store.checkpoint(now()).await.unwrap();
            }
        }
    };
    tokio::join!(write(&first, "a"), write(&second, "b"));
    first.checkpoint(now()).await.unwrap();
    let report = second.check().await.unwrap();
    assert_eq!(report.problem, None);
    assert_eq!(
        (report.size, report.decisions, report.pending),
        (200, 200, 0)
    );
}

async fn no_name_leaves_the_sealed_contents(world: World) {
    let store = world.open().await;
    recorded(&store, "LRN-1", Outcome::Review).await;
    store.checkpoint(now()).await.unwrap();
    for column in [
        "body FROM events",
        "entry FROM leaves",
        "stream_id FROM events",
    ] {
        let all = world.column(&format!("SELECT {column}")).await.join("\n");
        assert!(
            !all.contains("Quillendorf") && !all.contains("umbrella"),
            "{all}"
        );
    }
    store.close().await;
    if world.is_sqlite() {
        for file in std::fs::read_dir(&world.config.data_dir).unwrap() {
            let path = file.unwrap().path();
            if path.is_file() {
                let bytes = std::fs::read(&path).unwrap();
                for secret in [SECRET_NAME, SECRET_TEXT] {
                    let found = bytes.windows(secret.len()).any(|w| w == secret.as_bytes());
                    assert!(!found, "{secret} in {}", path.display());
                }
            }
        }
    }
}

async fn recorded_rows_cannot_be_changed(world: World) {
    let store = world.open().await;
    recorded(&store, "LRN-1", Outcome::Prohibited).await;
    let list = crate::support::snapshot("un-sc", None, &[("un-sc", 1)]);
    store
        .import_snapshot(list, crate::support::plainly(), "ops", now())
        .await
        .unwrap();
    store.checkpoint(now()).await.unwrap();
    let refused = [
        "UPDATE events SET body = '{}'",
        "DELETE FROM events",
        "DELETE FROM leaves",
        "UPDATE leaves SET entry = 'x'",
        "UPDATE leaves SET seq = seq + 10",
        "UPDATE leaves SET seq = NULL",
        "UPDATE ledger_hashes SET idx = idx + 100",
        "DELETE FROM ledger_hashes",
        "UPDATE checkpoints SET note = ''",
        "DELETE FROM checkpoints",
        "UPDATE snapshots SET published = NULL",
        "DELETE FROM snapshot_files",
        "UPDATE snapshot_issues SET text = ''",
        "UPDATE activations SET explicit = 1",
        "DELETE FROM activations",
    ];
    for sql in refused {
        let error = world.run(sql).await.expect_err(sql).to_string();
        assert!(error.contains("rows are never changed"), "{sql}: {error}");
    }
    if !world.is_sqlite() {
        assert!(world.run("TRUNCATE checkpoints").await.is_err());
    }
    assert_eq!(store.check().await.unwrap().problem, None);
    // What these fixtures say of themselves.
    let t = transaction("x");
    assert!(
        decision(&t, Outcome::Hold).findings[0]
            .text
            .contains(SECRET_NAME)
    );
}

/// A hostile message must not make the database refuse the whole batch.
async fn odd_text_stops_nobody(world: World) {
    let store = world.open().await;
    let long = "x".repeat(20_000);
    let odd = [
        "",
        " ",
        "a\0b",
        "\u{1F6A2}",
        "'; DROP TABLE events; --",
        long.as_str(),
    ];
    let mut batch: Vec<_> = odd
        .iter()
        .map(|reference| assessment(reference, "x", Outcome::Hold))
        .collect();
    batch[0].file = "in/\0.xml".to_owned();
    store.record(batch, "officer", now()).await.unwrap();
    let references: Vec<String> = odd.iter().map(|r| (*r).to_owned()).collect();
    let held = store.held(&references).await.unwrap();
    for reference in &references {
        assert_eq!(held[reference].len(), 1, "{}", reference.escape_debug());
    }
    store.checkpoint(now()).await.unwrap();
    assert_eq!(store.check().await.unwrap().problem, None);
}
