//! **Which code has this description?** Ranked subheadings of the Harmonized
//! System, with the words that speak for and against each, the decisions they
//! rest on, what would decide, and whether the description is too vague.
//!
//! Lexical retrieval over nomenclatures, evidence from decided classifications,
//! and a ranker whose weights are learned from those decisions. Pure and
//! deterministic: the same nomenclatures and decisions give the same answers.

mod answer;
mod catalogue;
mod evidence;
mod goods_words;
mod lexical;
mod linear;
mod precedents;
mod ranker;
mod text;
mod vague;

pub use answer::{Agreement, Answer, Asked, Candidate, Goods};
pub use goods_words::GoodsWords;
pub use precedents::{Learned, Precedent, Precedents};

use crate::nomenclature::Nomenclature;
use catalogue::{Catalogue, Texts};
use evidence::{Evidence, Neighbour, features};
use lexical::{Lexical, Term};
use ranker::{KINDS, Lesson, Row};

/// The engine, ready to answer.
#[derive(Clone, Debug)]
pub struct Classifier {
    catalogue: Catalogue,
    texts: Vec<Texts>,
    lexical: Lexical,
    evidence: Evidence,
    /// What was learned from: common words first, then decisions.
    precedents: Vec<Precedent>,
    words: GoodsWords,
    titles: Nomenclature,
    weights: Vec<f32>,
}

/// Weights where no decision was learned from: set by hand, after runs over
/// half of the UK's official index terms (seed 1).
const UNTRAINED: [f32; KINDS] = [
    5.0, 1.0, 2.5, 1.0, 0.2, 0.2, 0.4, 0.5, 0.5, 0.5, 0.4, 0.1, 0.2, 0.4, 0.2, 0.6, 0.5, 0.1,
];

/// Subheadings looked at in a lesson.
const LESSON_ROWS: usize = 150;
/// Decisions that the weights are learned from, at most; spread evenly.
const MOST_LESSONS: usize = 400;
/// Parts of the decisions: each is answered with what was learned from the others.
const FOLDS: usize = 5;

/// What is known of a description before it is ranked.
struct Read<'q> {
    words: &'q [String],
    terms: Vec<Term>,
    neighbours: Vec<Neighbour>,
    rows: Vec<Row>,
}

impl Classifier {
    /// Builds the engine. `longer` are nomenclatures with more digits whose
    /// texts speak of the subheadings too. A decision whose code is no
    /// subheading of `hs` is passed over.
    pub fn new(
        hs: &Nomenclature,
        longer: &[&Nomenclature],
        words: &GoodsWords,
        precedents: &Precedents,
    ) -> Classifier {
        let catalogue = Catalogue::of(hs);
        let texts = catalogue.texts(hs, longer);
        let lexical = Lexical::of(&catalogue, &texts);
        let weights = precedents.weights.clone().filter(|w| w.len() == KINDS);
        let mut classifier = Classifier {
            catalogue,
            texts,
            lexical,
            evidence: Evidence::default(),
            precedents: Vec::new(),
            words: words.clone(),
            titles: hs.clone(),
            weights: weights.unwrap_or(UNTRAINED.to_vec()),
        };
        classifier.set_precedents(precedents.items());
        classifier
    }

    fn set_precedents(&mut self, items: &[Precedent]) {
        let of = |p: &&Precedent| self.catalogue.leaf(&p.code).is_some();
        self.precedents = self
            .words
            .common()
            .iter()
            .chain(items)
            .filter(of)
            .cloned()
            .collect();
        let decided: Vec<(u32, &str)> = self.decided().collect();
        self.evidence = Evidence::of(&self.catalogue, &self.texts, &decided);
    }

    fn decided(&self) -> impl Iterator<Item = (u32, &str)> {
        self.precedents
            .iter()
            .filter_map(|p| Some((self.catalogue.leaf(&p.code)?, p.description.as_str())))
    }

    /// Whether a code's first six digits are a subheading here.
    pub fn knows(&self, code: &str) -> bool {
        self.catalogue.leaf(code).is_some()
    }

