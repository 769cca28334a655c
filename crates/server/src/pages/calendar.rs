//! `GET /calendar`: what falls due, by month; and the same for calendars of people.

use super::{Page, html, shell};
use crate::{
    AppState,
    problem::Problem,
    session::Actor,
    state::today,
    view::{Choice, Crumb, Nav, Shell, day, sentence},
};
use askama::Template;
use axum::{
    Extension,
    extract::{Query, State},
    http::header,
    response::IntoResponse,
};
use jiff::{Timestamp, ToSpan};
use portcullis_policy::{Due, DueDay, calendar, calendar_ics};
use serde::Deserialize;

/// How far ahead it looks where nothing is asked, in months.
const MONTHS: u32 = 12;
/// The farthest that can be asked for.
const MOST_MONTHS: u32 = 60;

struct Row {
    day: String,
    left: String,
    late: bool,
    soon: bool,
    due: String,
    title: String,
    id: String,
    href: String,
    law: String,
    owner: String,
    remarks: Vec<String>,
}

struct Month {
    title: String,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "calendar.html")]
struct CalendarPage {
    shell: Shell,
    months: Vec<Month>,
    overdue: usize,
    kinds: Vec<Choice>,
    spans: Vec<Choice>,
    filtered: bool,
}

/// What is looked for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    kind: String,
    months: Option<u32>,
}

const KINDS: [(&str, &str, Due); 6] = [
    ("review", "Reviews", Due::Review),
    ("sunset", "Sunsets", Due::Sunset),
    ("end", "Ends fixed by law", Due::End),
    ("suspension", "Ends of suspensions", Due::SuspensionEnds),
    ("assessment", "Threat assessments", Due::AssessmentLapses),
    ("coverage", "Ends of coverage", Due::CoverageEnds),
];

fn due(state: &AppState, months: u32) -> Result<Vec<DueDay>, Problem> {
    let until = today().checked_add(i64::from(months).months());
    let until = until.map_err(|_| Problem::Invalid("That is too far ahead".to_owned()))?;
    Ok(calendar(&state.rules().files, today(), until))
}

/// `GET /calendar`
pub(crate) async fn page(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Query(wanted): Query<Wanted>,
) -> Page {
    let months = wanted.months.unwrap_or(MONTHS).min(MOST_MONTHS);
    let kind = match wanted.kind.as_str() {
        "" => None,
        word => {
            let known = KINDS.iter().find(|(w, ..)| *w == word);
            let unknown = || Problem::Invalid("There is no such kind".to_owned());
            Some(known.ok_or_else(unknown)?.2)
        }
    };
    let mut all = due(&state, months)?;
    all.retain(|one| kind.is_none_or(|kind| one.due == kind));
    let overdue = all.iter().filter(|one| one.overdue).count();
    let rules = state.rules();
    let known = |id: &str| rules.book.entry(id).is_some();
    let mut by_month: Vec<Month> = Vec::new();
    for one in &all {
        let title = if one.overdue {
            "Overdue".to_owned()
        } else {
            one.day.strftime("%B %Y").to_string()
        };
        if by_month.last().is_none_or(|m| m.title != title) {
            by_month.push(Month {
                title,
                rows: Vec::new(),
            });
        }
        if let Some(month) = by_month.last_mut() {
            month.rows.push(row(one, &known));
        }
    }
    let spans = [
        (3, "3 months"),
        (6, "6 months"),
        (12, "A year"),
        (36, "3 years"),
    ];
    html(&CalendarPage {
        shell: shell(
            &state,
            &actor,
            Nav::Policy,
            "Calendar",
            vec![Crumb::new("Policy", "/policy")],
        )
        .await?,
        overdue,
        months: by_month,
        kinds: KINDS
            .into_iter()
            .map(|(word, text, _)| Choice {
                value: word.to_owned(),
                text: text.to_owned(),
                chosen: word == wanted.kind,
            })
            .collect(),
        spans: spans
            .into_iter()
            .map(|(n, text)| Choice {
                value: n.to_string(),
                text: text.to_owned(),
                chosen: n == months,
            })
            .collect(),
        filtered: !wanted.kind.is_empty() || wanted.months.is_some(),
    })
}

fn row(one: &DueDay, known: &dyn Fn(&str) -> bool) -> Row {
    let days = (one.day - today()).get_days();
    let href = if known(&one.id) {
        format!("/policy/{}", crate::router::encode(&one.id))
    } else {
        String::new()
    };
    Row {
        day: day(one.day),
        left: match days {
            ..=-1 => format!("{} days late", -days),
            0 => "today".to_owned(),
            1 => "tomorrow".to_owned(),
            n => format!("in {n} days"),
        },
        late: one.overdue,
        soon: (0..=90).contains(&days),
        due: sentence(one.due.in_words()),
        title: one.title.clone(),
        id: one.id.clone(),
        href,
        law: one.jurisdiction.clone(),
        owner: one.owner.clone(),
        remarks: one.remarks.iter().map(|r| sentence(r)).collect(),
    }
}

/// `GET /calendar.ics`
pub(crate) async fn ics(State(state): State<AppState>) -> Page {
    let text = calendar_ics(&due(&state, MONTHS)?, Timestamp::now());
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"policy.ics\"",
        ),
    ];
    Ok((headers, text).into_response())
}
