//! How alike are two names? Every number that goes into a score, by name.
//!
//! A name score is the share of both names that agrees, words weighed by
//! rarity at large: what agrees, divided by what agrees plus what is
//! contradicted (something else stands in its place) plus, much less, what is
//! left out. Contradiction weighs more than omission. Then named corrections
//! follow (contradicted words, legal form, numbers, places, common words, weak
//! aliases, vessels). Nothing here depends on the list in which a name stands:
//! its rarity there goes to the bits alone.

use crate::align::{Alignment, Pair, is_scrambled};
use crate::pinyin::is_other_name;
use crate::tokens::{Writing, class_share, typed_letters};
use crate::word::{How, SYLLABLE_READING, Word};
use portcullis_domain::{NameKind, PartyKind};
use portcullis_names::{LegalForms, TokenClass, similarity};

pub use crate::word::{
    INITIAL_LETTER, KOREAN_SYLLABLE, LEAST_CONSONANTS, LEAST_TYPO, OTHER_SEX, READ_DIGITS,
    SAME_SOUND,
};

/// Cost of a contradicted word, against 1 for an agreeing one: it counts
/// against both names.
const CONTRADICTED: f64 = 1.6;
/// Cost of a word of the query that the list does not have.
const EXTRA_IN_QUERY: f64 = 0.55;
/// The same where the listed name is a single word found inside a longer one.
const EXTRA_BESIDE_SINGLE: f64 = 1.0;
/// Cost of a listed word that the query leaves out.
const LEFT_OUT: f64 = 0.35;
/// What a name scores at most by name alone in which one identifying word
/// stands where another does: another father, another family, another firm.
const CONTRADICTED_NAME: f64 = 0.68;
/// Words that stand against each other and are less alike than this are
/// different words, not a bad spelling.
const BAD_SPELLING: f64 = 0.60;

/// Factor when only one name states a legal form.
const FORM_MISSING: f64 = 0.95;
/// Factor when the legal forms differ.
const FORM_DIFFERS: f64 = 0.92;
/// Factor when both names carry numbers and they differ: sister companies,
/// numbered funds, ships of one class.
const NUMBER_DIFFERS: f64 = 0.60;
/// Factor when only one name carries a number.
const NUMBER_MISSING: f64 = 0.85;
/// Factor when both names carry places and they differ.
const PLACE_DIFFERS: f64 = 0.85;
/// Factor when only one name carries a place and one word tells otherwise.
const PLACE_MISSING: f64 = 0.77;
/// Factor for each word with a typing error after the first.
const FURTHER_TYPO: f64 = 0.95;
/// The same for words of fewer than six letters, where one letter makes
/// another name.
const FURTHER_SHORT_TYPO: f64 = 0.75;
/// The same where at least two further words agree.
const FURTHER_SHORT_TYPO_OF_MANY: f64 = 0.88;
/// What must agree, in bits of rarity at large, before one word more may be
/// taken for a misspelt or cut one.
pub(crate) const LEAST_NAME_BITS: f64 = 8.5;
/// Names of people that agree in less than this, in bits of rarity at large,
/// are no hit where words are left open on either side: a few hundred thousand
/// people share as much. More is asked the more ways there are to choose the
/// words that agree from those that both names have.
const LEAST_PERSON_BITS: f64 = 16.5;
/// The same where every word agrees, but one only as a short form or as a slip
/// that is a name of its own (*Sam Johnson*, *Ian Hernandez*).
const LEAST_DOUBTFUL_BITS: f64 = 14.5;
/// The same where vowels are not written on one side.
const LEAST_UNVOWELLED_BITS: f64 = 11.5;
/// What must agree, in bits, beside a single letter that stands for a name.
const LEAST_BESIDE_LETTER: f64 = 11.0;
/// The same as for people for organisations, of which there are fewer.
const LEAST_FIRM_BITS: f64 = 13.0;
/// Names that agree whole, but only by their consonants, and in nothing rarer
/// than this, in bits, are no hit.
const LEAST_WHOLE_BITS: f64 = 9.0;
/// The only telling word of an organisation must be the same where it has no
/// more letters than this and either name has a further word: one letter of
/// five makes another brand.
const SHORT_BRAND: usize = 5;
/// A brand of no more letters than this must stand alone.
const ABBREVIATION: usize = 3;
/// Names that agree only when spaces are taken out must be this alike.
const LEAST_SPACING: f64 = 0.85;
/// Most that a name can score that agrees only in common words. Low enough
/// that a shared country does not lift it over the alert line.
const COMMON_WORDS: f64 = 0.60;
/// Most that a weak alias scores by name alone.
pub const WEAK_ALIAS: f64 = 0.69;
/// Factor for a weak alias when weak aliases may alert.
pub const WEAK_ALIAS_ALLOWED: f64 = 0.89;
/// Factor for names of vessels and aircraft, which are often reused: the
/// registration number decides.
pub const OBJECT_NAME: f64 = 0.85;
/// Score of an exact name that is one word that very many people bear.
pub const COMMON_SINGLE_NAME: f64 = 0.90;
/// Most that a name scores that is not exact.
const NOT_EXACT: f64 = 0.99;

