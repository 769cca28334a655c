//! `GET /verify?code=`: whether a record with a code exists. Open to whoever
//! reaches the installation; shows no name.

use super::{Page, html};
use crate::{
    AppState,
    problem::Problem,
    view::{Fact, day, moment, screening_facts, screening_source},
};
use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::IntoResponse,
};
use portcullis_store::{StoreError, StoredScreening};
use serde::Deserialize;

/// What is shown of a record to anybody.
struct Found {
    /// Where the record is, for who may read it.
    href: String,
    facts: Vec<Fact>,
}

#[derive(Template)]
#[template(path = "verify.html")]
struct VerifyPage {
    typed: String,
    wrong: bool,
    found: Option<Found>,
}

/// What was typed.
#[derive(Default, Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    code: String,
}

/// `GET /verify`
pub(crate) async fn page(State(state): State<AppState>, Query(typed): Query<Typed>) -> Page {
    let code = typed.code.trim();
    let found = match code {
        "" => None,
        code => match state.store().screening_by_code(code).await {
            Ok(stored) => Some(shown(&stored)),
            Err(StoreError::NotFound { .. }) => guided(&state, code).await?,
            Err(other) => return Err(Problem::from(other).into()),
        },
    };
    let wrong = !code.is_empty() && found.is_none();
    let page = html(&VerifyPage {
        typed: code.chars().take(64).collect(),
        wrong,
        found,
    })?;
    let status = if wrong {
        StatusCode::NOT_FOUND
    } else {
        StatusCode::OK
    };
    Ok((status, page).into_response())
}

/// No name, no reason and no number of the party: what a print can be compared with.
fn shown(stored: &StoredScreening) -> Found {
    let mut facts = vec![
        Fact::new("Verification code", stored.code.as_str()).mono(),
        Fact::new("By way of", screening_source(stored.source)),
    ];
    facts.extend(screening_facts(stored));
    Found {
        href: format!("/screenings/{}", stored.id),
        facts,
    }
}

/// The same of a result of the guided way: neither answers nor names.
async fn guided(state: &AppState, code: &str) -> Result<Option<Found>, Problem> {
    let kept = match state.store().guided_result_by_code(code).await {
        Ok(kept) => kept,
        Err(StoreError::NotFound { .. }) => return Ok(None),
        Err(other) => return Err(other.into()),
    };
    let result = super::guide::result_title(&kept.result);
    Ok(Some(Found {
        href: format!("/guide/results/{}", kept.id),
        facts: vec![
            Fact::new("Verification code", kept.code.as_str()).mono(),
            Fact::new("Result of a guided determination", result),
            Fact::new("Shown and kept", moment(kept.recorded_at)),
            Fact::new("Asked for the day", day(kept.as_of)),
            Fact::new("List set", kept.lists.as_str()).mono(),
            Fact::new("Policy", kept.policy.as_str()).mono().wide(),
            Fact::new("Engine", kept.engine.as_str()),
            Fact::new("Digest", kept.digest.as_str()).mono().wide(),
        ],
    }))
}
