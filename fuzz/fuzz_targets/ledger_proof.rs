#![no_main]

#[path = "../entry/ledger.rs"]
mod entry;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| entry::ledger_proof(bytes));
