use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

use super::*;
use crate::append;

/// Merkle tree hash straight from the words of RFC 6962 section 2.1, sharing nothing with the code
/// under test.
fn mth(entries: &[Vec<u8>]) -> Hash {
    match entries {
        [] => Sha256::digest(b"").into(),
        [entry] => Sha256::digest([&[0], entry.as_slice()].concat()).into(),
        _ => {
            let left = entries.len().next_power_of_two() / 2;
            let (left, right) = entries.split_at(left);
            Sha256::digest([&[1], &mth(left)[..], &mth(right)[..]].concat()).into()
        }
    }
}

/// Audit path from the words of RFC 6962 section 2.1.1.
fn path(index: usize, entries: &[Vec<u8>]) -> Vec<Hash> {
    if entries.len() == 1 {
        return Vec::new();
    }
    let left = entries.len().next_power_of_two() / 2;
    let (mut path, sibling) = if index < left {
        (path(index, &entries[..left]), mth(&entries[left..]))
    } else {
        (path(index - left, &entries[left..]), mth(&entries[..left]))
    };
    path.push(sibling);
    path
}

/// Consistency proof from the words of RFC 6962 section 2.1.2, SUBPROOF(m, D[n], b).
fn subproof(old: usize, entries: &[Vec<u8>], known: bool) -> Vec<Hash> {
    if old == entries.len() {
        return if known {
            Vec::new()
        } else {
            vec![mth(entries)]
        };
    }
    let left = entries.len().next_power_of_two() / 2;
    let (mut proof, other) = if old <= left {
        (
            subproof(old, &entries[..left], known),
            mth(&entries[left..]),
        )
    } else {
        (
            subproof(old - left, &entries[left..], false),
            mth(&entries[..left]),
        )
    };
    proof.push(other);
    proof
}

fn numbered(count: usize) -> Vec<Vec<u8>> {
    (0..count)
        .map(|n| format!("entry {n}").into_bytes())
        .collect()
}

fn stored(entries: &[Vec<u8>]) -> Vec<Hash> {
    let appended = append(0, entries, &Vec::new()).unwrap();
    appended.stored.into_iter().map(|(_, hash)| hash).collect()
}

/// Inputs and roots of the Certificate Transparency reference implementation.
#[test]
fn roots_of_the_known_answer_tree() {
    let inputs = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ];
    let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let entries: Vec<Vec<u8>> = inputs.iter().map(|hex| hex::decode(hex).unwrap()).collect();
    let stored = stored(&entries);
    for (size, expected) in roots.iter().enumerate() {
        let found = root(size as u64, &stored).unwrap();
        assert_eq!(hex::encode(found), *expected, "size {size}");
        assert_eq!(hex::encode(mth(&entries[..size])), *expected, "size {size}");
    }
}

#[test]
fn every_root_and_proof_up_to_70_entries_is_the_one_of_the_rfc() {
    let entries = numbered(70);
    let stored = stored(&entries);
    for size in 0..=entries.len() {
        let tree = &entries[..size];
        let size_u64 = size as u64;
        let root_now = root(size_u64, &stored).unwrap();
        assert_eq!(root_now, mth(tree), "root of {size}");
        for (index, entry) in tree.iter().enumerate() {
            let proof = inclusion_proof(index as u64, size_u64, &stored).unwrap();
            assert_eq!(proof, path(index, tree), "entry {index} of {size}");
            let leaf = leaf_hash(entry);
            verify_inclusion(&proof, index as u64, size_u64, leaf, root_now).unwrap();
        }
        for old in 1..=size {
            let proof = consistency_proof(old as u64, size_u64, &stored).unwrap();
            assert_eq!(proof, subproof(old, tree, true), "{old} in {size}");
            let old_root = mth(&entries[..old]);
            verify_consistency(&proof, old as u64, old_root, size_u64, root_now).unwrap();
        }
    }
}

