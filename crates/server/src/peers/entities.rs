//! `GET /entities/{id}` and what stands around an entity.

use super::{
    docs::{AdjacentDoc, AroundDoc, EntityDoc, TotalDoc},
    params::Params,
    refusal::{ErrorDoc, Refusal},
    search::MOST_RESULTS,
    shelf::Shelf,
};
use crate::{AppState, router::encode};
use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use portcullis_domain::Entity;
use portcullis_formats::watchlists::ftm_write::{self, FtmEntity};
use serde::Serialize;
use std::collections::BTreeMap;

/// Entities around one, under one property, where no limit is asked for.
const DEFAULT_LIMIT: usize = 10;

/// Ids under which OpenSanctions knows the same records: a reader may hold them.
const REFERENTS: [(&str, &str); 3] = [
    ("ofac-", "us-ofac:"),
    ("unsc-", "un-sc:"),
    ("us-ofac-", "us-ofac:"),
];

/// The entity of an id, or where the reader should look.
fn entity(shelf: &Shelf, id: &str, rest: &str) -> Result<Entity, Box<Response>> {
    if let Some(entity) = shelf.entity(id) {
        return Ok(entity);
    }
    for (theirs, ours) in REFERENTS {
        let canonical = id.strip_prefix(theirs).map(|n| format!("{ours}{n}"));
        if let Some(canonical) = canonical.filter(|c| shelf.entity(c).is_some()) {
            let to = format!("/entities/{}{rest}", encode(&canonical));
            return Err(Box::new(Redirect::permanent(&to).into_response()));
        }
    }
    Err(Box::new(
        Refusal::missing("No such entity!").into_response(),
    ))
}

/// One entity with its listings, ties and wallets in their places.
#[utoipa::path(
    get,
    path = "/entities/{id}",
    tag = "peers: yente",
    params(
        ("id" = String, Path, description = "`us-ofac:36`; `ofac-36` leads there"),
        ("nested" = Option<bool>, Query, description = "`false`: without those around it"),
    ),
    responses(
        (status = 200, body = EntityDoc),
        (status = 308, description = "known here by another id"),
        (status = 401, body = ErrorDoc),
        (status = 404, body = ErrorDoc),
    )
)]
pub(crate) async fn fetch(
    State(state): State<AppState>,
    Path(id): Path<String>,
    params: Params,
) -> Result<Response, Refusal> {
    let nested = params.flag("nested", true)?;
    let shelf = state.shelves().current(&state).await?;
    let entity = match entity(&shelf, &id, "") {
        Ok(entity) => entity,
        Err(elsewhere) => return Ok(*elsewhere),
    };
    let out = if nested {
        shelf.nested(&entity)
    } else {
        shelf.flat(&entity)
    };
    Ok(Json(out).into_response())
}

/// Entities around one under one property, a page of them.
#[derive(Serialize)]
struct Around {
    results: Vec<FtmEntity>,
    total: TotalDoc,
    limit: usize,
    offset: usize,
}

/// Which page.
#[derive(Clone, Copy)]
struct Page {
    limit: usize,
    offset: usize,
}

impl Page {
    fn read(params: &Params) -> Result<Page, Refusal> {
        Ok(Page {
            limit: params.number("limit", DEFAULT_LIMIT, 0, MOST_RESULTS)?,
            offset: params.number("offset", 0, 0, 10_000_000)?,
        })
    }

    fn of(self, all: Vec<FtmEntity>) -> Around {
        Around {
            total: TotalDoc::of(all.len()),
            results: all.into_iter().skip(self.offset).take(self.limit).collect(),
            limit: self.limit,
            offset: self.offset,
        }
    }
}

fn around(shelf: &Shelf, entity: &Entity) -> BTreeMap<&'static str, Vec<FtmEntity>> {
    let other = |id: &str| shelf.entity(id).map(|e| shelf.flat(&e));
    ftm_write::adjacent(entity, &other)
}

/// Everything around an entity, a page by property.
#[utoipa::path(
    get,
    path = "/entities/{id}/adjacent",
    tag = "peers: yente",
    params(
        ("id" = String, Path, description = "id of the entity"),
        ("limit" = Option<usize>, Query, description = "by property, 0 to 500; 10 by default"),
        ("offset" = Option<usize>, Query, description = "from 0"),
    ),
    responses(
        (status = 200, body = AdjacentDoc),
        (status = 308, description = "known here by another id"),
        (status = 401, body = ErrorDoc),
        (status = 404, body = ErrorDoc),
    )
)]
pub(crate) async fn adjacent(
    State(state): State<AppState>,
    Path(id): Path<String>,
    params: Params,
) -> Result<Response, Refusal> {
    #[derive(Serialize)]
    struct Adjacent {
        entity: FtmEntity,
        adjacent: BTreeMap<&'static str, Around>,
    }
    let page = Page::read(&params)?;
    let shelf = state.shelves().current(&state).await?;
    let entity = match entity(&shelf, &id, "/adjacent") {
        Ok(entity) => entity,
        Err(elsewhere) => return Ok(*elsewhere),
    };
    let all = around(&shelf, &entity).into_iter();
    let out = Adjacent {
        entity: shelf.flat(&entity),
        adjacent: all
            .map(|(property, all)| (property, page.of(all)))
            .collect(),
    };
    Ok(Json(out).into_response())
}

/// What stands around an entity under one property.
#[utoipa::path(
    get,
    path = "/entities/{id}/adjacent/{property}",
    tag = "peers: yente",
    params(
        ("id" = String, Path, description = "id of the entity"),
        ("property" = String, Path, description = "`sanctions`, `ownershipOwner`, `unknownLinkTo` …"),
        ("limit" = Option<usize>, Query, description = "0 to 500; 10 by default"),
        ("offset" = Option<usize>, Query, description = "from 0"),
    ),
    responses(
        (status = 200, body = AroundDoc),
        (status = 308, description = "known here by another id"),
        (status = 401, body = ErrorDoc),
        (status = 404, description = "no such entity or property", body = ErrorDoc),
    )
)]
pub(crate) async fn adjacent_by(
    State(state): State<AppState>,
    Path((id, property)): Path<(String, String)>,
    params: Params,
) -> Result<Response, Refusal> {
    let page = Page::read(&params)?;
    let shelf = state.shelves().current(&state).await?;
    let rest = format!("/adjacent/{}", encode(&property));
    let entity = match entity(&shelf, &id, &rest) {
        Ok(entity) => entity,
        Err(elsewhere) => return Ok(*elsewhere),
    };
    let mut all = around(&shelf, &entity);
    if !ftm_write::ADJACENT.contains(&property.as_str()) {
        return Err(Refusal::missing("No such property!"));
    }
    let own = all.remove(property.as_str()).unwrap_or_default();
    Ok(Json(page.of(own)).into_response())
}
