//! Tables and texts for people at a terminal.

use portcullis_domain::Outcome;
use portcullis_gate::Line;
use portcullis_policy::RuleView;
use std::{collections::BTreeMap, fmt};

/// Rows kept for the table; the rest is counted and said.
const MAX_ROWS: usize = 200;

/// The decisions that need somebody, and how many do not.
#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<[String; 3]>,
    left_out: u64,
    counts: BTreeMap<&'static str, u64>,
}

impl Table {
    /// Takes one decision in.
    pub(crate) fn add(&mut self, line: &Line) {
        let Some(outcome) = line.outcome else { return };
        *self.counts.entry(outcome.as_str()).or_default() += 1;
        if outcome == Outcome::Release {
            return;
        }
        if self.rows.len() == MAX_ROWS {
            self.left_out += 1;
            return;
        }
        let reference = line.reference.clone().unwrap_or_else(|| line.file.clone());
        self.rows
            .push([reference, outcome.as_str().to_owned(), why(line)]);
    }
}

/// The first reason for the outcome, in words.
fn why(line: &Line) -> String {
    let deciding = line
        .findings
        .iter()
        .find(|f| Some(f.outcome) == line.outcome);
    let question = line.questions.first().map(|q| q.text.clone());
    let text = deciding.map(|f| f.text.clone()).or(question);
    text.or_else(|| line.issues.first().map(|i| i.text.clone()))
        .unwrap_or_default()
}

fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(1)).collect();
    format!("{kept}…")
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<16} {:<16} why", "reference", "outcome")?;
        for [reference, outcome, why] in &self.rows {
            writeln!(
                f,
                "{:<16} {outcome:<16} {}",
                cut(reference, 16),
                cut(why, 110)
            )?;
        }
        if self.left_out > 0 {
            writeln!(f, "… and {} more that need somebody", self.left_out)?;
        }
        writeln!(f)?;
        for outcome in Outcome::ALL {
            let n = self.counts.get(outcome.as_str()).copied().unwrap_or(0);
            writeln!(f, "{n:>8} {}", outcome.as_str())?;
        }
        Ok(())
    }
}

/// A rule as `policy show` prints it.
pub(crate) fn rule(rule: &RuleView) -> String {
    let date = |d: Option<portcullis_domain::Date>| d.map_or("-".to_owned(), |d| d.to_string());
    let head = &rule.head;
    let mut lines = vec![
        format!("{}: {}", head.id, head.title),
        format!("  source       {}", head.citation),
        format!("  law          {}", head.jurisdiction),
        format!(
            "  in force     {} to {}",
            date(head.in_force.from),
            date(head.in_force.until)
        ),
        format!("  review by    {}", date(head.review_by)),
    ];
    lines.extend(
        rule.lines
            .iter()
            .map(|(name, text)| format!("  {name:<12} {text}")),
    );
    lines.join("\n")
}
