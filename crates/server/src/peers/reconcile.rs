//! The reconciliation API 0.2 that OpenRefine speaks
//! (reconciliation-api.github.io/specs/0.2).

use super::{
    datasets::{Dataset, Within},
    match_in::{self, Wanted},
    matching::{self, Answered, Manner},
    model,
    params::Params,
    refusal::{ErrorDoc, Field, Refusal},
    shelf::Shelf,
};
use crate::{AppState, judged::JudgementOut, session::Actor};
use axum::{
    Extension,
    body::Bytes,
    extract::{Path, State, rejection::BytesRejection},
    http::{HeaderMap, Uri, header},
    response::{IntoResponse, Response},
};
use portcullis_screening::DEFAULT_THRESHOLD;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// Candidates by query where no limit is asked for.
const DEFAULT_LIMIT: usize = 5;
/// Candidates are given from here on; those from the alert line on are matches.
const CANDIDATE: f64 = 0.5;
/// Width and height of a preview in pixels.
const PREVIEW: (u32, u32) = (420, 320);
/// Queries that OpenRefine should send at a time.
const BATCH: usize = 50;
/// Suggestions given.
const SUGGESTIONS: usize = 10;

/// What this service is, or, with `queries`, its answers.
#[utoipa::path(
    get,
    path = "/reconcile/{dataset}",
    tag = "peers: reconciliation",
    params(
        ("dataset" = String, Path, description = "as of `/match`"),
        ("queries" = Option<String>, Query, description = "a batch of queries as JSON; the manifest without it"),
        ("callback" = Option<String>, Query, description = "name of a function to call with the answer (JSONP)"),
        ("api_key" = Option<String>, Query, description = "a program's key, for clients that send no headers"),
    ),
    responses(
        (status = 200, description = "the manifest, or `{name: {\"result\": […]}}`", body = Object),
        (status = 400, body = ErrorDoc),
        (status = 401, body = ErrorDoc),
        (status = 404, description = "no such dataset", body = ErrorDoc),
    )
)]
pub(crate) async fn get(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Path(name): Path<String>,
    headers: HeaderMap,
    uri: Uri,
    params: Params,
) -> Result<Response, Refusal> {
    let shelf = state.shelves().current(&state).await?;
    let dataset = known(&shelf, &name)?;
    let answer = match params.one("queries") {
        Some(queries) => {
            let within = matching::within(&shelf, dataset, &params)?;
            answers(&state, &actor, &shelf, within, queries).await?
        }
        None => manifest(dataset, &base(&state, &headers, &name), uri.query()),
    };
    said(&params, &answer)
}

/// Answers a batch of queries, or extends rows with properties.
#[utoipa::path(
    post,
    path = "/reconcile/{dataset}",
    tag = "peers: reconciliation",
    params(("dataset" = String, Path, description = "as of `/match`")),
    request_body(content = String, content_type = "application/x-www-form-urlencoded", description = "`queries=` or `extend=`, each JSON; at most 32 MiB"),
    responses(
        (status = 200, description = "`{name: {\"result\": […]}}`, or `{meta, rows}`", body = Object),
        (status = 400, body = ErrorDoc),
        (status = 401, body = ErrorDoc),
        (status = 404, description = "no such dataset", body = ErrorDoc),
    )
)]
pub(crate) async fn post(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Path(name): Path<String>,
    params: Params,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    let body = body.map_err(|_| matching::too_large())?;
    let shelf = state.shelves().current(&state).await?;
    let dataset = known(&shelf, &name)?;
    let form = Params::of_form(&body)?;
    let answer = if let Some(extend) = form.one("extend") {
        extended(&shelf, extend)?
    } else if let Some(queries) = form.one("queries") {
        let within = matching::within(&shelf, dataset, &params)?;
        answers(&state, &actor, &shelf, within, queries).await?
    } else {
        let field = Field::body(&["queries"], "missing", "Field required");
        return Err(Refusal::field(field));
    };
    said(&params, &answer)
}

