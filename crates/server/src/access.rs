//! Who may do what: one table for every route, and the guard that reads it.

use crate::{
    AppState,
    problem::{ApiProblem, PageProblem, Problem},
    session::{self, Actor, Sender},
};
use axum::{
    extract::{MatchedPath, Request, State},
    http::Method,
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use portcullis_store::Role;

/// Something that a person may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Read decisions, lists and policy.
    Read,
    /// Read the ledger and take proofs from it.
    Prove,
    /// Have a file assessed; what is assessed is recorded.
    Assess,
    /// Screen a name against the lists.
    Screen,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Permission; 4] = [
        Permission::Read,
        Permission::Prove,
        Permission::Assess,
        Permission::Screen,
    ];

    /// Whether a role has it.
    pub fn allows(self, role: Role) -> bool {
        match self {
            Permission::Read => true,
            Permission::Prove => role != Role::Viewer,
            Permission::Assess | Permission::Screen => {
                matches!(role, Role::Admin | Role::Officer | Role::Analyst)
            }
        }
    }
}

/// What a route asks of whoever calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Nothing: anybody may call it.
    Public,
    /// A signed-in person with this permission.
    Signed(Permission),
}

/// One row of the authorisation table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// `GET` (which covers `HEAD`) or `POST`.
    pub method: &'static str,
    /// The path as routed, for example `/assessments/{id}`.
    pub path: &'static str,
    /// What it asks.
    pub need: Need,
}

const fn open(method: &'static str, path: &'static str) -> Access {
    Access {
        method,
        path,
        need: Need::Public,
    }
}

const fn signed(method: &'static str, path: &'static str, permission: Permission) -> Access {
    Access {
        method,
        path,
        need: Need::Signed(permission),
    }
}

use Permission::{Assess, Prove, Read, Screen};

/// The authorisation table: every route of the server.
pub const ACCESS: &[Access] = &[
    open("GET", "/sign-in"),
    open("POST", "/sign-in"),
    open("GET", "/assets/{name}"),
    open("GET", "/favicon.ico"),
    open("GET", "/healthz"),
    open("GET", "/checkpoint"),
    open("GET", "/tile/{*path}"),
    open("GET", "/api/openapi.json"),
    signed("POST", "/sign-out", Read),
    signed("GET", "/", Read),
    signed("GET", "/assessments", Read),
    signed("GET", "/assessments/{id}", Read),
    signed("GET", "/assessments/{id}/proof", Prove),
    signed("GET", "/assess", Assess),
    signed("POST", "/assess", Assess),
    signed("GET", "/screen", Screen),
    signed("POST", "/screen", Screen),
    signed("GET", "/lists", Read),
    signed("GET", "/lists/{snapshot}", Read),
    signed("GET", "/policy", Read),
    signed("GET", "/policy/{rule}", Read),
    signed("GET", "/ledger", Prove),
    signed("GET", "/ledger/key", Prove),
    signed("GET", "/help", Read),
    signed("GET", "/api/v1/assessments", Read),
    signed("POST", "/api/v1/assessments", Assess),
    signed("GET", "/api/v1/assessments/{id}", Read),
    signed("GET", "/api/v1/assessments/{id}/proof", Prove),
    signed("GET", "/api/v1/lists", Read),
    signed("GET", "/api/v1/policy/rules", Read),
    signed("GET", "/api/v1/ledger/checkpoint", Prove),
    signed("POST", "/api/v1/screen", Screen),
];

/// What the table says of a route; `None` if the route is not in it.
fn need(method: &Method, path: &str) -> Option<Need> {
    let asked = if method == Method::HEAD {
        "GET"
    } else {
        method.as_str()
    };
    let row = ACCESS.iter().find(|a| a.method == asked && a.path == path);
    row.map(|a| a.need)
}

/// Lets a request through if the table and the session allow it, and leaves
/// the [`Actor`] in its extensions.
pub(crate) async fn guard(
    State(state): State<AppState>,
    matched: MatchedPath,
    mut request: Request,
    next: Next,
) -> Response {
    let is_api = matched.as_str().starts_with("/api/");
    let permission = match need(request.method(), matched.as_str()) {
        Some(Need::Public) => return next.run(request).await,
        Some(Need::Signed(permission)) => permission,
        None => {
            // A route without a row is a slip; a wrong method on a known path is a client's.
            tracing::debug!(path = matched.as_str(), method = %request.method(), "no row in the authorisation table");
            return refuse(is_api, Problem::MethodNotAllowed);
        }
    };
    let actor = match session::actor(&state, Sender::of(&request)).await {
        Ok(Some(actor)) => actor,
        Ok(None) if is_api => return refuse(true, Problem::SignInNeeded),
        Ok(None) => return to_sign_in(&request),
        Err(problem) => return refuse(is_api, problem),
    };
    if !permission.allows(actor.role) {
        return refuse(is_api, Problem::Forbidden);
    }
    if is_api && !actor.may_change(&request) {
        return refuse(true, Problem::BadToken);
    }
    request.extensions_mut().insert::<Actor>(actor);
    next.run(request).await
}

fn refuse(is_api: bool, problem: Problem) -> Response {
    if is_api {
        ApiProblem(problem).into_response()
    } else {
        PageProblem(problem).into_response()
    }
}

/// To the sign-in page, which leads back to where a reader wanted to go.
fn to_sign_in(request: &Request) -> Response {
    let wanted = request.uri().path_and_query().map_or("/", |p| p.as_str());
    if request.method() != Method::GET || wanted == "/" {
        return Redirect::to("/sign-in").into_response();
    }
    let next: String = crate::router::encode(wanted);
    Redirect::to(&format!("/sign-in?next={next}")).into_response()
}
