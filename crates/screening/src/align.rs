//! Which word of the query is which word of a listed name?

use crate::candidates::{How, QueryName, QueryWord};
use crate::index::{Index, NameRow};
use crate::score::{INITIAL_LETTER, LEAST_NAME_BITS, LEAST_TYPO, SYLLABLE_READING};
use crate::tokens::{Writing, class_share, typed_letters};
use portcullis_domain::PartyKind;
use portcullis_names::{TokenClass, osa};

/// A word of the query with its word on the list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair {
    pub query: usize,
    pub query_span: usize,
    pub listed: usize,
    pub listed_span: usize,
    pub similarity: f64,
    pub how: How,
    /// Mean weight of both sides.
    pub weight: f64,
    /// Rarity of what is shared.
    pub bits: f64,
    /// Most that can be shared in this way.
    pub most_bits: f64,
}

/// A word of the listed name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ListedWord {
    pub word: u32,
    pub class: TokenClass,
    pub weight: f64,
}

/// The words of two names laid side by side. Kept and reused between names.
#[derive(Clone, Debug, Default)]
pub(crate) struct Alignment {
    pub pairs: Vec<Pair>,
    pub listed: Vec<ListedWord>,
    pub query_used: Vec<bool>,
    pub listed_used: Vec<bool>,
    edges: Vec<Pair>,
}

impl Alignment {
    /// Pairs words greedily, most similar and heaviest first; each word once.
    pub(crate) fn align(&mut self, index: &Index, query: &QueryName, name: &NameRow) {
        self.listed.clear();
        self.listed
            .extend(index.words_of(name).map(|(word, class)| ListedWord {
                word,
                class,
                weight: index.weight_of(word, class),
            }));
        self.query_used.clear();
        self.query_used.resize(query.words.len(), false);
        self.listed_used.clear();
        self.listed_used.resize(self.listed.len(), false);
        self.pairs.clear();
        self.collect_edges(index, query);
        let edges = std::mem::take(&mut self.edges);
        for edge in &edges {
            self.take(*edge);
        }
        self.edges = edges;
        if self.has_open_words() {
            self.pair_initials(index, query);
            self.pair_spacing(index, query);
        }
        let kind = index.entities[name.entity as usize].party.kind;
        if kind == PartyKind::Person && self.has_open_words() {
            self.pair_slip(index, query);
        }
    }

    fn collect_edges(&mut self, index: &Index, query: &QueryName) {
        self.edges.clear();
        for (at, listed) in self.listed.iter().enumerate() {
            for variant in query.variants_of(listed.word) {
                let range = variant.at..variant.at + variant.span;
                let query_weight: f64 = query.words[range].iter().map(|w| w.weight).sum();
                let word = index.dictionary.word(listed.word);
                let most_bits = match variant.how {
                    How::Consonants => BITS_PER_CONSONANT * consonants(&word.text),
                    _ => 14.0,
                };
                let bits = f64::from(word.bits) * class_share(listed.class);
                self.edges.push(Pair {
                    query: variant.at,
                    query_span: variant.span,
                    listed: at,
                    listed_span: 1,
                    similarity: variant.similarity,
                    how: variant.how,
                    weight: if variant.span == 1 {
                        (query_weight + listed.weight) / 2.0
                    } else {
                        listed.weight
                    },
                    bits: (bits * shared_rarity(variant.similarity)).min(most_bits),
                    most_bits,
                });
            }
        }
        self.edges.sort_by(|a, b| {
            let best = (b.similarity, b.weight);
            let best = best
                .0
                .total_cmp(&a.similarity)
                .then(best.1.total_cmp(&a.weight));
            best.then((a.query, a.listed).cmp(&(b.query, b.listed)))
        });
    }

    /// Takes a pair if all its words are still free.
    fn take(&mut self, pair: Pair) {
        let query = pair.query..pair.query + pair.query_span;
        let listed = pair.listed..pair.listed + pair.listed_span;
        let taken = self.query_used[query.clone()].iter().any(|u| *u)
            || self.listed_used[listed.clone()].iter().any(|u| *u);
        if !taken {
            self.query_used[query].fill(true);
            self.listed_used[listed].fill(true);
            self.pairs.push(pair);
        }
    }

    fn has_open_words(&self) -> bool {
        self.query_used.iter().any(|u| !u) && self.listed_used.iter().any(|u| !u)
    }

    /// A single letter stands for a word that begins with it.
    fn pair_initials(&mut self, index: &Index, query: &QueryName) {
        for q in 0..query.words.len() {
            for l in 0..self.listed.len() {
                let word = &query.words[q];
                let listed = self.listed[l];
                let text = index.dictionary.word(listed.word).text.as_str();
                let one_is_letter =
                    (word.class == TokenClass::Initial) != (listed.class == TokenClass::Initial);
                let plain = word.writing == Writing::Plain;
                if one_is_letter && plain && text.bytes().next() == word.text.bytes().next() {
                    self.take(Pair {
                        query: q,
                        query_span: 1,
                        listed: l,
                        listed_span: 1,
                        similarity: INITIAL_LETTER,
                        how: How::Initial,
                        weight: word.weight.max(listed.weight),
                        bits: 2.0,
                        most_bits: 2.0,
                    });
                }
            }
        }
    }

