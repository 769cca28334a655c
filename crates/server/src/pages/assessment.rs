//! `GET /assessments/{id}` and its proof.

use super::{Page, html, shell};
use crate::{
    AppState,
    access::Permission,
    problem::Problem,
    session::Actor,
    view::{
        AssessmentView, Crumb, Fact, ListLine, Nav, OutcomeView, Recorded, Shell, day, grouped,
        moment,
    },
};
use askama::Template;
use axum::{
    Extension,
    extract::{Path, State},
    http::{HeaderValue, header},
    response::IntoResponse,
};
use jiff::Timestamp;
use portcullis_store::{DecisionRow, StoreError};

#[derive(Template)]
#[template(path = "assessment.html")]
struct AssessmentPage {
    shell: Shell,
    a: AssessmentView,
    screened_against: Vec<ListLine>,
}

#[derive(Template)]
#[template(path = "erased.html")]
struct ErasedPage {
    shell: Shell,
    outcome: OutcomeView,
    reference: String,
    erased_at: String,
    facts: Vec<Fact>,
}

/// `GET /assessments/{id}`
pub(crate) async fn page(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
) -> Page {
    let stored = state.store().decision(&id).await?;
    let row = &stored.row;
    let crumbs = vec![Crumb::new("Assessments", "/assessments")];
    let Some(decision) = &stored.decision else {
        let reference = row
            .reference
            .clone()
            .unwrap_or_else(|| "No reference".to_owned());
        return html(&ErasedPage {
            shell: shell(&state, &actor, Nav::Assessments, &reference, crumbs).await?,
            outcome: OutcomeView(row.outcome),
            reference,
            erased_at: row.erased_at.map_or(String::new(), moment),
            facts: remaining(row),
        });
    };
    let recorded = Recorded {
        id: row.decision_id.clone(),
        kind: row.kind,
        recorded_at: row.recorded_at,
        actor: row.actor.clone(),
        file: row.file.clone(),
        index: row.index,
        digest: row.digest.clone(),
        ledger_index: row.ledger_index,
    };
    let rules = state.rules();
    let known = |rule: &str| rules.book.entry(rule).is_some();
    let mut view = AssessmentView::new(&recorded, decision, stored.transaction.as_ref(), &known);
    if Permission::Cases.allows(actor.role) {
        lead_to_alerts(&state, &id, &mut view).await?;
    }
    html(&AssessmentPage {
        shell: shell(&state, &actor, Nav::Assessments, &view.reference, crumbs).await?,
        a: view,
        screened_against: screened_against(&state, &decision.versions.lists).await?,
    })
}

/// Gives each match the address where it is judged: its alert, or, where two
/// parties met one entry, the alerts on that entry.
async fn lead_to_alerts(
    state: &AppState,
    id: &str,
    view: &mut AssessmentView,
) -> Result<(), Problem> {
    let alerts = state.store().alerts_of_assessment(id).await?;
    for hit in view.parties.iter_mut().flat_map(|p| &mut p.hits) {
        let mut on_entity = alerts.iter().filter(|(_, entity)| *entity == hit.entity);
        hit.alert = match (on_entity.next(), on_entity.next()) {
            (Some((alert, _)), None) => format!("/alerts/{alert}"),
            (Some(_), Some(_)) => format!("/alerts?entity={}", crate::router::encode(&hit.entity)),
            (None, _) => String::new(),
        };
    }
    Ok(())
}

/// What can still be said after erasure.
fn remaining(row: &DecisionRow) -> Vec<Fact> {
    vec![
        Fact::new("Recorded", moment(row.recorded_at)),
        Fact::new("By", row.actor.as_str()),
        Fact::new("Asked for the day", day(row.as_of)),
        Fact::new("List set", row.lists.as_str()).mono(),
        Fact::new("Policy", row.policy.as_str()).mono(),
        Fact::new("Engine", row.engine.as_str()),
        Fact::new("Decision", row.decision_id.as_str()).mono(),
    ]
}

/// The list versions behind a list set. A set that is not known any more is
/// shown by its id alone.
pub(crate) async fn screened_against(
    state: &AppState,
    set: &str,
) -> Result<Vec<ListLine>, Problem> {
    let members = match state.store().list_set_members(set).await {
        Ok(members) => members,
        Err(StoreError::NotFound { .. }) => return Ok(Vec::new()),
        Err(other) => return Err(other.into()),
    };
    let mut lines = Vec::with_capacity(members.len());
    for id in members {
        let row = state.store().snapshot(&id).await?;
        lines.push(ListLine {
            snapshot: row.id,
            source: row.source,
            published: row.published.map_or("date not stated".to_owned(), day),
            entities: grouped(row.entities as i64),
        });
    }
    Ok(lines)
}

/// `GET /assessments/{id}/proof`: the proof file, to be verified without this server.
pub(crate) async fn proof(State(state): State<AppState>, Path(id): Path<String>) -> Page {
    Ok(proof_file(&state, &id).await?)
}

pub(crate) async fn proof_file(
    state: &AppState,
    id: &str,
) -> Result<axum::response::Response, Problem> {
    let bytes = state.store().prove(id, Timestamp::now()).await?;
    // The store found the id, so it is one of its own; still nothing odd gets into a header.
    let plain: String = id
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .collect();
    let name = format!("attachment; filename=\"{plain}.proof\"");
    let name = HeaderValue::from_str(&name).map_err(|_| Problem::Internal)?;
    let kind = HeaderValue::from_static("application/octet-stream");
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, bytes).into_response())
}
