//! Which customers meet which entities.

use portcullis_assessment::Lists;
use portcullis_domain::{Date, Entity};
use portcullis_screening::{Hit, Index, Options, Query, rescreen};
use portcullis_store::Customer;
use std::collections::HashSet;

/// What the screening of one customer gave.
pub(super) struct Met {
    pub customer: Customer,
    pub hits: Vec<Hit>,
    /// Not all could be looked at.
    pub partial: bool,
    /// Nothing that could be screened.
    pub unscreened: bool,
}

/// How many could be screened in part only, and how many not at all.
pub(super) fn not_whole(met: &[Met]) -> (u64, u64) {
    let partial = met.iter().filter(|m| m.partial).count();
    let unscreened = met.iter().filter(|m| m.unscreened).count();
    (partial as u64, unscreened as u64)
}

/// The numbers of those who could not be screened wholly.
pub(super) fn numbers_not_whole(met: &[Met]) -> Vec<String> {
    let not_whole = met.iter().filter(|m| m.partial || m.unscreened);
    not_whole.map(|m| m.customer.id.clone()).collect()
}

/// Every customer against every list, in the order given. All of them are in
/// the answer, those who met nobody too.
pub(super) fn everything(lists: &Lists, customers: Vec<Customer>, as_of: Date) -> Vec<Met> {
    on_all_cores(&customers, |customer| {
        let query = Query::of_party(&customer.party);
        let answer = lists.screen(&query, as_of);
        Some(Met {
            customer: customer.clone(),
            partial: answer.partial.is_some(),
            unscreened: !query.is_answerable(),
            hits: answer.hits,
        })
    })
}

/// The customers that meet one of the entities with these ids, in order, and
/// those that could not be looked at wholly; exactly the hits that screening
/// each customer against all lists gives for these entities.
///
/// The book is asked for the entities. Where that meets a bound, somebody may
/// be left out, and each customer is asked instead.
pub(super) fn changed(
    lists: &Lists,
    customers: &Index,
    changed: &[String],
    as_of: Date,
) -> Vec<Met> {
    let ids: Vec<&str> = changed.iter().map(String::as_str).collect();
    let found = rescreen(customers, lists.index(), &ids, &Options::default());
    if found.partial.is_some() {
        return one_by_one(lists, customers, changed, as_of);
    }
    let met = found.touched.into_iter().map(|touched| {
        let Some(entity) = customers.entity_at(touched.position) else {
            return unreadable(customers.id_at(touched.position));
        };
        let hits = touched.hits.into_iter();
        Met {
            customer: Customer {
                id: super::segment::customer_id(&entity.id).to_owned(),
                party: entity.party,
            },
            hits: hits.filter_map(|hit| lists.in_force(hit, as_of)).collect(),
            partial: false,
            unscreened: false,
        }
    });
    met.filter(|m| m.partial || !m.hits.is_empty()).collect()
}

/// The same, by asking for each customer.
///
/// A small index of the changed entities tells who may meet one; only those are
/// asked against all lists, where a hit gets its weight. Scores do not depend on
/// who else is listed, so nobody is lost.
fn one_by_one(lists: &Lists, customers: &Index, changed: &[String], as_of: Date) -> Vec<Met> {
    let wanted: HashSet<&str> = changed.iter().map(String::as_str).collect();
    let index = lists.index();
    let entities: Vec<Entity> = changed
        .iter()
        .flat_map(|id| index.positions(id).filter_map(|at| index.entity_at(at)))
        .collect();
    let few = Index::build(entities);
    let positions: Vec<usize> = (0..customers.len()).collect();
    on_all_cores(&positions, |at| {
        let Some(entity) = customers.entity_at(*at) else {
            return Some(unreadable(customers.id_at(*at)));
        };
        let query = Query::of_party(&entity.party);
        let first = few.screen(&query, &Options::default());
        if first.hits.is_empty() && first.partial.is_none() {
            return None;
        }
        let answer = lists.screen(&query, as_of);
        let mut hits = answer.hits;
        hits.retain(|hit| wanted.contains(hit.entity_id.as_str()));
        let partial = answer.partial.is_some();
        (partial || !hits.is_empty()).then(|| Met {
            customer: Customer {
                id: super::segment::customer_id(&entity.id).to_owned(),
                party: entity.party,
            },
            hits,
            partial,
            unscreened: false,
        })
    })
}

/// A customer of the index that cannot be decoded: never taken for clear.
fn unreadable(id: Option<&str>) -> Met {
    Met {
        customer: Customer {
            id: super::segment::customer_id(id.unwrap_or_default()).to_owned(),
            party: portcullis_domain::Party::default(),
        },
        hits: Vec::new(),
        partial: true,
        unscreened: false,
    }
}

fn on_all_cores<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> Option<R> + Sync) -> Vec<R> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let share = items.len().div_ceil(cores).max(64);
    let mut all = Vec::new();
    std::thread::scope(|scope| {
        let work = &work;
        let chunks: Vec<_> = items
            .chunks(share)
            .map(|chunk| scope.spawn(move || chunk.iter().filter_map(work).collect::<Vec<_>>()))
            .collect();
        for chunk in chunks {
            match chunk.join() {
                Ok(part) => all.extend(part),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
    });
    all
}
