//! The static files of a log, c2sp.org/tlog-tiles: hash tiles and entry bundles.

use std::fmt;
use std::ops::Range;

use crate::text::decimal;
use crate::tree::{read_exactly, within_limit};
use crate::{HashReader, MAX_ENTRY_BYTES, TreeError, stored_index};

/// Hashes in a full tile, entries in a full bundle.
pub const TILE_WIDTH: u16 = 256;

/// Levels that the format allows: 0 to 63.
const MAX_LEVEL: u8 = 63;
/// Tree levels in one tile level: a tile is a subtree of height 8.
const HEIGHT: u32 = 8;
/// The longest path read; an index of 20 digits needs fewer.
const MAX_PATH_BYTES: usize = 64;

/// What a tile holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TileKind {
    /// Hashes of the tree, 32 bytes each. At level 0 leaf hashes, above it one hash for each full
    /// tile of the level below.
    Hashes {
        /// 0 to 63.
        level: u8,
    },
    /// Log entries, each preceded by its length in 16 bits.
    Entries,
}

/// The place of a tile under the log's address: `tile/<level>/<index>[.p/<width>]` or
/// `tile/entries/<index>[.p/<width>]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TilePath {
    kind: TileKind,
    index: u64,
    width: u16,
}

/// Why a tile is refused.
#[derive(Debug, thiserror::Error)]
pub enum TileError {
    /// Not a path of the tlog-tiles format, or not in its only spelling.
    #[error(
        "not a tile path: expected tile/<level>/<index> or tile/entries/<index>, with .p/<width> if partial"
    )]
    Path,
    /// Level above 63, or width outside 1 to 256.
    #[error("a tile has a level of 0 to 63 and a width of 1 to 256")]
    Range,
    /// The tree is too small to have this tile in this width.
    #[error("a tree of {size} entries has no {path}")]
    NotInTree {
        /// The tile asked for.
        path: TilePath,
        /// Size of the tree, in entries.
        size: u64,
    },
    /// An entry bundle asked for where only hashes are at hand.
    #[error("entry bundles are made from entries, not from hashes")]
    Entries,
    /// An entry is too long for a bundle.
    #[error("an entry of {bytes} bytes is longer than the limit of {MAX_ENTRY_BYTES}")]
    EntryTooLong {
        /// Length of the entry.
        bytes: usize,
    },
    /// More entries than a bundle holds.
    #[error("a bundle holds at most {TILE_WIDTH} entries")]
    TooManyEntries,
    /// The bundle does not hold the number of whole entries that its path says.
    #[error("the bundle does not hold exactly {expected} whole entries")]
    Bundle {
        /// Entries that its path says.
        expected: u16,
    },
    /// The stored hashes cannot be read.
    #[error(transparent)]
    Tree(#[from] TreeError),
}

impl TilePath {
    /// A tile of `width` consecutive hashes, the `index`th at this `level`.
    ///
    /// # Errors
    ///
    /// [`TileError::Range`].
    pub fn hashes(level: u8, index: u64, width: u16) -> Result<Self, TileError> {
        Self::new(TileKind::Hashes { level }, index, width)
    }

    /// A bundle of `width` consecutive entries, beginning with entry `index` × 256.
    ///
    /// # Errors
    ///
    /// [`TileError::Range`].
    pub fn entries(index: u64, width: u16) -> Result<Self, TileError> {
        Self::new(TileKind::Entries, index, width)
    }

    fn new(kind: TileKind, index: u64, width: u16) -> Result<Self, TileError> {
        let level_in_range = match kind {
            TileKind::Hashes { level } => level <= MAX_LEVEL,
            TileKind::Entries => true,
        };
        if !level_in_range || !(1..=TILE_WIDTH).contains(&width) {
            return Err(TileError::Range);
        }
        Ok(Self { kind, index, width })
    }

    /// What the tile holds.
    pub fn kind(&self) -> TileKind {
        self.kind
    }

    /// Its number within the level.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// Hashes or entries in it, 1 to 256.
    pub fn width(&self) -> u16 {
        self.width
    }

    /// Reads a path such as `tile/0/x001/234.p/5`, without a leading slash.
    ///
    /// # Errors
    ///
    /// [`TileError::Path`] for everything that [`TilePath`]'s `Display` would not have written.
    pub fn parse(path: &str) -> Result<Self, TileError> {
        let parsed = Self::read(path).ok_or(TileError::Path)?;
        // The comparison is the rule; `read` may be lenient about x, zeros and order.
        if parsed.to_string() == path {
            Ok(parsed)
        } else {
            Err(TileError::Path)
        }
    }

    fn read(path: &str) -> Option<Self> {
        if path.len() > MAX_PATH_BYTES {
            return None;
        }
        let (kind, rest) = path.strip_prefix("tile/")?.split_once('/')?;
        let kind = match kind {
            "entries" => TileKind::Entries,
            level => TileKind::Hashes {
                level: decimal(level)?,
            },
        };
        let (digits, width) = match rest.split_once(".p/") {
            Some((digits, width)) => (digits, decimal(width)?),
            None => (rest, TILE_WIDTH),
        };
        let mut index: u64 = 0;
        for group in digits.split('/') {
            let group: u64 = group.trim_start_matches('x').parse().ok()?;
            index = index.checked_mul(1000)?.checked_add(group)?;
        }
        Self::new(kind, index, width).ok()
    }

    /// Whether a tree of `size` entries has all of this tile.
    pub fn is_in_tree(&self, size: u64) -> bool {
        let level = match self.kind {
            TileKind::Hashes { level } => u32::from(level),
            TileKind::Entries => 0,
        };
        let available = size.checked_shr(level * HEIGHT).unwrap_or(0);
        let end = u128::from(self.index) * u128::from(TILE_WIDTH) + u128::from(self.width);
        end <= u128::from(available)
    }

