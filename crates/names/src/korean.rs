//! Korean syllables in the spellings that Koreans use for their own names.

/// A key that is the same for the usual romanisations of one Korean syllable
/// (`gim`/`kim`, `jeong`/`jong`/`jung`/`chung`, `eun`/`un`, `i`/`lee`/`ri`).
/// Sounds: Revised Romanisation, McCune-Reischauer, North Korean and family
/// usage. Expects one lower-case ASCII syllable; longer words give a key too,
/// but only syllables compare well.
pub fn syllable_key(syllable: &str) -> String {
    // Family names whose usual spelling follows no table.
    let usual = match syllable {
        "i" | "lee" | "ri" | "yi" | "rhee" | "li" => "ri",
        "bag" | "bak" | "pak" | "park" | "bark" => "bak",
        "choe" | "choi" | "choy" | "chwe" => "choe",
        "no" | "roh" | "noh" | "ro" => "no",
        "im" | "lim" | "rim" | "yim" => "im",
        "yu" | "ryu" | "yoo" | "you" | "ryoo" => "yu",
        "yang" | "ryang" => "yang",
        "u" | "woo" | "wu" => "u",
        "sin" | "shin" => "sin",
        "seol" | "sol" | "sul" => "sol",
        _ => "",
    };
    if !usual.is_empty() {
        return usual.to_owned();
    }
    let (start, rest) = split_start(syllable);
    let (vowel, end) = split_vowel(rest);
    let mut key = String::from(start);
    key.push_str(vowel);
    key.push_str(match end {
        "g" | "k" | "c" => "k",
        "b" | "p" => "p",
        "d" | "t" | "s" => "t",
        "l" | "r" => "l",
        other => other,
    });
    key
}

/// The first consonant in one letter a pair of plain and tense sounds.
fn split_start(syllable: &str) -> (&'static str, &str) {
    const STARTS: [(&str, &str); 21] = [
        ("kk", "k"),
        ("tt", "t"),
        ("pp", "p"),
        ("ss", "s"),
        ("jj", "j"),
        ("ch", "j"),
        ("sh", "s"),
        ("gy", "ky"),
        ("ky", "ky"),
        ("g", "k"),
        ("k", "k"),
        ("d", "t"),
        ("t", "t"),
        ("b", "p"),
        ("p", "p"),
        ("j", "j"),
        ("s", "s"),
        ("r", "r"),
        ("l", "r"),
        ("h", "h"),
        ("m", "m"),
    ];
    if let Some(rest) = syllable.strip_prefix('n') {
        return ("n", rest);
    }
    let found = STARTS.iter().find(|(s, _)| syllable.starts_with(s));
    match found {
        Some((start, key)) => (key, &syllable[start.len()..]),
        None => ("", syllable),
    }
}

/// Vowels that are exchanged in practice: eo/o/u, eu/u, ae/ai/e, yeo/yo/you.
fn split_vowel(rest: &str) -> (&'static str, &str) {
    const VOWELS: [(&str, &str); 30] = [
        ("yeo", "Y"),
        ("yoo", "Y"),
        ("you", "Y"),
        ("yae", "E"),
        ("yu", "Y"),
        ("yo", "Y"),
        ("ye", "E"),
        ("ya", "A"),
        ("wae", "W"),
        ("woo", "o"),
        ("wo", "W"),
        ("weo", "W"),
        ("we", "W"),
        ("wi", "W"),
        ("wa", "V"),
        ("eui", "i"),
        ("ui", "i"),
        ("eo", "o"),
        ("eu", "o"),
        ("ee", "i"),
        ("oo", "o"),
        ("ou", "o"),
        ("oe", "W"),
        ("ae", "e"),
        ("ai", "e"),
        ("a", "a"),
        ("e", "e"),
        ("i", "i"),
        ("o", "o"),
        ("u", "o"),
    ];
    let found = VOWELS.iter().find(|(v, _)| rest.starts_with(v));
    match found {
        Some((vowel, key)) => (key, &rest[vowel.len()..]),
        None => ("", rest),
    }
}

#[cfg(test)]
mod tests {
    use super::syllable_key;

    #[test]
    fn usual_spellings_of_a_syllable_share_a_key() {
        for group in [
            vec!["gim", "kim"],
            vec!["jeong", "jong", "jung", "chung", "chong"],
            vec!["eun", "un"],
            vec!["i", "lee", "ri"],
            vec!["bag", "bak", "park"],
            vec!["seong", "song", "sung"],
            vec!["hyeon", "hyon", "hyun"],
            vec!["cheol", "chol", "chul"],
            vec!["yeong", "yong", "young"],
            vec!["gyeong", "kyong", "kyung"],
            vec!["dae", "tae"],
        ] {
            let keys: Vec<String> = group.iter().map(|s| syllable_key(s)).collect();
            assert!(keys.windows(2).all(|k| k[0] == k[1]), "{group:?} {keys:?}");
        }
        assert_ne!(syllable_key("kim"), syllable_key("kam"));
        assert_ne!(syllable_key("min"), syllable_key("myong"));
    }
}
