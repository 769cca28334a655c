//! How well does screening find, and how often does it alert on nobody? Builds
//! a benchmark from the lists at hand and writes the tables of
//! `docs/screening-quality.md`. Another seed each run unless one is given.

mod cells;
mod chance;
mod clean;
mod damage;
mod han;
mod lists;
mod report;

use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

/// What one run is asked.
pub struct Asked {
    /// Folder with the list files.
    pub lists: PathBuf,
    /// Seed of everything drawn.
    pub seed: u64,
    /// Where to write the tables; standard output only where there is none.
    pub output: Option<PathBuf>,
    /// Clean people; firms are a quarter of them.
    pub people: usize,
    /// A further file of clean people (culture, name, birth date, country code).
    pub clean: Option<PathBuf>,
    /// Names a cell of the damage model.
    pub damaged: usize,
    /// Prints what was missed and what alerted wrongly.
    pub show: bool,
}

pub fn run(arguments: impl Iterator<Item = String>) -> Result<()> {
    let arguments: Vec<String> = arguments.collect();
    if let [pair, kind, left, right] = arguments.as_slice()
        && pair == "pair"
    {
        return one_pair(kind, left, right);
    }
    let asked = read(arguments.into_iter())?;
    if !asked.lists.exists() {
        println!("skipped: {} is not here", asked.lists.display());
        return Ok(());
    }
    let report = cells::measure(&asked)?;
    let text = report.markdown();
    println!("{text}");
    if let Some(file) = &asked.output {
        std::fs::write(file, text).with_context(|| file.display().to_string())?;
    }
    Ok(())
}

fn read(mut arguments: impl Iterator<Item = String>) -> Result<Asked> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut asked = Asked {
        lists: root.join("../shared/data/lists"),
        seed: now.as_secs(),
        output: None,
        people: 80_000,
        clean: None,
        damaged: 500,
        show: false,
    };
    while let Some(argument) = arguments.next() {
        let mut value = || {
            arguments
                .next()
                .with_context(|| format!("{argument} VALUE"))
        };
        match argument.as_str() {
            "--lists" => asked.lists = PathBuf::from(value()?),
            "--seed" => asked.seed = value()?.parse().context("--seed N")?,
            "--output" => asked.output = Some(PathBuf::from(value()?)),
            "--clean" => asked.clean = Some(PathBuf::from(value()?)),
            "--people" => asked.people = value()?.parse().context("--people N")?,
            "--damaged" => asked.damaged = value()?.parse().context("--damaged N")?,
            "--show" => asked.show = true,
            _ => bail!(
                "usage: cargo xtask quality [--lists DIR] [--seed N] [--output FILE] \
                 [--people N] [--clean FILE] [--damaged N] [--show]"
            ),
        }
    }
    Ok(asked)
}

/// Prints how two names compare: `quality pair person "A" "B"`.
fn one_pair(kind: &str, left: &str, right: &str) -> Result<()> {
    use portcullis_domain::PartyKind;
    use portcullis_screening::{Options, Query, compare};
    let kind = PartyKind::parse(kind).context("person, organisation, vessel or aircraft")?;
    let side = |name: &str| Query {
        kind,
        ..Query::by_name(name)
    };
    println!(
        "{:#?}",
        compare(&side(left), &side(right), &Options::default())
    );
    Ok(())
}
