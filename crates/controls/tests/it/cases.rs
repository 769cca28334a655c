//! `tests/cases/determination.cases`, line by line.

use crate::world::{add_party, ask_with, country, export, item, result_of};
use portcullis_domain::{DocumentRef, Item, Money, Movement, Role, Transaction};

const CASES: &str = include_str!("../cases/determination.cases");

struct Declared {
    transaction: Transaction,
    refused: bool,
}

fn declared(goods: &str, route: &str, also: &str) -> Declared {
    let lines = goods.split(';').zip(1..);
    let items: Vec<Item> = lines.map(|(codes, at)| item(at, codes)).collect();
    let (from, to) = route.split_once("->").unwrap();
    let mut transaction = export(from.trim(), to.trim(), items);
    let mut refused = false;
    let mut words = also.split_whitespace();
    while let Some(word) = words.next() {
        let mut next = || words.next().unwrap();
        match word {
            "refused" => refused = true,
            "movement" => transaction.movement = Movement::parse(next()).unwrap(),
            "via" => transaction.route.push(country(next())),
            "end_user" => add_party(&mut transaction, Role::EndUser, "", next()),
            "party" => add_party(&mut transaction, Role::Purchaser, "", next()),
            "city" => {
                let city = next();
                add_party(&mut transaction, Role::Consignee, city, next());
            }
            "origin" => transaction.items[0].origin = Some(country(next())),
            "value" => transaction.items[0].value = Some(Money::parse(next(), "USD").unwrap()),
            "licence" | "exception" => {
                let kind = if word == "licence" {
                    "licence"
                } else {
                    "licence_exception"
                };
                let document = DocumentRef {
                    kind: kind.to_owned(),
                    id: next().to_owned(),
                    ..DocumentRef::default()
                };
                transaction.items[0].documents.push(document);
            }
            "status" => transaction.items[0].documents[0].status = next().to_owned(),
            other => panic!("'{other}' is not understood"),
        }
    }
    Declared {
        transaction,
        refused,
    }
}

/// What went wrong with one case, if anything.
fn check(line: &str) -> Option<String> {
    let cells: Vec<&str> = line.split('|').map(str::trim).collect();
    let [goods, route, also, as_of, result, codes, _why] = cells[..] else {
        return Some(format!("{line}\n    has {} cells", cells.len()));
    };
    let declared = declared(goods, route, also);
    let answer = ask_with(&declared.transaction, "US", as_of, &[], declared.refused);
    let mut found: Vec<&str> = answer.findings.iter().map(|f| f.code.as_str()).collect();
    found.extend(answer.questions.iter().map(|q| q.code.as_str()));
    found.sort_unstable();
    let mut expected: Vec<&str> = codes
        .split(',')
        .map(str::trim)
        .filter(|c| *c != "-")
        .collect();
    expected.sort_unstable();
    let got = result_of(&answer, "US");
    let wrong = got != result || found != expected;
    wrong.then(|| format!("{line}\n    got {got}: {found:?}\n    {answer:#?}"))
}

#[test]
fn every_case_comes_out_as_written() {
    let cases: Vec<&str> = CASES
        .lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
        .collect();
    assert!(cases.len() > 60, "only {} cases were read", cases.len());
    let wrong: Vec<String> = cases.iter().filter_map(|case| check(case)).collect();
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}

#[test]
fn a_wrong_case_is_noticed() {
    let wrong = "hs 620342 | GB -> FR | | 2026-11-22 | required | - | no";
    assert!(check(wrong).is_some());
}
