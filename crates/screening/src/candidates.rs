//! Which listed names could reach the threshold?
//!
//! Each word of the query is matched once against the dictionary of distinct
//! words; names are then gathered from the postings of the rarest words that
//! any name must share to reach the threshold.

use crate::index::{Index, exact_hashes, joined_hash};
use crate::score::{
    KOREAN_SYLLABLE, LEAST_CONSONANTS, LEAST_TYPO, READ_DIGITS, SAME_SOUND, SYLLABLE_READING,
    unknown_weight,
};
use crate::tokens::{Writing, entry, typed_letters, typo_reach};
use portcullis_names::{
    Bearer, Prepared, Token, TokenClass, is_common_name, osa, similarity, skeleton_agreement,
    unleet,
};

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
    /// One or two typing errors.
    Typo,
    /// Written as one word on one side and as two on the other.
    Spacing,
    /// A letter that stands for the word.
    Initial,
}

/// A word of the list that a word (or two neighbouring words) of the query may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Variant {
    pub word: u32,
    /// Position of the first word of the query.
    pub at: usize,
    /// One, or more if neighbouring words were run together.
    pub span: usize,
    pub similarity: f64,
    pub how: How,
}

/// A word of the query, weighed against the list.
#[derive(Clone, Debug)]
pub(crate) struct QueryWord {
    pub text: String,
    pub writing: Writing,
    pub class: TokenClass,
    pub weight: f64,
}

/// One name of the query, matched against the dictionary.
#[derive(Clone, Debug)]
pub(crate) struct QueryName {
    pub given: String,
    /// Whether it is only a part of what was given (`A c/o B`).
    pub part: bool,
    /// As whose name it was taken apart; names of other bearers do not compare.
    pub bearers: Vec<Bearer>,
    pub prepared: Prepared,
    pub words: Vec<QueryWord>,
    /// Sorted by word of the list.
    pub variants: Vec<Variant>,
}

/// A listed name that is to be scored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Candidate {
    pub name: u32,
    /// The whole name is the same.
    pub exact: bool,
    /// The same but for spaces and spelling.
    pub joined: bool,
}

impl QueryName {
    /// `None` for a name without letters or digits.
    pub(crate) fn new(
        index: &Index,
        given: &str,
        prepared: Prepared,
        bearer: Bearer,
    ) -> Option<QueryName> {
        if prepared.tokens.is_empty() {
            return None;
        }
        let mut variants = Vec::new();
        for at in 0..prepared.tokens.len() {
            word_variants(index, &prepared, at, &mut variants);
            spacing_variants(index, &prepared, at, &mut variants);
        }
        keep_best(&mut variants);
        let words = (0..prepared.tokens.len())
            .map(|at| weighed(index, &prepared, at, &variants))
            .collect();
        Some(QueryName {
            given: given.to_owned(),
            part: false,
            bearers: vec![bearer],
            prepared,
            words,
            variants,
        })
    }

    /// What the query has for a word of the list.
    pub(crate) fn variants_of(&self, word: u32) -> &[Variant] {
        let start = self.variants.partition_point(|v| v.word < word);
        let rest = &self.variants[start..];
        let len = rest.iter().take_while(|v| v.word == word).count();
        &rest[..len]
    }

    /// Listed names that could score at least `floor`, sorted, once each.
    pub(crate) fn candidates(&self, index: &Index, floor: f64) -> Vec<Candidate> {
        let mut names: Vec<u32> = Vec::new();
        let dropped = self.words_without_need(index, floor);
        for variant in &self.variants {
            let range = variant.at..variant.at + variant.span;
            if range.clone().any(|at| !dropped[at]) {
                names.extend_from_slice(index.postings(variant.word));
            }
        }
        let exact: Vec<u32> = exact_hashes(&self.prepared)
            .flat_map(|h| index.exact.get(h))
            .collect();
        let joined = self.joined_names(index);
        names.extend(exact.iter().chain(&joined));
        names.sort_unstable();
        names.dedup();
        let candidate = |name: u32| Candidate {
            name,
            exact: exact.contains(&name),
            joined: joined.contains(&name),
        };
        names.into_iter().map(candidate).collect()
    }

    fn joined_names(&self, index: &Index) -> Vec<u32> {
        let hash = joined_hash(&self.prepared.joined);
        hash.into_iter().flat_map(|h| index.joined.get(h)).collect()
    }

