//! Recall and false alerts by script, on the real lists that carry a name in
//! its own script beside a Latin one (EU, Canada, UN): the original asked of
//! the Latin names, and a Latin name asked of the originals. Skipped where the
//! lists are not at hand. Floors are what was measured on 2026-11-22, a little
//! lowered; they only ever go up.

use crate::csl;
use portcullis_domain::{Entity, Name, NameKind, Party, PartyKind};
use portcullis_names::Script;
use portcullis_screening::{Index, Options, Query};
use std::collections::{BTreeMap, BTreeSet};

/// A party and its names, in whatever script.
struct Listed {
    person: bool,
    names: Vec<String>,
}

/// `name,"alias, alias",nationality,kind,...`: cells of one line.
fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            _ => cells.last_mut().unwrap().push(c),
        }
    }
    cells
}

fn eu() -> Vec<Listed> {
    let Some(file) = csl::data("lists/eu_fsf_parsed_2025.csv") else {
        return Vec::new();
    };
    let text = std::fs::read_to_string(file).unwrap();
    let rows = text.lines().skip(1).map(cells);
    rows.filter(|r| r.len() >= 4)
        .map(|row| {
            let aliases = row[1].split(", ").map(|n| n.trim().to_owned());
            Listed {
                person: row[3] == "person",
                names: std::iter::once(row[0].clone()).chain(aliases).collect(),
            }
        })
        .collect()
}

fn element<'a>(xml: &'a str, tag: &str) -> Option<&'a str> {
    let (_, rest) = xml.split_once(&format!("<{tag}>"))?;
    let (text, _) = rest.split_once(&format!("</{tag}>"))?;
    Some(text.trim()).filter(|t| !t.is_empty())
}

fn canada() -> Vec<Listed> {
    let Some(file) = csl::data("lists/ca_sema_2025.xml") else {
        return Vec::new();
    };
    let xml = std::fs::read_to_string(file).unwrap();
    let records = xml.split("<record>").skip(1);
    records
        .filter_map(|record| {
            let person = element(record, "LastName");
            let name = match person {
                Some(last) => format!("{} {last}", element(record, "GivenName").unwrap_or("")),
                None => element(record, "EntityOrShip")?.to_owned(),
            };
            let aliases = element(record, "Aliases").unwrap_or("");
            let aliases = aliases.split([',', ';']).map(|a| a.trim().to_owned());
            Some(Listed {
                person: person.is_some(),
                names: std::iter::once(name).chain(aliases).collect(),
            })
        })
        .collect()
}

fn un() -> Vec<Listed> {
    let Some(file) = csl::data("lists/un_consolidated_2026-02-27.xml") else {
        return Vec::new();
    };
    let xml = std::fs::read_to_string(file).unwrap();
    let mut out = Vec::new();
    for (tag, person) in [("INDIVIDUAL", true), ("ENTITY", false)] {
        for block in xml.split(&format!("<{tag}>")).skip(1) {
            let block = block.split(&format!("</{tag}>")).next().unwrap();
            let parts = ["FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME"];
            let parts: Vec<&str> = parts.iter().filter_map(|p| element(block, p)).collect();
            let mut names = vec![parts.join(" ")];
            names.extend(element(block, "NAME_ORIGINAL_SCRIPT").map(str::to_owned));
            let aliases = block.split("<ALIAS_NAME>").skip(1);
            names.extend(aliases.filter_map(|a| Some(a.split_once("</")?.0.trim().to_owned())));
            out.push(Listed { person, names });
        }
    }
    out
}

/// The script in which a whole name stands; `None` for mixed ones.
fn script(name: &str) -> Option<Script> {
    let scripts: BTreeSet<Script> = name.chars().filter_map(Script::of).collect();
    let japanese = scripts.contains(&Script::Kana);
    match scripts.len() {
        1 => scripts.first().copied(),
        2 if japanese && scripts.contains(&Script::Han) => Some(Script::Kana),
        _ => None,
    }
}

fn lists() -> Vec<Listed> {
    let mut all = eu();
    all.extend(canada());
    all.extend(un());
    all
}

fn index(lists: &[Listed], keep: impl Fn(Script) -> bool) -> Index {
    let entity = |(at, listed): (usize, &Listed)| {
        let names = listed.names.iter();
        let names = names.filter(|n| script(n).is_some_and(&keep));
        let kind = match listed.person {
            true => PartyKind::Person,
            false => PartyKind::Organisation,
        };
        Entity {
            id: at.to_string(),
            party: Party {
                kind,
                names: names.map(|n| Name::new(NameKind::Alias, n)).collect(),
                ..Party::default()
            },
            ..Entity::default()
        }
    };
    Index::build(lists.iter().enumerate().map(entity).collect())
}

fn query(name: &str, person: bool) -> Query {
    Query {
        kind: match person {
            true => PartyKind::Person,
            false => PartyKind::Organisation,
        },
        ..Query::by_name(name)
    }
}

