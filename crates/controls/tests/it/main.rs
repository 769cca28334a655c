//! What the control tables determine, read as cases.
#![allow(clippy::unwrap_used)]

mod against_source;
mod case_files;
mod cases;
mod corpora;
mod drafts;
mod jurisdictions;
mod law_cases;
mod properties;
mod world;
