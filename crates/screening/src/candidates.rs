//! Which listed names could reach the threshold?
//!
//! Each word of the query is matched once against the dictionary of distinct
//! words. Names are gathered from the postings of the rarest words that any
//! name must share to reach the threshold; of each name a bound of its score is
//! known from which words it shares, and only a name whose bound reaches the
//! threshold is laid side by side with the query.

use crate::align::{Edge, acronyms, is_run, longest_run};
use crate::answer::{Partial, Work, bounds};
use crate::gate::Gate;
use crate::index::{
    Index, NameRow, Part, acronym_hash, exact_hashes, joined_hash, letter_bit, run_together,
};
use crate::linked::{Admitted, Limits, Links};
use crate::memo::{Found, Matches, Memo};
use crate::reach::{Reach, Shared};
use crate::tokens::{self, Writing, class_share, entry, typed_letters};
use crate::word::{SYLLABLE_READING, Word, nearly_reads, weight};
use portcullis_domain::{NameKind, PartyKind};
use portcullis_names::{Bearer, Prepared, Token, TokenClass, osa};
use std::sync::Arc;
use zerocopy::little_endian::{U32, U64};

/// A word of the query.
#[derive(Clone, Debug)]
pub(crate) struct QueryWord {
    pub text: String,
    pub writing: Writing,
    pub class: TokenClass,
    pub weight: f64,
    pub at_large: f64,
}

impl QueryWord {
    /// The word as it is compared.
    pub(crate) fn compared(&self) -> Word<'_> {
        Word {
            text: &self.text,
            writing: self.writing,
            class: self.class,
            weight: self.weight,
            at_large: self.at_large,
            in_list: self.at_large,
        }
    }
}

/// Neighbouring words of the query that are one word on the list.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    at: usize,
    span: usize,
    found: Vec<Found>,
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
    /// What the list has for each word.
    pub matches: Vec<Arc<Matches>>,
    pub runs: Vec<Run>,
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

/// What is kept between names and queries so that nothing is allocated anew.
#[derive(Default)]
pub(crate) struct Scratch {
    /// For each listed name the words of the query that it shares, as bits.
    marks: Vec<u16>,
    /// The names that are marked.
    touched: Vec<u32>,
    pub candidates: Vec<Candidate>,
    pub edges: Vec<Edge>,
    links: Links,
    limits: Limits,
    /// Which parts of the names are asked for.
    parts: [bool; Part::COUNT],
    pub work: Work,
    pub partial: Option<Partial>,
    /// The names in the index are those that ask, the one in hand is listed.
    pub reverse: bool,
    /// Puts no name aside: what the bounds are held against.
    #[cfg(test)]
    pub everything: bool,
}

impl Scratch {
    /// Marks names in which a word stands.
    fn mark_word(&mut self, index: &Index, word: u32, bits: u16) {
        for part in asked_parts(self.parts) {
            self.mark_all(index.postings_in(word, part), bits);
        }
    }

    fn mark_all(&mut self, names: &[U32], bits: u16) {
        if !self.reverse && self.work.postings + names.len() > bounds::POSTINGS {
            self.partial = Some(Partial::Postings);
            return;
        }
        self.work.postings += names.len();
        for name in names {
            let mark = &mut self.marks[name.get() as usize];
            if *mark == 0 {
                self.touched.push(name.get());
            }
            *mark |= bits;
        }
    }

    fn mark_one(&mut self, name: u32, bits: u16) {
        let mark = &mut self.marks[name as usize];
        if *mark == 0 {
            self.touched.push(name);
        }
        *mark |= bits;
    }

    /// The pairs of words in which the name whose candidates were asked for last
    /// and a listed one agree.
    pub(crate) fn edges(&mut self, index: &Index, row: &NameRow) {
        self.links.edges(index.word_ids(row), &mut self.edges);
    }

    /// What was found for a word, or nothing where that is beyond a bound.
    fn within_bounds(&mut self, found: Arc<Matches>) -> Arc<Matches> {
        let distances = self.work.distances + found.distances;
        let variants = self.work.variants + found.found.len();
        if self.reverse && !found.cut {
            return found;
        }
        if found.cut || distances > bounds::DISTANCES {
            self.partial = Some(Partial::Distances);
            return Arc::default();
        }
        if variants > bounds::VARIANTS {
            self.partial = Some(Partial::Variants);
            return Arc::default();
        }
        self.work.distances = distances;
        self.work.variants = variants;
        found
    }
}

