//! Which listed names could reach the threshold?
//!
//! Each word of the query is matched once against the dictionary of distinct
//! words; names are then gathered from the postings of the rarest words that
//! any name must share to reach the threshold.

use crate::align::{Edge, is_run, longest_run};
use crate::index::{Index, exact_hashes, joined_hash};
use crate::tokens::{Writing, entry};
use crate::word::{How, SYLLABLE_READING, Word, alike, bits_at_large, weight};
use portcullis_names::{Bearer, Prepared, Token, TokenClass, nicknames, unleet};

/// A word of the list that a word (or two neighbouring words) of the query may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Variant {
    pub word: u32,
    /// Position of the first word of the query.
    pub at: usize,
    /// One, or more if neighbouring words were run together.
    pub span: usize,
    pub similarity: f64,
    pub how: How,
}

/// A word of the query.
#[derive(Clone, Debug)]
pub(crate) struct QueryWord {
    pub text: String,
    pub writing: Writing,
    pub class: TokenClass,
    pub weight: f64,
    pub at_large: f64,
}

/// One name of the query, matched against the dictionary.
#[derive(Clone, Debug)]
pub(crate) struct QueryName {
    pub given: String,
    /// Whether it is only a part of what was given (`A c/o B`).
    pub part: bool,
    /// As whose name it was taken apart; names of other bearers do not compare.
    pub bearers: Vec<Bearer>,
    pub prepared: Prepared,
    pub words: Vec<QueryWord>,
    /// Sorted by word of the list.
    pub variants: Vec<Variant>,
}

/// A listed name that is to be scored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Candidate {
    pub name: u32,
    /// The whole name is the same.
    pub exact: bool,
    /// The same but for spaces and spelling.
    pub joined: bool,
}

impl QueryName {
    /// `None` for a name without letters or digits.
    pub(crate) fn new(
        index: &Index,
        given: &str,
        prepared: Prepared,
        bearer: Bearer,
    ) -> Option<QueryName> {
        if prepared.tokens.is_empty() {
            return None;
        }
        let mut variants = Vec::new();
        for at in 0..prepared.tokens.len() {
            word_variants(index, &prepared, at, &mut variants);
            spacing_variants(index, &prepared, at, &mut variants);
        }
        keep_best(&mut variants);
        let words = prepared.tokens.iter().map(weighed).collect();
        Some(QueryName {
            given: given.to_owned(),
            part: false,
            bearers: vec![bearer],
            prepared,
            words,
            variants,
        })
    }

    /// What the query has for a word of the list.
    pub(crate) fn variants_of(&self, word: u32) -> &[Variant] {
        let start = self.variants.partition_point(|v| v.word < word);
        let rest = &self.variants[start..];
        let len = rest.iter().take_while(|v| v.word == word).count();
        &rest[..len]
    }

    /// The words as they are compared.
    pub(crate) fn compared(&self) -> Vec<Word<'_>> {
        let words = self.words.iter();
        words
            .map(|w| Word {
                text: &w.text,
                writing: w.writing,
                class: w.class,
                weight: w.weight,
                at_large: w.at_large,
                in_list: w.at_large,
            })
            .collect()
    }

    /// The pairs of words in which this name and a listed one agree.
    pub(crate) fn edges(&self, words: impl Iterator<Item = u32>, out: &mut Vec<Edge>) {
        out.clear();
        for (listed, word) in words.enumerate() {
            out.extend(self.variants_of(word).iter().map(|v| Edge {
                query: v.at,
                query_span: v.span,
                listed,
                similarity: v.similarity,
                how: v.how,
            }));
        }
    }

    /// Listed names that could score at least `floor`, sorted, once each.
    pub(crate) fn candidates(&self, index: &Index, floor: f64) -> Vec<Candidate> {
        let mut names: Vec<u32> = Vec::new();
        let dropped = self.words_without_need(index, floor);
        for variant in &self.variants {
            let range = variant.at..variant.at + variant.span;
            if range.clone().any(|at| !dropped[at]) {
                names.extend(index.postings(variant.word).iter().map(|n| n.get()));
            }
        }
        let exact: Vec<u32> = exact_hashes(&self.prepared)
            .flat_map(|h| index.whole_names.get(h))
            .collect();
        let joined = self.joined_names(index);
        names.extend(exact.iter().chain(&joined));
        names.sort_unstable();
        names.dedup();
        let candidate = |name: u32| Candidate {
            name,
            exact: exact.contains(&name),
            joined: joined.contains(&name),
        };
        names.into_iter().map(candidate).collect()
    }

    fn joined_names(&self, index: &Index) -> Vec<u32> {
        let hash = joined_hash(&self.prepared.joined);
        hash.into_iter()
            .flat_map(|h| index.whole_names.get(h))
            .collect()
    }

    /// Marks the words that occur most often, as long as a name that shares
    /// only marked words cannot reach the floor.
    fn words_without_need(&self, index: &Index, floor: f64) -> Vec<bool> {
        let total: f64 = self.words.iter().map(|w| w.weight).sum();
        let allowed = total * crate::score::least_share_needed(floor);
        let mut cost: Vec<(usize, usize)> = (0..self.words.len()).map(|at| (0, at)).collect();
        for variant in &self.variants {
            cost[variant.at].0 += index.postings(variant.word).len();
        }
        cost.sort_by(|a, b| b.cmp(a));
        let mut dropped = vec![false; self.words.len()];
        let mut weight = 0.0;
        for (_, at) in cost {
            if weight + self.words[at].weight < allowed {
                weight += self.words[at].weight;
                dropped[at] = true;
            }
        }
        dropped
    }
}

