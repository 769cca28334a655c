use super::*;
use crate::predicate::Parameters;
use std::collections::BTreeMap;
use std::sync::Arc;

fn head(regime: ListRegime, label: &str) -> ListHead {
    ListHead {
        regime,
        label: label.to_owned(),
        in_force: Period::default(),
        published: None,
        citation: "made up".to_owned(),
    }
}

fn list(regime: ListRegime, label: &str, rows: &[(&str, &str)]) -> ControlList {
    let source = |(code, text): &(&str, &str)| Source {
        code: (*code).to_owned(),
        text: (*text).to_owned(),
        reasons: if code.len() == 5 {
            vec!["NS".to_owned()]
        } else {
            Vec::new()
        },
        ..Source::default()
    };
    ControlList::build(head(regime, label), rows.iter().map(source).collect())
}

fn lamps() -> ControlList {
    list(
        ListRegime::UsCcl,
        "1",
        &[
            ("3A901", "Lamps and shades, as follows (see List)."),
            ("3A901.a", "Glowing lamps having all of the following:"),
            ("3A901.a.1", "A colour temperature exceeding 5,000 K; and"),
            ("3A901.a.2", "A burning time of 1,000 hours or more;"),
            ("3A901.b", "Shades of woven glass."),
            ("3B901", "Furnaces for the blowing of lamps."),
        ],
    )
}

#[test]
fn the_tree_knows_what_stands_above_and_below() {
    let list = lamps();
    let at = list.find("3a901 A.1").unwrap();
    let path: Vec<&str> = list
        .path(at)
        .iter()
        .map(|at| list.entry(*at).unwrap().code.as_str())
        .collect();
    assert_eq!(path, ["3A901", "3A901.a", "3A901.a.1"]);
    assert_eq!(list.children(list.find("3A901").unwrap()).len(), 2);
    assert_eq!(list.reasons(at), ["NS"]);
    assert_eq!(list.get("3A901").unwrap().title(), "Lamps and shades");
    assert!(list.find("3A902").is_none());
}

#[test]
fn the_prepared_form_loads_as_it_was_and_damage_is_refused() {
    let list = lamps();
    let bytes = list.to_bytes().unwrap();
    let loaded = ControlList::from_bytes(&bytes).unwrap();
    assert_eq!(loaded.entries(), list.entries());
    assert_eq!(loaded.head(), list.head());
    assert_eq!(
        ControlList::from_bytes(b"x").unwrap_err(),
        ListBytesError::OtherForm
    );
    for cut in 0..bytes.len() {
        assert!(ControlList::from_bytes(&bytes[..cut]).is_err(), "{cut}");
    }
}

#[test]
fn regime_codes_have_trees_too() {
    let list = list(
        ListRegime::Nsg,
        "1",
        &[("N1A3", ""), ("N1A3a", ""), ("N1A3a1", ""), ("N1A4", "")],
    );
    assert_eq!(list.path(list.find("n1A3a1").unwrap()).len(), 3);
    assert_eq!(list.path(list.find("N1A4").unwrap()).len(), 1);
}

#[test]
fn roots_and_correspondences() {
    for (code, root) in [
        ("3A001.b.4", "Wassenaar Arrangement 3.A.1.b.4"),
        ("3A201.b", "NSG 3A201.b"),
        ("1C111", "MTCR 1C111"),
        ("1C350.a", "Australia Group 1C350.a"),
        ("3A901", "national 3A901"),
        ("0A001", "NSG 0A001"),
    ] {
        assert_eq!(root_number(code).unwrap().to_string(), root);
    }
    assert_eq!(root_number("854231"), None);
    let us = lamps();
    let eu = list(
        ListRegime::EuAnnexI,
        "2",
        &[
            ("3A901", "Lamps and shades, as follows:"),
            ("3A901.b", "Shades of woven glass."),
        ],
    );
    let found = |code: &str| correspondences(&us, code, &[&us, &eu]);
    assert_eq!(found("3A901.b")[0].how, How::NumberAndText);
    assert!(found("3A901.b")[0].confidence > 0.9);
    assert_eq!(found("3A901.a.1")[0].how, How::NumberAbove);
    assert!(found("3B901").is_empty());
}

#[test]
fn the_whole_predicate_joins_what_stands_above_and_below() {
    let list = lamps();
    let at = list.find("3A901.a").unwrap();
    let none = crate::draft::Confirmations::none();
    let whole = list.predicate(at, &none).unwrap();
    assert_eq!(
        whole.to_string(),
        "all(color temperature > 5000 K, burning time >= 1000 hours)".replace("color", "colour")
    );
}

#[test]
fn versions_compare_in_plain_words() {
    let new = list(
        ListRegime::UsCcl,
        "2",
        &[
            ("3A901", "Lamps and shades, as follows (see List)."),
            ("3A901.a", "Glowing lamps having all of the following:"),
            ("3A901.a.1", "A colour temperature exceeding 4,000 K; and"),
            ("3A901.a.2", "A burning time of 2,000 hours or more;"),
            ("3A901.c", "Shades of woven glass."),
            ("3C901", "Glass for the blowing of bulbs of lamps."),
        ],
    );
    let found = diff(&lamps(), &new);
    let said: Vec<(ChangeKind, &str)> = found
        .changes
        .iter()
        .map(|c| (c.kind, c.text.as_str()))
        .collect();
    assert_eq!(
        said,
        [
            (
                ChangeKind::Tightened,
                "3A901.a.1: tightened from colour temperature > 5000 K to colour temperature > 4000 K"
            ),
            (
                ChangeKind::Loosened,
                "3A901.a.2: loosened from burning time >= 1000 hours to burning time >= 2000 hours"
            ),
            (
                ChangeKind::Moved,
                "3A901.b is now 3A901.c: Shades of woven glass"
            ),
            (
                ChangeKind::Dropped,
                "3B901 is no longer listed: Furnaces for the blowing of lamps"
            ),
            (
                ChangeKind::Added,
                "3C901 is new: Glass for the blowing of bulbs of lamps"
            ),
        ]
    );
    assert!(diff(&new, &new).changes.is_empty());
}

#[test]
fn candidates_are_ranked_weighed_and_joined() {
    let eu = list(
        ListRegime::EuAnnexI,
        "2",
        &[("3A901", "Lamps"), ("3A901.b", "Shades of woven glass.")],
    );
    let chpl = list(ListRegime::HighPriority, "3", &[("854231", "")]);
    let lists = vec![Arc::new(lamps()), Arc::new(eu), Arc::new(chpl)];
    let search = Search::build(lists, &BTreeMap::new());
    let mut parameters = Parameters::default();
    let found = search.candidates("woven shade", &parameters, None, 5);
    assert_eq!(found[0].code, "3A901.b");
    assert!(
        found[0]
            .reasons
            .iter()
            .any(|reason| reason.contains("same number")),
        "{found:?}"
    );
    let found = search.candidates("lamp with long burning time", &parameters, None, 5);
    assert_eq!(found[0].code, "3A901.a.2");
    assert_eq!(found[0].questions[0].field, "burning time");
    let open = found[0].score;
    parameters.add("burning time", "900", "hours").unwrap();
    let found = search.candidates("lamp with long burning time", &parameters, None, 5);
    let weighed = found.iter().find(|c| c.code == "3A901.a.2").unwrap();
    assert!(weighed.score < open && weighed.reasons.iter().any(|r| r.starts_with("against")));
    let found = search.candidates("", &parameters, Some("85423190"), 5);
    assert_eq!(found[0].code, "854231");
    assert!(
        search
            .candidates("nothing of the kind", &parameters, None, 5)
            .is_empty()
    );
}
