//! Shares of right answers, with their intervals.

use portcullis_controls::classify::{Classifier, Precedent};

/// Right answers among some questions, at two, four and six digits: the first
/// candidate, and any of the first ten.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub asked: u32,
    pub first: [u32; 3],
    pub ten: [u32; 3],
}

/// Candidates that are looked at.
const SHOWN: usize = 10;

impl Tally {
    pub fn of(classifier: &Classifier, asked: &[Precedent]) -> Tally {
        let mut tally = Tally::default();
        for question in asked {
            let shown = classifier.rank(&question.description, SHOWN);
            tally.asked += 1;
            for (at, digits) in [2, 4, 6].into_iter().enumerate() {
                let right = |code: &str| code.get(..digits) == question.code.get(..digits);
                tally.first[at] += u32::from(shown.first().is_some_and(|(code, _)| right(code)));
                tally.ten[at] += u32::from(shown.iter().any(|(code, _)| right(code)));
            }
        }
        tally
    }

    pub fn add(&mut self, other: Tally) {
        self.asked += other.asked;
        for at in 0..3 {
            self.first[at] += other.first[at];
            self.ten[at] += other.ten[at];
        }
    }

    /// `| 2 digits first | 2 digits ten | 4 … |` as cells of a table.
    pub fn cells(&self) -> String {
        let cells: Vec<String> = (0..3)
            .flat_map(|at| [self.first[at], self.ten[at]])
            .map(|right| share(right, self.asked))
            .collect();
        cells.join(" | ")
    }
}

/// A share in percent with its Wilson interval at 95 %.
pub fn share(right: u32, of: u32) -> String {
    let (low, high) = wilson(right, of);
    let share = f64::from(right) / f64::from(of.max(1));
    format!(
        "{:.1} ({:.1}–{:.1})",
        100.0 * share,
        100.0 * low,
        100.0 * high
    )
}

fn wilson(right: u32, of: u32) -> (f64, f64) {
    let z = 1.959_964_f64;
    let n = f64::from(of.max(1));
    let p = f64::from(right) / n;
    let middle = p + z * z / (2.0 * n);
    let width = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z * z / n;
    ((middle - width) / scale, (middle + width) / scale)
}

/// A small generator of random numbers (SplitMix64), so that a seed gives the
/// same split everywhere.
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Fisher–Yates.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            let other = (self.next() % (at as u64 + 1)) as usize;
            items.swap(at, other);
        }
    }
}
