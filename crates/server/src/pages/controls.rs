//! `GET /controls` and `/controls/{regime}/{code}`: the control lists as trees,
//! with search; each entry with what stands above and below it, its reasons,
//! the same number elsewhere, and its conditions with how far they are confirmed.

use super::{Page, html, shell};
use crate::{
    AppState,
    access::Permission,
    problem::Problem,
    session::Actor,
    view::{Crumb, Fact, Nav, Shell, Tab, count, day},
};
use askama::Template;
use axum::{
    Extension, Form,
    extract::{Path, Query, State},
    response::{IntoResponse, Redirect},
};
use jiff::Timestamp;
use portcullis_controls::{
    draft::State as Standing,
    entries::{ControlList, ListRegime, NoteKind, correspondences},
    predicate::Parameters,
};
use portcullis_gate::{Confirming, GateError, confirm_predicate};
use serde::Deserialize;

/// Entries found by a search that are shown.
const FOUND: usize = 50;
/// Characters of a note beside a confirmation.
const NOTE: usize = 1_000;
/// Entries of a list that are shown at the top.
const TOP: usize = 2_000;

struct Row {
    href: String,
    code: String,
    title: String,
    reasons: String,
    below: String,
    /// Words that found it.
    why: Vec<String>,
    list: &'static str,
}

#[derive(Template)]
#[template(path = "controls.html")]
struct ControlsPage {
    shell: Shell,
    tabs: Vec<Tab>,
    /// What is known of the list shown.
    facts: Vec<Fact>,
    text: String,
    hs: String,
    regime: &'static str,
    searched: bool,
    rows: Vec<Row>,
    more: usize,
    none: bool,
}

struct Elsewhere {
    href: String,
    code: String,
    list: String,
    how: &'static str,
    confidence: String,
}

#[derive(Template)]
#[template(path = "control_entry.html")]
struct EntryPage {
    shell: Shell,
    code: String,
    title: String,
    text: String,
    path: Vec<Row>,
    below: Vec<Row>,
    notes: Vec<Fact>,
    facts: Vec<Fact>,
    elsewhere: Vec<Elsewhere>,
    predicate: String,
    state: &'static str,
    state_line: String,
    may_confirm: bool,
    action: String,
}

/// What is looked for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    regime: String,
    q: String,
    hs: String,
}

fn words(regime: ListRegime) -> &'static str {
    match regime {
        ListRegime::UsCcl => "US Commerce Control List",
        ListRegime::EuAnnexI => "EU Annex I",
        ListRegime::Uk => "UK list",
        ListRegime::Mtcr => "MTCR",
        ListRegime::Nsg => "NSG",
        ListRegime::HighPriority => "High priority goods",
        ListRegime::EuExportBan => "EU export bans",
    }
}

fn address(regime: ListRegime, code: &str) -> String {
    format!(
        "/controls/{}/{}",
        regime.as_str(),
        crate::router::encode(code)
    )
}

fn row(list: &ControlList, at: u32) -> Option<Row> {
    let entry = list.entry(at)?;
    let below = list.children(at).len();
    Some(Row {
        href: address(list.regime(), &entry.code),
        code: entry.code.clone(),
        title: entry.title(),
        reasons: list.reasons(at).join(", "),
        below: match below {
            0 => String::new(),
            n => count(n, "paragraph", "paragraphs"),
        },
        why: Vec::new(),
        list: words(list.regime()),
    })
}

/// `GET /controls`
pub(crate) async fn page(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Query(wanted): Query<Wanted>,
) -> Page {
    let known = state.classing().known(&state).await?;
    let lists = &known.lists.lists;
    let chosen = lists
        .iter()
        .find(|l| l.regime().as_str() == wanted.regime)
        .or(lists.first());
    let tabs = lists.iter().map(|list| {
        let regime = list.regime();
        Tab::new(
            format!("/controls?regime={}", regime.as_str()),
            words(regime),
            list.entries().len() as u64,
            chosen.is_some_and(|c| c.regime() == regime) && wanted.q.trim().is_empty(),
        )
    });
    let (text, hs) = (wanted.q.trim(), wanted.hs.trim());
    let searched = !text.is_empty() || !hs.is_empty();
    let mut rows = Vec::new();
    if searched {
        // A code is shown at once; words are ranked.
        for list in lists {
            rows.extend(list.find(text).and_then(|at| row(list, at)));
        }
        let code = (!hs.is_empty()).then_some(hs);
        let found = known
            .search
            .candidates(text, &Parameters::default(), code, FOUND);
        for candidate in found {
            let list = known.lists.of(candidate.regime);
            let shown = list.and_then(|list| row(list, list.find(&candidate.code)?));
            if let Some(shown) = shown.filter(|s| rows.iter().all(|r: &Row| r.href != s.href)) {
                rows.push(Row {
                    why: candidate.reasons,
                    ..shown
                });
            }
        }
    } else if let Some(list) = chosen {
        let top = (0..list.entries().len() as u32)
            .filter(|at| list.entry(*at).is_some_and(|e| e.parent.is_none()));
        rows.extend(top.filter_map(|at| row(list, at)));
    }
    let more = rows.len().saturating_sub(TOP);
    rows.truncate(TOP);
    html(&ControlsPage {
        shell: shell(&state, &actor, Nav::Controls, "Control lists", Vec::new()).await?,
        tabs: tabs.collect(),
        facts: chosen.map(|list| facts(list)).unwrap_or_default(),
        regime: chosen.map_or("", |list| list.regime().as_str()),
        text: text.to_owned(),
        hs: hs.to_owned(),
        searched,
        rows,
        more,
        none: lists.is_empty(),
    })
}

