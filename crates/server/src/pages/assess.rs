//! `GET|POST /assess`: a file from the browser, through the same gate as the command.

use super::{Page, html, shell};
use crate::{
    AppState,
    api::AssessedMessage,
    desk::file_name,
    problem::Problem,
    router::UPLOAD_LIMIT,
    session::Actor,
    view::{Nav, OutcomeView, Shell, count, kind_label_of},
};
use askama::Template;
use axum::{
    Extension,
    body::Bytes,
    extract::{Multipart, State, multipart::MultipartError},
    http::StatusCode,
};
use portcullis_domain::Outcome;

/// One message in the table of results.
struct Row {
    id: String,
    outcome: Option<OutcomeView>,
    reference: String,
    kind: &'static str,
    reason: String,
}

struct Results {
    title: String,
    file: String,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "assess.html")]
struct AssessPage {
    shell: Shell,
    error: Option<String>,
    limit: String,
    answer: Option<Results>,
}

/// What a form sent.
struct Upload {
    csrf: String,
    file: String,
    bytes: Bytes,
}

/// `GET /assess`
pub(crate) async fn form(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
) -> Page {
    show(&state, &actor, None, None).await
}

/// `POST /assess`
pub(crate) async fn upload(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    multipart: Multipart,
) -> Page {
    let upload = read(multipart).await?;
    actor.check(&upload.csrf)?;
    if upload.bytes.is_empty() {
        let text = "Choose a file that is not empty".to_owned();
        return show(&state, &actor, Some(text), None).await;
    }
    let messages = state
        .desk()
        .assess(&upload.file, upload.bytes, &actor.name)
        .await?;
    let results = Results {
        title: count(messages.len(), "message", "messages"),
        file: upload.file,
        rows: messages.iter().map(row).collect(),
    };
    show(&state, &actor, None, Some(results)).await
}

async fn show(
    state: &AppState,
    actor: &Actor,
    error: Option<String>,
    answer: Option<Results>,
) -> Page {
    let title = if error.is_some() {
        "Error: Assess a file"
    } else {
        "Assess a file"
    };
    html(&AssessPage {
        shell: shell(state, actor, Nav::Assess, title, Vec::new()).await?,
        error,
        limit: format!("{} MiB", UPLOAD_LIMIT / 1024 / 1024),
        answer,
    })
}

async fn read(mut multipart: Multipart) -> Result<Upload, Problem> {
    let mut upload = Upload {
        csrf: String::new(),
        file: String::new(),
        bytes: Bytes::new(),
    };
    while let Some(field) = multipart.next_field().await.map_err(unreadable)? {
        match field.name() {
            Some("csrf") => upload.csrf = field.text().await.map_err(unreadable)?,
            Some("file") => {
                upload.file = file_name(field.file_name().unwrap_or_default());
                upload.bytes = field.bytes().await.map_err(unreadable)?;
            }
            _ => {}
        }
    }
    Ok(upload)
}

fn unreadable(error: MultipartError) -> Problem {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::TooLarge,
        _ => Problem::Invalid("The form did not arrive whole. Try again.".to_owned()),
    }
}

fn row(message: &AssessedMessage) -> Row {
    let outcome = message.outcome.as_deref().and_then(Outcome::parse);
    let deciding = message
        .findings
        .iter()
        .find(|f| Some(f.outcome.as_str()) == message.outcome.as_deref());
    let texts = [
        deciding.map(|f| &f.text),
        message.questions.first().map(|q| &q.text),
        message.issues.first().map(|i| &i.text),
    ];
    let reason = match outcome {
        Some(Outcome::Release) => "Nothing stands against it".to_owned(),
        None => "Not a declaration: nothing to decide".to_owned(),
        _ => texts
            .into_iter()
            .flatten()
            .next()
            .map_or(String::new(), |t| crate::view::sentence(t)),
    };
    Row {
        id: message.decision_id.clone().unwrap_or_default(),
        outcome: outcome.map(OutcomeView),
        reference: message
            .reference
            .clone()
            .unwrap_or_else(|| format!("message {}", message.index + 1)),
        kind: kind_label_of(&message.kind),
        reason,
    }
}
