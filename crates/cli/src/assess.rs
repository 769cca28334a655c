//! `portcullis assess`: declarations in, one decision a line out.

use crate::{
    Ended,
    args::{AssessArgs, Global},
    context::{OPERATOR, acting, day_of, end_of, engine, now, open_store},
    output::{Output, say},
    progress,
    table::Table,
};
use anyhow::{Context, Result, bail};
use indicatif::ProgressBar;
use portcullis_assessment::Asked;
use portcullis_domain::Outcome;
use portcullis_formats::declarations;
use portcullis_gate::{BATCH, Catalogue, Gate, Incoming, Line, load_lists};
use std::{
    collections::BTreeMap,
    fs::{self, File},
    path::{Path, PathBuf},
    sync::Arc,
};

pub(crate) async fn run(global: &Global, args: &AssessArgs) -> Result<Ended> {
    let files = find_files(&args.inputs)?;
    let store = open_store(global).await?;
    let started = now();
    // What is not recorded may be tried with any files.
    let engine = match (args.dry_run, &global.policies) {
        (true, Some(_)) => Arc::new(engine(global)?),
        _ => acting(global, &store).await?.engine,
    };
    let as_of = args.as_of.unwrap_or_else(|| engine.policy().today(started));
    let known = args.known.map_or(Ok(started), end_of)?;
    let lists = load_lists(&store, &Catalogue::default(), as_of, known).await?;
    let asked = Asked {
        as_of,
        known: args.known.unwrap_or_else(|| day_of(started)),
    };
    let mut gate = Gate::new(store, engine, Arc::new(lists), asked);
    if args.as_of.is_some() || args.known.is_some() {
        gate = gate.for_named_days();
    }
    if args.dry_run {
        gate = gate.dry();
    }
    let mut run = Run::start(global, args, gate, &files)?;
    for file in &files {
        run.file(file).await?;
    }
    run.end().await
}

/// A file to read, and the name under which it appears in the output.
pub(crate) struct Found {
    pub(crate) path: PathBuf,
    bytes: u64,
}

/// Files as given; folders whole, by name, hidden files left out.
pub(crate) fn find_files(inputs: &[PathBuf]) -> Result<Vec<Found>> {
    let mut found = Vec::new();
    for input in inputs {
        let about =
            fs::metadata(input).with_context(|| format!("cannot read {}", input.display()))?;
        if about.is_dir() {
            let before = found.len();
            walk(input, &mut found)?;
            if found.len() == before {
                bail!("there are no files in {}", input.display());
            }
        } else {
            found.push(Found {
                path: input.clone(),
                bytes: about.len(),
            });
        }
    }
    Ok(found)
}

fn walk(folder: &Path, found: &mut Vec<Found>) -> Result<()> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut paths = entries
        .map(|e| e.map(|e| e.path()))
        .collect::<Result<Vec<_>, _>>()?;
    paths.sort();
    for path in paths {
        let hidden = path
            .file_name()
            .is_some_and(|n| n.to_string_lossy().starts_with('.'));
        if hidden {
            continue;
        }
        let about =
            fs::metadata(&path).with_context(|| format!("cannot read {}", path.display()))?;
        if about.is_dir() {
            walk(&path, found)?;
        } else {
            found.push(Found {
                bytes: about.len(),
                path,
            });
        }
    }
    Ok(())
}

/// One run over all files: a batch is decided, recorded, then printed.
struct Run {
    gate: Gate,
    output: Option<Output>,
    table: Option<Table>,
    batch: Vec<Incoming>,
    counts: BTreeMap<Option<Outcome>, u64>,
    bar: ProgressBar,
    quiet: bool,
}

impl Run {
    fn start(global: &Global, args: &AssessArgs, gate: Gate, files: &[Found]) -> Result<Run> {
        let to_stdout = args.output == Path::new("-");
        let output = (!(args.table && to_stdout)).then(|| Output::open(&args.output));
        Ok(Run {
            gate,
            output: output.transpose()?,
            table: args.table.then(Table::default),
            batch: Vec::with_capacity(BATCH),
            counts: BTreeMap::new(),
            bar: progress::over_bytes(files.iter().map(|f| f.bytes).sum(), global.quiet),
            quiet: global.quiet,
        })
    }

    async fn file(&mut self, found: &Found) -> Result<()> {
        let file = File::open(&found.path)
            .with_context(|| format!("cannot read {}", found.path.display()))?;
        let name = found.path.to_string_lossy().into_owned();
        let counted = progress::Counted {
            inner: file,
            bar: self.bar.clone(),
        };
        let limits = declarations::Limits::default();
        for message in declarations::messages(counted, &limits) {
            self.batch.push(Incoming {
                file: name.clone(),
                message,
            });
            if self.batch.len() == BATCH {
                self.flush().await?;
            }
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<()> {
        let batch = std::mem::replace(&mut self.batch, Vec::with_capacity(BATCH));
        if batch.is_empty() {
            return Ok(());
        }
        for line in self.gate.take(batch, OPERATOR, now()).await? {
            self.print(&line)?;
        }
        if let Some(output) = &mut self.output {
            output.flush()?;
        }
        let decided: u64 = self.counts.values().sum();
        self.bar.set_message(format!("{decided} messages"));
        Ok(())
    }

    fn print(&mut self, line: &Line) -> Result<()> {
        *self.counts.entry(line.outcome).or_default() += 1;
        if let Some(table) = &mut self.table {
            table.add(line);
        }
        match &mut self.output {
            Some(output) => output.line(line),
            None => Ok(()),
        }
    }

    async fn end(mut self) -> Result<Ended> {
        self.flush().await?;
        self.bar.finish_and_clear();
        if let Some(table) = &self.table {
            say!("{table}")?;
        }
        if !self.quiet {
            eprintln!("{}", shares(&self.counts));
        }
        let holds = self.counts.contains_key(&Some(Outcome::Hold));
        Ok(if holds {
            Ended::DoneWithHolds
        } else {
            Ended::Done
        })
    }
}

/// How many of the decided messages came to each outcome, and their share.
fn shares(counts: &BTreeMap<Option<Outcome>, u64>) -> String {
    let decided: u64 = counts
        .iter()
        .filter(|(o, _)| o.is_some())
        .map(|(_, n)| n)
        .sum();
    let mut parts = vec![format!("{decided} decided")];
    for outcome in Outcome::ALL {
        let n = counts.get(&Some(outcome)).copied().unwrap_or(0);
        let share = if decided == 0 {
            0.0
        } else {
            n as f64 * 100.0 / decided as f64
        };
        parts.push(format!("{} {n} ({share:.1} %)", outcome.as_str()));
    }
    if let Some(n) = counts.get(&None) {
        parts.push(format!("{n} not declarations"));
    }
    parts.join(" · ")
}
