//! What is wrong with a policy file, so that its author can mend it.

use std::fmt;

/// One thing wrong with a policy file. Shown as `file:line: rule id: text`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Problem {
    /// Path inside the policies folder.
    pub file: String,
    /// Line, from 1; 0 where the file as a whole is meant.
    pub line: usize,
    /// Id of the rule or row, where it has one.
    pub rule: Option<String>,
    /// What is wrong, in plain words.
    pub text: String,
}

impl Problem {
    /// A problem of a whole file.
    pub fn of_file(file: &str, text: impl Into<String>) -> Problem {
        Problem {
            file: file.to_owned(),
            line: 0,
            rule: None,
            text: text.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.file)?;
        if self.line > 0 {
            write!(f, "{}:", self.line)?;
        }
        if let Some(rule) = &self.rule {
            write!(f, " rule {rule}:")?;
        }
        write!(f, " {}", self.text)
    }
}

impl std::error::Error for Problem {}
