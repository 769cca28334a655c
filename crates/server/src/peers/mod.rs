//! The APIs that people already use: yente's and watchman's, in their own
//! shapes, so that their clients go on working. What is the same and what
//! differs stands in `docs/guides/migrate-from-yente.md` and
//! `migrate-from-watchman.md`.
//!
//! Two things are stricter than in the peers: no answer without results is
//! given where a question was not read and screened whole, and a name of a
//! dataset that is not known is an error, not an empty answer.

mod ask;
mod catalog;
mod changed;
mod datasets;
mod directory;
mod docs;
mod entities;
mod facets;
mod match_in;
mod match_out;
mod matching;
mod model;
pub(crate) mod params;
mod preview;
mod reconcile;
mod refusal;
mod search;
mod shelf;
mod statements;
mod watchman;
mod watchman_out;

pub(crate) use shelf::Shelves;

use crate::AppState;
use axum::Router;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Endpoints with small requests.
pub(crate) fn small() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(search::search))
        .routes(routes!(entities::fetch))
        .routes(routes!(entities::adjacent))
        .routes(routes!(entities::adjacent_by))
        .routes(routes!(catalog::catalog))
        .routes(routes!(catalog::manifest))
        .routes(routes!(catalog::health))
        .routes(routes!(catalog::ready))
        .routes(routes!(catalog::algorithms))
        .routes(routes!(statements::statements))
        .routes(routes!(watchman::search))
        .routes(routes!(watchman::listinfo))
        .routes(routes!(reconcile::suggest_entity))
        .routes(routes!(reconcile::suggest_type))
        .routes(routes!(reconcile::suggest_property))
        .routes(routes!(reconcile::extend_property))
        .routes(routes!(preview::preview))
        .routes(routes!(preview::flyout))
}

/// Endpoints that take batches.
pub(crate) fn bulk() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(matching::matching))
        .routes(routes!(reconcile::get, reconcile::post))
}

pub(crate) fn routes() -> Router<AppState> {
    small().into()
}

pub(crate) fn bulk_routes() -> Router<AppState> {
    bulk().into()
}
