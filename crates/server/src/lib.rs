//! **How do people and programs see and use what was decided?**
//!
//! The only crate that knows HTTP and HTML. It serves the console (pages made
//! on the server that work without scripts), the JSON API with its OpenAPI
//! description, and the public read endpoints of the ledger (tlog-tiles).
//!
//! Invariants:
//! - Every route stands in one authorisation table ([`Access`]); one that does
//!   not is refused, and a test compares the table with the router.
//! - The actor comes from the session or the key of a program, never from the body.
//! - Every request that changes something carries the session's CSRF token, or
//!   credentials of its own.
//! - Wire types of the API live here and change only by addition; domain types
//!   are not serialised to clients for convenience.
//! - Causes of failures are logged, not shown. Passwords, tokens and contents
//!   of declarations are never logged.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod access;
mod api;
mod assets;
mod book;
mod classing;
mod desk;
mod dialect;
mod guide;
mod headers;
mod judged;
mod meter;
mod pages;
mod peers;
mod problem;
mod record;
mod router;
mod search;
mod serve;
mod session;
mod state;
mod tiles;
mod view;

pub use access::{ACCESS, Access, Need, Permission};
pub use api::openapi;
pub use router::router;
pub use serve::{ServeError, ServerConfig, serve};
pub use state::AppState;
