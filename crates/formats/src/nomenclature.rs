//! **Which goods has which code?** Nomenclatures as their publishers give
//! them: the Harmonized System (the table of `datasets/harmonized-system`), the
//! EU's Combined Nomenclature with TARIC (CIRCABC export), the United States'
//! HTS (USITC export), and concordances between editions of the HS (UNSD).

mod concordance;
mod lines;

use crate::reading::shown;
use crate::table::{Record, Row, Table, TableLimits};
use portcullis_domain::{CodeChange, GoodsLine, Issue};
use std::io::Read;

/// How much of a file is read before it, or a row of it, is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one row. A longer one is an issue; reading goes on with the next.
    pub max_record_bytes: usize,
    /// Rows of one file. A longer file is refused.
    pub max_rows: usize,
    /// Characters of one text. A longer one is cut, and said.
    pub max_text_chars: usize,
    /// Levels under a chapter. A deeper line is an issue.
    pub max_depth: usize,
}

impl Default for Limits {
    /// Rows of 64 KiB, half a million of them, texts of 4,000 characters, 20 levels.
    fn default() -> Limits {
        Limits {
            max_record_bytes: 64 << 10,
            max_rows: 500_000,
            max_text_chars: 4_000,
            max_depth: 20,
        }
    }
}

/// Which publication a file is, told by its columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Publication {
    /// The Harmonized System to six digits.
    HarmonizedSystem,
    /// The Combined Nomenclature and TARIC to ten digits, English.
    CombinedNomenclature,
    /// The Harmonized Tariff Schedule of the United States to ten digits.
    UsHts,
    /// A concordance between editions of the Harmonized System.
    Concordance,
}

/// What a file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Lines of a nomenclature, each after the line it stands under.
    Lines(Vec<GoodsLine>),
    /// Changes between editions.
    Changes(Vec<CodeChange>),
}

/// A file as read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Which publication.
    pub publication: Publication,
    /// What it holds; never empty.
    pub content: Content,
    /// Rows that could not be taken, and values that were cut.
    pub issues: Vec<Issue>,
}

/// Reads a file. `editions` are the years of the editions of the Harmonized
/// System; steps of a concordance to anything else (the SITC) are left out and
/// said. A row that cannot be taken is an issue with its line.
///
/// # Errors
///
/// An [`Issue`] if the file is none of the known publications, too long, or
/// holds nothing that can be taken.
pub fn read(input: impl Read, editions: &[u16], limits: &Limits) -> Result<Reading, Issue> {
    let table_limits = TableLimits {
        max_record_bytes: limits.max_record_bytes,
        max_skip_bytes: 64 << 20,
    };
    let table = Table::open(Box::new(input), table_limits)?;
    let (publication, columns) = recognise(&table.header)?;
    let mut rows = Rows {
        table,
        limits,
        columns,
        taken: 0,
        issues: Vec::new(),
    };
    let content = match publication {
        Publication::HarmonizedSystem => Content::Lines(lines::harmonized_system(&mut rows)?),
        Publication::CombinedNomenclature => Content::Lines(lines::combined(&mut rows)?),
        Publication::UsHts => Content::Lines(lines::us_hts(&mut rows)?),
        Publication::Concordance => Content::Changes(concordance::read(&mut rows, editions)?),
    };
    let empty = match &content {
        Content::Lines(lines) => lines.iter().all(|line| line.code.is_empty()),
        Content::Changes(changes) => changes.is_empty(),
    };
    if empty {
        return Err(Issue::new(
            "empty",
            "the file holds no code that can be taken",
        ));
    }
    Ok(Reading {
        publication,
        content,
        issues: rows.issues,
    })
}

/// The columns that tell each publication, in the order its reader uses them.
const KNOWN: [(Publication, &[&str]); 4] = [
    (
        Publication::HarmonizedSystem,
        &["hscode", "description", "parent", "level"],
    ),
    (
        Publication::CombinedNomenclature,
        &["goods_code", "hier_pos", "description", "language"],
    ),
    (Publication::UsHts, &["hts_number", "indent", "description"]),
    (
        Publication::Concordance,
        &["code.after", "code.before", "adjustment"],
    ),
];

