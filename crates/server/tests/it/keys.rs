//! Keys of programs over HTTP: what they open, what they cost, how they end.

use crate::{
    peers::{self, Client},
    world::World,
};
use axum::{
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{Request, StatusCode},
};
use jiff::{SignedDuration, Timestamp};
use portcullis_server::{AppState, router};
use portcullis_store::{NewToken, Role, Scope};
use serde_json::{Value, json};
use std::net::SocketAddr;
use tower::ServiceExt;

fn query() -> Value {
    json!({ "q": { "schema": "Person", "properties": { "name": ["Harold Greenfield"] } } })
}

fn key(scopes: &[Scope]) -> NewToken {
    NewToken {
        scopes: scopes.to_vec(),
        ..NewToken::default()
    }
}

#[tokio::test]
async fn nobody_is_let_in_without_a_key_or_with_a_wrong_one() {
    let world = peers::world().await;
    let mut stranger = Client::without_key(&world);
    let answer = stranger.matched("/match/default", query()).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.json()["code"], "sign-in-needed");
    assert!(answer.header("www-authenticate").starts_with("Bearer"));
    for sent in [
        "Bearer x",
        "ApiKey ",
        "Bearer portcullis_000000000000_0",
        "Basic eDp5",
    ] {
        let request = Request::get("/catalog").header("authorization", sent);
        let answer = world
            .browser()
            .send(request.body(Body::empty()).unwrap())
            .await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{sent}");
    }
}

#[tokio::test]
async fn a_key_opens_what_its_scopes_say() {
    let world = peers::world().await;
    for (scope, matches, searches, reads) in [
        (Scope::Match, 200, 403, 403),
        (Scope::Search, 403, 200, 403),
        (Scope::Read, 403, 403, 200),
    ] {
        let mut client = Client::with(&world, key(&[scope])).await;
        let matched = client.matched("/match/default", query()).await;
        assert_eq!(matched.status.as_u16(), matches, "{}", scope.as_str());
        assert_eq!(
            client.get("/search/default").await.status.as_u16(),
            searches
        );
        assert_eq!(client.get("/api/v1/lists").await.status.as_u16(), reads);
        // Pages are for people.
        assert_eq!(client.get("/lists").await.status, StatusCode::SEE_OTHER);
    }
    // A scope opens nothing that the owner's account may not do.
    let new = NewToken {
        owner: Some(Role::Viewer.as_str().to_owned()),
        ..key(&[Scope::Match, Scope::Read])
    };
    let mut client = Client::with(&world, new).await;
    assert_eq!(
        client.matched("/match/default", query()).await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(client.get("/api/v1/lists").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_key_taken_back_or_ended_gets_no_further_answer() {
    let world = peers::world().await;
    let mut client = Client::new(&world).await;
    assert_eq!(client.get("/catalog").await.status, StatusCode::OK);
    assert_eq!(
        client.matched("/match/default", query()).await.status,
        StatusCode::OK
    );
    let name = world.store.tokens().await.unwrap()[0].name.clone();
    world
        .store
        .revoke_token(&name, "admin", Timestamp::now())
        .await
        .unwrap();
    // At once, although this process has just known the key.
    assert_eq!(
        client.matched("/match/default", query()).await.status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        client.get("/catalog").await.status,
        StatusCode::UNAUTHORIZED
    );
    let soon = Timestamp::now() + SignedDuration::from_millis(300);
    let ending = NewToken {
        expires_at: Some(soon),
        ..key(&[Scope::Search])
    };
    let mut client = Client::with(&world, ending).await;
    assert_eq!(client.get("/catalog").await.status, StatusCode::OK);
    tokio::time::sleep(std::time::Duration::from_millis(350)).await;
    assert_eq!(
        client.get("/catalog").await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn quotas_count_queries_and_say_when_there_is_more() {
    let world = peers::world().await;
    let new = NewToken {
        per_day: Some(3),
        ..key(&[Scope::Match])
    };
    let mut client = Client::with(&world, new).await;
    let two = json!({ "a": query()["q"], "b": query()["q"] });
    assert_eq!(
        client.matched("/match/default", two.clone()).await.status,
        StatusCode::OK
    );
    // Two more are too many, one is not; a refused request costs nothing.
    let over = client.matched("/match/default", two).await;
    assert_eq!(over.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(over.json()["code"], "over-quota");
    let wait: u64 = over.header("retry-after").parse().unwrap();
    assert!((1..=86_400).contains(&wait), "{wait}");
    assert_eq!(
        client.post("/match/default", "{}").await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(
        client.matched("/match/default", query()).await.status,
        StatusCode::OK
    );
    assert_eq!(
        client.matched("/match/default", query()).await.status,
        StatusCode::TOO_MANY_REQUESTS
    );
    let today = Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let used = world.store.usage(today).await.unwrap();
    assert_eq!((used[0].requests, used[0].queries), (2, 3));
    let new = NewToken {
        per_minute: Some(2),
        ..key(&[Scope::Match])
    };
    let mut client = Client::with(&world, new).await;
    assert_eq!(
        client.matched("/match/default", query()).await.status,
        StatusCode::OK
    );
    assert_eq!(
        client.matched("/match/default", query()).await.status,
        StatusCode::OK
    );
    let over = client.matched("/match/default", query()).await;
    assert_eq!(over.status, StatusCode::TOO_MANY_REQUESTS);
    let wait: u64 = over.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
}

async fn open(world: &World, peer: [u8; 4], headers: &[(&str, &str)], path: &str) -> (u16, String) {
    let state = AppState::new(world.store.clone(), crate::world::engine());
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(Body::empty()).unwrap();
    request
        .extensions_mut()
        .insert(ConnectInfo(SocketAddr::from((peer, 4))));
    let app = router(state.with_open_screening(true));
    let answer = app.oneshot(request).await.unwrap();
    let status = answer.status().as_u16();
    let body = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    (status, String::from_utf8_lossy(&body).into_owned())
}

#[tokio::test]
async fn an_open_installation_is_open_to_its_own_machine_alone() {
    let world = peers::world().await;
    let here = [127, 0, 0, 1];
    let path = "/search/default";
    assert_eq!(open(&world, here, &[], path).await.0, 200);
    assert_eq!(
        open(&world, here, &[("host", "localhost:8440")], path)
            .await
            .0,
        200
    );
    // From elsewhere, through a proxy, from a page of another site, by another name.
    assert_eq!(open(&world, [10, 0, 0, 1], &[], path).await.0, 401);
    assert_eq!(
        open(&world, here, &[("x-forwarded-for", "10.0.0.1")], path)
            .await
            .0,
        401
    );
    assert_eq!(
        open(&world, here, &[("origin", "https://example.org")], path)
            .await
            .0,
        401
    );
    assert_eq!(
        open(&world, here, &[("host", "rebound.example.org")], path)
            .await
            .0,
        401
    );
    // A wrong key is not nobody, and the rest stays shut.
    assert_eq!(
        open(&world, here, &[("authorization", "ApiKey x")], path)
            .await
            .0,
        401
    );
    assert_eq!(open(&world, here, &[], "/api/v1/assessments").await.0, 401);
    assert_eq!(open(&world, here, &[], "/assessments").await.0, 303);
}
