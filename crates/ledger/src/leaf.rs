//! What a log entry says, and the opening that shows what it stands for.

use sha2::{Digest as _, Sha256};

use crate::Hash;
use crate::text::{Lines, Malformed, decimal, hash_from_hex, is_token};

/// The longest subject id, in bytes.
pub const MAX_SUBJECT_BYTES: usize = 255;
/// The longest kind, in bytes.
pub const MAX_KIND_BYTES: usize = 32;

const LEAF_HEADER: &str = "portcullis-leaf/v1";
const OPENING_HEADER: &str = "portcullis-opening/v1";
const COMMITMENT_DOMAIN: &[u8] = b"portcullis-commitment/v1";

const KIND_LINE: &str = "`kind` and 1 to 32 of a-z, 0-9 and `-`";
const RECORDED_LINE: &str = "`recorded` and microseconds since 1970-01-01 UTC";

/// An entry of the log: that something of this kind was recorded at this time. What it was stays
/// hidden behind the commitment until somebody shows the [`Opening`].
///
/// Its bytes, [`Leaf::to_bytes`], are what the tree hashes:
///
/// ```text
/// portcullis-leaf/v1
/// kind decision
/// recorded 1795347129000000
/// commitment 9f2c… (64 hexadecimal digits)
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    kind: String,
    recorded_at: i64,
    commitment: Hash,
}

/// What a leaf commits to. Whoever holds it can recompute the leaf; whoever does not learns
/// nothing from the leaf but its kind and time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Id of the record, for example a decision id: 1 to 255 printable ASCII characters, no space.
    pub subject: String,
    /// What the record is, for example `decision`, `list-snapshot` or `policy`: 1 to 32 characters
    /// of `a-z`, `0-9` and `-`.
    pub kind: String,
    /// When the record was made: microseconds since 1970-01-01 UTC.
    pub recorded_at: i64,
    /// SHA-256 of the record's canonical form.
    pub digest: Hash,
    /// 32 random bytes, drawn once for this record by the caller and kept as secret as the record:
    /// without them nobody can test a guess at the digest.
    pub salt: Hash,
}

/// Why a leaf or an opening cannot be read or made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LeafError {
    /// The bytes are not UTF-8.
    #[error("not readable as text")]
    NotText,
    /// A line is not what the format asks for.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// The subject is empty, too long, or holds a character outside printable ASCII.
    #[error("the subject must be 1 to 255 printable ASCII characters without spaces")]
    Subject,
    /// The kind is empty, too long, or holds other characters than `a-z`, `0-9` and `-`.
    #[error("the kind must be 1 to 32 characters of a-z, 0-9 and `-`")]
    Kind,
}

impl Leaf {
    /// What the entry is, for example `decision`.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// When the record was made: microseconds since 1970-01-01 UTC.
    pub fn recorded_at(&self) -> i64 {
        self.recorded_at
    }

    /// The salted commitment, see [`Opening::commitment`].
    pub fn commitment(&self) -> Hash {
        self.commitment
    }

    /// The one encoding of this leaf: the entry of the log.
    pub fn to_bytes(&self) -> Vec<u8> {
        format!(
            "{LEAF_HEADER}\nkind {}\nrecorded {}\ncommitment {}\n",
            self.kind,
            self.recorded_at,
            hex::encode(self.commitment)
        )
        .into_bytes()
    }

    /// Reads an entry back.
    ///
    /// # Errors
    ///
    /// Refuses every text that [`Leaf::to_bytes`] would not have written.
    pub fn parse(bytes: &[u8]) -> Result<Self, LeafError> {
        let text = std::str::from_utf8(bytes).map_err(|_| LeafError::NotText)?;
        let mut lines = Lines::new(text);
        lines.literal(LEAF_HEADER)?;
        let leaf = Self {
            kind: lines.field("kind", KIND_LINE, kind)?,
            recorded_at: lines.field("recorded", RECORDED_LINE, decimal)?,
            commitment: lines.field(
                "commitment",
                "`commitment` and 64 lower-case hexadecimal digits",
                hash_from_hex,
            )?,
        };
        lines.end()?;
        Ok(leaf)
    }
}

