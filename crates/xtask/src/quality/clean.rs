//! People and firms who are nobody on any list.

use super::chance::Chance;
use anyhow::{Context, Result};
use portcullis_domain::PartyKind;

const PEOPLE: &str = include_str!("../../data/clean_people.txt");
const FIRMS: &str = include_str!("../../data/clean_firms.txt");

/// A clean name with the culture or the pattern it was drawn from.
#[derive(Clone, Debug)]
pub struct Clean {
    pub culture: String,
    pub kind: PartyKind,
    pub name: String,
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
    while out.len() < n {
        let row = &cultures[out.len() % cultures.len()];
        let [culture, pattern, given, family] = row[..] else {
            continue;
        };
        let given: Vec<&str> = given.split(' ').collect();
        let family: Vec<&str> = family.split(' ').collect();
        out.push(Clean {
            culture: culture.to_owned(),
            kind: PartyKind::Person,
            name: person(pattern, &given, &family, chance),
        });
    }
    out
}

fn person(pattern: &str, given: &[&str], family: &[&str], chance: &mut Chance) -> String {
    let g = spaced(*chance.by_rank(given));
    let f = spaced(*chance.by_rank(family));
    match pattern {
        "gmf" => format!("{g} {}. {f}", char::from(b'A' + chance.below(26) as u8)),
        "ggf" | "ggg" => format!("{g} {} {f}", chance.by_rank(given)),
        "gff" => format!("{g} {f} {}", chance.by_rank(family)),
        "fg" => format!("{f} {g}"),
        "fg2" => format!("{f} {g} {}", chance.by_rank(given).to_lowercase()),
        "gpf" => slavic(&g, *chance.by_rank(given), &f),
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
        let form = spaced(*chance.by_rank(&forms));
        let trade = spaced(*chance.by_rank(&trades));
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
        out.push(Clean {
            culture: culture.to_owned(),
            kind: PartyKind::Organisation,
            name,
        });
    }
    Ok(out)
}

/// `n` people put together from parts of listed people's names: a first word
/// of one, the last word of another.
pub fn shuffled(names: &[String], n: usize, chance: &mut Chance) -> Vec<String> {
    let mut out = Vec::with_capacity(n);
    let usable: Vec<&String> = names
        .iter()
        .filter(|n| n.split_whitespace().count() >= 2)
        .collect();
    if usable.len() < 2 {
        return out;
    }
    for _ in 0..n {
        let words = |name: &str| -> Vec<String> {
            let bare = name.replace(',', " ");
            bare.split_whitespace().map(str::to_owned).collect()
        };
        let (a, b) = (
            words(chance.of::<&String>(&usable)),
            words(chance.of::<&String>(&usable)),
        );
        let half = a.len().div_ceil(2);
        let rest = b.len() - b.len() / 2;
        let parts: Vec<String> = a[..half]
            .iter()
            .chain(&b[rest.min(b.len() - 1)..])
            .cloned()
            .collect();
        out.push(parts.join(" "));
    }
    out
}
