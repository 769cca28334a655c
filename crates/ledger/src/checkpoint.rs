//! Signed tree heads: c2sp.org/tlog-checkpoint in a c2sp.org/signed-note.

use signed_note::{Note, NoteError, Signature, VerificationError, Verifier, Verifiers};

use crate::text::{Lines, Malformed, decimal, hash_from_base64, to_base64};
use crate::{Hash, MAX_TREE_SIZE, SigningKey, VerifierKey};

/// The largest checkpoint read, in bytes. Sixteen cosignatures, post-quantum ones among them, take
/// about 80 kB (c2sp.org/signed-note asks verifiers to accept that many).
pub const MAX_CHECKPOINT_BYTES: usize = 128 * 1024;

/// The head of the log: this many entries, this root.
///
/// Its text, which is what gets signed:
///
/// ```text
/// licensing.example/ledger
/// 20852163
/// CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Name of the log.
    pub origin: String,
    /// Entries in the tree.
    pub size: u64,
    /// Root of the tree.
    pub root: Hash,
}

/// Why a checkpoint is refused, or cannot be signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Longer than [`MAX_CHECKPOINT_BYTES`].
    #[error("the checkpoint has {bytes} bytes, more than the limit of {MAX_CHECKPOINT_BYTES}")]
    TooLong {
        /// Length found.
        bytes: usize,
    },
    /// Not text, a blank line and signature lines.
    #[error("the checkpoint is not a signed note: text, a blank line, signature lines")]
    NotANote,
    /// A line of the signed text is not what the format asks for.
    #[error("the checkpoint's text cannot be read")]
    Text(#[source] Malformed),
    /// Signed for another log, or asked to be.
    #[error("the checkpoint is of log {found:?}, the key of log {expected:?}")]
    Origin {
        /// Name in the key.
        expected: String,
        /// Origin line of the checkpoint.
        found: String,
    },
    /// No signature line bears this key's name and id.
    #[error("the checkpoint is not signed with this key ({name}+{id:08x})")]
    OtherKey {
        /// Name in the key.
        name: String,
        /// Key id.
        id: u32,
    },
    /// The key's signature does not match the text.
    #[error("the signature on the checkpoint does not match its text")]
    Signature,
    /// Verified, but not byte for byte what this log writes: further signature lines, or another
    /// spelling.
    #[error("the checkpoint is not in its canonical form with one signature")]
    NotCanonical,
    /// More entries than any tree here has.
    #[error("the checkpoint is of {size} entries, more than the limit of {MAX_TREE_SIZE}")]
    Size {
        /// Size found, or asked to be signed.
        size: u64,
    },
}

impl Checkpoint {
    fn to_text(&self) -> String {
        format!(
            "{}\n{}\n{}\n",
            self.origin,
            self.size,
            to_base64(&self.root)
        )
    }

    /// Signs the checkpoint: its text, a blank line and one signature line. The same checkpoint and
    /// key always give the same bytes.
    ///
    /// A log must never sign two heads of which one does not continue the other; the caller sees
    /// to that.
    ///
    /// # Errors
    ///
    /// [`CheckpointError::Origin`] if the key is of another log, [`CheckpointError::Size`].
    pub fn sign(&self, key: &SigningKey) -> Result<String, CheckpointError> {
        let verifier = key.verifier();
        self.is_of(verifier)?;
        if self.size > MAX_TREE_SIZE {
            return Err(CheckpointError::Size { size: self.size });
        }
        let text = self.to_text();
        let signature = key.sign(text.as_bytes());
        let signed = [&verifier.id().to_be_bytes()[..], &signature].concat();
        let line = to_base64(&signed);
        Ok(format!("{text}\n— {} {line}\n", verifier.name()))
    }

    fn is_of(&self, key: &VerifierKey) -> Result<(), CheckpointError> {
        if self.origin == key.name() {
            return Ok(());
        }
        Err(CheckpointError::Origin {
            expected: key.name().to_owned(),
            found: self.origin.clone(),
        })
    }

    /// Verifies a checkpoint as a log or witness serves it: signature lines of other keys may be
    /// there and are ignored, as c2sp.org/signed-note asks. Extension lines are refused: this log
    /// writes none.
    ///
    /// # Errors
    ///
    /// [`CheckpointError`], never [`CheckpointError::NotCanonical`].
    pub fn open(note: &[u8], key: &VerifierKey) -> Result<Self, CheckpointError> {
        let note = read_note(note)?;
        let checkpoint = Self::from_text(note.text())?;
        checkpoint.is_of(key)?;
        verify_signature(&note, key)?;
        Ok(checkpoint)
    }

