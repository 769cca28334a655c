//! The record of what happened: append-only.
