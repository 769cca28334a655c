//! One version: who put it forward and why, what it changes, and what a second
//! person does about it.

use super::{Act, Declined, Draft, crumbs, fallback, progress};
use crate::{
    AppState,
    access::Permission,
    pages::{Page, html, shell},
    problem::Problem,
    session::Actor,
    view::{Fact, Nav, Shell, count, moment, sentence},
};
use askama::Template;
use axum::{
    Extension, Form,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use jiff::Timestamp;
use portcullis_casework::PolicyProgress;
use portcullis_gate::{adopt_policy, files_of};
use portcullis_policy::PolicyDiff;
use portcullis_store::{RemarkKind, StoredPolicyVersion};

struct Remark {
    what: &'static str,
    line: String,
    text: String,
}

#[derive(Template)]
#[template(path = "policy_version.html")]
struct VersionPage {
    shell: Shell,
    id: String,
    title: String,
    state_words: &'static str,
    class: &'static str,
    icon: &'static str,
    facts: Vec<Fact>,
    remarks: Vec<Remark>,
    changes: Vec<String>,
    /// Where the replay of its draft is; empty if there was none.
    replay: String,
    replayed: String,
    waits: bool,
    own: bool,
    may_change: bool,
    error: String,
}

/// `GET /policy/versions/{id}`
pub(crate) async fn one(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
) -> Page {
    show(&state, &actor, &id, String::new()).await
}

async fn show(state: &AppState, actor: &Actor, id: &str, error: String) -> Page {
    let stored = state.store().policy_version(id).await?;
    let version = &stored.version;
    let rules = state.rules();
    let acts = rules.version.as_ref().is_some_and(|v| v.id == version.id);
    let (state_words, class, icon) = progress(version.progress, acts);
    let after = files_of(state.store().policy_files(&version.digest).await?);
    let before = match &version.base {
        Some(base) => files_of(state.store().policy_files(base).await?),
        None => state.fallback().cloned().unwrap_or_default(),
    };
    let changes = PolicyDiff::of(&before, &after);
    let draft = state.store().policy_draft_of(id).await?;
    let replay = match &draft {
        Some(draft) => Draft::of(draft)?.replay.map(|r| (draft.id.clone(), r)),
        None => None,
    };
    let (replay, replayed) = replay.map_or_else(Default::default, |(draft, r)| {
        let line = format!(
            "{} of {} decisions change: {} stricter, {} milder. Replayed by {} {}.",
            r.report.changed,
            r.report.replayed,
            r.report.stricter,
            r.report.milder,
            r.by,
            moment(r.at)
        );
        (format!("/policy/drafts/{draft}/replay"), line)
    });
    let title = match error.as_str() {
        "" => version.title.clone(),
        _ => format!("Error: {}", version.title),
    };
    html(&VersionPage {
        shell: shell(state, actor, Nav::Policy, &title, crumbs()).await?,
        id: version.id.clone(),
        title: version.title.clone(),
        state_words,
        class,
        icon,
        facts: facts(&stored),
        remarks: stored.remarks.iter().map(remark).collect(),
        changes: changes.map(|d| d.lines()).unwrap_or_default(),
        replay,
        replayed,
        waits: version.progress == PolicyProgress::Proposed,
        own: version.proposed.actor.eq_ignore_ascii_case(&actor.name),
        may_change: Permission::Change.allows(actor.role) && state.fallback().is_some(),
        error,
    })
}

fn facts(stored: &StoredPolicyVersion) -> Vec<Fact> {
    let version = &stored.version;
    let hand = |hand: &Option<portcullis_casework::Hand>| {
        let hand = hand.as_ref();
        hand.map_or(String::new(), |h| format!("{}, {}", h.actor, moment(h.at)))
    };
    let proposed = format!(
        "{}, {}",
        version.proposed.actor,
        moment(version.proposed.at)
    );
    let mut all = vec![
        Fact::new("Proposed by", proposed),
        Fact::new("Adopted by", hand(&version.adopted)),
        Fact::new("Ended by", hand(&version.ended)),
        Fact::new(
            "Cases of its own",
            count(version.cases as usize, "case held", "cases held"),
        ),
        Fact::new("Version", version.digest.as_str()).mono().wide(),
    ];
    all.retain(|f| !f.text.is_empty());
    all
}

fn remark(remark: &portcullis_store::PolicyRemark) -> Remark {
    Remark {
        what: match remark.kind {
            RemarkKind::Proposal => "Why it was proposed",
            RemarkKind::Comment => "Comment",
            RemarkKind::Adoption => "Why it was adopted",
            RemarkKind::Rejection => "Why it was rejected",
            RemarkKind::Withdrawal => "Why it was taken back",
            RemarkKind::Suspension => "Why its suspension was asked for",
        },
        line: format!("{}, {}", remark.by, moment(remark.at)),
        text: remark
            .text
            .clone()
            .unwrap_or_else(|| "No longer held".to_owned()),
    }
}

/// Back to the version; what the rules do not allow is said there.
async fn answer<T>(state: &AppState, actor: &Actor, id: &str, done: Result<T, Declined>) -> Page {
    let why = match done {
        Ok(_) => {
            state.follow_policy(true).await?;
            return Ok(Redirect::to(&format!("/policy/versions/{id}")).into_response());
        }
        Err(Declined::Failed(problem)) => return Err(problem.into()),
        Err(Declined::Words(why)) => why,
        Err(Declined::Faults(faults)) => {
            let said: Vec<String> = faults.iter().map(|f| sentence(&f.to_string())).collect();
            said.join(" ")
        }
    };
    let page = show(state, actor, id, why).await?;
    Ok((StatusCode::CONFLICT, page).into_response())
}

/// `POST /policy/versions/{id}/adopt`: the second person agrees; from now on it acts.
pub(crate) async fn adopt(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
    Form(form): Form<Act>,
) -> Page {
    actor.check(&form.csrf)?;
    let files = fallback(&state)?;
    let now = Timestamp::now();
    let done = adopt_policy(state.store(), &id, &form.reason, files, &actor.name, now).await;
    answer(&state, &actor, &id, done.map_err(Declined::from)).await
}

/// `POST /policy/versions/{id}/reject`
pub(crate) async fn reject(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
    Form(form): Form<Act>,
) -> Page {
    actor.check(&form.csrf)?;
    fallback(&state)?;
    let (store, now) = (state.store(), Timestamp::now());
    let done = store
        .reject_policy(&id, &form.reason, &actor.name, now)
        .await;
    answer(&state, &actor, &id, done.map_err(Declined::from)).await
}

/// `POST /policy/versions/{id}/withdraw`
pub(crate) async fn withdraw(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
    Form(form): Form<Act>,
) -> Page {
    actor.check(&form.csrf)?;
    fallback(&state)?;
    let (store, now) = (state.store(), Timestamp::now());
    let done = store
        .withdraw_policy(&id, &form.reason, &actor.name, now)
        .await;
    answer(&state, &actor, &id, done.map_err(Declined::from)).await
}

/// `POST /policy/versions/{id}/comment`
pub(crate) async fn comment(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
    Form(form): Form<Act>,
) -> Page {
    actor.check(&form.csrf)?;
    fallback(&state)?;
    if form.reason.trim().is_empty() {
        return Err(Problem::Invalid("Enter a comment".to_owned()).into());
    }
    let (store, now) = (state.store(), Timestamp::now());
    let done = store
        .comment_policy(&id, &form.reason, &actor.name, now)
        .await;
    answer(&state, &actor, &id, done.map_err(Declined::from)).await
}
