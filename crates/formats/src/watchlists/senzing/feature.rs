//! A feature of a Senzing record: attributes that belong together.

use super::super::build::Record;
use super::super::places::{self, AddressParts};
use super::super::{numbers, remarks, rows::slug, text};
use portcullis_domain::{CountryRole, Identifier, Link, Name, NameKind};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Attributes that are read. In flat records each may have a word before it.
/// Senzing, "Entity specification", generic attributes.
const KNOWN: &[&str] = &[
    "RECORD_TYPE",
    "NAME_FULL",
    "NAME_ORG",
    "NAME_LAST",
    "NAME_FIRST",
    "NAME_MIDDLE",
    "NAME_PREFIX",
    "NAME_SUFFIX",
    "NAME_TYPE",
    "DATE_OF_BIRTH",
    "DATE_OF_DEATH",
    "GENDER",
    "PLACE_OF_BIRTH",
    "NATIONALITY",
    "CITIZENSHIP",
    "COUNTRY_OF_ASSOCIATION",
    "REGISTRATION_COUNTRY",
    "REGISTRATION_DATE",
    "ADDR_FULL",
    "ADDR_LINE1",
    "ADDR_LINE2",
    "ADDR_LINE3",
    "ADDR_LINE4",
    "ADDR_LINE5",
    "ADDR_LINE6",
    "ADDR_CITY",
    "ADDR_STATE",
    "ADDR_POSTAL_CODE",
    "ADDR_COUNTRY",
    "PASSPORT_NUMBER",
    "PASSPORT_COUNTRY",
    "NATIONAL_ID_NUMBER",
    "NATIONAL_ID_TYPE",
    "NATIONAL_ID_COUNTRY",
    "TAX_ID_NUMBER",
    "TAX_ID_TYPE",
    "TAX_ID_COUNTRY",
    "SSN_NUMBER",
    "SSN_LAST4",
    "DRIVERS_LICENSE_NUMBER",
    "DRIVERS_LICENSE_STATE",
    "OTHER_ID_NUMBER",
    "OTHER_ID_TYPE",
    "OTHER_ID_COUNTRY",
    "TRUSTED_ID_NUMBER",
    "TRUSTED_ID_TYPE",
    "LEI_NUMBER",
    "DUNS_NUMBER",
    "NPI_NUMBER",
    "IMO_NUMBER",
    "MMSI_NUMBER",
    "CALL_SIGN",
    "EMAIL_ADDRESS",
    "PHONE_NUMBER",
    "WEBSITE_ADDRESS",
    "REL_POINTER_DOMAIN",
    "REL_POINTER_KEY",
    "REL_POINTER_ROLE",
    "TOPIC",
];

/// Identifiers: number, country and type attributes, and the scheme.
const NUMBERS: &[(&str, &str, &str, &str)] = &[
    ("PASSPORT_NUMBER", "PASSPORT_COUNTRY", "", "passport"),
    (
        "NATIONAL_ID_NUMBER",
        "NATIONAL_ID_COUNTRY",
        "NATIONAL_ID_TYPE",
        "national-id",
    ),
    ("TAX_ID_NUMBER", "TAX_ID_COUNTRY", "TAX_ID_TYPE", "tax"),
    ("SSN_NUMBER", "", "", "national-id"),
    ("DRIVERS_LICENSE_NUMBER", "", "", "national-id"),
    (
        "OTHER_ID_NUMBER",
        "OTHER_ID_COUNTRY",
        "OTHER_ID_TYPE",
        "other",
    ),
    ("TRUSTED_ID_NUMBER", "", "TRUSTED_ID_TYPE", "other"),
    ("LEI_NUMBER", "", "", "lei"),
    ("DUNS_NUMBER", "", "", "duns"),
    ("NPI_NUMBER", "", "", "other"),
    ("IMO_NUMBER", "", "", "imo"),
    ("MMSI_NUMBER", "", "", "mmsi"),
    ("CALL_SIGN", "", "", "call-sign"),
];

/// Attributes of one group.
pub(super) struct Feature {
    /// The word before the attributes, where the record is flat: `PRIMARY`.
    prefix: String,
    values: BTreeMap<&'static str, String>,
}

/// A scalar as text.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        _ => String::new(),
    }
}

impl Feature {
    /// The features of an object, one for each word before its attributes.
    pub fn of(object: &Map<String, Value>) -> Vec<Feature> {
        let mut groups: BTreeMap<String, BTreeMap<&'static str, String>> = BTreeMap::new();
        for (key, value) in object {
            let value = text(value);
            let known = KNOWN.iter().filter(|known| {
                let before = key.strip_suffix(**known);
                before.is_some_and(|b| b.is_empty() || b.ends_with('_'))
            });
            // "BUSINESS_ADDR_CITY": the longest attribute that it can end with.
            if let Some(known) = known
                .max_by_key(|k| k.len())
                .filter(|_| !value.trim().is_empty())
            {
                let prefix = key[..key.len() - known.len()].trim_end_matches('_');
                groups
                    .entry(prefix.to_owned())
                    .or_default()
                    .insert(known, value);
            }
        }
        let feature = |(prefix, values)| Feature { prefix, values };
        groups.into_iter().map(feature).collect()
    }

