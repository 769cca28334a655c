//! `cases/*.toml`, read by licensing officers: facts, day, result, rules, why.

use crate::world::{lines, policies};
use portcullis_controls::{Controls, LawCase, cases};
use portcullis_domain::{Country, DeterminationResult};
use portcullis_policy::{Document, Problem};
use std::collections::BTreeSet;
use std::sync::OnceLock;

const FILES: [(&str, &str); 6] = [
    ("cases/eu-list.toml", include_str!("cases/eu-list.toml")),
    (
        "cases/eu-catch-all.toml",
        include_str!("cases/eu-catch-all.toml"),
    ),
    (
        "cases/eu-destinations.toml",
        include_str!("cases/eu-destinations.toml"),
    ),
    ("cases/eu-aid.toml", include_str!("cases/eu-aid.toml")),
    ("cases/uk.toml", include_str!("cases/uk.toml")),
    ("cases/informed.toml", include_str!("cases/informed.toml")),
];

/// Letters of the tests: none is in the policies of this repository.
const LETTERS: &str = include_str!("cases/letters.toml");

fn with_letters() -> &'static Controls {
    static CONTROLS: OnceLock<Controls> = OnceLock::new();
    CONTROLS.get_or_init(|| {
        let mut files = policies();
        files.insert("informed/letters.toml", LETTERS);
        match Controls::load(&files) {
            Ok(controls) => controls,
            Err(problems) => panic!("the tables do not load:\n{}", lines(&problems)),
        }
    })
}

fn read(path: &str, text: &str) -> Vec<LawCase> {
    let document = Document::parse(path, text).unwrap();
    let mut problems = Vec::new();
    let cases = cases(&document, &mut problems);
    assert!(problems.is_empty(), "{}", lines(&problems));
    cases
}

#[test]
fn every_case_of_the_laws_comes_out_as_written() {
    let all: Vec<LawCase> = FILES
        .iter()
        .flat_map(|(path, text)| read(path, text))
        .collect();
    assert!(all.len() >= 60, "only {} cases were read", all.len());
    let names: BTreeSet<&str> = all.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names.len(), all.len(), "two cases have one name");
    let wrong: Vec<Problem> = all
        .iter()
        .filter_map(|case| case.check(with_letters()))
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        all.len(),
        lines(&wrong)
    );
}

#[test]
fn a_wrong_case_of_a_law_is_noticed() {
    let right = "[[case]]\nname='n'\nwhy='w'\nlaw='EU'\nas_of=2026-11-22\nexpect='required'\nmay='EU001'\ngiven={eu_code='3A001.b.4',from='DE',to='JP'}\n";
    assert!(read("c", right)[0].check(with_letters()).is_none());
    for (old, new) in [
        ("'required'", "'not_required'"),
        ("'EU001'", "'EU002'"),
        ("may='EU001'", ""),
        ("may=", "rules='eu-ru-chp'\nmay="),
        ("may=", "not_rules='eu-2021-821-art-3'\nmay="),
        ("may=", "asks='end_use'\nmay="),
        ("may=", "met='EU001'\nmay="),
        ("may=", "not_checked='eu_code'\nmay="),
    ] {
        assert!(right.contains(old), "{old}");
        let wrong = right.replace(old, new);
        let noticed = read("c", &wrong)[0].check(with_letters());
        assert!(noticed.is_some(), "{old} -> {new} is not noticed");
    }
}

