//! Several laws at once: which binds, which is evidence, what a listed party does.

use crate::world::{add_party, ask, ask_with, controls, day, export, item, policies, result_of};
use portcullis_controls::Controls;
use portcullis_domain::*;

const TODAY: &str = "2026-11-22";

#[test]
fn a_law_that_does_not_bind_is_shown_and_asks_nothing() {
    let listed = export("DE", "CN", vec![item(1, "hs 854239 eu_dual_use 3A001a5b")]);
    let here = ask(&listed, "US", TODAY);
    assert_eq!(result_of(&here, "US"), "not_required");
    assert_eq!(result_of(&here, "EU"), "required");
    assert_eq!(result_of(&here, "UK"), "-");
    for finding in here
        .findings
        .iter()
        .filter(|f| f.jurisdiction == Some(Jurisdiction::new("EU")))
    {
        assert_eq!(finding.strength, Strength::Context, "{finding:?}");
        assert!(finding.outcome <= Outcome::Review, "{finding:?}");
    }
    assert!(here.questions.is_empty(), "{:?}", here.questions);

    let there = ask(&listed, "EU", TODAY);
    let required = there
        .findings
        .iter()
        .find(|f| f.code == "licence-required")
        .unwrap();
    assert_eq!(required.strength, Strength::Legal);
    assert_eq!(required.outcome, Outcome::LicenceRequired);
    assert!(there.determinations[0].binding);
}

#[test]
fn eu_and_uk_cases() {
    // from, to, goods, law, result, code among findings and questions
    let cases = [
        (
            "DE",
            "FR",
            "hs 854239 eu_dual_use 3A001",
            "EU",
            "not_required",
            "",
        ),
        (
            "DE",
            "CN",
            "hs 854239 eu_dual_use 3A999",
            "EU",
            "undetermined",
            "control-number-unknown",
        ),
        (
            "DE",
            "JP",
            "hs 854239 eu_dual_use 3A001",
            "EU",
            "required",
            "licence-required",
        ),
        (
            "DE",
            "RU",
            "hs 854231",
            "EU",
            "prohibited",
            "embargoed-destination",
        ),
        (
            "DE",
            "RU",
            "hs 620342",
            "EU",
            "undetermined",
            "destination-rule",
        ),
        ("DE", "BR", "hs 620342", "EU", "not_required", ""),
        ("GB", "BR", "hs 620342", "UK", "not_required", ""),
        (
            "GB",
            "US",
            "hs 930630 uk_control ML3a",
            "UK",
            "required",
            "licence-required",
        ),
        (
            "GB",
            "RU",
            "hs 848210",
            "UK",
            "prohibited",
            "embargoed-destination",
        ),
        (
            "GB",
            "CN",
            "hs 854239 uk_control 3A001a5b",
            "UK",
            "required",
            "licence-required",
        ),
    ];
    for (from, to, goods, law, result, code) in cases {
        let answer = ask(&export(from, to, vec![item(1, goods)]), law, TODAY);
        let case = format!("{law}: {goods} {from} -> {to}: {answer:#?}");
        assert_eq!(result_of(&answer, law), result, "{case}");
        let of_law = |f: &&Finding| f.jurisdiction == Some(Jurisdiction::new(law));
        let mut codes: Vec<&str> = answer
            .findings
            .iter()
            .filter(of_law)
            .map(|f| &*f.code)
            .collect();
        codes.extend(answer.questions.iter().map(|q| &*q.code));
        let expected: Vec<&str> = Some(code).filter(|c| !c.is_empty()).into_iter().collect();
        assert_eq!(codes, expected, "{case}");
    }
}

