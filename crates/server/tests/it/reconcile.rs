//! What OpenRefine sees, and statements.

use crate::peers::{self, Client};
use axum::http::StatusCode;
use serde_json::json;

#[tokio::test]
async fn the_manifest_leads_to_every_service() {
    let world = peers::world().await;
    let mut client = Client::new(&world).await;
    let manifest = client.get("/reconcile/default?x=1").await.json();
    assert_eq!(manifest["versions"], json!(["0.2"]));
    let base = "http://localhost/reconcile/default";
    assert_eq!(
        manifest["suggest"]["entity"],
        json!({
            "service_url": base, "service_path": "/suggest/entity?x=1",
            "flyout_service_url": base, "flyout_service_path": "/flyout/entity?id=${id}&x=1",
        })
    );
    assert_eq!(manifest["view"]["url"], "http://localhost/entities/{{id}}");
    for (path, first) in [
        ("suggest/entity?prefix=quill", json!("us-ofac:36")),
        ("suggest/type?prefix=pers", json!("Person")),
        ("suggest/property?prefix=birth", json!("birthDate")),
    ] {
        let answer = client
            .get(&format!("/reconcile/default/{path}"))
            .await
            .json();
        assert_eq!(answer["result"][0]["id"], first, "{path}");
        assert_eq!(answer["status"], "200 OK");
    }
    let properties = client
        .get("/reconcile/default/extend/property?type=Person")
        .await
        .json();
    assert_eq!(properties["type"], "Person");
    let called = client.get("/reconcile/default?callback=jq.x_1").await;
    assert_eq!(called.header("content-type"), "application/javascript");
    assert!(
        called.text().starts_with("/**/jq.x_1({"),
        "{}",
        called.text()
    );
    let wrong = client.get("/reconcile/default?callback=alert(1)").await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert_eq!(
        client.get("/reconcile/nothing").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn rows_are_reconciled_and_extended() {
    let world = peers::world().await;
    let mut client = Client::new(&world).await;
    let queries = json!({
        "q0": { "query": "Zaphira Quillendorf", "type": "Person", "limit": 3,
                "properties": [{ "pid": "Person:birthDate", "v": "1961-07-31" }] },
        "q1": { "query": "Harold Greenfield", "type": [{ "id": "Person" }] },
        "q2": { "query": "Norvik Precision Instruments" }
    });
    let form = format!("queries={}", percent(&queries.to_string()));
    let answer = client.form("/reconcile/default", &form).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let json = answer.json();
    let first = &json["q0"]["result"][0];
    assert_eq!(
        (&first["id"], &first["match"]),
        (&json!("us-ofac:36"), &json!(true))
    );
    assert_eq!(first["type"], json!([{ "id": "Person", "name": "People" }]));
    assert_eq!(json["q1"]["result"], json!([]));
    assert_eq!(json["q2"]["result"][0]["id"], "us-csl:el-9");
    let extend = json!({ "ids": ["us-ofac:36", "nobody"], "properties": [{ "id": "birthDate" }, { "id": "Thing:topics" }] });
    let form = format!("extend={}", percent(&extend.to_string()));
    let answer = client.form("/reconcile/default", &form).await.json();
    assert_eq!(
        answer["rows"]["us-ofac:36"]["birthDate"],
        json!([{ "str": "1961-07-31" }])
    );
    assert_eq!(
        answer["rows"]["us-ofac:36"]["Thing:topics"],
        json!([{ "str": "sanction" }])
    );
    assert_eq!(answer["rows"]["nobody"]["birthDate"], json!([]));
    assert_eq!(
        answer["meta"][0],
        json!({ "id": "birthDate", "name": "Birth date" })
    );
    for wrong in ["", "queries=%5B%5D", "queries=x", "extend=%7B%7D"] {
        let answer = client.form("/reconcile/default", wrong).await;
        assert!(answer.status.is_client_error(), "{wrong}");
    }
}

fn percent(text: &str) -> String {
    text.bytes().map(|b| format!("%{b:02X}")).collect()
}

#[tokio::test]
async fn statements_say_which_list_states_what() {
    let world = peers::world().await;
    let mut client = Client::new(&world).await;
    let all = client.get("/statements?entity_id=us-ofac:36").await.json();
    assert!(all["total"]["value"].as_u64().unwrap() >= 6, "{all}");
    let one = client
        .get("/statements?canonical_id=us-ofac:36&prop=birthDate")
        .await
        .json();
    let mut statement = one["results"][0].clone();
    for changing in ["id", "last_seen"] {
        let text = statement.as_object_mut().unwrap().remove(changing).unwrap();
        assert!(!text.as_str().unwrap().is_empty());
    }
    assert_eq!(
        statement,
        json!({
            "entity_id": "us-ofac:36", "canonical_id": "us-ofac:36", "prop": "birthDate",
            "prop_type": "date", "schema": "Person", "value": "1961-07-31", "original_value": null,
            "dataset": "us-sdn", "lang": null, "origin": null, "first_seen": "2019-03-04T00:00:00"
        })
    );
    assert_eq!(
        client.get("/statements").await.status,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        client.get("/statements?entity_id=nobody").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_candidate_is_shown_in_a_frame_and_beside_suggestions() {
    let world = peers::world().await;
    let mut client = Client::new(&world).await;
    let manifest = client.get("/reconcile/default?api_key=k").await.json();
    let base = "http://localhost/reconcile/default";
    assert_eq!(
        manifest["preview"]["url"],
        format!("{base}/preview?id={{{{id}}}}&api_key=k")
    );
    assert_eq!(
        manifest["suggest"]["type"]["flyout_service_path"],
        "/flyout/type?id=${id}&api_key=k"
    );
    let page = client
        .get("/reconcile/default/preview?id=us-ofac%3A36")
        .await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    // It may be framed and holds nothing that could be clicked by mistake.
    assert_eq!(page.header("x-frame-options"), "");
    let policy = page.header("content-security-policy");
    assert!(!policy.contains("frame-ancestors") && !policy.contains("script-src"));
    let text = page.text();
    assert!(text.contains("1961-07-31") && text.contains("us-sdn") && !text.contains("<form"));
    assert_eq!(
        client
            .get("/reconcile/default")
            .await
            .header("x-frame-options"),
        "DENY"
    );
    for (path, said) in [
        ("entity?id=us-ofac:36", "1961-07-31"),
        ("type?id=Person", "People"),
        ("property?id=Person:birthDate", "Birth date"),
    ] {
        let answer = client
            .get(&format!("/reconcile/default/flyout/{path}"))
            .await;
        let html = answer.json()["html"].as_str().unwrap().to_owned();
        assert!(html.contains(said), "{path}: {html}");
    }
    for nothing in [
        "flyout/type?id=Ghost",
        "flyout/thing?id=x",
        "preview?id=nobody",
    ] {
        let answer = client.get(&format!("/reconcile/default/{nothing}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{nothing}");
    }
}
