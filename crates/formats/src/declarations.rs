//! **What does this file of declarations say?**
//!
//! One file in, one [`Message`] out for everything that is found in it, in
//! order, unreadable things included: nothing is dropped. The format comes
//! from the content: WCO data model XML (`<`), our own JSON (`{` or `[`), else
//! CSV with our header. CSV and JSON stream: what is held at once is one
//! declaration. XML is held whole, up to [`Limits::xml`].
//!
//! Issue codes. In a message of kind `unreadable` the first issue says why.
//! In the others these say that a value was there and could not be taken, and
//! the field is absent: `unknown-country`, `unknown-currency`, `unknown-word`,
//! `unknown-unit`, `not-a-number`, `not-a-date`, `not-a-code`, `wrong-type`,
//! `unknown-field`, `function-missing`, `no-goods`, `several-destinations`,
//! `contradictory-rows`, `contradictory-type`, `row-lost`, `rows-in-a-cell`, `more-issues`. The
//! codes of [`NOTES`] inform and ask nothing.

mod amend;
mod craft;
mod csv;
mod fields;
mod json;
mod json_party;
mod json_stream;
mod json_write;
mod wco;
mod xml_file;

pub use amend::{Change, apply_amendment};
pub(crate) use fields::{Fields, strict_json};
pub(crate) use json_party::party as party_of_json;
pub use json_write::write_json;

use crate::xml;
use portcullis_domain::{Issue, MessageKind, Transaction, hex_sha256};
use std::io::Read;
use std::sync::Arc;

/// Issue codes that inform and ask nothing.
pub const NOTES: [&str; 2] = ["encoding-assumed", "not-a-declaration"];

/// Whether an issue only informs.
pub fn is_note(issue: &Issue) -> bool {
    NOTES.contains(&issue.code.as_str())
}

/// How much of a file is read before it, or a record of it, is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Limits of an XML file, which is held whole.
    pub xml: xml::Limits,
    /// Bytes of one JSON value or one CSV record. A longer one is unreadable;
    /// the reader goes on with the next.
    pub max_record_bytes: usize,
    /// Bytes that are passed over in search of the end of a record that is
    /// too long, before the rest of the file is refused.
    pub max_skip_bytes: u64,
    /// Lines of goods in one declaration.
    pub max_items: usize,
}

impl Default for Limits {
    /// XML of 64 MiB ([`xml::Limits::default`]), records of 4 MiB, 64 MiB
    /// passed over, 10,000 lines of goods.
    fn default() -> Limits {
        Limits {
            xml: xml::Limits::default(),
            max_record_bytes: 4 << 20,
            max_skip_bytes: 64 << 20,
            max_items: 10_000,
        }
    }
}

/// One thing found in a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Position in the file, from 0.
    pub index: u64,
    /// Line at which it begins, from 1; for an unreadable one, where it breaks.
    pub line: Option<u64>,
    /// What it does.
    pub kind: MessageKind,
    /// What its format calls it, for people: `WCO declaration EXD`, `inventoryLinkingMovementRequest`.
    pub name: String,
    /// The sender's reference of this message. An amendment or cancellation in
    /// WCO XML has one of its own and names the original by
    /// `customs_reference`; in our own formats it is the original's.
    pub reference: Option<String>,
    /// The number customs gave to the declaration (MRN), where stated. A
    /// notification carries both, so it tells which MRN belongs to which reference.
    pub customs_reference: Option<String>,
    /// Version, where stated.
    pub version: Option<u32>,
    /// What was declared. `None` for notification, other and unreadable. An
    /// amendment in WCO XML holds only what changes: see [`apply_amendment`].
    pub transaction: Option<Transaction>,
    /// How an amendment changes the original.
    pub change: Option<Change>,
    /// What could not be read; the same stand in `transaction.issues`.
    pub issues: Vec<Issue>,
    /// Lower-case hex SHA-256 of `raw`; for several messages in one XML file,
    /// of `raw` and the position of each.
    pub digest: String,
    /// The bytes it was read from: the XML file, the JSON value, the CSV header
    /// and rows. Cut to the limits for an unreadable one.
    pub raw: Arc<[u8]>,
}

