//! A small nomenclature, two steps of a concordance, and codes that are wrong.

use super::code::check;
use super::*;
use portcullis_domain::CodeChange;

fn line(code: &str, parent: Option<u32>, text: &str) -> GoodsLine {
    GoodsLine {
        code: code.to_owned(),
        parent,
        text: text.to_owned(),
    }
}

fn hs() -> Nomenclature {
    Nomenclature::new(vec![
        line("01", None, "Animals"),
        line("0101", Some(0), "Horses"),
        line("", Some(1), "Horses"),
        line("010121", Some(2), "Pure-bred"),
        line("85", None, "Electrical"),
        line("8525", Some(4), "Cameras"),
        line("852581", Some(5), "High-speed"),
        line("852589", Some(5), "Other"),
    ])
}

fn change(before_year: u16, before: &str, after_year: u16, after: &str) -> CodeChange {
    CodeChange {
        before_year,
        before: before.to_owned(),
        after_year,
        after: after.to_owned(),
    }
}

fn concordance() -> Concordance {
    Concordance::new(&[
        change(2017, "852580", 2022, "852589"),
        change(2017, "852580", 2022, "852581"),
        change(2017, "010121", 2022, "010121"),
        change(2012, "852580", 2017, "852580"),
        change(2012, "852500", 2017, "852580"),
        change(2012, "010121", 2017, "010121"),
    ])
}

#[test]
fn prepared_forms_come_back() {
    let back = Nomenclature::from_bytes(&hs().to_bytes()).unwrap();
    assert_eq!(back.lines(), hs().lines());
    let texts: Vec<&str> = back
        .path("010121")
        .iter()
        .map(|l| l.text.as_str())
        .collect();
    assert_eq!(texts, ["Animals", "Horses", "Horses", "Pure-bred"]);
    let changes = Concordance::from_bytes(&concordance().to_bytes()).unwrap();
    assert_eq!(changes.to_bytes(), concordance().to_bytes());
    for broken in [
        "",
        "x",
        "portcullis nomenclature 1\n01\t9\tx",
        "portcullis nomenclature 1\nx\t\tx",
    ] {
        assert!(
            Nomenclature::from_bytes(broken.as_bytes()).is_err(),
            "{broken}"
        );
    }
    let broken = b"portcullis concordance 1\n2017\t2022\t010121\t010121";
    assert!(Concordance::from_bytes(broken).is_err());
}

#[test]
fn maps_go_both_ways_and_over_steps() {
    let changes = concordance();
    for (code, from, to, codes, relation) in [
        ("852580", 2017, 2022, &["852581", "852589"][..], "1:n"),
        ("852589", 2022, 2017, &["852580"], "n:1"),
        ("010121", 2022, 2012, &["010121"], "1:1"),
        ("852580", 2012, 2022, &["852581", "852589"], "n:n"),
        ("852581", 2022, 2012, &["852500", "852580"], "n:n"),
    ] {
        let mapped = changes.map(code, from, to).unwrap();
        assert_eq!(mapped.codes, codes, "{code} {from} {to}");
        assert_eq!(mapped.relation.as_str(), relation, "{code} {from} {to}");
    }
    assert_eq!(changes.map("999999", 2017, 2022), None);
    assert_eq!(changes.map("852580", 2017, 2027), None);
    assert_eq!(changes.map("852580", 1996, 2022), None);
}

#[test]
fn wrong_codes_are_told_apart() {
    let (hs, changes) = (hs(), concordance());
    let cn = Nomenclature::new(vec![
        line("01012100", None, "Pure-bred"),
        line("8525810010", None, "x"),
    ]);
    let state = |code: &str| check(code, &hs, &[&cn], Some((&changes, 2022))).state;
    let owned = |codes: &[&str]| codes.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>();
    for (code, expected) in [
        ("0101.21", CodeState::Known),
        ("01012100", CodeState::Known),
        ("0101210000", CodeState::Known),
        ("0101214400", CodeState::KnownTo("010121".to_owned())),
        ("8525 81 00 10", CodeState::Known),
        ("8525A1", CodeState::NotDigits),
        ("", CodeState::NotDigits),
        (
            "8525",
            CodeState::Truncated {
                candidates: owned(&["852581", "852589"]),
                of: 2,
            },
        ),
        (
            "10121",
            CodeState::Truncated {
                candidates: owned(&["010121"]),
                of: 1,
            },
        ),
        (
            "1012100",
            CodeState::Truncated {
                candidates: owned(&["010121"]),
                of: 1,
            },
        ),
        (
            "852580",
            CodeState::Outdated {
                year: 2017,
                successors: owned(&["852581", "852589"]),
            },
        ),
        (
            "85258000",
            CodeState::Outdated {
                year: 2017,
                successors: owned(&["852581", "852589"]),
            },
        ),
        (
            "852500",
            CodeState::Outdated {
                year: 2012,
                successors: owned(&["852581", "852589"]),
            },
        ),
        (
            "852599",
            CodeState::NonExistent {
                known_to: "8525".to_owned(),
            },
        ),
        (
            "9901",
            CodeState::NonExistent {
                known_to: String::new(),
            },
        ),
    ] {
        assert_eq!(state(code), expected, "{code}");
    }
}
