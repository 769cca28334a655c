//! The store on both databases: each case runs on SQLite, and on PostgreSQL if
//! `PORTCULLIS_TEST_POSTGRES` names a server (`postgres://user@host:port`), where
//! each case makes a database of its own.
#![allow(clippy::unwrap_used, missing_docs)]

mod support;

mod accounts;
mod assessments;
mod children;
mod contents;
mod dispositions;
mod guided;
mod ledger;
mod lists;
mod met;
mod monitor;
mod opening;
mod parties;
mod policies;
mod reference;
mod screenings;
mod tampering;
mod tokens;
