//! `GET /ledger`: head, checkpoint, key, and how to verify without this server.

use super::{Page, html, shell};
use crate::{
    AppState,
    session::Actor,
    view::{Nav, Shell, grouped},
};
use askama::Template;
use axum::{Extension, extract::State, http::header, response::IntoResponse};

#[derive(Template)]
#[template(path = "ledger.html")]
struct LedgerPage {
    shell: Shell,
    origin: String,
    size: String,
    pending: String,
    root: String,
    key: String,
    checkpoint: String,
}

/// `GET /ledger`
pub(crate) async fn page(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
) -> Page {
    let status = state.store().ledger_status().await?;
    let (root, checkpoint) = status
        .checkpoint
        .map(|c| (c.root, c.note))
        .unwrap_or_else(|| ("not signed yet".to_owned(), String::new()));
    html(&LedgerPage {
        shell: shell(&state, &actor, Nav::Ledger, "Ledger", Vec::new()).await?,
        origin: status.origin,
        size: grouped(status.size as i64),
        pending: grouped(status.pending as i64),
        root,
        key: status.verifier_key,
        checkpoint,
    })
}

/// `GET /ledger/key`: the verifier's key as a file for `ledger verify --key`.
pub(crate) async fn key(State(state): State<AppState>) -> Page {
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"portcullis-ledger.vkey\"",
        ),
    ];
    Ok((headers, format!("{}\n", state.store().verifier_key())).into_response())
}
