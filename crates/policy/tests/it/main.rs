//! The policies of the repository, and policies that are wrong.
#![allow(clippy::unwrap_used)]

mod evaluate;
mod living;
mod problems;
mod repository;

use portcullis_policy::PolicyFiles;
use std::path::Path;

/// The policies folder of the repository.
fn repository() -> PolicyFiles {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    let mut files = PolicyFiles::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "toml") {
                let name = path.strip_prefix(&root).unwrap().to_str().unwrap();
                files.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}
