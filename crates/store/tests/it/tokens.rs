//! Keys of programs and what they use.

use crate::screenings::screening;
use crate::support::{World, now, on_both_databases};
use jiff::{SignedDuration, Timestamp};
use portcullis_store::{Charge, Charged, NewToken, Role, Scope, Settled, Settlement, StoreError};

on_both_databases!(
    a_key_is_shown_once_and_works,
    a_key_taken_back_gets_no_further_answer,
    a_key_ends_with_its_day_and_with_its_owner,
    quotas_are_held_within_a_batch_and_renewed_by_day,
    rates_are_held_over_every_server_on_a_database,
    keys_have_bounds,
    a_refused_request_leaves_no_record,
);

fn after(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

fn key(name: &str) -> NewToken {
    NewToken {
        name: name.to_owned(),
        scopes: vec![Scope::Search, Scope::Match, Scope::Match],
        ..NewToken::default()
    }
}

fn charge(token: &str, queries: u64) -> Charge {
    Charge {
        token: token.to_owned(),
        queries,
    }
}

async fn a_key_is_shown_once_and_works(world: World) {
    let store = world.open().await;
    let made = store
        .create_token(&key("Batch"), "cli", now())
        .await
        .unwrap();
    assert!(!format!("{made:?}").contains(&made.secret));
    let held = store.token(&made.secret, now()).await.unwrap().unwrap();
    assert_eq!(held, made.token);
    assert_eq!(held.actor, "token:Batch");
    assert_eq!(held.scopes, [Scope::Match, Scope::Search]);
    // The last digit changed, another key's id, no key at all.
    let mut other = made.secret.clone();
    let last = other.pop().unwrap();
    other.push(if last == '0' { '1' } else { '0' });
    for wrong in [other.as_str(), "", "portcullis_", &"0".repeat(88)] {
        assert_eq!(store.token(wrong, now()).await.unwrap(), None);
    }
    // Neither database nor events hold the secret.
    let hash = world.column("SELECT secret_hash FROM api_tokens").await;
    assert!(!made.secret.contains(&hash[0]));
    let bodies = world.column("SELECT body FROM events").await.join(" ");
    assert!(
        !bodies.contains("Batch") && !bodies.contains(&made.secret),
        "{bodies}"
    );
    assert_eq!(store.check().await.unwrap().problem, None);
}

async fn a_key_taken_back_gets_no_further_answer(world: World) {
    let store = world.open().await;
    let made = store
        .create_token(&key("Batch"), "cli", now())
        .await
        .unwrap();
    let one = [charge(&made.token.id, 1)];
    assert_eq!(
        store.charge(&one, now()).await.unwrap(),
        [Charged::Accepted]
    );
    // Another process takes it back.
    let elsewhere = world.open().await;
    elsewhere
        .revoke_token("batch", "cli", after(1))
        .await
        .unwrap();
    assert_eq!(
        store.charge(&one, after(2)).await.unwrap(),
        [Charged::Refused]
    );
    assert_eq!(store.token(&made.secret, after(2)).await.unwrap(), None);
    let again = store.revoke_token("batch", "cli", after(3)).await;
    assert!(matches!(again, Err(StoreError::NotFound { .. })));
    let listed = store.tokens().await.unwrap();
    assert_eq!(listed[0].revoked_at, Some(after(1)));
    assert_eq!(listed[0].last_used_at, Some(now()));
}

async fn a_key_ends_with_its_day_and_with_its_owner(world: World) {
    let store = world.open().await;
    let ada = store
        .add_user("Ada", Role::Analyst, "correct horse battery", "cli", now())
        .await
        .unwrap();
    let new = NewToken {
        owner: Some("ada".to_owned()),
        expires_at: Some(after(60)),
        ..key("Ada's own")
    };
    let made = store.create_token(&new, "cli", now()).await.unwrap();
    assert_eq!(made.token.actor, "Ada");
    assert_eq!(made.token.role, Some(Role::Analyst));
    let one = [charge(&made.token.id, 1)];
    assert_eq!(
        store.charge(&one, after(59)).await.unwrap(),
        [Charged::Accepted]
    );
    assert_eq!(
        store.charge(&one, after(60)).await.unwrap(),
        [Charged::Refused]
    );
    assert_eq!(store.token(&made.secret, after(60)).await.unwrap(), None);
    store
        .set_user_disabled(&ada.id, true, "cli", after(1))
        .await
        .unwrap();
    assert_eq!(
        store.charge(&one, after(2)).await.unwrap(),
        [Charged::Refused]
    );
    assert_eq!(store.token(&made.secret, after(2)).await.unwrap(), None);
}

async fn quotas_are_held_within_a_batch_and_renewed_by_day(world: World) {
    let store = world.open().await;
    let new = NewToken {
        per_day: Some(10),
        ..key("Small")
    };
    let small = store
        .create_token(&new, "cli", now())
        .await
        .unwrap()
        .token
        .id;
    let large = store
        .create_token(&key("Large"), "cli", now())
        .await
        .unwrap();
    let large = large.token.id;
    let batch = [
        charge(&small, 6),
        charge(&large, 1_000),
        charge(&small, 5),
        charge(&small, 4),
        charge("nobody", 1),
    ];
    let charged = store.charge(&batch, now()).await.unwrap();
    let Charged::OverQuota { per_day: 10, until } = charged[2] else {
        panic!("{charged:?}");
    };
    assert!(until > now());
    assert_eq!(charged[0], Charged::Accepted);
    assert_eq!(charged[1], Charged::Accepted);
    assert_eq!(charged[3], Charged::Accepted);
    assert_eq!(charged[4], Charged::Refused);
    let more = [charge(&small, 1)];
    assert!(matches!(
        store.charge(&more, now()).await.unwrap()[..],
        [Charged::OverQuota { .. }]
    ));
    assert_eq!(
        store.charge(&more, until).await.unwrap(),
        [Charged::Accepted]
    );
    let day = now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let usage = store.usage(day).await.unwrap();
    let of = |token: &str| {
        let rows = usage.iter().filter(|u| u.token == token);
        rows.map(|u| (u.requests, u.queries)).collect::<Vec<_>>()
    };
    assert_eq!(of(&small), [(1, 1), (2, 10)]);
    assert_eq!(of(&large), [(1, 1_000)]);
}

async fn rates_are_held_over_every_server_on_a_database(world: World) {
    let (one, two) = (world.open().await, world.open().await);
    let new = NewToken {
        per_minute: Some(60),
        ..key("Fast")
    };
    let made = one.create_token(&new, "cli", now()).await.unwrap();
    let ask = |queries| vec![charge(&made.token.id, queries)];
    assert_eq!(
        one.charge(&ask(40), now()).await.unwrap(),
        [Charged::Accepted]
    );
    assert_eq!(
        two.charge(&ask(20), now()).await.unwrap(),
        [Charged::Accepted]
    );
    let refused = one.charge(&ask(10), now()).await.unwrap();
    let until = after(10);
    assert_eq!(
        refused,
        [Charged::TooFast {
            per_minute: 60,
            until
        }]
    );
    // It fills at an even pace, and what was refused cost nothing.
    assert_eq!(
        two.charge(&ask(10), until).await.unwrap(),
        [Charged::Accepted]
    );
    assert!(matches!(
        one.charge(&ask(1), until).await.unwrap()[..],
        [Charged::TooFast { .. }]
    ));
}

async fn keys_have_bounds(world: World) {
    let store = world.open().await;
    store
        .create_token(&key("Batch"), "cli", now())
        .await
        .unwrap();
    let wrong = [
        key("bATCH"),
        key(""),
        key(" edge"),
        NewToken {
            scopes: Vec::new(),
            ..key("none")
        },
        NewToken {
            per_day: Some(0),
            ..key("zero")
        },
        NewToken {
            owner: Some("nobody".to_owned()),
            ..key("owned")
        },
        NewToken {
            expires_at: Some(now()),
            ..key("ended")
        },
    ];
    for new in wrong {
        let refused = store.create_token(&new, "cli", now()).await;
        assert!(matches!(refused, Err(StoreError::Invalid(_))), "{new:?}");
    }
    assert_eq!(store.tokens().await.unwrap().len(), 1);
}

async fn a_refused_request_leaves_no_record(world: World) {
    let store = world.open().await;
    let new = NewToken {
        per_day: Some(2),
        ..key("Small")
    };
    let small = store.create_token(&new, "cli", now()).await.unwrap();
    let request = |token: Option<&str>, names: &[&str]| Settlement {
        charge: token.map(|token| charge(token, names.len() as u64)),
        screenings: names.iter().map(|name| screening("api", name, 0)).collect(),
    };
    let small = Some(small.token.id.as_str());
    let settled = store
        .settle(
            vec![
                request(small, &["Ada One", "Ada Two"]),
                request(small, &["Ada Three"]),
                request(Some("nobody"), &["Ada Four"]),
                request(None, &["Ada Five"]),
                request(None, &[]),
            ],
            now(),
        )
        .await
        .unwrap();
    let Settled::Accepted(recorded) = &settled[0] else {
        panic!("{settled:?}");
    };
    assert_eq!(recorded.len(), 2);
    assert!(matches!(
        settled[1],
        Settled::Refused(Charged::OverQuota { .. })
    ));
    assert_eq!(settled[2], Settled::Refused(Charged::Refused));
    assert!(matches!(&settled[3], Settled::Accepted(one) if one.len() == 1));
    assert_eq!(settled[4], Settled::Accepted(Vec::new()));
    assert_eq!(world.number("SELECT COUNT(*) FROM screenings").await, 3);
    let read = store.screening(&recorded[1].id).await.unwrap();
    assert_eq!(read.code, recorded[1].code);
    assert_eq!(store.check().await.unwrap().problem, None);
}
