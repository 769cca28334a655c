//! Checking a whole log from its entries, as `portcullis ledger check` and an auditor do.

use std::collections::BTreeMap;

use crate::leaf::{Leaf, LeafError};
use crate::tree::read_exactly;
use crate::{Checkpoint, Edge, Hash, HashReader, ReadError, TreeError};

/// What is wrong with a log, and where.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The entry is not a leaf.
    #[error("entry {index} is not a ledger entry")]
    Entry {
        /// Index of the entry, from 0.
        index: u64,
        /// What is wrong with it.
        #[source]
        source: LeafError,
    },
    /// The entry was changed, or the hash stored for it was.
    #[error(
        "entry {index} does not match its stored hash: the entry or the hash at stored index \
         {stored} was changed"
    )]
    Leaf {
        /// Index of the first such entry, from 0.
        index: u64,
        /// Stored index of its leaf hash.
        stored: u64,
    },
    /// All leaf hashes up to here match, the hash of a subtree does not.
    #[error(
        "the stored hash {stored} over entries {first} to {index} does not match them: it was \
         changed"
    )]
    Subtree {
        /// Stored index of the hash.
        stored: u64,
        /// First entry of the subtree.
        first: u64,
        /// Last entry of the subtree.
        index: u64,
    },
    /// The hashes stored for an entry cannot be had.
    #[error("the hashes stored for entry {index} cannot be read")]
    Read {
        /// Index of the entry, from 0.
        index: u64,
        /// Which, or why.
        #[source]
        source: ReadError,
    },
    /// Entries are missing at the end.
    #[error("entry {index} is missing: there should be {size} entries")]
    Missing {
        /// Index of the first missing entry.
        index: u64,
        /// How many there should be.
        size: u64,
    },
    /// There are more entries than there should be.
    #[error("there is an entry {index}, though there should be {index} entries only")]
    Extra {
        /// Index of the first entry too many.
        index: u64,
    },
    /// The signed root is of other entries.
    #[error(
        "the first {size} entries do not give the root in the signed checkpoint: entries and \
         stored hashes agree with each other, so both were changed after it was signed"
    )]
    Root {
        /// Size in the checkpoint.
        size: u64,
    },
    /// The tree cannot be computed.
    #[error("entry {index} cannot be added to the tree")]
    Tree {
        /// Index of the entry, from 0.
        index: u64,
        /// Why.
        #[source]
        source: TreeError,
    },
}

/// What a sound log holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Entries in the log.
    pub size: u64,
    /// Root over all of them.
    pub root: Hash,
    /// Entries of each kind.
    pub kinds: BTreeMap<String, u64>,
    /// The largest step back in recorded time from one entry to the next, if there is one. Small
    /// ones come from writers that waited for their turn; a large one means a back-dated entry.
    pub setback: Option<Setback>,
}

/// An entry that says it was recorded before the one in front of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setback {
    /// Index of the entry, from 0.
    pub index: u64,
    /// By how many microseconds.
    pub microseconds: u64,
}

/// Recomputes a log entry by entry, in order; memory does not grow with the log.
#[derive(Clone, Debug, Default)]
pub struct Checker {
    edge: Edge,
    kinds: BTreeMap<String, u64>,
    last_recorded: Option<i64>,
    setback: Option<Setback>,
    /// Reused between entries.
    hashes: Vec<(u64, Hash)>,
}

impl Checker {
    /// A checker at the beginning of a log.
    pub fn new() -> Self {
        Self::default()
    }

    /// Entries seen so far.
    pub fn size(&self) -> u64 {
        self.edge.size()
    }

    /// Takes the next entry: it must be a leaf in canonical form. For an auditor who has entry
    /// bundles only.
    ///
    /// # Errors
    ///
    /// [`CheckError::Entry`], [`CheckError::Tree`].
    pub fn add(&mut self, entry: &[u8]) -> Result<(), CheckError> {
        let index = self.size();
        let leaf = Leaf::parse(entry).map_err(|source| CheckError::Entry { index, source })?;
        self.hashes.clear();
        self.edge
            .append(entry, &mut self.hashes)
            .map_err(|source| CheckError::Tree { index, source })?;
        self.note(index, &leaf);
        Ok(())
    }

