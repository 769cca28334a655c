//! Names from scripts that do not write short vowels.
//!
//! No romaniser can supply a vowel that was not written, so an Arabic, Persian
//! or Hebrew word is compared with a Latin one by its consonants (the
//! *skeleton*), and then letter by letter: the long vowels, which are written,
//! are held against the vowels of the Latin word. محمد and محمود share the
//! skeleton of *Mohammed*, but only the second can be *Mahmoud*.

/// The consonants of a romanised word, in classes that hold whatever one
/// sound may be spelled as: the first of [`skeletons`].
pub fn skeleton(word: &str) -> String {
    skeletons(word).into_iter().next().unwrap_or_default()
}

/// All consonant readings of a romanised word (at most eight): some Latin
/// letters stand for several sounds (`ch`, `v`, `g`, `th`).
pub fn skeletons(word: &str) -> Vec<String> {
    let mut readings = vec![String::with_capacity(word.len())];
    for_sounds(word, |sound| {
        let Sound::Consonant(options) = sound else {
            return;
        };
        let room = readings.len() * options.len() <= 8;
        let used = if room { options } else { &options[..1] };
        let before = readings.len();
        for option in &used[1..] {
            for i in 0..before {
                let mut next = readings[i].clone();
                if *option != "-" {
                    next.push_str(option);
                }
                readings.push(next);
            }
        }
        for reading in &mut readings[..before] {
            if used[0] != "-" {
                reading.push_str(used[0]);
            }
        }
    });
    for reading in &mut readings {
        // A final h is as often written as not: Fatima, Fatimah.
        if reading.len() > 1 && reading.ends_with('h') {
            reading.pop();
        }
    }
    readings.sort_unstable();
    readings.dedup();
    readings.retain(|r| !r.is_empty());
    readings
}

/// One step through a word: a consonant with the classes it may belong to
/// (`-` for "may be silent"), or a vowel letter.
enum Sound {
    Consonant(&'static [&'static str]),
    Vowel,
}

/// Reads digraphs first; doubled letters count once.
fn for_sounds(word: &str, mut each: impl FnMut(Sound)) {
    let bytes = word.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        let pair = word.get(i..i + 2).unwrap_or("");
        let (sound, len) = match consonant_pair(pair) {
            Some(options) => (Sound::Consonant(options), 2),
            None if matches!(pair, "ce" | "ci" | "cy") => (Sound::Consonant(&["s"]), 1),
            None => (single(bytes[i], i == 0), 1),
        };
        each(sound);
        i += len;
        while i < bytes.len() && bytes[i] == bytes[i - 1] && len == 1 {
            i += 1;
        }
    }
}

fn consonant_pair(pair: &str) -> Option<&'static [&'static str]> {
    let options: &[&str] = match pair {
        "gh" | "ck" => &["k"],
        "kh" => &["k", "kh"],
        // Two letters of one sound, or one of each: Ishaq, Mazhar, Fathi.
        "sh" => &["s", "sh"],
        "ch" => &["s", "k", "h"],
        "th" => &["t", "s", "d", "th"],
        "dh" => &["d", "z", "dh"],
        "zh" => &["z", "j", "zh"],
        "ph" => &["f"],
        "ts" | "tz" => &["s", "z"],
        "dj" => &["j"],
        "dz" => &["z", "d", "dz"],
        _ => return None,
    };
    Some(options)
}

fn single(letter: u8, first: bool) -> Sound {
    let options: &[&str] = match letter {
        b'b' => &["b"],
        b'c' => &["k", "s"],
        b'q' | b'k' => &["k"],
        b'd' => &["d"],
        b'f' | b'p' => &["f"],
        // Egypt says g where others say j: Ragab, Gerges.
        b'g' => &["k", "j"],
        b'h' => &["h"],
        b'j' => &["j"],
        b'l' => &["l"],
        b'm' => &["m"],
        b'n' => &["n"],
        b'r' => &["r"],
        b's' => &["s"],
        b't' => &["t"],
        b'v' if first => &["w", "b"],
        b'v' => &["-", "b"],
        b'w' if first => &["w"],
        b'x' => &["k"],
        b'y' if first => &["y"],
        b'z' => &["z"],
        b'0'..=b'9' => &["0"],
        _ => return Sound::Vowel,
    };
    Sound::Consonant(options)
}

/// How well a consonantal word and a Latin word agree.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SkeletonMatch {
    /// Similarity, 0 to 1; never 1, because the short vowels are a guess.
    pub similarity: f64,
}

