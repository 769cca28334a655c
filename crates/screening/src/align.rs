//! Which word of the query is which word of a listed name?

use crate::score::LEAST_NAME_BITS;
use crate::tokens::{Writing, class_share, typed_letters};
use crate::word::{
    CUT_OFF, How, INITIAL_LETTER, LEAST_TYPO, SYLLABLE_READING, Word, alike, bits_of_agreement,
    is_cut, is_derived, is_respelling, letter_bits, nearly_reads, residual,
};
use portcullis_names::{TokenClass, key, osa};

/// Words of the query with their words on the list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pair {
    pub query: usize,
    pub query_span: usize,
    pub listed: usize,
    pub listed_span: usize,
    pub similarity: f64,
    pub how: How,
    /// Mean weight of both sides.
    pub weight: f64,
    /// Rarity of what is shared among names at large, in bits.
    pub at_large: f64,
    /// Rarity of what is shared in the list, in bits.
    pub in_list: f64,
    /// Most bits that can be shared in this way.
    pub most_bits: f64,
}

/// Two words that stand in each other's place and are not the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Clash {
    pub query: usize,
    pub listed: usize,
    /// How alike they are nevertheless, 0 to 1.
    pub residual: f64,
}

/// A possible pair, before it is decided which ones are taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Edge {
    /// Position of the first word of the query, and how many words.
    pub query: usize,
    pub query_span: usize,
    /// Position of the word of the listed name.
    pub listed: usize,
    pub similarity: f64,
    pub how: How,
}

/// Every pair of words that agree, found by comparing each with each. An index
/// finds the same edges through its dictionary.
pub(crate) fn edges_between(query: &[Word], listed: &[Word], out: &mut Vec<Edge>) {
    out.clear();
    let mut run = String::new();
    for at in 0..query.len() {
        for (l, word) in listed.iter().enumerate() {
            if let Some((similarity, how)) = alike(&query[at], word) {
                out.push(Edge {
                    query: at,
                    query_span: 1,
                    listed: l,
                    similarity,
                    how,
                });
            }
        }
        run.clear();
        run.push_str(query[at].text);
        for span in 2..=longest_run(&query[at]) {
            let Some(next) = query.get(at + span - 1) else {
                break;
            };
            run.push_str(next.text);
            for (l, word) in listed.iter().enumerate() {
                if is_run(&run, word) {
                    out.push(Edge {
                        query: at,
                        query_span: span,
                        listed: l,
                        similarity: SYLLABLE_READING,
                        how: How::Spacing,
                    });
                }
            }
        }
    }
}

/// How many neighbouring words are tried as one.
pub(crate) fn longest_run(first: &Word) -> usize {
    if first.writing == Writing::Plain {
        2
    } else {
        3
    }
}

/// Fewer letters run together say nothing.
pub(crate) const LEAST_RUN: usize = 4;

/// Whether words run together are one word of a list.
pub(crate) fn is_run(run: &str, listed: &Word) -> bool {
    if run.len() < LEAST_RUN || listed.writing != Writing::Plain {
        return false;
    }
    run == listed.text
        || (run.len() >= 6
            && run.len().abs_diff(listed.text.len()) <= 5
            && key(run) == key(listed.text)
            && is_respelling(run, listed.text))
}

/// Whether a possible pair holds in these names: syllables that are one Latin
/// word must be its very letters (李阳 may be *Liyang*, 张慧 is not *Chango*).
fn is_sound(edge: &Edge, query: &[Word], listed: &[Word]) -> bool {
    let asked = &query[edge.query..edge.query + edge.query_span];
    let syllables = asked.iter().any(|w| w.writing != Writing::Plain);
    if edge.how != How::Spacing || !syllables {
        return true;
    }
    let run: String = asked.iter().map(|w| w.text).collect();
    run == listed[edge.listed].text
}

/// The words of two names laid side by side. Kept and reused between names.
#[derive(Clone, Debug, Default)]
pub(crate) struct Alignment {
    pub pairs: Vec<Pair>,
    /// Words that stand against each other, once all pairs are taken.
    pub clashes: Vec<Clash>,
    pub query_used: Vec<bool>,
    pub listed_used: Vec<bool>,
    candidates: Vec<Pair>,
}

