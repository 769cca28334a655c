//! Events to elements, within the limits.

use super::source::Utf8Source;
use super::{Attribute, Element, Limits, XmlError};
use quick_xml::escape::EscapeError;
use quick_xml::events::attributes::AttrError;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Error as QuickError, Reader, errors::IllFormedError};
use std::borrow::Cow;
use std::io::Read;
use std::sync::Arc;

/// What is known of a document that was walked to its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// The root: name, namespace, attributes and line; no children, no text.
    pub root: Element,
    /// How many records were handed out.
    pub records: u64,
}

/// Reads one document whole. The input is refused as soon as a limit is met.
pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Element, XmlError> {
    let mut whole = None;
    let mut walk = Walk::new(bytes, limits);
    walk.run(&|_, depth| depth == 1, &mut |element, _| {
        whole = Some(element)
    })?;
    whole.ok_or_else(|| XmlError::new(1, "empty", "the file holds no element"))
}

/// Walks a document and hands out every element whose local name is in
/// `records` (not those inside another record) with the root, holding one at
/// a time. Records handed out before an error stand: a caller that wants all
/// or nothing drops them when this returns an error. A document whose root is
/// not closed is an error (`truncated`).
pub fn for_each<R: Read>(
    input: R,
    limits: &Limits,
    records: &[&str],
    mut on_record: impl FnMut(Element, &Document),
) -> Result<Document, XmlError> {
    let mut walk = Walk::new(input, limits);
    walk.run(&|name, _| records.contains(&name), &mut on_record)?;
    Ok(walk.document)
}

/// [`for_each`] with the text of every element as it stands, white space
/// around it kept: where a text is made of runs, the blanks between two words
/// may stand at the end of the one or the beginning of the other.
pub fn for_each_verbatim<R: Read>(
    input: R,
    limits: &Limits,
    records: &[&str],
    mut on_record: impl FnMut(Element, &Document),
) -> Result<Document, XmlError> {
    let mut walk = Walk::new(input, limits);
    walk.verbatim = true;
    walk.run(&|name, _| records.contains(&name), &mut on_record)?;
    Ok(walk.document)
}

/// [`for_each_verbatim`] of running text with marks in it: an element for
/// which `flows` gives a text is not a child; the text stands in its place in
/// the text of its parent.
pub fn for_each_flowing<R: Read>(
    input: R,
    limits: &Limits,
    records: &[&str],
    flows: fn(&Element) -> Option<String>,
    mut on_record: impl FnMut(Element, &Document),
) -> Result<Document, XmlError> {
    let mut walk = Walk::new(input, limits);
    walk.verbatim = true;
    walk.flows = Some(flows);
    walk.run(&|name, _| records.contains(&name), &mut on_record)?;
    Ok(walk.document)
}

struct Walk<'l, R> {
    reader: Reader<Utf8Source<R>>,
    limits: &'l Limits,
    document: Document,
    /// Elements open now, root included.
    depth: usize,
    /// Open elements of the record that is being built; empty between records.
    building: Vec<Element>,
    /// Elements and attributes of the record so far.
    held: usize,
    /// Namespace declarations in force: depth, prefix, URI.
    scopes: Vec<(usize, String, Arc<str>)>,
    root_closed: bool,
    events: u64,
    /// Keep white space around texts.
    verbatim: bool,
    /// Elements that are part of their parent's text.
    flows: Option<fn(&Element) -> Option<String>>,
}

impl<'l, R: Read> Walk<'l, R> {
    fn new(input: R, limits: &'l Limits) -> Walk<'l, R> {
        let mut reader = Reader::from_reader(Utf8Source::new(input, limits));
        reader.config_mut().check_comments = true;
        Walk {
            reader,
            limits,
            document: Document::default(),
            depth: 0,
            building: Vec::new(),
            held: 0,
            scopes: Vec::new(),
            root_closed: false,
            events: 0,
            verbatim: false,
            flows: None,
        }
    }

    fn run(
        &mut self,
        is_record: &dyn Fn(&str, usize) -> bool,
        on_record: &mut dyn FnMut(Element, &Document),
    ) -> Result<(), XmlError> {
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            let line = self.reader.get_mut().line();
            let event = match self.reader.read_event_into(&mut buffer) {
                Ok(event) => event,
                Err(error) => return Err(self.explain(error, line)),
            };
            self.reader.get_mut().event_done();
            self.events += 1;
            match event {
                Event::Start(tag) => self.open(&tag, line, is_record)?,
                Event::Empty(tag) => {
                    self.open(&tag, line, is_record)?;
                    self.close(on_record);
                }
                Event::End(_) => self.close(on_record),
                Event::Text(text) => self.text(&text.xml10_content(), line)?,
                Event::CData(data) => self.cdata(&data.xml10_content(), line)?,
                Event::GeneralRef(reference) => {
                    let resolved = resolve(&reference, line)?;
                    self.cdata(resolved.encode_utf8(&mut [0; 4]), line)?;
                }
                Event::DocType(text) if text.contains('[') => {
                    let what =
                        "the file declares entities or elements of its own; none are expanded";
                    return Err(XmlError::new(line, "entity-declaration", what));
                }
                Event::Decl(_) if self.events > 1 => {
                    let what = "the XML declaration does not stand at the very start";
                    return Err(XmlError::new(line, "not-well-formed", what));
                }
                Event::Comment(_) | Event::PI(_) | Event::DocType(_) | Event::Decl(_) => {}
                Event::Eof => return self.end(line),
            }
        }
    }

