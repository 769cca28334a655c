//! portcullis-names
