//! The JSON API, version 1, and its description.
//!
//! Keys may be added, never changed. Every answer says on which lists, policy
//! and engine it rests. Programs sign in with a key of their own, with a session
//! of the console (and send its token in `x-csrf-token` when they change
//! something), or with HTTP Basic and a local account, over loopback only.

mod assessments;
mod goods;
mod reference;
mod screen;
mod types;

pub(crate) use types::{
    AssessedMessage, DeterminationOut, FindingOut, HitOut, IssueOut, QuestionOut, ReasonOut,
    ScreenOut, VersionsOut,
};

use crate::{
    AppState,
    problem::{ApiProblem, Problem, ProblemBody},
};
use axum::{Json, Router};
use utoipa::{
    OpenApi,
    openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
};
use utoipa_axum::{router::OpenApiRouter, routes};

/// A JSON answer, or a problem as JSON.
pub(crate) type Answer<T> = Result<Json<T>, ApiProblem>;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Portcullis",
        version = "1",
        description = "May this item go to this party, for this use, by this route, paid this way, as of this date?\n\nEvery answer names the versions of lists, policy and engine on which it rests. Keys may be added to answers, never changed or removed.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
        contact()
    ),
    components(schemas(ProblemBody)),
    modifiers(&Security),
    security(("key" = []), ("session" = []), ("basic" = []))
)]
struct Description;

struct Security;

impl utoipa::Modify for Security {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_with(Default::default);
        let session = ApiKeyValue::with_description(
            "portcullis_session",
            "session of the console; requests that change something also send its token in x-csrf-token",
        );
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(session)));
        let key = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some(
                "a program's key (`portcullis tokens create`); `Authorization: ApiKey KEY` is taken, too",
            ))
            .build();
        components.add_security_scheme("key", SecurityScheme::Http(key));
        let basic = HttpBuilder::new()
            .scheme(HttpAuthScheme::Basic)
            .description(Some("a local account, over loopback only"))
            .build();
        components.add_security_scheme("basic", SecurityScheme::Http(basic));
    }
}

fn reading() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(assessments::list))
        .routes(routes!(assessments::one))
        .routes(routes!(assessments::proof))
        .routes(routes!(reference::lists))
        .routes(routes!(reference::rules))
        .routes(routes!(reference::checkpoint))
        .routes(routes!(screen::screen))
}

fn uploading() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(assessments::assess))
        .routes(routes!(goods::determine))
        .routes(routes!(goods::classify))
}

pub(crate) fn routes() -> Router<AppState> {
    reading().into()
}

pub(crate) fn upload_routes() -> Router<AppState> {
    uploading().into()
}

/// The OpenAPI description of the JSON API.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let (_, description) = OpenApiRouter::<AppState>::with_openapi(Description::openapi())
        .merge(reading())
        .merge(uploading())
        .merge(crate::peers::small())
        .merge(crate::peers::bulk())
        .split_for_parts();
    description
}

/// `GET /api/openapi.json`
pub(crate) async fn description() -> Json<utoipa::openapi::OpenApi> {
    Json(openapi())
}

/// What an answer given now rests on.
pub(crate) async fn versions(state: &AppState) -> Result<VersionsOut, Problem> {
    Ok(VersionsOut {
        lists: state.list_set().await?.id,
        policy: state.rules().book.version.clone(),
        engine: state.desk().engine_version().to_owned(),
    })
}