    /// Learns the weights from the decisions at hand: a share of them is
    /// answered with what the others teach, in turn.
    pub fn learn_weights(&mut self) -> Vec<f32> {
        let decided = |p: &&Precedent| p.source != goods_words::COMMON;
        let all: Vec<Precedent> = self.precedents.iter().filter(decided).cloned().collect();
        let step = (all.len() as f32 / MOST_LESSONS as f32).max(1.0);
        let mut lessons = Vec::new();
        for fold in 0..FOLDS {
            let others: Vec<Precedent> = with_fold(&all, |at| at % FOLDS != fold);
            self.set_precedents(&others);
            let mut next = 0.0_f32;
            for (at, precedent) in all.iter().enumerate() {
                if at as f32 >= next {
                    next += step;
                } else {
                    continue;
                }
                if at % FOLDS == fold {
                    lessons.extend(self.lesson(precedent));
                }
            }
        }
        self.set_precedents(&all);
        self.weights = ranker::learn(&self.catalogue, &lessons, &UNTRAINED);
        self.weights.clone()
    }

    fn lesson(&self, precedent: &Precedent) -> Option<Lesson> {
        let decided = self.catalogue.leaf(&precedent.code)?;
        let words = text::words(&precedent.description);
        let read = self.read(&words);
        let mut order: Vec<u32> = (0..read.rows.len() as u32).collect();
        let score = |leaf: &u32| ranker::weigh(&self.weights, &read.rows[*leaf as usize]);
        order.sort_by(|a, b| score(b).total_cmp(&score(a)).then(a.cmp(b)));
        order.truncate(LESSON_ROWS);
        if !order.contains(&decided) {
            order.push(decided);
        }
        let at = order.iter().position(|leaf| *leaf == decided)?;
        let rows = order
            .into_iter()
            .map(|leaf| (leaf, read.rows[leaf as usize]))
            .collect();
        Some(Lesson { rows, decided: at })
    }

    /// The evidence for every subheading.
    fn read<'q>(&self, words: &'q [String]) -> Read<'q> {
        let catalogue = &self.catalogue;
        let (leaves, headings) = (catalogue.leaves.len(), catalogue.headings.len());
        let terms = self.lexical.terms(words);
        let (mut by_leaf, mut by_heading) = (vec![0.0; leaves], vec![0.0; headings]);
        let most = self
            .lexical
            .score(&terms, &mut by_leaf, &mut by_heading)
            .max(1e-6);
        let best = |scores: &[f32]| scores.iter().copied().fold(1e-6_f32, f32::max);
        let (best_leaf, best_heading) = (best(&by_leaf), best(&by_heading));
        let features = features(words);
        let neighbours = self.evidence.neighbours(&features);
        let near = Near::of(catalogue, &neighbours);
        let linear = self.evidence.linear(&features);
        let linear_share = shares(&linear, 6.0);
        let linear_chapter = by_chapter(catalogue, &linear_share);
        let (mut nb_leaf, mut nb_heading) = (vec![0.0; leaves], vec![0.0; headings]);
        self.evidence
            .likelihood(catalogue, words, (&mut nb_leaf, &mut nb_heading));
        for (score, prior) in nb_heading.iter_mut().zip(&self.evidence.heading_prior) {
            *score += 0.5 * (1.0 + prior).ln();
        }
        let nb_share = shares(&nb_heading, 0.7);
        let nb_chapter = by_chapter(catalogue, &nb_share);
        let row = |leaf: usize| -> Row {
            let heading = catalogue.heading_of(leaf as u32);
            let (h, c) = (heading as usize, catalogue.chapter_of(heading) as usize);
            let prior = self.evidence.heading_prior[h];
            [
                by_leaf[leaf] / most,
                by_leaf[leaf] / best_leaf,
                by_heading[h] / most,
                by_heading[h] / best_heading,
                f32::from(u8::from(catalogue.leaves[leaf].residual)),
                (0.01 + near.leaf_share[leaf]).ln(),
                (0.01 + near.heading_share[h]).ln(),
                near.leaf_best[leaf],
                near.heading_best[h],
                (0.01 + nb_share[h]).ln(),
                nb_leaf[leaf].clamp(-6.0, 6.0),
                (0.01 + nb_chapter[c]).ln(),
                (1.0 + prior).ln(),
                ((1.0 + 4.0 * self.evidence.leaf_prior[leaf]) / (1.0 + prior))
                    .ln()
                    .clamp(-3.0, 3.0),
                (0.01 + near.chapter_share[c]).ln(),
                (0.01 + linear_share[h]).ln(),
                linear[h],
                (0.01 + linear_chapter[c]).ln(),
            ]
        };
        let rows = (0..leaves).map(row).collect();
        Read {
            words,
            terms,
            neighbours,
            rows,
        }
    }

    /// The signs of vagueness of a description, for learning their weights.
    pub fn vague_signs(&self, description: &str) -> Vec<f32> {
        let words = text::words(description);
        let read = self.read(&words);
        vague::signs(
            &self.seen(description, &words, &read),
            &self.lexical,
            &self.words,
        )
        .to_vec()
    }

    /// Codes for a description, best first, with their scores.
    pub fn rank(&self, description: &str, limit: usize) -> Vec<(String, f32)> {
        let words = text::words(description);
        let read = self.read(&words);
        let mut chances: Vec<f32> = read
            .rows
            .iter()
            .map(|row| ranker::weigh(&self.weights, row))
            .collect();
        ranker::normalise(&mut chances);
        let order = ranker::order(&self.catalogue, &chances, limit);
        let code = |leaf: u32| self.catalogue.leaves[leaf as usize].code.clone();
        order
            .into_iter()
            .map(|(leaf, score)| (code(leaf), score))
            .collect()
    }
}

