//! What a run has to do.

use super::MonitorOptions;
use super::segment::book_digest;
use crate::GateError;
use portcullis_assessment::Lists;
use portcullis_casework::{Delta, delta};
use portcullis_domain::{Date, Entity, Period, hex_sha256};
use portcullis_screening::{DEFAULT_THRESHOLD, ENGINE_VERSION, Index};
use portcullis_store::{MonitorRun, NewRun, PartKind, PartRow, Store};
use std::collections::BTreeSet;

/// Customers that are screened in one part.
pub(super) const CUSTOMERS_A_PART: u64 = 2_000;
/// Changed entities that are screened in one part.
const ENTITIES_A_PART: usize = 500;

/// What changed in the lists between two runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListChanges {
    /// By entry.
    pub delta: Delta,
    /// Ids whose listing came into force, or ended, by its own dates.
    pub by_date: Vec<String>,
}

/// What a run has to do.
pub(super) struct Plan {
    pub new: NewRun,
    /// Ids of the entities against which every customer is screened, in order.
    pub entities: Vec<String>,
    /// Ids that are gone.
    pub gone: Vec<String>,
    /// Customers that came or changed after this version are screened against everything.
    pub since_version: u64,
    pub changes: Option<ListChanges>,
}

/// One part of a run.
pub(super) enum Step<'a> {
    /// Every customer against these.
    Entities(&'a [String]),
    /// The next customers against everything.
    Customers,
}

impl Plan {
    pub(super) async fn of(
        store: &Store,
        lists: &Lists,
        options: &MonitorOptions,
    ) -> Result<Plan, GateError> {
        if lists.index().is_empty() {
            return Err(GateError::Monitor(
                "no list is active, so nobody can be screened".to_owned(),
            ));
        }
        let book = store.customer_book(&options.book).await?;
        let (customers, customers_digest) = book_digest(store, &book).await?;
        let engine = format!("{}.{}", ENGINE_VERSION.0, ENGINE_VERSION.1);
        let before = store.last_completed(&options.book).await?;
        // Another engine may judge likeness otherwise: then everything is asked again.
        let since = before.filter(|run| !options.full && run.plan.engine == engine);
        let changes = match &since {
            Some(run) => Some(changes(store, lists, run, options.as_of).await?),
            None => None,
        };
        let (entities, gone) = changes
            .as_ref()
            .map_or_else(Default::default, |c| to_screen(c, lists.index()));
        let since_version = since.as_ref().map_or(0, |run| run.plan.book_version);
        let versions = (since_version, book.version);
        let customers_to_screen = store.customers_changed(&options.book, versions).await?;
        let parts = entities.len().div_ceil(ENTITIES_A_PART) as u64
            + customers_to_screen.div_ceil(CUSTOMERS_A_PART);
        Ok(Plan {
            new: NewRun {
                book: options.book.clone(),
                book_version: book.version,
                customers,
                customers_digest,
                lists: lists.id().to_owned(),
                since: since.map(|run| run.id),
                engine,
                threshold: (DEFAULT_THRESHOLD * 10_000.0).round() as i64,
                weak: false,
                as_of: options.as_of,
                customers_to_screen,
                entities_to_screen: entities.len() as u64,
                entities_digest: hex_sha256(entities.join("\n").as_bytes()),
                parts,
            },
            entities,
            gone,
            since_version,
            changes,
        })
    }

    /// Whether a run that was stopped has to do the same.
    pub(super) fn fits(&self, running: &MonitorRun) -> bool {
        let (new, old) = (&self.new, &running.plan);
        (new.book_version, &new.lists, &new.since) == (old.book_version, &old.lists, &old.since)
            && (&new.engine, new.threshold, new.weak) == (&old.engine, old.threshold, old.weak)
            && (new.as_of, new.parts) == (old.as_of, old.parts)
            && new.customers_digest == old.customers_digest
            && new.entities_digest == old.entities_digest
    }

