//! `GET /alerts` and `GET|POST /alerts/{id}`: customers, and parties of assessed
//! transactions, who meet listed entries, strongest evidence first, and the form
//! in which one is judged.

use super::{
    Page as Answer, html,
    judging::{self, Declined, JudgeForm, JudgeView, Subject},
    shell,
};
use crate::{
    AppState,
    problem::Problem,
    search::pair,
    session::Actor,
    state::today,
    view::{
        COUNT_ONLY, Choice, ComparisonView, Crumb, EntityView, Nav, OutcomeView, Pages, ScoreView,
        Shell, Tab, age_in_days, count, grouped, moment, sentence, shown_name,
    },
};
use askama::Template;
use axum::{
    Extension, Form,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use jiff::{Timestamp, tz::TimeZone};
use portcullis_casework::AlertState;
use portcullis_store::{Alert, AlertFilter, AlertOf, AlertSource, Page, Paged};
use serde::Deserialize;

/// Alerts on one page.
const ROWS: u64 = 25;
/// Alerts looked through where the filter asks for what lies in the evidence.
const LOOKED_THROUGH: u64 = 2_000;
/// Reasons shown of an alert; all stand on its page.
const REASONS: usize = 3;
/// Assessments shown of an alert.
const NEWEST: u64 = 10;
/// Alerts looked through to find the one that comes next.
const NEXT_AMONG: u64 = 500;

/// An alert in the queue.
struct Row {
    id: String,
    name: String,
    whom: String,
    listed: String,
    entity: String,
    lists: Vec<String>,
    score: ScoreView,
    reasons: Vec<String>,
    age: String,
    state: &'static str,
}

#[derive(Template)]
#[template(path = "alerts.html")]
struct AlertsPage {
    shell: Shell,
    tabs: Vec<Tab>,
    state: String,
    sources: Vec<Choice>,
    books: Vec<Choice>,
    lists: Vec<Choice>,
    kinds: Vec<Choice>,
    ages: Vec<Choice>,
    /// What was not looked through, in a sentence; empty if all was.
    cut: String,
    entity: String,
    filtered: bool,
    found: String,
    rows: Vec<Row>,
    pages: Pages,
}

#[derive(Template)]
#[template(path = "alert.html")]
struct AlertPage {
    shell: Shell,
    subtitle: String,
    done: String,
    done_id: String,
    notes: Vec<String>,
    /// The newest assessments in which they met.
    assessments: Vec<AssessmentLink>,
    /// How many more there are, in words; empty if none.
    more_assessments: String,
    previous: String,
    next: String,
    c: ComparisonView,
    j: JudgeView,
    e: EntityView,
}

/// An assessment in which the sides of an alert met.
struct AssessmentLink {
    id: String,
    reference: String,
    line: String,
    outcome: OutcomeView,
}

/// Which alerts to list.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Filters {
    state: String,
    /// `customers`, `assessments`, or empty for both.
    source: String,
    book: String,
    entity: String,
    /// Code of a list.
    list: String,
    /// Type of the listed entry.
    kind: String,
    /// Raised at least so many days ago.
    age: String,
    page: Option<u64>,
    /// Id of the judgement that led here.
    done: String,
}

const TABS: [(&str, &str); 4] = [
    ("open", "Open"),
    ("awaiting", "Waiting for a second person"),
    ("cleared", "Cleared"),
    ("confirmed", "Confirmed"),
];

