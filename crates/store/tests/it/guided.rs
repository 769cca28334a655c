//! Guided cases come back with their code, and results stay as they were shown.

use crate::support::{SECRET_NAME, World, at, now, on_both_databases};
use portcullis_store::{NewGuidedResult, StoreError};
use serde_json::json;

on_both_databases!(
    a_case_comes_back_with_its_code_and_two_windows_do_not_overwrite,
    a_result_is_kept_as_shown_and_found_by_its_code,
);

async fn a_case_comes_back_with_its_code_and_two_windows_do_not_overwrite(world: World) {
    let store = world.open().await;
    let answers = json!({ "buyer": SECRET_NAME });
    let case = store.start_guided(answers, "ann", now()).await.unwrap();
    assert_eq!(store.guided(&case.id).await.unwrap(), case);
    let mut next = case.clone();
    next.answers["destination"] = json!("FR");
    let saved = store.save_guided(&next, at("2026-11-23")).await.unwrap();
    assert_eq!((saved.version, &saved.answers), (2, &next.answers));
    let stale = store.save_guided(&case, at("2026-11-24")).await;
    assert!(matches!(stale, Err(StoreError::Conflict(_))), "{stale:?}");
    // Who has the code goes on with it; whoever had it before, no longer has it in the list.
    let typed = case.code.to_lowercase().replace('-', " ");
    let resumed = store.resume_guided(&typed, "ben").await.unwrap();
    assert_eq!((resumed.actor.as_str(), resumed.version), ("ben", 2));
    assert!(store.guided_of("ann", 9).await.unwrap().is_empty());
    assert_eq!(store.guided_of("ben", 9).await.unwrap().len(), 1);
    for wrong in ["", "0000-0000-0000-0000", "x"] {
        let nobody = store.resume_guided(wrong, "eve").await;
        assert!(
            matches!(nobody, Err(StoreError::NotFound { .. })),
            "{wrong}"
        );
    }
    // Neither the code nor an answer can be read in the database.
    let lookups = world.column("SELECT lookup FROM guided_cases").await;
    assert_ne!(lookups[0], case.code);
    let mut large = saved;
    large.answers = json!({ "x": "y".repeat(300_000) });
    assert!(matches!(
        store.save_guided(&large, now()).await,
        Err(StoreError::Invalid(_))
    ));
}

fn result() -> NewGuidedResult {
    NewGuidedResult {
        page: format!("<p>{SECRET_NAME} needs a licence</p>"),
        as_of: "2026-11-22".parse().unwrap(),
        lists: "ls-1".to_owned(),
        policy: "pol-1".to_owned(),
        engine: "1".to_owned(),
        result: "required".to_owned(),
    }
}

async fn a_result_is_kept_as_shown_and_found_by_its_code(world: World) {
    let store = world.open().await;
    let case = store.start_guided(json!({}), "ann", now()).await.unwrap();
    let kept = store
        .finish_guided(&case, result(), "ann", now())
        .await
        .unwrap();
    assert_eq!(store.guided_result(&kept.id).await.unwrap(), kept);
    let found = store.guided_result_by_code(&kept.code.to_lowercase()).await;
    assert_eq!(found.unwrap().page.as_deref(), Some(result().page.as_str()));
    assert_eq!(
        store.guided_results_of("ann", 9).await.unwrap(),
        std::slice::from_ref(&kept)
    );
    assert!(store.guided_of("ann", 9).await.unwrap().is_empty());
    let bodies = world.column("SELECT body FROM events").await.join(" ");
    assert!(
        bodies.contains(&kept.digest) && !bodies.contains(SECRET_NAME),
        "{bodies}"
    );
    assert_eq!(store.check().await.unwrap().problem, None);
    // A row that somebody changed is not shown as the record.
    world
        .run("UPDATE guided_results SET result = 'not_required'")
        .await
        .unwrap();
    let changed = store.guided_result(&kept.id).await;
    assert!(
        matches!(changed, Err(StoreError::Damaged(_))),
        "{changed:?}"
    );
    world
        .run("UPDATE guided_results SET result = 'required'")
        .await
        .unwrap();
    store
        .erase_contents(&kept.id, "retention", "admin", at("2026-11-23"))
        .await
        .unwrap();
    let erased = store.guided_result(&kept.id).await.unwrap();
    assert_eq!((erased.page, erased.code), (None, kept.code));
}
