//! Screening as cases, as properties, and on real lists.
#![allow(clippy::unwrap_used)]

mod bounds;
mod cases;
mod csl;
mod list_set;
mod other_scripts;
mod pairs;
mod properties;
mod real_list;
mod rescreen;
mod scripts;
