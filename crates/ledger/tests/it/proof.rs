//! Proofs hold, and nothing near them does.

use portcullis_ledger::{
    CheckpointError, MAX_PATH_HASHES, MAX_PROOF_BYTES, Proof, ProofError, SigningKey, TreeError,
    VerifyError, verify,
};
use proptest::prelude::*;

use crate::log::{Log, ORIGIN};

#[test]
fn every_record_of_logs_of_many_sizes_is_proved() {
    for size in [1, 2, 3, 7, 8, 9, 100] {
        let log = Log::of(size);
        for (index, opening) in (0..).zip(&log.openings) {
            let proof = log.proof(index);
            let verified = verify(&proof, &log.vkey()).unwrap();
            assert_eq!(verified.subject, opening.subject);
            assert_eq!(verified.kind, opening.kind);
            assert_eq!(verified.recorded_at, opening.recorded_at);
            assert_eq!(verified.digest, opening.digest);
            assert_eq!((verified.index, verified.size), (index, size));
            assert_eq!(verified.origin, ORIGIN);
            // The file says what it is about before anything is verified, and spells itself back.
            let parsed = Proof::parse(&proof).unwrap();
            assert_eq!((parsed.opening(), parsed.index()), (opening, index));
            assert_eq!(parsed.to_bytes().unwrap(), proof);
        }
    }
}

/// One entry (no hashes at all), and a place at the ragged right edge.
#[test]
fn every_flipped_bit_is_refused() {
    for (size, index) in [(1, 0), (11, 10), (1000, 421)] {
        let log = Log::of(size);
        let vkey = log.vkey();
        let proof = log.proof(index);
        verify(&proof, &vkey).unwrap();
        for bit in 0..proof.len() * 8 {
            let mut flipped = proof.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let verified = verify(&flipped, &vkey);
            assert!(verified.is_err(), "bit {bit} of {size}: {verified:?}");
        }
    }
}

#[test]
fn every_replaced_removed_or_added_byte_is_refused() {
    let log = Log::of(11);
    let vkey = log.vkey();
    let proof = log.proof(3);
    for at in 0..=proof.len() {
        for byte in *b"\n \r\0\t0A=+/\xff" {
            let mut longer = proof.clone();
            longer.insert(at, byte);
            assert!(verify(&longer, &vkey).is_err(), "{byte} put in at {at}");
            if at < proof.len() && proof[at] != byte {
                let mut other = proof.clone();
                other[at] = byte;
                assert!(verify(&other, &vkey).is_err(), "{byte} instead at {at}");
            }
        }
        if at < proof.len() {
            let mut shorter = proof.clone();
            shorter.remove(at);
            assert!(verify(&shorter, &vkey).is_err(), "without byte {at}");
            assert!(verify(&proof[..at], &vkey).is_err(), "cut at {at}");
            assert!(verify(&proof[proof.len() - at..], &vkey).is_err());
        }
    }
    assert!(verify(&[&proof[..], &proof].concat(), &vkey).is_err());
    assert!(verify(&[b"\xef\xbb\xbf", &proof[..]].concat(), &vkey).is_err());
    assert!(
        verify(
            String::from_utf8(proof)
                .unwrap()
                .replace('\n', "\r\n")
                .as_bytes(),
            &vkey
        )
        .is_err()
    );
}

#[test]
fn lines_belong_where_they_are() {
    let log = Log::of(1000);
    let proof = String::from_utf8(log.proof(421)).unwrap();
    let lines: Vec<&str> = proof.split_inclusive('\n').collect();
    for a in 0..lines.len() {
        let mut without = lines.clone();
        without.remove(a);
        assert!(verify(without.concat().as_bytes(), &log.vkey()).is_err());
        let mut twice = lines.clone();
        twice.insert(a, lines[a]);
        assert!(verify(twice.concat().as_bytes(), &log.vkey()).is_err());
        for b in a + 1..lines.len() {
            let mut swapped = lines.clone();
            swapped.swap(a, b);
            if swapped != lines {
                assert!(verify(swapped.concat().as_bytes(), &log.vkey()).is_err());
            }
        }
    }
}

