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
    fn the_chart_says_its_numbers_in_words() {
        let chart = outcome_chart(&[(Outcome::Release, 188), (Outcome::Prohibited, 1)]).0;
        assert!(chart.contains("Prohibited 1; Hold 0;"), "{chart}");
        assert!(chart.contains("Release 188\""), "{chart}");
        assert!(chart.contains("class=\"fill-prohibited\" x=\"112\" y=\"0\" width=\"3\""));
    }
}
