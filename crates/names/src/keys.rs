//! Keys under which different romanisations of one name fall together.

use crate::distance::osa;

/// A key that ignores how a romanisation spells a sound: `kh`/`h`, `q`/`k`,
/// `w`/`v`, `y`/`i`/`j`, `sch`/`sh`, `ph`/`f`, doubled letters, `ou`/`u`,
/// `-off`/`-ov`. Vowels keep three classes (a/e, o/u, i/y), so that *Hassan*
/// and *Hussein* stay apart. For finding candidates and for treating two
/// spellings as near-equal; not for identity.
pub fn key(token: &str) -> String {
    let mut out = Vec::with_capacity(token.len());
    push_key(token, &mut out);
    ascii(out)
}

/// [`key`] in place of what a buffer holds, for callers that make many.
pub fn key_into(token: &str, out: &mut String) {
    let mut bytes = std::mem::take(out).into_bytes();
    bytes.clear();
    push_key(token, &mut bytes);
    *out = ascii(bytes);
}

fn push_key(token: &str, out: &mut Vec<u8>) {
    for_sounds(token, |sound| match sound {
        Sound::Consonant(class) => push_new(out, class),
        Sound::Vowels(run) => push_new(out, vowel_class(run)),
    });
}

/// Whether two words that share a [`key`] also look alike: the key alone is
/// too loose for short words (*Maria*, *Miera*). Compares them sound by sound
/// with the vowels as they stand, glides and long vowels aside.
pub fn is_respelling(a: &str, b: &str) -> bool {
    let typed = (a, b);
    let (a, b) = (spelt(a), spelt(b));
    if a.len().min(b.len()) <= 2 {
        // Too little sound is left to tell two words apart.
        return osa(typed.0, typed.1, 1).is_some();
    }
    let reach = match a.len() + b.len() {
        0..=10 => 1,
        11..=12 => 2,
        _ => 3,
    };
    osa(&a, &b, reach).is_some()
}

/// As [`key`], with every vowel but glides.
fn spelt(word: &str) -> String {
    let mut out = Vec::with_capacity(word.len());
    for_sounds(word, |sound| match sound {
        Sound::Consonant(class) => push_new(&mut out, class),
        Sound::Vowels(run) => {
            for (i, letter) in run.iter().enumerate() {
                let next = run.get(i + 1);
                let glide = matches!(letter, b'i' | b'y')
                    && next.is_some_and(|n| !matches!(n, b'i' | b'y'));
                let long_u = *letter == b'o' && matches!(next, Some(b'u' | b'o'));
                match letter {
                    _ if glide => {}
                    b'o' if long_u => push_new(&mut out, b'u'),
                    b'o' if i > 0 && run[i - 1] == b'o' => {}
                    b'y' => push_new(&mut out, b'i'),
                    _ => push_new(&mut out, *letter),
                }
            }
        }
    });
    ascii(out)
}

fn push_new(out: &mut Vec<u8>, byte: u8) {
    if out.last() != Some(&byte) {
        out.push(byte);
    }
}

/// Every byte pushed above is ASCII or a byte of the given text, kept whole.
fn ascii(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_default()
}

/// One step through a word.
enum Sound<'a> {
    Consonant(u8),
    Vowels(&'a [u8]),
}

fn for_sounds(token: &str, mut each: impl FnMut(Sound)) {
    let mut buffer = [0u8; 64];
    let word = canonical_ending(token, &mut buffer);
    let mut i = 0;
    while i < word.len() {
        let rest = &word[i..];
        if is_vowel(rest[0]) {
            let len = rest.iter().take_while(|b| is_vowel(**b)).count();
            each(Sound::Vowels(&rest[..len]));
            i += len;
        } else {
            let (class, len) = consonant(rest, i == 0);
            if let Some(class) = class {
                each(Sound::Consonant(class));
            }
            i += len;
        }
    }
}

/// Word endings that romanisations of one name spell differently. Words longer
/// than the buffer, which no name has, keep their ending.
fn canonical_ending<'a>(token: &'a str, buffer: &'a mut [u8; 64]) -> &'a [u8] {
    const ENDINGS: [(&str, &str); 20] = [
        ("off", "ov"),
        ("eff", "ev"),
        ("ow", "ov"),
        ("sky", "ski"),
        ("skiy", "ski"),
        ("skyy", "ski"),
        ("skij", "ski"),
        ("skii", "ski"),
        ("aya", "aia"),
        ("ander", "andr"),
        ("vic", "vich"),
        ("vits", "vich"),
        ("vitz", "vich"),
        ("ij", "iy"),
        ("eevich", "evich"),
        ("eyevich", "evich"),
        ("ayevich", "aevich"),
        ("eevna", "evna"),
        ("eyevna", "evna"),
        ("ayevna", "aevna"),
    ];
    let bytes = token.as_bytes();
    let last = bytes.last().copied().unwrap_or(0);
    if !matches!(
        last,
        b'f' | b'w' | b'y' | b'j' | b'i' | b'a' | b'r' | b'c' | b's' | b'z' | b'h'
    ) {
        return bytes;
    }
    for (from, to) in ENDINGS {
        if let Some(stem) = token.strip_suffix(from)
            && stem.len() >= 2
            && stem.len() + to.len() <= buffer.len()
        {
            let len = stem.len() + to.len();
            buffer[..stem.len()].copy_from_slice(stem.as_bytes());
            buffer[stem.len()..len].copy_from_slice(to.as_bytes());
            return &buffer[..len];
        }
    }
    bytes
}

fn is_vowel(b: u8) -> bool {
    matches!(b, b'a' | b'e' | b'i' | b'o' | b'u' | b'y')
}

