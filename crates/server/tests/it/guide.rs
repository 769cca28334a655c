//! The guided way: questions come from the engine, answers are kept, and what
//! is told stays as it was told.

use crate::world::{Answer, Browser, LISTED, World, field};
use axum::http::StatusCode;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Begins a case; gives its address.
async fn begin(browser: &mut Browser) -> String {
    let form = format!("csrf={}", browser.csrf);
    let begun = browser.post_form("/guide", &form).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.text());
    begun.header("location").to_owned()
}

async fn send(browser: &mut Browser, case: &str, page: &str, answer: &str) -> Answer {
    let form = format!(
        "csrf={}&key={}&version={}&{answer}",
        browser.csrf,
        field(page, "key").replace('#', "%23"),
        field(page, "version")
    );
    browser.post_form(case, &form).await
}

/// Answers what is asked until nothing is; gives the keys in order.
async fn walk(browser: &mut Browser, case: &str, answers: &BTreeMap<&str, &str>) -> Vec<String> {
    let mut keys = Vec::new();
    loop {
        let page = browser.get(case).await.text();
        if !page.contains("name=\"key\"") {
            assert!(page.contains("Check your answers"), "{page}");
            return keys;
        }
        let key = field(&page, "key");
        let known = answers.get(key.as_str()).copied();
        let sent = send(browser, case, &page, known.unwrap_or("open=yes")).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{key}: {}", sent.text());
        assert!(!keys.contains(&key), "asked twice: {key}");
        keys.push(key);
        assert!(keys.len() < 40, "{keys:?}");
    }
}

fn answers(consignee: &'static str) -> BTreeMap<&'static str, &'static str> {
    BTreeMap::from([
        ("description", "answer=Garden+chairs+of+wood"),
        ("exporter_country", "answer=DE"),
        ("destination", "answer=CH"),
        ("movement", "answer=export"),
        ("transit", "direct=yes"),
        ("origin", "answer=DE"),
        ("hs_code", "choice=other&answer=940161"),
        ("eu_code", "choice=none"),
        ("end_use", "answer=Sold+in+a+shop+for+gardens"),
        ("parties", consignee),
    ])
}

async fn finish(browser: &mut Browser, case: &str) -> (String, String) {
    let check = browser.get(case).await.text();
    let form = format!("csrf={}&version={}", browser.csrf, field(&check, "version"));
    let done = browser.post_form(&format!("{case}/finish"), &form).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    let to = done.header("location").to_owned();
    let page = browser.get(&to).await.text();
    (to, page)
}

