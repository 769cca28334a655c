//! What the control tables determine, read as cases.
#![allow(clippy::unwrap_used)]

mod against_source;
mod cases;
mod jurisdictions;
mod properties;
mod world;
