//! Words of descent and devotion: *Abd*, the article, *-din*, *-allah*, *ibn* in
//! their many spellings, brought into one form.

use crate::romanise::romanise_word;
use crate::script::Script;
use crate::words::is_particle;

/// A word on its way to becoming a token.
#[derive(Clone)]
pub(crate) struct RawWord {
    pub latin: String,
    /// In its own script; `None` where that is the Latin of its making.
    pub native: Option<String>,
    pub script: Script,
    /// Which part between commas it stood in.
    pub segment: usize,
    /// Whether it is no longer as it was typed.
    pub folded: bool,
}

impl RawWord {
    /// The word in its own script. To be asked before words are joined.
    pub fn native(&self) -> &str {
        self.native.as_deref().unwrap_or(&self.latin)
    }

    fn is_native(&self, word: &str) -> bool {
        self.native.as_deref() == Some(word)
    }

    /// Becomes another word.
    fn fold(&mut self, latin: String) {
        self.folded |= self.latin != latin;
        self.latin = latin;
    }

    /// Takes in the native letters of a neighbour.
    fn append_native(&mut self, other: &RawWord) {
        self.folded = true;
        if let (Some(mine), Some(more)) = (&mut self.native, &other.native) {
            mine.push_str(more);
        }
    }
}

/// Abd and its article belong to the next word (*Abd al-Rahman*, *Abdul
/// Rahman*, *Abdurrahman*, عبد الرحمن): one word `abdrahman`. Articles that
/// took on the sound of the next word (*ar-Rahman*) become `al`; endings in
/// *-eddine*, *-uddin* become `din`.
pub(crate) fn join_descent(words: Vec<RawWord>) -> Vec<RawWord> {
    let mut out: Vec<RawWord> = Vec::with_capacity(words.len());
    let mut words = words.into_iter().peekable();
    while let Some(mut word) = words.next() {
        let next_initial = words
            .peek()
            .filter(|n| n.segment == word.segment)
            .and_then(|n| n.latin.bytes().next());
        if is_sun_article(&word.latin, next_initial) {
            word.fold("al".to_owned());
        }
        if is_servant(&word) && next_initial.is_some() {
            let servant = if word.script == Script::Arabic {
                "bd"
            } else {
                "abd"
            };
            let mut next = words.next();
            let is_article = |w: &RawWord| {
                let following = w.latin.as_str();
                matches!(following, "al" | "el" | "ul" | "ar" | "ur" | "er")
                    || (following.len() == 2 && is_assimilated(following))
            };
            if next.as_ref().is_some_and(is_article)
                && words.peek().is_some_and(|n| n.segment == word.segment)
            {
                next = words.next();
            }
            if let Some(next) = next {
                word.fold(format!("{servant}{}", next.latin));
                word.append_native(&next);
            }
        } else if let Some(joined) = glued_servant(&word) {
            word.fold(joined);
        } else {
            let canonical = canonical_word(&word.latin);
            if canonical != word.latin {
                let canonical = canonical.to_owned();
                word.fold(canonical);
            }
        }
        out.push(word);
    }
    join_endings(out)
}

/// *-allah* and *-din* belong to the word before them, however they are spelled
/// and spaced: *Hidayat Allah*, *Hidayatullah*; *Jalal al-Din*, *Jalaluddin*.
fn join_endings(words: Vec<RawWord>) -> Vec<RawWord> {
    let mut out: Vec<RawWord> = Vec::with_capacity(words.len());
    for mut word in words {
        let ending = separate_ending(&word);
        let article = out.last().is_some_and(|w| w.latin == "al");
        let stem_at = out.len().checked_sub(if article { 2 } else { 1 });
        let stem = stem_at.and_then(|at| out.get(at)).filter(|stem| {
            stem.segment == word.segment && stem.latin.len() >= 2 && !is_particle(&stem.latin)
        });
        if let (Some(ending), Some(stem)) = (ending, stem) {
            let joined = format!("{}{ending}", stem.latin);
            word.folded = true;
            if let (Some(native), Some(before)) = (&mut word.native, &stem.native) {
                native.insert_str(0, before);
            }
            word.fold(joined);
            out.truncate(stem_at.unwrap_or(0));
        } else if word.script != Script::Arabic
            && let Some(ended) = glued_ending(&word.latin)
        {
            word.fold(ended);
        }
        out.push(word);
    }
    out
}