impl Message {
    /// A message that could not be read, and why.
    fn unreadable(issue: Issue, raw: &[u8]) -> Message {
        Message {
            index: 0,
            line: issue.line,
            kind: MessageKind::Unreadable,
            name: "unreadable".to_owned(),
            reference: None,
            customs_reference: None,
            version: None,
            transaction: None,
            change: None,
            issues: vec![issue],
            digest: hex_sha256(raw),
            raw: raw.into(),
        }
    }

    /// A message of our own formats.
    fn own(transaction: Transaction, name: &str, line: u64, raw: &[u8]) -> Message {
        let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let amends = transaction.message == MessageKind::Amendment;
        Message {
            index: 0,
            line: Some(line),
            kind: transaction.message,
            name: format!("{name} {}", transaction.message.as_str()),
            reference: filled(&transaction.reference),
            customs_reference: filled(&transaction.customs_reference),
            version: transaction.version,
            change: amends.then_some(Change::Replace),
            issues: transaction.issues.clone(),
            transaction: Some(transaction),
            digest: hex_sha256(raw),
            raw: raw.into(),
        }
    }
}

type Source<'a> = Box<dyn Read + 'a>;

enum Format<'a> {
    Xml(xml_file::XmlFile),
    Json(json_stream::JsonStream<'a>),
    Csv(Box<csv::CsvFile<'a>>),
    Broken(Option<Box<Message>>),
}

/// The messages of one file, in order.
pub struct Messages<'a> {
    format: Format<'a>,
    next_index: u64,
}

/// Reads a file. The iterator yields at least one message for any input and
/// never panics; it reads no further than it is asked.
pub fn messages<'a>(input: impl Read + 'a, limits: &Limits) -> Messages<'a> {
    Messages {
        format: open(Box::new(input), limits),
        next_index: 0,
    }
}

impl Iterator for Messages<'_> {
    type Item = Message;

    fn next(&mut self) -> Option<Message> {
        let found = match &mut self.format {
            Format::Xml(file) => file.next(),
            Format::Json(stream) => json::next_message(stream),
            Format::Csv(file) => file.next(),
            Format::Broken(message) => message.take().map(|m| *m),
        };
        // A header without rows, an empty list: no file goes by unseen.
        let nothing = || {
            let issue = Issue::new("empty", "the file holds no declaration").at_line(1);
            Message::unreadable(issue, b"")
        };
        let mut message = found.or_else(|| (self.next_index == 0).then(nothing))?;
        message.index = self.next_index;
        self.next_index += 1;
        Some(message)
    }
}

/// How many bytes are looked at to tell the format.
const HEAD: u64 = 64 * 1024;

fn open<'a>(mut input: Source<'a>, limits: &Limits) -> Format<'a> {
    let mut head = Vec::new();
    if let Err(e) = (&mut input).take(HEAD).read_to_end(&mut head) {
        return broken("io", format!("the file cannot be read: {e}"), &head);
    }
    let whole: Source<'a> = Box::new(std::io::Cursor::new(head.clone()).chain(input));
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head);
    let wide = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    let wide_xml = head.starts_with(b"<\0") || head.starts_with(b"\0<");
    let first = text.iter().find(|b| !b.is_ascii_whitespace());
    match first {
        _ if wide_xml || (wide && head.get(2..4).is_some_and(|b| b.contains(&b'<'))) => {
            Format::Xml(xml_file::XmlFile::read(whole, limits))
        }
        _ if wide => {
            let what = "the file is UTF-16; save it as UTF-8 (only XML is read in UTF-16)";
            broken("wrong-encoding", what.to_owned(), &head)
        }
        None if head.is_empty() => broken("empty", "the file is empty".to_owned(), &head),
        None => broken(
            "empty",
            "the file holds nothing but white space".to_owned(),
            &head,
        ),
        Some(b'<') => Format::Xml(xml_file::XmlFile::read(whole, limits)),
        Some(b'{' | b'[') => Format::Json(json_stream::JsonStream::new(whole, limits)),
        Some(_) => match csv::CsvFile::open(whole, limits) {
            Ok(file) => Format::Csv(Box::new(file)),
            Err(issue) => Format::Broken(Some(Box::new(Message::unreadable(issue, &head)))),
        },
    }
}

fn broken<'a>(code: &str, what: String, head: &[u8]) -> Format<'a> {
    let issue = Issue::new(code, what).at_line(1);
    Format::Broken(Some(Box::new(Message::unreadable(issue, head))))
}
