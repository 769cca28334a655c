//! An index as bytes: versioned, checksummed, refused when anything is wrong.
//!
//! Layout: magic `PCSCRIDX` (8), format version (u32 LE), length of the
//! content (u64 LE), checksum of the content (u64 LE), content (postcard).
//! The checksum finds accidents, not forgery: whoever keeps the bytes keeps
//! them under their SHA-256.

use crate::index::Index;
use thiserror::Error;

const MAGIC: &[u8; 8] = b"PCSCRIDX";

/// Raised whenever the content, the tables of `portcullis-names` or the hash
/// change: an index of another version is rebuilt from its list.
pub(crate) const VERSION: u32 = 3;

const HEADER: usize = 8 + 4 + 8 + 8;

/// Why bytes are not an index.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum OpenError {
    /// Too short, or not an index at all.
    #[error("these bytes are not a screening index")]
    NotAnIndex,
    /// Written by another version; rebuild it from the list.
    #[error("the screening index has format version {found}, this program reads {wanted}")]
    OtherVersion {
        /// Version in the bytes.
        found: u32,
        /// Version this program reads.
        wanted: u32,
    },
    /// Cut off, lengthened or changed.
    #[error("the screening index is damaged: {0}")]
    Damaged(&'static str),
}

/// Four lanes of multiply and rotate; fast enough not to matter at start.
fn checksum(bytes: &[u8]) -> u64 {
    let mut lanes = [
        0x9e37_79b9_7f4a_7c15u64,
        0xc2b2_ae3d_27d4_eb4f,
        0x1656_67b1,
        0x85eb_ca77,
    ];
    for (i, chunk) in bytes.chunks(8).enumerate() {
        let mut word = [0u8; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        let lane = &mut lanes[i % 4];
        *lane = (*lane ^ u64::from_le_bytes(word))
            .wrapping_mul(0x9fb2_1c65_1e98_df25)
            .rotate_left(29);
    }
    let mixed = lanes.iter().fold(bytes.len() as u64, |sum, lane| {
        (sum ^ lane)
            .wrapping_mul(0xd6e8_feb8_6659_fd93)
            .rotate_left(31)
    });
    mixed ^ (mixed >> 32)
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    let part = bytes.get(at..at + 8)?;
    Some(u64::from_le_bytes(part.try_into().ok()?))
}

impl Index {
    /// Version of the format of [`Index::to_bytes`]: part of the name under which
    /// a prepared index is kept, so that another version is built anew.
    pub const FORMAT: u32 = VERSION;

    /// The index as bytes, for [`Index::open`]. The same entities give the
    /// same bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Serialising plain data into memory has no way to fail; an empty
        // content would be refused on opening.
        let content = postcard::to_allocvec(self).unwrap_or_default();
        let mut out = Vec::with_capacity(HEADER + content.len());
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&VERSION.to_le_bytes());
        out.extend_from_slice(&(content.len() as u64).to_le_bytes());
        out.extend_from_slice(&checksum(&content).to_le_bytes());
        out.extend_from_slice(&content);
        out
    }

    /// Opens bytes written by [`Index::to_bytes`]. Bytes that are cut off,
    /// changed, of another version or inconsistent are an error, never a
    /// smaller list.
    pub fn open(bytes: &[u8]) -> Result<Index, OpenError> {
        if bytes.get(..8) != Some(MAGIC.as_slice()) {
            return Err(OpenError::NotAnIndex);
        }
        let version = bytes.get(8..12).and_then(|b| b.try_into().ok());
        let found = version
            .map(u32::from_le_bytes)
            .ok_or(OpenError::NotAnIndex)?;
        if found != VERSION {
            return Err(OpenError::OtherVersion {
                found,
                wanted: VERSION,
            });
        }
        let length = u64_at(bytes, 12).ok_or(OpenError::NotAnIndex)?;
        let sum = u64_at(bytes, 20).ok_or(OpenError::NotAnIndex)?;
        let content = &bytes[HEADER..];
        if content.len() as u64 != length {
            return Err(OpenError::Damaged("its length is not the stated one"));
        }
        if checksum(content) != sum {
            return Err(OpenError::Damaged("its checksum is wrong"));
        }
        let mut index: Index = postcard::from_bytes(content)
            .map_err(|_| OpenError::Damaged("it cannot be decoded"))?;
        if !index.is_valid() {
            return Err(OpenError::Damaged("its parts do not fit together"));
        }
        index.prepare();
        Ok(index)
    }
}
