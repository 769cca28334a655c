//! The dictionary of distinct words of a list: each is stored, weighed and
//! looked up once, however many names it stands in.

use crate::table::{Lookup, Table};
use portcullis_names::{
    Script, Token, TokenClass, is_common_name, key, skeletons, syllable_key, unleet,
};
use std::borrow::Cow;
use std::sync::Arc;
use zerocopy::little_endian::{F32, U32};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

/// How a word's Latin form came about, which decides what it compares with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    /// The writing of a number in a segment; unknown ones were refused.
    pub(crate) fn of_code(code: u8) -> Writing {
        match code {
            1 => Writing::Consonantal,
            2 => Writing::Syllabic,
            3 => Writing::Korean,
            _ => Writing::Plain,
        }
    }

    pub(crate) fn of(script: Script) -> Writing {
        match script {
            Script::Arabic | Script::Hebrew => Writing::Consonantal,
            Script::Han | Script::Kana => Writing::Syllabic,
            Script::Hangul => Writing::Korean,
            _ => Writing::Plain,
        }
    }
}

/// Longest part of a word that is used to find typing errors: the length from
/// which two are looked for, or a word of that length would not be found by one
/// that is shorter by a letter.
const PREFIX: usize = 8;
/// Ways to leave out none, one or two letters of it.
const MOST_STARTS: usize = 1 + PREFIX + PREFIX * (PREFIX - 1) / 2;

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
    pub const ENTITY_ID: u8 = 5;
    pub const TEXT: u8 = 10;
    pub const KEY: u8 = 20;
    pub const SKELETON: u8 = 30;
    pub const KOREAN: u8 = 40;
    pub const TYPO: u8 = 50;
    /// Words with digits, by the sound of what they read as.
    pub const DIGITS: u8 = 60;
    /// Names by the sound of two neighbouring words run together.
    pub const NEIGHBOURS: u8 = 70;
    /// Names by the first letters of their words.
    pub const ACRONYM: u8 = 71;
    /// Not stored: words remembered while asking, by class and writing.
    pub const MEMO: u8 = 100;
}

/// The place of a word in a key space of its writing.
pub(crate) fn slot(space: u8, writing: Writing) -> u8 {
    space + writing as u8
}

/// One distinct word of the list, as it stands in a segment.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub(crate) struct WordRow {
    /// Where the word stands in the text of all words.
    pub start: U32,
    pub end: U32,
    /// In how many entities this very spelling stands.
    pub entities: U32,
    /// Rarity in bits, by entities that bear any spelling of the word.
    pub bits: F32,
    /// Rarity in bits among names at large; decides the word's share of a name.
    pub at_large: F32,
    /// [`Writing`] as a number.
    pub writing: u8,
    /// Which letters it has, as bits; see [`letters`].
    pub letters: [u8; 3],
}

impl WordRow {
    fn letters(&self) -> u32 {
        let [a, b, c] = self.letters;
        u32::from_le_bytes([a, b, c, 0])
    }

    fn len(&self) -> usize {
        (self.end.get() - self.start.get()) as usize
    }
}

/// Which letters a word has, one bit each; q and x share one with k and z, and
/// digits have those of the first letters. A typing error changes at most two
/// of the bits.
pub(crate) fn letters(text: &str) -> [u8; 3] {
    let bit = |byte: u8| match byte {
        b'q' => 10,
        b'x' => 23,
        b'y' => 16,
        b'z' => 23,
        b'a'..=b'w' => byte - b'a',
        _ => byte % 24,
    };
    let bits = text.bytes().fold(0u32, |bits, byte| bits | 1 << bit(byte));
    let [a, b, c, _] = bits.to_le_bytes();
    [a, b, c]
}

/// One distinct word of the list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Word<'d> {
    pub text: &'d str,
    pub writing: Writing,
    /// Rarity in bits, by entities that bear any spelling of the word.
    pub bits: f32,
    /// Rarity in bits among names at large; decides the word's share of a name.
    pub at_large: f32,
    /// In how many entities this very spelling stands.
    pub entities: u32,
}

/// The dictionary and its look-ups.
#[derive(Clone, Default)]
pub(crate) struct Dictionary {
    pub rows: Table<WordRow>,
    pub text: Arc<str>,
    /// Every key space of words in one table; the space is part of the hash.
    pub lookup: Lookup,
}

