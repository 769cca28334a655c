//! How much each sort of evidence counts: weights learned from decisions, a
//! probability for every subheading, and an order that spreads over headings.

use super::catalogue::Catalogue;

/// Sorts of evidence.
pub(super) const KINDS: usize = 18;
/// The evidence for one subheading.
pub(super) type Row = [f32; KINDS];

/// The evidence for one decision of the learning set, on its likeliest
/// subheadings, and which of them was decided.
pub(super) struct Lesson {
    pub(super) rows: Vec<(u32, Row)>,
    /// Position among the rows.
    pub(super) decided: usize,
}

/// Sum of weighted evidence.
pub(super) fn weigh(weights: &[f32], row: &Row) -> f32 {
    weights.iter().zip(row).map(|(w, x)| w * x).sum()
}

/// Softmax in place.
pub(super) fn normalise(scores: &mut [f32]) {
    let most = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut sum = 0.0;
    for score in scores.iter_mut() {
        *score = (*score - most).exp();
        sum += *score;
    }
    for score in scores.iter_mut() {
        *score /= sum;
    }
}

/// Passes over the lessons.
const PASSES: usize = 120;
/// First step of the ascent (Adam: Kingma and Ba, 2015).
const STEP: f32 = 0.3;
/// Chance below which a decision counts as not to be found.
const FLOOR: f32 = 0.03;
/// How much a weight is held to where it began, in lessons.
const HOLD: f32 = 3.0;

/// Learns weights: those under which the decided heading and subheading are
/// likeliest, held near the weights they start from. Deterministic.
pub(super) fn learn(catalogue: &Catalogue, lessons: &[Lesson], start: &[f32]) -> Vec<f32> {
    let mut weights: Vec<f32> = start.to_vec();
    let (mut means, mut squares) = (vec![0.0_f32; KINDS], vec![0.0_f32; KINDS]);
    let all = lessons.len().max(1) as f32;
    for pass in 0..PASSES {
        let mut gradient = vec![0.0_f32; KINDS];
        for lesson in lessons {
            ascend(catalogue, lesson, &weights, &mut gradient);
        }
        let step = STEP / (1.0 + pass as f32 / 15.0);
        let unbias = |rate: f32| 1.0 - rate.powi(pass as i32 + 1);
        for (kind, gradient) in gradient.iter().enumerate() {
            let slope = (gradient - HOLD * (weights[kind] - start[kind])) / all;
            means[kind] = 0.9 * means[kind] + 0.1 * slope;
            squares[kind] = 0.99 * squares[kind] + 0.01 * slope * slope;
            let size = (squares[kind] / unbias(0.99)).sqrt() + 1e-6;
            weights[kind] += step * means[kind] / unbias(0.9) / size;
        }
    }
    weights
}

/// Adds the slope of log P(heading) + ½ log P(subheading) for one lesson.
fn ascend(catalogue: &Catalogue, lesson: &Lesson, weights: &[f32], gradient: &mut [f32]) {
    let mut chances: Vec<f32> = lesson
        .rows
        .iter()
        .map(|(_, row)| weigh(weights, row))
        .collect();
    normalise(&mut chances);
    let Some((decided, decided_row)) = lesson.rows.get(lesson.decided) else {
        return;
    };
    let heading = catalogue.heading_of(*decided);
    let within: Vec<bool> = lesson
        .rows
        .iter()
        .map(|(leaf, _)| catalogue.heading_of(*leaf) == heading)
        .collect();
    let mass: f32 = chances
        .iter()
        .zip(&within)
        .filter(|(_, w)| **w)
        .map(|(c, _)| c)
        .sum();
    // What is hopeless teaches little: the slope of log(P + floor).
    let sure = mass / (mass + FLOOR);
    for (((_, row), chance), within) in lesson.rows.iter().zip(&chances).zip(&within) {
        let pull = if *within {
            chance / mass.max(1e-9)
        } else {
            0.0
        } - 1.5 * chance;
        for (gradient, value) in gradient.iter_mut().zip(row) {
            *gradient += sure * pull * value;
        }
    }
    for (gradient, value) in gradient.iter_mut().zip(decided_row) {
        *gradient += sure * 0.5 * value;
    }
}

/// The order in which to show subheadings: each next one is that which adds
/// most to the chance that chapter, heading and subheading are among those
/// shown. What it adds is its score; it never grows down the list.
pub(super) fn order(catalogue: &Catalogue, chances: &[f32], limit: usize) -> Vec<(u32, f32)> {
    let mut of_heading = vec![0.0_f32; catalogue.headings.len()];
    let mut of_chapter = vec![0.0_f32; catalogue.chapters.len()];
    for (leaf, chance) in chances.iter().enumerate() {
        let heading = catalogue.heading_of(leaf as u32);
        of_heading[heading as usize] += chance;
        of_chapter[catalogue.chapter_of(heading) as usize] += chance;
    }
    let mut left: Vec<u32> = (0..chances.len() as u32).collect();
    let gain = |leaf: u32, of_heading: &[f32], of_chapter: &[f32]| {
        let heading = catalogue.heading_of(leaf);
        let chapter = catalogue.chapter_of(heading);
        SHARE[0] * chances[leaf as usize]
            + SHARE[1] * of_heading[heading as usize]
            + SHARE[2] * of_chapter[chapter as usize]
    };
    let mut shown = Vec::with_capacity(limit.min(left.len()));
    while shown.len() < limit {
        let best = left
            .iter()
            .enumerate()
            .map(|(at, leaf)| (at, *leaf, gain(*leaf, &of_heading, &of_chapter)))
            .max_by(|a, b| a.2.total_cmp(&b.2).then(b.1.cmp(&a.1)));
        let Some((at, leaf, score)) = best else { break };
        left.swap_remove(at);
        shown.push((leaf, score));
        let heading = catalogue.heading_of(leaf);
        of_heading[heading as usize] = 0.0;
        of_chapter[catalogue.chapter_of(heading) as usize] = 0.0;
    }
    shown
}

/// How much subheading, heading and chapter count in the order shown.
const SHARE: [f32; 3] = [0.06, 0.9, 0.04];
