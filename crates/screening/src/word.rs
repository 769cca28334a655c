//! When are two words of two names the same? Knows no list: whether and how
//! far two words agree depends on the two words alone, so that a pair of names
//! scores alike wherever it is met.

use crate::tokens::{Writing, class_share, typed_letters, typo_reach};
pub(crate) use portcullis_names::is_respelling;
use portcullis_names::{
    Bearer, Script, TokenClass, commonness, commonness_in, is_nickname, is_particle, key, osa,
    prepare, similarity, skeleton_agreement, skeletons, spelling_commonness, syllable_key, unleet,
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
    /// A short form of the given name (*Bill*, *William*).
    Nickname,
    /// One or two typing errors.
    Typo,
    /// The beginning of the word: a field was too short.
    CutOff,
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
/// Similarity of a given name to its short form.
pub const SHORT_FORM: f64 = 0.86;
/// Similarity of a word to its first letter.
pub const INITIAL_LETTER: f64 = 0.5;
/// Words less alike than this do not count as a typing error.
pub const LEAST_TYPO: f64 = 0.66;
/// Words whose vowels disagree more than this are different words.
pub const LEAST_CONSONANTS: f64 = 0.78;
/// Subtracted where both words are common names of their own: *Mario* is
/// rather not a misspelt *Maria*.
const BOTH_NAMES: f64 = 0.10;
/// Subtracted where the word asked for is a common name and the listed one is
/// not: the list may have it misspelt.
const KNOWN_NAME: f64 = 0.06;
/// Similarity of a name to one made from it.
const OF_THAT_NAME: f64 = 0.70;
/// Similarity of a word to its beginning, where a field was too short for it.
pub const CUT_OFF: f64 = 0.80;

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

/// Words of fewer letters are not taken for misspelt.
const LEAST_MISSPELT: usize = 4;
/// The same for words without their vowels.
const LEAST_UNVOWELLED_MISSPELT: usize = 5;
/// Most that a word says, in bits: rarer ones are not counted reliably.
const RAREST: f64 = 14.0;
/// A word no rarer than this, in bits, is a name that many bear: written so, it
/// is rather that name than a misspelt other one.
const KNOWN: f64 = 12.5;
/// The same for any name that is no curiosity.
const A_NAME: f64 = 15.0;
/// The same for names so common that hardly anything makes them a slip.
const WELL_KNOWN: f64 = 10.0;

/// Names that millions bear, in scripts that do not write vowels; compiled from
/// national name statistics, 2026-11. Kept as such names are compared.
static COMMON_UNVOWELLED: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let names = "محمد احمد أحمد علي على حسن حسين محمود ابراهيم إبراهيم عمر خالد يوسف سعيد سالم صالح \
        مصطفى حامد حميد كريم رشيد ناصر جمال طارق وليد فيصل خليل اسماعيل إسماعيل عادل سمير \
        امير أمير بلال انور أنور عزيز حبيب هادي جابر مالك موسى عثمان سامي سلطان ياسين زيد فاطمة \
        عائشة مريم خديجة زينب ليلى نور امينة رضا مهدي عباس اكبر أكبر جواد محسن حمزة خان \
        شاه غلام رحيم حاجي ملا مولوي سيد شيخ قاسم جعفر صادق عيسى داود سليمان يحيى زكريا هاشم ماجد \
        فهد سعد سعود ولي گل آغا آخوند رحمان ایوب يعقوب عبد ابو أبو \
        אברהם יצחק יעקב יוסף משה דוד שלמה כהן לוי דניאל מיכאל יונתן שרה רחל רבקה בן בר מזרחי פרץ \
        יהודה אליהו שמעון נתן אהרון מאיר חיים ישראל";
    let words = names.split_whitespace();
    let apart = words.map(|name| prepare(name, Bearer::Person).tokens);
    apart.flatten().map(|token| token.latin).collect()
});

