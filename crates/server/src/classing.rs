//! What the classification of goods says where the console asks for a number.

use crate::{AppState, guide::Candidate, problem::Problem};
use portcullis_assessment::Asked;
use serde_json::{Map, Value};

/// Numbers that may be the answer to a field, best first; none where nothing is
/// known to classify with.
pub(crate) async fn candidates(
    _state: &AppState,
    _field: &str,
    _case: &Map<String, Value>,
    _on: &Asked,
) -> Result<Vec<Candidate>, Problem> {
    Ok(Vec::new())
}
