//! Keys under which different romanisations of one name fall together.

/// A key that ignores how a romanisation spells a sound: `kh`/`h`, `q`/`k`,
/// `w`/`v`, `y`/`i`/`j`, `sch`/`sh`, `ph`/`f`, doubled letters, `ou`/`u`,
/// `-off`/`-ov`. Vowels keep three classes (a/e, o/u, i/y), so that *Hassan*
/// and *Hussein* stay apart. For finding candidates and for treating two
/// spellings as near-equal; not for identity.
pub fn key(token: &str) -> String {
    let word = canonical_ending(token);
    let bytes = word.as_bytes();
    let mut out = String::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        let rest = &bytes[i..];
        let (class, len) = if is_vowel(rest[0]) {
            vowel_run(rest)
        } else {
            consonant(rest, i == 0)
        };
        if let Some(class) = class
            && !out.ends_with(class)
        {
            out.push(class);
        }
        i += len;
    }
    out
}

/// Word endings that romanisations of one name spell differently.
fn canonical_ending(token: &str) -> String {
    let pairs = [
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
    ];
    for (from, to) in pairs {
        if let Some(stem) = token.strip_suffix(from)
            && stem.len() >= 2
        {
            return format!("{stem}{to}");
        }
    }
    token.to_owned()
}

fn is_vowel(b: u8) -> bool {
    matches!(b, b'a' | b'e' | b'i' | b'o' | b'u' | b'y')
}

/// A run of vowels is one class: a glide with its vowel keeps the vowel
/// (`ya`, `yu`, `ie`), a diphthong keeps its closing sound (`ai`, `ei`).
fn vowel_run(rest: &[u8]) -> (Option<char>, usize) {
    let len = rest.iter().take_while(|b| is_vowel(**b)).count();
    let run = &rest[..len];
    let has = |set: &[u8]| run.iter().any(|b| set.contains(b));
    let class = if has(b"ou") {
        'u'
    } else if has(b"iy") && !(run[0] == b'y' || run[0] == b'i') {
        'i'
    } else if has(b"a") || (has(b"e") && run.len() <= 2 && !run.ends_with(b"ee")) {
        'a'
    } else {
        'i'
    };
    (Some(class), len)
}

/// One consonant sound and how many letters it took.
fn consonant(rest: &[u8], first: bool) -> (Option<char>, usize) {
    const SOUNDS: [(&[u8], char); 24] = [
        (b"shch", 'S'),
        (b"schtsch", 'S'),
        (b"tsch", 'C'),
        (b"sch", 'S'),
        (b"tch", 'C'),
        (b"sh", 'S'),
        (b"ch", 'C'),
        (b"cz", 'C'),
        (b"sz", 'S'),
        (b"zh", 'J'),
        (b"dzh", 'J'),
        (b"dj", 'J'),
        (b"kh", 'h'),
        (b"gh", 'g'),
        (b"ph", 'f'),
        (b"th", 't'),
        (b"dh", 'd'),
        (b"ck", 'k'),
        (b"ks", 'x'),
        (b"ts", 'z'),
        (b"tz", 'z'),
        (b"bh", 'b'),
        (b"rh", 'r'),
        (b"wh", 'v'),
    ];
    if let Some((letters, class)) = SOUNDS.iter().find(|(l, _)| rest.starts_with(l)) {
        return (Some(*class), letters.len());
    }
    let class = match rest[0] {
        b'c' if matches!(rest.get(1), Some(b'e' | b'i' | b'y')) => 's',
        b'c' | b'q' | b'k' => 'k',
        b'w' | b'v' => 'v',
        b'j' => 'J',
        // Silent after a vowel before a consonant or at the end: Johnson, Fatimah.
        b'h' if !first && rest.get(1).is_none_or(|n| !is_vowel(*n)) => return (None, 1),
        other => char::from(other),
    };
    (Some(class), 1)
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