fn recognise(header: &[String]) -> Result<(Publication, Vec<usize>), Issue> {
    for (publication, names) in KNOWN {
        let columns: Option<Vec<usize>> = names
            .iter()
            .map(|name| header.iter().position(|h| h == name))
            .collect();
        if let Some(columns) = columns {
            return Ok((publication, columns));
        }
    }
    let what = format!(
        "the columns ({}) are of no known nomenclature: HS (hscode, description, parent, level), \
         CN/TARIC (goods_code, hier_pos, language, description), HTS (HTS Number, Indent, \
         Description), concordance (code.after, code.before, adjustment)",
        shown(&header.join(", "))
    );
    Err(Issue::new("wrong-schema", what).at_line(1))
}

/// The rows of a file, bounded, with the issues met so far.
struct Rows<'a, 'l> {
    table: Table<'a>,
    limits: &'l Limits,
    columns: Vec<usize>,
    taken: usize,
    issues: Vec<Issue>,
}

impl Rows<'_, '_> {
    /// The next row that can be split into cells.
    fn next(&mut self) -> Result<Option<Row>, Issue> {
        loop {
            match self.table.next() {
                None => return Ok(None),
                Some(Record::Row(row)) => {
                    self.taken += 1;
                    if self.taken > self.limits.max_rows {
                        let what = format!("the file has more than {} rows", self.limits.max_rows);
                        return Err(Issue::new("too-large", what).at_line(row.line));
                    }
                    return Ok(Some(row));
                }
                Some(Record::Broken { issue, .. }) if issue.code == "io" => return Err(issue),
                Some(Record::Broken { issue, .. }) => self.issues.push(issue),
            }
        }
    }

    /// The cell of the nth column that the reader knows.
    fn cell<'r>(&self, row: &'r Row, nth: usize) -> &'r str {
        let at = self.columns.get(nth).copied();
        at.and_then(|at| row.cells.get(at)).map_or("", |c| c.trim())
    }

    fn issue(&mut self, row: &Row, field: &str, code: &str, text: String) {
        let issue = Issue::new(code, text).at_line(row.line).in_field(field);
        self.issues.push(issue);
    }

    /// The text of a line; `None`, with an issue, if there is none.
    fn text(&mut self, row: &Row, nth: usize) -> Option<String> {
        let plain = plain(self.cell(row, nth));
        if plain.is_empty() {
            let what = "the line has no description; it is left out".to_owned();
            self.issue(row, "description", "missing", what);
            return None;
        }
        if plain.chars().count() > self.limits.max_text_chars {
            let most = self.limits.max_text_chars;
            let what = format!("the description has more than {most} characters; it is cut");
            self.issue(row, "description", "too-large", what);
            return Some(plain.chars().take(most).collect());
        }
        Some(plain)
    }
}

/// A text without mark-up: CIRCABC writes `|` for a space that does not break
/// and `$2` for a raised two, USITC writes tags.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut in_tag = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            // `<` also stands for "less than": a tag begins with a letter or a slash.
            '<' if chars
                .peek()
                .is_some_and(|n| n.is_ascii_alphabetic() || *n == '/')
                && text.contains('>') =>
            {
                in_tag = true;
            }
            '>' if in_tag => in_tag = false,
            _ if in_tag => {}
            '|' | '\u{a0}' | '\n' | '\r' | '\t' => out.push(' '),
            '$' if chars.peek().is_some_and(char::is_ascii_digit) => {}
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    let words: Vec<&str> = out.split_whitespace().collect();
    words.join(" ").trim_end_matches(':').trim().to_owned()
}

/// The digits of a code written with or without dots; `None` if anything else
/// stands in it.
fn digits(text: &str) -> Option<String> {
    let code: String = text.chars().filter(|c| *c != '.' && *c != ' ').collect();
    (!code.is_empty() && code.bytes().all(|b| b.is_ascii_digit())).then_some(code)
}

#[cfg(test)]
mod tests;
