//! People and firms who are nobody on any list.

use super::chance::Chance;
use anyhow::{Context, Result};
use portcullis_domain::{Country, PartialDate, PartyKind};
use std::collections::HashSet;
use std::path::Path;

const PEOPLE: &str = include_str!("../../data/clean_people.txt");
const FIRMS: &str = include_str!("../../data/clean_firms.txt");

/// A clean name with the culture or the pattern it was drawn from.
#[derive(Clone, Debug)]
pub struct Clean {
    pub culture: String,
    pub kind: PartyKind,
    pub name: String,
    pub born: Option<PartialDate>,
    pub country: Option<Country>,
}

impl Clean {
    fn new(culture: &str, kind: PartyKind, name: String) -> Clean {
        Clean {
            culture: culture.to_owned(),
            kind,
            name,
            born: None,
            country: None,
        }
    }

    /// The same person of whom nothing else is known.
    pub fn name_alone(&self) -> Clean {
        Clean::new(&self.culture, self.kind, self.name.clone())
    }
}

/// Clean people of a file: culture, name, birth date and country code, with
/// tabs between them; the last two may be empty.
pub fn of_file(file: &Path) -> Result<Vec<Clean>> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let person = |line: &str| {
        let mut cells = line.split('\t');
        let (culture, name) = (cells.next()?, cells.next()?);
        Some(Clean {
            born: cells.next().and_then(|d| d.parse().ok()),
            country: cells.next().and_then(Country::from_alpha2),
            ..Clean::new(culture, PartyKind::Person, name.to_owned())
        })
    };
    Ok(text.lines().filter_map(person).collect())
}

fn rows(text: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    let lines = text.lines().filter(|l| !l.starts_with('#'));
    lines.map(|l| l.split('|').collect())
}

/// The word as it is written: a hyphen in the data stands for a space before a
/// capital only where the list of parts needs one word.
fn spaced(word: &str) -> String {
    match word {
        "De-Luca" | "van-der-Merwe" | "Co.,-Ltd." | "Sdn-Bhd" | "Pvt-Ltd" | "Real-Estate" => {
            word.replace('-', " ")
        }
        other => other.to_owned(),
    }
}

/// `n` people drawn by culture and frequency.
pub fn people(n: usize, chance: &mut Chance) -> Vec<Clean> {
    let cultures: Vec<Vec<&str>> = rows(PEOPLE).collect();
    let mut out = Vec::with_capacity(n);
    let mut seen = HashSet::new();
    // Cultures with few parts run out of new names; the others go on.
    for tried in 0..n * 2 {
        if out.len() == n {
            break;
        }
        let row = &cultures[tried % cultures.len()];
        let [culture, pattern, given, family] = row[..] else {
            continue;
        };
        let given: Vec<&str> = given.split(' ').collect();
        let family: Vec<&str> = family.split(' ').collect();
        let name = person(pattern, &given, &family, chance);
        if seen.insert(name.clone()) {
            out.push(Clean::new(culture, PartyKind::Person, name));
        }
    }
    out
}

fn person(pattern: &str, given: &[&str], family: &[&str], chance: &mut Chance) -> String {
    let g = spaced(chance.by_rank::<&str>(given));
    let f = spaced(chance.by_rank::<&str>(family));
    match pattern {
        "gmf" => format!("{g} {}. {f}", char::from(b'A' + chance.below(26) as u8)),
        "ggf" | "ggg" => format!("{g} {} {f}", chance.by_rank(given)),
        "gff" => format!("{g} {f} {}", chance.by_rank(family)),
        "fg" => format!("{f} {g}"),
        "fg2" => format!("{f} {g} {}", chance.by_rank(given).to_lowercase()),
        "gpf" => slavic(&g, chance.by_rank::<&str>(given), &f),
        _ => format!("{g} {f}"),
    }
}

/// Given name, patronymic and family name that agree in sex.
fn slavic(given: &str, father: &str, family: &str) -> String {
    let woman = given.ends_with('a') && given != "Nikita";
    let stem = father.trim_end_matches(['a', 'y', 'i', 'e']);
    let patronymic = format!("{stem}{}", if woman { "ovna" } else { "ovich" });
    format!(
        "{given} {patronymic} {family}{}",
        if woman { "a" } else { "" }
    )
}

