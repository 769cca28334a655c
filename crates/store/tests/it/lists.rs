//! Importing, activating and choosing lists.

use crate::support::{World, at, date, entity, now, on_both_databases, plainly, snapshot};
use bytes::Bytes;
use portcullis_store::{
    ImportError, ImportOptions, ImportRefused, ImportState, Page, Store, StoreError,
};

on_both_databases!(
    an_import_is_used_at_once_and_can_be_read_back,
    the_same_bytes_change_nothing,
    a_list_that_shrank_changes_nothing_unless_accepted,
    older_and_staged_snapshots_are_stored_only,
    names_that_were_left_out_are_noticed,
    a_dated_snapshot_follows_an_undated_one,
    the_same_bytes_can_be_dated_later,
    guards_of_an_earlier_version_are_made_anew,
    the_list_set_follows_day_and_knowledge,
    lost_segments_are_noticed_and_restored,
    indexes_are_a_cache,
    two_importers_take_turns,
);

fn files_of(world: &World) -> Vec<String> {
    let mut names = Vec::new();
    for folder in ["raw", "segments"] {
        let entries = std::fs::read_dir(world.config.data_dir.join(folder)).unwrap();
        names.extend(entries.map(|e| e.unwrap().file_name().into_string().unwrap()));
    }
    names.sort();
    names
}

async fn active(store: &Store, source: &str) -> Option<String> {
    let rows = store.snapshots().await.unwrap();
    let mut of_source = rows.into_iter().filter(|r| r.source == source && r.active);
    let found = of_source.next().map(|r| r.id);
    assert!(of_source.next().is_none(), "two snapshots in use");
    found
}

async fn an_import_is_used_at_once_and_can_be_read_back(world: World) {
    let store = world.open().await;
    let new = snapshot("un-sc", Some("2026-11-20"), &[("un-sc", 3)]);
    let imported = store
        .import_snapshot(new.clone(), plainly(), "ops", now())
        .await
        .unwrap();
    assert_eq!(imported.state, ImportState::Activated);
    assert_eq!(imported.snapshot_id, format!("un-sc@{}", &new.sha256[..12]));

    let row = store.snapshot(&imported.snapshot_id).await.unwrap();
    assert!(row.active && !row.staged);
    assert_eq!((row.entities, row.names, row.issues), (3, 6, 1));
    assert_eq!(row.published, Some(date("2026-11-20")));
    assert_eq!(row.recorded_at, now());
    assert_eq!(row.activated_at, Some(now()));
    assert_eq!(row.recorded_by, "ops");
    assert_eq!(row.counts, new.counts);
    assert_eq!(store.entities(&row.id).await.unwrap(), new.entities);
    assert_eq!(store.raw_files(&row.id).await.unwrap(), new.files);
    let page = Page {
        offset: 0,
        limit: 10,
    };
    let issues = store.snapshot_issues(&row.id, page).await.unwrap();
    assert_eq!((issues.total, issues.rows), (1, new.issues));
    let beyond = Page {
        offset: 1,
        limit: 10,
    };
    assert!(
        store
            .snapshot_issues(&row.id, beyond)
            .await
            .unwrap()
            .rows
            .is_empty()
    );
    assert!(matches!(
        store.snapshot("un-sc@nothing").await,
        Err(StoreError::NotFound { .. })
    ));
}

async fn the_same_bytes_change_nothing(world: World) {
    let store = world.open().await;
    let new = snapshot("un-sc", None, &[("un-sc", 3)]);
    store
        .import_snapshot(new.clone(), plainly(), "ops", now())
        .await
        .unwrap();
    let events = world.number("SELECT COUNT(*) FROM events").await;
    let again = store
        .import_snapshot(new, plainly(), "ops", at("2026-11-23"))
        .await
        .unwrap();
    assert_eq!(again.state, ImportState::AlreadyActive);
    assert_eq!(store.snapshots().await.unwrap().len(), 1);
    assert_eq!(world.number("SELECT COUNT(*) FROM events").await, events);
}

