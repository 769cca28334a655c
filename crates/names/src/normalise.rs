//! One spelling for the many ways in which the same characters can be typed.

use crate::script::Script;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{canonical_combining_class, is_combining_mark};

/// The comparable form of a name in its own script: compatibility forms
/// resolved, case folded, invisible characters, vowel points and diacritics
/// removed, look-alike letters of other scripts put back, punctuation turned
/// into single spaces, letters that were spaced apart joined again.
///
/// Words stand in their given order, separated by one space. The result of a
/// normalised text is that text again.
pub fn normalise(text: &str) -> String {
    if text.is_ascii() {
        // Most names: nothing to compose, fold or put back.
        return join_spaced_letters(ascii_words(text));
    }
    let folded = match fold_plainly(text) {
        Some(folded) => folded,
        None => {
            let visible: String = text.nfkc().filter(|c| !is_invisible(*c)).collect();
            fold_characters(&visible)
        }
    };
    let mut out = String::with_capacity(folded.len());
    for word in break_words(&folded) {
        let single = (!word.is_ascii()).then(|| fold_lookalikes(&word)).flatten();
        let word = collapse_runs(single.unwrap_or(word));
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&word);
    }
    join_spaced_letters(out)
}

/// The words of an ASCII name in lower case, separated by single spaces.
fn ascii_words(text: &str) -> String {
    let bytes = text.as_bytes();
    let is_letter = |i: usize| bytes.get(i).is_some_and(u8::is_ascii_alphabetic);
    let mut out = String::with_capacity(text.len());
    let mut open = false;
    for (i, &b) in bytes.iter().enumerate() {
        let before = i.wrapping_sub(1);
        match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' => {
                out.push(char::from(b.to_ascii_lowercase()));
                open = true;
            }
            b'\'' | b'`' => {}
            b'.' if is_letter(before)
                && !is_letter(before.wrapping_sub(1))
                && is_letter(i + 1)
                && !is_letter(i + 2) => {}
            b'@' | b'$' | b'!' | b'|' if open && is_letter(i + 1) && !is_address(text) => {
                out.push(sign_for_letter(b));
            }
            // Control characters change how a name compares, not how it looks.
            0..=8 | 14..=27 | 127 => {}
            _ => {
                if open {
                    out.push(' ');
                    open = false;
                }
                if matches!(b, b'&' | b'+') {
                    out.push_str("and ");
                }
            }
        }
    }
    out.truncate(out.trim_end_matches(' ').len());
    let tripled = |w: &[u8]| w[0] == w[1] && w[1] == w[2];
    if out.as_bytes().windows(3).any(tripled) {
        let words: Vec<String> = out
            .split(' ')
            .map(|w| collapse_runs(w.to_owned()))
            .collect();
        return words.join(" ");
    }
    out
}

/// Signs typed for letters inside a word (`P@vel`, `Ru$sia`).
fn sign_for_letter(sign: u8) -> char {
    match sign {
        b'@' => 'a',
        b'$' => 's',
        b'!' => 'i',
        _ => 'l',
    }
}

/// A mail address, in which the sign is no letter.
fn is_address(text: &str) -> bool {
    text.rsplit('@')
        .next()
        .is_some_and(|host| host.contains('.'))
        && text.contains('@')
}

/// A letter held down: three or more of one letter in a word of six or more
/// are one (*Puuutin*), except in Roman numbers.
fn collapse_runs(word: String) -> String {
    let letters = word.chars().count();
    let roman = || word.chars().all(|c| "ivxlcdm".contains(c));
    let runs = |w: &str| {
        let chars: Vec<char> = w.chars().collect();
        chars
            .windows(3)
            .any(|t| t[0] == t[1] && t[1] == t[2] && t[0].is_alphabetic())
    };
    if letters < 6 || roman() || !runs(&word) {
        return word;
    }
    let chars: Vec<char> = word.chars().collect();
    let mut out = String::with_capacity(word.len());
    let mut i = 0;
    while i < chars.len() {
        let run = chars[i..].iter().take_while(|c| **c == chars[i]).count();
        let kept = if run >= 3 && chars[i].is_alphabetic() {
            1
        } else {
            run
        };
        out.extend(std::iter::repeat_n(chars[i], kept));
        i += run;
    }
    out
}

