//! How alike are two names? Every number that goes into a score, by name.
//!
//! A name score is the share of both names that agrees, words weighed by
//! rarity: what agrees, divided by what agrees plus what is contradicted
//! (something else stands in its place) plus, much less, what is left out.
//! Contradiction weighs more than omission. Then named corrections follow
//! (legal form, numbers, places, common words, weak aliases, vessels).

use crate::align::{Alignment, ListedWord, Pair};
use crate::candidates::{Candidate, How, QueryName};
use crate::index::{Index, run_together};
use crate::tokens::{Writing, class_share, rarity_bits, typed_letters, weight};
use portcullis_domain::{NameKind, PartyKind};
use portcullis_names::{LegalForms, TokenClass, similarity};

/// Similarity of two spellings of one sound (`Yuri`, `Yuriy`).
pub const SAME_SOUND: f64 = 0.96;
/// Similarity of a word to one read from digits (`Put1n`).
pub const READ_DIGITS: f64 = 0.95;
/// Similarity of a Chinese reading to the same letters in Latin.
pub const SYLLABLE_READING: f64 = 0.95;
/// Similarity of two romanisations of a Korean syllable.
pub const KOREAN_SYLLABLE: f64 = 0.93;
/// Similarity of a word to its first letter.
pub const INITIAL_LETTER: f64 = 0.5;
/// Words less alike than this do not count as a typing error.
pub const LEAST_TYPO: f64 = 0.66;
/// Words whose vowels disagree more than this are different words.
pub const LEAST_CONSONANTS: f64 = 0.70;

/// Similarity of two words whose consonants agree and whose vowels do not differ.
const SAME_CONSONANTS: f64 = 0.93;

/// Cost of a contradicted word, against 1 for an agreeing one: it counts
/// against both names.
const CONTRADICTED: f64 = 1.6;
/// Cost of a word of the query that the list does not have.
const EXTRA_IN_QUERY: f64 = 0.55;
/// The same where the listed name is a single word found inside a longer one.
const EXTRA_BESIDE_SINGLE: f64 = 1.0;
/// Cost of a listed word that the query leaves out.
const LEFT_OUT: f64 = 0.35;

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
/// Factor for each word with a typing error after the first.
const FURTHER_TYPO: f64 = 0.95;
/// The same for words of fewer than six letters, where one letter makes
/// another name.
const FURTHER_SHORT_TYPO: f64 = 0.75;
/// Names that agree in nothing rarer than this, in bits, are no hit unless
/// they agree whole.
pub(crate) const LEAST_NAME_BITS: f64 = 8.5;
/// Names that agree whole, but only by their consonants, and in nothing rarer
/// than this, in bits, are no hit.
const LEAST_WHOLE_BITS: f64 = 6.5;
/// The only telling word of an organisation must be the same where it has no
/// more letters than this and either name has a further word: one letter of
/// five makes another brand.
const SHORT_BRAND: usize = 5;
/// A brand of no more letters than this must stand alone.
const ABBREVIATION: usize = 3;
/// A word that is no rarer than this, in bits, is common.
const COMMON_WORD_BITS: f64 = 6.5;
/// The same where every agreeing word is common: two of the world's commonest
/// names are not enough when a third is left out.
const LEAST_COMMON_NAME_BITS: f64 = 15.0;
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

/// Weight of a word that the list does not have.
pub(crate) fn unknown_weight(
    text: &str,
    writing: Writing,
    class: TokenClass,
    entities: usize,
) -> f64 {
    weight(rarity_bits(text, writing, 0, entities), class)
}

/// The least share of the query's weight that must agree for a name score of
/// `floor`, if everything else is merely left out; with a margin because
/// weights are means of both sides.
pub(crate) fn least_share_needed(floor: f64) -> f64 {
    let floor = floor.clamp(0.0, 0.99);
    let odds = EXTRA_IN_QUERY * floor / (1.0 - floor);
    (odds / (1.0 + odds) - 0.05).max(0.0)
}