#[test]
fn the_general_authorisation_is_named_and_x002_counts() {
    let mut transaction = export("DE", "JP", vec![item(1, "hs 854239 eu_dual_use 3A001")]);
    let bare = ask(&transaction, "EU", TODAY);
    let required = bare
        .findings
        .iter()
        .find(|f| f.code == "licence-required")
        .unwrap();
    assert!(required.text.contains("EU001"), "{}", required.text);
    let document = |kind: &str, status: &str| DocumentRef {
        kind: kind.to_owned(),
        id: "DE/2026/1".to_owned(),
        status: status.to_owned(),
        ..DocumentRef::default()
    };
    transaction.documents = vec![document("X002", "EE")];
    let shown = ask(&transaction, "EU", TODAY);
    let finding = shown
        .findings
        .iter()
        .find(|f| f.code == "licence-shown")
        .unwrap();
    assert!(
        finding.text.contains("X002 DE/2026/1 (status EE)"),
        "{}",
        finding.text
    );
    transaction.documents = vec![DocumentRef {
        valid_until: Some(day("2026-01-31")),
        ..document("X002", "EE")
    }];
    let expired = ask(&transaction, "EU", TODAY);
    let finding = expired
        .findings
        .iter()
        .find(|f| f.code == "licence-required")
        .unwrap();
    assert!(
        finding.text.contains("valid until 2026-01-31"),
        "{}",
        finding.text
    );
    transaction.documents = vec![document("Y901", "")];
    let denied = ask(&transaction, "EU", TODAY);
    assert!(
        denied
            .findings
            .iter()
            .any(|f| f.code == "code-contradiction")
    );
    assert_eq!(result_of(&denied, "EU"), "required");
}

#[test]
fn a_declared_general_authorisation_must_cover_the_goods() {
    // number on the list, destination, declared, code of the finding or question
    let cases = [
        ("3A001", "JP", "EU001", "licence-shown"),
        ("3A001", "JP", "EU001/2026/7", "licence-shown"),
        ("3A001", "CN", "EU001", "authorisation-not-open"),
        ("1C351.a", "JP", "EU001", "authorisation-not-open"),
        ("1C450", "JP", "EU001", "authorisation-scope-open"),
        ("3A001", "CN", "EU0011", "licence-shown"),
        ("3A001", "CN", "DE/2026/1", "licence-shown"),
    ];
    for (number, to, declared, expected) in cases {
        let goods = item(1, &format!("hs 854239 eu_dual_use {number}"));
        let mut transaction = export("DE", to, vec![goods]);
        transaction.documents = vec![DocumentRef {
            kind: "X002".to_owned(),
            id: declared.to_owned(),
            status: "EE".to_owned(),
            ..DocumentRef::default()
        }];
        let answer = ask(&transaction, "EU", TODAY);
        let found = answer.findings.iter().any(|f| f.code == expected);
        let asked = answer.questions.iter().any(|q| q.code == expected);
        assert!(found || asked, "{number} {to} {declared}: {answer:#?}");
        let required = answer.findings.iter().any(|f| f.code == "licence-required");
        assert_eq!(
            required,
            expected == "authorisation-not-open",
            "{number} {to} {declared}"
        );
    }
}

fn party_finding(law: &str, strength: Strength, outcome: Outcome) -> Finding {
    Finding {
        about: About::Party(0),
        code: "listed-party".to_owned(),
        text: "The consignee is listed.".to_owned(),
        strength,
        millibits: 0,
        outcome,
        jurisdiction: Some(Jurisdiction::new(law)),
        rule: Some("some-list".to_owned()),
        citations: vec![Citation("a list".to_owned())],
    }
}

#[test]
fn a_listed_party_decides_the_determination_of_its_law() {
    let mut transaction = export("GB", "FR", vec![item(1, "hs 620342")]);
    add_party(&mut transaction, Role::Consignee, "Paris", "FR");
    let cases = [
        (
            "US",
            Strength::Presumptive,
            Outcome::Prohibited,
            "prohibited",
        ),
        ("US", Strength::Legal, Outcome::LicenceRequired, "required"),
        ("US", Strength::Evidence, Outcome::Review, "not_required"),
        ("US", Strength::Context, Outcome::Prohibited, "not_required"),
        (
            "UN",
            Strength::Presumptive,
            Outcome::Prohibited,
            "prohibited",
        ),
    ];
    for (law, strength, outcome, expected) in cases {
        let findings = [party_finding(law, strength, outcome)];
        let answer = ask_with(&transaction, "US", TODAY, &findings, false);
        assert_eq!(
            result_of(&answer, law),
            expected,
            "{law} {strength:?} {outcome:?}"
        );
        let own = answer.findings.iter().any(|f| f.code == "listed-party");
        assert!(!own, "policy's own finding is not repeated");
    }
    transaction.movement = Movement::Import;
    let findings = [party_finding(
        "US",
        Strength::Presumptive,
        Outcome::Prohibited,
    )];
    let imported = ask_with(&transaction, "US", TODAY, &findings, true);
    assert_eq!(imported, Default::default());
}