/// [`fold_characters`] for text of letters that need no composing: ASCII, the
/// Cyrillic of five languages, Arabic and Persian. `None` where any other
/// character stands.
fn fold_plainly(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let folded = match c {
            '\u{200B}'..='\u{200F}' | '\u{AD}' | '\u{FEFF}' => continue,
            ' '..='~' => c.to_ascii_lowercase(),
            'ё' | 'Ё' => 'е',
            'а'..='я' | 'і' | 'ї' | 'є' | 'ґ' | 'ў' => c,
            'А'..='Я' => char::from_u32(u32::from(c) + 0x20)?,
            'І' => 'і',
            'Ї' => 'ї',
            'Є' => 'є',
            'Ґ' => 'ґ',
            'Ў' => 'ў',
            'آ' | 'أ' | 'إ' => 'ا',
            'ؤ' => 'و',
            'ئ' => 'ي',
            'ـ' => continue,
            // Signs of vowels and doubling.
            '\u{64B}'..='\u{652}' => continue,
            'ء' | 'ا' | 'ب' | 'ت'..='غ' | 'ف'..='و' | 'ي' | 'پ' | 'چ' | 'ژ' | 'گ' => c,
            'ة' | 'ى' | 'ی' | 'ک' => fold_letter(c),
            _ => return None,
        };
        out.push(folded);
    }
    Some(out)
}

/// Arabic letters that writers exchange freely, Persian and Urdu forms included.
fn fold_letter(c: char) -> char {
    match c {
        'ٱ' | 'ٲ' | 'ٳ' => 'ا',
        'ى' | 'ی' | 'ې' | 'ے' | 'ۍ' => 'ي',
        'ک' | 'ڪ' => 'ك',
        'ۀ' | 'ہ' | 'ھ' | 'ە' | 'ة' | 'ۃ' => 'ه',
        _ => c,
    }
}

/// Zero-width, directional and control characters: they change how a name
/// compares but not how it looks. Line breaks and tabs stay as separators.
fn is_invisible(c: char) -> bool {
    matches!(c as u32,
        0xAD | 0x34F | 0x61C | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F
        | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F | 0x3164 | 0xFE00..=0xFE0F
        | 0xFEFF | 0xFFA0 | 0xE0000..=0xE0FFF)
        || (c.is_control() && !c.is_whitespace())
}

/// Lower case without diacritics, with one letter for each group of variants.
fn fold_characters(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut base_takes_off_marks = true;
    for c in text.chars().flat_map(char::to_lowercase).nfd() {
        if is_combining_mark(c) {
            keep_or_drop_mark(c, base_takes_off_marks, &mut out);
            continue;
        }
        base_takes_off_marks = !matches!(
            Script::of(c),
            Some(Script::Other | Script::Kana | Script::Hangul | Script::Han)
        );
        match c {
            'ς' => out.push('σ'),
            'ß' => out.push_str("ss"),
            _ if fold_letter(c) != c => out.push(fold_letter(c)),
            'ـ' => {}
            '\u{5DA}' => out.push('כ'),
            '\u{5DD}' => out.push('מ'),
            '\u{5DF}' => out.push('נ'),
            '\u{5E3}' => out.push('פ'),
            '\u{5E5}' => out.push('צ'),
            _ => match c.to_digit(10).or_else(|| foreign_digit(c)) {
                Some(d) => out.push(char::from(b'0' + d as u8)),
                None => out.push(c),
            },
        }
    }
    out.nfc().collect()
}

/// Diacritics go, except where the mark makes another letter (й, ї) or another
/// syllable (Kana, Indic and similar scripts).
fn keep_or_drop_mark(mark: char, base_takes_off_marks: bool, out: &mut String) {
    if !base_takes_off_marks {
        out.push(mark);
        return;
    }
    let other_letter = match out.chars().last() {
        Some('и') => mark == '\u{306}',
        Some('і') => mark == '\u{308}',
        Some('у') => mark == '\u{306}',
        _ => false,
    };
    // The class check keeps the reading of "mark" to true combining signs.
    if other_letter && canonical_combining_class(mark) != 0 {
        out.push(mark);
    }
}