fn facts(list: &ControlList) -> Vec<Fact> {
    let head = list.head();
    let from = head.in_force.from.map_or("not stated".to_owned(), day);
    let mut all = vec![
        Fact::new("Version", head.label.as_str()),
        Fact::new("In force from", from),
        Fact::new("Until", head.in_force.until.map(day).unwrap_or_default()),
        Fact::new("Source", head.citation.as_str()).wide(),
    ];
    all.retain(|f| !f.text.is_empty());
    all
}

/// `GET /controls/{regime}/{code}`
pub(crate) async fn entry(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Path((regime, code)): Path<(String, String)>,
) -> Page {
    let known = state.classing().known(&state).await?;
    let regime = ListRegime::parse(&regime).ok_or(Problem::NotFound)?;
    let list = known.lists.of(regime).ok_or(Problem::NotFound)?;
    let at = list.find(&code).ok_or(Problem::NotFound)?;
    let entry = list.entry(at).ok_or(Problem::NotFound)?;
    let confirmed = known.lists.confirmed(regime);
    let standing = confirmed.of(entry);
    let state_line = match &standing {
        Standing::Confirmed(c) => format!("Confirmed by {}, {}", c.by, c.at),
        Standing::Reopened(c) => format!(
            "Confirmed by {}, {}, for another text: to be looked at again",
            c.by, c.at
        ),
        Standing::Draft => "Drafted from the text; nobody has confirmed it".to_owned(),
    };
    let others: Vec<&ControlList> = known.lists.lists.iter().map(|l| &**l).collect();
    let elsewhere = correspondences(list, &entry.code, &others);
    let predicate = list.own_predicate(at, &confirmed);
    let complete = list.draft(at).is_some_and(|d| d.complete);
    let is_draft = !matches!(standing, Standing::Confirmed(_));
    let path = list.path(at);
    let above = path.iter().take(path.len().saturating_sub(1));
    let crumbs = vec![Crumb::new(
        "Control lists",
        &format!("/controls?regime={}", regime.as_str()),
    )];
    let title = format!("{} {}", entry.code, entry.title());
    let notes = entry.notes.iter().map(|note| {
        let what = match note.kind {
            NoteKind::Scope => "Note",
            _ => "Beside it",
        };
        Fact::new(what, note.text.as_str()).wide()
    });
    let mut about = vec![
        Fact::new("List", words(regime)),
        Fact::new("Reasons for control", list.reasons(at).join(", ")),
    ];
    about.extend(facts(list));
    about.retain(|f| !f.text.is_empty());
    html(&EntryPage {
        shell: shell(&state, &actor, Nav::Controls, &title, crumbs).await?,
        code: entry.code.clone(),
        title: entry.title(),
        text: entry.text.clone(),
        path: above.filter_map(|at| row(list, *at)).collect(),
        below: list
            .children(at)
            .iter()
            .filter_map(|at| row(list, *at))
            .collect(),
        notes: notes.collect(),
        facts: about,
        elsewhere: elsewhere
            .into_iter()
            .map(|c| Elsewhere {
                href: address(c.regime, &c.code),
                list: format!("{}, {}", words(c.regime), c.label),
                code: c.code,
                how: c.how.words(),
                confidence: format!("{:.0} %", c.confidence * 100.0),
            })
            .collect(),
        may_confirm: is_draft
            && complete
            && predicate.is_some()
            && Permission::Change.allows(actor.role),
        predicate: predicate.map_or(String::new(), |p| p.to_string()),
        state: standing.as_str(),
        state_line,
        action: format!("{}/confirm", address(regime, &entry.code)),
    })
}

/// What is sent with a confirmation.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Act {
    csrf: String,
    note: String,
}

/// `POST /controls/{regime}/{code}/confirm`: the drafted conditions are those of
/// the text, says the officer who read both.
pub(crate) async fn confirm(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Path((regime, code)): Path<(String, String)>,
    Form(act): Form<Act>,
) -> Page {
    actor.check(&act.csrf)?;
    let regime = ListRegime::parse(&regime).ok_or(Problem::NotFound)?;
    let note: String = act.note.trim().chars().take(NOTE).collect();
    let asked = Confirming {
        regime,
        code: code.clone(),
        predicate: None,
        note,
    };
    let done = confirm_predicate(state.store(), &asked, &actor.name, Timestamp::now()).await;
    done.map_err(|error| match error {
        GateError::Store(inner) => Problem::from(inner),
        other => Problem::Invalid(crate::view::sentence(&other.to_string())),
    })?;
    Ok(Redirect::to(&address(regime, &code)).into_response())
}
