//! How names of other languages are written in Kana, Hangul and Hebrew: whole
//! words seen often enough to be trusted.

use super::{Folders, fold, read};
use anyhow::Result;
use std::collections::BTreeMap;

/// A spelling seen less often is left out.
const LEAST_SEEN: u32 = 2;
/// Share of consonants that a pair must have in common, in order. The files
/// hold pairs that are not the same name at all.
const LEAST_SHARED: f64 = 0.6;
/// Latin spellings kept of one word.
const MOST_SPELLINGS: usize = 2;

/// Writes `spellings.txt`.
pub fn learn(folders: &Folders) -> Result<()> {
    let mut lines = Vec::new();
    for script in ["katakana", "korean", "hebrew"] {
        let path = folders.names.join(format!("translit_{script}_80.tsv"));
        let (mut kept, mut dropped, mut seen, mut known) = (0u32, 0u32, 0u32, 0u32);
        let mut spellings: BTreeMap<String, BTreeMap<String, u32>> = BTreeMap::new();
        for line in read(&path)?.lines() {
            let cells: Vec<&str> = line.split('\t').collect();
            let [latin, native, count] = cells[..] else {
                continue;
            };
            let (latin, native) = (fold(latin), native.replace(' ', ""));
            let count: u32 = count.trim().parse().unwrap_or(0);
            if latin.len() < 2 || native.chars().count() < 2 || count == 0 {
                continue;
            }
            if shared(&consonants(&fold(&native)), &consonants(&latin)) < LEAST_SHARED {
                dropped += 1;
                continue;
            }
            kept += 1;
            *spellings
                .entry(native)
                .or_default()
                .entry(latin)
                .or_default() += count;
        }
        for (native, found) in &spellings {
            let mut found: Vec<(&String, &u32)> = found.iter().collect();
            found.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
            for (place, (_, n)) in found.iter().enumerate() {
                seen += **n;
                // Without this one bearer, would the rest still teach it?
                if place < MOST_SPELLINGS && **n > LEAST_SEEN {
                    known += **n;
                }
            }
            let often = found
                .iter()
                .filter(|(_, n)| **n >= LEAST_SEEN)
                .take(MOST_SPELLINGS);
            let often: Vec<String> = often.map(|(w, n)| format!("{w}:{n}")).collect();
            if !often.is_empty() {
                lines.push(format!("{native} {}", often.join(" ")));
            }
        }
        println!(
            "{script}: {kept} pairs kept, {dropped} dropped as disagreeing; \
             {known} of {seen} bearers would be found if left out one at a time"
        );
    }
    folders.write(
        "spellings.txt",
        &[
            "Names in Kana, Hangul and Hebrew with their usual Latin spellings and how often each",
            "was seen. Pairs that do not share their consonants are dropped. Source: COLING 2018",
            "transliteration files (Wikidata people, CC0), katakana, korean and hebrew; 2026-11.",
        ],
        &lines,
    )
}

/// Consonants in classes that transliteration mixes.
fn consonants(word: &str) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::new();
    for byte in word.bytes() {
        let class = match byte {
            b'a' | b'e' | b'i' | b'o' | b'u' | b'y' | b'h' | b'w' => continue,
            b'l' | b'r' => b'r',
            b'b' | b'v' | b'p' | b'f' => b'b',
            b'c' | b'k' | b'q' | b'g' | b'x' => b'k',
            b's' | b'z' | b'j' => b's',
            b'd' | b't' => b't',
            other => other,
        };
        if out.last() != Some(&class) {
            out.push(class);
        }
    }
    out
}

/// The longest common run in order, against the longer side.
fn shared(a: &[u8], b: &[u8]) -> f64 {
    if a.is_empty() || b.is_empty() {
        return if a.len() == b.len() { 1.0 } else { 0.0 };
    }
    let mut row = vec![0usize; b.len() + 1];
    for x in a {
        let mut diagonal = 0;
        for (j, y) in b.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = if x == y {
                diagonal + 1
            } else {
                above.max(row[j])
            };
            diagonal = above;
        }
    }
    row[b.len()] as f64 / a.len().max(b.len()) as f64
}
