//! Screening as cases, as properties, and on real lists.
#![allow(clippy::unwrap_used)]

mod cases;
mod csl;
mod real_list;
