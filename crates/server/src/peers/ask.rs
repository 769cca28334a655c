//! The one place where the peers' endpoints touch the engine.

use portcullis_assessment::Lists;
use portcullis_domain::Entity;
use portcullis_screening::{Hit, Options, Query};

/// What the engine answered.
pub(crate) struct Screened {
    /// Every hit at or above the threshold, best first.
    pub(crate) hits: Vec<Hit>,
    /// Which bound of work was met; then "no hit" says nothing.
    pub(crate) partial: Option<String>,
}

/// Screens one query against everything listed.
pub(crate) fn screen(lists: &Lists, query: &Query, options: &Options) -> Screened {
    let answer = lists.index().screen(query, options);
    Screened {
        hits: answer.hits,
        partial: answer.partial.map(|why| why.text()),
    }
}

/// Whether nobody is listed.
pub(crate) fn nobody_listed(lists: &Lists) -> bool {
    lists.index().is_empty()
}

/// The entity of an id, with what every source says of it.
pub(crate) fn entity(lists: &Lists, id: &str) -> Option<Entity> {
    let index = lists.index();
    together(index.positions(id).filter_map(|at| index.entity_at(at)))
}

/// The entity of an id, once for each source that has it.
pub(crate) fn as_each_source_has_it(lists: &Lists, id: &str) -> Vec<Entity> {
    let index = lists.index();
    let all = index.positions(id);
    all.filter_map(|at| index.entity_at(at)).collect()
}

/// Every entity of every source, one after the other; an id may come again.
pub(crate) fn every_entity(lists: &Lists) -> impl Iterator<Item = Entity> + '_ {
    lists.index().entities()
}

/// What several sources say of one id, as one entity.
pub(crate) fn together(mut same: impl Iterator<Item = Entity>) -> Option<Entity> {
    let mut whole = same.next()?;
    for other in same {
        let (own, more) = (&mut whole.party, other.party);
        add(&mut own.names, more.names);
        add(&mut own.identifiers, more.identifiers);
        add(&mut own.addresses, more.addresses);
        add(&mut own.countries, more.countries);
        add(&mut own.birth_dates, more.birth_dates);
        add(&mut own.emails, more.emails);
        add(&mut own.phones, more.phones);
        own.gender = own.gender.or(more.gender);
        add(&mut whole.listings, other.listings);
        add(&mut whole.same_as, other.same_as);
        add(&mut whole.links, other.links);
        if !whole.remarks.contains(&other.remarks) {
            whole.remarks.push_str("; ");
            whole.remarks.push_str(&other.remarks);
        }
    }
    Some(whole)
}

fn add<T: PartialEq>(own: &mut Vec<T>, more: Vec<T>) {
    for item in more {
        if !own.contains(&item) {
            own.push(item);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use portcullis_domain::{Name, NameKind};

    #[test]
    fn two_sources_say_it_once() {
        let entity = |names: &[&str], remarks: &str| {
            let mut entity = Entity {
                id: "us-ofac:1".to_owned(),
                remarks: remarks.to_owned(),
                ..Entity::default()
            };
            let names = names.iter().map(|n| Name::new(NameKind::Primary, *n));
            entity.party.names = names.collect();
            entity
        };
        let both = [entity(&["A", "B"], "x"), entity(&["B", "C"], "y")];
        let whole = together(both.into_iter()).unwrap();
        let names: Vec<&str> = whole.party.names.iter().map(|n| n.text.as_str()).collect();
        assert_eq!(names, ["A", "B", "C"]);
        assert_eq!(whole.remarks, "x; y");
        assert_eq!(together(std::iter::empty()), None);
    }
}
