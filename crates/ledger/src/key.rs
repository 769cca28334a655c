//! The log's Ed25519 key and its C2SP signed-note spellings.

use std::fmt;

use ed25519_dalek::Signer as _;

use crate::text::{from_base64, is_token, to_base64};

/// Ed25519 as a note signature algorithm (c2sp.org/signed-note, "Signature types").
const ED25519: u8 = 0x01;
const MAX_NAME_BYTES: usize = 255;
const SECRET_PREFIX: &str = "PRIVATE+KEY+";

/// Why a key cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The log's name is empty, too long, or holds a space, a plus sign or anything outside
    /// printable ASCII.
    #[error("the log's name must be 1 to 255 printable ASCII characters without space or plus")]
    Name,
    /// The text is not `name+hash+base64`.
    #[error("the public key must be one line `name+hash+base64`")]
    PublicForm,
    /// The text is not `PRIVATE+KEY+name+hash+base64`.
    #[error("the secret key must be one line `PRIVATE+KEY+name+hash+base64`")]
    SecretForm,
    /// A secret key was given where a public one is wanted.
    #[error("this is a secret key; verifying takes the public one, and nobody else may see this")]
    SecretGiven,
    /// The key is of another kind than Ed25519.
    #[error("the key is not an Ed25519 key (type 1)")]
    Algorithm,
    /// Name, hash and key do not belong together: one of them was changed.
    #[error("name, hash and key do not belong together; the key text is damaged")]
    Hash,
    /// The bytes are no usable point of the curve.
    #[error("the key's bytes are no usable Ed25519 public key")]
    Point,
}

/// The public key of a log: what an auditor gets out of band and checks everything with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: u32,
    key: ed25519_dalek::VerifyingKey,
}

impl VerifierKey {
    fn new(name: &str, key: ed25519_dalek::VerifyingKey) -> Self {
        Self {
            name: name.to_owned(),
            id: signed_note::key_id(name, &tagged(key.as_bytes())),
            key,
        }
    }

    /// Reads `name+hash+base64`, the signed-note verifier key. White space around it is ignored, so
    /// that the content of a key file can be passed as it is; nothing else is.
    ///
    /// # Errors
    ///
    /// [`KeyError`], also for a key that cannot belong to an honest log (small order).
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let text = text.trim_ascii();
        if text.starts_with(SECRET_PREFIX) {
            return Err(KeyError::SecretGiven);
        }
        let (name, id, key_bytes) = split(text).ok_or(KeyError::PublicForm)?;
        let point = ed25519_dalek::VerifyingKey::from_bytes(&untagged(&key_bytes)?)
            .map_err(|_| KeyError::Point)?;
        if point.is_weak() {
            return Err(KeyError::Point);
        }
        let key = Self::new(checked_name(name)?, point);
        // The text is compared, not the number: the hash has one spelling too.
        if id != format!("{:08x}", key.id) {
            return Err(KeyError::Hash);
        }
        Ok(key)
    }

    /// Name of the log, which is also the origin line of its checkpoints.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The signed-note key id: the first four bytes of a hash over name and key.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// Whether `signature` over `message` is this key's. Strict: one signature encoding only, no
    /// small-order points.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        ed25519_dalek::Signature::from_slice(signature)
            .and_then(|signature| self.key.verify_strict(message, &signature))
            .is_ok()
    }
}

/// `name+hash+base64`, as [`VerifierKey::parse`] reads it.
impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = to_base64(&tagged(self.key.as_bytes()));
        write!(f, "{}+{:08x}+{key}", self.name, self.id)
    }
}

/// The secret key of a log. It is wiped from memory when dropped and never shows in `Debug`.
#[derive(Clone)]
pub struct SigningKey {
    verifier: VerifierKey,
    secret: ed25519_dalek::SigningKey,
}

impl SigningKey {
    /// A key from 32 secret random bytes and the log's name, its *origin*: by custom the address
    /// under which the log is published without scheme, such as `licensing.example/ledger`.
    ///
    /// # Errors
    ///
    /// [`KeyError::Name`].
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let name = checked_name(name)?;
        let secret = ed25519_dalek::SigningKey::from_bytes(seed);
        Ok(Self {
            verifier: VerifierKey::new(name, secret.verifying_key()),
            secret,
        })
    }

    /// Reads `PRIVATE+KEY+name+hash+base64`, the signed-note signer key, white space around it
    /// ignored.
    ///
    /// # Errors
    ///
    /// [`KeyError`].
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let (name, id, key_bytes) = text
            .trim_ascii()
            .strip_prefix(SECRET_PREFIX)
            .and_then(split)
            .ok_or(KeyError::SecretForm)?;
        let key = Self::from_seed(name, &untagged(&key_bytes)?)?;
        if id != format!("{:08x}", key.verifier.id) {
            return Err(KeyError::Hash);
        }
        Ok(key)
    }

    /// `PRIVATE+KEY+name+hash+base64`: the secret itself, for a key file that only the log's own
    /// account can read. There is no `Display`, so that it is never printed by accident.
    pub fn to_secret_text(&self) -> String {
        let verifier = &self.verifier;
        let key = to_base64(&tagged(self.secret.as_bytes()));
        format!("{SECRET_PREFIX}{}+{:08x}+{key}", verifier.name, verifier.id)
    }

    /// The public half.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.secret.sign(message).to_bytes()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("verifier", &self.verifier.to_string())
            .finish_non_exhaustive()
    }
}

fn checked_name(name: &str) -> Result<&str, KeyError> {
    if is_token(name, MAX_NAME_BYTES) && !name.contains('+') {
        Ok(name)
    } else {
        Err(KeyError::Name)
    }
}

/// `name+hash+base64` in its parts; the Base64 itself may hold plus signs.
fn split(text: &str) -> Option<(&str, &str, Vec<u8>)> {
    let (name, rest) = text.split_once('+')?;
    let (id, key) = rest.split_once('+')?;
    Some((name, id, from_base64(key)?))
}

fn tagged(key: &[u8; 32]) -> [u8; 33] {
    let mut bytes = [ED25519; 33];
    bytes[1..].copy_from_slice(key);
    bytes
}

fn untagged(bytes: &[u8]) -> Result<[u8; 32], KeyError> {
    match bytes {
        [ED25519, key @ ..] => key.try_into().map_err(|_| KeyError::Point),
        _ => Err(KeyError::Algorithm),
    }
}

#[cfg(test)]
mod tests;
