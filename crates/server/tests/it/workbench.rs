//! A change of policy: drafted, checked, replayed, proposed by one person and
//! adopted by another; and what is told of it.

use crate::world::{Browser, LISTED, World, field, files};
use axum::{body::Body, http::Request, http::StatusCode};

fn encoded(text: &str) -> String {
    text.bytes().map(|b| format!("%{b:02X}")).collect()
}

async fn begin(browser: &mut Browser) -> String {
    let form = format!("csrf={}&title=Look+earlier", browser.csrf);
    let begun = browser.post_form("/policy/drafts", &form).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.text());
    begun.header("location").to_owned()
}

/// Keeps a text of the file of weights; gives the page that follows.
async fn save(browser: &mut Browser, draft: &str, text: &str) -> String {
    let page = browser.get(&format!("{draft}/edit?file=risk.toml")).await;
    let form = format!(
        "csrf={}&version={}&file=risk.toml&text={}",
        browser.csrf,
        field(&page.text(), "version"),
        encoded(text)
    );
    let saved = browser.post_form(&format!("{draft}/edit"), &form).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text());
    browser.get(saved.header("location")).await.text()
}

async fn multipart(browser: &mut Browser, path: &str, parts: &[(&str, &str)]) -> u16 {
    let mut body = String::new();
    for (head, text) in parts {
        body.push_str(&format!(
            "--edge\r\nContent-Disposition: form-data; {head}\r\n\r\n{text}\r\n"
        ));
    }
    body.push_str("--edge--\r\n");
    let request = Request::post(path).header("content-type", "multipart/form-data; boundary=edge");
    let answer = browser.send(request.body(Body::from(body)).unwrap()).await;
    answer.status.as_u16()
}

