//! Who met whom, as CSV and JSON.

use crate::output::Output;
use anyhow::Result;
use portcullis_domain::Date;
use portcullis_store::{Alert, AlertFilter, AlertOf, Page, Store};
use serde_json::{Value, json};
use std::path::Path;

/// Alerts that are read at once.
const AT_ONCE: u64 = 1_000;

const HEADER: [&str; 13] = [
    "run",
    "book",
    "customer",
    "customer_name",
    "entity_id",
    "entity_name",
    "lists",
    "state",
    "strength",
    "score",
    "bits",
    "reasons",
    "disposition",
];

/// Writes every pair that met in these runs, the strongest evidence first.
pub(super) async fn write(store: &Store, path: &Path, runs: &[String], as_of: Date) -> Result<()> {
    let mut output = csv::Writer::from_writer(Output::open(path)?);
    output.write_record(HEADER)?;
    for run in runs {
        let filter = AlertFilter {
            seen_run: Some(run.clone()),
            ..AlertFilter::on(as_of)
        };
        let mut page = Page {
            offset: 0,
            limit: AT_ONCE,
        };
        loop {
            let alerts = store.alerts(&filter, page).await?;
            for alert in &alerts.rows {
                output.write_record(row(run, alert))?;
            }
            page.offset += AT_ONCE;
            if page.offset >= alerts.total {
                break;
            }
        }
    }
    output.flush()?;
    Ok(())
}

fn row(run: &str, alert: &Alert) -> [String; 13] {
    let hit = alert.evidence.as_ref().map(|e| &e.hit);
    let customer = alert.evidence.as_ref().map(|e| e.party.caption());
    [
        run.to_owned(),
        plain(alert.customer().map_or("", |c| c.book.as_str())),
        plain(alert.customer().map_or("", |c| c.id.as_str())),
        plain(customer.unwrap_or_default()),
        alert.entity_id.clone(),
        plain(hit.map_or("", |h| h.caption.as_str())),
        hit.map(|h| h.lists.join(";")).unwrap_or_default(),
        alert.state.as_str().to_owned(),
        strength(alert).to_owned(),
        decimal(alert.score, 10_000),
        decimal(alert.millibits, 1_000),
        plain(&hit.map(|h| h.reasons.join(" | ")).unwrap_or_default()),
        alert.disposition_id.clone().unwrap_or_default(),
    ]
}

/// A text that a spreadsheet would run as a formula is marked as text.
fn plain(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

fn strength(alert: &Alert) -> &'static str {
    if alert.strong { "strong" } else { "possible" }
}

fn decimal(number: i64, of: i64) -> String {
    let digits = of.ilog10() as usize;
    format!("{:.digits$}", number as f64 / of as f64)
}

/// An alert as one object.
pub(super) fn alert_json(alert: &Alert) -> Value {
    let hit = alert.evidence.as_ref().map(|e| &e.hit);
    json!({
        "alert": alert.id,
        "state": alert.state.as_str(),
        "book": alert.customer().map(|c| &c.book),
        "customer": alert.customer().map(|c| &c.id),
        "assessment": match &alert.of {
            AlertOf::Customer(_) => None,
            AlertOf::Assessed { decision_id, .. } => Some(decision_id),
        },
        "customer_name": alert.evidence.as_ref().map(|e| e.party.caption()),
        "entity_id": alert.entity_id,
        "entity_name": hit.map(|h| &h.caption),
        "lists": hit.map(|h| &h.lists),
        "strength": strength(alert),
        "score": alert.score as f64 / 10_000.0,
        "bits": alert.millibits as f64 / 1_000.0,
        "reasons": hit.map(|h| &h.reasons),
        "raised_at": alert.raised_at.to_string(),
        "disposition": alert.disposition_id,
        "cleared_until": alert.cleared_until.map(|d| d.to_string()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_the_report_is_a_formula() {
        assert_eq!(plain("=1+1"), "'=1+1");
        assert_eq!(plain("Ann"), "Ann");
        assert_eq!(decimal(9_300, 10_000), "0.9300");
        assert_eq!(decimal(-1_250, 1_000), "-1.250");
    }
}
