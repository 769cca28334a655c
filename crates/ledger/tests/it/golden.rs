//! The formats stay as they are: proofs handed out years ago must still verify.
//! `UPDATE_GOLDEN=1 cargo test -p portcullis-ledger` rewrites the files; a difference there means a
//! new version of a format.

use std::path::PathBuf;

use portcullis_ledger::verify;

use crate::log::Log;

#[test]
fn the_files_are_written_as_ever() {
    let log = Log::of(1000);
    golden("public-key.txt", format!("{}\n", log.vkey()).as_bytes());
    golden("decision.tlog-proof", &log.proof(425));
    golden("leaf.txt", &log.entries[425]);
}

#[test]
fn the_proof_of_old_verifies() {
    let proof = std::fs::read(kept("decision.tlog-proof")).unwrap();
    let vkey = std::fs::read_to_string(kept("public-key.txt")).unwrap();
    let verified = verify(&proof, &vkey).unwrap();
    assert_eq!(verified.subject, "0193a5f2-8f0e-7a51-b0d4-0000000001a9");
    assert_eq!((verified.index, verified.size), (425, 1000));
}

fn golden(name: &str, written: &[u8]) {
    let path = kept(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, written).unwrap();
    }
    let kept = std::fs::read(&path).unwrap();
    let (written, kept) = (
        String::from_utf8_lossy(written),
        String::from_utf8_lossy(&kept),
    );
    assert_eq!(written, kept);
}

fn kept(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/golden");
    folder.join(name)
}
