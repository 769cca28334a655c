//! One party against the lists.

use super::{
    Answer,
    types::{ScreenIn, ScreenOut},
};
use crate::{
    AppState,
    desk::Asking,
    problem::{Problem, ProblemBody},
};
use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
};

/// Screens one party against the lists in use. Nothing is recorded.
#[utoipa::path(
    post,
    path = "/api/v1/screen",
    tag = "screening",
    request_body = ScreenIn,
    responses(
        (status = 200, body = ScreenOut),
        (status = 400, body = ProblemBody),
        (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody),
    )
)]
pub(crate) async fn screen(
    State(state): State<AppState>,
    body: Result<Json<ScreenIn>, JsonRejection>,
) -> Answer<ScreenOut> {
    let Json(given) = body.map_err(|e| Problem::Invalid(e.body_text()))?;
    let asking = Asking {
        id: given.id,
        name: given.name,
        kind: given.kind,
        countries: given.country,
        birth_dates: given.birth_date,
        identifiers: given.identifier,
        addresses: given.address,
        threshold: given.threshold,
        limit: given.limit,
    };
    Ok(Json(state.desk().screen(asking).await?))
}
