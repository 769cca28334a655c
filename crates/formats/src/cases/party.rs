//! A party of a case, with its owners.

use super::{MAX_LIST, Refusal, country, given, share, wrong};
use portcullis_domain::{CaseParty, Given, Owner, Role};
use serde_json::{Map, Value};

/// Reads a party: `role`, `name`, `country`, `entity_id`, and as extensions
/// `address` and `owners`.
pub(super) fn party(field: &str, value: &Value) -> Result<CaseParty, Refusal> {
    let Value::Object(parts) = value else {
        return Err(wrong(field, "is not an object"));
    };
    let keys = ["role", "name", "country", "entity_id", "address", "owners"];
    only(parts, &keys, field, "a party")?;
    let role = match word(parts, "role", field)? {
        Given::Known(word) => {
            let spelt = word.to_ascii_lowercase().replace([' ', '-'], "_");
            Role::parse(&spelt)
                .ok_or_else(|| wrong(&format!("{field}.role"), format!("'{word}' is not a role")))?
        }
        _ => Role::Other,
    };
    let at = |key: &str| format!("{field}.{key}");
    let where_ = match parts.get("country") {
        Some(value) => given(&at("country"), value, country)?,
        None => Given::Absent,
    };
    let party = CaseParty {
        role,
        name: word(parts, "name", field)?,
        country: where_,
        address: known(word(parts, "address", field)?),
        entity_id: known(word(parts, "entity_id", field)?),
        owners: match parts.get("owners") {
            Some(value) => given(&at("owners"), value, owners)?,
            None => Given::Absent,
        },
    };
    let nobody =
        party.name == Given::Absent && party.entity_id.is_empty() && party.country == Given::Absent;
    if nobody {
        return Err(wrong(field, "has neither name, country nor entity_id"));
    }
    Ok(party)
}

fn owners(field: &str, value: &Value) -> Result<Vec<Owner>, Refusal> {
    let Value::Array(members) = value else {
        return Err(wrong(field, "is not a list of owners"));
    };
    if members.len() > MAX_LIST {
        return Err(wrong(field, format!("has more than {MAX_LIST} members")));
    }
    let mut all = Vec::with_capacity(members.len());
    let mut total: u64 = 0;
    for (at, member) in members.iter().enumerate() {
        let owner = owner(&format!("{field}[{at}]"), member)?;
        total += owner.share.known().map_or(0, |share| u64::from(*share));
        all.push(owner);
    }
    if total > 10_000 {
        return Err(wrong(
            field,
            "the shares are more than 100 percent together",
        ));
    }
    Ok(all)
}

fn owner(field: &str, value: &Value) -> Result<Owner, Refusal> {
    let Value::Object(parts) = value else {
        return Err(wrong(field, "is not an object"));
    };
    only(
        parts,
        &["name", "entity_id", "list", "percent"],
        field,
        "an owner",
    )?;
    let owner = Owner {
        name: known(word(parts, "name", field)?),
        entity_id: known(word(parts, "entity_id", field)?),
        list: known(word(parts, "list", field)?).to_ascii_lowercase(),
        // An owner whose share is not told is one whose share is not known.
        share: match parts.get("percent") {
            Some(value) => match given(&format!("{field}.percent"), value, share)? {
                Given::Absent => Given::Unknown,
                other => other,
            },
            None => Given::Unknown,
        },
    };
    if owner.name.is_empty() && owner.entity_id.is_empty() {
        return Err(wrong(field, "has neither name nor entity_id"));
    }
    Ok(owner)
}

fn only(parts: &Map<String, Value>, keys: &[&str], field: &str, what: &str) -> Result<(), Refusal> {
    match parts.keys().find(|key| !keys.contains(&key.as_str())) {
        Some(key) => Err(wrong(
            &format!("{field}.{key}"),
            format!("is not a part of {what}"),
        )),
        None => Ok(()),
    }
}

fn word(parts: &Map<String, Value>, key: &str, field: &str) -> Result<Given<String>, Refusal> {
    let here = format!("{field}.{key}");
    let text = |field: &str, value: &Value| match value {
        Value::String(text) => Ok(text.trim().to_owned()),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(wrong(field, "is not a text")),
    };
    match parts.get(key) {
        Some(value) => given(&here, value, text),
        None => Ok(Given::Absent),
    }
}

fn known(given: Given<String>) -> String {
    match given {
        Given::Known(text) => text,
        _ => String::new(),
    }
}
