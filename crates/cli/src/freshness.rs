//! How old the lists are, and what is said of it.

use crate::{
    args::Global,
    context::{now, policy_files},
};
use jiff::Timestamp;
use portcullis_exchange::{Freshness, SourceState, UpdateState, freshness};
use portcullis_policy::ListSources;
use portcullis_store::SnapshotRow;

/// What is needed to tell the age of a source.
pub(crate) struct Ages {
    sources: ListSources,
    state: UpdateState,
    now: Timestamp,
}

impl Ages {
    /// Reads the configured intervals and the state of earlier updates. What
    /// cannot be read is said, and does not stop the command.
    pub(crate) fn load(global: &Global) -> Ages {
        let sources = policy_files(global)
            .map_err(|e| crate::chain(&e))
            .and_then(|files| {
                ListSources::load(&files)
                    .map_err(|p| p.first().map(|p| p.to_string()).unwrap_or_default())
            });
        let sources = sources.unwrap_or_else(|why| {
            eprintln!("warning: the ages of the lists are not checked: {why}");
            ListSources::default()
        });
        let state = UpdateState::load(&global.data).unwrap_or_else(|error| {
            eprintln!("warning: {error}; it is written anew by the next update");
            UpdateState::default()
        });
        Ages {
            sources,
            state,
            now: now(),
        }
    }

    /// How old the source of a snapshot is, where an interval is set for it.
    pub(crate) fn of(&self, row: &SnapshotRow) -> Option<Freshness> {
        let state = self.state.sources.get(&row.source);
        let configured = self.sources.get(&row.source).map(|s| s.update_hours);
        let hours = configured.or(state.and_then(|s| s.update_hours))?;
        let confirmed = state.and_then(|s| s.confirmed_at);
        Some(freshness(hours, confirmed, Some(row.recorded_at), self.now))
    }

    /// Warns of every source in use that is out of date.
    pub(crate) fn warn_stale<'a>(
        &self,
        global: &Global,
        snapshots: impl IntoIterator<Item = &'a SnapshotRow>,
    ) {
        if global.quiet {
            return;
        }
        for row in snapshots.into_iter().filter(|row| row.active) {
            if let Some(Freshness::Stale(since)) = self.of(row) {
                let state = self.state.sources.get(&row.source);
                eprintln!("warning: {}", stale(&row.source, since, state));
            }
        }
    }

    /// Warns of every source that was tried and is not held.
    pub(crate) fn warn_missing(&self, global: &Global, snapshots: &[SnapshotRow]) {
        if global.quiet {
            return;
        }
        let held = |source: &str| {
            let mut active = snapshots.iter().filter(|row| row.active);
            active.any(|row| row.source == source)
        };
        for (source, state) in self.state.sources.iter().filter(|(s, _)| !held(s)) {
            if let Some(why) = &state.failure {
                eprintln!("warning: {source} was never taken; the last update failed: {why}");
            }
        }
    }
}

/// A source that is out of date, in a sentence.
fn stale(source: &str, since: Timestamp, state: Option<&SourceState>) -> String {
    let why = match state.and_then(|s| s.failure.as_deref()) {
        Some(why) => format!("; the last update failed: {why}"),
        None => "; run: portcullis lists update".to_owned(),
    };
    format!(
        "{source} is out of date: last confirmed {}{why}",
        minute(since)
    )
}

/// A moment to the minute, as read by people.
pub(crate) fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}