/// One side of a comparison: a name taken apart.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Side<'a> {
    pub words: &'a [Word<'a>],
    pub forms: LegalForms,
}

/// How two whole names stand to each other, beside their words.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Whole {
    /// What bears the listed name.
    pub kind: PartyKind,
    /// The whole name is the same after normalisation.
    pub exact: bool,
    /// The names may be the same but for spaces.
    pub joined: bool,
}

/// What was found about two names.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NameScore {
    /// 0 to 1.
    pub score: f64,
    /// Rarity of what agrees in the list, less what is contradicted.
    pub bits: f64,
    /// Rarity of what agrees among names at large.
    pub at_large: f64,
    /// The whole name is the same.
    pub exact: bool,
    /// The name is one common word: same, but says little.
    pub common_single: bool,
    /// The same but for spaces and spelling.
    pub joined: bool,
    pub forms: FormAgreement,
    pub numbers: PartAgreement,
    pub places: PartAgreement,
    /// Whether the score was held down because only common words agree.
    pub only_common: bool,
    /// Whether an identifying word stands where another does.
    pub contradicted: bool,
}

/// How the legal forms compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FormAgreement {
    Same,
    OneMissing,
    Differ,
}

/// How the numbers or places in two names compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PartAgreement {
    Same,
    OneMissing,
    Differ,
}

/// Scores an aligned pair of names.
pub(crate) fn name_score(
    query: Side,
    listed: Side,
    alignment: &Alignment,
    whole: Whole,
) -> NameScore {
    let in_list: f64 = alignment.pairs.iter().map(|p| p.in_list).sum();
    let at_large = bits_once(query.words, alignment);
    if whole.exact {
        return exact_score(listed, whole.kind, at_large, in_list);
    }
    let open = OpenWords::of(query.words, listed.words, alignment);
    let forms = form_agreement(query.forms, listed.forms);
    let (numbers, places) = (open.numbers(), open.places());
    let by_words =
        coverage(alignment, &open).max(unspaced_share(query.words, listed.words, alignment));
    let run_together = if whole.joined && !is_syllabic(query.words, listed.words) {
        spacing_similarity(query.words, listed.words)
    } else {
        0.0
    };
    let joined = run_together > by_words;
    let mut score = by_words.max(run_together) * form_factor(forms);
    if !joined {
        score *= number_factor(numbers) * place_factor(places, query.words, alignment);
        score *= typo_factor(query.words, alignment);
    }
    let by_letter = alignment.pairs.iter().any(|p| p.how == How::Initial);
    let telling =
        is_telling(listed.words, alignment) && !(by_letter && at_large < LEAST_BESIDE_LETTER);
    let agrees_whole = joined || (open.is_empty() && telling);
    let short_brand = whole.kind != PartyKind::Person
        && is_short_brand(query.words, listed.words, alignment, &open);
    let only_common = !agrees_whole
        && (short_brand || at_large < least_bits(whole.kind, query.words, listed.words, alignment));
    let person = whole.kind == PartyKind::Person;
    let contradicted = !joined
        && (is_contradicted(query.words, listed.words, alignment)
            || is_scrambled(query.words, listed.words, &alignment.pairs)
            || (person && is_other_sex(query.words, listed.words, alignment))
            || (person && is_other_name(query.words, listed.words, alignment)));
    let doubtful = person && !joined && is_doubtful(query.words, listed.words, alignment);
    let only_common = only_common
        || (doubtful && at_large < LEAST_DOUBTFUL_BITS)
        || (person && !joined && is_lone_slip(query.words, listed.words, alignment))
        || (person && !joined && is_short_slip(query.words, listed.words, alignment));
    if only_common {
        score = held_below(score, COMMON_WORDS);
    }
    if contradicted {
        score = held_below(score, CONTRADICTED_NAME);
    }
    if !joined && alignment.pairs.iter().all(|p| p.how == How::Initial) {
        // A letter beside nothing else stands for any name.
        score = 0.0;
    }
    NameScore {
        score: score.min(NOT_EXACT),
        bits: if joined {
            in_list.max(LEAST_NAME_BITS)
        } else {
            in_list - open.contradicted_bits()
        },
        at_large,
        exact: false,
        common_single: false,
        joined,
        forms,
        numbers,
        places,
        only_common,
        contradicted,
    }
}

