//! Goods classified and cases put to the law, in the shapes of the commands.

use crate::{
    AppState,
    classing::Known,
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
use portcullis_controls::{classify::Goods, predicate::Parameters};
use portcullis_domain::Date;
use portcullis_formats::{
    cases::read_case,
    goods_rows::{GoodsRow, GoodsRows, Limits},
};
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

/// What is asked of a classification.
#[derive(Deserialize)]
pub(crate) struct Most {
    limit: Option<usize>,
}

/// Candidates of tariff codes where no limit is asked for, the most, and those
/// of control lists.
const CODES: usize = 10;
const MOST_CODES: usize = 100;
const CONTROLS: usize = 5;

/// Classifies goods, one a line (CSV with `id,description`, or JSON lines), as
/// `portcullis classify` reads them, and answers in its lines and order.
#[utoipa::path(
    post,
    path = "/api/v1/classify",
    tag = "goods",
    params(("limit" = Option<usize>, Query, description = "tariff codes a line, 1 to 100; 10 by default")),
    request_body(content = String, content_type = "application/jsonl", description = "`{\"id\",\"description\",\"hs_code\",\"country\",\"maker\",\"part_number\",\"parameters\"}`, all but id and description optional, or the same as CSV; at most 1,000 lines"),
    responses(
        (status = 200, description = "`{\"v\":1,\"id\",\"hs\":[{\"code\",\"score\",\"reasons\"}],\"controls\":[{\"regime\",\"code\",\"score\",\"reasons\"}],\"questions\":[{\"code\",\"field\",\"text\"}],\"vague\",\"missing\"}` a line; of a row that cannot be read `{\"v\":1,\"status\":\"error\",\"line\",\"field\",\"error\"}`", content_type = "application/jsonl", body = String),
        (status = 400, description = "no row can be read, or no nomenclature is imported", body = ProblemBody),
        (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody),
        (status = 413, body = ProblemBody),
    )
)]
pub(crate) async fn classify(
    State(state): State<AppState>,
    Query(most): Query<Most>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiProblem> {
    let body = body.map_err(|_| Problem::TooLarge)?;
    let limit = most.limit.unwrap_or(CODES).clamp(1, MOST_CODES);
    let known = state.classing().known(&state).await?;
    if known.classifying.is_none() {
        let text = "No nomenclature is imported; portcullis nomenclature import brings one in";
        return Err(Problem::Invalid(text.to_owned()).into());
    }
    let working = tokio::task::spawn_blocking(move || classified(&known, &body, limit));
    let out = working.await.map_err(|_| Problem::Internal)??;
    Ok(([(header::CONTENT_TYPE, "application/jsonl")], out).into_response())
}

fn classified(known: &Known, body: &[u8], limit: usize) -> Result<String, Problem> {
    let invalid = |issue: portcullis_domain::Issue| Problem::Invalid(issue.text);
    let mut rows = GoodsRows::open(body, &Limits::default()).map_err(invalid)?;
    let mut out = String::new();
    let mut count = 0;
    while let Some(row) = rows.next_row() {
        count += 1;
        if count > MOST {
            return Err(Problem::Invalid(format!(
                "More than {MOST} lines in one request"
            )));
        }
        let line = match row {
            Ok(row) => classified_row(known, &row, limit),
            Err(issue) => serde_json::json!({
                "v": 1, "status": "error", "line": issue.line, "field": issue.field,
                "error": issue.text,
            }),
        };
        out.push_str(&line.to_string());
        out.push('\n');
    }
    Ok(out)
}

fn classified_row(known: &Known, row: &GoodsRow, limit: usize) -> serde_json::Value {
    let mut questions: Vec<serde_json::Value> = Vec::new();
    let ask = |code: &str, field: &str, text: &str| serde_json::json!({ "code": code, "field": field, "text": text });
    let Some(classifying) = &known.classifying else {
        return serde_json::Value::Null;
    };
    let finding = row
        .hs_code
        .as_deref()
        .map(|code| classifying.held.check(code));
    if let Some(wrong) = finding.as_ref().filter(|f| f.is_wrong()) {
        let text = format!("{} Which code is meant?", wrong.text());
        questions.push(ask(&format!("code-{}", wrong.word()), "hs_code", &text));
    }
    let sound = finding.as_ref().filter(|f| !f.is_wrong());
    let sound = sound.map(|f| f.code.as_str());
    let goods = Goods {
        description: &row.description,
        hs_code: sound,
        maker: row.maker.as_deref(),
        part_number: row.part_number.as_deref(),
    };
    let answer = classifying.engine.classify(&goods, limit);
    questions.extend(
        answer
            .questions
            .iter()
            .map(|q| ask(q.code, q.field, &q.text)),
    );
    let mut parameters = Parameters::default();
    for given in &row.parameters {
        if let Err(error) = parameters.add(&given.name, &given.value, &given.unit) {
            questions.push(ask("parameter-unreadable", &given.name, &error.to_string()));
        }
    }
    let found = known
        .search
        .candidates(&row.description, &parameters, sound, CONTROLS);
    let rounded = |score: f32| (f64::from(score) * 1e6).round() / 1e6;
    let mut controls = Vec::new();
    for candidate in found {
        for q in &candidate.questions {
            let asked = ask(&q.code, &q.field, &q.text);
            if !questions
                .iter()
                .any(|o| o["field"] == asked["field"] && o["text"] == asked["text"])
            {
                questions.push(asked);
            }
        }
        controls.push(serde_json::json!({
            "regime": candidate.regime.as_str(), "code": candidate.code,
            "score": rounded(candidate.score), "reasons": candidate.reasons,
        }));
    }
    let hs: Vec<serde_json::Value> = answer
        .hs
        .iter()
        .map(|c| serde_json::json!({ "code": c.code, "score": rounded(c.score), "reasons": c.reasons }))
        .collect();
    serde_json::json!({
        "v": 1, "id": row.id, "hs": hs, "controls": controls, "questions": questions,
        "vague": answer.vague, "missing": answer.missing,
    })
}
