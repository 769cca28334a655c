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

/// Most parts that are asked for: fields are short, and work must be bounded.
const MOST_PARTS: usize = 32;

/// The names in a field that holds several; empty where it holds one.
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
    parts.truncate(MOST_PARTS);
    parts
}

/// Where the connectors stand, in bytes.
fn cuts(given: &str) -> Vec<Range<usize>> {
    // Only ASCII letters change, so that every position stays what it was.
    let lower = given.to_ascii_lowercase();
    let mut cuts = Vec::new();
    for sign in SIGNS {
        let found = lower.match_indices(sign);
        cuts.extend(found.map(|(at, text)| at..at + text.len()));
    }
    cuts.extend(strokes(given));
    cuts.extend(brackets(given));
    for connector in CONNECTORS {
        for (at, text) in lower.match_indices(connector) {
            let cut = at..at + text.len();
            let before = lower[..cut.start].chars().next_back();
            let after = lower[cut.end..].chars().next();
            let is_edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
            // A hyphen or an apostrophe makes it a part of a name.
            let is_open = |c: Option<char>| !c.is_some_and(|c| "-'\u{2019}/".contains(c));
            if is_edge(before) && is_edge(after) && is_open(before) && is_open(after) {
                cuts.push(cut);
            }
        }
    }
    cuts
}

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
