//! Other scripts in Latin letters.
//!
//! Own tables where the universal fallback (`any_ascii`) is wrong or too loose
//! for names: Cyrillic by language, Greek digraphs, Arabic and Hebrew
//! consonants. Spellings follow BGN/PCGN, which the lists follow most often.
//! Chinese characters are read in Mandarin here; other readings of a whole name
//! are forms of their own.

use crate::han::pinyin;
use crate::normalise::normalise;
use crate::script::Script;
use any_ascii::any_ascii_char;

/// A name in lower-case ASCII words. Words of scripts without vowels come out
/// as their written consonants; each Chinese or Korean syllable is a word.
pub fn romanise(text: &str) -> String {
    romanise_normalised(&normalise(text))
}

/// As [`romanise`], for text that is already normalised.
pub(crate) fn romanise_normalised(normalised: &str) -> String {
    let mut out = String::with_capacity(normalised.len() + 8);
    for word in normalised.split(' ') {
        let latin = romanise_word(word, normalised);
        if latin.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&latin);
    }
    out
}

/// One normalised word in ASCII; several words where the script writes
/// syllables without spaces. The letters of the whole `name` tell the language.
pub(crate) fn romanise_word(word: &str, name: &str) -> String {
    if word.is_ascii() {
        return word.to_owned();
    }
    match Script::of_text(word) {
        Script::Cyrillic => {
            let mut out = String::with_capacity(word.len());
            cyrillic(word, cyrillic_language(name), &mut out);
            out
        }
        Script::Greek => greek(word),
        Script::Arabic => consonants(word, arabic_letter),
        Script::Hebrew => consonants(word, hebrew_letter),
        Script::Kana => kana(word),
        Script::Other if word.chars().all(is_thai) => thai(word),
        Script::Han | Script::Hangul => syllables(word, name),
        _ => fallback(word),
    }
}

/// Written letters one by one. Two letters that would read as one sound (z-h in
/// Zahrani, t-s in Intisar) are kept apart by the vowel that must stand there.
fn consonants(word: &str, letter: fn(char) -> &'static str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.chars() {
        let latin = letter(c);
        // Doubling is not written: two of a letter have a vowel between them,
        // save in Allah.
        let twice = !matches!(latin, "" | "a" | "w" | "y" | "l") && out.ends_with(latin);
        let one_sound = match latin.as_bytes().first() {
            _ if twice => true,
            Some(b'h') => out.ends_with(['z', 's', 'k', 't', 'd', 'g', 'c', 'p']),
            Some(b's') => out.ends_with('t'),
            Some(b'j') => out.ends_with('d'),
            Some(b'z') => out.ends_with(['t', 'd']),
            _ => false,
        };
        if one_sound {
            out.push('e');
        } else if out.is_empty() && matches!(c, 'ع') {
            // Carries the first vowel, whatever it is.
            out.push('a');
        }
        out.push_str(latin);
    }
    out
}

