//! Recall across scripts, on the UN list's own original-script names and on a
//! small public set. Skipped where the data is not at hand. Floors are what
//! was measured on 2026-11-22, a little lowered; they only ever go up.

use crate::csl;
use portcullis_domain::{Entity, Name, NameKind, Party, PartyKind};
use portcullis_screening::{Index, Options, Query, Strength};

/// The text of the first element of a name in a piece of XML; enough for this
/// one well-known file.
fn text_of<'a>(xml: &'a str, tag: &str) -> Option<&'a str> {
    let (_, rest) = xml.split_once(&format!("<{tag}>"))?;
    let (text, _) = rest.split_once(&format!("</{tag}>"))?;
    Some(text.trim()).filter(|t| !t.is_empty())
}

/// People and bodies of the UN list: entity without its original-script name,
/// and that name.
fn un_list() -> Option<Vec<(Entity, Option<String>)>> {
    let file = csl::data("lists/un_consolidated_2026-02-27.xml")?;
    let xml = std::fs::read_to_string(file).unwrap();
    let mut out = Vec::new();
    for (tag, kind) in [
        ("INDIVIDUAL", PartyKind::Person),
        ("ENTITY", PartyKind::Organisation),
    ] {
        for block in xml.split(&format!("<{tag}>")).skip(1) {
            let block = block.split(&format!("</{tag}>")).next().unwrap();
            let parts = ["FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME"];
            let parts: Vec<&str> = parts.iter().filter_map(|p| text_of(block, p)).collect();
            let mut names = vec![Name::new(NameKind::Primary, parts.join(" "))];
            for alias in block.split(&format!("<{tag}_ALIAS>")).skip(1) {
                let weak = text_of(alias, "QUALITY") == Some("Low");
                let alias_kind = if weak {
                    NameKind::WeakAlias
                } else {
                    NameKind::Alias
                };
                let alias = alias.split(&format!("</{tag}_ALIAS>")).next().unwrap();
                names.extend(text_of(alias, "ALIAS_NAME").map(|n| Name::new(alias_kind, n)));
            }
            let entity = Entity {
                id: format!("un-sc:{}", text_of(block, "DATAID").unwrap()),
                party: Party {
                    kind,
                    names,
                    ..Party::default()
                },
                ..Entity::default()
            };
            let original = text_of(block, "NAME_ORIGINAL_SCRIPT").map(str::to_owned);
            out.push((entity, original));
        }
    }
    Some(out)
}

fn found(index: &Index, name: &str, id: &str) -> Option<Strength> {
    let hits = index
        .screen(&Query::by_name(name), &Options::default())
        .hits;
    hits.iter().find(|h| h.entity_id == id).map(|h| h.strong)
}

#[test]
fn an_original_script_alias_is_exact_and_a_typing_error_in_it_is_judged() {
    let Some(list) = un_list() else { return };
    let with_original = list.iter().map(|(entity, original)| {
        let mut entity = entity.clone();
        let alias = original.iter().map(|o| Name::new(NameKind::Alias, o));
        entity.party.names.extend(alias);
        entity
    });
    let index = Index::build(with_original.collect());
    let (mut tried, mut typos, mut missed) = (0, 0, Vec::new());
    for (entity, original) in &list {
        let Some(original) = original else { continue };
        tried += 1;
        // A single name that very many bear is found, but is nobody's own.
        let single = original.starts_with("عبد ") || !original.contains(' ');
        let strength = found(&index, original, &entity.id);
        assert!(
            strength == Some(Strength::ExactName) || (single && strength.is_some()),
            "{original} {strength:?}"
        );
        // Drop one letter inside the longest word.
        let longest = original
            .split(' ')
            .max_by_key(|w| w.chars().count())
            .unwrap();
        let letters: Vec<char> = longest.chars().collect();
        if letters.len() < 5 {
            continue;
        }
        let middle = letters.len() / 2;
        let changed: String = letters[..middle]
            .iter()
            .chain(&letters[middle + 1..])
            .collect();
        let typo = original.replacen(longest, &changed, 1);
        typos += 1;
        match found(&index, &typo, &entity.id) {
            Some(Strength::Possible) => {}
            // A dropped vowel sign or long vowel may leave the name the same.
            Some(_) => println!("still exact: {typo} for {original}"),
            None => missed.push((typo, original)),
        }
    }
    let recall = 1.0 - missed.len() as f64 / f64::from(typos);
    println!("{tried} original names exact; typos {recall:.3} of {typos}; missed {missed:?}");
    assert!(tried > 300 && recall >= 0.95);
}

