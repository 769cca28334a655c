//! One party against the lists.

use super::{
    Answer, HitOut,
    types::{ScreenIn, ScreenOut},
};
use crate::{
    AppState,
    desk::Asking,
    judged::{self, Judged, JudgementOut},
    problem::{Problem, ProblemBody},
    record::{self, Common, Screening},
    session::Actor,
    state::today,
};
use axum::{
    Extension, Json,
    extract::{State, rejection::JsonRejection},
};
use jiff::Timestamp;
use portcullis_domain::{
    Address, Country, CountryRole, Identifier, ListedHit, Name, NameKind, Party, PartyKind,
    RelatedCountry,
};

/// Hits given where no limit is asked for.
const DEFAULT_LIMIT: usize = 5;

/// Screens one party against the lists in use, and records it.
#[utoipa::path(
    post,
    path = "/api/v1/screen",
    tag = "screening",
    request_body = ScreenIn,
    responses(
        (status = 200, body = ScreenOut),
        (status = 400, body = ProblemBody),
        (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody),
    )
)]
pub(crate) async fn screen(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    body: Result<Json<ScreenIn>, JsonRejection>,
) -> Answer<ScreenOut> {
    let Json(given) = body.map_err(|e| Problem::Invalid(e.body_text()))?;
    if let Some(token) = actor.key() {
        state.meter().admit(token, 1)?;
    }
    let limit = given.limit.unwrap_or(DEFAULT_LIMIT);
    let asked = party(&given);
    let asking = Asking {
        id: given.id,
        name: given.name,
        kind: given.kind,
        countries: given.country,
        birth_dates: given.birth_date,
        identifiers: given.identifier,
        addresses: given.address,
        threshold: given.threshold,
        limit: Some(usize::MAX),
    };
    let mut out = state.desk().screen(asking).await?;
    let common = Common {
        as_of: today(),
        lists: out.versions.lists.clone(),
        threshold: out.threshold,
        within: None,
    };
    let lists = state.desk().lists_on(today(), Timestamp::now()).await?;
    let ids = out.hits.iter().map(|h| h.entity_id.as_str()).collect();
    let judged = judged::in_force(&state, &lists, &[(&asked, ids)]).await?;
    let judged = judged.into_iter().next().unwrap_or_default();
    for hit in &mut out.hits {
        hit.judgement = judged.get(&hit.entity_id).map(JudgementOut::from);
    }
    let screening = Screening {
        asked,
        met: out.hits.iter().map(|hit| listed(hit, &judged)).collect(),
        partial: out.error.clone(),
        answerable: out.status != "error",
    };
    record::settle(&state, &actor, &common, vec![screening]).await?;
    out.more = out.hits.len().saturating_sub(limit);
    out.hits.truncate(limit);
    Ok(Json(out))
}

/// Who was asked about, as given; what could not be read stands in the answer.
fn party(given: &ScreenIn) -> Party {
    let text = |texts: &[String]| {
        texts
            .iter()
            .map(|t| t.trim().to_owned())
            .collect::<Vec<_>>()
    };
    let address = |street: String| Address {
        street,
        ..Address::default()
    };
    let related = |country| RelatedCountry {
        role: CountryRole::Related,
        country,
    };
    let countries = text(&given.country);
    let (known, unknown): (Vec<_>, Vec<_>) = countries
        .into_iter()
        .partition(|c| Country::parse(c).is_some());
    let known = known.iter().filter_map(|c| Country::parse(c));
    Party {
        kind: PartyKind::parse(&given.kind).unwrap_or_default(),
        names: vec![Name::new(NameKind::Primary, given.name.trim())],
        identifiers: given
            .identifier
            .iter()
            .map(|i| Identifier::parse(i))
            .collect(),
        countries: known.into_iter().map(related).collect(),
        addresses: text(&given.address)
            .into_iter()
            .chain(unknown)
            .map(address)
            .collect(),
        birth_dates: given
            .birth_date
            .iter()
            .filter_map(|d| d.parse().ok())
            .collect(),
        ..Party::default()
    }
}

fn listed(hit: &HitOut, judged: &Judged) -> ListedHit {
    ListedHit {
        entity_id: hit.entity_id.clone(),
        caption: hit.caption.clone(),
        lists: hit.lists.clone(),
        score: (hit.score * 10_000.0).round() as i64,
        millibits: (hit.bits * 1_000.0).round() as i64,
        strong: hit.strong,
        reasons: hit.reasons.iter().map(|r| r.text.clone()).collect(),
        disposition: judged.get(&hit.entity_id).cloned(),
    }
}
