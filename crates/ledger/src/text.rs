//! Strict reading of the small line formats in this crate: one way to write each value, and
//! anything else refused with its line.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use crate::Hash;

/// A line that is not what the format asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} should be {expected}")]
pub struct Malformed {
    /// The line in question, counted from 1.
    pub line: usize,
    /// What the format asks for on that line.
    pub expected: &'static str,
}

/// Walks over the lines of a text in which every line, the last too, ends in a newline.
pub(crate) struct Lines<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self {
            rest: text,
            line: 0,
        }
    }

    /// The error for the line that was read last.
    pub(crate) fn malformed(&self, expected: &'static str) -> Malformed {
        Malformed {
            line: self.line,
            expected,
        }
    }

    /// The next line without its newline.
    pub(crate) fn next(&mut self, expected: &'static str) -> Result<&'a str, Malformed> {
        self.line += 1;
        let (line, rest) = self
            .rest
            .split_once('\n')
            .ok_or_else(|| self.malformed(expected))?;
        self.rest = rest;
        Ok(line)
    }

    /// The next line, which must be exactly `literal`.
    pub(crate) fn literal(&mut self, literal: &'static str) -> Result<(), Malformed> {
        if self.next(literal)? == literal {
            Ok(())
        } else {
            Err(self.malformed(literal))
        }
    }

    /// The value of a line `name value`, read by `parse`.
    pub(crate) fn field<T>(
        &mut self,
        name: &str,
        expected: &'static str,
        parse: impl FnOnce(&'a str) -> Option<T>,
    ) -> Result<T, Malformed> {
        self.next(expected)?
            .strip_prefix(name)
            .and_then(|rest| rest.strip_prefix(' '))
            .and_then(parse)
            .ok_or_else(|| self.malformed(expected))
    }

    /// What has not been read yet.
    pub(crate) fn rest(self) -> &'a str {
        self.rest
    }

    /// Refuses anything after the last line.
    pub(crate) fn end(mut self) -> Result<(), Malformed> {
        if self.rest.is_empty() {
            return Ok(());
        }
        self.line += 1;
        Err(self.malformed("the end of the text"))
    }
}

/// A decimal number in its only spelling: no plus sign, no leading zero.
pub(crate) fn decimal<T: std::str::FromStr + std::fmt::Display>(text: &str) -> Option<T> {
    let value: T = text.parse().ok()?;
    (value.to_string() == text).then_some(value)
}

/// 32 bytes in lower-case hexadecimal.
pub(crate) fn hash_from_hex(text: &str) -> Option<Hash> {
    let mut hash = Hash::default();
    hex::decode_to_slice(text, &mut hash).ok()?;
    (hex::encode(hash) == text).then_some(hash)
}

/// Bytes in padded standard Base64 (RFC 4648 section 4), unused bits zero.
pub(crate) fn from_base64(text: &str) -> Option<Vec<u8>> {
    let bytes = BASE64_STANDARD.decode(text).ok()?;
    (BASE64_STANDARD.encode(&bytes) == text).then_some(bytes)
}

/// 32 bytes in Base64.
pub(crate) fn hash_from_base64(text: &str) -> Option<Hash> {
    from_base64(text)?.try_into().ok()
}

pub(crate) fn to_base64(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}

/// Printable ASCII without spaces, of 1 to `max` bytes: values that cannot break a line, hide in a
/// terminal or be written in two ways.
pub(crate) fn is_token(text: &str, max: usize) -> bool {
    (1..=max).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}
