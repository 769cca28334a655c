//! How well does classification answer? Official index terms, descriptions of
//! traders and vague terms, each with what was learned kept apart from what is
//! asked. Writes the tables of `docs/classification-quality.md`.

mod data;
mod measure;
mod vague;

use anyhow::{Context, Result, bail};
use data::Data;
use measure::{Random, Tally};
use portcullis_controls::classify::{Classifier, Goods, Precedent, Precedents};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

struct Asked {
    folder: PathBuf,
    seed: u64,
    output: Option<PathBuf>,
    learn_vague: bool,
}

pub fn run(arguments: impl Iterator<Item = String>) -> Result<()> {
    let asked = read(arguments)?;
    if !asked.folder.exists() {
        println!("skipped: {} is not here", asked.folder.display());
        return Ok(());
    }
    let data = data::load(&asked.folder)?;
    if asked.learn_vague {
        println!("{}", vague::learn(&data, &learned(&data, &[])));
        return Ok(());
    }
    let text = report(&data, asked.seed);
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
        folder: root.join("../shared/data"),
        seed: now.as_secs(),
        output: None,
        learn_vague: false,
    };
    while let Some(argument) = arguments.next() {
        let mut value = || {
            arguments
                .next()
                .with_context(|| format!("{argument} VALUE"))
        };
        match argument.as_str() {
            "--data" => asked.folder = PathBuf::from(value()?),
            "--seed" => asked.seed = value()?.parse().context("--seed N")?,
            "--output" => asked.output = Some(PathBuf::from(value()?)),
            "--learn-vague" => asked.learn_vague = true,
            _ => bail!(
                "usage: cargo xtask classification [--data DIR] [--seed N] [--output FILE] \
                 [--learn-vague]"
            ),
        }
    }
    Ok(asked)
}

const HEAD: &str = "| learned from | 2 digits, first | 2, ten | 4, first | 4, ten | 6, first | 6, ten |\n\
                    |---|---|---|---|---|---|---|";

/// What the tables mean and what the engine already knew.
const PREFACE: &str = "# Quality of classification\n\n\
    Made by `cargo xtask classification --output docs/classification-quality.md` (part of \
    `script/bench classification`). Shares in percent with Wilson intervals at 95 %: the right code is \
    the first candidate, or among the first ten candidates as `portcullis classify` prints them. The \
    nomenclature is HS 2022 with the texts of the EU's CN/TARIC. Nothing that is asked was learned from.\n\n\
    What the engine knows without learning: the nomenclature, and the common words of \
    `policies/controls/goods-words.toml`, which were written by hand from trade usage, after a look at a \
    sample of some 140 of the traders' descriptions and as many index terms. The rows on traders are \
    therefore somewhat better than on descriptions of a kind that nobody has looked at.\n";

fn report(data: &Data, seed: u64) -> String {
    let untrained = learned(data, &[]);
    let mut out = vec![PREFACE.to_owned(), format!("Seed {seed}.\n")];
    out.push(format!(
        "## Official index terms\n\n{} terms; a random half to learn from, in growing parts, the other half asked.\n\n{HEAD}",
        data.terms.len()
    ));
    terms(data, &untrained, seed, &mut out);
    out.push(format!(
        "\n## Descriptions of traders\n\n{} rows, many cut off at 30 letters. Five-fold: each fifth is asked \
         after learning from the other four, with and without the index terms. In the last row, equal \
         descriptions stand in one fold, so that none is asked that was learned.\n\n{HEAD}",
        data.traders.len()
    ));
    traders(data, &untrained, seed, &mut out);
    out.push(
        "\n## Too vague\n\nThe weights of the signs were learned from half of each set (a fixed split); \
         these are the other halves, without any decision learned.\n\n\
         | vague terms | found | index terms | called vague |\n|---|---|---|---|"
            .to_owned(),
    );
    out.push(format!("| {} |", vague::measure(data, &untrained)));
    out.push(latency(data, &untrained));
    out.join("\n") + "\n"
}

fn learned(data: &Data, from: &[Precedent]) -> Classifier {
    let mut precedents = Precedents::default();
    precedents.add(from.to_vec());
    let mut classifier = Classifier::new(&data.hs, &[&data.cn], &data.words, &precedents);
    if !from.is_empty() {
        let begun = Instant::now();
        let weights = classifier.learn_weights();
        eprintln!(
            "learned from {} in {:?}: {weights:.2?}",
            from.len(),
            begun.elapsed()
        );
    }
    classifier
}

fn terms(data: &Data, untrained: &Classifier, seed: u64, out: &mut Vec<String>) {
    let mut terms = data.terms.clone();
    Random(seed).shuffle(&mut terms);
    let (learn, test) = terms.split_at(terms.len() / 2);
    let row = |name: String, classifier: &Classifier| {
        format!("| {name} | {} |", Tally::of(classifier, test).cells())
    };
    out.push(row("nothing".to_owned(), untrained));
    for part in [8, 4, 2, 1] {
        let some = learn.get(..learn.len() / part).unwrap_or(learn);
        out.push(row(format!("{} terms", some.len()), &learned(data, some)));
    }
}

fn traders(data: &Data, untrained: &Classifier, seed: u64, out: &mut Vec<String>) {
    let mut rows = data.traders.clone();
    Random(seed).shuffle(&mut rows);
    out.push(format!(
        "| nothing | {} |",
        Tally::of(untrained, &rows).cells()
    ));
    let mut first: BTreeMap<String, usize> = BTreeMap::new();
    let by_place: Vec<usize> = (0..rows.len()).collect();
    let by_words = rows
        .iter()
        .enumerate()
        .map(|(at, row)| *first.entry(row.description.to_lowercase()).or_insert(at));
    let by_words: Vec<usize> = by_words.collect();
    for (name, places, with_terms) in [
        ("four fifths", &by_place, false),
        ("four fifths and the index terms", &by_place, true),
        ("the same, equal descriptions in one fold", &by_words, true),
    ] {
        let mut tally = Tally::default();
        for fold in 0..5 {
            let (mut learn, mut test) = (Vec::new(), Vec::new());
            for (row, place) in rows.iter().zip(places) {
                let part = if place % 5 == fold {
                    &mut test
                } else {
                    &mut learn
                };
                part.push(row.clone());
            }
            if with_terms {
                learn.extend(data.terms.iter().cloned());
            }
            tally.add(Tally::of(&learned(data, &learn), &test));
        }
        out.push(format!("| {name} | {} |", tally.cells()));
    }
}

/// Whole answers, reasons included, one after the other.
fn latency(data: &Data, classifier: &Classifier) -> String {
    let mut times: Vec<Duration> = Vec::new();
    for row in data.traders.iter().chain(data.terms.iter().take(1_000)) {
        let goods = Goods {
            description: &row.description,
            ..Goods::default()
        };
        let begun = Instant::now();
        let answer = classifier.classify(&goods, 10);
        times.push(begun.elapsed());
        assert!(!answer.hs.is_empty(), "candidates are always returned");
    }
    times.sort();
    let at = |share: usize| {
        times
            .get(times.len() * share / 1_000)
            .copied()
            .unwrap_or_default()
    };
    format!(
        "\n## Time\n\n{} whole answers on one core of the machine that made this page: median {:.1} ms, p99 {:.1} ms.",
        times.len(),
        at(500).as_secs_f64() * 1e3,
        at(990).as_secs_f64() * 1e3
    )
}
