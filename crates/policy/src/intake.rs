//! How much is believed of what comes in (`intake.toml`).

use crate::{PolicyFiles, Problem};
use portcullis_domain::Outcome;
use serde::Deserialize;

/// Limits of belief for lists and declarations.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Intake {
    /// By how many percent a single list may shrink before its import is
    /// refused, 0 to 99.
    pub max_shrink_percent: u32,
    /// Codes of issues that hold the transaction: a part of it may be missing.
    pub holding_issues: Vec<String>,
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

    /// What an issue with this code asks for: `hold`, or `question` unless it
    /// only informs (`release`).
    pub fn outcome_of(&self, issue_code: &str) -> Outcome {
        if self.holding_issues.iter().any(|code| code == issue_code) {
            Outcome::Hold
        } else if self.unasked_issues.iter().any(|code| code == issue_code) {
            Outcome::Release
        } else {
            Outcome::Question
        }
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
        let intake =
            load("max_shrink_percent=20\nunasked_issues=['a']\nholding_issues=['h']").unwrap();
        assert_eq!(intake.outcome_of("a"), Outcome::Release);
        assert_eq!(intake.outcome_of("b"), Outcome::Question);
        assert_eq!(intake.outcome_of("h"), Outcome::Hold);
    }

    #[test]
    fn faults_are_refused() {
        for bad in [
            "",
            "max_shrink_percent=100\nunasked_issues=[]\nholding_issues=[]",
            "max_shrink=1",
        ] {
            assert!(load(bad).is_err(), "{bad}");
        }
    }
}