    /// The entries that this tile holds, or whose subtree hashes it holds.
    ///
    /// # Errors
    ///
    /// [`TileError::NotInTree`] for a tree of `size` entries, [`TileError::Tree`] if that is too
    /// large.
    pub fn entry_range(&self, size: u64) -> Result<Range<u64>, TileError> {
        self.check(size)?;
        let level = match self.kind {
            TileKind::Hashes { level } => u32::from(level),
            TileKind::Entries => 0,
        };
        let first = self.index * u64::from(TILE_WIDTH);
        let end = first + u64::from(self.width);
        Ok(first << (level * HEIGHT)..end << (level * HEIGHT))
    }

    /// The stored indexes that [`read_tile`] will ask for.
    ///
    /// # Errors
    ///
    /// [`TileError::NotInTree`] for a tree of `size` entries, [`TileError::Entries`] for a bundle.
    pub fn stored_indexes(&self, size: u64) -> Result<Vec<u64>, TileError> {
        self.check(size)?;
        let TileKind::Hashes { level } = self.kind else {
            return Err(TileError::Entries);
        };
        let first = self.index * u64::from(TILE_WIDTH);
        let tree_level = level * 8;
        (first..first + u64::from(self.width))
            .map(|position| stored_index(tree_level, position).map_err(TileError::from))
            .collect()
    }

    fn check(&self, size: u64) -> Result<(), TileError> {
        within_limit(size)?;
        if self.is_in_tree(size) {
            return Ok(());
        }
        Err(TileError::NotInTree { path: *self, size })
    }
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TileKind::Hashes { level } => write!(f, "tile/{level}/")?,
            TileKind::Entries => write!(f, "tile/entries/")?,
        }
        // Groups of three digits, all but the last marked with an x, so that no file name is a
        // folder name too.
        let mut groups = vec![format!("{:03}", self.index % 1000)];
        let mut rest = self.index / 1000;
        while rest > 0 {
            groups.push(format!("x{:03}", rest % 1000));
            rest /= 1000;
        }
        groups.reverse();
        f.write_str(&groups.join("/"))?;
        if self.width < TILE_WIDTH {
            write!(f, ".p/{}", self.width)?;
        }
        Ok(())
    }
}

/// The bytes of a hash tile in a tree of `size` entries: its hashes one after the other.
///
/// # Errors
///
/// [`TileError::NotInTree`], [`TileError::Entries`] for a bundle, or a hash that cannot be read.
pub fn read_tile(
    path: &TilePath,
    size: u64,
    reader: &impl HashReader,
) -> Result<Vec<u8>, TileError> {
    let indexes = path.stored_indexes(size)?;
    Ok(read_exactly(reader, &indexes)?.concat())
}

/// The tiles and bundles to publish when a tree grows from `old` to `new` entries: every full one
/// that was completed and the partial ones at the right edge. The vector grows with `new - old`
/// (about one path for 128 entries), so publish in steps.
///
/// # Errors
///
/// [`TreeError::Shrunk`], [`TreeError::TooLarge`].
pub fn tiles_to_publish(old: u64, new: u64) -> Result<Vec<TilePath>, TreeError> {
    within_limit(new)?;
    if old > new {
        return Err(TreeError::Shrunk { old, new });
    }
    let height = 8; // of a tile: 2⁸ hashes
    let mut paths = Vec::new();
    for tile in tlog_tiles::Tile::new_tiles(height, old, new) {
        // `new_tiles` gives 1 to 256 for the width.
        let width = u16::try_from(tile.width()).unwrap_or(TILE_WIDTH);
        let (level, index) = (tile.level(), tile.level_index());
        let hashes = TileKind::Hashes { level };
        let kinds = [Some(hashes), (level == 0).then_some(TileKind::Entries)];
        paths.extend(
            kinds
                .into_iter()
                .flatten()
                .map(|kind| TilePath { kind, index, width }),
        );
    }
    Ok(paths)
}

/// The bytes of an entry bundle: each entry preceded by its length as a big-endian 16-bit number.
///
/// # Errors
///
/// [`TileError::EntryTooLong`], [`TileError::TooManyEntries`].
pub fn encode_entries<E: AsRef<[u8]>>(
    entries: impl IntoIterator<Item = E>,
) -> Result<Vec<u8>, TileError> {
    let mut bundle = Vec::new();
    for (n, entry) in entries.into_iter().enumerate() {
        if n >= usize::from(TILE_WIDTH) {
            return Err(TileError::TooManyEntries);
        }
        let entry = entry.as_ref();
        let bytes = entry.len();
        let length = u16::try_from(bytes).map_err(|_| TileError::EntryTooLong { bytes })?;
        bundle.extend(length.to_be_bytes());
        bundle.extend(entry);
    }
    Ok(bundle)
}

/// Splits a bundle into its `width` entries.
///
/// # Errors
///
/// [`TileError::Bundle`] if it holds another number of entries, or bytes left over.
pub fn decode_entries(bundle: &[u8], width: u16) -> Result<Vec<&[u8]>, TileError> {
    let wrong = TileError::Bundle { expected: width };
    let mut entries = Vec::new();
    let mut rest = bundle;
    while let Some((length, after)) = rest.split_first_chunk::<2>() {
        let length = usize::from(u16::from_be_bytes(*length));
        // One entry too many is enough to know.
        if entries.len() >= usize::from(width) || after.len() < length {
            return Err(wrong);
        }
        let (entry, after) = after.split_at(length);
        entries.push(entry);
        rest = after;
    }
    if !rest.is_empty() || entries.len() != usize::from(width) {
        return Err(wrong);
    }
    Ok(entries)
}

#[cfg(test)]
mod tests;
