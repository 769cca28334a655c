//! From a query to its hits.

use crate::align::Alignment;
use crate::answer::{Answer, Partial, Work, bounds};
use crate::build::identifier_values;
use crate::candidates::{QueryName, Scratch};
use crate::evidence::{self, same_identifier};
use crate::explain::{self, Told};
use crate::hit::{Hit, PartMatch, Reason};
use crate::index::{Index, NameRow, bearer};
use crate::judge::{Judged, LEAST_SUPPORTED_NAME, NameFound, round};
use crate::memo::Memo;
use crate::parts::parts;
use crate::query::{Options, Query};
use crate::score::{NameScore, Side, Whole, name_score, standing};
use crate::tokens::{hash64, space};
use portcullis_domain::{Country, Entity, Identifier, NameKind, PartyKind};
use portcullis_names::{Bearer, LegalForms, Prepared, prepare_as_typed, prepare_for};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

/// The best listed name of one entity so far.
#[derive(Clone, Debug)]
pub(crate) struct BestName {
    /// Score after the standing of the name.
    pub standing: f64,
    pub name: NameScore,
    /// Whether only a part of what was given agrees.
    pub part: bool,
    /// Which name of the index.
    pub row: u32,
    /// Which name of the query, as prepared.
    pub query: usize,
    /// As names of what the two were compared.
    pub kind: PartyKind,
}

/// What one query works with: kept between queries, so that memory is not
/// asked for anew and words that come again are not matched again.
#[derive(Default)]
pub(crate) struct Desk {
    pub memo: Memo,
    pub scratch: Scratch,
    alignment: Alignment,
    /// Empty between queries.
    names: Vec<QueryName>,
}

impl Desk {
    /// The start of a name that is too long, and says so.
    fn within_length<'n>(&mut self, given: &'n str) -> &'n str {
        if given.len() <= bounds::NAME_BYTES {
            return given;
        }
        self.scratch.partial = Some(Partial::NameLength);
        let end = (0..=bounds::NAME_BYTES).rev();
        let end = end.into_iter().find(|end| given.is_char_boundary(*end));
        &given[..end.unwrap_or(0)]
    }
}

/// Desks that are free; as many are made as queries run at once.
#[derive(Clone, Default)]
pub(crate) struct Pool(Arc<Mutex<Vec<Desk>>>);

impl Pool {
    pub(crate) fn take(&self) -> Desk {
        let mut free = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        free.pop().unwrap_or_default()
    }

    pub(crate) fn put_back(&self, desk: Desk) {
        let mut free = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        free.push(desk);
    }
}

impl Index {
    /// Every entity that may be the party asked for, with a score at or above
    /// the threshold: score falling, then bits falling, then entity id. One hit
    /// an entity id, with the lists of all entities of that id. A query without
    /// any letter or digit has no hits; see [`Query::is_answerable`].
    pub fn screen(&self, query: &Query, options: &Options) -> Answer {
        let mut desk = self.pool.take();
        let answer = self.screen_at(&mut desk, query, options);
        self.pool.put_back(desk);
        answer
    }

    fn screen_at(&self, desk: &mut Desk, query: &Query, options: &Options) -> Answer {
        desk.scratch.work = Work::default();
        desk.scratch.partial = None;
        let mut names = std::mem::take(&mut desk.names);
        self.query_names(desk, query, &mut names);
        let countries = stated_countries(query);
        let mut best = self.best_names(desk, &names, query, options, &countries);
        for entity in self.entities_with_identifiers(&query.identifiers) {
            best.entry(entity).or_insert(None);
        }
        let mut answer = Answer {
            partial: desk.scratch.partial,
            work: desk.scratch.work,
            ..Answer::default()
        };
        for (position, name) in best {
            let Some(entity) = self.entity_at(position as usize) else {
                answer.partial = Some(Partial::Damaged);
                continue;
            };
            if kinds_match(query.kind, entity.party.kind) {
                let terms = evidence::terms(query, &countries, &entity.party);
                let found = name.as_ref().map(|best| NameFound {
                    standing: best.standing,
                    name: &best.name,
                    part: best.part,
                    kind: self.names[best.row as usize].kind(),
                });
                let judged = Judged::new(found, terms, entity.party.kind);
                if judged.score >= options.effective_threshold() {
                    let mut hit = self.hit(&entity, name.as_deref(), judged, &names);
                    let linked = self.linked(position as usize);
                    hit.same_as.extend(linked.map(str::to_owned));
                    answer.hits.push(hit);
                }
            }
        }
        answer.hits = one_an_id(answer.hits);
        names.clear();
        desk.names = names;
        answer
    }

    /// The names of the query, each as every kind of bearer that it may have.
    fn query_names(&self, desk: &mut Desk, query: &Query, names: &mut Vec<QueryName>) {
        let bearers = bearers(query.kind);
        let given = std::iter::once(&query.name).chain(&query.other_names);
        let whole = given.clone().map(|name| (name.as_str(), false));
        let parts = given.flat_map(|name| parts(name)).map(|part| (part, true));
        for (at, (given, part)) in whole.chain(parts).enumerate() {
            if at == bounds::NAMES {
                desk.scratch.partial = Some(Partial::Names);
                break;
            }
            let given = desk.within_length(given);
            for (bearer, folded) in bearers.iter().zip(prepare_for(given, bearers)) {
                let typed = prepare_as_typed(given, *bearer, &folded);
                for prepared in std::iter::once(folded).chain(typed) {
                    self.add_query_name(desk, names, given, part, prepared, *bearer);
                }
            }
        }
    }

