//! The keys of an installation: `DATA/keys/master.key` seals contents,
//! `DATA/keys/ledger.key` signs checkpoints. They are made once, readable by
//! their owner only, and never logged.

use crate::{StoreError, files};
use hmac::{Hmac, Mac};
use portcullis_ledger::SigningKey;
use rand::{RngCore, rngs::OsRng};
use sha2::Sha256;
use std::path::Path;

const MASTER_FILE: &str = "master.key";
const LEDGER_FILE: &str = "ledger.key";

/// The keys in use, and those derived from them.
pub(crate) struct Keys {
    /// Wraps the keys of contents.
    pub wrapping: [u8; 32],
    /// Signs checkpoints.
    pub ledger: SigningKey,
    master: [u8; 32],
    lookup: [u8; 32],
}

/// 32 bytes from the operating system.
pub(crate) fn random_bytes() -> [u8; 32] {
    let mut bytes = [0; 32];
    OsRng.fill_bytes(&mut bytes);
    bytes
}

/// HMAC-SHA-256.
pub(crate) fn hmac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    // An HMAC key may have any length, so this cannot fail; a zero key of the
    // fallback would only make lookups miss.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return [0; 32];
    };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

impl Keys {
    /// New keys, not yet written.
    pub(crate) fn generate(origin: &str) -> Result<Keys, StoreError> {
        let ledger = SigningKey::from_seed(origin, &random_bytes())
            .map_err(|e| StoreError::Invalid(format!("ledger origin '{origin}': {e}")))?;
        Ok(Keys::new(random_bytes(), ledger))
    }

    fn new(master: [u8; 32], ledger: SigningKey) -> Keys {
        Keys {
            wrapping: hmac(&master, &[b"portcullis wrapping key v1"]),
            lookup: hmac(&master, &[b"portcullis lookup key v1"]),
            master,
            ledger,
        }
    }

    /// The keys in a folder, or `None` if there are none. Half of them is an error.
    pub(crate) fn read(folder: &Path) -> Result<Option<Keys>, StoreError> {
        let master = files::read_text_if_there(&folder.join(MASTER_FILE))?;
        let ledger = files::read_text_if_there(&folder.join(LEDGER_FILE))?;
        let wrong = |why: &str| StoreError::WrongKeys {
            folder: folder.to_owned(),
            why: why.to_owned(),
        };
        let (master, ledger) = match (master, ledger) {
            (None, None) => return Ok(None),
            (Some(master), Some(ledger)) => (master, ledger),
            _ => return Err(wrong("one of the two key files is missing")),
        };
        let bytes = hex::decode(master.trim()).ok();
        let bytes: Option<[u8; 32]> = bytes.and_then(|b| b.try_into().ok());
        let master = bytes.ok_or_else(|| wrong("master.key is damaged"))?;
        let ledger = SigningKey::parse(&ledger).map_err(|_| wrong("ledger.key is damaged"))?;
        Ok(Some(Keys::new(master, ledger)))
    }

    /// Writes both files, for their owner only.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), StoreError> {
        let master = format!("{}\n", hex::encode(self.master));
        files::write_secret(&folder.join(MASTER_FILE), master.as_bytes())?;
        let ledger = format!("{}\n", self.ledger.to_secret_text());
        files::write_secret(&folder.join(LEDGER_FILE), ledger.as_bytes())
    }

    /// What the database remembers of the keys: enough to tell others apart,
    /// too little to learn anything.
    pub(crate) fn fingerprint(&self) -> String {
        let master = hmac(&self.master, &[b"portcullis fingerprint v1"]);
        format!("{} {}", hex::encode(master), self.ledger.verifier())
    }

    /// A keyed hash under which something personal can be looked up.
    pub(crate) fn lookup(&self, purpose: &str, value: &str) -> String {
        let parts = [purpose.as_bytes(), &[0], value.as_bytes()];
        hex::encode(hmac(&self.lookup, &parts))
    }
}
