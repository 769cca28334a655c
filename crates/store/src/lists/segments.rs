//! What lies beside the database: entities, raw files, prepared indexes.

use super::RawFile;
use super::import::segment_bytes;
use super::read::no_snapshot;
use crate::sql::{cell, failed};
use crate::{Store, StoreError, files};
use bytes::Bytes;
use memmap2::Mmap;
use portcullis_domain::{Entity, hex_sha256};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

impl Store {
    /// The entities of a snapshot.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`]; [`StoreError::File`] or [`StoreError::Damaged`]
    /// if the segment is absent or damaged: read the list again from
    /// [`Store::raw_files`] and give it to [`Store::restore_entities`].
    pub async fn entities(&self, snapshot_id: &str) -> Result<Vec<Entity>, StoreError> {
        let sha256 = self.segment_of(snapshot_id).await?;
        let path = self.folders.segment_file(&sha256);
        files::blocking(move || {
            let bytes = files::read_addressed(&path, &sha256)?;
            let lines = bytes.split(|&b| b == b'\n').filter(|line| !line.is_empty());
            lines
                .map(serde_json::from_slice)
                .collect::<Result<Vec<Entity>, _>>()
                .map_err(|e| StoreError::Damaged(format!("{}: {e}", path.display())))
        })
        .await
    }

    async fn segment_of(&self, snapshot_id: &str) -> Result<String, StoreError> {
        let row = sqlx::query("SELECT segment FROM snapshots WHERE id = $1")
            .bind(snapshot_id)
            .fetch_optional(&self.read)
            .await
            .map_err(failed("read a list"))?;
        cell(&row.ok_or_else(|| no_snapshot(snapshot_id))?, "segment")
    }

    /// Puts back the entities of a snapshot whose segment was lost, read again
    /// from its raw files.
    ///
    /// # Errors
    ///
    /// [`StoreError::Damaged`] if they are not the ones that were imported.
    pub async fn restore_entities(
        &self,
        snapshot_id: &str,
        entities: &[Entity],
    ) -> Result<(), StoreError> {
        let sha256 = self.segment_of(snapshot_id).await?;
        let bytes = segment_bytes(entities)?;
        if hex_sha256(&bytes) != sha256 {
            return Err(StoreError::Damaged(format!(
                "the entities given are not those of {snapshot_id}"
            )));
        }
        self.write_segment(self.folders.segment_file(&sha256), Bytes::from(bytes))
            .await
    }

    /// The raw files of a snapshot, as they were given.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`], [`StoreError::File`], [`StoreError::Damaged`].
    pub async fn raw_files(&self, snapshot_id: &str) -> Result<Vec<RawFile>, StoreError> {
        self.segment_of(snapshot_id).await?;
        let rows = sqlx::query(
            "SELECT name, sha256 FROM snapshot_files WHERE snapshot_id = $1 ORDER BY position",
        )
        .bind(snapshot_id)
        .fetch_all(&self.read)
        .await
        .map_err(failed("read a list's files"))?;
        let named: Vec<(String, String)> = rows
            .iter()
            .map(|row| Ok((cell(row, "name")?, cell(row, "sha256")?)))
            .collect::<Result<_, StoreError>>()?;
        let folders = self.folders.clone();
        files::blocking(move || {
            let read = |(name, sha256): (String, String)| {
                let bytes = files::read_addressed(&folders.raw_file(&sha256), &sha256)?;
                Ok(RawFile { name, bytes })
            };
            named.into_iter().map(read).collect()
        })
        .await
    }

    /// A prepared index that was stored under this key, mapped into memory and
    /// not read; `None` if there is none. Whether its bytes are whole is for
    /// the index to check, which has a checksum: where it is damaged, build it
    /// again. The key is the caller's: the snapshots together with the version
    /// of the index format.
    ///
    /// # Errors
    ///
    /// [`StoreError::File`] if the file is there and cannot be read.
    pub async fn index_bytes(&self, key: &str) -> Result<Option<Bytes>, StoreError> {
        let path = self.folders.index_file(key);
        files::blocking(move || match map(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(files::failed(&path)(error)),
        })
        .await
    }

    /// Stores a prepared index.
    ///
    /// # Errors
    ///
    /// [`StoreError::File`], [`StoreError::DiskFull`].
    pub async fn put_index(&self, key: &str, bytes: Bytes) -> Result<(), StoreError> {
        let path = self.folders.index_file(key);
        self.write_segment(path, bytes).await
    }

    /// Stores a prepared index that is written as it is made: it need not fit
    /// into memory a second time.
    ///
    /// # Errors
    ///
    /// [`StoreError::File`], [`StoreError::DiskFull`].
    pub async fn put_index_with(
        &self,
        key: &str,
        write: impl FnOnce(&mut dyn Write) -> std::io::Result<()> + Send + 'static,
    ) -> Result<(), StoreError> {
        let path = self.folders.index_file(key);
        let lock = self.folders.import_lock();
        files::blocking(move || {
            let _adding = files::FolderLock::wait(&lock)?;
            files::write_whole_with(&path, |file| {
                let mut buffered = BufWriter::with_capacity(1 << 20, file);
                write(&mut buffered)?;
                buffered.flush()
            })
        })
        .await
    }

    /// Removes a prepared index, if it is there. Whoever has it open keeps it.
    ///
    /// # Errors
    ///
    /// [`StoreError::File`].
    pub async fn remove_index(&self, key: &str) -> Result<(), StoreError> {
        let path = self.folders.index_file(key);
        files::blocking(move || match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(files::failed(&path)(error))
            }
            _ => Ok(()),
        })
        .await
    }

    /// Under the lock, so that nobody takes the unfinished file for a leftover.
    async fn write_segment(&self, path: PathBuf, bytes: Bytes) -> Result<(), StoreError> {
        let lock = self.folders.import_lock();
        files::blocking(move || {
            let _adding = files::FolderLock::wait(&lock)?;
            files::write_whole(&path, &bytes)
        })
        .await
    }
}

/// A file as bytes that the operating system reads when they are touched.
fn map(path: &Path) -> std::io::Result<Bytes> {
    let file = File::open(path)?;
    if file.metadata()?.len() == 0 {
        return Ok(Bytes::new());
    }
    // The lists at hand are 50 MB and a book of ten million customers 4 GB:
    // reading would copy them into every process that asks one question.
    // SAFETY: nobody changes the file while it is mapped. Segments are written
    // under another name, renamed once whole and never written to again; an
    // older one of the same key lives on under its mapping.
    #[allow(unsafe_code)]
    let mapped = unsafe { Mmap::map(&file)? };
    Ok(Bytes::from_owner(mapped))
}
