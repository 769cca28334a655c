//! Whether a description is too vague to classify, and what to add to it.

use super::goods_words::GoodsWords;
use super::lexical::Lexical;
use super::text::{grams, hash};

/// What tells vague from telling; each is a share or a small number.
pub(super) const SIGNS: usize = 12;
/// The signs of one description.
pub(super) type Signs = [f32; SIGNS];

/// Weights of the signs, the last for none of them. Learned together with
/// [`TABLE`] from half of the UK's vague terms against half of its official
/// index terms and phrases of the nomenclature (2026-11-22).
pub(super) const WEIGHTS: [f32; SIGNS + 1] = [
    -2.104, -3.229, -0.029, -0.406, -0.975, 2.246, 1.665, 3.296, 5.316, 6.071, -0.012, 0.121,
    -1.806,
];

/// Weights of words, pairs of words and pieces of words, by the low bits of
/// their hash: what names of brands, colours and sizes look like, and what
/// names of goods do. One signed byte each, in steps of [`STEP`].
const TABLE: &[u8; 8192] = include_bytes!("../../data/vague.bin");
const STEP: f32 = 0.098_979_3;

/// What the table says of the words.
fn looks(words: &[String]) -> f32 {
    let mut places: Vec<usize> = Vec::new();
    let mut add = |hash: u64| places.push(hash as usize % TABLE.len());
    for word in words {
        add(hash(b'w', word.as_bytes()));
    }
    for pair in words.windows(2) {
        add(hash(b'p', pair.join(" ").as_bytes()));
    }
    grams(words).into_iter().for_each(&mut add);
    places.sort_unstable();
    places.dedup();
    let weight = |place: &usize| {
        TABLE
            .get(*place)
            .map_or(0.0, |b| f32::from(b.cast_signed()))
    };
    let sum: f32 = places.iter().map(weight).sum();
    sum * STEP / (places.len().max(1) as f32).sqrt()
}

/// What is known of a description where it is judged.
pub(super) struct Seen<'a> {
    pub(super) text: &'a str,
    pub(super) words: &'a [String],
    /// Best share of the words that one subheading, and one heading, answers for.
    pub(super) leaf_cover: f32,
    pub(super) heading_cover: f32,
    /// Likeness of the nearest decision.
    pub(super) nearest: f32,
}

/// The signs, in the order of [`WEIGHTS`].
pub(super) fn signs(seen: &Seen<'_>, lexical: &Lexical, words: &GoodsWords) -> Signs {
    let all = seen.words.len().max(1) as f32;
    let count =
        |test: &dyn Fn(&String) -> bool| seen.words.iter().filter(|w| test(w)).count() as f32;
    let says = |w: &String| !words.is_generic(w) && !words.is_look(w);
    let spread = |w: &String| lexical.spread(w);
    let known = count(&|w| spread(w).is_some()) / all;
    let telling = count(&|w| says(w) && spread(w).is_some()) / all;
    // Half the headings of one word is nothing; one heading is everything.
    let sharpness = |w: &String| spread(w).map_or(0.0, |n| 1.0 / (1.0 + (n as f32).ln()));
    let sharpest = seen
        .words
        .iter()
        .filter(|w| says(w))
        .map(sharpness)
        .fold(0.0, f32::max);
    let last = seen
        .words
        .last()
        .map_or(0.0, |w| f32::from(u8::from(says(w) && spread(w).is_some())));
    let first = seen
        .words
        .first()
        .map_or(0.0, |w| f32::from(u8::from(says(w) && spread(w).is_some())));
    let letters = seen.text.chars().filter(|c| c.is_alphabetic()).count() as f32;
    let odd = 1.0
        - letters
            / seen
                .text
                .chars()
                .filter(|c| !c.is_whitespace())
                .count()
                .max(1) as f32;
    [
        known,
        telling,
        sharpest,
        seen.leaf_cover.min(1.0),
        seen.heading_cover.min(1.0),
        (1.0 + all).ln(),
        f32::from(u8::from(seen.words.len() <= 1)),
        count(&|w| words.is_generic(w)) / all,
        count(&|w| words.is_look(w)) / all,
        odd,
        last,
        first,
    ]
}

/// Above 0 the description is too vague. A decision on the very same words
/// shows that somebody could classify them.
pub(super) fn score(weights: &[f32], signs: &Signs) -> f32 {
    let last = weights.last().copied().unwrap_or(0.0);
    weights.iter().zip(signs).map(|(w, s)| w * s).sum::<f32>() + last
}

/// Likeness of a decision that is about the same words.
const SAME: f32 = 0.9;

/// Whether the description is too vague to classify.
pub(super) fn is_vague(seen: &Seen<'_>, lexical: &Lexical, words: &GoodsWords) -> bool {
    let says_nothing = seen
        .words
        .iter()
        .all(|w| words.is_generic(w) || words.is_look(w));
    if says_nothing {
        return true;
    }
    let score = score(&WEIGHTS, &signs(seen, lexical, words)) + looks(seen.words);
    seen.nearest < SAME && score > 0.0
}

/// What to add, in plain words.
pub(super) fn missing(words: &[String], goods: &GoodsWords, named: (bool, bool)) -> Vec<String> {
    let mut missing = vec!["what the goods are and what they are used for"];
    if !words.iter().any(|w| goods.is_material(w)) {
        missing.push("what they are made of");
    }
    missing.push("their form or state (complete article, part of what, raw, assembled, put up for retail sale)");
    match named {
        (false, false) => missing.push("maker and part number"),
        (true, false) => missing.push("part number"),
        (false, true) => missing.push("maker"),
        (true, true) => {}
    }
    missing.into_iter().map(str::to_owned).collect()
}
