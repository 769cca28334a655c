//! portcullis-formats
