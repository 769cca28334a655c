//! `GET /help`: what the words mean.

use super::{Page, html, shell};
use crate::{
    AppState,
    session::Actor,
    view::{Nav, OutcomeView, Shell},
};
use askama::Template;
use axum::{Extension, extract::State};
use portcullis_domain::Outcome;

#[derive(Template)]
#[template(path = "help.html")]
struct HelpPage {
    shell: Shell,
    outcomes: Vec<OutcomeView>,
}

pub(crate) async fn page(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
) -> Page {
    html(&HelpPage {
        shell: shell(&state, &actor, Nav::Help, "Help", Vec::new()).await?,
        outcomes: Outcome::ALL.into_iter().map(OutcomeView).collect(),
    })
}
