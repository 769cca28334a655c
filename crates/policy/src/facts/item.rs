//! `item`: a line of goods.

use super::value::{
    country, known, maybe, measure, money, number, owned, quantity, ratio, stated, text, truth,
};
use super::{Field, Value};
use crate::facts::FactType::{Country, Number, Text, TextList, Truth};
use crate::words;
use portcullis_domain::{CodeScheme, Item};

pub(super) static FIELDS: &[Field] = &[
    Field {
        name: "number",
        ty: Number,
        doc: "Number of the line in the declaration, from 1.",
        get: |c| c.item(|i| number(f64::from(i.number))),
    },
    Field {
        name: "description",
        ty: Text,
        doc: "Description of the goods as declared.",
        get: |c| c.item(|i| text(&i.description)),
    },
    Field {
        name: "description_words",
        ty: Number,
        doc: "How many words the description has.",
        get: |c| {
            c.item(|i| match words::count(&i.description) {
                0 => Value::Unknown,
                count => number(count as f64),
            })
        },
    },
    Field {
        name: "hs2",
        ty: Text,
        doc: "HS chapter, two digits, from the declared tariff code.",
        get: |c| c.item(|i| digits(i, 2)),
    },
    Field {
        name: "hs4",
        ty: Text,
        doc: "HS heading, four digits, from the declared tariff code.",
        get: |c| c.item(|i| digits(i, 4)),
    },
    Field {
        name: "hs6",
        ty: Text,
        doc: "HS subheading, six digits, from the declared tariff code.",
        get: |c| c.item(|i| digits(i, 6)),
    },
    Field {
        name: "cn8",
        ty: Text,
        doc: "EU Combined Nomenclature code, eight digits, as declared.",
        get: |c| c.item(|i| code(i, CodeScheme::Cn)),
    },
    Field {
        name: "eccn",
        ty: Text,
        doc: "US Export Control Classification Number, or `EAR99`, as declared.",
        get: |c| c.item(|i| code(i, CodeScheme::Eccn)),
    },
    Field {
        name: "control_group",
        ty: Text,
        doc: "Category and product group of the declared US, EU or UK control number: its first two characters, for example `3A`; unknown for `EAR99`.",
        get: |c| c.item(control_group),
    },
    Field {
        name: "eu_dual_use",
        ty: Text,
        doc: "EU dual-use number of Annex I, as declared.",
        get: |c| c.item(|i| code(i, CodeScheme::EuDualUse)),
    },
    Field {
        name: "uk_control",
        ty: Text,
        doc: "UK control entry, as declared.",
        get: |c| c.item(|i| code(i, CodeScheme::UkControl)),
    },
    Field {
        name: "quantity",
        ty: Number,
        doc: "Quantity in `item.unit`.",
        get: |c| c.item(|i| maybe(i.quantity.as_ref().map(measure))),
    },
    Field {
        name: "unit",
        ty: Text,
        doc: "Unit of the quantity (UN/CEFACT Recommendation 20 code as declared).",
        get: |c| {
            c.item(|i| {
                i.quantity
                    .as_ref()
                    .map_or(Value::Unknown, |q| text(&q.unit))
            })
        },
    },
    Field {
        name: "net_mass",
        ty: Number,
        doc: "Net mass in kilograms.",
        get: |c| c.item(|i| maybe(i.net_mass.map(quantity))),
    },
    Field {
        name: "gross_mass",
        ty: Number,
        doc: "Gross mass in kilograms.",
        get: |c| c.item(|i| maybe(i.gross_mass.map(quantity))),
    },
    Field {
        name: "value",
        ty: Number,
        doc: "Value of the line in `item.currency`.",
        get: |c| c.item(|i| maybe(i.value.as_ref().map(money))),
    },
    Field {
        name: "currency",
        ty: Text,
        doc: "ISO 4217 currency of the value of the line.",
        get: |c| {
            c.item(|i| {
                i.value
                    .as_ref()
                    .map_or(Value::Unknown, |v| text(&v.currency))
            })
        },
    },
    Field {
        name: "value_per_kg",
        ty: Number,
        doc: "Value of the line divided by its net mass in kilograms; unknown where either is missing or the mass is zero.",
        get: |c| c.item(|i| ratio(i.value.as_ref().map(money), i.net_mass.map(quantity))),
    },
    Field {
        name: "kg_per_unit",
        ty: Number,
        doc: "Net mass in kilograms divided by the quantity; unknown where either is missing or the quantity is zero.",
        get: |c| c.item(|i| ratio(i.net_mass.map(quantity), i.quantity.as_ref().map(measure))),
    },
    Field {
        name: "origin",
        ty: Country,
        doc: "Country of origin.",
        get: |c| c.item(|i| country(i.origin.as_ref())),
    },
    Field {
        name: "manufacturer",
        ty: Text,
        doc: "Maker's name as declared for the line.",
        get: |c| c.item(|i| text(&i.manufacturer)),
    },
    Field {
        name: "part_number",
        ty: Text,
        doc: "Maker's part or model number.",
        get: |c| c.item(|i| text(&i.part_number)),
    },
    Field {
        name: "serial_numbers",
        ty: TextList,
        doc: "Serial numbers; unknown where none is declared.",
        get: |c| c.item(|i| stated(i.serials.iter().map(String::as_str))),
    },
    Field {
        name: "procedure",
        ty: Text,
        doc: "Customs procedure as declared, for example `1040`.",
        get: |c| c.item(|i| text(&i.procedure)),
    },
    Field {
        name: "packages",
        ty: Number,
        doc: "Number of packages of the line; unknown where any count is missing.",
        get: |c| c.item(packages),
    },
    Field {
        name: "package_kinds",
        ty: TextList,
        doc: "Kinds of packages (UN/ECE Recommendation 21 code as declared); unknown where none is declared.",
        get: |c| c.item(|i| stated(i.packages.iter().map(|p| p.kind.as_str()))),
    },
    Field {
        name: "document_kinds",
        ty: TextList,
        doc: "Kinds of the documents named for this line, as declared; empty where none is named.",
        get: |c| c.item(|i| known(i.documents.iter().map(|d| d.kind.as_str()))),
    },
    Field {
        name: "high_priority",
        ty: Truth,
        doc: "Whether the goods are on a high-priority list; unknown where no code could be compared.",
        get: |c| c.control(|k| truth(k.high_priority)),
    },
    Field {
        name: "tier",
        ty: Text,
        doc: "Tier on the high-priority list, for example `1` or `3.A`; unknown where the goods are not on it.",
        get: |c| c.control(|k| text(k.tier.as_deref().unwrap_or(""))),
    },
    Field {
        name: "controlled",
        ty: Truth,
        doc: "Whether the goods are on a control list that binds here; unknown where codes are missing or contradict each other.",
        get: |c| c.control(|k| truth(k.controlled)),
    },
    Field {
        name: "control_reasons",
        ty: TextList,
        doc: "Reasons for control as the list spells them, for example `NS2`; unknown where none is known.",
        get: |c| c.control(|k| stated(k.reasons.iter().map(String::as_str))),
    },
];

fn digits(item: &Item, count: usize) -> Value<'_> {
    item.hs6()
        .and_then(|hs6| hs6.get(..count))
        .map_or(Value::Unknown, text)
}

fn code(item: &Item, scheme: CodeScheme) -> Value<'_> {
    item.code(scheme).map_or(Value::Unknown, text)
}

fn control_group(item: &Item) -> Value<'_> {
    let schemes = [
        CodeScheme::Eccn,
        CodeScheme::EuDualUse,
        CodeScheme::UkControl,
    ];
    let shaped = |code: &str| {
        let mut letters = code.chars();
        let digit = letters.next().is_some_and(|c| c.is_ascii_digit());
        let letter = letters.next().is_some_and(|c| c.is_ascii_alphabetic());
        (digit && letter).then(|| code[..2].to_ascii_uppercase())
    };
    schemes
        .iter()
        .find_map(|scheme| item.code(*scheme).and_then(shaped))
        .map_or(Value::Unknown, owned)
}

fn packages(item: &Item) -> Value<'_> {
    if item.packages.is_empty() {
        return Value::Unknown;
    }
    let sum: Option<f64> = item
        .packages
        .iter()
        .map(|p| p.count.map(|n| n as f64))
        .sum();
    maybe(sum)
}