/// Decimal digits of the Arabic, Persian and Indic scripts.
fn foreign_digit(c: char) -> Option<u32> {
    let start = match c as u32 {
        0x660..=0x669 => 0x660,
        0x6F0..=0x6F9 => 0x6F0,
        0x966..=0x96F => 0x966,
        0x9E6..=0x9EF => 0x9E6,
        _ => return None,
    };
    Some(c as u32 - start)
}

/// Splits at everything that is not part of a word. Apostrophes and dots
/// inside abbreviations vanish (`O'Brien`, `S.A.R.L.`), `&` and `+` are words.
fn break_words(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut words = vec![String::new()];
    for (i, &c) in chars.iter().enumerate() {
        let word_empty = words.last().is_none_or(String::is_empty);
        if c.is_alphanumeric() || (is_combining_mark(c) && !word_empty) {
            if let Some(word) = words.last_mut() {
                word.push(c);
            }
        } else if is_apostrophe(c) || (c == '.' && is_abbreviation_dot(&chars, i)) {
            continue;
        } else {
            if matches!(c, '&' | '+') {
                words.push("and".to_owned());
            }
            words.push(String::new());
        }
    }
    words.retain(|w| !w.is_empty());
    words
}

fn is_apostrophe(c: char) -> bool {
    matches!(
        c,
        '\'' | '\u{2018}' | '\u{2019}' | '\u{201B}' | '`' | '\u{B4}' | '\u{2BC}' | '\u{2BB}'
            | '\u{2BD}' | '\u{2BE}' | '\u{2BF}' | '\u{2B9}' | '\u{2C8}' | '\u{2032}' | '\u{5F3}'
            | '\u{5F4}' | '"' if is_inner_quote(c)
    )
}

/// The ASCII double quote separates words; all other signs of the list join them.
fn is_inner_quote(c: char) -> bool {
    c != '"'
}

/// A dot between single letters (`S.A.`), not one that ends a word.
fn is_abbreviation_dot(chars: &[char], dot: usize) -> bool {
    let is_letter = |i: usize| chars.get(i).is_some_and(|c| c.is_alphabetic());
    let before_is_single = dot >= 1 && is_letter(dot - 1) && (dot < 2 || !is_letter(dot - 2));
    let after_is_single = is_letter(dot + 1) && !is_letter(dot + 2);
    before_is_single && after_is_single
}

/// Letters of another script that look the same, put back into the script of
/// the rest of the word (`Рutin` with a Cyrillic first letter); `None` for words
/// of one script.
fn fold_lookalikes(word: &str) -> Option<String> {
    let latin = word
        .chars()
        .filter(|c| Script::of(*c) == Some(Script::Latin));
    let latin = latin.count();
    let foreign = |s: Script| word.chars().filter(|c| Script::of(*c) == Some(s)).count();
    let cyrillic = foreign(Script::Cyrillic);
    let greek = foreign(Script::Greek);
    if latin == 0 || cyrillic + greek == 0 {
        return None;
    }
    let to_latin: String = word.chars().map(lookalike_to_latin).collect();
    let all_latin = |w: &str| {
        w.chars()
            .all(|c| matches!(Script::of(c), None | Some(Script::Latin)))
    };
    let to_cyrillic: String = word.chars().map(lookalike_to_cyrillic).collect();
    let all_cyrillic = to_cyrillic
        .chars()
        .all(|c| matches!(Script::of(c), None | Some(Script::Cyrillic)));
    // Where both are possible the greater part decides, or a letter that only
    // its small form makes look alike.
    let rather_cyrillic = all_cyrillic && (cyrillic > latin || word.contains('г'));
    if (!all_latin(&to_latin) || rather_cyrillic) && cyrillic > 0 {
        return Some(to_cyrillic);
    }
    Some(to_latin)
}

/// Look-alikes after Unicode's confusables, lower case, letters of names only.
const LOOKALIKES: [(char, char); 26] = [
    ('а', 'a'),
    ('в', 'b'),
    ('с', 'c'),
    ('ԁ', 'd'),
    ('е', 'e'),
    ('н', 'h'),
    ('һ', 'h'),
    ('і', 'i'),
    ('ї', 'i'),
    ('ј', 'j'),
    ('к', 'k'),
    ('м', 'm'),
    ('о', 'o'),
    ('р', 'p'),
    ('ԛ', 'q'),
    ('ѕ', 's'),
    ('т', 't'),
    ('у', 'y'),
    ('х', 'x'),
    ('ԝ', 'w'),
    ('г', 'r'),
    ('ο', 'o'),
    ('α', 'a'),
    ('ρ', 'p'),
    ('ν', 'v'),
    ('ι', 'i'),
];

