//! The program as its users run it: the real binary, real files, real databases.
#![allow(clippy::unwrap_used)]

mod bad_input;
mod changes;
mod classify;
mod controls;
mod determination;
mod evidence;
mod mapping;
mod monitor;
mod policy;
mod real_data;
mod samples;
mod screening;
#[path = "../../../exchange/tests/it/server.rs"]
mod server;
mod update;
mod webhooks;
mod world;
