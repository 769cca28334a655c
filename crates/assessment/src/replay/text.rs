//! A replay report for people at a terminal.

use super::ReplayReport;
use std::fmt::{self, Write as _};

/// Rows of a table that are printed; the rest is counted and stands in the JSON.
const ROWS: usize = 20;

impl fmt::Display for ReplayReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.head(&mut text)?;
        self.rules_text(&mut text)?;
        self.changes_text(&mut text)?;
        self.load_text(&mut text)?;
        self.rest(&mut text)?;
        f.write_str(text.trim_end())
    }
}

impl ReplayReport {
    fn head(&self, out: &mut String) -> fmt::Result {
        let span = match (self.history.first, self.history.last) {
            (Some(first), Some(last)) => format!(", {first} to {last}"),
            _ => String::new(),
        };
        writeln!(out, "draft   {}", self.draft)?;
        writeln!(out, "against {} ({})", self.base, self.base_is)?;
        writeln!(
            out,
            "history {}: {} messages{span}; {} replayed{}",
            self.history.source,
            self.history.messages,
            self.replayed,
            if self.rescreened {
                ", everybody screened"
            } else {
                ", with the recorded findings of screening"
            }
        )?;
        for one in &self.history.not_replayed {
            writeln!(
                out,
                "        {} not replayed: {} ({})",
                one.count,
                one.why,
                one.examples.join(", ")
            )?;
        }
        if self.recorded_otherwise > 0 {
            writeln!(
                out,
                "        {} were recorded with another outcome, under another policy or engine; compared is what the \
                 policy in use makes of them",
                self.recorded_otherwise
            )?;
        }
        writeln!(
            out,
            "\n{} outcomes change: {} stricter, {} milder; {} more keep their outcome for other reasons",
            self.changed, self.stricter, self.milder, self.other_reasons
        )?;
        for (from, to, count) in self.outcomes.iter().filter(|(from, to, _)| from != to) {
            writeln!(out, "{count:>8} {} → {}", from.as_str(), to.as_str())?;
        }
        Ok(())
    }

    fn rules_text(&self, out: &mut String) -> fmt::Result {
        if self.rules.is_empty() {
            return Ok(());
        }
        writeln!(
            out,
            "\nrules behind it: transactions in which they speak anew, no longer, otherwise; outcomes that differ there"
        )?;
        for rule in self.rules.iter().take(ROWS) {
            writeln!(
                out,
                "{:>8} {:>8} {:>8} {:>8}  {} {}",
                rule.new, rule.gone, rule.changed, rule.outcomes, rule.rule, rule.title
            )?;
        }
        more(out, self.rules.len(), "rules")
    }

    fn changes_text(&self, out: &mut String) -> fmt::Result {
        if self.changes.is_empty() {
            return Ok(());
        }
        writeln!(
            out,
            "\ntransactions whose outcome differs, milder ones first"
        )?;
        for change in self.changes.iter().take(ROWS) {
            let why = change.why.first();
            let why = why.map(|r| format!("{} ({}): {}", r.rule, r.turn.as_str(), r.text));
            writeln!(
                out,
                "  {:<16} {} → {}  {}",
                change.reference,
                change.from.as_str(),
                change.to.as_str(),
                why.unwrap_or_default()
            )?;
        }
        more(out, self.changes.len(), "transactions")
    }

    fn load_text(&self, out: &mut String) -> fmt::Result {
        if self.load.is_empty() {
            return Ok(());
        }
        writeln!(out, "\nwork by queue and week: before, after")?;
        for load in &self.load {
            let step = i128::from(load.after) - i128::from(load.before);
            writeln!(
                out,
                "  {:<20} {:<9} {:>8} {:>8}  {step:+}",
                load.queue, load.week, load.before, load.after
            )?;
        }
        Ok(())
    }

    fn rest(&self, out: &mut String) -> fmt::Result {
        let l = &self.licences;
        writeln!(
            out,
            "\nlicences needed: {} before, {} after; {} added, {} freed",
            l.before, l.after, l.added, l.freed
        )?;
        if !self.trade.is_empty() {
            writeln!(
                out,
                "\ntrade whose outcome differs: destination, chapter, value, of it stricter, milder"
            )?;
            for trade in self.trade.iter().take(ROWS) {
                let known = |text: &str| {
                    if text.is_empty() {
                        "??".to_owned()
                    } else {
                        text.to_owned()
                    }
                };
                writeln!(
                    out,
                    "  {} {} {:>16} {:<3} {:>16} {:>16}{}",
                    known(&trade.destination),
                    known(&trade.chapter),
                    trade.value,
                    trade.currency,
                    trade.stricter,
                    trade.milder,
                    if trade.without_value > 0 {
                        format!(
                            "  ({} of {} lines state no value)",
                            trade.without_value, trade.lines
                        )
                    } else {
                        String::new()
                    }
                )?;
            }
            more(out, self.trade.len(), "rows of trade")?;
        }
        let small = &self.small_firms;
        if !small.defined.is_empty() {
            writeln!(
                out,
                "\nsmall firms: {} of {} small ones touched, {} of them more strictly ({} of {} firms in all); small are {}",
                small.touched,
                small.small,
                small.stricter,
                small.all_touched,
                small.firms,
                small.defined
            )?;
        }
        if let Some(known) = &self.known_cases {
            writeln!(
                out,
                "\nknown cases: of {} bad ones {} caught before, {} after; of {} lawful ones {} stopped before, {} after{}",
                known.bad,
                known.caught_before,
                known.caught_after,
                known.lawful,
                known.stopped_before,
                known.stopped_after,
                if known.not_in_history > 0 {
                    format!("; {} labels are not in this history", known.not_in_history)
                } else {
                    String::new()
                }
            )?;
            for (word, cases) in [("worse ", &known.worse), ("better", &known.better)] {
                for case in cases {
                    let (from, to) = (case.from.as_str(), case.to.as_str());
                    writeln!(
                        out,
                        "  {word} {:<16} {from} → {to}  should be {}",
                        case.reference,
                        case.label.outcome.as_str()
                    )?;
                }
            }
        }
        writeln!(
            out,
            "\n{} transactions in {} ms ({:.0}/s)",
            self.replayed,
            self.milliseconds,
            self.per_second()
        )?;
        for remark in &self.remarks {
            writeln!(out, "note: {remark}")?;
        }
        Ok(())
    }
}

fn more(out: &mut String, all: usize, what: &str) -> fmt::Result {
    if all > ROWS {
        writeln!(
            out,
            "  … and {} more {what}; --output writes them all",
            all - ROWS
        )?;
    }
    Ok(())
}
