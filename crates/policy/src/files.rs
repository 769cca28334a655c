//! The policy folder as text.

use crate::{Document, Problem};
use std::collections::BTreeMap;

/// Largest policy file that is read: 8 MiB. A larger one is refused, not cut.
pub const MAX_FILE_BYTES: usize = 8 << 20;

/// The files of a policies folder: path relative to it (with `/`) → text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyFiles(BTreeMap<String, String>);

impl PolicyFiles {
    /// An empty folder.
    pub fn new() -> PolicyFiles {
        PolicyFiles::default()
    }

    /// Adds or replaces a file.
    pub fn insert(&mut self, path: impl Into<String>, text: impl Into<String>) {
        self.0.insert(path.into(), text.into());
    }

    /// The text of a file.
    pub fn get(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }

    /// Every file, by path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(path, text)| (&**path, &**text))
    }

    /// The files whose path begins with `prefix` (for example `controls/`), by path.
    pub fn under<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.iter()
            .filter(move |(path, _)| path.starts_with(prefix))
    }

    /// The files under `prefix`, parsed; what does not parse goes to `problems`.
    pub fn documents(&self, prefix: &str, problems: &mut Vec<Problem>) -> Vec<Document> {
        let mut read = Vec::new();
        for (path, text) in self.under(prefix) {
            match Document::parse(path, text) {
                Ok(document) => read.push(document),
                Err(wrong) => problems.extend(wrong),
            }
        }
        read
    }

    /// One file, parsed. A missing file is a problem.
    pub fn document(&self, path: &str) -> Result<Document, Vec<Problem>> {
        let Some(text) = self.get(path) else {
            return Err(vec![Problem::of_file(path, "the file is missing")]);
        };
        Document::parse(path, text)
    }

    /// Id of the whole: `sha256:` and the digest over every path and text in
    /// order of path, each preceded by its length so that no two folders meet.
    pub fn version(&self) -> String {
        portcullis_domain::bundle_digest(self.iter())
    }
}

impl<P: Into<String>, T: Into<String>> FromIterator<(P, T)> for PolicyFiles {
    fn from_iter<I: IntoIterator<Item = (P, T)>>(files: I) -> PolicyFiles {
        PolicyFiles(
            files
                .into_iter()
                .map(|(path, text)| (path.into(), text.into()))
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_hangs_on_every_path_and_byte() {
        let version = |files: &[(&str, &str)]| -> String {
            files.iter().copied().collect::<PolicyFiles>().version()
        };
        let base = version(&[("a.toml", "x"), ("b.toml", "y")]);
        assert_eq!(base, version(&[("b.toml", "y"), ("a.toml", "x")]));
        assert_ne!(base, version(&[("a.toml", "x"), ("b.toml", "z")]));
        assert_ne!(base, version(&[("a.toml", "x"), ("c.toml", "y")]));
        assert_ne!(version(&[("a", "bc")]), version(&[("ab", "c")]));
        assert!(base.starts_with("sha256:") && base.len() == 7 + 64);
    }

    #[test]
    fn a_missing_file_and_a_broken_file_are_problems() {
        let files: PolicyFiles = [("x/broken.toml", "a = = 1\nb = \n")].into_iter().collect();
        assert!(files.document("y.toml").is_err());
        let mut problems = Vec::new();
        assert!(files.documents("x/", &mut problems).is_empty());
        assert_eq!(problems[0].line, 1, "{problems:?}");
    }
}
