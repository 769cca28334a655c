//! Which given names are short or pet forms of which.

use super::{Folders, fold, read};
use anyhow::Result;
use std::collections::{BTreeMap, BTreeSet};

/// Writes `nicknames.txt`: each full name with its short forms.
pub fn learn(folders: &Folders) -> Result<()> {
    let text = read(&folders.names.join("nicknames.csv"))?;
    let mut forms: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in text.lines() {
        let cells: Vec<&str> = line.split(',').collect();
        if let [name, "has_nickname", short] = cells[..] {
            let (name, short) = (fold(name), fold(short));
            if name.len() >= 2 && short.len() >= 2 && name != short {
                forms.entry(name).or_default().insert(short);
            }
        }
    }
    let lines: Vec<String> = forms
        .iter()
        .map(|(name, short)| {
            let short: Vec<&str> = short.iter().map(String::as_str).collect();
            format!("{name} {}", short.join(" "))
        })
        .collect();
    folders.write(
        "nicknames.txt",
        &[
            "Given names of English usage: the full name, then its short and pet forms.",
            "Source: carltonnorthern/nicknames, names.csv of 2025 (Apache-2.0), facts re-encoded.",
        ],
        &lines,
    )
}
