//! **Who are the customers?** A book of customers as CSV
//! (docs/reference/customer-book-template.csv) or as JSON, one object a line,
//! read record by record: a book may have millions.

use crate::declarations::{Fields, party_of_json, strict_json};
use crate::parties::{Columns, Limits, table_limits};
use crate::reading::{Collector, shown};
use crate::table::{Lines, Record, Table};
use portcullis_domain::{Issue, Party};
use std::io::{BufRead, BufReader, Read};

/// One record of a book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerRecord {
    /// The firm's own number and the customer; `None` if the record cannot be
    /// taken, and then the issues say why.
    pub customer: Option<(String, Party)>,
    /// What could not be read, with its line.
    pub issues: Vec<Issue>,
}

/// A book that is being read.
pub struct Customers<'a> {
    reader: Reader<'a>,
    limits: Limits,
}

enum Reader<'a> {
    Csv(Table<'a>, Columns),
    JsonLines(Lines<'a>),
}

impl<'a> Customers<'a> {
    /// Opens a book. A file that cannot be read at all (empty, no usable header
    /// row) is an error.
    ///
    /// # Errors
    ///
    /// An [`Issue`] that says what is wrong with the file.
    pub fn open(input: impl Read + 'a, limits: &Limits) -> Result<Customers<'a>, Issue> {
        let mut input = BufReader::with_capacity(64 * 1024, input);
        let head = input
            .fill_buf()
            .map_err(|e| Issue::new("io", format!("the file cannot be read: {e}")).at_line(1))?;
        let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
        let first = text.iter().find(|b| !b.is_ascii_whitespace()).copied();
        let reader = match first {
            None => return Err(Issue::new("empty", "the file is empty").at_line(1)),
            Some(b'{') => Reader::JsonLines(Lines::new(Box::new(input), table_limits(limits))),
            Some(_) => {
                let table = Table::open(Box::new(input), table_limits(limits))?;
                let columns = Columns::of_customers(&table.header)?;
                Reader::Csv(table, columns)
            }
        };
        Ok(Customers {
            reader,
            limits: limits.clone(),
        })
    }

    /// The next record; `None` at the end.
    ///
    /// # Errors
    ///
    /// An [`Issue`] if the rest of the file cannot be read.
    pub fn next_record(&mut self) -> Result<Option<CustomerRecord>, Issue> {
        match &mut self.reader {
            Reader::Csv(table, columns) => match table.next() {
                None => Ok(None),
                Some(Record::Broken { issue, .. }) => refused(issue).map(Some),
                Some(Record::Row(row)) => {
                    let mut issues = Collector::at_line(Some(row.line));
                    let party = columns.party(&row, &mut issues);
                    let id = columns.cell(&row, "id").trim().to_owned();
                    Ok(Some(record(id, Some(party), issues)))
                }
            },
            Reader::JsonLines(lines) => json_record(lines, &self.limits),
        }
    }
}

fn json_record(lines: &mut Lines<'_>, limits: &Limits) -> Result<Option<CustomerRecord>, Issue> {
    while let Some(line) = lines.next()? {
        let bytes = line
            .bytes
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(&line.bytes);
        if bytes.iter().all(u8::is_ascii_whitespace) && !line.too_long {
            continue;
        }
        let mut issues = Collector::at_line(Some(line.number));
        if line.too_long {
            let what = format!("the line is longer than {} bytes", limits.max_record_bytes);
            return refused(Issue::new("too-large", what).at_line(line.number)).map(Some);
        }
        let value = match strict_json(bytes) {
            Ok(value) => value,
            Err(error) => {
                let what = format!("this is not JSON: {}", shown(&error.to_string()));
                return refused(Issue::new("not-well-formed", what).at_line(line.number)).map(Some);
            }
        };
        let mut id = String::new();
        let party = Fields::of(&value, "", &mut issues).map(|mut fields| {
            id = fields.text("id", &mut issues).trim().to_owned();
            let party = party_of_json(&mut fields, &mut issues);
            fields.finish(&mut issues);
            party
        });
        return Ok(Some(record(id, party, issues)));
    }
    Ok(None)
}

/// A record that breaks costs itself; a file that breaks costs the rest.
fn refused(issue: Issue) -> Result<CustomerRecord, Issue> {
    if issue.code == "io" {
        return Err(issue);
    }
    Ok(CustomerRecord {
        customer: None,
        issues: vec![issue],
    })
}

/// A customer needs a number to be known by, and something that can be screened.
fn record(id: String, party: Option<Party>, mut issues: Collector) -> CustomerRecord {
    let customer = party.and_then(|party| {
        let nothing = party.names.is_empty() && party.identifiers.is_empty();
        let missing = match (id.is_empty(), nothing) {
            (true, _) => "id",
            (_, true) => "name",
            _ => return Some((id, party)),
        };
        let code = format!("{missing}-missing");
        let text = format!("the customer has no {missing}; it is left out");
        issues.push(Issue::new(&code, text).in_field(missing));
        None
    });
    CustomerRecord {
        customer,
        issues: issues.finish(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<(String, Party)>, Vec<String>) {
        let mut book = Customers::open(text.as_bytes(), &Limits::default()).unwrap();
        let (mut taken, mut wrong) = (Vec::new(), Vec::new());
        while let Some(record) = book.next_record().unwrap() {
            taken.extend(record.customer);
            wrong.extend(
                record
                    .issues
                    .into_iter()
                    .map(|i| format!("{}:{}", i.line.unwrap_or(0), i.code)),
            );
        }
        (taken, wrong)
    }

    #[test]
    fn both_forms_say_the_same() {
        let csv = "id,name,type,aliases,birth_date,country,identifiers,address\n\
                   C-1,Ann Example,person,A. Example;Anna Example,1980-02-03,DE,passport:X12,Main St 1\n";
        let json = "{\"id\":\"C-1\",\"name\":\"Ann Example\",\"type\":\"person\",\
                    \"aliases\":[\"A. Example\",\"Anna Example\"],\"birth_dates\":[\"1980-02-03\"],\
                    \"identifiers\":[\"passport:X12\"]}\n";
        let (csv, wrong) = read(csv);
        assert_eq!(wrong, Vec::<String>::new());
        let (json, wrong) = read(json);
        assert_eq!(wrong, Vec::<String>::new());
        assert_eq!(csv[0].0, "C-1");
        let (csv, json) = (&csv[0].1, &json[0].1);
        assert_eq!((&csv.names, csv.kind), (&json.names, json.kind));
        assert_eq!(csv.birth_dates, json.birth_dates);
        assert_eq!(csv.identifiers, json.identifiers);
        assert_eq!(csv.addresses[0].street, "Main St 1");
    }

    #[test]
    fn bad_records_are_said_and_the_others_taken() {
        let text = "id,name,country\n,Nobody,DE\nC-2,,DE\nC-3,Good,Atlantis\nC-4,Too,many,cells\nC-5,Fine,FR\n";
        let (taken, wrong) = read(text);
        let ids: Vec<&str> = taken.iter().map(|(id, _)| id.as_str()).collect();
        assert_eq!(ids, ["C-3", "C-5"]);
        assert_eq!(wrong.len(), 4, "{wrong:?}");
        assert!(wrong.contains(&"2:id-missing".to_owned()), "{wrong:?}");
        let (taken, wrong) = read("{\"id\":\"1\",\"name\":\"A\"}\nnot json\n{\"name\":\"B\"}\n");
        assert_eq!((taken.len(), wrong.len()), (1, 2));
        for bad in ["", "name,country\nA,DE\n"] {
            assert!(
                Customers::open(bad.as_bytes(), &Limits::default()).is_err(),
                "{bad}"
            );
        }
    }
}
