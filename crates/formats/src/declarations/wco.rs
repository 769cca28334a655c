//! WCO data model 3.6 in XML, as customs offices exchange it.
//!
//! Sources: the published schemas of the UK Customs Declaration Service
//! (`WCO_DEC_2_DMS.xsd`, `DocumentMetaData_2_DMS.xsd`), read 2026; UN/EDIFACT
//! code list 1225 for function codes; Regulation (EU) 2015/2446 annex B for
//! the data elements behind the names; Delegated Regulation annex B column
//! headings for type codes (EX, IM, CO with the additional type letter).
//!
//! Prefixes and namespaces do not matter: some offices spell them wrong.

pub(super) mod goods;
mod parties;
mod transport;

use super::amend::{Change, Overlay};
use super::xml_file::line_of;
use super::{Limits, Message};
use crate::reading::{At, Collector, shown};
use crate::xml::Element;
use portcullis_domain::{
    Country, Date, Issue, Item, MessageKind, Movement, Transaction, TransactionKind,
};
use std::collections::VecDeque;
use std::sync::Arc;

/// What an envelope held.
pub(super) enum Found {
    Declaration(Element),
    /// An answer of customs.
    Response(Element),
    /// A message that is neither, with the name of its root.
    Other(Element),
}

/// Takes the messages out of any envelope (MetaData, SOAP, a gateway's
/// wrapper). A response keeps the declarations inside it to itself.
pub(super) fn unwrap(root: Element) -> VecDeque<Found> {
    let mut found = VecDeque::new();
    let shell = Element {
        name: root.name.clone(),
        line: root.line,
        ..Element::default()
    };
    collect(root, &mut found);
    if found.is_empty() {
        found.push_back(Found::Other(shell));
    }
    found
}

fn collect(element: Element, found: &mut VecDeque<Found>) {
    let name = element.name.as_str();
    let answers = name.starts_with("Declaration") && name.ends_with("Response");
    if name == "Response" || answers {
        found.push_back(Found::Response(element));
    } else if name == "Declaration" {
        found.push_back(Found::Declaration(element));
    } else {
        for child in element.children {
            collect(child, found);
        }
    }
}

pub(super) fn message(found: &Found, limits: &Limits) -> Message {
    match found {
        Found::Declaration(declaration) => declaration_message(declaration, limits),
        Found::Response(response) => response_message(response),
        Found::Other(root) => {
            let text = format!(
                "'{}' is a message of another kind, not a declaration",
                shown(&root.name)
            );
            not_a_declaration(MessageKind::Other, shown(&root.name), text, root)
        }
    }
}

fn blank(kind: MessageKind, name: String, element: &Element) -> Message {
    Message {
        index: 0,
        line: line_of(element),
        kind,
        name,
        reference: None,
        customs_reference: None,
        version: None,
        transaction: None,
        change: None,
        issues: Vec::new(),
        digest: String::new(),
        raw: Arc::from(&b""[..]),
    }
}

fn not_a_declaration(kind: MessageKind, name: String, text: String, at: &Element) -> Message {
    let mut message = blank(kind, name, at);
    message.issues = vec![Issue::new("not-a-declaration", text).at_line(at.line)];
    message
}

/// Function codes of customs responses, as the UK service publishes them.
const RESPONSES: [(&str, &str); 13] = [
    ("01", "declaration accepted"),
    ("02", "declaration received"),
    ("03", "declaration rejected"),
    ("05", "goods under control"),
    ("06", "documents requested"),
    ("07", "goods released"),
    ("08", "goods to be released later"),
    ("09", "declaration cleared"),
    ("10", "declaration cancelled"),
    ("11", "decision on a request"),
    ("13", "tax and duty calculated"),
    ("16", "goods have left"),
    ("18", "goods have not left in time"),
];

fn response_message(response: &Element) -> Message {
    let function = response.text_of("FunctionCode").unwrap_or("");
    let meaning = RESPONSES.iter().find(|(code, _)| *code == function);
    let name = match meaning {
        Some((code, meaning)) => format!("customs response {code} ({meaning})"),
        None if response.name == "Response" => format!("customs response {}", shown(function)),
        None => shown(&response.name),
    };
    let text = format!("{name}: an answer of customs, not a declaration");
    let mut message = not_a_declaration(MessageKind::Notification, name, text, response);
    let about = response.find("Declaration");
    let said = |path: &str| about.and_then(|d| d.text_of(path)).map(str::to_owned);
    message.reference = said("FunctionalReferenceID").or_else(|| said("LRN"));
    message.customs_reference = said("ID");
    message.version = said("VersionID").and_then(|v| v.parse().ok());
    message
}

