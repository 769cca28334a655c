//! What policy makes of whole transactions, by the policies of the repository.

use portcullis_domain::{
    About, Address, CodeScheme, Country, Date, DocumentRef, Finding, Identifier, Item, ItemCode,
    ListedHit, Money, Movement, Name, NameKind, Outcome, Party, PartyInRole, Payment, Provenance,
    Role, ScreenedParty, ScreeningStatus, Strength, Transaction, Truth,
};
use portcullis_policy::{Evaluation, Input, ItemControl, Policy};
use std::sync::OnceLock;

fn policy() -> &'static Policy {
    static POLICY: OnceLock<Policy> = OnceLock::new();
    POLICY.get_or_init(|| Policy::load(&super::repository()).unwrap())
}

fn country(code: &str) -> Option<Country> {
    Some(Country::from_alpha2(code).unwrap())
}

fn party(role: Role, name: &str, street: &str, in_country: &str) -> PartyInRole {
    PartyInRole {
        role,
        party: Party {
            names: vec![Name::new(NameKind::Primary, name)],
            addresses: vec![Address {
                street: street.to_owned(),
                country: country(in_country),
                ..Address::default()
            }],
            ..Party::default()
        },
        item: None,
        provenance: Provenance::Declared,
    }
}

/// Valves from the United States to a named consignee in the Emirates.
fn valves() -> Transaction {
    Transaction {
        reference: "T-1".to_owned(),
        movement: Movement::Export,
        dispatch: country("US"),
        destination: country("AE"),
        parties: vec![
            party(
                Role::Exporter,
                "Copperline Valves Corp",
                "31 Canal Street",
                "US",
            ),
            party(Role::Consignee, "Creek Bottling LLC", "Plot 9", "AE"),
        ],
        items: vec![Item {
            number: 1,
            description: "Industrial valves".to_owned(),
            codes: vec![
                code(CodeScheme::Hs, "848180"),
                code(CodeScheme::Eccn, "EAR99"),
            ],
            ..Item::default()
        }],
        value: Some(Money::parse("1000", "USD").unwrap()),
        ..Transaction::default()
    }
}

fn code(scheme: CodeScheme, value: &str) -> ItemCode {
    ItemCode {
        scheme,
        value: value.to_owned(),
    }
}

fn plain() -> ItemControl {
    ItemControl {
        high_priority: Truth::False,
        controlled: Truth::False,
        ..ItemControl::default()
    }
}

fn high_priority() -> ItemControl {
    ItemControl {
        high_priority: Truth::True,
        tier: Some("1".to_owned()),
        ..plain()
    }
}

fn hit(list: &str, strong: bool) -> ListedHit {
    ListedHit {
        entity_id: "x:1".to_owned(),
        caption: "LISTED CO".to_owned(),
        lists: vec![list.to_owned()],
        score: 9_000,
        millibits: 12_000,
        strong,
        reasons: vec!["the same name".to_owned()],
        disposition: None,
    }
}

fn met(transaction: &Transaction, list: &str, strong: bool) -> Vec<ScreenedParty> {
    vec![ScreenedParty {
        about: About::Party(1),
        role: transaction.parties[1].role,
        name: "Creek Bottling LLC".to_owned(),
        status: ScreeningStatus::Alert,
        hits: vec![hit(list, strong)],
    }]
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn evaluate_on(
    transaction: &Transaction,
    screened: &[ScreenedParty],
    items: &[ItemControl],
    as_of: &str,
) -> Evaluation {
    policy().evaluate(&Input {
        transaction,
        screened,
        items,
        as_of: day(as_of),
        known: day("2026-11-22"),
    })
}

fn evaluate(
    transaction: &Transaction,
    screened: &[ScreenedParty],
    items: &[ItemControl],
) -> Evaluation {
    evaluate_on(transaction, screened, items, "2026-11-22")
}

fn codes(evaluation: &Evaluation) -> Vec<&str> {
    evaluation
        .findings
        .iter()
        .map(|f| f.code.as_str())
        .collect()
}

fn asked(evaluation: &Evaluation) -> Vec<&str> {
    evaluation
        .questions
        .iter()
        .map(|q| q.code.as_str())
        .collect()
}

fn finding<'a>(evaluation: &'a Evaluation, code: &str) -> &'a Finding {
    let found = evaluation.findings.iter().find(|f| f.code == code);
    found.unwrap_or_else(|| panic!("no {code} in {:?}", codes(evaluation)))
}

