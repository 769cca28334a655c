//! The dictionary of distinct words of a list: each is stored, weighed and
//! looked up once, however many names it stands in.

use portcullis_names::{Script, Token, TokenClass, is_common_name, key, skeletons, syllable_key};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// How a word's Latin form came about, which decides what it compares with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) enum Writing {
    /// From an alphabet with vowels: compares letter by letter.
    Plain,
    /// From Arabic or Hebrew: compares by consonants.
    Consonantal,
    /// A syllable of Chinese characters or Kana.
    Syllabic,
    /// A Korean syllable.
    Korean,
}

impl Writing {
    pub(crate) fn of(script: Script) -> Writing {
        match script {
            Script::Arabic | Script::Hebrew => Writing::Consonantal,
            Script::Han | Script::Kana => Writing::Syllabic,
            Script::Hangul => Writing::Korean,
            _ => Writing::Plain,
        }
    }
}

/// Longest part of a word that is used to find typing errors.
const PREFIX: usize = 8;

/// Stable 64-bit hash (FNV-1a with a final mix): ids in stored indexes depend
/// on it, so it never changes within one format version.
pub(crate) fn hash64(space: u8, text: &str) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    // The space is hashed as a byte of its own, or it would cancel out
    // against the first letter.
    for byte in std::iter::once(space).chain(text.bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    }
    hash ^= hash >> 32;
    hash = hash.wrapping_mul(0xd6e8_feb8_6659_fd93);
    hash ^ (hash >> 32)
}

/// Key spaces, so that a key and a skeleton that read alike stay apart.
pub(crate) mod space {
    pub const NATIVE_NAME: u8 = 1;
    pub const LATIN_NAME: u8 = 2;
    pub const JOINED_NAME: u8 = 3;
    pub const IDENTIFIER: u8 = 4;
    pub const TEXT: u8 = 10;
    pub const KEY: u8 = 20;
    pub const SKELETON: u8 = 30;
    pub const KOREAN: u8 = 40;
    pub const TYPO: u8 = 50;
}

/// The place of a word in a key space of its writing.
pub(crate) fn slot(space: u8, writing: Writing) -> u8 {
    space + writing as u8
}

/// Entries found by hash: sorted pairs, and where each leading part of the
/// hash begins among them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Lookup {
    pairs: Vec<(u64, u32)>,
    /// Derived from the pairs; not stored. Empty: search all pairs.
    #[serde(skip)]
    starts: Vec<u32>,
}

impl Lookup {
    pub(crate) fn from_pairs(mut pairs: Vec<(u64, u32)>) -> Lookup {
        pairs.sort_unstable();
        pairs.dedup();
        pairs.shrink_to_fit();
        let mut lookup = Lookup {
            pairs,
            starts: Vec::new(),
        };
        lookup.prepare();
        lookup
    }

    /// Derives what is not stored. To be called on sorted pairs only.
    pub(crate) fn prepare(&mut self) {
        let bits = self.pairs.len().max(2).ilog2();
        let mut starts = vec![0u32; (1 << bits) + 1];
        for (hash, _) in &self.pairs {
            starts[(hash >> (64 - bits)) as usize + 1] += 1;
        }
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        self.starts = starts;
    }

    /// The pairs among which a hash must stand.
    fn near(&self, hash: u64) -> &[(u64, u32)] {
        if self.starts.len() < 3 {
            return &self.pairs;
        }
        let bits = (self.starts.len() - 1).ilog2();
        let bucket = (hash >> (64 - bits)) as usize;
        &self.pairs[self.starts[bucket] as usize..self.starts[bucket + 1] as usize]
    }

    /// Everything stored under a hash.
    pub(crate) fn get(&self, hash: u64) -> impl Iterator<Item = u32> + '_ {
        let near = self.near(hash);
        let start = near.partition_point(|(h, _)| *h < hash);
        near[start..]
            .iter()
            .take_while(move |(h, _)| *h == hash)
            .map(|(_, id)| *id)
    }

    /// Whether every id is below a bound and the order is right.
    pub(crate) fn is_valid(&self, bound: usize) -> bool {
        let in_range = self.pairs.iter().all(|(_, id)| (*id as usize) < bound);
        in_range && self.pairs.is_sorted() && u32::try_from(self.pairs.len()).is_ok()
    }
}

