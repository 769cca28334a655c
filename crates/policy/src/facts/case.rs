//! Facts from the test cases that rules carry.

use super::{FactType, Facts, Record, RecordKind, Value};
use crate::{Problem, Row};
use std::borrow::Cow;

impl Facts<'static> {
    /// Reads the facts of a case: tables `tx`, `item`, `party`, `payment` and
    /// arrays of tables `items`, `parties`, `payments`. A fact that is not
    /// given is unknown. The subject (`item`, `party`, `payment`) comes first
    /// among the records of its kind. Problems: unknown facts, wrong types.
    pub(crate) fn of_case(case: &Row, problems: &mut Vec<Problem>) -> Facts<'static> {
        let mut facts = Facts {
            tx: blank(RecordKind::Transaction),
            items: Vec::new(),
            parties: Vec::new(),
            payments: Vec::new(),
        };
        if let Some(row) = case.table("tx", problems) {
            facts.tx = record(RecordKind::Transaction, &row, problems);
        }
        let kinds = [
            (RecordKind::Item, "items"),
            (RecordKind::Party, "parties"),
            (RecordKind::Payment, "payments"),
        ];
        for (kind, plural) in kinds {
            let subject = case.table(kind.variable(), problems);
            let others = case.rows(plural, problems);
            let rows = subject.iter().chain(&others);
            let records = rows.map(|row| record(kind, row, problems)).collect();
            match kind {
                RecordKind::Item => facts.items = records,
                RecordKind::Party => facts.parties = records,
                _ => facts.payments = records,
            }
        }
        facts
    }
}

impl Facts<'static> {
    /// One record of each kind, of which nothing is known.
    pub(crate) fn nothing() -> Facts<'static> {
        Facts {
            tx: blank(RecordKind::Transaction),
            items: vec![blank(RecordKind::Item)],
            parties: vec![blank(RecordKind::Party)],
            payments: vec![blank(RecordKind::Payment)],
        }
    }
}

fn blank(kind: RecordKind) -> Record<'static> {
    let value = |ty| match ty {
        FactType::Records(kind) => Value::Records(kind),
        _ => Value::Unknown,
    };
    kind.fields().iter().map(|f| value(f.ty)).collect()
}

fn record(kind: RecordKind, row: &Row, problems: &mut Vec<Problem>) -> Record<'static> {
    let mut record = blank(kind);
    let table: toml::Table = match row.read() {
        Ok(table) => table,
        Err(problem) => {
            problems.push(problem);
            return record;
        }
    };
    for (name, given) in table {
        let Some((position, ty)) = kind.field(&name) else {
            let text = format!("'{}' has no fact '{name}'", kind.variable());
            problems.push(row.problem_at(&name, text));
            continue;
        };
        match value(ty, &given) {
            Some(value) => record[position] = value,
            None => {
                let text = format!("'{name}' must be a {}", ty.word());
                problems.push(row.problem_at(&name, text));
            }
        }
    }
    record
}

fn value(ty: FactType, given: &toml::Value) -> Option<Value<'static>> {
    match ty {
        FactType::Truth => given.as_bool().map(Value::Truth),
        FactType::Number => {
            let whole = given.as_integer().map(|n| n as f64);
            whole.or(given.as_float()).map(Value::Number)
        }
        FactType::Text | FactType::Country => {
            let text = given.as_str().filter(|t| !t.is_empty())?;
            Some(Value::Text(Cow::Owned(text.to_owned())))
        }
        FactType::TextList | FactType::CountryList => {
            let texts = given.as_array()?.iter();
            let each = texts.map(|t| t.as_str().map(|t| Cow::Owned(t.to_owned())));
            each.collect::<Option<Vec<_>>>().map(Value::Texts)
        }
        FactType::Records(_) => None,
    }
}
