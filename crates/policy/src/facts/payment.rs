//! `payment`: a payment as the declaration or its papers state it.

use super::value::{country, maybe, money, ratio, text};
use super::{Ctx, Field, Value};
use crate::facts::FactType::{Country, Number, Text};

pub(super) static FIELDS: &[Field] = &[
    Field {
        name: "country",
        ty: Country,
        doc: "Country from which it is paid.",
        get: |c| c.payment(|p| country(p.country.as_ref())),
    },
    Field {
        name: "method",
        ty: Text,
        doc: "`transfer`, `letter_of_credit`, `cash`, `prepayment`, `virtual_asset`, `personal_account` or `other`.",
        get: |c| c.payment(|p| text(&p.method)),
    },
    Field {
        name: "value",
        ty: Number,
        doc: "Amount in `payment.currency`.",
        get: |c| c.payment(|p| maybe(p.amount.as_ref().map(money))),
    },
    Field {
        name: "currency",
        ty: Text,
        doc: "ISO 4217 currency of the amount.",
        get: |c| {
            c.payment(|p| {
                p.amount
                    .as_ref()
                    .map_or(Value::Unknown, |a| text(&a.currency))
            })
        },
    },
    Field {
        name: "share_of_value",
        ty: Number,
        doc: "Amount divided by the total invoice value; unknown unless both are stated in one currency.",
        get: share,
    },
];

fn share(c: &Ctx<'_>) -> Value<'static> {
    let amount = c.tx.payments.get(c.at).and_then(|p| p.amount.as_ref());
    match (amount, c.tx.value.as_ref()) {
        (Some(amount), Some(value)) if amount.currency == value.currency => {
            ratio(Some(money(amount)), Some(money(value)))
        }
        _ => Value::Unknown,
    }
}
