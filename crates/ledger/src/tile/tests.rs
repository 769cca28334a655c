use proptest::prelude::*;

use super::*;
use crate::tree::{Hash, root};
use crate::{MAX_TREE_SIZE, append, leaf_hash};

fn entries(count: u64) -> Vec<Vec<u8>> {
    (0..count)
        .map(|n| format!("entry {n}").into_bytes())
        .collect()
}

fn stored(entries: &[Vec<u8>]) -> Vec<Hash> {
    let appended = append(0, entries, &Vec::new()).unwrap();
    appended.stored.into_iter().map(|(_, hash)| hash).collect()
}

#[test]
fn paths_are_spelled_as_the_format_says() {
    let cases = [
        ("tile/0/000", TilePath::hashes(0, 0, 256)),
        ("tile/0/x001/x234/067", TilePath::hashes(0, 1_234_067, 256)),
        ("tile/0/x001/234.p/5", TilePath::hashes(0, 1_234, 5)),
        ("tile/63/999.p/255", TilePath::hashes(63, 999, 255)),
        ("tile/entries/x001/000.p/1", TilePath::entries(1000, 1)),
        ("tile/entries/256", TilePath::entries(256, 256)),
        (
            "tile/1/x018/x446/x744/x073/x709/x551/615",
            TilePath::hashes(1, u64::MAX, 256),
        ),
    ];
    for (text, path) in cases {
        let path = path.unwrap();
        assert_eq!(path.to_string(), text);
        assert_eq!(TilePath::parse(text).unwrap(), path);
    }
}

#[test]
fn other_spellings_are_refused() {
    let cases = [
        "",
        "tile",
        "tile/",
        "tile/0",
        "tile/0/",
        "/tile/0/000",
        "tile/0/000/",
        "tile//000",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/1000",
        "tile/0/x1000/000",
        "tile/0/x000/001",
        "tile/0/x001",
        "tile/0/001/234",
        "tile/0/x001/x234",
        "tile/0/xx001/234",
        "tile/0/X001/234",
        "tile/0/-01",
        "tile/0/+01",
        "tile/0/ 01",
        "tile/0/..",
        "tile/0/../000",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/256/000",
        "tile/8/0/000",
        "tile/data/000",
        "tile/Entries/000",
        "tile/0/000.p",
        "tile/0/000.p/",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/257",
        "tile/0/000.p/05",
        "tile/0/000.p/+5",
        "tile/0/000.p/5/",
        "tile/0/000.p/5.p/5",
        "tile/0/000.p/99999999999",
        "tile/0/000%2ep/5",
        "tile/1/x018/x446/x744/x073/x709/x551/616",
        "tile/1/x999/x999/x999/x999/x999/x999/x999/999",
        "checkpoint",
    ];
    for text in cases {
        assert!(TilePath::parse(text).is_err(), "accepted {text:?}");
    }
    let long = format!("tile/0/{}000", "x000/".repeat(1000));
    assert!(TilePath::parse(&long).is_err());
    assert!(TilePath::hashes(64, 0, 1).is_err());
    assert!(TilePath::hashes(0, 0, 0).is_err());
    assert!(TilePath::entries(0, 257).is_err());
}

/// The example in c2sp.org/tlog-tiles: a tree of 70,000 entries.
#[test]
fn a_tree_of_70_000_has_the_tiles_of_the_example() {
    let published = tiles_to_publish(0, 70_000).unwrap();
    let count = |level: u8, full: bool| {
        let kind = TileKind::Hashes { level };
        let of_kind = published.iter().filter(|path| path.kind() == kind);
        of_kind.filter(|path| (path.width() == 256) == full).count()
    };
    assert_eq!((count(0, true), count(0, false)), (273, 1));
    assert_eq!((count(1, true), count(1, false)), (1, 1));
    assert_eq!((count(2, true), count(2, false)), (0, 1));
    for partial in ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"] {
        let path = TilePath::parse(partial).unwrap();
        assert!(published.contains(&path), "{partial}");
        assert!(path.is_in_tree(70_000));
        assert!(
            !TilePath::hashes(path_level(&path), path.index(), path.width() + 1)
                .unwrap()
                .is_in_tree(70_000)
        );
    }
    let bundles = published
        .iter()
        .filter(|path| path.kind() == TileKind::Entries);
    assert_eq!(bundles.count(), 274);
    assert!(published.iter().all(|path| path.is_in_tree(70_000)));
    assert!(tiles_to_publish(5, 5).unwrap().is_empty());
    assert!(tiles_to_publish(6, 5).is_err());
}

fn path_level(path: &TilePath) -> u8 {
    match path.kind() {
        TileKind::Hashes { level } => level,
        TileKind::Entries => 0,
    }
}