    /// Names that are taken apart alike are asked once.
    fn add_query_name(
        &self,
        desk: &mut Desk,
        names: &mut Vec<QueryName>,
        given: &str,
        part: bool,
        prepared: Prepared,
        bearer: Bearer,
    ) {
        match names.iter_mut().find(|n| n.prepared == prepared) {
            Some(name) if name.bearers.contains(&bearer) => {}
            Some(name) => name.bearers.push(bearer),
            None => {
                let Desk { memo, scratch, .. } = desk;
                let name = QueryName::new(self, memo, scratch, given, prepared, bearer);
                names.extend(name.map(|name| QueryName { part, ..name }));
            }
        }
    }

    /// The best name of each entity that could become a hit.
    fn best_names(
        &self,
        desk: &mut Desk,
        names: &[QueryName],
        query: &Query,
        options: &Options,
        countries: &[Country],
    ) -> BTreeMap<u32, Option<Box<BestName>>> {
        let threshold = options.effective_threshold();
        let supported = !(query.birth_dates.is_empty()
            && countries.is_empty()
            && query.addresses.is_empty()
            && query.identifiers.is_empty());
        let floor = if supported {
            threshold.min(LEAST_SUPPORTED_NAME)
        } else {
            threshold
        };
        let mut best: BTreeMap<u32, Option<Box<BestName>>> = BTreeMap::new();
        let Desk {
            scratch, alignment, ..
        } = desk;
        let mut listed = Vec::new();
        for (at, name) in names.iter().enumerate() {
            let asked = name.compared();
            name.candidates(self, floor, scratch, |kind, name_kind, _| {
                let asked = kinds_match(query.kind, kind) && name.bearers.contains(&bearer(kind));
                let most = standing(1.0, name_kind, kind, options.weak);
                // Rounding is not to put a name aside that is just on the line.
                (asked && most >= floor).then_some((floor - 1e-6).max(0.0))
            });
            for candidate in std::mem::take(&mut scratch.candidates) {
                if scratch.work.alignments == bounds::ALIGNMENTS {
                    scratch.partial = Some(Partial::Alignments);
                    break;
                }
                scratch.work.alignments += 1;
                let row = &self.names[candidate.name as usize];
                let kind = row.party();
                self.compared(row, &mut listed);
                scratch.edges(self, row);
                let edges = &scratch.edges;
                let scored = scored_as(query.kind, kind);
                alignment.align(&asked, &listed, edges, scored == PartyKind::Person);
                let found = name_score(
                    Side {
                        words: &asked,
                        forms: name.prepared.forms,
                    },
                    Side {
                        words: &listed,
                        forms: LegalForms::from_bits(row.forms.get()),
                    },
                    alignment,
                    Whole {
                        kind: scored,
                        exact: candidate.exact,
                        joined: candidate.joined,
                    },
                );
                let standing = standing(found.score, row.kind(), kind, options.weak);
                if standing < floor {
                    continue;
                }
                let found = BestName {
                    standing,
                    name: found,
                    part: name.part,
                    row: candidate.name,
                    query: at,
                    kind: scored,
                };
                let place = best.entry(row.entity.get()).or_insert(None);
                if place
                    .as_ref()
                    .is_none_or(|old| self.is_better(&found, old, name))
                {
                    *place = Some(Box::new(found));
                }
            }
        }
        best
    }

    /// Higher score, then exact, then written in the script of the query, then
    /// more bits, then the better kind of name.
    fn is_better(&self, new: &BestName, old: &BestName, query: &QueryName) -> bool {
        let kind = |b: &BestName| self.names[b.row as usize].kind();
        let same_script =
            |b: &BestName| self.names[b.row as usize].script == query.prepared.script as u8;
        // To a thousandth, so that the order of summing does not decide.
        let bits = |b: &BestName| round(b.name.bits, 1_000.0);
        let by_score = new.standing.total_cmp(&old.standing);
        by_score
            .then(new.name.exact.cmp(&old.name.exact))
            .then(old.part.cmp(&new.part))
            .then_with(|| same_script(new).cmp(&same_script(old)))
            .then_with(|| bits(new).total_cmp(&bits(old)))
            .then(kind(old).cmp(&kind(new)))
            .is_gt()
    }

    /// Entities that share an identifier with the query.
    fn entities_with_identifiers(&self, identifiers: &[Identifier]) -> Vec<u32> {
        let mut found = Vec::new();
        for identifier in identifiers {
            for value in identifier_values(identifier) {
                let places = self.of_entities.get(hash64(space::IDENTIFIER, &value));
                found.extend(places.filter(|place| {
                    // One that cannot be read is kept, so that the answer says so.
                    self.entity_at(*place as usize).is_none_or(|entity| {
                        let mut listed = entity.party.identifiers.iter();
                        listed.any(|l| same_identifier(identifier, l))
                    })
                }));
            }
        }
        found
    }

