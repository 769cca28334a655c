//! `tx`: the transaction as a whole.

use super::value::{country, known, maybe, money, number, quantity, stated, text, truth};
use super::{Ctx, Field, RecordKind, Value};
use crate::facts::FactType::{Country, CountryList, Number, Records, Text, TextList, Truth};
use portcullis_domain::{MessageKind, Movement, Provenance, Quantity};
use portcullis_domain::{TransactionKind, Truth as Three};
use std::borrow::Cow;

pub(super) static FIELDS: &[Field] = &[
    Field {
        name: "kind",
        ty: Text,
        doc: "What sort of paper: `declaration`, `licence_application`, `payment` or `letter_of_credit`.",
        get: |c| text(kind(c.tx.kind)),
    },
    Field {
        name: "message",
        ty: Text,
        doc: "What the message does: `declaration`, `amendment` or `cancellation`.",
        get: |c| message(c.tx.message),
    },
    Field {
        name: "movement",
        ty: Text,
        doc: "What happens to the goods: `export`, `reexport`, `in_country_transfer`, `transit`, `brokering`, `technical_assistance`, `intangible` or `import`; unknown where it is not stated.",
        get: |c| match c.tx.movement {
            Movement::Unknown => Value::Unknown,
            movement => text(movement.as_str()),
        },
    },
    Field {
        name: "type_code",
        ty: Text,
        doc: "Type code as declared, for example `EXD`.",
        get: |c| text(&c.tx.type_code),
    },
    Field {
        name: "dispatch",
        ty: Country,
        doc: "Country from which the goods leave.",
        get: |c| country(c.tx.dispatch.as_ref()),
    },
    Field {
        name: "destination",
        ty: Country,
        doc: "Country of last known destination.",
        get: |c| country(c.tx.destination.as_ref()),
    },
    Field {
        name: "route",
        ty: CountryList,
        doc: "Countries of routing, in order, without repeats; unknown where none is declared.",
        get: |c| stated(c.tx.route.iter().map(|c| c.code())),
    },
    Field {
        name: "route_legs",
        ty: Number,
        doc: "How many countries of routing are declared, repeats counted; unknown where none is declared.",
        get: |c| match c.tx.route.len() {
            0 => Value::Unknown,
            legs => number(legs as f64),
        },
    },
    Field {
        name: "transport_modes",
        ty: TextList,
        doc: "Modes of transport as declared (UN/ECE Recommendation 19: `1` sea, `2` rail, `3` road, `4` air, `5` post); unknown where none is declared.",
        get: |c| stated(c.tx.transport.iter().map(|t| t.mode.as_str())),
    },
    Field {
        name: "end_use",
        ty: Text,
        doc: "End use as declared.",
        get: |c| text(&c.tx.end_use),
    },
    Field {
        name: "remarks",
        ty: Text,
        doc: "Requests or remarks of the trader.",
        get: |c| text(&c.tx.remarks),
    },
    Field {
        name: "texts",
        ty: TextList,
        doc: "All free text: remarks, end use, descriptions of goods and shipping marks; unknown where there is none.",
        get: texts,
    },
    Field {
        name: "value",
        ty: Number,
        doc: "Total invoice value in `tx.currency`.",
        get: |c| maybe(c.tx.value.as_ref().map(money)),
    },
    Field {
        name: "currency",
        ty: Text,
        doc: "ISO 4217 currency of the total value.",
        get: |c| {
            c.tx.value
                .as_ref()
                .map_or(Value::Unknown, |v| text(&v.currency))
        },
    },
    Field {
        name: "net_mass",
        ty: Number,
        doc: "Sum of net mass in kilograms; unknown unless every line states it.",
        get: |c| total(c, |item| item.net_mass),
    },
    Field {
        name: "gross_mass",
        ty: Number,
        doc: "Sum of gross mass in kilograms; unknown unless every line states it.",
        get: |c| total(c, |item| item.gross_mass),
    },
    Field {
        name: "document_kinds",
        ty: TextList,
        doc: "Kinds of all documents named, for the whole and for the lines, as declared; empty where none is named.",
        get: |c| known(c.tx.all_documents().map(|d| d.kind.as_str())),
    },
    Field {
        name: "roles",
        ty: TextList,
        doc: "Roles that somebody fills by name or identifier (`exporter`, `consignee`, `end_user` …); empty where nobody is named.",
        get: |c| {
            let filled =
                c.tx.parties
                    .iter()
                    .filter(|p| p.provenance != Provenance::Unnamed);
            known(filled.map(|p| p.role.as_str()))
        },
    },
    Field {
        name: "party_countries",
        ty: CountryList,
        doc: "Countries of all parties: addresses, registration, nationality; unknown where none is stated.",
        get: |c| party_countries(c),
    },
    Field {
        name: "high_priority",
        ty: Truth,
        doc: "Whether any line of goods is on a high-priority list; unknown where none is known to be and one cannot be compared.",
        get: |c| any_item(c, |control| control.high_priority),
    },
    Field {
        name: "controlled",
        ty: Truth,
        doc: "Whether any line of goods is on a control list; unknown where none is known to be and one cannot be told.",
        get: |c| any_item(c, |control| control.controlled),
    },
    Field {
        name: "unread_fields",
        ty: Number,
        doc: "How many fields of the declaration could not be read.",
        get: |c| number(c.tx.issues.len() as f64),
    },
    Field {
        name: "items",
        ty: Records(RecordKind::Item),
        doc: "The lines of goods, with the fields of `item`.",
        get: |_| Value::Records(RecordKind::Item),
    },
    Field {
        name: "parties",
        ty: Records(RecordKind::Party),
        doc: "The parties in their roles, with the fields of `party`.",
        get: |_| Value::Records(RecordKind::Party),
    },
    Field {
        name: "payments",
        ty: Records(RecordKind::Payment),
        doc: "The payments, with the fields of `payment`.",
        get: |_| Value::Records(RecordKind::Payment),
    },
];

