//! Proof files: that a record is in the log, checkable offline with nothing but the public key.

use crate::checkpoint::CheckpointError;
use crate::leaf::LeafError;
use crate::text::{Lines, Malformed, decimal, from_base64, hash_from_base64, to_base64};
use crate::{
    Checkpoint, Hash, KeyError, Opening, TreeError, VerifierKey, leaf_hash, verify_inclusion,
};

/// The largest proof file read, in bytes. A real one has 1 to 3 kB.
pub const MAX_PROOF_BYTES: usize = 64 * 1024;
/// The most hashes a proof may have. A tree within the size limit needs 48.
pub const MAX_PATH_HASHES: usize = 64;

const HEADER: &str = "c2sp.org/tlog-proof@v1";
const HASH_LINE: &str = "a hash of the inclusion proof in Base64";

/// A proof that one record is in the log: what the leaf commits to, where it stands, the hashes
/// that lead from it to the root, and the signed checkpoint with that root.
///
/// The format is c2sp.org/tlog-proof: `extra` carries the [`Opening`], from which the leaf is
/// recomputed, so that it is authenticated too. There is exactly one spelling of a proof, and no
/// byte in it that verification does not cover.
///
/// ```text
/// c2sp.org/tlog-proof@v1
/// extra cG9ydGN1bGxpcy1vcGVuaW5nL3YxCnN1YmplY3Qg…
/// index 73894
/// gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=
/// B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=
///
/// licensing.example/ledger
/// 109482
/// sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=
///
/// — licensing.example/ledger hI2DJw…
/// ```
///
/// Reading one proves nothing; [`verify`] does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    opening: Opening,
    index: u64,
    path: Vec<Hash>,
    checkpoint: String,
}

/// Why a proof file cannot be read or made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// Larger than [`MAX_PROOF_BYTES`].
    #[error("the file has {bytes} bytes, more than the limit of {MAX_PROOF_BYTES}")]
    TooLarge {
        /// Size found.
        bytes: usize,
    },
    /// The bytes are not UTF-8.
    #[error("the file is not readable as text")]
    NotText,
    /// A line is not what the format asks for.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// More hashes than [`MAX_PATH_HASHES`].
    #[error("the proof has more than {MAX_PATH_HASHES} hashes")]
    TooManyHashes,
    /// The extra data does not describe a record.
    #[error("the record that the proof carries cannot be read")]
    Opening(#[from] LeafError),
    /// The checkpoint at the end is not a signed checkpoint in canonical form.
    #[error("the checkpoint at the end of the proof cannot be read")]
    Checkpoint(#[from] CheckpointError),
    /// Everything can be read, but it is not spelled as this format spells it.
    #[error("the file is not in the canonical form of a proof")]
    NotCanonical,
}

impl Proof {
    /// Puts a proof together: the record's opening, its index, the path from
    /// [`inclusion_proof`](crate::inclusion_proof) at the checkpoint's size, and the checkpoint
    /// note as [`Checkpoint::sign`] wrote it. Nothing is verified here; a proof of something
    /// untrue fails in [`verify`].
    ///
    /// # Errors
    ///
    /// [`ProofError`] if [`Proof::parse`] would not read the result.
    pub fn new(
        opening: Opening,
        index: u64,
        path: Vec<Hash>,
        checkpoint: &str,
    ) -> Result<Self, ProofError> {
        if path.len() > MAX_PATH_HASHES {
            return Err(ProofError::TooManyHashes);
        }
        Checkpoint::peek_canonical(checkpoint.as_bytes())?;
        let proof = Self {
            opening,
            index,
            path,
            checkpoint: checkpoint.to_owned(),
        };
        let bytes = proof.to_bytes()?.len();
        if bytes > MAX_PROOF_BYTES {
            return Err(ProofError::TooLarge { bytes });
        }
        Ok(proof)
    }

    /// What the proof says it is about; not to be believed before [`verify`].
    pub fn opening(&self) -> &Opening {
        &self.opening
    }

    /// Index in the log that it claims, from 0.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// The one encoding of this proof, for a file that ends in `.tlog-proof`.
    ///
    /// # Errors
    ///
    /// [`ProofError::Opening`] if subject or kind are outside their alphabet.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ProofError> {
        let extra = to_base64(&self.opening.to_bytes()?);
        let mut text = format!("{HEADER}\nextra {extra}\nindex {}\n", self.index);
        for hash in &self.path {
            text.push_str(&to_base64(hash));
            text.push('\n');
        }
        text.push('\n');
        text.push_str(&self.checkpoint);
        Ok(text.into_bytes())
    }

    /// Reads a proof without verifying it.
    ///
    /// # Errors
    ///
    /// [`ProofError`] for every file that [`Proof::to_bytes`] would not have written.
    pub fn parse(bytes: &[u8]) -> Result<Self, ProofError> {
        if bytes.len() > MAX_PROOF_BYTES {
            return Err(ProofError::TooLarge { bytes: bytes.len() });
        }
        let text = std::str::from_utf8(bytes).map_err(|_| ProofError::NotText)?;
        let mut lines = Lines::new(text);
        lines.literal(HEADER)?;
        let extra = lines.field("extra", "`extra` and the record in Base64", from_base64)?;
        let opening = Opening::parse(&extra)?;
        let index = lines.field("index", "`index` and the entry's index", decimal)?;
        let path = read_path(&mut lines)?;
        let proof = Self::new(opening, index, path, lines.rest())?;
        // Each part was read strictly, so this holds; it is here because everything rests on it.
        if proof.to_bytes()? != bytes {
            return Err(ProofError::NotCanonical);
        }
        Ok(proof)
    }
}

