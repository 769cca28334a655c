//! Short and pet forms of given names: *Bill* is *William*.

use crate::hash::WordMap;
use std::sync::LazyLock;

const TABLE: &str = include_str!("../data/nicknames.txt");

/// Every name with the names it stands for or is shortened to.
static RELATED: LazyLock<WordMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let mut related: WordMap<&'static str, Vec<&'static str>> = WordMap::default();
    for line in TABLE.lines().filter(|l| !l.starts_with('#')) {
        let mut words = line.split(' ');
        let Some(name) = words.next() else { continue };
        for short in words {
            related.entry(name).or_default().push(short);
            related.entry(short).or_default().push(name);
        }
    }
    related
});

/// The given names of which a romanised word is a short form, and its own short
/// forms; empty for other words. Two short forms of one name are not related
/// by this (*Bill*, *Will*): ask [`is_nickname`].
pub fn nicknames(word: &str) -> &'static [&'static str] {
    RELATED.get(word).map_or(&[], Vec::as_slice)
}

/// Whether one word is a short form of the other, or both are short forms of
/// one name. Never true of equal words.
pub fn is_nickname(a: &str, b: &str) -> bool {
    if a == b {
        return false;
    }
    let of_a = nicknames(a);
    let full = |name: &&&str| nicknames(name).contains(&b) && name.len() >= a.len().min(b.len());
    of_a.contains(&b) || of_a.iter().any(|name| full(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms_know_their_names() {
        assert!(nicknames("bill").contains(&"william"));
        assert!(nicknames("william").contains(&"bill"));
        assert!(is_nickname("bill", "william") && is_nickname("will", "bill"));
        assert!(!is_nickname("bill", "charles") && !is_nickname("bill", "bill"));
        assert!(nicknames("vorontsov").is_empty());
    }
}
