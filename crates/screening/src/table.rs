//! Rows of fixed size and hash tables, read in place from a segment.

use bytes::Bytes;
use std::marker::PhantomData;
use std::ops::Deref;
use zerocopy::little_endian::{U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

/// What can stand in a segment: plain little-endian fields without padding.
pub(crate) trait Row: FromBytes + IntoBytes + Immutable + KnownLayout + Unaligned {}
impl<T: FromBytes + IntoBytes + Immutable + KnownLayout + Unaligned> Row for T {}

/// One section of a segment as rows. Nothing is copied.
#[derive(Clone)]
pub(crate) struct Table<T> {
    bytes: Bytes,
    of: PhantomData<fn() -> T>,
}

impl<T: Row> Table<T> {
    /// `None` if the bytes are not a whole number of rows.
    pub(crate) fn new(bytes: Bytes) -> Option<Table<T>> {
        <[T]>::ref_from_bytes(&bytes).ok()?;
        let of = PhantomData;
        Some(Table { bytes, of })
    }
}

impl<T> Default for Table<T> {
    fn default() -> Table<T> {
        Table {
            bytes: Bytes::new(),
            of: PhantomData,
        }
    }
}

impl<T: Row> Deref for Table<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        // Checked when it was made; rows have no alignment.
        <[T]>::ref_from_bytes(&self.bytes).unwrap_or(&[])
    }
}

/// Whether starts begin at 0, never fall, and end at `len`.
pub(crate) fn starts_fit(starts: &[U32], len: usize) -> bool {
    let in_order = starts.windows(2).all(|w| w[0].get() <= w[1].get());
    let first = starts.first().is_some_and(|s| s.get() == 0);
    let last = starts.last().is_some_and(|s| s.get() as usize == len);
    in_order && first && last
}

/// Whether every id lies below a bound.
pub(crate) fn all_below(ids: &[U32], bound: usize) -> bool {
    ids.iter().all(|id| (id.get() as usize) < bound)
}

/// Ids found by 64-bit hash: pairs in buckets by the leading bits of the hash.
#[derive(Clone, Default)]
pub(crate) struct Lookup {
    /// Where each bucket begins; a power of two and one more.
    pub starts: Table<U32>,
    pub hashes: Table<U64>,
    pub ids: Table<U32>,
}

impl Lookup {
    /// Everything stored under a hash, in the order of ids.
    pub(crate) fn get(&self, hash: u64) -> impl Iterator<Item = u32> + '_ {
        self.get_in(self.bucket(hash), hash)
    }

    /// The same, of which the bucket is known.
    pub(crate) fn get_in(
        &self,
        range: std::ops::Range<usize>,
        hash: u64,
    ) -> impl Iterator<Item = u32> + '_ {
        let hashes = &self.hashes[range.clone()];
        let ids = &self.ids[range];
        let found = hashes.iter().zip(ids).filter(move |(h, _)| h.get() == hash);
        found.map(|(_, id)| id.get())
    }

    /// Where the ids of a hash stand, with those of others.
    pub(crate) fn bucket(&self, hash: u64) -> std::ops::Range<usize> {
        let starts: &[U32] = &self.starts;
        if starts.len() < 3 {
            return 0..self.ids.len();
        }
        let bits = (starts.len() - 1).ilog2();
        let bucket = (hash >> (64 - bits)) as usize;
        starts[bucket].get() as usize..starts[bucket + 1].get() as usize
    }

    /// Whether the parts fit together and every id lies below a bound.
    pub(crate) fn is_valid(&self, bound: usize) -> bool {
        let buckets = self.starts.len().wrapping_sub(1);
        buckets.is_power_of_two()
            && self.hashes.len() == self.ids.len()
            && starts_fit(&self.starts, self.ids.len())
            && all_below(&self.ids, bound)
    }
}

/// A [`Lookup`] that is being filled.
#[derive(Default)]
pub(crate) struct LookupParts {
    pub starts: Vec<U32>,
    pub hashes: Vec<U64>,
    pub ids: Vec<U32>,
}

impl LookupParts {
    /// Sorts pairs of hash and id into buckets; a pair counts once.
    pub(crate) fn of(mut pairs: Vec<(u64, u32)>) -> LookupParts {
        pairs.sort_unstable();
        pairs.dedup();
        let bits = pairs.len().max(2).ilog2();
        let mut starts = vec![0u32; (1 << bits) + 1];
        for (hash, _) in &pairs {
            starts[(hash >> (64 - bits)) as usize + 1] += 1;
        }
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        LookupParts {
            starts: starts.into_iter().map(U32::new).collect(),
            hashes: pairs.iter().map(|(hash, _)| U64::new(*hash)).collect(),
            ids: pairs.iter().map(|(_, id)| U32::new(*id)).collect(),
        }
    }
}
