//! portcullis-assessment
