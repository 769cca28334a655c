//! What happens to names on their way: one function a kind of change.

use super::chance::Chance;

/// A kind of change. `None` where the name offers no place for it.
pub type Change = fn(&str, &mut Chance) -> Option<String>;

/// The damage model: name of the change, the change.
pub const CHANGES: [(&str, Change); 20] = [
    ("letter left out", deletion),
    ("letter put in", insertion),
    ("letter replaced", replacement),
    ("letters swapped", swap),
    ("letter doubled", doubled),
    ("vowel changed", vowel),
    ("spelt by ear", phonetic),
    ("two slips", two_slips),
    ("middle word left out", dropped_word),
    ("order turned", turned),
    ("words run together", joined),
    ("word split", split),
    ("initial for a name", initial),
    ("look-alike letters", homoglyph),
    ("digits for letters", leet),
    ("zero-width signs", zero_width),
    ("spaced out", spaced),
    ("legal form changed", legal_form),
    ("cut off", truncated),
    ("signs and case", signs),
];

/// Positions of letters in words of at least `least` letters.
fn places(name: &str, least: usize) -> Vec<usize> {
    let chars: Vec<char> = name.chars().collect();
    let mut out = Vec::new();
    let mut start = 0;
    for at in 0..=chars.len() {
        let inside = at < chars.len() && chars[at].is_alphabetic();
        if !inside {
            if at - start >= least {
                out.extend(start..at);
            }
            start = at + 1;
        }
    }
    out
}

/// Words shorter than this are not misspelt by the model: one letter of three
/// is another name.
const LEAST_WORD: usize = 4;

fn at_letter(
    name: &str,
    chance: &mut Chance,
    change: impl FnOnce(&mut Vec<char>, usize, &mut Chance) -> Option<()>,
) -> Option<String> {
    let places = places(name, LEAST_WORD);
    if places.is_empty() {
        return None;
    }
    let at = *chance.of(&places);
    let mut chars: Vec<char> = name.chars().collect();
    change(&mut chars, at, chance)?;
    let changed: String = chars.into_iter().collect();
    (changed != name).then_some(changed)
}

fn any_letter(chance: &mut Chance) -> char {
    char::from(b'a' + chance.below(26) as u8)
}

fn deletion(name: &str, chance: &mut Chance) -> Option<String> {
    at_letter(name, chance, |c, at, _| {
        c.remove(at);
        Some(())
    })
}

fn insertion(name: &str, chance: &mut Chance) -> Option<String> {
    at_letter(name, chance, |c, at, chance| {
        c.insert(at, any_letter(chance));
        Some(())
    })
}

fn replacement(name: &str, chance: &mut Chance) -> Option<String> {
    at_letter(name, chance, |c, at, chance| {
        c[at] = any_letter(chance);
        Some(())
    })
}

fn swap(name: &str, chance: &mut Chance) -> Option<String> {
    at_letter(name, chance, |c, at, _| {
        let next = at + 1;
        if next >= c.len() || !c[next].is_alphabetic() {
            return None;
        }
        c.swap(at, next);
        Some(())
    })
}

fn doubled(name: &str, chance: &mut Chance) -> Option<String> {
    at_letter(name, chance, |c, at, _| {
        c.insert(at, c[at]);
        Some(())
    })
}

fn vowel(name: &str, chance: &mut Chance) -> Option<String> {
    let is_vowel = |c: char| "aeiouAEIOU".contains(c);
    let chars: Vec<char> = name.chars().collect();
    let mut at = places(name, LEAST_WORD);
    at.retain(|at| is_vowel(chars[*at]));
    if at.is_empty() {
        return None;
    }
    let at = *chance.of(&at);
    let mut chars = chars;
    chars[at] = *chance.of(&['a', 'e', 'i', 'o', 'u']);
    let changed: String = chars.into_iter().collect();
    (changed.to_lowercase() != name.to_lowercase()).then_some(changed)
}

/// Spellings that sound alike, either way.
const SOUNDS: [(&str, &str); 22] = [
    ("kh", "h"),
    ("ph", "f"),
    ("ck", "k"),
    ("sh", "sch"),
    ("y", "i"),
    ("ei", "ey"),
    ("ov", "off"),
    ("ou", "u"),
    ("oo", "u"),
    ("ee", "i"),
    ("c", "k"),
    ("q", "k"),
    ("w", "v"),
    ("x", "ks"),
    ("mm", "m"),
    ("ss", "s"),
    ("gh", "g"),
    ("dj", "j"),
    ("tch", "ch"),
    ("z", "s"),
    ("ch", "tch"),
    ("j", "dj"),
];

fn phonetic(name: &str, chance: &mut Chance) -> Option<String> {
    let lower = name.to_lowercase();
    let fit: Vec<&(&str, &str)> = SOUNDS.iter().filter(|(a, _)| lower.contains(a)).collect();
    if fit.is_empty() {
        return None;
    }
    let (from, to) = *chance.of(&fit);
    Some(lower.replacen(from, to, 1))
}

fn two_slips(name: &str, chance: &mut Chance) -> Option<String> {
    let slips: [Change; 4] = [deletion, insertion, replacement, swap];
    let once = (chance.of(&slips))(name, chance)?;
    let twice = (chance.of(&slips))(&once, chance)?;
    // Two slips in five letters leave another word.
    let long = name.chars().filter(|c| c.is_alphabetic()).count() >= 12;
    (long && twice != name).then_some(twice)
}

fn words(name: &str) -> Vec<&str> {
    name.split_whitespace().collect()
}

fn dropped_word(name: &str, chance: &mut Chance) -> Option<String> {
    let mut words = words(name);
    if words.len() < 3 {
        return None;
    }
    // Given and family name stay: without either it is nobody's name.
    words.remove(1 + chance.below(words.len() - 2));
    Some(words.join(" "))
}

