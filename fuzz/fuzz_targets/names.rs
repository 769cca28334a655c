#![no_main]

#[allow(dead_code)]
#[path = "../entry/names.rs"]
mod entry;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| entry::names(bytes));
