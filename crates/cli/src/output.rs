//! Where results go: standard output or a file, and never half a line.

use crate::screen_record::{Seal, Sealing};
use anyhow::{Context, Result};
use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
};

/// A writer of lines.
pub(crate) struct Output {
    to: BufWriter<Box<dyn Write>>,
}

impl Output {
    /// Opens the file, or standard output for `-`.
    pub(crate) fn open(path: &Path) -> Result<Output> {
        Output::sealed(path, &Seal::default())
    }

    /// The same; everything that is written is taken into the digest.
    pub(crate) fn sealed(path: &Path, seal: &Seal) -> Result<Output> {
        let inner: Box<dyn Write> = if path == Path::new("-") {
            Box::new(io::stdout())
        } else {
            let file = File::create(path);
            Box::new(file.with_context(|| format!("cannot write {}", path.display()))?)
        };
        let to: Box<dyn Write> = Box::new(Sealing {
            inner,
            seal: seal.clone(),
        });
        Ok(Output {
            to: BufWriter::with_capacity(1 << 16, to),
        })
    }

    /// One record as one line of JSON.
    pub(crate) fn line(&mut self, record: &impl serde::Serialize) -> Result<()> {
        serde_json::to_writer(&mut self.to, record)?;
        self.to.write_all(b"\n").context("cannot write the output")
    }

    /// Bytes as they are.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        self.to.write_all(bytes).context("cannot write the output")
    }

    /// Hands everything written so far to the reader.
    pub(crate) fn flush(&mut self) -> Result<()> {
        self.to.flush().context("cannot write the output")
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.to.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Prints a line to standard output. Unlike `println!` it does not panic when
/// the reader has gone away: the error ends the command quietly.
macro_rules! say {
    ($($arg:tt)*) => {{
        use std::io::Write as _;
        writeln!(std::io::stdout(), $($arg)*)
    }};
}
pub(crate) use say;
