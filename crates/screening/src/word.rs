//! When are two words of two names the same? Knows no list: whether and how
//! far two words agree depends on the two words alone, so that a pair of names
//! scores alike wherever it is met.

use crate::tokens::{Writing, class_share, typed_letters, typo_reach};
pub(crate) use portcullis_names::is_respelling;
use portcullis_names::{
    TokenClass, is_common_name, key, osa, similarity, skeleton_agreement, syllable_key, unleet,
};
use std::collections::HashSet;
use std::sync::LazyLock;

/// In what way a word of the query and a word of the list are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum How {
    /// The same letters.
    Same,
    /// Another spelling of the same sound.
    Spelling,
    /// Digits read as letters.
    Digits,
    /// A Chinese reading, or a Korean syllable in another romanisation.
    Syllable,
    /// The same consonants, vowels not written.
    Consonants,
    /// The same name in its form for a woman or a man (*Petrov*, *Petrova*).
    Gendered,
    /// One or two typing errors.
    Typo,
    /// Written as one word on one side and as two on the other.
    Spacing,
    /// A letter that stands for the word.
    Initial,
    /// The first letters of the words of the other name.
    Acronym,
}

/// Similarity of two spellings of one sound (`Yuri`, `Yuriy`).
pub const SAME_SOUND: f64 = 0.96;
/// Similarity of a word to one read from digits (`Put1n`).
pub const READ_DIGITS: f64 = 0.95;
/// Similarity of a Chinese reading to the same letters in Latin.
pub const SYLLABLE_READING: f64 = 0.95;
/// Similarity of two romanisations of a Korean syllable.
pub const KOREAN_SYLLABLE: f64 = 0.93;
/// Similarity of a family name to its form for the other sex.
pub const OTHER_SEX: f64 = 0.90;
/// Similarity of a word to its first letter.
pub const INITIAL_LETTER: f64 = 0.5;
/// Words less alike than this do not count as a typing error.
pub const LEAST_TYPO: f64 = 0.66;
/// Words whose vowels disagree more than this are different words.
pub const LEAST_CONSONANTS: f64 = 0.70;
/// Subtracted where both words are common names of their own: *Mario* is
/// rather not a misspelt *Maria*.
const BOTH_NAMES: f64 = 0.10;

/// One word of a name as it is compared.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Word<'a> {
    /// Lower-case ASCII.
    pub text: &'a str,
    pub writing: Writing,
    pub class: TokenClass,
    /// Share of the word in the score of its name; does not depend on a list.
    pub weight: f64,
    /// Rarity among names at large, in bits.
    pub at_large: f64,
    /// Rarity in the list asked, in bits; the same as `at_large` where there
    /// is no list. For evidence, never for the score.
    pub in_list: f64,
}

/// Words that firms everywhere take for their names, so that sharing one says
/// little. Compiled from trade registers' most frequent name words, 2026-11.
static COMMON_BRANDS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    "falcon eagle hawk lion tiger dragon bear wolf horse panther cobra shark dolphin swan phoenix \
     griffin pegasus emerald ruby sapphire diamond pearl crystal amber jade opal coral topaz apex \
     summit peak zenith pinnacle acme alpha beta gamma delta sigma omega lambda theta omicron \
     atlas titan orion apollo zeus hermes artemis athena neptune mercury venus mars jupiter saturn \
     pluto galaxy cosmos cosmo nova stellar lunar solar orbit polaris sirius vega nebula meteor \
     comet horizon aurora sunrise sunset rainbow dawn victory triumph champion crown imperial \
     regal empire dynasty heritage legacy liberty freedom unity alliance pioneer frontier fortune \
     success prosperity harmony fusion matrix vertex vector quantum nexus axis pivot anchor \
     beacon compass bridge gateway portal pacific atlantic oceanic baltic arctic mediterranean \
     orient oriental continental maple oak cedar palm pine rose lotus lily jasmine olive \
     magnolia spring summer winter autumn mountain hill valley river lake island bay forest \
     garden field meadow castle tower fortress shield guardian sentinel ranger scout spirit \
     vision dream hope trust faith grand noble elite premier premium classic optima optimum \
     ultra maxi eco bio geo techno info net web cyber digital robin raven condor kestrel osprey \
     stone iron copper bronze granite marble fire flame spark thunder lightning storm wind"
        .split_ascii_whitespace()
        .collect()
});

/// Rarity of a word among names at large, in bits: little for names that
/// millions bear and for words of one or two letters or one syllable.
pub(crate) fn bits_at_large(text: &str, writing: Writing) -> f64 {
    match writing {
        Writing::Plain if is_common_name(text) || COMMON_BRANDS.contains(text) => 6.0,
        Writing::Plain | Writing::Consonantal if text.len() <= 2 => 5.0,
        Writing::Syllabic | Writing::Korean => 6.0,
        _ => 12.0,
    }
}

/// Share of a word in the score of a name: rare words count up to twice as
/// much as common ones; particles and words of trade count little.
pub(crate) fn weight(bits: f64, class: TokenClass) -> f64 {
    let by_rarity = 0.35 + 0.65 * bits.clamp(2.0, 14.0) / 14.0;
    by_rarity * class_share(class)
}