/// What a declaration message does, by function code (UN/EDIFACT 1225) and,
/// for additional messages (13), by type code.
fn kind_of(declaration: &Element) -> Result<MessageKind, Issue> {
    let function = declaration.text_of("FunctionCode");
    let kind = declaration.text_of("TypeCode").unwrap_or("");
    match (function, kind) {
        (Some("9"), _) => Ok(MessageKind::Declaration),
        (Some("13"), "COR") | (Some("4" | "5"), _) => Ok(MessageKind::Amendment),
        (Some("13"), "INV") | (Some("1"), _) => Ok(MessageKind::Cancellation),
        (Some("13"), "GPR") => Ok(MessageKind::Other),
        (None, _) if declaration.child("GoodsShipment").is_some() => Ok(MessageKind::Declaration),
        (Some("13"), other) => Err(unknown_function(
            declaration,
            format!(
                "'{}' is not a known type of additional message",
                shown(other)
            ),
        )),
        (Some(other), _) => Err(unknown_function(
            declaration,
            format!("'{}' is not a known function code", shown(other)),
        )),
        (None, _) => Err(unknown_function(
            declaration,
            "the message does not say what it does: no FunctionCode, no GoodsShipment".to_owned(),
        )),
    }
}

fn unknown_function(declaration: &Element, text: String) -> Issue {
    let at = declaration.child("FunctionCode").unwrap_or(declaration);
    Issue::new("unknown-function", text)
        .at_line(at.line)
        .in_field("FunctionCode")
}

fn declaration_message(declaration: &Element, limits: &Limits) -> Message {
    let kind = match kind_of(declaration) {
        Ok(kind) => kind,
        Err(issue) => return refused(declaration, issue),
    };
    let reference = declaration
        .text_of("FunctionalReferenceID")
        .map(str::to_owned);
    let customs_reference = declaration.text_of("ID").map(str::to_owned);
    if kind == MessageKind::Other {
        let name = "WCO goods presentation notice".to_owned();
        let text =
            "a notice that declared goods have arrived; it changes no declaration".to_owned();
        let mut message = not_a_declaration(kind, name, text, declaration);
        (message.reference, message.customs_reference) = (reference, customs_reference);
        return message;
    }
    if reference.is_none() && customs_reference.is_none() {
        let text = "the message has no reference: neither FunctionalReferenceID nor ID";
        let issue = Issue::new("reference-missing", text).at_line(declaration.line);
        return refused(declaration, issue);
    }
    let items = declaration
        .all("GoodsShipment/GovernmentAgencyGoodsItem")
        .len();
    if items > limits.max_items {
        let text = format!("more than {} lines of goods", limits.max_items);
        return refused(
            declaration,
            Issue::new("too-many-items", text).at_line(declaration.line),
        );
    }
    let mut message = blank(kind, String::new(), declaration);
    let transaction = transaction(declaration, kind);
    message.name = format!("WCO {} {}", kind.as_str(), transaction.type_code);
    message.version = transaction.version;
    message.issues = transaction.issues.clone();
    message.change = match (kind, declaration.text_of("FunctionCode")) {
        (MessageKind::Amendment, Some("5")) => Some(Change::Replace),
        (MessageKind::Amendment, _) => Some(Change::Overlay(Overlay::new(declaration))),
        _ => None,
    };
    message.reference = reference.or_else(|| customs_reference.clone());
    message.customs_reference = customs_reference;
    message.transaction = Some(transaction);
    message
}

fn refused(declaration: &Element, issue: Issue) -> Message {
    let mut message = blank(
        MessageKind::Unreadable,
        "WCO message".to_owned(),
        declaration,
    );
    message.line = issue.line;
    message.reference = declaration
        .text_of("FunctionalReferenceID")
        .map(str::to_owned);
    message.customs_reference = declaration.text_of("ID").map(str::to_owned);
    message.issues = vec![issue];
    message
}

/// A reader of one declaration: its issues and where it is.
pub(super) struct Reading {
    pub(super) issues: Collector,
}

impl Reading {
    /// A country code at a path below an element.
    fn country(&mut self, parent: &Element, base: &str, path: &str) -> Option<Country> {
        let element = parent.at(path)?;
        let field = join(base, path);
        let at = At {
            field: &field,
            line: line_of(element),
        };
        self.issues.country_code(&element.text, at)
    }

