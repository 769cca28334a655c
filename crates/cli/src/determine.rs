//! `portcullis determine`: cases in, one determination a line out.

use crate::{
    Ended,
    args::{DetermineArgs, Global},
    context::{acting, day_of, end_of, now, open_store},
    output::Output,
};
use anyhow::{Context, Result, anyhow};
use portcullis_assessment::{Asked, Engine, Lists};
use portcullis_domain::DeterminationResult;
use portcullis_formats::cases::{MAX_LINE, read_case};
use portcullis_gate::{Catalogue, load_lists};
use serde::Serialize;
use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::Path,
};

/// Cases that are determined together on all processors.
const BLOCK: usize = 512;

/// A line that is no case.
#[derive(Serialize)]
struct Refused {
    v: u8,
    id: String,
    status: &'static str,
    line: u64,
    field: String,
    error: String,
}

/// One line of the input, as far as it could be read as text.
struct Line {
    number: u64,
    text: Result<String, String>,
}

/// One line of the output: its JSON, and the result for the tally.
type Answer = (String, Option<DeterminationResult>);

pub(crate) async fn run(global: &Global, args: &DetermineArgs) -> Result<Ended> {
    let store = open_store(global).await?;
    let engine = acting(global, &store).await?.engine;
    let started = now();
    let as_of = args.as_of.unwrap_or_else(|| engine.policy().today(started));
    let known = args.known.map_or(Ok(started), end_of)?;
    let lists = load_lists(&store, &Catalogue::default(), as_of, known).await?;
    let asked = Asked {
        as_of,
        known: args.known.unwrap_or_else(|| day_of(started)),
    };
    let input: Box<dyn Read> = if args.input == Path::new("-") {
        Box::new(io::stdin())
    } else {
        let file = File::open(&args.input)
            .with_context(|| format!("cannot read {}", args.input.display()))?;
        Box::new(file)
    };
    let mut output = Output::open(&args.output)?;
    let mut reader = BufReader::new(input);
    let mut tally: BTreeMap<&'static str, u64> = BTreeMap::new();
    let mut number = 0;
    loop {
        let block = next_block(&mut reader, &mut number)
            .with_context(|| format!("cannot read {}", args.input.display()))?;
        if block.is_empty() {
            break;
        }
        for (json, result) in answers(&engine, &lists, asked, &block)? {
            output.bytes(json.as_bytes())?;
            output.bytes(b"\n")?;
            *tally
                .entry(result.map_or("error", DeterminationResult::as_str))
                .or_default() += 1;
        }
    }
    output.flush()?;
    if !global.quiet {
        let counts: Vec<String> = tally
            .iter()
            .map(|(word, n)| format!("{n} {word}"))
            .collect();
        eprintln!("as of {as_of}: {}", counts.join(", "));
    }
    Ok(if tally.contains_key("error") {
        Ended::DoneWithHolds
    } else {
        Ended::Done
    })
}

/// The next lines, at most a block; empty at the end. A line that is too long
/// is skipped over and refused, and so is one that is not UTF-8.
fn next_block(reader: &mut impl BufRead, number: &mut u64) -> io::Result<Vec<Line>> {
    let mut block = Vec::new();
    while block.len() < BLOCK {
        let mut bytes = Vec::new();
        let limit = MAX_LINE as u64 + 2;
        if reader.by_ref().take(limit).read_until(b'\n', &mut bytes)? == 0 {
            break;
        }
        *number += 1;
        let cut = !bytes.ends_with(b"\n") && bytes.len() as u64 == limit;
        if cut {
            reader.skip_until(b'\n')?;
        }
        let text = String::from_utf8(bytes).map_err(|_| "is not UTF-8".to_owned());
        let text = match text {
            _ if cut => Err(format!("is longer than {MAX_LINE} bytes")),
            Ok(text) if *number == 1 => Ok(text.trim_start_matches('\u{feff}').to_owned()),
            other => other,
        };
        if matches!(&text, Ok(text) if text.trim().is_empty()) {
            continue;
        }
        block.push(Line {
            number: *number,
            text,
        });
    }
    Ok(block)
}

/// The answers of a block, in order, made on all processors.
fn answers(engine: &Engine, lists: &Lists, asked: Asked, block: &[Line]) -> Result<Vec<Answer>> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let share = block.len().div_ceil(threads).max(1);
    std::thread::scope(|scope| {
        let parts: Vec<_> = block
            .chunks(share)
            .map(|part| {
                scope.spawn(move || {
                    let each = part.iter().map(|line| answer(engine, lists, asked, line));
                    each.collect::<Result<Vec<Answer>>>()
                })
            })
            .collect();
        let mut all = Vec::with_capacity(block.len());
        for part in parts {
            let part = part.join().map_err(|_| anyhow!("a worker stopped"))?;
            all.extend(part?);
        }
        Ok(all)
    })
}

fn answer(engine: &Engine, lists: &Lists, asked: Asked, line: &Line) -> Result<Answer> {
    let refused = |id: String, field: String, why: String| Refused {
        v: 1,
        id,
        status: "error",
        line: line.number,
        error: format!("line {}: {field}: {why}", line.number),
        field,
    };
    let refused = match &line.text {
        Err(why) => refused(String::new(), "line".to_owned(), why.clone()),
        Ok(text) => match read_case(text) {
            Err(wrong) => refused(wrong.id, wrong.field, wrong.text),
            Ok(case) => match engine.controls().refuse(&case) {
                Some((field, why)) => refused(case.id, field, why),
                None => {
                    let determined = engine.determine(&case, lists, asked);
                    let json = serde_json::to_string(&determined)?;
                    return Ok((json, Some(determined.result)));
                }
            },
        },
    };
    Ok((serde_json::to_string(&refused)?, None))
}
