//! Which handler answers which address.

use crate::{
    AppState, access, api, assets,
    dialect::Dialect,
    headers,
    pages::{
        alerts, assess, assessment, bulletins, calendar, controls, entities, guide, help, hit,
        judgements, ledger, lists, monitoring, nomenclature, overview, policy, queue, screen,
        screenings, sign_in, verify, workbench,
    },
    peers,
    problem::Problem,
    tiles,
};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::Uri,
    middleware,
    response::Response,
    routing::{get, post},
};

/// Forms are small.
const FORM_LIMIT: usize = 64 * 1024;
/// Declarations that come through the browser or the API.
pub(crate) const UPLOAD_LIMIT: usize = 32 * 1024 * 1024;

/// The whole server, ready to be called or served.
pub fn router(state: AppState) -> Router {
    let one_file = get(workbench::edit).post(workbench::save);
    let one_replay = get(workbench::replay_page).post(workbench::run_replay);
    let uploads = Router::new()
        .route("/assess", get(assess::form).post(assess::upload))
        .route("/policy/drafts/{id}/edit", one_file)
        .route("/policy/drafts/{id}/upload", post(workbench::upload))
        .route("/policy/drafts/{id}/replay", one_replay)
        .merge(api::upload_routes())
        .merge(peers::bulk_routes())
        .layer(DefaultBodyLimit::max(UPLOAD_LIMIT));
    let one_hit = get(hit::page).post(hit::judge);
    let pages = Router::new()
        .route("/", get(overview::page))
        .route("/sign-in", get(sign_in::form).post(sign_in::submit))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/assessments", get(queue::page))
        .route("/assessments/{id}", get(assessment::page))
        .route("/assessments/{id}/proof", get(assessment::proof))
        .route("/guide", get(guide::start_page).post(guide::start))
        .route("/guide/resume", post(guide::resume))
        .route("/guide/{id}", get(guide::question).post(guide::answer))
        .route("/guide/{id}/finish", post(guide::finish))
        .route("/guide/results/{id}", get(guide::result_page))
        .route("/screen", get(screen::form).post(screen::answer))
        .route("/verify", get(verify::page))
        .route("/screenings", get(screenings::page))
        .route("/screenings/{id}", get(screenings::record))
        .route("/screenings/{id}/hits/{number}", one_hit)
        .route("/entry", get(entities::page))
        .route("/alerts", get(alerts::page))
        .route("/alerts/{id}", get(alerts::one).post(alerts::judge))
        .route("/monitoring", get(monitoring::page))
        .route("/judgements", get(judgements::page))
        .route("/judgements/{id}", get(judgements::one))
        .route("/judgements/{id}/confirm", post(judgements::confirm))
        .route("/judgements/{id}/refuse", post(judgements::refuse))
        .route("/judgements/{id}/withdraw", post(judgements::withdraw))
        .route("/lists", get(lists::page))
        .route("/lists/{snapshot}", get(lists::snapshot))
        .route("/policy", get(policy::page))
        .route("/policy/{rule}", get(policy::rule))
        .route("/policy/workbench", get(workbench::page))
        .route("/policy/drafts", post(workbench::begin))
        .route("/policy/drafts/{id}", get(workbench::one))
        .route("/policy/drafts/{id}/propose", post(workbench::propose))
        .route("/policy/drafts/{id}/shadow", post(workbench::shadow))
        .route("/policy/drafts/{id}/drop", post(workbench::discard))
        .route("/policy/shadow/stop", post(workbench::stop_shadow))
        .route("/policy/versions/{id}", get(workbench::version_page))
        .route("/policy/versions/{id}/adopt", post(workbench::adopt))
        .route("/policy/versions/{id}/reject", post(workbench::reject))
        .route("/policy/versions/{id}/withdraw", post(workbench::withdraw))
        .route("/policy/versions/{id}/comment", post(workbench::comment))
        .route("/controls", get(controls::page))
        .route("/controls/{regime}/{code}", get(controls::entry))
        .route("/controls/{regime}/{code}/confirm", post(controls::confirm))
        .route("/nomenclature", get(nomenclature::page))
        .route("/calendar", get(calendar::page))
        .route("/calendar.ics", get(calendar::ics))
        .route("/bulletins", get(bulletins::page))
        .route("/bulletins/{id}", get(bulletins::one))
        .route("/bulletins.atom", get(bulletins::atom))
        .route("/bulletins.json", get(bulletins::json))
        .route("/ledger", get(ledger::page))
        .route("/ledger/key", get(ledger::key))
        .route("/help", get(help::page))
        .route("/checkpoint", get(tiles::checkpoint))
        .route("/tile/{*path}", get(tiles::tile))
        .route("/assets/{name}", get(assets::asset))
        .route("/favicon.ico", get(assets::favicon))
        .route("/api/openapi.json", get(api::description))
        .merge(api::routes())
        .merge(peers::routes())
        .layer(DefaultBodyLimit::max(FORM_LIMIT));
    pages
        .merge(uploads)
        .route_layer(middleware::from_fn_with_state(state.clone(), access::guard))
        .fallback(not_found)
        .layer(middleware::from_fn(headers::secure))
        .with_state(state)
}

async fn not_found(uri: Uri) -> Response {
    Dialect::of(uri.path()).refuse(Problem::NotFound)
}

/// Percent-encodes a text for the value of a query.
pub(crate) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
