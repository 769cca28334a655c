//! The JSON API.

use crate::world::{LISTED, PASSWORD, World, declaration};
use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Request, StatusCode},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use std::net::SocketAddr;
use tower::ServiceExt;

fn basic(name: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{name}:{PASSWORD}")))
}

#[test]
fn the_description_changes_only_on_purpose() {
    let description = portcullis_server::openapi();
    insta::assert_json_snapshot!("openapi", description);
}

#[tokio::test]
async fn a_program_assesses_reads_and_proves() {
    let world = World::new().await;
    let mut program = world.browser();
    let request = Request::post("/api/v1/assessments")
        .header("authorization", basic("officer"))
        .header("x-file-name", "../in/export.json")
        .body(Body::from(declaration("REF-API", LISTED)))
        .unwrap();
    let made = program.send(request).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text());
    let made = made.json();
    let message = &made["messages"][0];
    assert_eq!(message["outcome"], "prohibited", "{message}");
    assert_eq!(message["file"], "export.json");
    let id = message["decision_id"].as_str().unwrap();

    for (path, key) in [
        ("/api/v1/assessments".to_owned(), "assessments"),
        (format!("/api/v1/assessments/{id}"), "findings"),
        ("/api/v1/lists".to_owned(), "snapshots"),
        ("/api/v1/policy/rules".to_owned(), "rules"),
    ] {
        let request = Request::get(&path).header("authorization", basic("officer"));
        let answer = program.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        let json = answer.json();
        assert!(!json[key].as_array().unwrap().is_empty(), "{path}: {json}");
        assert_eq!(json["v"], 1, "{path}");
        for version in ["lists", "policy", "engine"] {
            assert!(
                !json["versions"][version].as_str().unwrap().is_empty(),
                "{path}: {json}"
            );
        }
    }
    let request = Request::get(format!("/api/v1/assessments/{id}/proof"))
        .header("authorization", basic("auditor"));
    let proof = program.send(request.body(Body::empty()).unwrap()).await;
    assert!(portcullis_ledger::verify(&proof.body, &world.store.verifier_key()).is_ok());
    let request =
        Request::get("/api/v1/ledger/checkpoint").header("authorization", basic("auditor"));
    let head = program
        .send(request.body(Body::empty()).unwrap())
        .await
        .json();
    assert_eq!(head["verifier_key"], world.store.verifier_key());
    assert!(head["size"].as_u64().unwrap() > 0);
}

#[tokio::test]
async fn screening_answers_as_the_command_does() {
    let world = World::new().await;
    let mut program = world.browser();
    let mut ask = async |body: serde_json::Value| {
        let request = Request::post("/api/v1/screen")
            .header("authorization", basic("analyst"))
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()))
            .unwrap();
        program.send(request).await
    };
    let alert = ask(serde_json::json!({"id": "7", "name": LISTED, "country": ["Türkiye"]}))
        .await
        .json();
    assert_eq!(
        (alert["status"].as_str(), alert["id"].as_str()),
        (Some("alert"), Some("7")),
        "{alert}"
    );
    assert_eq!(alert["hits"][0]["entity_id"], "un-sc:1");
    assert_eq!(alert["error"], serde_json::Value::Null);
    let cases = [
        (serde_json::json!({"name": "Garden Centre"}), "clear"),
        (
            serde_json::json!({"name": "Garden Centre", "country": ["Atlantis"]}),
            "partial",
        ),
        (serde_json::json!({"name": "…"}), "error"),
    ];
    for (body, status) in cases {
        let answer = ask(body.clone()).await.json();
        assert_eq!(answer["status"], status, "{body}: {answer}");
    }
    for body in [
        serde_json::json!({"nome": "x"}),
        serde_json::json!({"name": "x", "threshold": 2}),
    ] {
        assert_eq!(
            ask(body.clone()).await.status,
            StatusCode::BAD_REQUEST,
            "{body}"
        );
    }
}