/// Rarity at large of all that agrees, in bits. A word given twice (*Van van*)
/// says nothing the second time.
fn bits_once(query: &[Word], alignment: &Alignment) -> f64 {
    let pairs = alignment.pairs.iter().enumerate();
    let first = |at: usize, pair: &Pair| {
        let before = alignment.pairs[..at].iter();
        let text = query[pair.query].text;
        !before.map(|p| query[p.query].text).any(|t| t == text)
    };
    let once = pairs.filter(|(at, pair)| first(*at, pair));
    once.map(|(_, pair)| pair.at_large).sum()
}

/// A name that is the same after normalisation.
fn exact_score(listed: Side, kind: PartyKind, at_large: f64, in_list: f64) -> NameScore {
    let common_single = is_common_single(listed.words, kind, at_large);
    NameScore {
        score: if common_single {
            COMMON_SINGLE_NAME
        } else {
            1.0
        },
        bits: in_list,
        at_large,
        exact: true,
        common_single,
        joined: false,
        forms: FormAgreement::Same,
        numbers: PartAgreement::Same,
        places: PartAgreement::Same,
        only_common: false,
        contradicted: false,
    }
}

/// A score that stays below a bound, and still tells better from worse.
fn held_below(score: f64, bound: f64) -> f64 {
    score.min(bound - 0.05 * (1.0 - score))
}

/// Whether an identifying word of one name stands where the other has another
/// one: not left out, not misspelt, but different.
fn is_contradicted(query: &[Word], listed: &[Word], alignment: &Alignment) -> bool {
    alignment.clashes.iter().any(|clash| {
        let (asked, word) = (&query[clash.query], &listed[clash.listed]);
        let letter = |w: &Word| w.class == TokenClass::Initial && w.writing == Writing::Plain;
        let tells = |w: &Word| w.identifies() || letter(w);
        tells(asked) && tells(word) && clash.residual < BAD_SPELLING
    })
}

/// Whether a word of four letters is taken for misspelt in the name of a person
/// and too little else agrees: one letter of four makes another name (*Tang
/// Wei*, *Wang Wei*).
fn is_short_slip(query: &[Word], listed: &[Word], alignment: &Alignment) -> bool {
    let pairs = || alignment.pairs.iter();
    let at_large: f64 = pairs().map(|p| p.at_large).sum();
    let letters = |w: &Word| typed_letters(w.text, w.writing).len();
    let short = |p: &&Pair| letters(&query[p.query]).max(letters(&listed[p.listed])) <= 4;
    let latin = |p: &&Pair| query[p.query].writing == Writing::Plain;
    let mut slips = pairs()
        .filter(|p| p.how == How::Typo)
        .filter(short)
        .filter(latin);
    let several = query.len().max(listed.len()) > 1;
    slips.any(|p| several && at_large - p.at_large < LEAST_NAME_BITS)
}

/// Whether two words of a name stand in their forms for the other sex:
/// *Aleksandr Ivanov*, *Aleksandra Ivanova*.
fn is_other_sex(query: &[Word], listed: &[Word], alignment: &Alignment) -> bool {
    let ending = |p: &&Pair| {
        let (a, b) = (query[p.query].text, listed[p.listed].text);
        let longer = |a: &str, b: &str| a.strip_suffix('a') == Some(b);
        p.query_span == 1 && p.listed_span == 1 && (longer(a, b) || longer(b, a))
    };
    let pairs = alignment.pairs.iter();
    let telling = |p: &&Pair| query[p.query].text.len() >= 4;
    pairs.filter(telling).filter(ending).count() >= 2
}

