//! How high can a name score that shares these words? An upper bound of
//! [`coverage`](crate::score), cheap enough to be asked of every name that
//! shares a word: most names are put aside by it and never compared.
//!
//! The bound holds because coverage only rises when a further word agrees, when
//! a shared word weighs more, and when less is left over on either side.

use crate::candidates::{OWN_BITS, QueryWord, bit_of};
use crate::gate::{fold, letters};
use crate::index::{NameRow, letter_bit};
use crate::linked::Limit;
use crate::memo::Found;
use crate::score::{LEAST_NAME_BITS, coverage_bound, coverage_bound_both_ways};
use crate::tokens::Writing;
use crate::word::{CUT_OFF, INITIAL_LETTER};
use portcullis_names::TokenClass;

/// What the one word that is left over is like another at most, badly written
/// or cut off.
const MOST_OF_SLIP: f64 = CUT_OFF;

/// Least that a pair of a word and a letter weighs at most: what the letter does.
const LEAST_INITIAL: f64 = 0.3;

/// How closely the heaviest name is worked out: to about 1/100 of a word.
const HALVINGS: usize = 12;

/// What sharing one word of the query contributes at most.
#[derive(Clone, Copy, Default)]
struct Most {
    /// Weight of the pair.
    pair: f64,
    /// Weight of the listed words that it takes.
    listed: f64,
    similarity: f64,
    at_large: f64,
    /// In how many names the word, or what it may be, stands.
    postings: usize,
}

/// What sharing each word of a name can contribute.
pub(crate) struct Reach {
    words: Vec<OwnWord>,
    most: Vec<Most>,
    /// For words of one letter that letter's bit.
    pub letters: Vec<u32>,
    /// Words that may be two words of the list, as bits.
    pub may_be_split: u16,
    total: f64,
    /// Names of syllables, of which one may be wrong.
    pub unspaced: bool,
    /// The names in the index are those that ask.
    reverse: bool,
}

/// The most that a pair of words weighs: the mean of both, where a run of
/// words is one what the run weighs on the listed side; either side's weight
/// where it is not told which side that is.
fn pair_weight(reverse: bool, own: f64, other: f64) -> f64 {
    match reverse {
        true => own.max(other),
        false => ((own + other) / 2.0).max(other),
    }
}

/// The heaviest name for which something holds that holds for all lighter ones,
/// too high by a hair: negative where it holds for none, infinite where it
/// holds for the highest weight.
fn heaviest(highest: f64, holds: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (0.0, highest);
    if !holds(low) {
        return -1.0;
    }
    if holds(high) {
        return f64::INFINITY;
    }
    for _ in 0..HALVINGS {
        let middle = (low + high) / 2.0;
        match holds(middle) {
            true => low = middle,
            false => high = middle,
        }
    }
    high
}

/// What the bound needs of a word of the query.
struct OwnWord {
    weight: f64,
    letter: u32,
    /// Its letters; none where they are not those that were typed.
    all_letters: u32,
    tells: bool,
    at_large: f64,
}

/// The words that two names share, summed up.
#[derive(Clone, Copy, Default)]
pub(crate) struct Shared {
    /// Words of the query, as bits.
    words: u16,
    pair: f64,
    query: f64,
    listed: f64,
    similarity: f64,
    at_large: f64,
    count: usize,
}

impl Shared {
    /// Whether any of these words of the query is shared already.
    pub(crate) fn holds_any(&self, words: u16) -> bool {
        self.words & words != 0
    }

    /// One pair of words that agree; `first` if no other took the listed word.
    pub(crate) fn add(
        &mut self,
        reach: &Reach,
        at: usize,
        similarity: f64,
        weight: f64,
        first: bool,
        at_large: f64,
    ) {
        let own = reach.words[at].weight;
        self.pair += reach.pair_weight(own, weight);
        self.similarity = self.similarity.max(similarity);
        if first {
            self.listed += weight;
        }
        // No pair says more than the rarer of its two words.
        self.at_large += at_large.max(reach.words[at].at_large);
        if self.words & bit_of(at) == 0 || at >= OWN_BITS {
            self.query += own;
            self.count += 1;
        }
        self.words |= bit_of(at);
    }
}

