//! Watchlists.
