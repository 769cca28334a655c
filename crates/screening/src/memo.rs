//! Each distinct word is matched against the dictionary once: within a query
//! however many ways it is read, and between queries while it is remembered.

use crate::answer::bounds;
use crate::index::Index;
use crate::tokens::{Dictionary, Writing, class_code, hash64, space};
use crate::word::{How, Word, alike_if, weight};
use portcullis_names::{TokenClass, nicknames, unleet};
use std::collections::HashMap;
use std::sync::Arc;

/// A word of the list that a word asked for may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    pub word: u32,
    pub how: How,
    pub similarity: f64,
    /// Most that the word weighs in any name.
    pub weight: f64,
    /// Its rarity among names at large, in bits.
    pub at_large: f64,
    /// In how many names it stands.
    pub postings: usize,
}

impl Found {
    /// A word of the list that is written together or apart in the query.
    pub(crate) fn spaced(index: &Index, word: u32, similarity: f64) -> Found {
        let at_large = f64::from(index.dictionary.word(word).at_large);
        Found {
            word,
            how: How::Spacing,
            similarity,
            weight: weight(at_large, TokenClass::Word),
            at_large,
            postings: index.postings(word).len(),
        }
    }
}

/// Everything the dictionary has for one word.
#[derive(Clone, Debug, Default)]
pub(crate) struct Matches {
    text: String,
    /// Sorted by word.
    pub found: Vec<Found>,
    /// Two words of the list that may stand for this one, the rarer one first.
    pub splits: Vec<(Found, Found)>,
    /// The same by their words, the lower one first; sorted, because it is
    /// asked of every two neighbours in every name that shares a word.
    split_words: Vec<(u32, u32)>,
    /// Words compared letter by letter to find them.
    pub distances: usize,
    /// Whether the comparing stopped at its bound.
    pub cut: bool,
}

/// Matches of words, remembered. Bounded: when full it forgets everything.
#[derive(Default)]
pub(crate) struct Memo {
    by_hash: HashMap<u64, Arc<Matches>>,
    held: usize,
}

/// Matches that are remembered at once: about 50 bytes each.
const MOST_HELD: usize = 400_000;

impl Memo {
    /// What the dictionary has for a word.
    pub(crate) fn matches(&mut self, index: &Index, asked: &Word, reverse: bool) -> Arc<Matches> {
        let place =
            class_code(asked.class) as u8 * 4 + asked.writing as u8 + 32 * u8::from(reverse);
        let hash = hash64(space::MEMO + place, asked.text);
        if let Some(known) = self.by_hash.get(&hash).filter(|m| m.text == asked.text) {
            return known.clone();
        }
        let matches = Arc::new(Matches::of(index, asked, reverse));
        let size = matches.found.len() + 2 * matches.splits.len() + 4;
        if self.held + size > MOST_HELD {
            self.by_hash.clear();
            self.held = 0;
        }
        self.held += size;
        self.by_hash.insert(hash, matches.clone());
        matches
    }
}

impl Matches {
    /// The dictionary says which words to look at, [`alike_if`] decides.
    fn of(index: &Index, asked: &Word, reverse: bool) -> Matches {
        let dictionary = &index.dictionary;
        let mut near = nearby(dictionary, asked);
        near.sort_unstable();
        near.dedup();
        let mut alike_sounding: Vec<u32> = dictionary.alike(asked.text).collect();
        alike_sounding.sort_unstable();
        let mut matches = Matches {
            text: asked.text.to_owned(),
            distances: near.len(),
            cut: near.len() > bounds::DISTANCES,
            ..Matches::default()
        };
        near.truncate(bounds::DISTANCES);
        for word in near {
            let listed = dictionary.word(word);
            let at_large = f64::from(listed.at_large);
            let listed = Word {
                text: listed.text,
                writing: listed.writing,
                // Its class depends on the name in which it stands.
                class: TokenClass::Word,
                weight: weight(at_large, TokenClass::Word),
                at_large,
                in_list: at_large,
            };
            let sounds_alike = || alike_sounding.binary_search(&word).is_ok();
            // In a book the words of the index are those that ask.
            let alike = match reverse {
                true => alike_if(&listed, asked, sounds_alike),
                false => alike_if(asked, &listed, sounds_alike),
            };
            if let Some((similarity, how)) = alike {
                matches.found.push(Found {
                    word,
                    how,
                    similarity,
                    weight: listed.weight,
                    at_large,
                    postings: index.postings(word).len(),
                });
            }
        }
        if asked.writing == Writing::Plain && asked.text.len() >= 4 {
            matches.splits = splits(index, asked.text, reverse);
        }
        let pairs = matches.splits.iter();
        let pairs = pairs.map(|(a, b)| (a.word.min(b.word), a.word.max(b.word)));
        matches.split_words = pairs.collect();
        matches.split_words.sort_unstable();
        matches
    }

    /// Whether two words of the list may together stand for this one.
    pub(crate) fn is_split(&self, a: u32, b: u32) -> bool {
        let pair = (a.min(b), a.max(b));
        self.split_words.binary_search(&pair).is_ok()
    }
}

/// The words that may be alike, some of them twice.
fn nearby(dictionary: &Dictionary, asked: &Word) -> Vec<u32> {
    let (text, writing) = (asked.text, asked.writing);
    let mut near: Vec<u32> = dictionary.find(text, writing).into_iter().collect();
    if matches!(asked.class, TokenClass::Number | TokenClass::Initial) {
        return near;
    }
    match writing {
        Writing::Plain => {
            near.extend(dictionary.alike(text));
            near.extend(dictionary.read_from_digits(text));
            near.extend(dictionary.find(text, Writing::Syllabic));
            near.extend(dictionary.same_syllable(text, Writing::Korean));
            near.extend(dictionary.same_consonants(text, Writing::Consonantal));
            let readings = unleet(text);
            near.extend(readings.iter().flat_map(|r| dictionary.alike(r)));
            let short = nicknames(text).iter();
            near.extend(short.filter_map(|n| dictionary.find(n, Writing::Plain)));
        }
        Writing::Syllabic => near.extend(dictionary.find(text, Writing::Plain)),
        Writing::Korean => near.extend(dictionary.same_syllable(text, Writing::Plain)),
        Writing::Consonantal => near.extend(dictionary.same_consonants(text, Writing::Plain)),
    }
    if asked.class != TokenClass::Particle {
        near.extend(dictionary.maybe_typos(text, writing));
    }
    near
}

/// Two words that read like this one when they are run together, by their
/// letters or their sounds. Whether they stand side by side, and are this word
/// indeed, is for the alignment to say.
fn splits(index: &Index, text: &str, reverse: bool) -> Vec<(Found, Found)> {
    let mut out = Vec::new();
    for at in 1..text.len() {
        let (Some(first), Some(second)) = (text.get(..at), text.get(at..)) else {
            continue;
        };
        let first = sounding(index, first);
        if first.is_empty() {
            continue;
        }
        if reverse {
            // Three syllables of a customer's name may be one listed word: the
            // first one is enough to look closer.
            let is_syllable = |f: &&Found| index.dictionary.word(f.word).writing != Writing::Plain;
            out.extend(first.iter().filter(is_syllable).map(|f| (*f, *f)));
        }
        for second in sounding(index, second) {
            for first in &first {
                out.push(match first.postings <= second.postings {
                    true => (*first, second),
                    false => (second, *first),
                });
            }
        }
    }
    out
}

fn sounding(index: &Index, text: &str) -> Vec<Found> {
    let words = index.dictionary.parts(text);
    words.map(|word| Found::spaced(index, word, 1.0)).collect()
}
