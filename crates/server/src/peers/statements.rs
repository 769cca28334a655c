//! `GET /statements`: who says what of an entity. A source's snapshot is the
//! one that says it; that is as far as provenance is kept here.

use super::{
    docs::TotalDoc,
    model,
    params::Params,
    refusal::{ErrorDoc, Refusal},
    search::MOST_RESULTS,
    shelf::Shelf,
};
use crate::AppState;
use axum::{Json, extract::State};
use portcullis_domain::{Entity, hex_sha256};
use serde::Serialize;
use utoipa::ToSchema;

/// Statements on one page where no limit is asked for.
const DEFAULT_LIMIT: usize = 50;

/// One value that one source states.
#[derive(Serialize, ToSchema)]
#[schema(as = PeerStatement)]
pub(crate) struct StatementOut {
    id: String,
    entity_id: String,
    canonical_id: String,
    prop: String,
    prop_type: &'static str,
    schema: &'static str,
    value: String,
    original_value: Option<String>,
    /// The list on which the source has the entity.
    dataset: String,
    lang: Option<String>,
    origin: Option<String>,
    /// First day of the listing; else when the list was imported.
    first_seen: String,
    last_seen: String,
}

/// A page of statements.
#[derive(Serialize, ToSchema)]
#[schema(as = PeerStatements)]
pub(crate) struct StatementsOut {
    results: Vec<StatementOut>,
    total: TotalDoc,
    limit: usize,
    offset: usize,
}

/// What each source states of one entity, value by value.
#[utoipa::path(
    get,
    path = "/statements",
    tag = "peers: yente",
    params(
        ("entity_id" = Option<String>, Query, description = "the entity; this or canonical_id is needed"),
        ("canonical_id" = Option<String>, Query, description = "the same here"),
        ("dataset" = Option<String>, Query, description = "only of this dataset"),
        ("prop" = Option<String>, Query, description = "only of this property"),
        ("value" = Option<String>, Query, description = "only this value"),
        ("schema" = Option<String>, Query, description = "only of this schema"),
        ("limit" = Option<usize>, Query, description = "1 to 500; 50 by default"),
        ("offset" = Option<usize>, Query, description = "from 0"),
    ),
    responses(
        (status = 200, body = StatementsOut),
        (status = 400, description = "no entity is named", body = ErrorDoc),
        (status = 401, body = ErrorDoc),
        (status = 404, description = "no such entity or dataset", body = ErrorDoc),
    )
)]
pub(crate) async fn statements(
    State(state): State<AppState>,
    params: Params,
) -> Result<Json<StatementsOut>, Refusal> {
    let shelf = state.shelves().current(&state).await?;
    let id = params
        .one("entity_id")
        .or_else(|| params.one("canonical_id"));
    let id = id.ok_or_else(|| {
        Refusal::bad(
            "entity_id or canonical_id is needed: statements are kept by entity".to_owned(),
        )
    })?;
    let limit = params.number("limit", DEFAULT_LIMIT, 1, MOST_RESULTS)?;
    let offset = params.number("offset", 0, 0, 10_000_000)?;
    let dataset = match params.one("dataset") {
        Some(name) => {
            let known = shelf.datasets.get(name);
            Some(known.ok_or_else(|| Refusal::missing("No such dataset."))?)
        }
        None => None,
    };
    let mut all = Vec::new();
    for entity in shelf.lists.as_each_source_has_it(id) {
        all.extend(stated(&shelf, &entity));
    }
    if all.is_empty() {
        return Err(Refusal::missing("No such entity!"));
    }
    let is = |name: &str, own: &str| params.one(name).is_none_or(|wanted| wanted == own);
    all.retain(|s: &StatementOut| {
        is("prop", &s.prop)
            && is("value", &s.value)
            && is("schema", s.schema)
            && dataset.is_none_or(|d| d.codes.contains(&s.dataset))
    });
    Ok(Json(StatementsOut {
        total: TotalDoc::of(all.len()),
        results: all.into_iter().skip(offset).take(limit).collect(),
        limit,
        offset,
    }))
}

fn stated(shelf: &Shelf, entity: &Entity) -> Vec<StatementOut> {
    let flat = shelf.flat(entity);
    let Some(dataset) = flat.datasets.first().cloned() else {
        return Vec::new();
    };
    let seen = shelf.datasets.seen(&dataset).unwrap_or_default().to_owned();
    let mut all = Vec::new();
    for property in flat.properties.keys() {
        for value in flat.texts(property) {
            let key = format!("{dataset}.{}.{property}.{value}", entity.id);
            let mut id = hex_sha256(key.as_bytes());
            id.truncate(40);
            all.push(StatementOut {
                id,
                entity_id: entity.id.clone(),
                canonical_id: entity.id.clone(),
                prop: (*property).to_owned(),
                prop_type: model::value_type(property),
                schema: flat.schema,
                value: value.to_owned(),
                original_value: None,
                dataset: dataset.clone(),
                lang: None,
                origin: None,
                first_seen: flat.first_seen.clone().unwrap_or_else(|| seen.clone()),
                last_seen: seen.clone(),
            });
        }
    }
    all
}
