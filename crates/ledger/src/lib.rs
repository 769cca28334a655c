#![doc = include_str!("../README.md")]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod check;
mod checkpoint;
mod edge;
mod key;
mod leaf;
mod proof;
mod text;
mod tile;
mod tree;

pub use check::{CheckError, Checker, Report, Setback, check};
pub use checkpoint::{Checkpoint, CheckpointError, MAX_CHECKPOINT_BYTES};
pub use edge::{Appended, Edge, append};
pub use key::{KeyError, SigningKey, VerifierKey};
pub use leaf::{Leaf, LeafError, MAX_KIND_BYTES, MAX_SUBJECT_BYTES, Opening};
pub use proof::{
    MAX_PATH_HASHES, MAX_PROOF_BYTES, Proof, ProofError, Verified, VerifyError, verify,
};
pub use text::Malformed;
pub use tile::{
    TILE_WIDTH, TileError, TileKind, TilePath, decode_entries, encode_entries, read_tile,
    tiles_to_publish,
};
pub use tree::{
    Hash, HashReader, MAX_ENTRY_BYTES, MAX_TREE_SIZE, ReadError, TreeError, consistency_indexes,
    consistency_proof, inclusion_indexes, inclusion_proof, leaf_hash, root, root_indexes,
    stored_count, stored_index, verify_consistency, verify_inclusion,
};
