//! Signing in and out, tokens, sessions.

use crate::world::{PASSWORD, World, field};
use axum::http::StatusCode;

#[tokio::test]
async fn a_stranger_is_led_to_the_form_and_back() {
    let world = World::new().await;
    let mut browser = world.browser();
    let answer = browser.get("/assessments?outcome=hold").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(
        answer.header("location"),
        "/sign-in?next=/assessments%3Foutcome%3Dhold"
    );

    let form = browser.get(answer.header("location")).await.text();
    assert_eq!(field(&form, "next"), "/assessments?outcome=hold");
    let body = format!(
        "csrf={}&next=%2Fassessments%3Foutcome%3Dhold&name=officer&password={}",
        field(&form, "csrf"),
        PASSWORD.replace(' ', "+")
    );
    let answer = browser.post_form("/sign-in", &body).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.header("location"), "/assessments?outcome=hold");
    let cookie = answer.header("set-cookie");
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
    assert_eq!(browser.get("/").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_wrong_password_is_said_at_the_field_and_says_no_more() {
    let world = World::new().await;
    let mut browser = world.browser();
    let known = browser.sign_in("officer", "not the password").await;
    let unknown = browser.sign_in("nobody", "not the password").await;
    for answer in [&known, &unknown] {
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        let text = answer.text();
        assert!(text.contains("There is a problem"), "{text}");
        assert!(
            text.contains("The user name or the password is not right"),
            "{text}"
        );
        assert!(
            !text.contains("not the password"),
            "the password comes back: {text}"
        );
    }
    assert_eq!(browser.get("/").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn many_failures_are_throttled() {
    let world = World::new().await;
    let mut browser = world.browser();
    let mut last = StatusCode::OK;
    for _ in 0..30 {
        last = browser
            .sign_in("officer", "wrong again and again")
            .await
            .status;
        if last == StatusCode::TOO_MANY_REQUESTS {
            break;
        }
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    // The right password does not get through either while it lasts.
    let answer = browser.sign_in("officer", PASSWORD).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_sign_in_form_that_is_not_ours_is_refused() {
    let world = World::new().await;
    let mut browser = world.browser();
    browser.get("/sign-in").await;
    let body = format!(
        "csrf=forged&name=officer&password={}",
        PASSWORD.replace(' ', "+")
    );
    let answer = browser.post_form("/sign-in", &body).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(browser.get("/").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn signing_out_ends_the_session_on_the_server() {
    let world = World::new().await;
    let mut browser = world.signed_in("officer").await;
    let stolen = browser.clone();
    let body = format!("csrf={}", browser.csrf);
    let answer = browser.post_form("/sign-out", &body).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let mut stolen = stolen;
    assert_eq!(stolen.get("/").await.status, StatusCode::SEE_OTHER);
}