#[test]
fn an_original_script_name_finds_the_latin_entry() {
    let Some(list) = un_list() else { return };
    let index = Index::build(list.iter().map(|(e, _)| e.clone()).collect());
    for (kind, floor) in [
        (PartyKind::Person, PERSON_RECALL),
        (PartyKind::Organisation, 0.0),
    ] {
        let asked = list
            .iter()
            .filter(|(e, o)| e.party.kind == kind && o.is_some());
        let (mut tried, mut missed) = (0, Vec::new());
        for (entity, original) in asked {
            let original = original.as_deref().unwrap();
            tried += 1;
            if found(&index, original, &entity.id).is_none() {
                missed.push((original, entity.party.caption()));
            }
        }
        let recall = 1.0 - missed.len() as f64 / f64::from(tried);
        println!("{kind:?}: recall {recall:.3} of {tried}; missed {missed:#?}");
        assert!(recall >= floor, "{kind:?} {recall}");
    }
}

/// Measured 0.935, nearly all of it Arabic script.
const PERSON_RECALL: f64 = 0.925;

#[test]
fn public_pairs_across_scripts() {
    let Some(file) = csl::data("names/cross_script_pairs.csv") else {
        return;
    };
    let text = std::fs::read_to_string(file).unwrap();
    let pairs: Vec<(&str, &str)> = text
        .lines()
        .filter(|l| !l.starts_with('#') && !l.trim().is_empty())
        .filter_map(|l| {
            let mut cells = l.split(',');
            Some((cells.next()?, cells.next()?))
        })
        .collect();
    let entity = |(i, (_, latin)): (usize, &(&str, &str))| Entity {
        id: format!("pair:{i}"),
        party: Party {
            kind: PartyKind::Person,
            names: vec![Name::new(NameKind::Primary, *latin)],
            ..Party::default()
        },
        ..Entity::default()
    };
    let index = Index::build(pairs.iter().enumerate().map(entity).collect());
    let asked = pairs.iter().enumerate();
    let missed: Vec<_> = asked
        .filter(|(i, (query, _))| found(&index, query, &format!("pair:{i}")).is_none())
        .map(|(_, pair)| pair)
        .collect();
    println!(
        "{} of {} pairs missed: {missed:?}",
        missed.len(),
        pairs.len()
    );
    assert!(pairs.len() > 20 && missed.len() <= PAIRS_MISSED);
}

/// Measured 3 of 22:
/// single common given names, which do not alert by design.
const PAIRS_MISSED: usize = 3;

/// A name with one typing error in its longest word: a letter left out,
/// doubled, or swapped with the next.
fn slip(name: &str, how: usize) -> Option<String> {
    let longest = name.split(' ').max_by_key(|w| w.chars().count())?;
    let mut letters: Vec<char> = longest.chars().collect();
    if letters.len() < 5 {
        return None;
    }
    let at = 1 + (name.len() + how) % (letters.len() - 2);
    match how {
        0 => drop(letters.remove(at)),
        1 => letters.swap(at, at + 1),
        _ => letters.insert(at, letters[at]),
    }
    let changed: String = letters.into_iter().collect();
    (changed != longest).then(|| name.replacen(longest, &changed, 1))
}

#[test]
fn one_slip_in_the_longest_word_is_found() {
    let Some(list) = un_list() else { return };
    let with_original = list.iter().map(|(entity, original)| {
        let mut entity = entity.clone();
        let alias = original.iter().map(|o| Name::new(NameKind::Alias, o));
        entity.party.names.extend(alias);
        entity
    });
    let index = Index::build(with_original.collect());
    for name in [
        "x",
        "bank",
        "Zzz Qqq",
        "Mary Khan",
        "Oakwood Foods",
        "York Trading",
        "AUK Group",
    ] {
        let hits = index
            .screen(&Query::by_name(name), &Options::default())
            .hits;
        assert!(hits.is_empty(), "{name}: {hits:?}");
    }
    for (script, floor) in [("original", SLIP_ORIGINAL), ("Latin", SLIP_LATIN)] {
        let (mut tried, mut missed) = (0, Vec::new());
        for (entity, original) in &list {
            let latin = Some(entity.party.caption().to_owned());
            let name = if script == "Latin" {
                latin
            } else {
                original.clone()
            };
            for how in 0..3 {
                let Some(typo) = name.as_deref().and_then(|n| slip(n, how)) else {
                    continue;
                };
                tried += 1;
                if found(&index, &typo, &entity.id).is_none() {
                    missed.push((typo, name.clone().unwrap_or_default()));
                }
            }
        }
        let recall = 1.0 - missed.len() as f64 / f64::from(tried);
        println!(
            "{script}: slips {recall:.4} of {tried}; missed {}: {missed:#?}",
            missed.len()
        );
        assert!(recall >= floor, "{script} {recall}");
    }
}

/// Measured 0.988 and 0.997. What is left: numbers in words, abbreviations with
/// full stops, syllables that are names of their own, and one of four consonants.
const SLIP_ORIGINAL: f64 = 0.985;
const SLIP_LATIN: f64 = 0.995;
