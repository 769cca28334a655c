//! `/policy/workbench` and what hangs on it: versions of the policy, drafts,
//! their replay over history, and adoption by a second person.

mod draft;
mod replay;
mod version;

pub(crate) use draft::{begin, discard, edit, one, propose, save, shadow, upload};
pub(crate) use replay::{page as replay_page, run as run_replay};
pub(crate) use version::{adopt, comment, one as version_page, reject, withdraw};

use super::{Page, html, shell, short};
use crate::{
    AppState,
    access::Permission,
    problem::{Problem, log},
    session::Actor,
    view::{COUNT_ONLY, Crumb, Nav, OutcomeView, Pages, Shell, count, day, grouped, moment},
};
use askama::Template;
use axum::{
    Extension, Form,
    extract::{Query, State},
    response::{IntoResponse, Redirect},
};
use jiff::Timestamp;
use portcullis_assessment::ReplayReport;
use portcullis_casework::{PolicyProgress, PolicyVersion};
use portcullis_gate::PolicyError;
use portcullis_policy::{PolicyFiles, Problem as Fault};
use portcullis_store::{PolicyDraft, StoreError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Versions on one page.
const ROWS: u64 = 20;
/// Drafts shown.
const DRAFTS: u64 = 20;

/// What a draft holds.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Draft {
    title: String,
    /// Version of the policy from which it was begun.
    base: String,
    /// Files that differ from the policy that acts: their text, or `None`
    /// where one is left out.
    files: BTreeMap<String, Option<String>>,
    replay: Option<Replayed>,
}

/// What its last replay gave.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Replayed {
    at: Timestamp,
    by: String,
    /// Version of the files that were replayed.
    of: String,
    report: ReplayReport,
}

impl Draft {
    fn of(stored: &PolicyDraft) -> Result<Draft, Problem> {
        serde_json::from_value(stored.content.clone()).map_err(|error| {
            log(&error);
            Problem::Internal
        })
    }

    fn value(&self) -> Result<serde_json::Value, Problem> {
        serde_json::to_value(self).map_err(|error| {
            log(&error);
            Problem::Internal
        })
    }

    /// The whole policy that it would be.
    fn whole(&self, acting: &PolicyFiles) -> PolicyFiles {
        let kept = acting
            .iter()
            .filter(|(path, _)| !self.files.contains_key(*path));
        let kept = kept.map(|(path, text)| (path.to_owned(), text.to_owned()));
        let own = self.files.iter();
        let own = own.filter_map(|(path, text)| Some((path.clone(), text.clone()?)));
        kept.chain(own).collect()
    }
}

/// A fault of a file, as it is shown.
struct FaultView {
    place: String,
    rule: String,
    text: String,
    /// Where the file is edited.
    href: String,
}

impl FaultView {
    fn new(fault: &Fault, draft: &str) -> FaultView {
        FaultView {
            place: match fault.line {
                0 => fault.file.clone(),
                line => format!("{}, line {line}", fault.file),
            },
            rule: fault.rule.clone().unwrap_or_default(),
            text: crate::view::sentence(&fault.text),
            href: edit_address(draft, &fault.file),
        }
    }
}

fn edit_address(draft: &str, file: &str) -> String {
    format!(
        "/policy/drafts/{draft}/edit?file={}",
        crate::router::encode(file)
    )
}

/// A version in a table.
struct VersionRow {
    id: String,
    title: String,
    state: &'static str,
    class: &'static str,
    icon: &'static str,
    who: String,
    cases: u64,
    digest: String,
}

struct DraftRow {
    id: String,
    title: String,
    line: String,
}

/// The draft that runs in the shadow.
struct ShadowView {
    title: String,
    line: String,
    turns: Vec<(OutcomeView, OutcomeView, String)>,
    changed: String,
}

#[derive(Template)]
#[template(path = "workbench.html")]
struct WorkbenchPage {
    shell: Shell,
    acting: String,
    may_change: bool,
    versions: Vec<VersionRow>,
    drafts: Vec<DraftRow>,
    shadow: Option<ShadowView>,
    pages: Pages,
}

/// Which page.
#[derive(Default, Deserialize)]
pub(crate) struct Wanted {
    page: Option<u64>,
}

/// What a form without a text sends.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Act {
    pub(super) csrf: String,
    pub(super) version: u64,
    pub(super) title: String,
    pub(super) reason: String,
    pub(super) until: String,
    pub(super) file: String,
    pub(super) text: String,
    pub(super) remove: String,
}

fn crumbs() -> Vec<Crumb> {
    vec![
        Crumb::new("Policy", "/policy"),
        Crumb::new("Workbench", "/policy/workbench"),
    ]
}

/// Why a change was not made: words for the page, or a failure.
enum Declined {
    Words(String),
    Faults(Vec<Fault>),
    Failed(Problem),
}

impl From<PolicyError> for Declined {
    fn from(error: PolicyError) -> Declined {
        match error {
            PolicyError::Problems(faults) => Declined::Faults(faults),
            PolicyError::Store(inner) => Declined::from(inner),
        }
    }
}

