//! One XML file: held whole, unwrapped, handed out message by message.

use super::{Limits, Message, Source, wco};
use crate::xml::{self, Element, XmlError};
use portcullis_domain::hex_sha256;
use std::collections::VecDeque;
use std::io::Read;
use std::sync::Arc;

pub(super) struct XmlFile {
    raw: Arc<[u8]>,
    found: VecDeque<wco::Found>,
    several: bool,
    position: u64,
    failure: Option<XmlError>,
    limits: Limits,
}

impl XmlFile {
    /// Reads up to the limit and no further.
    pub(super) fn read(input: Source<'_>, limits: &Limits) -> XmlFile {
        let mut bytes = Vec::new();
        let room = limits.xml.max_bytes.saturating_add(1);
        let read = input.take(room).read_to_end(&mut bytes);
        let limit = limits.xml.max_bytes;
        let parsed = match read {
            Ok(_) if bytes.len() as u64 > limit => Err(XmlError {
                line: 1,
                code: "too-large",
                what: format!("the file is larger than {limit} bytes, the limit for XML"),
            }),
            Ok(_) => xml::parse(&bytes, &limits.xml),
            Err(e) => Err(XmlError {
                line: 1,
                code: "io",
                what: format!("the file cannot be read: {e}"),
            }),
        };
        let too_large = parsed.as_ref().is_err_and(|e| e.code == "too-large");
        if too_large {
            // What is refused for its size is not kept either.
            bytes.truncate(64 * 1024);
        }
        let (found, failure) = match parsed {
            Ok(root) => (wco::unwrap(root), None),
            Err(error) => (VecDeque::new(), Some(error)),
        };
        XmlFile {
            raw: bytes.into(),
            several: found.len() > 1,
            found,
            position: 0,
            failure,
            limits: limits.clone(),
        }
    }

    pub(super) fn next(&mut self) -> Option<Message> {
        if let Some(error) = self.failure.take() {
            return Some(Message::unreadable(error.issue(), &self.raw));
        }
        let found = self.found.pop_front()?;
        let mut message = wco::message(&found, &self.limits);
        message.raw = self.raw.clone();
        message.digest = hex_sha256(&self.raw);
        if self.several {
            message.digest = hex_sha256(format!("{}#{}", message.digest, self.position).as_bytes());
        }
        self.position += 1;
        Some(message)
    }
}

/// The line of an element as an issue wants it.
pub(super) fn line_of(element: &Element) -> Option<u64> {
    Some(element.line)
}
