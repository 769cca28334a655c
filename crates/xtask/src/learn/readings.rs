//! How Chinese characters are read in names: Mandarin, Cantonese, Korean and
//! Japanese, from the Unihan database.

use super::{Folders, read};
use anyhow::Result;
use std::collections::{BTreeMap, BTreeSet};
use unicode_normalization::UnicodeNormalization;

type Fields = BTreeMap<String, String>;

/// Writes `han.txt`.
pub fn learn(folders: &Folders) -> Result<()> {
    let text = read(&folders.unihan.join("Unihan_Readings.txt"))?;
    let mut characters: BTreeMap<char, Fields> = BTreeMap::new();
    for line in text.lines().filter(|l| l.starts_with("U+")) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [code, field, value] = cells[..] else {
            continue;
        };
        let code = u32::from_str_radix(&code[2..], 16).ok();
        let Some(c) = code
            .and_then(char::from_u32)
            .filter(|c| is_common_block(*c))
        else {
            continue;
        };
        let fields = characters.entry(c).or_default();
        fields.insert(field.to_owned(), value.to_owned());
    }
    let lines: Vec<String> = characters
        .iter()
        .filter(|(_, fields)| is_used(fields))
        .map(|(c, fields)| {
            let line = format!(
                "{c}{}|{}|{}|{}",
                mandarin(fields).join(","),
                cantonese(fields),
                korean(fields),
                japanese(fields).join(",")
            );
            line.trim_end_matches('|').to_owned()
        })
        .collect();
    folders.write(
        "han.txt",
        &[
            "Readings of Chinese characters in names: the character, then separated by bars:",
            "pinyin (usual one first), Jyutping, Korean, Japanese (Sino-Japanese, then native).",
            "Tones and length marks left out. Source: Unicode Unihan 14.0, fields kMandarin,",
            "kXHC1983, kCantonese, kHangul, kJapaneseOn, kJapaneseKun; characters that a modern",
            "dictionary or Korean usage knows. Facts under the Unicode terms of use. 2026-11.",
        ],
        &lines,
    )
}

fn is_common_block(c: char) -> bool {
    ('\u{4E00}'..='\u{9FFF}').contains(&c)
}

/// Known to a dictionary of present usage, or to Korean usage.
fn is_used(fields: &Fields) -> bool {
    let has = |f: &str| fields.contains_key(f);
    has("kMandarin") && (has("kTGHZ2013") || has("kXHC1983") || has("kHangul"))
}

/// Toneless letters; u with dots is `v` as typists write it.
fn plain(reading: &str) -> String {
    let mut out = String::new();
    for c in reading.nfd() {
        match c {
            // Two dots on u: another vowel.
            '\u{308}' => {
                out.pop();
                out.push('v');
            }
            _ if c.is_ascii_lowercase() => out.push(c),
            _ => {}
        }
    }
    out
}

fn mandarin(fields: &Fields) -> Vec<String> {
    let first = fields["kMandarin"].split(' ').next().unwrap_or("");
    let mut readings = vec![plain(first)];
    // `0727.030:xíng 0450.020:háng`
    let more = fields.get("kXHC1983").map(String::as_str).unwrap_or("");
    for reading in more.split(' ').filter_map(|r| r.split(':').nth(1)) {
        let reading = plain(reading);
        if !readings.contains(&reading) && !reading.is_empty() && readings.len() < 3 {
            readings.push(reading);
        }
    }
    readings
}

fn cantonese(fields: &Fields) -> String {
    let reading = fields.get("kCantonese").map(String::as_str).unwrap_or("");
    plain(reading.split(' ').next().unwrap_or(""))
}

/// Syllables as Hangul: `림:0E 임:0`.
fn korean(fields: &Fields) -> String {
    let readings = fields.get("kHangul").map(String::as_str).unwrap_or("");
    let syllables: Vec<&str> = readings
        .split(' ')
        .filter_map(|r| r.split(':').next())
        .collect();
    // Of several readings the one for names comes last: 금 김.
    syllables.last().copied().unwrap_or("").to_owned()
}

fn japanese(fields: &Fields) -> Vec<String> {
    let mut readings = Vec::new();
    let mut seen = BTreeSet::new();
    for (field, most) in [("kJapaneseOn", 2), ("kJapaneseKun", 3)] {
        let given = fields.get(field).map(String::as_str).unwrap_or("");
        let usable = given.split(' ').map(str::to_ascii_lowercase);
        let usable = usable.filter(|r| r.len() <= 8 && !r.is_empty());
        let new: Vec<String> = usable.filter(|r| seen.insert(r.clone())).collect();
        readings.extend(new.into_iter().take(most));
    }
    readings
}
