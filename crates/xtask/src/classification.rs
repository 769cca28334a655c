//! How well does classification answer? Official index terms, descriptions of
//! traders and vague terms, each with what was learned kept apart from what is
//! asked. Writes the tables of `docs/classification-quality.md`.

mod data;
mod measure;
mod vague;

use anyhow::{Context, Result, bail};
use data::Data;
use measure::{Random, Tally};
use portcullis_controls::classify::{Classifier, Precedent, Precedents};
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

struct Asked {
    folder: PathBuf,
    seed: u64,
    output: Option<PathBuf>,
    only: Option<String>,
}

pub fn run(arguments: impl Iterator<Item = String>) -> Result<()> {
    let asked = read(arguments)?;
    if !asked.folder.exists() {
        println!("skipped: {} is not here", asked.folder.display());
        return Ok(());
    }
    let data = data::load(&asked.folder)?;
    let mut out = Vec::new();
    let wanted = |part: &str| asked.only.as_ref().is_none_or(|only| only == part);
    if asked.only.as_deref() == Some("explore") {
        explore(&data, asked.seed);
    }
    if wanted("vague") {
        let untrained = learned(&data, &[]);
        if asked.only.is_some() {
            println!("{}", vague::learn(&data, &untrained));
        }
        println!("vague: {}", vague::measure(&data, &untrained));
    }
    if wanted("terms") {
        terms(&data, asked.seed, &mut out);
    }
    if wanted("traders") {
        traders(&data, asked.seed, &mut out);
    }
    let text = out.join("\n");
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
        only: None,
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
            "--only" => asked.only = Some(value()?),
            _ => bail!(
                "usage: cargo xtask classification [--data DIR] [--seed N] [--output FILE] [--only PART]"
            ),
        }
    }
    Ok(asked)
}

fn learned(data: &Data, from: &[Precedent]) -> Classifier {
    let mut precedents = Precedents::default();
    precedents.add(from.to_vec());
    let mut classifier = Classifier::new(&data.hs, &[&data.cn], &data.words, &precedents);
    let begun = std::time::Instant::now();
    if !from.is_empty() {
        let weights = classifier.learn_weights();
        eprintln!(
            "learned from {} in {:?}: {weights:.2?}",
            from.len(),
            begun.elapsed()
        );
    }
    classifier
}

fn terms(data: &Data, seed: u64, out: &mut Vec<String>) {
    let mut terms = data.terms.clone();
    Random(seed).shuffle(&mut terms);
    let (learn, test) = terms.split_at(terms.len() / 2);
    let begun = std::time::Instant::now();
    let untrained = learned(data, &[]);
    eprintln!("built in {:?}", begun.elapsed());
    let begun = std::time::Instant::now();
    out.push(format!(
        "untrained | {}",
        Tally::of(&untrained, test).cells()
    ));
    eprintln!("{:?} a query", begun.elapsed() / test.len() as u32);
    for part in [8, 4, 2, 1] {
        let some = &learn[..learn.len() / part];
        let begun = std::time::Instant::now();
        let classifier = learned(data, some);
        eprintln!("all in {:?}", begun.elapsed());
        out.push(format!(
            "{} terms | {}",
            some.len(),
            Tally::of(&classifier, test).cells()
        ));
    }
}

fn traders(data: &Data, seed: u64, out: &mut Vec<String>) {
    let mut rows = data.traders.clone();
    Random(seed).shuffle(&mut rows);
    let untrained = learned(data, &[]);
    out.push(format!(
        "traders untrained | {}",
        Tally::of(&untrained, &rows).cells()
    ));
    for with_terms in [false, true] {
        let mut tally = Tally::default();
        for fold in 0..5 {
            let of_fold = |p: &(usize, &Precedent)| p.0 % 5 == fold;
            let test: Vec<Precedent> = rows
                .iter()
                .enumerate()
                .filter(of_fold)
                .map(|(_, p)| p.clone())
                .collect();
            let mut learn: Vec<Precedent> = rows
                .iter()
                .enumerate()
                .filter(|p| !of_fold(p))
                .map(|(_, p)| p.clone())
                .collect();
            if with_terms {
                learn.extend(data.terms.iter().cloned());
            }
            tally.add(Tally::of(&learned(data, &learn), &test));
        }
        out.push(format!(
            "traders five-fold, terms {with_terms} | {}",
            tally.cells()
        ));
    }
}

fn explore(data: &Data, seed: u64) {
    let mut rows = data.traders.clone();
    Random(seed).shuffle(&mut rows);
    let (test, learn) = rows.split_at(rows.len() / 5);
    for with_terms in [false, true] {
        let mut learn = learn.to_vec();
        if with_terms {
            learn.extend(data.terms.iter().cloned());
        }
        let classifier = learned(data, &learn);
        let mut tallies = std::collections::BTreeMap::new();
        for question in test {
            let table = classifier.explore(&question.description);
            for kind in 0..table[0].1.len() {
                let mut best: std::collections::BTreeMap<&str, f32> = Default::default();
                for (code, row) in &table {
                    let b = best.entry(&code[..4]).or_insert(f32::NEG_INFINITY);
                    *b = b.max(row[kind]);
                }
                let own = best
                    .get(&question.code[..4])
                    .copied()
                    .unwrap_or(f32::NEG_INFINITY);
                let rank = best.values().filter(|v| **v > own).count();
                let ties = best.values().filter(|v| **v == own).count();
                let t: &mut (f64, f64) = tallies.entry(kind).or_default();
                if rank == 0 {
                    t.0 += 1.0 / ties as f64;
                }
                if rank < 10 {
                    t.1 += ((10 - rank) as f64 / ties as f64).min(1.0);
                }
            }
        }
        for (kind, (one, ten)) in tallies {
            println!(
                "terms {with_terms} kind {kind}: {:.1} {:.1}",
                100.0 * one / test.len() as f64,
                100.0 * ten / test.len() as f64
            );
        }
        println!("list: {}", Tally::of(&classifier, test).cells());
    }
}