/// What was found about two names.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NameScore {
    /// 0 to 1.
    pub score: f64,
    /// Rarity of what agrees, less what is contradicted.
    pub bits: f64,
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
    index: &Index,
    query: &QueryName,
    alignment: &Alignment,
    candidate: Candidate,
) -> NameScore {
    let name = &index.names[candidate.name as usize];
    let kind = index.entities[name.entity as usize].party.kind;
    let agreeing_bits: f64 = alignment.pairs.iter().map(|p| p.bits).sum();
    let forms = form_agreement(query.prepared.forms, LegalForms::from_bits(name.forms));
    if candidate.exact {
        let common_single = is_common_single(alignment, kind, agreeing_bits);
        return NameScore {
            score: if common_single {
                COMMON_SINGLE_NAME
            } else {
                1.0
            },
            bits: agreeing_bits,
            exact: true,
            common_single,
            joined: false,
            forms: FormAgreement::Same,
            numbers: PartAgreement::Same,
            places: PartAgreement::Same,
            only_common: false,
        };
    }
    let open = OpenWords::of(query, alignment);
    let numbers = open.numbers();
    let places = open.places();
    let by_words = coverage(alignment, &open).max(unspaced_share(query, alignment));
    let run_together = if candidate.joined {
        spacing_similarity(query, alignment, index)
    } else {
        0.0
    };
    let joined = run_together > by_words;
    let mut score = by_words.max(run_together);
    score *= form_factor(forms);
    if !joined {
        score *= number_factor(numbers) * place_factor(places) * typo_factor(query, alignment);
    }
    let whole = joined || (open.is_empty() && is_telling(alignment, index));
    let short_brand = kind != PartyKind::Person && is_short_brand(index, query, alignment, &open);
    let only_common = !whole && (short_brand || agreeing_bits < least_bits(alignment));
    if only_common {
        score = score.min(COMMON_WORDS);
    }
    let bits = if joined {
        agreeing_bits.max(LEAST_NAME_BITS)
    } else {
        agreeing_bits - open.contradicted_bits()
    };
    NameScore {
        score: score.min(NOT_EXACT),
        bits,
        exact: false,
        common_single: false,
        joined,
        forms,
        numbers,
        places,
        only_common,
    }
}

/// Whether a name that agrees whole says enough: several words do, one word
/// does if it is rare.
fn is_telling(alignment: &Alignment, index: &Index) -> bool {
    let content = |w: &&ListedWord| w.class != TokenClass::Particle;
    let mut listed = alignment.listed.iter().filter(content);
    match (listed.next(), listed.next()) {
        (Some(only), None) => {
            let loose = |p: &&Pair| p.how == How::Consonants && p.similarity < SAME_CONSONANTS;
            let consonants = alignment.pairs.iter().find(loose);
            let bits = f64::from(index.dictionary.word(only.word).bits);
            let bits = consonants.map_or(bits, |pair| bits.min(pair.most_bits));
            bits * class_share(only.class) >= LEAST_NAME_BITS
        }
        _ => {
            let mut pairs = alignment.pairs.iter();
            let bits: f64 = pairs.clone().map(|p| p.bits).sum();
            !pairs.any(|p| p.how == How::Consonants) || bits >= LEAST_WHOLE_BITS
        }
    }
}

/// Whether all that tells two organisations from others is one short word, and
/// that is not the same or does not stand alone.
fn is_short_brand(
    index: &Index,
    query: &QueryName,
    alignment: &Alignment,
    open: &OpenWords,
) -> bool {
    let is_word = |w: &&ListedWord| w.class == TokenClass::Word;
    if open.is_empty() || alignment.listed.iter().filter(is_word).count() != 1 {
        return false;
    }
    let telling = |p: &&Pair| alignment.listed[p.listed].class == TokenClass::Word;
    let Some(pair) = alignment.pairs.iter().find(telling) else {
        return false;
    };
    if pair.query_span > 1 || pair.listed_span > 1 {
        return false;
    }
    let word = index.dictionary.word(alignment.listed[pair.listed].word);
    let typed = |text, writing| typed_letters(text, writing).len();
    let asked = &query.words[pair.query];
    let letters = typed(&word.text, word.writing).min(typed(&asked.text, asked.writing));
    match pair.how {
        How::Same => letters <= ABBREVIATION,
        How::Syllable => false,
        _ => letters <= SHORT_BRAND,
    }
}