#[test]
fn the_empty_tree_begins_every_tree() {
    let entries = numbered(5);
    let stored = stored(&entries);
    let empty = root(0, &stored).unwrap();
    assert_eq!(
        consistency_proof(0, 5, &stored).unwrap(),
        Vec::<Hash>::new()
    );
    verify_consistency(&[], 0, empty, 5, mth(&entries)).unwrap();
    verify_consistency(&[], 0, empty, 0, empty).unwrap();
    assert!(verify_consistency(&[], 0, [1; 32], 5, mth(&entries)).is_err());
    assert!(verify_consistency(&[[1; 32]], 0, empty, 5, mth(&entries)).is_err());
    assert!(verify_consistency(&[], 0, empty, 0, [1; 32]).is_err());
}

#[test]
fn proofs_of_the_impossible_are_refused() {
    let stored = stored(&numbered(5));
    assert!(matches!(
        inclusion_proof(5, 5, &stored),
        Err(TreeError::NoSuchEntry { index: 5, size: 5 })
    ));
    assert!(matches!(
        consistency_proof(6, 5, &stored),
        Err(TreeError::Shrunk { old: 6, new: 5 })
    ));
    assert!(matches!(
        root(6, &stored),
        Err(TreeError::Read(ReadError::Missing(_)))
    ));
    for size in [MAX_TREE_SIZE + 1, u64::MAX] {
        assert!(matches!(
            root(size, &stored),
            Err(TreeError::TooLarge { .. })
        ));
        assert!(inclusion_proof(0, size, &stored).is_err());
        assert!(consistency_proof(1, size, &stored).is_err());
        assert!(stored_count(size).is_err());
        assert!(verify_inclusion(&[], 0, size, [0; 32], [0; 32]).is_err());
        assert!(verify_consistency(&[], 1, [0; 32], size, [0; 32]).is_err());
    }
    for (level, position) in [
        (48, 1),
        (49, 0),
        (64, 0),
        (255, 0),
        (255, u64::MAX),
        (0, u64::MAX),
    ] {
        assert!(stored_index(level, position).is_err(), "{level}/{position}");
    }
    assert_eq!(stored_index(0, 0).unwrap(), 0);
    assert_eq!(stored_index(1, 0).unwrap(), 2);
    assert_eq!(stored_index(2, 0).unwrap(), 6);
    assert!(stored_index(48, 0).unwrap() < i64::MAX as u64);
}

#[test]
fn the_largest_tree_works() {
    let largest = MAX_TREE_SIZE;
    assert_eq!(root_indexes(largest).unwrap().len(), 1);
    assert_eq!(inclusion_indexes(0, largest).unwrap().len(), 48);
    assert_eq!(inclusion_indexes(largest - 1, largest).unwrap().len(), 48);
    assert!(consistency_indexes(largest - 1, largest).unwrap().len() <= 48 + 48);
    assert!(stored_count(largest).unwrap() < i64::MAX as u64);
}

/// A storage that answers with the wrong number of hashes.
struct Short;

impl HashReader for Short {
    fn read(&self, indexes: &[u64]) -> Result<Vec<Hash>, ReadError> {
        Ok(vec![[0; 32]; indexes.len().saturating_sub(1)])
    }
}

/// A storage that fails.
struct Broken;

impl HashReader for Broken {
    fn read(&self, _: &[u64]) -> Result<Vec<Hash>, ReadError> {
        Err(ReadError::Storage("the disk is gone".into()))
    }
}

#[test]
fn a_failing_storage_is_an_error_and_not_a_panic() {
    let wrong_count = |result: Result<(), TreeError>| {
        assert!(
            matches!(result, Err(TreeError::WrongCount { .. })),
            "{result:?}"
        );
    };
    wrong_count(root(5, &Short).map(drop));
    wrong_count(inclusion_proof(1, 5, &Short).map(drop));
    wrong_count(consistency_proof(3, 5, &Short).map(drop));
    wrong_count(append(5, [b"x"], &Short).map(drop));
    let storage = |result: Result<(), TreeError>| {
        let failed = matches!(result, Err(TreeError::Read(ReadError::Storage(_))));
        assert!(failed, "{result:?}");
    };
    storage(root(5, &Broken).map(drop));
    storage(inclusion_proof(1, 5, &Broken).map(drop));
    storage(consistency_proof(3, 5, &Broken).map(drop));
    storage(append(5, [b"x"], &Broken).map(drop));
}

