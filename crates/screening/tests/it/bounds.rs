//! Whatever is asked, the work stays under the documented bounds, and an answer
//! that met one says so.

use portcullis_domain::{Entity, Name, NameKind, Party, PartyKind};
use portcullis_screening::{Answer, Index, Options, Partial, Query, bounds};
use proptest::prelude::*;
use std::sync::LazyLock;

/// A list on which one word stands in very many names.
fn crowded() -> Index {
    let words = ["sergey", "vorontsov", "ali", "hassan", "wei", "al", "j"];
    let entity = |number: usize| Entity {
        id: format!("made-up:{number}"),
        party: Party {
            kind: PartyKind::Person,
            names: vec![Name::new(
                NameKind::Primary,
                format!("{} {} n{number}", words[number % 7], words[number / 7 % 7]),
            )],
            ..Party::default()
        },
        ..Entity::default()
    };
    let many = bounds::ALIGNMENTS + 500;
    Index::build((0..many).map(entity).collect())
}

static CROWDED: LazyLock<Index> = LazyLock::new(crowded);

fn ask(name: &str, threshold: f64) -> Answer {
    let options = Options {
        threshold,
        weak: true,
    };
    CROWDED.screen(&Query::by_name(name), &options)
}

#[test]
fn an_answer_that_met_a_bound_says_which() {
    for (name, threshold, bound) in [
        ("a".repeat(10_000), 0.7, Partial::NameLength),
        ("ab ".repeat(100), 0.7, Partial::Words),
        ("Ali / ".repeat(200), 0.7, Partial::Names),
        // With no line at all every name of the list is to be compared.
        (
            "sergey vorontsov ali hassan wei al j".to_owned(),
            0.0,
            Partial::Alignments,
        ),
    ] {
        let answer = ask(&name, threshold);
        assert_eq!(answer.partial, Some(bound), "{:.40}", name);
        assert!(!bound.text().is_empty());
    }
    for name in [
        "",
        "--",
        "al el bin ibn de la",
        "Sergey Vorontsov n1",
        "\u{202e}a",
    ] {
        assert_eq!(ask(name, 0.7).partial, None, "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(40)
    })]

    #[test]
    fn work_stays_under_its_bounds(
        name in prop_oneof![
            "(sergey|sergei|vorontsov|ali|hassan|wei|al|j|n[0-9]{1,5}|[a-z]{1,12}| |/|;){0,200}",
            "\\PC{0,3000}",
        ],
        threshold in prop_oneof![Just(0.6), Just(0.7)],
    ) {
        let work = ask(&name, threshold).work;
        prop_assert!(work.alignments <= bounds::ALIGNMENTS);
        prop_assert!(work.postings <= bounds::POSTINGS);
        prop_assert!(work.variants <= bounds::VARIANTS);
        prop_assert!(work.distances <= bounds::DISTANCES);
        prop_assert!(work.words <= bounds::WORDS * bounds::NAMES * 27);
    }
}