async fn a_list_that_shrank_changes_nothing_unless_accepted(world: World) {
    let store = world.open().await;
    let good = snapshot(
        "us-csl",
        Some("2026-11-01"),
        &[("us-sdn", 40), ("us-el", 10)],
    );
    let good = store
        .import_snapshot(good, plainly(), "ops", now())
        .await
        .unwrap();
    let files = files_of(&world);
    let shrunk = snapshot(
        "us-csl",
        Some("2026-11-02"),
        &[("us-sdn", 41), ("us-el", 7)],
    );
    let refused = store
        .import_snapshot(shrunk.clone(), plainly(), "ops", now())
        .await;
    let Err(ImportError::Refused(refused)) = refused else {
        panic!("{refused:?}");
    };
    assert!(
        matches!(&refused, ImportRefused::ListShrank { list, old: 10, new: 7, .. } if list == "us-el")
    );
    let text = refused.to_string();
    assert!(text.contains("us-el") && text.contains("10 to 7"), "{text}");
    assert_eq!(active(&store, "us-csl").await, Some(good.snapshot_id));
    assert_eq!(store.snapshots().await.unwrap().len(), 1);
    assert_eq!(files_of(&world), files, "a refused import leaves no file");

    let accepting = ImportOptions {
        accept: true,
        ..plainly()
    };
    let accepted = store
        .import_snapshot(shrunk, accepting, "ops", now())
        .await
        .unwrap();
    assert_eq!(accepted.state, ImportState::Activated);
    assert_eq!(active(&store, "us-csl").await, Some(accepted.snapshot_id));
}

async fn older_and_staged_snapshots_are_stored_only(world: World) {
    let store = world.open().await;
    let import = async |published: &str, activate: bool| {
        let new = snapshot("un-sc", Some(published), &[("un-sc", 5)]);
        let options = ImportOptions {
            activate,
            ..plainly()
        };
        store
            .import_snapshot(new, options, "ops", now())
            .await
            .unwrap()
    };
    let newest = import("2026-11-20", true).await;
    let older = import("2026-10-01", true).await;
    let staged = import("2026-11-21", false).await;
    assert_eq!(older.state, ImportState::StoredOlder);
    assert!(older.message.contains("not activated"), "{}", older.message);
    assert!(older.message.contains("2026-11-20"), "{}", older.message);
    assert_eq!(staged.state, ImportState::StoredNotActivated);
    assert_eq!(
        active(&store, "un-sc").await,
        Some(newest.snapshot_id.clone())
    );
    assert!(store.snapshot(&staged.snapshot_id).await.unwrap().staged);
    // Imported again, now to be used.
    let used = import("2026-11-21", true).await;
    assert_eq!(
        (used.state, used.snapshot_id),
        (ImportState::Activated, staged.snapshot_id.clone())
    );
    assert!(!store.snapshot(&staged.snapshot_id).await.unwrap().staged);
    // An operator goes back.
    store
        .activate(&older.snapshot_id, "chief", now())
        .await
        .unwrap();
    assert_eq!(active(&store, "un-sc").await, Some(older.snapshot_id));
    assert!(matches!(
        store.activate("un-sc@nothing", "chief", now()).await,
        Err(StoreError::NotFound { .. })
    ));
}

async fn names_that_were_left_out_are_noticed(world: World) {
    let store = world.open().await;
    let whole = snapshot("us-ofac-sdn", Some("2026-11-01"), &[("us-sdn", 20)]);
    let mut without_aliases = snapshot("us-ofac-sdn", Some("2026-11-02"), &[("us-sdn", 20)]);
    without_aliases.names = 20;
    let whole = store
        .import_snapshot(whole, plainly(), "ops", now())
        .await
        .unwrap();
    let refused = store
        .import_snapshot(without_aliases.clone(), plainly(), "ops", now())
        .await;
    let Err(ImportError::Refused(refused)) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(
        refused,
        ImportRefused::NamesShrank {
            source_name: "us-ofac-sdn".to_owned(),
            old: 40,
            new: 20,
            max_shrink_percent: 20,
        }
    );
    let text = refused.to_string();
    assert!(text.contains("were all files of the set given?"), "{text}");
    assert_eq!(active(&store, "us-ofac-sdn").await, Some(whole.snapshot_id));
    let accepting = ImportOptions {
        accept: true,
        ..plainly()
    };
    let accepted = store
        .import_snapshot(without_aliases, accepting, "ops", now())
        .await
        .unwrap();
    assert_eq!(accepted.state, ImportState::Activated);
}