/// `n` firms drawn from names, brands, trades, places and forms.
pub fn firms(n: usize, chance: &mut Chance) -> Result<Vec<Clean>> {
    let parts = |what: &str| -> Result<Vec<&str>> {
        let row = rows(FIRMS)
            .find(|r| r[0] == what)
            .context("clean_firms.txt")?;
        Ok(row[1].split(' ').collect())
    };
    let (names, brands) = (parts("names")?, parts("brands")?);
    let (trades, forms, places) = (parts("trades")?, parts("forms")?, parts("places")?);
    let mut out = Vec::with_capacity(n);
    while out.len() < n {
        let form = spaced(chance.by_rank::<&str>(&forms));
        let trade = spaced(chance.by_rank::<&str>(&trades));
        let (culture, name) = match out.len() % 5 {
            0 => (
                "family name, trade",
                format!("{} {trade} {form}", chance.by_rank(&names)),
            ),
            1 => (
                "brand, trade",
                format!("{} {trade} {form}", chance.by_rank(&brands)),
            ),
            2 => (
                "two brands, trade",
                format!(
                    "{} {} {trade} {form}",
                    chance.by_rank(&brands),
                    chance.of(&brands)
                ),
            ),
            3 => (
                "place, trade",
                format!(
                    "{} {} {trade} {form}",
                    chance.by_rank(&places),
                    chance.of(&brands)
                ),
            ),
            _ => (
                "two partners",
                format!(
                    "{} & {} {trade} {form}",
                    chance.of(&names),
                    chance.by_rank(&names)
                ),
            ),
        };
        out.push(Clean::new(culture, PartyKind::Organisation, name));
    }
    Ok(out)
}

/// Fewer names than this give the same few combinations again, most of them
/// nearly a listed name.
const LEAST_NAMES: usize = 50;

/// `n` people put together from parts of listed people's names: each word
/// from the same place of another one's name.
pub fn shuffled(names: &[String], n: usize, chance: &mut Chance) -> Vec<String> {
    let apart: Vec<Vec<String>> = names.iter().map(|n| words(n)).collect();
    let usable: Vec<&Vec<String>> = apart.iter().filter(|w| w.len() >= 2).collect();
    let mut out = Vec::with_capacity(n);
    if usable.len() < LEAST_NAMES {
        return out;
    }
    for _ in 0..n {
        let pattern: &Vec<String> = chance.of::<&Vec<String>>(&usable);
        let one = |at: usize, chance: &mut Chance| -> String {
            // The last word from the end, so that family names stay such.
            let from: &Vec<String> = chance.of::<&Vec<String>>(&usable);
            let at = if at + 1 == pattern.len() {
                from.len() - 1
            } else {
                at.min(from.len() - 2)
            };
            from[at].clone()
        };
        let parts: Vec<String> = (0..pattern.len()).map(|at| one(at, chance)).collect();
        let unspaced = pattern.iter().all(|w| w.chars().count() == 1);
        out.push(parts.join(if unspaced { "" } else { " " }));
    }
    out
}

/// The words of a name; characters, where it is written without spaces.
fn words(name: &str) -> Vec<String> {
    let bare = name.replace(',', " ");
    let words: Vec<String> = bare.split_whitespace().map(str::to_owned).collect();
    match words.as_slice() {
        [only] if !only.is_ascii() && only.chars().count() <= 4 => {
            only.chars().map(String::from).collect()
        }
        _ => words,
    }
}

/// `n` people of two names each, drawn by how often each name stands in a file
/// of names at large (`name<TAB>…<TAB>count`).
pub fn world(files: &[std::path::PathBuf], n: usize, chance: &mut Chance) -> Result<Vec<Clean>> {
    let mut out = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
        let mut drawn: Vec<&str> = Vec::new();
        for line in text.lines() {
            let mut cells = line.split('\t');
            let (name, count) = (cells.next().unwrap_or(""), cells.nth(1).unwrap_or("1"));
            if name.len() >= 3 && name.is_ascii() {
                let count: usize = count.trim().parse().unwrap_or(1);
                drawn.extend(std::iter::repeat_n(name, count.min(200)));
            }
        }
        let stem = file
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let culture = stem
            .replace("translit_", "people known in ")
            .replace("_80", "");
        for _ in 0..n / files.len() {
            if drawn.is_empty() {
                break;
            }
            let (first, last) = (*chance.of::<&str>(&drawn), *chance.of::<&str>(&drawn));
            let name = format!("{first} {last}");
            out.push(Clean::new(&culture, PartyKind::Person, name));
        }
    }
    Ok(out)
}
