use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

use super::*;

fn opening() -> Opening {
    Opening {
        subject: "0193a5f2-8f0e-7a51-b0d4-1f2e3d4c5b6a".to_owned(),
        kind: "decision".to_owned(),
        recorded_at: 1_795_347_129_000_000,
        digest: [0x11; 32],
        salt: [0x22; 32],
    }
}

#[test]
fn a_leaf_has_this_text() {
    let leaf = opening().leaf().unwrap();
    let expected = format!(
        "portcullis-leaf/v1\nkind decision\nrecorded 1795347129000000\ncommitment {}\n",
        hex::encode(leaf.commitment())
    );
    assert_eq!(String::from_utf8(leaf.to_bytes()).unwrap(), expected);
    assert_eq!(Leaf::parse(expected.as_bytes()).unwrap(), leaf);
}

#[test]
fn the_commitment_is_the_documented_hash() {
    // Written out by hand, so that a change of the input cannot pass unseen.
    let mut input = Vec::new();
    input.extend(b"\x00\x00\x00\x18portcullis-commitment/v1");
    input.extend(b"\x00\x00\x00\x240193a5f2-8f0e-7a51-b0d4-1f2e3d4c5b6a");
    input.extend(b"\x00\x00\x00\x08decision");
    input.extend(b"\x00\x00\x00\x20");
    input.extend([0x11; 32]);
    input.extend(b"\x00\x00\x00\x20");
    input.extend([0x22; 32]);
    let expected: Hash = Sha256::digest(&input).into();
    assert_eq!(opening().commitment(), expected);
}

#[test]
fn every_part_changes_the_commitment() {
    let changes: [fn(&mut Opening); 4] = [
        |o| o.subject.push('x'),
        |o| o.kind.push('x'),
        |o| o.digest[31] ^= 1,
        |o| o.salt[0] ^= 1,
    ];
    for change in changes {
        let mut other = opening();
        change(&mut other);
        assert_ne!(other.commitment(), opening().commitment(), "{other:?}");
    }
    // The border between subject and kind belongs to the input.
    let mut moved = opening();
    moved.subject.push('d');
    moved.kind.remove(0);
    assert_ne!(moved.commitment(), opening().commitment());
}

#[test]
fn the_time_is_bound_by_the_leaf() {
    let mut later = opening();
    later.recorded_at += 1;
    assert_ne!(
        later.leaf().unwrap().to_bytes(),
        opening().leaf().unwrap().to_bytes()
    );
}

#[test]
fn leaves_in_another_spelling_are_refused() {
    let commitment = hex::encode([0xab; 32]);
    let good = format!("portcullis-leaf/v1\nkind policy\nrecorded -1\ncommitment {commitment}\n");
    assert_eq!(Leaf::parse(good.as_bytes()).unwrap().recorded_at(), -1);
    let bad = [
        (String::new(), "an empty entry"),
        (good.replace("/v1", "/v2"), "another version"),
        (good.replace('\n', "\r\n"), "carriage returns"),
        (good.trim_end().to_owned(), "no last newline"),
        (format!("{good}\n"), "a line too many"),
        (good.replace("policy", ""), "no kind"),
        (good.replace("policy", "Policy"), "a capital"),
        (good.replace("policy", "po licy"), "a space"),
        (good.replace("policy", &"p".repeat(33)), "a long kind"),
        (good.replace("kind ", "kind  "), "two spaces"),
        (good.replace("-1", "+1"), "a plus sign"),
        (good.replace("-1", "-0"), "minus nought"),
        (good.replace("-1", "01"), "a leading zero"),
        (good.replace("-1", "9223372036854775808"), "2^63"),
        (good.replace("-1", "1.5"), "a fraction"),
        (
            good.replace(&commitment, &commitment.to_uppercase()),
            "capital digits",
        ),
        (good.replace(&commitment, &commitment[2..]), "a short hash"),
        (
            good.replace(&commitment, &format!("{commitment}00")),
            "a long hash",
        ),
    ];
    for (text, what) in bad {
        assert!(Leaf::parse(text.as_bytes()).is_err(), "accepted {what}");
    }
    assert_eq!(Leaf::parse(b"\xff"), Err(LeafError::NotText));
}

#[test]
fn an_error_names_the_line() {
    let text = "portcullis-leaf/v1\nkind decision\nrecorded soon\n";
    assert_eq!(
        Leaf::parse(text.as_bytes()).unwrap_err().to_string(),
        "line 3 should be `recorded` and microseconds since 1970-01-01 UTC"
    );
}

#[test]
fn subjects_and_kinds_outside_their_alphabet_are_refused() {
    let long_subject = "s".repeat(256);
    for subject in ["", "a b", "a\nb", "é", long_subject.as_str()] {
        let bad = Opening {
            subject: subject.to_owned(),
            ..opening()
        };
        assert_eq!(bad.leaf(), Err(LeafError::Subject), "{subject:?}");
        assert_eq!(bad.to_bytes(), Err(LeafError::Subject), "{subject:?}");
    }
    for kind in ["", "Decision", "a_b", "a\nb"] {
        let bad = Opening {
            kind: kind.to_owned(),
            ..opening()
        };
        assert_eq!(bad.leaf(), Err(LeafError::Kind), "{kind:?}");
    }
}

proptest! {
    #[test]
    fn openings_round_trip(
        subject in "[!-~]{1,255}",
        kind in "[a-z0-9-]{1,32}",
        recorded_at: i64,
        digest: [u8; 32],
        salt: [u8; 32],
    ) {
        let opening = Opening { subject, kind, recorded_at, digest, salt };
        prop_assert_eq!(&Opening::parse(&opening.to_bytes().unwrap()).unwrap(), &opening);
        let leaf = opening.leaf().unwrap();
        prop_assert_eq!(Leaf::parse(&leaf.to_bytes()).unwrap(), leaf);
    }

    /// Near misses: a few bytes of a good text changed. What is read is written back unchanged.
    #[test]
    fn what_is_read_is_written_back(
        changes in prop::collection::vec((0usize..300, any::<u8>()), 0..4),
    ) {
        let mut bytes = opening().to_bytes().unwrap();
        let mut leaf_bytes = opening().leaf().unwrap().to_bytes();
        for (at, byte) in changes {
            let (at, leaf_at) = (at % bytes.len(), at % leaf_bytes.len());
            bytes[at] = byte;
            leaf_bytes[leaf_at] = byte;
        }
        if let Ok(read) = Opening::parse(&bytes) {
            prop_assert_eq!(read.to_bytes().unwrap(), bytes);
        }
        if let Ok(read) = Leaf::parse(&leaf_bytes) {
            prop_assert_eq!(read.to_bytes(), leaf_bytes);
        }
    }
}
