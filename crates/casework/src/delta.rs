//! What changed between two states of the lists.

use crate::identity::comparable;
use crate::{Aspect, Identity};
use portcullis_domain::{Entity, Party};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// An entry that stands under its number in both states, and not as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Its id.
    pub id: String,
    /// In what it changed materially; empty if only in listings, addresses or remarks.
    pub aspects: Vec<Aspect>,
}

/// An entry that stands under another number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renumbered {
    /// Its id before.
    pub old: String,
    /// Its id now.
    pub new: String,
    /// In what it changed materially besides.
    pub aspects: Vec<Aspect>,
}

/// What changed between two states of the lists, each part by id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delta {
    /// Ids that were not there.
    pub added: Vec<String>,
    /// Ids that are gone.
    pub removed: Vec<String>,
    /// Entries that are not as they were.
    pub changed: Vec<Changed>,
    /// Entries that went on under another number; neither added nor removed.
    pub renumbered: Vec<Renumbered>,
}

impl Delta {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty()
            && self.removed.is_empty()
            && self.changed.is_empty()
            && self.renumbered.is_empty()
    }

    /// The ids whose entries somebody may meet now and did not before: added,
    /// changed in anything, renumbered; sorted, without repeats.
    pub fn to_screen(&self) -> Vec<String> {
        let changed = self.changed.iter().map(|c| &c.id);
        let renumbered = self.renumbered.iter().map(|r| &r.new);
        let all: BTreeSet<&String> = self.added.iter().chain(changed).chain(renumbered).collect();
        all.into_iter().cloned().collect()
    }
}

/// Compares two states. An id that stands in several snapshots of one state is
/// one entry. Removed and added entries that share list, citation and name are
/// one entry that was renumbered, where that says so without doubt: one removed
/// and one added entry, and no other that would fit.
pub fn delta(old: &[&Entity], new: &[&Entity]) -> Delta {
    let (before, after) = (by_id(old), by_id(new));
    let mut delta = Delta::default();
    for (id, entries) in &after {
        match before.get(id) {
            None => delta.added.push((*id).to_owned()),
            Some(earlier) if earlier != entries => delta.changed.push(Changed {
                id: (*id).to_owned(),
                aspects: aspects(earlier, entries),
            }),
            Some(_) => {}
        }
    }
    let gone = before.keys().filter(|id| !after.contains_key(*id));
    delta.removed = gone.map(|id| (*id).to_owned()).collect();
    pair(&mut delta, &before, &after);
    delta
}

type Entries<'a> = BTreeMap<&'a str, Vec<&'a Entity>>;

fn by_id<'a>(entities: &[&'a Entity]) -> Entries<'a> {
    let mut all: Entries<'a> = BTreeMap::new();
    for entity in entities {
        all.entry(&entity.id).or_default().push(entity);
    }
    all
}

/// What all entries of one id say together, compared.
fn aspects(before: &[&Entity], after: &[&Entity]) -> Vec<Aspect> {
    Identity::of(&together(before)).changes(&Identity::of(&together(after)))
}

fn together(entries: &[&Entity]) -> Party {
    let mut all = Party::default();
    for party in entries.iter().map(|e| &e.party) {
        all.kind = party.kind;
        all.names.extend(party.names.iter().cloned());
        all.identifiers.extend(party.identifiers.iter().cloned());
        all.addresses.extend(party.addresses.iter().cloned());
        all.countries.extend(party.countries.iter().cloned());
        all.birth_dates.extend(party.birth_dates.iter().copied());
    }
    all
}

/// What an entry is known by beside its number: list, citation and name of each listing.
fn entry_keys(entity: &Entity) -> BTreeSet<(&str, &str, String)> {
    let name = comparable(entity.party.caption());
    let listings = entity.listings.iter().filter(|_| !name.is_empty());
    listings
        .map(|l| (l.list.as_str(), l.citation.trim(), name.clone()))
        .collect()
}

/// Whether two entries are one by list, citation and name, whatever their numbers.
pub fn same_entry(before: &Entity, now: &Entity) -> bool {
    !entry_keys(before).is_disjoint(&entry_keys(now))
}

/// Pairs what one key, alone on both sides, suggests; an entry for which two
/// others are suggested stays unpaired.
fn pair(delta: &mut Delta, before: &Entries<'_>, after: &Entries<'_>) {
    let removed = keyed(&delta.removed, before);
    let added = keyed(&delta.added, after);
    let mut suggested: BTreeSet<(&str, &str)> = BTreeSet::new();
    for (key, olds) in &removed {
        if let ([old], Some([new])) = (olds.as_slice(), added.get(key).map(Vec::as_slice)) {
            suggested.insert((old, new));
        }
    }
    let mut times: HashMap<(bool, &str), usize> = HashMap::new();
    for (old, new) in &suggested {
        *times.entry((false, old)).or_default() += 1;
        *times.entry((true, new)).or_default() += 1;
    }
    let alone = |side: bool, id: &str| times.get(&(side, id)) == Some(&1);
    let sure = suggested
        .iter()
        .filter(|(old, new)| alone(false, old) && alone(true, new));
    let pairs: Vec<Renumbered> = sure
        .map(|(old, new)| Renumbered {
            old: (*old).to_owned(),
            new: (*new).to_owned(),
            aspects: aspects(&before[old], &after[new]),
        })
        .collect();
    let olds: HashSet<&str> = pairs.iter().map(|p| p.old.as_str()).collect();
    let news: HashSet<&str> = pairs.iter().map(|p| p.new.as_str()).collect();
    delta.removed.retain(|id| !olds.contains(id.as_str()));
    delta.added.retain(|id| !news.contains(id.as_str()));
    delta.renumbered = pairs;
}

type Keyed<'a> = HashMap<(&'a str, &'a str, String), Vec<&'a str>>;

fn keyed<'a>(ids: &[String], entries: &Entries<'a>) -> Keyed<'a> {
    let mut all: Keyed<'a> = HashMap::new();
    for id in ids {
        let Some((id, of_id)) = entries.get_key_value(id.as_str()) else {
            continue;
        };
        let keys: BTreeSet<_> = of_id.iter().flat_map(|e| entry_keys(e)).collect();
        for key in keys {
            all.entry(key).or_default().push(id);
        }
    }
    all
}
