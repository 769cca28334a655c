//! Words of descriptions, from `policies/controls/goods-words.toml`: which say
//! nothing, which name a material, and what common words stand for.

use super::precedents::Precedent;
use super::text;
use crate::goods::is_digits;
use crate::table;
use portcullis_policy::{PolicyFiles, Problem};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Where a common word comes from, as the source of a precedent.
pub(super) const COMMON: &str = "common word";

/// The words.
#[derive(Clone, Debug, Default)]
pub struct GoodsWords {
    generic: BTreeSet<String>,
    look: BTreeSet<String>,
    materials: BTreeSet<String>,
    common: Vec<Precedent>,
}

const FILE: &str = "goods-words.toml";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWords {
    generic: String,
    look: String,
    materials: String,
}

impl GoodsWords {
    /// Reads and checks the file.
    ///
    /// # Errors
    ///
    /// What is wrong with it, with its line.
    pub fn load(files: &PolicyFiles) -> Result<GoodsWords, Vec<Problem>> {
        let mut problems = Vec::new();
        let read = GoodsWords::read(files, &mut problems);
        read.filter(|_| problems.is_empty()).ok_or(problems)
    }

    pub(crate) fn read(files: &PolicyFiles, problems: &mut Vec<Problem>) -> Option<GoodsWords> {
        let document = table::open(files, FILE, problems)?;
        document.only_keys(&["table", "words", "common"], problems);
        let Some(head) = document.table("table", problems) else {
            problems.push(Problem::of_file(
                document.path(),
                "[table] is missing".to_owned(),
            ));
            return None;
        };
        head.dated().map_err(|wrong| problems.extend(wrong)).ok()?;
        let words = document.table("words", problems)?;
        let raw: RawWords = table::read(&words, problems)?;
        let common = document.table("common", problems)?;
        let pairs: BTreeMap<String, String> = table::read(&common, problems)?;
        for code in pairs.keys() {
            if code.len() != 6 || !is_digits(code) {
                problems.push(common.problem_at(code, "is no code of six digits".to_owned()));
            }
        }
        let stems = |text: &str| text::words(text).into_iter().collect();
        Some(GoodsWords {
            generic: stems(&raw.generic),
            look: stems(&raw.look),
            materials: stems(&raw.materials),
            common: pairs
                .iter()
                .flat_map(|(code, words)| common_words(code, words))
                .collect(),
        })
    }

    /// Whether the stem could name goods of any kind.
    pub(super) fn is_generic(&self, stem: &str) -> bool {
        self.generic.contains(stem)
    }

    /// Whether the stem is a colour, a size or a look.
    pub(super) fn is_look(&self, stem: &str) -> bool {
        self.look.contains(stem) || stem.starts_with('#')
    }

    /// Whether the stem names a material.
    pub(super) fn is_material(&self, stem: &str) -> bool {
        self.materials.contains(stem)
    }

    /// Common words as decisions to learn from.
    pub(super) fn common(&self) -> &[Precedent] {
        &self.common
    }
}

fn common_words<'a>(code: &'a str, words: &'a str) -> impl Iterator<Item = Precedent> + 'a {
    let words = words.split(';').map(str::trim).filter(|w| !w.is_empty());
    words.map(move |word| Precedent {
        id: word.to_owned(),
        code: code.to_owned(),
        description: word.to_owned(),
        source: COMMON.to_owned(),
        date: None,
    })
}