/// The parts of names that are asked for.
fn asked_parts(parts: [bool; Part::COUNT]) -> impl Iterator<Item = Part> {
    Part::all().filter(move |part| parts[part.number()])
}

/// Words of the query with a bit of their own; further ones share the next bit.
pub(crate) const OWN_BITS: usize = 11;
/// Whatever words it shares, the name is to be laid beside the query.
const FORCED: u16 = 1 << 12;
/// The name has a single letter with which a word of the query begins.
const LETTER: u16 = 1 << 13;
const JOINED: u16 = 1 << 14;
const EXACT: u16 = 1 << 15;

/// The bit of a word of the query.
pub(crate) fn bit_of(at: usize) -> u16 {
    1 << at.min(OWN_BITS)
}

impl QueryName {
    /// `None` for a name without letters or digits.
    pub(crate) fn new(
        index: &Index,
        memo: &mut Memo,
        scratch: &mut Scratch,
        given: &str,
        mut prepared: Prepared,
        bearer: Bearer,
    ) -> Option<QueryName> {
        if prepared.tokens.is_empty() {
            return None;
        }
        if prepared.cut || prepared.tokens.len() > bounds::WORDS {
            prepared.tokens.truncate(bounds::WORDS);
            // Which of the two it was is known where the name was cut first.
            scratch.partial = scratch.partial.or(Some(Partial::Words));
        }
        let mut words = Vec::with_capacity(prepared.tokens.len());
        let mut matches = Vec::with_capacity(prepared.tokens.len());
        scratch.work.words += prepared.tokens.len();
        for token in &prepared.tokens {
            let found = memo.matches(index, entry(token), token.class, scratch.reverse);
            words.push(weighed(token, found.at_large));
            matches.push(scratch.within_bounds(found));
        }
        let runs = runs(index, &words);
        Some(QueryName {
            given: given.to_owned(),
            part: false,
            bearers: vec![bearer],
            prepared,
            words,
            matches,
            runs,
        })
    }

