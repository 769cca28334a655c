//! `GET /assessments`: the queue, with filters.

use super::{Page as Answer, html, shell};
use crate::{
    AppState,
    problem::Problem,
    session::Actor,
    view::{Choice, Nav, OutcomeView, Pages, Shell, bits, count, grouped, queue_reason},
};
use askama::Template;
use axum::{
    Extension,
    extract::{Query, State},
};
use jiff::{Timestamp, tz::TimeZone};
use portcullis_domain::{Country, Date, Movement, Outcome};
use portcullis_store::{DecisionFilter, DecisionRow, Page};
use serde::Deserialize;

/// Assessments on one page.
const ROWS: u64 = 25;

/// A row of the queue.
pub(crate) struct QueueRow {
    pub(crate) id: String,
    pub(crate) outcome: OutcomeView,
    pub(crate) reference: String,
    pub(crate) reason: String,
    pub(crate) more: String,
    pub(crate) movement: String,
    pub(crate) destination: String,
    pub(crate) risk: String,
    pub(crate) day: String,
    pub(crate) time: String,
}

struct Tab {
    href: String,
    text: &'static str,
    count: String,
    current: bool,
}

#[derive(Template)]
#[template(path = "queue.html")]
struct QueuePage {
    shell: Shell,
    filter_error: Option<&'static str>,
    tabs: Vec<Tab>,
    outcome: String,
    text: String,
    movements: Vec<Choice>,
    destinations: Vec<Choice>,
    from: String,
    to: String,
    filtered: bool,
    found: String,
    range: String,
    rows: Vec<QueueRow>,
    pages: Pages,
}

/// The filters, as a form sends them: empty is none.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Filters {
    #[serde(default)]
    pub(crate) outcome: String,
    #[serde(default)]
    pub(crate) movement: String,
    #[serde(default)]
    pub(crate) destination: String,
    /// Part of the reference.
    #[serde(default)]
    pub(crate) q: String,
    /// First day of recording.
    #[serde(default)]
    pub(crate) from: String,
    /// Last day of recording.
    #[serde(default)]
    pub(crate) to: String,
    #[serde(default)]
    pub(crate) page: Option<u64>,
}

impl Filters {
    /// What the store is asked. A word that means nothing is an error, never "everything".
    pub(crate) fn read(&self) -> Result<DecisionFilter, &'static str> {
        let outcome = given(&self.outcome, Outcome::parse, "This outcome does not exist")?;
        let movement = given(
            &self.movement,
            Movement::parse,
            "This movement does not exist",
        )?;
        let destination = given(
            &self.destination,
            Country::from_alpha2,
            "This country code does not exist",
        )?;
        let dates = "Enter dates as year, month, day";
        let from = given(&self.from, start_of, dates)?;
        let until = given(&self.to, end_of, dates)?;
        if let (Some(from), Some(until)) = (from, until)
            && until <= from
        {
            return Err("The last day lies before the first");
        }
        Ok(DecisionFilter {
            outcome,
            movement,
            destination,
            reference: Some(self.q.trim().to_owned()).filter(|q| !q.is_empty()),
            from,
            until,
            riskiest_first: false,
        })
    }

    fn any(&self) -> bool {
        let all = [
            &self.outcome,
            &self.movement,
            &self.destination,
            &self.q,
            &self.from,
            &self.to,
        ];
        all.iter().any(|text| !text.is_empty())
    }

    /// The same filters as an address, ready for `key=value` to be added.
    fn address(&self, outcome: &str) -> String {
        let pairs = [
            ("outcome", outcome),
            ("movement", &self.movement),
            ("destination", &self.destination),
            ("q", &self.q),
            ("from", &self.from),
            ("to", &self.to),
        ];
        let mut address = "/assessments?".to_owned();
        for (key, value) in pairs.into_iter().filter(|(_, v)| !v.is_empty()) {
            address.push_str(&format!("{key}={}&", crate::router::encode(value)));
        }
        address
    }
}

fn given<T>(
    text: &str,
    read: impl Fn(&str) -> Option<T>,
    wrong: &'static str,
) -> Result<Option<T>, &'static str> {
    match text.trim() {
        "" => Ok(None),
        word => read(word).map(Some).ok_or(wrong),
    }
}

fn midnight(date: Date) -> Option<Timestamp> {
    let zoned = date.to_zoned(TimeZone::UTC).ok()?;
    Some(zoned.timestamp())
}

fn start_of(text: &str) -> Option<Timestamp> {
    midnight(text.parse().ok()?)
}

fn end_of(text: &str) -> Option<Timestamp> {
    let date: Date = text.parse().ok()?;
    midnight(date.tomorrow().ok()?)
}

/// `GET /assessments`
pub(crate) async fn page(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Query(filters): Query<Filters>,
) -> Answer {
    let read = filters.read();
    let filter_error = read.as_ref().err().copied();
    let found = match read {
        Ok(filter) => strictest_first(&state, &filter, filters.page, ROWS).await?,
        Err(_) => Found::default(),
    };
    let base = format!("{}page=", filters.address(&filters.outcome));
    let pages = Pages::new(found.total, ROWS, filters.page, base);
    let first = (pages.current - 1) * ROWS + 1;
    let last = (first + ROWS - 1).min(found.total);
    let rows = queue_rows(&state, &found.rows).await?;
    let title = "Assessments";
    html(&QueuePage {
        shell: shell(&state, &actor, Nav::Assessments, title, Vec::new()).await?,
        filter_error,
        tabs: tabs(&state, &filters).await?,
        outcome: filters.outcome.clone(),
        text: filters.q.clone(),
        movements: movements(&filters.movement),
        destinations: destinations(&filters.destination),
        from: filters.from.clone(),
        to: filters.to.clone(),
        filtered: filters.any(),
        found: count(found.total as usize, "assessment", "assessments"),
        range: if found.total > ROWS {
            format!("{} to {}", grouped(first as i64), grouped(last as i64))
        } else {
            String::new()
        },
        rows,
        pages,
    })
}

