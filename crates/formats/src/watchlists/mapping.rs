//! A mapping file (TOML) that says what the columns of any table mean, so that
//! a list of one's own needs no reader of its own. Documented for people in
//! `docs/guides/map-a-table.md`.

mod apply;
mod spec;

pub(super) use apply::read;
pub(super) use spec::Mapping;

/// A mapping is small; anything larger is none.
const MAX_BYTES: usize = 1 << 20;

/// Whether bytes are a mapping: text with a table `[columns]`.
pub fn is_mapping(bytes: &[u8]) -> bool {
    if bytes.len() > MAX_BYTES {
        return false;
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    let mut lines = text.trim_start_matches('\u{FEFF}').lines();
    lines.any(|line| {
        let line = line.trim_start();
        line.starts_with("[columns]")
            || line.starts_with("[columns.")
            || line.starts_with("[[columns.")
    })
}