/// Every word of the list that one word of the query may be: the dictionary
/// says which words to look at, [`alike`] decides.
fn word_variants(index: &Index, name: &Prepared, at: usize, out: &mut Vec<Variant>) {
    let token = &name.tokens[at];
    let (text, writing) = entry(token);
    let dictionary = &index.dictionary;
    let mut found: Vec<u32> = dictionary.find(text, writing).into_iter().collect();
    if !matches!(token.class, TokenClass::Number | TokenClass::Initial) {
        match writing {
            Writing::Plain => {
                found.extend(dictionary.alike(text));
                found.extend(dictionary.find(text, Writing::Syllabic));
                found.extend(dictionary.same_syllable(text, Writing::Korean));
                found.extend(dictionary.same_consonants(text, Writing::Consonantal));
                let readings = unleet(text);
                found.extend(readings.iter().flat_map(|r| dictionary.alike(r)));
                let short = nicknames(text).iter();
                found.extend(short.filter_map(|n| dictionary.find(n, Writing::Plain)));
            }
            Writing::Syllabic => found.extend(dictionary.find(text, Writing::Plain)),
            Writing::Korean => found.extend(dictionary.same_syllable(text, Writing::Plain)),
            Writing::Consonantal => {
                found.extend(dictionary.same_consonants(text, Writing::Plain));
            }
        }
        if token.class != TokenClass::Particle {
            found.extend(dictionary.maybe_typos(text, writing));
        }
    }
    found.sort_unstable();
    found.dedup();
    let asked = word_of(token);
    for word in found {
        let listed = dictionary.word(word);
        // Its class depends on the name in which it stands.
        let listed = Word::new(listed.text, listed.writing, TokenClass::Word);
        if let Some((similarity, how)) = alike(&asked, &listed) {
            out.push(Variant {
                word,
                at,
                span: 1,
                similarity,
                how,
            });
        }
    }
}

/// A prepared word as it is compared.
fn word_of(token: &Token) -> Word<'_> {
    let (text, writing) = entry(token);
    Word::new(text, writing, token.class)
}

/// Neighbouring words of the query that are one word on the list.
fn spacing_variants(index: &Index, name: &Prepared, at: usize, out: &mut Vec<Variant>) {
    let mut run = name.tokens[at].latin.clone();
    for span in 2..=longest_run(&word_of(&name.tokens[at])) {
        let Some(next) = name.tokens.get(at + span - 1) else {
            return;
        };
        run.push_str(&next.latin);
        let same = index.dictionary.find(&run, Writing::Plain);
        let mut found: Vec<u32> = same
            .into_iter()
            .chain(index.dictionary.alike(&run))
            .collect();
        found.sort_unstable();
        found.dedup();
        for word in found {
            let listed = index.dictionary.word(word).text;
            if is_run(&run, &Word::new(listed, Writing::Plain, TokenClass::Word)) {
                out.push(Variant {
                    word,
                    at,
                    span,
                    similarity: SYLLABLE_READING,
                    how: How::Spacing,
                });
            }
        }
    }
}

/// A word of the query with its share in the score.
fn weighed(token: &Token) -> QueryWord {
    let (text, writing) = entry(token);
    let at_large = bits_at_large(text, writing);
    QueryWord {
        text: text.to_owned(),
        writing,
        class: token.class,
        weight: weight(at_large, token.class),
        at_large,
    }
}

/// One variant a word of the list and position: the most similar.
fn keep_best(variants: &mut Vec<Variant>) {
    variants.sort_by(|a, b| {
        let place = (a.word, a.at, a.span).cmp(&(b.word, b.at, b.span));
        let best = b.similarity.total_cmp(&a.similarity);
        place.then(best).then(a.how.cmp(&b.how))
    });
    variants.dedup_by_key(|v| (v.word, v.at, v.span));
}