/// One distinct word of the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Word {
    pub text: String,
    pub writing: Writing,
    /// Rarity in bits, by entities that bear any spelling of the word.
    pub bits: f32,
    /// In how many entities this very spelling stands.
    pub entities: u32,
}

/// The dictionary and its look-ups.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Dictionary {
    pub words: Vec<Word>,
    by_text: Lookup,
    by_key: Lookup,
    by_skeleton: Lookup,
    by_korean: Lookup,
    by_typo: Lookup,
}

impl Dictionary {
    /// Builds the look-ups for words whose rarity is already set.
    pub(crate) fn build(words: Vec<Word>) -> Dictionary {
        let mut by_text = Vec::new();
        let mut by_key = Vec::new();
        let mut by_skeleton = Vec::new();
        let mut by_korean = Vec::new();
        let mut by_typo = Vec::new();
        for (id, word) in words.iter().enumerate() {
            let id = id as u32;
            let text = word.text.as_str();
            let writing = word.writing;
            by_text.push((hash64(slot(space::TEXT, writing), text), id));
            match writing {
                Writing::Plain => {
                    by_key.push((hash64(space::KEY, &key(text)), id));
                    if text.len() <= 7 {
                        let korean = syllable_key(text);
                        by_korean.push((hash64(slot(space::KOREAN, writing), &korean), id));
                    }
                }
                Writing::Korean => {
                    let korean = syllable_key(text);
                    by_korean.push((hash64(slot(space::KOREAN, writing), &korean), id));
                }
                _ => {}
            }
            if text.len() >= 2 && matches!(writing, Writing::Plain | Writing::Consonantal) {
                for skeleton in skeletons(text) {
                    by_skeleton.push((hash64(slot(space::SKELETON, writing), &skeleton), id));
                }
            }
            if text.len() >= 3 && writing != Writing::Korean {
                for_typos(text, writing, &mut |hash| by_typo.push((hash, id)));
            }
        }
        Dictionary {
            words,
            by_text: Lookup::from_pairs(by_text),
            by_key: Lookup::from_pairs(by_key),
            by_skeleton: Lookup::from_pairs(by_skeleton),
            by_korean: Lookup::from_pairs(by_korean),
            by_typo: Lookup::from_pairs(by_typo),
        }
    }

    pub(crate) fn word(&self, id: u32) -> &Word {
        &self.words[id as usize]
    }

    /// The word that reads so in this writing, if the list has it.
    pub(crate) fn find(&self, text: &str, writing: Writing) -> Option<u32> {
        let hash = hash64(slot(space::TEXT, writing), text);
        let mut found = self.by_text.get(hash);
        found.find(|id| self.word(*id).text == text && self.word(*id).writing == writing)
    }

    /// Words with an alphabet that sound alike.
    pub(crate) fn alike(&self, text: &str) -> impl Iterator<Item = u32> + '_ {
        self.by_key.get(hash64(space::KEY, &key(text)))
    }

    /// Words of a writing with the same consonants.
    pub(crate) fn same_consonants(&self, text: &str, writing: Writing) -> Vec<u32> {
        let mut found: Vec<u32> = skeletons(text)
            .iter()
            .flat_map(|s| {
                self.by_skeleton
                    .get(hash64(slot(space::SKELETON, writing), s))
            })
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Words of a writing that spell the same Korean syllable.
    pub(crate) fn same_syllable(&self, text: &str, writing: Writing) -> Vec<u32> {
        let hash = hash64(slot(space::KOREAN, writing), &syllable_key(text));
        self.by_korean.get(hash).collect()
    }

    /// Words of the same writing that may be one or two typing errors away;
    /// the distance itself is still to be checked.
    pub(crate) fn maybe_typos(&self, text: &str, writing: Writing) -> Vec<u32> {
        let mut found = Vec::new();
        for_typos(text, writing, &mut |hash| {
            found.extend(self.by_typo.get(hash))
        });
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Derives what is not stored.
    pub(crate) fn prepare(&mut self) {
        let lookups = [
            &mut self.by_text,
            &mut self.by_key,
            &mut self.by_skeleton,
            &mut self.by_korean,
            &mut self.by_typo,
        ];
        lookups.into_iter().for_each(Lookup::prepare);
    }

    /// Whether all ids are in range, for bytes that come from outside.
    pub(crate) fn is_valid(&self) -> bool {
        let bound = self.words.len();
        let lookups = [
            &self.by_text,
            &self.by_key,
            &self.by_skeleton,
            &self.by_korean,
            &self.by_typo,
        ];
        lookups.iter().all(|l| l.is_valid(bound)) && self.words.iter().all(|w| w.bits.is_finite())
    }
}

/// A word letter by letter as it was typed: one Arabic or Hebrew letter that
/// takes two Latin ones is one letter, so that leaving it out is one error.
pub(crate) fn typed_letters(text: &str, writing: Writing) -> Cow<'_, str> {
    if writing != Writing::Consonantal {
        return Cow::Borrowed(text);
    }
    const PAIRS: [(&str, &str); 7] = [
        ("kh", "K"),
        ("gh", "G"),
        ("sh", "S"),
        ("th", "T"),
        ("dh", "D"),
        ("ch", "C"),
        ("zh", "Z"),
    ];
    let mut letters = text.to_owned();
    for (pair, letter) in PAIRS {
        letters = letters.replace(pair, letter);
    }
    // The vowel that only keeps two letters apart was not typed.
    letters.retain(|c| c != 'e');
    Cow::Owned(letters)
}

