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

mod authorisation;
mod case_answer;
mod case_file;
mod ccl;
mod circumstances;
pub mod classify;
mod codes;
mod control_set;
mod controls;
mod country_set;
mod destinations;
mod determine;
mod documents;
pub mod draft;
mod eccn;
mod embargo;
pub mod entries;
mod eu;
mod exceptions;
mod goods;
mod informed;
mod law;
mod list_regime;
mod matrix;
mod matter;
pub mod nomenclature;
mod places;
pub mod predicate;
mod requirement;
mod scope;
mod table;
mod trace;
mod uk;
mod us;

pub use authorisation::{
    Asks, Authorisation, Authorised, Claim, Condition, Eligibility, FactsOf, Kind,
};
pub use case_answer::{CaseInput, CaseQuestion, Determined, LawAnswer, transaction_of};
pub use case_file::{LawCase, cases};
pub use circumstances::{Circumstances, ListStanding, OwnerFacts, PartyFacts};
pub use controls::{ChartAnswer, Controls};
pub use determine::{Answer, Input};
pub use informed::{Informed, Letter, LetterEffect};
pub use matrix::{Cell, iso_countries};
pub use matter::Answers;
pub use trace::TakenStep;
