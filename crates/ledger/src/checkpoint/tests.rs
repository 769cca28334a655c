use proptest::prelude::*;

use super::*;

const ORIGIN: &str = "licensing.example/ledger";

fn key() -> SigningKey {
    SigningKey::from_seed(ORIGIN, &[3; 32]).unwrap()
}

fn checkpoint() -> Checkpoint {
    Checkpoint {
        origin: ORIGIN.to_owned(),
        size: 109_482,
        root: [0xab; 32],
    }
}

/// Signs any text with the key, as a careless log might.
fn sign_text(text: &str) -> String {
    let key = key();
    let signature = key.sign(text.as_bytes());
    let signed = [&key.verifier().id().to_be_bytes()[..], &signature].concat();
    format!("{text}\n— {ORIGIN} {}\n", to_base64(&signed))
}

#[test]
fn a_checkpoint_has_this_text() {
    let note = checkpoint().sign(&key()).unwrap();
    let text = format!("{ORIGIN}\n109482\nq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=\n");
    assert!(note.starts_with(&format!("{text}\n— {ORIGIN} ")));
    assert_eq!(note, sign_text(&text));
    assert_eq!(note.lines().count(), 5);
    let key = key();
    let opened = Checkpoint::open(note.as_bytes(), key.verifier()).unwrap();
    assert_eq!(opened, checkpoint());
    let opened = Checkpoint::open_canonical(note.as_bytes(), key.verifier()).unwrap();
    assert_eq!(opened, checkpoint());
}

/// The lenient verifier of `signed_note` agrees: other tools can read what is written here.
#[test]
fn another_implementation_verifies_it() {
    let note = checkpoint().sign(&key()).unwrap();
    let vkey = key().verifier().to_string();
    let verifier = signed_note::StandardVerifier::new(&vkey).unwrap();
    let known = signed_note::VerifierList::new(vec![Box::new(verifier)]);
    let parsed = Note::from_bytes(note.as_bytes()).unwrap();
    let (ours, others) = parsed.verify(&known).unwrap();
    assert_eq!((ours.len(), others.len()), (1, 0));
    let text = tlog_tiles::Checkpoint::from_bytes(parsed.text()).unwrap();
    assert_eq!((text.origin(), text.size()), (ORIGIN, 109_482));
    // And the other way round.
    let mut theirs = Note::new(parsed.text(), &[]).unwrap();
    let signer = signed_note::StandardSigner::new(&key().to_secret_text()).unwrap();
    theirs.add_sigs(&[&signer]).unwrap();
    assert_eq!(theirs.to_bytes(), note.as_bytes());
}

#[test]
fn only_the_log_itself_signs() {
    let other = SigningKey::from_seed("other.example", &[3; 32]).unwrap();
    assert_eq!(
        checkpoint().sign(&other),
        Err(CheckpointError::Origin {
            expected: "other.example".to_owned(),
            found: ORIGIN.to_owned(),
        })
    );
    let too_large = Checkpoint {
        size: MAX_TREE_SIZE + 1,
        ..checkpoint()
    };
    assert!(matches!(
        too_large.sign(&key()),
        Err(CheckpointError::Size { .. })
    ));
}

#[test]
fn another_key_is_named_as_the_reason() {
    let note = checkpoint().sign(&key()).unwrap();
    let same_name = SigningKey::from_seed(ORIGIN, &[4; 32]).unwrap();
    assert!(matches!(
        Checkpoint::open(note.as_bytes(), same_name.verifier()),
        Err(CheckpointError::OtherKey { .. })
    ));
    let other_name = SigningKey::from_seed("other.example", &[3; 32]).unwrap();
    assert!(matches!(
        Checkpoint::open(note.as_bytes(), other_name.verifier()),
        Err(CheckpointError::Origin { .. })
    ));
}

#[test]
fn cosignatures_are_tolerated_outside_of_proofs() {
    let note = checkpoint().sign(&key()).unwrap();
    let line = format!("— witness.example/w1 {}\n", to_base64(&[9; 76]));
    let key = key();
    let (text, ours) = note.split_once("\n\n").unwrap();
    for cosigned in [
        format!("{note}{line}"),
        format!("{text}\n\n{line}{ours}"),
        // The same line again, and one of another key with our name.
        format!("{note}{line}{line}"),
        format!("{note}— {ORIGIN} {}\n", to_base64(&[9; 68])),
    ] {
        let bytes = cosigned.as_bytes();
        assert_eq!(Checkpoint::open(bytes, key.verifier()), Ok(checkpoint()));
        assert_eq!(
            Checkpoint::open_canonical(bytes, key.verifier()),
            Err(CheckpointError::NotCanonical)
        );
    }
    // Our own signature twice is one too many for a proof.
    let twice = format!("{note}{ours}");
    assert!(Checkpoint::open(twice.as_bytes(), key.verifier()).is_ok());
    assert_eq!(
        Checkpoint::open_canonical(twice.as_bytes(), key.verifier()),
        Err(CheckpointError::NotCanonical)
    );
    // A false signature under our name and id condemns the note, wherever it stands.
    let forged = [&key.verifier().id().to_be_bytes()[..], &[0; 64]].concat();
    let forged = format!("{text}\n\n— {ORIGIN} {}\n{ours}", to_base64(&forged));
    assert_eq!(
        Checkpoint::open(forged.as_bytes(), key.verifier()),
        Err(CheckpointError::Signature)
    );
}

