//! Numbers that stand in free text with a word before them: `INN: 7708…`,
//! `Registration number 1027…`, `IMO 9187629`.

use super::build::Record;
use super::{labels, text};
use portcullis_domain::{Country, Identifier, IdentifierCheck};

/// Words in a label and the scheme that they mean; the first that fits counts.
const WORDS: &[(&str, &str)] = &[
    ("imo", "imo"),
    ("mmsi", "mmsi"),
    ("call sign", "call-sign"),
    ("ogrnip", "other"),
    ("ogrn", "ogrn"),
    ("огрн", "ogrn"),
    ("inn", "inn"),
    ("инн", "inn"),
    ("kpp", "other"),
    ("okpo", "other"),
    ("lei", "lei"),
    ("legal entity identifier", "lei"),
    ("swift", "bic"),
    ("bic", "bic"),
    ("d-u-n-s", "duns"),
    ("duns", "duns"),
    ("taxpayer", "tax"),
    ("tax", "tax"),
    ("vat", "tax"),
    ("tin", "tax"),
    ("fiscal", "tax"),
    ("passport", "passport"),
    ("laissez", "passport"),
    ("travel doc", "passport"),
    ("national id", "national-id"),
    ("identity card", "national-id"),
    ("identification card", "national-id"),
    ("personal id", "national-id"),
    ("registration", "registration"),
    ("company number", "registration"),
    ("unified social credit", "registration"),
    ("licen", "registration"),
];

/// The scheme that a label means.
pub(super) fn scheme(label: &str) -> Option<&'static str> {
    let lower = label.to_lowercase();
    let word = |w: &str| {
        // Short words must stand alone: "inn" is no part of "beginning".
        let mut words = lower.split(|c: char| !c.is_alphanumeric());
        if w.chars().count() <= 4 && w != "imo" {
            words.any(|x| x == w)
        } else {
            lower.contains(w)
        }
    };
    let found = WORDS.iter().find(|(w, _)| word(w));
    found.map(|(_, scheme)| *scheme)
}

/// Adds every number of a text. One without a label is of the `default`
/// scheme; a text without any digit is no number and is left alone.
pub(super) fn add_each(
    cell: &str,
    default: &str,
    country: Option<Country>,
    field: &str,
    record: &mut Record,
) {
    for part in text::several(cell) {
        let pieces = part.split(", ").map(str::trim);
        for piece in pieces.filter(|p| p.chars().any(|c| c.is_ascii_digit())) {
            let (label, value) = apart(piece);
            let meant = scheme(label).unwrap_or(default);
            add(meant, value, country, field, record);
        }
    }
}

/// Adds a number where a label (`IMO number: 9187629.`) says what it is. False
/// if the text does not say.
pub(super) fn add_labelled(text: &str, field: &str, record: &mut Record) -> bool {
    let (label, value) = apart(text);
    let digits = value.chars().filter(char::is_ascii_digit).count();
    let Some(scheme) = scheme(label).filter(|_| digits >= 4 && !value.contains(' ')) else {
        return false;
    };
    add(scheme, value, None, field, record);
    true
}

/// `Tax ID No. 7708` is `Tax ID No.` and `7708`.
fn apart(text: &str) -> (&str, &str) {
    let text = text.trim().trim_end_matches('.');
    if let Some((label, value)) = text.rsplit_once(':') {
        return (label, value.trim());
    }
    let last = text.rsplit_once(' ');
    let numbered = |(label, value): &(&str, &str)| {
        let labelled = label.chars().any(char::is_alphabetic);
        labelled && value.chars().any(|c| c.is_ascii_digit())
    };
    match last.filter(numbered) {
        Some((label, value)) => (label, value),
        None => ("", text),
    }
}

/// Adds a number of a scheme. Where a Russian number has the wrong form or
/// check digit it may be another country's: it stays as what it is in general.
pub(super) fn add(
    scheme: &str,
    value: &str,
    country: Option<Country>,
    field: &str,
    record: &mut Record,
) {
    let fits = Identifier::new(scheme, value).check() == IdentifierCheck::WellFormed;
    let scheme = match scheme {
        "inn" if !fits => "tax",
        "ogrn" if !fits => "registration",
        other => other,
    };
    labels::add(scheme, value, country, field, record);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_say_what_a_number_is() {
        let mut record = Record::new(String::new(), 1);
        let cell =
            "Tax ID: 7707083893; INN 7707083893, 1027700132195 (1) Registration number: 44-A";
        add_each(cell, "registration", None, "f", &mut record);
        add_each("unknown", "registration", None, "f", &mut record);
        assert!(add_labelled("IMO Number: 9074729.", "f", &mut record));
        assert!(!add_labelled("Born in 1956", "f", &mut record));
        let found: Vec<String> = record
            .entity
            .party
            .identifiers
            .iter()
            .map(|i| format!("{}:{}", i.scheme, i.value))
            .collect();
        let expected = [
            "tax:7707083893",
            "inn:7707083893",
            "registration:1027700132195",
            "registration:44-A",
            "imo:9074729",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn short_words_stand_alone() {
        assert_eq!(scheme("beginning"), None);
        assert_eq!(scheme("State Registration No"), Some("registration"));
        assert_eq!(scheme("ИНН"), Some("inn"));
    }
}