    fn hit(
        &self,
        entity: &Entity,
        name: Option<&BestName>,
        judged: Judged,
        names: &[QueryName],
    ) -> Hit {
        let row: Option<&NameRow> = name.map(|n| &self.names[n.row as usize]);
        let (mut reasons, parts) = match (name, row) {
            (Some(best), Some(row)) => self.told(&names[best.query], best, row, entity),
            _ => (Vec::new(), Vec::new()),
        };
        reasons.extend(judged.terms.into_iter().map(|t| t.reason));
        for reason in &mut reasons {
            reason.bits = round(reason.bits, 1_000.0);
        }
        let mut lists: Vec<String> = entity.listings.iter().map(|l| l.list.clone()).collect();
        lists.sort();
        lists.dedup();
        let matched = row.and_then(|r| entity.party.names.get(r.position.get() as usize));
        Hit {
            entity_id: entity.id.clone(),
            caption: entity.party.caption().to_owned(),
            kind: entity.party.kind,
            lists,
            score: round(judged.score, 10_000.0),
            bits: round(reasons.iter().map(|r| r.bits).sum(), 1_000.0),
            weak: row.is_some_and(|r| r.kind() == NameKind::WeakAlias),
            strong: judged.strong,
            same_as: entity.same_as.clone(),
            reasons,
            matched_name: matched.map(|n| n.text.clone()).unwrap_or_default(),
            parts,
        }
    }

    /// Why a name counts, and the two names word by word.
    fn told(
        &self,
        name: &QueryName,
        best: &BestName,
        row: &NameRow,
        entity: &Entity,
    ) -> (Vec<Reason>, Vec<PartMatch>) {
        let query = name.compared();
        let (mut listed, mut edges) = (Vec::new(), Vec::new());
        let mut alignment = Alignment::default();
        self.compared(row, &mut listed);
        name.edges(self.words_of(row).map(|(word, _)| word), &mut edges);
        let kind = entity.party.kind;
        alignment.align(&query, &listed, &edges, best.kind == PartyKind::Person);
        let listed_name = entity.party.names.get(row.position.get() as usize);
        let told = Told {
            given: &name.given,
            query: &query,
            part: name.part,
            listed_name: listed_name.map_or("", |n| n.text.as_str()),
            listed: &listed,
            name_kind: row.kind(),
            kind,
            alignment: &alignment,
            score: &best.name,
        };
        (explain::name_reasons(&told), explain::name_parts(&told))
    }
}

/// One hit an entity id: the best one, with the lists of all; in the order of
/// answers.
fn one_an_id(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort_by(|a, b| a.order(b).then_with(|| a.lists.cmp(&b.lists)));
    let mut place: HashMap<String, usize> = HashMap::new();
    let mut merged: Vec<Hit> = Vec::with_capacity(hits.len());
    for hit in hits {
        match place.get(&hit.entity_id) {
            Some(at) => {
                let kept = &mut merged[*at];
                kept.lists.extend(hit.lists);
                kept.same_as.extend(hit.same_as);
                // What either entity can carry, the answer can carry.
                kept.strong = kept.strong.max(hit.strong);
            }
            None => {
                place.insert(hit.entity_id.clone(), merged.len());
                merged.push(hit);
            }
        }
    }
    for hit in &mut merged {
        hit.same_as.retain(|id| *id != hit.entity_id);
        for words in [&mut hit.lists, &mut hit.same_as] {
            words.sort();
            words.dedup();
        }
    }
    merged
}

/// As whose name the names of a query are taken apart.
pub(crate) fn bearers(kind: PartyKind) -> &'static [Bearer] {
    match kind {
        PartyKind::Person => &[Bearer::Person, Bearer::Organisation],
        PartyKind::Organisation => &[Bearer::Organisation],
        PartyKind::Vessel | PartyKind::Aircraft => &[Bearer::Object, Bearer::Organisation],
        PartyKind::Unknown => &[Bearer::Organisation, Bearer::Person, Bearer::Object],
    }
}

/// A stated kind does not match another stated kind.
pub(crate) fn kinds_match(query: PartyKind, listed: PartyKind) -> bool {
    query == listed || query == PartyKind::Unknown || listed == PartyKind::Unknown
}

/// What the names are scored as: a listed party of which nobody says what it is
/// is held against a person as a person.
pub(crate) fn scored_as(query: PartyKind, listed: PartyKind) -> PartyKind {
    match (query, listed) {
        (PartyKind::Person, PartyKind::Unknown) => PartyKind::Person,
        _ => listed,
    }
}

/// Countries of the query, those of its addresses included.
pub(crate) fn stated_countries(query: &Query) -> Vec<Country> {
    let of_addresses = query.addresses.iter().filter_map(|a| a.country);
    let mut all: Vec<Country> = query
        .countries
        .iter()
        .copied()
        .chain(of_addresses)
        .collect();
    all.sort();
    all.dedup();
    all
}

#[cfg(test)]
mod tests;
