//! The pages, over decisions made by the real policies.

use crate::world::{LISTED, World};
use axum::http::StatusCode;
use portcullis_domain::Outcome;

/// The one script that a page may name.
const SHORTCUTS: &str = "<script src=\"/assets/console.js\" defer></script>";

#[tokio::test]
async fn every_page_renders_with_its_headers() {
    let world = World::new().await;
    let mut browser = world.signed_in("officer").await;
    let id = browser.assess("REF-1", "Izmir Garden Centre").await;
    let snapshot = world.store.snapshots().await.unwrap()[0].id.clone();
    let pages = [
        ("/".to_owned(), "Needs attention"),
        ("/assessments".to_owned(), "REF-1"),
        (format!("/assessments/{id}"), "How the decision follows"),
        ("/assess".to_owned(), "Declaration file"),
        ("/screen".to_owned(), "Screen a name"),
        ("/screenings".to_owned(), "Everybody"),
        ("/judgements".to_owned(), "Nothing waits"),
        ("/entry?id=un-sc:1".to_owned(), "What the list says"),
        ("/verify".to_owned(), "Check a record"),
        ("/lists".to_owned(), "un-sc"),
        (format!("/lists/{snapshot}"), "What could not be read"),
        (format!("/lists/{snapshot}?page=3"), "Page 3 of 3"),
        ("/policy".to_owned(), "Review by"),
        ("/ledger".to_owned(), "test.example/ledger"),
        ("/help".to_owned(), "Risk evidence"),
    ];
    for (path, expected) in pages {
        let answer = browser.get(&path).await;
        let text = answer.text();
        assert_eq!(answer.status, StatusCode::OK, "{path}: {text}");
        assert!(text.contains(expected), "{path}: {text}");
        assert!(
            !text.replace(SHORTCUTS, "").contains("<script") && !text.contains(" style="),
            "{path}"
        );
        let policy = answer.header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{path}"
        );
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
    }
}

#[tokio::test]
async fn every_rule_has_its_page() {
    let world = World::new().await;
    let mut browser = world.signed_in("viewer").await;
    let text = browser.get("/policy").await.text();
    let links: Vec<&str> = text
        .split("href=\"/policy/")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .filter(|id| *id != "workbench")
        .collect();
    assert!(links.len() > 20, "{}", links.len());
    for id in links {
        let page = browser.get(&format!("/policy/{id}")).await;
        assert_eq!(page.status, StatusCode::OK, "{id}");
        assert!(page.text().contains("Source"), "{id}");
    }
}

#[tokio::test]
async fn the_listed_consignee_is_prohibited_and_the_page_says_why() {
    let world = World::new().await;
    let mut browser = world.signed_in("officer").await;
    let clean = browser.assess("REF-CLEAN", "Izmir Garden Centre").await;
    let listed = browser.assess("REF-LISTED", LISTED).await;

    let page = browser.get(&format!("/assessments/{listed}")).await.text();
    assert!(page.contains("verdict o-prohibited"), "{page}");
    assert!(page.contains("Strong match"), "{page}");
    assert!(page.contains("un-sc:1"), "{page}");
    let page = browser.get(&format!("/assessments/{clean}")).await.text();
    assert!(!page.contains("verdict o-prohibited"), "{page}");

    let queue = browser.get("/assessments").await.text();
    let place = |text: &str| {
        queue
            .find(text)
            .unwrap_or_else(|| panic!("{text} in {queue}"))
    };
    assert!(
        place("REF-LISTED") < place("REF-CLEAN"),
        "the strictest stands first"
    );
    let only = browser
        .get("/assessments?outcome=prohibited&q=listed")
        .await
        .text();
    assert!(only.contains("REF-LISTED") && !only.contains("REF-CLEAN"));
    let none = browser.get("/assessments?destination=FR").await.text();
    assert!(none.contains("Nothing matches"));
    let wrong = browser.get("/assessments?from=yesterday").await.text();
    assert!(wrong.contains("There is a problem"));

    // The same bytes again are the decision already made.
    assert_eq!(browser.assess("REF-LISTED", LISTED).await, listed);
    // The actor is who signed in.
    assert_eq!(
        world.store.decision(&listed).await.unwrap().row.actor,
        "officer"
    );
}

