//! The server called as a browser and a program would call it, over a store of
//! its own and the real policies.
#![allow(clippy::unwrap_used)]

mod access;
mod analyst;
mod api;
mod goods;
mod guide;
mod judged;
mod keys;
mod pages;
mod peers;
mod reconcile;
mod sign_in;
mod watchman;
mod workbench;
mod world;
mod yente;
