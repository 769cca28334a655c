//! `check` finds what was changed and where.

use portcullis_ledger::{
    CheckError, Checker, Checkpoint, Hash, Report, Setback, check, decode_entries, encode_entries,
    stored_index,
};
use proptest::prelude::*;

use crate::log::Log;

fn check_log(log: &Log, signed: u64) -> Result<Report, CheckError> {
    let signed = Log::of(log.size()).checkpoint(signed);
    check(log.size(), &log.entries, &log.stored, &signed)
}

#[test]
fn a_sound_log_is_reported() {
    let log = Log::of(100);
    let report = check_log(&log, 100).unwrap();
    assert_eq!((report.size, report.root), (100, log.checkpoint(100).root));
    let kinds: Vec<(&str, u64)> = report.kinds.iter().map(|(k, n)| (k.as_str(), *n)).collect();
    assert_eq!(
        kinds,
        [("decision", 80), ("list-snapshot", 10), ("policy", 10)]
    );
    assert_eq!(report.setback, None);
    // Entries that wait for the next checkpoint are checked too; so is the empty log.
    assert_eq!(check_log(&log, 70).unwrap(), report);
    assert_eq!(check_log(&log, 0).unwrap(), report);
    assert_eq!(check_log(&Log::of(0), 0).unwrap().size, 0);
    let false_start = Checkpoint {
        root: [1; 32],
        ..log.checkpoint(0)
    };
    let result = check(100, &log.entries, &log.stored, &false_start);
    assert!(matches!(result, Err(CheckError::Root { size: 0 })));
}

#[test]
fn a_changed_entry_is_named() {
    for index in [0, 1, 41, 99] {
        let mut log = Log::of(100);
        log.entries[index] = log.openings[(index + 3) % 100].leaf().unwrap().to_bytes();
        let error = check_log(&log, 100).unwrap_err();
        let expected = index as u64;
        assert!(
            matches!(error, CheckError::Leaf { index, .. } if index == expected),
            "{error}"
        );
        assert!(
            error.to_string().contains(&format!("entry {index} ")),
            "{error}"
        );
    }
}

#[test]
fn an_entry_that_is_no_leaf_is_named() {
    let mut log = Log::of(10);
    log.entries[4].push(b' ');
    let error = check_log(&log, 10).unwrap_err();
    assert!(
        matches!(error, CheckError::Entry { index: 4, .. }),
        "{error}"
    );
}

/// Every stored hash is compared, whichever level it is of.
#[test]
fn a_changed_hash_is_named() {
    let sound = Log::of(37);
    for changed in 0..sound.stored.len() {
        let mut log = Log::of(37);
        log.stored[changed][7] ^= 1;
        let expected = changed as u64;
        match check_log(&log, 37).unwrap_err() {
            CheckError::Leaf { index, stored } => {
                assert_eq!(
                    (stored, stored_index(0, index).unwrap()),
                    (expected, expected)
                );
            }
            CheckError::Subtree {
                stored,
                first,
                index,
            } => {
                assert_eq!(stored, expected);
                let entries = index - first + 1;
                let level = u8::try_from(entries.ilog2()).unwrap();
                assert!(entries.is_power_of_two() && first % entries == 0);
                assert_eq!(stored_index(level, first / entries).unwrap(), expected);
            }
            other => panic!("{other}"),
        }
    }
}

#[test]
fn a_missing_hash_is_named() {
    let mut log = Log::of(10);
    log.stored.truncate(15);
    let error = check_log(&log, 10).unwrap_err();
    assert!(
        matches!(error, CheckError::Read { index: 8, .. }),
        "{error}"
    );
}

/// Entry and stored hashes rewritten together: only the signature tells.
#[test]
fn a_consistent_rewriting_does_not_match_the_signed_root() {
    let honest = Log::of(50);
    let mut log = Log::of(50);
    log.entries[20] = honest.entries[21].clone();
    let rewritten = portcullis_ledger::append(0, &log.entries, &Vec::<Hash>::new()).unwrap();
    log.stored = rewritten.stored.into_iter().map(|(_, hash)| hash).collect();
    let error = check_log(&log, 50).unwrap_err();
    assert!(matches!(error, CheckError::Root { size: 50 }), "{error}");
    // A checkpoint kept from before the rewriting narrows it down.
    assert!(check_log(&log, 20).is_ok());
    assert!(matches!(
        check_log(&log, 21),
        Err(CheckError::Root { size: 21 })
    ));
}

#[test]
fn missing_and_additional_entries_are_named() {
    let log = Log::of(10);
    let signed = log.checkpoint(10);
    let short = check(10, &log.entries[..8], &log.stored, &signed);
    assert!(matches!(
        short,
        Err(CheckError::Missing { index: 8, size: 10 })
    ));
    let cut = check(8, &log.entries[..8], &log.stored, &signed);
    assert!(matches!(
        cut,
        Err(CheckError::Missing { index: 8, size: 10 })
    ));
    let long = check(8, &log.entries, &log.stored, &log.checkpoint(8));
    assert!(matches!(long, Err(CheckError::Extra { index: 8 })));
    // Two entries changing places are no accident either.
    let mut swapped = Log::of(10);
    swapped.entries.swap(3, 4);
    assert!(matches!(
        check_log(&swapped, 10),
        Err(CheckError::Leaf { index: 3, .. })
    ));
}

#[test]
fn a_back_dated_entry_is_reported() {
    let mut checker = Checker::new();
    let log = Log::of(20);
    for (n, opening) in log.openings.iter().enumerate() {
        let mut opening = opening.clone();
        match n {
            5 => opening.recorded_at -= 250_001,
            11 => opening.recorded_at = i64::MIN,
            12 => opening.recorded_at = i64::MAX,
            _ => {}
        }
        checker.add(&opening.leaf().unwrap().to_bytes()).unwrap();
    }
    let setback = checker.report().setback.unwrap();
    let last = 1_795_347_129_000_000 + 13 * 250_000;
    assert_eq!(
        setback,
        Setback {
            index: 11,
            microseconds: (last - 3 * 250_000_i64).abs_diff(i64::MIN),
        }
    );
}

/// An auditor who has nothing but the published bundles and checkpoints.
#[test]
fn bundles_and_checkpoints_are_enough() {
    let log = Log::of(300);
    let full = encode_entries(&log.entries[..256]).unwrap();
    let partial = encode_entries(&log.entries[256..]).unwrap();
    let mut checker = Checker::new();
    checker.confirm(&log.checkpoint(0)).unwrap();
    for (bundle, width) in [(full, 256), (partial, 44)] {
        for entry in decode_entries(&bundle, width).unwrap() {
            checker.add(entry).unwrap();
        }
        checker.confirm(&log.checkpoint(checker.size())).unwrap();
    }
    let behind = checker.confirm(&log.checkpoint(256));
    assert!(matches!(behind, Err(CheckError::Extra { index: 256 })));
    assert_eq!(checker.report().size, 300);
}

proptest! {
    /// Any entry or hash changed anywhere is found.
    #[test]
    fn nothing_changes_unseen(size in 1u64..200, a: usize, b: usize, entry: bool) {
        let mut log = Log::of(size);
        let signed = log.checkpoint(size);
        if entry {
            let at = a % log.entries.len();
            let byte = b % log.entries[at].len();
            log.entries[at][byte] ^= 1;
        } else {
            let at = a % log.stored.len();
            log.stored[at][b % 32] ^= 1;
        }
        prop_assert!(check(size, &log.entries, &log.stored, &signed).is_err());
    }
}