    fn note(&mut self, index: u64, leaf: &Leaf) {
        match self.kinds.get_mut(leaf.kind()) {
            Some(count) => *count += 1,
            None => {
                self.kinds.insert(leaf.kind().to_owned(), 1);
            }
        }
        let recorded_at = leaf.recorded_at();
        if let Some(last) = self.last_recorded.filter(|&last| last > recorded_at) {
            let microseconds = last.abs_diff(recorded_at);
            if self.setback.is_none_or(|s| s.microseconds < microseconds) {
                self.setback = Some(Setback {
                    index,
                    microseconds,
                });
            }
        }
        self.last_recorded = Some(recorded_at);
    }

    /// Takes the next entry as [`Checker::add`] does and compares every hash stored for it.
    ///
    /// # Errors
    ///
    /// [`CheckError`]; the first mismatch names the entry.
    pub fn add_against(
        &mut self,
        entry: &[u8],
        stored: &impl HashReader,
    ) -> Result<(), CheckError> {
        let index = self.size();
        self.add(entry)?;
        let indexes: Vec<u64> = self.hashes.iter().map(|&(stored, _)| stored).collect();
        let found = read_exactly(stored, &indexes).map_err(|error| match error {
            TreeError::Read(source) => CheckError::Read { index, source },
            source => CheckError::Tree { index, source },
        })?;
        let computed = self.hashes.iter();
        for (level, (&(stored, hash), found)) in computed.zip(found).enumerate() {
            if hash == found {
                continue;
            }
            return Err(match level {
                0 => CheckError::Leaf { index, stored },
                // A hash at level n, completed by this entry, covers the 2ⁿ entries up to it.
                _ => CheckError::Subtree {
                    stored,
                    first: (index + 1) - (1 << level),
                    index,
                },
            });
        }
        Ok(())
    }

    /// Holds the entries seen so far against a verified checkpoint of this size. Call it at each
    /// size for which one is kept.
    ///
    /// # Errors
    ///
    /// [`CheckError::Root`]; [`CheckError::Missing`] or [`CheckError::Extra`] if the size differs.
    pub fn confirm(&self, checkpoint: &Checkpoint) -> Result<(), CheckError> {
        let (index, size) = (self.size(), checkpoint.size);
        if index < size {
            return Err(CheckError::Missing { index, size });
        }
        if index > size {
            return Err(CheckError::Extra { index: size });
        }
        if self.edge.root() != checkpoint.root {
            return Err(CheckError::Root { size });
        }
        Ok(())
    }

    /// What was seen.
    pub fn report(self) -> Report {
        Report {
            size: self.edge.size(),
            root: self.edge.root(),
            kinds: self.kinds,
            setback: self.setback,
        }
    }
}

/// Checks a log of `size` entries: every entry in canonical form, every stored hash as recomputed,
/// and the tree at the checkpoint's size as signed. Entries after the checkpoint, which wait for
/// the next one, are checked against the stored hashes only. The checkpoint must come from
/// [`Checkpoint::open`].
///
/// # Errors
///
/// The first thing wrong, see [`CheckError`].
pub fn check<E: AsRef<[u8]>>(
    size: u64,
    entries: impl IntoIterator<Item = E>,
    stored: &impl HashReader,
    checkpoint: &Checkpoint,
) -> Result<Report, CheckError> {
    let mut checker = Checker::new();
    if checkpoint.size > size {
        return Err(CheckError::Missing {
            index: size,
            size: checkpoint.size,
        });
    }
    if checkpoint.size == 0 {
        checker.confirm(checkpoint)?;
    }
    for entry in entries {
        if checker.size() >= size {
            return Err(CheckError::Extra { index: size });
        }
        checker.add_against(entry.as_ref(), stored)?;
        if checker.size() == checkpoint.size {
            checker.confirm(checkpoint)?;
        }
    }
    if checker.size() < size {
        let index = checker.size();
        return Err(CheckError::Missing { index, size });
    }
    Ok(checker.report())
}
