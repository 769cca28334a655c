//! Several indexes that answer together: one for each active source.

use crate::evidence::{DateAgreement, date_agreement, same_identifier};
use crate::hit::Hit;
use crate::index::{Index, bearer, exact_hashes};
use crate::query::{Options, Query};
use portcullis_domain::Entity;
use portcullis_names::prepare;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Which entities of different id schemes are the same. Linked, never merged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links(BTreeMap<String, BTreeSet<String>>);

impl Links {
    /// Links entities of different schemes (the part of the id before `:`)
    /// that have the same primary name and share a whole birth date or an
    /// identifier; and those that a source itself calls the same.
    pub fn between(indexes: &[&Index]) -> Links {
        let entities = || indexes.iter().flat_map(|i| i.entities().iter());
        let mut by_name: HashMap<u64, Vec<&Entity>> = HashMap::new();
        let mut links = Links::default();
        for entity in entities() {
            for other in &entity.same_as {
                links.link(&entity.id, other);
            }
            let has_evidence =
                !entity.party.birth_dates.is_empty() || !entity.party.identifiers.is_empty();
            let prepared = prepare(entity.party.caption(), bearer(entity.party.kind));
            if has_evidence && !prepared.tokens.is_empty() {
                for hash in exact_hashes(&prepared) {
                    by_name.entry(hash).or_default().push(entity);
                }
            }
        }
        for namesakes in by_name.values() {
            for (i, a) in namesakes.iter().enumerate() {
                for b in &namesakes[i + 1..] {
                    if scheme(&a.id) != scheme(&b.id) && share_evidence(a, b) {
                        links.link(&a.id, &b.id);
                    }
                }
            }
        }
        links
    }

    /// The ids linked to an id, sorted.
    pub fn of(&self, id: &str) -> impl Iterator<Item = &str> + '_ {
        self.0.get(id).into_iter().flatten().map(String::as_str)
    }

    fn link(&mut self, a: &str, b: &str) {
        if a != b {
            self.0.entry(a.to_owned()).or_default().insert(b.to_owned());
            self.0.entry(b.to_owned()).or_default().insert(a.to_owned());
        }
    }
}

fn scheme(id: &str) -> &str {
    id.split_once(':').map_or(id, |(scheme, _)| scheme)
}

fn share_evidence(a: &Entity, b: &Entity) -> bool {
    let (a, b) = (&a.party, &b.party);
    let dates = a.birth_dates.iter().any(|x| {
        let same = |y| date_agreement(x, y) == DateAgreement::Same;
        b.birth_dates.iter().any(same)
    });
    let identifiers = a
        .identifiers
        .iter()
        .any(|x| b.identifiers.iter().any(|y| same_identifier(x, y)));
    dates || identifiers
}

/// Hits of several indexes as one answer: one hit an entity id (the best one,
/// with the lists of all), `same_as` completed from the links, in the order of
/// answers. Does not depend on the order in which the indexes are given.
pub fn merge(answers: Vec<Vec<Hit>>, links: &Links) -> Vec<Hit> {
    let mut all: Vec<Hit> = answers.into_iter().flatten().collect();
    all.sort_by(|a, b| a.order(b).then_with(|| a.lists.cmp(&b.lists)));
    let mut place: HashMap<String, usize> = HashMap::new();
    let mut merged: Vec<Hit> = Vec::with_capacity(all.len());
    for hit in all {
        match place.get(&hit.entity_id) {
            Some(at) => {
                let kept = &mut merged[*at];
                kept.lists.extend(hit.lists);
                kept.same_as.extend(hit.same_as);
                // What either index can carry, the answer can carry.
                kept.strong = kept.strong.max(hit.strong);
            }
            None => {
                place.insert(hit.entity_id.clone(), merged.len());
                merged.push(hit);
            }
        }
    }
    for hit in &mut merged {
        hit.same_as
            .extend(links.of(&hit.entity_id).map(str::to_owned));
        hit.same_as.retain(|id| *id != hit.entity_id);
        for words in [&mut hit.lists, &mut hit.same_as] {
            words.sort();
            words.dedup();
        }
    }
    merged
}

/// All active indexes together.
#[derive(Clone, Debug, Default)]
pub struct ListSet {
    indexes: Vec<Arc<Index>>,
    links: Links,
}

impl ListSet {
    /// Takes the indexes and links their entities.
    pub fn new(indexes: Vec<Arc<Index>>) -> ListSet {
        let plain: Vec<&Index> = indexes.iter().map(Arc::as_ref).collect();
        let links = Links::between(&plain);
        ListSet { indexes, links }
    }

    /// The indexes, as given.
    pub fn indexes(&self) -> &[Arc<Index>] {
        &self.indexes
    }

    /// How many entities stand in all indexes; one id in two indexes counts twice.
    pub fn len(&self) -> usize {
        self.indexes.iter().map(|i| i.len()).sum()
    }

    /// Whether there is nobody to screen against. The caller must not take
    /// this for "clear".
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The entity of an id, from the first index that has it.
    pub fn entity(&self, id: &str) -> Option<&Entity> {
        self.indexes.iter().find_map(|i| i.entity(id))
    }

    /// Screens against every index; see [`Index::screen`] and [`merge`].
    pub fn screen(&self, query: &Query, options: &Options) -> Vec<Hit> {
        let answers = self.indexes.iter().map(|i| i.screen(query, options));
        merge(answers.collect(), &self.links)
    }
}
