//! Files beside the database: written whole or not at all.

use crate::StoreError;
use portcullis_domain::hex_sha256;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Marks a file that is still being written.
const UNFINISHED: &str = ".unfinished-";

pub(crate) fn failed(path: &Path) -> impl FnOnce(std::io::Error) -> StoreError {
    move |source| match source.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            StoreError::DiskFull
        }
        _ => StoreError::File {
            path: path.to_owned(),
            source,
        },
    }
}

/// Makes a folder and those above it.
pub(crate) fn make_folder(path: &Path) -> Result<(), StoreError> {
    std::fs::create_dir_all(path).map_err(failed(path))
}

/// Makes a folder that only its owner may enter.
pub(crate) fn make_secret_folder(path: &Path) -> Result<(), StoreError> {
    make_folder(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let owner_only = std::fs::Permissions::from_mode(0o700);
        std::fs::set_permissions(path, owner_only).map_err(failed(path))?;
    }
    Ok(())
}

/// Writes a file under its final name only when all of it is on disk: to a
/// temporary file, synchronised, renamed. On failure nothing is left.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    write_whole_with(path, |file| file.write_all(bytes))
}

/// The same for content that is written as it is made.
pub(crate) fn write_whole_with(
    path: &Path,
    write: impl FnOnce(&mut File) -> std::io::Result<()>,
) -> Result<(), StoreError> {
    let plain = OpenOptions::new().write(true).create_new(true).clone();
    write_renamed(path, &plain, write)
}

/// The same, readable by its owner only.
pub(crate) fn write_secret(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    write_renamed(path, &options, |file| file.write_all(bytes))
}

fn write_renamed(
    path: &Path,
    options: &OpenOptions,
    write: impl FnOnce(&mut File) -> std::io::Result<()>,
) -> Result<(), StoreError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let unfinished = folder.join(format!("{UNFINISHED}{}", uuid::Uuid::new_v4().simple()));
    let written = (|| {
        let mut file = options.open(&unfinished)?;
        write(&mut file)?;
        file.sync_all()?;
        std::fs::rename(&unfinished, path)?;
        // The rename itself lasts only once the folder is on disk.
        File::open(folder)?.sync_all()
    })();
    written.map_err(|error| {
        // Best effort: what cannot be removed is removed by the next opening.
        let _ = std::fs::remove_file(&unfinished);
        failed(path)(error)
    })
}

/// Writes bytes under their hash, unless they are there. Says whether it wrote.
pub(crate) fn write_addressed(path: &Path, bytes: &[u8]) -> Result<bool, StoreError> {
    let there = std::fs::metadata(path).is_ok_and(|m| m.len() == bytes.len() as u64);
    if there {
        return Ok(false);
    }
    write_whole(path, bytes)?;
    Ok(true)
}

/// Reads bytes that are stored under their hash, and checks it.
pub(crate) fn read_addressed(path: &Path, sha256: &str) -> Result<Vec<u8>, StoreError> {
    let bytes = std::fs::read(path).map_err(failed(path))?;
    if hex_sha256(&bytes) != sha256 {
        return Err(StoreError::Damaged(format!(
            "{} does not have the content it had when it was stored",
            path.display()
        )));
    }
    Ok(bytes)
}

/// A file's text, or `None` if there is no such file.
pub(crate) fn read_text_if_there(path: &Path) -> Result<Option<String>, StoreError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(path)(error)),
    }
}

/// Removes what was being written when a process was killed. Call it only when
/// nobody else writes here.
pub(crate) fn remove_unfinished(folder: &Path) -> Result<(), StoreError> {
    for entry in std::fs::read_dir(folder).map_err(failed(folder))? {
        let entry = entry.map_err(failed(folder))?;
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            std::fs::remove_file(entry.path()).map_err(failed(&entry.path()))?;
        }
    }
    Ok(())
}

/// A lock between processes, held until it is dropped.
pub(crate) struct FolderLock {
    _file: File,
}

impl FolderLock {
    fn file(path: &Path) -> Result<File, StoreError> {
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        options.open(path).map_err(failed(path))
    }

    /// Waits for the lock.
    pub(crate) fn wait(path: &Path) -> Result<FolderLock, StoreError> {
        let file = FolderLock::file(path)?;
        file.lock().map_err(failed(path))?;
        Ok(FolderLock { _file: file })
    }

    /// Takes the lock if nobody has it.
    pub(crate) fn try_now(path: &Path) -> Result<Option<FolderLock>, StoreError> {
        let file = FolderLock::file(path)?;
        Ok(file
            .try_lock()
            .is_ok()
            .then_some(FolderLock { _file: file }))
    }
}

/// Runs file work where it does not hold up other tasks.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|e| StoreError::Damaged(format!("a worker stopped: {e}")))?
}

/// The folders of an installation.
#[derive(Clone)]
pub(crate) struct Folders {
    pub data: PathBuf,
}

impl Folders {
    pub(crate) fn keys(&self) -> PathBuf {
        self.data.join("keys")
    }

    pub(crate) fn raw(&self) -> PathBuf {
        self.data.join("raw")
    }

    pub(crate) fn segments(&self) -> PathBuf {
        self.data.join("segments")
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.data.join("portcullis.sqlite")
    }

    pub(crate) fn raw_file(&self, sha256: &str) -> PathBuf {
        self.raw().join(sha256)
    }

    pub(crate) fn segment_file(&self, sha256: &str) -> PathBuf {
        self.segments().join(format!("{sha256}.entities"))
    }

    pub(crate) fn index_file(&self, key: &str) -> PathBuf {
        let name = hex_sha256(key.as_bytes());
        self.segments().join(format!("{name}.index"))
    }

    /// The last checkpoint that was signed here. It lies outside the database,
    /// so that a database put back to an earlier state is noticed.
    pub(crate) fn signed_head(&self) -> PathBuf {
        self.data.join("checkpoint")
    }

    /// Held while files are added, so that nobody else cleans up meanwhile.
    pub(crate) fn import_lock(&self) -> PathBuf {
        self.data.join("import.lock")
    }

    /// Held while keys and tables are made.
    pub(crate) fn open_lock(&self) -> PathBuf {
        self.data.join("open.lock")
    }
}