/// Similarity of two words of which every written letter is spoken as usual.
const AS_USUAL: f64 = 0.93;
/// What one letter that is not spoken as written takes off.
const PER_LETTER: f64 = 0.27;
/// More than this is another word, in letters.
const MOST_APART: f64 = 0.75;

/// Compares a word romanised from Arabic or Hebrew (`mhmwd`) with a Latin word
/// (`mahmoud`): every letter that was written must be spoken, and nothing may
/// be spoken that would have been written (long vowels, glides, a vowel before
/// the first or after the last consonant). `None` when they differ by more.
pub fn skeleton_agreement(consonantal: &str, latin: &str) -> Option<SkeletonMatch> {
    let left = skeletons(consonantal);
    let right = skeletons(latin);
    if !left.iter().any(|l| right.contains(l)) {
        return None;
    }
    let apart = apart(&units(consonantal), latin.as_bytes());
    (apart <= MOST_APART).then_some(SkeletonMatch {
        similarity: AS_USUAL - PER_LETTER * apart,
    })
}

/// The written letters of a word, two Latin letters where one stands for them.
/// The vowel that only keeps two letters apart was not written.
fn units(word: &str) -> Vec<&str> {
    let mut out = Vec::with_capacity(word.len());
    let mut at = 0;
    // The d of *Abd* and the h of *Hamid* are two.
    let servant = word.starts_with("bdh");
    while at < word.len() {
        let pair = word.get(at..at + 2).unwrap_or("");
        let len = match pair {
            "dh" if servant && at == 1 => 1,
            "kh" | "gh" | "sh" | "th" | "dh" | "ch" | "zh" | "ts" => 2,
            _ => 1,
        };
        if let Some(unit) = word.get(at..at + len).filter(|u| *u != "e") {
            out.push(unit);
        }
        at += len;
    }
    out
}

/// How a letter is spoken in Latin spellings, and how unusual that is: nothing
/// to one letter.
type Spoken = &'static [(&'static str, f64)];

fn spoken(unit: &str, first: bool, last: bool) -> Spoken {
    match unit {
        "a" if first => FIRST_VOWEL,
        "a" if last => LAST_ALEF,
        "a" => ALEF,
        "w" => WAW,
        "y" if last => LAST_YA,
        "y" => YA,
        "h" if last => LAST_HA,
        "h" => &[("h", 0.0), ("", 0.6)],
        "b" => &[("b", 0.0), ("v", 0.1), ("p", 0.3)],
        "t" => &[("th", 0.1), ("t", 0.0), ("d", 0.5)],
        "th" => &[("th", 0.0), ("t", 0.0), ("s", 0.1)],
        "j" => &[
            ("dj", 0.0),
            ("j", 0.0),
            ("gu", 0.2),
            ("g", 0.1),
            ("c", 0.2),
            ("zh", 0.3),
        ],
        "ch" => &[
            ("tch", 0.0),
            ("ch", 0.0),
            ("h", 0.0),
            ("kh", 0.1),
            ("c", 0.2),
            ("j", 0.3),
        ],
        "kh" => &[
            ("kh", 0.0),
            ("ch", 0.1),
            ("h", 0.15),
            ("k", 0.2),
            ("x", 0.2),
        ],
        "d" => &[("d", 0.0), ("dh", 0.2), ("t", 0.5)],
        "dh" => &[
            ("dh", 0.0),
            ("dz", 0.1),
            ("d", 0.0),
            ("th", 0.1),
            ("z", 0.0),
        ],
        "z" => &[("z", 0.0), ("s", 0.3)],
        "zh" => &[("zh", 0.0), ("j", 0.0), ("z", 0.1)],
        "s" => &[("s", 0.0), ("c", 0.2), ("z", 0.3)],
        "ts" => &[("ts", 0.0), ("tz", 0.0), ("z", 0.0), ("s", 0.1)],
        "sh" => &[("sch", 0.0), ("sh", 0.0), ("ch", 0.0), ("s", 0.15)],
        "gh" => &[("gh", 0.0), ("g", 0.05), ("q", 0.25), ("kh", 0.3)],
        "f" => &[("ph", 0.1), ("f", 0.0), ("v", 0.3), ("p", 0.4)],
        "q" => &[
            ("q", 0.0),
            ("k", 0.0),
            ("gh", 0.15),
            ("g", 0.15),
            ("c", 0.05),
        ],
        "k" => &[
            ("ck", 0.0),
            ("k", 0.0),
            ("c", 0.0),
            ("kh", 0.1),
            ("ch", 0.15),
            ("q", 0.1),
            ("g", 0.3),
        ],
        "g" => &[("gh", 0.1), ("g", 0.0), ("k", 0.3), ("j", 0.2)],
        "l" => &[("l", 0.0)],
        "m" => &[("m", 0.0)],
        "n" => &[("n", 0.0)],
        "r" => &[("r", 0.0)],
        "p" => &[("p", 0.0), ("f", 0.1), ("ph", 0.1)],
        "v" => &[("v", 0.0), ("w", 0.0)],
        _ => &[],
    }
}