    /// The day of a WCO date-time: format 102 `CCYYMMDD`, 304 with time and zone.
    fn day(&mut self, parent: &Element, path: &str) -> Option<Date> {
        let element = parent.at(path)?;
        let text = element.text_of("DateTimeString").unwrap_or(&element.text);
        let digits: String = text.chars().take(8).collect();
        let number = |from: usize, to: usize| digits.get(from..to)?.parse::<i16>().ok();
        let all_digits = digits.len() == 8 && digits.bytes().all(|b| b.is_ascii_digit());
        let read = all_digits
            .then(|| Date::new(number(0, 4)?, number(4, 6)? as i8, number(6, 8)? as i8).ok())
            .flatten();
        if read.is_none() {
            let at = At {
                field: path,
                line: line_of(element),
            };
            let text = format!("'{}' is not a date in format 102 or 304", shown(text));
            self.issues.note("not-a-date", at, text);
        }
        read
    }
}

pub(super) fn join(base: &str, path: &str) -> String {
    if base.is_empty() {
        path.to_owned()
    } else {
        format!("{base}/{path}")
    }
}

/// Reads what stands in a `Declaration` element, whole or partial.
pub(super) fn transaction(declaration: &Element, kind: MessageKind) -> Transaction {
    let mut reading = Reading {
        issues: Collector::at_line(line_of(declaration)),
    };
    let empty = Element::default();
    let shipment = declaration.child("GoodsShipment").unwrap_or(&empty);
    let mut transaction = head(declaration, kind, &mut reading);
    transaction.parties = parties::all(declaration, &mut reading);
    transaction.items = goods::items(shipment, &mut reading);
    transaction.documents = goods::documents(shipment, "GoodsShipment", &mut reading);
    transaction
        .documents
        .splice(0..0, goods::documents(declaration, "", &mut reading));
    countries(declaration, shipment, &mut transaction, &mut reading);
    transport::all(declaration, &mut transaction, &mut reading);
    let (movement, contradicts) = movement(&transaction.type_code, &transaction.items);
    transaction.movement = movement;
    if contradicts {
        let at = At {
            field: "TypeCode",
            line: line_of(shipment),
        };
        let text = "the type of the declaration does not go with the procedure of the goods";
        reading.issues.note("contradictory-type", at, text);
    }
    if kind == MessageKind::Declaration {
        completeness(declaration, &transaction, &mut reading);
    }
    transaction.issues = reading.issues.finish();
    transaction
}

fn head(declaration: &Element, kind: MessageKind, reading: &mut Reading) -> Transaction {
    let text = |path: &str| declaration.text_of(path).unwrap_or("").to_owned();
    let offices = [
        "ExitOffice/ID",
        "DeclarationOfficeID",
        "PresentationOffice/ID",
    ];
    let reference = text("FunctionalReferenceID");
    let customs_reference = text("ID");
    let version = declaration.at("VersionID").and_then(|e| {
        let at = At {
            field: "VersionID",
            line: line_of(e),
        };
        reading.issues.small(&e.text, at)
    });
    Transaction {
        reference: if reference.is_empty() {
            customs_reference.clone()
        } else {
            reference
        },
        version,
        kind: TransactionKind::Declaration,
        message: kind,
        type_code: text("TypeCode"),
        customs_reference,
        declared_on: reading
            .day(declaration, "AcceptanceDateTime")
            .or_else(|| reading.day(declaration, "IssueDateTime")),
        value: declaration
            .child("InvoiceAmount")
            .and_then(|e| goods::money(e, "InvoiceAmount", reading)),
        office: offices
            .iter()
            .find_map(|path| declaration.text_of(path))
            .unwrap_or("")
            .to_owned(),
        remarks: remarks(declaration),
        ..Transaction::default()
    }
}

/// What the trader wrote beside the coded fields.
fn remarks(declaration: &Element) -> String {
    let mut lines = Vec::new();
    let places = [
        "AdditionalInformation",
        "GoodsShipment/AdditionalInformation",
        "GoodsShipment/GovernmentAgencyGoodsItem/AdditionalInformation",
    ];
    for info in places.iter().flat_map(|path| declaration.all(path)) {
        let code = info.text_of("StatementCode").unwrap_or("");
        let words = info.text_of("StatementDescription").unwrap_or("");
        let line = [code, words].join(" ").trim().to_owned();
        if !line.is_empty() && !lines.contains(&line) {
            lines.push(line);
        }
    }
    if let Some(nature) = declaration.text_of("GoodsShipment/TransactionNatureCode") {
        lines.push(format!("transaction nature {nature}"));
    }
    lines.join("\n")
}