#[test]
fn files_of_law_that_contradict_themselves_are_refused() {
    // file, what is replaced, by what, what the problem says
    let cases = [
        (
            "eu-authorisations.toml",
            "destinations = \"AR KR TR ZA\"",
            "destinations = \"AR KR TR QQ\"",
            "QQ",
        ),
        (
            "eu-authorisations.toml",
            "only = \"1C350 1C450\"",
            "only = \"1C350 QQQQQ\"",
            "QQQQQ",
        ),
        (
            "eu-authorisations.toml",
            "citation = \"Regulation (EU) 2021/821, Annex II, Section A\"",
            "citation = \"\"",
            "citation",
        ),
        (
            "eu-authorisations.toml",
            "from = 2021-09-09",
            "from = 2021-09-09\nuntil = 2020-01-01",
            "before it begins",
        ),
        (
            "eu-authorisations.toml",
            "except_sets = \"eu-annex-iv eu-section-i\"",
            "except_sets = \"eu-annex-xx\"",
            "eu-annex-xx",
        ),
        (
            "eu-authorisations.toml",
            "excluded_uses = \"chemical-biological nuclear missile military-parts\"",
            "excluded_uses = \"humanitarian\"",
            "humanitarian",
        ),
        (
            "eu-authorisations.toml",
            "destinations = \"AU CA CH GB IS JP LI NO NZ US\"",
            "destinations = \"AU CA CH GB IS JP LI NO NZ US\"\nnot_destinations = \"JP\"",
            "both a destination and not one",
        ),
        (
            "eu-authorisations.toml",
            "note = \"Covers every item",
            "note = \"\" # \"",
            "no note",
        ),
        (
            "eu-law.toml",
            "exempt = \"eu-by-humanitarian eu-by-medical\"",
            "exempt = \"eu-xx\"",
            "eu-xx",
        ),
        (
            "eu-law.toml",
            "until = 2023-02-25\ncountries = \"RU\"\nways = \"export\"\ncn_list",
            "until = 2024-02-25\ncountries = \"RU\"\nways = \"export\"\ncn_list",
            "does not cover",
        ),
        (
            "eu-law.toml",
            "ways = \"transit\"",
            "ways = \"by-night\"",
            "by-night",
        ),
        (
            "eu-law.toml",
            "uses = \"repression\"",
            "uses = \"mischief\"",
            "mischief",
        ),
        (
            "eu-law.toml",
            "expect = \"not_required\"",
            "expect = \"prohibited\"",
            "expects prohibited",
        ),
        (
            "eu-export-ban-2023-01.toml",
            "\"84\" = \"",
            "\"84\" = \"1 ",
            "not eight digits",
        ),
        (
            "humanitarian.toml",
            "fact = \"use.medical\"",
            "fact = \"use.humanitarian\"",
            "expects",
        ),
    ];
    for (file, old, new, says) in cases {
        let mut files = policies();
        let path = format!("controls/{file}");
        let text = files.get(&path).unwrap().to_owned();
        assert!(text.contains(old), "{file}: {old}");
        files.insert(path.clone(), text.replacen(old, new, 1));
        let Err(problems) = Controls::load(&files) else {
            panic!("{file} with {new} is taken");
        };
        let named = problems
            .iter()
            .any(|p| p.file == path && p.text.contains(says));
        assert!(named, "{file} {old} -> {new}:\n{}", lines(&problems));
    }
}

#[test]
fn every_rule_of_the_laws_has_a_note_for_exporters() {
    let notes: Vec<(String, &str)> = with_letters()
        .notes()
        .map(|(head, note)| (head.id.clone(), note))
        .collect();
    assert!(notes.len() > 50, "{}", notes.len());
    let empty = notes.iter().find(|(_, note)| note.trim().is_empty());
    assert!(empty.is_none(), "{empty:?}");
}

/// Whatever the destination: listed goods that leave are never free, and goods
/// to a country whose annexes are not held are never cleared by silence.
#[test]
fn no_destination_is_answered_by_accident() {
    let one = |law: &str, from: &str, code: &str, to: &str| {
        let text = format!(
            "[[case]]\nname='n'\nwhy='w'\nlaw='{law}'\nas_of=2026-11-22\nexpect='required'\ngiven={{eu_code='{code}',hs='620342',from='{from}',to='{to}'}}\n"
        );
        read("c", &text)[0].answer(with_letters())
    };
    let union = "AT AX BE BG CY CZ DE DK EE ES FI FR GF GP GR HR HU IE IT LT LU LV MC MF MQ MT NL PL PT RE RO SE SI SK XI YT";
    for to in Country::all() {
        for (law, from, inside) in [("EU", "DE", union), ("UK", "GB", "GB XI")] {
            let within = inside.split(' ').any(|code| code == to.code());
            let listed = one(law, from, "3A001.b.4", to.code());
            let free = listed.result == DeterminationResult::NotRequired;
            assert_eq!(free, within, "{law} to {to}: {listed:#?}");
            let unlisted = one(law, from, "none", to.code());
            let held = !["RU", "BY", "KP", "IR", "SY"].contains(&to.code());
            let free = unlisted.result == DeterminationResult::NotRequired;
            assert_eq!(free, held, "{law} to {to}: {unlisted:#?}");
            assert!(!unlisted.checked.is_empty() && !unlisted.not_checked.is_empty());
        }
    }
}