/// Letters and digits of the universal table, lower case.
fn fallback(word: &str) -> String {
    let ascii = word.chars().flat_map(|c| any_ascii_char(c).chars());
    ascii
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// One word a character, runs of other characters kept together. Chinese
/// characters are read in Mandarin, the first of a short name as a family name.
fn syllables(word: &str, name: &str) -> String {
    let short = word.chars().nth(4).is_none() && name.starts_with(word);
    let mut out = String::with_capacity(word.len() + 8);
    let mut in_run = false;
    for (at, c) in word.chars().enumerate() {
        let script = Script::of(c);
        let alone = matches!(script, Some(Script::Han | Script::Hangul));
        if !out.is_empty() && (alone || !in_run) {
            out.push(' ');
        }
        match pinyin(c, at == 0 && short) {
            Some(reading) => out.push_str(reading),
            None => out.push_str(&fallback(c.encode_utf8(&mut [0; 4]))),
        }
        in_run = !alone;
    }
    let words: Vec<&str> = out.split_ascii_whitespace().collect();
    words.join(" ")
}

/// Japanese syllables by Hepburn: small signs change the vowel before them
/// (シュ is *shu*, ファ is *fa*), a small ッ doubles what follows.
fn kana(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let mut doubled = false;
    for c in word.chars() {
        let latin = fallback(c.encode_utf8(&mut [0; 4]));
        let small = matches!(
            c,
            'ゃ' | 'ゅ'
                | 'ょ'
                | 'ャ'
                | 'ュ'
                | 'ョ'
                | 'ぁ'
                | 'ぃ'
                | 'ぅ'
                | 'ぇ'
                | 'ぉ'
                | 'ァ'
                | 'ィ'
                | 'ゥ'
                | 'ェ'
                | 'ォ'
                | 'ヮ'
                | 'ゎ'
        );
        if matches!(c, 'ッ' | 'っ') {
            doubled = true;
            continue;
        }
        if small && out.ends_with(['a', 'e', 'i', 'o', 'u']) {
            let alone = out.len() == 1;
            out.pop();
            let palatal = out.ends_with("sh") || out.ends_with("ch") || out.ends_with('j');
            if alone {
                out.push('w');
            }
            out.push_str(if palatal {
                latin.trim_start_matches('y')
            } else {
                &latin
            });
            continue;
        }
        if doubled {
            out.extend(latin.chars().next().filter(char::is_ascii_alphabetic));
            doubled = false;
        }
        out.push_str(&latin);
    }
    out
}

fn is_thai(c: char) -> bool {
    ('\u{E00}'..='\u{E7F}').contains(&c)
}

/// Thai by the Royal system, as names are spelled: vowels written before their
/// consonant are read after it, silenced letters and tone marks are left out,
/// two consonants without a vowel take *o*, a final consonant its final sound.
fn thai(word: &str) -> String {
    let letters = thai_letters(word);
    let mut out = String::with_capacity(word.len());
    let mut i = 0;
    while i < letters.len() {
        let (before, at) = match letters[i] {
            c @ ('เ' | 'แ' | 'โ' | 'ใ' | 'ไ') => (Some(c), i + 1),
            _ => (None, i),
        };
        let Some((start, _)) = letters.get(at).and_then(|c| thai_consonant(*c)) else {
            out.push_str(letters.get(at).map_or("", |c| thai_vowel(*c)));
            i = at + 1;
            continue;
        };
        out.push_str(start);
        let (vowel, used) = thai_nucleus(before, &letters[at + 1..]);
        i = at + 1 + used;
        let next_vowel = letters
            .get(i + 1)
            .is_some_and(|c| !thai_vowel(*c).is_empty());
        let closing = letters
            .get(i)
            .and_then(|c| thai_consonant(*c))
            .filter(|_| !next_vowel);
        match (vowel, closing) {
            // Nothing written: the consonant closes the syllable, or leads it.
            ("", Some((_, end))) => {
                out.push('o');
                out.push_str(end);
                i += 1;
            }
            ("", None) if i < letters.len() => out.push('a'),
            ("", None) => {}
            (vowel, Some((_, end))) if !matches!(before, Some('ใ' | 'ไ')) => {
                out.push_str(vowel);
                out.push_str(end);
                i += 1;
            }
            (vowel, _) => out.push_str(vowel),
        }
    }
    out
}

/// Without tone marks and without the consonant that a silencing sign stands on.
fn thai_letters(word: &str) -> Vec<char> {
    let mut letters: Vec<char> = Vec::new();
    for c in word.chars() {
        match c {
            '\u{E4C}' => while letters.pop().is_some_and(|l| thai_consonant(l).is_none()) {},
            '\u{E47}'..='\u{E4B}' | '\u{E4D}' | '\u{E4E}' => {}
            _ => letters.push(c),
        }
    }
    letters
}

/// The vowel of a syllable from the sign before its consonant and the signs
/// after it, and how many of those it took.
fn thai_nucleus(before: Option<char>, rest: &[char]) -> (&'static str, usize) {
    let next = rest.first().copied();
    let after = rest.get(1).copied();
    match (before, next, after) {
        (Some('เ'), Some('ี'), Some('ย')) => ("ia", 2),
        (Some('เ'), Some('ื'), Some('อ')) => ("uea", 2),
        (Some('เ'), Some('า'), _) => ("ao", 1),
        (Some('เ'), Some('ิ'), _) => ("oe", 1),
        (Some('เ'), Some('อ'), _) => ("oe", 1),
        (Some('เ'), _, _) => ("e", 0),
        (Some('แ'), _, _) => ("ae", 0),
        (Some('โ'), _, _) => ("o", 0),
        (Some('ใ' | 'ไ'), _, _) => ("ai", 0),
        (_, Some('ั'), Some('ว')) => ("ua", 2),
        (_, Some('ั'), _) => ("a", 1),
        (_, Some('ื'), Some('อ')) => ("ue", 2),
        (_, Some('อ'), _) => ("o", 1),
        (_, Some('ร'), Some('ร')) => ("an", 2),
        (_, Some(c), _) if !thai_vowel(c).is_empty() => (thai_vowel(c), 1),
        _ => ("", 0),
    }
}

fn thai_vowel(c: char) -> &'static str {
    match c {
        'ะ' | 'า' | 'ั' => "a",
        'ำ' => "am",
        'ิ' | 'ี' => "i",
        'ึ' | 'ื' => "ue",
        'ุ' | 'ู' => "u",
        'ฤ' => "rue",
        _ => "",
    }
}

