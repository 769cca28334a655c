#![no_main]

#[path = "../entry/controls.rs"]
mod entry;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| entry::predicate(bytes));
