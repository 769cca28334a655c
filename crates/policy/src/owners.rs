//! Who answers for which files (`owners.toml`), where a rule itself does not say.

use crate::{PolicyFiles, Problem};
use serde::Deserialize;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Owner {
    owner: String,
    files: Vec<String>,
}

/// The owners of files.
#[derive(Clone, Debug, Default)]
pub(crate) struct Owners(Vec<Owner>);

impl Owners {
    /// The file they are read from; it may be absent.
    pub const FILE: &str = "owners.toml";

    pub fn load(files: &PolicyFiles, problems: &mut Vec<Problem>) -> Owners {
        if files.get(Owners::FILE).is_none() {
            return Owners::default();
        }
        let document = match files.document(Owners::FILE) {
            Ok(document) => document,
            Err(wrong) => {
                problems.extend(wrong);
                return Owners::default();
            }
        };
        document.only_keys(&["owns"], problems);
        let mut owners = Vec::new();
        for row in document.rows("owns", problems) {
            match row.read::<Owner>() {
                Ok(owner) if owner.owner.trim().is_empty() => {
                    problems.push(row.problem_at("owner", "owner: is empty"));
                }
                Ok(owner) => owners.push(owner),
                Err(problem) => problems.push(problem),
            }
        }
        Owners(owners)
    }

    /// Who answers for a file: the row whose path begins it with most letters.
    pub fn of(&self, file: &str) -> &str {
        let named = self
            .0
            .iter()
            .flat_map(|o| o.files.iter().map(move |f| (f, o)));
        let fits = named.filter(|(path, _)| file.starts_with(path.as_str()));
        let closest = fits.max_by_key(|(path, _)| path.len());
        closest.map_or("", |(_, owner)| owner.owner.as_str())
    }
}