impl Alignment {
    /// Pairs words greedily, most similar and heaviest first; each word once.
    pub(crate) fn align(&mut self, query: &[Word], listed: &[Word], edges: &[Edge], person: bool) {
        self.query_used.clear();
        self.query_used.resize(query.len(), false);
        self.listed_used.clear();
        self.listed_used.resize(listed.len(), false);
        self.pairs.clear();
        self.clashes.clear();
        self.collect(query, listed, edges);
        let candidates = std::mem::take(&mut self.candidates);
        for pair in &candidates {
            self.take(*pair);
        }
        self.candidates = candidates;
        if self.has_open_words() {
            self.pair_initials(query, listed);
            self.pair_spacing(query, listed);
        }
        if self.has_open_words() {
            self.pair_slip(query, listed, person);
        }
        if !person && self.pairs.is_empty() {
            self.pair_acronym(query, listed);
        }
        if self.has_open_words() {
            self.find_clashes(query, listed);
        }
    }

    fn collect(&mut self, query: &[Word], listed: &[Word], edges: &[Edge]) {
        self.candidates.clear();
        let edges = edges.iter().filter(|e| is_sound(e, query, listed));
        self.candidates.extend(edges.map(|edge| {
            let asked = &query[edge.query..edge.query + edge.query_span];
            let word = &listed[edge.listed];
            let weight: f64 = asked.iter().map(|w| w.weight).sum();
            let most_bits = match edge.how {
                How::Syllable => BITS_PER_SYLLABLE,
                _ => 14.0,
            };
            let at_large = match asked {
                [one] => bits_of_agreement(one, word, edge.how),
                _ => word.at_large,
            };
            let shared = |bits: f64| {
                (bits * class_share(word.class) * shared_rarity(edge.similarity)).min(most_bits)
            };
            Pair {
                query: edge.query,
                query_span: edge.query_span,
                listed: edge.listed,
                listed_span: 1,
                similarity: edge.similarity,
                how: edge.how,
                weight: if edge.query_span == 1 {
                    (weight + word.weight) / 2.0
                } else {
                    word.weight
                },
                at_large: shared(at_large),
                in_list: shared(word.in_list) + LETTERS * letter_bits(word.text),
                most_bits,
            }
        }));
        self.candidates.sort_by(|a, b| {
            let similarity = b.similarity.total_cmp(&a.similarity);
            let best = similarity.then(b.weight.total_cmp(&a.weight));
            // Words in the same place first, where nothing else decides.
            let apart = |p: &Pair| p.query.abs_diff(p.listed);
            best.then(apart(a).cmp(&apart(b)))
                .then((a.query, a.listed).cmp(&(b.query, b.listed)))
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
    fn pair_initials(&mut self, query: &[Word], listed: &[Word]) {
        for (q, asked) in query.iter().enumerate() {
            for (l, word) in listed.iter().enumerate() {
                let one_is_letter =
                    (asked.class == TokenClass::Initial) != (word.class == TokenClass::Initial);
                let plain = asked.writing == Writing::Plain && word.writing == Writing::Plain;
                let plain = plain && asked.class != TokenClass::Particle;
                if one_is_letter && plain && word.text.bytes().next() == asked.text.bytes().next() {
                    self.take(Pair {
                        query: q,
                        query_span: 1,
                        listed: l,
                        listed_span: 1,
                        similarity: INITIAL_LETTER,
                        how: How::Initial,
                        weight: asked.weight.max(word.weight),
                        at_large: 2.0,
                        in_list: 2.0,
                        most_bits: 2.0,
                    });
                }
            }
        }
    }

    /// In a name of which everything else agrees, the last word may have been
    /// cut off; in that of a person, one short word may be a typing error of
    /// the one that is left.
    fn pair_slip(&mut self, query: &[Word], listed: &[Word], person: bool) {
        let others: f64 = self.pairs.iter().map(|p| p.at_large).sum();
        let close = self.pairs.iter().all(|p| p.similarity >= LEAST_BESIDE_SLIP);
        if self.pairs.is_empty() || !close || others < LEAST_NAME_BITS {
            return;
        }
        let open_query = only_open(&self.query_used, query);
        let open_listed = only_open(&self.listed_used, listed);
        let (Some(q), Some(l)) = (open_query, open_listed) else {
            return;
        };
        let (asked, word) = (&query[q], &listed[l]);
        let query_cut = q + 1 == query.len() && is_cut(asked, word);
        let listed_cut = l + 1 == listed.len() && is_cut(word, asked) && !is_derived(word, asked);
        if query_cut || listed_cut {
            self.take_slip(q, l, asked, word, CUT_OFF, How::CutOff);
            return;
        }
        if person && others >= LEAST_BESIDE_READING && nearly_reads(asked, word) {
            self.take_slip(q, l, asked, word, UNSURE_READING, How::Typo);
            return;
        }
        let syllable = matches!(word.writing, Writing::Syllabic | Writing::Korean);
        let own = is_name_of_its_own(asked, others);
        if !person || asked.writing != word.writing || own || syllable {
            return;
        }
        let typed = typed_letters(asked.text, asked.writing);
        let wanted = typed_letters(word.text, word.writing);
        // Another first letter and one more is another name (*Kazankov*, *Sazanov*),
        // unless nobody is called so.
        let same_start = typed.as_bytes().first() == wanted.as_bytes().first();
        let long = typed.len().min(wanted.len()) >= 5;
        let latin = asked.writing == Writing::Plain;
        let reach = match long && (same_start || (latin && !asked.is_a_name())) {
            true => 2,
            false => 1,
        };
        if osa(&typed, &wanted, reach).is_some() {
            self.take_slip(q, l, asked, word, LEAST_TYPO, How::Typo);
        }
    }

    /// Takes two words that are left as one, written badly.
    fn take_slip(&mut self, q: usize, l: usize, asked: &Word, word: &Word, alike: f64, how: How) {
        let shared = |bits: f64| bits * shared_rarity(alike);
        self.take(Pair {
            query: q,
            query_span: 1,
            listed: l,
            listed_span: 1,
            similarity: alike,
            how,
            weight: asked.weight.min(word.weight),
            at_large: shared(bits_of_agreement(asked, word, how)),
            in_list: shared(word.in_list),
            most_bits: 14.0,
        });
    }

    /// Two neighbouring words of the list that are one word of the query.
    fn pair_spacing(&mut self, query: &[Word], listed: &[Word]) {
        for l in 0..listed.len().saturating_sub(1) {
            if self.listed_used[l] || self.listed_used[l + 1] {
                continue;
            }
            let (first, second) = (&listed[l], &listed[l + 1]);
            let run = [first.text, second.text].concat();
            let found = query.iter().position(|w| is_run(&run, w));
            // Two short words are often one by chance: a run of words counts
            // beside another word that agrees, or as the whole name.
            let others = query.iter().enumerate();
            let mut others =
                others.filter(|(at, w)| Some(*at) != found && w.class != TokenClass::Particle);
            if self.pairs.is_empty() && others.next().is_some() {
                continue;
            }
            if let Some(q) = found {
                let shared = |bits: f64| (bits * SYLLABLE_READING).min(14.0);
                self.take(Pair {
                    query: q,
                    query_span: 1,
                    listed: l,
                    listed_span: 2,
                    similarity: SYLLABLE_READING,
                    how: How::Spacing,
                    weight: first.weight + second.weight,
                    at_large: shared(first.at_large + second.at_large),
                    in_list: shared(first.in_list + second.in_list),
                    most_bits: 14.0,
                });
            }
        }
    }

    /// The only word of one organisation's name is made of the first letters
    /// of all words of the other's (*IRISL*).
    fn pair_acronym(&mut self, query: &[Word], listed: &[Word]) {
        let (short, long) = match (query.len(), listed.len()) {
            (1, 3..) => (&query[0], listed),
            (3.., 1) => (&listed[0], query),
            _ => return,
        };
        if !is_acronym(short.text, long) {
            return;
        }
        let weight = |words: &[Word]| words.iter().map(|w| w.weight).sum::<f64>();
        // An acronym says as much as its letters, however rare the words are.
        let bits = BITS_PER_LETTER * short.text.len() as f64;
        self.take(Pair {
            query: 0,
            query_span: query.len(),
            listed: 0,
            listed_span: listed.len(),
            similarity: ACRONYM,
            how: How::Acronym,
            weight: weight(query).max(weight(listed)),
            at_large: bits,
            in_list: bits,
            most_bits: bits,
        });
    }

    /// Lays the words that are left against each other, most alike first.
    fn find_clashes(&mut self, query: &[Word], listed: &[Word]) {
        let open = |used: &[bool], words: &[Word], at: usize| {
            !used[at] && words[at].class != TokenClass::Particle
        };
        let mut found: Vec<Clash> = Vec::new();
        for q in (0..query.len()).filter(|at| open(&self.query_used, query, *at)) {
            for l in (0..listed.len()).filter(|at| open(&self.listed_used, listed, *at)) {
                found.push(Clash {
                    query: q,
                    listed: l,
                    residual: residual(&query[q], &listed[l]),
                });
            }
        }
        let weight = |c: &Clash| query[c.query].weight.min(listed[c.listed].weight);
        found.sort_by(|a, b| {
            let alike = b.residual.total_cmp(&a.residual);
            alike
                .then(weight(b).total_cmp(&weight(a)))
                .then((a.query, a.listed).cmp(&(b.query, b.listed)))
        });
        for clash in found {
            let taken = |c: &Clash| c.query == clash.query || c.listed == clash.listed;
            if !self.clashes.iter().any(taken) {
                self.clashes.push(clash);
            }
        }
    }
}

/// Whether syllables agree that stand in another order: 송창남 is not *Sung Nam
/// Jang*. The family name may move from the first place to the last.
pub(crate) fn is_scrambled(query: &[Word], listed: &[Word], pairs: &[Pair]) -> bool {
    let syllable = |w: &Word| matches!(w.writing, Writing::Syllabic | Writing::Korean);
    if !query.iter().all(syllable) && !listed.iter().all(syllable) {
        return false;
    }
    let mut places: Vec<(usize, usize)> = pairs.iter().map(|p| (p.query, p.listed)).collect();
    places.sort_unstable();
    let falls = places.windows(2).filter(|w| w[1].1 < w[0].1).count();
    let turned = match (places.first(), places.last()) {
        (Some(first), Some(last)) => last.1 < first.1,
        _ => false,
    };
    falls > 1 || (falls == 1 && !turned)
}

/// Whether a word is made of the first letters of a name's words, with or
/// without its particles.
fn is_acronym(short: &str, long: &[Word]) -> bool {
    acronyms(long).any(|letters| letters == short)
}

/// The first letters of a name's words, with and without its particles, where
/// they may be an acronym: three letters stand for too much.
pub(crate) fn acronyms(long: &[Word]) -> impl Iterator<Item = String> + use<> {
    let plain = |w: &Word| w.writing == Writing::Plain;
    let fits = long.len() >= 3 && long.iter().all(plain);
    let letters = |keep: &dyn Fn(&&Word) -> bool| -> String {
        let words = long.iter().filter(keep);
        words.filter_map(|w| w.text.chars().next()).collect()
    };
    let telling = fits.then(|| letters(&|w| w.class != TokenClass::Particle));
    // *And* and *of* do not make three letters more telling.
    let enough = telling.as_ref().is_some_and(|t| t.len() >= LEAST_ACRONYM);
    let all = enough.then(|| letters(&|_| true));
    let telling = telling.filter(|t| all.as_ref() != Some(t));
    let found = all.into_iter().chain(telling);
    found.filter(|letters| (LEAST_ACRONYM..=8).contains(&letters.len()))
}

/// Fewer letters than this stand for too many names.
const LEAST_ACRONYM: usize = 4;
/// Similarity of a name to its acronym.
const ACRONYM: f64 = 0.85;
/// What one syllable of a Chinese or Korean name says at most, in bits: there
/// are a few hundred of them.
const BITS_PER_SYLLABLE: f64 = 6.0;
/// What one letter of an acronym says, in bits: first letters are unevenly spread.
const BITS_PER_LETTER: f64 = 3.0;

/// The one word without a partner, if there is one; particles only if nothing
/// else is left. Numbers and single Latin letters are never typing errors.
fn only_open(used: &[bool], words: &[Word]) -> Option<usize> {
    let open = || (0..used.len()).filter(|at| !used[*at]);
    let mut telling = open().filter(|at| words[*at].class != TokenClass::Particle);
    let found = match (telling.next(), telling.next()) {
        (Some(only), None) => Some(only),
        (None, None) => open().next().filter(|_| open().count() == 1),
        _ => None,
    };
    found.filter(|at| words[*at].class != TokenClass::Number)
}

/// Whether a word is a name of its own, and so no misspelling of another: unless
/// so much else agrees that hardly anybody else can be meant.
fn is_name_of_its_own(word: &Word, others: f64) -> bool {
    let letter = word.writing == Writing::Plain && word.class == TokenClass::Initial;
    let known = match others >= LEAST_BESIDE_NAME {
        true => false,
        false => word.is_well_known(),
    };
    letter || (known && word.class != TokenClass::Particle)
}

/// How much of the unusualness of its letters a word adds to its rarity in the
/// list: enough to order words that are equally rare.
const LETTERS: f64 = 0.02;
/// What must agree, in bits, before a word may be an unusual reading of one in
/// another script.
const LEAST_BESIDE_READING: f64 = 10.0;
/// Similarity of such a reading.
const UNSURE_READING: f64 = 0.75;
/// What must agree, in bits, before even a common name may be a misspelt other.
const LEAST_BESIDE_NAME: f64 = 17.0;
/// Everything beside a typing error in a short word must be this alike.
const LEAST_BESIDE_SLIP: f64 = 0.84;

/// How much of a word's rarity is shared when the words are only similar: a
/// loose agreement could be with any of several words.
pub(crate) fn shared_rarity(similarity: f64) -> f64 {
    if similarity >= 1.0 {
        1.0
    } else {
        (1.0 - 1.5 * (1.0 - similarity)).max(0.3)
    }
}