fn given(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

impl Filters {
    fn read(&self) -> Result<AlertFilter, Problem> {
        let word = if self.state.is_empty() {
            "open"
        } else {
            &self.state
        };
        let state = AlertState::parse(word)
            .ok_or_else(|| Problem::Invalid("There is no such state".to_owned()))?;
        Ok(AlertFilter {
            state: Some(state),
            source: match self.source.as_str() {
                "" => None,
                word => {
                    let unknown = || Problem::Invalid("There is no such source".to_owned());
                    Some(AlertSource::parse(word).ok_or_else(unknown)?)
                }
            },
            book: given(&self.book),
            entity_id: given(&self.entity),
            ..AlertFilter::on(today())
        })
    }

    fn address(&self, state: &str) -> String {
        let pairs = [
            ("state", state),
            ("source", self.source.as_str()),
            ("book", self.book.as_str()),
            ("entity", self.entity.as_str()),
            ("list", self.list.as_str()),
            ("kind", self.kind.as_str()),
            ("age", self.age.as_str()),
        ];
        let mut address = "/alerts?".to_owned();
        for (key, value) in pairs.into_iter().filter(|(_, v)| !v.is_empty()) {
            address.push_str(&format!("{key}={}&", crate::router::encode(value)));
        }
        address
    }

    /// Whether it asks for what lies in the evidence, which the store cannot look into.
    fn looks_inside(&self) -> bool {
        [&self.list, &self.kind, &self.age]
            .iter()
            .any(|f| !f.is_empty())
    }

    /// Whether an alert fits what lies in its evidence.
    fn fits(&self, alert: &Alert) -> bool {
        let old_enough = match self.age.parse::<i32>() {
            Ok(days) => (today() - raised_on(alert)).get_days() >= days,
            Err(_) => self.age.is_empty(),
        };
        let Some(evidence) = &alert.evidence else {
            return old_enough && self.list.is_empty() && self.kind.is_empty();
        };
        let on_list = self.list.is_empty() || evidence.hit.lists.contains(&self.list);
        let kind = evidence.entity.party.kind.as_str();
        old_enough && on_list && (self.kind.is_empty() || self.kind == kind)
    }
}

fn raised_on(alert: &Alert) -> portcullis_domain::Date {
    alert.raised_at.to_zoned(TimeZone::UTC).date()
}

/// The alerts of a page, how many there are, and what was not looked through.
struct Found {
    rows: Vec<Alert>,
    total: u64,
    pages: Pages,
    cut: String,
}

async fn find(state: &AppState, filters: &Filters) -> Result<Found, Problem> {
    let filter = filters.read()?;
    let base = format!("{}page=", filters.address(&filters.state));
    if !filters.looks_inside() {
        let total = total(state, &filter).await?;
        let pages = Pages::new(total, ROWS, filters.page, base);
        let rows = state.store().alerts(&filter, pages.rows(ROWS)).await?.rows;
        return Ok(Found {
            rows,
            total,
            pages,
            cut: String::new(),
        });
    }
    let page = Page {
        offset: 0,
        limit: LOOKED_THROUGH,
    };
    let found = state.store().alerts(&filter, page).await?;
    let fitting: Vec<Alert> = found.rows.into_iter().filter(|a| filters.fits(a)).collect();
    let pages = Pages::new(fitting.len() as u64, ROWS, filters.page, base);
    let Page { offset, limit } = pages.rows(ROWS);
    Ok(Found {
        total: fitting.len() as u64,
        rows: fitting
            .into_iter()
            .skip(offset as usize)
            .take(limit as usize)
            .collect(),
        pages,
        cut: if found.total > LOOKED_THROUGH {
            format!(
                "Only the strongest {} of {} alerts were looked through for this filter.",
                grouped(LOOKED_THROUGH as i64),
                grouped(found.total as i64)
            )
        } else {
            String::new()
        },
    })
}

fn choices(all: impl IntoIterator<Item = (String, String)>, chosen: &str) -> Vec<Choice> {
    let each = all.into_iter().map(|(value, text)| Choice {
        chosen: value == chosen,
        value,
        text,
    });
    each.collect()
}

/// The codes of the lists in use.
async fn list_codes(state: &AppState) -> Result<Vec<(String, String)>, Problem> {
    let snapshots = state.store().snapshots().await?;
    let active = snapshots.iter().filter(|s| s.active);
    let codes: std::collections::BTreeSet<String> =
        active.flat_map(|s| s.counts.keys().cloned()).collect();
    Ok(codes.into_iter().map(|code| (code.clone(), code)).collect())
}

/// `GET /alerts`
pub(crate) async fn page(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Query(filters): Query<Filters>,
) -> Answer {
    let filter = filters.read()?;
    let found = find(&state, &filters).await?;
    let mut tabs = Vec::new();
    for (word, text) in TABS {
        let of = Filters {
            state: word.to_owned(),
            ..filters.clone()
        };
        let total = self::total(&state, &of.read()?).await?;
        let current = filter.state == AlertState::parse(word);
        tabs.push(Tab::new(filters.address(word), text, total, current));
    }
    tabs.push(Tab {
        href: "/judgements".to_owned(),
        text: "All judgements",
        count: String::new(),
        current: false,
    });
    let books = state.store().customer_books().await?;
    let books = books.into_iter().map(|row| (row.book.clone(), row.book));
    let sources = [
        ("customers", "In a customer book"),
        ("assessments", "In assessments"),
    ];
    let sources = sources.map(|(word, text)| (word.to_owned(), text.to_owned()));
    let ages = [
        ("1", "A day"),
        ("7", "A week"),
        ("30", "30 days"),
        ("90", "90 days"),
    ];
    let ages = ages.map(|(days, text)| (days.to_owned(), text.to_owned()));
    html(&AlertsPage {
        shell: shell(&state, &actor, Nav::Alerts, "Alerts", Vec::new()).await?,
        tabs,
        state: filters.state.clone(),
        sources: choices(sources, &filters.source),
        books: choices(books, &filters.book),
        lists: choices(list_codes(&state).await?, &filters.list),
        kinds: super::screen::kinds(&filters.kind),
        ages: choices(ages, &filters.age),
        cut: found.cut,
        filtered: filters.looks_inside()
            || [&filters.source, &filters.book, &filters.entity]
                .iter()
                .any(|f| !f.is_empty()),
        entity: filters.entity,
        found: count(found.total as usize, "alert", "alerts"),
        rows: found.rows.iter().map(row).collect(),
        pages: found.pages,
    })
}

async fn total(state: &AppState, filter: &AlertFilter) -> Result<u64, Problem> {
    Ok(state.store().alerts(filter, COUNT_ONLY).await?.total)
}

fn row(alert: &Alert) -> Row {
    let (name, listed, lists, reasons) = match &alert.evidence {
        Some(evidence) => (
            shown_name(&evidence.party),
            evidence.hit.caption.clone(),
            evidence.hit.lists.clone(),
            reasons(&evidence.hit.reasons),
        ),
        None => (
            "No longer held".to_owned(),
            String::new(),
            Vec::new(),
            vec!["The evidence was erased".to_owned()],
        ),
    };
    Row {
        id: alert.id.clone(),
        name,
        whom: whom(alert),
        listed,
        entity: alert.entity_id.clone(),
        lists,
        score: ScoreView::new(alert.score, alert.millibits, alert.strong),
        reasons,
        age: age_in_days(raised_on(alert), today()),
        state: state_words(alert.state),
    }
}

/// Where the sides met, in words.
fn whom(alert: &Alert) -> String {
    match &alert.of {
        AlertOf::Customer(customer) => format!("Customer {} in {}", customer.id, customer.book),
        AlertOf::Assessed { assessments, .. } => {
            format!(
                "In {}",
                count(*assessments as usize, "assessment", "assessments")
            )
        }
    }
}

/// The newest assessments in which the sides of an alert met, and how many more
/// there are.
async fn assessments(
    state: &AppState,
    alert: &Alert,
) -> Result<(Vec<AssessmentLink>, String), Problem> {
    let AlertOf::Assessed { assessments, .. } = &alert.of else {
        return Ok((Vec::new(), String::new()));
    };
    let ids = state
        .store()
        .assessments_of_alert(&alert.id, NEWEST)
        .await?;
    let mut links = Vec::new();
    for id in ids {
        let row = state.store().decision(&id).await?.row;
        links.push(AssessmentLink {
            reference: row.reference.unwrap_or_else(|| "No reference".to_owned()),
            line: moment(row.recorded_at),
            outcome: OutcomeView(row.outcome),
            id,
        });
    }
    let more = assessments.saturating_sub(links.len() as u64);
    let more = match more {
        0 => String::new(),
        n => format!("and {} more", grouped(n as i64)),
    };
    Ok((links, more))
}

/// The first reasons, and how many more there are.
fn reasons(all: &[String]) -> Vec<String> {
    let mut shown: Vec<String> = all.iter().take(REASONS).map(|r| sentence(r)).collect();
    let more = all.len().saturating_sub(REASONS);
    if more > 0 {
        shown.push(count(more, "more reason", "more reasons"));
    }
    shown
}

/// The state of an alert in words.
pub(crate) fn state_words(state: AlertState) -> &'static str {
    match state {
        AlertState::Open => "open",
        AlertState::Awaiting => "waits for a second person",
        AlertState::Cleared => "cleared",
        AlertState::Confirmed => "confirmed",
        AlertState::Gone => "gone: they no longer meet",
    }
}

