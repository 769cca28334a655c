//! From a text to its draft: what is joined below, what is excluded, what is compared.

use super::clauses::conditions;
use super::scan::cleaned;
use super::words::{BEFORE, EXCLUSIONS};
use super::{Below, Draft, Marks};
use crate::predicate::Predicate;

pub(super) fn read(text: &str, notes: &[&str], marks: Marks) -> Draft {
    let (own, below) = below_of(text);
    // Brackets are dropped below: a formula in one must not be lost with it.
    let logarithm = ["log(", "log 10", "log10", "20log", "10log"];
    if logarithm
        .iter()
        .any(|words| own.to_lowercase().contains(words))
    {
        return Draft {
            predicate: Some(Predicate::Unread(own)),
            below,
            complete: false,
        };
    }
    let clean = cleaned(&own);
    let (main, excluded) = split_exclusions(&clean);
    let (predicate, complete) = conditions(&main, marks);
    let mut exceptions: Vec<Predicate> = Vec::new();
    let mut all_complete = complete;
    for part in &excluded {
        let (found, complete) = conditions(part, marks);
        all_complete &= complete;
        let words = part.trim();
        let term = || (words.len() > 2).then(|| Predicate::Term(words.to_owned()));
        exceptions.extend(found.or_else(term));
    }
    exceptions.extend(decontrols(notes));
    let predicate = match (predicate, exceptions.is_empty()) {
        (Some(predicate), false) => Some(Predicate::Except(Box::new(predicate), exceptions)),
        (None, false) => {
            let not = exceptions.into_iter().map(|e| Predicate::Not(Box::new(e)));
            super::joined(not.collect(), Predicate::All)
        }
        (predicate, true) => predicate,
    };
    Draft {
        predicate,
        below,
        complete: all_complete,
    }
}

/// How the paragraphs below are joined, and the text without the words that say so.
fn below_of(text: &str) -> (String, Below) {
    let lower = text.to_lowercase();
    let found = [
        ("two or more of the following", Below::AtLeast(2)),
        ("three or more of the following", Below::AtLeast(3)),
        ("all of the following", Below::All),
        ("all the following", Below::All),
        ("both of the following", Below::All),
        ("each of the following", Below::All),
        ("the following characteristics", Below::All),
        ("any of the following", Below::Any),
        ("either of the following", Below::Any),
        ("one or more of the following", Below::Any),
        ("one of the following", Below::Any),
        ("as follows", Below::Any),
        ("the following", Below::Any),
    ]
    .into_iter()
    .find_map(|(words, below)| Some((lower.rfind(words)?, words.len(), below)));
    let Some((at, length, below)) = found else {
        return (text.to_owned(), Below::Any);
    };
    if lower.len() != text.len() {
        return (text.to_owned(), below);
    }
    let before = text.get(..at).unwrap_or(text).trim_end();
    let before = ["having", "with", "meeting", "meet", "has"]
        .iter()
        .find_map(|word| before.strip_suffix(word))
        .unwrap_or(before);
    let after = text.get(at + length..).unwrap_or("");
    let after = after.trim_start_matches(|c: char| !c.is_alphanumeric());
    let after = after.strip_prefix("characteristics").unwrap_or(after);
    (format!("{before} ; {after}"), below)
}

/// The comparison with which a text ends before the paragraphs below it.
pub(super) fn final_comparison(text: &str) -> Option<&'static str> {
    let lower = text.to_lowercase();
    let mut rest = lower.trim_end_matches([':', ' ']);
    for words in [
        "any of the following",
        "all of the following",
        "the following",
    ] {
        rest = rest.strip_suffix(words).unwrap_or(rest).trim_end();
    }
    let ends = |words: &&str| {
        rest.strip_suffix(words)
            .is_some_and(|head| head.is_empty() || head.ends_with(' '))
    };
    let known = BEFORE.iter().map(|(words, _)| *words);
    known.filter(ends).max_by_key(|words| words.len())
}

/// Text without its exclusions, and the exclusions.
fn split_exclusions(text: &str) -> (String, Vec<String>) {
    let lower = text.to_lowercase();
    if lower.len() != text.len() {
        return (text.to_owned(), Vec::new());
    }
    let found = EXCLUSIONS.iter().filter_map(|word| {
        let at = find_word(&lower, word)?;
        let before = lower[..at].trim_end();
        let behind_comma = before.is_empty() || before.ends_with([',', ';']);
        let needs_comma = word.starts_with("other") || word.starts_with("excluding");
        (behind_comma || !needs_comma).then_some((at, word.len()))
    });
    let Some((at, length)) = found.min_by_key(|(at, length)| (*at, usize::MAX - length)) else {
        return (text.to_owned(), Vec::new());
    };
    let tail = text[at + length..].trim_start();
    // An exclusion in the middle ends where a comma leads back to numbers.
    // One that comes first ends where the description begins.
    let begins = [
        " and rated",
        " and having",
        " and designed",
        " and capable",
        " having ",
    ];
    let end = tail
        .find(", ")
        .into_iter()
        .chain(
            begins
                .iter()
                .filter(|_| at == 0)
                .filter_map(|words| tail.find(words)),
        )
        .filter(|end| tail[*end..].contains(|c: char| c.is_ascii_digit()))
        .min()
        .unwrap_or(tail.len());
    let (excluded, rest) = tail.split_at(end);
    let main = format!("{} {}", text[..at].trim_end_matches([' ', ',']), rest);
    (
        main,
        vec![excluded.trim_end_matches([' ', ',', ';', '.']).to_owned()],
    )
}

fn find_word(text: &str, word: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(found) = text.get(from..)?.find(word) {
        let at = from + found;
        let starts = !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '-');
        let ends = !text[at + word.len()..].starts_with(char::is_alphanumeric);
        if starts && ends {
            return Some(at);
        }
        from = at + word.len();
    }
    None
}

/// What scope notes take out: "… does not control X".
fn decontrols(notes: &[&str]) -> Vec<Predicate> {
    let mut found = Vec::new();
    let mut listing = false;
    for note in notes {
        let lower = note.to_lowercase();
        let says = [
            "does not control",
            "do not control",
            "does not apply to",
            "do not apply to",
        ]
        .iter()
        .find_map(|words| Some((lower.find(words)?, words.len())));
        let text = match says {
            Some((at, length)) if lower.len() == note.len() => &note[at + length..],
            Some(_) => note,
            // The lettered lines of a list that a note began.
            None if listing && note.split_once(". ").is_some_and(|(d, _)| d.len() <= 2) => note,
            None => {
                listing = false;
                continue;
            }
        };
        let text = text.trim().trim_end_matches(['.', ';']);
        if text.ends_with(':') || text.ends_with("following") {
            listing = true;
        }
        let text = text.trim_end_matches(':').trim();
        if text.len() > 3 {
            found.push(Predicate::Term(text.to_owned()));
        }
    }
    found
}
