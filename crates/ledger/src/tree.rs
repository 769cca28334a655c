//! The Merkle tree of RFC 6962 over stored hashes: root, inclusion and consistency.
//!
//! Hashes live wherever the caller keeps them, under the dense *stored index* of Crosby and
//! Wallach that `golang.org/x/mod/sumdb/tlog` and C2SP use: each entry adds its leaf hash and the
//! hash of every subtree it completes. All functions here are pure. Storage that cannot be read
//! synchronously asks the `*_indexes` functions first, fetches those hashes in one query, and
//! passes them as a map.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use tlog_tiles::tlog;

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// The largest tree handled: 2⁴⁸ entries. It keeps stored indexes within a signed 64-bit column
/// and every sum in this crate far from overflow.
pub const MAX_TREE_SIZE: u64 = 1 << 48;

/// The longest entry in bytes: entry bundles give its length in 16 bits (c2sp.org/tlog-tiles).
pub const MAX_ENTRY_BYTES: usize = u16::MAX as usize;

/// Where stored hashes are read from.
pub trait HashReader {
    /// Returns the hashes under the given stored indexes, in the same order and number.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if any of them cannot be had.
    fn read(&self, indexes: &[u64]) -> Result<Vec<Hash>, ReadError>;
}

/// Why a stored hash cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// No hash is stored under this index.
    #[error("the stored hash {0} is missing")]
    Missing(u64),
    /// The storage failed.
    #[error("the stored hashes cannot be read")]
    Storage(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Why a root or proof cannot be computed, or does not hold.
#[derive(Debug, thiserror::Error)]
pub enum TreeError {
    /// The tree is larger than [`MAX_TREE_SIZE`].
    #[error("a tree of {size} entries is larger than the limit of {MAX_TREE_SIZE}")]
    TooLarge {
        /// Size asked for, in entries.
        size: u64,
    },
    /// The entry is longer than [`MAX_ENTRY_BYTES`].
    #[error("an entry of {bytes} bytes is longer than the limit of {MAX_ENTRY_BYTES}")]
    EntryTooLong {
        /// Length of the entry.
        bytes: usize,
    },
    /// There is no such entry in a tree of this size.
    #[error("entry {index} is not in a tree of {size} entries")]
    NoSuchEntry {
        /// Index asked for, from 0.
        index: u64,
        /// Size of the tree, in entries.
        size: u64,
    },
    /// The older tree is larger than the newer one.
    #[error("a tree of {old} entries cannot be the beginning of one of {new}")]
    Shrunk {
        /// Size of the older tree.
        old: u64,
        /// Size of the newer tree.
        new: u64,
    },
    /// A stored hash is missing or the storage failed.
    #[error("the tree cannot be computed")]
    Read(#[from] ReadError),
    /// The storage broke its contract.
    #[error("{asked} stored hashes were asked for and {got} came")]
    WrongCount {
        /// How many were asked for.
        asked: usize,
        /// How many came.
        got: usize,
    },
    /// The hashes of the proof do not lead from the entry, or the older root, to the root.
    #[error("the hashes of the proof do not lead to the root")]
    DoesNotHold,
}

/// The leaf hash of an entry: SHA-256(0x00 ‖ entry), RFC 6962 section 2.1.
pub fn leaf_hash(entry: &[u8]) -> Hash {
    tlog::record_hash(entry).0
}

/// SHA-256(0x01 ‖ left ‖ right), RFC 6962 section 2.1.
pub(crate) fn node_hash(left: Hash, right: Hash) -> Hash {
    tlog::node_hash(tlog::Hash(left), tlog::Hash(right)).0
}

/// How many hashes are stored for a tree of `size` entries: the next entry's hashes go there.
///
/// # Errors
///
/// [`TreeError::TooLarge`].
pub fn stored_count(size: u64) -> Result<u64, TreeError> {
    within_limit(size)?;
    Ok(tlog::stored_hash_count(size))
}

/// Stored index of the `position`th hash at `level`; level 0 holds the leaf hashes, a hash at
/// level `n` covers 2ⁿ entries.
///
/// # Errors
///
/// [`TreeError::TooLarge`] if that subtree ends beyond the largest tree.
pub fn stored_index(level: u8, position: u64) -> Result<u64, TreeError> {
    let end = u128::from(position) + 1;
    let entries = end.checked_shl(level.into()).filter(|n| n >> level == end);
    match entries {
        Some(n) if n <= u128::from(MAX_TREE_SIZE) => Ok(tlog::stored_hash_index(level, position)),
        _ => Err(TreeError::TooLarge { size: u64::MAX }),
    }
}

/// Root of the tree of the first `size` entries.
///
/// # Errors
///
/// [`TreeError::TooLarge`], or a hash that cannot be read.
pub fn root(size: u64, reader: &impl HashReader) -> Result<Hash, TreeError> {
    within_limit(size)?;
    through(reader, |hashes| tlog::tree_hash(size, hashes)).map(|hash| hash.0)
}

/// The stored indexes that [`root`], and [`Edge::read`](crate::Edge::read), will ask for.
///
/// # Errors
///
/// [`TreeError::TooLarge`].
pub fn root_indexes(size: u64) -> Result<Vec<u64>, TreeError> {
    within_limit(size)?;
    Ok(tlog::sub_tree_index(0, size, Vec::new()))
}

/// Proof that entry `index` is in the tree of `size` entries: the hashes from the leaf's sibling
/// up, RFC 6962 section 2.1.1.
///
/// # Errors
///
/// [`TreeError::NoSuchEntry`], [`TreeError::TooLarge`], or a hash that cannot be read.
pub fn inclusion_proof(
    index: u64,
    size: u64,
    reader: &impl HashReader,
) -> Result<Vec<Hash>, TreeError> {
    has_entry(index, size)?;
    let proof = through(reader, |hashes| tlog::prove_record(size, index, hashes))?;
    Ok(proof.into_iter().map(|hash| hash.0).collect())
}

/// The stored indexes that [`inclusion_proof`] will ask for.
///
/// # Errors
///
/// [`TreeError::NoSuchEntry`], [`TreeError::TooLarge`].
pub fn inclusion_indexes(index: u64, size: u64) -> Result<Vec<u64>, TreeError> {
    let recorder = Recorder::default();
    inclusion_proof(index, size, &recorder)?;
    Ok(recorder.asked.into_inner())
}

/// Proof that the tree of `old` entries is the beginning of the tree of `new` entries, RFC 6962
/// section 2.1.2. Empty if `old` is 0 or equals `new`.
///
/// # Errors
///
/// [`TreeError::Shrunk`], [`TreeError::TooLarge`], or a hash that cannot be read.
pub fn consistency_proof(
    old: u64,
    new: u64,
    reader: &impl HashReader,
) -> Result<Vec<Hash>, TreeError> {
    not_shrunk(old, new)?;
    if old == 0 {
        return Ok(Vec::new());
    }
    let proof = through(reader, |hashes| tlog::prove_tree(new, old, hashes))?;
    Ok(proof.into_iter().map(|hash| hash.0).collect())
}

/// The stored indexes that [`consistency_proof`] will ask for.
///
/// # Errors
///
/// [`TreeError::Shrunk`], [`TreeError::TooLarge`].
pub fn consistency_indexes(old: u64, new: u64) -> Result<Vec<u64>, TreeError> {
    let recorder = Recorder::default();
    consistency_proof(old, new, &recorder)?;
    Ok(recorder.asked.into_inner())
}

/// Checks a proof made by [`inclusion_proof`]: the tree of `size` entries with this `root` holds
/// the entry with this leaf hash at `index`.
///
/// # Errors
///
/// [`TreeError::DoesNotHold`], [`TreeError::NoSuchEntry`], [`TreeError::TooLarge`].
pub fn verify_inclusion(
    proof: &[Hash],
    index: u64,
    size: u64,
    leaf_hash: Hash,
    root: Hash,
) -> Result<(), TreeError> {
    has_entry(index, size)?;
    let path = to_tlog(proof);
    tlog::check_record(&path, size, tlog::Hash(root), index, tlog::Hash(leaf_hash))
        .map_err(|_| TreeError::DoesNotHold)
}

/// Checks a proof made by [`consistency_proof`]: nothing in the older tree was changed or removed
/// on the way to the newer one.
///
/// # Errors
///
/// [`TreeError::DoesNotHold`], [`TreeError::Shrunk`], [`TreeError::TooLarge`].
pub fn verify_consistency(
    proof: &[Hash],
    old: u64,
    old_root: Hash,
    new: u64,
    new_root: Hash,
) -> Result<(), TreeError> {
    not_shrunk(old, new)?;
    if old == 0 {
        let holds = proof.is_empty() && old_root == tlog::EMPTY_HASH.0;
        // An empty tree begins every tree, but equal sizes must still have equal roots.
        let holds = holds && (new > 0 || new_root == old_root);
        return if holds {
            Ok(())
        } else {
            Err(TreeError::DoesNotHold)
        };
    }
    let path = to_tlog(proof);
    tlog::check_tree(&path, new, tlog::Hash(new_root), old, tlog::Hash(old_root))
        .map_err(|_| TreeError::DoesNotHold)
}

fn to_tlog(hashes: &[Hash]) -> Vec<tlog::Hash> {
    hashes.iter().copied().map(tlog::Hash).collect()
}

pub(crate) fn within_limit(size: u64) -> Result<(), TreeError> {
    if size > MAX_TREE_SIZE {
        return Err(TreeError::TooLarge { size });
    }
    Ok(())
}

fn has_entry(index: u64, size: u64) -> Result<(), TreeError> {
    within_limit(size)?;
    if index >= size {
        return Err(TreeError::NoSuchEntry { index, size });
    }
    Ok(())
}

fn not_shrunk(old: u64, new: u64) -> Result<(), TreeError> {
    within_limit(new)?;
    if old > new {
        return Err(TreeError::Shrunk { old, new });
    }
    Ok(())
}

/// Reads exactly as many hashes as asked for.
pub(crate) fn read_exactly(
    reader: &impl HashReader,
    indexes: &[u64],
) -> Result<Vec<Hash>, TreeError> {
    let hashes = reader.read(indexes)?;
    if hashes.len() != indexes.len() {
        return Err(TreeError::WrongCount {
            asked: indexes.len(),
            got: hashes.len(),
        });
    }
    Ok(hashes)
}

/// Runs a function of `tlog_tiles` over our reader. That crate has no error for a failing storage
/// and panics on a wrong number of hashes, so both are caught here and kept aside.
fn through<R: HashReader, T>(
    reader: &R,
    compute: impl FnOnce(&Bridge<'_, R>) -> Result<T, tlog::Error>,
) -> Result<T, TreeError> {
    let bridge = Bridge {
        reader,
        failure: RefCell::new(None),
    };
    let computed = compute(&bridge);
    match bridge.failure.into_inner() {
        Some(failure) => Err(failure),
        // Sizes and indexes were checked before; a proof that cannot be made is refused.
        None => computed.map_err(|_| TreeError::DoesNotHold),
    }
}

struct Bridge<'a, R> {
    reader: &'a R,
    failure: RefCell<Option<TreeError>>,
}

impl<R: HashReader> tlog::HashReader for Bridge<'_, R> {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog::Hash>, tlog::Error> {
        match read_exactly(self.reader, indexes) {
            Ok(hashes) => Ok(hashes.into_iter().map(tlog::Hash).collect()),
            Err(failure) => {
                self.failure.replace(Some(failure));
                Err(tlog::Error::IndexesNotInTree)
            }
        }
    }
}

