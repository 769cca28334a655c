//! Searches, their records, judgements by one and two people.

use crate::world::{Answer, Browser, LISTED, World, field};
use axum::http::StatusCode;
use portcullis_store::{ScreeningFilter, ScreeningResult};

/// Sends the search form; gives the page it leads to.
async fn search(browser: &mut Browser, name: &str) -> (String, Answer) {
    let form = format!("csrf={}&name={}", browser.csrf, name.replace(' ', "+"));
    let sent = browser.post_form("/screen", &form).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
    let to = sent.header("location").to_owned();
    assert!(!to.contains(name), "{to}");
    let page = browser.get(&to).await;
    (to, page)
}

/// Judges the first match of a search.
async fn judge(browser: &mut Browser, record: &str, form: &str) -> Answer {
    let form = format!("csrf={}&{form}", browser.csrf);
    browser.post_form(&format!("{record}/hits/1"), &form).await
}

#[tokio::test]
async fn every_search_leaves_a_record_and_says_plainly_what_it_found() {
    let world = World::new().await;
    let mut browser = world.signed_in("officer").await;
    let (_, hit) = search(&mut browser, LISTED).await;
    let text = hit.text();
    assert!(
        text.contains("1 listed entry may be") && text.contains("Strong match"),
        "{text}"
    );
    let (_, clear) = search(&mut browser, "Garden Centre").await;
    let text = clear.text();
    assert!(
        text.contains("Nobody on the 1 active list matches, as of "),
        "{text}"
    );

    let csrf = browser.csrf.clone();
    for (form, said) in [
        ("name=", "Enter a name or a number"),
        ("name=A&birth_date=spring", "is not a date"),
        ("name=A&as_of=2999-01-01", "lies in the future"),
        ("name=A&threshold=7+apples", "is not between 0.50 and 1"),
    ] {
        let sent = browser
            .post_form("/screen", &format!("csrf={csrf}&{form}"))
            .await;
        assert_eq!(sent.status, StatusCode::BAD_REQUEST, "{form}");
        assert!(sent.text().contains(said), "{form}: {}", sent.text());
    }
    // What was refused was not screened.
    let page = portcullis_store::Page {
        offset: 0,
        limit: 10,
    };
    let records = world
        .store
        .screenings(&ScreeningFilter::default(), page)
        .await
        .unwrap();
    assert_eq!(records.total, 2);
    assert_eq!(records.rows[1].result, ScreeningResult::Alert);
    assert!(records.rows.iter().all(|r| r.actor == "officer"));
    // Long before the list was published: asked all the same, never clear.
    let early = browser
        .post_form(
            "/screen",
            &format!("csrf={csrf}&name=Garden&as_of=2001-02-03"),
        )
        .await;
    let page = browser.get(early.header("location")).await.text();
    assert!(
        page.contains("Could not be screened whole: not clear"),
        "{page}"
    );
}

