//! Types and properties by name, for people who choose among them.

use serde_json::{Value, json};

/// Schemata and what several of them are called.
const TYPES: [(&str, &str); 7] = [
    ("Person", "People"),
    ("Organization", "Organizations"),
    ("Company", "Companies"),
    ("LegalEntity", "Legal entities"),
    ("Vessel", "Vessels"),
    ("Airplane", "Airplanes"),
    ("Thing", "Things"),
];

/// Properties and their labels.
const PROPERTIES: [(&str, &str); 28] = [
    ("name", "Name"),
    ("alias", "Other name"),
    ("weakAlias", "Weak alias"),
    ("previousName", "Previous name"),
    ("birthDate", "Birth date"),
    ("gender", "Gender"),
    ("nationality", "Nationality"),
    ("country", "Country"),
    ("jurisdiction", "Jurisdiction"),
    ("address", "Address"),
    ("passportNumber", "Passport number"),
    ("idNumber", "ID number"),
    ("registrationNumber", "Registration number"),
    ("taxNumber", "Tax number"),
    ("innCode", "INN"),
    ("ogrnCode", "OGRN"),
    ("leiCode", "LEI"),
    ("swiftBic", "SWIFT/BIC"),
    ("dunsCode", "DUNS"),
    ("imoNumber", "IMO number"),
    ("mmsi", "MMSI"),
    ("callSign", "Call sign"),
    ("serialNumber", "Serial number"),
    ("email", "E-mail"),
    ("phone", "Phone"),
    ("website", "Website"),
    ("topics", "Topics"),
    ("program", "Program"),
];

fn fits(prefix: &str, texts: [&str; 2]) -> bool {
    let prefix = prefix.to_lowercase();
    texts.iter().any(|t| t.to_lowercase().contains(&prefix))
}

/// A schema as a type.
pub(crate) fn type_of(schema: &str) -> Value {
    let name = type_name(schema).unwrap_or(schema);
    json!({ "id": schema, "name": name })
}

/// What several of a type are called; `None` if there is no such type.
pub(crate) fn type_name(schema: &str) -> Option<&'static str> {
    let known = TYPES.iter().find(|(name, _)| *name == schema);
    known.map(|(_, plural)| *plural)
}

/// Types whose name holds a text.
pub(crate) fn types(prefix: &str) -> impl Iterator<Item = Value> + use<'_> {
    let fitting = TYPES
        .iter()
        .filter(move |(id, name)| fits(prefix, [id, name]));
    fitting.map(|(id, _)| type_of(id))
}

/// Properties whose name holds a text.
pub(crate) fn properties(prefix: &str) -> impl Iterator<Item = Value> + use<'_> {
    let fitting = PROPERTIES
        .iter()
        .filter(move |(id, name)| fits(prefix, [id, name]));
    fitting.map(|(id, name)| json!({ "id": id, "name": name }))
}

/// What a property is called.
pub(crate) fn label(id: &str) -> &str {
    property(id).unwrap_or(id)
}

/// The label of a property, with or without its type before it; `None` if
/// there is no such property.
pub(crate) fn property(id: &str) -> Option<&'static str> {
    let plain = id.rsplit(':').next().unwrap_or(id);
    let known = PROPERTIES.iter().find(|(name, _)| *name == plain);
    known.map(|(_, label)| *label)
}

/// The type of a property's values, as FollowTheMoney names it.
pub(crate) fn value_type(property: &str) -> &'static str {
    match property {
        "name" | "alias" | "weakAlias" | "previousName" => "name",
        "country" | "nationality" | "jurisdiction" | "mainCountry" | "flag" | "birthCountry" => {
            "country"
        }
        "birthDate" | "deathDate" => "date",
        "address" => "address",
        "topics" => "topic",
        "gender" => "gender",
        "email" => "email",
        "phone" => "phone",
        "website" | "sourceUrl" => "url",
        "notes" => "text",
        p if p.ends_with("Number") || p.ends_with("Code") => "identifier",
        "swiftBic" | "mmsi" | "callSign" => "identifier",
        _ => "string",
    }
}
