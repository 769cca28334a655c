//! Reading a body: bounded on the wire and after decompression.

use crate::client::too_slow;
use crate::decide::Encoding;
use crate::reason::Why;
use flate2::read::MultiGzDecoder;
use std::{
    cell::Cell,
    io::{self, ErrorKind, Read},
};

/// How a body is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// How it is compressed.
    pub encoding: Encoding,
    /// Its length on the wire, where the head gives it.
    pub length: Option<u64>,
    /// Most bytes, on the wire and after decompression.
    pub max_bytes: u64,
}

/// Counts what is read and says when the bound is passed.
struct Metered<'a, R> {
    inner: R,
    read: &'a Cell<u64>,
    max: u64,
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = self.inner.read(buffer)?;
        self.read.set(self.read.get().saturating_add(got as u64));
        if self.read.get() > self.max {
            return Err(io::Error::other(PastBound));
        }
        Ok(got)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("past the bound")]
struct PastBound;

/// Reads the whole body, or says why it is not taken. `progress` is told the
/// bytes that came over the wire.
pub(crate) fn read_body(
    from: impl Read,
    bounds: Bounds,
    progress: &dyn Fn(u64),
) -> Result<Vec<u8>, Why> {
    let wire = Cell::new(0);
    let metered = Metered {
        inner: from,
        read: &wire,
        max: bounds.max_bytes,
    };
    let bytes = match bounds.encoding {
        Encoding::Identity => drain(metered, bounds, &wire, progress)?,
        Encoding::Gzip => drain(MultiGzDecoder::new(metered), bounds, &wire, progress)?,
    };
    match bounds.length {
        Some(expected) if expected != wire.get() => Err(Why::CutOff(format!(
            "{} of {expected} bytes came",
            wire.get()
        ))),
        _ => Ok(bytes),
    }
}

fn drain(
    mut from: impl Read,
    bounds: Bounds,
    wire: &Cell<u64>,
    progress: &dyn Fn(u64),
) -> Result<Vec<u8>, Why> {
    // What a header promises is not reserved before it comes.
    let mut bytes = Vec::new();
    let mut piece = vec![0; 64 << 10];
    loop {
        let got = match from.read(&mut piece) {
            Ok(0) => return Ok(bytes),
            Ok(got) => got,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(why(&error, bounds)),
        };
        if (bytes.len() + got) as u64 > bounds.max_bytes {
            return Err(Why::TooLarge(bounds.max_bytes));
        }
        bytes.extend_from_slice(&piece[..got]);
        progress(wire.get());
    }
}

fn why(error: &io::Error, bounds: Bounds) -> Why {
    let inner = error.get_ref();
    if inner.is_some_and(|inner| inner.is::<PastBound>()) {
        return Why::TooLarge(bounds.max_bytes);
    }
    if let Some(ureq::Error::Timeout(which)) = inner.and_then(|i| i.downcast_ref::<ureq::Error>()) {
        return too_slow(*which);
    }
    match error.kind() {
        ErrorKind::TimedOut | ErrorKind::WouldBlock => Why::TooSlow(error.to_string()),
        ErrorKind::InvalidInput | ErrorKind::InvalidData if bounds.encoding == Encoding::Gzip => {
            Why::Undecodable {
                encoding: bounds.encoding,
                text: error.to_string(),
            }
        }
        _ => Why::CutOff(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    fn read(from: impl Read, encoding: Encoding, length: Option<u64>) -> Result<Vec<u8>, Why> {
        let bounds = Bounds {
            encoding,
            length,
            max_bytes: 10_000,
        };
        read_body(from, bounds, &|_| {})
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_whole_body_is_taken_as_it_is() {
        let text = b"some,list\n".repeat(50);
        let packed = gzip(&text);
        assert_eq!(
            read(&*text, Encoding::Identity, Some(500)),
            Ok(text.clone())
        );
        let length = Some(packed.len() as u64);
        assert_eq!(read(&*packed, Encoding::Gzip, length), Ok(text));
    }

    #[test]
    fn endless_bombs_and_cut_bodies_are_refused() {
        let endless = io::repeat(b'a');
        assert_eq!(
            read(endless, Encoding::Identity, None),
            Err(Why::TooLarge(10_000))
        );
        let bomb = gzip(&vec![0; 20 << 20]);
        assert!(bomb.len() > 10_000, "the wire alone passes the bound here");
        let small_bomb = gzip(&vec![0; 1 << 20]);
        assert!(small_bomb.len() < 10_000);
        for bytes in [bomb, small_bomb] {
            assert_eq!(
                read(&*bytes, Encoding::Gzip, None),
                Err(Why::TooLarge(10_000))
            );
        }
        // Members that hold nothing: endless on the wire, nothing comes out.
        let nothing = gzip(b"").repeat(1_000);
        assert_eq!(
            read(&*nothing, Encoding::Gzip, None),
            Err(Why::TooLarge(10_000))
        );
        let packed = gzip(b"half a list");
        let half = &packed[..packed.len() - 6];
        assert!(matches!(
            read(half, Encoding::Gzip, None),
            Err(Why::CutOff(_))
        ));
        assert!(matches!(
            read(&b"abc"[..], Encoding::Identity, Some(4)),
            Err(Why::CutOff(_))
        ));
        assert!(matches!(
            read(&b"no gzip at all"[..], Encoding::Gzip, None),
            Err(Why::Undecodable { .. })
        ));
    }
}
