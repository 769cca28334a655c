//! What somebody with full access to the database can change, `check` finds.

use crate::support::{World, assessment, now, on_both_databases, plainly, recorded, snapshot};
use portcullis_domain::Outcome;

on_both_databases!(
    an_untouched_store_holds,
    changes_are_found,
    waiting_entries_are_checked_too,
);

/// What is changed, how, and a word of what must be said.
const CHANGES: [(&str, &str); 20] = [
    (
        "UPDATE events SET body = REPLACE(body, '\"prohibited\"', '\"release\"')",
        "another outcome",
    ),
    (
        "UPDATE events SET actor_id = 'nobody' WHERE kind = 'TransactionAssessed'",
        "another actor_id",
    ),
    (
        "UPDATE events SET actor_id = 'nobody' WHERE kind = 'ListSnapshotImported'",
        "not the one that the ledger vouches for",
    ),
    (
        "UPDATE events SET stream_seq = 7 WHERE stream_id = 'declaration:R2'",
        "another place",
    ),
    (
        "UPDATE events SET effective_at = effective_at - 1 WHERE stream_id = 'declaration:R2'",
        "not the one that the ledger vouches for",
    ),
    (
        "UPDATE events SET recorded_at = recorded_at - 1",
        "another time",
    ),
    (
        "UPDATE decisions SET outcome = 'release' WHERE outcome = 'prohibited'",
        "another outcome",
    ),
    (
        "UPDATE decisions SET destination = 'FR'",
        "another destination",
    ),
    (
        "UPDATE decisions SET risk_millibits = 0",
        "another risk_millibits",
    ),
    ("UPDATE decisions SET file = 'other'", "another file"),
    ("UPDATE decisions SET digest = 'other'", "another digest"),
    (
        "UPDATE transactions SET message_digest = 'other'",
        "another message",
    ),
    (
        "UPDATE transactions SET position = position + 1",
        "another place",
    ),
    ("DELETE FROM content_keys", "no erasure was recorded"),
    (
        "UPDATE leaves SET entry = REPLACE(entry, 'decision', 'decisiom')",
        "does not match its stored hash",
    ),
    (
        "UPDATE leaves SET salt = REPLACE(salt, 'a', 'b') WHERE salt IS NOT NULL",
        "not the one that the ledger",
    ),
    (
        "UPDATE leaves SET seq = seq + 100 WHERE seq = 1",
        "entry 1 is missing",
    ),
    (
        "UPDATE ledger_hashes SET idx = 1000 WHERE idx = 0",
        "stored hash 0 is missing",
    ),
    (
        "UPDATE checkpoints SET note = REPLACE(note, '\n4\n', '\n5\n')",
        "checkpoint",
    ),
    ("UPDATE ledger_head SET size = 9", "there should be 9"),
];

/// Two decisions, an import and its activation: four entries.
async fn filled(world: &World) -> portcullis_store::Store {
    let store = world.open().await;
    let list = snapshot("un-sc", None, &[("un-sc", 1)]);
    store
        .import_snapshot(list, plainly(), "ops", now())
        .await
        .unwrap();
    let batch = vec![
        assessment("R1", "one", Outcome::Prohibited),
        assessment("R2", "two", Outcome::Hold),
    ];
    store.record(batch, "officer", now()).await.unwrap();
    store
}

async fn an_untouched_store_holds(world: World) {
    let store = filled(&world).await;
    let empty_check = store.check().await.unwrap();
    assert_eq!((empty_check.problem, empty_check.pending), (None, 4));
    let checkpoint = store.checkpoint(now()).await.unwrap();
    let report = store.check().await.unwrap();
    assert_eq!(report.problem, None);
    assert_eq!(
        (
            report.size,
            report.pending,
            report.decisions,
            report.checkpoints
        ),
        (4, 0, 2, 1)
    );
    assert_eq!(report.root, checkpoint.root);
    assert_eq!(
        (report.kinds["decision"], report.kinds["list-snapshot"]),
        (2, 1)
    );
}

async fn changes_are_found(world: World) {
    let is_sqlite = world.is_sqlite();
    drop(world);
    for (sql, said) in CHANGES {
        let world = if is_sqlite {
            World::sqlite()
        } else {
            World::postgres().await.unwrap()
        };
        let store = filled(&world).await;
        store.checkpoint(now()).await.unwrap();
        assert_eq!(store.check().await.unwrap().problem, None);
        world.drop_guards().await;
        let changed = world.run(sql).await.unwrap();
        assert!(changed > 0, "{sql}");
        let problem = store.check().await.unwrap().problem;
        let problem = problem.unwrap_or_else(|| panic!("not found: {sql}"));
        assert!(problem.text.contains(said), "{sql}: {problem:?}");
        store.close().await;
    }
}

async fn waiting_entries_are_checked_too(world: World) {
    let store = filled(&world).await;
    store.checkpoint(now()).await.unwrap();
    let id = recorded(&store, "R3", Outcome::Prohibited).await;
    world.drop_guards().await;
    let sql = format!("UPDATE decisions SET outcome = 'release' WHERE decision_id = '{id}'");
    world.run(&sql).await.unwrap();
    let problem = store.check().await.unwrap().problem.unwrap();
    assert_eq!((problem.index, problem.subject), (None, Some(id)));
}