/// The rarity that must agree where words are left open on either side: more
/// if everything that agrees is a common name.
fn least_bits(alignment: &Alignment) -> f64 {
    let rarest = alignment.pairs.iter().map(|p| p.bits).fold(0.0, f64::max);
    if rarest <= COMMON_WORD_BITS {
        LEAST_COMMON_NAME_BITS
    } else {
        LEAST_NAME_BITS
    }
}

/// How alike two names are with all their spaces taken out.
fn spacing_similarity(query: &QueryName, alignment: &Alignment, index: &Index) -> f64 {
    let words = alignment.listed.iter();
    let words: Vec<&str> = words
        .map(|w| index.dictionary.word(w.word).text.as_str())
        .collect();
    let alike = run_together(&words)
        .iter()
        .map(|run| similarity(&query.prepared.joined, run))
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
    /// Open words of the query that identify.
    query_words: bool,
    listed_single: bool,
    query_numbers: bool,
    listed_numbers: bool,
    query_places: bool,
    listed_places: bool,
    any: bool,
}

impl OpenWords {
    fn of(query: &QueryName, alignment: &Alignment) -> OpenWords {
        let open_query = query.words.iter().zip(&alignment.query_used);
        let open_query = open_query.filter(|(_, used)| !**used).map(|(w, _)| w);
        let open_listed = alignment.listed.iter().zip(&alignment.listed_used);
        let open_listed = open_listed.filter(|(_, used)| !**used).map(|(w, _)| w);
        let query_has = |class| open_query.clone().any(|w| w.class == class);
        let listed_has = |class| open_listed.clone().any(|w| w.class == class);
        let says_something = |class: TokenClass| class != TokenClass::Particle;
        let content = alignment.listed.iter().filter(|w| says_something(w.class));
        OpenWords {
            query: open_query.clone().map(|w| w.weight).sum(),
            listed: open_listed.clone().map(|w| w.weight).sum(),
            query_words: query_has(TokenClass::Word),
            listed_single: content.count() == 1,
            query_numbers: query_has(TokenClass::Number),
            listed_numbers: listed_has(TokenClass::Number),
            query_places: query_has(TokenClass::Place),
            listed_places: listed_has(TokenClass::Place),
            any: open_query.clone().any(|w| says_something(w.class))
                || open_listed.clone().any(|w| says_something(w.class)),
        }
    }

    fn is_empty(&self) -> bool {
        !self.any
    }

    /// What stands in place of something else.
    fn contradicted(&self) -> f64 {
        self.query.min(self.listed)
    }

    fn contradicted_bits(&self) -> f64 {
        4.0 * self.contradicted()
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
    let contradicted = open.contradicted();
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

/// Names of four or more syllables written without spaces: the share of
/// syllables that agree, so that one wrong character is a typing error.
fn unspaced_share(query: &QueryName, alignment: &Alignment) -> f64 {
    let syllables = query.words.len().max(alignment.listed.len());
    let unspaced = query.words.iter().all(|w| w.writing == Writing::Syllabic);
    let same = alignment.pairs.iter().filter(|p| p.how == How::Same);
    if syllables < 4 || !unspaced {
        return 0.0;
    }
    same.count() as f64 / syllables as f64
}

/// One word, of a person, that many bear.
fn is_common_single(alignment: &Alignment, kind: PartyKind, bits: f64) -> bool {
    let content = alignment
        .listed
        .iter()
        .filter(|w| w.class != TokenClass::Particle);
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

/// A missing place is an omission like any other; two places are two companies.
fn place_factor(places: PartAgreement) -> f64 {
    match places {
        PartAgreement::Differ => PLACE_DIFFERS,
        _ => 1.0,
    }
}

/// One typing error happens; several in one name are rather another name.
fn typo_factor(query: &QueryName, alignment: &Alignment) -> f64 {
    let typos = alignment.pairs.iter().filter(|p| p.how == How::Typo);
    let short = typos
        .clone()
        .filter(|p| query.words[p.query].text.len() < 6)
        .count();
    let long = typos.count() - short;
    let further_short = short.saturating_sub(1) as i32;
    let further_long = if short > 0 {
        long
    } else {
        long.saturating_sub(1)
    } as i32;
    FURTHER_SHORT_TYPO.powi(further_short) * FURTHER_TYPO.powi(further_long)
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
