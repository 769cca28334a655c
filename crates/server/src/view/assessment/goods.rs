//! Lines of goods and documents.

use super::place;
use crate::view::{Fact, count, day, money};
use portcullis_domain::{CodeScheme, DocumentRef, Item, Measure, Transaction};

/// A line of goods on the page.
#[derive(Clone, Debug)]
pub(crate) struct ItemView {
    pub(crate) anchor: String,
    pub(crate) number: String,
    pub(crate) description: String,
    pub(crate) lines: Vec<String>,
    pub(crate) codes: Vec<Fact>,
    pub(crate) origin: String,
    pub(crate) quantity: String,
    pub(crate) mass: String,
    pub(crate) value: String,
}

/// A document named in the declaration.
#[derive(Clone, Debug)]
pub(crate) struct DocumentView {
    pub(crate) kind: String,
    pub(crate) id: String,
    pub(crate) status: String,
    pub(crate) line: String,
}

pub(crate) fn items(transaction: &Transaction) -> Vec<ItemView> {
    let each = transaction.items.iter().enumerate();
    each.map(|(at, item)| ItemView {
        anchor: format!("item-{at}"),
        number: item.number.to_string(),
        description: if item.description.is_empty() {
            "No description".to_owned()
        } else {
            item.description.clone()
        },
        lines: lines(item),
        codes: codes(item),
        origin: item
            .origin
            .map(place)
            .unwrap_or_else(|| "not stated".to_owned()),
        quantity: item.quantity.as_ref().map_or(String::new(), measure),
        mass: item
            .net_mass
            .map_or(String::new(), |mass| format!("{mass} kg net")),
        value: item.value.as_ref().map_or(String::new(), money),
    })
    .collect()
}

/// `3 lines`.
pub(crate) fn summary(transaction: &Transaction) -> String {
    count(transaction.items.len(), "line", "lines")
}

/// Documents of the whole, then those of each line.
pub(crate) fn documents(transaction: &Transaction) -> Vec<DocumentView> {
    let whole = transaction
        .documents
        .iter()
        .map(|d| document(d, "the whole".to_owned()));
    let lined = transaction.items.iter().flat_map(|item| {
        item.documents
            .iter()
            .map(|d| document(d, format!("line {}", item.number)))
    });
    whole.chain(lined).collect()
}

fn document(document: &DocumentRef, line: String) -> DocumentView {
    let kind = document.kind.replace('_', " ");
    let until = document
        .valid_until
        .map(|d| format!("valid until {}", day(d)));
    let written_off = document
        .write_off
        .as_ref()
        .map(|m| format!("{} written off", measure(m)));
    let status: Vec<String> = Some(document.status.clone())
        .into_iter()
        .chain(until)
        .chain(written_off)
        .filter(|part| !part.is_empty())
        .collect();
    DocumentView {
        kind: if document.category.is_empty() || kind.starts_with(&document.category) {
            kind
        } else {
            format!("{} {kind}", document.category)
        },
        id: document.id.clone(),
        status: status.join(", "),
        line,
    }
}

fn codes(item: &Item) -> Vec<Fact> {
    let each = item.codes.iter();
    each.map(|code| Fact::new(scheme_label(code.scheme), code.value.as_str()))
        .collect()
}

fn scheme_label(scheme: CodeScheme) -> &'static str {
    match scheme {
        CodeScheme::Hs => "HS",
        CodeScheme::Cn => "CN",
        CodeScheme::National => "Tariff",
        CodeScheme::Eccn => "ECCN",
        CodeScheme::EuDualUse => "EU",
        CodeScheme::UkControl => "UK",
    }
}

/// An amount with its unit; the usual UN/CEFACT codes in words.
fn measure(measure: &Measure) -> String {
    let one = measure.amount.micros() == 1_000_000;
    let unit = match measure.unit.as_str() {
        "KGM" => "kg",
        "NAR" | "C62" | "H87" if one => "piece",
        "NAR" | "C62" | "H87" => "pieces",
        "LTR" => "l",
        "MTR" => "m",
        "MTK" => "m²",
        "TNE" => "t",
        other => other,
    };
    format!("{} {unit}", measure.amount).trim_end().to_owned()
}

fn lines(item: &Item) -> Vec<String> {
    let mut lines = Vec::new();
    let made: Vec<String> = [
        (!item.manufacturer.is_empty()).then(|| format!("Made by {}", item.manufacturer)),
        (!item.part_number.is_empty()).then(|| format!("part {}", item.part_number)),
        (!item.serials.is_empty()).then(|| format!("serial {}", item.serials.join(", "))),
    ]
    .into_iter()
    .flatten()
    .collect();
    if !made.is_empty() {
        lines.push(crate::view::sentence(&made.join(", ")));
    }
    let parameters: Vec<String> = item
        .parameters
        .iter()
        .map(|p| {
            format!("{}: {} {}", p.name, p.value, p.unit)
                .trim_end()
                .to_owned()
        })
        .collect();
    if !parameters.is_empty() {
        lines.push(parameters.join("; "));
    }
    if !item.procedure.is_empty() {
        lines.push(format!("Procedure {}", item.procedure));
    }
    lines
}
