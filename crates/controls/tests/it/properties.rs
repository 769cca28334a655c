//! What holds for every transaction.

use crate::world::{add_party, ask, country, export, item, result_of};
use portcullis_domain::*;
use proptest::prelude::*;

fn strictness(result: &str) -> u8 {
    match result {
        "not_required" => 0,
        "undetermined" => 1,
        "required" => 2,
        "prohibited" => 3,
        other => panic!("{other}"),
    }
}

fn outcome_of(answer: &portcullis_controls::Answer) -> Outcome {
    let asked = answer.questions.iter().map(|_| Outcome::Question);
    let found = answer.findings.iter().map(|f| f.outcome);
    asked.chain(found).max().unwrap_or(Outcome::Release)
}

fn any_country() -> impl Strategy<Value = String> {
    let all: Vec<String> = Country::all().iter().map(|c| c.code().to_owned()).collect();
    prop::sample::select(all)
}

fn codes() -> impl Strategy<Value = String> {
    let usual = prop::sample::select(vec![
        "none",
        "hs 620342",
        "hs 854231",
        "hs 843149 eccn EAR99",
        "hs 854239 eccn 3A001.a.5",
        "hs 851713 eccn 5A992.c",
        "hs 292019 eccn 1C350.b",
        "hs 852589 eccn 6A003.b.4.b",
        "hs 300490",
        "hs 854239 eu_dual_use 3A001",
    ]);
    usual.prop_map(str::to_owned)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn nothing_declared_can_make_it_fail(
        code in "\\PC{0,14}",
        hs in "\\PC{0,12}",
        from in any_country(),
        to in any_country(),
        city in "\\PC{0,12}",
    ) {
        let mut transaction = export(&from, &to, vec![item(1, "hs 620342")]);
        transaction.items[0].codes = [(CodeScheme::Hs, &hs), (CodeScheme::Eccn, &code), (CodeScheme::EuDualUse, &code), (CodeScheme::UkControl, &code)]
            .map(|(scheme, value)| ItemCode { scheme, value: value.clone() })
            .to_vec();
        transaction.documents.push(DocumentRef { kind: code.clone(), id: hs, ..DocumentRef::default() });
        add_party(&mut transaction, Role::Consignee, &city, &to);
        for home in ["US", "EU", "UK", "CA"] {
            let answer = ask(&transaction, home, "2026-11-22");
            for determination in &answer.determinations {
                prop_assert!(!determination.text.is_empty());
                prop_assert!(!determination.checked.is_empty());
                prop_assert!(!determination.citations.is_empty());
            }
            prop_assert!(answer.findings.iter().all(|f| !f.citations.is_empty() && !f.text.is_empty()));
            prop_assert!(answer.questions.iter().all(|q| !q.citations.is_empty()));
        }
    }

    #[test]
    fn an_embargoed_country_never_loosens(
        goods in codes(),
        from in prop::sample::select(vec!["US", "GB", "DE", "CN"]),
        to in any_country(),
        embargoed in prop::sample::select(vec!["CU", "IR", "KP", "SY", "RU", "BY"]),
        how in 0..4,
        home in prop::sample::select(vec!["US", "EU", "UK"]),
    ) {
        let plain = export(from, &to, vec![item(1, &goods)]);
        let mut tied = plain.clone();
        match how {
            0 => tied.route.push(country(embargoed)),
            1 => add_party(&mut tied, Role::EndUser, "", embargoed),
            2 => add_party(&mut tied, Role::Purchaser, "", embargoed),
            _ => add_party(&mut tied, Role::IntermediateConsignee, "", embargoed),
        }
        let (before, after) = (ask(&plain, home, "2026-11-22"), ask(&tied, home, "2026-11-22"));
        for law in ["US", "EU", "UK"] {
            let (was, is) = (result_of(&before, law), result_of(&after, law));
            if was != "-" {
                prop_assert!(strictness(is) >= strictness(was), "{law}: {was} -> {is}");
            }
        }
        prop_assert!(outcome_of(&after) >= outcome_of(&before));
    }

    #[test]
    fn a_less_exact_number_is_never_freer(to in any_country(), entry in prop::sample::select(vec!["3A001", "6A003", "5A001", "0A501", "9A515", "1C350", "3A090"]), path in "[a-z](\\.[1-9](\\.[a-c])?)?") {
        let controls = crate::world::controls();
        let whole = controls.chart(entry, country(&to));
        let part = controls.chart(&format!("{entry}.{path}"), country(&to));
        prop_assert!(whole.required + whole.open >= part.required, "{entry}.{path} to {to}");
    }

    #[test]
    fn the_same_question_gets_the_same_answer(goods in codes(), to in any_country()) {
        let transaction = export("US", &to, vec![item(1, &goods), item(2, "hs 843149")]);
        prop_assert_eq!(ask(&transaction, "US", "2026-11-22"), ask(&transaction, "US", "2026-11-22"));
    }
}
