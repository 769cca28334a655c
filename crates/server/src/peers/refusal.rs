//! Errors in the shape that clients of yente know: `{"detail": …}`, a text, or
//! a list of fields with what is wrong in each.

use crate::{dialect::Dialect, problem::Problem};
use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// One field that cannot be taken.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Field {
    /// Machine-readable.
    #[serde(rename = "type")]
    kind: &'static str,
    /// Where: `["body", "queries", "q1", "schema"]`.
    loc: Vec<String>,
    msg: String,
    input: Value,
}

impl Field {
    /// A field of the address.
    pub(crate) fn query(name: &str, kind: &'static str, msg: String, input: &str) -> Field {
        Field {
            kind,
            loc: vec!["query".to_owned(), name.to_owned()],
            msg,
            input: Value::String(input.to_owned()),
        }
    }

    /// The field and what is wrong with it, in words.
    pub(crate) fn said(&self) -> String {
        let place = self
            .loc
            .iter()
            .skip(1)
            .map(String::as_str)
            .collect::<Vec<_>>();
        format!("{}: {}", place.join("."), self.msg)
    }

    /// A field of the body; what was sent is not repeated.
    pub(crate) fn body(place: &[&str], kind: &'static str, msg: &str) -> Field {
        let inside = place.iter().map(|p| (*p).to_owned());
        Field {
            kind,
            loc: std::iter::once("body".to_owned()).chain(inside).collect(),
            msg: msg.to_owned(),
            input: Value::Null,
        }
    }
}

/// Why a request is not answered.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// In one sentence, with a status.
    Detail(StatusCode, String),
    /// Field by field: 422.
    Fields(Vec<Field>),
    /// As everywhere on this server.
    Problem(Problem),
}

impl Refusal {
    /// 400 with a sentence.
    pub(crate) fn bad(detail: String) -> Refusal {
        Refusal::Detail(StatusCode::BAD_REQUEST, detail)
    }

    /// 404 with a sentence.
    pub(crate) fn missing(detail: &str) -> Refusal {
        Refusal::Detail(StatusCode::NOT_FOUND, detail.to_owned())
    }

    /// 422 for one field.
    pub(crate) fn field(field: Field) -> Refusal {
        Refusal::Fields(vec![field])
    }
}

impl<E: Into<Problem>> From<E> for Refusal {
    fn from(error: E) -> Refusal {
        Refusal::Problem(error.into())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Refusal::Detail(status, detail) => {
                (status, Json(json!({ "detail": detail }))).into_response()
            }
            Refusal::Fields(fields) => {
                let body = Json(json!({ "detail": fields }));
                (StatusCode::UNPROCESSABLE_ENTITY, body).into_response()
            }
            Refusal::Problem(problem) => Dialect::Yente.refuse(problem),
        }
    }
}

/// Why a request is not answered: a sentence, or a list of fields.
#[derive(Serialize, ToSchema)]
#[schema(as = PeerError)]
pub(crate) struct ErrorDoc {
    /// A sentence; for 422 a list of `{type, loc, msg, input}`.
    #[schema(value_type = Object)]
    detail: Value,
}
