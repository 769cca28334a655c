//! The client against a server that behaves well, badly, and worse.
#![allow(clippy::unwrap_used)]

mod lists;
mod server;
mod webhooks;
