use proptest::prelude::*;
use tlog_tiles::tlog;

use super::*;
use crate::tree::root;

fn numbered(count: u64) -> Vec<Vec<u8>> {
    (0..count)
        .map(|n| format!("entry {n}").into_bytes())
        .collect()
}

/// What `tlog_tiles`, a port of the Go checksum database, stores for the same entries.
struct Oracle(Vec<tlog::Hash>);

impl tlog::HashReader for Oracle {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog::Hash>, tlog::Error> {
        Ok(indexes
            .iter()
            .map(|&n| self.0[usize::try_from(n).unwrap()])
            .collect())
    }
}

#[test]
fn stored_hashes_are_those_of_the_go_checksum_database() {
    let entries = numbered(300);
    let mut oracle = Oracle(Vec::new());
    for (n, entry) in entries.iter().enumerate() {
        let hashes = tlog::stored_hashes(n as u64, entry, &oracle).unwrap();
        oracle.0.extend(hashes);
    }
    let appended = append(0, &entries, &Vec::new()).unwrap();
    assert_eq!(appended.stored.len(), oracle.0.len());
    for (n, ((index, hash), expected)) in appended.stored.iter().zip(&oracle.0).enumerate() {
        assert_eq!(*index, n as u64);
        assert_eq!(hash, &expected.0, "stored index {n}");
    }
}

#[test]
fn an_entry_has_a_limit() {
    let mut edge = Edge::new();
    let mut stored = Vec::new();
    let too_long = vec![0; MAX_ENTRY_BYTES + 1];
    assert!(matches!(
        edge.append(&too_long, &mut stored),
        Err(TreeError::EntryTooLong { bytes: 65_536 })
    ));
    assert_eq!((edge.size(), stored.len()), (0, 0));
    assert_eq!(edge.append(&too_long[1..], &mut stored).unwrap(), 0);
}

#[test]
fn a_full_tree_takes_no_more() {
    let indexes = root_indexes(MAX_TREE_SIZE).unwrap();
    let reader: std::collections::BTreeMap<u64, Hash> =
        indexes.into_iter().map(|n| (n, [7; 32])).collect();
    assert!(matches!(
        append(MAX_TREE_SIZE, [b"x"], &reader),
        Err(TreeError::TooLarge { .. })
    ));
}

proptest! {
    /// However the entries are cut into batches, the same hashes are stored, and the edge kept
    /// from the batch before is the one read from storage.
    #[test]
    fn batches_do_not_matter(cuts in prop::collection::vec(0usize..70, 1..8)) {
        let total: usize = cuts.iter().sum();
        let entries = numbered(total as u64);
        let whole = append(0, &entries, &Vec::new()).unwrap();
        let mut stored: Vec<Hash> = Vec::new();
        let mut kept = Edge::default();
        let mut from = 0;
        for cut in cuts {
            let batch = append(from as u64, &entries[from..from + cut], &stored).unwrap();
            prop_assert_eq!(batch.first, from as u64);
            let mut hashes = Vec::new();
            for entry in &entries[from..from + cut] {
                kept.append(entry, &mut hashes).unwrap();
            }
            prop_assert_eq!(&hashes, &batch.stored);
            prop_assert_eq!(&kept, &batch.edge);
            for (index, hash) in batch.stored {
                prop_assert_eq!(index, stored.len() as u64);
                stored.push(hash);
            }
            from += cut;
            prop_assert_eq!(kept.root(), root(from as u64, &stored).unwrap());
        }
        prop_assert_eq!(whole.edge, kept);
        let all: Vec<Hash> = whole.stored.into_iter().map(|(_, hash)| hash).collect();
        prop_assert_eq!(all, stored);
    }
}
