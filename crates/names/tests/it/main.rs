//! Properties that hold for any text whatever.
#![allow(clippy::unwrap_used)]

#[path = "../../../../fuzz/entry/names.rs"]
mod entry;

use portcullis_names::*;
use proptest::prelude::*;

#[test]
fn the_corpus_of_the_fuzzer_holds() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/names");
    let mut seen = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        entry::names(&std::fs::read(file.unwrap().path()).unwrap());
        seen += 1;
    }
    assert!(seen >= 15, "{seen} files");
}

#[test]
fn what_is_too_long_is_cut_and_says_so() {
    for (unit, times) in [
        ("ab ", 3_400),
        ("a", 10_000),
        ("王", 10_000),
        ("محمد ", 2_000),
    ] {
        let prepared = prepare(&unit.repeat(times), Bearer::Organisation);
        assert!(prepared.cut, "{unit}");
        assert!(prepared.tokens.len() <= MOST_WORDS);
    }
    let long_but_real = "Federal State Unitary Enterprise ".repeat(9);
    assert!(!prepare(&long_but_real, Bearer::Organisation).cut);
    for nothing in ["", " ", "...", "\u{202e}\u{200b}", "\u{fffd}"] {
        let prepared = prepare(nothing, Bearer::Person);
        assert!(prepared.tokens.is_empty() && !prepared.cut, "{nothing:?}");
    }
}

/// Any text, with the scripts and signs that names contain made likely.
fn any_name() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        any::<String>(),
        "[a-zA-Z0-9 .,'&-]{0,20}",
        "[а-яА-ЯїєґўёъЁ ]{0,12}",
        "[ا-ي ٠-٩]{0,12}",
        "[א-ת ]{0,12}",
        "[一-鿿가-힣ぁ-ヶ]{0,8}",
        "[ก-๛ऀ-ॿሀ-ፐა-ჰԱ-ֆ ]{0,10}",
        "[a-z]{1,6}[čšžjё@$]{1,3}[a-z]{0,5}",
        "[α-ωΑ-Ω ]{0,10}",
        "[\u{200b}-\u{200f}\u{300}-\u{36f}\u{ad}]{0,4}",
    ];
    proptest::collection::vec(part, 0..5).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn no_text_panics_and_keys_are_ascii(text in any_name()) {
        let latin = romanise(&text);
        prop_assert!(latin.is_ascii());
        for word in latin.split(' ') {
            prop_assert!(key(word).is_ascii());
            prop_assert!(skeletons(word).len() <= 8);
            let _ = (syllable_key(word), unleet(word), skeleton_agreement(word, "mohammed"));
        }
        entry::names(text.as_bytes());
        for bearer in [Bearer::Person, Bearer::Organisation, Bearer::Object] {
            let prepared = prepare(&text, bearer);
            prop_assert!(prepared.tokens.iter().all(|t| t.latin.is_ascii() && !t.latin.is_empty()));
            prop_assert_eq!(&prepared, &prepare(&text, bearer));
        }
    }

    #[test]
    fn normalising_twice_changes_nothing(text in any_name()) {
        let once = normalise(&text);
        prop_assert_eq!(normalise(&once), once);
    }

    #[test]
    fn similarity_is_symmetric_and_bounded(a in "[a-z]{0,14}", b in "[a-z]{0,14}") {
        let forth = similarity(&a, &b);
        prop_assert!((0.0..=1.0).contains(&forth));
        prop_assert!((forth - similarity(&b, &a)).abs() < 1e-9);
    }
}