#[tokio::test]
async fn passwords_are_taken_over_loopback_only() {
    let world = World::new().await;
    let ask = async |peer: Option<[u8; 4]>, header: String| {
        let mut request = Request::get("/api/v1/lists")
            .header("authorization", header)
            .body(Body::empty())
            .unwrap();
        if let Some(peer) = peer {
            request
                .extensions_mut()
                .insert(ConnectInfo(SocketAddr::from((peer, 9))));
        }
        world.app.clone().oneshot(request).await.unwrap()
    };
    assert_eq!(
        ask(Some([127, 0, 0, 1]), basic("viewer")).await.status(),
        StatusCode::OK
    );
    for (peer, header) in [
        (Some([192, 0, 2, 1]), basic("viewer")),
        (None, basic("viewer")),
        (
            Some([127, 0, 0, 1]),
            format!("Basic {}", STANDARD.encode("viewer:wrong")),
        ),
    ] {
        let answer = ask(peer, header).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{peer:?}");
        assert!(answer.headers().contains_key("www-authenticate"));
    }
}

#[tokio::test]
async fn guessing_passwords_is_throttled_and_pages_end() {
    let world = World::new().await;
    let mut program = world.browser();
    let mut ask = async |header: String| {
        let request = Request::get("/api/v1/assessments?page=99").header("authorization", header);
        program.send(request.body(Body::empty()).unwrap()).await
    };
    let good = ask(basic("officer")).await;
    assert_eq!(
        (good.status, good.json()["page"].as_u64()),
        (StatusCode::OK, Some(1))
    );
    let guess = format!("Basic {}", STANDARD.encode("officer:guess"));
    let mut last = ask(guess.clone()).await;
    for _ in 0..30 {
        if last.status == StatusCode::TOO_MANY_REQUESTS {
            break;
        }
        last = ask(guess.clone()).await;
    }
    assert_eq!(
        (last.status, last.json()["code"].as_str()),
        (StatusCode::TOO_MANY_REQUESTS, Some("throttled"))
    );
}

#[tokio::test]
async fn a_session_changes_something_only_with_its_token() {
    let world = World::new().await;
    let mut browser = world.signed_in("officer").await;
    let request = |token: Option<&str>| {
        let mut request = Request::post("/api/v1/assessments");
        if let Some(token) = token {
            request = request.header("x-csrf-token", token);
        }
        request
            .body(Body::from(declaration("R", "Izmir Garden Centre")))
            .unwrap()
    };
    assert_eq!(
        browser.send(request(None)).await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        browser.send(request(Some("forged"))).await.status,
        StatusCode::FORBIDDEN
    );
    let csrf = browser.csrf.clone();
    assert_eq!(
        browser.send(request(Some(&csrf))).await.status,
        StatusCode::OK
    );
    // A role that may not stays out, token or not.
    let mut viewer = world.signed_in("viewer").await;
    let csrf = viewer.csrf.clone();
    let answer = viewer.send(request(Some(&csrf))).await;
    assert_eq!(
        (answer.status, answer.json()["code"].as_str()),
        (StatusCode::FORBIDDEN, Some("forbidden"))
    );
}

#[tokio::test]
async fn nonsense_is_refused_and_nothing_is_recorded() {
    let world = World::new().await;
    let mut program = world.browser();
    let empty = Request::post("/api/v1/assessments").header("authorization", basic("officer"));
    let answer = program.send(empty.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let huge = Request::post("/api/v1/assessments").header("authorization", basic("officer"));
    let answer = program
        .send(huge.body(Body::from(vec![b' '; 33 << 20])).unwrap())
        .await;
    assert_eq!(
        (answer.status, answer.json()["code"].as_str()),
        (StatusCode::PAYLOAD_TOO_LARGE, Some("too-large"))
    );
    let wrong =
        Request::get("/api/v1/assessments?outcome=held").header("authorization", basic("officer"));
    assert_eq!(
        program
            .send(wrong.body(Body::empty()).unwrap())
            .await
            .status,
        StatusCode::BAD_REQUEST
    );
    let lost =
        Request::get("/api/v1/assessments/nothing").header("authorization", basic("officer"));
    assert_eq!(
        program.send(lost.body(Body::empty()).unwrap()).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        world
            .store
            .outcome_counts()
            .await
            .unwrap()
            .values()
            .sum::<u64>(),
        0
    );
}
