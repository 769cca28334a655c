//! The few files that pages refer to, built into the binary.

use crate::problem::{PageProblem, Problem};
use axum::{
    extract::Path,
    http::header,
    response::{IntoResponse, Response},
};

const CONSOLE_CSS: &str = include_str!("../../../web/static/console.css");
const CONSOLE_JS: &str = include_str!("../../../web/static/console.js");
const MARK_SVG: &str = include_str!("../../../web/static/mark.svg");

/// `GET /assets/{name}`
pub(crate) async fn asset(Path(name): Path<String>) -> Response {
    let (kind, body) = match name.as_str() {
        "console.css" => ("text/css; charset=utf-8", CONSOLE_CSS),
        "console.js" => ("text/javascript; charset=utf-8", CONSOLE_JS),
        "mark.svg" => ("image/svg+xml", MARK_SVG),
        _ => return PageProblem(Problem::NotFound).into_response(),
    };
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "public, max-age=300"),
    ];
    (headers, body).into_response()
}

/// `GET /favicon.ico`: browsers ask for it whatever a page says.
pub(crate) async fn favicon() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, "public, max-age=300"),
    ];
    (headers, MARK_SVG).into_response()
}
