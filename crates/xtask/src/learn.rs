//! `cargo xtask learn --names DIR --unihan DIR`: makes the tables that the
//! names crate carries, from public facts. Run by hand when a source changes;
//! the output is committed. Folders beside DIR (`../lists`, `../reference`)
//! give the words of firms and the legal forms.

mod commonness;
mod forms;
mod nicknames;
mod readings;
mod spellings;

use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Where the facts are and where the tables go.
pub struct Folders {
    /// `translit_*_80.tsv`, `nicknames.csv`.
    pub names: PathBuf,
    /// The folder that holds `names`, `lists` and `reference`.
    pub shared: PathBuf,
    /// `Unihan_Readings.txt`.
    pub unihan: PathBuf,
    /// `crates/names/data`.
    out: PathBuf,
}

/// Reads the arguments and writes every table.
pub fn run(mut arguments: impl Iterator<Item = String>) -> Result<()> {
    let mut given: BTreeMap<String, PathBuf> = BTreeMap::new();
    while let Some(flag) = arguments.next() {
        let value = arguments
            .next()
            .with_context(|| format!("{flag} wants a folder"))?;
        given.insert(flag, PathBuf::from(value));
    }
    let (Some(names), Some(unihan)) = (given.get("--names"), given.get("--unihan")) else {
        bail!("usage: cargo xtask learn --names DIR --unihan DIR");
    };
    let folders = Folders {
        shared: names.join(".."),
        names: names.clone(),
        unihan: unihan.clone(),
        out: Path::new(env!("CARGO_MANIFEST_DIR")).join("../names/data"),
    };
    if !folders.unihan.is_dir() {
        bail!("{}: no such folder", folders.unihan.display());
    }
    fs::create_dir_all(&folders.out)?;
    commonness::learn(&folders)?;
    readings::learn(&folders)?;
    nicknames::learn(&folders)?;
    forms::learn(&folders)?;
    spellings::learn(&folders)?;
    Ok(())
}

impl Folders {
    /// Writes one table with its header: what it holds, from where, and when.
    pub fn write(&self, file: &str, header: &[&str], lines: &[String]) -> Result<()> {
        let mut text = String::new();
        for line in header {
            text.push_str(&format!("# {line}\n"));
        }
        text.push_str("# Made by `cargo xtask learn`; do not edit.\n");
        for line in lines {
            text.push_str(line);
            text.push('\n');
        }
        let path = self.out.join(file);
        fs::write(&path, &text).with_context(|| path.display().to_string())?;
        println!("{file}: {} lines, {} bytes", lines.len(), text.len());
        Ok(())
    }
}

/// A file as text, with its name in the error.
pub fn read(path: &Path) -> Result<String> {
    let bytes = fs::read(path).with_context(|| path.display().to_string())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The lower-case ASCII letters and digits of a Latin word.
pub fn fold(word: &str) -> String {
    any_ascii::any_ascii(word)
        .to_ascii_lowercase()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect()
}
