//! **Is this item controlled, and is a licence needed?**
//!
//! Declared codes are looked up in dated tables of law (`policies/controls/`):
//! the Commerce Control List and country chart, embargoes and rules by
//! destination, the Common High Priority List, the dual-use numbers of the EU.
//! [`Controls::items`] gives the facts of each line for the rules of policy;
//! [`Controls::determine`] gives one determination per jurisdiction with every
//! step it took, its sources, and the questions that would settle what is open.
//!
//! Invariants: no I/O, no clock; a condition that a code cannot show is a
//! question, never a pass; a table answers only for the days it covers; no
//! country, code or date stands in this source.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod ccl;
mod codes;
mod controls;
mod country_set;
mod destinations;
mod determine;
mod documents;
mod eccn;
mod embargo;
mod exceptions;
mod goods;
mod list_regime;
mod places;
mod requirement;
mod table;
mod trace;
mod us;

pub use controls::{ChartAnswer, Controls};
pub use determine::{Answer, Input};
