//! What can go wrong at the border, in plain words. Causes are logged, never shown.

use askama::Template;
use axum::{
    Json,
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use jiff::Timestamp;
use portcullis_store::StoreError;
use serde::Serialize;
use utoipa::ToSchema;

/// Why a request is not answered as asked.
#[derive(Debug)]
pub(crate) enum Problem {
    NotFound,
    Erased,
    Forbidden,
    BadToken,
    SignInNeeded,
    /// Too many failed sign-ins; when to try again.
    Throttled(Timestamp),
    /// A quota or rate of a program's key is spent; of what, and when there is more.
    OverQuota(String, Timestamp),
    MethodNotAllowed,
    TooLarge,
    Invalid(String),
    /// Nothing can be screened: no list is in use.
    NoLists,
    Busy,
    Internal,
}

/// A problem in words.
pub(crate) struct Words {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    title: &'static str,
    pub(crate) text: String,
}

impl Problem {
    /// The answer of a program's endpoint with the headers that belong to the
    /// problem: how to sign in, when to try again.
    pub(crate) fn with_headers(&self, mut response: Response) -> Response {
        let headers = response.headers_mut();
        if let Problem::SignInNeeded = self {
            for challenge in [
                "Bearer realm=\"portcullis\"",
                "Basic realm=\"portcullis\", charset=\"UTF-8\"",
            ] {
                let challenge = header::HeaderValue::from_static(challenge);
                headers.append(header::WWW_AUTHENTICATE, challenge);
            }
        }
        if let Problem::OverQuota(_, until) | Problem::Throttled(until) = self {
            let seconds = until.as_second() - Timestamp::now().as_second();
            headers.insert(header::RETRY_AFTER, seconds.max(1).into());
        }
        response
    }

    /// What is said of it.
    pub(crate) fn words(&self) -> Words {
        let (status, code, title, text) = match self {
            Problem::NotFound => (
                StatusCode::NOT_FOUND,
                "not-found",
                "Page not found",
                "There is nothing at this address. If you typed it, check it; if you followed a link, what it led to is not here.",
            ),
            Problem::Erased => (
                StatusCode::GONE,
                "erased",
                "No longer held",
                "The contents were erased. What was decided remains in the ledger; the evidence does not.",
            ),
            Problem::Forbidden => (
                StatusCode::FORBIDDEN,
                "forbidden",
                "You may not do this",
                "Your account’s role does not allow it. Ask your administrator if you need it.",
            ),
            Problem::BadToken => (
                StatusCode::FORBIDDEN,
                "bad-token",
                "The form is out of date",
                "Nothing was changed. Go back, reload the page and try again.",
            ),
            Problem::SignInNeeded => (
                StatusCode::UNAUTHORIZED,
                "sign-in-needed",
                "Sign in first",
                "This needs a signed-in account.",
            ),
            Problem::Throttled(_) => (
                StatusCode::TOO_MANY_REQUESTS,
                "throttled",
                "Too many attempts",
                "",
            ),
            Problem::OverQuota(..) => (
                StatusCode::TOO_MANY_REQUESTS,
                "over-quota",
                "The quota is spent",
                "",
            ),
            Problem::NoLists => (
                StatusCode::SERVICE_UNAVAILABLE,
                "no-lists",
                "No list is in use",
                "Nothing can be screened: no list is active.",
            ),
            Problem::MethodNotAllowed => (
                StatusCode::METHOD_NOT_ALLOWED,
                "method-not-allowed",
                "This cannot be done here",
                "The address exists, but it does not take this kind of request.",
            ),
            Problem::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "too-large",
                "The file is too large",
                "Nothing was recorded. Use portcullis assess on the server for large files.",
            ),
            Problem::Invalid(_) => (
                StatusCode::BAD_REQUEST,
                "invalid",
                "The request cannot be understood",
                "",
            ),
            Problem::Busy => (
                StatusCode::SERVICE_UNAVAILABLE,
                "busy",
                "The database is busy",
                "Nothing was changed. Try again in a moment.",
            ),
            Problem::Internal => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal",
                "Something went wrong on the server",
                "Nothing was released because of it. The cause stands in the server’s log. Try again, and tell your administrator if it stays.",
            ),
        };
        let text = match self {
            Problem::Invalid(what) | Problem::OverQuota(what, _) => what.clone(),
            Problem::Throttled(until) => {
                format!("Try again after {}.", crate::view::moment(*until))
            }
            _ => text.to_owned(),
        };
        Words {
            status,
            code,
            title,
            text,
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Problem {
        match error {
            StoreError::NotFound { .. } => Problem::NotFound,
            StoreError::Erased(_) => Problem::Erased,
            StoreError::Locked => {
                tracing::warn!("the database is locked");
                Problem::Busy
            }
            other => {
                log(&other);
                Problem::Internal
            }
        }
    }
}

impl From<askama::Error> for Problem {
    fn from(error: askama::Error) -> Problem {
        log(&error);
        Problem::Internal
    }
}

/// Logs an error with everything that caused it.
pub(crate) fn log(error: &dyn std::error::Error) {
    let mut causes = Vec::new();
    let mut cause = error.source();
    while let Some(inner) = cause {
        causes.push(inner.to_string());
        cause = inner.source();
    }
    tracing::error!(error = %error, causes = ?causes, "request failed");
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    status: String,
    title: &'static str,
    text: String,
}

/// A problem answered with a page.
pub(crate) struct PageProblem(pub(crate) Problem);

impl<E: Into<Problem>> From<E> for PageProblem {
    fn from(error: E) -> PageProblem {
        PageProblem(error.into())
    }
}

impl IntoResponse for PageProblem {
    fn into_response(self) -> Response {
        let words = self.0.words();
        let page = ProblemPage {
            status: format!("Error {}", words.status.as_u16()),
            title: words.title,
            text: words.text,
        };
        match page.render() {
            Ok(html) => (words.status, Html(html)).into_response(),
            Err(_) => (words.status, words.title).into_response(),
        }
    }
}

/// A problem answered with JSON.
pub(crate) struct ApiProblem(pub(crate) Problem);

/// Why a request was not answered as asked.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemBody {
    /// Machine-readable code: `not-found`, `erased`, `forbidden`, `bad-token`,
    /// `sign-in-needed`, `throttled`, `over-quota`, `method-not-allowed`, `too-large`, `invalid`,
    /// `no-lists`, `busy`, `internal`.
    code: String,
    /// The same in plain words.
    text: String,
}

impl<E: Into<Problem>> From<E> for ApiProblem {
    fn from(error: E) -> ApiProblem {
        ApiProblem(error.into())
    }
}

impl IntoResponse for ApiProblem {
    fn into_response(self) -> Response {
        let words = self.0.words();
        let body = ProblemBody {
            code: words.code.to_owned(),
            text: words.text,
        };
        let response = (words.status, Json(body)).into_response();
        self.0.with_headers(response)
    }
}