    /// The value of an attribute.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or("")
    }

    fn filled(&self, names: &[&str], between: &str) -> String {
        let all = names.iter().filter_map(|n| self.get(n));
        all.collect::<Vec<_>>().join(between)
    }

    /// Adds what the feature says to a record.
    pub fn apply(&self, list: &str, record: &mut Record) {
        self.name(record);
        self.life(record);
        self.numbers(record);
        let lines = [
            "ADDR_LINE1",
            "ADDR_LINE2",
            "ADDR_LINE3",
            "ADDR_LINE4",
            "ADDR_LINE5",
            "ADDR_LINE6",
        ];
        let lines = self.filled(&lines, ", ");
        let parts = AddressParts {
            street: if lines.is_empty() {
                self.text("ADDR_FULL")
            } else {
                &lines
            },
            city: self.text("ADDR_CITY"),
            region: self.text("ADDR_STATE"),
            postcode: self.text("ADDR_POSTAL_CODE"),
            country: self.text("ADDR_COUNTRY"),
        };
        places::address(&parts, "ADDR_COUNTRY", record);
        let party = &mut record.entity.party;
        party
            .emails
            .extend(self.get("EMAIL_ADDRESS").map(text::clean));
        party
            .phones
            .extend(self.get("PHONE_NUMBER").map(text::clean));
        if let Some(website) = self.get("WEBSITE_ADDRESS") {
            let website = Identifier::new("website", text::clean(website));
            record.identifier(website, "WEBSITE_ADDRESS");
        }
        self.link(list, record);
    }

    fn name(&self, record: &mut Record) {
        let parts = [
            "NAME_PREFIX",
            "NAME_FIRST",
            "NAME_MIDDLE",
            "NAME_LAST",
            "NAME_SUFFIX",
        ];
        let parts = self.filled(&parts[1..], " ");
        let whole = [self.text("NAME_FULL"), self.text("NAME_ORG"), &parts];
        let name = whole.into_iter().find(|n| !n.is_empty()).unwrap_or("");
        record.remark_once("Title", self.text("NAME_PREFIX"));
        let stated = self.get("NAME_TYPE").unwrap_or(&self.prefix);
        let kind = match stated.trim().to_uppercase().as_str() {
            "PRIMARY" => return record.primary(name),
            "FORMER" | "FKA" | "PREVIOUS" | "MAIDEN" => NameKind::Former,
            "WEAK" | "WEAK_ALIAS" | "LOW" | "NICKNAME" => NameKind::WeakAlias,
            _ => NameKind::Alias,
        };
        record.name(kind, name);
    }

    fn life(&self, record: &mut Record) {
        if let Some(date) = self.get("DATE_OF_BIRTH") {
            remarks::birth(date, "DATE_OF_BIRTH", record);
        }
        record.gender(self.text("GENDER"));
        for (attribute, role) in [
            ("NATIONALITY", CountryRole::Nationality),
            ("CITIZENSHIP", CountryRole::Nationality),
            ("REGISTRATION_COUNTRY", CountryRole::Registration),
            ("COUNTRY_OF_ASSOCIATION", CountryRole::Related),
        ] {
            places::relate(role, self.text(attribute), attribute, record);
        }
        for (attribute, label) in [
            ("PLACE_OF_BIRTH", "POB"),
            ("DATE_OF_DEATH", "Died"),
            ("REGISTRATION_DATE", "Registered"),
            ("TOPIC", "Topic"),
        ] {
            record.remark_once(label, self.text(attribute));
        }
        if let Some(place) = self.get("PLACE_OF_BIRTH") {
            remarks::birthplace(place, record);
        }
    }

    fn numbers(&self, record: &mut Record) {
        for (number, country, kind, scheme) in NUMBERS {
            let Some(value) = self.get(number) else {
                continue;
            };
            let country = places::country(self.text(country), country, record);
            let said = numbers::scheme(&self.text(kind).replace('_', " "));
            let scheme = said.filter(|_| !kind.is_empty()).unwrap_or(scheme);
            numbers::add(scheme, value, country, number, record);
        }
    }

    fn link(&self, list: &str, record: &mut Record) {
        let Some(key) = self.get("REL_POINTER_KEY") else {
            return;
        };
        let role = slug(self.text("REL_POINTER_ROLE"));
        record.entity.links.push(Link {
            relation: if role.is_empty() {
                "related_to".to_owned()
            } else {
                role
            },
            other: key.to_owned(),
            other_id: Some(format!("{list}:{key}")),
            share: None,
            from: None,
            until: None,
        });
    }
}

/// Where no name is said to be primary, the first is.
pub(super) fn settle_names(record: &mut Record) {
    let names: &mut Vec<Name> = &mut record.entity.party.names;
    if names.iter().any(|n| n.kind == NameKind::Primary) {
        return;
    }
    if let Some(first) = names.first_mut() {
        first.kind = NameKind::Primary;
    }
}
