//! Which names stand in one field?
//!
//! Traders write two parties into one line (`A c/o B`, `A dba B`). Each part is
//! asked for besides the whole; a part is never an exact match of the party.

use std::ops::Range;

/// Words that stand between two names. Lower-case ASCII; those of letters only
/// must stand as words of their own.
const CONNECTORS: &[&str] = &[
    "c/o",
    "care of",
    "o/b/o",
    "obo",
    "on behalf of",
    "for the account of",
    "for account of",
    "f/a/o",
    "fao",
    "a/c",
    "dba",
    "d/b/a",
    "d.b.a.",
    "doing business as",
    "t/a",
    "trading as",
    "t/as",
    "operating as",
    "o/a",
    "aka",
    "a/k/a",
    "a.k.a.",
    "also known as",
    "known as",
    "alias",
    "fka",
    "f/k/a",
    "f.k.a.",
    "formerly known as",
    "formerly",
    "previously",
    "nka",
    "n/k/a",
    "now known as",
    "p/a",
    "attn",
    "attn.",
    "attention",
];

/// Signs that stand between two names.
const SIGNS: [&str; 6] = [" / ", "|", "\n", "//", " ~ ", ";"];
/// One byte of each of the signs.
const SIGN_BYTES: [u8; 5] = *b"/|\n~;";

/// The names in a field that holds several; empty where it holds one. How many
/// of them are asked for is for the caller to bound, and to say.
pub(crate) fn parts(given: &str) -> Vec<&str> {
    let mut cuts = cuts(given);
    cuts.sort_by_key(|cut| (cut.start, usize::MAX - cut.end));
    let mut parts = Vec::new();
    let mut from = 0;
    for cut in cuts {
        if cut.start >= from {
            parts.extend(given.get(from..cut.start));
        }
        from = from.max(cut.end);
    }
    parts.extend(given.get(from..));
    let edge = |c: char| !c.is_alphanumeric();
    let mut parts: Vec<&str> = parts.into_iter().map(|p| p.trim_matches(edge)).collect();
    parts.retain(|p| p.chars().filter(|c| c.is_alphanumeric()).count() >= 2 && *p != given);
    parts
}

/// Where the connectors stand, in bytes.
fn cuts(given: &str) -> Vec<Range<usize>> {
    // Only ASCII letters change, so that every position stays what it was.
    let lower = given.to_ascii_lowercase();
    let mut cuts = Vec::new();
    // Nearly all names are words and spaces alone.
    if lower.bytes().any(|b| SIGN_BYTES.contains(&b)) {
        for sign in SIGNS {
            let found = lower.match_indices(sign);
            cuts.extend(found.map(|(at, text)| at..at + text.len()));
        }
    }
    cuts.extend(strokes(given));
    cuts.extend(brackets(given));
    let is_edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    // A hyphen or an apostrophe makes it a part of a name.
    let is_open = |c: Option<char>| !c.is_some_and(|c| "-'\u{2019}/".contains(c));
    let mut before = None;
    for (at, letter) in lower.char_indices() {
        let starts = is_edge(before) && is_open(before) && FIRST_LETTERS.contains(letter);
        before = Some(letter);
        let text = lower.get(at..).filter(|_| starts).unwrap_or("");
        for connector in CONNECTORS {
            let rest = text.strip_prefix(connector);
            let after = rest.map(|rest| rest.chars().next());
            if after.is_some_and(|after| is_edge(after) && is_open(after)) {
                cuts.push(at..at + connector.len());
            }
        }
    }
    cuts
}

/// With what letters connectors begin: most words begin with others.
const FIRST_LETTERS: &str = "acdfknopt";

/// Strokes between whole words (`Bakery/Sepah`), not those of abbreviations.
fn strokes(given: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let letters = |side: &mut dyn Iterator<Item = char>| {
        side.take_while(|c| c.is_alphanumeric())
            .take(LEAST_WORD)
            .count()
            == LEAST_WORD
    };
    let is_between = move |at: usize| {
        letters(&mut given[..at].chars().rev()) && letters(&mut given[at + 1..].chars())
    };
    let found = given.match_indices('/').map(|(at, _)| at);
    found.filter(move |at| is_between(*at)).map(|at| at..at + 1)
}

/// Letters of a word beside a stroke that is not an abbreviation.
const LEAST_WORD: usize = 4;

/// Both brackets around two or more words; one word is a country or a branch.
fn brackets(given: &str) -> Vec<Range<usize>> {
    let mut cuts = Vec::new();
    for (open, _) in given.match_indices('(') {
        let inside = given[open + 1..].split(')').next().unwrap_or("");
        if inside.split_whitespace().count() >= 2 {
            let close = open + 1 + inside.len();
            cuts.push(open..open + 1);
            cuts.extend((close < given.len()).then(|| close..close + 1));
        }
    }
    cuts
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn the_quick_looks_miss_no_connector() {
        let first = |c: &str| {
            c.chars()
                .next()
                .is_some_and(|c| super::FIRST_LETTERS.contains(c))
        };
        assert!(super::CONNECTORS.iter().all(|c| first(c)));
        let sign = |s: &str| s.bytes().any(|b| super::SIGN_BYTES.contains(&b));
        assert!(super::SIGNS.iter().all(|s| sign(s)));
    }

    #[test]
    fn a_field_is_cut_where_another_name_begins() {
        for (given, wanted) in [
            ("Harbour Bakery", &[][..]),
            ("Alexander Exley", &[]),
            ("A/S Norvik", &[]),
            (
                "Bank Sepah c/o Harbour Bakery",
                &["Bank Sepah", "Harbour Bakery"],
            ),
            (
                "Harbour Bakery / Bank Sepah",
                &["Harbour Bakery", "Bank Sepah"],
            ),
            ("Harbour (formerly known as Sepah)", &["Harbour", "Sepah"]),
            ("Harbour Ltd, a.k.a. Sepah", &["Harbour Ltd", "Sepah"]),
            ("HARBOUR T/A SEPAH", &["HARBOUR", "SEPAH"]),
            ("c/o Sepah", &["Sepah"]),
            (
                "Harbour Bakery/Bank Sepah",
                &["Harbour Bakery", "Bank Sepah"],
            ),
            (
                "Harbour Bakery (Bank Sepah) Ltd",
                &["Harbour Bakery", "Bank Sepah", "Ltd"],
            ),
            ("Harbour (UK) Ltd", &[]),
            ("Harbour (Bank Sepah", &["Harbour", "Bank Sepah"]),
            ("İstanbul dba ЗАРЯ", &["İstanbul", "ЗАРЯ"]),
        ] {
            assert_eq!(parts(given), wanted, "{given}");
        }
    }
}