/// The letter that carries the first vowel, whatever it is.
const FIRST_VOWEL: Spoken = &[
    ("aa", 0.0),
    ("ae", 0.1),
    ("ou", 0.0),
    ("oo", 0.0),
    ("a", 0.0),
    ("e", 0.0),
    ("i", 0.0),
    ("o", 0.0),
    ("u", 0.0),
    ("y", 0.4),
    ("", 0.5),
];
const ALEF: Spoken = &[
    ("aa", 0.0),
    ("ae", 0.1),
    ("ea", 0.1),
    ("ai", 0.25),
    ("ou", 0.25),
    ("oo", 0.25),
    ("a", 0.0),
    ("e", 0.12),
    ("o", 0.15),
    ("i", 0.35),
    ("u", 0.35),
    ("", 0.45),
];
const LAST_ALEF: Spoken = &[
    ("aa", 0.0),
    ("ah", 0.0),
    ("a", 0.0),
    ("e", 0.2),
    ("o", 0.2),
    ("i", 0.6),
    ("", 0.6),
];
const WAW: Spoken = &[
    ("ouw", 0.0),
    ("ou", 0.0),
    ("oo", 0.0),
    ("uu", 0.0),
    ("ow", 0.0),
    ("aw", 0.0),
    ("au", 0.0),
    ("ew", 0.0),
    ("uw", 0.0),
    ("oe", 0.0),
    ("av", 0.0),
    ("ov", 0.0),
    ("ev", 0.0),
    ("ww", 0.0),
    ("eu", 0.1),
    ("u", 0.0),
    ("o", 0.0),
    ("w", 0.0),
    ("v", 0.0),
    ("f", 0.3),
    ("", 0.6),
];
const YA: Spoken = &[
    ("iyy", 0.0),
    ("ee", 0.0),
    ("ei", 0.0),
    ("ai", 0.0),
    ("ay", 0.0),
    ("ey", 0.0),
    ("ie", 0.05),
    ("iy", 0.0),
    ("ii", 0.0),
    ("yy", 0.0),
    ("ea", 0.1),
    ("oi", 0.15),
    ("oy", 0.15),
    ("i", 0.0),
    ("y", 0.0),
    ("e", 0.05),
    ("j", 0.05),
    ("", 0.6),
];
const LAST_YA: Spoken = &[
    ("iyy", 0.0),
    ("ee", 0.0),
    ("ei", 0.0),
    ("ai", 0.0),
    ("ay", 0.0),
    ("ey", 0.0),
    ("ie", 0.05),
    ("iy", 0.0),
    ("ii", 0.0),
    ("yy", 0.0),
    ("ij", 0.0),
    ("aa", 0.1),
    ("ah", 0.1),
    ("i", 0.0),
    ("y", 0.0),
    ("e", 0.05),
    ("a", 0.08),
    ("", 0.6),
];
const LAST_HA: Spoken = &[
    ("ah", 0.0),
    ("eh", 0.0),
    ("at", 0.0),
    ("et", 0.05),
    ("h", 0.0),
    ("a", 0.0),
    ("e", 0.0),
    ("o", 0.1),
    ("", 0.4),
];

/// عمرو, as written.
const AMR: [&str; 4] = ["a", "m", "r", "w"];
/// A vowel before the first letter, or after the last, that was not written.
const FIRST_UNWRITTEN: f64 = 0.9;
/// A glide that was not written.
const GLIDE: f64 = 0.6;
/// Most letters that are compared: no name has more.
const MOST_LETTERS: usize = 32;

