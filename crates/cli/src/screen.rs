//! `portcullis screen`: names in, hits out, in input order, on all cores.

use crate::{
    Ended,
    args::{Global, ScreenArgs},
    context::{day_of, now, open_store},
    output::Output,
    progress,
    screen_input::{self, Row},
    screen_record::{Seal, Sealing, Tally},
};
use anyhow::{Context, Result, bail};
use portcullis_assessment::Lists;
use portcullis_gate::{Catalogue, load_lists};
use portcullis_screening::{Answer, Hit, Options, Partial};
use serde::Serialize;
use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
};

/// Rows that are screened together; memory stays flat whatever the input's length.
const CHUNK: usize = 4_096;

/// Output version 1; the schema is `docs/reference/screen-output.schema.json`.
#[derive(Serialize)]
struct Line<'a> {
    v: u32,
    id: &'a str,
    status: &'static str,
    query: &'a str,
    hits: Vec<LineHit<'a>>,
    more: usize,
    threshold: f64,
    snapshot: &'a str,
    /// Screening stopped at a bound: never clear.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    partial: bool,
    error: Option<String>,
}

#[derive(Serialize)]
struct LineHit<'a> {
    entity_id: &'a str,
    caption: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    lists: &'a [String],
    score: f64,
    bits: f64,
    weak: bool,
    same_as: &'a [String],
    reasons: Vec<LineReason<'a>>,
}

#[derive(Serialize)]
struct LineReason<'a> {
    code: &'a str,
    text: &'a str,
    bits: f64,
}

pub(crate) async fn run(global: &Global, args: &ScreenArgs) -> Result<Ended> {
    let store = open_store(global).await?;
    let moment = now();
    let lists = load_lists(&store, &Catalogue::default(), day_of(moment), moment).await?;
    if lists.index().is_empty() {
        bail!(
            "no list is active, so nobody can be screened; import one with: portcullis lists import FILE..."
        );
    }
    let mut tally = Tally::default();
    let (input, bar) = open_sealed(&args.input, global.quiet, &tally.input)?;
    let mut rows = screen_input::rows(input, args.format)?;
    let mut output = Output::sealed(&args.output, &tally.output)?;
    let mut ended = Ended::Done;
    let mut done = 0_u64;
    loop {
        let mut chunk = Vec::with_capacity(CHUNK);
        let mut broken = None;
        for row in rows.by_ref().take(CHUNK) {
            match row {
                Ok(row) => chunk.push(row),
                Err(error) => broken = Some(error),
            }
        }
        let at_end = chunk.len() < CHUNK;
        for block in screen_all(&chunk, &lists, args)? {
            if block.holds {
                ended = Ended::DoneWithHolds;
            }
            block.statuses.iter().for_each(|status| tally.count(status));
            output.bytes(&block.lines)?;
        }
        output.flush()?;
        done += chunk.len() as u64;
        bar.set_message(format!("{done} screened"));
        if at_end || broken.is_some() {
            bar.finish();
            let asked = (args.input.as_path(), args.threshold, args.weak);
            let code = tally.record(&store, lists.id(), asked, now()).await?;
            if !global.quiet {
                eprintln!("record: {code}");
            }
            return match broken {
                Some(error) => Err(error.context("the rest of the input was not screened")),
                None => Ok(ended),
            };
        }
    }
}

pub(crate) fn open(path: &Path, quiet: bool) -> Result<(Box<dyn BufRead>, indicatif::ProgressBar)> {
    open_sealed(path, quiet, &Seal::default())
}

