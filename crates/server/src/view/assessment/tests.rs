//! What the page of an assessment says, case by case.

use super::*;
use portcullis_domain::{
    Citation, Finding, Issue, Outcome, PartyInRole, Provenance, Question, Role, ScreenedParty,
    ScreeningStatus, Strength, Versions,
};

fn finding(text: &str, outcome: Outcome, strength: Strength, millibits: i64) -> Finding {
    Finding {
        about: About::Party(0),
        code: "a-code".to_owned(),
        text: text.to_owned(),
        strength,
        millibits,
        outcome,
        jurisdiction: None,
        rule: Some("R1".to_owned()),
        citations: vec![Citation("a source".to_owned())],
    }
}

fn decision(outcome: Outcome, findings: Vec<Finding>) -> Decision {
    Decision {
        reference: "REF".to_owned(),
        movement: Movement::Export,
        destination: Country::from_alpha2("TR"),
        transaction_digest: "d".to_owned(),
        outcome,
        determinations: Vec::new(),
        risk_millibits: findings.iter().map(|f| f.millibits).sum(),
        findings,
        questions: Vec::new(),
        screened: Vec::new(),
        issues: Vec::new(),
        as_of: "2026-11-22".parse().unwrap(),
        known: "2026-11-22".parse().unwrap(),
        versions: Versions {
            lists: "ls-1".to_owned(),
            policy: "p".to_owned(),
            engine: "e".to_owned(),
        },
    }
}

fn recorded() -> Recorded {
    Recorded {
        id: "id".to_owned(),
        kind: MessageKind::Declaration,
        recorded_at: "2026-11-22T10:00:00Z".parse().unwrap(),
        actor: "ana".to_owned(),
        file: "in.xml".to_owned(),
        index: 0,
        digest: "digest".to_owned(),
        ledger_index: None,
    }
}

fn view(decision: &Decision, transaction: Option<&Transaction>) -> AssessmentView {
    AssessmentView::new(&recorded(), decision, transaction, &|rule| rule == "R1")
}

#[track_caller]
fn check_why(decision: &Decision, expected: &str) {
    assert_eq!(view(decision, None).why, expected);
}

#[test]
fn the_sentence_of_why_comes_from_what_decided() {
    let law = finding(
        "the buyer is listed",
        Outcome::Prohibited,
        Strength::Presumptive,
        0,
    );
    let risk = finding("odd route", Outcome::Review, Strength::Evidence, 2_000);
    check_why(
        &decision(Outcome::Prohibited, vec![law.clone(), risk.clone()]),
        "The buyer is listed.",
    );
    check_why(
        &decision(Outcome::Review, vec![risk.clone(), risk.clone()]),
        "Odd route. 1 further finding with the same outcome.",
    );
    let mut sum = risk.clone();
    sum.about = About::Transaction;
    sum.text = "the signs add up".to_owned();
    check_why(
        &decision(Outcome::Review, vec![sum, risk.clone()]),
        "Odd route. 1 further finding with the same outcome.",
    );
    let mut asked = decision(Outcome::Question, Vec::new());
    asked.questions.push(Question {
        about: About::Transaction,
        code: "q".to_owned(),
        text: "who uses it?".to_owned(),
        citations: Vec::new(),
    });
    check_why(&asked, "Who uses it?");
    let mut held = decision(Outcome::Hold, Vec::new());
    held.issues.push(Issue::new("x", "line 4 cannot be read"));
    check_why(&held, "Line 4 cannot be read.");
    check_why(
        &decision(Outcome::Release, Vec::new()),
        "No finding stands against it: 0 parties were screened, no question open.",
    );
}

#[test]
fn law_and_risk_stand_apart() {
    let law = finding("law", Outcome::Prohibited, Strength::Legal, 0);
    let risk = finding("risk", Outcome::Review, Strength::Evidence, 2_300);
    let context = finding("context", Outcome::Release, Strength::Context, 0);
    let shown = view(
        &decision(Outcome::Prohibited, vec![law, risk, context]),
        None,
    );
    let texts = |all: &[FindingView]| all.iter().map(|f| f.text.clone()).collect::<Vec<_>>();
    assert_eq!(texts(&shown.legal), ["Law"]);
    assert_eq!(texts(&shown.evidence), ["Risk", "Context"]);
    assert_eq!(shown.legal[0].bits, "");
    assert_eq!(shown.evidence[0].bits, "2.3 bits");
    assert!(shown.legal[0].rule_known);
    let last = &shown.steps[5].text;
    assert_eq!(
        last,
        "1 finding asks for prohibited; 1 finding asks for review. The decision is prohibited, asked for 22 Nov 2026."
    );
}

#[test]
fn a_party_that_was_not_screened_never_looks_clear() {
    let role = |name: &str, provenance| PartyInRole {
        role: Role::Consignee,
        party: portcullis_domain::Party {
            names: vec![portcullis_domain::Name::new(
                portcullis_domain::NameKind::Primary,
                name,
            )],
            ..Default::default()
        },
        item: None,
        provenance,
    };
    let transaction = Transaction {
        parties: vec![
            role("A", Provenance::Declared),
            role("B", Provenance::Declared),
            role("", Provenance::Unnamed),
        ],
        ..Transaction::default()
    };
    let mut shown = decision(Outcome::Question, Vec::new());
    for (at, status) in [
        (0, ScreeningStatus::Clear),
        (2, ScreeningStatus::NotScreened),
    ] {
        shown.screened.push(ScreenedParty {
            about: About::Party(at),
            role: Role::Consignee,
            name: String::new(),
            status,
            hits: Vec::new(),
        });
    }
    let parties = view(&shown, Some(&transaction)).parties;
    let classes: Vec<&str> = parties.iter().map(|p| p.status_class).collect();
    assert_eq!(classes, ["clear", "partial", "partial"]);
    assert_eq!(parties[1].status, "Not screened");
    assert_eq!(parties[2].name, "Not named");
}

#[test]
fn the_route_says_what_is_not_stated() {
    let transaction = Transaction {
        dispatch: Country::from_alpha2("GB"),
        route: ["GB", "BG", "TR"]
            .into_iter()
            .filter_map(Country::from_alpha2)
            .collect(),
        ..Transaction::default()
    };
    let shown = view(&decision(Outcome::Hold, Vec::new()), Some(&transaction));
    let stops: Vec<&str> = shown.route.iter().map(|s| s.place.as_str()).collect();
    assert_eq!(
        stops,
        [
            "United Kingdom (GB)",
            "Bulgaria (BG)",
            "Türkiye (TR)",
            "not stated"
        ]
    );
    assert_eq!(shown.route[3].class, "missing");
}

#[test]
fn a_message_without_reference_is_named_by_its_file() {
    let mut nameless = decision(Outcome::Hold, Vec::new());
    nameless.reference.clear();
    let shown = view(&nameless, None);
    assert_eq!(shown.reference, "No reference (in.xml, message 1)");
    assert!(!shown.whole);
}
