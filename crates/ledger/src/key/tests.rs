use super::*;

/// The example in the documentation of `golang.org/x/mod/sumdb/note`.
const SECRET: &str =
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const PUBLIC: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

#[test]
fn keys_are_spelled_as_the_go_checksum_database_spells_them() {
    let key = SigningKey::parse(SECRET).unwrap();
    assert_eq!(key.verifier().to_string(), PUBLIC);
    assert_eq!(key.to_secret_text(), SECRET);
    assert_eq!(&VerifierKey::parse(PUBLIC).unwrap(), key.verifier());
    assert_eq!(key.verifier().name(), "PeterNeumann");
    assert_eq!(key.verifier().id(), 0xc74f_20a3);
}

#[test]
fn a_key_file_may_end_in_a_newline() {
    assert!(VerifierKey::parse(&format!("{PUBLIC}\n")).is_ok());
    assert!(VerifierKey::parse(&format!("{PUBLIC}\r\n")).is_ok());
    assert!(SigningKey::parse(&format!("{SECRET}\n")).is_ok());
    assert!(VerifierKey::parse(&format!("{PUBLIC}\n{PUBLIC}\n")).is_err());
}

#[test]
fn the_secret_never_shows() {
    let key = SigningKey::from_seed("licensing.example/ledger", &[0x5a; 32]).unwrap();
    let secret = key.to_secret_text();
    let secret_part = secret.rsplit('+').next().unwrap();
    for shown in [format!("{key:?}"), format!("{key:#?}")] {
        assert!(!shown.contains(secret_part), "{shown}");
        assert!(!shown.contains("90, 90"), "{shown}");
        assert!(!shown.contains("5a5a"), "{shown}");
        assert!(shown.contains("licensing.example/ledger"), "{shown}");
    }
    assert!(!key.verifier().to_string().contains(secret_part));
}

#[test]
fn damaged_public_keys_are_refused_with_the_reason() {
    let cases = [
        ("", KeyError::PublicForm),
        ("PeterNeumann", KeyError::PublicForm),
        ("PeterNeumann+c74f20a3", KeyError::PublicForm),
        ("PeterNeumann+c74f20a3+!!!!", KeyError::PublicForm),
        (SECRET, KeyError::SecretGiven),
        (&PUBLIC.replace("Peter", "Petra"), KeyError::Hash),
        (&PUBLIC.replace("c74f", "C74F"), KeyError::Hash),
        (
            &PUBLIC.replace("c74f20a3", "+c74f20a3"),
            KeyError::PublicForm,
        ),
        (&PUBLIC.replace("c74f20a3", "c74f20a4"), KeyError::Hash),
        (&PUBLIC.replace("Peter", "Peter "), KeyError::Name),
        (&PUBLIC.replace("Peter", "Pét"), KeyError::Name),
        (&PUBLIC.replace("PeterNeumann", ""), KeyError::Name),
        (&PUBLIC.replace("+ARpc", "+ARpd"), KeyError::Hash),
        // Type 2, and no type at all.
        (&PUBLIC.replace("+ARpc", "+AhpC"), KeyError::Algorithm),
        ("PeterNeumann+c74f20a3+", KeyError::Algorithm),
        // Half a key.
        ("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegw", KeyError::Point),
        // Type 1 and 32 zero bytes: a point of small order, under which anybody can sign.
        (
            "PeterNeumann+c74f20a3+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            KeyError::Point,
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(VerifierKey::parse(text), Err(expected), "{text:?}");
    }
}

#[test]
fn damaged_secret_keys_are_refused() {
    let cases = [
        (PUBLIC, KeyError::SecretForm),
        (&SECRET.replace("c74f", "c74e"), KeyError::Hash),
        (&SECRET.replace("Peter", "Petra"), KeyError::Hash),
        (&SECRET[..SECRET.len() - 4], KeyError::Point),
    ];
    for (text, expected) in cases {
        assert_eq!(SigningKey::parse(text).unwrap_err(), expected);
    }
    for name in ["", "a b", "a+b", "a\nb", "é"] {
        let refused = SigningKey::from_seed(name, &[1; 32]).unwrap_err();
        assert_eq!(refused, KeyError::Name, "{name:?}");
    }
}

#[test]
fn signatures_have_one_encoding() {
    let key = SigningKey::from_seed("log.example", &[7; 32]).unwrap();
    let mut signature = key.sign(b"text");
    assert!(key.verifier().verifies(b"text", &signature));
    assert!(!key.verifier().verifies(b"test", &signature));
    assert!(!key.verifier().verifies(b"text", &signature[..63]));
    // The group order added to the second half gives the same scalar in another spelling, which
    // lenient verifiers accept.
    let order: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut carry = 0;
    for (byte, add) in signature[32..].iter_mut().zip(order) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        *byte = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
    assert!(!key.verifier().verifies(b"text", &signature));
}