impl Reach {
    pub(crate) fn new(words: &[QueryWord], reverse: bool) -> Reach {
        let own = words.iter().map(|word| OwnWord {
            weight: word.weight,
            letter: letter_bit(&word.text),
            all_letters: match word.writing {
                Writing::Plain => letters(&word.text),
                _ => 0,
            },
            tells: word.class != TokenClass::Particle,
            at_large: word.at_large,
        });
        Reach {
            words: own.collect(),
            most: vec![Most::default(); words.len()],
            letters: vec![0; words.len()],
            may_be_split: 0,
            total: words.iter().map(|w| w.weight).sum(),
            unspaced: match reverse {
                // It is the other name that must be syllables alone.
                true => words.iter().any(|w| w.writing == Writing::Syllabic),
                false => words.len() >= 4 && words.iter().all(|w| w.writing == Writing::Syllabic),
            },
            reverse,
        }
    }

    fn pair_weight(&self, own: f64, other: f64) -> f64 {
        pair_weight(self.reverse, own, other)
    }

    /// [`coverage_bound`], or what holds in both directions.
    fn coverage(&self, agreeing: f64, paired: f64, query: f64, listed: f64) -> f64 {
        match self.reverse {
            true => coverage_bound_both_ways(agreeing, paired, query, listed),
            false => coverage_bound(agreeing, paired, query, listed),
        }
    }

    /// A word of the list that the word at a place may be, alone or together
    /// with its neighbours.
    pub(crate) fn add(&mut self, at: usize, found: &Found) {
        let own = self.words[at].weight;
        let pair = pair_weight(self.reverse, own, found.weight);
        let at_large = self.words[at].at_large;
        let most = &mut self.most[at];
        most.pair = most.pair.max(pair);
        most.listed = most.listed.max(found.weight);
        most.similarity = most.similarity.max(found.similarity);
        most.at_large = most.at_large.max(found.at_large).max(at_large);
        most.postings += found.postings;
    }

    /// Names in which two words are the word at a place.
    pub(crate) fn add_names(&mut self, at: usize, names: usize) {
        self.most[at].postings += names;
    }

    /// Two words of the list that may be the word.
    pub(crate) fn add_together(&mut self, at: usize, one: &Found, other: &Found) {
        let most = &mut self.most[at];
        let weight = one.weight + other.weight;
        most.pair = most.pair.max(weight);
        most.listed = most.listed.max(weight);
        most.similarity = most.similarity.max(one.similarity);
        most.at_large = most.at_large.max(one.at_large + other.at_large);
    }