#[tokio::test]
async fn what_traders_write_is_escaped() {
    let world = World::new().await;
    let mut browser = world.signed_in("officer").await;
    let id = browser
        .assess("<script>alert(1)</script>", "A & \"B\" <i>Co</i>")
        .await;
    for path in [
        format!("/assessments/{id}"),
        "/assessments".to_owned(),
        "/".to_owned(),
    ] {
        let text = browser.get(&path).await.text();
        assert!(
            !text.contains("<script>") && !text.contains("<i>Co"),
            "{path}: {text}"
        );
    }
    let snapshot = world.store.snapshots().await.unwrap()[0].id.clone();
    let text = browser.get(&format!("/lists/{snapshot}")).await.text();
    assert!(
        text.contains("31 &#60;Feb&#62;") && !text.contains("<Feb>"),
        "{text}"
    );
}

#[tokio::test]
async fn an_unreadable_file_is_held_and_shown() {
    let world = World::new().await;
    let mut browser = world.signed_in("officer").await;
    let csrf = browser.csrf.clone();
    let answer = browser
        .upload(&csrf, "broken.xml", "<Declaration><oops")
        .await;
    assert_eq!(answer.status, StatusCode::OK);
    let text = answer.text();
    assert!(text.contains("o-hold"), "{text}");
    assert_eq!(
        world.store.outcome_counts().await.unwrap()[&Outcome::Hold],
        1
    );
    let id = text
        .split("href=\"/assessments/")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let page = browser.get(&format!("/assessments/{id}")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("What could not be read"));

    let empty = browser.upload(&csrf, "empty.xml", "").await;
    assert!(empty.text().contains("Choose a file that is not empty"));
}

#[tokio::test]
async fn the_proof_verifies_and_a_flipped_byte_does_not() {
    let world = World::new().await;
    let mut browser = world.signed_in("auditor").await;
    let mut officer = world.signed_in("officer").await;
    let id = officer.assess("REF-1", "Izmir Garden Centre").await;
    let proof = browser.get(&format!("/assessments/{id}/proof")).await;
    assert_eq!(proof.status, StatusCode::OK, "{}", proof.text());
    assert!(
        proof
            .header("content-disposition")
            .contains(&format!("{id}.proof"))
    );
    let key = browser.get("/ledger/key").await.text();
    assert!(portcullis_ledger::verify(&proof.body, key.trim()).is_ok());
    let mut flipped = proof.body.clone();
    flipped[proof.body.len() / 2] ^= 1;
    assert!(portcullis_ledger::verify(&flipped, key.trim()).is_err());

    // The log itself is for anybody, and agrees with the page.
    let mut stranger = world.browser();
    let checkpoint = stranger.get("/checkpoint").await;
    assert_eq!(checkpoint.status, StatusCode::OK);
    let root = checkpoint.text().lines().nth(2).unwrap().to_owned();
    let page = browser.get("/ledger").await.text();
    assert!(page.contains(&root), "{root} in {page}");
    let size: u64 = checkpoint.text().lines().nth(1).unwrap().parse().unwrap();
    let tile = stranger.get(&format!("/tile/0/000.p/{size}")).await;
    assert_eq!(
        (tile.status, tile.body.len() as u64),
        (StatusCode::OK, size * 32)
    );
    assert_eq!(
        stranger.get("/tile/0/999").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn an_erased_decision_says_so() {
    let world = World::new().await;
    let mut browser = world.signed_in("officer").await;
    let id = browser.assess("REF-1", "Izmir Garden Centre").await;
    world
        .store
        .erase_contents(&id, "a test", "officer", jiff::Timestamp::now())
        .await
        .unwrap();
    let page = browser.get(&format!("/assessments/{id}")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.text().contains("The evidence is no longer held"),
        "{}",
        page.text()
    );
    assert_eq!(browser.get("/assessments").await.status, StatusCode::OK);
    assert_eq!(
        browser
            .get(&format!("/assessments/{id}/proof"))
            .await
            .status,
        StatusCode::GONE
    );
}