#[test]
fn routine_trade_with_a_hub_is_asked_nothing() {
    let evaluation = evaluate(&valves(), &[], &[plain()]);
    assert_eq!((codes(&evaluation), asked(&evaluation)), (vec![], vec![]));
    assert_eq!(evaluation.risk_millibits, 0);
}

/// List, movement, strong → code, strength, outcome, exceptions refused.
#[test]
fn what_follows_from_a_list() {
    use Outcome::*;
    use Strength::*;
    let (e, i) = (Movement::Export, Movement::Import);
    for (list, movement, strong, code, strength, outcome, refused) in [
        (
            "un-sc",
            e,
            true,
            "listed-party",
            Presumptive,
            Prohibited,
            false,
        ),
        (
            "un-sc",
            i,
            true,
            "listed-party",
            Presumptive,
            Prohibited,
            false,
        ),
        (
            "un-sc",
            e,
            false,
            "possible-listed-party",
            Evidence,
            Review,
            false,
        ),
        (
            "us-sdn",
            e,
            true,
            "listed-party",
            Presumptive,
            Prohibited,
            false,
        ),
        (
            "us-el",
            e,
            true,
            "listed-party",
            Presumptive,
            LicenceRequired,
            false,
        ),
        (
            "us-el",
            e,
            false,
            "possible-listed-party",
            Evidence,
            Review,
            false,
        ),
        ("us-el", i, true, "listed-party", Context, Release, false),
        ("us-meu", e, true, "listed-party", Context, Review, false),
        (
            "us-uvl",
            e,
            true,
            "licence-exceptions-refused",
            Presumptive,
            Question,
            true,
        ),
        (
            "us-uvl",
            e,
            false,
            "possible-listed-party",
            Evidence,
            Question,
            false,
        ),
        (
            "us-cmic",
            e,
            true,
            "listed-party",
            Presumptive,
            Review,
            false,
        ),
        ("eu-fsf", e, true, "listed-party", Context, Review, false),
        (
            "ca-sema",
            e,
            false,
            "possible-listed-party",
            Evidence,
            Review,
            false,
        ),
        (
            "veldania-sanctions",
            e,
            true,
            "listed-party",
            Presumptive,
            Prohibited,
            false,
        ),
        (
            "veldania-restricted",
            e,
            true,
            "listed-party",
            Presumptive,
            LicenceRequired,
            false,
        ),
        (
            "veldania-watch",
            e,
            true,
            "licence-exceptions-refused",
            Presumptive,
            Question,
            true,
        ),
        (
            "somebodys-own",
            e,
            true,
            "list-effect-unknown",
            Context,
            Hold,
            false,
        ),
        (
            "somebodys-own",
            e,
            false,
            "list-effect-unknown",
            Context,
            Hold,
            false,
        ),
    ] {
        let transaction = Transaction {
            movement,
            ..valves()
        };
        let evaluation = evaluate(&transaction, &met(&transaction, list, strong), &[plain()]);
        let found = finding(&evaluation, code);
        assert_eq!(
            evaluation.findings.len(),
            1,
            "{list}: {:?}",
            codes(&evaluation)
        );
        let row = format!("{list} {movement:?} strong={strong}");
        assert_eq!(
            (found.strength, found.outcome),
            (strength, outcome),
            "{row}"
        );
        assert_eq!(evaluation.exceptions_refused, refused, "{row}");
        assert_eq!(found.about, About::Party(1), "{row}");
        let stricter = evaluation.findings.iter().any(|f| f.outcome > outcome);
        assert!(!stricter, "{row}: {:?}", codes(&evaluation));
    }
}

