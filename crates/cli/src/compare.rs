//! `portcullis compare`: pairs of parties in, one score a pair out, in input
//! order, on all cores. Needs no list and no data folder.

use crate::{
    Ended,
    args::{CompareArgs, Global, TableFormat},
    output::Output,
    screen::open,
    screen_input::Bounded,
};
use anyhow::{Context, Result, bail};
use portcullis_domain::{Country, PartyKind};
use portcullis_screening::{Comparison, Options, Query, compare};
use serde::Serialize;
use std::{cell::Cell, io::BufRead, rc::Rc};

/// Pairs that are compared together; memory stays flat whatever the input's length.
const CHUNK: usize = 4_096;

const COLUMNS: [&str; 8] = [
    "id",
    "type",
    "left",
    "right",
    "left_birth_date",
    "right_birth_date",
    "left_country",
    "right_country",
];

/// One pair, as far as it could be read.
struct Pair {
    /// The id as given, or the number of the row, from 1.
    id: String,
    /// The two parties; `None` where the row cannot be compared at all.
    sides: Option<(Query, Query)>,
    /// What could not be read.
    wrong: Vec<String>,
}

/// One line of `--format jsonl`.
#[derive(Serialize)]
struct Line<'a> {
    id: &'a str,
    score: Option<f64>,
    bits: f64,
    reasons: Vec<LineReason<'a>>,
    parts: Vec<LinePart<'a>>,
    error: Option<String>,
}

#[derive(Serialize)]
struct LineReason<'a> {
    code: &'a str,
    text: &'a str,
    bits: f64,
}

#[derive(Serialize)]
struct LinePart<'a> {
    left: &'a str,
    right: &'a str,
    agreement: &'static str,
    similarity: f64,
    how: &'a str,
}

pub(crate) fn run(global: &Global, args: &CompareArgs) -> Result<Ended> {
    let (input, bar) = open(&args.input, global.quiet)?;
    let mut pairs = Pairs::open(input)?;
    let mut output = Output::open(&args.output)?;
    if args.format == TableFormat::Csv {
        output.bytes(b"id,score,reasons\n")?;
    }
    let (mut ended, mut done) = (Ended::Done, 0_u64);
    loop {
        let mut chunk = Vec::with_capacity(CHUNK);
        let mut broken = None;
        for pair in pairs.by_ref().take(CHUNK) {
            match pair {
                Ok(pair) => chunk.push(pair),
                Err(error) => broken = Some(error),
            }
        }
        let at_end = chunk.len() < CHUNK;
        for (pair, found) in chunk.iter().zip(compare_all(&chunk)) {
            if !pair.wrong.is_empty() {
                ended = Ended::DoneWithHolds;
            }
            write(&mut output, args.format, pair, found.as_ref())?;
        }
        output.flush()?;
        done += chunk.len() as u64;
        bar.set_message(format!("{done} compared"));
        if let Some(error) = broken {
            return Err(error.context("the rest of the input was not compared"));
        }
        if at_end {
            bar.finish();
            return Ok(ended);
        }
    }
}

