//! Small charts drawn on the server: they need no scripts and print as they are.

use super::{OutcomeView, grouped, icon::Markup};
use portcullis_domain::Outcome;
use std::fmt::Write;

/// Bars of the count of each outcome, strictest on top. The widest bar is the
/// largest count; every bar carries its word and number.
pub(crate) fn outcome_chart(counts: &[(Outcome, i64)]) -> Markup {
    let of = |outcome: Outcome| {
        let found = counts.iter().find(|(o, _)| *o == outcome);
        found.map_or(0, |(_, n)| *n)
    };
    let largest = counts.iter().map(|(_, n)| *n).max().unwrap_or(0).max(1);
    let mut label = String::from("Assessments by outcome:");
    let mut bars = String::new();
    for (row, outcome) in OutcomeView::strictest_first().enumerate() {
        let number = of(outcome.0);
        let y = row * 30;
        let full = 220;
        // A count above zero is always visible.
        let width = if number == 0 {
            0
        } else {
            (number * full / largest).max(3)
        };
        let _ = write!(label, " {} {};", outcome.label(), grouped(number));
        let _ = write!(
            bars,
            "<text x=\"0\" y=\"{text_y}\">{name}</text>\
             <rect class=\"fill-track\" x=\"112\" y=\"{y}\" width=\"{full}\" height=\"18\" rx=\"3\"/>\
             <rect class=\"fill-{word}\" x=\"112\" y=\"{y}\" width=\"{width}\" height=\"18\" rx=\"3\"/>\
             <text x=\"400\" y=\"{text_y}\" text-anchor=\"end\">{shown}</text>",
            text_y = y + 13,
            name = outcome.label(),
            word = outcome.word(),
            shown = grouped(number),
        );
    }
    Markup(format!(
        "<svg class=\"chart\" viewBox=\"0 0 400 172\" role=\"img\" aria-label=\"{}\">{bars}</svg>",
        label.trim_end_matches(';')
    ))
}

/// Rows of two bars, one behind the other: before and after, or all and a part.
/// Every row carries its word and both numbers.
pub(crate) fn pair_chart(label: &str, rows: &[(String, u64, u64)]) -> Markup {
    let largest = rows
        .iter()
        .map(|(_, a, b)| *a.max(b))
        .max()
        .unwrap_or(0)
        .max(1);
    let full = 200_u64;
    let width = |number: u64| match number {
        0 => 0,
        n => (n * full / largest).max(2),
    };
    let mut said = format!("{label}:");
    let mut bars = String::new();
    for (at, (name, one, two)) in rows.iter().enumerate() {
        let y = at * 26;
        let short = if name.chars().count() > 15 {
            name.chars().take(14).chain(['…']).collect()
        } else {
            name.clone()
        };
        let _ = write!(said, " {name} {one} and {two};");
        let _ = write!(
            bars,
            "<text x=\"0\" y=\"{text_y}\">{short}</text>\
             <rect class=\"fill-before\" x=\"120\" y=\"{y}\" width=\"{before}\" height=\"9\" rx=\"2\"/>\
             <rect class=\"fill-accent\" x=\"120\" y=\"{second}\" width=\"{after}\" height=\"9\" rx=\"2\"/>\
             <text x=\"400\" y=\"{text_y}\" text-anchor=\"end\">{one} / {two}</text>",
            text_y = y + 14,
            second = y + 10,
            before = width(*one),
            after = width(*two),
            short = escaped(&short),
        );
    }
    Markup(format!(
        "<svg class=\"chart\" viewBox=\"0 0 400 {height}\" role=\"img\" aria-label=\"{said}\">{bars}</svg>",
        height = (rows.len() * 26).max(1),
        said = escaped(said.trim_end_matches(';')),
    ))
}

/// Text as it may stand in markup.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

/// A bar for a weight of evidence, full at 10 bits.
pub(crate) fn weight_bar(millibits: i64) -> Markup {
    let width = millibits.clamp(0, 10_000) * 64 / 10_000;
    Markup(format!(
        "<svg width=\"64\" height=\"8\" viewBox=\"0 0 64 8\" aria-hidden=\"true\" focusable=\"false\">\
         <rect class=\"fill-track\" width=\"64\" height=\"8\" rx=\"2\"/>\
         <rect class=\"fill-accent\" width=\"{width}\" height=\"8\" rx=\"2\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_bars_keep_their_proportion_and_escape_their_words() {
        let rows = [("A<b".to_owned(), 10, 5), ("C".to_owned(), 0, 1)];
        let chart = pair_chart("By \"week\"", &rows).0;
        assert!(chart.contains("A&lt;b 10 and 5;"), "{chart}");
        assert!(chart.contains("width=\"200\"") && chart.contains("width=\"100\""));
        assert!(!chart.contains("A<b") && chart.contains("By &quot;week&quot;"));
    }

    #[test]
    fn the_chart_says_its_numbers_in_words() {
        let chart = outcome_chart(&[(Outcome::Release, 188), (Outcome::Prohibited, 1)]).0;
        assert!(chart.contains("Prohibited 1; Hold 0;"), "{chart}");
        assert!(chart.contains("Release 188\""), "{chart}");
        assert!(chart.contains("class=\"fill-prohibited\" x=\"112\" y=\"0\" width=\"3\""));
    }
}