/// The hashes up to the empty line.
fn read_path(lines: &mut Lines<'_>) -> Result<Vec<Hash>, ProofError> {
    let mut path = Vec::new();
    loop {
        let line = lines.next(HASH_LINE)?;
        if line.is_empty() {
            return Ok(path);
        }
        if path.len() >= MAX_PATH_HASHES {
            return Err(ProofError::TooManyHashes);
        }
        path.push(hash_from_base64(line).ok_or_else(|| lines.malformed(HASH_LINE))?);
    }
}

/// What a verified proof proves: at the time of a checkpoint signed by the log, this record was
/// entry `index` of `size`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Id of the record.
    pub subject: String,
    /// What the record is, for example `decision`.
    pub kind: String,
    /// When the log says it was recorded: microseconds since 1970-01-01 UTC.
    pub recorded_at: i64,
    /// SHA-256 of the record's canonical form. Compare it with the record at hand.
    pub digest: Hash,
    /// Index of the entry, from 0.
    pub index: u64,
    /// Entries in the tree that the checkpoint signs.
    pub size: u64,
    /// Name of the log.
    pub origin: String,
}

/// Which check a proof failed.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The public key cannot be used.
    #[error("the public key cannot be used")]
    Key(#[from] KeyError),
    /// The file is not a proof, or is damaged.
    #[error("the file is not a proof in its canonical form, or is damaged")]
    Proof(#[from] ProofError),
    /// The checkpoint is not signed by this key for this log, or was altered.
    #[error("the checkpoint in the proof is not vouched for by this key")]
    Checkpoint(#[from] CheckpointError),
    /// The index lies outside the tree, or the record, index and hashes do not lead to the signed
    /// root: one of them was altered, or the record was never logged.
    #[error("the record is not in the log at this place")]
    NotInLog(#[from] TreeError),
}

/// Verifies a proof file with the log's public key (`name+hash+base64`), which the reader must
/// have from the log itself: a key that comes with a proof proves nothing.
///
/// # Errors
///
/// [`VerifyError`] says which check failed.
pub fn verify(proof: &[u8], vkey: &str) -> Result<Verified, VerifyError> {
    let key = VerifierKey::parse(vkey)?;
    let proof = Proof::parse(proof)?;
    let checkpoint = Checkpoint::open_canonical(proof.checkpoint.as_bytes(), &key)?;
    let leaf = proof.opening.leaf().map_err(ProofError::from)?;
    verify_inclusion(
        &proof.path,
        proof.index,
        checkpoint.size,
        leaf_hash(&leaf.to_bytes()),
        checkpoint.root,
    )?;
    Ok(Verified {
        subject: proof.opening.subject,
        kind: proof.opening.kind,
        recorded_at: proof.opening.recorded_at,
        digest: proof.opening.digest,
        index: proof.index,
        size: checkpoint.size,
        origin: checkpoint.origin,
    })
}
