//! `GET /judgements`, `GET /judgements/{id}` and what a second person does
//! there: agree, disagree; and what anybody who judges may: take it back.

use super::{
    Page as Answer, html,
    judging::{progress_words, verdict_words},
    shell,
};
use crate::{
    AppState,
    access::Permission,
    problem::Problem,
    search::pair,
    session::Actor,
    state::today,
    view::{
        COUNT_ONLY, ComparisonView, Crumb, EntityView, Nav, Pages, Shell, Tab, count, day, moment,
        sentence, shown_name,
    },
};
use askama::Template;
use axum::{
    Extension, Form,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use jiff::Timestamp;
use portcullis_casework::{Progress, Standing, Verdict, standing};
use portcullis_screening::ENGINE_VERSION;
use portcullis_store::{DispositionFilter, StoreError, StoredDisposition};
use serde::Deserialize;

/// Judgements on one page.
const ROWS: u64 = 25;

/// A judgement in a table.
struct Row {
    id: String,
    name: String,
    listed: String,
    entity: String,
    verdict: &'static str,
    progress: &'static str,
    by: String,
    when: String,
    until: String,
    /// Whether this person proposed it, so that somebody else must agree.
    own: bool,
}

#[derive(Template)]
#[template(path = "judgements.html")]
struct JudgementsPage {
    shell: Shell,
    tabs: Vec<Tab>,
    found: String,
    rows: Vec<Row>,
    waiting: bool,
    pages: Pages,
}

/// One thing that happened to a judgement.
struct Happened {
    what: String,
    line: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "judgement.html")]
struct JudgementPage {
    shell: Shell,
    id: String,
    name: String,
    verdict: &'static str,
    listed: String,
    state_words: String,
    class: &'static str,
    icon: &'static str,
    lines: Vec<String>,
    happened: Vec<Happened>,
    rests_on: String,
    may_confirm: bool,
    own: bool,
    may_withdraw: bool,
    error: String,
    c: Option<ComparisonView>,
    e: Option<EntityView>,
}

/// Which judgements to list.
#[derive(Default, Deserialize)]
pub(crate) struct Filters {
    #[serde(default)]
    state: String,
    page: Option<u64>,
}

/// What is sent with agreeing, disagreeing or taking back.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Act {
    csrf: String,
    reason: String,
}

const TABS: [(&str, &str, Option<Progress>); 4] = [
    ("", "Waiting for a second person", Some(Progress::Proposed)),
    ("decided", "Decided", Some(Progress::Decided)),
    ("refused", "Refused", Some(Progress::Refused)),
    ("all", "All", None),
];

/// `GET /judgements`
pub(crate) async fn page(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Query(filters): Query<Filters>,
) -> Answer {
    let chosen = TABS.iter().find(|(word, ..)| *word == filters.state);
    let (word, _, progress) =
        chosen.ok_or_else(|| Problem::Invalid("There is no such state".to_owned()))?;
    let filter = of_progress(*progress);
    let total = total(&state, &filter).await?;
    let base = format!("/judgements?state={word}&page=");
    let pages = Pages::new(total, ROWS, filters.page, base);
    let found = state
        .store()
        .dispositions(&filter, pages.rows(ROWS))
        .await?;
    html(&JudgementsPage {
        shell: shell(
            &state,
            &actor,
            Nav::Alerts,
            "Judgements",
            vec![Crumb::new("Alerts", "/alerts")],
        )
        .await?,
        tabs: tabs(&state, word).await?,
        found: count(total as usize, "judgement", "judgements"),
        rows: found.rows.iter().map(|d| row(d, &actor)).collect(),
        waiting: *progress == Some(Progress::Proposed),
        pages,
    })
}

fn of_progress(progress: Option<Progress>) -> DispositionFilter {
    DispositionFilter {
        progress,
        ..DispositionFilter::default()
    }
}

async fn total(state: &AppState, filter: &DispositionFilter) -> Result<u64, Problem> {
    Ok(state.store().dispositions(filter, COUNT_ONLY).await?.total)
}

