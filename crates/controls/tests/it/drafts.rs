//! Drafted predicates against what a person read in the same paragraphs, where
//! the text of the list is at hand beside the checkout.

use portcullis_controls::draft::{Confirmations, Marks, draft, measure};
use portcullis_controls::entries::{
    ControlList, ListHead, ListRegime, Note, NoteKind, Search, Source,
};
use portcullis_controls::predicate::{Bound, Comparator, Parameters, Predicate, Quantity};
use portcullis_domain::{Period, Truth, hex_sha256};
use portcullis_formats::control_lists;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

const CASES: &str = include_str!("../cases/predicate-drafts.cases");

fn list(name: &str, regime: ListRegime) -> Option<ControlList> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/controls");
    let Ok(bytes) = std::fs::read(root.join(name)) else {
        eprintln!("skipped: {name} is not at hand");
        return None;
    };
    let text = control_lists::read(&bytes, None).unwrap();
    let kind = |kind| match kind {
        control_lists::NoteKind::Scope => NoteKind::Scope,
        control_lists::NoteKind::Technical => NoteKind::Technical,
        control_lists::NoteKind::Reference => NoteKind::Reference,
        control_lists::NoteKind::Other => NoteKind::Other,
    };
    let sources = text.paragraphs.into_iter().map(|p| Source {
        code: p.code,
        text: p.text,
        reasons: p.reasons,
        notes: p
            .notes
            .into_iter()
            .map(|n| Note {
                kind: kind(n.kind),
                text: n.text,
            })
            .collect(),
    });
    let head = ListHead {
        regime,
        label: "test".to_owned(),
        in_force: Period::default(),
        published: None,
        citation: name.to_owned(),
    };
    Some(ControlList::build(head, sources.collect()))
}

fn ccl() -> Option<ControlList> {
    list("us_ccl_2026-07-23.ccl.json", ListRegime::UsCcl)
}

/// One draw of the case file.
struct Draw {
    number: String,
    seed: String,
    /// Code, what was read, and whether the draft is wrong beside its numbers.
    cases: Vec<(String, Option<Predicate>, bool)>,
}

fn draws() -> Vec<Draw> {
    let mut draws: Vec<Draw> = Vec::new();
    for line in CASES
        .lines()
        .filter(|l| !l.trim().is_empty() && !l.starts_with('#'))
    {
        if let Some(rest) = line.strip_prefix("draw ") {
            let words: Vec<&str> = rest.split(' ').collect();
            draws.push(Draw {
                number: words[0].to_owned(),
                seed: words[2].to_owned(),
                cases: Vec::new(),
            });
            continue;
        }
        let (code, expected) = line.split_once(" | ").unwrap();
        let wrong = code.starts_with("! ");
        let expected = (expected != "-")
            .then(|| Predicate::parse(expected).unwrap_or_else(|e| panic!("{code}: {e}")));
        let code = code.trim_start_matches("! ").to_owned();
        draws
            .last_mut()
            .unwrap()
            .cases
            .push((code, expected, wrong));
    }
    draws
}

fn quantity(quantity: &Quantity) -> String {
    format!(
        "{:.9e} {}",
        quantity.unit.to_base(quantity.value),
        dimension(quantity)
    )
}

/// What the unit measures, so that `%` and a plain number, bits and hertz differ.
fn dimension(quantity: &Quantity) -> &'static str {
    let kinds = [
        "Hz", "m", "kg", "s", "K", "W", "V", "A", "Pa", "J", "T", "°", "bit", "bit/s", "dB", "dBc",
        "m2", "m3", "m/s", "m/s2", "W/m2", "J/kg", "W/kg", "A/m2", "Gy", "F", "H", "kg/m", "kg/s",
        "m3/s", "J/m3", "m2/s", "Pa m", "N/m2", "eV",
    ];
    let fits = |kind: &&&str| {
        portcullis_controls::predicate::Unit::parse(kind)
            .is_ok_and(|known| known.converts_to(&quantity.unit))
    };
    kinds.iter().find(fits).copied().unwrap_or("")
}

/// Comparators, values, units, and/or and exclusions of a predicate, without
/// names and without the words that describe the goods.
fn shape(predicate: &Predicate) -> Option<String> {
    let group = |word: &str, parts: &[Predicate]| {
        let mut shapes: Vec<String> = parts.iter().filter_map(shape).collect();
        shapes.sort();
        match shapes.len() {
            0 => None,
            1 => shapes.pop(),
            _ => Some(format!("{word}({})", shapes.join(", "))),
        }
    };
    match predicate {
        Predicate::All(parts) => group("all", parts),
        Predicate::Any(parts) => group("any", parts),
        Predicate::AtLeast(n, parts) => group(&n.to_string(), parts),
        Predicate::Not(part) => shape(part).map(|part| format!("not({part})")),
        Predicate::Except(part, others) => {
            let numbers: Vec<String> = others.iter().filter_map(shape).collect();
            let part = shape(part).unwrap_or_default();
            Some(format!("{part} except {}", numbers.join(", ")))
        }
        Predicate::Compare(c) => Some(format!(
            "{} {}",
            c.comparator.as_str(),
            quantity(&c.threshold)
        )),
        Predicate::Within(range) => {
            let end = |bound: &Option<Bound>| {
                bound.as_ref().map_or(String::new(), |b| {
                    format!("{}{}", quantity(&b.at), if b.inclusive { "!" } else { "" })
                })
            };
            let lies = range.lies.as_str();
            Some(format!(
                "{lies} {} .. {}",
                end(&range.low),
                end(&range.high)
            ))
        }
        Predicate::Unread(_) => Some("unread".to_owned()),
        Predicate::Is(..) | Predicate::Term(_) | Predicate::Entry(_) => None,
    }
}