impl Opening {
    /// The commitment: SHA-256 over the domain `portcullis-commitment/v1`, subject, kind, digest
    /// and salt, each preceded by its length as a big-endian 32-bit number, so that no two
    /// different openings have the same input.
    pub fn commitment(&self) -> Hash {
        let mut hasher = Sha256::new();
        for part in [
            COMMITMENT_DOMAIN,
            self.subject.as_bytes(),
            self.kind.as_bytes(),
            &self.digest,
            &self.salt,
        ] {
            // A part of 4 GiB does not occur: `leaf` refuses long subjects and kinds.
            let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
            hasher.update(length.to_be_bytes());
            hasher.update(part);
        }
        hasher.finalize().into()
    }

    /// The leaf that this opening opens. Compare it with the entry of the log to see whether the
    /// entry stands for this record.
    ///
    /// # Errors
    ///
    /// Refuses a subject or kind outside its alphabet or length.
    pub fn leaf(&self) -> Result<Leaf, LeafError> {
        self.validate()?;
        Ok(Leaf {
            kind: self.kind.clone(),
            recorded_at: self.recorded_at,
            commitment: self.commitment(),
        })
    }

    fn validate(&self) -> Result<(), LeafError> {
        subject(&self.subject).ok_or(LeafError::Subject)?;
        kind(&self.kind).ok_or(LeafError::Kind)?;
        Ok(())
    }

    /// The one encoding of this opening, carried as `extra` data by a proof:
    ///
    /// ```text
    /// portcullis-opening/v1
    /// subject 0193…
    /// kind decision
    /// recorded 1795347129000000
    /// digest … (64 hexadecimal digits)
    /// salt … (64 hexadecimal digits)
    /// ```
    ///
    /// # Errors
    ///
    /// Refuses a subject or kind outside its alphabet or length.
    pub fn to_bytes(&self) -> Result<Vec<u8>, LeafError> {
        self.validate()?;
        Ok(format!(
            "{OPENING_HEADER}\nsubject {}\nkind {}\nrecorded {}\ndigest {}\nsalt {}\n",
            self.subject,
            self.kind,
            self.recorded_at,
            hex::encode(self.digest),
            hex::encode(self.salt)
        )
        .into_bytes())
    }

    /// Reads an opening back.
    ///
    /// # Errors
    ///
    /// Refuses every text that [`Opening::to_bytes`] would not have written.
    pub fn parse(bytes: &[u8]) -> Result<Self, LeafError> {
        let text = std::str::from_utf8(bytes).map_err(|_| LeafError::NotText)?;
        let mut lines = Lines::new(text);
        lines.literal(OPENING_HEADER)?;
        let opening = Self {
            subject: lines.field(
                "subject",
                "`subject` and 1 to 255 printable ASCII characters without spaces",
                subject,
            )?,
            kind: lines.field("kind", KIND_LINE, kind)?,
            recorded_at: lines.field("recorded", RECORDED_LINE, decimal)?,
            digest: lines.field(
                "digest",
                "`digest` and 64 lower-case hexadecimal digits",
                hash_from_hex,
            )?,
            salt: lines.field(
                "salt",
                "`salt` and 64 lower-case hexadecimal digits",
                hash_from_hex,
            )?,
        };
        lines.end()?;
        Ok(opening)
    }
}

fn subject(text: &str) -> Option<String> {
    is_token(text, MAX_SUBJECT_BYTES).then(|| text.to_owned())
}

fn kind(text: &str) -> Option<String> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    ((1..=MAX_KIND_BYTES).contains(&text.len()) && text.bytes().all(allowed))
        .then(|| text.to_owned())
}

#[cfg(test)]
mod tests;