/// A consonant at the start of a syllable and at its end.
fn thai_consonant(c: char) -> Option<(&'static str, &'static str)> {
    Some(match c {
        'ก' => ("k", "k"),
        'ข' | 'ฃ' | 'ค' | 'ฅ' | 'ฆ' => ("kh", "k"),
        'ง' => ("ng", "ng"),
        'จ' => ("ch", "t"),
        'ฉ' | 'ช' | 'ฌ' => ("ch", "t"),
        'ซ' | 'ศ' | 'ษ' | 'ส' => ("s", "t"),
        'ญ' => ("y", "n"),
        'ฎ' | 'ด' => ("d", "t"),
        'ฏ' | 'ต' => ("t", "t"),
        'ฐ' | 'ฑ' | 'ฒ' | 'ถ' | 'ท' | 'ธ' => ("th", "t"),
        'ณ' | 'น' => ("n", "n"),
        'บ' => ("b", "p"),
        'ป' => ("p", "p"),
        'ผ' | 'พ' | 'ภ' => ("ph", "p"),
        'ฝ' | 'ฟ' => ("f", "p"),
        'ม' => ("m", "m"),
        'ย' => ("y", "i"),
        'ร' => ("r", "n"),
        'ล' | 'ฬ' => ("l", "n"),
        'ว' => ("w", "o"),
        'ห' | 'ฮ' => ("h", ""),
        'อ' => ("", ""),
        _ => return None,
    })
}

/// The languages written in Cyrillic that read the same letter differently.
#[derive(Clone, Copy, PartialEq)]
enum CyrillicLanguage {
    Russian,
    Ukrainian,
    Belarusian,
    Bulgarian,
    Serbian,
}

/// A letter that only one of the languages has decides for the whole name.
fn cyrillic_language(name: &str) -> CyrillicLanguage {
    let mut language = CyrillicLanguage::Russian;
    let mut hard_sign = false;
    for c in name.chars() {
        match c {
            'ў' => return CyrillicLanguage::Belarusian,
            'і' | 'ї' | 'є' | 'ґ' => language = CyrillicLanguage::Ukrainian,
            'ђ' | 'ј' | 'љ' | 'њ' | 'ћ' | 'џ' | 'ѓ' | 'ќ' | 'ѕ'
                if language == CyrillicLanguage::Russian =>
            {
                language = CyrillicLanguage::Serbian;
            }
            'ъ' => hard_sign = true,
            _ => {}
        }
    }
    if language == CyrillicLanguage::Russian && hard_sign && has_vowel_hard_sign(name) {
        return CyrillicLanguage::Bulgarian;
    }
    language
}

