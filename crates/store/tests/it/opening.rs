//! Opening stores that are not as they should be.

use crate::support::{World, now, on_both_databases, plainly, recorded, snapshot};
use portcullis_domain::Outcome;
use portcullis_store::{ImportError, Store, StoreConfig, StoreError};
use sqlx::{Connection, Executor};

on_both_databases!(
    a_newer_database_is_refused,
    keys_of_another_database_are_refused,
    lost_keys_are_not_made_anew,
    a_server_may_refuse_or_vanish,
);

async fn a_newer_database_is_refused(world: World) {
    world.open().await.close().await;
    let values = if world.is_sqlite() {
        "1, x'00'"
    } else {
        "true, '\\x00'"
    };
    let sql = format!(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (9999, 'of the future', {values}, 0)"
    );
    world.run(&sql).await.unwrap();
    let refused = Store::open(&world.config).await.err().unwrap();
    assert!(matches!(refused, StoreError::WrongVersion(_)), "{refused}");
    assert!(refused.to_string().contains("9999"), "{refused}");
}

async fn keys_of_another_database_are_refused(world: World) {
    world.open().await.close().await;
    let other = World::sqlite();
    other.open().await.close().await;
    let keys = |w: &World| w.config.data_dir.join("keys/master.key");
    std::fs::copy(keys(&other), keys(&world)).unwrap();
    let refused = Store::open(&world.config).await.err().unwrap();
    assert!(matches!(refused, StoreError::WrongKeys { .. }), "{refused}");
}

async fn lost_keys_are_not_made_anew(world: World) {
    world.open().await.close().await;
    let keys = world.config.data_dir.join("keys");
    std::fs::remove_file(keys.join("ledger.key")).unwrap();
    let half = Store::open(&world.config).await.err().unwrap();
    assert!(matches!(half, StoreError::WrongKeys { .. }), "{half}");
    std::fs::remove_file(keys.join("master.key")).unwrap();
    let none = Store::open(&world.config).await.err().unwrap();
    assert!(matches!(none, StoreError::WrongKeys { .. }), "{none}");
    assert!(!keys.join("master.key").exists());
}

/// What only a server can do: become read-only, and lose the database in use.
async fn a_server_may_refuse_or_vanish(world: World) {
    let Some(url) = world.config.database_url.clone() else {
        return;
    };
    let store = world.open().await;
    let (server, name) = url.rsplit_once('/').unwrap();
    let mut admin = sqlx::AnyConnection::connect(&format!("{server}/postgres"))
        .await
        .unwrap();
    let read_only = format!("ALTER DATABASE {name} SET default_transaction_read_only = on");
    admin.execute(sqlx::AssertSqlSafe(read_only)).await.unwrap();
    let second = Store::open(&world.config).await.err().unwrap();
    assert!(matches!(second, StoreError::ReadOnly), "{second:?}");
    let vanish = format!("DROP DATABASE {name} WITH (FORCE)");
    admin.execute(sqlx::AssertSqlSafe(vanish)).await.unwrap();
    let gone = store.outcome_counts().await.unwrap_err();
    assert!(matches!(gone, StoreError::Gone { .. }), "{gone:?}");
    let gone = Store::open(&world.config).await.err().unwrap();
    assert!(matches!(gone, StoreError::Gone { .. }), "{gone:?}");
}

#[tokio::test]
async fn keys_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::sqlite();
    world.open().await;
    let keys = world.config.data_dir.join("keys");
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&keys), 0o700);
    assert_eq!(mode(&keys.join("master.key")), 0o600);
    assert_eq!(mode(&keys.join("ledger.key")), 0o600);
}

#[tokio::test]
async fn a_folder_may_have_any_name() {
    let mut world = World::sqlite();
    world.config.data_dir = world.folder.path().join("a b?c%20d#é");
    let store = world.open().await;
    recorded(&store, "R", Outcome::Release).await;
    assert!(world.config.data_dir.join("portcullis.sqlite").exists());
}

#[tokio::test]
async fn a_locked_database_says_so() {
    let world = World::sqlite();
    let store = world.open().await;
    let mut other = world.connection().await;
    other.execute("BEGIN EXCLUSIVE").await.unwrap();
    let refused = store.checkpoint(now()).await.unwrap_err();
    assert!(matches!(refused, StoreError::Locked), "{refused:?}");
    assert!(
        refused.to_string().contains("locked by another process"),
        "{refused}"
    );
    let list = snapshot("un-sc", None, &[("un-sc", 1)]);
    let refused = store.import_snapshot(list, plainly(), "ops", now()).await;
    assert!(
        matches!(refused, Err(ImportError::Store(StoreError::Locked))),
        "{refused:?}"
    );
    other.execute("ROLLBACK").await.unwrap();
    store.checkpoint(now()).await.unwrap();
    other.close().await.unwrap();
}

#[tokio::test]
async fn a_lost_database_is_not_made_anew() {
    let world = World::sqlite();
    world.open().await.close().await;
    std::fs::remove_file(world.config.data_dir.join("portcullis.sqlite")).unwrap();
    let gone = Store::open(&world.config).await.err().unwrap();
    assert!(matches!(gone, StoreError::Gone { .. }), "{gone}");
    assert!(gone.to_string().contains("restore it"), "{gone}");
    assert!(!world.config.data_dir.join("portcullis.sqlite").exists());
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused() {
    let world = World::sqlite();
    std::fs::create_dir_all(&world.config.data_dir).unwrap();
    let path = world.config.data_dir.join("portcullis.sqlite");
    std::fs::write(
        &path,
        "this is a text, not a database, and it is long enough".repeat(50),
    )
    .unwrap();
    let refused = Store::open(&world.config).await.err().unwrap();
    assert!(matches!(refused, StoreError::NotADatabase), "{refused:?}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_said_to_be_gone() {
    let world = World::sqlite();
    let config = StoreConfig {
        database_url: Some("postgres://user:secret@127.0.0.1:9/portcullis".to_owned()),
        ..world.config.clone()
    };
    let gone = Store::open(&config).await.err().unwrap();
    assert!(matches!(gone, StoreError::Gone { .. }), "{gone:?}");
    let text = gone.to_string();
    assert!(
        text.contains("127.0.0.1:9") && !text.contains("secret"),
        "{text}"
    );
    let other = StoreConfig {
        database_url: Some("mysql://host/db".to_owned()),
        ..world.config.clone()
    };
    assert!(matches!(
        Store::open(&other).await,
        Err(StoreError::Invalid(_))
    ));
}

#[tokio::test]
async fn the_first_opening_may_happen_twice_at_once() {
    let world = World::sqlite();
    let (a, b) = tokio::join!(Store::open(&world.config), Store::open(&world.config));
    assert_eq!(a.unwrap().verifier_key(), b.unwrap().verifier_key());
}