/// The parts of two true proofs, mixed.
#[test]
fn a_true_checkpoint_does_not_vouch_for_another_record() {
    let log = Log::of(64);
    let (a, b) = (log.proof(5), log.proof(6));
    let (a, b) = (String::from_utf8(a).unwrap(), String::from_utf8(b).unwrap());
    let a: Vec<&str> = a.split_inclusive('\n').collect();
    let b: Vec<&str> = b.split_inclusive('\n').collect();
    for n in 1..a.len() {
        let mut mixed = a.clone();
        mixed[n] = b[n];
        if mixed == a {
            continue;
        }
        assert!(matches!(
            verify(mixed.concat().as_bytes(), &log.vkey()),
            Err(VerifyError::NotInLog(TreeError::DoesNotHold))
        ));
    }
    // A record that was never logged.
    let mut never = log.openings[5].clone();
    never.digest[0] ^= 1;
    let note = log.checkpoint(64).sign(&log.key).unwrap();
    let path = portcullis_ledger::inclusion_proof(5, 64, &log.stored).unwrap();
    let forged = Proof::new(never, 5, path, &note).unwrap();
    assert!(matches!(
        verify(&forged.to_bytes().unwrap(), &log.vkey()),
        Err(VerifyError::NotInLog(TreeError::DoesNotHold))
    ));
}

#[test]
fn each_failed_check_has_its_own_words() {
    let log = Log::of(5);
    let proof = log.proof(2);
    let text = String::from_utf8(proof.clone()).unwrap();
    let words = |proof: &str, vkey: &str| {
        let error = verify(proof.as_bytes(), vkey).unwrap_err();
        let mut words = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            words = format!("{words}: {cause}");
            source = cause.source();
        }
        words
    };
    let other = SigningKey::from_seed(ORIGIN, &[43; 32]).unwrap();
    let other_log = SigningKey::from_seed("other.example", &[42; 32]).unwrap();
    let vkey = log.vkey();
    let cases = [
        (
            words(&text, ""),
            "the public key cannot be used: the public key must be one line `name+hash+base64`",
        ),
        (
            words(&text, &log.key.to_secret_text()),
            "the public key cannot be used: this is a secret key; verifying takes the public one, \
             and nobody else may see this",
        ),
        (
            words("", &vkey),
            "the file is not a proof in its canonical form, or is damaged: line 1 should be \
             c2sp.org/tlog-proof@v1",
        ),
        (
            words(&text.replace("index 2", "index 02"), &vkey),
            "the file is not a proof in its canonical form, or is damaged: line 3 should be \
             `index` and the entry's index",
        ),
        (
            words(&text.replace("index 2", "index 5"), &vkey),
            "the record is not in the log at this place: entry 5 is not in a tree of 5 entries",
        ),
        (
            words(&text.replace("index 2", "index 1"), &vkey),
            "the record is not in the log at this place: the hashes of the proof do not lead to \
             the root",
        ),
        (
            words(&text.replace("\n5\n", "\n6\n"), &vkey),
            "the checkpoint in the proof is not vouched for by this key: the signature on the \
             checkpoint does not match its text",
        ),
        (
            words(&text, &other_log.verifier().to_string()),
            "the checkpoint in the proof is not vouched for by this key: the checkpoint is of log \
             \"licensing.example/ledger\", the key of log \"other.example\"",
        ),
    ];
    for (found, expected) in cases {
        assert_eq!(found, expected);
    }
    assert!(matches!(
        verify(&proof, &other.verifier().to_string()),
        Err(VerifyError::Checkpoint(CheckpointError::OtherKey { .. }))
    ));
}

#[test]
fn a_proof_carries_one_signature_and_no_key() {
    let log = Log::of(5);
    let proof = log.proof(2);
    let text = String::from_utf8(proof.clone()).unwrap();
    let key = log.vkey();
    assert!(!text.contains(key.rsplit('+').next().unwrap()));
    let witness = "— witness.example/w1 AAAAAAAAAAAAAAAA\n";
    for cosigned in [
        format!("{text}{witness}"),
        text.replace("— ", &format!("{witness}— ")),
    ] {
        assert!(matches!(
            verify(cosigned.as_bytes(), &key),
            Err(VerifyError::Proof(ProofError::Checkpoint(
                CheckpointError::NotCanonical
            )))
        ));
    }
}