fn separate_ending(word: &RawWord) -> Option<&'static str> {
    match (word.script, word.latin.as_str()) {
        (Script::Arabic, _) if word.is_native("الله") => Some("lh"),
        (Script::Arabic, _) if word.is_native("الدين") => Some("dyn"),
        (Script::Arabic, _) => None,
        (_, "allah" | "ullah" | "ollah" | "alah" | "ulla") => Some("lah"),
        (_, "din") => Some("din"),
        _ => None,
    }
}

fn glued_ending(latin: &str) -> Option<String> {
    const ENDINGS: [(&str, &str); 20] = [
        ("ullah", "lah"),
        ("allah", "lah"),
        ("ollah", "lah"),
        ("oullah", "lah"),
        ("ulla", "lah"),
        ("ouddine", "din"),
        ("ouddin", "din"),
        ("oddine", "din"),
        ("uddine", "din"),
        ("eddine", "din"),
        ("addine", "din"),
        ("oudine", "din"),
        ("uddin", "din"),
        ("uddeen", "din"),
        ("eddin", "din"),
        ("oddin", "din"),
        ("addin", "din"),
        ("aldin", "din"),
        ("eldin", "din"),
        ("edine", "din"),
    ];
    let found = ENDINGS.iter().filter_map(|(ending, canonical)| {
        let stem = latin.strip_suffix(ending).filter(|s| s.len() >= 3)?;
        Some((stem, canonical))
    });
    let (stem, canonical) = found.min_by_key(|(stem, _)| stem.len())?;
    Some(format!("{stem}{canonical}"))
}

fn is_servant(word: &RawWord) -> bool {
    match word.script {
        Script::Arabic => word.is_native("عبد"),
        _ => matches!(
            word.latin.as_str(),
            "abd" | "abdul" | "abdel" | "abdal" | "abdoul" | "abdol" | "abdu" | "abdur"
        ),
    }
}

/// `abdulrahman`, `abdurrahman`, `عبدالرحمن`: the same word without article.
fn glued_servant(word: &RawWord) -> Option<String> {
    if word.script == Script::Arabic {
        let rest = word.native().strip_prefix("عبدال")?;
        return (rest.chars().count() >= 2).then(|| format!("bd{}", romanise_word(rest, rest)));
    }
    let rest = word.latin.strip_prefix("abd")?;
    let rest = rest
        .strip_prefix("ou")
        .or_else(|| rest.strip_prefix(['a', 'e', 'i', 'o', 'u']))?;
    let bytes = rest.as_bytes();
    let doubled = bytes.len() >= 2 && bytes[0] == bytes[1];
    let article = bytes.first() == Some(&b'l') && bytes.len() >= 4;
    let stem = if doubled || article {
        &rest[1..]
    } else {
        return None;
    };
    (stem.len() >= 3).then(|| format!("abd{stem}"))
}

fn is_assimilated(article: &str) -> bool {
    matches!(
        article,
        "ar" | "as" | "ad" | "an" | "at" | "az" | "er" | "es" | "ed" | "en" | "ez"
    )
}

/// `ar-Rahman`, `as-Sayed`, `ash-Sharif`: the article before its own sound.
fn is_sun_article(word: &str, next: Option<u8>) -> bool {
    let same_sound = |sound: u8| next == Some(sound);
    (is_assimilated(word) && word.as_bytes().get(1).copied().is_some_and(same_sound))
        || (matches!(word, "ash" | "esh" | "ach" | "ech") && same_sound(b's'))
        || word == "el"
}

fn canonical_word(word: &str) -> &str {
    match word {
        "eddine" | "eddin" | "uddin" | "aldin" | "eldin" | "addin" | "udin" | "aldeen" | "deen"
        | "dine" => "din",
        "ibn" | "ben" | "bn" | "abn" => "bin",
        "abou" | "abo" | "abw" | "aby" => "abu",
        "wld" | "wuld" | "oueld" => "ould",
        _ => word,
    }
}
