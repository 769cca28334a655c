//! The truth table is a case file (`truth_table.case`); the laws are properties.

use super::*;
use crate::facts::{Facts, RecordKind};
use crate::sets::Sets;
use crate::{Document, PolicyFiles};
use proptest::prelude::*;

const SETS: &str = "
[[set]]
id = 'hubs'
title = 'T'
citation = 'C'
of = 'countries'
members = ['AE', 'TR']

[[set]]
id = 'cargo'
title = 'T'
citation = 'C'
of = 'words'
members = ['cargo', 'p.o. box']

[[map]]
id = 'chapters'
title = 'T'
citation = 'C'
of = 'codes'
entries = { '3A' = ['85', '90'] }
";

fn sets() -> Sets {
    let files: PolicyFiles = [("sets/t.toml", SETS)].into_iter().collect();
    let mut problems = Vec::new();
    let sets = Sets::load(&files, &mut problems);
    assert!(problems.is_empty(), "{problems:?}");
    sets
}

/// Known: item.high_priority true, item.controlled false; unknown: tx.high_priority.
const FACTS: &str = "
tx = { destination = 'AE', route = ['TR', 'GE'], value = 100.5, remarks = 'ship to P.O. Box 7', document_kinds = [] }
item = { high_priority = true, controlled = false, hs2 = '85', control_group = '3A', net_mass = 2, gross_mass = 0, description = 'Widgets' }
parties = [{ role = 'consignee', name = 'Swift Cargo', country = 'AE' }, { role = 'end_user' }]
";

fn holds(source: &str) -> Truth {
    let sets = sets();
    let condition = Condition::compile(source, &Scope::of(&sets, RecordKind::Item))
        .unwrap_or_else(|errors| panic!("{source}: {errors:?}"));
    let case = Document::parse("case", FACTS).unwrap();
    let mut problems = Vec::new();
    let facts = Facts::of_case(case.root(), &mut problems);
    assert!(problems.is_empty(), "{problems:?}");
    let at = sets.newest();
    condition.holds(&Env::of(&facts, &at).about(RecordKind::Item, 0))
}

fn refused(source: &str) -> String {
    let sets = sets();
    let result = Condition::compile(source, &Scope::of(&sets, RecordKind::Item));
    result.expect_err(source).join("; ")
}

/// Each line: condition `=>` true, false or unknown. `T`, `F`, `U` stand for a
/// true, a false and an unknown fact.
#[test]
fn the_truth_table() {
    let mut lines = 0;
    for line in include_str!("truth_table.case").lines() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (condition, expected) = line.split_once("=>").expect(line);
        let source: String = condition
            .split(' ')
            .map(|word| match word {
                "T" => "item.high_priority",
                "F" => "item.controlled",
                "U" => "tx.high_priority",
                "!T" => "!item.high_priority",
                "!F" => "!item.controlled",
                "!U" => "!tx.high_priority",
                other => other,
            })
            .collect::<Vec<_>>()
            .join(" ");
        let expected = match expected.trim() {
            "true" => Truth::True,
            "false" => Truth::False,
            "unknown" => Truth::Unknown,
            other => panic!("'{other}' is not a truth"),
        };
        assert_eq!(holds(&source), expected, "{line}");
        lines += 1;
    }
    assert!(lines > 70, "only {lines} cases");
}

/// Each line: condition `=>` words of the refusal.
#[test]
fn what_cannot_be_typed_is_refused() {
    for line in include_str!("refused.case").lines() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (condition, words) = line.split_once("=>").expect(line);
        let refusal = refused(condition.trim());
        assert!(refusal.contains(words.trim()), "{line}: {refusal}");
    }
}

#[test]
fn long_and_deep_conditions_are_refused() {
    let long = format!("item.high_priority {}", "|| item.controlled ".repeat(400));
    assert!(refused(&long).contains("longer"));
    let deep = format!("{}item.controlled{}", "(".repeat(200), ")".repeat(200));
    assert!(refused(&deep).contains("nested"));
    let choices = format!(
        "{}item.controlled",
        "item.controlled ? item.controlled : ".repeat(20)
    );
    assert!(refused(&choices).contains("nested"));
    // As deep and as long as allowed: neither parser nor compiler runs out of stack.
    let deep = format!("{}item.controlled{}", "(".repeat(10), ")".repeat(10));
    assert_eq!(holds(&deep), Truth::False);
    let wide = format!("item.controlled{}", " || !item.high_priority".repeat(170));
    assert_eq!(holds(&wide), Truth::False);
    refused(&"!".repeat(3_000));
    refused(&"-".repeat(3_000));
    refused(&format!("tx{}", ".a".repeat(1_500)));
    refused(&format!("{}1", "1 + ".repeat(900)));
    let nested = "tx.parties.exists(a, tx.parties.exists(b, tx.parties.exists(c, tx.parties.exists(d, tx.parties.exists(e, e.role == a.role)))))";
    assert!(refused(nested).contains("nested"));
}

/// A random condition over the three truths, with its value by `Truth` alone.
fn any_condition() -> impl Strategy<Value = (String, Truth)> {
    let leaf = prop_oneof![
        Just(("item.high_priority".to_owned(), Truth::True)),
        Just(("item.controlled".to_owned(), Truth::False)),
        Just(("tx.high_priority".to_owned(), Truth::Unknown)),
    ];
    leaf.prop_recursive(4, 24, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|(s, t)| (format!("!({s})"), !t)),
            (inner.clone(), inner.clone())
                .prop_map(|((a, s), (b, t))| (format!("({a}) && ({b})"), s.and(t))),
            (inner.clone(), inner)
                .prop_map(|((a, s), (b, t))| (format!("({a}) || ({b})"), s.or(t))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn conditions_follow_kleene((source, expected) in any_condition()) {
        prop_assert_eq!(holds(&source), expected, "{}", source);
    }

    #[test]
    fn the_laws_hold((a, _) in any_condition(), (b, _) in any_condition()) {
        prop_assert_eq!(holds(&format!("!(({a}) && ({b}))")), holds(&format!("!({a}) || !({b})")));
        prop_assert_eq!(holds(&format!("({a}) || ({b})")), holds(&format!("({b}) || ({a})")));
        prop_assert_eq!(holds(&format!("!(!({a}))")), holds(&a));
        prop_assert_eq!(holds(&format!("({a}) && (({a}) || ({b}))")), holds(&a), "absorption");
    }

    #[test]
    fn no_text_makes_the_compiler_panic(source in "[a-z.()!&|=<>+*/?:'\"\\[\\], 0-9]{0,60}") {
        let sets = Sets::default();
        let _ = Condition::compile(&source, &Scope::of(&sets, RecordKind::Party));
    }

    #[test]
    fn no_unicode_makes_the_compiler_panic(source in "\\PC{0,40}") {
        let sets = Sets::default();
        let _ = Condition::compile(&source, &Scope::of(&sets, RecordKind::Item));
    }
}