#[test]
fn tiles_hold_the_hashes_of_their_subtrees() {
    let entries = entries(600);
    let stored = stored(&entries);
    let leaves = read_tile(&TilePath::hashes(0, 1, 256).unwrap(), 600, &stored).unwrap();
    assert_eq!(leaves.len(), 8192);
    for (hash, entry) in leaves.chunks(32).zip(&entries[256..]) {
        assert_eq!(hash, leaf_hash(entry));
    }
    let parents = read_tile(&TilePath::hashes(1, 0, 2).unwrap(), 600, &stored).unwrap();
    let first = append(0, &entries[..256], &Vec::new()).unwrap().edge.root();
    let second = append(0, &entries[256..512], &Vec::new())
        .unwrap()
        .edge
        .root();
    assert_eq!(parents, [first, second].concat());
    assert_eq!(root(512, &stored).unwrap(), {
        use sha2::{Digest as _, Sha256};
        <Hash>::from(Sha256::digest([&[1], &parents[..]].concat()))
    });
}

#[test]
fn tiles_beyond_the_tree_are_refused() {
    let stored = stored(&entries(600));
    for path in [
        "tile/0/002",
        "tile/0/002.p/89",
        "tile/0/003.p/1",
        "tile/1/000.p/3",
        "tile/1/000",
        "tile/2/000.p/1",
        "tile/8/000.p/1",
        "tile/63/000.p/1",
        "tile/0/x018/x446/x744/x073/x709/x551/615",
    ] {
        let path = TilePath::parse(path).unwrap();
        let read = read_tile(&path, 600, &stored);
        assert!(matches!(read, Err(TileError::NotInTree { .. })), "{path}");
        assert!(path.entry_range(600).is_err(), "{path}");
    }
    assert!(read_tile(&TilePath::parse("tile/0/002.p/88").unwrap(), 600, &stored).is_ok());
    let bundle = TilePath::parse("tile/entries/002.p/88").unwrap();
    assert_eq!(bundle.entry_range(600).unwrap(), 512..600);
    assert!(matches!(
        read_tile(&bundle, 600, &stored),
        Err(TileError::Entries)
    ));
    let parents = TilePath::parse("tile/1/000.p/2").unwrap();
    assert_eq!(parents.entry_range(600).unwrap(), 0..512);
    let top = TilePath::hashes(6, 0, 1).unwrap();
    assert_eq!(top.entry_range(MAX_TREE_SIZE).unwrap(), 0..MAX_TREE_SIZE);
    assert!(top.entry_range(MAX_TREE_SIZE + 1).is_err());
}

#[test]
fn bundles_are_length_prefixed() {
    let bundle = encode_entries([&b"a"[..], b"", b"bcd"]).unwrap();
    assert_eq!(bundle, b"\x00\x01a\x00\x00\x00\x03bcd");
    assert_eq!(
        decode_entries(&bundle, 3).unwrap(),
        [&b"a"[..], b"", b"bcd"]
    );
    for (bundle, width) in [
        (&bundle[..], 2),
        (&bundle, 4),
        (&bundle[..9], 3),
        (&bundle[..1], 1),
        (b"", 1),
        (b"\x00\x01a\x00", 1),
    ] {
        let decoded = decode_entries(bundle, width);
        assert!(
            matches!(decoded, Err(TileError::Bundle { .. })),
            "{bundle:?} {width}"
        );
    }
    let longest = vec![1; MAX_ENTRY_BYTES];
    let bundle = encode_entries([&longest]).unwrap();
    assert_eq!(decode_entries(&bundle, 1).unwrap(), [&longest]);
    assert!(matches!(
        encode_entries([vec![1; MAX_ENTRY_BYTES + 1]]),
        Err(TileError::EntryTooLong { bytes: 65_536 })
    ));
    assert!(encode_entries(vec![b"x"; 256]).is_ok());
    assert!(matches!(
        encode_entries(vec![b"x"; 257]),
        Err(TileError::TooManyEntries)
    ));
}

proptest! {
    #[test]
    fn paths_round_trip(level in 0u8..64, index: u64, width in 1u16..=256) {
        for path in [TilePath::hashes(level, index, width), TilePath::entries(index, width)] {
            let path = path.unwrap();
            prop_assert_eq!(TilePath::parse(&path.to_string()).unwrap(), path);
        }
    }

    #[test]
    fn what_is_read_is_written_back(path in "(tile/)?([0-9]{1,3}|entries)(/x?[0-9x+]{0,4}){0,8}(\\.p/[0-9]{0,4})?") {
        if let Ok(read) = TilePath::parse(&path) {
            prop_assert_eq!(read.to_string(), path);
        }
    }

    #[test]
    fn decoding_never_panics(bundle in prop::collection::vec(any::<u8>(), 0..300), width: u16) {
        if let Ok(entries) = decode_entries(&bundle, width) {
            prop_assert_eq!(encode_entries(entries).unwrap(), bundle);
        }
    }

    /// What is published step by step is what is published at once, apart from partial tiles that
    /// were completed since.
    #[test]
    fn publishing_in_steps_leaves_nothing_out(a in 0u64..3000, b in 0u64..3000) {
        let (old, new) = (a.min(b), a.max(b));
        let mut steps = tiles_to_publish(0, old).unwrap();
        steps.extend(tiles_to_publish(old, new).unwrap());
        for path in tiles_to_publish(0, new).unwrap() {
            prop_assert!(steps.contains(&path), "{path}");
        }
        prop_assert!(steps.iter().all(|path| path.is_in_tree(new)));
    }
}
