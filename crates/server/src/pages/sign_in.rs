//! Signing in and out.

use super::Page;
use crate::{
    AppState,
    problem::Problem,
    session::{self, Actor},
    view::moment,
};
use askama::Template;
use axum::{
    Extension, Form,
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use jiff::Timestamp;
use portcullis_store::Authentication;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    csrf: String,
    next: String,
    name: String,
    error: Option<String>,
    signed_out: bool,
}

#[derive(Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    next: String,
    signed_out: Option<String>,
}

// No Debug: it holds a password.
#[derive(Deserialize)]
pub(crate) struct Credentials {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    next: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
}

#[derive(Deserialize)]
pub(crate) struct Token {
    #[serde(default)]
    csrf: String,
}

/// `GET /sign-in`
pub(crate) async fn form(
    State(state): State<AppState>,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Page {
    // A second tab must not make the form of the first one stale.
    let token = session::form_token(&state, &headers).filter(|t| t.len() == 32);
    let token = token.unwrap_or_else(session::random_token);
    let page = SignInPage {
        csrf: token,
        next: safe_next(&wanted.next).to_owned(),
        name: String::new(),
        error: None,
        signed_out: wanted.signed_out.is_some(),
    };
    show(&state, StatusCode::OK, page)
}

/// `POST /sign-in`
pub(crate) async fn submit(
    State(state): State<AppState>,
    headers: HeaderMap,
    Form(given): Form<Credentials>,
) -> Page {
    let expected = session::form_token(&state, &headers).unwrap_or_default();
    if !session::same(&expected, &given.csrf) {
        return Err(Problem::BadToken.into());
    }
    let now = Timestamp::now();
    let answer = state
        .store()
        .authenticate(&given.name, &given.password, now)
        .await?;
    let user = match answer {
        Authentication::Accepted(user) => user,
        Authentication::Refused => {
            tracing::info!("sign-in refused");
            let text = "The user name or the password is not right".to_owned();
            return again(&state, StatusCode::UNAUTHORIZED, given, text);
        }
        Authentication::Throttled { until } => {
            tracing::warn!("sign-in throttled");
            let text = format!("Too many attempts. Try again after {}", moment(until));
            return again(&state, StatusCode::TOO_MANY_REQUESTS, given, text);
        }
    };
    let made = state
        .store()
        .create_session(&user.id, now, session::expiry(now))
        .await?;
    tracing::info!(user = user.name, "signed in");
    let cookie = session::session_cookie(&state, &made.token).ok_or(Problem::Internal)?;
    let to = Redirect::to(safe_next(&given.next));
    Ok(([(header::SET_COOKIE, cookie)], to).into_response())
}

/// `POST /sign-out`
pub(crate) async fn sign_out(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    headers: HeaderMap,
    Form(given): Form<Token>,
) -> Page {
    actor.check(&given.csrf)?;
    if let Some(token) = session::session_token(&state, &headers) {
        state.store().delete_session(&token).await?;
    }
    let cookie = session::end_cookie(&state).ok_or(Problem::Internal)?;
    let to = Redirect::to("/sign-in?signed_out=1");
    Ok(([(header::SET_COOKIE, cookie)], to).into_response())
}

/// Where to go after signing in: a path of this server, or the overview.
fn safe_next(next: &str) -> &str {
    let inside = next.starts_with('/') && !next.starts_with("//");
    let plain = next.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    if inside && plain { next } else { "/" }
}

fn again(state: &AppState, status: StatusCode, given: Credentials, text: String) -> Page {
    let page = SignInPage {
        csrf: given.csrf,
        next: safe_next(&given.next).to_owned(),
        name: given.name,
        error: Some(text),
        signed_out: false,
    };
    show(state, status, page)
}

fn show(state: &AppState, status: StatusCode, page: SignInPage) -> Page {
    let html = page.render().map_err(Problem::from)?;
    let cookie = session::form_cookie(state, &page.csrf).ok_or(Problem::Internal)?;
    let response: Response = (status, [(header::SET_COOKIE, cookie)], Html(html)).into_response();
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::safe_next;

    #[test]
    fn leads_nowhere_else() {
        assert_eq!(
            safe_next("/assessments?outcome=hold"),
            "/assessments?outcome=hold"
        );
        for bad in [
            "",
            "//evil.example",
            "https://evil.example",
            "/\\evil",
            "/a\r\nb",
            "x",
        ] {
            assert_eq!(safe_next(bad), "/", "{bad}");
        }
    }
}
