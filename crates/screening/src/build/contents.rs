//! The entities themselves, encoded.

use crate::bytes::Writer;
use portcullis_domain::Entity;
use std::io;
use zerocopy::IntoBytes;
use zerocopy::little_endian::U64;

/// The encoded entities, in pieces: one growing run would be copied, and for a
/// moment stand twice in memory.
#[derive(Default)]
pub(crate) struct Contents {
    pieces: Vec<Vec<u8>>,
    /// Piece and place in it where each entity begins.
    starts: Vec<(u32, u32)>,
}

/// Bytes of one piece.
const PIECE: usize = 1 << 24;

impl Contents {
    pub(super) fn push(&mut self, content: Vec<u8>) {
        let room = |piece: &Vec<u8>| piece.len() + content.len() <= piece.capacity();
        if !self.pieces.last().is_some_and(room) {
            let size = PIECE.max(content.len());
            self.pieces.push(Vec::with_capacity(size));
        }
        let at = self.pieces.len() - 1;
        let piece = &mut self.pieces[at];
        self.starts.push((at as u32, piece.len() as u32));
        piece.extend_from_slice(&content);
    }

    fn bytes(&self, position: u32) -> &[u8] {
        let (piece, start) = self.starts[position as usize];
        let bytes = &self.pieces[piece as usize];
        let next = self.starts.get(position as usize + 1);
        let end = next
            .filter(|n| n.0 == piece)
            .map_or(bytes.len(), |n| n.1 as usize);
        &bytes[start as usize..end]
    }

    fn split(&self, position: u32) -> (&[u8], &[u8]) {
        let (len, rest) = self.bytes(position).split_at(4);
        let len = len.try_into().map_or(0, u32::from_le_bytes);
        rest.split_at(len as usize)
    }

    /// The id of an entity.
    pub(crate) fn id(&self, position: u32) -> &str {
        std::str::from_utf8(self.split(position).0).unwrap_or("")
    }

    /// The entity, decoded.
    pub(crate) fn entity(&self, position: u32) -> Option<Entity> {
        postcard::from_bytes(self.split(position).1).ok()
    }

    pub(crate) fn len(&self) -> usize {
        self.starts.len()
    }

    pub(super) fn write(&self, writer: &mut Writer<'_>) -> io::Result<()> {
        let mut before = Vec::with_capacity(self.pieces.len());
        let mut total = 0u64;
        for piece in &self.pieces {
            before.push(total);
            total += piece.len() as u64;
        }
        let starts = self.starts.iter();
        let starts = starts.map(|(piece, at)| before[*piece as usize] + u64::from(*at));
        let starts: Vec<U64> = starts.chain([total]).map(U64::new).collect();
        writer.section([starts.as_bytes()])?;
        writer.section(self.pieces.iter().map(Vec::as_slice))
    }
}