async fn a_dated_snapshot_follows_an_undated_one(world: World) {
    let store = world.open().await;
    let import = async |published: Option<&str>, recorded: &str| {
        let new = snapshot("us-csl", published, &[("us-sdn", 5)]);
        let done = store.import_snapshot(new, plainly(), "ops", at(recorded));
        done.await.unwrap()
    };
    let undated = import(None, "2026-11-20").await;
    let dated = import(Some("2026-07-31"), "2026-11-21").await;
    assert_eq!(
        (undated.state, dated.state),
        (ImportState::Activated, ImportState::Activated)
    );
    assert_eq!(
        active(&store, "us-csl").await.as_ref(),
        Some(&dated.snapshot_id)
    );
    // The one in use answers, and for the days before it what was in use then.
    let set = async |as_of: &str| {
        let set = store.list_set(date(as_of), at("2026-11-22")).await.unwrap();
        set.members[0].snapshot_id.clone()
    };
    assert_eq!(set("2026-11-22").await, dated.snapshot_id);
    assert_eq!(set("2026-11-20").await, undated.snapshot_id);
    assert_eq!(set("2026-08-01").await, dated.snapshot_id);
}

async fn the_same_bytes_can_be_dated_later(world: World) {
    let store = world.open().await;
    let new = snapshot("us-csl", None, &[("us-sdn", 5)]);
    let import = async |published: Option<&str>, recorded: &str| {
        let mut new = new.clone();
        new.published = published.map(date);
        let done = store.import_snapshot(new, plainly(), "ops", at(recorded));
        done.await.unwrap()
    };
    let first = import(None, "2026-11-10").await;
    let events = async || {
        let sql = "SELECT kind FROM events ORDER BY stream_id, stream_seq";
        world.column(sql).await
    };
    let before = events().await;
    let dated = import(Some("2026-07-31"), "2026-11-12").await;
    assert_eq!(dated.snapshot_id, first.snapshot_id);
    assert_eq!(dated.state, ImportState::AlreadyActive);
    assert!(
        dated.message.contains("dated 2026-07-31"),
        "{}",
        dated.message
    );
    assert!(!dated.message.contains("nothing"), "{}", dated.message);
    assert_eq!(
        events().await,
        [before, vec!["ListSnapshotDated".to_owned()]].concat()
    );
    let events_then = events().await;

    // Neither no day nor another day changes it, and nothing more is recorded.
    let again = import(None, "2026-11-13").await;
    assert!(
        again.message.contains("nothing changed"),
        "{}",
        again.message
    );
    let other = import(Some("2026-08-15"), "2026-11-14").await;
    assert!(other.message.contains("keeps"), "{}", other.message);
    assert!(
        other.message.contains("2026-08-15 was not used"),
        "{}",
        other.message
    );
    assert_eq!(events().await, events_then);
    let row = store.snapshot(&first.snapshot_id).await.unwrap();
    assert_eq!(row.published, Some(date("2026-07-31")));

    // The day counts from when it was known on.
    let covers = async |as_of: &str, known: &str| {
        let set = store.list_set(date(as_of), at(known)).await.unwrap();
        (set.members[0].published, set.members[0].covers)
    };
    assert_eq!(covers("2026-08-01", "2026-11-11").await, (None, false));
    let day = Some(date("2026-07-31"));
    assert_eq!(covers("2026-08-01", "2026-11-12").await, (day, true));
    // And imports are measured by it.
    let older = snapshot("us-csl", Some("2026-07-30"), &[("us-sdn", 5)]);
    let older = store.import_snapshot(older, plainly(), "ops", now());
    let older = older.await.unwrap();
    assert_eq!(older.state, ImportState::StoredOlder);
    assert!(older.message.contains("(2026-07-31)"), "{}", older.message);

    for sql in [
        "UPDATE snapshot_dates SET published = '2026-01-01'",
        "DELETE FROM snapshot_dates",
    ] {
        let error = world.run(sql).await.expect_err(sql).to_string();
        assert!(error.contains("rows are never changed"), "{sql}: {error}");
    }
    assert_eq!(store.check().await.unwrap().problem, None);
}

async fn guards_of_an_earlier_version_are_made_anew(world: World) {
    drop(world.open().await);
    world.drop_guards().await;
    let earlier = "UPDATE installation SET value = '1' WHERE name = 'guards'";
    assert_eq!(world.run(earlier).await.unwrap(), 1);
    let store = world.open().await;
    let new = snapshot("us-csl", None, &[("us-sdn", 5)]);
    store
        .import_snapshot(new, plainly(), "ops", now())
        .await
        .unwrap();
    assert!(world.run("DELETE FROM activations").await.is_err());
}

