//! Our own CSV (docs/reference/declaration-template.csv): one row a line of
//! goods; consecutive rows with the same reference are one declaration.

mod row;

use super::{Limits, Message, Source};
use crate::reading::Collector;
use crate::table::{Record, Row, Table, TableLimits};
use portcullis_domain::{Issue, MessageKind, Transaction};
use std::collections::VecDeque;

/// Broken rows that wait for the declaration around them to end.
const MAX_WAITING: usize = 1_000;

pub(super) struct CsvFile<'a> {
    table: Table<'a>,
    columns: row::Columns,
    limits: Limits,
    open: Option<Group>,
    ready: VecDeque<Message>,
    /// Rows of a declaration that has too many are passed over.
    overfull: Option<String>,
}

/// A declaration whose rows are still coming in.
struct Group {
    line: u64,
    transaction: Transaction,
    issues: Collector,
    rows: usize,
    raw: Vec<u8>,
    waiting: Vec<Message>,
}

impl<'a> CsvFile<'a> {
    /// Reads the header row; the error says why the file cannot be read.
    pub(super) fn open(input: Source<'a>, limits: &Limits) -> Result<CsvFile<'a>, Issue> {
        let table = Table::open(
            input,
            TableLimits {
                max_record_bytes: limits.max_record_bytes,
                max_skip_bytes: limits.max_skip_bytes,
            },
        )?;
        let columns = row::Columns::of(&table.header)?;
        Ok(CsvFile {
            table,
            columns,
            limits: limits.clone(),
            open: None,
            ready: VecDeque::new(),
            overfull: None,
        })
    }

    pub(super) fn next(&mut self) -> Option<Message> {
        while self.ready.is_empty() {
            match self.table.next() {
                None => {
                    self.close();
                    if self.ready.is_empty() {
                        return None;
                    }
                }
                Some(Record::Row(row)) => self.row(&row),
                Some(Record::Broken { issue, bytes }) => self.broken(issue, &bytes),
            }
        }
        self.ready.pop_front()
    }

    fn row(&mut self, row: &Row) {
        let reference = self.columns.reference(&row.cells).to_owned();
        if reference.is_empty() {
            let what = "the row has no reference: the declaration it belongs to is not known";
            let issue = Issue::new("reference-missing", what).at_line(row.line);
            self.broken(issue, &row.bytes);
            return;
        }
        if self.overfull.as_ref() == Some(&reference) {
            return;
        }
        self.overfull = None;
        if self
            .open
            .as_ref()
            .is_some_and(|g| g.transaction.reference != reference)
        {
            self.close();
        }
        let mut group = self.open.take().unwrap_or_else(|| Group {
            line: row.line,
            transaction: Transaction {
                reference,
                ..Transaction::default()
            },
            issues: Collector::default(),
            rows: 0,
            raw: self.table.header_bytes.clone(),
            waiting: Vec::new(),
        });
        let room = self.limits.max_record_bytes.saturating_sub(group.raw.len());
        if group.rows == self.limits.max_items || room < row.bytes.len() {
            self.overflow(group, row.line);
            return;
        }
        group.raw.push(b'\n');
        group.raw.extend_from_slice(&row.bytes);
        group.rows += 1;
        let first = group.rows == 1;
        self.columns
            .add(row, first, &mut group.transaction, &mut group.issues);
        self.open = Some(group);
    }

    /// A declaration that is larger than the limits is not read in part.
    fn overflow(&mut self, group: Group, line: u64) {
        let (rows, bytes) = (self.limits.max_items, self.limits.max_record_bytes);
        let what = format!("the declaration has more than {rows} rows or {bytes} bytes");
        let issue = Issue::new("too-many-items", what).at_line(line);
        let mut message = Message::unreadable(issue, &group.raw);
        message.reference = Some(group.transaction.reference.clone());
        self.overfull = Some(group.transaction.reference);
        self.ready.push_back(message);
        self.ready.extend(group.waiting);
    }

    /// A row that cannot be read is a message of its own. The declaration
    /// around it may lack it, and says so.
    fn broken(&mut self, issue: Issue, bytes: &[u8]) {
        let line = issue.line;
        let mut message = Message::unreadable(issue, bytes);
        let cells = self.table.cells_of(bytes);
        let reference = self.columns.reference(&cells).to_owned();
        message.reference = (!reference.is_empty()).then(|| reference.clone());
        let Some(group) = self.open.as_mut() else {
            self.ready.push_back(message);
            return;
        };
        if reference.is_empty() || reference == group.transaction.reference {
            let mut lost = Issue::new(
                "row-lost",
                "a row next to this declaration could not be read and may belong to it",
            );
            lost.line = line;
            group.issues.push(lost);
        }
        group.waiting.push(message);
        if group.waiting.len() >= MAX_WAITING {
            self.close();
        }
    }

    fn close(&mut self) {
        let Some(mut group) = self.open.take() else {
            return;
        };
        self.columns
            .complete(&mut group.transaction, &mut group.issues, group.line);
        group.transaction.issues = group.issues.finish();
        let known = group.transaction.message != MessageKind::Other;
        let message = if known {
            Message::own(group.transaction, "CSV", group.line, &group.raw)
        } else {
            unknown_kind(group.transaction, group.line, &group.raw)
        };
        self.ready.push_back(message);
        self.ready.extend(group.waiting);
    }
}

/// The `message` column holds no kind of message.
fn unknown_kind(transaction: Transaction, line: u64, raw: &[u8]) -> Message {
    let what = "the column 'message' holds none of declaration, amendment, cancellation";
    let mut message = Message::unreadable(Issue::new("unknown-word", what).at_line(line), raw);
    message.reference = Some(transaction.reference);
    message
}