impl Dictionary {
    pub(crate) fn word(&self, id: u32) -> Word<'_> {
        let row = &self.rows[id as usize];
        let text = row.start.get() as usize..row.end.get() as usize;
        Word {
            // Words are ASCII, which was checked when the segment was opened.
            text: self.text.get(text).unwrap_or(""),
            writing: Writing::of_code(row.writing),
            bits: row.bits.get(),
            at_large: row.at_large.get(),
            entities: row.entities.get(),
        }
    }

    /// The word that reads so in this writing, if the list has it.
    pub(crate) fn find(&self, text: &str, writing: Writing) -> Option<u32> {
        let hash = hash64(slot(space::TEXT, writing), text);
        let is_it = |id: &u32| {
            let word = self.word(*id);
            word.text == text && word.writing == writing
        };
        self.lookup.get(hash).find(is_it)
    }

    /// Words with an alphabet that sound alike.
    pub(crate) fn alike(&self, text: &str) -> impl Iterator<Item = u32> + '_ {
        self.of_sound(&key(text))
    }

    /// Words with an alphabet of a sound, as [`key`] writes it.
    pub(crate) fn of_sound(&self, sound: &str) -> impl Iterator<Item = u32> + use<'_> {
        self.lookup.get(hash64(space::KEY, sound))
    }

    /// Words with digits for letters that read like a sound.
    pub(crate) fn read_from_digits(&self, sound: &str) -> impl Iterator<Item = u32> + use<'_> {
        self.lookup.get(hash64(space::DIGITS, sound))
    }

    /// Words of a writing with the same consonants.
    pub(crate) fn same_consonants(&self, text: &str, writing: Writing) -> Vec<u32> {
        let space = slot(space::SKELETON, writing);
        let mut found: Vec<u32> = skeletons(text)
            .iter()
            .flat_map(|s| self.lookup.get(hash64(space, s)))
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Words of a writing that spell the same Korean syllable.
    pub(crate) fn same_syllable(&self, text: &str, writing: Writing) -> Vec<u32> {
        let hash = hash64(slot(space::KOREAN, writing), &syllable_key(text));
        self.lookup.get(hash).collect()
    }

    /// Words of the same writing that may be one or two typing errors away,
    /// some of them twice; the distance itself is still to be checked. With
    /// `far`, those are left in that share the start and differ too much for a
    /// typing error.
    pub(crate) fn maybe_typos(&self, text: &str, writing: Writing, far: bool, out: &mut Vec<u32>) {
        let [a, b, c] = letters(text);
        let own = u32::from_le_bytes([a, b, c, 0]);
        let near = |id: &u32| {
            let row = &self.rows[*id as usize];
            let reach = typo_reach(text.len().max(row.len()));
            let other = (row.letters() ^ own).count_ones() as usize;
            other <= 2 * reach && row.len().abs_diff(text.len()) <= reach
        };
        // Letters that were typed are other ones where vowels are not written.
        let far = far || writing != Writing::Plain;
        let (mut hashes, mut count) = ([0u64; MOST_STARTS], 0);
        for_typos(text, writing, &mut |hash| {
            hashes[count] = hash;
            count += 1;
        });
        // All places first: the memory is waited for once, not each time.
        let mut places = [(0, 0); MOST_STARTS];
        for (hash, place) in hashes[..count].iter().zip(&mut places) {
            let bucket = self.lookup.bucket(*hash);
            *place = (bucket.start, bucket.end);
        }
        for (hash, (start, end)) in hashes[..count].iter().zip(places) {
            let found = self.lookup.get_in(start..end, *hash);
            out.extend(found.filter(|id| far || near(id)));
        }
    }

    /// Whether the parts fit together, for bytes that come from outside.
    pub(crate) fn is_valid(&self) -> bool {
        let text_fits = |row: &WordRow| {
            row.start.get() <= row.end.get() && row.end.get() as usize <= self.text.len()
        };
        let sound = |row: &WordRow| {
            row.bits.get().is_finite()
                && row.at_large.get().is_finite()
                && row.writing <= Writing::Korean as u8
        };
        // Ids share their number with three bits of class.
        self.rows.len() < 1 << 29
            && self.text.is_ascii()
            && self.rows.iter().all(|row| text_fits(row) && sound(row))
            && self.lookup.is_valid(self.rows.len())
    }
}

/// Every hash under which a word is to be found.
pub(crate) fn word_hashes(text: &str, writing: Writing, each: &mut dyn FnMut(u64)) {
    each(hash64(slot(space::TEXT, writing), text));
    match writing {
        Writing::Plain => {
            each(hash64(space::KEY, &key(text)));
            for reading in unleet(text) {
                each(hash64(space::DIGITS, &key(&reading)));
            }
            if text.len() <= 7 {
                each(hash64(slot(space::KOREAN, writing), &syllable_key(text)));
            }
        }
        Writing::Korean => each(hash64(slot(space::KOREAN, writing), &syllable_key(text))),
        _ => {}
    }
    if text.len() >= 2 && matches!(writing, Writing::Plain | Writing::Consonantal) {
        for skeleton in skeletons(text) {
            each(hash64(slot(space::SKELETON, writing), &skeleton));
        }
    }
    if text.len() >= 3 && writing != Writing::Korean {
        for_typos(text, writing, each);
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
