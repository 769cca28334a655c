//! A log in memory with made-up records.

use portcullis_ledger::{
    Checkpoint, Hash, Opening, Proof, SigningKey, append, inclusion_proof, root,
};

pub const ORIGIN: &str = "licensing.example/ledger";

pub struct Log {
    pub key: SigningKey,
    pub openings: Vec<Opening>,
    pub entries: Vec<Vec<u8>>,
    pub stored: Vec<Hash>,
}

impl Log {
    pub fn of(size: u64) -> Self {
        let openings: Vec<Opening> = (0..size).map(opening).collect();
        let entries: Vec<Vec<u8>> = openings
            .iter()
            .map(|opening| opening.leaf().unwrap().to_bytes())
            .collect();
        let appended = append(0, &entries, &Vec::new()).unwrap();
        Self {
            key: SigningKey::from_seed(ORIGIN, &[42; 32]).unwrap(),
            openings,
            entries,
            stored: appended.stored.into_iter().map(|(_, hash)| hash).collect(),
        }
    }

    pub fn size(&self) -> u64 {
        self.entries.len() as u64
    }

    pub fn vkey(&self) -> String {
        self.key.verifier().to_string()
    }

    pub fn checkpoint(&self, size: u64) -> Checkpoint {
        Checkpoint {
            origin: ORIGIN.to_owned(),
            size,
            root: root(size, &self.stored).unwrap(),
        }
    }

    pub fn proof(&self, index: u64) -> Vec<u8> {
        let size = self.size();
        let note = self.checkpoint(size).sign(&self.key).unwrap();
        let path = inclusion_proof(index, size, &self.stored).unwrap();
        let opening = self.openings[usize::try_from(index).unwrap()].clone();
        Proof::new(opening, index, path, &note)
            .unwrap()
            .to_bytes()
            .unwrap()
    }
}

fn opening(n: u64) -> Opening {
    let kind = match n % 10 {
        0 => "list-snapshot",
        1 => "policy",
        _ => "decision",
    };
    let byte = n.to_le_bytes()[0];
    Opening {
        subject: format!("0193a5f2-8f0e-7a51-b0d4-{n:012x}"),
        kind: kind.to_owned(),
        recorded_at: 1_795_347_129_000_000 + i64::try_from(n).unwrap() * 250_000,
        digest: [byte; 32],
        salt: [byte ^ 0x5a; 32],
    }
}
