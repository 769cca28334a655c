//! Appending: the right edge of the tree is all that a new entry needs to know.

use crate::tree::{node_hash, read_exactly, root_indexes, stored_count};
use crate::{Hash, HashReader, MAX_ENTRY_BYTES, MAX_TREE_SIZE, TreeError, leaf_hash};

/// The roots of the complete subtrees that make up a tree, from left to right: at most 48 hashes,
/// enough to append any number of entries and to know the root after each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    size: u64,
    next: u64,
    subtrees: Vec<Hash>,
}

impl Default for Edge {
    /// The edge of the empty tree.
    fn default() -> Self {
        Self::new()
    }
}

impl Edge {
    /// The edge of the empty tree.
    pub fn new() -> Self {
        Self {
            size: 0,
            next: 0,
            subtrees: Vec::new(),
        }
    }

    /// Reads the edge of a tree of `size` entries: one read of the hashes that
    /// [`root_indexes`](crate::root_indexes) names.
    ///
    /// # Errors
    ///
    /// [`TreeError::TooLarge`], or a hash that cannot be read.
    pub fn read(size: u64, reader: &impl HashReader) -> Result<Self, TreeError> {
        let indexes = root_indexes(size)?;
        Ok(Self {
            size,
            next: stored_count(size)?,
            subtrees: read_exactly(reader, &indexes)?,
        })
    }

    /// Entries in the tree so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends one entry and pushes the hashes to store, with their stored indexes in rising order:
    /// the leaf hash, then each subtree that this entry completes. Returns the entry's index.
    ///
    /// # Errors
    ///
    /// [`TreeError::EntryTooLong`], [`TreeError::TooLarge`]. Nothing is changed then.
    pub fn append(
        &mut self,
        entry: &[u8],
        stored: &mut Vec<(u64, Hash)>,
    ) -> Result<u64, TreeError> {
        if entry.len() > MAX_ENTRY_BYTES {
            return Err(TreeError::EntryTooLong { bytes: entry.len() });
        }
        if self.size >= MAX_TREE_SIZE {
            return Err(TreeError::TooLarge {
                size: self.size + 1,
            });
        }
        let index = self.size;
        let mut hash = leaf_hash(entry);
        self.store(hash, stored);
        // Each trailing 1 bit of the index is a complete subtree to the left of the same height.
        for _ in 0..index.trailing_ones() {
            let Some(left) = self.subtrees.pop() else {
                break;
            };
            hash = node_hash(left, hash);
            self.store(hash, stored);
        }
        self.subtrees.push(hash);
        self.size += 1;
        Ok(index)
    }

    fn store(&mut self, hash: Hash, stored: &mut Vec<(u64, Hash)>) {
        stored.push((self.next, hash));
        self.next += 1;
    }

    /// Root of the tree so far; for the empty tree SHA-256 of nothing, as RFC 6962 says.
    pub fn root(&self) -> Hash {
        self.subtrees
            .iter()
            .copied()
            .rev()
            .reduce(|right, left| node_hash(left, right))
            .unwrap_or(tlog_tiles::tlog::EMPTY_HASH.0)
    }
}

/// The outcome of [`append`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Index of the first entry appended.
    pub first: u64,
    /// Hashes to store, with their stored indexes in rising order without a gap.
    pub stored: Vec<(u64, Hash)>,
    /// The edge afterwards, with the new size and root; keep it and the next batch needs no read.
    pub edge: Edge,
}

/// Appends a batch of entries to a tree of `size` entries. It reads the edge once and keeps the
/// rest in memory.
///
/// # Errors
///
/// [`TreeError::EntryTooLong`], [`TreeError::TooLarge`], or a hash that cannot be read; then
/// nothing may be stored of the batch.
pub fn append<E: AsRef<[u8]>>(
    size: u64,
    entries: impl IntoIterator<Item = E>,
    reader: &impl HashReader,
) -> Result<Appended, TreeError> {
    let mut edge = Edge::read(size, reader)?;
    let mut stored = Vec::new();
    for entry in entries {
        edge.append(entry.as_ref(), &mut stored)?;
    }
    Ok(Appended {
        first: size,
        stored,
        edge,
    })
}

#[cfg(test)]
mod tests;
