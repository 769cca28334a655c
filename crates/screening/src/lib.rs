//! portcullis-screening
