//! Our own JSON (docs/reference/declaration.schema.json).

use super::Message;
use super::craft::{self, provenance};
use super::fields::{Fields, at, strict_json};
use super::json_party;
use super::json_stream::{JsonStream, Piece};
use crate::reading::{Collector, shown};
use portcullis_domain::{
    CodeScheme, DocumentRef, Issue, Item, ItemCode, MessageKind, Movement, Package, Parameter,
    PartyInRole, Payment, Role, Transaction, TransactionKind, TransportMeans,
};
use serde_json::Value;

pub(super) const KINDS: [(TransactionKind, &str); 4] = [
    (TransactionKind::Declaration, "declaration"),
    (TransactionKind::LicenceApplication, "licence_application"),
    (TransactionKind::Payment, "payment"),
    (TransactionKind::LetterOfCredit, "letter_of_credit"),
];

pub(super) const MESSAGES: [(MessageKind, &str); 3] = [
    (MessageKind::Declaration, "declaration"),
    (MessageKind::Amendment, "amendment"),
    (MessageKind::Cancellation, "cancellation"),
];

pub(super) const SCHEMES: [CodeScheme; 6] = [
    CodeScheme::Hs,
    CodeScheme::Cn,
    CodeScheme::National,
    CodeScheme::Eccn,
    CodeScheme::EuDualUse,
    CodeScheme::UkControl,
];

pub(super) fn next_message(stream: &mut JsonStream<'_>) -> Option<Message> {
    Some(match stream.next_piece()? {
        Piece::Broken { issue, bytes } => Message::unreadable(issue, &bytes),
        Piece::Value { line, bytes } => match strict_json(&bytes) {
            Ok(value) => from_value(&value, line, &bytes, stream.max_items()),
            Err(error) => Message::unreadable(explain(&error, line), &bytes),
        },
    })
}

fn explain(error: &serde_json::Error, line: u64) -> Issue {
    let code = if error.is_eof() {
        "truncated"
    } else {
        "not-well-formed"
    };
    let at = line + (error.line().max(1) as u64 - 1);
    let what = error.to_string();
    // serde_json counts lines from the start of the value.
    let what = what.split(" at line ").next().unwrap_or_default();
    Issue::new(code, format!("this is not JSON: {}", shown(what))).at_line(at)
}

fn from_value(value: &Value, line: u64, raw: &[u8], max_items: usize) -> Message {
    let refuse =
        |code: &str, what: &str| Message::unreadable(Issue::new(code, what).at_line(line), raw);
    let mut issues = Collector::at_line(Some(line));
    let Some(mut fields) = Fields::of(value, "", &mut issues) else {
        return refuse(
            "wrong-schema",
            "a declaration is a JSON object; this is not one",
        );
    };
    if !fields.has("reference") {
        return refuse(
            "reference-missing",
            "the declaration has no field 'reference'",
        );
    }
    if fields.list("items").len() > max_items {
        return refuse(
            "too-many-items",
            &format!("more than {max_items} lines of goods"),
        );
    }
    let message_word = fields.text("message", &mut Collector::default());
    let known = message_word.is_empty() || json_party::by_word(&MESSAGES, &message_word).is_some();
    if !known {
        let what = format!(
            "'{}' is not a kind of message; declaration, amendment or cancellation is",
            shown(&message_word)
        );
        return refuse("unknown-word", &what);
    }
    let mut transaction = transaction(&mut fields, &mut issues);
    fields.finish(&mut issues);
    if transaction.reference.is_empty() {
        return refuse("reference-missing", "the field 'reference' is empty");
    }
    if transaction.message == MessageKind::Declaration && transaction.items.is_empty() {
        issues.note(
            "no-goods",
            at("items"),
            "the declaration has no line of goods",
        );
    }
    transaction.issues = issues.finish();
    Message::own(transaction, "JSON", line, raw)
}

fn transaction(fields: &mut Fields<'_>, issues: &mut Collector) -> Transaction {
    let mut read = Transaction {
        reference: fields.text("reference", issues),
        version: fields.small("version", issues),
        kind: word(fields, "kind", &KINDS, issues).unwrap_or_default(),
        message: word(fields, "message", &MESSAGES, issues).unwrap_or_default(),
        movement: fields
            .word("movement", movement, issues)
            .unwrap_or_default(),
        type_code: fields.text("type_code", issues),
        customs_reference: fields.text("customs_reference", issues),
        declared_on: fields.date("declared_on", issues),
        dispatch: fields.country("dispatch", issues),
        destination: fields.country("destination", issues),
        containers: fields.texts("containers", issues),
        end_use: fields.text("end_use", issues),
        value: fields.money("value", issues),
        office: fields.text("office", issues),
        remarks: fields.text("remarks", issues),
        documents: objects(fields, "documents", issues, document),
        transport: objects(fields, "transport", issues, transport),
        payments: objects(fields, "payments", issues, payment),
        parties: objects(fields, "parties", issues, in_role),
        items: objects(fields, "items", issues, item),
        ..Transaction::default()
    };
    for (path, value) in fields.list("route") {
        let text = value.as_str().unwrap_or("?");
        read.route.extend(issues.country(text, at(&path)));
    }
    craft::add(&mut read);
    for (position, item) in read.items.iter_mut().enumerate() {
        if item.number == 0 {
            item.number = position as u32 + 1;
        }
    }
    read
}

/// The word of the domain; `unknown` says that it is not known.
fn movement(word: &str) -> Option<Movement> {
    if word.trim() == "unknown" {
        return Some(Movement::Unknown);
    }
    Movement::parse(word)
}

