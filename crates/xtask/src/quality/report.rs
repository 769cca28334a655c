//! The tables.

use super::chance::wilson;

/// A goal of a cell.
#[derive(Clone, Copy, Debug)]
pub enum Goal {
    None,
    AtLeast(f64),
    AtMost(f64),
}

/// One measured share.
#[derive(Clone, Debug)]
pub struct Cell {
    pub group: &'static str,
    pub what: String,
    pub hits: usize,
    pub n: usize,
    pub goal: Goal,
}

#[derive(Debug, Default)]
pub struct Report {
    pub seed: u64,
    pub lists: Vec<String>,
    pub entities: usize,
    pub seconds: f64,
    pub cells: Vec<Cell>,
    /// Alerts per 100,000, the score needed, recall there.
    pub budgets: Vec<(usize, f64, usize, usize)>,
    pub notes: Vec<String>,
}

/// Fewer cases than this bind nothing.
const BINDS: usize = 50;

impl Report {
    pub fn add(&mut self, group: &'static str, what: &str, hits: usize, n: usize, goal: Goal) {
        self.cells.push(Cell {
            group,
            what: what.to_owned(),
            hits,
            n,
            goal,
        });
    }

    pub fn markdown(&self) -> String {
        let mut out = String::from("# Screening quality\n\n");
        out += "Written by `cargo xtask quality --output docs/screening-quality.md` (`script/bench screening`); do not edit.\n";
        out += "Threshold 0.70, name alone unless the row says more. Every share is given with n and its 95 % interval (Wilson). A goal binds where n ≥ 50.\n\n";
        out += &format!(
            "Seed {} · {} entities: {} · {:.0} s\n",
            self.seed,
            self.entities,
            self.lists.join(", "),
            self.seconds
        );
        let mut group = "";
        for cell in &self.cells {
            if cell.group != group {
                group = cell.group;
                out += &format!(
                    "\n## {group}\n\n| | share | 95 % interval | n | goal | |\n|---|---|---|---|---|---|\n"
                );
            }
            out += &row(cell);
        }
        out += "\n## Recall at fixed alerts per 100,000 clean people\n\n| alerts per 100,000 | score needed | damaged names found | 95 % interval | n |\n|---|---|---|---|---|\n";
        for (alerts, score, hits, n) in &self.budgets {
            let (p, low, high) = wilson(*hits, *n);
            out += &format!(
                "| {alerts} | {score:.4} | {:.2} % | {:.2}–{:.2} % | {n} |\n",
                100.0 * p,
                100.0 * low,
                100.0 * high
            );
        }
        for note in &self.notes {
            out += &format!("\n{note}\n");
        }
        out
    }
}

fn row(cell: &Cell) -> String {
    let (p, low, high) = wilson(cell.hits, cell.n);
    let (goal, verdict) = match cell.goal {
        Goal::None => (String::new(), ""),
        Goal::AtLeast(g) => (format!("≥ {:.1} %", 100.0 * g), met(p >= g, cell.n)),
        Goal::AtMost(g) => (format!("≤ {:.1} %", 100.0 * g), met(p <= g, cell.n)),
    };
    format!(
        "| {} | {:.2} % | {:.2}–{:.2} % | {} | {goal} | {verdict} |\n",
        cell.what,
        100.0 * p,
        100.0 * low,
        100.0 * high,
        cell.n
    )
}

fn met(met: bool, n: usize) -> &'static str {
    match (n >= BINDS, met) {
        (false, _) => "too few to bind",
        (true, true) => "met",
        (true, false) => "**not met**",
    }
}