/// Whether a name that agrees whole says enough: several words do, one word
/// does if it is rare.
fn is_telling(listed: &[Word], alignment: &Alignment) -> bool {
    let mut content = listed.iter().filter(|w| w.class != TokenClass::Particle);
    let pairs = || alignment.pairs.iter();
    let unvowelled = pairs().any(|p| p.how == How::Consonants);
    let agreeing: f64 = pairs().map(|p| p.at_large).sum();
    match (content.next(), content.next()) {
        (Some(_), None) if unvowelled => agreeing >= LEAST_NAME_BITS,
        (Some(only), None) => only.at_large * class_share(only.class) >= LEAST_NAME_BITS,
        _ => !unvowelled || agreeing >= LEAST_WHOLE_BITS,
    }
}

/// Whether all that tells two organisations from others is one short word, and
/// that is not the same or does not stand alone.
fn is_short_brand(
    query: &[Word],
    listed: &[Word],
    alignment: &Alignment,
    open: &OpenWords,
) -> bool {
    if open.is_empty() || listed.iter().filter(|w| w.identifies()).count() != 1 {
        return false;
    }
    let telling = |p: &&Pair| listed[p.listed].identifies();
    let Some(pair) = alignment.pairs.iter().find(telling) else {
        return false;
    };
    if pair.query_span > 1 || pair.listed_span > 1 {
        return false;
    }
    let typed = |w: &Word| typed_letters(w.text, w.writing).len();
    let letters = typed(&listed[pair.listed]).min(typed(&query[pair.query]));
    match pair.how {
        How::Same => letters <= ABBREVIATION,
        How::Syllable => false,
        _ => letters <= SHORT_BRAND,
    }
}

/// The rarity that must agree where words are left open on either side. Between
/// scripts every word loses some of its rarity, so less is asked.
fn least_bits(kind: PartyKind, query: &[Word], listed: &[Word], alignment: &Alignment) -> f64 {
    let unvowelled = alignment.pairs.iter().any(|p| p.how == How::Consonants);
    match kind {
        PartyKind::Person => {
            let least = match unvowelled {
                true => LEAST_UNVOWELLED_BITS,
                false => LEAST_PERSON_BITS,
            };
            least + bits_of_choice(query, listed, alignment)
        }
        _ => LEAST_FIRM_BITS,
    }
}

/// In how many ways the words that agree can be chosen from those of both
/// names, in bits: two words of five are found by chance ten times as often as
/// two of two.
fn bits_of_choice(query: &[Word], listed: &[Word], alignment: &Alignment) -> f64 {
    let telling = |words: &[Word]| {
        let words = words.iter().filter(|w| w.class != TokenClass::Particle);
        words.count()
    };
    let ways = |of: usize, taken: usize| -> f64 {
        let taken = taken.min(of);
        (0..taken)
            .map(|i| ((of - i) as f64 / (i + 1) as f64).log2())
            .sum()
    };
    let taken = alignment.pairs.iter();
    let taken = taken.filter(|p| listed[p.listed].class != TokenClass::Particle);
    let taken = taken.count();
    ways(telling(query), taken) + ways(telling(listed), taken)
}

/// Whether a word agrees only as a name of its own that is like the listed one.
fn is_doubtful(query: &[Word], listed: &[Word], alignment: &Alignment) -> bool {
    alignment.pairs.iter().any(|p| match p.how {
        How::Nickname | How::Gendered => true,
        How::Typo => {
            query[p.query].is_a_name() || listed[p.listed].writing != query[p.query].writing
        }
        _ => false,
    })
}

/// Whether the only telling word of the listed name is misspelt or cut short
/// and the query has another word: *Patrick Doctor* is not *Pat*.
fn is_lone_slip(query: &[Word], listed: &[Word], alignment: &Alignment) -> bool {
    let telling = |words: &[Word]| {
        let words = words.iter().filter(|w| w.class != TokenClass::Particle);
        words.count()
    };
    let single = telling(listed) == 1 && telling(query) > 1;
    let near = |p: &Pair| {
        let slip = matches!(
            p.how,
            How::Typo | How::Nickname | How::Gendered | How::CutOff
        );
        slip && listed[p.listed].class != TokenClass::Particle
    };
    single && alignment.pairs.iter().any(near)
}

/// Whether two names are both written in syllables, so that spaces cannot be
/// what tells them apart.
fn is_syllabic(query: &[Word], listed: &[Word]) -> bool {
    let syllable = |w: &Word| matches!(w.writing, Writing::Syllabic | Writing::Korean);
    query.iter().chain(listed).all(syllable)
}

