//! portcullis-controls