#[test]
fn facts_of_lines_for_the_rules_of_policy() {
    let cases = [
        ("hs 620342", Truth::False, None, Truth::False, ""),
        ("hs 854231", Truth::True, Some("1"), Truth::Unknown, ""),
        (
            "hs 854231 eccn EAR99",
            Truth::True,
            Some("1"),
            Truth::False,
            "",
        ),
        (
            "hs 902490 eccn 3A001.b.2",
            Truth::False,
            None,
            Truth::True,
            "NS1 NS2 RS1 AT1",
        ),
        (
            "hs 851713 eccn 5A992.c",
            Truth::False,
            None,
            Truth::False,
            "AT1",
        ),
        (
            "hs 851713 eccn 9Z999",
            Truth::False,
            None,
            Truth::Unknown,
            "",
        ),
        ("hs 8542", Truth::Unknown, None, Truth::Unknown, ""),
        ("none", Truth::Unknown, None, Truth::Unknown, ""),
        (
            "eccn 5D002.b",
            Truth::False,
            None,
            Truth::True,
            "NS1 EI AT1",
        ),
        ("hs 880390 eccn 9A117", Truth::False, None, Truth::True, ""),
    ];
    for (goods, high, tier, controlled, reasons) in cases {
        let transaction = export("US", "DE", vec![item(1, goods)]);
        let facts = controls()
            .items(&transaction, day(TODAY), day(TODAY))
            .remove(0);
        assert_eq!(facts.high_priority, high, "{goods}");
        assert_eq!(facts.tier.as_deref(), tier, "{goods}");
        assert_eq!(facts.controlled, controlled, "{goods}");
        let mut expected: Vec<&str> = reasons.split_whitespace().collect();
        let mut got: Vec<&str> = facts.reasons.iter().map(String::as_str).collect();
        expected.sort_unstable();
        got.sort_unstable();
        assert_eq!(got, expected, "{goods}");
    }
    let transaction = export("US", "DE", vec![item(1, "hs 902490 eccn 3A001.b.2")]);
    let before = controls()
        .items(&transaction, day("2020-01-01"), day(TODAY))
        .remove(0);
    assert_eq!(before.controlled, Truth::Unknown, "no table covers 2020");
    assert_eq!(before.high_priority, Truth::Unknown, "no table covers 2020");
}

#[test]
fn a_broken_table_is_refused_with_its_place() {
    // file, what is replaced, by what, what the problem says
    let cases = [
        ("us-ccl.toml", "col = \"NS2\"", "col = \"NS9\"", "NS9"),
        ("us-ccl.toml", "id = \"3A001\"", "id = \"3X001\"", "3X001"),
        ("us-country-chart.toml", "id = \"DE\"", "id = \"QQ\"", "QQ"),
        (
            "us-country-groups.toml",
            "groups = \"D:5\"",
            "groups = \"D:9\"",
            "D:9",
        ),
        (
            "us-embargoes.toml",
            "citation = \"15 CFR 746.9\"",
            "citation = \"\"",
            "has no citation",
        ),
        (
            "us-embargoes.toml",
            "hs_list = \"chpl\"",
            "hs_list = \"chl\"",
            "chl",
        ),
        (
            "us-embargoes.toml",
            "effect = \"prohibited\"",
            "efect = \"prohibited\"",
            "efect",
        ),
        ("chpl.toml", "854231", "85423", "six digits"),
        (
            "documents.toml",
            "means = \"licence\"",
            "means = \"license\"",
            "license",
        ),
        ("codes.toml", "us_only =", "usonly =", "usonly"),
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
            .any(|p| p.file == path && p.line > 0 && p.text.contains(says));
        assert!(named, "{file} {old}: {problems:?}");
    }
    let problems = Controls::load(&Default::default()).unwrap_err();
    assert!(!problems.is_empty());
}