fn countries(
    declaration: &Element,
    shipment: &Element,
    transaction: &mut Transaction,
    reading: &mut Reading,
) {
    let (destinations, dispatches) = (
        of_shipment(shipment, "Destination/CountryCode", reading),
        of_shipment(shipment, "ExportCountry/ID", reading),
    );
    transaction.destination = destinations.first().copied();
    transaction.dispatch = dispatches.first().copied();
    let mut stops: Vec<(u64, &Element, String)> = Vec::new();
    for (base, consignment) in [
        ("Consignment", declaration.child("Consignment")),
        ("GoodsShipment/Consignment", shipment.child("Consignment")),
    ] {
        for stop in consignment
            .iter()
            .flat_map(|c| c.children_named("Itinerary"))
        {
            let order = stop.text_of("SequenceNumeric").and_then(|s| s.parse().ok());
            stops.push((order.unwrap_or(u64::MAX), stop, join(base, "Itinerary")));
        }
    }
    stops.sort_by_key(|(order, ..)| *order);
    for (_, stop, base) in stops {
        transaction
            .route
            .extend(reading.country(stop, &base, "RoutingCountryCode"));
    }
    if destinations.len() > 1 {
        let at = At {
            field: "GoodsShipment/GovernmentAgencyGoodsItem/Destination/CountryCode",
            line: line_of(shipment),
        };
        let text = "the lines of goods have different destinations; all of them stand in the route";
        reading.issues.note("several-destinations", at, text);
        let more: Vec<Country> = destinations.into_iter().skip(1).collect();
        transaction.route.extend(more);
    }
}

/// The countries of the shipment and of its lines, without repeats, the
/// shipment's own first.
fn of_shipment(shipment: &Element, path: &str, reading: &mut Reading) -> Vec<Country> {
    let mut found: Vec<Country> = Vec::new();
    found.extend(reading.country(shipment, "GoodsShipment", path));
    for item in shipment.children_named("GovernmentAgencyGoodsItem") {
        let country = reading.country(item, &goods::base(item), path);
        if let Some(country) = country.filter(|c| !found.contains(c)) {
            found.push(country);
        }
    }
    found
}

/// The movement by type code and procedures; whether the two contradict.
///
/// Requested procedures (first two digits of data element 1/10): 10 to 39 take
/// goods out, 31 foreign goods; the others bring them in or move them within;
/// 00 is no procedure.
pub(super) fn movement(type_code: &str, items: &[Item]) -> (Movement, bool) {
    let requested: Vec<u8> = items
        .iter()
        .filter_map(|i| i.procedure.get(..2)?.parse().ok())
        .filter(|p| *p != 0)
        .collect();
    let all = |test: fn(u8) -> bool| !requested.is_empty() && requested.iter().all(|p| test(*p));
    let out = |p: u8| (10..40).contains(&p);
    let by_procedure = if all(|p| p == 31) {
        Movement::Reexport
    } else if all(out) {
        Movement::Export
    } else if all(|p| !(10..40).contains(&p)) {
        Movement::Import
    } else {
        Movement::Unknown
    };
    match type_code.get(..2).unwrap_or("") {
        "EX" if by_procedure == Movement::Reexport => (Movement::Reexport, false),
        "EX" => (Movement::Export, by_procedure == Movement::Import),
        // An import that asks for an export procedure is not waved through.
        "IM" if requested.iter().any(|p| out(*p)) => (Movement::Unknown, true),
        "IM" => (Movement::Import, false),
        _ => (by_procedure, false),
    }
}

fn completeness(declaration: &Element, transaction: &Transaction, reading: &mut Reading) {
    let at = |field| At {
        field,
        line: line_of(declaration),
    };
    if declaration.text_of("FunctionCode").is_none() {
        let text = "no FunctionCode; taken as an original declaration";
        reading
            .issues
            .note("function-missing", at("FunctionCode"), text);
    }
    if transaction.items.is_empty() {
        let field = "GoodsShipment/GovernmentAgencyGoodsItem";
        reading.issues.note(
            "no-goods",
            at(field),
            "the declaration has no line of goods",
        );
    }
}
