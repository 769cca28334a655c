//! What OpenRefine shows of a candidate before a person chooses it: a small page
//! for a frame, and the same, smaller, beside suggestions.

use super::{
    model,
    params::Params,
    reconcile::{known, said},
    refusal::{ErrorDoc, Refusal},
};
use crate::{AppState, headers::Framed, pages::entities::facts_of, problem::Problem, view::Fact};
use askama::Template;
use axum::{
    extract::{Path, State},
    response::{Html, IntoResponse, Response},
};
use serde_json::json;

/// Names shown; the page of the entity has all.
const NAMES: usize = 6;

#[derive(Template)]
#[template(path = "preview.html")]
struct Preview {
    /// Where the page of the entity is.
    href: String,
    name: String,
    schema: &'static str,
    names: Vec<String>,
    more: usize,
    facts: Vec<Fact>,
    lists: Vec<String>,
}

#[derive(Template)]
#[template(path = "flyout.html")]
struct Flyout {
    name: String,
    line: String,
    id: String,
}

/// A page about one entity that fits into a small frame.
#[utoipa::path(
    get,
    path = "/reconcile/{dataset}/preview",
    tag = "peers: reconciliation",
    params(("dataset" = String, Path), ("id" = String, Query, description = "id of an entity")),
    responses(
        (status = 200, description = "a page that may be framed", content_type = "text/html"),
        (status = 401, body = ErrorDoc),
        (status = 404, body = ErrorDoc),
    )
)]
pub(crate) async fn preview(
    State(state): State<AppState>,
    Path(name): Path<String>,
    params: Params,
) -> Result<Response, Refusal> {
    let shelf = state.shelves().current(&state).await?;
    known(&shelf, &name)?;
    let entity = shelf.entity(params.one("id").unwrap_or_default());
    let entity = entity.ok_or_else(|| Refusal::missing("No such entity!"))?;
    let flat = shelf.flat(&entity);
    let names = entity.party.names.iter().map(|n| n.text.clone());
    let page = Preview {
        href: crate::pages::entities::address(&entity.id),
        name: entity.party.caption().to_owned(),
        schema: flat.schema,
        names: names.skip(1).take(NAMES).collect(),
        more: entity.party.names.len().saturating_sub(NAMES + 1),
        facts: facts_of(&entity),
        lists: flat.datasets,
    };
    let html = page.render().map_err(Problem::from)?;
    let mut response = Html(html).into_response();
    response.extensions_mut().insert(Framed);
    Ok(response)
}

/// What stands beside a suggestion of an entity, a type or a property: a piece
/// of a page, as the specification wants it.
#[utoipa::path(
    get,
    path = "/reconcile/{dataset}/flyout/{kind}",
    tag = "peers: reconciliation",
    params(
        ("dataset" = String, Path),
        ("kind" = String, Path, description = "`entity`, `type` or `property`"),
        ("id" = String, Query),
    ),
    responses(
        (status = 200, description = "`{\"id\": …, \"html\": …}`", body = Object),
        (status = 401, body = ErrorDoc),
        (status = 404, body = ErrorDoc),
    )
)]
pub(crate) async fn flyout(
    State(state): State<AppState>,
    Path((name, kind)): Path<(String, String)>,
    params: Params,
) -> Result<Response, Refusal> {
    let shelf = state.shelves().current(&state).await?;
    known(&shelf, &name)?;
    let id = params.one("id").unwrap_or_default().to_owned();
    let nothing = || Refusal::missing("There is nothing of this id.");
    let (title, line) = match kind.as_str() {
        "entity" => {
            let entity = shelf.entity(&id).ok_or_else(nothing)?;
            let flat = shelf.flat(&entity);
            let facts = facts_of(&entity);
            let facts = facts
                .iter()
                .take(2)
                .map(|f| format!("{}: {}", f.term, f.text));
            let mut line = vec![flat.schema.to_owned(), flat.datasets.join(", ")];
            line.extend(facts);
            (entity.party.caption().to_owned(), line.join(" · "))
        }
        "type" => {
            let plural = model::type_name(&id).ok_or_else(nothing)?;
            (id.clone(), format!("{plural}, a type of FollowTheMoney"))
        }
        "property" => {
            let label = model::property(&id).ok_or_else(nothing)?;
            let values = model::value_type(&id);
            (label.to_owned(), format!("Values: {values}"))
        }
        _ => return Err(nothing()),
    };
    let piece = Flyout {
        name: title,
        line,
        id: id.clone(),
    };
    let html = piece.render().map_err(Problem::from)?;
    said(&params, &json!({ "id": id, "html": html }))
}
