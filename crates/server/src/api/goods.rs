//! Cases put to the law, in the shapes of the commands.

use crate::{
    AppState,
    problem::{ApiProblem, Problem, ProblemBody},
    state::today,
};
use axum::{
    body::Bytes,
    extract::{Query, State, rejection::BytesRejection},
    http::header,
    response::{IntoResponse, Response},
};
use jiff::{Timestamp, civil::time, tz::TimeZone};
use portcullis_assessment::Asked;
use portcullis_domain::Date;
use portcullis_formats::cases::read_case;
use serde::Deserialize;

/// Cases in one request.
const MOST: usize = 1_000;

/// For which day, and what was known when.
#[derive(Deserialize)]
pub(crate) struct When {
    as_of: Option<Date>,
    known: Option<Date>,
}

/// Determines cases, one JSON object a line, as `portcullis determine` reads
/// them, and answers in its lines and order. Parties are screened against the
/// lists of the day. Nothing is recorded: what is decided about a transaction
/// is recorded by `/api/v1/assessments`.
#[utoipa::path(
    post,
    path = "/api/v1/determine",
    tag = "goods",
    params(
        ("as_of" = Option<String>, Query, description = "the day for which is asked; today without it"),
        ("known" = Option<String>, Query, description = "only what was known by this day"),
    ),
    request_body(content = String, content_type = "application/jsonl", description = "`{\"id\",\"jurisdictions\",\"movement\",\"eccn\",\"eu_code\",\"hs_code\",\"origin\",\"us_content_percent\",\"exporter_country\",\"destination\",\"transit\",\"end_use\",\"parties\":[{\"role\",\"name\",\"country\",\"entity_id\"}],\"quantity\",\"unit\",\"value\",\"currency\",\"parameters\":[{\"name\",\"value\",\"unit\"}]}`, all but id and destination optional; at most 1,000 lines"),
    responses(
        (status = 200, description = "`{\"v\":1,\"id\",\"result\",\"per_jurisdiction\",\"questions\",\"authorisations\",\"checked\",\"not_checked\",\"as_of\",\"known\"}` a line; of a line that cannot be read `{\"v\":1,\"id\",\"status\":\"error\",\"line\",\"field\",\"error\"}`", content_type = "application/jsonl", body = String),
        (status = 400, body = ProblemBody),
        (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody),
        (status = 413, body = ProblemBody),
    )
)]
pub(crate) async fn determine(
    State(state): State<AppState>,
    Query(when): Query<When>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiProblem> {
    let body = body.map_err(|_| Problem::TooLarge)?;
    let text = String::from_utf8(body.to_vec())
        .map_err(|_| Problem::Invalid("The body is not UTF-8".to_owned()))?;
    let lines = numbered(&text)?;
    let now = Timestamp::now();
    let as_of = when.as_of.unwrap_or_else(today);
    let moment = when.known.and_then(end_of).unwrap_or(now);
    let lists = state.desk().lists_on(as_of, moment).await?;
    let asked = Asked {
        as_of,
        known: when.known.unwrap_or_else(today),
    };
    let looking = tokio::task::spawn_blocking(move || {
        let engine = state.desk().engine();
        let mut out = String::new();
        for (number, line) in &lines {
            let answer = match read_case(line) {
                Err(wrong) => refused(*number, &wrong.id, &wrong.field, &wrong.text),
                Ok(case) => match engine.controls().refuse(&case) {
                    Some((field, why)) => refused(*number, &case.id, &field, &why),
                    None => serde_json::json!(engine.determine(&case, &lists, asked)),
                },
            };
            out.push_str(&answer.to_string());
            out.push('\n');
        }
        out
    });
    let out = looking.await.map_err(|_| Problem::Internal)?;
    Ok(([(header::CONTENT_TYPE, "application/jsonl")], out).into_response())
}

/// The lines that are not empty, with their numbers from 1.
fn numbered(text: &str) -> Result<Vec<(usize, String)>, Problem> {
    let lines = text.trim_start_matches('\u{feff}').lines().enumerate();
    let filled = lines.filter(|(_, line)| !line.trim().is_empty());
    let all: Vec<(usize, String)> = filled.map(|(at, l)| (at + 1, l.to_owned())).collect();
    match all.len() {
        0 => Err(Problem::Invalid("There is no line in the body".to_owned())),
        n if n > MOST => Err(Problem::Invalid(format!(
            "{n} lines in one request; {MOST} is the limit"
        ))),
        _ => Ok(all),
    }
}

fn refused(line: usize, id: &str, field: &str, why: &str) -> serde_json::Value {
    serde_json::json!({
        "v": 1, "id": id, "status": "error", "line": line, "field": field,
        "error": format!("line {line}: {field}: {why}"),
    })
}

/// The last moment of a day, UTC.
fn end_of(day: Date) -> Option<Timestamp> {
    let last = day.to_datetime(time(23, 59, 59, 999_999_000));
    Some(last.to_zoned(TimeZone::UTC).ok()?.timestamp())
}