/// How alike two names are with all their spaces taken out.
fn spacing_similarity(query: &[Word], listed: &[Word]) -> f64 {
    let texts = |words: &[Word]| -> String { words.iter().map(|w| w.text).collect() };
    let asked = texts(query);
    let listed: Vec<&str> = listed.iter().map(|w| w.text).collect();
    let alike = crate::index::run_together(&listed)
        .iter()
        .map(|run| similarity(&asked, run))
        .fold(0.0, f64::max);
    if alike >= LEAST_SPACING {
        alike.min(SYLLABLE_READING)
    } else {
        0.0
    }
}

/// The words left without a partner, by what they weigh.
struct OpenWords {
    query: f64,
    listed: f64,
    /// What stands in place of something else, less what is nearly the same.
    contradicted: f64,
    /// Open words of the query that identify.
    query_words: bool,
    listed_single: bool,
    query_numbers: bool,
    listed_numbers: bool,
    query_places: bool,
    listed_places: bool,
    any: bool,
}

/// Words without a partner.
fn open<'w, 'a>(
    words: &'w [Word<'a>],
    used: &'w [bool],
) -> impl Iterator<Item = &'w Word<'a>> + use<'w, 'a> {
    let pairs = words.iter().zip(used);
    pairs.filter(|(_, used)| !**used).map(|(word, _)| word)
}

impl OpenWords {
    fn of(query: &[Word], listed: &[Word], alignment: &Alignment) -> OpenWords {
        let open_query = || open(query, &alignment.query_used);
        let open_listed = || open(listed, &alignment.listed_used);
        let query_has = |class| open_query().any(|w| w.class == class);
        let listed_has = |class| open_listed().any(|w| w.class == class);
        let says = |class: TokenClass| class != TokenClass::Particle;
        let (sum_query, sum_listed): (f64, f64) = (
            open_query().map(|w| w.weight).sum(),
            open_listed().map(|w| w.weight).sum(),
        );
        OpenWords {
            query: sum_query,
            listed: sum_listed,
            contradicted: sum_query.min(sum_listed),
            query_words: query_has(TokenClass::Word),
            listed_single: listed.iter().filter(|w| says(w.class)).count() == 1,
            query_numbers: query_has(TokenClass::Number),
            listed_numbers: listed_has(TokenClass::Number),
            query_places: query_has(TokenClass::Place),
            listed_places: listed_has(TokenClass::Place),
            any: open_query().chain(open_listed()).any(|w| says(w.class)),
        }
    }

    fn is_empty(&self) -> bool {
        !self.any
    }

    fn contradicted_bits(&self) -> f64 {
        4.0 * self.contradicted
    }

    fn numbers(&self) -> PartAgreement {
        part_agreement(self.query_numbers, self.listed_numbers)
    }

    fn places(&self) -> PartAgreement {
        part_agreement(self.query_places, self.listed_places)
    }
}

fn part_agreement(query_open: bool, listed_open: bool) -> PartAgreement {
    match (query_open, listed_open) {
        (true, true) => PartAgreement::Differ,
        (false, false) => PartAgreement::Same,
        _ => PartAgreement::OneMissing,
    }
}

/// The share of both names that agrees.
fn coverage(alignment: &Alignment, open: &OpenWords) -> f64 {
    let pairs = alignment.pairs.iter();
    let agreeing: f64 = pairs.clone().map(|p| p.weight * p.similarity).sum();
    let paired: f64 = pairs.map(|p| p.weight).sum();
    let contradicted = open.contradicted;
    let extra = match open.listed_single && open.query_words {
        true => EXTRA_BESIDE_SINGLE,
        false => EXTRA_IN_QUERY,
    };
    let against = CONTRADICTED * contradicted
        + extra * (open.query - contradicted)
        + LEFT_OUT * (open.listed - contradicted);
    if paired + against <= 0.0 {
        return 0.0;
    }
    agreeing / (paired + against)
}

/// What [`coverage`] is at most where no more than this agrees and no less
/// than this is left over on either side. Whatever changes there changes here:
/// candidates are chosen by it.
pub(crate) fn coverage_bound(agreeing: f64, paired: f64, open_query: f64, open_listed: f64) -> f64 {
    let contradicted = open_query.min(open_listed);
    let against = CONTRADICTED * contradicted
        + EXTRA_IN_QUERY * (open_query - contradicted)
        + LEFT_OUT * (open_listed - contradicted);
    if paired + against <= 0.0 {
        return 0.0;
    }
    agreeing / (paired + against)
}