/// A run of vowels is one class: a glide with its vowel keeps the vowel
/// (`ya`, `yu`, `ie`), a diphthong keeps its closing sound (`ai`, `ei`).
fn vowel_class(run: &[u8]) -> u8 {
    let has = |set: &[u8]| run.iter().any(|b| set.contains(b));
    if matches!(run, b"iye" | b"aye" | b"aie") {
        // The glide is often left out: Kiriyenko, Kirienko.
        return b'a';
    }
    if has(b"ou") {
        b'u'
    } else if has(b"iy") && !(run[0] == b'y' || run[0] == b'i') {
        b'i'
    } else if has(b"a") || (has(b"e") && run.len() <= 2 && !run.ends_with(b"ee")) {
        b'a'
    } else {
        b'i'
    }
}

/// One consonant sound and how many letters it took.
fn consonant(rest: &[u8], first: bool) -> (Option<u8>, usize) {
    let second = rest.get(1).copied().unwrap_or(0);
    let starts = |letters: &[u8]| rest.starts_with(letters);
    let (class, len) = match (rest[0], second) {
        (b's', b'h') if starts(b"shch") => (b'S', 4),
        (b's', b'c') if starts(b"schtsch") => (b'S', 7),
        (b's', b'c') if starts(b"sch") => (b'S', 3),
        (b's', b'h' | b'z') => (b'S', 2),
        (b't', b's') if starts(b"tsch") => (b'C', 4),
        (b't', b'c') if starts(b"tch") => (b'C', 3),
        (b't', b's' | b'z') => (b'z', 2),
        (b't', b'h') => (b't', 2),
        (b'c', b'h' | b'z') => (b'C', 2),
        (b'c', b'k') => (b'k', 2),
        (b'd', b'z') if starts(b"dzh") => (b'J', 3),
        (b'd', b'j') => (b'J', 2),
        (b'd', b'h') => (b'd', 2),
        (b'z', b'h') => (b'J', 2),
        (b'k', b'h') => (b'h', 2),
        (b'k', b's') => (b'x', 2),
        (b'g', b'h') => (b'g', 2),
        (b'p', b'h') => (b'f', 2),
        (b'b', b'h') => (b'b', 2),
        (b'r', b'h') => (b'r', 2),
        (b'w', b'h') => (b'v', 2),
        (b'c', b'e' | b'i' | b'y') => (b's', 1),
        (b'c' | b'q' | b'k', _) => (b'k', 1),
        (b'w' | b'v', _) => (b'v', 1),
        (b'j', _) => (b'J', 1),
        // Silent after a vowel before a consonant or at the end: Johnson, Fatimah.
        (b'h', next) if !first && !is_vowel(next) => return (None, 1),
        (other, _) => (other, 1),
    };
    (Some(class), len)
}

/// Readings of a word in which digits stand for letters (`put1n`, `v1adimir`):
/// none when the word has no digit, is mostly digits, or has digits only at
/// its end, as designations have (`boeing737`, `unit61398`).
pub fn unleet(token: &str) -> Vec<String> {
    let digits = token.bytes().filter(u8::is_ascii_digit).count();
    let letters = token.len().saturating_sub(digits);
    let trailing = token.bytes().rev().take_while(u8::is_ascii_digit).count();
    if digits == 0 || letters < 2 * digits || letters < 3 || (trailing == digits && digits > 1) {
        return Vec::new();
    }
    let read = |one: char| -> String {
        token
            .chars()
            .map(|c| match c {
                '0' => 'o',
                '1' => one,
                '3' => 'e',
                '4' => 'a',
                '5' => 's',
                '6' | '9' => 'g',
                '7' => 't',
                '8' => 'b',
                other => other,
            })
            .collect()
    };
    let mut readings = vec![read('i'), read('l')];
    readings.dedup();
    readings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_share_a_key() {
        for group in [
            vec!["mohammed", "mohamed", "muhammad", "muhamad", "mohammad"],
            vec!["hussein", "husayn", "hossein", "hussain"],
            vec!["yusuf", "yousuf", "yusuff"],
            vec!["yuriy", "yuri", "iuri", "yury"],
            vec!["sergey", "sergei", "serghei"],
            vec!["alexandr", "aleksandr", "alexander", "aleksander"],
            vec!["schmidt", "shmidt"],
            vec!["petroff", "petrov"],
            vec!["zelensky", "zelenskiy", "zelenskyy"],
            vec!["khaled", "haled"],
            vec!["qasim", "kasim"],
            vec!["walid", "valid"],
            vec!["john", "jon"],
            vec!["fatima", "fatimah"],
            vec!["alexeyevich", "alekseevich", "aleksievich"],
            vec!["petrovic", "petrovich", "petrovits"],
            vec!["kiriyenko", "kirienko"],
            vec!["kazazayev", "kazazaev"],
        ] {
            let keys: Vec<String> = group.iter().map(|s| key(s)).collect();
            assert!(keys.windows(2).all(|k| k[0] == k[1]), "{group:?} {keys:?}");
        }
        for (a, b) in [("hassan", "hussein"), ("ivan", "iran"), ("maria", "marco")] {
            assert_ne!(key(a), key(b));
        }
    }

    #[test]
    fn digits_for_letters_are_read_back() {
        assert_eq!(unleet("put1n"), ["putin", "putln"]);
        assert_eq!(unleet("v1adimir"), ["viadimir", "vladimir"]);
        assert!(unleet("boeing737").is_empty());
        assert!(unleet("putin").is_empty());
        assert!(unleet("2024").is_empty());
    }
}
