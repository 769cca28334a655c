//! `GET|POST /screen`: one name against the lists. Sent as a form body, so that
//! names stand in no address, history or log.

use super::{Page, html, shell};
use crate::{
    AppState,
    api::{HitOut, ScreenOut},
    desk::Asking,
    session::Actor,
    view::{Choice, Nav, Shell, count, percent, sentence},
};
use askama::Template;
use axum::{Extension, Form, extract::State};
use portcullis_domain::{Country, PartyKind};
use serde::Deserialize;

/// Hits shown on the page.
const LIMIT: usize = 50;

/// What was asked, and the token of the form.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    csrf: String,
    name: String,
    kind: String,
    country: String,
    birth_date: String,
    identifier: String,
    address: String,
}

struct HitView {
    caption: String,
    entity: String,
    lists: Vec<String>,
    strength: &'static str,
    strong: bool,
    score: String,
    bits: String,
    same_as: String,
    reasons: Vec<String>,
}

struct Results {
    title: String,
    class: &'static str,
    icon: &'static str,
    note: String,
    hits: Vec<HitView>,
}

#[derive(Template)]
#[template(path = "screen.html")]
struct ScreenPage {
    shell: Shell,
    asked: Asked,
    kinds: Vec<Choice>,
    countries: Vec<Choice>,
    answer: Option<Results>,
}

/// `GET /screen`
pub(crate) async fn form(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
) -> Page {
    show(&state, &actor, Asked::default(), None).await
}

/// `POST /screen`
pub(crate) async fn answer(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Form(asked): Form<Asked>,
) -> Page {
    actor.check(&asked.csrf)?;
    let asking = Asking {
        name: asked.name.clone(),
        kind: asked.kind.clone(),
        countries: vec![asked.country.clone()],
        birth_dates: vec![asked.birth_date.clone()],
        identifiers: vec![asked.identifier.clone()],
        addresses: vec![asked.address.clone()],
        limit: Some(LIMIT),
        ..Asking::default()
    };
    let screened = state.desk().screen(asking).await?;
    show(&state, &actor, asked, Some(results(screened))).await
}

async fn show(state: &AppState, actor: &Actor, asked: Asked, answer: Option<Results>) -> Page {
    html(&ScreenPage {
        shell: shell(state, actor, Nav::Screen, "Screen a name", Vec::new()).await?,
        kinds: kinds(&asked.kind),
        countries: countries(&asked.country),
        asked,
        answer,
    })
}

fn results(screened: ScreenOut) -> Results {
    let found = screened.hits.len() + screened.more;
    let (title, class, icon) = match screened.status.as_str() {
        "clear" => ("No match on any list".to_owned(), "good", "check"),
        "alert" => (count(found, "match", "matches"), "bad", "alert"),
        "partial" => (
            "No match, but not everything could be read".to_owned(),
            "warn",
            "alert",
        ),
        _ => ("Nothing could be screened".to_owned(), "warn", "alert"),
    };
    let more = match screened.more {
        0 => String::new(),
        n => format!(
            "{} not shown. ",
            count(n, "weaker match is", "weaker matches are")
        ),
    };
    let error = screened
        .error
        .map_or(String::new(), |e| format!("{}. ", sentence(&e)));
    Results {
        title,
        class,
        icon,
        note: format!(
            "{error}{more}Against list set {}. Nothing was recorded.",
            screened.snapshot
        ),
        hits: screened.hits.iter().map(hit).collect(),
    }
}

fn hit(hit: &HitOut) -> HitView {
    HitView {
        caption: hit.caption.clone(),
        entity: hit.entity_id.clone(),
        lists: hit.lists.clone(),
        strength: match (hit.strong, hit.weak) {
            (true, _) => "Strong match",
            (false, true) => "Possible match by a weak alias",
            (false, false) => "Possible match",
        },
        strong: hit.strong,
        score: format!("{} alike", percent((hit.score * 10_000.0) as i64)),
        bits: format!("{:.1} bits", hit.bits),
        same_as: hit.same_as.join(", "),
        reasons: hit.reasons.iter().map(|r| sentence(&r.text)).collect(),
    }
}

fn kinds(chosen: &str) -> Vec<Choice> {
    let all = [
        PartyKind::Person,
        PartyKind::Organisation,
        PartyKind::Vessel,
        PartyKind::Aircraft,
    ];
    all.into_iter()
        .map(|kind| Choice {
            value: kind.as_str().to_owned(),
            text: sentence(kind.as_str()),
            chosen: kind.as_str() == chosen,
        })
        .collect()
}

fn countries(chosen: &str) -> Vec<Choice> {
    let mut all = Country::all();
    all.sort_by_key(|country| country.name());
    all.into_iter()
        .map(|country| Choice {
            value: country.code().to_owned(),
            text: country.name().to_owned(),
            chosen: country.code() == chosen,
        })
        .collect()
}