/// Scores as shares of one, sharper with `sharpness`.
fn shares(scores: &[f32], sharpness: f32) -> Vec<f32> {
    let mut shares: Vec<f32> = scores.iter().map(|s| s * sharpness).collect();
    ranker::normalise(&mut shares);
    shares
}

fn by_chapter(catalogue: &Catalogue, shares: &[f32]) -> Vec<f32> {
    let mut sums = vec![0.0; catalogue.chapters.len()];
    for (heading, share) in shares.iter().enumerate() {
        sums[catalogue.chapter_of(heading as u16) as usize] += share;
    }
    sums
}

/// What the decisions alike say of subheadings, headings and chapters.
struct Near {
    leaf_best: Vec<f32>,
    leaf_share: Vec<f32>,
    heading_best: Vec<f32>,
    heading_share: Vec<f32>,
    chapter_share: Vec<f32>,
}

impl Near {
    fn of(catalogue: &Catalogue, neighbours: &[Neighbour]) -> Near {
        let mut near = Near {
            leaf_best: vec![0.0; catalogue.leaves.len()],
            leaf_share: vec![0.0; catalogue.leaves.len()],
            heading_best: vec![0.0; catalogue.headings.len()],
            heading_share: vec![0.0; catalogue.headings.len()],
            chapter_share: vec![0.0; catalogue.chapters.len()],
        };
        let all: f32 = neighbours.iter().map(|n| n.likeness.powi(2)).sum::<f32>() + 0.05;
        for neighbour in neighbours {
            let (l, h) = (neighbour.leaf as usize, neighbour.heading as usize);
            let share = neighbour.likeness.powi(2) / all;
            near.leaf_best[l] = near.leaf_best[l].max(neighbour.likeness);
            near.heading_best[h] = near.heading_best[h].max(neighbour.likeness);
            near.leaf_share[l] += share;
            near.heading_share[h] += share;
            near.chapter_share[catalogue.chapter_of(neighbour.heading) as usize] += share;
        }
        near
    }
}

fn with_fold(all: &[Precedent], take: impl Fn(usize) -> bool) -> Vec<Precedent> {
    let kept = all.iter().enumerate().filter(|(at, _)| take(*at));
    kept.map(|(_, p)| p.clone()).collect()
}
