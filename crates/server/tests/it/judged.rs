//! What was judged stands beside the match, in every answer; and what
//! assessments meet stands in the queue.

use crate::{
    peers::{self, Client},
    world::{LISTED, World},
};
use axum::http::StatusCode;
use jiff::Timestamp;
use portcullis_casework::{Terms, Verdict};
use portcullis_domain::{Name, NameKind, Party, PartyKind};
use portcullis_store::{NewDisposition, NewToken, Scope};
use serde_json::{Value, json};

/// Ann and Ben agree that a company of this name is not the listed one.
async fn cleared(world: &World, party: Party) -> String {
    let lists = portcullis_gate::load_lists(
        &world.store,
        &portcullis_gate::Catalogue::default(),
        Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date(),
        Timestamp::now(),
    )
    .await
    .unwrap();
    let new = NewDisposition {
        party,
        customer: None,
        entity: lists.entity("un-sc:1").unwrap(),
        verdict: Verdict::NotSame,
        reason: "another company".to_owned(),
        expires_on: None,
        engine_major: portcullis_screening::ENGINE_VERSION.0,
        terms: Terms {
            second_needed: true,
            longest_days: 365,
        },
        rests_on: None,
    };
    let now = Timestamp::now();
    let made = world.store.propose_disposition(new, "ann", now).await;
    let id = made.unwrap().disposition.id;
    world
        .store
        .confirm_disposition(&id, "ben", now)
        .await
        .unwrap();
    id
}

fn named(kind: PartyKind) -> Party {
    Party {
        kind,
        names: vec![Name::new(NameKind::Primary, LISTED)],
        ..Party::default()
    }
}

fn says(judgement: &Value, id: &str) {
    assert_eq!(judgement["id"], id, "{judgement}");
    assert_eq!(judgement["verdict"], "not_same");
    assert_eq!(judgement["by"], "ann and ben");
    assert_eq!(judgement["expires_on"].as_str().unwrap().len(), 10);
}

#[tokio::test]
async fn every_answer_lists_the_match_and_says_how_it_was_judged() {
    let world = peers::world().await;
    let company = cleared(&world, named(PartyKind::Organisation)).await;
    let unknown = cleared(&world, named(PartyKind::Unknown)).await;
    let scopes = vec![Scope::Match, Scope::Search];
    let new = NewToken {
        scopes,
        ..NewToken::default()
    };
    let mut client = Client::with(&world, new).await;
    let query = json!({
        "judged": { "schema": "Organization", "properties": { "name": [LISTED] } },
        "not": { "schema": "Organization", "properties": { "name": [LISTED], "country": ["tr"] } },
    });
    let whole = client.matched("/match/default", query).await.json();
    let one = |name: &str| whole["responses"][name]["results"][0].clone();
    assert_eq!(one("judged")["match"], true, "{whole}");
    says(&one("judged")["judgement"], &company);
    // The same name with a country is not who was judged.
    assert_eq!(one("not")["judgement"], Value::Null);
    let path = |base: &str| format!("{base}{}", LISTED.replace(' ', "+"));
    let found = client.get(&path("/search/default?q=")).await.json();
    says(&found["results"][0]["judgement"], &unknown);
    let searched = client
        .get(&path("/v2/search?type=business&name="))
        .await
        .json();
    assert_eq!(searched["entities"][0]["match"], 1.0);
    says(&searched["entities"][0]["judgement"], &company);

    let mut officer = world.signed_in("officer").await;
    let body = json!({ "id": "1", "name": LISTED, "type": "organisation" }).to_string();
    let request = axum::http::Request::post("/api/v1/screen")
        .header("content-type", "application/json")
        .header("x-csrf-token", officer.csrf.clone());
    let answer = officer.send(request.body(body.into()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let screened = answer.json();
    assert_eq!(screened["status"], "alert");
    says(&screened["hits"][0]["judgement"], &company);
}

#[tokio::test]
async fn what_an_assessment_meets_stands_in_the_queue_and_is_judged_there() {
    let world = World::new().await;
    let mut officer = world.signed_in("officer").await;
    let first = officer.assess("Q-1", LISTED).await;
    let second = officer.assess("Q-2", LISTED).await;
    let queue = officer.get("/alerts?source=assessments").await.text();
    assert!(
        queue.contains("1 alert<") && queue.contains("In 2 assessments"),
        "{queue}"
    );
    assert!(
        officer
            .get("/alerts?source=customers")
            .await
            .text()
            .contains("0 alerts")
    );
    assert_eq!(
        officer.get("/alerts?source=x").await.status,
        StatusCode::BAD_REQUEST
    );
    let alert = queue.split("href=\"/alerts/").nth(1).unwrap();
    let alert = format!("/alerts/{}", alert.split('"').next().unwrap());
    // Both lead to each other.
    let page = officer.get(&alert).await.text();
    for id in [&first, &second] {
        assert!(page.contains(&format!("/assessments/{id}")), "{page}");
        let assessment = officer.get(&format!("/assessments/{id}")).await.text();
        assert!(assessment.contains(&alert), "{assessment}");
    }
    let form = format!(
        "csrf={}&verdict=not_same&because=place&reason=",
        officer.csrf
    );
    let judged = officer.post_form(&alert, &form).await;
    assert_eq!(judged.status, StatusCode::SEE_OTHER, "{}", judged.text());
    let waiting = officer.get("/alerts?state=awaiting").await.text();
    assert!(waiting.contains(&alert), "{waiting}");
    let judgement = judged.header("location").to_owned();
    let mut admin = world.signed_in("admin").await;
    let csrf = format!("csrf={}", admin.csrf);
    admin
        .post_form(&format!("{judgement}/confirm"), &csrf)
        .await;
    assert!(
        admin
            .get("/alerts?state=cleared")
            .await
            .text()
            .contains(&alert)
    );
    // A further assessment passes on the judgement, and says so.
    let third = admin.assess("Q-3", LISTED).await;
    let json = admin
        .get(&format!("/api/v1/assessments/{third}"))
        .await
        .json();
    let hits = json["screened"].as_array().unwrap();
    let judged = hits.iter().flat_map(|s| s["hits"].as_array().unwrap());
    let judged: Vec<&Value> = judged.map(|h| &h["judgement"]).collect();
    assert_eq!(judged[0]["verdict"], "not_same", "{json}");
    assert!(
        admin
            .get("/alerts?state=open")
            .await
            .text()
            .contains("0 alerts")
    );
}