impl<'a> Word<'a> {
    /// A word that stands in no list.
    pub(crate) fn new(text: &'a str, writing: Writing, class: TokenClass) -> Word<'a> {
        let at_large = bits_at_large(text, writing);
        Word {
            text,
            writing,
            class,
            weight: weight(at_large, class),
            at_large,
            in_list: at_large,
        }
    }

    /// Whether it says who somebody is: no particle, number or lone letter.
    pub(crate) fn identifies(&self) -> bool {
        matches!(self.class, TokenClass::Word)
    }
}

/// How far two words agree, and in what way; `None` for different words.
pub(crate) fn alike(query: &Word, listed: &Word) -> Option<(f64, How)> {
    if query.writing == listed.writing && query.text == listed.text {
        return Some((1.0, How::Same));
    }
    let fixed = |w: &Word| matches!(w.class, TokenClass::Number | TokenClass::Initial);
    if fixed(query) || fixed(listed) {
        return None;
    }
    match (query.writing, listed.writing) {
        (Writing::Plain, Writing::Plain) => spelling(query.text, listed.text)
            .or_else(|| digits(query.text, listed.text))
            .or_else(|| typo(query, listed)),
        (Writing::Plain, Writing::Syllabic) | (Writing::Syllabic, Writing::Plain) => {
            (query.text == listed.text).then_some((SYLLABLE_READING, How::Syllable))
        }
        (Writing::Plain, Writing::Korean) | (Writing::Korean, Writing::Plain) => {
            let same = query.text.len() <= 7
                && listed.text.len() <= 7
                && syllable_key(query.text) == syllable_key(listed.text);
            same.then_some((KOREAN_SYLLABLE, How::Syllable))
        }
        (Writing::Plain, Writing::Consonantal) => consonants(listed.text, query.text),
        (Writing::Consonantal, Writing::Plain) => consonants(query.text, listed.text),
        (Writing::Consonantal, Writing::Consonantal) => typo(query, listed),
        _ => None,
    }
}

/// Two spellings of one sound that also look alike.
pub(crate) fn spelling(query: &str, listed: &str) -> Option<(f64, How)> {
    (may_sound_alike(query, listed) && key(query) == key(listed) && is_respelling(query, listed))
        .then_some((SAME_SOUND, How::Spelling))
}

/// A quick look before keys are made: respellings differ by few letters.
fn may_sound_alike(a: &str, b: &str) -> bool {
    a.len().abs_diff(b.len()) <= 5
}

/// A word read with digits for letters on either side.
pub(crate) fn digits(query: &str, listed: &str) -> Option<(f64, How)> {
    let has_digit = |w: &str| w.bytes().any(|b| b.is_ascii_digit());
    let reads = |from: &str, to: &str| {
        has_digit(from)
            && unleet(from)
                .iter()
                .any(|reading| spelling(reading, to).is_some() || reading == to)
    };
    (reads(query, listed) || reads(listed, query)).then_some((READ_DIGITS, How::Digits))
}

/// A word without vowels against one with them.
pub(crate) fn consonants(unvowelled: &str, latin: &str) -> Option<(f64, How)> {
    let agreement = skeleton_agreement(unvowelled, latin)?;
    (agreement.similarity >= LEAST_CONSONANTS).then_some((agreement.similarity, How::Consonants))
}

/// One or two typing errors, as many as a word of this length bears.
pub(crate) fn typo(query: &Word, listed: &Word) -> Option<(f64, How)> {
    if query.class == TokenClass::Particle || query.class == TokenClass::Place {
        return None;
    }
    let typed = typed_letters(query.text, query.writing);
    let wanted = typed_letters(listed.text, listed.writing);
    let reach = typo_reach(typed.len());
    if reach == 0 || typed.len() < 4 || listed.text.len() < 4 {
        return None;
    }
    if wanted.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let edits = osa(&typed, &wanted, reach).filter(|e| *e > 0)?;
    if edits == 1 && is_other_sex(&typed, &wanted) {
        return Some((OTHER_SEX, How::Gendered));
    }
    let known = query.writing == Writing::Plain && is_common_name(query.text);
    let both = known && is_common_name(listed.text);
    if both && typed.len() <= 5 || known && typed.len() <= 4 {
        return None;
    }
    let doubt = if both { BOTH_NAMES } else { 0.0 };
    let alike = similarity(&typed, &wanted) - doubt;
    (alike >= LEAST_TYPO).then_some((alike, How::Typo))
}

/// Whether two words are a Slavic family name in its forms for a woman and a
/// man.
fn is_other_sex(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    long.strip_suffix('a') == Some(short)
        && ["ov", "ev", "in", "yn", "off", "eff"]
            .iter()
            .any(|ending| short.len() >= 5 && short.ends_with(ending))
}

/// How alike two different words are, 0 to 1: how much of a contradiction it
/// is that one stands where the other does.
pub(crate) fn residual(a: &Word, b: &Word) -> f64 {
    if a.writing != b.writing || matches!(a.writing, Writing::Syllabic | Writing::Korean) {
        return 0.0;
    }
    let longer = a.text.len().max(b.text.len());
    match osa(a.text, b.text, longer / 2) {
        Some(edits) if longer > 0 => 1.0 - edits as f64 / longer as f64,
        _ => 0.0,
    }
}