    fn open(
        &mut self,
        tag: &BytesStart<'_>,
        line: u64,
        is_record: &dyn Fn(&str, usize) -> bool,
    ) -> Result<(), XmlError> {
        if self.root_closed {
            return Err(XmlError::new(
                line,
                "not-well-formed",
                "a second root element",
            ));
        }
        self.depth += 1;
        if self.depth > self.limits.max_depth {
            let what = format!("elements are nested deeper than {}", self.limits.max_depth);
            return Err(XmlError::new(line, "too-deep", what));
        }
        let name = tag.name().0.to_owned();
        self.check_name(&name, line)?;
        let attributes = self.attributes(tag, line)?;
        let (prefix, local) = split(&name);
        let element = Element {
            name: local.to_owned(),
            namespace: self.resolve_prefix(prefix),
            attributes,
            line,
            ..Element::default()
        };
        if self.depth == 1 {
            self.document.root = element.clone();
        }
        if !self.building.is_empty() || is_record(local, self.depth) {
            self.held += 1 + element.attributes.len();
            if self.held > self.limits.max_elements {
                let what = format!(
                    "more than {} elements and attributes",
                    self.limits.max_elements
                );
                return Err(XmlError::new(line, "too-many-elements", what));
            }
            self.building.push(element);
        }
        Ok(())
    }

    fn close(&mut self, on_record: &mut dyn FnMut(Element, &Document)) {
        self.scopes.retain(|(depth, ..)| *depth < self.depth);
        self.depth -= 1;
        self.root_closed = self.depth == 0;
        let Some(mut done) = self.building.pop() else {
            return;
        };
        let trimmed = done.text.trim();
        if trimmed.len() != done.text.len() && !self.verbatim {
            done.text = trimmed.to_owned();
        }
        match self.building.last_mut() {
            Some(parent) => match self.flows.and_then(|flows| flows(&done)) {
                Some(text) => parent.text.push_str(&text),
                None => parent.children.push(done),
            },
            None => {
                self.held = 0;
                self.document.records += 1;
                on_record(done, &self.document);
            }
        }
    }

    /// Declares the namespaces of a tag and returns its other attributes.
    fn attributes(&mut self, tag: &BytesStart<'_>, line: u64) -> Result<Vec<Attribute>, XmlError> {
        let mut found = Vec::new();
        for (position, attribute) in tag.attributes().enumerate() {
            if position >= self.limits.max_attributes {
                let what = format!(
                    "an element has more than {} attributes",
                    self.limits.max_attributes
                );
                return Err(XmlError::new(line, "too-many-attributes", what));
            }
            let attribute = attribute.map_err(|e| explain_attribute(&e, line))?;
            let name = attribute.key.0;
            self.check_name(name, line)?;
            let value = attribute_value(&attribute.value, line)?;
            self.check_text(value.len(), line)?;
            match split(name) {
                ("xmlns", prefix) => {
                    self.scopes
                        .push((self.depth, prefix.to_owned(), value.into()))
                }
                ("", "xmlns") => self.scopes.push((self.depth, String::new(), value.into())),
                (_, local) => found.push(Attribute {
                    name: local.to_owned(),
                    value,
                }),
            }
        }
        Ok(found)
    }

    fn resolve_prefix(&self, prefix: &str) -> Option<Arc<str>> {
        let scope = self.scopes.iter().rev().find(|(_, p, _)| p == prefix)?;
        (!scope.2.is_empty()).then(|| scope.2.clone())
    }

    fn text(&mut self, text: &str, line: u64) -> Result<(), XmlError> {
        if text.contains("]]>") {
            return Err(XmlError::new(
                line,
                "not-well-formed",
                "']]>' stands outside of CDATA",
            ));
        }
        if self.depth == 0 && text.trim_matches([' ', '\t', '\r', '\n']).is_empty() {
            return Ok(());
        }
        self.cdata(text, line)
    }

    fn cdata(&mut self, text: &str, line: u64) -> Result<(), XmlError> {
        check_characters(text, line)?;
        if self.depth == 0 {
            let line = line + newlines(&text[..text.len() - text.trim_start().len()]);
            let what = if self.document.root.name.is_empty() {
                "the file does not begin with an element: this is not XML"
            } else {
                "text after the end of the document"
            };
            return Err(XmlError::new(line, "not-well-formed", what));
        }
        let Some(current) = self.building.last_mut() else {
            return Ok(());
        };
        // White space between elements is not content: it is not kept, but
        // before and between text it is.
        if !current.text.is_empty() || !text.trim().is_empty() {
            current.text.push_str(text);
        }
        let length = current.text.len();
        self.check_text(length, line)
    }