#[tokio::test]
async fn records_are_read_by_who_made_them_and_who_oversees() {
    let world = World::new().await;
    let mut officer = world.signed_in("officer").await;
    let (record, page) = search(&mut officer, LISTED).await;
    let code = page
        .text()
        .split("code=")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let mut analyst = world.signed_in("analyst").await;
    assert_eq!(analyst.get(&record).await.status, StatusCode::FORBIDDEN);
    assert_eq!(
        analyst.get(&format!("{record}/hits/1")).await.status,
        StatusCode::FORBIDDEN
    );
    assert!(
        analyst
            .get("/screenings")
            .await
            .text()
            .contains("0 records")
    );
    let mut auditor = world.signed_in("auditor").await;
    assert_eq!(auditor.get(&record).await.status, StatusCode::OK);
    assert!(auditor.get("/screenings").await.text().contains("1 record"));
    assert!(
        auditor
            .get(&format!("{record}/hits/1"))
            .await
            .text()
            .contains("may read this, not judge it")
    );
    assert_eq!(
        auditor.get(&format!("{record}/hits/2")).await.status,
        StatusCode::NOT_FOUND
    );

    // Anybody may check a code; nobody learns a name by it.
    let mut stranger = world.browser();
    let known = stranger
        .get(&format!("/verify?code={}", code.to_lowercase()))
        .await;
    assert_eq!(known.status, StatusCode::OK);
    assert!(
        known.text().contains("A record with this code exists") && !known.text().contains(LISTED)
    );
    let mut changed = code.clone();
    let last = changed.pop().unwrap();
    changed.push(if last == '0' { '1' } else { '0' });
    for wrong in [changed.as_str(), "x", "%00%00", "0000-0000-0000-0000"] {
        let answer = stranger.get(&format!("/verify?code={wrong}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{wrong}");
    }
}

#[tokio::test]
async fn two_people_clear_a_strong_match_and_one_alone_cannot() {
    let world = World::new().await;
    let mut analyst = world.signed_in("analyst").await;
    let (record, _) = search(&mut analyst, LISTED).await;
    for (form, said) in [
        ("verdict=&because=place", "Say whether they are the same"),
        ("verdict=not_same", "Choose a reason or write one"),
        (
            "verdict=same&because=birth-date",
            "belongs to the other judgement",
        ),
        (
            "verdict=not_same&reason=x&expires_on=2001-01-01",
            "is not after today",
        ),
    ] {
        let answer = judge(&mut analyst, &record, form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        assert!(answer.text().contains(said), "{form}: {}", answer.text());
    }
    let proposed = judge(
        &mut analyst,
        &record,
        "verdict=not_same&because=place&reason=Seen",
    )
    .await;
    assert_eq!(
        proposed.status,
        StatusCode::SEE_OTHER,
        "{}",
        proposed.text()
    );
    let judgement = proposed.header("location").to_owned();
    assert!(
        analyst
            .get(&judgement)
            .await
            .text()
            .contains("Waits for a second person")
    );

    // An analyst may not be the second person, the first person may not either.
    let act = |browser: &Browser, more: &str| format!("csrf={}{more}", browser.csrf);
    let form = act(&analyst, "");
    let refused = analyst
        .post_form(&format!("{judgement}/confirm"), &form)
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let mut officer = world.signed_in("officer").await;
    let (own, _) = search(&mut officer, LISTED).await;
    let proposed = judge(&mut officer, &own, "verdict=not_same&reason=Mine").await;
    let own = proposed.header("location").to_owned();
    let form = act(&officer, "");
    let refused = officer.post_form(&format!("{own}/confirm"), &form).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(
        refused
            .text()
            .contains("the second person must be somebody else"),
        "{}",
        refused.text()
    );
    assert!(
        officer
            .get("/judgements")
            .await
            .text()
            .contains("2 judgements")
    );

    let agreed = officer
        .post_form(&format!("{judgement}/confirm"), &form)
        .await;
    assert_eq!(agreed.status, StatusCode::SEE_OTHER, "{}", agreed.text());
    let page = officer.get(&judgement).await.text();
    assert!(
        page.contains("In force until") && page.contains("Agreed as the second person"),
        "{page}"
    );
    assert!(page.contains("Lives or is registered elsewhere and has another business. Seen"));
    // A new search of the same party says so beside the match.
    let (_, again) = search(&mut officer, LISTED).await;
    assert!(
        again
            .text()
            .contains("Judged not the same by analyst and officer"),
        "{}",
        again.text()
    );

    let form = act(&officer, "&reason=a+mistake");
    let withdrawn = officer
        .post_form(&format!("{judgement}/withdraw"), &form)
        .await;
    assert_eq!(withdrawn.status, StatusCode::SEE_OTHER);
    assert!(officer.get(&judgement).await.text().contains("a mistake"));
    let over = officer
        .post_form(&format!("{judgement}/withdraw"), &form)
        .await;
    assert_eq!(over.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn what_is_typed_is_escaped_and_an_id_leads_to_its_entry() {
    let world = World::new().await;
    let mut browser = world.signed_in("officer").await;
    let (_, page) = search(&mut browser, "%3Cscript%3Ealert(1)%3C/script%3E").await;
    assert!(!page.text().contains("<script>alert"), "{}", page.text());
    let form = format!("csrf={}&name=un-sc:1", browser.csrf);
    let sent = browser.post_form("/screen", &form).await;
    assert!(
        sent.header("location").starts_with("/entry?id=un-sc"),
        "{}",
        sent.header("location")
    );
    let missing = browser.get("/entry?id=un-sc:2").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    let page = browser.get("/screen").await.text();
    assert!(!field(&page, "csrf").is_empty());
}
