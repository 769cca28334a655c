//! Judgements: cases that a policy officer can read, and what no course of
//! events may do.
#![allow(clippy::unwrap_used, missing_docs)]

mod cases;
mod changes;
mod machine;
mod policies;
