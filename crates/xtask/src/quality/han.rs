//! Chinese writing for the pinyin of listed names: a character for each
//! syllable, drawn from those that are read so first. Not the bearer's own
//! characters, which the lists seldom give; it measures whether a name in
//! characters finds its pinyin.

use super::chance::Chance;
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::path::Path;

/// Characters by their usual reading, from `han.txt` of the names crate.
pub struct Characters {
    by_reading: BTreeMap<String, Vec<char>>,
}

/// Family names of which a name must begin with one to be taken for Chinese:
/// the ten most frequent (Ministry of Public Security, 2020) and some more that
/// are no words elsewhere.
const FAMILIES: [&str; 24] = [
    "wang", "li", "zhang", "liu", "chen", "yang", "huang", "zhao", "wu", "zhou", "xu", "zhu",
    "guo", "zheng", "xie", "deng", "feng", "cai", "jiang", "xiao", "zeng", "peng", "luo", "liang",
];

impl Characters {
    pub fn read(file: &Path) -> Result<Characters> {
        let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
        let mut by_reading: BTreeMap<String, Vec<char>> = BTreeMap::new();
        for line in text.lines().filter(|l| !l.starts_with('#')) {
            let mut signs = line.chars();
            let Some(character) = signs.next() else {
                continue;
            };
            let readings = signs.as_str().split('|').next().unwrap_or("");
            if let Some(usual) = readings.split(',').next().filter(|r| !r.is_empty()) {
                by_reading
                    .entry(usual.to_owned())
                    .or_default()
                    .push(character);
            }
        }
        Ok(Characters { by_reading })
    }

    /// A name in characters, where it is the pinyin of two or three syllables
    /// with a usual family name in front (`WANG, Jianguo`).
    pub fn write(&self, name: &str, chance: &mut Chance) -> Option<String> {
        let lower = name.to_ascii_lowercase();
        let bare = lower.replace([',', '-', '\''], " ");
        let words: Vec<&str> = bare.split_whitespace().collect();
        let family = words.first().filter(|w| FAMILIES.contains(w))?;
        let given: String = words[1..].concat();
        let syllables = match self.by_reading.contains_key(&given) {
            true => vec![given.as_str()],
            false => self.two(&given)?,
        };
        let all = std::iter::once(*family).chain(syllables);
        all.map(|syllable| {
            let characters = self.by_reading.get(syllable)?;
            Some(*chance.of(characters))
        })
        .collect()
    }

    fn two<'a>(&self, given: &'a str) -> Option<Vec<&'a str>> {
        let known = |s: &str| self.by_reading.contains_key(s);
        let mut cuts = (1..given.len())
            .rev()
            .filter(|at| given.is_char_boundary(*at));
        let at = cuts.find(|at| known(&given[..*at]) && known(&given[*at..]))?;
        Some(vec![&given[..at], &given[at..]])
    }
}