/// [`coverage_bound`] where it is not told which side asks: what is left over
/// costs the less of the two.
pub(crate) fn coverage_bound_both_ways(
    agreeing: f64,
    paired: f64,
    open_one: f64,
    open_other: f64,
) -> f64 {
    let contradicted = open_one.min(open_other);
    let left = open_one.max(open_other) - contradicted;
    let against = CONTRADICTED * contradicted + LEFT_OUT.min(EXTRA_IN_QUERY) * left;
    if paired + against <= 0.0 {
        return 0.0;
    }
    agreeing / (paired + against)
}

/// Names of four or more syllables written without spaces: the share of
/// syllables that agree, so that one wrong character is a typing error.
fn unspaced_share(query: &[Word], listed: &[Word], alignment: &Alignment) -> f64 {
    let syllables = query.len().max(listed.len());
    let unspaced = query.iter().all(|w| w.writing == Writing::Syllabic);
    let same = alignment.pairs.iter().filter(|p| p.how == How::Same);
    if syllables < 4 || !unspaced {
        return 0.0;
    }
    same.count() as f64 / syllables as f64
}

/// One word, of a person, that many bear.
fn is_common_single(listed: &[Word], kind: PartyKind, bits: f64) -> bool {
    let content = listed.iter().filter(|w| w.class != TokenClass::Particle);
    kind == PartyKind::Person && content.count() <= 1 && bits < LEAST_NAME_BITS
}

fn form_agreement(query: LegalForms, listed: LegalForms) -> FormAgreement {
    if query == listed {
        FormAgreement::Same
    } else if query.is_none() || listed.is_none() {
        FormAgreement::OneMissing
    } else {
        FormAgreement::Differ
    }
}

/// Legal forms are easily left out and often translated loosely.
fn form_factor(forms: FormAgreement) -> f64 {
    match forms {
        FormAgreement::Same => 1.0,
        FormAgreement::OneMissing => FORM_MISSING,
        FormAgreement::Differ => FORM_DIFFERS,
    }
}

fn number_factor(numbers: PartAgreement) -> f64 {
    match numbers {
        PartAgreement::Same => 1.0,
        PartAgreement::OneMissing => NUMBER_MISSING,
        PartAgreement::Differ => NUMBER_DIFFERS,
    }
}

/// Two places are two companies. A place that only one name has is an omission
/// like any other, unless a single word is all that tells otherwise: a bank and
/// its house in another country.
fn place_factor(places: PartAgreement, query: &[Word], alignment: &Alignment) -> f64 {
    let telling = |p: &&Pair| query[p.query].identifies();
    match places {
        PartAgreement::Differ => PLACE_DIFFERS,
        PartAgreement::OneMissing if alignment.pairs.iter().filter(telling).count() <= 1 => {
            PLACE_MISSING
        }
        _ => 1.0,
    }
}

/// One typing error happens; several in one name are rather another name.
fn typo_factor(query: &[Word], alignment: &Alignment) -> f64 {
    let typos = alignment.pairs.iter().filter(|p| p.how == How::Typo);
    let short = typos
        .clone()
        .filter(|p| query[p.query].text.len() < 6)
        .count();
    let long = typos.count() - short;
    let further_short = short.saturating_sub(1) as i32;
    let further_long = if short > 0 {
        long
    } else {
        long.saturating_sub(1)
    } as i32;
    let sound = alignment.pairs.iter().filter(|p| p.how != How::Typo);
    let further = match sound.count() {
        0 | 1 => FURTHER_SHORT_TYPO,
        _ => FURTHER_SHORT_TYPO_OF_MANY,
    };
    further.powi(further_short) * FURTHER_TYPO.powi(further_long)
}

/// The score by name alone after the standing of the name and the kind of
/// party: weak aliases stay below the alert line unless allowed, names of
/// vessels and aircraft count less.
pub fn standing(score: f64, kind: NameKind, party: PartyKind, weak_allowed: bool) -> f64 {
    let score = match party {
        PartyKind::Vessel | PartyKind::Aircraft => score * OBJECT_NAME,
        _ => score,
    };
    match kind {
        NameKind::WeakAlias if weak_allowed => score * WEAK_ALIAS_ALLOWED,
        NameKind::WeakAlias => (score * WEAK_ALIAS_ALLOWED).min(WEAK_ALIAS),
        _ => score,
    }
}