/// `GET /alerts/{id}`
pub(crate) async fn one(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
    Query(filters): Query<Filters>,
) -> Answer {
    let alert = state.store().alert(&id, today()).await?;
    let filled = (JudgeForm::default(), String::new());
    show(&state, &actor, alert, filled, filters.done).await
}

/// `POST /alerts/{id}`: judged; on to the next open one.
pub(crate) async fn judge(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Path(id): Path<String>,
    Form(form): Form<JudgeForm>,
) -> Answer {
    actor.check(&form.csrf)?;
    let alert = state.store().alert(&id, today()).await?;
    let (_, next) = neighbours(&state, &alert).await?;
    let subject = subject(&state, &alert).await?;
    match judging::propose(&state, &actor, &subject, &form).await {
        Ok(stored) => {
            let done = stored.disposition.id;
            let to = match next.as_str() {
                "" => format!("/judgements/{done}"),
                next => format!("{next}?done={done}"),
            };
            Ok(Redirect::to(&to).into_response())
        }
        Err(Declined::Words(why)) => {
            let page = show(&state, &actor, alert, (form, why), String::new()).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(Declined::Failed(problem)) => Err(problem.into()),
    }
}

/// What is judged: the customer, and the entry as the lists have it now; as it
/// was when they met, if it is on no list in use.
async fn subject(state: &AppState, alert: &Alert) -> Result<Subject, Problem> {
    let evidence = alert.evidence.clone().ok_or(Problem::Erased)?;
    let lists = state.desk().lists_on(today(), Timestamp::now()).await?;
    Ok(Subject {
        party: evidence.party,
        customer: alert.customer().cloned(),
        entity: lists.entity(&alert.entity_id).unwrap_or(evidence.entity),
        score: alert.score,
        strong: alert.strong,
        rests_on: alert.id.clone(),
    })
}

/// The addresses of the open alerts before and after this one in the queue.
async fn neighbours(state: &AppState, alert: &Alert) -> Result<(String, String), Problem> {
    let filter = AlertFilter {
        state: Some(AlertState::Open),
        ..AlertFilter::on(today())
    };
    let page = Page {
        offset: 0,
        limit: NEXT_AMONG,
    };
    let Paged { rows, .. } = state.store().alerts(&filter, page).await?;
    let address =
        |alert: Option<&Alert>| alert.map_or(String::new(), |a| format!("/alerts/{}", a.id));
    let at = rows.iter().position(|a| a.id == alert.id);
    Ok(match at {
        Some(at) => (
            address(at.checked_sub(1).and_then(|at| rows.get(at))),
            address(rows.get(at + 1)),
        ),
        // Not among the first open ones: the queue goes on at its head.
        None => (String::new(), address(rows.first())),
    })
}

async fn show(
    state: &AppState,
    actor: &Actor,
    alert: Alert,
    filled: (JudgeForm, String),
    done: String,
) -> Answer {
    let subject = subject(state, &alert).await?;
    let hit = pair(&subject.party, &subject.entity);
    let mut c = ComparisonView::new(&subject.party, &subject.entity, &hit);
    c.asked_under = match alert.of {
        AlertOf::Customer(_) => "Customer",
        AlertOf::Assessed { .. } => "Declared party",
    };
    let weighed = ScoreView::new(alert.score, alert.millibits, alert.strong);
    let mut notes = Vec::new();
    if weighed.percent != c.score.percent {
        notes.push(format!(
            "When they met, they were {} alike. What follows is how both sides stand now.",
            weighed.percent
        ));
    }
    if alert.state != AlertState::Open {
        notes.push(format!("This alert is {}.", state_words(alert.state)));
    }
    let e = EntityView::new(&subject.entity, &hit.matched_name, &hit.same_as);
    let action = format!("/alerts/{}", alert.id);
    let j = JudgeView::new(state, actor, &subject, action, filled).await?;
    let (previous, next) = neighbours(state, &alert).await?;
    let (assessments, more_assessments) = assessments(state, &alert).await?;
    let done_words = match done.as_str() {
        "" => String::new(),
        id => match state.store().disposition(id).await {
            Ok(stored) => judging::recorded_words(&stored),
            Err(_) => String::new(),
        },
    };
    let title = if j.error.is_empty() {
        c.asked_name.clone()
    } else {
        format!("Error: {}", c.asked_name)
    };
    let crumbs = vec![Crumb::new("Alerts", "/alerts")];
    html(&AlertPage {
        shell: shell(state, actor, Nav::Alerts, &title, crumbs).await?,
        subtitle: format!("{}. Raised {}.", whom(&alert), moment(alert.raised_at)),
        assessments,
        more_assessments,
        done_id: if done_words.is_empty() {
            String::new()
        } else {
            done
        },
        done: done_words,
        notes,
        previous,
        next,
        c,
        j,
        e,
    })
}
