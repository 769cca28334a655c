//! Erasure and legal hold.

use crate::support::{SECRET_NAME, World, at, now, on_both_databases, recorded};
use portcullis_domain::Outcome;
use portcullis_store::StoreError;

on_both_databases!(
    erased_contents_are_gone_and_the_record_stays,
    erasure_vouches_for_the_event_that_stays,
    legal_hold_stops_erasure,
);

async fn erased_contents_are_gone_and_the_record_stays(world: World) {
    let store = world.open().await;
    let id = recorded(&store, "LRN-1", Outcome::Review).await;
    let other = recorded(&store, "LRN-2", Outcome::Release).await;
    store.prove(&id, now()).await.unwrap();
    let erased = store
        .erase_contents(&id, "retention-over", "dpo", at("2026-12-01"))
        .await
        .unwrap();
    assert_eq!(erased.contents, 1);

    let stored = store.decision(&id).await.unwrap();
    assert!(stored.decision.is_none() && stored.transaction.is_none());
    assert_eq!(stored.row.outcome, Outcome::Review);
    assert_eq!(stored.row.erased_at, Some(at("2026-12-01")));
    assert_eq!(
        (stored.row.digest.as_str(), stored.row.file.as_str()),
        ("", "")
    );
    assert_eq!(store.held_transaction(&id).await.unwrap(), None);
    assert_eq!(
        store.held(&["LRN-1".to_owned()]).await.unwrap()["LRN-1"][0].message_digest,
        ""
    );
    assert!(matches!(
        store.prove(&id, now()).await,
        Err(StoreError::Erased(_))
    ));
    assert_eq!(world.number("SELECT COUNT(*) FROM content_keys").await, 1);

    assert!(store.decision(&other).await.unwrap().decision.is_some());
    store.checkpoint(now()).await.unwrap();
    let report = store.check().await.unwrap();
    assert_eq!(report.problem, None);
    assert_eq!((report.decisions, report.erased), (1, 1));
    // Again is no error and does nothing.
    let again = store
        .erase_contents(&id, "retention-over", "dpo", now())
        .await
        .unwrap();
    assert_eq!(again.contents, 0);
    assert_eq!(
        world
            .number("SELECT COUNT(*) FROM events WHERE kind = 'ContentErased'")
            .await,
        1
    );
    let nobody = store.erase_contents("nobody", "x", "dpo", now()).await;
    assert!(matches!(nobody, Err(StoreError::NotFound { .. })));
}

async fn erasure_vouches_for_the_event_that_stays(world: World) {
    let store = world.open().await;
    let id = recorded(&store, "LRN-1", Outcome::Prohibited).await;
    store
        .erase_contents(&id, "retention-over", "dpo", now())
        .await
        .unwrap();
    store.checkpoint(now()).await.unwrap();
    assert_eq!(store.check().await.unwrap().problem, None);
    world.drop_guards().await;
    for table in [
        "events SET body = REPLACE(body, 'prohibited', 'release')",
        "decisions SET outcome = 'release'",
    ] {
        world.run(&format!("UPDATE {table}")).await.unwrap();
    }
    let problem = store.check().await.unwrap().problem.unwrap();
    assert_eq!(problem.subject, Some(id));
    assert!(
        problem.text.contains("no erasure was recorded"),
        "{}",
        problem.text
    );
}

async fn legal_hold_stops_erasure(world: World) {
    let store = world.open().await;
    let id = recorded(&store, "LRN-1", Outcome::Review).await;
    store
        .set_legal_hold(&id, true, "counsel", now())
        .await
        .unwrap();
    let refused = store
        .erase_contents(&id, "retention-over", "dpo", now())
        .await;
    assert!(matches!(refused, Err(StoreError::LegalHold(_))));
    let finding = store
        .decision(&id)
        .await
        .unwrap()
        .decision
        .unwrap()
        .findings
        .remove(0);
    assert!(finding.text.contains(SECRET_NAME));
    store
        .set_legal_hold(&id, false, "counsel", now())
        .await
        .unwrap();
    store
        .erase_contents(&id, "retention-over", "dpo", now())
        .await
        .unwrap();
    assert!(store.decision(&id).await.unwrap().decision.is_none());
    let nobody = store.set_legal_hold("nobody", true, "counsel", now()).await;
    assert!(matches!(nobody, Err(StoreError::NotFound { .. })));
}