/// How far a written word is from a spoken one, in letters (optimal alignment).
fn apart(written: &[&str], latin: &[u8]) -> f64 {
    let servant = matches!(written, ["b", "d", ..]) && latin.starts_with(b"abd");
    let latin = if servant { &latin[1..] } else { latin };
    let (n, m) = (written.len(), latin.len());
    if n > MOST_LETTERS || m > MOST_LETTERS {
        return f64::INFINITY;
    }
    let width = m + 1;
    let mut best = vec![f64::INFINITY; (n + 1) * width];
    best[0] = 0.0;
    for i in 0..=n {
        for j in 0..=m {
            let so_far = best[i * width + j];
            if so_far > MOST_APART {
                continue;
            }
            if j < m {
                let next = so_far + unwritten(latin, j, i == 0, i == n);
                let cell = &mut best[i * width + j + 1];
                *cell = cell.min(next);
            }
            let Some(unit) = written.get(i) else {
                continue;
            };
            // The sign that carries a first vowel is silent before that vowel.
            let carried =
                i == 0 && *unit == "a" && matches!(written.get(1), Some(&("a" | "w" | "y")));
            // Two in a row are one: Tayy, Samarrayy.
            let doubled = *unit == "y" && written.get(i + 1) == Some(&"y");
            // The w of Amr only tells it from Omar.
            let doubled = doubled || (i == 3 && n == 4 && written == AMR);
            for (sound, cost) in spoken(unit, i == 0, i + 1 == n) {
                if latin[j..].starts_with(sound.as_bytes()) {
                    let cost = if (carried || doubled) && sound.is_empty() {
                        0.0
                    } else {
                        *cost
                    };
                    let mut to = j + sound.len();
                    best[(i + 1) * width + to] = best[(i + 1) * width + to].min(so_far + cost);
                    // Doubling is not written.
                    let last = sound.as_bytes().last().copied();
                    if last.is_some_and(|b| !is_vowel(b)) && latin.get(to).copied() == last {
                        to += 1;
                        best[(i + 1) * width + to] = best[(i + 1) * width + to].min(so_far + cost);
                    }
                }
            }
        }
    }
    best[n * width + m]
}

fn is_vowel(letter: u8) -> bool {
    matches!(letter, b'a' | b'e' | b'i' | b'o' | b'u')
}

/// What it costs that a Latin letter was not written.
fn unwritten(latin: &[u8], at: usize, before_first: bool, after_last: bool) -> f64 {
    let before = at.checked_sub(1).map(|at| latin[at]);
    let after_vowel = before.is_some_and(is_vowel);
    match latin[at] {
        letter if is_vowel(letter) => match (before_first, after_last) {
            (true, _) => FIRST_UNWRITTEN,
            (_, true) => match letter {
                b'i' => 0.7,
                b'a' => 0.35,
                // Silent in French and English spellings.
                b'e' => 0.2,
                _ => 0.5,
            },
            // One short vowel is never written; two are a long one or a glide.
            _ if !after_vowel => 0.0,
            _ if (before, letter) == (Some(b'o'), b'u') => 0.08,
            _ if before == Some(letter) => 0.25,
            _ => 0.2,
        },
        b'y' | b'w' => GLIDE,
        b'h' if after_vowel && latin.get(at + 1).is_none_or(|b| !is_vowel(*b)) => 0.25,
        _ => f64::INFINITY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::romanise;

    #[test]
    fn skeletons_join_spellings_and_part_names() {
        for (native, latin) in [
            ("محمد", "mohammed"),
            ("محمد", "muhammad"),
            ("محمود", "mahmoud"),
            ("خالد", "khaled"),
            ("عثمان", "osman"),
            ("قذافي", "gaddafi"),
            ("جمال", "gamal"),
            ("وحید", "vahid"),
            ("فاطمة", "fatima"),
            ("יוסף", "yosef"),
            ("דוד", "david"),
            ("משה", "moshe"),
            ("נתניהו", "netanyahu"),
        ] {
            let written = romanise(native);
            assert!(
                skeleton_agreement(&written, latin).is_some(),
                "{native} {latin}"
            );
        }
        for (native, latin) in [("محمد", "ahmed"), ("خالد", "khalil"), ("علي", "omar")] {
            assert_eq!(
                skeleton_agreement(&romanise(native), latin),
                None,
                "{native}"
            );
        }
    }

    #[test]
    fn written_long_vowels_tell_names_apart() {
        let right = skeleton_agreement("mhmwd", "mahmoud").unwrap();
        let wrong = skeleton_agreement("mhmd", "mahmoud").unwrap();
        assert!(right.similarity > wrong.similarity + 0.01);
        let apart = |written: &str, latin: &str| {
            let agreement = skeleton_agreement(&romanise(written), latin);
            agreement.is_none_or(|a| a.similarity < 0.8)
        };
        for (written, latin) in [
            ("باشا", "abbas"),
            ("مراح", "amir"),
            ("سياح", "shawa"),
            ("محمد", "mohammadi"),
            ("حسيني", "hossein"),
            ("إيمان", "min"),
            ("رضا", "rad"),
        ] {
            assert!(apart(written, latin), "{written} {latin}");
        }
    }
}