/// Rarity of a word among names at large, in bits: little for names that
/// millions bear and for words of one or two letters or one syllable.
pub(crate) fn bits_at_large(text: &str, writing: Writing) -> f64 {
    match writing {
        Writing::Plain | Writing::Consonantal if text.len() <= 2 => 5.0,
        Writing::Plain => {
            let most = match text.len() {
                3 => 9.0,
                4 => 10.0,
                _ => RAREST,
            };
            let own = commonness(text);
            let common = match family_name_of_man(text) {
                Some(his) => own.min(commonness(his)),
                None => own,
            };
            f64::from(common).clamp(4.0, most)
        }
        Writing::Syllabic | Writing::Korean => 6.0,
        Writing::Consonantal if COMMON_UNVOWELLED.contains(text) => 5.5,
        Writing::Consonantal => {
            let common = commonness_in(text, Script::Arabic, Bearer::Person);
            f64::from(common).clamp(4.0, RAREST)
        }
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

    /// Whether it is a name that many bear.
    pub(crate) fn is_known(&self) -> bool {
        self.writing == Writing::Plain && f64::from(spelling_commonness(self.text)) <= KNOWN
    }

    /// Whether some people are called so, in this very spelling.
    pub(crate) fn is_a_name(&self) -> bool {
        self.writing == Writing::Plain && f64::from(spelling_commonness(self.text)) <= A_NAME
    }

    /// Whether it is a name that one in a thousand bears.
    pub(crate) fn is_well_known(&self) -> bool {
        self.writing == Writing::Plain && f64::from(spelling_commonness(self.text)) <= WELL_KNOWN
    }

    /// Whether it says who somebody is: no particle, number or lone letter.
    pub(crate) fn identifies(&self) -> bool {
        matches!(self.class, TokenClass::Word)
    }
}

/// What it says that a word asked for and a word of the list agree in this
/// way, in bits: how much likelier the one is where the other is meant than in
/// any name. A word that many are called by is hardly a slip for another one.
pub(crate) fn bits_of_agreement(asked: &Word, listed: &Word, how: How) -> f64 {
    let both = asked.at_large.min(listed.at_large);
    let doubt = match how {
        How::Typo | How::CutOff => SLIP,
        How::Nickname => OTHER_FORM,
        How::Gendered | How::Spelling => OTHER_SPELLING,
        // Vowels that one side writes say half of what they would.
        How::Consonants => return (asked.at_large + listed.at_large) / 2.0,
        _ => return both,
    };
    if asked.writing != Writing::Plain {
        return both;
    }
    let own = f64::from(spelling_commonness(asked.text));
    both.min(own - doubt).max(0.0)
}

/// One in so many who bear a name are written with this very slip, in bits.
const SLIP: f64 = 8.0;
/// The same for a short form of a given name.
const OTHER_FORM: f64 = 5.0;
/// The same for another spelling, and the form for the other sex.
const OTHER_SPELLING: f64 = 1.5;

/// How far two words agree, and in what way; `None` for different words.
pub(crate) fn alike(query: &Word, listed: &Word) -> Option<(f64, How)> {
    alike_if(query, listed, || key(query.text) == key(listed.text))
}

/// [`alike`] for words of which an index knows whether they have one key.
pub(crate) fn alike_if(
    query: &Word,
    listed: &Word,
    same_key: impl FnOnce() -> bool,
) -> Option<(f64, How)> {
    if query.writing == listed.writing && query.text == listed.text {
        return Some((1.0, How::Same));
    }
    let fixed = |w: &Word| matches!(w.class, TokenClass::Number | TokenClass::Initial);
    if fixed(query) || fixed(listed) {
        return None;
    }
    match (query.writing, listed.writing) {
        (Writing::Plain, Writing::Plain) => spelling_if(query.text, listed.text, same_key)
            .or_else(|| digits(query.text, listed.text))
            .or_else(|| short_form(query.text, listed.text))
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
    spelling_if(query, listed, || key(query) == key(listed))
}

fn spelling_if(query: &str, listed: &str, same_key: impl FnOnce() -> bool) -> Option<(f64, How)> {
    (may_sound_alike(query, listed) && same_key() && is_respelling(query, listed))
        .then_some((SAME_SOUND, How::Spelling))
}

/// A given name and its short form; an article is nobody's (*Al*, *Albert*).
fn short_form(query: &str, listed: &str) -> Option<(f64, How)> {
    let found = is_nickname(query, listed) && !is_particle(query) && !is_particle(listed);
    found.then_some((SHORT_FORM, How::Nickname))
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
    let alike = agreement.similarity;
    (alike >= LEAST_CONSONANTS).then_some((alike, How::Consonants))
}

/// Whether a word without vowels and one with them have nearly the same
/// consonants, so that one may be an unusual spelling of the other.
pub(crate) fn nearly_reads(a: &Word, b: &Word) -> bool {
    let crossed = matches!(
        (a.writing, b.writing),
        (Writing::Plain, Writing::Consonantal) | (Writing::Consonantal, Writing::Plain)
    );
    if !crossed {
        return false;
    }
    let (left, right) = (skeletons(a.text), skeletons(b.text));
    left.iter().any(|l| {
        right.iter().any(|r| {
            let long = l.len().min(r.len()) >= 3;
            l == r || (long && osa(l, r, 1).is_some())
        })
    })
}

/// One or two typing errors, as many as a word of this length bears.
pub(crate) fn typo(query: &Word, listed: &Word) -> Option<(f64, How)> {
    if query.class == TokenClass::Particle || query.class == TokenClass::Place {
        return None;
    }
    let typed = typed_letters(query.text, query.writing);
    let wanted = typed_letters(listed.text, listed.writing);
    let reach = typo_reach(typed.len());
    // One of four consonants makes another name.
    let unvowelled = query.writing == Writing::Consonantal;
    if unvowelled && typed.len().min(wanted.len()) < LEAST_UNVOWELLED_MISSPELT {
        return None;
    }
    if reach == 0 || wanted.len() < LEAST_MISSPELT || listed.text.len() < LEAST_MISSPELT {
        return None;
    }
    if wanted.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let edits = osa(&typed, &wanted, reach).filter(|e| *e > 0)?;
    if edits == 1 && is_other_sex(&typed, &wanted) {
        return Some((OTHER_SEX, How::Gendered));
    }
    let (asked_known, listed_known) = (query.is_known(), listed.is_known());
    if is_descent(&typed, &wanted) {
        return (!unvowelled).then_some((OF_THAT_NAME, How::Typo));
    }
    let other_start = typed.as_bytes().first() != wanted.as_bytes().first();
    let doubt = match (asked_known, listed_known) {
        (true, _) if other_start => return None,
        (true, _) if typed.len() <= 4 || edits > 1 => return None,
        (true, true) if typed.len() <= 6 => return None,
        (true, true) => BOTH_NAMES,
        (true, false) => KNOWN_NAME,
        (false, _) => 0.0,
    };
    let alike = similarity(&typed, &wanted) - doubt;
    (alike >= LEAST_TYPO).then_some((alike, How::Typo))
}

/// Whether one word is the other with the ending of descent: *Mohammadi* is of
/// *Mohammad*, and not *Mohammad*.
fn is_descent(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    short.len() >= 4 && matches!(long.strip_prefix(short), Some("i" | "y"))
}

/// Whether two words are a Slavic family name in its forms for a woman and a
/// man.
fn is_other_sex(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    family_name_of_man(long) == Some(short)
}

/// The form for a man of a Slavic family name in its form for a woman.
fn family_name_of_man(text: &str) -> Option<&str> {
    let his = text.strip_suffix('a').filter(|his| his.len() >= 5)?;
    let endings = ["ov", "ev", "in", "yn", "off", "eff"];
    endings.iter().any(|e| his.ends_with(e)).then_some(his)
}

/// Whether one word is the beginning of the other, and the shorter one has
/// enough letters to say so.
pub(crate) fn is_cut(short: &Word, long: &Word) -> bool {
    short.writing == Writing::Plain
        && long.writing == Writing::Plain
        && short.text.len() >= 2
        && short.text.len() < long.text.len()
        && 3 * short.text.len() >= long.text.len()
        && long.text.starts_with(short.text)
}

/// Whether a word is a name made from another one, rather than that name whole
/// where the list has it cut off: *Borisovich* is of *Borisov* or *Boris*.
pub(crate) fn is_derived(name: &Word, made: &Word) -> bool {
    const ENDINGS: [&str; 14] = [
        "a", "i", "y", "ich", "ov", "ev", "ova", "eva", "ovich", "evich", "ovna", "evna", "ian",
        "yan",
    ];
    let ending = made.text.strip_prefix(name.text);
    ending.is_some_and(|ending| ENDINGS.contains(&ending))
}

/// How unusual the letters of a word are, in bits a word: tells apart words
/// that are equally rare. From the letters of Latin-script names at large.
pub(crate) fn letter_bits(text: &str) -> f64 {
    const BITS: [f64; 26] = [
        3.0, 5.6, 5.4, 4.9, 3.6, 6.1, 5.4, 4.6, 3.6, 6.4, 4.8, 4.3, 4.9, 3.8, 4.0, 5.9, 8.5, 3.9,
        4.3, 4.4, 4.9, 5.7, 6.6, 8.4, 5.5, 6.2,
    ];
    let letters = text.bytes().enumerate();
    let each = letters.filter(|(_, b)| b.is_ascii_lowercase());
    // The place counts a little, so that turned letters are told apart too.
    each.map(|(at, b)| BITS[usize::from(b - b'a')] * (1.0 + at as f64 / 64.0))
        .sum()
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