/// Rows of one page and how many there are in all.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) rows: Vec<DecisionRow>,
    pub(crate) total: u64,
}

/// One page of decisions: the strictest outcome first, within it the highest
/// risk, within that the longest waiting.
pub(crate) async fn strictest_first(
    state: &AppState,
    filter: &DecisionFilter,
    page: Option<u64>,
    size: u64,
) -> Result<Found, Problem> {
    let store = state.store();
    let none = Page {
        offset: 0,
        limit: 0,
    };
    let wanted = Outcome::ALL
        .into_iter()
        .rev()
        .filter(|o| filter.outcome.is_none_or(|f| f == *o));
    let mut totals = Vec::new();
    for outcome in wanted {
        let only = only(filter, outcome);
        let total = store.decisions(&only, none).await?.total;
        totals.push((only, total));
    }
    let total = totals.iter().map(|(_, n)| n).sum();
    // A page beyond the end shows the last one, as the links below the table say.
    let mut skip = Pages::new(total, size, page, String::new())
        .rows(size)
        .offset;
    let mut rows = Vec::new();
    for (only, here) in totals {
        let room = size - rows.len() as u64;
        if skip < here && room > 0 {
            let part = Page {
                offset: skip,
                limit: room,
            };
            rows.extend(store.decisions(&only, part).await?.rows);
        }
        skip = skip.saturating_sub(here);
    }
    Ok(Found { rows, total })
}

fn only(filter: &DecisionFilter, outcome: Outcome) -> DecisionFilter {
    DecisionFilter {
        outcome: Some(outcome),
        riskiest_first: true,
        ..filter.clone()
    }
}

/// The rows with the reason of each, which lies encrypted beside the decision.
pub(crate) async fn queue_rows(
    state: &AppState,
    rows: &[DecisionRow],
) -> Result<Vec<QueueRow>, Problem> {
    let mut shown = Vec::with_capacity(rows.len());
    for row in rows {
        let stored = state.store().decision(&row.decision_id).await?;
        let (reason, more) = match &stored.decision {
            Some(decision) => queue_reason(decision),
            None => ("The evidence was erased".to_owned(), String::new()),
        };
        shown.push(queue_row(row, reason, more));
    }
    Ok(shown)
}

fn queue_row(row: &DecisionRow, reason: String, more: String) -> QueueRow {
    let reference = row.reference.clone().filter(|r| !r.is_empty());
    QueueRow {
        id: row.decision_id.clone(),
        outcome: OutcomeView(row.outcome),
        reference: reference.unwrap_or_else(|| "No reference".to_owned()),
        reason,
        more,
        movement: crate::view::movement_label(row.movement).to_owned(),
        destination: row
            .destination
            .map_or("destination not stated".to_owned(), |c| c.name().to_owned()),
        risk: match row.risk_millibits {
            0 => "none".to_owned(),
            weight => bits(weight),
        },
        day: row.recorded_at.strftime("%-d %b %Y").to_string(),
        time: row.recorded_at.strftime("%H:%M UTC").to_string(),
    }
}

async fn tabs(state: &AppState, filters: &Filters) -> Result<Vec<Tab>, Problem> {
    let counts = state.store().outcome_counts().await?;
    let all: u64 = counts.values().sum();
    let mut tabs = vec![Tab {
        href: filters.address(""),
        text: "All",
        count: grouped(all as i64),
        current: filters.outcome.is_empty(),
    }];
    tabs.extend(OutcomeView::strictest_first().map(|outcome| Tab {
        href: filters.address(outcome.word()),
        text: outcome.label(),
        count: grouped(counts.get(&outcome.0).copied().unwrap_or(0) as i64),
        current: filters.outcome == outcome.word(),
    }));
    Ok(tabs)
}

fn movements(chosen: &str) -> Vec<Choice> {
    let all = [
        Movement::Export,
        Movement::Reexport,
        Movement::Transit,
        Movement::InCountryTransfer,
        Movement::Brokering,
        Movement::TechnicalAssistance,
        Movement::Intangible,
        Movement::Import,
    ];
    let each = all.into_iter();
    each.map(|movement| Choice {
        value: movement.as_str().to_owned(),
        text: crate::view::movement_label(movement).to_owned(),
        chosen: movement.as_str() == chosen,
    })
    .collect()
}

fn destinations(chosen: &str) -> Vec<Choice> {
    let mut all = Country::all();
    all.sort_by_key(|country| country.name());
    let each = all.into_iter();
    each.map(|country| Choice {
        value: country.code().to_owned(),
        text: country.name().to_owned(),
        chosen: country.code() == chosen,
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_read_or_say_what_is_wrong() {
        let good = Filters {
            outcome: "hold".into(),
            destination: "tr".into(),
            from: "2026-11-01".into(),
            to: "2026-11-01".into(),
            ..Filters::default()
        };
        let read = good.read().unwrap();
        assert_eq!(read.outcome, Some(Outcome::Hold));
        assert_eq!(read.from.unwrap().to_string(), "2026-11-01T00:00:00Z");
        assert_eq!(read.until.unwrap().to_string(), "2026-11-02T00:00:00Z");
        for (outcome, from, to) in [
            ("held", "", ""),
            ("", "yesterday", ""),
            ("", "2026-02-02", "2026-02-01"),
        ] {
            let bad = Filters {
                outcome: outcome.into(),
                from: from.into(),
                to: to.into(),
                ..Filters::default()
            };
            assert!(bad.read().is_err(), "{outcome} {from} {to}");
        }
    }
}
