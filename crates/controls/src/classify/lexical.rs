//! Words of a description against the texts of the nomenclature: BM25F, with
//! unknown words read as compounds, beginnings or respellings of known ones.

use super::catalogue::{Catalogue, FIELDS, Field, Texts};
use super::text::grams;
use std::collections::{BTreeMap, HashMap};

/// Weight of a word by where it stands: own text, heading, chapter, longer
/// nomenclatures, what is set apart.
const FIELD_WEIGHT: [f32; FIELDS] = [3.0, 1.6, 0.4, 1.3, -0.7];
/// How much the length of a field counts against its words.
const LENGTH: [f32; FIELDS] = [0.55, 0.6, 0.3, 0.75, 0.3];
/// Saturation of repeated words.
const SATURATION: f32 = 1.6;

/// Postings of one word.
#[derive(Clone, Debug, Default)]
struct Posting {
    idf: f32,
    /// Subheading and weight, after saturation.
    leaves: Vec<(u32, f32)>,
    /// Heading and weight: the strongest of its subheadings and of the whole.
    headings: Vec<(u16, f32)>,
}

/// A word of a query as a word of the index.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Term {
    /// Number of the word.
    pub(super) word: u32,
    /// 1 for the word itself, less for what is taken for it.
    pub(super) weight: f32,
    /// Which word of the query it stands for.
    pub(super) of: usize,
}

/// The inverted index.
#[derive(Clone, Debug, Default)]
pub(super) struct Lexical {
    vocabulary: BTreeMap<String, u32>,
    postings: Vec<Posting>,
    by_gram: HashMap<u64, Vec<u32>>,
    gram_counts: Vec<u16>,
    words: Vec<String>,
}

impl Lexical {
    pub(super) fn of(catalogue: &Catalogue, texts: &[Texts]) -> Lexical {
        let mut lexical = Lexical::default();
        let mut raw: Vec<HashMap<u32, f32>> = Vec::with_capacity(texts.len());
        let mean = mean_lengths(texts);
        for texts in texts {
            let mut weights: HashMap<u32, f32> = HashMap::new();
            for (field, words) in texts.iter().enumerate() {
                let norm = 1.0 - LENGTH[field] + LENGTH[field] * words.len() as f32 / mean[field];
                for (place, word) in words.iter().enumerate() {
                    let number = lexical.number(word);
                    // What stands first is what the goods are.
                    let first = if field == Field::Own as usize && place == 0 {
                        1.5
                    } else {
                        1.0
                    };
                    *weights.entry(number).or_default() += FIELD_WEIGHT[field] * first / norm;
                }
            }
            raw.push(weights);
        }
        lexical.postings = vec![Posting::default(); lexical.words.len()];
        lexical.add_leaves(&raw);
        lexical.add_headings(catalogue, texts, &raw);
        lexical.index_grams();
        lexical
    }

    fn number(&mut self, word: &str) -> u32 {
        if let Some(number) = self.vocabulary.get(word) {
            return *number;
        }
        let number = self.words.len() as u32;
        self.vocabulary.insert(word.to_owned(), number);
        self.words.push(word.to_owned());
        number
    }

    fn add_leaves(&mut self, raw: &[HashMap<u32, f32>]) {
        for (leaf, weights) in raw.iter().enumerate() {
            for (word, weight) in weights {
                let saturated = if *weight > 0.0 {
                    weight / (SATURATION + weight)
                } else {
                    weight / (SATURATION - weight)
                };
                self.postings[*word as usize]
                    .leaves
                    .push((leaf as u32, saturated));
            }
        }
    }

    fn add_headings(&mut self, catalogue: &Catalogue, texts: &[Texts], raw: &[HashMap<u32, f32>]) {
        for (number, heading) in catalogue.headings.iter().enumerate() {
            let (first, last) = (heading.leaves.0 as usize, heading.leaves.1 as usize);
            let mut best: HashMap<u32, f32> = HashMap::new();
            let mut length = 0;
            for (weights, texts) in raw[first..last].iter().zip(&texts[first..last]) {
                length += texts[Field::Own as usize].len() + texts[Field::Deeper as usize].len();
                for (word, weight) in weights {
                    let best = best.entry(*word).or_default();
                    *best = best.max(*weight);
                }
            }
            // A heading of many words has each of them by chance.
            let norm = 0.7 + 0.3 * (1.0 + length as f32 / 60.0).ln();
            for (word, weight) in best {
                if weight > 0.0 {
                    let weight = weight / norm;
                    let saturated = weight / (SATURATION + weight);
                    self.postings[word as usize]
                        .headings
                        .push((number as u16, saturated));
                }
            }
        }
        let all = catalogue.headings.len() as f32;
        for posting in &mut self.postings {
            let with = posting.headings.len() as f32;
            posting.idf = ((all - with + 0.5) / (with + 0.5) + 1.0).ln();
            posting.leaves.sort_unstable_by_key(|(leaf, _)| *leaf);
            posting
                .headings
                .sort_unstable_by_key(|(heading, _)| *heading);
        }
    }

