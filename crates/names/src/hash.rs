//! A quick hash for tables of short known words. Keys come from this crate's
//! own tables, never from outside, so nobody can choose them to collide.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// FNV-1a over 64 bits.
#[derive(Clone, Copy)]
pub(crate) struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Fnv {
        Fnv(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        // The table uses the top bits too; FNV's are weak.
        self.0 ^ (self.0 << 29) ^ (self.0 >> 31)
    }
}

pub(crate) type WordMap<K, V> = HashMap<K, V, BuildHasherDefault<Fnv>>;
pub(crate) type WordSet<K> = HashSet<K, BuildHasherDefault<Fnv>>;
