//! `GET /entry?id=`: one listed entry whole, as the lists in use have it.

use super::{Page, html, shell};
use crate::{
    AppState,
    problem::Problem,
    search,
    session::Actor,
    state::today,
    view::{Crumb, EntityView, Fact, Nav, Shell, identifier, sentence},
};
use askama::Template;
use axum::{
    Extension,
    extract::{Query, State},
};
use jiff::Timestamp;
use portcullis_domain::{Entity, PartialDate};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "entity_page.html")]
struct EntityPage {
    shell: Shell,
    title: String,
    subtitle: String,
    rows: Vec<Fact>,
    e: EntityView,
}

/// Which entry.
#[derive(Default, Deserialize)]
pub(crate) struct Which {
    #[serde(default)]
    id: String,
}

/// The address of an entry's page.
pub(crate) fn address(id: &str) -> String {
    format!("/entry?id={}", crate::router::encode(id))
}

/// `GET /entry`
pub(crate) async fn page(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Query(which): Query<Which>,
) -> Page {
    let lists = state.desk().lists_on(today(), Timestamp::now()).await?;
    let entity = lists.entity(&which.id).ok_or(Problem::NotFound)?;
    let title = entity.party.caption().to_owned();
    let same = search::same_as(&lists, &entity.id);
    let crumbs = vec![Crumb::new("Lists", "/lists")];
    html(&EntityPage {
        shell: shell(&state, &actor, Nav::Lists, &title, crumbs).await?,
        subtitle: format!(
            "{}, as the lists in use have it.",
            sentence(entity.party.kind.as_str())
        ),
        rows: facts_of(&entity),
        e: EntityView::new(&entity, "", &same),
        title,
    })
}

/// What stands of an entry beside its names and listings.
pub(crate) fn facts_of(entity: &Entity) -> Vec<Fact> {
    let party = &entity.party;
    let dates: Vec<String> = party
        .birth_dates
        .iter()
        .map(PartialDate::to_string)
        .collect();
    let countries: Vec<&str> = party.all_countries().iter().map(|c| c.name()).collect();
    let numbers: Vec<String> = party.identifiers.iter().map(identifier).collect();
    let addresses: Vec<String> = party.addresses.iter().map(|a| a.one_line()).collect();
    let gender = party.gender.map_or(String::new(), |g| sentence(g.as_str()));
    let all = [
        Fact::new("Born", dates.join(", ")),
        Fact::new("Countries", countries.join(", ")),
        Fact::new("Gender", gender),
        Fact::new("Identifiers", numbers.join(", ")).wide(),
        Fact::new("Addresses", addresses.join("; ")).wide(),
    ];
    all.into_iter().filter(|f| !f.text.is_empty()).collect()
}
