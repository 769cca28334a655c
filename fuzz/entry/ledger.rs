//! What the fuzzer of `ledger` calls, shared with the test that replays its
//! corpus. No proof made of arbitrary bytes may verify, and none may panic.

/// A key that signed nothing in the corpus: the example of the signed note
/// specification.
const STRANGER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

/// The first line is a verifier key, the rest a proof.
pub fn ledger_proof(bytes: &[u8]) {
    assert!(portcullis_ledger::verify(bytes, STRANGER).is_err());
    let end = bytes.iter().position(|b| *b == b'\n').unwrap_or(0);
    if let Ok(key) = std::str::from_utf8(&bytes[..end]) {
        let proof = bytes.get(end + 1..).unwrap_or_default();
        let _ = portcullis_ledger::verify(proof, key);
    }
}
