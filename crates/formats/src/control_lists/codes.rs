//! The forms of entry numbers.

/// Whether a text is the five characters of an entry of the US, EU or UK
/// list: `3A001`.
pub(super) fn is_entry(text: &str) -> bool {
    let bytes = text.as_bytes();
    matches!(bytes, [c, g, rest @ ..]
        if c.is_ascii_digit() && (b'A'..=b'E').contains(g)
            && rest.len() == 3 && rest.iter().all(u8::is_ascii_digit))
}

/// The entry at the start of a text, and what follows it.
pub(super) fn leading_entry(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start_matches([' ', '“', '"']);
    let (head, rest) = text.split_at_checked(5)?;
    let ends = !rest.starts_with(|c: char| c.is_ascii_alphanumeric());
    (is_entry(head) && ends).then_some((head, rest))
}

/// Parts of a designator: `a.5.b` is `["a", "5", "b"]`. Letters and numbers of
/// at most two characters; letters may double (`aa`).
pub(super) fn designator(text: &str) -> Option<Vec<String>> {
    let parts: Vec<String> = text.split('.').map(str::to_lowercase).collect();
    let fits = |part: &String| {
        let letters = part.bytes().all(|b| b.is_ascii_lowercase());
        let digits = part.bytes().all(|b| b.is_ascii_digit());
        (1..=2).contains(&part.len()) && (letters || digits)
    };
    (!parts.is_empty() && parts.len() <= 8 && parts.iter().all(fits)).then_some(parts)
}

/// Splits `a.4.b. Equipment …` into designator and text. A designator ends
/// with a full stop and a blank, and begins with a letter.
pub(super) fn split_designator(text: &str) -> Option<(Vec<String>, &str)> {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '.'))?;
    let (head, rest) = text.split_at(end);
    let head = head.strip_suffix('.')?;
    if !rest.starts_with(char::is_whitespace) || head.len() > 20 {
        return None;
    }
    Some((designator(head)?, rest.trim_start()))
}
