//! How legal forms of organisations are written, by what they mean.

use super::{Folders, fold, read};
use anyhow::Result;
use std::collections::{BTreeMap, BTreeSet};

/// What a form means, by words of its name in the law's own language (folded).
const MEANINGS: &[(&str, &[&str])] = &[
    (
        "llc",
        &[
            "limited liability company",
            "beschrankter haftung",
            "responsabilite limitee",
            "responsabilidad limitada",
            "responsabilita limitata",
            "ogranichennoy otvetstvennost",
            "ogranichena otgovornost",
            "ogranicenom odgovornoscu",
            "rucenim omezenym",
            "rucenim obmedzenym",
            "ograniczona odpowiedzialnoscia",
            "raspundere limitata",
            "omejeno odgovornostjo",
            "korlatolt felelossegu",
            "beperkte aansprakelijkheid",
            "obmezhenoyu vidpovidalnistyu",
        ],
    ),
    (
        "joint",
        &[
            "joint stock",
            "public limited company",
            "aktiengesellschaft",
            "aktiebolag",
            "aktieselskab",
            "aksjeselskap",
            "societe anonyme",
            "sociedad anonima",
            "sociedade anonima",
            "societa per azioni",
            "spolka akcyjna",
            "akciova spolecnost",
            "akciova spolocnost",
            "aktsionernoe obshchestvo",
            "aktsionerno druzhestvo",
            "naamloze vennootschap",
            "reszvenytarsasag",
            "dionicko drustvo",
            "delniska druzba",
            "societate pe actiuni",
            "akcine bendrove",
            "akciju sabiedriba",
            "aktsiaselts",
            "anonim sirket",
        ],
    ),
    (
        "partnership",
        &[
            "partnership",
            "kommandit",
            "en commandite",
            "en comandita",
            "accomandita",
            "nom collectif",
            "nome collettivo",
            "komandytowa",
            "komanditni",
            "kommanditt",
            "offene handelsgesellschaft",
            "verejna obchodni",
            "polnoe tovarishchestvo",
        ],
    ),
    (
        "cooperative",
        &[
            "cooperativ",
            "genossenschaft",
            "spoldzielnia",
            "osuuskunta",
            "druzstvo",
            "szovetkezet",
            "andelsselskab",
            "zadruga",
        ],
    ),
    (
        "foundation",
        &[
            "stiftung",
            "stichting",
            "fondation",
            "fundacion",
            "fundacja",
            "eingetragener verein",
        ],
    ),
];

/// The general tags of the table of organisation types.
const TAGS: &[(&str, &str)] = &[
    ("LLC", "llc"),
    ("JSC", "joint"),
    ("LP", "partnership"),
    ("LLP", "partnership"),
    ("GP", "partnership"),
    ("COOP", "cooperative"),
    ("SOE", "state"),
    ("SP", "sole"),
];

/// Writes `forms.txt`: class, a tab, and a phrase as it is written.
pub fn learn(folders: &Folders) -> Result<()> {
    let mut forms: BTreeMap<String, (&'static str, u8)> = BTreeMap::new();
    let mut contested = BTreeSet::new();
    // What a code list of a standard says goes before a collection's opinion.
    let all = codes(folders)?.into_iter().map(|f| (f, 0));
    let all = all.chain(types(folders)?.into_iter().map(|f| (f, 1)));
    for ((phrase, class), rank) in all {
        match forms.get(&phrase) {
            Some((known, at)) if *known != class && *at == rank => {
                contested.insert(phrase.clone());
            }
            Some(_) => {}
            None => {
                forms.insert(phrase, (class, rank));
            }
        }
    }
    let lines: Vec<String> = forms
        .into_iter()
        .filter(|(phrase, _)| !contested.contains(phrase))
        .map(|(phrase, (class, _))| format!("{class}\t{phrase}"))
        .collect();
    folders.write(
        "forms.txt",
        &[
            "Legal forms of organisations as written: class, tab, phrase in lower case.",
            "Sources: ISO 20275 code list, release 1.4.1 of 2023 (GLEIF, CC0), names and",
            "abbreviations; rigour org_types of 2026-08 (MIT), facts re-encoded. A phrase that",
            "two classes claim is left out.",
        ],
        &lines,
    )
}

/// A phrase that is long or odd enough to be no other word.
fn usable(phrase: &str) -> Option<String> {
    let cleaned = phrase.trim().to_lowercase();
    let latin = fold(&cleaned);
    let letters = cleaned.chars().filter(|c| c.is_alphabetic()).count();
    let words = cleaned.split_whitespace().count();
    let plain = !cleaned.contains(['(', ')', ',', ';', '/', '|', '\t']);
    let unspaced = cleaned
        .chars()
        .any(|c| ('\u{3040}'..='\u{D7AF}').contains(&c));
    (plain && !unspaced && letters >= 2 && latin.len() >= 2 && words <= 6).then_some(cleaned)
}

fn meaning(name: &str) -> Option<&'static str> {
    let folded: Vec<String> = name.split_whitespace().map(fold).collect();
    let folded = folded.join(" ");
    let found = MEANINGS
        .iter()
        .find(|(_, marks)| marks.iter().any(|m| folded.contains(m)));
    found.map(|(class, _)| *class)
}

fn codes(folders: &Folders) -> Result<Vec<(String, &'static str)>> {
    let path = folders.shared.join("reference/gleif_elf-codes-1.4.1.csv");
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path)?;
    let mut out = Vec::new();
    for row in reader.records() {
        let row = row?;
        let cell = |at: usize| row.get(at).unwrap_or("");
        let Some(class) = meaning(cell(8)).or_else(|| meaning(cell(5))) else {
            continue;
        };
        let written = [cell(5), cell(8)].into_iter();
        let short = cell(9).split(';').chain(cell(10).split(';'));
        for phrase in written.chain(short).filter_map(usable) {
            out.push((phrase, class));
        }
    }
    Ok(out)
}

/// Blocks of `display`, `generic` and `aliases` in the YAML file, read line by
/// line: it has no other structure.
fn types(folders: &Folders) -> Result<Vec<(String, &'static str)>> {
    let text = read(&folders.names.join("org_types.yml"))?;
    let mut out = Vec::new();
    let mut class = None;
    let mut block: Vec<String> = Vec::new();
    let mut finish = |block: &mut Vec<String>, class: Option<&'static str>| {
        if let Some(class) = class {
            out.extend(block.iter().filter_map(|p| usable(p)).map(|p| (p, class)));
        }
        block.clear();
    };
    for line in text.lines() {
        let line = line.split(" #").next().unwrap_or("").trim_end();
        let value = |l: &str| l.trim().trim_matches('"').to_owned();
        if let Some(display) = line.strip_prefix("  - display:") {
            finish(&mut block, class.take());
            block.push(value(display));
        } else if let Some(generic) = line.trim().strip_prefix("generic:") {
            let tag = value(generic);
            class = TAGS.iter().find(|(t, _)| *t == tag).map(|(_, c)| *c);
        } else if let Some(alias) = line.strip_prefix("      - ") {
            block.push(value(alias));
        }
    }
    finish(&mut block, class);
    Ok(out)
}