#[test]
fn size_and_hashes_are_bounded() {
    let log = Log::of(5);
    let text = String::from_utf8(log.proof(2)).unwrap();
    let huge = format!("{text}{}", "x".repeat(MAX_PROOF_BYTES));
    assert!(matches!(
        Proof::parse(huge.as_bytes()),
        Err(ProofError::TooLarge { .. })
    ));
    let hash = "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=\n";
    for (count, refused) in [(MAX_PATH_HASHES - 3, false), (MAX_PATH_HASHES - 2, true)] {
        let many = text.replace("index 2\n", &format!("index 2\n{}", hash.repeat(count)));
        let parsed = Proof::parse(many.as_bytes());
        assert_eq!(parsed == Err(ProofError::TooManyHashes), refused, "{count}");
        assert!(verify(many.as_bytes(), &log.vkey()).is_err());
    }
    let path = vec![[0; 32]; MAX_PATH_HASHES + 1];
    let note = log.checkpoint(5).sign(&log.key).unwrap();
    assert_eq!(
        Proof::new(log.openings[0].clone(), 0, path, &note),
        Err(ProofError::TooManyHashes)
    );
}

#[test]
fn what_cannot_be_read_cannot_be_made() {
    let log = Log::of(5);
    let note = log.checkpoint(5).sign(&log.key).unwrap();
    let mut nameless = log.openings[0].clone();
    nameless.subject = String::new();
    assert!(matches!(
        Proof::new(nameless, 0, Vec::new(), &note),
        Err(ProofError::Opening(_))
    ));
    for note in ["", "x\n1\n", &note[..note.len() - 1], &format!("{note}\n")] {
        assert!(Proof::new(log.openings[0].clone(), 0, Vec::new(), note).is_err());
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        let vkey = Log::of(1).vkey();
        prop_assert!(verify(&bytes, &vkey).is_err());
    }

    /// Several changes at once in a true proof: what still reads is written back unchanged, and
    /// none of it verifies.
    #[test]
    fn damaged_proofs_are_refused(
        changes in prop::collection::vec((any::<usize>(), any::<u8>()), 1..6),
        cut: Option<usize>,
    ) {
        let log = Log::of(11);
        let proof = log.proof(7);
        let mut damaged = proof.clone();
        for (at, byte) in changes {
            let at = at % damaged.len();
            damaged[at] = byte;
        }
        if let Some(cut) = cut {
            damaged.truncate(cut % proof.len());
        }
        if let Ok(read) = Proof::parse(&damaged) {
            prop_assert_eq!(&read.to_bytes().unwrap(), &damaged);
        }
        prop_assert_eq!(verify(&damaged, &log.vkey()).is_ok(), damaged == proof);
    }

    /// Text in the shape of a proof, so that the later steps are reached.
    #[test]
    fn near_misses_never_panic(
        proof in "c2sp.org/tlog-proof@v1\nextra [A-Za-z0-9+/]{0,40}={0,2}\nindex [0-9]{1,20}\n([A-Za-z0-9+/]{43}=\n){0,4}\n[a-z]{1,9}\n[0-9]{1,20}\n[A-Za-z0-9+/]{43}=\n\n— [a-z]{1,9} [A-Za-z0-9+/]{91}=\n",
    ) {
        if let Ok(read) = Proof::parse(proof.as_bytes()) {
            prop_assert_eq!(read.to_bytes().unwrap(), proof.as_bytes());
        }
        prop_assert!(verify(proof.as_bytes(), &Log::of(1).vkey()).is_err());
    }

    #[test]
    fn any_text_as_a_key_is_an_error(vkey in "\\PC{0,80}|[a-z.]{1,9}\\+[0-9a-f]{8}\\+[A-Za-z0-9+/]{44}") {
        prop_assert!(verify(&Log::of(1).proof(0), &vkey).is_err());
    }
}
