//! Two sides beside each other: who was asked for, and who is listed.

mod entity;
mod rows;
#[cfg(test)]
mod tests;

pub(crate) use entity::EntityView;
pub(crate) use rows::{Mark, RowView, Said, identifier};

use super::{Markup, bits, percent, sentence};
use portcullis_domain::{Entity, Party};
use portcullis_screening::{DEFAULT_THRESHOLD, Hit, PartMatch, Query, Strength};

/// The alert line in ten-thousandths.
pub(crate) const ALERT_LINE: i64 = (DEFAULT_THRESHOLD * 10_000.0) as i64;

/// One part of the names, side by side.
#[derive(Clone, Debug)]
pub(crate) struct PartView {
    pub(crate) asked: String,
    pub(crate) mark: Mark,
    pub(crate) listed: String,
    pub(crate) how: String,
}

impl PartView {
    fn new(part: &PartMatch) -> PartView {
        PartView {
            asked: part.query.clone(),
            mark: Mark::of(part.agreement),
            listed: part.listed.clone(),
            how: sentence(&part.how),
        }
    }
}

/// A score as a number, a bar and words.
#[derive(Clone, Debug)]
pub(crate) struct ScoreView {
    pub(crate) percent: String,
    pub(crate) bar: Markup,
    /// `Above the alert line of 70 %.`
    pub(crate) line: String,
    pub(crate) bits: String,
    /// What the bits mean.
    pub(crate) odds: String,
    /// `Strong match`.
    pub(crate) strength: &'static str,
    pub(crate) strong: bool,
    /// What the strength rests on.
    pub(crate) because: &'static str,
}

impl ScoreView {
    /// `score` in ten-thousandths, `millibits` in thousandths of a bit.
    pub(crate) fn new(score: i64, millibits: i64, strong: bool) -> ScoreView {
        let side = if score >= ALERT_LINE {
            "at or above"
        } else {
            "below"
        };
        ScoreView {
            percent: percent(score),
            bar: score_bar(score),
            line: format!("{side} the alert line of {}", percent(ALERT_LINE)),
            bits: bits(millibits),
            odds: odds(millibits),
            strength: if strong {
                "Strong match"
            } else {
                "Possible match"
            },
            strong,
            because: if strong {
                "The name is exactly the same, in whatever script, or an identifier is"
            } else {
                "Similar: for an officer to judge"
            },
        }
    }

    /// The score of a hit as the engine gives it.
    pub(crate) fn of(hit: &Hit) -> ScoreView {
        let mut view = ScoreView::new(
            (hit.score * 10_000.0).round() as i64,
            (hit.bits * 1_000.0).round() as i64,
            hit.strong.is_strong(),
        );
        view.because = match (hit.strong, hit.weak) {
            (Strength::Identifier, _) => "An identifier is the same",
            (Strength::ExactName, _) => {
                "The name is exactly the same in whatever script, and nothing contradicts"
            }
            (Strength::Possible, true) => "Met by an alias that the list itself calls weak",
            (Strength::Possible, false) => "Similar: for an officer to judge",
        };
        view
    }
}

/// What a weight of evidence means, in a sentence.
fn odds(millibits: i64) -> String {
    let times = match millibits.unsigned_abs() / 1_000 {
        0 => return "says little either way".to_owned(),
        1..=2 => "a few times",
        3..=5 => "some ten times",
        6..=8 => "some hundred times",
        9..=11 => "some thousand times",
        12..=13 => "thousands of times",
        14..=16 => "tens of thousands of times",
        17..=19 => "hundreds of thousands of times",
        _ => "over a million times",
    };
    if millibits > 0 {
        format!("{times} likelier if they are the same than by chance")
    } else {
        format!("{times} likelier by chance than if they are the same")
    }
}

/// A bar for a score, with the alert line drawn through it.
pub(crate) fn score_bar(score: i64) -> Markup {
    let at = |value: i64| value.clamp(0, 10_000) * 120 / 10_000;
    let (width, line) = (at(score), at(ALERT_LINE));
    let class = if score >= ALERT_LINE {
        "fill-accent"
    } else {
        "fill-quiet"
    };
    Markup(format!(
        "<svg class=\"score-bar\" width=\"120\" height=\"12\" viewBox=\"0 0 120 12\" aria-hidden=\"true\" focusable=\"false\">\
         <rect class=\"fill-track\" y=\"2\" width=\"120\" height=\"8\" rx=\"2\"/>\
         <rect class=\"{class}\" y=\"2\" width=\"{width}\" height=\"8\" rx=\"2\"/>\
         <rect class=\"fill-ink\" x=\"{line}\" width=\"1.500\" height=\"12\"/></svg>"
    ))
}

/// Everything that a comparison shows.
pub(crate) struct ComparisonView {
    pub(crate) asked_name: String,
    /// Heading of the asked side.
    pub(crate) asked_under: &'static str,
    pub(crate) listed_name: String,
    /// The listed name that met, where it is not the caption.
    pub(crate) matched_name: String,
    /// How that name stands to the entity, in words.
    pub(crate) matched_kind: &'static str,
    pub(crate) score: ScoreView,
    pub(crate) parts: Vec<PartView>,
    /// What was said of the names besides their parts.
    pub(crate) name_notes: Vec<Said>,
    pub(crate) rows: Vec<RowView>,
}

impl ComparisonView {
    /// Lays a party beside the entity that it met.
    pub(crate) fn new(asked: &Party, entity: &Entity, hit: &Hit) -> ComparisonView {
        let query = Query::of_party(asked);
        let matched = entity
            .party
            .names
            .iter()
            .find(|name| name.text == hit.matched_name);
        ComparisonView {
            asked_name: shown_name(asked),
            asked_under: "Asked for",
            listed_name: entity.party.caption().to_owned(),
            matched_name: hit.matched_name.clone(),
            matched_kind: matched.map_or("listed name", |name| entity::name_kind(name.kind)),
            score: ScoreView::of(hit),
            parts: hit.parts.iter().map(PartView::new).collect(),
            name_notes: rows::name_notes(hit),
            rows: rows::rows(&query, &entity.party, hit),
        }
    }

    /// Whether anything speaks against.
    pub(crate) fn contradicted(&self) -> bool {
        let parts = self.parts.iter().map(|part| part.mark);
        let rows = self.rows.iter().map(|row| row.mark);
        parts.chain(rows).any(|mark| mark == Mark::Contradicts)
    }
}

/// The name of a party, or what stands for it.
pub(crate) fn shown_name(party: &Party) -> String {
    let caption = party.caption().trim();
    if !caption.is_empty() {
        return caption.to_owned();
    }
    party.identifiers.first().map_or_else(
        || "No name".to_owned(),
        |id| format!("No name ({})", rows::identifier(id)),
    )
}