/// A hard sign before a consonant (or at the start) is the Bulgarian vowel.
fn has_vowel_hard_sign(word: &str) -> bool {
    let chars: Vec<char> = word.chars().collect();
    chars
        .iter()
        .enumerate()
        .any(|(i, c)| *c == 'ъ' && chars.get(i + 1).is_some_and(|n| !"еёюяоаиу".contains(*n)))
}

fn cyrillic(word: &str, language: CyrillicLanguage, out: &mut String) {
    use CyrillicLanguage::*;
    for (i, c) in word.chars().enumerate() {
        let latin = match (c, language) {
            ('г', Ukrainian | Belarusian) => "h",
            ('ґ', _) => "g",
            ('и', Ukrainian) => "y",
            ('й', Ukrainian) => "y",
            ('і', _) => "i",
            ('ї', _) => "yi",
            ('є', _) => "ye",
            ('ў', Belarusian) => "u",
            ('щ', Bulgarian) => "sht",
            ('ъ', Bulgarian) => "a",
            ('х', Bulgarian | Serbian) => "h",
            ('ц', Serbian) => "c",
            ('ж', Serbian) => "z",
            ('ч', Serbian) => "c",
            ('ш', Serbian) => "s",
            ('ђ', _) => "dj",
            ('ј', _) => "j",
            ('љ', _) => "lj",
            ('њ', _) => "nj",
            ('ћ', _) => "c",
            ('џ', _) => "dz",
            ('е', Russian) if i == 0 => "ye",
            ('а', _) => "a",
            ('б', _) => "b",
            ('в', _) => "v",
            ('г', _) => "g",
            ('д', _) => "d",
            ('е' | 'э', _) => "e",
            ('ж', _) => "zh",
            ('з', _) => "z",
            ('и', _) => "i",
            ('й', _) => "y",
            ('к', _) => "k",
            ('л', _) => "l",
            ('м', _) => "m",
            ('н', _) => "n",
            ('о', _) => "o",
            ('п', _) => "p",
            ('р', _) => "r",
            ('с', _) => "s",
            ('т', _) => "t",
            ('у', _) => "u",
            ('ф', _) => "f",
            ('х', _) => "kh",
            ('ц', _) => "ts",
            ('ч', _) => "ch",
            ('ш', _) => "sh",
            ('щ', _) => "shch",
            ('ъ' | 'ь', _) => "",
            ('ы', _) => "y",
            ('ю', _) => "yu",
            ('я', _) => "ya",
            _ => {
                out.push_str(&fallback(c.encode_utf8(&mut [0; 4])));
                ""
            }
        };
        out.push_str(latin);
    }
}

/// Greek pairs that are one sound, longest first, then single letters.
fn greek(word: &str) -> String {
    const PAIRS: [(&str, &str, &str); 9] = [
        // letters, at the start of a word, elsewhere
        ("ου", "ou", "ou"),
        ("μπ", "b", "mp"),
        ("ντ", "d", "nt"),
        ("γκ", "g", "gk"),
        ("γγ", "ng", "ng"),
        ("γχ", "nch", "nch"),
        ("τζ", "tz", "tz"),
        ("αυ", "av", "av"),
        ("ευ", "ef", "ev"),
    ];
    let mut out = String::with_capacity(word.len());
    let mut rest = word;
    while let Some(c) = rest.chars().next() {
        let at_start = rest.len() == word.len();
        if let Some((pair, first, later)) = PAIRS.iter().find(|p| rest.starts_with(p.0)) {
            out.push_str(if at_start { first } else { later });
            rest = &rest[pair.len()..];
            continue;
        }
        match c {
            'η' => out.push('i'),
            'χ' => out.push_str("ch"),
            'υ' => out.push('y'),
            'ξ' => out.push('x'),
            'φ' => out.push('f'),
            _ => out.push_str(&fallback(c.encode_utf8(&mut [0; 4]))),
        }
        rest = &rest[c.len_utf8()..];
    }
    out
}

