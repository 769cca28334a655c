//! Names from scripts that do not write short vowels.
//!
//! No romaniser can supply a vowel that was not written, so an Arabic, Persian
//! or Hebrew word is compared with a Latin one by its consonants (the
//! *skeleton*), and then the long vowels, which are written, are held against
//! the vowels of the Latin word: محمد and محمود share the skeleton of
//! *Mohammed*, but only the second can be *Mahmoud*.

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
    Vowel(char),
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
        "kh" | "gh" | "ck" => &["k"],
        // Two letters of one sound, or one of each: Ishaq, Mazhar, Fathi.
        "sh" => &["s", "sh"],
        "ch" => &["s", "k", "h"],
        "th" => &["t", "s", "d", "th"],
        "dh" => &["d", "z"],
        "zh" => &["z", "j", "zh"],
        "ph" => &["f"],
        "ts" | "tz" => &["s", "z"],
        "dj" => &["j"],
        "dz" => &["z", "d"],
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
        other => return Sound::Vowel(char::from(other)),
    };
    Sound::Consonant(options)
}

/// How well a consonantal word and a Latin word agree.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SkeletonMatch {
    /// Similarity, 0 to 1; never 1, because the vowels are a guess.
    pub similarity: f64,
    /// Written long vowels that the Latin word does not have, and long vowels
    /// of the Latin word (`ou`, `oo`, `ee`) that were not written.
    pub vowel_conflicts: u32,
}

/// Compares a word romanised from Arabic or Hebrew (`mhmwd`) with a Latin word
/// (`mahmoud`). `None` when the consonants differ. Each vowel conflict lowers
/// the similarity from 0.93 by 0.09.
pub fn skeleton_agreement(consonantal: &str, latin: &str) -> Option<SkeletonMatch> {
    let left = skeletons(consonantal);
    let right = skeletons(latin);
    if !left.iter().any(|l| right.contains(l)) {
        return None;
    }
    let written = vowel_gaps(consonantal);
    let spoken = vowel_gaps(latin);
    if written.len() != spoken.len() {
        // A silent or doubled consonant shifts the gaps: no vowel evidence.
        return Some(SkeletonMatch {
            similarity: 0.88,
            vowel_conflicts: 0,
        });
    }
    let pairs = written.iter().zip(&spoken);
    let inner = pairs.filter(|(w, s)| vowels_conflict(w, s)).count() as u32;
    let conflicts = inner + 2 * u32::from(edges_conflict(&written, &spoken));
    Some(SkeletonMatch {
        similarity: (0.93 - 0.09 * f64::from(conflicts)).max(0.5),
        vowel_conflicts: conflicts,
    })
}

/// The vowel letters before, between and after the consonants. A final `h`
/// counts as part of the ending.
fn vowel_gaps(word: &str) -> Vec<String> {
    let trimmed = word
        .strip_suffix('h')
        .filter(|w| w.len() > 1)
        .unwrap_or(word);
    let mut gaps = vec![String::new()];
    for_sounds(trimmed, |sound| match (sound, gaps.last_mut()) {
        (Sound::Vowel(v), Some(gap)) => gap.push(v),
        _ => gaps.push(String::new()),
    });
    gaps
}

/// Whether one name begins with a vowel that was written and the other with a
/// consonant, and ends the other way round (امير, *Mary*).
fn edges_conflict(written: &[String], spoken: &[String]) -> bool {
    let (Some(first), Some(first_spoken)) = (written.first(), spoken.first()) else {
        return false;
    };
    let last_written = written.last().is_some_and(|w| !w.is_empty());
    let last_spoken = spoken.last().is_some_and(|s| s.ends_with(['i', 'y']));
    first.starts_with('a') && first_spoken.is_empty() && last_spoken && !last_written
}

/// Whether a written long vowel contradicts the Latin vowels of the same gap.
/// Only inner gaps say something: endings and beginnings vary too much, and
/// they are compared loosely.
fn vowels_conflict(written: &str, spoken: &str) -> bool {
    let round = spoken.contains(['o', 'u', 'w', 'v']);
    let front = spoken.contains(['i', 'e', 'y', 'j']);
    let long_round = ["ou", "oo", "uu", "ow"].iter().any(|v| spoken.contains(v));
    match written {
        "w" => !round,
        "y" => !front,
        "" => long_round,
        "a" => long_round && !spoken.contains('a'),
        _ => false,
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
        assert!(right.similarity > wrong.similarity + 0.05);
        assert_eq!(wrong.vowel_conflicts, 1);
    }
}