impl From<StoreError> for Declined {
    fn from(error: StoreError) -> Declined {
        match error {
            StoreError::PolicyRefused(why) => {
                Declined::Words(crate::view::sentence(&why.to_string()))
            }
            StoreError::Invalid(why) => Declined::Words(crate::view::sentence(&why)),
            other => Declined::Failed(other.into()),
        }
    }
}

/// The files of the installation, without which nothing can be changed here.
fn fallback(state: &AppState) -> Result<&PolicyFiles, Problem> {
    state.fallback().ok_or(Problem::NotFound)
}

/// `GET /policy/workbench`
pub(crate) async fn page(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Query(wanted): Query<Wanted>,
) -> Page {
    let total = state.store().policy_versions(COUNT_ONLY).await?.total;
    let base = "/policy/workbench?page=".to_owned();
    let pages = Pages::new(total, ROWS, wanted.page, base);
    let found = state.store().policy_versions(pages.rows(ROWS)).await?;
    let may_change = Permission::Change.allows(actor.role) && state.fallback().is_some();
    let drafts = match may_change {
        true => state.store().policy_drafts(DRAFTS).await?,
        false => Vec::new(),
    };
    let rules = state.rules();
    html(&WorkbenchPage {
        shell: shell(
            &state,
            &actor,
            Nav::Policy,
            "Workbench",
            vec![Crumb::new("Policy", "/policy")],
        )
        .await?,
        acting: match &rules.version {
            Some(version) => format!("“{}”, version {}", version.title, short(&version.digest)),
            None => format!(
                "the files of the installation, version {}; no version was adopted yet",
                short(&rules.book.version)
            ),
        },
        may_change,
        versions: found.rows.iter().map(|v| version_row(&state, v)).collect(),
        drafts: drafts
            .iter()
            .map(draft_row)
            .collect::<Result<Vec<_>, Problem>>()?,
        shadow: shadow_view(&state).await?,
        pages,
    })
}

fn version_row(state: &AppState, version: &PolicyVersion) -> VersionRow {
    let acts = state
        .rules()
        .version
        .as_ref()
        .is_some_and(|v| v.id == version.id);
    let (state_words, class, icon) = progress(version.progress, acts);
    let adopted = version.adopted.as_ref();
    VersionRow {
        id: version.id.clone(),
        title: version.title.clone(),
        state: state_words,
        class,
        icon,
        who: match adopted {
            Some(hand) => format!(
                "{}; adopted by {}, {}",
                version.proposed.actor,
                hand.actor,
                moment(hand.at)
            ),
            None => format!(
                "{}, {}",
                version.proposed.actor,
                moment(version.proposed.at)
            ),
        },
        cases: version.cases,
        digest: short(&version.digest),
    }
}

/// How far a version has come, in words.
fn progress(progress: PolicyProgress, acts: bool) -> (&'static str, &'static str, &'static str) {
    match progress {
        PolicyProgress::Adopted if acts => ("In use", "clear", "check"),
        PolicyProgress::Adopted => ("Adopted before", "", "minus"),
        PolicyProgress::Proposed => ("Waits for a second person", "partial", "pause"),
        PolicyProgress::Rejected => ("Rejected", "", "stop"),
        PolicyProgress::Withdrawn => ("Taken back", "", "minus"),
        PolicyProgress::Suspended => ("Suspended", "partial", "pause"),
    }
}

fn draft_row(stored: &PolicyDraft) -> Result<DraftRow, Problem> {
    let draft = Draft::of(stored)?;
    Ok(DraftRow {
        id: stored.id.clone(),
        title: draft.title,
        line: format!(
            "{}, {}, {}",
            count(draft.files.len(), "file differs", "files differ"),
            stored.actor,
            moment(stored.changed_at)
        ),
    })
}

async fn shadow_view(state: &AppState) -> Result<Option<ShadowView>, Problem> {
    let Some(run) = state.store().shadow_running().await? else {
        return Ok(None);
    };
    let turns = state.store().shadow_counts(&run.id).await?;
    let sum = |all: bool| {
        let counted = turns.iter().filter(|t| all || t.acted != t.shadow);
        counted.map(|t| t.count).sum::<u64>()
    };
    Ok(Some(ShadowView {
        line: format!(
            "Started by {} {}, until {}. Its decisions never act.",
            run.started_by,
            moment(run.started_at),
            day(run.until)
        ),
        changed: format!(
            "{} of {} decisions would be others.",
            grouped(sum(false) as i64),
            grouped(sum(true) as i64)
        ),
        turns: turns
            .iter()
            .filter(|t| t.acted != t.shadow)
            .map(|t| {
                let shown = grouped(t.count as i64);
                (OutcomeView(t.acted), OutcomeView(t.shadow), shown)
            })
            .collect(),
        title: run.title,
    }))
}

/// `POST /policy/shadow/stop`
pub(crate) async fn stop_shadow(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Form(form): Form<Act>,
) -> Page {
    actor.check(&form.csrf)?;
    if let Some(run) = state.store().shadow_running().await? {
        let now = Timestamp::now();
        state.store().stop_shadow(&run.id, &actor.name, now).await?;
    }
    Ok(Redirect::to("/policy/workbench").into_response())
}