pub(crate) fn known<'s>(shelf: &'s Shelf, name: &str) -> Result<&'s Dataset, Refusal> {
    let dataset = shelf.datasets.get(name);
    dataset.ok_or_else(|| Refusal::missing("No such dataset."))
}

/// JSON, or a call of the function that the client names.
pub(crate) fn said(params: &Params, answer: &Value) -> Result<Response, Refusal> {
    let Some(callback) = params.one("callback") else {
        let kind = [(header::CONTENT_TYPE, "application/json")];
        return Ok((kind, answer.to_string()).into_response());
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || "_.$".contains(c);
    if callback.len() > 128 || !callback.chars().all(plain) {
        return Err(Refusal::bad(
            "callback: not the name of a function".to_owned(),
        ));
    }
    let kind = [(header::CONTENT_TYPE, "application/javascript")];
    Ok((kind, format!("/**/{callback}({answer});")).into_response())
}

/// Where this service is, as the client sees it.
fn base(state: &AppState, headers: &HeaderMap, dataset: &str) -> String {
    let scheme = if state.secure_cookies() {
        "https"
    } else {
        "http"
    };
    let host = headers.get(header::HOST).and_then(|h| h.to_str().ok());
    format!(
        "{scheme}://{}/reconcile/{dataset}",
        host.unwrap_or("localhost")
    )
}

fn manifest(dataset: &Dataset, base: &str, query: Option<&str>) -> Value {
    // A key in the address goes on in the addresses that follow from it.
    let rest = query.map(|q| format!("?{q}")).unwrap_or_default();
    let and = query.map(|q| format!("&{q}")).unwrap_or_default();
    let service =
        |path: &str| json!({ "service_url": base, "service_path": format!("{path}{rest}") });
    let suggest = |what: &str| {
        let mut service = service(&format!("/suggest/{what}"));
        service["flyout_service_url"] = json!(base);
        service["flyout_service_path"] = json!(format!("/flyout/{what}?id=${{id}}{and}"));
        service
    };
    let root = base.split("/reconcile/").next().unwrap_or_default();
    json!({
        "versions": ["0.2"],
        "name": format!("{} (Portcullis)", dataset.title),
        "identifierSpace": format!("{root}/entities/"),
        "schemaSpace": "https://followthemoney.tech/explorer/schemata/",
        "documentation": format!("{root}/help"),
        "batchSize": BATCH,
        "view": { "url": format!("{root}/entities/{{{{id}}}}") },
        "suggest": {
            "entity": suggest("entity"),
            "type": suggest("type"),
            "property": suggest("property"),
        },
        "preview": {
            "url": format!("{base}/preview?id={{{{id}}}}{and}"),
            "width": PREVIEW.0,
            "height": PREVIEW.1,
        },
        "extend": {
            "propose_properties": service("/extend/property"),
            "property_settings": [],
        },
        "defaultTypes": model::types("").collect::<Vec<_>>(),
    })
}

/// Screens a batch; like every screening it is recorded, and a query that was
/// not read or screened whole is never answered with "no candidate".
async fn answers(
    state: &AppState,
    actor: &Actor,
    shelf: &std::sync::Arc<Shelf>,
    within: Within,
    queries: &str,
) -> Result<Value, Refusal> {
    let wrong =
        |place: &[&str], message: &str| Refusal::field(Field::body(place, "json_type", message));
    let batch: Value =
        serde_json::from_str(queries).map_err(|_| wrong(&["queries"], "JSON decode error"))?;
    let Value::Object(batch) = batch else {
        return Err(wrong(&["queries"], "Input should be a valid dictionary"));
    };
    let mut wanted = Vec::with_capacity(batch.len());
    let mut limits = HashMap::new();
    for (name, query) in batch {
        let limit = query
            .get("limit")
            .and_then(Value::as_u64)
            .unwrap_or(DEFAULT_LIMIT as u64);
        limits.insert(
            name.clone(),
            usize::try_from(limit).unwrap_or(DEFAULT_LIMIT),
        );
        wanted.push(one(name, &query)?);
    }
    let most = limits.values().copied().max().unwrap_or(DEFAULT_LIMIT);
    let manner = Manner::plain(
        within,
        most.clamp(1, matching::MOST_RESULTS),
        DEFAULT_THRESHOLD,
    )
    .with_candidates(CANDIDATE);
    let answered = matching::answer(state, actor, shelf, &manner, wanted).await?;
    matching::refuse_what_is_not_clear(&answered, "queries.")?;
    matching::settle(state, actor, shelf, &manner, &answered).await?;
    let mut out = Map::new();
    for answer in &answered {
        let limit = limits
            .get(&answer.wanted.name)
            .copied()
            .unwrap_or(DEFAULT_LIMIT);
        let result = candidates(answer, limit);
        out.insert(answer.wanted.name.clone(), json!({ "result": result }));
    }
    Ok(Value::Object(out))
}

/// One query: a name, a type, properties by id (`birthDate` or `Person:birthDate`).
fn one(name: String, query: &Value) -> Result<Wanted, Refusal> {
    let schema = match query.get("type") {
        Some(Value::String(schema)) => schema.clone(),
        Some(Value::Array(all)) => text(all.first().unwrap_or(&Value::Null)).unwrap_or_default(),
        Some(other) => text(other).unwrap_or_default(),
        None => String::new(),
    };
    let schema = if schema.is_empty() {
        "Thing".to_owned()
    } else {
        schema
    };
    let mut properties: HashMap<String, Vec<String>> = HashMap::new();
    if let Some(asked) = query.get("query").and_then(Value::as_str) {
        properties.insert("name".to_owned(), vec![asked.to_owned()]);
    }
    for property in query
        .get("properties")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let Some(id) = property.get("pid").and_then(Value::as_str) else {
            let place = ["queries", name.as_str(), "properties", "pid"];
            return Err(Refusal::field(Field::body(
                &place,
                "missing",
                "Field required",
            )));
        };
        let id = id.rsplit(':').next().unwrap_or(id).to_owned();
        let values = match property.get("v") {
            Some(Value::Array(all)) => all.iter().filter_map(text).collect(),
            Some(value) => text(value).into_iter().collect::<Vec<_>>(),
            None => Vec::new(),
        };
        properties.entry(id).or_default().extend(values);
    }
    match_in::from_properties(name, &schema, properties, Value::Null)
}