#[tokio::test]
async fn a_change_is_drafted_replayed_and_adopted_by_a_second_person() {
    let world = World::new().await;
    let mut officer = world.signed_in("officer").await;
    officer.assess("W-1", "Izmir Garden Centre").await;
    officer.assess("W-2", LISTED).await;
    let draft = begin(&mut officer).await;
    let risk = files().get("risk.toml").unwrap().to_owned();
    // A fault is named by file, line and rule.
    let wrong = risk.replacen("citation = \"Operating", "# citation = \"Operating", 1);
    let page = save(&mut officer, &draft, &wrong).await;
    assert!(
        page.contains("risk.toml, line") && page.contains("review-line-2026"),
        "{page}"
    );
    let page = officer.get(&draft).await.text();
    assert!(page.contains("it cannot be used like this"), "{page}");
    let csrf = officer.csrf.clone();
    let refused = officer
        .post_form(
            &format!("{draft}/propose"),
            &format!("csrf={csrf}&title=T&reason=R"),
        )
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);

    let right = risk.replacen("bits = 8.0", "bits = 0.5", 1);
    let page = save(&mut officer, &draft, &right).await;
    assert!(page.contains("This file has no fault"), "{page}");
    let page = officer.get(&draft).await.text();
    assert!(
        page.contains("The files are right") && page.contains("risk.toml"),
        "{page}"
    );
    let labels = "reference,role,outcome,code,why\nW-1,routine,release,,an ordinary shop\n";
    let sent = multipart(
        &mut officer,
        &format!("{draft}/replay"),
        &[
            ("name=\"csrf\"", &csrf),
            ("name=\"since\"", ""),
            ("name=\"labels\"; filename=\"l.csv\"", labels),
        ],
    )
    .await;
    assert_eq!(sent, 303);
    let replay = officer.get(&format!("{draft}/replay")).await.text();
    for said in [
        "Replay over history",
        "of 2 decisions change",
        "Known cases",
        "Small firms",
    ] {
        assert!(replay.contains(said), "{said}: {replay}");
    }
    // Proposed: the same person cannot adopt it, in whatever case the name is written.
    let form = format!("csrf={csrf}&title=Look+earlier&reason=Signs+were+missed");
    let proposed = officer.post_form(&format!("{draft}/propose"), &form).await;
    assert_eq!(
        proposed.status,
        StatusCode::SEE_OTHER,
        "{}",
        proposed.text()
    );
    let version = proposed.header("location").to_owned();
    let own = officer
        .post_form(&format!("{version}/adopt"), &format!("csrf={csrf}&reason="))
        .await;
    assert_eq!(own.status, StatusCode::CONFLICT);
    assert!(
        own.text()
            .contains("the second person must be somebody else"),
        "{}",
        own.text()
    );
    let before = officer.get("/api/v1/policy/rules").await.json();

    let mut admin = world.signed_in("admin").await;
    let page = admin.get(&version).await.text();
    assert!(
        page.contains("Signs were missed") && page.contains("Open the replay"),
        "{page}"
    );
    let form = format!("csrf={}&reason=", admin.csrf);
    let adopted = admin.post_form(&format!("{version}/adopt"), &form).await;
    assert_eq!(adopted.status, StatusCode::SEE_OTHER, "{}", adopted.text());
    assert!(admin.get(&version).await.text().contains("In use"));
    // It acts at once, and every decision names it.
    let after = admin.get("/api/v1/policy/rules").await.json();
    assert_ne!(before["versions"]["policy"], after["versions"]["policy"]);
    let id = admin.assess("W-3", "Izmir Garden Centre").await;
    let decision = admin.get(&format!("/api/v1/assessments/{id}")).await.json();
    assert_eq!(
        decision["versions"]["policy"], after["versions"]["policy"],
        "{decision}"
    );
    assert_eq!(world.store.check().await.unwrap().problem, None);

    // Anybody reads what changed.
    let mut stranger = world.browser();
    let page = stranger.get("/bulletins").await.text();
    assert!(page.contains("Look earlier"), "{page}");
    let one = page.split("href=\"/bulletins/").nth(1).unwrap();
    let one = format!("/bulletins/{}", one.split('"').next().unwrap());
    assert_eq!(stranger.get(&one).await.status, StatusCode::OK);
    let atom = stranger.get("/bulletins.atom").await;
    assert_eq!(
        atom.header("content-type"),
        "application/atom+xml; charset=utf-8"
    );
    assert!(atom.text().contains("<entry>") && atom.text().contains("Look earlier"));
    let json = stranger.get("/bulletins.json").await.json();
    assert_eq!(json["bulletins"].as_array().unwrap().len(), 1);
    assert_eq!(
        stranger.get("/bulletins/none").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_draft_runs_in_the_shadow_and_never_acts() {
    let world = World::new().await;
    let mut officer = world.signed_in("officer").await;
    let draft = begin(&mut officer).await;
    let risk = files()
        .get("risk.toml")
        .unwrap()
        .replacen("bits = 8.0", "bits = 0.1", 1);
    let csrf = officer.csrf.clone();
    let parts = [
        ("name=\"csrf\"", csrf.as_str()),
        ("name=\"files\"; filename=\"risk.toml\"", risk.as_str()),
    ];
    assert_eq!(
        multipart(&mut officer, &format!("{draft}/upload"), &parts).await,
        303
    );
    let parts = [
        ("name=\"csrf\"", csrf.as_str()),
        ("name=\"files\"; filename=\"../x.toml\"", "a"),
    ];
    assert_eq!(
        multipart(&mut officer, &format!("{draft}/upload"), &parts).await,
        400
    );
    let path = format!("{draft}/shadow");
    let over = officer
        .post_form(&path, &format!("csrf={csrf}&until=2001-01-01"))
        .await;
    assert_eq!(
        over.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        over.text()
    );
    let started = officer
        .post_form(&path, &format!("csrf={csrf}&until=2999-01-01"))
        .await;
    assert_eq!(started.status, StatusCode::SEE_OTHER, "{}", started.text());
    officer.assess("S-1", "Izmir Garden Centre").await;
    let page = officer.get("/policy/workbench").await.text();
    assert!(
        page.contains("In the shadow: Look earlier") && page.contains("of 1 decisions"),
        "{page}"
    );
    officer
        .post_form("/policy/shadow/stop", &format!("csrf={csrf}"))
        .await;
    assert!(
        !officer
            .get("/policy/workbench")
            .await
            .text()
            .contains("In the shadow")
    );
    // Who may only read sees versions, no drafts.
    let mut viewer = world.signed_in("viewer").await;
    assert_eq!(viewer.get(&draft).await.status, StatusCode::FORBIDDEN);
    let page = viewer.get("/policy/workbench").await.text();
    assert!(!page.contains("New draft"), "{page}");
}

#[tokio::test]
async fn the_calendar_and_the_control_tables_are_there_for_everybody() {
    let world = World::new().await;
    let mut viewer = world.signed_in("viewer").await;
    let page = viewer.get("/calendar?months=36").await.text();
    assert!(
        page.contains("To be reviewed") && page.contains("/policy/"),
        "{page}"
    );
    let reviews = viewer.get("/calendar?kind=suspension").await;
    assert_eq!(reviews.status, StatusCode::OK);
    assert_eq!(
        viewer.get("/calendar?kind=party").await.status,
        StatusCode::BAD_REQUEST
    );
    let ics = viewer.get("/calendar.ics").await;
    assert!(ics.text().starts_with("BEGIN:VCALENDAR"), "{}", ics.text());
    let policy = viewer.get("/policy?q=us-cu").await.text();
    assert!(
        policy.contains("Embargo on Cuba") && policy.contains("Control rule"),
        "{policy}"
    );
    let rule = viewer.get("/policy/us-cu").await.text();
    assert!(rule.contains("15 CFR 746.2"), "{rule}");
    let tables = viewer.get("/policy?kind=control+table").await.text();
    assert!(tables.contains("chpl"), "{tables}");
}
