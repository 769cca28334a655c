//! **What do the rules say, and what weight has what was found?**
//!
//! Rules are data: dated, cited TOML files with their own test cases (see
//! `docs/reference/policy-files.md`). This crate reads and checks them,
//! evaluates their three-valued conditions over the facts of one transaction,
//! and gives findings, questions and a sum of evidence. It does no I/O and
//! reads no clock; files are passed as text and days as arguments.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod document;
mod files;
mod head;
mod installation;
mod item_control;
mod problem;

pub use document::{Document, Row};
pub use files::{MAX_FILE_BYTES, PolicyFiles};
pub use head::{Coverage, DatedRow, Status, unique_ids};
pub use installation::{AlsoBinding, Installation};
pub use item_control::ItemControl;
pub use problem::Problem;
