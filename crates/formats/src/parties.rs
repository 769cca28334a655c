//! **Who stands behind an identifier?** The party book: identifiers with the
//! names and addresses that belong to them, as CSV
//! (docs/reference/party-book-template.csv) or as JSON, one object a line.

mod table_row;

pub(crate) use table_row::Columns;

use crate::declarations::{Fields, party_of_json, strict_json};
use crate::reading::{Collector, shown};
use crate::table::{Record, Table, TableLimits};
use portcullis_domain::{Identifier, Issue, Party};
use std::io::{BufRead, BufReader, Read};

/// How much of a party book is read before it, or a record of it, is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one record. A longer one is an issue; reading goes on with the next.
    pub max_record_bytes: usize,
    /// Bytes that are passed over in search of the end of a record that is
    /// too long, before the rest of the file is refused.
    pub max_skip_bytes: u64,
    /// Entries of one book. A longer book is refused.
    pub max_entries: usize,
}

impl Default for Limits {
    /// Records of 1 MiB, 64 MiB passed over, five million entries.
    fn default() -> Limits {
        Limits {
            max_record_bytes: 1 << 20,
            max_skip_bytes: 64 << 20,
            max_entries: 5_000_000,
        }
    }
}

/// One entry of the party book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookEntry {
    /// The identifiers under which a declaration may name the party; at least one.
    pub identifiers: Vec<Identifier>,
    /// Who it is: at least one name, and the identifiers again.
    pub party: Party,
}

/// A party book as read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Book {
    /// The entries, in file order.
    pub entries: Vec<BookEntry>,
    /// Records that could not be taken, and values that could not be read.
    pub issues: Vec<Issue>,
    /// Records of the file, unreadable ones included.
    pub records: u64,
}

/// Reads a party book. A record that cannot be taken is an issue with its
/// line. A file that cannot be read at all (empty, no usable header row, cut
/// off by a failing disk, too large) is an error, and nothing of it is taken.
pub fn read(input: impl Read, limits: &Limits) -> Result<Book, Issue> {
    let mut input = BufReader::with_capacity(64 * 1024, input);
    let head = input
        .fill_buf()
        .map_err(|e| Issue::new("io", format!("the file cannot be read: {e}")).at_line(1))?;
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let first = text.iter().find(|b| !b.is_ascii_whitespace()).copied();
    match first {
        None => Err(Issue::new("empty", "the file is empty").at_line(1)),
        Some(b'{') => json_lines(input, limits),
        Some(_) => csv(input, limits),
    }
}

pub(crate) fn table_limits(limits: &Limits) -> TableLimits {
    TableLimits {
        max_record_bytes: limits.max_record_bytes,
        max_skip_bytes: limits.max_skip_bytes,
    }
}

impl Book {
    fn take(
        &mut self,
        entry: Option<BookEntry>,
        issues: Collector,
        limits: &Limits,
    ) -> Result<(), Issue> {
        self.records += 1;
        self.issues.extend(issues.finish());
        self.entries.extend(entry);
        if self.entries.len() <= limits.max_entries {
            return Ok(());
        }
        let what = format!(
            "the party book has more than {} entries",
            limits.max_entries
        );
        Err(Issue::new("too-large", what))
    }

    fn refuse(&mut self, issue: Issue) -> Result<(), Issue> {
        if issue.code == "io" {
            return Err(issue);
        }
        self.records += 1;
        self.issues.push(issue);
        Ok(())
    }
}

fn csv(input: impl Read, limits: &Limits) -> Result<Book, Issue> {
    let mut table = Table::open(Box::new(input), table_limits(limits))?;
    let columns = table_row::Columns::of(&table.header)?;
    let mut book = Book::default();
    while let Some(record) = table.next() {
        match record {
            Record::Broken { issue, .. } => book.refuse(issue)?,
            Record::Row(row) => {
                let mut issues = Collector::at_line(Some(row.line));
                let party = columns.party(&row, &mut issues);
                let entry = entry(party, &mut issues);
                book.take(entry, issues, limits)?;
            }
        }
    }
    Ok(book)
}

fn json_lines(input: impl Read, limits: &Limits) -> Result<Book, Issue> {
    let mut lines = crate::table::Lines::new(Box::new(input), table_limits(limits));
    let mut book = Book::default();
    while let Some(line) = lines.next()? {
        let bytes = line
            .bytes
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(&line.bytes);
        if bytes.iter().all(u8::is_ascii_whitespace) && !line.too_long {
            continue;
        }
        if line.too_long {
            let what = format!("the line is longer than {} bytes", limits.max_record_bytes);
            book.refuse(Issue::new("too-large", what).at_line(line.number))?;
            continue;
        }
        let mut issues = Collector::at_line(Some(line.number));
        match strict_json(bytes) {
            Err(error) => {
                let what = format!("this is not JSON: {}", shown(&error.to_string()));
                book.refuse(Issue::new("not-well-formed", what).at_line(line.number))?;
            }
            Ok(value) => {
                let party = Fields::of(&value, "", &mut issues).map(|mut fields| {
                    let party = party_of_json(&mut fields, &mut issues);
                    fields.finish(&mut issues);
                    party
                });
                let entry = party.and_then(|p| entry(p, &mut issues));
                book.take(entry, issues, limits)?;
            }
        }
    }
    Ok(book)
}

/// An entry needs something to be found by and something to say.
fn entry(party: Party, issues: &mut Collector) -> Option<BookEntry> {
    let missing = match (party.identifiers.is_empty(), party.names.is_empty()) {
        (true, _) => "identifier",
        (_, true) => "name",
        _ => {
            let identifiers = party.identifiers.clone();
            return Some(BookEntry { identifiers, party });
        }
    };
    let code = format!("{missing}-missing");
    issues.push(
        Issue::new(&code, format!("the entry has no {missing}; it is left out")).in_field(missing),
    );
    None
}
