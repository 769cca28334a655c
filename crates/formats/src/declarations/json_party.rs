//! Parties in our own JSON, in declarations and in the party book.

use super::fields::{Fields, at, plain, wrong_type};
use crate::reading::{Collector, party_identifier, shown};
use portcullis_domain::{
    Address, CountryRole, Identifier, Name, NameKind, Party, PartyKind, RelatedCountry,
};
use serde_json::Value;

pub(super) const NAME_KINDS: [(NameKind, &str); 4] = [
    (NameKind::Primary, "primary"),
    (NameKind::Alias, "alias"),
    (NameKind::WeakAlias, "weak_alias"),
    (NameKind::Former, "former"),
];

pub(super) const COUNTRY_ROLES: [(CountryRole, &str); 6] = [
    (CountryRole::Nationality, "nationality"),
    (CountryRole::Residence, "residence"),
    (CountryRole::Registration, "registration"),
    (CountryRole::Flag, "flag"),
    (CountryRole::Birth, "birth"),
    (CountryRole::Related, "related"),
];

/// The value that a word of a table stands for.
pub(super) fn by_word<T: Copy>(table: &[(T, &str)], word: &str) -> Option<T> {
    table
        .iter()
        .find(|(_, w)| *w == word.trim())
        .map(|(value, _)| *value)
}

/// The word of a table for a value.
pub(super) fn word_of<T: PartialEq>(table: &[(T, &'static str)], value: &T) -> &'static str {
    table
        .iter()
        .find(|(v, _)| v == value)
        .map_or("", |(_, word)| word)
}

/// Reads the party fields of an object; the caller reads the others.
pub(crate) fn party(fields: &mut Fields<'_>, issues: &mut Collector) -> Party {
    let mut party = Party {
        kind: fields
            .word("type", PartyKind::parse, issues)
            .unwrap_or_default(),
        ..Party::default()
    };
    for (names, kind) in [
        ("name", NameKind::Primary),
        ("aliases", NameKind::Alias),
        ("weak_aliases", NameKind::WeakAlias),
        ("former_names", NameKind::Former),
    ] {
        let read = fields.list(names).into_iter();
        party
            .names
            .extend(read.filter_map(|(path, value)| name(value, kind, &path, issues)));
    }
    let identifiers = fields.list("identifiers").into_iter();
    party.identifiers = identifiers
        .filter_map(|(path, value)| identifier(value, &path, issues))
        .collect();
    let addresses = fields.list("address").into_iter();
    party.addresses = addresses
        .filter_map(|(path, value)| address(value, &path, issues))
        .collect();
    let countries = fields.list("countries").into_iter();
    party.countries = countries
        .filter_map(|(path, value)| related(value, &path, issues))
        .collect();
    for (path, value) in fields.list("birth_dates") {
        let Some(text) = plain(value, &path, issues) else {
            continue;
        };
        match text.parse() {
            Ok(date) => party.birth_dates.push(date),
            Err(what) => issues.note("not-a-date", at(&path), shown(&what)),
        }
    }
    party.emails = fields.texts("emails", issues);
    party.phones = fields.texts("phones", issues);
    party
}

/// A name: a text, or an object where kind or language is to be said.
fn name(value: &Value, kind: NameKind, path: &str, issues: &mut Collector) -> Option<Name> {
    let mut name = Name::new(kind, "");
    if let Value::Object(_) = value {
        let mut fields = Fields::of(value, path, issues)?;
        name.text = fields.text("text", issues);
        let word = fields.word("kind", |w| by_word(&NAME_KINDS, w), issues);
        name.kind = word.unwrap_or(kind);
        name.language = Some(fields.text("language", issues)).filter(|l| !l.is_empty());
        fields.finish(issues);
    } else {
        name.text = plain(value, path, issues)?;
    }
    (!name.text.is_empty()).then_some(name)
}

/// An identifier: `scheme:value`, a bare value, or an object.
fn identifier(value: &Value, path: &str, issues: &mut Collector) -> Option<Identifier> {
    let read = if let Value::Object(_) = value {
        let mut fields = Fields::of(value, path, issues)?;
        let mut read =
            Identifier::new(&fields.text("scheme", issues), fields.text("value", issues));
        read.country = fields.country("country", issues);
        fields.finish(issues);
        read
    } else {
        party_identifier(&plain(value, path, issues)?)
    };
    (!read.value.is_empty()).then_some(read)
}

/// An address: a text (street and all, as written) or an object.
fn address(value: &Value, path: &str, issues: &mut Collector) -> Option<Address> {
    match value {
        Value::Object(_) => {
            let mut fields = Fields::of(value, path, issues)?;
            let read = Address {
                street: fields.text("street", issues),
                city: fields.text("city", issues),
                region: fields.text("region", issues),
                postcode: fields.text("postcode", issues),
                country: fields.country("country", issues),
            };
            fields.finish(issues);
            Some(read)
        }
        Value::String(text) => Some(Address {
            street: text.trim().to_owned(),
            ..Address::default()
        }),
        _ => {
            wrong_type(path, "an address", issues);
            None
        }
    }
}

fn related(value: &Value, path: &str, issues: &mut Collector) -> Option<RelatedCountry> {
    if let Value::String(text) = value {
        let country = issues.country(text, at(path))?;
        let role = CountryRole::Related;
        return Some(RelatedCountry { role, country });
    }
    let mut fields = Fields::of(value, path, issues)?;
    let role = fields.word("role", |w| by_word(&COUNTRY_ROLES, w), issues);
    let country = fields.country("country", issues);
    fields.finish(issues);
    Some(RelatedCountry {
        role: role.unwrap_or(CountryRole::Related),
        country: country?,
    })
}
