//! The writer of our own JSON: what it writes, the reader reads back.

use super::json::{KINDS, MESSAGES};
use super::json_party::{COUNTRY_ROLES, NAME_KINDS, word_of};
use portcullis_domain::{
    Address, DocumentRef, Item, Measure, Money, Movement, NameKind, Party, PartyInRole, PartyKind,
    Transaction,
};
use serde_json::{Map, Value, json};

/// A transaction in our own JSON. Empty fields are left out. Issues and where
/// a name came from are not part of the format.
pub fn write_json(transaction: &Transaction) -> Value {
    let t = transaction;
    let mut out = Object::default();
    out.text("reference", &t.reference);
    out.put("version", t.version.map(Value::from));
    out.text("kind", word_of(&KINDS, &t.kind));
    out.text("message", word_of(&MESSAGES, &t.message));
    out.put(
        "movement",
        (t.movement != Movement::Unknown).then(|| t.movement.as_str().into()),
    );
    out.text("type_code", &t.type_code);
    out.text("customs_reference", &t.customs_reference);
    out.put("declared_on", t.declared_on.map(|d| d.to_string().into()));
    out.list("parties", t.parties.iter().map(in_role));
    out.list("items", t.items.iter().map(item));
    out.put("dispatch", t.dispatch.map(|c| c.code().into()));
    out.put("destination", t.destination.map(|c| c.code().into()));
    out.list("route", t.route.iter().map(|c| c.code().into()));
    out.list(
        "transport",
        t.transport.iter().map(|m| {
            let mut out = Object::default();
            out.text("mode", &m.mode);
            out.text("id_kind", &m.id_kind);
            out.text("id", &m.id);
            out.text("name", &m.name);
            out.put("nationality", m.nationality.map(|c| c.code().into()));
            out.done()
        }),
    );
    out.list("containers", t.containers.iter().map(|c| c.as_str().into()));
    out.text("end_use", &t.end_use);
    out.put("value", t.value.as_ref().map(money));
    out.list("documents", t.documents.iter().map(document));
    out.list(
        "payments",
        t.payments.iter().map(|p| {
            let mut out = Object::default();
            out.put("country", p.country.map(|c| c.code().into()));
            out.text("method", &p.method);
            out.put("amount", p.amount.as_ref().map(money));
            out.done()
        }),
    );
    out.text("office", &t.office);
    out.text("remarks", &t.remarks);
    out.done()
}

#[derive(Default)]
struct Object(Map<String, Value>);

impl Object {
    fn put(&mut self, name: &str, value: Option<Value>) {
        if let Some(value) = value {
            self.0.insert(name.to_owned(), value);
        }
    }

    fn text(&mut self, name: &str, text: &str) {
        self.put(name, (!text.is_empty()).then(|| text.into()));
    }

    fn list(&mut self, name: &str, values: impl Iterator<Item = Value>) {
        let values: Vec<Value> = values.collect();
        self.put(name, (!values.is_empty()).then_some(Value::Array(values)));
    }

    fn done(self) -> Value {
        Value::Object(self.0)
    }
}

fn money(money: &Money) -> Value {
    let mut out = Object::default();
    out.text("amount", &money.amount());
    out.text("currency", &money.currency);
    out.done()
}

fn measure(measure: &Measure) -> Value {
    let mut out = Object::default();
    out.text("amount", &measure.amount.to_string());
    out.text("unit", &measure.unit);
    out.done()
}

fn in_role(party: &PartyInRole) -> Value {
    let mut out = Object::default();
    out.text("role", party.role.as_str());
    out.put("item", party.item.map(Value::from));
    write_party(&party.party, &mut out);
    out.done()
}

/// Names keep their order, so all of them stand under `name` unless there is
/// but one that is plain.
fn write_party(party: &Party, out: &mut Object) {
    if party.kind != PartyKind::Unknown {
        out.text("type", party.kind.as_str());
    }
    match party.names.as_slice() {
        [only] if only.kind == NameKind::Primary && only.language.is_none() => {
            out.text("name", &only.text);
        }
        names => out.list(
            "name",
            names.iter().map(|name| {
                let mut out = Object::default();
                out.text("text", &name.text);
                out.text("kind", word_of(&NAME_KINDS, &name.kind));
                out.text("language", name.language.as_deref().unwrap_or(""));
                out.done()
            }),
        ),
    }
    out.list(
        "identifiers",
        party.identifiers.iter().map(|identifier| {
            let mut out = Object::default();
            out.text("scheme", &identifier.scheme);
            out.text("value", &identifier.value);
            out.put("country", identifier.country.map(|c| c.code().into()));
            out.done()
        }),
    );
    out.list("address", party.addresses.iter().map(address));
    out.list("countries", party.countries.iter().map(|related| {
        json!({"role": word_of(&COUNTRY_ROLES, &related.role), "country": related.country.code()})
    }));
    let birth_dates = party.birth_dates.iter().map(|d| d.to_string().into());
    out.list("birth_dates", birth_dates);
    out.list("emails", party.emails.iter().map(|e| e.as_str().into()));
    out.list("phones", party.phones.iter().map(|p| p.as_str().into()));
}

fn address(address: &Address) -> Value {
    let mut out = Object::default();
    out.text("street", &address.street);
    out.text("city", &address.city);
    out.text("region", &address.region);
    out.text("postcode", &address.postcode);
    out.put("country", address.country.map(|c| c.code().into()));
    out.done()
}

fn item(item: &Item) -> Value {
    let mut out = Object::default();
    out.put("number", Some(item.number.into()));
    out.text("description", &item.description);
    out.list(
        "codes",
        item.codes
            .iter()
            .map(|code| json!({"scheme": code.scheme.as_str(), "value": code.value})),
    );
    out.put("quantity", item.quantity.as_ref().map(measure));
    out.put("net_mass_kg", item.net_mass.map(|q| q.to_string().into()));
    out.put(
        "gross_mass_kg",
        item.gross_mass.map(|q| q.to_string().into()),
    );
    out.put("value", item.value.as_ref().map(money));
    out.put("origin", item.origin.map(|c| c.code().into()));
    out.text("manufacturer", &item.manufacturer);
    out.text("part_number", &item.part_number);
    out.list("serials", item.serials.iter().map(|s| s.as_str().into()));
    out.list(
        "parameters",
        item.parameters.iter().map(|parameter| {
            let mut out = Object::default();
            out.text("name", &parameter.name);
            out.text("value", &parameter.value);
            out.text("unit", &parameter.unit);
            out.done()
        }),
    );
    out.text("procedure", &item.procedure);
    out.list(
        "packages",
        item.packages.iter().map(|package| {
            let mut out = Object::default();
            out.put("count", package.count.map(Value::from));
            out.text("kind", &package.kind);
            out.text("marks", &package.marks);
            out.done()
        }),
    );
    out.list("documents", item.documents.iter().map(document));
    out.done()
}

fn document(document: &DocumentRef) -> Value {
    let mut out = Object::default();
    out.text("category", &document.category);
    out.text("kind", &document.kind);
    out.text("id", &document.id);
    out.text("status", &document.status);
    out.put("write_off", document.write_off.as_ref().map(measure));
    out.put(
        "valid_until",
        document.valid_until.map(|d| d.to_string().into()),
    );
    out.done()
}
