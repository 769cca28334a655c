//! Outside bytes as a stream of valid UTF-8, with lines and limits.

use super::{Limits, XmlError};
use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};
use std::io::{self, BufRead, Read};

const CHUNK: usize = 64 * 1024;

/// A `BufRead` of UTF-8 without byte order mark, whatever the input's
/// encoding. Its errors stand in `failure`, because `io::Error` cannot carry
/// them through the parser.
pub(super) struct Utf8Source<R> {
    inner: R,
    decoder: Option<Decoder>,
    encoding: &'static Encoding,
    raw: Vec<u8>,
    raw_at: usize,
    ended: bool,
    finished: bool,
    out: Vec<u8>,
    out_at: usize,
    bytes_read: u64,
    max_bytes: u64,
    /// Bytes handed to the parser since the last event, and how many it may take.
    since_event: usize,
    max_event: usize,
    line: u64,
    pub(super) failure: Option<XmlError>,
}

impl<R: Read> Utf8Source<R> {
    pub(super) fn new(inner: R, limits: &Limits) -> Utf8Source<R> {
        // One event is at most a start tag full of attributes; the budget
        // keeps the parser's own buffer bounded before it can report it.
        let tag = limits
            .max_attributes
            .saturating_mul(limits.max_name_len)
            .saturating_add(limits.max_text_bytes);
        Utf8Source {
            inner,
            decoder: None,
            encoding: UTF_8,
            raw: Vec::new(),
            raw_at: 0,
            ended: false,
            finished: false,
            out: Vec::new(),
            out_at: 0,
            bytes_read: 0,
            max_bytes: limits.max_bytes,
            since_event: 0,
            max_event: tag.saturating_add(CHUNK),
            line: 1,
            failure: None,
        }
    }

    /// Line of the next byte that the parser has not taken yet.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Whether nothing at all came in.
    pub(super) fn is_empty(&self) -> bool {
        self.bytes_read == 0
    }

    /// Tells the source that the parser has handed out what it read.
    pub(super) fn event_done(&mut self) {
        self.since_event = 0;
    }

    fn fail(&mut self, code: &'static str, what: String) -> io::Error {
        self.failure = Some(XmlError::new(self.line, code, what));
        io::Error::other("refused")
    }

    fn read_raw(&mut self) -> io::Result<()> {
        self.raw.resize(CHUNK, 0);
        let mut filled = 0;
        // The first chunk is filled as far as it goes, so that the encoding
        // can be seen even if the input trickles in.
        while filled < CHUNK {
            match self.inner.read(&mut self.raw[filled..]) {
                Ok(0) => {
                    self.ended = true;
                    break;
                }
                Ok(n) => filled += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => {
                    self.raw.clear();
                    return Err(self.fail("io", format!("the file cannot be read: {e}")));
                }
            }
        }
        self.raw.truncate(filled);
        self.raw_at = 0;
        self.bytes_read += filled as u64;
        if self.bytes_read > self.max_bytes {
            let limit = self.max_bytes;
            return Err(self.fail(
                "too-large",
                format!("larger than the limit of {limit} bytes"),
            ));
        }
        Ok(())
    }

    fn decode(&mut self) -> io::Result<()> {
        if self.raw_at == self.raw.len() && !self.ended {
            self.read_raw()?;
        }
        if self.decoder.is_none() {
            self.encoding =
                sniff_encoding(&self.raw).map_err(|what| self.fail("wrong-encoding", what))?;
            self.decoder = Some(self.encoding.new_decoder_with_bom_removal());
        }
        let Some(decoder) = self.decoder.as_mut() else {
            return Ok(());
        };
        self.out.resize(3 * CHUNK + 16, 0);
        let (result, read, written) = decoder.decode_to_utf8_without_replacement(
            &self.raw[self.raw_at..],
            &mut self.out,
            self.ended,
        );
        self.out.truncate(written);
        self.out_at = 0;
        self.raw_at += read;
        match result {
            DecoderResult::InputEmpty => self.finished = self.ended,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => {
                let before = self.out.iter().filter(|b| **b == b'\n').count() as u64;
                let name = self.encoding.name();
                let what = format!("the bytes are not valid {name}");
                self.failure = Some(XmlError::new(self.line + before, "wrong-encoding", what));
                self.finished = true;
            }
        }
        Ok(())
    }
}

impl<R: Read> BufRead for Utf8Source<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.out_at == self.out.len() && !self.finished {
            self.decode()?;
        }
        if self.out_at == self.out.len() && self.failure.is_some() {
            return Err(io::Error::other("refused"));
        }
        if self.since_event > self.max_event {
            let limit = self.max_event;
            let what = format!("one piece of text or markup is longer than {limit} bytes");
            return Err(self.fail("text-too-long", what));
        }
        Ok(&self.out[self.out_at..])
    }

    fn consume(&mut self, amount: usize) {
        let end = (self.out_at + amount).min(self.out.len());
        let taken = &self.out[self.out_at..end];
        self.line += taken.iter().filter(|b| **b == b'\n').count() as u64;
        self.since_event += taken.len();
        self.out_at = end;
    }
}

impl<R: Read> Read for Utf8Source<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let n = available.len().min(buffer.len());
        buffer[..n].copy_from_slice(&available[..n]);
        self.consume(n);
        Ok(n)
    }
}

/// The encoding of an XML file by its first bytes: byte order mark, else the
/// pattern of a 16-bit `<?`, else the XML declaration, else UTF-8 (XML 1.0
/// appendix F). A declaration that can be read as ASCII and yet claims UTF-16
/// is taken as UTF-8: the bytes show that the claim is wrong.
pub(super) fn sniff_encoding(head: &[u8]) -> Result<&'static Encoding, String> {
    if let Some((encoding, _)) = Encoding::for_bom(head) {
        return Ok(encoding);
    }
    if head.starts_with(b"<\0?\0") {
        return Ok(UTF_16LE);
    }
    if head.starts_with(b"\0<\0?") {
        return Ok(UTF_16BE);
    }
    let Some(label) = declared_label(head) else {
        return Ok(UTF_8);
    };
    match Encoding::for_label_no_replacement(label.as_bytes()) {
        Some(encoding) if encoding == UTF_16LE || encoding == UTF_16BE => Ok(UTF_8),
        Some(encoding) => Ok(encoding),
        None => Err(format!("'{label}' is not an encoding that can be read")),
    }
}

/// The `encoding="…"` of an XML declaration at the very start.
fn declared_label(head: &[u8]) -> Option<String> {
    let declaration = head.strip_prefix(b"<?xml")?;
    let end = declaration.iter().take(256).position(|b| *b == b'>')?;
    let text = std::str::from_utf8(&declaration[..end]).ok()?;
    let (_, after) = text.split_once("encoding")?;
    let after = after.trim_start().strip_prefix('=')?.trim_start();
    let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (label, _) = after[1..].split_once(quote)?;
    Some(label.trim().to_owned())
}