async fn the_list_set_follows_day_and_knowledge(world: World) {
    let store = world.open().await;
    let import = async |source: &str, published: Option<&str>, recorded: &str| {
        let new = snapshot(source, published, &[(source, 5)]);
        let done = store
            .import_snapshot(new, plainly(), "ops", at(recorded))
            .await;
        done.unwrap().snapshot_id
    };
    let un_old = import("un-sc", Some("2026-10-01"), "2026-10-02").await;
    let un_new = import("un-sc", Some("2026-11-01"), "2026-11-05").await;
    let ca = import("ca-sema", None, "2026-10-20").await;

    let set =
        async |as_of: &str, known: &str| store.list_set(date(as_of), at(known)).await.unwrap();
    let today = set("2026-11-22", "2026-11-22").await;
    let shown: Vec<_> = today
        .members
        .iter()
        .map(|m| (m.snapshot_id.as_str(), m.covers))
        .collect();
    assert_eq!(shown, [(ca.as_str(), true), (un_new.as_str(), true)]);
    assert!(today.id.starts_with("ls-") && today.id.len() == 15);
    assert_eq!(
        store.list_set_members(&today.id).await.unwrap(),
        [ca.clone(), un_new]
    );
    assert!(matches!(
        store.list_set_members("ls-no").await,
        Err(StoreError::NotFound { .. })
    ));

    // The same day with what was known before the newer one was imported.
    let then = set("2026-11-03", "2026-11-04").await;
    assert_eq!(then.members[1].snapshot_id, un_old);
    assert_ne!(then.id, today.id);
    assert_eq!(
        then.id,
        set("2026-10-25", "2026-11-01").await.id,
        "the id is of the members"
    );
    // Before anything of Canada: the oldest, which does not cover the day.
    let before = set("2026-10-10", "2026-11-22").await;
    assert_eq!(
        (
            before.members[0].snapshot_id.as_str(),
            before.members[0].covers
        ),
        (ca.as_str(), false)
    );
    assert_eq!(
        (
            before.members[1].snapshot_id.as_str(),
            before.members[1].covers
        ),
        (un_old.as_str(), true)
    );
}

async fn lost_segments_are_noticed_and_restored(world: World) {
    let store = world.open().await;
    let new = snapshot("un-sc", None, &[("un-sc", 4)]);
    let id = store
        .import_snapshot(new.clone(), plainly(), "ops", now())
        .await
        .unwrap()
        .snapshot_id;
    let folder = world.config.data_dir.join("segments");
    let segment = std::fs::read_dir(folder)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let bytes = std::fs::read(&segment).unwrap();
    std::fs::write(&segment, &bytes[..bytes.len() - 3]).unwrap();
    assert!(matches!(
        store.entities(&id).await,
        Err(StoreError::Damaged(_))
    ));
    std::fs::remove_file(&segment).unwrap();
    assert!(matches!(
        store.entities(&id).await,
        Err(StoreError::File { .. })
    ));
    let others = [entity("un-sc:9")];
    assert!(matches!(
        store.restore_entities(&id, &others).await,
        Err(StoreError::Damaged(_))
    ));
    store.restore_entities(&id, &new.entities).await.unwrap();
    assert_eq!(store.entities(&id).await.unwrap(), new.entities);
}

async fn indexes_are_a_cache(world: World) {
    let store = world.open().await;
    assert_eq!(store.index_bytes("ls-1/v1").await.unwrap(), None);
    let first = Bytes::from_static(b"prepared");
    store.put_index("ls-1/v1", first).await.unwrap();
    let mapped = store.index_bytes("ls-1/v1").await.unwrap().unwrap();
    let second = Bytes::from_static(b"prepared again");
    store.put_index("ls-1/v1", second).await.unwrap();
    assert_eq!(
        store.index_bytes("ls-1/v1").await.unwrap().unwrap(),
        b"prepared again"[..]
    );
    assert_eq!(mapped, b"prepared"[..], "what is in use stays as it was");
    assert_eq!(store.index_bytes("ls-1/v2").await.unwrap(), None);
}

async fn two_importers_take_turns(world: World) {
    let first = world.open().await;
    let second = world.open().await;
    let of = |day: &str, n| snapshot("un-sc", Some(day), &[("un-sc", n)]);
    let (a, b) = tokio::join!(
        first.import_snapshot(of("2026-11-01", 10), plainly(), "a", now()),
        second.import_snapshot(of("2026-11-02", 11), plainly(), "b", now()),
    );
    let newer = b.unwrap();
    assert_eq!(newer.state, ImportState::Activated);
    assert!(matches!(
        a.unwrap().state,
        ImportState::Activated | ImportState::StoredOlder
    ));
    assert_eq!(active(&first, "un-sc").await, Some(newer.snapshot_id));
}