    /// The words as they are compared.
    pub(crate) fn compared(&self) -> Vec<Word<'_>> {
        self.words.iter().map(QueryWord::compared).collect()
    }

    /// The pairs of words in which this name and a listed one agree.
    pub(crate) fn edges(&self, words: impl Iterator<Item = u32>, out: &mut Vec<Edge>) {
        out.clear();
        for (listed, word) in words.enumerate() {
            let mut add = |query: usize, query_span: usize, among: &[Found]| {
                if let Ok(place) = among.binary_search_by_key(&word, |f| f.word) {
                    let found = among[place];
                    out.push(Edge {
                        query,
                        query_span,
                        listed,
                        similarity: found.similarity,
                        how: found.how,
                    });
                }
            };
            for (at, matches) in self.matches.iter().enumerate() {
                add(at, 1, &matches.found);
            }
            for run in &self.runs {
                add(run.at, run.span, &run.found);
            }
        }
    }

    /// Listed names that could score at least `floor`, sorted, once each, left
    /// in the scratch. `admits` says which names may be asked at all, and the
    /// floor of each: by kind of party, kind of name, and whether the entity has
    /// anything besides names.
    pub(crate) fn candidates(
        &self,
        index: &Index,
        floor: f64,
        scratch: &mut Scratch,
        admits: impl Fn(PartyKind, NameKind, bool) -> Option<f64>,
    ) {
        let floors: [f64; Gate::SORTS] = std::array::from_fn(|sort| {
            let (party, kind, supported) = Gate::of_sort(sort);
            admits(party, kind, supported).unwrap_or(f64::INFINITY)
        });
        scratch.parts = [false; Part::COUNT];
        for (sort, floor) in floors.iter().enumerate() {
            let part = Part::of(Gate::of_sort(sort).0);
            scratch.parts[part.number()] |= floor.is_finite();
        }
        scratch.candidates.clear();
        scratch.touched.clear();
        scratch.marks.resize(index.names.len(), 0);
        let reach = self.reach(scratch.reverse);
        let order = reach.rarest_first();
        let needless = reach.needless(floor, &order);
        let some_needless = needless.contains(&true);
        for at in order.iter().filter(|at| !needless[**at]) {
            self.mark(index, *at, scratch);
            if some_needless {
                self.mark_letter(index, *at, scratch);
            }
        }
        let assumed = self.mark_needless(index, &order, &needless, scratch);
        self.mark_whole(index, scratch);
        #[cfg(test)]
        if scratch.everything {
            scratch.touched = (0..index.names.len() as u32).collect();
        }
        self.link(index, scratch);
        scratch.limits.clear();
        let gates: &[U64] = &index.gates;
        let touched = std::mem::take(&mut scratch.touched);
        for name in touched.iter().copied() {
            let mark = std::mem::take(&mut scratch.marks[name as usize]);
            let gate = Gate::read(&gates[name as usize]);
            let floor = floors[gate.sort()];
            if floor == f64::INFINITY {
                continue;
            }
            let whole = mark & (EXACT | JOINED | FORCED) != 0;
            #[cfg(test)]
            let whole = whole || scratch.everything;
            let words = (mark & !(EXACT | JOINED | LETTER | FORCED)) | assumed;
            if !whole {
                let limit = || reach.limit(words, floor);
                let row = &index.names[name as usize];
                let bound = || reach.bound(&reach.shared(words), row);
                let admitted = match scratch.limits.get(words, floor, limit).admits(gate) {
                    Admitted::No => false,
                    Admitted::Yes => true,
                    Admitted::IfBound => bound() >= floor,
                };
                if !admitted || !self.may_reach(index, &reach, row, floor, scratch) {
                    continue;
                }
            }
            scratch.candidates.push(Candidate {
                name,
                exact: mark & EXACT != 0,
                joined: mark & JOINED != 0,
            });
        }
        scratch.touched = touched;
        scratch.candidates.sort_unstable();
    }

    /// Marks every name that shares a word of the query, or what it may be.
    fn mark(&self, index: &Index, at: usize, scratch: &mut Scratch) {
        self.each_word(at, &mut |word, bits| {
            scratch.mark_word(index, word, bits);
        });
        for name in &self.matches[at].split_names {
            scratch.mark_one(*name, bit_of(at));
        }
    }

    /// Marks every name in which a single letter may stand for a word: such a
    /// name need not share any other word that is asked for.
    fn mark_letter(&self, index: &Index, at: usize, scratch: &mut Scratch) {
        let word = &self.words[at];
        let plain = word.writing == Writing::Plain && word.class != TokenClass::Initial;
        let letter = word.text.get(..1).filter(|_| plain && word.text.len() > 1);
        let found = letter.and_then(|l| index.dictionary.find(l, Writing::Plain));
        if let Some(found) = found {
            scratch.mark_word(index, found, LETTER);
        }
    }

    /// Every word of the list that a word of the query may be, alone or together
    /// with its neighbours.
    fn each_word(&self, at: usize, each: &mut dyn FnMut(u32, u16)) {
        for found in &self.matches[at].found {
            each(found.word, bit_of(at));
        }
        for run in &self.runs {
            if (run.at..run.at + run.span).contains(&at) {
                let bits = (run.at..run.at + run.span).fold(0, |bits, at| bits | bit_of(at));
                run.found.iter().for_each(|found| each(found.word, bits));
            }
        }
    }

    /// Marks the needless words in names that are marked already. Words that
    /// stand in far more names than are marked are taken to be in all of them:
    /// the bound is then loose, never wrong.
    fn mark_needless(
        &self,
        index: &Index,
        order: &[usize],
        needless: &[bool],
        scratch: &mut Scratch,
    ) -> u16 {
        let mut assumed = 0;
        let few = 500 + 16 * scratch.touched.len();
        for at in order.iter().filter(|at| needless[**at]) {
            let mut cost = 0;
            let parts = scratch.parts;
            let names = |word| asked_parts(parts).map(move |p| index.postings_in(word, p));
            self.each_word(*at, &mut |word, _| {
                cost += names(word).map(<[U32]>::len).sum::<usize>()
            });
            let split_names = &self.matches[*at].split_names;
            cost += split_names.len();
            if cost > few || scratch.work.postings + cost > bounds::POSTINGS {
                assumed |= bit_of(*at);
                continue;
            }
            scratch.work.postings += cost;
            let marks = &mut scratch.marks;
            self.each_word(*at, &mut |word, bits| {
                for name in names(word).flatten() {
                    let mark = &mut marks[name.get() as usize];
                    if *mark != 0 {
                        *mark |= bits;
                    }
                }
            });
            for name in split_names {
                let mark = &mut marks[*name as usize];
                if *mark != 0 {
                    *mark |= bit_of(*at);
                }
            }
        }
        assumed
    }

    /// Marks the names that are the same as a whole.
    fn mark_whole(&self, index: &Index, scratch: &mut Scratch) {
        let exact = exact_hashes(&self.prepared).map(|hash| (hash, EXACT));
        let joined = joined_hash(&self.prepared.joined).map(|hash| (hash, JOINED));
        let words = self.compared();
        if scratch.reverse {
            let splits = self.matches.iter().flat_map(|m| &m.split_names);
            splits.for_each(|name| scratch.mark_one(*name, FORCED));
            for found in self.runs.iter().flat_map(|run| &run.found) {
                scratch.mark_word(index, found.word, FORCED);
            }
            let texts: Vec<&str> = words.iter().map(|w| w.text).collect();
            for hash in run_together(&texts)
                .iter()
                .filter_map(|run| joined_hash(run))
            {
                for name in index.whole_names.get(hash) {
                    scratch.mark_one(name, JOINED);
                }
            }
        }
        let short = (words.len() == 1).then(|| (acronym_hash(words[0].text), FORCED));
        for (hash, bit) in exact.chain(joined).chain(short) {
            for name in index.whole_names.get(hash) {
                scratch.mark_one(name, bit);
            }
        }
        // Names that are the first letters of the words asked for.
        for letters in acronyms(&words) {
            let word = index.dictionary.find(&letters, Writing::Plain);
            let names = word.map_or(&[][..], |word| index.postings(word));
            for name in names
                .iter()
                .filter(|n| index.names[n.get() as usize].len.get() == 1)
            {
                scratch.mark_one(name.get(), FORCED);
            }
        }
    }

    /// Makes known at each word of the list where it agrees with this name.
    fn link(&self, index: &Index, scratch: &mut Scratch) {
        let links = &mut scratch.links;
        links.clear(index.dictionary.rows.len());
        // The last one is found first.
        for run in self.runs.iter().rev() {
            for found in &run.found {
                links.add(run.at, run.span, found);
            }
        }
        for (at, matches) in self.matches.iter().enumerate().rev() {
            matches.found.iter().for_each(|f| links.add(at, 1, f));
            for (first, second) in &matches.split_words {
                links.add_split(*first);
                links.add_split(*second);
            }
        }
    }

    /// Whether a name can score the floor by the very words that it shares.
    fn may_reach(
        &self,
        index: &Index,
        reach: &Reach,
        row: &NameRow,
        floor: f64,
        scratch: &mut Scratch,
    ) -> bool {
        let ids = index.word_ids(row);
        let mut shared = Shared::default();
        let mut taken = 0u64;
        let mut split = 0;
        let mut before: Option<u32> = None;
        for (listed, id) in ids.iter().enumerate() {
            let (word, share) = (id.get() >> 3, class_share(tokens::class_of(id.get())));
            let first = 1u64 << listed.min(63);
            for link in scratch.links.of(word) {
                let unseen = taken & first == 0 || listed >= 63;
                taken |= first;
                for at in link.query()..link.query() + link.span() {
                    let weight = link.weight * share;
                    shared.add(reach, at, link.similarity, weight, unseen, link.at_large);
                }
            }
            let part = scratch.links.is_part(word).then_some(word);
            if let (Some(one), Some(other)) = (before, part) {
                split |= self.split_bits(one, other);
            }
            before = part;
        }
        if shared.holds_any(split) {
            // A word that is one listed word, more or less, and exactly two
            // others: which way is better is for the alignment to say.
            return true;
        }
        reach.add_split(&mut shared, split);
        let bound = reach.bound(&shared, row);
        if bound < floor {
            return false;
        }
        // Only a letter or a slip of the pen could lift it: is there one?
        reach.by_words(&shared, row) >= floor || {
            scratch.links.edges(ids, &mut scratch.edges);
            self.has_rescue(index, row, &scratch.edges)
        }
    }

    /// Words of the query that two neighbouring listed words may be, as bits.
    fn split_bits(&self, one: u32, other: u32) -> u16 {
        let matches = self.matches.iter().enumerate();
        let split = matches.filter(|(_, m)| m.is_split(one, other));
        split.fold(0, |bits, (at, _)| bits | bit_of(at))
    }

    /// Whether a word that is left over may be the letter or the slip of the
    /// pen of one left over in the listed name. Loose where words could be
    /// paired in several ways.
    fn has_rescue(&self, index: &Index, row: &NameRow, edges: &[Edge]) -> bool {
        let (mut asked, mut listed) = (0u64, 0u64);
        for edge in edges {
            let (q, l) = (1u64 << edge.query.min(63), 1u64 << edge.listed.min(63));
            if edge.query_span > 1 || asked & q != 0 || listed & l != 0 {
                return true;
            }
            asked |= q;
            listed |= l;
        }
        if self.words.len() > 63 || row.len.get() > 63 {
            return true;
        }
        let open = || {
            self.words
                .iter()
                .enumerate()
                .filter(|(at, _)| asked >> at & 1 == 0)
        };
        let left = index.words_of(row).enumerate();
        left.filter(|(at, _)| listed >> at & 1 == 0)
            .any(|(_, (word, class))| {
                let word = index.dictionary.word(word);
                open().any(|(_, own)| {
                    let letter = own.class == TokenClass::Initial || class == TokenClass::Initial;
                    let first = own.text.as_bytes().first() == word.text.as_bytes().first();
                    (letter && first) || may_be_slip(own, &word)
                })
            })
    }

    /// What sharing each word can contribute.
    fn reach(&self, reverse: bool) -> Reach {
        let mut reach = Reach::new(&self.words, reverse);
        for (at, matches) in self.matches.iter().enumerate() {
            for found in &matches.found {
                reach.add(at, found);
            }
            reach.add_names(at, matches.split_names.len());
            for (first, second) in &matches.splits {
                reach.add_together(at, first, second);
                reach.may_be_split |= bit_of(at);
            }
        }
        for run in &self.runs {
            for at in run.at..run.at + run.span {
                run.found.iter().for_each(|f| reach.add(at, f));
            }
        }
        for (at, word) in self.words.iter().enumerate() {
            let letter = word.class == TokenClass::Initial && word.writing == Writing::Plain;
            if letter {
                reach.letters[at] = letter_bit(&word.text);
            }
        }
        reach
    }
}

