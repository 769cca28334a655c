//! What changed between two states of the lists.

use portcullis_casework::{Aspect, delta};
use portcullis_domain::{Entity, Listing, Name, NameKind, Party};
use proptest::prelude::*;

fn entry(id: &str, list: &str, citation: &str, name: &str) -> Entity {
    Entity {
        id: id.to_owned(),
        party: Party {
            names: vec![Name::new(NameKind::Primary, name)],
            ..Party::default()
        },
        listings: vec![Listing {
            list: list.to_owned(),
            programmes: Vec::new(),
            listed_on: None,
            until: None,
            citation: citation.to_owned(),
            licence_requirement: String::new(),
            licence_policy: String::new(),
        }],
        ..Entity::default()
    }
}

#[test]
fn added_removed_changed_and_renumbered_are_told_apart() {
    let same = entry("x:1", "a", "N1", "Same Co");
    let changed = |remarks: &str, name: &str| Entity {
        remarks: remarks.to_owned(),
        ..entry("x:2", "a", "N1", name)
    };
    let (before, after) = (changed("", "Old Name"), changed("more", "New Name"));
    let gone = entry("x:3", "a", "N2", "Gone Co");
    let (old, new) = (
        entry("x:4", "a", "N3", "MOVED Co"),
        entry("x:40", "a", "N3", "Co Moved"),
    );
    let came = entry("x:5", "a", "N2", "Came Co");
    let delta = delta(
        &[&same, &before, &gone, &old],
        &[&same, &after, &new, &came],
    );
    assert_eq!(delta.added, ["x:5"]);
    assert_eq!(delta.removed, ["x:3"]);
    assert_eq!(delta.changed.len(), 1);
    assert_eq!(delta.changed[0].aspects, [Aspect::Names]);
    assert_eq!(delta.renumbered.len(), 1);
    assert_eq!(
        (&*delta.renumbered[0].old, &*delta.renumbered[0].new),
        ("x:4", "x:40")
    );
    assert!(delta.renumbered[0].aspects.is_empty());
    assert_eq!(delta.to_screen(), ["x:2", "x:40", "x:5"]);
}

#[test]
fn what_could_be_two_is_not_paired() {
    // Two of one name leave, two come: nobody can say which became which.
    let (a, b) = (
        entry("x:1", "a", "N1", "J Smith"),
        entry("x:2", "a", "N1", "J Smith"),
    );
    let (c, d) = (
        entry("x:8", "a", "N1", "J Smith"),
        entry("x:9", "a", "N1", "J Smith"),
    );
    let two = delta(&[&a, &b], &[&c, &d]);
    assert_eq!(
        (two.added.len(), two.removed.len(), two.renumbered.len()),
        (2, 2, 0)
    );
    // Another citation, another list, no name at all.
    for other in [
        entry("x:8", "a", "N2", "J Smith"),
        entry("x:8", "b", "N1", "J Smith"),
        entry("x:8", "a", "N1", ""),
    ] {
        assert!(delta(&[&a], &[&other]).renumbered.is_empty());
    }
}

fn states() -> impl Strategy<Value = (Vec<Entity>, Vec<Entity>)> {
    let one = (0_u8..12, 0_u8..3, 0_u8..4);
    let side = proptest::collection::vec(one, 0..14).prop_map(|rows| {
        let make = |(id, citation, name): &(u8, u8, u8)| {
            entry(
                &format!("x:{id}"),
                "a",
                &format!("N{citation}"),
                &format!("Name {name}"),
            )
        };
        rows.iter().map(make).collect::<Vec<Entity>>()
    });
    (side.clone(), side)
}

proptest! {
    /// Nobody is lost: every id of either state is accounted for exactly once,
    /// and whoever is not as before is screened.
    #[test]
    fn every_entry_is_accounted_for((old, new) in states()) {
        let (before, after): (Vec<&Entity>, Vec<&Entity>) = (old.iter().collect(), new.iter().collect());
        let delta = delta(&before, &after);
        let screened = delta.to_screen();
        let mut ids: Vec<&str> = before.iter().chain(&after).map(|e| e.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        for id in ids {
            let of = |side: &[&Entity]| side.iter().filter(|e| e.id == id).map(|e| (*e).clone()).collect::<Vec<_>>();
            let (was, is) = (of(&before), of(&after));
            let added = delta.added.iter().any(|a| a == id) || delta.renumbered.iter().any(|r| r.new == id);
            let removed = delta.removed.iter().any(|a| a == id) || delta.renumbered.iter().any(|r| r.old == id);
            let changed = delta.changed.iter().any(|c| c.id == id);
            prop_assert_eq!(added, was.is_empty() && !is.is_empty());
            prop_assert_eq!(removed, !was.is_empty() && is.is_empty());
            prop_assert_eq!(changed, !was.is_empty() && !is.is_empty() && was != is);
            prop_assert_eq!(screened.iter().any(|s| s == id), added || changed);
        }
    }
}