/// A value: a text, a number, or something reconciled, by its name or id.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Object(object) => {
            let name = object.get("name").or_else(|| object.get("id"))?;
            name.as_str().map(str::to_owned)
        }
        _ => None,
    }
}

fn candidates(answer: &Answered, limit: usize) -> Vec<Value> {
    let results = answer.results.iter().take(limit);
    results
        .map(|(hit, card)| {
            let mut out = json!({
                "id": hit.entity_id,
                "name": hit.caption,
                "description": format!("{} · {}", card.schema, card.codes.join(", ")),
                "type": [model::type_of(card.schema)],
                "score": hit.score,
                "match": answer.is_match(hit),
            });
            if let Some(judged) = answer.judged.get(&hit.entity_id) {
                out["judgement"] = json!(JudgementOut::from(judged));
            }
            out
        })
        .collect()
}

/// Properties of entities, by row.
fn extended(shelf: &Shelf, extend: &str) -> Result<Value, Refusal> {
    let wrong = || Refusal::bad("Cannot decode extension request".to_owned());
    let asked: Value = serde_json::from_str(extend).map_err(|_| wrong())?;
    let ids = asked
        .get("ids")
        .and_then(Value::as_array)
        .ok_or_else(wrong)?;
    let properties = asked
        .get("properties")
        .and_then(Value::as_array)
        .ok_or_else(wrong)?;
    let names: Vec<&str> = properties
        .iter()
        .filter_map(|p| p.get("id")?.as_str())
        .collect();
    let mut rows = Map::new();
    for id in ids.iter().filter_map(Value::as_str) {
        let flat = shelf.entity(id).map(|e| shelf.flat(&e));
        let mut row = Map::new();
        for name in &names {
            let plain = name.rsplit(':').next().unwrap_or(name);
            let texts = flat.iter().flat_map(|e| e.texts(plain));
            let values: Vec<Value> = texts.map(|t| json!({ "str": t })).collect();
            row.insert((*name).to_owned(), Value::Array(values));
        }
        rows.insert(id.to_owned(), Value::Object(row));
    }
    let meta: Vec<Value> = names
        .iter()
        .map(|n| json!({ "id": n, "name": model::label(n) }))
        .collect();
    Ok(json!({ "meta": meta, "rows": rows }))
}

