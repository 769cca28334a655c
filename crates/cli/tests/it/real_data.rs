//! Real declarations against real lists, where the shared data is at hand.

use crate::world::{World, shared};
use serde_json::Value;
use std::{collections::BTreeSet, fs, path::Path};

fn import(world: &World, files: &[&str]) {
    let paths: Vec<_> = files
        .iter()
        .filter_map(|f| shared(&format!("lists/{f}")))
        .collect();
    let mut args = vec!["lists", "import"];
    args.extend(paths.iter().map(|p| p.to_str().unwrap()));
    world.run(&args).ok();
}

#[test]
fn every_official_list_imports_with_its_issues_counted() {
    if shared("lists").is_none() {
        return;
    }
    let world = World::empty();
    import(&world, &["us_csl_2026-07-31.consolidated.json"]);
    import(&world, &["un_consolidated_2026-02-27.xml"]);
    import(&world, &["ca_sema_2025.xml"]);
    import(&world, &["bis_dpl_official_2019.txt"]);
    import(
        &world,
        &[
            "ofac_cons_prim_2025.csv",
            "ofac_cons_alt_2025.csv",
            "ofac_cons_add_2025.csv",
        ],
    );
    import(
        &world,
        &[
            "ofac_sdn_2023.csv",
            "ofac_alt_2026.csv",
            "ofac_add_2026.csv",
            "ofac_sdn_comments_2026.csv",
        ],
    );
    let shown = world.run(&["--json", "lists", "show"]).ok().lines();
    let sources: BTreeSet<&str> = shown
        .iter()
        .map(|s| s["source"].as_str().unwrap())
        .collect();
    assert_eq!(sources.len(), 6, "{sources:?}");
    let csl = shown.iter().find(|s| s["source"] == "us-csl").unwrap();
    assert_eq!(
        csl["entities"].as_u64().map(|n| n > 25_000),
        Some(true),
        "{csl}"
    );
}

#[test]
fn every_file_of_the_customs_set_appears() {
    let (Some(folder), Some(_)) = (shared("documents/hmrc_wco_declarations"), shared("lists"))
    else {
        return;
    };
    let world = World::empty();
    import(&world, &["un_consolidated_2026-02-27.xml"]);
    let ran = world.run(&["assess", folder.to_str().unwrap()]).exits(3);
    let lines = ran.lines();
    let seen: BTreeSet<&str> = lines.iter().map(|l| l["file"].as_str().unwrap()).collect();
    let files = fs::read_dir(&folder).unwrap().count();
    assert_eq!(seen.len(), files);
    for line in &lines {
        let named = matches!(line["kind"].as_str().unwrap(), "notification" | "other");
        assert_eq!(line["outcome"].is_null(), named, "{line}");
        if line["kind"] == "unreadable" {
            assert_eq!(line["outcome"], "hold");
            assert!(line["issues"][0]["line"].is_u64(), "{line}");
        }
    }
}

/// The declaration with its first consignee renamed.
fn renamed(world: &World, declaration: &Path, name: &str, to: &str) -> Value {
    let text = fs::read_to_string(declaration).unwrap();
    let begin = text.find("<Consignee>").unwrap();
    let at = begin + text[begin..].find("<Name>").unwrap() + "<Name>".len();
    let end = at + text[at..].find("</Name>").unwrap();
    let changed = format!("{}{to}{}", &text[..at], &text[end..]);
    let reference = "7849431KJ7CH";
    let file = world.file(name, changed.replace(reference, &name.replace('.', "")));
    world.run(&["assess", &file]).lines().remove(0)
}

#[test]
fn a_listed_consignee_in_another_script_a_typo_and_an_unverified_party() {
    let declaration =
        "documents/hmrc_wco_declarations/annotated_XML_samples_TT_EX011a_TT_EX011a.xml";
    let (Some(declaration), Some(_)) = (shared(declaration), shared("lists")) else {
        return;
    };
    let world = World::empty();
    import(&world, &["un_consolidated_2026-02-27.xml"]);
    import(&world, &["us_csl_2026-07-31.consolidated.json"]);
    let lawful = world
        .run(&["assess", declaration.to_str().unwrap()])
        .ok()
        .lines()
        .remove(0);
    assert!(
        ["release", "question"].contains(&lawful["outcome"].as_str().unwrap()),
        "{lawful}"
    );
    let (original_script, latin) = listed_person();
    let listed = renamed(&world, &declaration, "script.xml", &original_script);
    assert_eq!(listed["outcome"], "prohibited", "{listed}");
    assert!(listed["findings"].to_string().contains("listed-party"));
    let typo = renamed(&world, &declaration, "typo.xml", &with_typo(&latin));
    assert_eq!(typo["outcome"], "review", "{typo}");
    let unverified = renamed(&world, &declaration, "uvl.xml", &unverified_party());
    let outcome = unverified["outcome"].as_str().unwrap();
    assert!(
        !["prohibited", "review", "hold"].contains(&outcome),
        "{unverified}"
    );
    assert!(
        unverified["findings"]
            .to_string()
            .contains("licence-exceptions-refused"),
        "{unverified}"
    );
}

/// The first listed person with a name in its own script: that name, and the Latin one.
fn listed_person() -> (String, String) {
    let path = shared("lists/un_consolidated_2026-02-27.xml").unwrap();
    let text = fs::read_to_string(path).unwrap();
    let field = |part: &str, tag: &str| -> String {
        let open = format!("<{tag}>");
        let from = part.find(&open).map(|at| at + open.len());
        let value = from
            .and_then(|at| part[at..].split('<').next())
            .unwrap_or("");
        value.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let names = ["FIRST_NAME", "SECOND_NAME", "THIRD_NAME"];
    let mut people = text.split("<INDIVIDUAL>").skip(1).map(|part| {
        let latin: Vec<String> = names
            .iter()
            .map(|n| field(part, n))
            .filter(|n| !n.is_empty())
            .collect();
        (field(part, "NAME_ORIGINAL_SCRIPT"), latin)
    });
    let found = people.find(|(own, latin)| own.contains(' ') && latin.len() == 3);
    let (own, latin) = found.unwrap();
    (own, latin.join(" "))
}

/// The name with two letters of its longest part swapped.
fn with_typo(name: &str) -> String {
    let longest = name.split(' ').max_by_key(|part| part.len()).unwrap();
    let mut letters: Vec<char> = longest.chars().collect();
    let at = (1..letters.len() - 1)
        .find(|at| letters[*at] != letters[at + 1])
        .unwrap();
    letters.swap(at, at + 1);
    name.replace(longest, &letters.into_iter().collect::<String>())
}

/// A party that stands on the Unverified List alone, as the list writes it.
fn unverified_party() -> String {
    let path = shared("lists/us_csl_2026-07-31.consolidated.json").unwrap();
    let list: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let parties = list["results"].as_array().unwrap();
    let unverified = parties
        .iter()
        .filter(|p| p["source"].as_str().unwrap_or("").contains("Unverified"));
    let plain = unverified.map(|p| p["name"].as_str().unwrap().to_owned());
    let mut plain = plain.filter(|n| n.split(' ').count() >= 3 && !n.contains('&'));
    plain.nth(3).unwrap()
}