fn word<T: Copy>(
    fields: &mut Fields<'_>,
    name: &'static str,
    table: &[(T, &'static str)],
    issues: &mut Collector,
) -> Option<T> {
    fields.word(name, |w| json_party::by_word(table, w), issues)
}

/// The members of a list of objects.
fn objects<T>(
    fields: &mut Fields<'_>,
    name: &'static str,
    issues: &mut Collector,
    read: impl Fn(&mut Fields<'_>, &mut Collector) -> T,
) -> Vec<T> {
    let mut found = Vec::new();
    for (path, value) in fields.list(name) {
        if let Some(mut inner) = Fields::of(value, &path, issues) {
            found.push(read(&mut inner, issues));
            inner.finish(issues);
        }
    }
    found
}

fn in_role(fields: &mut Fields<'_>, issues: &mut Collector) -> PartyInRole {
    let party = json_party::party(fields, issues);
    let role = fields.word("role", Role::parse, issues);
    PartyInRole {
        role: role.unwrap_or(Role::Other),
        item: fields.small("item", issues),
        provenance: provenance(&party),
        party,
    }
}

fn item(fields: &mut Fields<'_>, issues: &mut Collector) -> Item {
    Item {
        number: fields.small("number", issues).unwrap_or(0),
        description: fields.text("description", issues),
        codes: codes(fields, issues),
        quantity: fields.measure("quantity", issues),
        net_mass: fields.quantity("net_mass_kg", issues),
        gross_mass: fields.quantity("gross_mass_kg", issues),
        value: fields.money("value", issues),
        origin: fields.country("origin", issues),
        manufacturer: fields.text("manufacturer", issues),
        part_number: fields.text("part_number", issues),
        serials: fields.texts("serials", issues),
        procedure: fields.text("procedure", issues),
        parameters: objects(fields, "parameters", issues, |f, issues| Parameter {
            name: f.text("name", issues),
            value: f.text("value", issues),
            unit: f.text("unit", issues),
        }),
        packages: objects(fields, "packages", issues, |f, issues| Package {
            count: f.whole("count", issues),
            kind: f.text("kind", issues),
            marks: f.text("marks", issues),
        }),
        documents: objects(fields, "documents", issues, document),
    }
}

/// `[{"scheme": "hs", "value": "854231"}]`.
fn codes(fields: &mut Fields<'_>, issues: &mut Collector) -> Vec<ItemCode> {
    let mut found = Vec::new();
    for (path, value) in fields.list("codes") {
        let Some(mut inner) = Fields::of(value, &path, issues) else {
            continue;
        };
        let find = |w: &str| SCHEMES.into_iter().find(|s| s.as_str() == w);
        let scheme = inner.word("scheme", find, issues);
        let text = inner.text("value", issues);
        if let Some(scheme) = scheme.filter(|_| !text.is_empty()) {
            found.extend(code(scheme, &text, &inner.path("value"), issues));
        }
        inner.finish(issues);
    }
    found
}

/// A code in the form the domain asks for. The scheme of a tariff code is the
/// one declared; it has to be digits of a length the scheme can have. A longer
/// code declared as `hs` is of the scheme its length says, as in the CSV's
/// `hs_code`: every national code begins with the six digits of the HS.
pub(super) fn code(
    scheme: CodeScheme,
    text: &str,
    path: &str,
    issues: &mut Collector,
) -> Option<ItemCode> {
    let tariff = matches!(
        scheme,
        CodeScheme::Hs | CodeScheme::Cn | CodeScheme::National
    );
    if !tariff {
        let value: String = text.split_whitespace().collect();
        return Some(ItemCode {
            scheme,
            value: control_code(&value),
        });
    }
    let read = issues.tariff_code(text, at(path))?;
    let fits = match scheme {
        CodeScheme::Hs => return Some(read),
        CodeScheme::Cn => read.value.len() == 8,
        _ => read.value.len() > 6,
    };
    if !fits {
        let what = format!("'{}' has not the length of a {scheme} code", read.value);
        issues.note("not-a-code", at(path), what);
        return None;
    }
    Some(ItemCode {
        scheme,
        value: read.value,
    })
}

/// Upper case up to the first dot, as control lists print it: `3A001.a.5`.
fn control_code(text: &str) -> String {
    match text.split_once('.') {
        Some((entry, rest)) => format!("{}.{}", entry.to_uppercase(), rest.to_lowercase()),
        None => text.to_uppercase(),
    }
}

fn document(fields: &mut Fields<'_>, issues: &mut Collector) -> DocumentRef {
    DocumentRef {
        category: fields.text("category", issues),
        kind: fields.text("kind", issues),
        id: fields.text("id", issues),
        status: fields.text("status", issues),
        write_off: fields.measure("write_off", issues),
        valid_until: fields.date("valid_until", issues),
    }
}

fn transport(fields: &mut Fields<'_>, issues: &mut Collector) -> TransportMeans {
    TransportMeans {
        mode: fields.text("mode", issues),
        id_kind: fields.text("id_kind", issues),
        id: fields.text("id", issues),
        name: fields.text("name", issues),
        nationality: fields.country("nationality", issues),
    }
}

fn payment(fields: &mut Fields<'_>, issues: &mut Collector) -> Payment {
    Payment {
        country: fields.country("country", issues),
        method: fields.text("method", issues),
        amount: fields.money("amount", issues),
    }
}
