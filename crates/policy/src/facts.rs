//! The fact model: what a condition can see of one transaction.
//!
//! Every field stands once, in the tables of `facts/{tx,item,party,payment}.rs`,
//! with its name, type, description and the function that reads it.
//! `docs/reference/facts.md` is written from the same tables.

mod case;
mod item;
mod party;
mod payment;
mod prepared;
mod reference;
mod tx;
mod value;

pub use reference::facts_reference;
pub use value::{FactType, Value};

use crate::{ItemControl, sets::SetsAt};
use portcullis_domain::{Item, PartyInRole, Payment, Transaction};
use prepared::Prepared;

/// What a record of facts describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RecordKind {
    /// The transaction as a whole: `tx`.
    Transaction,
    /// A line of goods: `item`.
    Item,
    /// A party in its role: `party`.
    Party,
    /// A payment: `payment`.
    Payment,
}

/// One field of the fact model.
pub struct Field {
    /// Name, as written in conditions after the variable.
    pub name: &'static str,
    /// Type.
    pub ty: FactType,
    /// What it says, in one sentence, with unit and when it is unknown.
    pub doc: &'static str,
    get: for<'a> fn(&Ctx<'a>) -> Value<'a>,
}

impl RecordKind {
    /// Every kind, in the order of the reference.
    pub const ALL: [RecordKind; 4] = [
        RecordKind::Transaction,
        RecordKind::Item,
        RecordKind::Party,
        RecordKind::Payment,
    ];

    /// The variable under which a rule sees it.
    pub fn variable(self) -> &'static str {
        match self {
            RecordKind::Transaction => "tx",
            RecordKind::Item => "item",
            RecordKind::Party => "party",
            RecordKind::Payment => "payment",
        }
    }

    /// Its fields.
    pub fn fields(self) -> &'static [Field] {
        match self {
            RecordKind::Transaction => tx::FIELDS,
            RecordKind::Item => item::FIELDS,
            RecordKind::Party => party::FIELDS,
            RecordKind::Payment => payment::FIELDS,
        }
    }

    /// Position and type of a field.
    pub(crate) fn field(self, name: &str) -> Option<(usize, FactType)> {
        let position = self.fields().iter().position(|f| f.name == name)?;
        Some((position, self.fields()[position].ty))
    }
}

/// The values of one record, in the order of its kind's fields.
pub(crate) type Record<'a> = Vec<Value<'a>>;

/// The facts of one transaction. Absent is unknown, never "none".
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    pub(crate) tx: Record<'a>,
    pub(crate) items: Vec<Record<'a>>,
    pub(crate) parties: Vec<Record<'a>>,
    pub(crate) payments: Vec<Record<'a>>,
}

/// What the functions of the tables read from.
pub(crate) struct Ctx<'a> {
    tx: &'a Transaction,
    controls: &'a [ItemControl],
    prepared: &'a Prepared,
    sets: &'a SetsAt<'a>,
    at: usize,
}

impl<'a> Ctx<'a> {
    fn item(&self, read: impl FnOnce(&'a Item) -> Value<'a>) -> Value<'a> {
        self.tx.items.get(self.at).map_or(Value::Unknown, read)
    }

    fn control(&self, read: impl FnOnce(&'a ItemControl) -> Value<'a>) -> Value<'a> {
        self.controls.get(self.at).map_or(Value::Unknown, read)
    }

    fn party(&self, read: impl FnOnce(&'a PartyInRole) -> Value<'a>) -> Value<'a> {
        self.tx.parties.get(self.at).map_or(Value::Unknown, read)
    }

    fn payment(&self, read: impl FnOnce(&'a Payment) -> Value<'a>) -> Value<'a> {
        self.tx.payments.get(self.at).map_or(Value::Unknown, read)
    }
}

impl<'a> Facts<'a> {
    /// Reads the facts of a transaction. `controls` holds one entry for each
    /// item, in order; items beyond its end have unknown control facts.
    pub(crate) fn build(
        tx: &'a Transaction,
        controls: &'a [ItemControl],
        prepared: &'a Prepared,
        sets: &'a SetsAt<'a>,
    ) -> Facts<'a> {
        let record = |kind: RecordKind, at: usize| -> Record<'a> {
            let ctx = Ctx {
                tx,
                controls,
                prepared,
                sets,
                at,
            };
            kind.fields().iter().map(|f| (f.get)(&ctx)).collect()
        };
        let all = |kind, count: usize| (0..count).map(|at| record(kind, at)).collect();
        Facts {
            tx: record(RecordKind::Transaction, 0),
            items: all(RecordKind::Item, tx.items.len()),
            parties: all(RecordKind::Party, tx.parties.len()),
            payments: all(RecordKind::Payment, tx.payments.len()),
        }
    }

    /// Prepares what several parties are compared by; hand it to [`Facts::build`].
    pub(crate) fn prepare(tx: &Transaction) -> Prepared {
        Prepared::of(tx)
    }

    pub(crate) fn records(&self, kind: RecordKind) -> &[Record<'a>] {
        match kind {
            RecordKind::Transaction => std::slice::from_ref(&self.tx),
            RecordKind::Item => &self.items,
            RecordKind::Party => &self.parties,
            RecordKind::Payment => &self.payments,
        }
    }
}