fn suggested(params: &Params, result: Vec<Value>) -> Result<Response, Refusal> {
    let prefix = params.one("prefix").unwrap_or_default();
    let answer = json!({
        "code": "/api/status/ok", "status": "200 OK", "prefix": prefix, "result": result,
    });
    said(params, &answer)
}

/// Entities whose name, id or number holds every word of a text.
#[utoipa::path(
    get,
    path = "/reconcile/{dataset}/suggest/entity",
    tag = "peers: reconciliation",
    params(("dataset" = String, Path), ("prefix" = Option<String>, Query)),
    responses((status = 200, body = Object), (status = 401, body = ErrorDoc), (status = 404, body = ErrorDoc))
)]
pub(crate) async fn suggest_entity(
    State(state): State<AppState>,
    Path(name): Path<String>,
    params: Params,
) -> Result<Response, Refusal> {
    let shelf = state.shelves().current(&state).await?;
    let within = matching::within(&shelf, known(&shelf, &name)?, &params)?;
    let prefix = params.one("prefix").unwrap_or_default().to_lowercase();
    let looking = tokio::task::spawn_blocking(move || {
        let words: Vec<&str> = prefix.split_whitespace().collect();
        let rows = shelf.directory().rows.iter();
        let fits = rows.filter(|row| {
            within.any(&row.codes) && words.iter().all(|word| row.text.contains(word))
        });
        let entity = |row: &super::directory::Row| {
            json!({
                "id": row.id, "name": row.caption,
                "description": row.codes.join(", "), "type": [model::type_of(row.schema)],
            })
        };
        fits.take(SUGGESTIONS).map(entity).collect::<Vec<Value>>()
    });
    let found = looking
        .await
        .map_err(|_| crate::problem::Problem::Internal)?;
    suggested(&params, found)
}

/// Types whose name holds a text.
#[utoipa::path(
    get,
    path = "/reconcile/{dataset}/suggest/type",
    tag = "peers: reconciliation",
    params(("dataset" = String, Path), ("prefix" = Option<String>, Query)),
    responses((status = 200, body = Object), (status = 401, body = ErrorDoc))
)]
pub(crate) async fn suggest_type(params: Params) -> Result<Response, Refusal> {
    let prefix = params.one("prefix").unwrap_or_default();
    suggested(&params, model::types(prefix).collect())
}

/// Properties that are compared, whose name holds a text.
#[utoipa::path(
    get,
    path = "/reconcile/{dataset}/suggest/property",
    tag = "peers: reconciliation",
    params(("dataset" = String, Path), ("prefix" = Option<String>, Query)),
    responses((status = 200, body = Object), (status = 401, body = ErrorDoc))
)]
pub(crate) async fn suggest_property(params: Params) -> Result<Response, Refusal> {
    let prefix = params.one("prefix").unwrap_or_default();
    suggested(&params, model::properties(prefix).collect())
}

/// Properties with which rows can be extended.
#[utoipa::path(
    get,
    path = "/reconcile/{dataset}/extend/property",
    tag = "peers: reconciliation",
    params(("dataset" = String, Path), ("type" = Option<String>, Query)),
    responses((status = 200, body = Object), (status = 401, body = ErrorDoc))
)]
pub(crate) async fn extend_property(params: Params) -> Result<Response, Refusal> {
    let schema = params.one("type").unwrap_or("Thing");
    let properties: Vec<Value> = model::properties("").collect();
    let answer = json!({ "limit": 0, "type": schema, "properties": properties });
    said(&params, &answer)
}
