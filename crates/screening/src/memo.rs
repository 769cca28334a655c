//! Each distinct word is matched against the dictionary once: within a query
//! however many ways it is read, and between queries while it is remembered.

use crate::align::is_run;
use crate::answer::bounds;
use crate::index::Index;
use crate::tokens::{Dictionary, Writing, class_code, hash64, space};
use crate::word::{How, Word, alike_if, weight};
use portcullis_names::{TokenClass, key_into, nicknames, unleet};
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
    /// Rarity of the word itself among names at large, in bits.
    pub at_large: f64,
    /// Sorted by word.
    pub found: Vec<Found>,
    /// Names in which neighbouring words are this one, run together; sorted.
    pub split_names: Vec<u32>,
    /// Two words of the list that are this one in some name.
    pub splits: Vec<(Found, Found)>,
    /// The same by their words, the lower one first; sorted.
    pub split_words: Vec<(u32, u32)>,
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
    buffers: Buffers,
}

/// What is used anew for each word.
#[derive(Default)]
struct Buffers {
    near: Vec<u32>,
    alike_sounding: Vec<u32>,
    /// The word as it sounds.
    sound: String,
    run: String,
}

/// Matches that are remembered at once: about 50 bytes each.
const MOST_HELD: usize = 400_000;

impl Memo {
    /// What the dictionary has for a word. With `reverse` the words of the
    /// index are those that ask, and what a class rules out is ruled out there.
    pub(crate) fn matches(
        &mut self,
        index: &Index,
        (text, writing): (&str, Writing),
        class: TokenClass,
        reverse: bool,
    ) -> Arc<Matches> {
        let class = match reverse {
            true => TokenClass::Word,
            false => class,
        };
        let place = class_code(class) as u8 * 4 + writing as u8 + 32 * u8::from(reverse);
        let hash = hash64(space::MEMO + place, text);
        if let Some(known) = self.by_hash.get(&hash).filter(|m| m.text == text) {
            return known.clone();
        }
        let asked = Word::new(text, writing, class);
        let matches = Arc::new(Matches::of(index, &asked, reverse, &mut self.buffers));
        let size =
            matches.found.len() + 2 * matches.splits.len() + matches.split_names.len() / 8 + 4;
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
    fn of(index: &Index, asked: &Word, reverse: bool, buffers: &mut Buffers) -> Matches {
        let dictionary = &index.dictionary;
        nearby(dictionary, asked, buffers);
        let near = &mut buffers.near;
        near.sort_unstable();
        near.dedup();
        buffers.alike_sounding.sort_unstable();
        let mut matches = Matches {
            text: asked.text.to_owned(),
            at_large: asked.at_large,
            distances: near.len(),
            cut: near.len() > bounds::DISTANCES,
            ..Matches::default()
        };
        near.truncate(bounds::DISTANCES);
        for word in near.iter().copied() {
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
            let sounds_alike = || buffers.alike_sounding.binary_search(&word).is_ok();
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
            matches.add_splits(index, asked, reverse, buffers);
        }
        matches
    }

    /// Names in which neighbouring words read like this one, by their letters or
    /// their sounds, when they are run together.
    fn add_splits(&mut self, index: &Index, asked: &Word, reverse: bool, buffers: &mut Buffers) {
        let Buffers { sound, run, .. } = buffers;
        let hash = hash64(space::NEIGHBOURS, sound);
        for name in index.whole_names.get(hash) {
            if self.split_names.len() == bounds::DISTANCES {
                self.cut = true;
                break;
            }
            self.distances += 1;
            let before = self.split_words.len();
            let ids = index.word_ids(&index.names[name as usize]);
            for pair in ids.windows(2) {
                let (one, other) = (pair[0].get() >> 3, pair[1].get() >> 3);
                let text = |word| index.dictionary.word(word).text;
                run.clear();
                run.push_str(text(one));
                run.push_str(text(other));
                if is_run(run, asked) {
                    self.split_words.push((one.min(other), one.max(other)));
                }
            }
            // Three words of a customer may be one listed word as well.
            if reverse || self.split_words.len() > before {
                self.split_names.push(name);
            }
        }
        self.split_words.sort_unstable();
        self.split_words.dedup();
        let found = |word| Found::spaced(index, word, 1.0);
        let pairs = self.split_words.iter();
        self.splits = pairs
            .map(|(one, other)| (found(*one), found(*other)))
            .collect();
    }

    /// Whether two words of the list may together stand for this one.
    pub(crate) fn is_split(&self, a: u32, b: u32) -> bool {
        let pair = (a.min(b), a.max(b));
        self.split_words.binary_search(&pair).is_ok()
    }
}

/// Leaves in the buffers the words that may be alike, some of them twice, and
/// those that sound alike.
fn nearby(dictionary: &Dictionary, asked: &Word, buffers: &mut Buffers) {
    let (text, writing) = (asked.text, asked.writing);
    key_into(text, &mut buffers.sound);
    buffers.alike_sounding.clear();
    let sounding = dictionary.of_sound(&buffers.sound);
    buffers.alike_sounding.extend(sounding);
    let near = &mut buffers.near;
    near.clear();
    near.extend(dictionary.find(text, writing));
    if matches!(asked.class, TokenClass::Number | TokenClass::Initial) {
        return;
    }
    let mut short = [].iter();
    match writing {
        Writing::Plain => {
            near.extend(&buffers.alike_sounding);
            near.extend(dictionary.read_from_digits(&buffers.sound));
            near.extend(dictionary.find(text, Writing::Syllabic));
            near.extend(dictionary.same_syllable(text, Writing::Korean));
            near.extend(dictionary.same_consonants(text, Writing::Consonantal));
            let readings = unleet(text);
            near.extend(readings.iter().flat_map(|r| dictionary.alike(r)));
            short = nicknames(text).iter();
            near.extend(
                short
                    .clone()
                    .filter_map(|n| dictionary.find(n, Writing::Plain)),
            );
        }
        Writing::Syllabic => near.extend(dictionary.find(text, Writing::Plain)),
        Writing::Korean => near.extend(dictionary.same_syllable(text, Writing::Plain)),
        Writing::Consonantal => near.extend(dictionary.same_consonants(text, Writing::Plain)),
    }
    if asked.class != TokenClass::Particle {
        // Two short forms of one name may be met as if they were misspelt.
        let far = short.len() > 0;
        dictionary.maybe_typos(text, writing, far, near);
    }
}