/// Notes which hashes are asked for and answers with zeros: the indexes depend on sizes only.
#[derive(Default)]
struct Recorder {
    asked: RefCell<Vec<u64>>,
}

impl HashReader for Recorder {
    fn read(&self, indexes: &[u64]) -> Result<Vec<Hash>, ReadError> {
        self.asked.borrow_mut().extend(indexes);
        Ok(vec![Hash::default(); indexes.len()])
    }
}

/// The hash under stored index `n` is the `n`th of the slice.
impl HashReader for [Hash] {
    fn read(&self, indexes: &[u64]) -> Result<Vec<Hash>, ReadError> {
        let at = |index: u64| self.get(usize::try_from(index).ok()?).copied();
        read_each(indexes, at)
    }
}

impl HashReader for Vec<Hash> {
    fn read(&self, indexes: &[u64]) -> Result<Vec<Hash>, ReadError> {
        self.as_slice().read(indexes)
    }
}

impl<S: std::hash::BuildHasher> HashReader for HashMap<u64, Hash, S> {
    fn read(&self, indexes: &[u64]) -> Result<Vec<Hash>, ReadError> {
        read_each(indexes, |index| self.get(&index).copied())
    }
}

impl HashReader for BTreeMap<u64, Hash> {
    fn read(&self, indexes: &[u64]) -> Result<Vec<Hash>, ReadError> {
        read_each(indexes, |index| self.get(&index).copied())
    }
}

fn read_each(indexes: &[u64], at: impl Fn(u64) -> Option<Hash>) -> Result<Vec<Hash>, ReadError> {
    indexes
        .iter()
        .map(|&index| at(index).ok_or(ReadError::Missing(index)))
        .collect()
}

#[cfg(test)]
mod tests;