#[test]
fn a_statement_answers_the_unverified_list_and_a_licence_the_entity_list() {
    let mut transaction = valves();
    let screened = met(&transaction, "us-uvl", true);
    assert_eq!(
        asked(&evaluate(&transaction, &screened, &[plain()])),
        ["statement-missing"]
    );
    let shown = |kind: &str| {
        vec![DocumentRef {
            kind: kind.to_owned(),
            ..DocumentRef::default()
        }]
    };
    transaction.documents = shown("uvl_statement");
    let evaluation = evaluate(&transaction, &screened, &[plain()]);
    assert!(
        evaluation.exceptions_refused,
        "the statement does not bring the exceptions back"
    );
    assert_eq!(
        finding(&evaluation, "licence-exceptions-refused").outcome,
        Outcome::Release
    );
    assert!(asked(&evaluation).is_empty());

    transaction.documents = shown("licence");
    let screened = met(&transaction, "us-el", true);
    let evaluation = evaluate(&transaction, &screened, &[plain()]);
    assert_eq!(
        finding(&evaluation, "listed-party").outcome,
        Outcome::Review
    );
}

#[test]
fn a_weak_match_with_a_milder_list_adds_no_risk() {
    let transaction = valves();
    let weak = |list| evaluate(&transaction, &met(&transaction, list, false), &[plain()]);
    assert_eq!(weak("us-uvl").risk_millibits, 0);
    assert_eq!(weak("us-sdn").risk_millibits, 12_000);
}

#[test]
fn never_todays_rule_for_another_day() {
    let transaction = valves();
    let screened = met(&transaction, "us-sdn", true);
    let before = evaluate_on(&transaction, &screened, &[plain()], "2010-01-01");
    assert_eq!(
        finding(&before, "policy-history-missing").outcome,
        Outcome::Question
    );
    let listed = finding(&before, "listed-party");
    assert_eq!(
        (listed.strength, listed.outcome),
        (Strength::Context, Outcome::Review)
    );
    // A list that did not exist on the day serves as evidence too.
    let screened = met(&transaction, "us-cmic", true);
    let before = evaluate_on(&transaction, &screened, &[plain()], "2020-01-01");
    assert_eq!(finding(&before, "listed-party").strength, Strength::Context);
}

/// Role, movement, identifier → code asked or found.
#[test]
fn parties_without_a_name() {
    let good = Some(("eori", "GB123456789000"));
    let bad = Some(("eori", "123"));
    let (export, import) = (Movement::Export, Movement::Import);
    for (role, movement, identifier, finds, asks) in [
        (
            Role::Declarant,
            export,
            good,
            Some("screened-by-identifier"),
            None,
        ),
        (
            Role::Exporter,
            export,
            good,
            Some("screened-by-identifier"),
            None,
        ),
        (
            Role::Exporter,
            export,
            bad,
            None,
            Some("identifier-malformed"),
        ),
        (
            Role::Agent,
            export,
            Some(("ein", "14-4417248")),
            Some("screened-by-identifier"),
            None,
        ),
        (
            Role::Agent,
            export,
            Some(("", "ABC123")),
            None,
            Some("identifier-malformed"),
        ),
        (
            Role::EndUser,
            export,
            good,
            None,
            Some("party-name-missing"),
        ),
        (
            Role::Consignee,
            export,
            good,
            None,
            Some("party-name-missing"),
        ),
        (Role::Purchaser, export, None, None, Some("party-unnamed")),
        (
            Role::Importer,
            import,
            good,
            Some("screened-by-identifier"),
            None,
        ),
        (
            Role::Consignee,
            import,
            good,
            Some("screened-by-identifier"),
            None,
        ),
        (
            Role::Importer,
            import,
            bad,
            None,
            Some("identifier-malformed"),
        ),
        (Role::Seller, import, None, None, Some("party-unnamed")),
        (
            Role::EndUser,
            Movement::Unknown,
            good,
            None,
            Some("party-name-missing"),
        ),
    ] {
        let mut transaction = Transaction {
            movement,
            ..valves()
        };
        let identifiers = identifier.map(|(scheme, value)| Identifier::new(scheme, value));
        transaction.parties.push(PartyInRole {
            role,
            party: Party {
                identifiers: identifiers.into_iter().collect(),
                ..Party::default()
            },
            item: None,
            provenance: if identifier.is_some() {
                Provenance::IdentifierOnly
            } else {
                Provenance::Unnamed
            },
        });
        let evaluation = evaluate(&transaction, &[], &[plain()]);
        let row = format!("{role:?} {movement:?} {identifier:?}");
        let found: Vec<&str> = codes(&evaluation);
        assert_eq!(found, finds.into_iter().collect::<Vec<_>>(), "{row}");
        let mut questions = asked(&evaluation);
        questions.retain(|code| *code != "movement-missing");
        assert_eq!(questions, asks.into_iter().collect::<Vec<_>>(), "{row}");
        assert!(
            evaluation
                .findings
                .iter()
                .all(|f| f.outcome == Outcome::Release),
            "{row}"
        );
    }
}