    /// Marks the words that occur most often, as long as a name that shares
    /// only marked words cannot reach the floor.
    fn words_without_need(&self, index: &Index, floor: f64) -> Vec<bool> {
        let total: f64 = self.words.iter().map(|w| w.weight).sum();
        let allowed = total * crate::score::least_share_needed(floor);
        let mut cost: Vec<(usize, usize)> = (0..self.words.len()).map(|at| (0, at)).collect();
        for variant in &self.variants {
            cost[variant.at].0 += index.postings(variant.word).len();
        }
        cost.sort_by(|a, b| b.cmp(a));
        let mut dropped = vec![false; self.words.len()];
        let mut weight = 0.0;
        for (_, at) in cost {
            if weight + self.words[at].weight < allowed {
                weight += self.words[at].weight;
                dropped[at] = true;
            }
        }
        dropped
    }
}

/// Every word of the list that one word of the query may be.
fn word_variants(index: &Index, name: &Prepared, at: usize, out: &mut Vec<Variant>) {
    let token = &name.tokens[at];
    let (text, writing) = entry(token);
    let dictionary = &index.dictionary;
    let mut add = |word: u32, similarity: f64, how: How| {
        out.push(Variant {
            word,
            at,
            span: 1,
            similarity,
            how,
        });
    };
    let known = dictionary.find(text, writing);
    if let Some(word) = known {
        add(word, 1.0, How::Same);
    }
    if matches!(token.class, TokenClass::Number | TokenClass::Initial) {
        return;
    }
    match writing {
        Writing::Plain => {
            for word in dictionary.alike(text) {
                if is_respelling(text, &dictionary.word(word).text) {
                    add(word, SAME_SOUND, How::Spelling);
                }
            }
            if let Some(word) = dictionary.find(text, Writing::Syllabic) {
                add(word, SYLLABLE_READING, How::Syllable);
            }
            for word in dictionary.same_syllable(text, Writing::Korean) {
                add(word, KOREAN_SYLLABLE, How::Syllable);
            }
            for reading in unleet(text) {
                for word in dictionary.alike(&reading) {
                    add(word, READ_DIGITS, How::Digits);
                }
            }
        }
        Writing::Syllabic => {
            if let Some(word) = dictionary.find(text, Writing::Plain) {
                add(word, SYLLABLE_READING, How::Syllable);
            }
        }
        Writing::Korean => {
            for word in dictionary.same_syllable(text, Writing::Plain) {
                add(word, KOREAN_SYLLABLE, How::Syllable);
            }
        }
        Writing::Consonantal => {}
    }
    consonant_variants(index, text, writing, &mut add);
    if token.class != TokenClass::Particle {
        typo_variants(index, token, known, &mut add);
    }
}

/// Words of one sound that also look alike: the key alone is too loose for
/// short words (*Maria*, *Miera*).
fn is_respelling(text: &str, listed: &str) -> bool {
    let (a, b) = (plain_letters(text), plain_letters(listed));
    let reach = match a.len() + b.len() {
        0..=10 => 1,
        11..=12 => 2,
        _ => 3,
    };
    osa(&a, &b, reach).is_some()
}

/// A word without what romanisations only write differently: doubled letters,
/// long vowels, and glides at its ends (*Iurii*, *Yuriy*).
fn plain_letters(word: &str) -> String {
    let start = word
        .strip_prefix(['i', 'j'])
        .filter(|rest| rest.starts_with(['a', 'e', 'o', 'u']));
    let word = start.map_or(word.to_owned(), |rest| format!("y{rest}"));
    let mut out = word
        .replace("ou", "u")
        .replace("oo", "u")
        .replace("ee", "i");
    for ending in ["iy", "ii", "ij", "yy", "y"] {
        if let Some(stem) = out.strip_suffix(ending)
            && stem.len() >= 2
        {
            out = format!("{stem}i");
            break;
        }
    }
    let mut last = ' ';
    out.retain(|c| std::mem::replace(&mut last, c) != c);
    out
}

