//! Vague terms against official index terms: learning the weights of the signs
//! on one half of each, measuring on the other.

use super::data::Data;
use super::measure::{Random, share};
use portcullis_controls::classify::{Classifier, Goods};

/// The split is always the same: the committed weights were learned on its
/// first halves.
const SPLIT: u64 = 7;
/// Share of index terms of the learning half that may be called vague.
const MOST_WRONG: f64 = 0.035;

/// Descriptions to learn from and to ask, vague ones and index terms.
struct Halves<'a> {
    learn: (Vec<&'a str>, Vec<&'a str>),
    test: (Vec<&'a str>, Vec<&'a str>),
}

fn halves(data: &Data) -> Halves<'_> {
    let mut vague: Vec<&str> = data.vague.iter().map(String::as_str).collect();
    let mut clear: Vec<&str> = data.terms.iter().map(|t| t.description.as_str()).collect();
    Random(SPLIT).shuffle(&mut vague);
    Random(SPLIT).shuffle(&mut clear);
    let (vague_test, clear_test) = (
        vague.split_off(vague.len() / 2),
        clear.split_off(clear.len() / 2),
    );
    Halves {
        learn: (vague, clear),
        test: (vague_test, clear_test),
    }
}

/// Learns and prints the weights, to be written into the engine.
pub fn learn(data: &Data, classifier: &Classifier) -> String {
    let halves = halves(data);
    let signs = |texts: &[&str]| -> Vec<Vec<f64>> {
        let signs = texts.iter().map(|t| classifier.vague_signs(t));
        signs
            .map(|s| s.into_iter().map(f64::from).chain([1.0]).collect())
            .collect()
    };
    let (vague, clear) = (signs(&halves.learn.0), signs(&halves.learn.1));
    let mut weights = vec![0.0_f64; vague.first().map_or(0, Vec::len)];
    for pass in 0..4_000 {
        let mut slope = vec![0.0; weights.len()];
        for (rows, truth) in [(&vague, 1.0), (&clear, 0.0)] {
            for row in rows {
                let score: f64 = weights.iter().zip(row).map(|(w, x)| w * x).sum();
                let miss = (truth - 1.0 / (1.0 + (-score).exp())) / rows.len() as f64;
                slope.iter_mut().zip(row).for_each(|(s, x)| *s += miss * x);
            }
        }
        let step = 4.0 / (1.0 + f64::from(pass) / 1_000.0);
        weights
            .iter_mut()
            .zip(&slope)
            .for_each(|(w, s)| *w += step * (s - 1e-4 * *w));
    }
    // The last weight is moved until few enough index terms lie above 0.
    let scores = |rows: &[Vec<f64>]| -> Vec<f64> {
        rows.iter()
            .map(|row| weights.iter().zip(row).map(|(w, x)| w * x).sum())
            .collect()
    };
    let mut of_clear = scores(&clear);
    of_clear.sort_by(|a, b| b.total_cmp(a));
    let line = of_clear[(of_clear.len() as f64 * MOST_WRONG) as usize];
    let found = scores(&vague).iter().filter(|s| **s > line).count();
    let last = weights.len() - 1;
    weights[last] -= line;
    let shown: Vec<String> = weights.iter().map(|w| format!("{w:.2}")).collect();
    format!(
        "learned: {} of {} vague terms found\n[{}]",
        found,
        vague.len(),
        shown.join(", ")
    )
}

/// Rows of the table: vague terms found, index terms called vague.
pub fn measure(data: &Data, classifier: &Classifier) -> String {
    let halves = halves(data);
    let called = |texts: &[&str]| {
        let vague = texts.iter().filter(|text| {
            let goods = Goods {
                description: text,
                ..Goods::default()
            };
            classifier.classify(&goods, 1).vague
        });
        share(vague.count() as u32, texts.len() as u32)
    };
    let (vague, clear) = halves.test;
    format!(
        "{} | {} | {} | {}",
        vague.len(),
        called(&vague),
        clear.len(),
        called(&clear)
    )
}
