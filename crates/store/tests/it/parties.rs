//! The party book.

use crate::support::{SECRET_NAME, World, now, on_both_databases, party};
use portcullis_domain::{Identifier, Party};
use portcullis_store::{Store, StoreError};

on_both_databases!(
    parties_are_found_by_identifier,
    ambiguity_resolves_to_nobody,
    the_book_can_be_replaced_and_erased,
    a_party_without_identifier_is_refused,
    a_customs_reference_stands_for_one_declaration_or_none,
);

async fn put(store: &Store, name: &str, identifiers: &[&str]) {
    let identifiers = identifiers.iter().map(|i| Identifier::parse(i)).collect();
    let taken = store
        .put_parties(vec![(identifiers, party(name))], "ops", now())
        .await
        .unwrap();
    assert_eq!(taken, 1);
}

async fn found(store: &Store, identifier: &str) -> Option<String> {
    let identifier = Identifier::parse(identifier);
    let found = store
        .resolve(std::slice::from_ref(&identifier))
        .await
        .unwrap();
    found
        .get(&identifier.normalised())
        .map(|p: &Party| p.caption().to_owned())
}

async fn parties_are_found_by_identifier(world: World) {
    let store = world.open().await;
    put(
        &store,
        SECRET_NAME,
        &["eori:GB 123456789012", "duns:123456789"],
    )
    .await;
    for (asked, there) in [
        ("eori:GB123456789012", true),
        ("gb-123456789012", true),
        ("duns:12-345-6789", true),
        ("tax:GB123456789012", false),
        ("eori:GB999999999999", false),
    ] {
        assert_eq!(found(&store, asked).await.is_some(), there, "{asked}");
    }
    assert_eq!(store.party_count().await.unwrap(), 1);
    // Neither name nor identifier can be read in the tables.
    let columns = "SELECT lookup || scheme || party_id FROM party_book";
    let all = world.column(columns).await.join(" ");
    assert!(!all.contains("123456789"), "{all}");
    let bodies = world.column("SELECT body FROM events").await.join(" ");
    assert!(
        !bodies.contains(SECRET_NAME) && !bodies.contains("123456789"),
        "{bodies}"
    );
}

async fn ambiguity_resolves_to_nobody(world: World) {
    let store = world.open().await;
    put(&store, "First", &["tax:7700"]).await;
    put(&store, "Second", &["inn:7700"]).await;
    assert_eq!(found(&store, "tax:7700").await.as_deref(), Some("First"));
    assert_eq!(found(&store, "inn:7700").await.as_deref(), Some("Second"));
    assert_eq!(found(&store, "7700").await, None);
    let both = [Identifier::parse("tax:7700"), Identifier::parse("inn:7700")];
    assert!(store.resolve(&both).await.unwrap().is_empty());
}

async fn the_book_can_be_replaced_and_erased(world: World) {
    let store = world.open().await;
    put(&store, "Before", &["eori:GB1"]).await;
    put(&store, "After", &["eori:GB1"]).await;
    assert_eq!(found(&store, "GB1").await.as_deref(), Some("After"));
    let id = world.column("SELECT party_id FROM party_book").await;
    store
        .erase_contents(&id[0], "retention-over", "dpo", now())
        .await
        .unwrap();
    assert_eq!(found(&store, "GB1").await, None);
    assert_eq!(store.check().await.unwrap().problem, None);
}

async fn a_party_without_identifier_is_refused(world: World) {
    let store = world.open().await;
    let nameless = vec![(vec![Identifier::parse(" - ")], party("Nobody Ltd"))];
    let refused = store.put_parties(nameless, "ops", now()).await;
    assert!(matches!(refused, Err(StoreError::Invalid(_))));
    assert_eq!(store.party_count().await.unwrap(), 0);
}

async fn a_customs_reference_stands_for_one_declaration_or_none(world: World) {
    let store = world.open().await;
    let pair = |customs: &str, own: &str| (customs.to_owned(), own.to_owned());
    let pairs = [
        pair("18GB1", "LRN-1"),
        pair("18GB2", "LRN-2"),
        pair("18GB1", "LRN-1"),
    ];
    store
        .put_customs_references(&pairs, "ops", now())
        .await
        .unwrap();
    store
        .put_customs_references(&pairs, "ops", now())
        .await
        .unwrap();
    let other = [pair("18GB2", "LRN-3")];
    store
        .put_customs_references(&other, "ops", now())
        .await
        .unwrap();
    let asked = ["18GB1", "18GB2", "18GB9"].map(str::to_owned);
    let found = store.references_of(&asked).await.unwrap();
    assert_eq!(found.get("18GB1").map(String::as_str), Some("LRN-1"));
    assert_eq!(
        found.len(),
        1,
        "two declarations under one number, or none: no guess"
    );
}
