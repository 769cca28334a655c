//! What one name of a query shares, looked up from the other side: at each word
//! of the list the words of the query that it may be, and for each set of words
//! the heaviest name that could still reach the line.

use crate::align::Edge;
use crate::gate::Gate;
use crate::memo::Found;
use crate::word::How;
use zerocopy::little_endian::U32;

/// A word of the query, or a run of them, that a listed word may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Link {
    /// The next one of the same listed word, counted from one; 0 at the end.
    next: u32,
    query: u16,
    span: u16,
    how: How,
    pub similarity: f64,
    /// Most that the listed word weighs in any name.
    pub weight: f64,
    /// Its rarity among names at large, in bits.
    pub at_large: f64,
}

impl Link {
    /// Place of the first word of the query.
    pub(crate) fn query(&self) -> usize {
        usize::from(self.query)
    }

    /// How many words of the query it takes.
    pub(crate) fn span(&self) -> usize {
        usize::from(self.span)
    }
}

/// The links of one name, by listed word.
#[derive(Default)]
pub(crate) struct Links {
    /// For each word of the list its first link, counted from one, and
    /// [`PART`].
    slots: Vec<u32>,
    links: Vec<Link>,
    /// Words whose slot is to be emptied.
    used: Vec<u32>,
}

/// The word may be one of two that are one word of the query.
const PART: u32 = 1 << 31;

impl Links {
    /// Forgets all links and makes room for the words of a list.
    pub(crate) fn clear(&mut self, words: usize) {
        for word in self.used.drain(..) {
            if let Some(slot) = self.slots.get_mut(word as usize) {
                *slot = 0;
            }
        }
        self.links.clear();
        self.slots.resize(words, 0);
    }

    /// Adds a link; of those of one listed word the last one added comes first.
    pub(crate) fn add(&mut self, query: usize, span: usize, found: &Found) {
        let slot = &mut self.slots[found.word as usize];
        self.used.push(found.word);
        self.links.push(Link {
            next: *slot & !PART,
            query: query as u16,
            span: span as u16,
            how: found.how,
            similarity: found.similarity,
            weight: found.weight,
            at_large: found.at_large,
        });
        *slot = *slot & PART | self.links.len() as u32;
    }

    /// Notes that a listed word may be one of two that are one of the query.
    pub(crate) fn add_split(&mut self, word: u32) {
        self.used.push(word);
        self.slots[word as usize] |= PART;
    }

    /// Whether a listed word may be one of two that are one of the query.
    pub(crate) fn is_part(&self, word: u32) -> bool {
        self.slots[word as usize] & PART != 0
    }

    /// What a listed word may be.
    pub(crate) fn of(&self, word: u32) -> impl Iterator<Item = &Link> {
        let link = |number: u32| self.links.get((number as usize).wrapping_sub(1));
        let first = link(self.slots[word as usize] & !PART);
        std::iter::successors(first, move |before| link(before.next))
    }

    /// The pairs of words in which the query and a listed name agree, by word
    /// of the listed name.
    pub(crate) fn edges(&self, ids: &[U32], out: &mut Vec<Edge>) {
        out.clear();
        for (listed, id) in ids.iter().enumerate() {
            out.extend(self.of(id.get() >> 3).map(|link| Edge {
                query: link.query(),
                query_span: link.span(),
                listed,
                similarity: link.similarity,
                how: link.how,
            }));
        }
    }
}

/// What a name must be like to reach a floor with a set of shared words.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit {
    /// The weight of all words of a name beyond which the shared words alone do
    /// not reach the floor.
    pub by_words: f64,
    /// The same where one word that is left over may be a slip of the pen.
    pub by_slip: f64,
    /// The same where the only single letter of the name may stand for a word.
    pub by_initial: f64,
    /// Most telling words of a name in which it may be one.
    pub telling: u32,
    /// The letters of the word that is left over; none where they do not tell.
    pub letters: u32,
    /// Its first letter.
    pub first: u32,
    /// First letters of words for which a single letter of the name may stand.
    pub initials: u32,
    /// First letters of words of the query that are single letters.
    pub own_initials: u32,
    /// Names of syllables are weighed one by one.
    pub every: bool,
}

/// Letters of a word that may be missing where it was misspelt.
const MISSPELT: u32 = 2;

impl Limit {
    /// Whether a name that shares no other words could reach the floor.
    pub(crate) fn admits(&self, gate: Gate) -> Admitted {
        let weight = gate.weight();
        if weight <= self.by_words || self.every {
            return Admitted::Yes;
        }
        let missing = || (self.letters & !gate.letters()).count_ones();
        if weight <= self.by_slip
            && gate.telling() <= self.telling
            && (gate.first() & self.first != 0 || missing() <= MISSPELT)
        {
            return Admitted::Yes;
        }
        let stands = |letters: u32| gate.first() & letters != 0;
        match gate.initials() {
            _ if stands(self.own_initials) => Admitted::IfBound,
            0 => Admitted::No,
            1 if stands(self.initials) && weight <= self.by_initial => Admitted::Yes,
            1 => Admitted::No,
            _ if stands(self.initials) => Admitted::IfBound,
            _ => Admitted::No,
        }
    }
}

/// Whether a name is looked at further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admitted {
    No,
    Yes,
    /// If the bound of its score says so, single letters counted.
    IfBound,
}

/// Limits, each worked out once for a set of words that occurs; sets that fall on
/// one place are worked out anew when they come in turns.
pub(crate) struct Limits([Option<(u16, f64, Limit)>; Limits::PLACES]);

impl Default for Limits {
    fn default() -> Limits {
        Limits([None; Limits::PLACES])
    }
}

impl Limits {
    const PLACES: usize = 64;

    pub(crate) fn clear(&mut self) {
        self.0.fill(None);
    }

    /// The limit of a set of words at a floor; `limit` works out a new one.
    pub(crate) fn get(&mut self, words: u16, floor: f64, limit: impl FnOnce() -> Limit) -> Limit {
        let place = &mut self.0[usize::from(words ^ words >> 6) % Limits::PLACES];
        match place {
            Some((for_words, at, known)) if *for_words == words && *at == floor => *known,
            _ => {
                let new = limit();
                *place = Some((words, floor, new));
                new
            }
        }
    }
}
