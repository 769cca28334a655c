//! Words of free text, folded so that they can be compared.

/// Lower case, letters and digits kept, everything else one space, with a
/// space at either end, so that ` phrase ` is found at word borders only.
/// Empty text stays empty.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len() + 2);
    for c in text.chars() {
        if c.is_alphanumeric() {
            if folded.is_empty() {
                folded.push(' ');
            }
            folded.extend(c.to_lowercase());
        } else if !folded.is_empty() && !folded.ends_with(' ') {
            folded.push(' ');
        }
    }
    if !folded.is_empty() && !folded.ends_with(' ') {
        folded.push(' ');
    }
    folded
}

/// How many words a text has.
pub(crate) fn count(text: &str) -> usize {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_to_words() {
        assert_eq!(fold("P.O. Box-12"), " p o box 12 ");
        assert_eq!(fold("  ÉTÉ "), " été ");
        assert_eq!(fold(" ... "), "");
        assert_eq!(count("one, two-three"), 3);
    }
}