/// How many edits are looked for in a word of this length.
pub(crate) fn typo_reach(len: usize) -> usize {
    match len {
        0..=2 => 0,
        3..=7 => 1,
        _ => 2,
    }
}

/// The start of a word with up to two letters left out: two words within that
/// many edits share one of these (symmetric deletion).
fn for_typos(text: &str, writing: Writing, each: &mut dyn FnMut(u64)) {
    let letters = typed_letters(text, writing);
    let text = letters.as_ref();
    let start = &text.as_bytes()[..text.len().min(PREFIX)];
    let space = slot(space::TYPO, writing);
    let mut buffer = [0u8; PREFIX];
    let mut emit = |skip: [usize; 2]| {
        let mut len = 0;
        for (i, byte) in start.iter().enumerate() {
            if !skip.contains(&i) {
                buffer[len] = *byte;
                len += 1;
            }
        }
        // Words here are ASCII, so the bytes are text.
        each(hash64(
            space,
            std::str::from_utf8(&buffer[..len]).unwrap_or(""),
        ));
    };
    let none = usize::MAX;
    emit([none, none]);
    for first in 0..start.len() {
        emit([first, none]);
        if typo_reach(text.len()) == 2 {
            (first + 1..start.len()).for_each(|second| emit([first, second]));
        }
    }
}

/// Evidence of sharing a word, in bits: how rare it is among the entities of
/// the list, held against a world of at least ten thousand, and never more
/// than a little for names that millions bear.
pub(crate) fn rarity_bits(text: &str, writing: Writing, bearers: u32, entities: usize) -> f64 {
    let world = entities.max(10_000) as f64;
    let bits = ((world + 1.0) / (f64::from(bearers) + 0.5)).log2();
    let most = match writing {
        Writing::Plain if is_common_name(text) => 6.0,
        Writing::Plain | Writing::Consonantal if text.len() <= 2 => 6.0,
        Writing::Syllabic | Writing::Korean => 6.0,
        _ => 14.0,
    };
    bits.clamp(1.0, most)
}

/// How much of a word's rarity its class lets count.
pub(crate) fn class_share(class: TokenClass) -> f64 {
    match class {
        TokenClass::Word => 1.0,
        TokenClass::Generic => 0.45,
        TokenClass::Place => 0.55,
        TokenClass::Number => 0.5,
        TokenClass::Initial => 0.3,
        TokenClass::Particle => 0.08,
    }
}

/// A word's class in three bits, stored beside its id.
pub(crate) fn class_code(class: TokenClass) -> u32 {
    match class {
        TokenClass::Word => 0,
        TokenClass::Generic => 1,
        TokenClass::Place => 2,
        TokenClass::Number => 3,
        TokenClass::Initial => 4,
        TokenClass::Particle => 5,
    }
}

/// The class of a code; anything unknown is a plain word.
pub(crate) fn class_of(code: u32) -> TokenClass {
    match code & 7 {
        1 => TokenClass::Generic,
        2 => TokenClass::Place,
        3 => TokenClass::Number,
        4 => TokenClass::Initial,
        5 => TokenClass::Particle,
        _ => TokenClass::Word,
    }
}

/// The dictionary form of a prepared word.
pub(crate) fn entry(token: &Token) -> (&str, Writing) {
    (token.latin.as_str(), Writing::of(token.script))
}