fn turned(name: &str, chance: &mut Chance) -> Option<String> {
    let bare = name.replace(',', " ");
    let mut words = words(&bare);
    if words.len() < 2 {
        return None;
    }
    let by = 1 + chance.below(words.len() - 1);
    words.rotate_left(by);
    Some(words.join(" "))
}

fn joined(name: &str, chance: &mut Chance) -> Option<String> {
    let bare = name.replace(',', " ");
    let words = words(&bare);
    if words.len() < 2 {
        return None;
    }
    let at = chance.below(words.len() - 1);
    let run = [words[at], words[at + 1]].concat();
    let parts = [&words[..at], &[run.as_str()], &words[at + 2..]].concat();
    Some(parts.join(" "))
}

fn split(name: &str, chance: &mut Chance) -> Option<String> {
    let chars: Vec<char> = name.chars().collect();
    let inner = |at: &usize| {
        let letter = |at: usize| chars.get(at).is_some_and(|c| c.is_alphabetic());
        *at >= 2 && (at - 2..at + 2).all(letter)
    };
    let places: Vec<usize> = places(name, 6).into_iter().filter(inner).collect();
    if places.is_empty() {
        return None;
    }
    let at = *chance.of(&places);
    let mut chars = chars;
    chars.insert(at, ' ');
    Some(chars.into_iter().collect())
}

/// A middle or given name written as its first letter; names of three words
/// and more, so that two remain.
fn initial(name: &str, chance: &mut Chance) -> Option<String> {
    let words = words(name);
    if words.len() < 3 {
        return None;
    }
    let at = 1 + chance.below(words.len() - 1);
    let first = words[at].chars().next().filter(|c| c.is_alphabetic())?;
    if words[at].ends_with(',') || words[at].chars().count() < 3 {
        return None;
    }
    let letter = format!("{first}.");
    let parts = [&words[..at], &[letter.as_str()], &words[at + 1..]].concat();
    Some(parts.join(" "))
}

fn homoglyph(name: &str, chance: &mut Chance) -> Option<String> {
    let looks = [
        ('a', 'а'),
        ('e', 'е'),
        ('o', 'о'),
        ('p', 'р'),
        ('c', 'с'),
        ('x', 'х'),
        ('i', 'і'),
        ('A', 'А'),
        ('E', 'Е'),
        ('O', 'О'),
        ('H', 'Н'),
        ('K', 'К'),
        ('M', 'М'),
        ('T', 'Т'),
        ('B', 'В'),
    ];
    let fit: Vec<_> = looks.iter().filter(|(a, _)| name.contains(*a)).collect();
    if fit.is_empty() {
        return None;
    }
    let (from, to) = **chance.of(&fit);
    Some(name.replacen(from, &to.to_string(), 1 + chance.below(2)))
}

fn leet(name: &str, chance: &mut Chance) -> Option<String> {
    let looks = [
        ('o', '0'),
        ('i', '1'),
        ('e', '3'),
        ('a', '4'),
        ('s', '5'),
        ('O', '0'),
        ('I', '1'),
        ('E', '3'),
        ('A', '4'),
        ('S', '5'),
    ];
    let chars: Vec<char> = name.chars().collect();
    let places = places(name, LEAST_WORD);
    let digit = |c: char| looks.iter().find(|(a, _)| *a == c).map(|(_, d)| *d);
    let fit: Vec<usize> = places
        .into_iter()
        .filter(|at| digit(chars[*at]).is_some())
        .collect();
    if fit.is_empty() {
        return None;
    }
    let at = *chance.of(&fit);
    let mut chars = chars;
    chars[at] = digit(chars[at])?;
    Some(chars.into_iter().collect())
}

fn zero_width(name: &str, chance: &mut Chance) -> Option<String> {
    at_letter(name, chance, |c, at, chance| {
        c.insert(
            at,
            *chance.of(&['\u{200B}', '\u{200D}', '\u{AD}', '\u{2060}']),
        );
        Some(())
    })
}

fn spaced(name: &str, chance: &mut Chance) -> Option<String> {
    let mut words: Vec<String> = words(name).iter().map(|w| (*w).to_owned()).collect();
    let at = chance.below(words.len());
    let letters: Vec<String> = words.get(at)?.chars().map(String::from).collect();
    if letters.len() < 4 {
        return None;
    }
    words[at] = letters.join(" ");
    Some(words.join(" "))
}

fn legal_form(name: &str, chance: &mut Chance) -> Option<String> {
    const FORMS: [&str; 10] = [
        "LLC",
        "Ltd",
        "Limited",
        "GmbH",
        "JSC",
        "OOO",
        "Inc",
        "S.A.",
        "Co., Ltd.",
        "PLC",
    ];
    let mut words = words(name);
    let last = words.last()?.trim_matches(['.', ',']);
    if !FORMS.iter().any(|f| f.eq_ignore_ascii_case(last)) || words.len() < 2 {
        return None;
    }
    words.pop();
    let form = *chance.of(&FORMS);
    Some(format!("{} {form}", words.join(" ")))
}

fn truncated(name: &str, chance: &mut Chance) -> Option<String> {
    let count = name.chars().count();
    if count < 16 {
        return None;
    }
    let keep = count - 1 - chance.below(3);
    Some(name.chars().take(keep).collect())
}

fn signs(name: &str, chance: &mut Chance) -> Option<String> {
    let changed = match chance.below(4) {
        0 => name.to_lowercase().replace(',', ""),
        1 => name.to_uppercase().replace([' '], "  "),
        2 => name.replace(' ', "-"),
        _ => name.replace(['-', '\'', '.', '’'], " "),
    };
    (changed != name).then_some(changed)
}
