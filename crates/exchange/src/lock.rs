//! One update at a time.

use crate::state::StateError;
use std::{
    fs::{File, OpenOptions, TryLockError},
    path::Path,
};

/// Held while an update runs; let go when dropped, or when the process ends.
#[derive(Debug)]
pub struct UpdateLock {
    _file: File,
}

impl UpdateLock {
    /// The lock of a data folder, or `None` if another update holds it.
    ///
    /// # Errors
    ///
    /// [`StateError`] if the lock file cannot be made.
    pub fn take(data: &Path) -> Result<Option<UpdateLock>, StateError> {
        let path = data.join("update.lock");
        let mut options = OpenOptions::new();
        let file = options.create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(|e| StateError::at(&path, e))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(UpdateLock { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(StateError::at(&path, error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_update_waits_for_nobody_and_gets_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let first = UpdateLock::take(folder.path()).unwrap();
        assert!(first.is_some());
        assert!(UpdateLock::take(folder.path()).unwrap().is_none());
        drop(first);
        assert!(UpdateLock::take(folder.path()).unwrap().is_some());
    }
}
