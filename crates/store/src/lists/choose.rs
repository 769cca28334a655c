//! The two judgements about snapshots, without a database: may this import be
//! used, and which snapshot answers for a day. Days are UTC.

use super::{ImportOptions, ImportState, Member, NewSnapshot};
use crate::ImportRefused;
use jiff::{Timestamp, tz::TimeZone};
use portcullis_domain::Date;
use std::collections::BTreeMap;

/// A snapshot as far as these judgements need it.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub id: String,
    pub source: String,
    pub published: Option<Date>,
    pub recorded_at: Timestamp,
    /// Imported without being put in use.
    pub staged: bool,
}

/// That a snapshot came into use.
#[derive(Clone, Debug)]
pub(crate) struct Activation {
    pub snapshot_id: String,
    pub at: Timestamp,
    /// By an operator's own choice, not by an import.
    pub explicit: bool,
}

/// The snapshot in use, as far as an import is measured by it.
#[derive(Clone, Debug)]
pub(crate) struct InUse {
    pub id: String,
    pub published: Option<Date>,
    pub names: u64,
    pub counts: BTreeMap<String, u64>,
}

pub(crate) fn day_of(time: Timestamp) -> Date {
    time.to_zoned(TimeZone::UTC).date()
}

/// The day from which a snapshot speaks: its publication, else its import.
fn speaks_from(published: Option<Date>, recorded_at: Timestamp) -> Date {
    published.unwrap_or_else(|| day_of(recorded_at))
}

/// What becomes of an import whose snapshot has or would have this id.
/// `published` is the day that counts for it: the one already stored with these
/// bytes, else the one that came with the import.
pub(crate) fn judge_import(
    id: &str,
    snapshot: &NewSnapshot,
    published: Option<Date>,
    in_use: Option<&InUse>,
    options: ImportOptions,
) -> Result<ImportState, ImportRefused> {
    if snapshot.entities.is_empty() {
        return Err(ImportRefused::Empty {
            source_name: snapshot.source.clone(),
        });
    }
    let Some(in_use) = in_use else {
        return Ok(if options.activate {
            ImportState::Activated
        } else {
            ImportState::StoredNotActivated
        });
    };
    if in_use.id == id {
        return Ok(ImportState::AlreadyActive);
    }
    if !options.activate {
        return Ok(ImportState::StoredNotActivated);
    }
    // Only what is known to be older is kept back: an unknown day is not earlier.
    let days = published.zip(in_use.published);
    if days.is_some_and(|(new, old)| new < old) {
        return Ok(ImportState::StoredOlder);
    }
    if !options.accept {
        no_list_lost(snapshot, in_use, options.max_shrink_percent)?;
        no_names_lost(snapshot, in_use, options.max_shrink_percent)?;
    }
    Ok(ImportState::Activated)
}

fn no_list_lost(
    snapshot: &NewSnapshot,
    in_use: &InUse,
    max_shrink_percent: u32,
) -> Result<(), ImportRefused> {
    for (list, &old) in in_use.counts.iter().filter(|(_, old)| **old > 0) {
        let new = snapshot.counts.get(list).copied().unwrap_or(0);
        if new == 0 {
            return Err(ImportRefused::ListMissing {
                source_name: snapshot.source.clone(),
                list: list.clone(),
                old,
            });
        }
        if shrank(old, new, max_shrink_percent) {
            return Err(ImportRefused::ListShrank {
                source_name: snapshot.source.clone(),
                list: list.clone(),
                old,
                new,
                max_shrink_percent,
            });
        }
    }
    Ok(())
}

/// A file of aliases left out loses no entity and no list, but names.
fn no_names_lost(
    snapshot: &NewSnapshot,
    in_use: &InUse,
    max_shrink_percent: u32,
) -> Result<(), ImportRefused> {
    if shrank(in_use.names, snapshot.names, max_shrink_percent) {
        return Err(ImportRefused::NamesShrank {
            source_name: snapshot.source.clone(),
            old: in_use.names,
            new: snapshot.names,
            max_shrink_percent,
        });
    }
    Ok(())
}

fn shrank(old: u64, new: u64, max_shrink_percent: u32) -> bool {
    let lost = u128::from(old.saturating_sub(new));
    lost * 100 > u128::from(old) * u128::from(max_shrink_percent)
}

/// Which snapshot of one source answers for a day with what was known at a
/// time. `activations` in the order in which they happened. `None` if there is
/// no snapshot that was ever meant to be used.
pub(crate) fn answering(
    snapshots: &[Known],
    activations: &[Activation],
    as_of: Date,
    known: Timestamp,
) -> Option<Member> {
    let last_use = |id: &str| {
        let of_it = activations
            .iter()
            .filter(|a| a.snapshot_id == id && a.at <= known);
        of_it.map(|a| a.at).max()
    };
    let usable = |s: &&Known| s.recorded_at <= known && (!s.staged || last_use(&s.id).is_some());
    // Two of one day: the one that came into use later.
    let since = |s: &Known| last_use(&s.id).unwrap_or(s.recorded_at);
    let age = |s: &&Known| (speaks_from(s.published, s.recorded_at), since(s));
    let latest_use = activations
        .iter()
        .rev()
        .find(|a| a.at <= known && day_of(a.at) <= as_of);
    let latest = latest_use.and_then(|a| {
        let of_it = snapshots.iter().find(|s| s.id == a.snapshot_id);
        of_it.map(|s| (a, s))
    });
    let newest = snapshots
        .iter()
        .filter(usable)
        .filter(|s| speaks_from(s.published, s.recorded_at) <= as_of)
        .max_by_key(age);
    let answer = match (latest, newest) {
        (Some((by, chosen)), _) if by.explicit => Some(chosen),
        // The day of import that stands in for an unknown publication must not
        // outlive what an import put in use after it, nor the reverse.
        (Some((by, in_use)), Some(newest))
            if (in_use.published.is_none() || newest.published.is_none())
                && since(newest) < by.at =>
        {
            Some(in_use)
        }
        (_, newest) => newest,
    };
    if let Some(snapshot) = answer {
        return Some(member(snapshot, true));
    }
    let ever_used = |s: &&Known| !s.staged || activations.iter().any(|a| a.snapshot_id == s.id);
    let oldest = snapshots.iter().filter(usable).min_by_key(age);
    let oldest = oldest.or_else(|| snapshots.iter().filter(ever_used).min_by_key(age));
    oldest.map(|snapshot| member(snapshot, false))
}

fn member(snapshot: &Known, covers: bool) -> Member {
    Member {
        source: snapshot.source.clone(),
        snapshot_id: snapshot.id.clone(),
        published: snapshot.published,
        recorded_at: snapshot.recorded_at,
        covers,
    }
}

#[cfg(test)]
mod tests;
