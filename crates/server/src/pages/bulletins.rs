//! `GET /bulletins`, `/bulletins/{id}`, `/bulletins.atom`, `/bulletins.json`:
//! what changed, from when, whom it touches and what to do. Open to anybody.

use super::{Page as Answer, html};
use crate::{
    AppState,
    problem::{Problem, log},
    view::{Pages, day, moment},
};
use askama::Template;
use axum::{
    Json,
    extract::{Path, Query, State},
    http::{HeaderMap, header},
    response::IntoResponse,
};
use jiff::Timestamp;
use portcullis_gate::bulletins;
use portcullis_policy::{Bulletin, Published, bulletins_atom};
use portcullis_store::Page;
use serde::Deserialize;

/// Bulletins on one page, and in the feeds.
const ROWS: u64 = 20;
/// Who publishes them, in the feed.
const NAME: &str = "Portcullis";

struct Row {
    href: String,
    title: String,
    summary: String,
    when: String,
    from: String,
}

#[derive(Template)]
#[template(path = "bulletins.html")]
struct BulletinsPage {
    rows: Vec<Row>,
    pages: Pages,
}

#[derive(Template)]
#[template(path = "bulletin.html")]
struct BulletinPage {
    b: Bulletin,
    when: String,
    from: String,
}

/// Which page.
#[derive(Default, Deserialize)]
pub(crate) struct Wanted {
    page: Option<u64>,
}

fn failed(error: portcullis_gate::PolicyError) -> Problem {
    match error {
        portcullis_gate::PolicyError::Store(inner) => inner.into(),
        other => {
            log(&other);
            Problem::Internal
        }
    }
}

/// `GET /bulletins`
pub(crate) async fn page(State(state): State<AppState>, Query(wanted): Query<Wanted>) -> Answer {
    let total = state
        .store()
        .bulletins(crate::view::COUNT_ONLY)
        .await?
        .total;
    let pages = Pages::new(total, ROWS, wanted.page, "/bulletins?page=".to_owned());
    let address = |id: &str| format!("/bulletins/{id}");
    let (all, _) = bulletins(state.store(), pages.rows(ROWS), address)
        .await
        .map_err(failed)?;
    html(&BulletinsPage {
        rows: all.into_iter().map(row).collect(),
        pages,
    })
}

fn row(one: Published) -> Row {
    Row {
        href: one.address,
        title: one.bulletin.title,
        summary: one.bulletin.summary,
        when: moment(one.at),
        from: one.bulletin.from.map(day).unwrap_or_default(),
    }
}

/// `GET /bulletins/{id}`
pub(crate) async fn one(State(state): State<AppState>, Path(id): Path<String>) -> Answer {
    let stored = state.store().bulletin(&id).await?;
    let b: Bulletin = serde_json::from_value(stored.body).map_err(|error| {
        log(&error);
        Problem::Internal
    })?;
    html(&BulletinPage {
        when: moment(stored.at),
        from: b.from.map(day).unwrap_or_default(),
        b,
    })
}

/// Where this server is, as the reader sees it.
fn root(state: &AppState, headers: &HeaderMap) -> String {
    let scheme = if state.secure_cookies() {
        "https"
    } else {
        "http"
    };
    let host = headers.get(header::HOST).and_then(|h| h.to_str().ok());
    format!("{scheme}://{}", host.unwrap_or("localhost"))
}

async fn newest(state: &AppState, root: &str) -> Result<Vec<Published>, Problem> {
    let page = Page {
        offset: 0,
        limit: ROWS,
    };
    let address = |id: &str| format!("{root}/bulletins/{id}");
    let (all, _) = bulletins(state.store(), page, address)
        .await
        .map_err(failed)?;
    Ok(all)
}

/// `GET /bulletins.atom`
pub(crate) async fn atom(State(state): State<AppState>, headers: HeaderMap) -> Answer {
    let root = root(&state, &headers);
    let all = newest(&state, &root).await?;
    let address = format!("{root}/bulletins.atom");
    let text = bulletins_atom(NAME, &address, &all, Timestamp::now());
    let kind = [(header::CONTENT_TYPE, "application/atom+xml; charset=utf-8")];
    Ok((kind, text).into_response())
}

/// `GET /bulletins.json`: the newest, each as it was published.
pub(crate) async fn json(State(state): State<AppState>, headers: HeaderMap) -> Answer {
    let root = root(&state, &headers);
    let all = newest(&state, &root).await?;
    let each: Vec<serde_json::Value> = all
        .into_iter()
        .map(|one| {
            serde_json::json!({
                "id": one.id, "published_at": one.at.to_string(), "address": one.address,
                "bulletin": one.bulletin,
            })
        })
        .collect();
    Ok(Json(serde_json::json!({ "v": 1, "bulletins": each })).into_response())
}
