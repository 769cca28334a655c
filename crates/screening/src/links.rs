//! Which entities of different id schemes are the same. Linked, never merged.

use crate::build::{Contents, LinkParts, TakenApart};
use crate::evidence::{DateAgreement, date_agreement, same_identifier};
use crate::index::LinkRow;
use portcullis_domain::Entity;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use zerocopy::little_endian::U32;

/// What is gathered while an index is built: entities of different schemes
/// (the part of the id before `:`) that have the same primary name and share a
/// whole birth date or an identifier; and those that a source itself calls the
/// same.
#[derive(Default)]
pub(crate) struct Links {
    stated: Vec<(String, String)>,
    /// Hash of a primary name, position.
    by_name: Vec<(u64, u32)>,
}

impl Links {
    pub(crate) fn add(&mut self, position: u32, taken: &TakenApart) {
        let same = taken.same_as.iter();
        self.stated
            .extend(same.map(|other| (taken.id.clone(), other.clone())));
        self.by_name
            .extend(taken.namesake.iter().map(|hash| (*hash, position)));
    }

    /// The rows of the links, by entity and id.
    pub(crate) fn rows(&mut self, entities: &Contents) -> LinkParts {
        let mut links: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut link = |a: &str, b: &str| {
            if a != b {
                links.entry(a.to_owned()).or_default().insert(b.to_owned());
                links.entry(b.to_owned()).or_default().insert(a.to_owned());
            }
        };
        for (a, b) in std::mem::take(&mut self.stated) {
            link(&a, &b);
        }
        let mut by_name = std::mem::take(&mut self.by_name);
        by_name.sort_unstable();
        by_name.dedup();
        for namesakes in by_name.chunk_by(|a, b| a.0 == b.0) {
            link_namesakes(entities, namesakes, &mut link);
        }
        let mut parts = LinkParts::default();
        if !links.is_empty() {
            write_rows(entities, &links, &mut parts);
        }
        parts
    }
}

fn link_namesakes(entities: &Contents, namesakes: &[(u64, u32)], link: &mut dyn FnMut(&str, &str)) {
    let mut schemes: HashMap<&str, Vec<u32>> = HashMap::new();
    for (_, position) in namesakes {
        let of_scheme = schemes.entry(scheme(entities.id(*position))).or_default();
        of_scheme.push(*position);
    }
    if schemes.len() < 2 {
        return;
    }
    let decoded = namesakes.iter().filter_map(|n| entities.entity(n.1));
    let decoded: Vec<Entity> = decoded.collect();
    for (i, a) in decoded.iter().enumerate() {
        for b in &decoded[i + 1..] {
            if scheme(&a.id) != scheme(&b.id) && share_evidence(a, b) {
                link(&a.id, &b.id);
            }
        }
    }
}

fn write_rows(
    entities: &Contents,
    links: &BTreeMap<String, BTreeSet<String>>,
    (rows, text): &mut LinkParts,
) {
    for position in 0..entities.len() as u32 {
        for other in links.get(entities.id(position)).into_iter().flatten() {
            let start = text.len() as u32;
            text.push_str(other);
            rows.push(LinkRow {
                entity: U32::new(position),
                start: U32::new(start),
                end: U32::new(text.len() as u32),
            });
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
