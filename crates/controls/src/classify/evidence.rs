//! What decided classifications say of a description: the decisions most alike,
//! and how much more often its words stand with one heading than with others.

use super::catalogue::{Catalogue, Field, Texts};
use super::linear::{Decided, Linear};
use super::text::{grams, hash, words};
use std::collections::HashMap;

/// A decision, prepared.
#[derive(Clone, Debug)]
struct Example {
    leaf: u32,
    heading: u16,
}

/// Words and pieces of words of decisions, indexed.
#[derive(Clone, Debug, Default)]
pub(super) struct Evidence {
    examples: Vec<Example>,
    /// Feature to the decisions that have it, with its share of their length.
    postings: HashMap<u64, Posting>,
    /// Word to the subheadings with which it stands, and how often.
    counts: HashMap<u64, Vec<(u32, f32)>>,
    leaf_total: Vec<f32>,
    heading_total: Vec<f32>,
    chapter_total: Vec<f32>,
    total: f32,
    /// Decisions for each subheading and heading.
    pub(super) leaf_prior: Vec<f32>,
    pub(super) heading_prior: Vec<f32>,
    by_heading: Linear,
}

#[derive(Clone, Debug, Default)]
struct Posting {
    idf: f32,
    with: Vec<(u32, f32)>,
}

/// A decision that is like the description.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Neighbour {
    pub(super) example: u32,
    pub(super) leaf: u32,
    pub(super) heading: u16,
    /// Cosine of the weighted features, 0 to 1.
    pub(super) likeness: f32,
}

/// Decisions that are looked at.
const NEIGHBOURS: usize = 40;
/// How much a heading's words lean on its chapter's, in words.
const LEAN_HEADING: f32 = 30.0;
/// How much a subheading's words lean on its heading's.
const LEAN_LEAF: f32 = 12.0;
/// How much a chapter's words lean on all words.
const LEAN_CHAPTER: f32 = 60.0;
/// Weight of a word of the nomenclature beside one of a decision.
const NOMENCLATURE: [f32; 5] = [0.6, 0.15, 0.03, 0.25, 0.0];

/// Features of a description: words, pairs of neighbours, pieces of words.
pub(super) fn features(words: &[String]) -> Vec<(u64, f32)> {
    let mut found: HashMap<u64, f32> = HashMap::new();
    let mut add = |feature: u64, weight: f32| {
        let held = found.entry(feature).or_default();
        *held = held.max(weight);
    };
    for word in words {
        add(hash(b'w', word.as_bytes()), 1.0);
    }
    for pair in words.windows(2) {
        add(hash(b'p', pair.join(" ").as_bytes()), 0.7);
    }
    for piece in grams(words) {
        add(piece, 0.4);
    }
    let mut features: Vec<(u64, f32)> = found.into_iter().collect();
    features.sort_unstable_by_key(|(feature, _)| *feature);
    features
}

impl Evidence {
    /// From decisions (subheading and description) and the nomenclature's own words.
    pub(super) fn of(catalogue: &Catalogue, texts: &[Texts], decided: &[(u32, &str)]) -> Evidence {
        let mut evidence = Evidence {
            leaf_total: vec![0.0; catalogue.leaves.len()],
            heading_total: vec![0.0; catalogue.headings.len()],
            chapter_total: vec![0.0; catalogue.chapters.len()],
            leaf_prior: vec![0.0; catalogue.leaves.len()],
            heading_prior: vec![0.0; catalogue.headings.len()],
            ..Evidence::default()
        };
        let mut counts: HashMap<u64, HashMap<u32, f32>> = HashMap::new();
        for (leaf, texts) in texts.iter().enumerate() {
            for (field, words) in texts.iter().enumerate() {
                if field == Field::Apart as usize {
                    continue;
                }
                for word in words {
                    let feature = hash(b'w', word.as_bytes());
                    *counts
                        .entry(feature)
                        .or_default()
                        .entry(leaf as u32)
                        .or_default() += NOMENCLATURE[field];
                }
            }
        }
        let mut vectors: Vec<Vec<(u64, f32)>> = Vec::with_capacity(decided.len());
        for (leaf, description) in decided {
            let words = words(description);
            for word in &words {
                let feature = hash(b'w', word.as_bytes());
                *counts.entry(feature).or_default().entry(*leaf).or_default() += 1.0;
            }
            vectors.push(features(&words));
            let heading = catalogue.heading_of(*leaf);
            evidence.leaf_prior[*leaf as usize] += 1.0;
            evidence.heading_prior[heading as usize] += 1.0;
            evidence.examples.push(Example {
                leaf: *leaf,
                heading,
            });
        }
        evidence.index(vectors);
        evidence.count(catalogue, counts);
        evidence
    }

