//! A linear model over features of descriptions: for each class the features
//! that speak for it and against it, learned from decisions that it got wrong.

use std::collections::HashMap;

/// Weights of classes by feature. Multiclass passive-aggressive updates
/// (Crammer and others, 2006, PA-I), averaged over all steps.
#[derive(Clone, Debug, Default)]
pub(super) struct Linear {
    weights: HashMap<u64, Vec<(u32, f32)>>,
    bias: Vec<f32>,
}

/// One decision: its weighted features (length 1) and class.
pub(super) struct Decided<'a> {
    pub(super) features: &'a [(u64, f32)],
    pub(super) class: u32,
}

/// Passes over the decisions.
const PASSES: usize = 6;
/// Most that one decision may move the weights.
const AGGRESSION: f32 = 0.5;
/// Wrong classes that are pushed down at once.
const RIVALS: usize = 3;
/// Weights below this are dropped.
const LEAST: f32 = 1e-3;

/// A weight that is being learned, with its sum over the steps so far.
#[derive(Clone, Copy, Default)]
struct Cell {
    now: f32,
    sum: f32,
    since: u32,
}

impl Cell {
    fn add(&mut self, change: f32, step: u32) {
        self.sum += self.now * (step - self.since) as f32;
        self.since = step;
        self.now += change;
    }

    fn average(&self, step: u32) -> f32 {
        (self.sum + self.now * (step - self.since) as f32) / step.max(1) as f32
    }
}

impl Linear {
    /// Learns from decisions, in a fixed order that is mixed anew each pass.
    pub(super) fn of(decided: &[Decided<'_>], classes: usize) -> Linear {
        let mut places: HashMap<u64, u32> = HashMap::new();
        let mut numbered: Vec<Vec<(u32, f32)>> = Vec::with_capacity(decided.len());
        for decision in decided {
            let numbers = decision.features.iter().map(|(feature, weight)| {
                let next = places.len() as u32;
                (*places.entry(*feature).or_insert(next), *weight)
            });
            numbered.push(numbers.collect());
        }
        let mut cells: Vec<Vec<(u32, Cell)>> = vec![Vec::new(); places.len()];
        // Only classes that occur can be rivals.
        let mut present: Vec<u32> = decided.iter().map(|d| d.class).collect();
        present.sort_unstable();
        present.dedup();
        let place = |class: u32| present.binary_search(&class).unwrap_or(0) as u32;
        let mut scores = vec![0.0_f32; present.len()];
        let mut step = 0_u32;
        let mut seed = 1_u64;
        let mut order: Vec<usize> = (0..decided.len()).collect();
        for _ in 0..PASSES {
            shuffle(&mut order, &mut seed);
            for at in &order {
                step += 1;
                correct(
                    &mut cells,
                    &mut scores,
                    &numbered[*at],
                    place(decided[*at].class),
                    step,
                );
            }
        }
        let averaged = |list: &Vec<(u32, Cell)>| -> Vec<(u32, f32)> {
            let averages = list
                .iter()
                .map(|(class, cell)| (present[*class as usize], cell.average(step)));
            averages.filter(|(_, w)| w.abs() > LEAST).collect()
        };
        let weights = places
            .into_iter()
            .map(|(feature, at)| (feature, averaged(&cells[at as usize])));
        Linear {
            weights: weights.filter(|(_, list)| !list.is_empty()).collect(),
            bias: vec![0.0; classes],
        }
    }

    /// The score of every class.
    pub(super) fn scores(&self, features: &[(u64, f32)]) -> Vec<f32> {
        let mut scores = self.bias.clone();
        for (feature, weight) in features {
            for (class, w) in self.weights.get(feature).into_iter().flatten() {
                scores[*class as usize] += w * weight;
            }
        }
        scores
    }
}

/// Moves the weights just so far that the decision is right by a margin of 1
/// over its nearest rivals.
fn correct(
    cells: &mut [Vec<(u32, Cell)>],
    scores: &mut [f32],
    features: &[(u32, f32)],
    class: u32,
    step: u32,
) {
    scores.fill(0.0);
    for (feature, weight) in features {
        for (class, cell) in &cells[*feature as usize] {
            scores[*class as usize] += cell.now * weight;
        }
    }
    let own = scores[class as usize];
    let mut rivals: Vec<(u32, f32)> = (0..scores.len() as u32)
        .filter(|rival| *rival != class && own - scores[*rival as usize] < 1.0)
        .map(|rival| (rival, scores[rival as usize]))
        .collect();
    if rivals.len() > RIVALS {
        rivals.select_nth_unstable_by(RIVALS, |a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        rivals.truncate(RIVALS);
        rivals.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    }
    let share = 1.0 / rivals.len().max(1) as f32;
    for (rival, score) in rivals {
        let loss = 1.0 - own + score;
        // Features have length 1; both classes move.
        let move_by = (loss / 2.0).min(AGGRESSION) * share;
        for (feature, weight) in features {
            let list = &mut cells[*feature as usize];
            add(list, class, move_by * weight, step);
            if score != 0.0 {
                add(list, rival, -move_by * weight, step);
            }
        }
    }
}

fn add(list: &mut Vec<(u32, Cell)>, class: u32, change: f32, step: u32) {
    match list.iter_mut().find(|(held, _)| *held == class) {
        Some((_, cell)) => cell.add(change, step),
        None => {
            let mut cell = Cell {
                since: step,
                ..Cell::default()
            };
            cell.add(change, step);
            list.push((class, cell));
        }
    }
}

/// Fisher–Yates with a xorshift generator: the same mix each time.
fn shuffle(order: &mut [usize], seed: &mut u64) {
    for at in (1..order.len()).rev() {
        *seed ^= *seed << 13;
        *seed ^= *seed >> 7;
        *seed ^= *seed << 17;
        order.swap(at, (*seed % (at as u64 + 1)) as usize);
    }
}