#[tokio::test]
async fn a_case_is_finished_question_by_question_and_kept_as_shown() {
    let world = World::new().await;
    let mut viewer = world.signed_in("viewer").await;
    let case = begin(&mut viewer).await;
    let parties = "consignee-name=Gartenhaus+AG&consignee-country=CH";
    let keys = walk(&mut viewer, &case, &answers(parties)).await;
    assert_eq!(
        &keys[..3],
        ["description", "exporter_country", "destination"]
    );
    // German goods that leave Germany: no question of US law is put.
    assert!(
        !keys
            .iter()
            .any(|k| k == "eccn" || k == "us_content_percent"),
        "{keys:?}"
    );
    assert!(keys.contains(&"parties[0].owners".to_owned()), "{keys:?}");
    let check = viewer.get(&case).await.text();
    for told in [
        "Garden chairs of wood",
        "Switzerland",
        "Not listed",
        "Gartenhaus AG",
    ] {
        assert!(check.contains(told), "{told}: {check}");
    }
    let (result, page) = finish(&mut viewer, &case).await;
    for said in [
        "European Union",
        "On what it rests",
        "Verification code",
        "Switzerland",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    // Shown again, it is the same to the letter.
    let kept = |page: &str| {
        let from = page.find("<div class=\"kept\">").unwrap();
        let to = page.find("<section class=\"card record\"").unwrap();
        page[from..to].to_owned()
    };
    let again = viewer.get(&result).await.text();
    assert_eq!(kept(&page), kept(&again));
    let code = page.split("<b class=\"mono\">").nth(2).unwrap();
    let code = code.split('<').next().unwrap().to_owned();
    let mut stranger = world.browser();
    let verified = stranger.get(&format!("/verify?code={code}")).await;
    assert_eq!(
        verified.status,
        StatusCode::OK,
        "{code}: {}",
        verified.text()
    );
    assert!(!verified.text().contains("Gartenhaus"));
    // Others do not read it, except who oversees.
    let mut analyst = world.signed_in("analyst").await;
    assert_eq!(analyst.get(&result).await.status, StatusCode::NOT_FOUND);
    assert_eq!(analyst.get(&case).await.status, StatusCode::NOT_FOUND);
    let mut auditor = world.signed_in("auditor").await;
    assert_eq!(auditor.get(&result).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_listed_party_is_never_told_that_no_licence_is_needed() {
    let world = World::new().await;
    let mut officer = world.signed_in("officer").await;
    let case = begin(&mut officer).await;
    let listed = format!(
        "consignee-name={}&consignee-country=TR",
        LISTED.replace(' ', "+")
    );
    let listed: &'static str = Box::leak(listed.into_boxed_str());
    walk(&mut officer, &case, &answers(listed)).await;
    let (_, page) = finish(&mut officer, &case).await;
    assert!(!page.contains("No licence is needed</h2>"), "{page}");
    assert!(
        page.contains("This is prohibited") || page.contains("It cannot be said yet"),
        "{page}"
    );
}

#[tokio::test]
async fn mistakes_are_said_and_a_case_comes_back_with_its_code() {
    let world = World::new().await;
    let mut viewer = world.signed_in("viewer").await;
    let case = begin(&mut viewer).await;
    let page = viewer.get(&case).await.text();
    let wrong = send(&mut viewer, &case, &page, "answer=+").await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert!(wrong.text().contains("Enter an answer"), "{}", wrong.text());
    send(&mut viewer, &case, &page, "answer=Pumps+%3Cb%3E").await;
    let page = viewer.get(&case).await.text();
    assert!(
        page.contains("Pumps &#60;b&#62;") || page.contains("Pumps &lt;b&gt;"),
        "{page}"
    );
    let wrong = send(&mut viewer, &case, &page, "answer=Atlantis").await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert!(
        wrong.text().contains("is not a country"),
        "{}",
        wrong.text()
    );
    // An answer of another window is not written over.
    let fresh = send(&mut viewer, &case, &page, "answer=DE").await;
    assert_eq!(fresh.status, StatusCode::SEE_OTHER);
    let stale = send(&mut viewer, &case, &page, "answer=FR").await;
    assert_eq!(stale.status, StatusCode::BAD_REQUEST);
    // Back to an answer, and changed.
    let back = viewer
        .get(&format!("{case}?q=exporter_country"))
        .await
        .text();
    assert!(
        back.contains("Change an answer") && back.contains("value=\"DE\" selected"),
        "{back}"
    );
    send(&mut viewer, &case, &back, "answer=FR").await;
    let page = viewer.get(&case).await.text();
    assert!(page.contains("<dd class=\"break\">France"), "{page}");
    let code = page.split("<p class=\"mono\">").nth(1).unwrap();
    let code = code.split('<').next().unwrap().to_owned();
    // Somebody else goes on with the code, and nobody without.
    let mut analyst = world.signed_in("analyst").await;
    let form = format!("csrf={}&code=0000-0000-0000-0000", analyst.csrf);
    let none = analyst.post_form("/guide/resume", &form).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
    let form = format!("csrf={}&code={}", analyst.csrf, code.to_lowercase());
    let resumed = analyst.post_form("/guide/resume", &form).await;
    assert_eq!(resumed.header("location"), case);
    assert!(analyst.get(&case).await.text().contains("France"));
    assert_eq!(viewer.get(&case).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn programs_determine_in_the_shape_of_the_command() {
    let world = World::new().await;
    let mut officer = world.signed_in("officer").await;
    let lines = [
        json!({"id": "1", "destination": "CH", "exporter_country": "DE", "eu_code": "unknown"}),
        json!({"id": "2", "destination": "Atlantis"}),
        json!({"id": "3", "destination": "CH", "colour": "red"}),
    ];
    let body: Vec<String> = lines.iter().map(Value::to_string).collect();
    let ask = |path: &str, body: String| {
        let kind = ("content-type", "application/jsonl");
        axum::http::Request::post(path.to_owned())
            .header(kind.0, kind.1)
            .header("x-csrf-token", officer.csrf.clone())
            .body(body.into())
            .unwrap()
    };
    let first = ask("/api/v1/determine?as_of=2026-11-22", body.join("\n"));
    let (empty, many) = (
        ask("/api/v1/determine", "\n".to_owned()),
        ask("/api/v1/determine", "{}\n".repeat(1_001)),
    );
    let answer = officer.send(first).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let text = answer.text();
    let out: Vec<Value> = text
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    let keys: Vec<&String> = out[0].as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "as_of",
            "authorisations",
            "checked",
            "id",
            "known",
            "not_checked",
            "per_jurisdiction",
            "questions",
            "result",
            "v"
        ]
    );
    assert_eq!(out[0]["result"], "undetermined", "{}", out[0]);
    assert_eq!(out[0]["as_of"], "2026-11-22");
    assert_eq!(
        (&out[1]["status"], &out[1]["field"]),
        (&json!("error"), &json!("destination"))
    );
    assert_eq!(
        (&out[2]["line"], &out[2]["field"]),
        (&json!(3), &json!("colour"))
    );
    for bad in [empty, many] {
        assert_eq!(officer.send(bad).await.status, StatusCode::BAD_REQUEST);
    }
}