    fn index(&mut self, vectors: Vec<Vec<(u64, f32)>>) {
        let all = vectors.len() as f32;
        let mut with: HashMap<u64, f32> = HashMap::new();
        for vector in &vectors {
            for (feature, _) in vector {
                *with.entry(*feature).or_default() += 1.0;
            }
        }
        let mut lengthened: Vec<Vec<(u64, f32)>> = Vec::with_capacity(vectors.len());
        for (example, vector) in vectors.into_iter().enumerate() {
            let weighted = vector.into_iter().map(|(feature, weight)| {
                let idf = ((all + 1.0) / (with.get(&feature).copied().unwrap_or(0.0) + 0.5)).ln();
                (feature, weight * idf, idf)
            });
            let weighted: Vec<(u64, f32, f32)> = weighted.collect();
            let length = weighted
                .iter()
                .map(|(_, w, _)| w * w)
                .sum::<f32>()
                .sqrt()
                .max(1e-6);
            lengthened.push(weighted.iter().map(|(f, w, _)| (*f, w / length)).collect());
            for (feature, weight, idf) in weighted {
                let posting = self.postings.entry(feature).or_default();
                posting.idf = idf;
                posting.with.push((example as u32, weight / length));
            }
        }
        let pairs = self.examples.iter().zip(&lengthened);
        let decided = pairs.map(|(e, features)| Decided {
            features,
            class: u32::from(e.heading),
        });
        let decided: Vec<Decided<'_>> = decided.collect();
        let by_heading = Linear::of(&decided, self.heading_prior.len());
        self.by_heading = by_heading;
    }

    /// What the linear model says of headings.
    pub(super) fn linear(&self, features: &[(u64, f32)]) -> Vec<f32> {
        self.by_heading.scores(&self.weighted(features))
    }

    /// The features by their rarity among the decisions, with length 1.
    fn weighted(&self, features: &[(u64, f32)]) -> Vec<(u64, f32)> {
        let unseen = ((self.examples.len() as f32 + 1.0) / 0.5).ln();
        let weight = |f: &u64| self.postings.get(f).map_or(unseen, |p| p.idf);
        let mut weighted: Vec<(u64, f32)> =
            features.iter().map(|(f, w)| (*f, w * weight(f))).collect();
        let length = weighted
            .iter()
            .map(|(_, w)| w * w)
            .sum::<f32>()
            .sqrt()
            .max(1e-6);
        weighted.iter_mut().for_each(|(_, w)| *w /= length);
        weighted
    }

    fn count(&mut self, catalogue: &Catalogue, counts: HashMap<u64, HashMap<u32, f32>>) {
        for (feature, by_leaf) in counts {
            let mut by_leaf: Vec<(u32, f32)> = by_leaf.into_iter().collect();
            by_leaf.sort_unstable_by_key(|(leaf, _)| *leaf);
            self.counts.insert(feature, by_leaf);
        }
        // In an order of its own, so that sums of floats are the same each time.
        let mut features: Vec<u64> = self.counts.keys().copied().collect();
        features.sort_unstable();
        for feature in features {
            for (leaf, count) in self.counts.get(&feature).into_iter().flatten() {
                let heading = catalogue.heading_of(*leaf);
                let chapter = catalogue.chapter_of(heading);
                self.leaf_total[*leaf as usize] += count;
                self.heading_total[heading as usize] += count;
                self.chapter_total[chapter as usize] += count;
                self.total += count;
            }
        }
    }