async fn tabs(state: &AppState, chosen: &str) -> Result<Vec<Tab>, Problem> {
    let mut tabs = Vec::new();
    for (word, text, progress) in TABS {
        let href = match word {
            "" => "/judgements".to_owned(),
            word => format!("/judgements?state={word}"),
        };
        let total = total(state, &of_progress(progress)).await?;
        tabs.push(Tab::new(href, text, total, word == chosen));
    }
    Ok(tabs)
}

fn row(stored: &StoredDisposition, actor: &Actor) -> Row {
    let d = &stored.disposition;
    let (name, listed) = match &d.judged {
        Some(judged) => (
            shown_name(&judged.party),
            judged.entity.party.caption().to_owned(),
        ),
        None => ("No longer held".to_owned(), String::new()),
    };
    Row {
        id: d.id.clone(),
        name,
        listed,
        entity: d.entity_id.clone(),
        verdict: match d.verdict {
            Verdict::Same => "The same",
            Verdict::NotSame => "Not the same",
        },
        progress: progress_words(d.progress),
        by: d.by_whom(),
        when: moment(d.proposed.at),
        until: day(d.expires_on),
        own: is_own(stored, actor),
    }
}

fn is_own(stored: &StoredDisposition, actor: &Actor) -> bool {
    stored
        .disposition
        .proposed
        .actor
        .eq_ignore_ascii_case(&actor.name)
}

/// `GET /judgements/{id}`
pub(crate) async fn one(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
) -> Answer {
    let stored = state.store().disposition(&id).await?;
    show(&state, &actor, &stored, String::new()).await
}

/// `POST /judgements/{id}/confirm`: the second person agrees.
pub(crate) async fn confirm(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
    Form(act): Form<Act>,
) -> Answer {
    actor.check(&act.csrf)?;
    let done = state
        .store()
        .confirm_disposition(&id, &actor.name, Timestamp::now())
        .await;
    answer(&state, &actor, &id, done).await
}

/// `POST /judgements/{id}/refuse`: the second person does not agree.
pub(crate) async fn refuse(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
    Form(act): Form<Act>,
) -> Answer {
    actor.check(&act.csrf)?;
    let now = Timestamp::now();
    let done = state
        .store()
        .refuse_disposition(&id, &act.reason, &actor.name, now)
        .await;
    answer(&state, &actor, &id, done).await
}

/// `POST /judgements/{id}/withdraw`: it is taken back.
pub(crate) async fn withdraw(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
    Form(act): Form<Act>,
) -> Answer {
    actor.check(&act.csrf)?;
    let now = Timestamp::now();
    let done = state
        .store()
        .withdraw_disposition(&id, &act.reason, &actor.name, now)
        .await;
    answer(&state, &actor, &id, done).await
}

