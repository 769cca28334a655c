//! What can be asked, and by what it is answered.

use super::{
    ask,
    datasets::Dataset,
    match_out::features,
    refusal::{ErrorDoc, Refusal},
    shelf::Shelf,
};
use crate::{AppState, problem::Problem};
use axum::{Json, extract::State};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// One dataset, as yente describes datasets.
#[derive(Serialize, ToSchema)]
#[schema(as = PeerDataset)]
pub(crate) struct DatasetOut {
    name: String,
    title: String,
    summary: Option<String>,
    /// Whether it is held itself; collections are made of others.
    load: bool,
    version: String,
    index_version: String,
    index_current: bool,
    updated_at: String,
    last_export: String,
    entity_count: u64,
    thing_count: u64,
    children: Vec<String>,
}

/// The datasets that can be asked.
#[derive(Serialize, ToSchema)]
#[schema(as = PeerCatalog)]
pub(crate) struct CatalogOut {
    datasets: Vec<DatasetOut>,
    current: Vec<String>,
    /// Always empty: what is listed is in use.
    outdated: Vec<String>,
    index_stale: bool,
}

fn dataset_out(dataset: &Dataset) -> DatasetOut {
    DatasetOut {
        name: dataset.name.clone(),
        title: dataset.title.clone(),
        summary: None,
        load: dataset.children.is_empty(),
        version: dataset.version.clone(),
        index_version: dataset.version.clone(),
        index_current: true,
        updated_at: dataset.updated.clone(),
        last_export: dataset.updated.clone(),
        entity_count: dataset.entities,
        thing_count: dataset.entities,
        children: dataset.children.clone(),
    }
}

fn catalog_out(shelf: &Shelf) -> CatalogOut {
    let all = shelf.datasets.all();
    let held = all.iter().filter(|d| d.children.is_empty());
    CatalogOut {
        current: held.map(|d| d.name.clone()).collect(),
        datasets: all.iter().map(dataset_out).collect(),
        outdated: Vec::new(),
        index_stale: false,
    }
}

/// Every list, source and collection in use.
#[utoipa::path(
    get,
    path = "/catalog",
    tag = "peers: yente",
    responses((status = 200, body = CatalogOut), (status = 401, body = ErrorDoc))
)]
pub(crate) async fn catalog(State(state): State<AppState>) -> Result<Json<CatalogOut>, Refusal> {
    let shelf = state.shelves().current(&state).await?;
    Ok(Json(catalog_out(&shelf)))
}

/// The same as `/catalog`, under its older name.
#[utoipa::path(
    get,
    path = "/manifest",
    tag = "peers: yente",
    responses((status = 200, body = CatalogOut), (status = 401, body = ErrorDoc))
)]
pub(crate) async fn manifest(state: State<AppState>) -> Result<Json<CatalogOut>, Refusal> {
    catalog(state).await
}

/// That a question is answered.
#[derive(Serialize, ToSchema)]
#[schema(as = PeerStatus)]
pub(crate) struct StatusOut {
    /// `ok`
    status: &'static str,
}

/// That the server answers.
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "peers: yente",
    responses((status = 200, body = StatusOut))
)]
pub(crate) async fn health() -> Json<StatusOut> {
    Json(StatusOut { status: "ok" })
}

/// That lists are in use and ready to be asked.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "peers: yente",
    responses((status = 200, body = StatusOut), (status = 503, description = "no list is in use", body = ErrorDoc))
)]
pub(crate) async fn ready(State(state): State<AppState>) -> Result<Json<StatusOut>, Refusal> {
    let shelf = state.shelves().current(&state).await?;
    if ask::nobody_listed(&shelf.lists) {
        return Err(Problem::NoLists.into());
    }
    Ok(Json(StatusOut { status: "ok" }))
}

/// One way of comparing.
#[derive(Serialize, ToSchema)]
#[schema(as = PeerAlgorithm)]
pub(crate) struct AlgorithmOut {
    name: &'static str,
    description: &'static str,
    #[schema(value_type = Object)]
    features: Value,
    #[schema(value_type = Object)]
    docs: Value,
}

/// The ways of comparing: one.
#[derive(Serialize, ToSchema)]
#[schema(as = PeerAlgorithms)]
pub(crate) struct AlgorithmsOut {
    algorithms: Vec<AlgorithmOut>,
    default: &'static str,
    best: &'static str,
}

/// How parties are compared. The names of yente's algorithms are taken in
/// requests and all mean this one.
#[utoipa::path(
    get,
    path = "/algorithms",
    tag = "peers: yente",
    responses((status = 200, body = AlgorithmsOut))
)]
pub(crate) async fn algorithms() -> Json<AlgorithmsOut> {
    let name = "portcullis";
    let description = "Names in any script, birth dates, countries, identifiers and addresses; 0.70 is the alert line";
    let docs =
        json!({ "name": name, "description": description, "config": {}, "features": features() });
    Json(AlgorithmsOut {
        algorithms: vec![AlgorithmOut {
            name,
            description,
            features: features(),
            docs,
        }],
        default: name,
        best: name,
    })
}
