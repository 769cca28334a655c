//! Reference documents: versions, which of them answers, and their bytes.

use crate::support::{World, at, date, now, on_both_databases};
use portcullis_domain::Period;
use portcullis_store::{NewReference, ReferenceKind, ReferenceState, StoreError};

on_both_databases!(
    the_version_of_the_day_and_of_the_knowledge_answers,
    the_same_version_again_changes_nothing,
    a_refused_import_leaves_the_one_in_use,
    precedents_are_sealed_and_can_be_erased,
    a_changed_document_is_not_read,
);

const SECRET: &[u8] = b"centrifuge for Zaphira";

fn version(kind: ReferenceKind, label: &str, from: Option<&str>) -> NewReference {
    NewReference {
        kind,
        name: "hs".to_owned(),
        label: label.to_owned(),
        in_force: Period {
            from: from.map(date),
            until: None,
        },
        published: None,
        citation: "World Customs Organization".to_owned(),
        source_sha256: "ab".repeat(32),
        records: 3,
        issues: 1,
        bytes: label.as_bytes().to_vec(),
    }
}

async fn the_version_of_the_day_and_of_the_knowledge_answers(world: World) {
    let store = world.open().await;
    let kind = ReferenceKind::Nomenclature;
    let old = version(kind, "2017", Some("2017-01-01"));
    let new = version(kind, "2022", Some("2022-01-01"));
    let old = store
        .put_reference(&old, true, "cli", at("2026-11-01"))
        .await
        .unwrap();
    let new = store
        .put_reference(&new, true, "cli", at("2026-11-02"))
        .await
        .unwrap();
    let answer = async |day: &str, known| {
        let found = store
            .active_reference(kind, "hs", date(day), known)
            .await
            .unwrap();
        found.map(|v| v.id)
    };
    assert_eq!(answer("2026-11-22", now()).await, Some(new.id.clone()));
    assert_eq!(answer("2021-12-31", now()).await, Some(old.id.clone()));
    assert_eq!(answer("2016-12-31", now()).await, None);
    // As known before the second was imported.
    assert_eq!(
        answer("2026-11-22", at("2026-11-01")).await,
        Some(old.id.clone())
    );
    assert_eq!(answer("2026-11-22", at("2026-10-01")).await, None);
    store
        .activate_reference(&old.id, "cli", at("2026-11-20"))
        .await
        .unwrap();
    assert_eq!(answer("2026-11-22", now()).await, Some(old.id.clone()));
    assert_eq!(store.reference_bytes(&new.id).await.unwrap(), b"2022");
    let listed = store.reference_versions(kind).await.unwrap();
    let labels: Vec<_> = listed.iter().map(|v| v.label.as_str()).collect();
    assert_eq!(labels, ["2022", "2017"]);
    assert_eq!(listed[1].activated_at, Some(at("2026-11-20")));
    assert_eq!(store.check().await.unwrap().problem, None);
}

async fn the_same_version_again_changes_nothing(world: World) {
    let store = world.open().await;
    let one = version(ReferenceKind::ControlList, "1", None);
    let first = store
        .put_reference(&one, false, "cli", now())
        .await
        .unwrap();
    assert_eq!(first.state, ReferenceState::Stored);
    let kind = ReferenceKind::ControlList;
    let day = date("2026-11-22");
    assert_eq!(
        store
            .active_reference(kind, "hs", day, now())
            .await
            .unwrap(),
        None
    );
    for _ in 0..2 {
        let again = store.put_reference(&one, true, "cli", now()).await.unwrap();
        assert_eq!(
            (again.id.as_str(), again.state),
            (first.id.as_str(), ReferenceState::Known)
        );
    }
    let events =
        world.number("SELECT COUNT(*) FROM events WHERE stream_id = 'reference:control-list/hs'");
    assert_eq!(events.await, 2);
    assert!(
        store
            .active_reference(kind, "hs", day, now())
            .await
            .unwrap()
            .is_some()
    );
}

async fn a_refused_import_leaves_the_one_in_use(world: World) {
    let store = world.open().await;
    let kind = ReferenceKind::Nomenclature;
    let good = store
        .put_reference(&version(kind, "2022", None), true, "cli", now())
        .await
        .unwrap();
    let ends_first = NewReference {
        in_force: Period {
            from: Some(date("2027-01-01")),
            until: Some(date("2026-01-01")),
        },
        ..version(kind, "2027", None)
    };
    let unnamed = NewReference {
        name: "../hs".to_owned(),
        ..version(kind, "2027", None)
    };
    let unsourced = NewReference {
        citation: " ".to_owned(),
        ..version(kind, "2027", None)
    };
    for bad in [ends_first, unnamed, unsourced] {
        let refused = store.put_reference(&bad, true, "cli", now()).await;
        assert!(
            matches!(refused, Err(StoreError::Invalid(_))),
            "{refused:?}"
        );
    }
    let active = store
        .active_reference(kind, "hs", date("2026-11-22"), now())
        .await
        .unwrap();
    assert_eq!(active.map(|v| v.id), Some(good.id));
    let missing = store
        .activate_reference("nomenclature/hs@0", "cli", now())
        .await;
    assert!(matches!(missing, Err(StoreError::NotFound { .. })));
}

async fn precedents_are_sealed_and_can_be_erased(world: World) {
    let store = world.open().await;
    let mut own = version(ReferenceKind::Precedents, "own", None);
    own.bytes = SECRET.to_vec();
    let put = store.put_reference(&own, true, "cli", now()).await.unwrap();
    assert_eq!(store.reference_bytes(&put.id).await.unwrap(), SECRET);
    assert_eq!(
        world.number("SELECT COUNT(*) FROM reference_bytes").await,
        0
    );
    let bodies = world.column("SELECT body FROM events").await.join(" ");
    assert!(!bodies.contains(&"ab".repeat(32)), "{bodies}");
    store
        .erase_contents(&put.id, "retention", "cli", now())
        .await
        .unwrap();
    let gone = store.reference_bytes(&put.id).await;
    assert!(matches!(gone, Err(StoreError::Erased(_))), "{gone:?}");
    assert_eq!(store.check().await.unwrap().problem, None);
}

async fn a_changed_document_is_not_read(world: World) {
    let store = world.open().await;
    let put = version(ReferenceKind::Nomenclature, "2022", None);
    let put = store.put_reference(&put, true, "cli", now()).await.unwrap();
    let change = "UPDATE reference_versions SET in_force_from = '2001-01-01'";
    assert!(world.run(change).await.is_err());
    assert!(
        world
            .run("UPDATE reference_bytes SET bytes = NULL")
            .await
            .is_err()
    );
    world.drop_guards().await;
    world.run(change).await.unwrap();
    let read = store.reference_bytes(&put.id).await;
    assert!(matches!(read, Err(StoreError::Damaged(_))), "{read:?}");
}