/// Back to the judgement; what the rules do not allow is said there.
async fn answer(
    state: &AppState,
    actor: &Actor,
    id: &str,
    done: Result<StoredDisposition, StoreError>,
) -> Answer {
    match done {
        Ok(_) => Ok(Redirect::to(&format!("/judgements/{id}")).into_response()),
        Err(StoreError::Refused(why)) => {
            let stored = state.store().disposition(id).await?;
            let page = show(state, actor, &stored, sentence(&why.to_string())).await?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        Err(other) => Err(Problem::from(other).into()),
    }
}

async fn show(
    state: &AppState,
    actor: &Actor,
    stored: &StoredDisposition,
    error: String,
) -> Answer {
    let d = &stored.disposition;
    let (state_words, class, icon, lines) = stands(state, stored).await?;
    let sides = d.judged.as_ref().map(|judged| {
        let hit = pair(&judged.party, &judged.entity);
        let mut c = ComparisonView::new(&judged.party, &judged.entity, &hit);
        c.asked_under = if stored.customer.is_some() {
            "Customer"
        } else {
            "Asked for"
        };
        let e = EntityView::new(&judged.entity, &hit.matched_name, &hit.same_as);
        (c, e)
    });
    let (name, listed) = match &d.judged {
        Some(judged) => (
            shown_name(&judged.party),
            judged.entity.party.caption().to_owned(),
        ),
        None => ("A party no longer held".to_owned(), d.entity_id.clone()),
    };
    let rests_on = rests_on(state, stored).await;
    let crumbs = vec![
        Crumb::new("Alerts", "/alerts"),
        Crumb::new("Judgements", "/judgements"),
    ];
    let head = if error.is_empty() {
        "Judgement"
    } else {
        "Error: judgement"
    };
    let waits = d.progress == Progress::Proposed;
    let (c, e) = sides.unzip();
    html(&JudgementPage {
        shell: shell(state, actor, Nav::Alerts, head, crumbs).await?,
        id: d.id.clone(),
        name,
        verdict: verdict_words(d.verdict),
        listed,
        state_words,
        class,
        icon,
        lines,
        happened: happened(stored),
        rests_on,
        may_confirm: waits && Permission::Confirm.allows(actor.role),
        own: is_own(stored, actor),
        may_withdraw: !d.progress.is_over() && Permission::Judge.allows(actor.role),
        error,
        c,
        e,
    })
}

/// The page of what was looked at when it was judged.
async fn rests_on(state: &AppState, stored: &StoredDisposition) -> String {
    let Some(id) = &stored.rests_on else {
        return String::new();
    };
    if state.store().screening(id).await.is_ok() {
        format!("/screenings/{id}")
    } else if state.store().alert(id, today()).await.is_ok() {
        format!("/alerts/{id}")
    } else {
        String::new()
    }
}

type Stands = (String, &'static str, &'static str, Vec<String>);

/// How the judgement stands today, with the entry as the lists have it now.
async fn stands(state: &AppState, stored: &StoredDisposition) -> Result<Stands, Problem> {
    let d = &stored.disposition;
    if d.progress != Progress::Decided {
        let (class, icon) = match d.progress {
            Progress::Proposed => ("warn", "pause"),
            _ => ("", "minus"),
        };
        return Ok((
            sentence(progress_words(d.progress)),
            class,
            icon,
            Vec::new(),
        ));
    }
    let Some(judged) = &d.judged else {
        let text = "What was judged was erased: the match has to be judged again";
        return Ok((text.to_owned(), "warn", "alert", Vec::new()));
    };
    let lists = state.desk().lists_on(today(), Timestamp::now()).await?;
    let Some(now) = lists.entity(&d.entity_id) else {
        let text = "Decided. The entry is on no list in use any more, or under another number";
        return Ok((text.to_owned(), "", "minus", Vec::new()));
    };
    let standing = standing(d, &judged.party, &now, ENGINE_VERSION.0, today());
    Ok(match standing {
        Standing::InForce => (
            format!("In force until {}", day(d.expires_on)),
            "good",
            "check",
            Vec::new(),
        ),
        Standing::Expired { on } => (
            format!("Expired on {}: judge again", day(on)),
            "warn",
            "alert",
            Vec::new(),
        ),
        Standing::Reopened { why } => (
            "Reopened: judge again".to_owned(),
            "warn",
            "alert",
            why.iter().map(|w| sentence(&w.to_string())).collect(),
        ),
        other => (sentence(&other.to_string()), "warn", "pause", Vec::new()),
    })
}

fn happened(stored: &StoredDisposition) -> Vec<Happened> {
    let d = &stored.disposition;
    let line = |hand: &portcullis_casework::Hand| format!("{}, {}", hand.actor, moment(hand.at));
    let reason = |text: &Option<String>| {
        text.clone()
            .unwrap_or_else(|| "The reason is no longer held".to_owned())
    };
    let mut all = vec![Happened {
        what: format!("Judged {}", verdict_words(d.verdict)),
        line: line(&d.proposed),
        reason: reason(&stored.reason),
    }];
    all.extend(d.confirmed.as_ref().map(|hand| Happened {
        what: "Agreed as the second person".to_owned(),
        line: line(hand),
        reason: String::new(),
    }));
    all.extend(d.ended.as_ref().map(|hand| Happened {
        what: sentence(progress_words(d.progress)),
        line: line(hand),
        reason: match d.progress {
            Progress::Superseded => String::new(),
            _ => reason(&stored.end_reason),
        },
    }));
    all
}
