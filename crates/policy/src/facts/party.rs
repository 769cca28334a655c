//! `party`: a party in its role.

use super::value::{country, known, number, owned, stated, text};
use super::{Ctx, Field, Value};
use crate::facts::FactType::{Country, CountryList, Number, Text, TextList, Truth};
use portcullis_domain::{IdentifierCheck, Party, PartyKind, Provenance};
use std::borrow::Cow;

pub(super) static FIELDS: &[Field] = &[
    Field {
        name: "role",
        ty: Text,
        doc: "Role: `exporter`, `importer`, `declarant`, `agent`, `consignor`, `consignee`, `intermediate_consignee`, `end_user`, `purchaser`, `seller`, `forwarder`, `manufacturer`, `bank`, `payer`, `carrier`, `vessel`, `notify`, `authorisation_holder` or `other`.",
        get: |c| c.party(|p| text(p.role.as_str())),
    },
    Field {
        name: "kind",
        ty: Text,
        doc: "`person`, `organisation`, `vessel` or `aircraft`; unknown where it is not stated.",
        get: |c| {
            c.party(|p| match p.party.kind {
                PartyKind::Unknown => Value::Unknown,
                kind => text(kind.as_str()),
            })
        },
    },
    Field {
        name: "provenance",
        ty: Text,
        doc: "Where the name comes from: `declared`, `party_book`, `identifier_only` or `unnamed`.",
        get: |c| c.party(|p| text(provenance(p.provenance))),
    },
    Field {
        name: "name",
        ty: Text,
        doc: "Name as declared or from the party book.",
        get: |c| c.party(|p| text(p.party.caption())),
    },
    Field {
        name: "country",
        ty: Country,
        doc: "Country of the first address that states one, else the first country stated otherwise.",
        get: |c| {
            c.party(|p| {
                let address = p.party.addresses.iter().find_map(|a| a.country.as_ref());
                country(address.or(p.party.countries.first().map(|c| &c.country)))
            })
        },
    },
    Field {
        name: "countries",
        ty: CountryList,
        doc: "Every country stated for the party; unknown where none is.",
        get: |c| c.party(|p| countries(&p.party)),
    },
    Field {
        name: "street",
        ty: Text,
        doc: "Street line of the first address that states one.",
        get: |c| {
            c.party(|p| {
                let streets = p.party.addresses.iter().map(|a| a.street.as_str());
                text(
                    streets
                        .into_iter()
                        .find(|s| !s.trim().is_empty())
                        .unwrap_or(""),
                )
            })
        },
    },
    Field {
        name: "city",
        ty: Text,
        doc: "Town of the first address that states one.",
        get: |c| {
            c.party(|p| {
                let cities = p.party.addresses.iter().map(|a| a.city.as_str());
                text(
                    cities
                        .into_iter()
                        .find(|s| !s.trim().is_empty())
                        .unwrap_or(""),
                )
            })
        },
    },
    Field {
        name: "address",
        ty: Text,
        doc: "All addresses in one line; unknown where none is stated.",
        get: |c| {
            c.party(|p| {
                let lines: Vec<String> = p.party.addresses.iter().map(|a| a.one_line()).collect();
                owned(lines.join("; "))
            })
        },
    },
    Field {
        name: "address_count",
        ty: Number,
        doc: "How many addresses are stated.",
        get: |c| c.party(|p| number(p.party.addresses.len() as f64)),
    },
    Field {
        name: "email_domains",
        ty: TextList,
        doc: "The parts after `@` of its e-mail addresses, lower case; unknown where no address is stated.",
        get: |c| c.party(|p| email_domains(&p.party)),
    },
    Field {
        name: "phone_countries",
        ty: CountryList,
        doc: "Countries that use the international dialling codes of its telephone numbers (map `dialling`); unknown where no number begins with `+` or `00`.",
        get: phone_countries,
    },
    Field {
        name: "identifier_schemes",
        ty: TextList,
        doc: "Schemes of its identifiers (`eori`, `lei`, `imo`, `website` …); empty where it has none.",
        get: |c| c.party(|p| known(p.party.identifiers.iter().map(|i| i.scheme.as_str()))),
    },
    Field {
        name: "malformed_identifier",
        ty: Truth,
        doc: "Whether an identifier fails the check of its scheme; unknown where it has no identifier.",
        get: |c| c.party(|p| malformed(&p.party)),
    },
    Field {
        name: "same_name_roles",
        ty: TextList,
        doc: "Roles of the other parties with the same name; unknown where it has no name.",
        get: |c| match c.prepared.roles_sharing(&c.prepared.names, c.tx, c.at) {
            Some(roles) => known(roles),
            None => Value::Unknown,
        },
    },
    Field {
        name: "same_address_roles",
        ty: TextList,
        doc: "Roles of the other parties at the same street and town; unknown where it has no street.",
        get: |c| match c.prepared.roles_sharing(&c.prepared.addresses, c.tx, c.at) {
            Some(roles) => known(roles),
            None => Value::Unknown,
        },
    },
];

fn provenance(provenance: Provenance) -> &'static str {
    match provenance {
        Provenance::Declared => "declared",
        Provenance::PartyBook => "party_book",
        Provenance::IdentifierOnly => "identifier_only",
        Provenance::Unnamed => "unnamed",
    }
}

fn countries(party: &Party) -> Value<'static> {
    let all = party.all_countries();
    if all.is_empty() {
        return Value::Unknown;
    }
    let code = |c: &portcullis_domain::Country| Cow::Owned(c.code().to_owned());
    Value::Texts(all.iter().map(code).collect())
}

fn email_domains(party: &Party) -> Value<'static> {
    let listed = party.identifiers.iter().filter(|i| i.scheme == "email");
    let addresses = party.emails.iter().chain(listed.map(|i| &i.value));
    let mut domains: Vec<Cow<'static, str>> = Vec::new();
    for address in addresses {
        if let Some((_, domain)) = address.trim().rsplit_once('@')
            && !domain.is_empty()
        {
            domains.push(Cow::Owned(domain.to_lowercase()));
        }
    }
    if domains.is_empty() {
        Value::Unknown
    } else {
        Value::Texts(domains)
    }
}

/// The map's keys are the digits of dialling codes; the longest that begins
/// the number decides.
fn phone_countries<'a>(c: &Ctx<'a>) -> Value<'a> {
    let Some(dialling) = c.sets.map_named("dialling") else {
        return Value::Unknown;
    };
    let countries = |phone: &str| -> Option<&'a [String]> {
        let international = phone
            .trim()
            .strip_prefix('+')
            .or(phone.trim().strip_prefix("00"))?;
        let digits: String = international
            .chars()
            .filter(char::is_ascii_digit)
            .take(7)
            .collect();
        let lengths = (1..=digits.len()).rev();
        lengths.into_iter().find_map(|n| dialling.get(&digits[..n]))
    };
    c.party(|p| {
        let listed = p.party.identifiers.iter().filter(|i| i.scheme == "phone");
        let phones = p.party.phones.iter().chain(listed.map(|i| &i.value));
        stated(
            phones
                .filter_map(|p| countries(p))
                .flatten()
                .map(String::as_str),
        )
    })
}

fn malformed(party: &Party) -> Value<'static> {
    if party.identifiers.is_empty() {
        return Value::Unknown;
    }
    let wrong = |check| matches!(check, IdentifierCheck::Malformed(_));
    Value::Truth(party.identifiers.iter().any(|i| wrong(i.check())))
}
