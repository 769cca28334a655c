//! The pages of the console. Each module reads what one page needs from the
//! store and lays it out with `view`.

pub(crate) mod alerts;
pub(crate) mod assess;
pub(crate) mod assessment;
pub(crate) mod bulletins;
pub(crate) mod calendar;
pub(crate) mod controls;
pub(crate) mod entities;
pub(crate) mod guide;
pub(crate) mod help;
pub(crate) mod hit;
pub(crate) mod judgements;
pub(crate) mod judging;
pub(crate) mod ledger;
pub(crate) mod lists;
pub(crate) mod monitoring;
pub(crate) mod nomenclature;
pub(crate) mod overview;
pub(crate) mod policy;
pub(crate) mod queue;
pub(crate) mod screen;
pub(crate) mod screenings;
pub(crate) mod sign_in;
pub(crate) mod verify;
pub(crate) mod workbench;

use crate::{
    AppState,
    access::Permission,
    problem::{PageProblem, Problem},
    session::Actor,
    view::{Crumb, Nav, Shell, Who, sentence},
};
use askama::Template;
use axum::response::{Html, IntoResponse, Response};

/// A page, or a problem shown as one.
pub(crate) type Page = Result<Response, PageProblem>;

/// Renders a template.
pub(crate) fn html(page: &impl Template) -> Page {
    let text = page.render().map_err(Problem::from)?;
    Ok(Html(text).into_response())
}

/// The frame around a page.
pub(crate) async fn shell(
    state: &AppState,
    actor: &Actor,
    nav: Nav,
    title: &str,
    crumbs: Vec<Crumb>,
) -> Result<Shell, Problem> {
    let lists = state.list_set().await?;
    Ok(Shell {
        title: title.to_owned(),
        nav,
        crumbs,
        who: Who {
            name: actor.name.clone(),
            role: sentence(actor.role.as_str()),
        },
        csrf: actor.csrf().to_owned(),
        may_assess: Permission::Assess.allows(actor.role),
        may_screen: Permission::Screen.allows(actor.role),
        may_cases: Permission::Cases.allows(actor.role),
        may_prove: Permission::Prove.allows(actor.role),
        engine: state.desk().engine_version().to_owned(),
        lists: if lists.members.is_empty() {
            String::new()
        } else {
            lists.id
        },
        policy: short(&state.rules().book.version),
    })
}

/// The first twelve characters of a digest: enough to tell versions apart.
pub(crate) fn short(digest: &str) -> String {
    let plain = digest.split_once(':').map_or(digest, |(_, hex)| hex);
    plain.chars().take(12).collect()
}