    fn index_grams(&mut self) {
        self.gram_counts = vec![0; self.words.len()];
        for (number, word) in self.words.iter().enumerate() {
            if word.starts_with('#') {
                continue;
            }
            let mut pieces = grams(std::slice::from_ref(word));
            pieces.sort_unstable();
            pieces.dedup();
            self.gram_counts[number] = pieces.len() as u16;
            for piece in pieces {
                self.by_gram.entry(piece).or_default().push(number as u32);
            }
        }
    }

    /// The word behind a number.
    pub(super) fn word(&self, number: u32) -> &str {
        self.words.get(number as usize).map_or("", String::as_str)
    }

    /// Headings in which the word stands.
    pub(super) fn spread(&self, word: &str) -> Option<usize> {
        let number = self.vocabulary.get(word)?;
        self.postings
            .get(*number as usize)
            .map(|p| p.headings.len())
    }

    /// The words of a query as words of the index.
    pub(super) fn terms(&self, words: &[String]) -> Vec<Term> {
        let mut terms = Vec::new();
        for (of, word) in words.iter().enumerate() {
            if let Some(number) = self.vocabulary.get(word) {
                terms.push(Term {
                    word: *number,
                    weight: 1.0,
                    of,
                });
            } else if !word.starts_with('#') {
                self.unknown(word, of, of + 1 == words.len(), &mut terms);
            }
            // "hand bag" is "handbag".
            if let Some(next) = words.get(of + 1)
                && let Some(number) = self.vocabulary.get(&format!("{word}{next}"))
            {
                terms.push(Term {
                    word: *number,
                    weight: 0.9,
                    of,
                });
            }
        }
        terms
    }

    /// What an unknown word may be: a compound of two known ones, the beginning
    /// of a word that was cut off, or another spelling.
    fn unknown(&self, word: &str, of: usize, last: bool, terms: &mut Vec<Term>) {
        let mut found = Vec::new();
        for at in 3..word.len().saturating_sub(2) {
            if let (Some(left), Some(right)) = (word.get(..at), word.get(at..))
                && let (Some(left), Some(right)) =
                    (self.vocabulary.get(left), self.vocabulary.get(right))
            {
                found.push((*left, 0.5));
                found.push((*right, 0.8));
                break;
            }
        }
        if last && word.len() >= 4 {
            let begins = self.vocabulary.range(word.to_owned()..);
            let begins: Vec<u32> = begins
                .take_while(|(known, _)| known.starts_with(word))
                .map(|(_, number)| *number)
                .take(12)
                .collect();
            let share = 0.8 / (begins.len().max(1) as f32).sqrt();
            found.extend(begins.into_iter().map(|number| (number, share)));
        }
        if found.is_empty() {
            found = self.respellings(word);
        }
        terms.extend(
            found
                .into_iter()
                .map(|(word, weight)| Term { word, weight, of }),
        );
    }

    fn respellings(&self, word: &str) -> Vec<(u32, f32)> {
        let mut pieces = grams(&[word.to_owned()]);
        pieces.sort_unstable();
        pieces.dedup();
        let mut shared: HashMap<u32, u16> = HashMap::new();
        for piece in &pieces {
            for number in self.by_gram.get(piece).into_iter().flatten() {
                *shared.entry(*number).or_default() += 1;
            }
        }
        let dice = |number: u32, count: u16| {
            let all = pieces.len() + usize::from(self.gram_counts[number as usize]);
            2.0 * f32::from(count) / all as f32
        };
        let mut alike: Vec<(u32, f32)> = shared
            .into_iter()
            .map(|(number, count)| (number, dice(number, count)))
            .filter(|(_, dice)| *dice >= 0.5)
            .collect();
        alike.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        alike.truncate(3);
        alike.into_iter().map(|(n, d)| (n, d * d)).collect()
    }

    /// Adds what each term says to the subheadings and headings. Returns what
    /// all the words together could have said at most.
    pub(super) fn score(&self, terms: &[Term], leaves: &mut [f32], headings: &mut [f32]) -> f32 {
        let mut most: BTreeMap<usize, f32> = BTreeMap::new();
        for term in terms {
            let Some(posting) = self.postings.get(term.word as usize) else {
                continue;
            };
            let weight = posting.idf * term.weight;
            let of = most.entry(term.of).or_default();
            *of = of.max(weight);
            for (leaf, score) in &posting.leaves {
                leaves[*leaf as usize] += weight * score;
            }
            for (heading, score) in &posting.headings {
                headings[*heading as usize] += weight * score;
            }
        }
        most.values().sum()
    }

    /// What one term says of one subheading.
    pub(super) fn says(&self, term: &Term, leaf: u32) -> f32 {
        let Some(posting) = self.postings.get(term.word as usize) else {
            return 0.0;
        };
        let at = posting
            .leaves
            .binary_search_by_key(&leaf, |(leaf, _)| *leaf);
        at.ok()
            .and_then(|at| posting.leaves.get(at))
            .map_or(0.0, |(_, score)| posting.idf * term.weight * score)
    }
}

fn mean_lengths(texts: &[Texts]) -> [f32; FIELDS] {
    let mut mean = [0.0_f32; FIELDS];
    for texts in texts {
        for (mean, words) in mean.iter_mut().zip(texts) {
            *mean += words.len() as f32;
        }
    }
    mean.map(|sum| (sum / texts.len().max(1) as f32).max(1.0))
}
