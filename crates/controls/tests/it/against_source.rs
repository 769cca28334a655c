//! The tables against the published data they were encoded from, where that is
//! at hand beside the checkout.

use crate::world::{controls, country, policies};
use portcullis_domain::Country;
use portcullis_policy::PolicyFiles;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

fn source(name: &str) -> Option<Value> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/controls");
    let Ok(text) = std::fs::read_to_string(root.join(name)) else {
        eprintln!("skipped: {name} is not at hand");
        return None;
    };
    Some(serde_json::from_str(&text).unwrap())
}

fn rows(files: &PolicyFiles, file: &str, key: &str) -> BTreeMap<String, toml::Table> {
    let text = files.get(&format!("controls/{file}")).unwrap();
    let table: toml::Table = text.parse().unwrap();
    let rows = table[key].as_array().unwrap().iter();
    rows.map(|row| row.as_table().unwrap().clone())
        .map(|row| (row["id"].as_str().unwrap().to_owned(), row))
        .collect()
}

fn word_set(text: &str) -> BTreeSet<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// Names that the sources spell in a way of their own.
fn country_of(name: &str) -> Country {
    let code = match name {
        "Bahamas, The" => "BS",
        "Congo (Democratic Republic of the)" | "Congo (Democratic Republic of)" => "CD",
        "Congo (Republic of the)" => "CG",
        "Cote d'lvoire" => "CI",
        "Gambia, The" => "GM",
        "Micronesia (Federated State of)" => "FM",
        "Seycheles" => "SC",
        "Sint Maarten (the Dutch two-fifths of the island of Saint Martin)" => "SX",
        "South Sudan, Republic of" => "SS",
        "Bosnia & Herzegovina" => "BA",
        "Saint Kitts & Nevis" | "St. Kitts and Nevis" => "KN",
        "St. Lucia" => "LC",
        "St. Vincent and the Grenadines" | "Saint Vincent and the Grenadines" => "VC",
        "Sao Tome & Principe" => "ST",
        "China (PRC)" => "CN",
        _ => return Country::parse(name).unwrap_or_else(|| panic!("{name}")),
    };
    country(code)
}