/// Between a script without vowels and one with them.
fn consonant_variants(
    index: &Index,
    text: &str,
    writing: Writing,
    add: &mut dyn FnMut(u32, f64, How),
) {
    let other = match writing {
        Writing::Plain => Writing::Consonantal,
        Writing::Consonantal => Writing::Plain,
        _ => return,
    };
    for word in index.dictionary.same_consonants(text, other) {
        let listed = index.dictionary.word(word).text.as_str();
        let agreement = match writing {
            Writing::Consonantal => skeleton_agreement(text, listed),
            _ => skeleton_agreement(listed, text),
        };
        if let Some(agreement) = agreement
            && agreement.similarity >= LEAST_CONSONANTS
        {
            add(word, agreement.similarity, How::Consonants);
        }
    }
}

fn typo_variants(
    index: &Index,
    token: &Token,
    known: Option<u32>,
    add: &mut dyn FnMut(u32, f64, How),
) {
    let (text, writing) = entry(token);
    let class = token.class;
    let typed = typed_letters(text, writing);
    let reach = typo_reach(typed.len());
    // A short word that is a name of its own is not a typing error of another.
    let borne = known.is_some_and(|w| index.dictionary.word(w).entities >= 3);
    let short_and_known = match text.len() {
        0..=3 => known.is_some() || is_common_name(text),
        4 => borne || is_common_name(text),
        _ => false,
    } || class == TokenClass::Place;
    if reach == 0 || short_and_known || matches!(writing, Writing::Syllabic | Writing::Korean) {
        return;
    }
    // A word that is itself common on the list is less likely a typing error.
    let doubt = if borne { 0.06 } else { 0.0 };
    for word in index.dictionary.maybe_typos(text, writing) {
        let listed = index.dictionary.word(word).text.as_str();
        if listed.len() < 4 || listed.bytes().all(|b| b.is_ascii_digit()) {
            continue;
        }
        let listed = typed_letters(listed, writing);
        if osa(&typed, &listed, reach).is_some_and(|edits| edits > 0) {
            let similarity = similarity(&typed, &listed) - doubt;
            if similarity >= LEAST_TYPO {
                add(word, similarity, How::Typo);
            }
        }
    }
}

/// Neighbouring words of the query that are one word on the list.
fn spacing_variants(index: &Index, name: &Prepared, at: usize, out: &mut Vec<Variant>) {
    let mut run = name.tokens[at].latin.clone();
    let syllabic = Writing::of(name.tokens[at].script) != Writing::Plain;
    let longest = if syllabic { 3 } else { 2 };
    for span in 2..=longest {
        let Some(next) = name.tokens.get(at + span - 1) else {
            return;
        };
        run.push_str(&next.latin);
        if run.len() < 4 {
            continue;
        }
        let same = index.dictionary.find(&run, Writing::Plain);
        let is_near = |w: &u32| is_respelling(&run, &index.dictionary.word(*w).text);
        let alike = index.dictionary.alike(&run).filter(|_| run.len() >= 6);
        let alike = alike.filter(is_near);
        for word in same.into_iter().chain(alike) {
            out.push(Variant {
                word,
                at,
                span,
                similarity: SYLLABLE_READING,
                how: How::Spacing,
            });
        }
    }
}

/// One variant a word of the list and position: the most similar.
fn keep_best(variants: &mut Vec<Variant>) {
    variants.sort_by(|a, b| {
        let place = (a.word, a.at, a.span).cmp(&(b.word, b.at, b.span));
        let best = b.similarity.total_cmp(&a.similarity);
        place.then(best).then(a.how.cmp(&b.how))
    });
    variants.dedup_by_key(|v| (v.word, v.at, v.span));
}

/// A word the list has weighs as it does there; a word that may be a word of
/// the list weighs as the heaviest of those; any other as an unknown one.
fn weighed(index: &Index, name: &Prepared, at: usize, variants: &[Variant]) -> QueryWord {
    let token = &name.tokens[at];
    let (text, writing) = entry(token);
    let mine = variants.iter().filter(|v| v.at == at && v.span == 1);
    let same = mine.clone().find(|v| v.how == How::Same);
    let alike = mine.clone().filter(|v| v.how <= How::Consonants);
    let weights = match same {
        Some(variant) => vec![index.weight_of(variant.word, token.class)],
        None => alike
            .map(|v| index.weight_of(v.word, token.class))
            .collect(),
    };
    let weight = weights.into_iter().fold(f64::NAN, f64::max);
    QueryWord {
        text: text.to_owned(),
        writing,
        class: token.class,
        weight: if weight.is_nan() {
            unknown_weight(text, writing, token.class, index.len())
        } else {
            weight
        },
    }
}