    /// The words of the query, those in fewest names first.
    pub(crate) fn rarest_first(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.most.len()).collect();
        order.sort_by_key(|at| (self.most[*at].postings, *at));
        order
    }

    /// The words in most names, as long as a name that shares only those
    /// cannot score the floor.
    pub(crate) fn needless(&self, floor: f64, rarest_first: &[usize]) -> Vec<bool> {
        let mut needless = vec![false; self.most.len()];
        if self.unspaced {
            return needless;
        }
        let mut shared = Shared::default();
        for at in rarest_first.iter().rev() {
            let mut with = shared;
            self.add_place(&mut with, *at);
            if self.letters[*at] == 0 && self.alone(&with) < floor {
                shared = with;
                needless[*at] = true;
            }
        }
        // Some word must be asked for.
        if let Some(rarest) = rarest_first.first() {
            needless[*rarest] = false;
        }
        needless
    }

    /// The most that a name can score that shares these words and holds nothing
    /// else but what single letters and a slip of the pen explain.
    fn alone(&self, shared: &Shared) -> f64 {
        let open = self.total - shared.query;
        let agreeing = shared.pair * shared.similarity;
        let mut bound = self.coverage(agreeing, shared.pair, open, 0.0);
        let left = (0..self.words.len()).filter(|at| shared.words & bit_of(*at) == 0);
        let letters = left.clone().filter(|at| self.letters[*at] != 0);
        let (count, own) = letters.fold((0.0, 0.0), |(count, own), at| {
            (count + 1.0, own + self.words[at].weight)
        });
        for weight in [own, count] {
            let agreeing = agreeing + weight * INITIAL_LETTER;
            let with = self.coverage(agreeing, shared.pair + weight, open - own, 0.0);
            bound = bound.max(with);
        }
        let mut telling = left.filter(|at| self.words[*at].tells);
        if let (Some(only), None) = (telling.next(), telling.next())
            && shared.at_large >= LEAST_NAME_BITS
        {
            let weight = self.words[only].weight;
            let agreeing = agreeing + weight * MOST_OF_SLIP;
            let with = self.coverage(agreeing, shared.pair + weight, open - weight, 0.0);
            bound = bound.max(with);
        }
        bound
    }

    fn add_place(&self, shared: &mut Shared, at: usize) {
        let most = self.most[at];
        shared.words |= bit_of(at);
        shared.pair += most.pair;
        shared.query += self.words[at].weight;
        shared.listed += most.listed;
        shared.similarity = shared.similarity.max(most.similarity);
        shared.at_large += most.at_large;
        shared.count += 1;
    }

    /// What a name that shares these words shares at most.
    pub(crate) fn shared(&self, words: u16) -> Shared {
        let mut shared = Shared::default();
        for at in 0..self.most.len() {
            if words & bit_of(at) != 0 {
                self.add_place(&mut shared, at);
            }
        }
        shared
    }

    /// Adds words that may be two of the list, unless they are shared as one.
    pub(crate) fn add_split(&self, shared: &mut Shared, split: u16) {
        for at in 0..self.most.len() {
            if split & bit_of(at) != 0 && (shared.words & bit_of(at) == 0 || at >= OWN_BITS) {
                self.add_place(shared, at);
            }
        }
    }

    fn of(&self, shared: &Shared, open_query: f64, open_listed: f64) -> f64 {
        let agreeing = shared.pair * shared.similarity;
        self.coverage(agreeing, shared.pair, open_query, open_listed)
    }

    /// The most that a name can score that shares these words and no others.
    pub(crate) fn by_words(&self, shared: &Shared, row: &NameRow) -> f64 {
        let open_query = (self.total - shared.query).max(0.0);
        let open_listed = (f64::from(row.weight.get()) - shared.listed).max(0.0);
        let mut bound = self.of(shared, open_query, open_listed);
        if self.unspaced {
            let syllables = self.most.len().max(row.len.get() as usize);
            if syllables >= 4 {
                bound = bound.max(shared.count as f64 / syllables as f64);
            }
        }
        bound
    }

    /// What a name must be like to score the floor with these words: never asks
    /// too much, asks too little by a hair. Holds because what is left over on
    /// the listed side only lowers a score.
    pub(crate) fn limit(&self, words: u16, floor: f64) -> Limit {
        let shared = self.shared(words);
        let open_query = (self.total - shared.query).max(0.0);
        let left = |weight: f64| (weight - shared.listed).max(0.0);
        let highest = shared.listed + 8.0 * (self.total + 1.0);
        let mut limit = Limit {
            by_words: heaviest(highest, |weight| {
                self.of(&shared, open_query, left(weight)) >= floor
            }),
            by_slip: -1.0,
            by_initial: -1.0,
            telling: shared.count as u32 + 1 + (words & self.may_be_split).count_ones(),
            letters: 0,
            first: 0,
            initials: 0,
            own_initials: 0,
            every: self.unspaced,
        };
        let open = |at: &usize| words & bit_of(*at) == 0 || *at >= OWN_BITS;
        for at in (0..self.words.len()).filter(open) {
            let word = &self.words[at];
            let of_initial = heaviest(highest, |weight| {
                let most = word.weight.max(LEAST_INITIAL);
                self.with_initials(
                    &shared,
                    (open_query, left(weight)),
                    (word.weight, most),
                    1.0,
                ) >= floor
            });
            limit.by_initial = limit.by_initial.max(of_initial);
            limit.initials |= fold(word.letter);
            limit.own_initials |= fold(self.letters[at]);
            if word.tells {
                limit.letters = word.all_letters;
                limit.first = fold(word.letter);
            }
        }
        if open_query > 0.0 {
            limit.by_slip = heaviest(highest, |weight| {
                self.with_slip(&shared, open_query, left(weight)) >= floor
            });
        }
        limit
    }

    /// The same if single letters and a slip of the pen may explain the rest.
    pub(crate) fn bound(&self, shared: &Shared, row: &NameRow) -> f64 {
        let open_query = (self.total - shared.query).max(0.0);
        let open_listed = (f64::from(row.weight.get()) - shared.listed).max(0.0);
        let mut bound = self.by_words(shared, row);
        if open_query > 0.0 && open_listed > 0.0 {
            bound = bound.max(self.with_letters(shared, row, open_query, open_listed));
            bound = bound.max(self.with_slip(shared, open_query, open_listed));
        }
        bound
    }

    /// The same if single letters stand for words.
    fn with_letters(&self, shared: &Shared, row: &NameRow, query: f64, listed: f64) -> f64 {
        let (mut least, mut most, mut taken) = (0.0, 0.0, 0.0);
        let mut of_listed = row.initials;
        for (at, word) in self.words.iter().enumerate() {
            let open = shared.words & bit_of(at) == 0 || at >= OWN_BITS;
            if !open || row.letters.get() & word.letter == 0 {
                continue;
            }
            if self.letters[at] != 0 {
                most += 1.0;
            } else if of_listed > 0 {
                of_listed -= 1;
                most += word.weight.max(LEAST_INITIAL);
            } else {
                continue;
            }
            least += word.weight;
            taken += 1.0;
        }
        if taken == 0.0 {
            return 0.0;
        }
        self.with_initials(shared, (query, listed), (least, most), taken)
    }

    /// The same if words of the query of this weight stand against so many
    /// letters of the name: the pairs weigh between the least and the most.
    fn with_initials(
        &self,
        shared: &Shared,
        (query, listed): (f64, f64),
        (least, most): (f64, f64),
        letters: f64,
    ) -> f64 {
        let of = |weight: f64| {
            let agreeing = shared.pair * shared.similarity + weight * INITIAL_LETTER;
            let (query, listed) = ((query - least).max(0.0), (listed - letters).max(0.0));
            self.coverage(agreeing, shared.pair + weight, query, listed)
        };
        of(least).max(of(most))
    }

    /// The same if the only word that is left over is a slip of the pen or cut
    /// off.
    fn with_slip(&self, shared: &Shared, query: f64, listed: f64) -> f64 {
        let mut open = (0..self.words.len())
            .filter(|at| shared.words & bit_of(*at) == 0 && self.words[*at].tells);
        let (Some(only), None) = (open.next(), open.next()) else {
            return 0.0;
        };
        if shared.at_large < LEAST_NAME_BITS {
            return 0.0;
        }
        let weight = self.words[only].weight;
        let of = |weight: f64| {
            let agreeing = shared.pair * shared.similarity + weight * MOST_OF_SLIP;
            let query = (query - self.words[only].weight).max(0.0);
            let listed = (listed - 1.0).max(0.0);
            self.coverage(agreeing, shared.pair + weight, query, listed)
        };
        of(0.0).max(of(weight))
    }
}