    fn check_text(&self, length: usize, line: u64) -> Result<(), XmlError> {
        if length <= self.limits.max_text_bytes {
            return Ok(());
        }
        let what = format!("a text is longer than {} bytes", self.limits.max_text_bytes);
        Err(XmlError::new(line, "text-too-long", what))
    }

    fn check_name(&self, name: &str, line: u64) -> Result<(), XmlError> {
        if name.len() > self.limits.max_name_len {
            let what = format!("a name is longer than {} bytes", self.limits.max_name_len);
            return Err(XmlError::new(line, "name-too-long", what));
        }
        let allowed = |c: char| {
            c.is_alphanumeric() || matches!(c, '_' | ':' | '-' | '.' | '·') || !c.is_ascii()
        };
        let begins = name
            .chars()
            .next()
            .is_some_and(|c| !c.is_ascii_digit() && !matches!(c, '-' | '.'));
        if begins && name.chars().all(allowed) {
            return Ok(());
        }
        Err(XmlError::new(
            line,
            "not-well-formed",
            format!("'{name}' is not a name"),
        ))
    }

    fn end(&mut self, line: u64) -> Result<(), XmlError> {
        if let Some(failure) = self.reader.get_mut().failure.take() {
            return Err(failure);
        }
        if self.depth > 0 {
            let what = "the file ends before the document does: it is cut off";
            return Err(XmlError::new(line, "truncated", what));
        }
        if self.root_closed {
            return Ok(());
        }
        let what = if self.reader.get_mut().is_empty() {
            "the file is empty"
        } else {
            "the file holds no element"
        };
        Err(XmlError::new(line, "empty", what))
    }

    fn explain(&mut self, error: QuickError, line: u64) -> XmlError {
        if let Some(failure) = self.reader.get_mut().failure.take() {
            return failure;
        }
        match error {
            QuickError::Io(e) => XmlError::new(line, "io", format!("the file cannot be read: {e}")),
            // The parser finds these only by running into the end.
            QuickError::Syntax(e) => XmlError::new(line, "truncated", e.to_string()),
            QuickError::IllFormed(IllFormedError::UnclosedReference) => XmlError::new(
                line,
                "not-well-formed",
                "'&' does not begin a reference; it is written '&amp;'",
            ),
            other => XmlError::new(line, "not-well-formed", other.to_string()),
        }
    }
}

fn newlines(text: &str) -> u64 {
    text.bytes().filter(|b| *b == b'\n').count() as u64
}

/// Prefix and local name; the prefix is empty if there is none.
fn split(name: &str) -> (&str, &str) {
    name.split_once(':').unwrap_or(("", name))
}

fn attribute_value(raw: &str, line: u64) -> Result<String, XmlError> {
    if raw.contains('<') {
        return Err(XmlError::new(
            line,
            "not-well-formed",
            "'<' stands in an attribute value",
        ));
    }
    // XML 1.0 §3.3.3: white space as written counts as a space, white space
    // from a reference stays what it is.
    let spaced: Cow<'_, str> = if raw.contains(['\t', '\r', '\n']) {
        raw.replace("\r\n", " ")
            .replace(['\t', '\r', '\n'], " ")
            .into()
    } else {
        raw.into()
    };
    let value = quick_xml::escape::unescape(&spaced).map_err(|e| explain_escape(&e, line))?;
    check_characters(&value, line)?;
    Ok(value.into_owned())
}

fn resolve(reference: &BytesRef<'_>, line: u64) -> Result<char, XmlError> {
    let resolved = reference
        .resolve_char_ref()
        .map_err(|e| XmlError::new(line, "not-well-formed", e.to_string()))?;
    if let Some(character) = resolved {
        return Ok(character);
    }
    let name: &str = reference;
    match name {
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "amp" => Ok('&'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        _ => Err(unknown_entity(name, line)),
    }
}

fn unknown_entity(name: &str, line: u64) -> XmlError {
    let shown: String = name.chars().take(40).collect();
    XmlError::new(
        line,
        "unknown-entity",
        format!("'&{shown};' is not one of the predefined entities"),
    )
}

/// Refuses characters that XML 1.0 §2.2 does not allow.
fn check_characters(text: &str, line: u64) -> Result<(), XmlError> {
    let forbidden = |c: char| {
        (c < ' ' && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{fffe}' | '\u{ffff}')
    };
    match text.char_indices().find(|(_, c)| forbidden(*c)) {
        None => Ok(()),
        Some((at, c)) => {
            let line = line + newlines(&text[..at]);
            let what = format!("the character U+{:04X} is not allowed in XML", u32::from(c));
            Err(XmlError::new(line, "not-well-formed", what))
        }
    }
}

fn explain_attribute(error: &AttrError, line: u64) -> XmlError {
    XmlError::new(
        line,
        "not-well-formed",
        format!("an attribute is malformed: {error}"),
    )
}

fn explain_escape(error: &EscapeError, line: u64) -> XmlError {
    match error {
        EscapeError::UnrecognizedEntity(_, name) => unknown_entity(name, line),
        other => XmlError::new(line, "not-well-formed", other.to_string()),
    }
}
