//! What a screening leaves behind: who asked what, against which lists, and
//! what was met.

use crate::{AppState, problem::Problem, session::Actor};
use portcullis_domain::{Date, ListedHit, Party};
use portcullis_screening::Hit;
use portcullis_store::{
    Charge, NewScreening, RecordedScreening, ScreeningDetail, ScreeningResult, ScreeningSource,
    Settlement,
};

/// One question and its answer.
pub(crate) struct Screening {
    pub(crate) asked: Party,
    pub(crate) met: Vec<ListedHit>,
    /// Why the answer is not whole, if it is not.
    pub(crate) partial: Option<String>,
    /// Whether there was anything to screen.
    pub(crate) answerable: bool,
}

/// What all questions of a request have in common.
pub(crate) struct Common {
    pub(crate) as_of: Date,
    /// Id of the list set.
    pub(crate) lists: String,
    pub(crate) threshold: f64,
    /// To which lists it was narrowed, in words.
    pub(crate) within: Option<String>,
}

/// A hit in the form that is recorded: integers only.
pub(crate) fn listed(hit: &Hit, lists: Vec<String>) -> ListedHit {
    ListedHit {
        entity_id: hit.entity_id.clone(),
        caption: hit.caption.clone(),
        lists,
        score: (hit.score * 10_000.0).round() as i64,
        millibits: (hit.bits * 1_000.0).round() as i64,
        strong: hit.strong.is_strong(),
        reasons: hit.reasons.iter().map(|r| r.text.clone()).collect(),
        disposition: None,
    }
}

impl Screening {
    fn result(&self) -> ScreeningResult {
        match (self.answerable, self.met.is_empty(), &self.partial) {
            (false, ..) => ScreeningResult::NotScreened,
            (_, false, _) => ScreeningResult::Alert,
            (_, true, Some(_)) => ScreeningResult::Partial,
            (_, true, None) => ScreeningResult::Clear,
        }
    }
}

/// Charges a request to its key and records its screenings; only then may the
/// answer go. Gives the records in the order of the questions.
pub(crate) async fn settle(
    state: &AppState,
    actor: &Actor,
    common: &Common,
    screenings: Vec<Screening>,
) -> Result<Vec<RecordedScreening>, Problem> {
    let charge = actor.key().map(|token| Charge {
        token: token.id.clone(),
        queries: screenings.len() as u64,
    });
    let engine = state.desk().engine_version();
    let new = |screening: Screening| NewScreening {
        actor: actor.name.clone(),
        source: ScreeningSource::Api,
        as_of: common.as_of,
        lists: common.lists.clone(),
        threshold: (common.threshold * 10_000.0).round() as i64,
        weak: false,
        engine: engine.to_owned(),
        result: screening.result(),
        detail: ScreeningDetail::One {
            asked: screening.asked,
            hits: screening.met,
            partial: screening.partial,
            within: common.within.clone(),
        },
    };
    let settlement = Settlement {
        charge,
        screenings: screenings.into_iter().map(new).collect(),
    };
    state.meter().settle(settlement).await
}
