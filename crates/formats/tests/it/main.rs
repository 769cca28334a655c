//! The readers as a caller sees them: bytes in, records and issues out.
#![allow(clippy::unwrap_used)]

mod corpora;
mod declarations;
mod parties;
mod watchlists;
