//! **What do people do about a match, and how long is it remembered?**
//!
//! The state machine of judgements ([`decide`], [`evolve`]), that of policy
//! versions ([`decide_policy`], [`evolve_policy`]), whether a judgement
//! still stands for two sides as they are now ([`standing`]), what changed
//! between two states of the lists ([`delta`]), and what an alert is while such
//! a judgement stands ([`alert_state`]).
//!
//! *Invariants.* Pure: ids, times, days and versions are arguments. A judgement
//! binds to party and entity as they were; what is not known to be the same
//! reopens it. A second person is never the first. The newest judgement of a
//! pair decides alone, and an older one that it replaced never comes back.
//!
//! Not useful for: finding matches (screening), saying what follows from one
//! (policy), keeping them (store).
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod alert;
mod delta;
mod disposition;
mod identity;
mod policy_version;
mod standing;

pub use alert::{AlertState, alert_state};
pub use delta::{Changed, Delta, Renumbered, delta, same_entry};
pub use disposition::{
    Command, Disposition, Event, Hand, Judged, Progress, Refusal, Terms, Verdict, decide, evolve,
};
pub use identity::{Aspect, Identity, party_keys};
pub use policy_version::{
    PolicyCheck, PolicyCommand, PolicyEvent, PolicyProgress, PolicyRefusal, PolicyVersion,
    decide_policy, evolve_policy, policy_in_use, shadow_runs,
};
pub use standing::{Pair, Standing, Why, judge, standing};
