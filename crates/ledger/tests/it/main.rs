//! A whole log, from records to proofs, and everything that can be done to it behind its back.
#![allow(clippy::unwrap_used)]

mod check;
mod corpora;
mod golden;
mod log;
mod proof;
