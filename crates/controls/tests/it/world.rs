//! The real policies, and transactions said in a few words.

use portcullis_controls::{Answer, Circumstances, Controls, Input};
use portcullis_domain::*;
use portcullis_policy::{Installation, PolicyFiles};
use std::{path::Path, sync::OnceLock};

/// The policies of this repository.
pub fn policies() -> PolicyFiles {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    let mut files = PolicyFiles::new();
    for entry in std::fs::read_dir(root.join("controls")).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("controls/{}", path.file_name().unwrap().to_string_lossy());
        files.insert(name, std::fs::read_to_string(&path).unwrap());
    }
    files.insert(Installation::FILE, "home = 'US'\n");
    files
}

/// The compiled tables, once for all tests.
pub fn controls() -> &'static Controls {
    static CONTROLS: OnceLock<Controls> = OnceLock::new();
    CONTROLS.get_or_init(|| match Controls::load(&policies()) {
        Ok(controls) => controls,
        Err(problems) => panic!("the tables do not load:\n{}", lines(&problems)),
    })
}

pub fn lines<T: ToString>(all: &[T]) -> String {
    let texts: Vec<String> = all.iter().map(ToString::to_string).collect();
    texts.join("\n")
}

pub fn country(code: &str) -> Country {
    Country::from_alpha2(code).unwrap_or_else(|| panic!("{code} is not a country"))
}

pub fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub fn installation(home: &str) -> Installation {
    let text = format!("home = '{home}'\n");
    let files: PolicyFiles = [(Installation::FILE, text)].into_iter().collect();
    Installation::load(&files).unwrap()
}

/// A line of goods: `hs 854239 eccn 3A001.a`.
pub fn item(number: u32, codes: &str) -> Item {
    let mut item = Item {
        number,
        ..Item::default()
    };
    let words: Vec<&str> = codes.split_whitespace().filter(|w| *w != "none").collect();
    for pair in words.chunks(2) {
        let scheme = match pair[0] {
            "hs" => CodeScheme::Hs,
            "cn" => CodeScheme::Cn,
            "eccn" => CodeScheme::Eccn,
            "eu_dual_use" => CodeScheme::EuDualUse,
            "uk_control" => CodeScheme::UkControl,
            other => panic!("no scheme {other}"),
        };
        let value = pair[1].to_owned();
        item.codes.push(ItemCode { scheme, value });
    }
    item
}

/// An export from one country to another ("?" is not stated).
pub fn export(from: &str, to: &str, items: Vec<Item>) -> Transaction {
    let stated = |code: &str| (code != "?").then(|| country(code));
    Transaction {
        reference: "T1".to_owned(),
        movement: Movement::Export,
        dispatch: stated(from),
        destination: stated(to),
        items,
        ..Transaction::default()
    }
}

/// Adds a party in a role with an address.
pub fn add_party(transaction: &mut Transaction, role: Role, city: &str, code: &str) {
    let address = Address {
        city: city.to_owned(),
        country: Some(country(code)),
        ..Address::default()
    };
    let party = Party {
        names: vec![Name::new(NameKind::Primary, "Somebody Ltd")],
        addresses: vec![address],
        ..Party::default()
    };
    transaction.parties.push(PartyInRole {
        role,
        party,
        item: None,
        provenance: Provenance::Declared,
    });
}

/// Asks with the tables of this repository.
pub fn ask(transaction: &Transaction, home: &str, as_of: &str) -> Answer {
    ask_with(transaction, home, as_of, &[], false)
}

/// The same, with what policy found.
pub fn ask_with(
    transaction: &Transaction,
    home: &str,
    as_of: &str,
    findings: &[Finding],
    refused: bool,
) -> Answer {
    let (as_of, known) = (day(as_of), day("2026-11-22"));
    let items = controls().items(transaction, as_of, known);
    controls().determine(&Input {
        transaction,
        circumstances: &Circumstances::declaration(),
        installation: &installation(home),
        items: &items,
        party_findings: findings,
        exceptions_refused: refused,
        as_of,
        known,
    })
}

/// The result of one jurisdiction, or "-" if it was not asked.
pub fn result_of(answer: &Answer, law: &str) -> &'static str {
    let mut of_law = answer
        .determinations
        .iter()
        .filter(|d| d.jurisdiction.code() == law);
    of_law.next().map_or("-", |d| d.result.as_str())
}
