#![no_main]

#[allow(dead_code)]
#[path = "../entry/formats.rs"]
mod entry;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| entry::goods_rows(bytes));
