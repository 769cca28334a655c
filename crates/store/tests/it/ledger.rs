//! Places, checkpoints, proofs, tiles.

use crate::support::{World, assessment, at, now, on_both_databases, recorded};
use portcullis_domain::Outcome;
use portcullis_ledger::{Checkpoint, VerifierKey, decode_entries, verify};
use portcullis_store::StoreError;

on_both_databases!(
    a_proof_is_accepted_and_no_flipped_byte_is,
    a_head_is_signed_once,
    tiles_hold_what_the_checkpoint_signs,
    places_are_given_in_batches,
    a_changed_ledger_is_not_signed,
    a_database_put_back_is_not_signed,
);

async fn a_proof_is_accepted_and_no_flipped_byte_is(world: World) {
    let store = world.open().await;
    for n in 0..5 {
        recorded(&store, &format!("before-{n}"), Outcome::Release).await;
    }
    let id = recorded(&store, "LRN-1", Outcome::Prohibited).await;
    let proof = store.prove(&id, now()).await.unwrap();
    let key = store.verifier_key();
    let verified = verify(&proof, &key).unwrap();
    assert_eq!(
        (verified.subject.as_str(), verified.index, verified.size),
        (id.as_str(), 5, 6)
    );
    let row = store.decision(&id).await.unwrap().row;
    assert_eq!(hex::encode(verified.digest), row.digest);
    assert_eq!(row.ledger_index, Some(5));
    for position in 0..proof.len() {
        let mut flipped = proof.clone();
        flipped[position] ^= 1;
        assert!(verify(&flipped, &key).is_err(), "byte {position}");
    }
    // The same proof later, though the ledger has grown, as its checkpoint covers it.
    recorded(&store, "after", Outcome::Release).await;
    assert_eq!(store.prove(&id, now()).await.unwrap(), proof);
    store.checkpoint(at("2026-11-23")).await.unwrap();
    assert_eq!(
        verify(&store.prove(&id, now()).await.unwrap(), &key)
            .unwrap()
            .size,
        7
    );
    assert!(matches!(
        store.prove("none", now()).await,
        Err(StoreError::NotFound { .. })
    ));
}

async fn a_head_is_signed_once(world: World) {
    let store = world.open().await;
    let empty = store.checkpoint(now()).await.unwrap();
    assert_eq!(empty.size, 0);
    recorded(&store, "LRN-1", Outcome::Release).await;
    let status = store.ledger_status().await.unwrap();
    assert_eq!((status.size, status.pending), (0, 1));
    let first = store.checkpoint(now()).await.unwrap();
    let second = store.checkpoint(at("2026-12-24")).await.unwrap();
    assert_eq!(first, second);
    let key = VerifierKey::parse(&store.verifier_key()).unwrap();
    let opened = Checkpoint::open(first.note.as_bytes(), &key).unwrap();
    assert_eq!(
        (opened.size, hex::encode(opened.root)),
        (1, first.root.clone())
    );
    assert_eq!(opened.origin, "test.example/ledger");
    let status = store.ledger_status().await.unwrap();
    assert_eq!(
        (status.size, status.pending, status.checkpoint),
        (1, 0, Some(first.clone()))
    );
    assert_eq!(store.latest_checkpoint().await.unwrap(), Some(first));
}

async fn tiles_hold_what_the_checkpoint_signs(world: World) {
    let store = world.open().await;
    let batch = (0..300)
        .map(|n| assessment(&n.to_string(), "x", Outcome::Release))
        .collect();
    store.record(batch, "officer", now()).await.unwrap();
    assert_eq!(
        store.tile("tile/0/000").await.unwrap(),
        None,
        "nothing is signed yet"
    );
    store.checkpoint(now()).await.unwrap();
    assert_eq!(
        store.tile("tile/0/000").await.unwrap().unwrap().len(),
        256 * 32
    );
    assert_eq!(
        store.tile("tile/0/001.p/44").await.unwrap().unwrap().len(),
        44 * 32
    );
    assert_eq!(
        store.tile("tile/1/000.p/1").await.unwrap().unwrap().len(),
        32
    );
    let bundle = store.tile("tile/entries/001.p/44").await.unwrap().unwrap();
    let entries = decode_entries(&bundle, 44).unwrap();
    let hash = portcullis_ledger::leaf_hash(entries[0]);
    assert_eq!(
        store.tile("tile/0/001.p/44").await.unwrap().unwrap()[..32],
        hash
    );
    for none in [
        "tile/0/001",
        "tile/0/001.p/45",
        "tile/9/000.p/1",
        "x",
        "../keys/master.key",
    ] {
        assert_eq!(store.tile(none).await.unwrap(), None, "{none}");
    }
}

