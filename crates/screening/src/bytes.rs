//! The container of an index: numbered sections in one run of bytes, versioned
//! and checksummed, read in place.
//!
//! Layout, all numbers little-endian: magic `PCSCRIDX` (8), format version
//! (u32), number of sections (u32), padding to 32; the sections, each padded
//! with zeros to a multiple of 8; the table of sections (offset and length,
//! u64 each); checksum of everything before it (u64). The table stands at the
//! end so that a segment larger than memory allows twice can be written as it
//! is made. The checksum finds accidents, not forgery; what comes from outside
//! is checked in full besides, so that no bytes can make a query panic.

use bytes::Bytes;
use std::io::{self, Write};
use thiserror::Error;

const MAGIC: &[u8; 8] = b"PCSCRIDX";

/// Raised whenever the content, the tables of `portcullis-names` or the hash
/// change: an index of another version is rebuilt from its list.
pub(crate) const VERSION: u32 = 12;

const HEADER: usize = 32;
const ENTRY: usize = 16;
const SUM: usize = 8;

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
struct Checksum {
    lanes: [u64; 4],
    pending: [u8; 32],
    held: usize,
    len: u64,
}

impl Checksum {
    fn new() -> Checksum {
        Checksum {
            lanes: [
                0x9e37_79b9_7f4a_7c15,
                0xc2b2_ae3d_27d4_eb4f,
                0x1656_67b1,
                0x85eb_ca77,
            ],
            pending: [0; 32],
            held: 0,
            len: 0,
        }
    }

    fn block(&mut self, block: &[u8]) {
        for (lane, word) in self.lanes.iter_mut().zip(block.chunks_exact(8)) {
            let word = word.try_into().map_or(0, u64::from_le_bytes);
            *lane = (*lane ^ word)
                .wrapping_mul(0x9fb2_1c65_1e98_df25)
                .rotate_left(29);
        }
    }

    fn add(&mut self, mut bytes: &[u8]) {
        self.len += bytes.len() as u64;
        if self.held > 0 {
            let taken = bytes.len().min(32 - self.held);
            self.pending[self.held..self.held + taken].copy_from_slice(&bytes[..taken]);
            self.held += taken;
            bytes = &bytes[taken..];
            if self.held < 32 {
                return;
            }
            let full = self.pending;
            self.block(&full);
        }
        let blocks = bytes.chunks_exact(32);
        let rest = blocks.remainder();
        blocks.for_each(|block| self.block(block));
        self.pending[..rest.len()].copy_from_slice(rest);
        self.held = rest.len();
    }

    fn sum(mut self) -> u64 {
        self.pending[self.held..].fill(0);
        let last = self.pending;
        self.block(&last);
        let mixed = self.lanes.iter().fold(self.len, |sum, lane| {
            (sum ^ lane)
                .wrapping_mul(0xd6e8_feb8_6659_fd93)
                .rotate_left(31)
        });
        mixed ^ (mixed >> 32)
    }
}

/// Writes a segment section by section.
pub(crate) struct Writer<'w> {
    out: &'w mut dyn Write,
    checksum: Checksum,
    sections: Vec<(u64, u64)>,
    wanted: usize,
}

impl<'w> Writer<'w> {
    /// Begins a segment of so many sections.
    pub(crate) fn new(out: &'w mut dyn Write, sections: usize) -> io::Result<Writer<'w>> {
        let mut writer = Writer {
            out,
            checksum: Checksum::new(),
            sections: Vec::new(),
            wanted: sections,
        };
        let mut header = [0u8; HEADER];
        header[..8].copy_from_slice(MAGIC);
        header[8..12].copy_from_slice(&VERSION.to_le_bytes());
        header[12..16].copy_from_slice(&(sections as u32).to_le_bytes());
        writer.put(&header)?;
        Ok(writer)
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.checksum.add(bytes);
        self.out.write_all(bytes)
    }

    /// The next section, in pieces.
    pub(crate) fn section<'b>(
        &mut self,
        pieces: impl IntoIterator<Item = &'b [u8]>,
    ) -> io::Result<()> {
        let start = self.checksum.len;
        for piece in pieces {
            self.put(piece)?;
        }
        let end = self.checksum.len;
        self.put(&[0u8; 8][..(8 - end as usize % 8) % 8])?;
        self.sections.push((start, end - start));
        Ok(())
    }

    /// The table and the checksum.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        if self.sections.len() != self.wanted {
            return Err(io::Error::other("a segment lacks sections"));
        }
        for (start, len) in std::mem::take(&mut self.sections) {
            self.put(&start.to_le_bytes())?;
            self.put(&len.to_le_bytes())?;
        }
        let sum = std::mem::replace(&mut self.checksum, Checksum::new()).sum();
        self.out.write_all(&sum.to_le_bytes())
    }
}

fn number<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    number(bytes, at).map(u64::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    number(bytes, at).map(u32::from_le_bytes)
}

/// The sections of a segment, checked against its table and checksum.
pub(crate) fn sections(segment: &Bytes, wanted: usize) -> Result<Vec<Bytes>, OpenError> {
    if segment.get(..8) != Some(MAGIC.as_slice()) {
        return Err(OpenError::NotAnIndex);
    }
    let found = u32_at(segment, 8).ok_or(OpenError::NotAnIndex)?;
    if found != VERSION {
        return Err(OpenError::OtherVersion {
            found,
            wanted: VERSION,
        });
    }
    let tail = wanted * ENTRY + SUM;
    if u32_at(segment, 12) != Some(wanted as u32) || segment.len() < HEADER + tail {
        return Err(OpenError::Damaged("its length is not the stated one"));
    }
    let (content, sum) = segment.split_at(segment.len() - SUM);
    let mut checksum = Checksum::new();
    checksum.add(content);
    if u64_at(sum, 0) != Some(checksum.sum()) {
        return Err(OpenError::Damaged("its checksum is wrong"));
    }
    let table = segment.len() - tail;
    let section = |i: usize| {
        let start = usize::try_from(u64_at(segment, table + i * ENTRY)?).ok()?;
        let len = usize::try_from(u64_at(segment, table + i * ENTRY + 8)?).ok()?;
        let end = start.checked_add(len).filter(|end| *end <= table)?;
        Some(segment.slice(start..end))
    };
    let all: Option<Vec<Bytes>> = (0..wanted).map(section).collect();
    all.ok_or(OpenError::Damaged("its sections do not fit"))
}
