//! The log for anybody to read, in the layout of c2sp.org/tlog-tiles. It holds
//! salted commitments, no contents.

use crate::{
    AppState,
    problem::{PageProblem, Problem},
};
use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};

/// `GET /checkpoint`
pub(crate) async fn checkpoint(State(state): State<AppState>) -> Result<Response, PageProblem> {
    let latest = state.store().latest_checkpoint().await?;
    let latest = latest.ok_or(Problem::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    Ok((headers, latest.note).into_response())
}

/// `GET /tile/{*path}`
pub(crate) async fn tile(
    State(state): State<AppState>,
    Path(path): Path<String>,
) -> Result<Response, PageProblem> {
    let found = state.store().tile(&format!("tile/{path}")).await?;
    let bytes = found.ok_or(Problem::NotFound)?;
    // A tile never changes once it is there.
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((headers, bytes).into_response())
}