    /// The ids whose alerts end unless their sides met in this run. Where not
    /// all could be looked at, only of those that are gone.
    pub(super) fn touched(&self, whole: bool) -> Vec<String> {
        let looked_at = self.entities.iter().filter(|_| whole);
        looked_at.chain(&self.gone).cloned().collect()
    }

    fn entity_parts(&self) -> usize {
        self.entities.len().div_ceil(ENTITIES_A_PART)
    }

    /// What the part at a position does: first the changed entities, then the customers.
    pub(super) fn step(&self, position: u64) -> Step<'_> {
        let at = usize::try_from(position).unwrap_or(usize::MAX);
        match self.entities.chunks(ENTITIES_A_PART).nth(at) {
            Some(changed) if at < self.entity_parts() => Step::Entities(changed),
            _ => Step::Customers,
        }
    }

    /// The customer after whom the next part goes on.
    pub(super) fn resume_after(&self, done: &[PartRow]) -> String {
        let of_customers = done.iter().rfind(|p| p.kind == PartKind::Customers);
        of_customers.map_or_else(String::new, |p| p.upto.clone())
    }
}

/// What changed since a run: in the snapshots, and by the dates of listings.
async fn changes(
    store: &Store,
    lists: &Lists,
    run: &MonitorRun,
    as_of: Date,
) -> Result<ListChanges, GateError> {
    let before = store.list_set_members(&run.plan.lists).await?;
    let now = store.list_set_members(lists.id()).await?;
    let delta = snapshots_delta(store, &before, &now).await?;
    let by_date = if run.plan.as_of == as_of {
        Vec::new()
    } else {
        changed_by_date(lists.index(), run.plan.as_of, as_of)
    };
    Ok(ListChanges { delta, by_date })
}

/// The delta between two sets of snapshots; those that stand in both are not read.
///
/// # Errors
///
/// [`GateError`] if a snapshot cannot be read.
pub async fn snapshots_delta(
    store: &Store,
    before: &[String],
    now: &[String],
) -> Result<Delta, GateError> {
    let only = |these: &[String], those: &[String]| -> Vec<String> {
        let only = these.iter().filter(|id| !those.contains(id));
        only.cloned().collect()
    };
    let mut sides: [Vec<Entity>; 2] = [Vec::new(), Vec::new()];
    let snapshots = [only(before, now), only(now, before)];
    for (side, ids) in sides.iter_mut().zip(snapshots) {
        for id in ids {
            side.extend(crate::lists::entities(store, &id).await?);
        }
    }
    let [before, now] = sides;
    crate::blocking(move || {
        let before: Vec<&Entity> = before.iter().collect();
        let now: Vec<&Entity> = now.iter().collect();
        delta(&before, &now)
    })
    .await
}

/// Ids with a listing that is in force on one of the days and not on the other.
fn changed_by_date(index: &Index, before: Date, now: Date) -> Vec<String> {
    let mut changed = BTreeSet::new();
    for entity in index.entities() {
        let differs = entity.listings.iter().any(|l| {
            let period = Period {
                from: l.listed_on,
                until: l.until,
            };
            period.contains(before) != period.contains(now)
        });
        if differs {
            changed.insert(entity.id);
        }
    }
    changed.into_iter().collect()
}

/// The ids to screen against, and those that are gone. An id that left one
/// source may still stand in another: then it changed.
fn to_screen(changes: &ListChanges, index: &Index) -> (Vec<String>, Vec<String>) {
    let delta = &changes.delta;
    let gone = delta.renumbered.iter().map(|r| &r.old);
    let gone = delta.removed.iter().chain(gone);
    let listed = |id: &&String| index.positions(id).next().is_some();
    let mut entities: BTreeSet<String> = delta.to_screen().into_iter().collect();
    entities.extend(changes.by_date.iter().cloned());
    entities.extend(gone.clone().filter(listed).cloned());
    entities.retain(|id| listed(&id));
    let gone: BTreeSet<String> = gone.filter(|id| !listed(id)).cloned().collect();
    (entities.into_iter().collect(), gone.into_iter().collect())
}