    /// In the name of a person of which everything else agrees, one short word
    /// may be a typing error of the one that is left.
    fn pair_slip(&mut self, index: &Index, query: &QueryName) {
        let others: f64 = self.pairs.iter().map(|p| p.bits).sum();
        let alike = self.pairs.iter().all(|p| p.similarity >= LEAST_BESIDE_SLIP);
        if self.pairs.len() < 2 || !alike || others < LEAST_NAME_BITS {
            return;
        }
        let open_query = only_open(&self.query_used, |at| query.words[at].class);
        let open_listed = only_open(&self.listed_used, |at| self.listed[at].class);
        let (Some(q), Some(l)) = (open_query, open_listed) else {
            return;
        };
        let (asked, listed) = (&query.words[q], self.listed[l]);
        let word = index.dictionary.word(listed.word);
        if asked.writing != word.writing || is_borne(index, asked) {
            return;
        }
        let typed = typed_letters(&asked.text, asked.writing);
        let wanted = typed_letters(&word.text, word.writing);
        if osa(&typed, &wanted, 1).is_some() {
            self.take(Pair {
                query: q,
                query_span: 1,
                listed: l,
                listed_span: 1,
                similarity: LEAST_TYPO,
                how: How::Typo,
                weight: asked.weight.min(listed.weight),
                bits: f64::from(word.bits) * shared_rarity(LEAST_TYPO),
                most_bits: 14.0,
            });
        }
    }

    /// Two neighbouring words of the list that are one word of the query.
    fn pair_spacing(&mut self, index: &Index, query: &QueryName) {
        for l in 0..self.listed.len().saturating_sub(1) {
            let (first, second) = (self.listed[l], self.listed[l + 1]);
            let mut run = index.dictionary.word(first.word).text.clone();
            run.push_str(&index.dictionary.word(second.word).text);
            let found = query.words.iter().position(|w| w.text == run);
            if let Some(q) = found {
                let bits = f64::from(index.dictionary.word(first.word).bits)
                    + f64::from(index.dictionary.word(second.word).bits);
                self.take(Pair {
                    query: q,
                    query_span: 1,
                    listed: l,
                    listed_span: 2,
                    similarity: SYLLABLE_READING,
                    how: How::Spacing,
                    weight: first.weight + second.weight,
                    bits: (bits * SYLLABLE_READING).min(14.0),
                    most_bits: 14.0,
                });
            }
        }
    }
}

/// The one word without a partner, if there is one; particles only if nothing
/// else is left. Numbers and single Latin letters are never typing errors.
fn only_open(used: &[bool], class: impl Fn(usize) -> TokenClass) -> Option<usize> {
    let open = || (0..used.len()).filter(|at| !used[*at]);
    let mut words = open().filter(|at| class(*at) != TokenClass::Particle);
    let found = match (words.next(), words.next()) {
        (Some(only), None) => Some(only),
        (None, None) => open().next().filter(|_| open().count() == 1),
        _ => None,
    };
    found.filter(|at| class(*at) != TokenClass::Number)
}

/// Whether a word is a name of its own: several listed persons bear it.
fn is_borne(index: &Index, word: &QueryWord) -> bool {
    let known = index.dictionary.find(&word.text, word.writing);
    let borne = known.is_some_and(|w| index.dictionary.word(w).entities >= 3);
    let letter = word.writing == Writing::Plain && word.class == TokenClass::Initial;
    letter || (borne && word.class != TokenClass::Particle)
}

/// How many consonants were written in a word.
fn consonants(text: &str) -> f64 {
    let mut last = b' ';
    let mut count = 0;
    for byte in text.bytes() {
        let digraph =
            byte == b'h' && matches!(last, b'k' | b'g' | b's' | b't' | b'd' | b'c' | b'z');
        if !matches!(byte, b'a' | b'e' | b'i' | b'o' | b'u' | b'w' | b'y') && !digraph {
            count += 1;
        }
        last = byte;
    }
    f64::from(count)
}

/// What one consonant says at most where vowels are not written.
const BITS_PER_CONSONANT: f64 = 3.0;
/// Everything beside a typing error in a short word must be this alike.
const LEAST_BESIDE_SLIP: f64 = 0.9;

/// How much of a word's rarity is shared when the words are only similar: a
/// loose agreement could be with any of several words.
fn shared_rarity(similarity: f64) -> f64 {
    if similarity >= 1.0 {
        1.0
    } else {
        (1.0 - 1.5 * (1.0 - similarity)).max(0.3)
    }
}
