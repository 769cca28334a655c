//! portcullis-domain
