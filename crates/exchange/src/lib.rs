//! **What crosses the border of the house by HTTP?**
//!
//! The only HTTP *client*: it fetches the lists from their publishers and
//! delivers webhooks. What a response is worth is decided by pure functions
//! ([`judge`], [`looks_like`], [`delay`], [`freshness`]); the little that talks to the
//! network stands around them.
//!
//! *Invariants.* Nothing is read without a bound in bytes and in time, and the
//! bound counts what comes out of a decompressor as well. Nothing is taken that
//! was cut off, is another kind of file, or differs from the digest or signature
//! that its publisher gives. A connection to a private address needs leave, and
//! the address is looked at after its name was resolved, so that a name that
//! changes its mind is no way in. Every refusal says why in a sentence.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod body;
mod check;
mod client;
mod decide;
mod fetch;
mod guard;
mod lock;
mod reason;
mod retry;
mod state;
mod webhook;

pub use check::{looks_like, published_digest};
pub use decide::{Asked, Encoding, Head, Step, judge};
pub use fetch::{Fetched, FetchedFile, Progress, fetch_source};
pub use guard::is_public;
pub use lock::UpdateLock;
pub use reason::{Refused, Why};
pub use retry::{Pace, delay};
pub use state::{
    FileState, Freshness, SourceState, StateError, UpdateState, Validators, freshness,
};
pub use webhook::{
    Answer, BadSignature, Delivery, Poster, Reach, Secret, SecretError, next_attempt, verify,
};
