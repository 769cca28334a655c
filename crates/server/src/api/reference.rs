//! Lists, policy and ledger, to be read.

use super::{
    Answer,
    types::{CheckpointOut, ListsOut, RuleOut, RulesOut, SnapshotOut},
    versions,
};
use crate::{AppState, book::Entry, problem::ProblemBody};
use axum::{Json, extract::State};
use portcullis_store::SnapshotRow;

/// Every list version held; those in use are marked.
#[utoipa::path(
    get,
    path = "/api/v1/lists",
    tag = "reference",
    responses((status = 200, body = ListsOut), (status = 401, body = ProblemBody))
)]
pub(crate) async fn lists(State(state): State<AppState>) -> Answer<ListsOut> {
    let snapshots = state.store().snapshots().await?;
    Ok(Json(ListsOut {
        v: 1,
        snapshots: snapshots.into_iter().map(snapshot).collect(),
        versions: versions(&state).await?,
    }))
}

/// The rules of the policy in force.
#[utoipa::path(
    get,
    path = "/api/v1/policy/rules",
    tag = "reference",
    responses((status = 200, body = RulesOut), (status = 401, body = ProblemBody))
)]
pub(crate) async fn rules(State(state): State<AppState>) -> Answer<RulesOut> {
    Ok(Json(RulesOut {
        v: 1,
        rules: state.rules().book.entries.iter().map(rule).collect(),
        versions: versions(&state).await?,
    }))
}

/// The head of the ledger and its signed checkpoint.
#[utoipa::path(
    get,
    path = "/api/v1/ledger/checkpoint",
    tag = "reference",
    responses(
        (status = 200, body = CheckpointOut),
        (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody),
    )
)]
pub(crate) async fn checkpoint(State(state): State<AppState>) -> Answer<CheckpointOut> {
    let status = state.store().ledger_status().await?;
    Ok(Json(CheckpointOut {
        v: 1,
        origin: status.origin,
        verifier_key: status.verifier_key,
        size: status.size,
        pending: status.pending,
        checkpoint: status.checkpoint.map(|c| c.note),
        versions: versions(&state).await?,
    }))
}

fn snapshot(row: SnapshotRow) -> SnapshotOut {
    SnapshotOut {
        snapshot: row.id,
        source: row.source,
        published: row.published.map(|d| d.to_string()),
        recorded_at: row.recorded_at.to_string(),
        active: row.active,
        entities: row.entities,
        names: row.names,
        issues: row.issues,
        counts: row.counts,
        sha256: row.sha256,
    }
}

fn rule(entry: &Entry) -> RuleOut {
    let head = &entry.head;
    RuleOut {
        id: head.id.clone(),
        kind: entry.kind.clone(),
        title: head.title.clone(),
        citation: head.citation.clone(),
        jurisdiction: head.jurisdiction.to_string(),
        status: entry.status.as_str().to_owned(),
        from: head.in_force.from.map(|d| d.to_string()),
        until: head.in_force.until.map(|d| d.to_string()),
        review_by: head.review_by.map(|d| d.to_string()),
        effect: entry.effect.clone(),
        condition: Some(entry.condition.clone()).filter(|c| !c.is_empty()),
    }
}
