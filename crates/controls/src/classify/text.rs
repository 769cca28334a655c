//! Words of a description: folded, lightly stemmed, with sizes as shapes.

use portcullis_names::romanise;

/// Words that say nothing about goods.
const STOP: [&str; 40] = [
    "a", "an", "and", "are", "as", "at", "be", "but", "by", "e", "etc", "for", "from", "in",
    "into", "is", "it", "its", "kind", "n", "nec", "nes", "not", "of", "on", "or", "other", "s",
    "such", "than", "that", "the", "their", "them", "thereof", "these", "to", "used", "whether",
    "with",
];

/// What opens a part of a nomenclature's text that names what is *not* meant.
const NEGATIONS: [&str; 8] = [
    "other than ",
    "excluding ",
    "except ",
    "excl. ",
    "not including ",
    "but not ",
    "neither ",
    "without ",
];

/// Words read from one text; a longer description is cut here, and said.
pub(super) const MOST_WORDS: usize = 200;

/// The words of a description: stems in order, stop words left out. A size
/// (`85g`, `100 ml`) is its unit after `#`; numbers alone are left out.
pub(super) fn words(text: &str) -> Vec<String> {
    let folded = folded(text);
    let mut out: Vec<String> = Vec::new();
    let mut run = String::new();
    let mut after_number = false;
    for c in folded.chars().chain(" ".chars()) {
        if c.is_ascii_alphanumeric() {
            run.push(c.to_ascii_lowercase());
            continue;
        }
        // "men's" is one word.
        if c == '\'' || c == '`' {
            continue;
        }
        if !run.is_empty() {
            let number = run.bytes().all(|b| b.is_ascii_digit());
            push_run(&run, after_number, &mut out);
            after_number = number;
            run.clear();
        }
        if c == '%' && after_number {
            out.push("#%".to_owned());
        }
        if out.len() >= MOST_WORDS {
            break;
        }
    }
    out.truncate(MOST_WORDS);
    out
}

/// Lower-case ASCII, punctuation kept where a word is ASCII already.
fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let words = text.split_whitespace().map(|word| {
        if word.is_ascii() {
            word.to_ascii_lowercase()
        } else {
            romanise(word)
        }
    });
    words.collect::<Vec<String>>().join(" ")
}

fn push_run(run: &str, after_number: bool, out: &mut Vec<String>) {
    let digits = run.bytes().take_while(u8::is_ascii_digit).count();
    if digits == run.len() {
        return;
    }
    if digits > 0 {
        // 85g, 20x85g, 3xl: the unit is the last run of letters.
        let tail: String = run
            .chars()
            .rev()
            .take_while(char::is_ascii_alphabetic)
            .collect();
        let tail: String = tail.chars().rev().collect();
        if !tail.is_empty() && tail.len() <= 4 {
            out.push(format!("#{tail}"));
        } else {
            out.push(run.to_owned());
        }
        return;
    }
    if after_number && UNITS.contains(&run) {
        out.push(format!("#{run}"));
        return;
    }
    if !STOP.contains(&run) {
        out.push(stem(run));
    }
}

/// Units that stand apart from their number.
const UNITS: [&str; 18] = [
    "cl", "cm", "g", "gr", "gsm", "inch", "kg", "kw", "l", "lb", "m", "mg", "ml", "mm", "oz", "pc",
    "pcs", "w",
];

/// Plural folding and nothing more: what it makes need not be a word.
pub(super) fn stem(word: &str) -> String {
    let n = word.len();
    let keep = |length: usize| word.get(..length).unwrap_or(word).to_owned();
    if n <= 3 || !word.is_ascii() {
        return word.to_owned();
    }
    if let Some(root) = word.strip_suffix("ies") {
        return if n > 4 {
            format!("{root}y")
        } else {
            keep(n - 1)
        };
    }
    for ending in ["sses", "ches", "shes", "xes", "zes"] {
        if word.ends_with(ending) {
            return keep(n - 2);
        }
    }
    if word.ends_with("ss") || word.ends_with("us") || word.ends_with("is") {
        return word.to_owned();
    }
    if word.ends_with('s') {
        return keep(n - 1);
    }
    word.to_owned()
}

/// The parts of a nomenclature's text: what it means, and what it sets apart.
pub(super) fn scopes(text: &str) -> (String, String) {
    let lower = text.to_lowercase();
    let (mut meant, mut apart) = (String::new(), String::new());
    let mut rest = lower.as_str();
    loop {
        let opening = NEGATIONS
            .iter()
            .filter_map(|n| rest.find(n).map(|at| (at, n.len())));
        let Some((at, length)) = opening.min() else {
            meant.push_str(rest);
            return (meant, apart);
        };
        let (before, after) = rest.split_at(at);
        meant.push_str(before);
        meant.push(' ');
        let after = after.get(length..).unwrap_or("");
        let end = after.find([';', ')']).unwrap_or(after.len());
        let (scope, remains) = after.split_at(end);
        apart.push_str(scope);
        apart.push(' ');
        rest = remains;
    }
}

/// Hashes of the pieces of three to five characters of words, ends marked.
pub(super) fn grams(words: &[String]) -> Vec<u64> {
    let mut out = Vec::new();
    for word in words {
        let marked: Vec<u8> = [b"^", word.as_bytes(), b"$"].concat();
        for size in 3..=5 {
            out.extend(marked.windows(size).map(|w| hash(b'g', w)));
        }
    }
    out
}

/// FNV-1a, with the sort of feature mixed in.
pub(super) fn hash(sort: u8, bytes: &[u8]) -> u64 {
    let mut state = 0xcbf2_9ce4_8422_2325_u64 ^ u64::from(sort);
    for byte in bytes {
        state = (state ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    }
    state
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_and_sizes_are_shapes() {
        for (text, expected) in [
            ("Ladies' Boots, 2 pairs", &["lady", "boot", "pair"][..]),
            (
                "pack of 1 a)g/perle ocean 20x85g",
                &["pack", "g", "perle", "ocean", "#g"],
            ),
            ("100% Café crème 250 ml", &["#%", "cafe", "creme", "#ml"]),
            ("boxes of glasses", &["box", "glass"]),
            ("men's batteries", &["men", "battery"]),
            ("", &[]),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
        assert_eq!(words(&"word ".repeat(1_000)).len(), MOST_WORDS);
    }

    #[test]
    fn what_is_set_apart_is_told_apart() {
        let (meant, apart) =
            scopes("Cattle; live, other than pure-bred; in boxes (excluding wood) x");
        assert!(meant.contains("cattle") && meant.contains("boxes") && meant.contains('x'));
        assert!(!meant.contains("pure-bred") && !meant.contains("wood"));
        assert!(apart.contains("pure-bred") && apart.contains("wood"));
    }
}