/// Whether two words are at most two typing errors apart, or one begins with
/// the other, or they may be readings of each other.
fn may_be_slip(own: &QueryWord, listed: &tokens::Word<'_>) -> bool {
    if own.text.starts_with(listed.text) || listed.text.starts_with(own.text.as_str()) {
        return true;
    }
    if own.writing != listed.writing {
        let of = |text, writing| Word {
            text,
            writing,
            ..own.compared()
        };
        return nearly_reads(&own.compared(), &of(listed.text, listed.writing));
    }
    let typed = typed_letters(&own.text, own.writing);
    let wanted = typed_letters(listed.text, listed.writing);
    osa(&typed, &wanted, 2).is_some()
}

/// Neighbouring words that are one word on the list.
fn runs(index: &Index, words: &[QueryWord]) -> Vec<Run> {
    let mut runs = Vec::new();
    let dictionary = &index.dictionary;
    for at in 0..words.len() {
        let mut run = words[at].text.clone();
        for span in 2..=longest_run(&words[at].compared()) {
            let Some(next) = words.get(at + span - 1) else {
                break;
            };
            run.push_str(&next.text);
            if run.len() < 4 {
                continue;
            }
            let same = dictionary.find(&run, Writing::Plain);
            let mut near: Vec<u32> = same.into_iter().chain(dictionary.alike(&run)).collect();
            near.sort_unstable();
            near.dedup();
            near.retain(|word| {
                let listed = dictionary.word(*word);
                is_run(
                    &run,
                    &Word {
                        text: listed.text,
                        writing: listed.writing,
                        class: TokenClass::Word,
                        weight: 0.0,
                        at_large: 0.0,
                        in_list: 0.0,
                    },
                )
            });
            let found = near.into_iter();
            let found = found.map(|word| Found::spaced(index, word, SYLLABLE_READING));
            let found: Vec<Found> = found.collect();
            if !found.is_empty() {
                runs.push(Run { at, span, found });
            }
        }
    }
    runs
}

/// A word of the query with its share in the score.
fn weighed(token: &Token, at_large: f64) -> QueryWord {
    let (text, writing) = entry(token);
    QueryWord {
        text: text.to_owned(),
        writing,
        class: token.class,
        weight: weight(at_large, token.class),
        at_large,
    }
}
