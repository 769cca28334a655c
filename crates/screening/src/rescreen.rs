//! Whom does a change of the lists touch?
//!
//! A book of customers is an [`Index`] built by [`Builder::customers`]. For each
//! changed entity the customers are found who could meet it, by asking the book
//! for the entity's names; each of those is then screened as always, and what
//! it meets among the changed entities is the result.
//!
//! *Why nobody is left out.* A customer's hit on an entity needs one of these,
//! and the book, which holds every form in which a customer's names would be
//! asked, is looked up by each from the other side:
//!
//! - an identifier in common: its values are keys of both;
//! - the same whole name, the same but for spaces, an acronym: the same keys;
//! - neighbouring words of one name that are one word of the other: the book
//!   knows its names by two and three neighbouring words run together, and
//!   neighbouring listed words are looked up run together; whoever is found so
//!   is screened without any bound;
//! - words that agree. Two words are found for each other or not whichever side
//!   asks, because the keys under which a word is stored are those under which
//!   it is asked for. Names are put aside by a bound that holds whichever side
//!   asks: a pair weighs what the heavier word does, what is left over costs
//!   the less of the two, and syllables of unspaced names count alone.
//!
//! The score itself does not depend on the list, so customers who meet nobody on
//! an index of the changed entities alone meet none of them on the whole lists.

use crate::answer::{Partial, Work};
use crate::index::{Index, bearer};
use crate::judge::LEAST_SUPPORTED_NAME;
use crate::query::{Options, Query};
use crate::score::standing;
use crate::screen::{Desk, kinds_match};
use crate::tokens::{hash64, space};
use crate::{Hit, candidates::QueryName};
use portcullis_domain::Entity;
use portcullis_names::{prepare, prepare_as_typed};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Rounding is not to put a customer aside who is just on the line.
const ROUNDING: f64 = 1e-6;

/// One customer who meets changed entities.
#[derive(Clone, Debug, PartialEq)]
pub struct Touched {
    /// Position in the book.
    pub position: usize,
    /// Id of the customer.
    pub customer_id: String,
    /// The hits on changed entities, as screening the customer gives them.
    pub hits: Vec<Hit>,
}

/// What a change of the lists touches.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rescreened {
    /// Customers with hits, in the order of the book.
    pub touched: Vec<Touched>,
    /// Set where a customer could not be read or not be screened to the end:
    /// then somebody may have been left out.
    pub partial: Option<Partial>,
    /// How many customers were screened in full.
    pub screened: usize,
}

/// The customers who meet entities of these ids, and the hits: what screening
/// every customer and keeping the hits on these ids would give. Ids that the
/// lists do not hold touch nobody. Runs on all cores.
pub fn rescreen(
    customers: &Index,
    lists: &Index,
    changed: &[&str],
    options: &Options,
) -> Rescreened {
    let ids: BTreeSet<&str> = changed.iter().copied().collect();
    let mut partial = None;
    let mut entities = Vec::new();
    for position in ids.iter().flat_map(|id| lists.positions(id)) {
        match lists.entity_at(position) {
            Some(entity) => entities.push(entity),
            None => partial = Some(Partial::Damaged),
        }
    }
    let found = on_all_cores(&entities, |entity| customers.may_meet(entity, options));
    let mut candidates = BTreeSet::new();
    for (positions, cut) in found {
        candidates.extend(positions);
        partial = partial.or(cut);
    }
    let candidates: Vec<u32> = candidates.into_iter().collect();
    let alone = Index::build(entities);
    let screened = on_all_cores(&candidates, |position| {
        let position = *position as usize;
        let Some(customer) = customers.entity_at(position) else {
            return (None, Some(Partial::Damaged));
        };
        let query = Query::of_party(&customer.party);
        let first = alone.screen(&query, options);
        if first.hits.is_empty() {
            return (None, first.partial);
        }
        let mut answer = lists.screen(&query, options);
        answer
            .hits
            .retain(|hit| ids.contains(hit.entity_id.as_str()));
        let touched = (!answer.hits.is_empty()).then_some(Touched {
            position,
            customer_id: customer.id,
            hits: answer.hits,
        });
        (touched, answer.partial)
    });
    let mut result = Rescreened {
        screened: candidates.len(),
        partial,
        ..Rescreened::default()
    };
    for (touched, cut) in screened {
        result.touched.extend(touched);
        result.partial = result.partial.or(cut);
    }
    result
}

/// Applies a function to every item on all cores; results in order.
fn on_all_cores<T: Sync, R: Send>(items: &[T], one: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            match items.get(at) {
                Some(item) => done.push((at, one(item))),
                None => return done,
            }
        }
    };
    let mut all: Vec<(usize, R)> = Vec::with_capacity(items.len());
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        for thread in threads {
            match thread.join() {
                Ok(done) => all.extend(done),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
    });
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, result)| result).collect()
}

impl Index {
    /// The customers of this book who could meet a listed entity.
    fn may_meet(&self, entity: &Entity, options: &Options) -> (Vec<u32>, Option<Partial>) {
        let mut desk = self.pool.take();
        desk.scratch.work = Work::default();
        desk.scratch.partial = None;
        desk.scratch.reverse = true;
        let mut found = BTreeSet::new();
        for identifier in &entity.party.identifiers {
            let hash = hash64(space::IDENTIFIER, &identifier.normalised());
            found.extend(self.of_entities.get(hash));
        }
        let kind = bearer(entity.party.kind);
        for name in &entity.party.names {
            let folded = prepare(&name.text, kind);
            let further = prepare_as_typed(&name.text, kind, &folded);
            for prepared in std::iter::once(folded).chain(further) {
                let most = standing(1.0, name.kind, entity.party.kind, options.weak);
                self.may_meet_name(&mut desk, entity, prepared, most, options, &mut found);
            }
        }
        let partial = desk.scratch.partial;
        desk.scratch.reverse = false;
        self.pool.put_back(desk);
        (found.into_iter().collect(), partial)
    }

    fn may_meet_name(
        &self,
        desk: &mut Desk,
        entity: &Entity,
        prepared: portcullis_names::Prepared,
        most: f64,
        options: &Options,
        found: &mut BTreeSet<u32>,
    ) {
        let kind = bearer(entity.party.kind);
        let Desk { memo, scratch, .. } = desk;
        // Each name may use the bounds anew: a book is many times a list.
        scratch.work = Work::default();
        let Some(name) = QueryName::new(self, memo, scratch, "", prepared, kind) else {
            return;
        };
        let threshold = options.effective_threshold();
        name.candidates(
            self,
            threshold.min(LEAST_SUPPORTED_NAME),
            scratch,
            |party, _, supported| {
                let floor = match supported {
                    true => threshold.min(LEAST_SUPPORTED_NAME),
                    false => threshold,
                };
                let asked = kinds_match(party, entity.party.kind) && most >= floor;
                asked.then_some((floor - ROUNDING).max(0.0))
            },
        );
        let rows = scratch.candidates.iter();
        found.extend(rows.map(|c| self.names[c.name as usize].entity.get()));
    }
}
