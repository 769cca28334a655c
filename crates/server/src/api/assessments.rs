//! Assessments: listed, read, proved, made.

use super::{
    Answer,
    types::{AssessedOut, AssessmentOut, SummariesOut, SummaryOut, VersionsOut, thousandths},
    versions,
};
use crate::{
    AppState,
    pages::{
        assessment::proof_file,
        queue::{Filters, strictest_first},
    },
    problem::{ApiProblem, Problem, ProblemBody},
    session::Actor,
    view::Pages,
};
use axum::{
    Extension, Json,
    body::Bytes,
    extract::{Path, Query, State, rejection::BytesRejection},
    http::HeaderMap,
    response::Response,
};
use portcullis_store::DecisionRow;

/// Assessments on one page.
const ROWS: u64 = 50;

/// Assessments, strictest first.
#[utoipa::path(
    get,
    path = "/api/v1/assessments",
    tag = "assessments",
    params(
        ("outcome" = Option<String>, Query, description = "only this outcome"),
        ("movement" = Option<String>, Query, description = "only this movement"),
        ("destination" = Option<String>, Query, description = "only to this country (ISO 3166-1 alpha-2)"),
        ("q" = Option<String>, Query, description = "only references that contain this"),
        ("from" = Option<String>, Query, description = "recorded on this day or later (UTC)"),
        ("to" = Option<String>, Query, description = "recorded on this day or earlier (UTC)"),
        ("page" = Option<u64>, Query, description = "from 1; 50 a page"),
    ),
    responses(
        (status = 200, body = SummariesOut),
        (status = 400, description = "a filter means nothing", body = ProblemBody),
        (status = 401, body = ProblemBody),
    )
)]
pub(crate) async fn list(
    State(state): State<AppState>,
    Query(filters): Query<Filters>,
) -> Answer<SummariesOut> {
    let invalid = |text: &'static str| Problem::Invalid(text.to_owned());
    let filter = filters.read().map_err(invalid)?;
    let found = strictest_first(&state, &filter, filters.page, ROWS).await?;
    Ok(Json(SummariesOut {
        v: 1,
        total: found.total,
        page: Pages::new(found.total, ROWS, filters.page, String::new()).current,
        assessments: found.rows.iter().map(summary).collect(),
        versions: versions(&state).await?,
    }))
}

/// One assessment with its reasons.
#[utoipa::path(
    get,
    path = "/api/v1/assessments/{id}",
    tag = "assessments",
    params(("id" = String, Path, description = "id of the decision")),
    responses(
        (status = 200, body = AssessmentOut),
        (status = 401, body = ProblemBody),
        (status = 404, body = ProblemBody),
    )
)]
pub(crate) async fn one(
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> Answer<AssessmentOut> {
    let stored = state.store().decision(&id).await?;
    let summary = summary(&stored.row);
    Ok(Json(AssessmentOut::new(summary, stored.decision.as_ref())))
}

/// The proof that a decision stands in the ledger: a file for `portcullis ledger verify`.
#[utoipa::path(
    get,
    path = "/api/v1/assessments/{id}/proof",
    tag = "assessments",
    params(("id" = String, Path, description = "id of the decision")),
    responses(
        (status = 200, description = "the proof file", content_type = "application/octet-stream"),
        (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody),
        (status = 410, description = "the contents were erased", body = ProblemBody),
    )
)]
pub(crate) async fn proof(
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> Result<Response, ApiProblem> {
    Ok(proof_file(&state, &id).await?)
}

/// Assesses the messages of a file and records the decisions. The body is the
/// file: WCO data model XML, or our own JSON or CSV; the format is told from
/// the content. The header `x-file-name` names it.
#[utoipa::path(
    post,
    path = "/api/v1/assessments",
    tag = "assessments",
    params(("x-file-name" = Option<String>, Header, description = "name of the file, as shown to people")),
    request_body(content = String, content_type = "application/octet-stream", description = "the file, at most 32 MiB"),
    responses(
        (status = 200, description = "one entry for each message found, in order; all are recorded", body = AssessedOut),
        (status = 400, description = "the body is empty", body = ProblemBody),
        (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody),
        (status = 413, description = "the file is too large", body = ProblemBody),
    )
)]
pub(crate) async fn assess(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Answer<AssessedOut> {
    let body = body.map_err(|_| Problem::TooLarge)?;
    if body.is_empty() {
        return Err(Problem::Invalid("The body is empty".to_owned()).into());
    }
    let named = headers.get("x-file-name").and_then(|v| v.to_str().ok());
    let file = crate::desk::file_name(named.unwrap_or("request body"));
    let messages = state.desk().assess(&file, body, &actor.name).await?;
    Ok(Json(AssessedOut {
        v: 1,
        messages,
        versions: versions(&state).await?,
    }))
}

fn summary(row: &DecisionRow) -> SummaryOut {
    SummaryOut {
        decision_id: row.decision_id.clone(),
        reference: row.reference.clone(),
        kind: row.kind.as_str().to_owned(),
        movement: row.movement.as_str().to_owned(),
        destination: row.destination.map(|c| c.code().to_owned()),
        outcome: row.outcome.as_str().to_owned(),
        risk_bits: thousandths(row.risk_millibits),
        recorded_at: row.recorded_at.to_string(),
        as_of: row.as_of.to_string(),
        versions: VersionsOut {
            lists: row.lists.clone(),
            policy: row.policy.clone(),
            engine: row.engine.clone(),
        },
        digest: Some(row.digest.clone()).filter(|d| !d.is_empty()),
        ledger_index: row.ledger_index,
    }
}