/// Signed by the right key, and still refused: the text has one spelling.
#[test]
fn malformed_texts_are_refused_even_if_signed() {
    let root = to_base64(&[0xab; 32]);
    let cases = [
        format!("{ORIGIN}\n01\n{root}\n"),
        format!("{ORIGIN}\n+1\n{root}\n"),
        format!("{ORIGIN}\n-1\n{root}\n"),
        format!("{ORIGIN}\n\n{root}\n"),
        format!("{ORIGIN}\n0x1\n{root}\n"),
        format!("{ORIGIN}\n 1\n{root}\n"),
        format!("{ORIGIN}\n18446744073709551616\n{root}\n"),
        format!("{ORIGIN}\n281474976710657\n{root}\n"),
        format!("{ORIGIN}\n1\n{}\n", root.trim_end_matches('=')),
        format!("{ORIGIN}\n1\n{}\n", to_base64(&[0xab; 31])),
        format!("{ORIGIN}\n1\n{}\n", to_base64(&[0xab; 33])),
        // Another spelling of the same 32 bytes: unused bits set.
        format!("{ORIGIN}\n1\n{}\n", root.replace("s=", "t=")),
        format!("{ORIGIN}\n1\n"),
        format!("{ORIGIN}\n"),
        format!("\n1\n{root}\n"),
        format!("{ORIGIN} \n1\n{root}\n"),
        format!("{ORIGIN}\n1\n{root}\nextension\n"),
        format!("{ORIGIN}\n1\n{root}\n\n"),
        format!("other.example\n1\n{root}\n"),
    ];
    let key = key();
    for text in cases {
        let note = sign_text(&text);
        let opened = Checkpoint::open(note.as_bytes(), key.verifier());
        assert!(opened.is_err(), "accepted {text:?}");
    }
    let good = sign_text(&format!("{ORIGIN}\n1\n{root}\n"));
    assert!(Checkpoint::open(good.as_bytes(), key.verifier()).is_ok());
}

#[test]
fn malformed_notes_are_refused() {
    let note = checkpoint().sign(&key()).unwrap();
    let (text, line) = note.split_once("\n\n").unwrap();
    let too_long = "x".repeat(MAX_CHECKPOINT_BYTES + 1);
    let cases = [
        String::new(),
        "\n\n".to_owned(),
        text.to_owned(),
        format!("{text}\n"),
        format!("{text}\n\n"),
        format!("{text}\n{line}"),
        format!("{text}\n\n{}", line.trim_end()),
        format!("{text}\n\n{}", line.replace('—', "-")),
        format!("{text}\n\n{}", line.replace("— ", "—")),
        format!("{text}\n\n{}", line.replace('=', "")),
        note.replace('\n', "\r\n"),
        format!("\u{feff}{note}"),
        format!("{note}\n"),
        format!("{note}rest"),
        too_long,
    ];
    let key = key();
    for case in cases {
        let opened = Checkpoint::open(case.as_bytes(), key.verifier());
        assert!(opened.is_err(), "accepted {case:?}");
    }
    assert_eq!(
        Checkpoint::open(b"\xff\n\n\xe2\x80\x94 a AAAAAAA=\n", key.verifier()),
        Err(CheckpointError::NotANote)
    );
}

proptest! {
    #[test]
    fn checkpoints_round_trip(size in 0..=MAX_TREE_SIZE, root: [u8; 32]) {
        let checkpoint = Checkpoint { origin: ORIGIN.to_owned(), size, root };
        let note = checkpoint.sign(&key()).unwrap();
        let opened = Checkpoint::open_canonical(note.as_bytes(), key().verifier()).unwrap();
        prop_assert_eq!(opened, checkpoint);
    }

    #[test]
    fn reading_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        prop_assert!(Checkpoint::open(&bytes, key().verifier()).is_err());
    }

    /// Text in the shape of a note, so that the later steps are reached.
    #[test]
    fn reading_near_misses_never_panics(note in "[a-z\n]{0,20}\n[0-9]{0,21}\n[A-Za-z0-9+/=]{0,50}\n\n(— [a-z.]{0,9} [A-Za-z0-9+/]{0,12}=?\n){0,3}") {
        prop_assert!(Checkpoint::open(note.as_bytes(), key().verifier()).is_err());
    }
}
