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

/// Every entity of every source, one after the other; an id may come again.
pub(crate) fn every_entity(lists: &Lists) -> impl Iterator<Item = Entity> + '_ {
    lists.index().entities()
}
