//! Parts of a history add up to the whole.

use super::*;
use portcullis_domain::{About, Finding, Jurisdiction, Money, Movement, Strength, Versions};
use proptest::prelude::*;

#[test]
fn sums_read_as_decimals_and_weeks_as_iso() {
    for (scaled, text) in [
        (0, "0"),
        (10_000, "1"),
        (-12_345, "-1.2345"),
        (15_000, "1.5"),
    ] {
        assert_eq!(decimal(scaled), text);
    }
    let day = |text: &str| text.parse::<Date>().unwrap();
    assert_eq!(week_of(day("2027-01-01")), "2026-W53");
    assert_eq!(week_of(day("2026-11-09")), "2026-W46");
}

fn transaction(number: usize) -> Transaction {
    Transaction {
        reference: format!("A-{}", number % 4),
        movement: Movement::Export,
        items: vec![Item {
            number: 1,
            value: Some(Money::from_scaled(1_000_000, "USD")),
            ..Item::default()
        }],
        ..Transaction::default()
    }
}

fn decision(transaction: &Transaction, outcome: Outcome, rule: usize) -> Decision {
    let day = "2026-11-22".parse().unwrap();
    Decision {
        reference: transaction.reference.clone(),
        movement: transaction.movement,
        destination: None,
        transaction_digest: String::new(),
        outcome,
        determinations: Vec::new(),
        risk_millibits: 0,
        findings: vec![Finding {
            about: About::Transaction,
            code: format!("c{rule}"),
            text: String::new(),
            strength: Strength::Legal,
            millibits: 0,
            outcome,
            jurisdiction: Some(Jurisdiction::new("US")),
            rule: Some(format!("r{rule}")),
            citations: Vec::new(),
        }],
        questions: Vec::new(),
        screened: Vec::new(),
        issues: Vec::new(),
        as_of: day,
        known: day,
        versions: Versions {
            lists: String::new(),
            policy: String::new(),
            engine: String::new(),
        },
    }
}

/// Everything that is counted, in a fixed order.
fn shown(tally: &Tally) -> String {
    let mut firms: Vec<String> = tally.firms.iter().map(|f| format!("{f:?}")).collect();
    firms.sort();
    let mut changes: Vec<String> = tally.changes.iter().map(|c| format!("{c:?}")).collect();
    changes.sort();
    format!(
        "{:?}",
        (
            (
                tally.messages,
                tally.replayed,
                tally.recorded_otherwise,
                tally.other_reasons
            ),
            (
                tally.first,
                tally.last,
                &tally.outcomes,
                &tally.rules,
                &tally.weeks
            ),
            (
                &tally.licences,
                &tally.trade,
                &tally.labelled,
                &tally.not_replayed
            ),
            (firms, changes),
        )
    )
}

fn count(tally: &mut Tally, number: usize, from: usize, to: usize) {
    let transaction = transaction(number);
    if number.is_multiple_of(5) {
        tally.skip("erased", &transaction.reference);
        return;
    }
    let before = decision(&transaction, Outcome::ALL[from], from);
    let after = decision(&transaction, Outcome::ALL[to], to);
    let id = format!("d{number}");
    tally.add(Past {
        decision_id: Some(&id),
        day: Some(before.as_of),
        transaction: &transaction,
        recorded: Some(Outcome::Release),
        before: &before,
        after: &after,
    });
}

proptest! {
    #[test]
    fn parts_add_up_to_the_whole_in_any_order(
        all in proptest::collection::vec((0_usize..6, 0_usize..6), 0..24),
        cut in 0_usize..24,
    ) {
        let label = Label {
            role: "catch".to_owned(),
            outcome: Outcome::Review,
            why: String::new(),
        };
        let labels: HashMap<String, Label> = [("A-1".to_owned(), label)].into();
        let empty = || Tally::new(Arc::new(labels.clone()));
        let (mut whole, mut first, mut second) = (empty(), empty(), empty());
        for (number, (from, to)) in all.iter().enumerate() {
            count(&mut whole, number, *from, *to);
            let part = if number < cut { &mut first } else { &mut second };
            count(part, number, *from, *to);
        }
        let (mut there, mut back) = (first.clone(), second.clone());
        there.merge(second);
        back.merge(first);
        prop_assert_eq!(shown(&there), shown(&whole));
        prop_assert_eq!(shown(&back), shown(&whole));
        let moved = all.iter().enumerate().filter(|(n, (a, b))| !n.is_multiple_of(5) && a != b).count();
        prop_assert_eq!(whole.changes.len(), moved);
    }
}
