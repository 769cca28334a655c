//! The keys of an installation.
