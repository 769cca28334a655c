//! The distinct words of the names so far.

use super::LEAST_SHARE;
use super::apart::NameWord;
use crate::tokens::{Writing, hash64, space, word_hashes};
use portcullis_names::key;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Hashes are spread already.
#[derive(Default)]
struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

/// The distinct words so far.
#[derive(Default)]
pub(super) struct Words {
    text: String,
    /// Where each begins in the text, and how it is written.
    places: Vec<(u32, Writing)>,
    by_hash: HashMap<u64, u32, BuildHasherDefault<AsIs>>,
}

impl Words {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// The text of all words, one after the other.
    pub(super) fn all_text(&self) -> &str {
        &self.text
    }

    /// Where each word begins in the text, and how it is written.
    pub(super) fn places(&self) -> impl Iterator<Item = (u32, Writing)> + '_ {
        self.places.iter().copied()
    }

    /// A word by its id, and how it is written.
    pub(super) fn get(&self, id: u32) -> (&str, Writing) {
        (self.text(id), self.places[id as usize].1)
    }

    /// A word by its id.
    pub(super) fn text(&self, id: u32) -> &str {
        let start = self.places[id as usize].0 as usize;
        let next = self.places.get(id as usize + 1);
        &self.text[start..next.map_or(self.text.len(), |n| n.0 as usize)]
    }

    /// The id of a word, new or known. Two words of one hash take neighbouring
    /// places.
    pub(super) fn id(&mut self, word: &NameWord) -> u32 {
        let mut hash = hash64(space::TEXT + word.writing as u8, &word.text);
        while let Some(id) = self.by_hash.get(&hash) {
            let known = self.places[*id as usize].1 == word.writing;
            if known && self.text(*id) == word.text {
                return *id;
            }
            hash = hash.wrapping_add(1);
        }
        let id = self.places.len() as u32;
        self.places.push((self.text.len() as u32, word.writing));
        self.text.push_str(&word.text);
        self.by_hash.insert(hash, id);
        id
    }

    fn of_threads<R: Send>(
        &self,
        threads: usize,
        one: impl Fn(u32, &str, Writing, &mut Vec<R>) + Sync,
    ) -> Vec<R> {
        let share = self.places.len().div_ceil(threads).max(LEAST_SHARE);
        let of_range = |start: usize| {
            let end = (start + share).min(self.places.len());
            let mut out = Vec::new();
            for id in start..end {
                one(id as u32, self.text(id as u32), self.places[id].1, &mut out);
            }
            out
        };
        let starts: Vec<usize> = (0..self.places.len()).step_by(share).collect();
        if let [] | [_] = starts[..] {
            return starts.first().map(|s| of_range(*s)).unwrap_or_default();
        }
        let of_range = &of_range;
        std::thread::scope(|scope| {
            let shares = starts.iter().map(|s| scope.spawn(move || of_range(*s)));
            let shares: Vec<_> = shares.collect();
            let mut all = Vec::new();
            for share in shares {
                match share.join() {
                    Ok(done) if all.is_empty() => all = done,
                    Ok(done) => all.extend(done),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            all
        })
    }

    /// Every hash under which each word is found.
    pub(super) fn hashes(&self, threads: usize) -> Vec<(u64, u32)> {
        self.of_threads(threads, |id, text, writing, out| {
            word_hashes(text, writing, &mut |hash| out.push((hash, id)));
        })
    }

    /// For each word a number for its sound, and how many sounds there are.
    pub(super) fn sounds(&self, threads: usize) -> (Vec<u32>, usize) {
        let hashes = self.of_threads(threads, |_, text, writing, out| {
            out.push(match writing {
                Writing::Plain => hash64(space::KEY, &key(text)),
                other => hash64(space::TEXT + other as u8, text),
            });
        });
        let mut ids: HashMap<u64, u32, BuildHasherDefault<AsIs>> = HashMap::default();
        let numbered = hashes.iter().map(|hash| {
            let next = ids.len() as u32;
            *ids.entry(*hash).or_insert(next)
        });
        let numbered: Vec<u32> = numbered.collect();
        (numbered, ids.len())
    }
}