    /// The decisions most alike, the most alike first.
    pub(super) fn neighbours(&self, features: &[(u64, f32)]) -> Vec<Neighbour> {
        if self.examples.is_empty() {
            return Vec::new();
        }
        let unseen = ((self.examples.len() as f32 + 1.0) / 0.5).ln();
        let mut likeness = vec![0.0_f32; self.examples.len()];
        let mut length = 0.0;
        for (feature, weight) in features {
            let posting = self.postings.get(feature);
            let weighted = weight * posting.map_or(unseen, |p| p.idf);
            length += weighted * weighted;
            for (example, share) in posting.iter().flat_map(|p| &p.with) {
                likeness[*example as usize] += weighted * share;
            }
        }
        let length = length.sqrt().max(1e-6);
        let mut found: Vec<Neighbour> = self
            .examples
            .iter()
            .zip(likeness)
            .enumerate()
            .filter(|(_, (_, l))| *l > 0.02 * length)
            .map(|(at, (example, l))| Neighbour {
                example: at as u32,
                leaf: example.leaf,
                heading: example.heading,
                likeness: l / length,
            })
            .collect();
        let order = |a: &Neighbour, b: &Neighbour| {
            b.likeness
                .total_cmp(&a.likeness)
                .then(a.example.cmp(&b.example))
        };
        if found.len() > NEIGHBOURS {
            found.select_nth_unstable_by(NEIGHBOURS, order);
            found.truncate(NEIGHBOURS);
        }
        found.sort_by(order);
        found
    }

    /// Log-likelihood of the words by subheading and heading: each
    /// leans on the one above it. `leaves` holds the subheading's own share,
    /// given its heading.
    pub(super) fn likelihood(
        &self,
        catalogue: &Catalogue,
        words: &[String],
        (leaves, headings): (&mut [f32], &mut [f32]),
    ) {
        let vocabulary = self.counts.len() as f32 + 1.0;
        for word in words {
            let Some(by_leaf) = self.counts.get(&hash(b'w', word.as_bytes())) else {
                continue;
            };
            let sum: f32 = by_leaf.iter().map(|(_, n)| n).sum();
            let anywhere = (sum + 0.5) / (self.total + 0.5 * vocabulary);
            let mut in_chapter: HashMap<u8, f32> = HashMap::new();
            let mut in_heading: HashMap<u16, f32> = HashMap::new();
            for (leaf, count) in by_leaf {
                let heading = catalogue.heading_of(*leaf);
                *in_heading.entry(heading).or_default() += count;
                *in_chapter.entry(catalogue.chapter_of(heading)).or_default() += count;
            }
            let mut by_chapter = vec![0.0_f32; self.chapter_total.len()];
            for (chapter, share) in by_chapter.iter_mut().enumerate() {
                let count = in_chapter.get(&(chapter as u8)).copied().unwrap_or(0.0);
                let total = self.chapter_total[chapter];
                *share = (count + LEAN_CHAPTER * anywhere) / (total + LEAN_CHAPTER);
            }
            for (heading, score) in headings.iter_mut().enumerate() {
                let share = by_chapter[catalogue.chapter_of(heading as u16) as usize];
                let count = in_heading.get(&(heading as u16)).copied().unwrap_or(0.0);
                let total = self.heading_total[heading];
                let own = (count + LEAN_HEADING * share) / (total + LEAN_HEADING);
                *score += (own / anywhere).ln();
            }
            self.leaf_likelihood(catalogue, by_leaf, &in_heading, leaves);
        }
    }

    /// Only subheadings of headings that have the word can differ by it.
    fn leaf_likelihood(
        &self,
        catalogue: &Catalogue,
        by_leaf: &[(u32, f32)],
        in_heading: &HashMap<u16, f32>,
        leaves: &mut [f32],
    ) {
        for (heading, count) in in_heading {
            let Some(range) = catalogue.headings.get(*heading as usize).map(|h| h.leaves) else {
                continue;
            };
            let share = count / self.heading_total[*heading as usize].max(1.0);
            for leaf in range.0..range.1 {
                let at = by_leaf.binary_search_by_key(&leaf, |(leaf, _)| *leaf);
                let own = at
                    .ok()
                    .and_then(|at| by_leaf.get(at))
                    .map_or(0.0, |(_, n)| *n);
                let total = self.leaf_total[leaf as usize];
                let own = (own + LEAN_LEAF * share) / (total + LEAN_LEAF);
                leaves[leaf as usize] += (own / share.max(1e-9)).ln();
            }
        }
    }
}