#[test]
fn goods_that_leave_have_a_receiver_and_what_cannot_be_screened_is_held() {
    let mut transaction = valves();
    transaction.parties.truncate(1);
    assert_eq!(
        asked(&evaluate(&transaction, &[], &[plain()])),
        ["consignee-missing"]
    );
    transaction.movement = Movement::Import;
    assert!(asked(&evaluate(&transaction, &[], &[plain()])).is_empty());

    let transaction = valves();
    let mut screened = met(&transaction, "un-sc", true);
    screened[0].hits.clear();
    screened[0].status = ScreeningStatus::NotScreened;
    let evaluation = evaluate(&transaction, &screened, &[plain()]);
    assert_eq!(finding(&evaluation, "not-screened").outcome, Outcome::Hold);
}

#[test]
fn completeness_goes_by_the_goods_and_the_destination() {
    let mut transaction = valves();
    let all = [
        "end-use-missing",
        "end-user-missing",
        "maker-missing",
        "part-or-serial-missing",
    ];
    assert_eq!(asked(&evaluate(&transaction, &[], &[high_priority()])), all);
    let controlled = ItemControl {
        controlled: Truth::True,
        ..plain()
    };
    let asked_of_controlled = asked(&evaluate(
        &transaction,
        &[],
        std::slice::from_ref(&controlled),
    ))
    .len();
    assert_eq!(
        asked_of_controlled,
        all.len() + 1,
        "and under which licence"
    );
    transaction.items[0].manufacturer = "Copperline".to_owned();
    transaction.items[0].serials = vec!["7".to_owned()];
    transaction.end_use = "Bottling line 2 in Sharjah".to_owned();
    transaction
        .parties
        .push(party(Role::EndUser, "Creek Bottling LLC", "Plot 9", "AE"));
    assert!(asked(&evaluate(&transaction, &[], &[high_priority()])).is_empty());
    let mut transaction = valves();
    transaction.destination = country("DE");
    assert!(asked(&evaluate(&transaction, &[], &[high_priority()])).is_empty());
}

#[test]
fn a_hub_alone_never_weighs_and_signs_together_ask_for_a_review() {
    let mut transaction = valves();
    transaction.destination = country("KG");
    transaction.route = ["US", "TR", "KG"]
        .iter()
        .filter_map(|c| country(c))
        .collect();
    let hub = evaluate(&transaction, &[], &[high_priority()]);
    assert_eq!(hub.risk_millibits, 0, "{:?}", codes(&hub));
    assert!(hub.findings.iter().all(|f| f.outcome == Outcome::Release));

    transaction.route.insert(2, country("RU").unwrap());
    transaction.remarks = "Please remove serial numbers.".to_owned();
    transaction.payments = vec![Payment {
        country: country("HK"),
        method: "cash".to_owned(),
        amount: None,
    }];
    let evaluation = evaluate(&transaction, &[], &[high_priority()]);
    let verdict = finding(&evaluation, "risk-above-line");
    assert_eq!(
        (verdict.strength, verdict.outcome),
        (Strength::Evidence, Outcome::Review)
    );
    assert!(
        evaluation
            .findings
            .iter()
            .all(|f| f.strength != Strength::Legal),
        "risk is never law"
    );
    // Transit 4, markings 5, payer 1.5, cash 1.5 and the strongest of the hub's signs 1.5.
    assert_eq!(evaluation.risk_millibits, 13_500);
}

/// Facts that are not known give no evidence, and no panic.
#[test]
fn an_empty_transaction_is_asked_back() {
    let evaluation = evaluate(&Transaction::default(), &[], &[]);
    assert_eq!(
        asked(&evaluation),
        ["consignee-missing", "movement-missing"]
    );
    assert!(codes(&evaluation).is_empty());
}
