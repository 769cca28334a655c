//! The record that a run of `screen` leaves: what was asked and answered, by
//! digest and count, with a code under which it is found.

use crate::context::{OPERATOR, day_of};
use anyhow::{Context, Result};
use jiff::Timestamp;
use portcullis_screening::ENGINE_VERSION;
use portcullis_store::{NewScreening, ScreeningDetail, ScreeningResult, ScreeningSource, Store};
use sha2::{Digest, Sha256};
use std::{
    io::{self, Read, Write},
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

/// A digest over what passes through readers and writers that share it.
#[derive(Clone, Default)]
pub(crate) struct Seal(Arc<Mutex<Sha256>>);

impl Seal {
    fn take_in(&self, bytes: &[u8]) {
        // A digest is never left half updated.
        let mut hash = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        hash.update(bytes);
    }

    /// Lower-case hex of everything so far.
    fn hex(&self) -> String {
        let hash = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        hex::encode(hash.clone().finalize())
    }
}

/// Passes bytes on and takes them into the digest.
pub(crate) struct Sealing<T> {
    /// What is read or written.
    pub(crate) inner: T,
    /// The digest.
    pub(crate) seal: Seal,
}

impl<T: Read> Read for Sealing<T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.seal.take_in(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}

impl<T: Write> Write for Sealing<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.seal.take_in(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// What a run has come to so far.
#[derive(Default)]
pub(crate) struct Tally {
    /// What was read.
    pub(crate) input: Seal,
    /// What was written.
    pub(crate) output: Seal,
    rows: u64,
    clear: u64,
    alerts: u64,
    partial: u64,
    errors: u64,
}

impl Tally {
    /// Counts a row by its status.
    pub(crate) fn count(&mut self, status: &str) {
        self.rows += 1;
        match status {
            "clear" => self.clear += 1,
            "alert" => self.alerts += 1,
            "partial" => self.partial += 1,
            _ => self.errors += 1,
        }
    }

    /// Records the run, and returns the code of the record.
    pub(crate) async fn record(
        &self,
        store: &Store,
        lists: &str,
        (file, threshold, weak): (&Path, f64, bool),
        now: Timestamp,
    ) -> Result<String> {
        let result = match (self.alerts, self.partial + self.errors) {
            (0, 0) => ScreeningResult::Clear,
            (0, _) => ScreeningResult::Partial,
            _ => ScreeningResult::Alert,
        };
        let screening = NewScreening {
            actor: OPERATOR.to_owned(),
            source: ScreeningSource::File,
            as_of: day_of(now),
            lists: lists.to_owned(),
            threshold: (threshold * 10_000.0).round() as i64,
            weak,
            engine: format!("{}.{}", ENGINE_VERSION.0, ENGINE_VERSION.1),
            result,
            detail: ScreeningDetail::File {
                file: file.display().to_string(),
                input_sha256: self.input.hex(),
                output_sha256: self.output.hex(),
                rows: self.rows,
                clear: self.clear,
                alerts: self.alerts,
                partial: self.partial,
                errors: self.errors,
            },
        };
        let recorded = store.record_screenings(vec![screening], now).await;
        let recorded = recorded.context("the screening could not be recorded")?;
        let code = recorded.into_iter().next().map(|r| r.code);
        code.context("the screening was not recorded")
    }
}