/// The same; everything that is read is taken into the digest.
fn open_sealed(
    path: &Path,
    quiet: bool,
    seal: &Seal,
) -> Result<(Box<dyn BufRead>, indicatif::ProgressBar)> {
    let seal = seal.clone();
    if path == Path::new("-") {
        let bar = progress::over_bytes(0, true);
        let inner = std::io::stdin();
        let sealed = Sealing { inner, seal };
        return Ok((Box::new(BufReader::with_capacity(1 << 16, sealed)), bar));
    }
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let bar = progress::over_bytes(file.metadata()?.len(), quiet);
    let counted = progress::Counted {
        inner: file,
        bar: bar.clone(),
    };
    let sealed = Sealing {
        inner: counted,
        seal,
    };
    Ok((Box::new(BufReader::with_capacity(1 << 16, sealed)), bar))
}

/// Some neighbouring rows, answered and written out.
struct Block {
    /// Which of the blocks.
    place: usize,
    lines: Vec<u8>,
    /// The status of each row.
    statuses: Vec<&'static str>,
    /// Whether a row could not be screened, or not to the end.
    holds: bool,
}

/// Rows that one thread takes at a time: small, so that a slow row keeps no
/// other thread waiting.
const BLOCK: usize = 64;

/// Answers rows on all cores; the blocks come back in the order of the rows.
fn screen_all(rows: &[Row], lists: &Lists, args: &ScreenArgs) -> Result<Vec<Block>> {
    let next = AtomicUsize::new(0);
    let work = || -> Result<Vec<Block>> {
        let mut done = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(rows) = rows.chunks(BLOCK).nth(place) else {
                return Ok(done);
            };
            done.push(answer_block(place, rows, lists, args)?);
        }
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = cores.min(rows.len().div_ceil(BLOCK));
    let mut all = Vec::new();
    std::thread::scope(|scope| -> Result<()> {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        for thread in threads {
            match thread.join() {
                Ok(blocks) => all.extend(blocks?),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        Ok(())
    })?;
    all.sort_by_key(|block| block.place);
    Ok(all)
}

fn answer_block(place: usize, rows: &[Row], lists: &Lists, args: &ScreenArgs) -> Result<Block> {
    let options = Options {
        threshold: args.threshold,
        weak: args.weak,
    };
    let mut block = Block {
        place,
        lines: Vec::new(),
        statuses: Vec::new(),
        holds: false,
    };
    for row in rows {
        let answer = match &row.query {
            Some(query) => lists.index().screen(query, &options),
            None => Answer::default(),
        };
        let line = line(row, &answer, args, lists.id());
        block.holds |= matches!(line.status, "error" | "partial") || line.partial;
        block.statuses.push(line.status);
        serde_json::to_writer(&mut block.lines, &line)?;
        block.lines.push(b'\n');
    }
    Ok(block)
}

fn line<'a>(row: &'a Row, answer: &'a Answer, args: &ScreenArgs, snapshot: &'a str) -> Line<'a> {
    let hits = &answer.hits;
    let mut wrong = row.wrong.clone();
    wrong.extend(answer.partial.map(Partial::text));
    let status = match (&row.query, wrong.is_empty(), hits.is_empty()) {
        (None, _, _) => "error",
        // An alert is an alert even where a part of the row could not be read.
        (_, _, false) => "alert",
        (_, false, true) => "partial",
        (_, true, true) => "clear",
    };
    Line {
        v: 1,
        id: &row.id,
        status,
        query: &row.name,
        hits: hits.iter().take(args.limit).map(line_hit).collect(),
        more: hits.len().saturating_sub(args.limit),
        threshold: args.threshold,
        snapshot,
        partial: answer.partial.is_some(),
        error: (!wrong.is_empty()).then(|| wrong.join("; ")),
    }
}

fn line_hit(hit: &Hit) -> LineHit<'_> {
    LineHit {
        entity_id: &hit.entity_id,
        caption: &hit.caption,
        kind: hit.kind.as_str(),
        lists: &hit.lists,
        score: hit.score,
        bits: hit.bits,
        weak: hit.weak,
        same_as: &hit.same_as,
        reasons: hit
            .reasons
            .iter()
            .map(|r| LineReason {
                code: &r.code,
                text: &r.text,
                bits: r.bits,
            })
            .collect(),
    }
}