/// Written letters of Arabic and Persian. Long vowels are `a`, `w`, `y`.
pub(crate) fn arabic_letter(c: char) -> &'static str {
    match c {
        'ا' => "a",
        'ب' => "b",
        'ت' | 'ط' | 'ټ' => "t",
        'ث' => "th",
        'ج' => "j",
        'ح' | 'ه' => "h",
        'خ' => "kh",
        'د' | 'ڈ' | 'ډ' => "d",
        'ذ' => "dh",
        'ر' | 'ڑ' | 'ړ' => "r",
        'ز' | 'ځ' => "z",
        'س' | 'ص' => "s",
        'ش' | 'ښ' => "sh",
        'ض' | 'ظ' => "dh",
        'ع' | 'ء' => "",
        'غ' => "gh",
        'ف' => "f",
        'ق' => "q",
        'ك' => "k",
        'گ' | 'ګ' => "g",
        'ل' => "l",
        'م' => "m",
        'ن' | 'ں' | 'ڼ' => "n",
        'و' => "w",
        'ي' => "y",
        'پ' => "p",
        'چ' | 'څ' => "ch",
        'ژ' | 'ږ' => "zh",
        'ۋ' => "v",
        'ۇ' | 'ۆ' | 'ۈ' => "w",
        _ if c.is_ascii_alphanumeric() => ascii_str(c),
        _ => "",
    }
}

/// Written letters of Hebrew.
fn hebrew_letter(c: char) -> &'static str {
    match c {
        'א' => "a",
        'ע' => "",
        'ב' => "b",
        'ג' => "g",
        'ד' => "d",
        'ה' => "h",
        'ו' => "w",
        'ז' => "z",
        'ח' => "ch",
        'ט' | 'ת' => "t",
        'י' => "y",
        'כ' | 'ק' => "k",
        'ל' => "l",
        'מ' => "m",
        'נ' => "n",
        'ס' => "s",
        'פ' => "p",
        'צ' => "ts",
        'ר' => "r",
        'ש' => "sh",
        _ if c.is_ascii_alphanumeric() => ascii_str(c),
        _ => "",
    }
}

fn ascii_str(c: char) -> &'static str {
    const TABLE: &str = "0123456789abcdefghijklmnopqrstuvwxyz";
    TABLE
        .find(c)
        .and_then(|i| TABLE.get(i..i + 1))
        .unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::romanise;

    #[test]
    fn names_come_out_as_the_lists_spell_them() {
        let cases = [
            ("Юрий Щербаков", "yuriy shcherbakov"),
            ("Евгений Пригожин", "yevgeniy prigozhin"),
            ("Володимир Зеленський", "volodimir zelenskiy"),
            ("Андрій Єрмак", "andriy yermak"),
            ("Сергій Гончаренко", "serhiy honcharenko"),
            ("محمد الزهراني", "mhmd alzehrany"),
            ("Сергій Шефір", "serhiy shefir"),
            ("Аляксандр Лукашэнка", "alyaksandr lukashenka"),
            ("Бойко Първанов", "boyko parvanov"),
            ("Γεώργιος Παπανδρέου", "georgios papandreou"),
            ("Μπάμπης Ντόρας", "bampis doras"),
            ("Նիկոլ Փաշինյան", "nikol pashinyan"),
            ("ბიძინა ივანიშვილი", "bidzina ivanishvili"),
            ("محمد القذافي", "mhmd alqdhafy"),
            ("בנימין נתניהו", "bnymyn ntnyhw"),
            ("习近平", "xi jin ping"),
            ("김정은", "gim jeong eun"),
            ("トヨタ", "toyota"),
            ("シュミット", "shumitto"),
            ("ファティマ", "fatima"),
            ("สมชาย", "somchai"),
            ("ทักษิณ", "thaksin"),
            ("วิชัย", "wichai"),
            ("สมศักดิ์", "somsak"),
            ("ใจดี", "chaidi"),
            ("Łukasz Øystein", "lukasz oystein"),
        ];
        for (given, wanted) in cases {
            assert_eq!(romanise(given), wanted, "{given}");
        }
    }
}
