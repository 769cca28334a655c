//! Everybody listed, in a form that can be looked through: a row each, with
//! what filters and facets ask for.

use super::{ask, shelf::Shelf};
use portcullis_domain::Entity;
use portcullis_formats::watchlists::ftm_write;
use std::collections::HashMap;

/// One entity.
#[derive(Clone, Debug, Default)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) caption: String,
    pub(crate) schema: &'static str,
    /// Names, id and identifiers in lower case, a line each.
    pub(crate) text: String,
    /// Lists in force.
    pub(crate) codes: Vec<String>,
    /// Countries of any role, lower case.
    pub(crate) countries: Vec<String>,
    pub(crate) topics: Vec<String>,
    pub(crate) identifiers: Vec<String>,
    pub(crate) gender: Option<&'static str>,
    /// First day of the earliest listing.
    pub(crate) first_seen: Option<String>,
}

/// The rows, by caption, and where an id stands.
#[derive(Default)]
pub(crate) struct Directory {
    pub(crate) rows: Vec<Row>,
    places: HashMap<String, usize>,
}

impl Directory {
    /// Takes in everybody of a shelf. An id in several sources is one row.
    pub(crate) fn of(shelf: &Shelf) -> Directory {
        let mut rows: Vec<Row> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for entity in ask::every_entity(&shelf.lists) {
            let codes = shelf.codes(&entity);
            if codes.is_empty() && !entity.listings.is_empty() {
                continue;
            }
            match places.get(&entity.id) {
                Some(place) => rows[*place].extend(shelf, &entity, codes),
                None => {
                    places.insert(entity.id.clone(), rows.len());
                    let mut row = Row {
                        id: entity.id.clone(),
                        caption: entity.party.caption().to_owned(),
                        schema: ftm_write::schema(&entity),
                        text: entity.id.to_lowercase(),
                        ..Row::default()
                    };
                    row.extend(shelf, &entity, codes);
                    rows.push(row);
                }
            }
        }
        rows.sort_by(|a, b| a.caption.cmp(&b.caption).then_with(|| a.id.cmp(&b.id)));
        let placed = rows.iter().enumerate();
        let places = placed.map(|(at, row)| (row.id.clone(), at)).collect();
        Directory { rows, places }
    }

    /// The place of an id.
    pub(crate) fn place(&self, id: &str) -> Option<usize> {
        self.places.get(id).copied()
    }
}

impl Row {
    fn extend(&mut self, shelf: &Shelf, entity: &Entity, codes: Vec<String>) {
        let party = &entity.party;
        let names = party.names.iter().map(|n| n.text.to_lowercase());
        let numbers = party
            .identifiers
            .iter()
            .map(|i| i.normalised().to_lowercase());
        for line in names.chain(numbers) {
            self.text.push('\n');
            self.text.push_str(&line);
        }
        let topics = shelf.topics(&codes);
        add(&mut self.topics, topics.into_iter().map(str::to_owned));
        add(&mut self.codes, codes.into_iter());
        let countries = party.all_countries();
        let lower = countries.iter().map(|c| c.code().to_ascii_lowercase());
        add(&mut self.countries, lower);
        add(
            &mut self.identifiers,
            party.identifiers.iter().map(|i| i.value.clone()),
        );
        self.gender = self.gender.or(party.gender.map(|g| g.as_str()));
        let first = entity.listings.iter().filter_map(|l| l.listed_on).min();
        let first = first.map(ftm_write::start_of);
        self.first_seen = match (self.first_seen.take(), first) {
            (Some(own), Some(other)) => Some(own.min(other)),
            (own, other) => own.or(other),
        };
    }
}

fn add(own: &mut Vec<String>, more: impl Iterator<Item = String>) {
    for item in more {
        if !own.contains(&item) {
            own.push(item);
        }
    }
}
