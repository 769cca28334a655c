//! portcullis-ledger
