//! Who may do what: one table for every route, and the guard that reads it.

use crate::{
    AppState,
    dialect::Dialect,
    problem::Problem,
    session::{self, Actor, Sender},
};
use axum::{
    extract::{MatchedPath, Request, State},
    http::Method,
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use portcullis_store::{Charge, Role, Scope, Settlement};

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
    /// Look up what stands on the lists.
    Search,
    /// Read alerts, judgements and one's own screening records.
    Cases,
    /// Read the screening records of everybody.
    Oversee,
    /// Judge a match.
    Judge,
    /// Agree to a judgement as the second person.
    Confirm,
    /// Be guided through a classification and determination of one's own.
    Guide,
    /// Draft, replay, propose and adopt policy; two people for what acts.
    Change,
    /// Have goods classified and cases determined.
    Determine,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Permission; 12] = [
        Permission::Read,
        Permission::Prove,
        Permission::Assess,
        Permission::Screen,
        Permission::Search,
        Permission::Cases,
        Permission::Oversee,
        Permission::Judge,
        Permission::Confirm,
        Permission::Guide,
        Permission::Change,
        Permission::Determine,
    ];

    /// Whether a role has it.
    pub fn allows(self, role: Role) -> bool {
        match self {
            Permission::Read | Permission::Guide => true,
            Permission::Prove | Permission::Cases => role != Role::Viewer,
            Permission::Oversee => matches!(role, Role::Admin | Role::Officer | Role::Auditor),
            Permission::Assess
            | Permission::Determine
            | Permission::Screen
            | Permission::Search
            | Permission::Judge => {
                matches!(role, Role::Admin | Role::Officer | Role::Analyst)
            }
            Permission::Confirm | Permission::Change => {
                matches!(role, Role::Admin | Role::Officer)
            }
        }
    }

    /// The scope that a program's key needs for it; `None` for what only people do.
    pub fn scope(self) -> Option<Scope> {
        match self {
            Permission::Read => Some(Scope::Read),
            Permission::Prove => Some(Scope::Prove),
            Permission::Assess | Permission::Determine => Some(Scope::Assess),
            Permission::Screen => Some(Scope::Match),
            Permission::Search => Some(Scope::Search),
            Permission::Cases
            | Permission::Oversee
            | Permission::Judge
            | Permission::Confirm
            | Permission::Change
            | Permission::Guide => None,
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

use Permission::{
    Assess, Cases, Change, Confirm, Determine, Guide, Judge, Prove, Read, Screen, Search,
};

/// The authorisation table: every route of the server.
pub const ACCESS: &[Access] = &[
    open("GET", "/sign-in"),
    open("POST", "/sign-in"),
    open("GET", "/assets/{name}"),
    open("GET", "/favicon.ico"),
    open("GET", "/healthz"),
    open("GET", "/readyz"),
    open("GET", "/algorithms"),
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
    signed("GET", "/guide", Guide),
    signed("POST", "/guide", Guide),
    signed("POST", "/guide/resume", Guide),
    signed("GET", "/guide/{id}", Guide),
    signed("POST", "/guide/{id}", Guide),
    signed("POST", "/guide/{id}/finish", Guide),
    signed("GET", "/guide/results/{id}", Guide),
    signed("GET", "/screen", Screen),
    signed("POST", "/screen", Screen),
    open("GET", "/verify"),
    signed("GET", "/screenings", Cases),
    signed("GET", "/screenings/{id}", Cases),
    signed("GET", "/screenings/{id}/hits/{number}", Cases),
    signed("POST", "/screenings/{id}/hits/{number}", Judge),
    signed("GET", "/entry", Cases),
    signed("GET", "/alerts", Cases),
    signed("GET", "/alerts/{id}", Cases),
    signed("POST", "/alerts/{id}", Judge),
    signed("GET", "/monitoring", Cases),
    signed("GET", "/judgements", Cases),
    signed("GET", "/judgements/{id}", Cases),
    signed("POST", "/judgements/{id}/confirm", Confirm),
    signed("POST", "/judgements/{id}/refuse", Confirm),
    signed("POST", "/judgements/{id}/withdraw", Judge),
    signed("GET", "/lists", Read),
    signed("GET", "/lists/{snapshot}", Read),
    signed("GET", "/policy", Read),
    signed("GET", "/policy/{rule}", Read),
    signed("GET", "/policy/workbench", Read),
    signed("POST", "/policy/drafts", Change),
    signed("GET", "/policy/drafts/{id}", Change),
    signed("GET", "/policy/drafts/{id}/edit", Change),
    signed("POST", "/policy/drafts/{id}/edit", Change),
    signed("POST", "/policy/drafts/{id}/upload", Change),
    signed("GET", "/policy/drafts/{id}/replay", Change),
    signed("POST", "/policy/drafts/{id}/replay", Change),
    signed("POST", "/policy/drafts/{id}/propose", Change),
    signed("POST", "/policy/drafts/{id}/shadow", Change),
    signed("POST", "/policy/drafts/{id}/drop", Change),
    signed("POST", "/policy/shadow/stop", Change),
    signed("GET", "/policy/versions/{id}", Read),
    signed("POST", "/policy/versions/{id}/adopt", Change),
    signed("POST", "/policy/versions/{id}/reject", Change),
    signed("POST", "/policy/versions/{id}/withdraw", Change),
    signed("POST", "/policy/versions/{id}/comment", Change),
    signed("GET", "/controls", Read),
    signed("GET", "/controls/{regime}/{code}", Read),
    signed("POST", "/controls/{regime}/{code}/confirm", Change),
    signed("GET", "/nomenclature", Read),
    signed("GET", "/calendar", Read),
    signed("GET", "/calendar.ics", Read),
    open("GET", "/bulletins"),
    open("GET", "/bulletins/{id}"),
    open("GET", "/bulletins.atom"),
    open("GET", "/bulletins.json"),
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
    signed("POST", "/api/v1/determine", Determine),
    signed("POST", "/api/v1/classify", Determine),
    signed("POST", "/match/{dataset}", Screen),
    signed("GET", "/search/{dataset}", Search),
    signed("GET", "/entities/{id}", Search),
    signed("GET", "/entities/{id}/adjacent", Search),
    signed("GET", "/entities/{id}/adjacent/{property}", Search),
    signed("GET", "/catalog", Search),
    signed("GET", "/manifest", Search),
    signed("GET", "/v2/search", Screen),
    signed("GET", "/v2/listinfo", Search),
    signed("GET", "/reconcile/{dataset}", Screen),
    signed("POST", "/reconcile/{dataset}", Screen),
    signed("GET", "/reconcile/{dataset}/suggest/entity", Search),
    signed("GET", "/reconcile/{dataset}/suggest/type", Search),
    signed("GET", "/reconcile/{dataset}/suggest/property", Search),
    signed("GET", "/reconcile/{dataset}/extend/property", Search),
    signed("GET", "/reconcile/{dataset}/preview", Search),
    signed("GET", "/reconcile/{dataset}/flyout/{kind}", Search),
    signed("GET", "/statements", Search),
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
    let dialect = Dialect::of(matched.as_str());
    let permission = match need(request.method(), matched.as_str()) {
        Some(Need::Public) => return next.run(request).await,
        Some(Need::Signed(permission)) => permission,
        None => {
            // A route without a row is a slip; a wrong method on a known path is a client's.
            tracing::debug!(path = matched.as_str(), method = %request.method(), "no row in the authorisation table");
            return dialect.refuse(Problem::MethodNotAllowed);
        }
    };
    if let Err(problem) = state.follow_policy(false).await {
        return dialect.refuse(problem);
    }
    let actor = match session::actor(&state, Sender::of(&request, dialect)).await {
        Ok(Some(actor)) => actor,
        Ok(None) if dialect.is_program() => return dialect.refuse(Problem::SignInNeeded),
        Ok(None) => return to_sign_in(&request),
        Err(problem) => return dialect.refuse(problem),
    };
    if !actor.allows(permission) {
        return dialect.refuse(Problem::Forbidden);
    }
    if dialect.is_program() && !actor.may_change(&request) {
        return dialect.refuse(Problem::BadToken);
    }
    // A screening is charged by its queries where it is answered.
    if permission != Screen
        && let Err(problem) = charge_one(&state, &actor).await
    {
        return dialect.refuse(problem);
    }
    request.extensions_mut().insert::<Actor>(actor);
    next.run(request).await
}

/// Counts one request of a program's key before it is answered.
async fn charge_one(state: &AppState, actor: &Actor) -> Result<(), Problem> {
    let Some(token) = actor.key() else {
        return Ok(());
    };
    state.meter().admit(token, 1)?;
    let charge = Charge {
        token: token.id.clone(),
        queries: 1,
    };
    let settlement = Settlement {
        charge: Some(charge),
        screenings: Vec::new(),
    };
    state.meter().settle(settlement).await.map(drop)
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
