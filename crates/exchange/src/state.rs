//! What is known of earlier updates: `DATA/updates.json`. It only saves work
//! and tells age; where it is lost or damaged, everything is fetched anew.

use jiff::Timestamp;
use portcullis_policy::ListSource;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

/// What a publisher gave to ask with next time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validators {
    /// `ETag`.
    pub etag: Option<String>,
    /// `Last-Modified`, as written.
    pub last_modified: Option<String>,
}

impl Validators {
    /// Whether there is nothing to ask with.
    pub fn is_empty(&self) -> bool {
        self.etag.is_none() && self.last_modified.is_none()
    }
}

/// A file as it was last taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileState {
    /// The address in the configuration: under another one the validators mean nothing.
    pub url: String,
    /// What to ask with.
    pub validators: Validators,
}

/// A source as it was last updated.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceState {
    /// Snapshot that came of the files below. Only while it is the one in use
    /// may "not modified" be believed.
    pub snapshot: Option<String>,
    /// Its files, by name.
    #[serde(default)]
    pub files: BTreeMap<String, FileState>,
    /// When the publisher last gave or confirmed what is in use.
    pub confirmed_at: Option<Timestamp>,
    /// When it was last tried.
    pub tried_at: Option<Timestamp>,
    /// Why the last try failed; none if it did not.
    pub failure: Option<String>,
    /// Failures since the last success.
    #[serde(default)]
    pub failures: u32,
    /// Hours after which it is out of date, as configured at the last try.
    pub update_hours: Option<u32>,
}

/// Every source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpdateState {
    /// By source code.
    pub sources: BTreeMap<String, SourceState>,
}

/// The state could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The file system failed.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What failed.
        source: io::Error,
    },
    /// The file is not what was written.
    #[error("{path} is damaged: {why}")]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
}

impl StateError {
    pub(crate) fn at(path: &Path, source: io::Error) -> StateError {
        StateError::File {
            path: path.to_owned(),
            source,
        }
    }
}

impl UpdateState {
    fn file(data: &Path) -> PathBuf {
        data.join("updates.json")
    }

    /// Reads the state of a data folder; empty where there is none.
    ///
    /// # Errors
    ///
    /// [`StateError`]. A damaged file is best treated as empty, and said.
    pub fn load(data: &Path) -> Result<UpdateState, StateError> {
        let path = UpdateState::file(data);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(UpdateState::default());
            }
            Err(error) => return Err(StateError::at(&path, error)),
        };
        serde_json::from_slice(&text).map_err(|error| StateError::Damaged {
            path,
            why: error.to_string(),
        })
    }

    /// Writes the state, whole or not at all. Call it under the update lock.
    ///
    /// # Errors
    ///
    /// [`StateError::File`].
    pub fn save(&self, data: &Path) -> Result<(), StateError> {
        let path = UpdateState::file(data);
        let next = data.join("updates.json.next");
        let text = serde_json::to_vec_pretty(self).map_err(|e| StateError::Damaged {
            path: path.clone(),
            why: e.to_string(),
        })?;
        let written = (|| {
            let mut file = fs::File::create(&next)?;
            io::Write::write_all(&mut file, &text)?;
            file.sync_all()?;
            fs::rename(&next, &path)
        })();
        written.map_err(|error| StateError::at(&path, error))
    }
}

impl SourceState {
    /// What to ask with for each file, given the snapshot in use. Nothing where
    /// another snapshot is in use, or a file or its address is new: then
    /// everything is fetched, so that what belongs together comes together.
    pub fn ask_with(
        &self,
        source: &ListSource,
        in_use: Option<&str>,
    ) -> BTreeMap<String, Validators> {
        let nothing = BTreeMap::new();
        if self.snapshot.is_none() || self.snapshot.as_deref() != in_use {
            return nothing;
        }
        let mut asked = BTreeMap::new();
        for file in &source.files {
            match self.files.get(&file.name) {
                Some(held) if held.url == file.url && !held.validators.is_empty() => {
                    asked.insert(file.name.clone(), held.validators.clone());
                }
                _ => return nothing,
            }
        }
        asked
    }

    /// Notes a success: what is in use is what the publisher has.
    pub fn confirmed(&mut self, now: Timestamp) {
        self.confirmed_at = Some(now);
        self.tried_at = Some(now);
        self.failure = None;
        self.failures = 0;
    }

    /// Notes a failure; what was confirmed before stays.
    pub fn failed(&mut self, why: String, now: Timestamp) {
        self.tried_at = Some(now);
        self.failure = Some(why);
        self.failures = self.failures.saturating_add(1);
    }
}

/// How old a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Refreshed within its interval.
    Fresh(Timestamp),
    /// Not refreshed since; for longer than its interval.
    Stale(Timestamp),
    /// Never refreshed.
    Never,
}

impl Freshness {
    /// Whether it must be refreshed before it is relied on.
    pub fn is_stale(self) -> bool {
        !matches!(self, Freshness::Fresh(_))
    }
}

/// Clocks of two machines differ by a little; a stamp beyond that lies in the
/// future and says nothing.
const CLOCK_SKEW_SECONDS: i64 = 300;

/// How old a source is at a moment. `recorded_at` is when the snapshot in use
/// was imported, which counts as well: lists also come by hand.
pub fn freshness(
    update_hours: u32,
    confirmed_at: Option<Timestamp>,
    recorded_at: Option<Timestamp>,
    now: Timestamp,
) -> Freshness {
    let latest = now.as_second().saturating_add(CLOCK_SKEW_SECONDS);
    let stamps = [confirmed_at, recorded_at].into_iter().flatten();
    let believed = stamps.filter(|at| at.as_second() <= latest).max();
    match believed {
        None => Freshness::Never,
        Some(at) => {
            let age = now.as_second().saturating_sub(at.as_second());
            if age > i64::from(update_hours) * 3_600 {
                Freshness::Stale(at)
            } else {
                Freshness::Fresh(at)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_state_is_kept_and_a_damaged_one_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let mut state = UpdateState::load(folder.path()).unwrap();
        assert_eq!(state, UpdateState::default());
        let one = state.sources.entry("xx-one".into()).or_default();
        one.failed("no".into(), at(5));
        one.failed("no".into(), at(6));
        assert_eq!((one.failures, one.confirmed_at), (2, None));
        one.confirmed(at(7));
        assert_eq!((one.failures, one.failure.clone()), (0, None));
        state.save(folder.path()).unwrap();
        assert_eq!(UpdateState::load(folder.path()).unwrap(), state);
        fs::write(folder.path().join("updates.json"), "{").unwrap();
        let damaged = UpdateState::load(folder.path()).unwrap_err();
        assert!(matches!(damaged, StateError::Damaged { .. }), "{damaged}");
    }

    proptest! {
        /// Fresh means: some believable stamp lies within the interval.
        #[test]
        fn only_a_stamp_within_the_interval_is_fresh(
            hours in 1..1_000u32, now in 0..10_000_000i64,
            a in proptest::option::of(0..10_000_000i64),
            b in proptest::option::of(0..10_000_000i64),
        ) {
            let said = freshness(hours, a.map(at), b.map(at), at(now));
            let within = |t: i64| t <= now + 300 && now - t <= i64::from(hours) * 3_600;
            prop_assert_eq!(!said.is_stale(), a.is_some_and(within) || b.is_some_and(within));
        }
    }
}
