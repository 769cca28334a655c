//! Users and sessions.

use crate::support::{World, now, on_both_databases};
use jiff::{SignedDuration, Timestamp};
use portcullis_store::{Authentication, Role, StoreError};

on_both_databases!(
    a_user_signs_in,
    guessing_is_slowed_down,
    sessions_end,
    names_and_passwords_have_bounds,
);

const PASSWORD: &str = "correct horse battery";

fn after(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

async fn a_user_signs_in(world: World) {
    let store = world.open().await;
    let user = store
        .add_user("Ada", Role::Officer, PASSWORD, "cli", now())
        .await
        .unwrap();
    let signed_in = store.authenticate("aDA", PASSWORD, now()).await.unwrap();
    assert_eq!(signed_in, Authentication::Accepted(user.clone()));
    for (name, password) in [("Ada", "wrong"), ("Bob", PASSWORD), ("Ada", ""), ("", "")] {
        let refused = store.authenticate(name, password, now()).await.unwrap();
        assert_eq!(refused, Authentication::Refused, "{name}");
    }
    assert_eq!(store.users().await.unwrap(), std::slice::from_ref(&user));
    store
        .set_user_disabled(&user.id, true, "admin", now())
        .await
        .unwrap();
    let shut = store.authenticate("Ada", PASSWORD, now()).await.unwrap();
    assert_eq!(shut, Authentication::Refused);
    store
        .set_user_disabled(&user.id, false, "admin", now())
        .await
        .unwrap();
    assert!(matches!(
        store.authenticate("Ada", PASSWORD, now()).await.unwrap(),
        Authentication::Accepted(_)
    ));
    let nobody = store
        .set_user_disabled("nobody", true, "admin", now())
        .await;
    assert!(matches!(nobody, Err(StoreError::NotFound { .. })));
    let stored = world.column("SELECT password FROM users").await;
    assert!(stored[0].starts_with("$argon2id$"), "{stored:?}");
    // Who has which account is not told by the events.
    let bodies = world.column("SELECT body FROM events").await.join(" ");
    assert!(!bodies.contains("Ada"), "{bodies}");
    assert_eq!(store.check().await.unwrap().problem, None);
}

async fn guessing_is_slowed_down(world: World) {
    let store = world.open().await;
    store
        .add_user("Ada", Role::Admin, PASSWORD, "cli", now())
        .await
        .unwrap();
    for name in ["Ada", "Nobody"] {
        for _ in 0..5 {
            let answer = store
                .authenticate(name, "wrong wrong wrong", now())
                .await
                .unwrap();
            assert_eq!(answer, Authentication::Refused, "{name}");
        }
        let answer = store.authenticate(name, PASSWORD, after(1)).await.unwrap();
        assert_eq!(
            answer,
            Authentication::Throttled { until: after(15) },
            "{name}"
        );
    }
    let later = store
        .authenticate("Ada", PASSWORD, after(15))
        .await
        .unwrap();
    assert!(matches!(later, Authentication::Accepted(_)));
    // A success wipes the slate clean.
    let wrong = store.authenticate("Ada", "wrong", after(16)).await.unwrap();
    assert_eq!(wrong, Authentication::Refused);
    let right = store
        .authenticate("Ada", PASSWORD, after(16))
        .await
        .unwrap();
    assert!(matches!(right, Authentication::Accepted(_)));
}

async fn sessions_end(world: World) {
    let store = world.open().await;
    let user = store
        .add_user("Ada", Role::Viewer, PASSWORD, "cli", now())
        .await
        .unwrap();
    let session = store
        .create_session(&user.id, now(), after(60))
        .await
        .unwrap();
    let found = store
        .session(&session.token, after(59))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (found.user, found.csrf, found.expires_at),
        (user.clone(), session.csrf, after(60))
    );
    assert!(
        store
            .session(&session.token, after(60))
            .await
            .unwrap()
            .is_none()
    );
    assert!(store.session("another", now()).await.unwrap().is_none());
    let stored = world.column("SELECT token_hash FROM sessions").await;
    assert_ne!(stored[0], session.token);

    let second = store
        .create_session(&user.id, now(), after(600))
        .await
        .unwrap();
    assert_ne!(second.token, session.token);
    assert_eq!(store.delete_expired_sessions(after(60)).await.unwrap(), 1);
    store.delete_session(&second.token).await.unwrap();
    store.delete_session(&second.token).await.unwrap();
    assert!(store.session(&second.token, now()).await.unwrap().is_none());

    let third = store
        .create_session(&user.id, now(), after(600))
        .await
        .unwrap();
    store
        .set_user_disabled(&user.id, true, "admin", now())
        .await
        .unwrap();
    assert!(store.session(&third.token, now()).await.unwrap().is_none());
}

async fn names_and_passwords_have_bounds(world: World) {
    let store = world.open().await;
    store
        .add_user("Ada", Role::Admin, PASSWORD, "cli", now())
        .await
        .unwrap();
    let long = "x".repeat(1_025);
    let refused = [
        ("ADA", PASSWORD),
        ("", PASSWORD),
        (" Bob", PASSWORD),
        ("B\u{7}b", PASSWORD),
        ("Bob", "short"),
        ("Bob", long.as_str()),
    ];
    for (name, password) in refused {
        let refused = store
            .add_user(name, Role::Admin, password, "cli", now())
            .await;
        assert!(matches!(refused, Err(StoreError::Invalid(_))), "{name:?}");
    }
    assert_eq!(store.users().await.unwrap().len(), 1);
    for role in Role::ALL {
        assert_eq!(Role::parse(role.as_str()), Some(role));
    }
    assert_eq!(Role::parse("root"), None);
}
