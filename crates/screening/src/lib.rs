//! Is this party designated?
//!
//! An immutable [`Index`] is built from the entities of all lists in use; it
//! answers [`Index::screen`] for one query with every hit at or above the
//! threshold, each with a score, evidence in bits and reasons in plain words.
//! A book of customers is an index too.
//!
//! *Invariants.* No I/O, no clock, no randomness: the same index, query and
//! options give the same hits in the same order. Nothing is capped silently:
//! all hits at or above the threshold are returned, or the answer is
//! [`Partial`] and says which of the [`bounds`] was met. Every part of a score is a
//! named function in [`score`](crate::score) or [`evidence`](crate::evidence),
//! and its value is the explanation.
//!
//! Not useful for: saying what follows from a hit (policy), or reading list
//! files (formats).

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod align;
mod answer;
mod build;
mod bytes;
mod candidates;
mod compare;
pub mod evidence;
mod explain;
mod gate;
mod hit;
mod index;
mod judge;
mod linked;
mod links;
mod memo;
mod parts;
mod pinyin;
mod query;
mod reach;
mod rescreen;
pub mod score;
mod screen;
mod table;
mod tokens;
mod word;

/// Version of the engine: major, minor. The major number changes where a score
/// of unchanged evidence may change, and remembered judgements are then asked
/// for again; the minor number changes for anything else.
pub const ENGINE_VERSION: (u32, u32) = (4, 1);

pub use answer::{Answer, Partial, Work, bounds};
pub use build::Builder;
pub use bytes::OpenError;
pub use compare::{Comparison, compare};
pub use hit::{Agreement, Hit, PartMatch, Reason, Strength};
pub use index::Index;
pub use query::{DEFAULT_THRESHOLD, Options, Query};
pub use rescreen::{Rescreened, Touched, rescreen};