#[test]
fn every_cell_of_the_country_chart_is_the_published_one() {
    let Some(chart) = source("us_country_chart_738_2026-07-23.json") else {
        return;
    };
    let ours = rows(&policies(), "us-country-chart.toml", "countries");
    let theirs = chart["countries"].as_object().unwrap();
    assert_eq!(ours.len(), theirs.len());
    for (name, row) in theirs {
        let code = country_of(name);
        let our = &ours[code.code()];
        let marks = row["marks"].as_array().unwrap().iter();
        let marks: BTreeSet<String> = marks
            .map(|m| m.as_str().unwrap().replace(' ', ""))
            .collect();
        assert_eq!(word_set(our["marks"].as_str().unwrap()), marks, "{name}");
        let notes: Vec<i64> = row["footnotes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|n| n.as_i64().unwrap())
            .collect();
        let none = toml::Value::Array(Vec::new());
        let our_notes = our.get("notes").unwrap_or(&none).as_array().unwrap();
        let our_notes: Vec<i64> = our_notes.iter().map(|n| n.as_integer().unwrap()).collect();
        assert_eq!(our_notes, notes, "{name}");
    }
}

#[test]
fn every_country_group_is_the_published_one() {
    let Some(published) = source("us_country_groups_740_2026.json") else {
        return;
    };
    let ours = rows(&policies(), "us-country-groups.toml", "groups");
    let theirs = published["groups"].as_object().unwrap();
    assert_eq!(ours.len(), theirs.len());
    for (group, members) in theirs {
        let members = members.as_array().unwrap().iter();
        let members: BTreeSet<String> = members
            .map(|m| country_of(m.as_str().unwrap()).code().to_owned())
            .collect();
        assert_eq!(
            word_set(ours[group]["members"].as_str().unwrap()),
            members,
            "{group}"
        );
    }
}

/// The chart columns that a requirement text names: `NS Column 2.` is `NS2`.
fn columns_in(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let three = words.windows(3).filter(|w| w[1] == "Column");
    three
        .map(|w| format!("{}{}", w[0], w[2].trim_matches(['.', ','])))
        .filter(|c| c.len() == 3)
        .collect()
}

#[test]
fn every_entry_of_the_control_list_has_the_published_columns() {
    let Some(list) = source("us_ccl_2026-07-23.ccl.json") else {
        return;
    };
    let ours = rows(&policies(), "us-ccl.toml", "entries");
    let theirs = list["entries"].as_array().unwrap();
    assert_eq!(ours.len(), theirs.len());
    let empty = toml::Value::Array(Vec::new());
    for entry in theirs {
        let eccn = entry["eccn"].as_str().unwrap();
        let our = ours
            .get(eccn)
            .unwrap_or_else(|| panic!("{eccn} is missing"));
        let our_rows = our.get("rows").unwrap_or(&empty).as_array().unwrap();
        let ours_with = |column: &str, whole: bool| {
            our_rows.iter().any(|row| {
                let scoped = ["only", "except", "prose"]
                    .iter()
                    .any(|k| row.get(k).is_some());
                row.get("col").and_then(|c| c.as_str()) == Some(column) && !(whole && scoped)
            })
        };
        let mut published = BTreeSet::new();
        for row in entry["countryChart"].as_array().unwrap() {
            let scope = row["control"].as_str().unwrap().trim_end_matches('.');
            let columns = columns_in(row["countryChart"].as_str().unwrap());
            let whole = scope.ends_with("applies to entire entry");
            for column in columns {
                assert!(ours_with(&column, whole), "{eccn}: {scope} {column}");
                published.insert(column);
            }
        }
        for row in our_rows {
            if let Some(column) = row.get("col").and_then(|c| c.as_str()) {
                // Columns that the source leaves out or words differently.
                let worded = [
                    "1C351 AT1",
                    "1D018 MT1",
                    "5A980 AT1",
                    "5D980 AT1",
                    "5E980 AT1",
                ];
                let known =
                    published.contains(column) || worded.contains(&&*format!("{eccn} {column}"));
                assert!(known, "{eccn}: {column} is not published");
            }
        }
        let asks = !entry["countryChart"].as_array().unwrap().is_empty();
        assert!(!asks || !our_rows.is_empty(), "{eccn} asks for something");
    }
}

#[test]
fn whatever_the_list_says_in_words_is_never_silently_cleared() {
    let Some(list) = source("us_ccl_2026-07-23.ccl.json") else {
        return;
    };
    let china = country("CN");
    let mut in_words = 0;
    for entry in list["entries"].as_array().unwrap() {
        let eccn = entry["eccn"].as_str().unwrap();
        let asks = entry["countryChart"].as_array().unwrap();
        let worldwide = asks.iter().any(|row| {
            let place = row["countryChart"].as_str().unwrap();
            place.contains("orldwide") || place.contains("D:5")
        });
        if worldwide {
            in_words += 1;
            let answer = controls().chart(eccn, china);
            assert!(answer.required + answer.open > 0, "{eccn}: {answer:?}");
        }
    }
    assert!(in_words > 30, "only {in_words}");
}

#[test]
fn the_high_priority_codes_are_the_published_ones() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/controls");
    let Ok(text) = std::fs::read_to_string(root.join("chpl_50_hs6.csv")) else {
        eprintln!("skipped: chpl_50_hs6.csv is not at hand");
        return;
    };
    let ours: toml::Table = policies()
        .get("controls/chpl.toml")
        .unwrap()
        .parse()
        .unwrap();
    let mut tiers = BTreeMap::new();
    for (tier, codes) in ours["tiers"].as_table().unwrap() {
        for code in codes.as_str().unwrap().split_whitespace() {
            tiers.insert(code.to_owned(), tier.replace('.', ""));
        }
    }
    let published: BTreeMap<String, String> = text
        .lines()
        .skip(1)
        .filter_map(|line| line.trim().split_once(','))
        .map(|(code, tier)| (code.to_owned(), tier.to_owned()))
        .collect();
    assert_eq!(published.len(), 50);
    assert_eq!(tiers, published);
}

#[test]
fn the_dual_use_numbers_are_the_published_ones() {
    let Some(fixture) = source("no_list_II_dualuse_fixture_2022.json") else {
        return;
    };
    let rows = fixture.as_array().unwrap().iter();
    let numbers = rows.filter(|row| row["model"] == "regulations.regulation");
    let published: BTreeSet<String> = numbers
        .map(|row| row["fields"]["code"].as_str().unwrap().to_owned())
        .collect();
    let ours: toml::Table = policies()
        .get("controls/eu-annex-i.toml")
        .unwrap()
        .parse()
        .unwrap();
    let lines = ours["numbers"].as_array().unwrap().iter();
    let ours: BTreeSet<String> = lines.flat_map(|l| word_set(l.as_str().unwrap())).collect();
    assert_eq!(ours, published);
}

#[test]
fn the_codes_restricted_for_russia_are_the_published_ones() {
    let name = "../../../shared/data/trade/eu_export_sanctions_cn8_codes.csv";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let Ok(text) = std::fs::read_to_string(path) else {
        eprintln!("skipped: the codes of January 2023 are not at hand");
        return;
    };
    let code = |line: &str| line.trim_start_matches('"').get(..8).map(str::to_owned);
    let published: BTreeSet<String> = text.lines().skip(1).filter_map(code).collect();
    assert_eq!(published.len(), 2_223);
    let files = policies();
    let table: toml::Table = files
        .get("controls/eu-export-ban-2023-01.toml")
        .unwrap()
        .parse()
        .unwrap();
    let mut ours = BTreeSet::new();
    for list in ["eu-ru-cn8-2023-01", "eu-ru-cn8-2023-01-valued"] {
        for (chapter, rest) in table[list].as_table().unwrap() {
            let words = rest.as_str().unwrap().split(' ');
            ours.extend(words.map(|rest| format!("{chapter}{rest}")));
        }
    }
    assert_eq!(ours, published);
}
