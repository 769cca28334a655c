//! `GET /verify?code=`: whether a record with a code exists. Open to whoever
//! reaches the installation; shows no name.

use super::{Page, html};
use crate::{
    AppState,
    problem::Problem,
    view::{Fact, screening_facts, screening_source},
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
    id: String,
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
            Err(StoreError::NotFound { .. }) => None,
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
        id: stored.id.clone(),
        facts,
    }
}
