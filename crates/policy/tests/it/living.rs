//! The life of rules: they stop at the instant at which their last day ends
//! where their law is, and suspensions that may have been extended are asked about.

use portcullis_domain::{Country, Movement, Transaction};
use portcullis_policy::{DeepKind, Evaluation, Input, Policy, PolicyFiles};

/// A law of the United States on everything that goes to Veldania's neighbour.
const RULE: &str = "[[rule]]
id = 'test-affiliates'
title = 'Affiliates'
citation = 'C'
jurisdiction = 'US'
from = 2025-09-29
known_from = 2025-09-29
kind = 'legal'
outcome = 'licence_required'
when = 'tx.destination == \"AE\"'
text = 'caught'
ask = 'where to?'
LIFE
[[rule.case]]
name = 'there'
tx = { destination = 'AE' }
expect = true
[[rule.case]]
name = 'elsewhere'
tx = { destination = 'DE' }
expect = false
";

fn policy(life: &str) -> Policy {
    Policy::load(&files(&RULE.replace("LIFE", life))).unwrap()
}

/// The shipped policy without what takes long to read, and these rules.
fn files(rules: &str) -> PolicyFiles {
    let mut files: PolicyFiles = super::repository()
        .iter()
        .filter(|(path, _)| !path.starts_with("red-flags/") && !path.starts_with("controls/"))
        .collect();
    files.insert("red-flags/test.toml", rules);
    files
}

fn asked(policy: &Policy, as_of: &str, known: &str, moment: Option<&str>) -> Evaluation {
    let transaction = Transaction {
        movement: Movement::Export,
        destination: Country::from_alpha2("AE"),
        ..Transaction::default()
    };
    let input = Input {
        transaction: &transaction,
        screened: &[],
        items: &[],
        as_of: as_of.parse().unwrap(),
        known: known.parse().unwrap(),
    };
    policy.evaluate_at(&input, moment.map(|m| m.parse().unwrap()))
}

fn caught(evaluation: &Evaluation) -> bool {
    evaluation
        .findings
        .iter()
        .any(|f| f.code == "test-affiliates")
}

fn asks_for_extension(evaluation: &Evaluation) -> bool {
    evaluation
        .questions
        .iter()
        .any(|q| q.code == "suspension-extended")
}

#[test]
fn a_rule_lapses_at_the_instant_its_last_day_ends_in_washington() {
    let policy = policy("sunset = 2026-11-09");
    let known = "2026-11-22";
    // The day of the place is the 9th until five hours after midnight in universal time.
    for (moment, acts) in [
        ("2026-11-10T04:59:59.999Z", true),
        ("2026-11-10T05:00:00Z", false),
        ("2026-11-10T23:00:00Z", false),
    ] {
        let day = policy.today(moment.parse().unwrap()).to_string();
        assert_eq!(
            caught(&asked(&policy, &day, known, Some(moment))),
            acts,
            "{moment}"
        );
    }
    // A named day is that civil day, whenever it is asked.
    assert!(caught(&asked(&policy, "2026-11-09", known, None)));
    assert!(!caught(&asked(&policy, "2026-11-10", known, None)));
}

#[test]
fn a_suspension_begins_and_ends_at_the_instant_and_is_then_asked_about() {
    let policy = policy(
        "suspended = [{ from = 2025-11-10, until = 2026-11-09, known_from = 2025-11-10, citation = 'S', after = 'ask' }]",
    );
    for (as_of, known, is_caught, is_asked) in [
        ("2025-10-15", "2026-11-22", true, false),
        ("2026-07-01", "2026-11-22", false, false),
        ("2026-11-22", "2026-11-22", false, true),
        ("2025-10-15", "2025-09-01", false, false),
        ("2026-07-01", "2025-10-15", true, false),
    ] {
        let evaluation = asked(&policy, as_of, known, None);
        assert_eq!(caught(&evaluation), is_caught, "{as_of} known {known}");
        assert_eq!(
            asks_for_extension(&evaluation),
            is_asked,
            "{as_of} known {known}"
        );
    }
    let before = asked(
        &policy,
        "2026-11-09",
        "2026-11-22",
        Some("2026-11-10T04:59:59Z"),
    );
    assert!(
        !caught(&before) && !asks_for_extension(&before),
        "still suspended"
    );
    let after = asked(
        &policy,
        "2026-11-10",
        "2026-11-22",
        Some("2026-11-10T05:00:00Z"),
    );
    assert!(
        !caught(&after) && asks_for_extension(&after),
        "over, and not known to be over"
    );
}

#[test]
fn what_is_not_adopted_never_acts_whatever_its_days() {
    for status in ["draft", "proposed", "suspended"] {
        let policy = policy(&format!("status = '{status}'"));
        let evaluation = asked(&policy, "2026-06-01", "2026-11-22", None);
        assert!(!caught(&evaluation), "{status}");
    }
}

#[test]
fn a_closer_look_finds_contrary_laws_doubles_and_what_never_speaks() {
    let day = "2026-06-01".parse().unwrap();
    let looked = |rules: &str| {
        let files = files(rules);
        let all = Policy::load(&files).unwrap().look_deep(&files, day);
        all.into_iter()
            .filter(|r| r.about.iter().any(|a| a.starts_with("test-")))
            .map(|r| (r.kind, r.text))
            .collect::<Vec<_>>()
    };
    let one = RULE.replace("LIFE", "");
    assert_eq!(looked(&one), []);
    let other = one.replace("test-affiliates", "test-other");
    let stricter = other
        .replace("licence_required", "prohibited")
        .replace("\"AE\"'", "\"AE\" && true'");
    let found = looked(&format!("{one}{stricter}"));
    assert!(
        found.iter().any(|(kind, text)| *kind == DeepKind::Conflict
            && text.contains("test-affiliates says licence_required, test-other says prohibited")),
        "{found:?}"
    );
    let found = looked(&format!("{one}{other}"));
    assert!(
        found
            .iter()
            .any(|(_, text)| text.contains("have the same condition")),
        "{found:?}"
    );
    let replaced = other.replace("title =", "replaces = ['test-affiliates']\ntitle =");
    let found = looked(&format!("{one}{replaced}"));
    assert!(
        found
            .iter()
            .any(|(_, text)| text.contains("replaces test-affiliates, and both")),
        "{found:?}"
    );
    let over = RULE.replace("LIFE", "until = 2026-01-01");
    let found = looked(&over);
    assert!(
        found
            .iter()
            .any(|(kind, text)| *kind == DeepKind::Unreachable
                && text.contains("its last day was 2026-01-01")),
        "{found:?}"
    );
}