/// Compares the pairs on all cores, in order.
fn compare_all(pairs: &[Pair]) -> Vec<Option<Comparison>> {
    let options = Options::default();
    let one = |pair: &Pair| {
        let sides = pair.sides.as_ref();
        sides.map(|(left, right)| compare(left, right, &options))
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let share = pairs.len().div_ceil(cores).max(64);
    let mut all = Vec::with_capacity(pairs.len());
    std::thread::scope(|scope| {
        let chunks: Vec<_> = pairs
            .chunks(share)
            .map(|chunk| scope.spawn(move || chunk.iter().map(one).collect::<Vec<_>>()))
            .collect();
        for chunk in chunks {
            match chunk.join() {
                Ok(found) => all.extend(found),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
    });
    all
}

fn write(
    output: &mut Output,
    format: TableFormat,
    pair: &Pair,
    found: Option<&Comparison>,
) -> Result<()> {
    let error = (!pair.wrong.is_empty()).then(|| pair.wrong.join("; "));
    if format == TableFormat::Jsonl {
        let none: (&[_], &[_]) = (&[], &[]);
        let (reasons, parts) = found.map_or(none, |f| (&f.reasons, &f.parts));
        return output.line(&Line {
            id: &pair.id,
            score: found.and_then(|f| f.score),
            bits: found.map_or(0.0, |f| f.bits),
            reasons: reasons
                .iter()
                .map(|r| LineReason {
                    code: &r.code,
                    text: &r.text,
                    bits: r.bits,
                })
                .collect(),
            parts: parts
                .iter()
                .map(|p| LinePart {
                    left: &p.query,
                    right: &p.listed,
                    agreement: p.agreement.as_str(),
                    similarity: p.similarity,
                    how: &p.how,
                })
                .collect(),
            error,
        });
    }
    let reasons = found.map_or(&[][..], |f| &f.reasons);
    let mut texts: Vec<String> = reasons.iter().map(|r| r.text.clone()).collect();
    texts.extend(error.map(|e| format!("could not be read: {e}")));
    let score = found.and_then(|f| f.score).map(|s| s.to_string());
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record([&pair.id, &score.unwrap_or_default(), &texts.join(" | ")])?;
    let bytes = writer.into_inner().map_err(|e| e.into_error())?;
    output.bytes(&bytes)
}

/// The rows of a CSV of pairs.
struct Pairs {
    reader: csv::Reader<Bounded>,
    /// Column of each cell, where it is one of ours.
    columns: Vec<Option<usize>>,
    since_row: Rc<Cell<u64>>,
    number: u64,
    ended: bool,
}

impl Pairs {
    fn open(mut input: Box<dyn BufRead>) -> Result<Pairs> {
        let start = input.fill_buf().context("cannot read the input")?;
        if start.is_empty() {
            bail!("the input is empty");
        }
        if start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff") {
            bail!("the input is in UTF-16; save it as UTF-8 and try again");
        }
        let since_row = Rc::new(Cell::new(0));
        let bounded = Bounded::new(input, since_row.clone());
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .from_reader(bounded);
        let headers = reader
            .byte_headers()
            .context("the header cannot be read")?
            .clone();
        let columns: Vec<Option<usize>> = headers.iter().map(column).collect();
        for needed in ["left", "right"] {
            if !columns.iter().flatten().any(|at| COLUMNS[*at] == needed) {
                bail!(
                    "the input has no column '{needed}'; columns are any of {}",
                    COLUMNS.join(", ")
                );
            }
        }
        Ok(Pairs {
            reader,
            columns,
            since_row,
            number: 0,
            ended: false,
        })
    }

    fn pair(&self, record: &csv::ByteRecord) -> Pair {
        let mut wrong = Vec::new();
        if record.len() != self.columns.len() {
            let (got, want) = (record.len(), self.columns.len());
            wrong.push(format!("the row has {got} cells, the header {want}"));
        }
        let mut cells: [String; COLUMNS.len()] = Default::default();
        for (cell, column) in record.iter().zip(&self.columns) {
            let Some(at) = column else { continue };
            cells[*at] = match std::str::from_utf8(cell) {
                Ok(text) => text.trim().to_owned(),
                Err(_) => {
                    wrong.push(format!("{} is not UTF-8; read as Latin-1", COLUMNS[*at]));
                    cell.iter().map(|b| char::from(*b)).collect()
                }
            };
        }
        let [
            id,
            kind,
            left,
            right,
            left_birth,
            right_birth,
            left_country,
            right_country,
        ] = cells;
        let kind = PartyKind::parse(&kind).unwrap_or_else(|| {
            wrong.push(format!(
                "type '{kind}' is not person, organisation, vessel or aircraft"
            ));
            PartyKind::Unknown
        });
        let left = side(kind, &left, &left_birth, &left_country, &mut wrong);
        let right = side(kind, &right, &right_birth, &right_country, &mut wrong);
        let named = record.len() >= self.columns.len();
        Pair {
            id: match id.is_empty() {
                true => self.number.to_string(),
                false => id,
            },
            sides: named.then_some((left, right)),
            wrong,
        }
    }
}

fn column(header: &[u8]) -> Option<usize> {
    let header = header.strip_prefix(b"\xef\xbb\xbf").unwrap_or(header);
    let name = String::from_utf8_lossy(header).trim().to_ascii_lowercase();
    COLUMNS.iter().position(|c| *c == name)
}

/// One party of a pair; several values in a cell are separated by `;`.
fn side(
    kind: PartyKind,
    names: &str,
    births: &str,
    countries: &str,
    wrong: &mut Vec<String>,
) -> Query {
    let values = |cell: &str| -> Vec<String> {
        let values = cell.split(';').map(str::trim).filter(|v| !v.is_empty());
        values.map(str::to_owned).collect()
    };
    let mut names = values(names).into_iter();
    let mut query = Query {
        kind,
        name: names.next().unwrap_or_default(),
        other_names: names.collect(),
        ..Query::default()
    };
    for text in values(births) {
        match text.parse() {
            Ok(date) => query.birth_dates.push(date),
            Err(why) => wrong.push(format!("birth date: {why}")),
        }
    }
    for text in values(countries) {
        match Country::parse(&text) {
            Some(country) => query.countries.push(country),
            None => wrong.push(format!("country '{text}' is not known")),
        }
    }
    query
}

impl Iterator for Pairs {
    type Item = Result<Pair>;

    fn next(&mut self) -> Option<Result<Pair>> {
        if self.ended {
            return None;
        }
        let mut record = csv::ByteRecord::new();
        match self.reader.read_byte_record(&mut record) {
            Ok(true) => {
                // What the reader has buffered beyond this row is at most one buffer.
                self.since_row.set(0);
                self.number += 1;
                Some(Ok(self.pair(&record)))
            }
            Ok(false) => None,
            Err(error) => {
                self.ended = true;
                let after = format!("after row {}", self.number);
                Some(Err(anyhow::Error::new(error).context(after)))
            }
        }
    }
}
