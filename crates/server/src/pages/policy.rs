//! `GET /policy` and `GET /policy/{rule}`: the rules, for people.

use super::{Page, html, shell, short};
use crate::{
    AppState,
    book::Entry,
    problem::Problem,
    session::Actor,
    state::today,
    view::{Choice, Crumb, Fact, Nav, Shell, day, sentence},
};
use askama::Template;
use axum::{
    Extension,
    extract::{Path, Query, State},
};
use portcullis_domain::{Date, Period};
use portcullis_policy::Status;
use serde::Deserialize;

/// A rule in a table.
struct RuleView {
    id: String,
    title: String,
    effect: String,
    jurisdiction: String,
    in_force: String,
    /// Empty if it is in force today.
    now: &'static str,
    review_by: String,
    overdue: bool,
}

struct Group {
    title: String,
    rules: Vec<RuleView>,
}

#[derive(Template)]
#[template(path = "policy.html")]
struct PolicyPage {
    shell: Shell,
    version: String,
    count: usize,
    text: String,
    kinds: Vec<Choice>,
    filtered: bool,
    groups: Vec<Group>,
}

#[derive(Template)]
#[template(path = "rule.html")]
struct RulePage {
    shell: Shell,
    id: String,
    title: String,
    kind: String,
    facts: Vec<Fact>,
    condition: String,
    note: String,
    cases: Vec<Fact>,
}

/// What is searched for.
#[derive(Deserialize)]
pub(crate) struct Search {
    #[serde(default)]
    q: String,
    #[serde(default)]
    kind: String,
}

/// `GET /policy`
pub(crate) async fn page(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Query(search): Query<Search>,
) -> Page {
    let rules = state.rules();
    let book = &rules.book;
    let wanted = search.q.trim().to_lowercase();
    let found: Vec<&Entry> = book
        .entries
        .iter()
        .filter(|e| search.kind.is_empty() || e.kind == search.kind)
        .filter(|e| wanted.is_empty() || e.matches(&wanted))
        .collect();
    let groups = book.kinds().into_iter().map(|kind| Group {
        title: sentence(kind),
        rules: found
            .iter()
            .filter(|e| e.kind == kind)
            .map(|e| rule_view(e, today()))
            .collect(),
    });
    let kinds = book.kinds().into_iter().map(|kind| Choice {
        value: kind.to_owned(),
        text: sentence(kind),
        chosen: kind == search.kind,
    });
    html(&PolicyPage {
        shell: shell(&state, &actor, Nav::Policy, "Policy", Vec::new()).await?,
        version: short(&book.version),
        count: book.entries.len(),
        filtered: !wanted.is_empty() || !search.kind.is_empty(),
        text: search.q.clone(),
        kinds: kinds.collect(),
        groups: groups.filter(|g| !g.rules.is_empty()).collect(),
    })
}

/// `GET /policy/{rule}`
pub(crate) async fn rule(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
) -> Page {
    let rules = state.rules();
    let entry = rules.book.entry(&id).ok_or(Problem::NotFound)?;
    let crumbs = vec![Crumb::new("Policy", "/policy")];
    let cases = entry
        .cases
        .iter()
        .map(|(given, expected)| Fact::new(given, expected.as_str()));
    html(&RulePage {
        shell: shell(&state, &actor, Nav::Policy, &entry.head.title, crumbs).await?,
        id: entry.head.id.clone(),
        title: entry.head.title.clone(),
        kind: sentence(&entry.kind),
        facts: facts(entry),
        condition: entry.condition.clone(),
        note: entry.note.clone(),
        cases: cases.collect(),
    })
}

fn rule_view(entry: &Entry, today: Date) -> RuleView {
    let head = &entry.head;
    RuleView {
        id: head.id.clone(),
        title: head.title.clone(),
        effect: entry.effect.replace('_', " "),
        jurisdiction: law(entry),
        in_force: span(head.in_force),
        now: if entry.in_force(today) {
            ""
        } else {
            standing(entry, today)
        },
        review_by: head.review_by.map_or("no date".to_owned(), day),
        overdue: entry.overdue(today),
    }
}

/// Whose law it is. Rows that are no law say what they are.
fn law(entry: &Entry) -> String {
    match entry.head.jurisdiction.code() {
        "risk" => "none: risk".to_owned(),
        "facts" => "none: facts".to_owned(),
        code => code.to_owned(),
    }
}

fn standing(entry: &Entry, today: Date) -> &'static str {
    match (entry.status, entry.head.in_force) {
        (Status::Draft, _) => "draft, not applied",
        (Status::Proposed, _) => "proposed, not applied",
        (Status::Lapsed, _) => "lapsed",
        (
            _,
            Period {
                from: Some(from), ..
            },
        ) if today < from => "not yet in force",
        (
            _,
            Period {
                until: Some(until), ..
            },
        ) if until < today => "no longer in force",
        _ => "in force",
    }
}

fn span(period: Period) -> String {
    match (period.from, period.until) {
        (None, None) => "always".to_owned(),
        (Some(from), None) => format!("from {}", day(from)),
        (None, Some(until)) => format!("until {}", day(until)),
        (Some(from), Some(until)) => format!("{} to {}", day(from), day(until)),
    }
}

fn facts(entry: &Entry) -> Vec<Fact> {
    let head = &entry.head;
    let known = head.known_from.map_or(String::new(), day);
    let mut all = vec![
        Fact::new("Effect", entry.effect.replace('_', " ")),
        Fact::new("Law", law(entry)),
        Fact::new("In force", span(head.in_force)),
        Fact::new("Today", standing(entry, today())),
        Fact::new("Known from", known),
        Fact::new(
            "Review by",
            head.review_by.map_or("no date".to_owned(), day),
        ),
        Fact::new("Source", head.citation.as_str()).wide(),
        Fact::new("For officers", entry.guidance.as_str()).wide(),
    ];
    let others = entry.others.iter();
    all.extend(others.map(|(name, text)| Fact::new(&sentence(name), text.as_str()).wide()));
    all.push(Fact::new("File", entry.place.as_str()).mono().wide());
    all.retain(|f| !f.text.is_empty());
    all
}
