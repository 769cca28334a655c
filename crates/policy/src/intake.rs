//! How much is believed of what comes in (`intake.toml`).

use crate::{PolicyFiles, Problem};
use serde::Deserialize;

/// Limits of belief for lists and declarations.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Intake {
    /// By how many percent a single list may shrink before its import is
    /// refused, 0 to 99.
    pub max_shrink_percent: u32,
    /// Codes of issues that inform and ask nothing.
    pub unasked_issues: Vec<String>,
}

impl Intake {
    /// The file it is read from.
    pub const FILE: &str = "intake.toml";

    /// Reads `intake.toml`. Problems: missing, misspelt, a percentage over 99.
    pub fn load(files: &PolicyFiles) -> Result<Intake, Vec<Problem>> {
        let document = files.document(Intake::FILE)?;
        let row = document.root();
        let intake: Intake = row.read().map_err(|p| vec![p])?;
        if intake.max_shrink_percent > 99 {
            let text = "a list that may shrink by 100 % may vanish unseen; give 0 to 99";
            return Err(vec![row.problem_at("max_shrink_percent", text)]);
        }
        Ok(intake)
    }

    /// Whether an issue with this code is asked back.
    pub fn is_asked(&self, issue_code: &str) -> bool {
        !self.unasked_issues.iter().any(|code| code == issue_code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> Result<Intake, Vec<Problem>> {
        Intake::load(&[(Intake::FILE, text)].into_iter().collect())
    }

    #[test]
    fn what_is_not_named_is_asked() {
        let intake = load("max_shrink_percent=20\nunasked_issues=['a']").unwrap();
        assert!(!intake.is_asked("a") && intake.is_asked("b"));
    }

    #[test]
    fn faults_are_refused() {
        for bad in [
            "",
            "max_shrink_percent=100\nunasked_issues=[]",
            "max_shrink=1",
        ] {
            assert!(load(bad).is_err(), "{bad}");
        }
    }
}