/// Of the parties with a name in `native` and one in Latin letters: found, and
/// what was missed, for both directions.
fn recall(lists: &[Listed], native: Script, person: bool) -> [(usize, Vec<(String, String)>); 2] {
    let latin_list = index(lists, |s| s == Script::Latin);
    let native_list = index(lists, |s| s == native);
    let mut out = [(0, Vec::new()), (0, Vec::new())];
    for (at, listed) in lists.iter().enumerate() {
        let first = |wanted: Script| {
            let names = listed.names.iter();
            let mut full = names.filter(|n| script(n) == Some(wanted));
            // One word alone is no name of a person to be found by.
            full.find(|n| !person || n.contains(' ') || wanted.is_unspaced())
        };
        let (Some(original), Some(latin)) = (first(native), first(Script::Latin)) else {
            continue;
        };
        if listed.person != person || (at % 4 > 0 && native == Script::Cyrillic) {
            continue;
        }
        for (way, asked, list) in [(0, original, &latin_list), (1, latin, &native_list)] {
            let hits = list.screen(&query(asked, person), &Options::default()).hits;
            out[way].0 += 1;
            if !hits.iter().any(|h| h.entity_id == at.to_string()) {
                out[way].1.push((original.clone(), latin.clone()));
            }
        }
    }
    out
}

/// Script, least recall of persons: original asked of the Latin list, and the
/// reverse. Where fewer than fifty are at hand the figure is only printed.
const PERSONS: [(Script, f64, f64); 6] = [
    (Script::Cyrillic, 0.99, 0.97),
    (Script::Arabic, 0.94, 0.87),
    (Script::Hangul, 0.94, 0.88),
    (Script::Han, 0.0, 0.0),
    (Script::Greek, 0.0, 0.0),
    (Script::Hebrew, 0.0, 0.0),
];

#[test]
fn persons_are_found_across_scripts() {
    let lists = lists();
    let show = std::env::var_os("SHOW_MISSED").is_some();
    for (script, to_latin, from_latin) in PERSONS {
        let both = recall(&lists, script, true);
        for ((tried, missed), (way, floor)) in both
            .iter()
            .zip([("to Latin", to_latin), ("from Latin", from_latin)])
        {
            let recall = 1.0 - missed.len() as f64 / (*tried).max(1) as f64;
            println!("{} {way}: {recall:.3} of {tried}", script.name());
            if show {
                missed.iter().for_each(|(o, l)| println!("   {o} | {l}"));
            }
            assert!(*tried < 50 || recall >= floor, "{} {recall}", script.name());
        }
    }
}

/// Names that nobody bears: the beginning of one original name and the end of
/// another.
#[test]
fn shuffled_names_seldom_alert() {
    let lists = lists();
    let latin = index(&lists, |s| s == Script::Latin);
    let mut by_script: BTreeMap<Script, Vec<&String>> = BTreeMap::new();
    for listed in lists.iter().filter(|l| l.person) {
        let names = listed.names.iter();
        if let Some(name) = names
            .filter(|n| script(n).is_some_and(|s| s != Script::Latin))
            .find(|n| n.contains(' ') || script(n).is_some_and(Script::is_unspaced))
        {
            by_script
                .entry(script(name).unwrap())
                .or_default()
                .push(name);
        }
    }
    let show = std::env::var_os("SHOW_MISSED").is_some();
    for (script, names) in by_script {
        if names.len() < 8 {
            continue;
        }
        let (mut tried, mut alerts) = (0, Vec::new());
        for step in [3, 11] {
            for (at, name) in names.iter().enumerate() {
                let other = names[(at + step) % names.len()];
                let shuffled = shuffle(name, other, script);
                tried += 1;
                let hits = latin
                    .screen(&query(&shuffled, true), &Options::default())
                    .hits;
                if let Some(hit) = hits.first() {
                    alerts.push(format!(
                        "{shuffled} ~ {} {:.2}",
                        hit.matched_name, hit.score
                    ));
                }
            }
        }
        let rate = alerts.len() as f64 / tried as f64;
        println!("{} shuffled: {rate:.4} of {tried} alert", script.name());
        if show {
            alerts.iter().for_each(|a| println!("   {a}"));
        }
    }
}

fn shuffle(name: &str, other: &str, script: Script) -> String {
    if script.is_unspaced() && !name.contains(' ') {
        let end: String = other.chars().skip(1).collect();
        return name.chars().take(1).chain(end.chars()).collect();
    }
    let half = |n: &str, end: bool| {
        let words: Vec<&str> = n.split_whitespace().collect();
        let (start, rest) = words.split_at(words.len().div_ceil(2));
        if end { rest.join(" ") } else { start.join(" ") }
    };
    format!("{} {}", half(name, false), half(other, true))
}
