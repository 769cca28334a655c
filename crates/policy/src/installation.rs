//! Whose law binds here.

use crate::{PolicyFiles, Problem};
use portcullis_domain::Jurisdiction;
use serde::Deserialize;

/// A further law that binds, and why.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlsoBinding {
    /// Whose law.
    pub jurisdiction: Jurisdiction,
    /// Why it binds, with its source.
    pub reason: String,
}

/// The jurisdictions that bind this installation (`installation.toml`). A rule
/// of any other is shown as evidence and never decides.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Installation {
    /// Name of the authority or firm, as shown.
    #[serde(default)]
    pub name: String,
    /// The law of the place.
    pub home: Jurisdiction,
    /// Further laws that bind here.
    #[serde(default)]
    pub also: Vec<AlsoBinding>,
    /// How far webhooks may reach.
    #[serde(default)]
    pub webhooks: WebhookLimits,
}

/// How far webhooks may reach (`[webhooks]`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookLimits {
    /// Whether loopback and private addresses may be told.
    #[serde(default)]
    pub private_addresses: bool,
    /// Whether plain `http` may be used.
    #[serde(default)]
    pub plain_http: bool,
    /// Seconds for one attempt, 1 to 60.
    #[serde(default = "fifteen")]
    pub timeout_seconds: u32,
}

/// The lower end of what Standard Webhooks recommends (15 to 30 seconds).
fn fifteen() -> u32 {
    15
}

impl Default for WebhookLimits {
    /// Public https addresses, 15 seconds.
    fn default() -> WebhookLimits {
        WebhookLimits {
            private_addresses: false,
            plain_http: false,
            timeout_seconds: fifteen(),
        }
    }
}

impl Installation {
    /// The file it is read from.
    pub const FILE: &str = "installation.toml";

    /// Reads `installation.toml`. Problems: missing, misspelt, no home, a
    /// jurisdiction without a reason or named twice.
    pub fn load(files: &PolicyFiles) -> Result<Installation, Vec<Problem>> {
        let document = files.document(Installation::FILE)?;
        let row = document.root();
        let installation: Installation = row.read().map_err(|p| vec![p])?;
        let mut problems = Vec::new();
        if installation.home.code().is_empty() {
            problems.push(row.problem_at("home", "home names no jurisdiction"));
        }
        if !(1..=60).contains(&installation.webhooks.timeout_seconds) {
            let text = "webhooks: timeout_seconds must be 1 to 60";
            problems.push(row.problem_at("webhooks", text));
        }
        let mut seen = vec![&installation.home];
        for also in &installation.also {
            if also.reason.trim().is_empty() {
                let text = format!("{} binds without a reason", also.jurisdiction);
                problems.push(row.problem_at("also", text));
            }
            if seen.contains(&&also.jurisdiction) {
                let text = format!("{} is named twice", also.jurisdiction);
                problems.push(row.problem_at("also", text));
            }
            seen.push(&also.jurisdiction);
        }
        if problems.is_empty() {
            Ok(installation)
        } else {
            Err(problems)
        }
    }

    /// Whether the law of the jurisdiction binds here.
    pub fn binds(&self, jurisdiction: &Jurisdiction) -> bool {
        self.home == *jurisdiction || self.also.iter().any(|a| a.jurisdiction == *jurisdiction)
    }

    /// Every binding jurisdiction, home first.
    pub fn binding(&self) -> impl Iterator<Item = &Jurisdiction> {
        std::iter::once(&self.home).chain(self.also.iter().map(|a| &a.jurisdiction))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> Result<Installation, Vec<Problem>> {
        Installation::load(&[(Installation::FILE, text)].into_iter().collect())
    }

    #[test]
    fn home_and_the_others_bind_and_nothing_else() {
        let text = "home='US'\n[[also]]\njurisdiction='UN'\nreason='UN Charter, Article 25'\n";
        let installation = load(text).unwrap();
        for (code, binds) in [("US", true), ("UN", true), ("EU", false), ("", false)] {
            assert_eq!(
                installation.binds(&Jurisdiction::new(code)),
                binds,
                "{code}"
            );
        }
    }

    #[test]
    fn faults_are_refused() {
        for bad in [
            "",
            "home=''",
            "home='US'\nhoem='UN'",
            "home='US'\n[[also]]\njurisdiction='UN'\nreason=''",
            "home='US'\n[[also]]\njurisdiction='US'\nreason='twice'",
            "home='US'\n[webhooks]\ntimeout_seconds=0",
            "home='US'\n[webhooks]\nprivate=true",
        ] {
            assert!(load(bad).is_err(), "{bad}");
        }
    }
}