struct Judged {
    drafted: usize,
    right: usize,
    wrong: BTreeSet<String>,
}

fn judge(list: &ControlList, draw: &Draw) -> Judged {
    let mut judged = Judged {
        drafted: 0,
        right: 0,
        wrong: BTreeSet::new(),
    };
    for (code, expected, wrong) in &draw.cases {
        let draft = list
            .draft(list.find(code).unwrap_or_else(|| panic!("{code}")))
            .unwrap();
        let Some(predicate) = draft
            .predicate
            .filter(|p| draft.complete && !p.parameters().is_empty())
        else {
            continue;
        };
        judged.drafted += 1;
        if shape(&predicate) == expected.as_ref().and_then(shape) && !wrong {
            judged.right += 1;
        } else {
            judged.wrong.insert(code.clone());
        }
    }
    judged
}

#[test]
fn every_paragraph_was_drawn_by_its_seed() {
    let Some(list) = ccl() else { return };
    let numeric = list
        .entries()
        .iter()
        .filter(|e| portcullis_controls::draft::is_numeric(&e.text));
    let mut left: BTreeSet<String> = numeric.map(|e| e.code.clone()).collect();
    for draw in draws() {
        let mut order: Vec<(String, String)> = left
            .iter()
            .map(|code| {
                (
                    hex_sha256(format!("{} {code}", draw.seed).as_bytes()),
                    code.clone(),
                )
            })
            .collect();
        order.sort();
        let drawn: BTreeSet<String> = order
            .into_iter()
            .take(draw.cases.len())
            .map(|(_, code)| code)
            .collect();
        let read: BTreeSet<String> = draw.cases.iter().map(|(code, ..)| code.clone()).collect();
        assert_eq!(drawn, read, "draw {}", draw.number);
        left.retain(|code| !read.contains(code));
    }
}

/// The shares that docs/reference/predicates.md states.
#[test]
fn drafts_agree_with_what_a_person_read() {
    let Some(list) = ccl() else { return };
    for draw in draws() {
        let judged = judge(&list, &draw);
        let (right, drafted) = (judged.right, judged.drafted);
        println!(
            "draw {}: {} read, {drafted} drafted, {right} right; wrong: {:?}",
            draw.number,
            draw.cases.len(),
            judged.wrong
        );
        let least = if draw.number == "1" { 95 } else { 90 };
        assert!(
            right * 100 >= drafted * least,
            "draw {}: {:?}",
            draw.number,
            judged.wrong
        );
    }
}

#[test]
fn enough_numeric_paragraphs_are_drafted() {
    let Some(list) = ccl() else { return };
    let measured = measure(&list);
    println!("{} of {} drafted", measured.drafted, measured.numeric);
    assert!(measured.numeric > 600 && measured.share_basis_points() >= 8_650);
}

/// x − ε, x and x + ε of each comparison that was read.
#[test]
fn boundaries_are_where_the_paragraphs_put_them() {
    for (code, predicate, _) in draws().iter().flat_map(|draw| &draw.cases) {
        for leaf in predicate.iter().flat_map(Predicate::leaves) {
            let Predicate::Compare(c) = leaf else {
                continue;
            };
            let at = c.threshold.value;
            let step = (at.abs() * 1e-9).max(1e-15);
            for (value, side) in [(at - step, -1), (at, 0), (at + step, 1)] {
                let expected = match c.comparator {
                    Comparator::Less => side < 0,
                    Comparator::AtMost => side <= 0,
                    Comparator::More => side > 0,
                    Comparator::AtLeast => side >= 0,
                    Comparator::Equal => side == 0,
                };
                let mut parameters = Parameters::default();
                let unit = c.threshold.unit.to_string();
                parameters
                    .add(c.subject.first.as_str(), &format!("{value:e}"), &unit)
                    .unwrap();
                let truth = leaf.evaluate(&parameters).truth;
                assert_eq!(truth, Truth::from(expected), "{code}: {leaf} at {value}");
            }
        }
    }
}

/// Of entries that the EU and the US number alike, the text of one finds the
/// other: a floor, so that ranking does not get worse unseen.
#[test]
fn a_text_of_one_law_finds_the_same_number_of_the_other() {
    let (Some(us), Some(eu)) = (
        ccl(),
        list("no_list_II_dualuse_fixture_2022.json", ListRegime::EuAnnexI),
    ) else {
        return;
    };
    let us = Arc::new(us);
    let search = Search::build(
        vec![us.clone()],
        &BTreeMap::<ListRegime, Confirmations>::new(),
    );
    let shared = eu
        .entries()
        .iter()
        .filter(|e| e.code.len() == 5 && us.get(&e.code).is_some());
    let (mut asked, mut found) = (0, 0);
    for entry in shared.filter(|e| e.text.len() > 40).step_by(4) {
        asked += 1;
        let hits = search.candidates(&entry.text, &Parameters::default(), None, 5);
        found += usize::from(hits.iter().any(|hit| hit.code.starts_with(&entry.code)));
    }
    println!("{found} of {asked} headings of Annex I find their entry among five");
    assert!(
        asked > 20 && found * 100 >= asked * 60,
        "{found} of {asked}"
    );
}

#[test]
fn drafting_a_text_twice_gives_the_same() {
    let text = "A glow exceeding 5 GHz or a mass of 3 kg or less";
    assert_eq!(
        draft(text, &[], Marks::Point),
        draft(text, &[], Marks::Point)
    );
}
