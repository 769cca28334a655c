//! Which API a path belongs to, and in which words its refusals are given.

use crate::{
    peers::params::value_of,
    problem::{ApiProblem, PageProblem, Problem},
};
use axum::{
    Json,
    http::Uri,
    response::{IntoResponse, Response},
};
use serde_json::json;

/// Whose client asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// A browser.
    Page,
    /// Our own API.
    Api,
    /// A client of yente.
    Yente,
    /// A client of yente that follows the reconciliation API: it may have no
    /// way to send headers.
    Reconcile,
    /// A client of watchman.
    Watchman,
}

/// Paths of yente, and those under which it has paths.
const YENTE: [&str; 5] = ["catalog", "manifest", "algorithms", "readyz", "statements"];
const UNDER_YENTE: [&str; 3] = ["match", "search", "entities"];

impl Dialect {
    /// Of a path, as routed or as asked for.
    pub(crate) fn of(path: &str) -> Dialect {
        let mut parts = path.split('/').skip(1);
        match (parts.next().unwrap_or(""), parts.next()) {
            ("api", _) => Dialect::Api,
            ("v2", _) => Dialect::Watchman,
            ("reconcile", _) => Dialect::Reconcile,
            (first, _) if YENTE.contains(&first) => Dialect::Yente,
            (first, Some(_)) if UNDER_YENTE.contains(&first) => Dialect::Yente,
            _ => Dialect::Page,
        }
    }

    /// Whether programs ask here.
    pub(crate) fn is_program(self) -> bool {
        self != Dialect::Page
    }

    /// Whether an open installation answers here without credentials.
    pub(crate) fn may_be_open(self) -> bool {
        matches!(
            self,
            Dialect::Yente | Dialect::Reconcile | Dialect::Watchman
        )
    }

    /// The key of a program in the query of the address.
    pub(crate) fn key_in_address(self, uri: &Uri) -> Option<String> {
        match self {
            Dialect::Reconcile => value_of(uri.query()?, "api_key"),
            _ => None,
        }
    }

    /// A problem as its clients know problems.
    pub(crate) fn refuse(self, problem: Problem) -> Response {
        match self {
            Dialect::Page => PageProblem(problem).into_response(),
            Dialect::Api => ApiProblem(problem).into_response(),
            Dialect::Yente | Dialect::Reconcile => {
                let words = problem.words();
                let body = json!({ "detail": words.text, "code": words.code });
                problem.with_headers((words.status, Json(body)).into_response())
            }
            Dialect::Watchman => {
                let words = problem.words();
                let body = json!({ "error": words.text, "code": words.code });
                problem.with_headers((words.status, Json(body)).into_response())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Dialect;

    #[test]
    fn paths_belong_to_whose_clients_call_them() {
        for (path, dialect) in [
            ("/", Dialect::Page),
            ("/search", Dialect::Page),
            ("/entities", Dialect::Page),
            ("/entities/{id}", Dialect::Yente),
            ("/catalog", Dialect::Yente),
            ("/screen", Dialect::Page),
            ("/api/v1/screen", Dialect::Api),
            ("/match/{dataset}", Dialect::Yente),
            ("/match/default", Dialect::Yente),
            ("/v2/search", Dialect::Watchman),
            ("/reconcile/default/suggest/type", Dialect::Reconcile),
        ] {
            assert_eq!(Dialect::of(path), dialect, "{path}");
        }
    }
}
