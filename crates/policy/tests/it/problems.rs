//! Policies that `policy check` refuses, and where it says the fault lies.

use portcullis_policy::{Policy, PolicyFiles, Problem};

const RULE: &str = "[[rule]]
id = 'r'
title = 'T'
citation = 'C'
kind = 'risk'
each = 'item'
when = 'item.net_mass > 1'
bits = 1.0
text = '{item.description}'
[[rule.case]]
name = 'heavy'
item = { net_mass = 2 }
expect = true
[[rule.case]]
name = 'light'
item = { net_mass = 1 }
expect = false
";

/// The repository's policies without its red flags, which take most of the time to read.
fn others() -> PolicyFiles {
    let all = super::repository();
    all.iter()
        .filter(|(path, _)| !path.starts_with("red-flags/"))
        .collect()
}

fn problems_with(path: &str, text: &str) -> Vec<Problem> {
    let mut files = others();
    files.insert(path, text);
    Policy::load(&files).err().unwrap_or_default()
}

fn of_rule(text: &str) -> Vec<String> {
    let problems = problems_with("red-flags/test.toml", text);
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn the_rule_itself_is_right() {
    assert_eq!(of_rule(RULE), Vec::<String>::new());
}

/// What is replaced, by what, and what the problem says.
#[test]
fn one_fault_each() {
    for (part, by, says) in [
        ("citation = 'C'", "", "test.toml:1: rule r: has no citation"),
        (
            "citation = 'C'",
            "citation = ' '",
            "test.toml:4: rule r: has no citation",
        ),
        ("id = 'r'", "", "has no id"),
        (
            "title = 'T'",
            "title = 'T'\nfrom = 2024-02-01\nuntil = 2024-01-01",
            "ends on 2024-01-01, before it begins",
        ),
        (
            "title = 'T'",
            "title = 'T'\nfrom = 2024-02-01\nreview_by = 2024-01-01",
            "to be reviewed by 2024-01-01, before",
        ),
        (
            "title = 'T'",
            "title = 'T'\nfrom = 2024-02-30",
            "test.toml:",
        ),
        ("title = 'T'", "title = 'T'\ncolour = 'red'", "colour"),
        ("id = 'r'", "id = 'us-sdn'", "already taken at"),
        (
            "item.net_mass > 1",
            "item.weight > 1",
            "test.toml:7: rule r: when: 'item' has no field 'weight'",
        ),
        (
            "item.net_mass > 1",
            "item.net_mass > \"1\"",
            "a number was expected, not text",
        ),
        (
            "item.net_mass > 1",
            "item.net_mass",
            "a condition was expected",
        ),
        ("item.net_mass > 1", "item.net_mass >", "column"),
        (
            "item.net_mass > 1",
            "item.origin in sets.nowhere",
            "there is no set 'nowhere'",
        ),
        (
            "expect = true",
            "expect = false",
            "case 'heavy' expects false, and is true",
        ),
        ("expect = true", "expect = 'maybe'", "case expects 'maybe'"),
        ("net_mass = 2 }", "mass = 2 }", "'item' has no fact 'mass'"),
        (
            "net_mass = 2 }",
            "net_mass = '2' }",
            "'net_mass' must be a number",
        ),
        ("bits = 1.0", "", "evidence has bits"),
        ("bits = 1.0", "bits = 21.0", "at most 20"),
        (
            "bits = 1.0",
            "bits = 1.0\ngroup = 'nobody'",
            "there is no group 'nobody'",
        ),
        (
            "bits = 1.0",
            "bits = 1.0\noutcome = 'prohibited'",
            "evidence can ask for a review at most",
        ),
        (
            "bits = 1.0",
            "bits = 1.0\nunknown = 'question'",
            "has nothing to ask with",
        ),
        ("kind = 'risk'", "kind = 'legal'", "has no jurisdiction"),
        ("kind = 'risk'", "kind = 'law'", "law"),
        (
            "each = 'item'",
            "each = 'box'",
            "'box' is nothing to range over",
        ),
        (
            "{item.description}",
            "{item.colour}",
            "'item' has no field 'colour'",
        ),
        ("[[rule]]", "[[rules]]", "'rules' is not known here"),
        ("id = 'r'", "id = = 'r'", "test.toml:2"),
    ] {
        assert!(RULE.contains(part), "{part}");
        let problems = of_rule(&RULE.replacen(part, by, 1));
        assert!(
            problems.iter().any(|p| p.contains(says)),
            "{part} → {by}: {problems:#?}"
        );
    }
}

#[test]
fn both_a_positive_and_a_negative_case_are_wanted() {
    let (whole, _) = RULE.split_once("[[rule.case]]").unwrap();
    let problems = of_rule(whole);
    assert_eq!(problems.len(), 2, "{problems:#?}");
}

#[test]
fn all_problems_are_given_at_once() {
    let text = RULE
        .replace("citation = 'C'", "")
        .replace("[[rule]]", "[[rule]]\nodd = 1");
    let mut files = others();
    files.insert("red-flags/test.toml", text);
    files.insert("red-flag/misspelt.toml", "");
    files.insert("roles.toml", "");
    files.insert("installation.toml", "home = ''");
    let problems = Policy::load(&files).unwrap_err();
    for file in [
        "red-flags/test.toml",
        "red-flag/misspelt.toml",
        "roles.toml",
        "installation.toml",
    ] {
        assert!(
            problems.iter().any(|p| p.file == file),
            "{file}: {problems:#?}"
        );
    }
    assert!(problems.iter().any(|p| {
        p.text
            .contains("no [[role]] says what follows for the end user")
    }));
}

#[test]
fn lists_are_checked_too() {
    let list = "[[list]]\nid='l'\ntitle='T'\ncitation='C'\njurisdiction='US'\neffect='prohibited'\nexplanation='x'\nwhat_to_do='y'\n";
    assert!(problems_with("lists.toml", list).is_empty());
    for (part, by, says) in [
        ("effect='prohibited'", "effect='forbidden'", "forbidden"),
        (
            "effect='prohibited'",
            "effect='no_licence_exceptions'",
            "needs 'ask'",
        ),
        ("jurisdiction='US'", "", "has no jurisdiction"),
        (
            "what_to_do='y'",
            "what_to_do='y'\ngoods='item.colour'",
            "no field 'colour'",
        ),
        (
            "what_to_do='y'",
            "what_to_do='y'\nmovements=['sideways']",
            "sideways",
        ),
    ] {
        let problems = problems_with("lists.toml", &list.replacen(part, by, 1));
        let all: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert!(all.iter().any(|p| p.contains(says)), "{by}: {all:#?}");
    }
    let twice = format!("{list}{}", list.replace("id='l'", "id='m'\nlists=['l']"));
    assert!(
        problems_with("lists.toml", &twice)[0]
            .text
            .contains("same list on the same days")
    );
}

#[test]
fn legal_rules_decide_only_where_they_bind_and_unknown_asks() {
    use portcullis_domain::{Item, Outcome, Strength, Transaction};
    let rule = |jurisdiction: &str| {
        let head = format!(
            "kind = 'legal'\njurisdiction = '{jurisdiction}'\noutcome = 'prohibited'\nask = 'How heavy is it?'"
        );
        RULE.replacen("kind = 'risk'", &head, 1)
            .replacen("bits = 1.0\n", "", 1)
    };
    for (jurisdiction, strength, outcome) in [
        ("US", Strength::Legal, Outcome::Prohibited),
        ("EU", Strength::Context, Outcome::Review),
    ] {
        let mut files = others();
        files.insert("red-flags/test.toml", rule(jurisdiction));
        let policy = Policy::load(&files).unwrap();
        let heavy = Item {
            net_mass: Some("2".parse().unwrap()),
            ..Item::default()
        };
        let mut transaction = Transaction {
            items: vec![heavy, Item::default()],
            ..Transaction::default()
        };
        transaction.movement = portcullis_domain::Movement::Import;
        let evaluation = policy.evaluate(&portcullis_policy::Input {
            transaction: &transaction,
            screened: &[],
            items: &[],
            as_of: "2026-11-22".parse().unwrap(),
            known: "2026-11-22".parse().unwrap(),
        });
        let found = evaluation
            .findings
            .iter()
            .find(|f| f.rule.as_deref() == Some("r"))
            .unwrap();
        assert_eq!(
            (found.strength, found.outcome),
            (strength, outcome),
            "{jurisdiction}"
        );
        assert_eq!(evaluation.questions[0].text, "How heavy is it?");
        assert_eq!(evaluation.questions[0].about.to_string(), "items/1");
    }
}
