//! **What do the rules say, and what weight has what was found?**
//!
//! Rules are data: dated, cited TOML files with their own test cases (see
//! `docs/reference/policy-files.md`). This crate reads and checks them,
//! evaluates their three-valued conditions over the facts of one transaction,
//! and gives findings, questions and a sum of evidence. It does no I/O and
//! reads no clock; files are passed as text and days as arguments.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod bulletin;
mod calendar;
mod case;
mod completeness;
mod condition;
mod deep;
mod diff;
mod dispositions;
mod document;
mod facts;
mod files;
mod head;
mod installation;
mod intake;
mod item_control;
mod life;
mod list_sources;
mod lists;
mod owners;
mod policy;
mod problem;
mod replay_terms;
mod risk;
mod roles;
mod rule;
mod scan;
mod sets;
mod template;
mod threats;
mod view;
mod words;
mod zones;

pub use bulletin::{Bulletin, BulletinChange, ListUpdate, Published, bulletins_atom};
pub use calendar::{Due, DueDay, calendar, calendar_ics, calendar_text};
pub use case::CaseView;
pub use condition::{MAX_CONDITION_BYTES, MAX_CONDITION_DEPTH};
pub use deep::{DeepKind, DeepRemark};
pub use diff::{FieldChange, PolicyDiff, RuleChange, RuleOf};
pub use dispositions::{DispositionCase, DispositionTerms, Dispositions};
pub use document::{Document, Row};
pub use facts::{FactType, Field, RecordKind, facts_reference};
pub use files::{MAX_FILE_BYTES, PolicyFiles};
pub use head::{Coverage, DatedRow, unique_ids};
pub use installation::{AlsoBinding, Installation, WebhookLimits};
pub use intake::Intake;
pub use item_control::ItemControl;
pub use life::{Life, Status};
pub use list_sources::{Content, DatedBy, Fetch, ListSource, ListSources, SourceFile};
pub use lists::{ListEffect, listing_in_force};
pub use policy::{Evaluation, Input, Policy};
pub use problem::Problem;
pub use replay_terms::{Queue, ReplayTerms, SmallFirms};
pub use scan::rows_named;
pub use sets::SetInfo;
pub use threats::{ThreatAssessment, ThreatAssessments};
pub use view::RuleView;
pub use zones::Zones;
