//! `GET|POST /screenings/{id}/hits/{number}`: the party asked for beside one
//! listed entry, and the form in which the match is judged.

use super::{
    Page, html,
    judging::{self, Declined, JudgeForm, JudgeView, Subject},
    screenings, shell,
};
use crate::{
    AppState,
    problem::Problem,
    search::pair,
    session::Actor,
    view::{ComparisonView, Crumb, EntityView, Nav, Shell, moment},
};
use askama::Template;
use axum::{
    Extension, Form,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use portcullis_domain::ListedHit;
use portcullis_screening::Hit;
use portcullis_store::StoredScreening;

#[derive(Template)]
#[template(path = "hit.html")]
struct HitPage {
    shell: Shell,
    subtitle: String,
    notes: Vec<String>,
    previous: String,
    next: String,
    c: ComparisonView,
    j: JudgeView,
    e: EntityView,
}

/// A hit of a record with everything that is shown of it.
struct Found {
    stored: StoredScreening,
    number: usize,
    hits: usize,
    listed: ListedHit,
    subject: Subject,
    hit: Hit,
    notes: Vec<String>,
}

/// `GET /screenings/{id}/hits/{number}`
pub(crate) async fn page(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Path((id, number)): Path<(String, usize)>,
) -> Page {
    let found = find(&state, &actor, &id, number).await?;
    show(&state, &actor, found, (JudgeForm::default(), String::new())).await
}

/// `POST /screenings/{id}/hits/{number}`
pub(crate) async fn judge(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Path((id, number)): Path<(String, usize)>,
    Form(form): Form<JudgeForm>,
) -> Page {
    actor.check(&form.csrf)?;
    let found = find(&state, &actor, &id, number).await?;
    match judging::propose(&state, &actor, &found.subject, &form).await {
        Ok(stored) => {
            let to = format!("/judgements/{}", stored.disposition.id);
            Ok(Redirect::to(&to).into_response())
        }
        Err(Declined::Words(why)) => {
            let page = show(&state, &actor, found, (form, why)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(Declined::Failed(problem)) => Err(problem.into()),
    }
}

async fn find(state: &AppState, actor: &Actor, id: &str, number: usize) -> Result<Found, Problem> {
    let stored = judging::record(state, actor, id).await?;
    let (asked, listed, hits) = judging::hit_of(&stored, number).ok_or(Problem::NotFound)?;
    let (asked, listed) = (asked.clone(), listed.clone());
    let question = screenings::question(&stored).ok_or(Problem::NotFound)?;
    let answered = state.desk().ask(&question).await?;
    let entity = answered.entity(&listed.entity_id);
    let mut notes = Vec::new();
    let entity = match entity {
        Some(entity) => entity,
        // The entry cannot be read from the lists of then: without it nothing can be judged.
        None => return Err(Problem::NotFound),
    };
    let again = answered
        .hits
        .iter()
        .find(|h| h.entity_id == listed.entity_id);
    let hit = again.cloned().unwrap_or_else(|| pair(&asked, &entity));
    if (hit.score * 10_000.0).round() as i64 != listed.score {
        notes.push(format!(
            "The record says {} alike; the engine of today weighs the same evidence otherwise.",
            crate::view::percent(listed.score)
        ));
    }
    Ok(Found {
        subject: Subject {
            party: asked,
            customer: None,
            entity,
            score: listed.score,
            strong: listed.strong,
            rests_on: stored.id.clone(),
        },
        stored,
        number,
        hits,
        listed,
        hit,
        notes,
    })
}

async fn show(state: &AppState, actor: &Actor, found: Found, filled: (JudgeForm, String)) -> Page {
    let address = |number: usize| format!("/screenings/{}/hits/{number}", found.stored.id);
    let mut c = ComparisonView::new(&found.subject.party, &found.subject.entity, &found.hit);
    c.asked_under = "Asked for";
    let e = EntityView::new(
        &found.subject.entity,
        &found.hit.matched_name,
        &found.hit.same_as,
    );
    let action = address(found.number);
    let j = JudgeView::new(state, actor, &found.subject, action, filled).await?;
    let crumbs = vec![
        Crumb::new("Screen a name", "/screen"),
        Crumb::new(&c.asked_name, &format!("/screenings/{}", found.stored.id)),
    ];
    let title = if j.error.is_empty() {
        found.listed.caption.clone()
    } else {
        format!("Error: {}", found.listed.caption)
    };
    html(&HitPage {
        shell: shell(state, actor, Nav::Screen, &title, crumbs).await?,
        subtitle: format!(
            "Match {} of {}, asked by {} {}.",
            found.number,
            found.hits,
            found.stored.actor,
            moment(found.stored.recorded_at)
        ),
        notes: found.notes,
        previous: if found.number > 1 {
            address(found.number - 1)
        } else {
            String::new()
        },
        next: if found.number < found.hits {
            address(found.number + 1)
        } else {
            String::new()
        },
        c,
        j,
        e,
    })
}
