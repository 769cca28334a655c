//! What was judged of a party and the listed entities that it meets, told with
//! every answer: a match under a judgement is still a match.

use crate::{AppState, problem::Problem, state::today};
use portcullis_assessment::Lists;
use portcullis_casework::Disposition;
use portcullis_domain::{HitDisposition, Party};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

/// The judgement in force on a party and an entity.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Judgement)]
pub(crate) struct JudgementOut {
    /// Its id; `/judgements/{id}` shows it.
    pub(crate) id: String,
    /// `same` or `not_same`.
    pub(crate) verdict: String,
    /// The people behind it.
    pub(crate) by: String,
    /// The day on which it was decided.
    pub(crate) decided_on: String,
    /// The first day on which it no longer holds.
    pub(crate) expires_on: String,
}

impl From<&HitDisposition> for JudgementOut {
    fn from(judged: &HitDisposition) -> JudgementOut {
        JudgementOut {
            id: judged.id.clone(),
            verdict: if judged.same { "same" } else { "not_same" }.to_owned(),
            by: judged.by.clone(),
            decided_on: judged.decided_on.to_string(),
            expires_on: judged.expires_on.to_string(),
        }
    }
}

/// Judgements by the id of the entity.
pub(crate) type Judged = HashMap<String, HitDisposition>;

/// The judgements in force today on parties and the entities that each met, in
/// the order of the parties. Asks the store once, and not at all where nobody
/// met anybody.
pub(crate) async fn in_force(
    state: &AppState,
    lists: &Lists,
    met: &[(&Party, Vec<&str>)],
) -> Result<Vec<Judged>, Problem> {
    if met.iter().all(|(_, entities)| entities.is_empty()) {
        return Ok(met.iter().map(|_| Judged::new()).collect());
    }
    let parties: Vec<(&Party, _)> = met.iter().map(|(party, _)| (*party, None)).collect();
    let found = state.store().judgements_on(&parties).await?;
    let of_party = |((party, entities), found): (&(&Party, Vec<&str>), Vec<_>)| {
        let stored = found.into_iter();
        let candidates: Vec<Disposition> = stored
            .map(|s: portcullis_store::StoredDisposition| s.disposition)
            .collect();
        let judged = entities.iter().filter_map(|id| {
            let holds = lists.judgement_in_force(&candidates, party, id, today())?;
            Some(((*id).to_owned(), holds))
        });
        judged.collect()
    };
    Ok(met.iter().zip(found).map(of_party).collect())
}
