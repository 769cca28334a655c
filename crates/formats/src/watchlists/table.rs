//! Rows of delimited text, one a line, with what a cut-off file looks like.

use std::borrow::Cow;

/// A line that is no row.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum RowError {
    /// A quote is opened and not closed.
    OpenQuote,
}

/// The cells of one line. Quotes are doubled inside quotes (RFC 4180); text
/// after a closing quote is kept rather than lost.
pub(super) fn cells(line: &str, delimiter: char) -> Result<Vec<Cow<'_, str>>, RowError> {
    let mut cells = Vec::new();
    let mut rest = line;
    loop {
        let (cell, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted_cell(quoted, delimiter)?,
            None => {
                let end = rest.find(delimiter).unwrap_or(rest.len());
                (Cow::Borrowed(&rest[..end]), &rest[end..])
            }
        };
        cells.push(cell);
        match after.strip_prefix(delimiter) {
            Some(next) => rest = next,
            None => return Ok(cells),
        }
    }
}

/// Reads on after an opening quote, to the next delimiter outside quotes.
fn quoted_cell(text: &str, delimiter: char) -> Result<(Cow<'_, str>, &str), RowError> {
    let mut value = String::new();
    let mut rest = text;
    loop {
        let end = rest.find('"').ok_or(RowError::OpenQuote)?;
        let after = &rest[end + 1..];
        if let Some(again) = after.strip_prefix('"') {
            value.push_str(&rest[..=end]);
            rest = again;
            continue;
        }
        let stop = after.find(delimiter).unwrap_or(after.len());
        let (tail, after) = after.split_at(stop);
        if value.is_empty() && tail.trim().is_empty() {
            return Ok((Cow::Borrowed(&rest[..end]), after));
        }
        value.push_str(&rest[..end]);
        value.push_str(tail.trim_end());
        return Ok((Cow::Owned(value), after));
    }
}

/// The lines of a text with their numbers, without line ends, end marks
/// (0x1A) and empty lines.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (u64, &str)> {
    (1_u64..)
        .zip(text.split('\n'))
        .map(|(number, line)| (number, line.trim_end_matches(['\r', '\u{1A}'])))
        .filter(|(_, line)| !blank(line))
}

/// Nothing but delimiters, white space and end marks. A spreadsheet that
/// saved an OFAC file again leaves its end mark as a row of empty cells.
fn blank(line: &str) -> bool {
    line.chars()
        .all(|c| matches!(c, ',' | '\t' | '\u{1A}' | '"' | ' '))
}

/// How it shows that the last row is cut off, if it is: too few columns, an
/// open quote, or no line end after a cell that may go on.
pub(super) fn cut_off(text: &str, delimiter: char, columns: usize) -> Option<(u64, String)> {
    let (number, last) = lines(text).last()?;
    let row = match cells(last, delimiter) {
        Err(RowError::OpenQuote) => return Some((number, "a quote is not closed".to_owned())),
        Ok(row) => row,
    };
    if row.len() < columns {
        let what = format!("the last row has {} of {columns} columns", row.len());
        return Some((number, what));
    }
    let ended = text.ends_with(['\n', '\r', '\u{1A}', '"', delimiter]) || text.ends_with("-0- ");
    let marked = row
        .last()
        .is_none_or(|cell| cell.trim().is_empty() || cell.trim() == "-0-");
    (!ended && !marked).then(|| (number, "the last row has no line end".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: &[&str]) {
        assert_eq!(cells(line, ',').unwrap(), expected, "{line}");
    }

    #[test]
    fn cells_of_every_kind() {
        check(
            r#"36,"A, B",-0- ,"C ""D"" E""#,
            &["36", "A, B", "-0- ", r#"C "D" E"#],
        );
        check(r#""","#, &["", ""]);
        check(r#""A" x,b"#, &["A x", "b"]);
        check("", &[""]);
        assert_eq!(cells(r#"1,"A"#, ','), Err(RowError::OpenQuote));
    }

    #[test]
    fn cut_off_rows_show() {
        let cut = |text: &str| cut_off(text, ',', 3).is_some();
        assert!(!cut("1,2,3\n"));
        assert!(!cut("1,2,\"3\""));
        assert!(!cut("1,2,-0- "));
        assert!(!cut("1,2,3\r\n\u{1A}"));
        assert!(!cut("1,2,3\r\n\u{1A},,"));
        assert!(cut("1,2,3\n1,2"));
        assert!(cut("1,2,\"3"));
        assert!(cut("1,2,thr"));
    }
}