fn kind(kind: TransactionKind) -> &'static str {
    match kind {
        TransactionKind::Declaration => "declaration",
        TransactionKind::LicenceApplication => "licence_application",
        TransactionKind::Payment => "payment",
        TransactionKind::LetterOfCredit => "letter_of_credit",
    }
}

fn message(message: MessageKind) -> Value<'static> {
    match message {
        MessageKind::Unreadable => Value::Unknown,
        readable => text(readable.as_str()),
    }
}

fn texts<'a>(c: &Ctx<'a>) -> Value<'a> {
    let whole = [c.tx.remarks.as_str(), c.tx.end_use.as_str()];
    let lines = c.tx.items.iter().flat_map(|item| {
        let marks = item.packages.iter().map(|p| p.marks.as_str());
        std::iter::once(item.description.as_str()).chain(marks)
    });
    stated(whole.into_iter().chain(lines))
}

fn total(c: &Ctx<'_>, of: impl Fn(&portcullis_domain::Item) -> Option<Quantity>) -> Value<'static> {
    if c.tx.items.is_empty() {
        return Value::Unknown;
    }
    let sum: Option<f64> = c.tx.items.iter().map(|i| of(i).map(quantity)).sum();
    maybe(sum)
}

fn party_countries<'a>(c: &Ctx<'a>) -> Value<'a> {
    let mut list: Vec<Cow<'a, str>> = Vec::new();
    for party in &c.tx.parties {
        for country in party.party.all_countries() {
            if !list.iter().any(|known| known == country.code()) {
                list.push(Cow::Owned(country.code().to_owned()));
            }
        }
    }
    if list.is_empty() {
        Value::Unknown
    } else {
        Value::Texts(list)
    }
}

fn any_item(c: &Ctx<'_>, of: impl Fn(&crate::ItemControl) -> Three) -> Value<'static> {
    if c.tx.items.is_empty() {
        return Value::Unknown;
    }
    let each = (0..c.tx.items.len()).map(|at| c.controls.get(at).map_or(Three::Unknown, &of));
    truth(each.fold(Three::False, Three::or))
}