async fn places_are_given_in_batches(world: World) {
    let store = world.open().await;
    for part in 0..5 {
        let batch = (0..1_000)
            .map(|n| assessment(&format!("{part}-{n}"), "x", Outcome::Release))
            .collect();
        store.record(batch, "officer", now()).await.unwrap();
    }
    let sequenced = store.sequence_pending().await.unwrap();
    assert_eq!((sequenced.entries, sequenced.size), (5_000, 5_000));
    assert_eq!(store.sequence_pending().await.unwrap().entries, 0);
    let held = store
        .held(&["0-0".to_owned(), "4-999".to_owned()])
        .await
        .unwrap();
    let index = async |reference: &str| {
        let id = &held[reference][0].decision_id;
        store.decision(id).await.unwrap().row.ledger_index
    };
    assert_eq!(index("0-0").await, Some(0));
    assert_eq!(index("4-999").await, Some(4_999));
}

async fn a_changed_ledger_is_not_signed(world: World) {
    let store = world.open().await;
    recorded(&store, "LRN-1", Outcome::Prohibited).await;
    recorded(&store, "LRN-2", Outcome::Release).await;
    let before = store.checkpoint(now()).await.unwrap();
    world.drop_guards().await;
    // Swaps the hashes of the two leaves.
    world
        .run("UPDATE ledger_hashes SET idx = idx + 10 WHERE idx = 0")
        .await
        .unwrap();
    world
        .run("UPDATE ledger_hashes SET idx = 0 WHERE idx = 1")
        .await
        .unwrap();
    world
        .run("UPDATE ledger_hashes SET idx = 1 WHERE idx = 10")
        .await
        .unwrap();
    world
        .run("DELETE FROM ledger_hashes WHERE idx = 2")
        .await
        .unwrap();
    recorded(&store, "LRN-3", Outcome::Release).await;
    let refused = store.checkpoint(now()).await;
    assert!(matches!(refused, Err(StoreError::Ledger(_))), "{refused:?}");
    assert_eq!(store.latest_checkpoint().await.unwrap(), Some(before));
}

/// The database goes back to an earlier state; the data folder remembers more.
async fn a_database_put_back_is_not_signed(world: World) {
    let store = world.open().await;
    recorded(&store, "LRN-1", Outcome::Release).await;
    store.checkpoint(now()).await.unwrap();
    recorded(&store, "LRN-2", Outcome::Prohibited).await;
    store.checkpoint(now()).await.unwrap();
    world.drop_guards().await;
    let back = [
        "DELETE FROM checkpoints WHERE size = 2",
        "UPDATE ledger_head SET size = 1",
        "DELETE FROM ledger_hashes WHERE idx > 0",
        "DELETE FROM transactions WHERE reference = 'LRN-2'",
        "DELETE FROM decisions WHERE reference = 'LRN-2'",
        "DELETE FROM leaves WHERE seq = 1",
        "DELETE FROM events WHERE stream_id = 'declaration:LRN-2'",
    ];
    for sql in back {
        world.run(sql).await.unwrap();
    }
    let problem = store.check().await.unwrap().problem.unwrap();
    assert!(problem.text.contains("entry 1 is missing"), "{problem:?}");
    let refused = store.checkpoint(now()).await.unwrap_err();
    assert!(refused.to_string().contains("put back"), "{refused}");
    // Filled up with something else, it is no better.
    recorded(&store, "LRN-3", Outcome::Release).await;
    let refused = store.checkpoint(now()).await.unwrap_err();
    assert!(refused.to_string().contains("do not continue"), "{refused}");
}