proptest! {
    /// A storage that holds just the hashes that the `*_indexes` functions name is enough.
    #[test]
    fn the_indexes_named_are_the_indexes_read(new in 1u64..700, a: u64, b: u64) {
        let all = stored(&numbered(usize::try_from(new).unwrap()));
        let only = |indexes: Vec<u64>| -> HashMap<u64, Hash> {
            indexes.into_iter().map(|n| (n, all[usize::try_from(n).unwrap()])).collect()
        };
        let index = a % new;
        let old = b % new + 1;
        prop_assert_eq!(root(new, &only(root_indexes(new).unwrap())).unwrap(), root(new, &all).unwrap());
        let some = only(inclusion_indexes(index, new).unwrap());
        prop_assert_eq!(
            inclusion_proof(index, new, &some).unwrap(),
            inclusion_proof(index, new, &all).unwrap()
        );
        let some = only(consistency_indexes(old, new).unwrap());
        prop_assert_eq!(
            consistency_proof(old, new, &some).unwrap(),
            consistency_proof(old, new, &all).unwrap()
        );
    }

    /// A proof holds for its own entry, place and size, and for nothing near them.
    #[test]
    fn a_proof_proves_one_thing(
        size in 2usize..600,
        a: usize,
        b: usize,
        bit in 0usize..256,
    ) {
        let entries = numbered(size);
        let stored = stored(&entries);
        let (index, other) = (a % size, b % size);
        let (n, size) = (index as u64, size as u64);
        let root_now = mth(&entries);
        let leaf = leaf_hash(&entries[index]);
        let mut proof = inclusion_proof(n, size, &stored).unwrap();
        verify_inclusion(&proof, n, size, leaf, root_now).unwrap();
        if other != index {
            prop_assert!(verify_inclusion(&proof, other as u64, size, leaf, root_now).is_err());
            let other_leaf = leaf_hash(&entries[other]);
            prop_assert!(verify_inclusion(&proof, n, size, other_leaf, root_now).is_err());
        }
        let mut other_root = root_now;
        other_root[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(verify_inclusion(&proof, n, size, leaf, other_root).is_err());
        prop_assert!(verify_inclusion(&proof[1..], n, size, leaf, root_now).is_err());
        let longer = [&proof[..], &[root_now]].concat();
        prop_assert!(verify_inclusion(&longer, n, size, leaf, root_now).is_err());
        let which = b % proof.len();
        proof[which][bit / 8] ^= 1 << (bit % 8);
        prop_assert!(verify_inclusion(&proof, n, size, leaf, root_now).is_err());
    }

    #[test]
    fn a_rewritten_history_has_no_consistency_proof(
        new in 2usize..400,
        a: usize,
        b: usize,
    ) {
        let old = a % (new - 1) + 1;
        let entries = numbered(new);
        let mut rewritten = entries.clone();
        rewritten[b % old].push(b'!');
        let (old_root, rewritten_root) = (mth(&entries[..old]), mth(&rewritten));
        let (old, new) = (old as u64, new as u64);
        let proof = consistency_proof(old, new, &stored(&rewritten)).unwrap();
        prop_assert!(verify_consistency(&proof, old, old_root, new, rewritten_root).is_err());
        let honest = consistency_proof(old, new, &stored(&entries)).unwrap();
        prop_assert!(verify_consistency(&honest, old, old_root, new, rewritten_root).is_err());
        verify_consistency(&honest, old, old_root, new, mth(&entries)).unwrap();
    }

    #[test]
    fn verifying_never_panics(
        proof in prop::collection::vec(any::<[u8; 32]>(), 0..80),
        a: u64,
        b: u64,
    ) {
        prop_assert!(verify_inclusion(&proof, a, b, [1; 32], [2; 32]).is_err());
        prop_assert!(verify_consistency(&proof, a, [1; 32], b, [2; 32]).is_err());
        let (a, b) = (a % (MAX_TREE_SIZE + 1), b % (MAX_TREE_SIZE + 1));
        prop_assert!(verify_inclusion(&proof, a, b, [1; 32], [2; 32]).is_err());
        prop_assert!(verify_consistency(&proof, a, [1; 32], b, [2; 32]).is_err());
    }
}
