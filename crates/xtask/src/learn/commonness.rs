//! How common is a word in names at large? Counts of name parts of people,
//! of words of firms, and of plain English words that firms take for names.

use super::{Folders, fold, read};
use anyhow::{Context, Result};
use std::collections::{BTreeMap, BTreeSet};

/// People behind the transliteration files, about: two name parts each.
const PEOPLE: f64 = 430_000.0;
/// Parts borne by fewer people than this are left out: rare.
const LEAST_PEOPLE: u32 = 4;
/// The same for listed people and firms, of whom there are fewer.
const LEAST_LISTED: u32 = 6;
/// Listed people come from fewer countries than people at large, so their
/// shares count for less.
const LISTED_SHARE: f64 = 0.3;
/// A plain English word that stands this often in trade texts counts as a
/// word that some firm in a thousand takes for its name.
const PLAIN_WORD_SHARE: f64 = 1.0 / 1_000.0;

const SCRIPTS: [&str; 6] = [
    "arabic", "chinese", "hebrew", "japanese", "katakana", "korean",
];

/// Writes `common.txt`.
pub fn learn(folders: &Folders) -> Result<()> {
    let mut shares: BTreeMap<String, [f64; 2]> = BTreeMap::new();
    let mut add = |word: String, slot: usize, share: f64| {
        if word.len() >= 2 && word.len() <= 20 && word.bytes().all(|b| b.is_ascii_alphabetic()) {
            let entry = shares.entry(word).or_default();
            entry[slot] = entry[slot].max(share);
        }
    };
    for (word, count) in people_at_large(folders)? {
        if count >= LEAST_PEOPLE {
            add(word, 0, f64::from(count) / PEOPLE);
        }
    }
    let (people, firms) = listed(folders)?;
    for (slot, words, weight) in [(0, people, LISTED_SHARE), (1, firms, 1.0)] {
        for (word, count) in words.counts {
            if count >= LEAST_LISTED {
                add(word, slot, weight * f64::from(count) / words.bearers);
            }
        }
    }
    for word in plain_words(folders)? {
        add(word, 1, PLAIN_WORD_SHARE);
    }
    let lines: Vec<String> = shares
        .iter()
        .map(|(word, [person, firm])| format!("{word} {}{}", level(*person), level(*firm)))
        .collect();
    folders.write(
        "common.txt",
        &[
            "Rarity of words in names at large: the word, then for people and for firms one",
            "character: '0' + 2 x bits, where bits = -log2(share of bearers); '-' = not seen.",
            "Sources, 2026-11: Latin columns of the COLING 2018 transliteration files (Wikidata",
            "people, CC0); names of the US Consolidated Screening List of 2026-07-31; words of",
            "the US Harmonized Tariff Schedule 2026 rev. 4 (both US Government, public domain).",
        ],
        &lines,
    )
}

fn level(share: f64) -> char {
    if share <= 0.0 {
        return '-';
    }
    let steps = (-share.log2() * 2.0).round().clamp(0.0, 40.0) as u8;
    char::from(b'0' + steps)
}

/// Name parts of people with how many bear them. Of the two Japanese files,
/// which overlap, the larger count is taken.
fn people_at_large(folders: &Folders) -> Result<BTreeMap<String, u32>> {
    let mut total: BTreeMap<String, u32> = BTreeMap::new();
    let mut kana: BTreeMap<String, u32> = BTreeMap::new();
    for script in SCRIPTS {
        let path = folders.names.join(format!("translit_{script}_80.tsv"));
        let mut counts: BTreeMap<String, u32> = BTreeMap::new();
        for line in read(&path)?.lines() {
            let mut cells = line.split('\t');
            let word = fold(cells.next().unwrap_or(""));
            let count = cells.nth(1).and_then(|c| c.trim().parse::<u32>().ok());
            *counts.entry(word).or_default() += count.unwrap_or(0);
        }
        let into = match script {
            "japanese" | "katakana" => &mut kana,
            _ => &mut total,
        };
        for (word, count) in counts {
            let entry = into.entry(word).or_default();
            *entry = if script == "katakana" {
                count.max(*entry)
            } else {
                *entry + count
            };
        }
    }
    for (word, count) in kana {
        *total.entry(word).or_default() += count;
    }
    Ok(total)
}

#[derive(Default)]
struct Words {
    counts: BTreeMap<String, u32>,
    bearers: f64,
}

/// Words of listed people and firms, once a party.
fn listed(folders: &Folders) -> Result<(Words, Words)> {
    let path = folders
        .shared
        .join("lists/us_csl_2026-07-31.consolidated.json");
    let file: serde_json::Value = serde_json::from_str(&read(&path)?)?;
    let (mut people, mut firms) = (Words::default(), Words::default());
    let parties = file["results"].as_array().context("no results")?;
    for party in parties {
        let into = match party["type"].as_str() {
            Some("Individual") => &mut people,
            Some("Vessel" | "Aircraft") => continue,
            _ => &mut firms,
        };
        let aliases = party["alt_names"].as_array();
        let aliases = aliases.into_iter().flatten().filter_map(|a| a.as_str());
        let names = party["name"].as_str().into_iter().chain(aliases);
        let words: BTreeSet<String> = names
            .flat_map(|n| n.split(|c: char| !c.is_alphanumeric() && c != '\''))
            .map(fold)
            .collect();
        into.bearers += 1.0;
        for word in words {
            *into.counts.entry(word).or_default() += 1;
        }
    }
    Ok((people, firms))
}

/// English words of trade that stand at least three times in the tariff.
fn plain_words(folders: &Folders) -> Result<Vec<String>> {
    let path = folders.shared.join("reference/us_hts_2026_rev4.csv");
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path)?;
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for row in reader.records() {
        let row = row?;
        for word in row.get(2).unwrap_or("").split(|c: char| !c.is_alphabetic()) {
            if word.len() >= 3 {
                *counts.entry(word.to_lowercase()).or_default() += 1;
            }
        }
    }
    let often = counts.into_iter().filter(|(_, count)| *count >= 3);
    Ok(often.map(|(word, _)| word).collect())
}