fn lookalike_to_latin(c: char) -> char {
    let more = match c {
        'κ' => 'k',
        'τ' => 't',
        'υ' => 'u',
        'χ' => 'x',
        'ε' => 'e',
        'η' => 'n',
        'β' => 'b',
        'μ' => 'm',
        _ => c,
    };
    let pair = LOOKALIKES.iter().find(|(foreign, _)| *foreign == more);
    pair.map_or(more, |(_, latin)| *latin)
}

fn lookalike_to_cyrillic(c: char) -> char {
    let pair = LOOKALIKES.iter().find(|(_, latin)| *latin == c);
    pair.map_or(c, |(foreign, _)| *foreign)
}

/// `p u t i n` is `putin`: a run of three or more single letters of one script
/// is one word.
fn join_spaced_letters(text: String) -> String {
    let single = |word: &str| single_letter_script(word);
    let in_a_row = |least: usize| {
        let mut run = 0;
        text.split(' ').any(|word| {
            run = if single(word).is_some() { run + 1 } else { 0 };
            run >= least
        })
    };
    if !in_a_row(3) {
        return text;
    }
    let words: Vec<&str> = text.split(' ').collect();
    let mut out = String::with_capacity(text.len());
    let mut i = 0;
    while i < words.len() {
        let script = single(words[i]);
        let alike = |w: &&&str| script.is_some() && single(w) == script;
        let run = words[i..].iter().take_while(alike).count();
        let take = if run >= 3 { run } else { 1 };
        if !out.is_empty() {
            out.push(' ');
        }
        words[i..i + take].iter().for_each(|w| out.push_str(w));
        i += take;
    }
    collapse_runs_in(out)
}

/// A word made of single letters may hold a run of its own.
fn collapse_runs_in(text: String) -> String {
    let words: Vec<String> = text
        .split(' ')
        .map(|w| collapse_runs(w.to_owned()))
        .collect();
    words.join(" ")
}

/// The script of a word that is one letter of an alphabet.
fn single_letter_script(word: &str) -> Option<Script> {
    let mut chars = word.chars();
    let (Some(letter), None) = (chars.next(), chars.next()) else {
        return None;
    };
    Script::of(letter).filter(|s| letter.is_alphabetic() && !s.is_unspaced())
}

#[cfg(test)]
mod tests {
    use super::normalise;

    #[test]
    fn the_same_name_typed_differently_is_one_form() {
        let cases = [
            ("  José   Müller-Lüdenscheidt ", "jose muller ludenscheidt"),
            ("O\u{2019}Brien, Seán", "obrien sean"),
            ("S.A.R.L. Étoile", "sarl etoile"),
            ("ACME Co. Ltd.", "acme co ltd"),
            ("Smith & Sons", "smith and sons"),
            ("Vla\u{200B}dimir Pu\u{AD}tin", "vladimir putin"),
            ("\u{420}utin", "putin"),
            ("Марк\u{69}вна", "марківна"),
            ("Г\u{4f}\u{42}\u{4f}\u{50}", "говор"),
            ("P u t i n", "putin"),
            ("ＨＵＡＷＥＩ", "huawei"),
            ("Сергей Ёлкин", "сергей елкин"),
            ("مُحَمَّد", "محمد"),
            ("أحمد", "احمد"),
            ("علی", "علي"),
            ("ガンダム", "ガンダム"),
            ("김정은", "김정은"),
            ("Unit ٣٤", "unit 34"),
            ("Puuutin", "putin"),
            ("Louis XVIII", "louis xviii"),
            ("P@vel Ru$sak", "pavel russak"),
            ("sales@firm.com", "sales firm com"),
            ("\u{1D5E8}\u{1D5DF}\u{1D5D4}N", "ulan"),
            ("S.A.R.L. A.B.C", "sarl abc"),
            ("", ""),
            ("---", ""),
        ];
        for (given, wanted) in cases {
            assert_eq!(normalise(given), wanted, "{given:?}");
            assert_eq!(normalise(wanted), wanted, "idempotent on {wanted:?}");
        }
    }
}