    /// Verifies a checkpoint in its canonical form, as a proof carries it: exactly what
    /// [`Checkpoint::sign`] writes, one signature line.
    ///
    /// # Errors
    ///
    /// [`CheckpointError`].
    pub fn open_canonical(note: &[u8], key: &VerifierKey) -> Result<Self, CheckpointError> {
        Self::peek_canonical(note)?;
        Self::open(note, key)
    }

    /// Reads a checkpoint in its canonical form without verifying the signature. What it says must
    /// not be believed.
    pub(crate) fn peek_canonical(bytes: &[u8]) -> Result<Self, CheckpointError> {
        let note = read_note(bytes)?;
        let checkpoint = Self::from_text(note.text())?;
        let again = Note::new(note.text(), &only_signature(&note)?)
            .map_err(|_| CheckpointError::NotANote)?;
        if again.to_bytes() != bytes {
            return Err(CheckpointError::NotCanonical);
        }
        Ok(checkpoint)
    }

    fn from_text(text: &[u8]) -> Result<Self, CheckpointError> {
        let text = std::str::from_utf8(text).map_err(|_| CheckpointError::NotANote)?;
        let checkpoint = Self::read_lines(text).map_err(CheckpointError::Text)?;
        if checkpoint.size > MAX_TREE_SIZE {
            return Err(CheckpointError::Size {
                size: checkpoint.size,
            });
        }
        Ok(checkpoint)
    }

    fn read_lines(text: &str) -> Result<Self, Malformed> {
        let mut lines = Lines::new(text);
        let origin = lines.next("the name of the log")?;
        if origin.is_empty() {
            return Err(lines.malformed("the name of the log"));
        }
        let size = lines.next("the number of entries")?;
        let size = decimal(size).ok_or_else(|| lines.malformed("the number of entries"))?;
        let root = lines.next("the root hash in Base64")?;
        let root =
            hash_from_base64(root).ok_or_else(|| lines.malformed("the root hash in Base64"))?;
        lines.end()?;
        Ok(Self {
            origin: origin.to_owned(),
            size,
            root,
        })
    }
}

fn read_note(bytes: &[u8]) -> Result<Note, CheckpointError> {
    if bytes.len() > MAX_CHECKPOINT_BYTES {
        return Err(CheckpointError::TooLong { bytes: bytes.len() });
    }
    Note::from_bytes(bytes).map_err(|_| CheckpointError::NotANote)
}

/// `signed_note` picks the signatures by name and id; whether one holds is decided by our stricter
/// rule.
fn verify_signature(note: &Note, key: &VerifierKey) -> Result<(), CheckpointError> {
    match note.verify(&OnlyKey(key)) {
        Ok(_) => Ok(()),
        Err(NoteError::UnverifiedNote) => Err(CheckpointError::OtherKey {
            name: key.name().to_owned(),
            id: key.id(),
        }),
        Err(_) => Err(CheckpointError::Signature),
    }
}

/// The signatures of a note if there is exactly one.
fn only_signature(note: &Note) -> Result<Vec<Signature>, CheckpointError> {
    let bytes = note.to_bytes();
    let lines = bytes.get(note.text().len() + 1..).unwrap_or_default();
    let line = lines.strip_suffix(b"\n").unwrap_or(lines);
    if line.contains(&b'\n') {
        return Err(CheckpointError::NotCanonical);
    }
    let signature = Signature::from_bytes(line).map_err(|_| CheckpointError::NotANote)?;
    Ok(vec![signature])
}

/// A key ring with one key on it.
struct OnlyKey<'a>(&'a VerifierKey);

impl Verifier for OnlyKey<'_> {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn key_id(&self) -> u32 {
        self.0.id()
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.0.verifies(message, signature)
    }
}

impl Verifiers for OnlyKey<'_> {
    fn verifier(&self, name: &str, id: u32) -> Result<&dyn Verifier, VerificationError> {
        if name == self.0.name() && id == self.0.id() {
            return Ok(self);
        }
        Err(VerificationError::UnknownKey {
            name: name.to_owned(),
            id,
        })
    }
}

#[cfg(test)]
mod tests;
