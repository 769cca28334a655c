//! From bytes to clean text.

use super::ReadError;
use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};
use portcullis_domain::Issue;
use std::borrow::Cow;

/// Decodes a file. UTF-8 (with or without byte order mark) and UTF-16 (with
/// one) are taken as they are; what is neither is read as Windows-1252 and
/// said to be. A UTF-8 file with a few bad bytes stays UTF-8: reading it as
/// Windows-1252 would spoil every other name in it.
pub(super) fn decode(bytes: &[u8]) -> Result<(Cow<'_, str>, Option<Issue>), ReadError> {
    if let Some(rest) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
        return decode_plain(rest);
    }
    let utf16 = match bytes {
        [0xFF, 0xFE, ..] => Some(UTF_16LE),
        [0xFE, 0xFF, ..] => Some(UTF_16BE),
        _ => None,
    };
    let Some(encoding) = utf16 else {
        return decode_plain(bytes);
    };
    let (text, _, bad) = encoding.decode(bytes);
    if bad {
        let what = format!("broken {} after a byte order mark", encoding.name());
        return Err(ReadError::Encoding { what });
    }
    Ok((text, None))
}

/// Decodes a file in an encoding that the caller knows; bytes that are none of
/// it are an error.
pub(super) fn decode_as(
    bytes: &[u8],
    encoding: &'static encoding_rs::Encoding,
) -> Result<String, ReadError> {
    let (text, used, bad) = encoding.decode(bytes);
    if bad {
        let what = format!("the mapping says {}, and that it is not", used.name());
        return Err(ReadError::Encoding { what });
    }
    Ok(text.into_owned())
}

fn decode_plain(bytes: &[u8]) -> Result<(Cow<'_, str>, Option<Issue>), ReadError> {
    let error = match std::str::from_utf8(bytes) {
        Ok(text) if text.contains('\0') => return Err(nul_bytes()),
        Ok(text) => return Ok((Cow::Borrowed(text), None)),
        Err(error) => error,
    };
    if bytes.contains(&0) {
        return Err(nul_bytes());
    }
    let line = 1 + newlines(&bytes[..error.valid_up_to()]);
    let (good, bad) = multibyte_counts(bytes);
    if error.error_len().is_none() && good > 0 {
        let what = "the last character is incomplete".to_owned();
        return Err(ReadError::Truncated { line, what });
    }
    let (text, issue) = if good > 3 * bad {
        let issue = Issue::new(
            "bad-utf8",
            format!("{bad} byte sequences are not UTF-8 and were replaced by '\u{FFFD}'"),
        );
        (String::from_utf8_lossy(bytes), issue)
    } else {
        let issue = Issue::new(
            "decoded-as-windows-1252",
            "the file is not UTF-8; it was read as Windows-1252",
        );
        (WINDOWS_1252.decode_without_bom_handling(bytes).0, issue)
    };
    Ok((text, Some(issue.at_line(line))))
}

fn nul_bytes() -> ReadError {
    ReadError::Encoding {
        what: "it has NUL bytes: a binary file, or UTF-16 without a byte order mark".to_owned(),
    }
}

/// Valid multi-byte characters and invalid sequences.
fn multibyte_counts(bytes: &[u8]) -> (usize, usize) {
    bytes.utf8_chunks().fold((0, 0), |(good, bad), chunk| {
        let wide = chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        (good + wide, bad + usize::from(!chunk.invalid().is_empty()))
    })
}

/// Line feeds in a stretch of bytes.
pub(super) fn newlines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|b| **b == b'\n').count() as u64
}

/// Trims, makes every run of white space (line ends and no-break spaces
/// included) one space, and drops control characters and byte order marks.
/// Joiners stay: Persian names need them.
pub(super) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace()) {
        let start = out.len();
        for c in word.chars().filter(|c| !c.is_control() && *c != '\u{FEFF}') {
            if out.len() == start && start > 0 {
                out.push(' ');
            }
            out.push(c);
        }
    }
    out
}

/// The cleaned text, unless it is empty or OFAC's `-0-` for null.
pub(super) fn stated(text: &str) -> Option<String> {
    let cleaned = clean(text);
    (!cleaned.is_empty() && cleaned != "-0-").then_some(cleaned)
}

/// Cuts a text at a number of bytes, at a character border.
pub(super) fn bounded(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The values of a cell that holds several: lines, `;` and `|` part them, and
/// so do marks of an enumeration, `a) …`, `(2) …`, `iii) …`.
pub(super) fn several(text: &str) -> Vec<String> {
    let text = text.replace("_x000D_", "\n");
    let mut values = Vec::new();
    for piece in text.split(['\n', '\r', '\u{2028}', ';', '|']) {
        let mut value = String::new();
        for word in piece.split_whitespace() {
            if enumerates(word) {
                values.push(std::mem::take(&mut value));
            } else {
                if !value.is_empty() {
                    value.push(' ');
                }
                value.push_str(word);
            }
        }
        values.push(value);
    }
    let values = values.iter().map(|v| clean(v.trim_matches([',', ' '])));
    values.filter(|v| !v.is_empty()).collect()
}

/// `a)`, `(a)`, `2)`, `(2)`, `iii)`, `(1)-(3)`.
fn enumerates(word: &str) -> bool {
    if let Some((from, to)) = word.split_once('-') {
        return enumerates(from) && enumerates(to);
    }
    let Some(mark) = word.strip_suffix(')') else {
        return false;
    };
    let mark = mark.strip_prefix('(').unwrap_or(mark);
    let letter = mark.len() == 1 && mark.bytes().all(|b| b.is_ascii_lowercase());
    let roman = (1..=4).contains(&mark.len()) && mark.bytes().all(|b| b"ivx".contains(&b));
    let number = (1..=2).contains(&mark.len()) && mark.bytes().all(|b| b.is_ascii_digit());
    letter || roman || number
}

#[cfg(test)]
mod tests {
    use super::several;

    #[test]
    fn cells_of_several_values() {
        assert_eq!(several("France"), ["France"]);
        assert_eq!(several("a) 1963 b) 1968"), ["1963", "1968"]);
        assert_eq!(several("(1) Kabul, (2) Herat"), ["Kabul", "Herat"]);
        assert_eq!(several("X; Y|Z\u{2028}W_x000D_"), ["X", "Y", "Z", "W"]);
        assert_eq!(several("(1)-(2) Indonesia (3) Iran"), ["Indonesia", "Iran"]);
        assert_eq!(several("Unit b) "), ["Unit"]);
        assert_eq!(several(" ; "), Vec::<String>::new());
        assert_eq!(several("Bank (Cyprus)"), ["Bank (Cyprus)"]);
    }
}
