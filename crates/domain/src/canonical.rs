//! One byte form of a record, so that a digest means the same everywhere.

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// RFC 8785 (JCS) JSON of a record. Numbers must be integers below 2⁵³ in
/// magnitude: floats have no place in a recorded form, and one yields an error
/// that names it.
pub fn canonical_json(record: &impl Serialize) -> Result<String, String> {
    let value = serde_json::to_value(record).map_err(|e| e.to_string())?;
    let mut out = String::new();
    write(&value, &mut out)?;
    Ok(out)
}

/// Lower-case hex SHA-256 of the canonical JSON of a record.
pub fn digest(record: &impl Serialize) -> Result<String, String> {
    Ok(hex_sha256(canonical_json(record)?.as_bytes()))
}

/// Lower-case hex SHA-256 of bytes.
pub fn hex_sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Id of a bundle of files: `sha256:` and the digest over every path and text in
/// the order given, each preceded by its length so that no two bundles meet.
/// Give them in order of path.
pub fn bundle_digest<'a>(files: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut hash = Sha256::new();
    for (path, text) in files {
        for part in [path, text] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
    }
    format!("sha256:{}", hex::encode(hash.finalize()))
}

fn write(value: &Value, out: &mut String) -> Result<(), String> {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            // RFC 8785 §3.2.3 orders keys by UTF-16 code units.
            keys.sort_by_cached_key(|k| k.encode_utf16().collect::<Vec<u16>>());
            out.push('{');
            for (position, key) in keys.into_iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                out.push_str(&Value::String(key.clone()).to_string());
                out.push(':');
                write(&map[key.as_str()], out)?;
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (position, item) in items.iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                write(item, out)?;
            }
            out.push(']');
        }
        Value::Number(number) => {
            let exact = number.as_i64().is_some_and(|n| n.unsigned_abs() < 1 << 53);
            if !exact {
                return Err(format!("{number} is not an integer below 2^53"));
            }
            out.push_str(&number.to_string());
        }
        // serde_json escapes strings exactly as RFC 8785 §3.2.2.2 asks.
        other => out.push_str(&other.to_string()),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_are_sorted_and_floats_refused() {
        let record = json!({"b": [1, null, true], "a": "é\u{1}\"", "\u{fb33}": 1, "😀": 2});
        assert_eq!(
            canonical_json(&record).unwrap(),
            "{\"a\":\"é\\u0001\\\"\",\"b\":[1,null,true],\"😀\":2,\"\u{fb33}\":1}"
        );
        assert!(canonical_json(&json!({"x": 0.5})).is_err());
        assert!(canonical_json(&json!({"x": 9007199254740992_i64})).is_err());
    }
}
