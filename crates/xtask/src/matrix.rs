//! `cargo xtask matrix`: every entry of the control list against every
//! destination, counted by what answers; and any cell of it explained.

use anyhow::{Context, Result, bail};
use portcullis_controls::{
    CaseInput, Cell, Circumstances, Controls, iso_countries, transaction_of,
};
use portcullis_domain::{Case, Country, Date, Given, Jurisdiction};
use portcullis_policy::{Installation, PolicyFiles};
use std::{collections::BTreeMap, path::Path};

/// The day for which the matrix is made: the newest that the tables were read on.
const DAY: &str = "2026-11-22";

pub(crate) fn run(mut arguments: impl Iterator<Item = String>) -> Result<()> {
    let files = policies()?;
    let Ok(controls) = Controls::load(&files) else {
        bail!("the policies do not load: run `portcullis policy check`");
    };
    let day: Date = DAY.parse()?;
    match (arguments.next(), arguments.next()) {
        (None, _) => count(&controls, day),
        (Some(eccn), None) => row(&controls, &eccn, day),
        (Some(eccn), Some(to)) => {
            let to = Country::parse(&to).with_context(|| format!("'{to}' is not a country"))?;
            let Ok(installation) = Installation::load(&files) else {
                bail!("installation.toml does not load");
            };
            explain(&controls, &installation, &eccn, to, day)
        }
    }
}

fn policies() -> Result<PolicyFiles> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    let mut files = PolicyFiles::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "toml") {
                let name = path.strip_prefix(&root)?.to_string_lossy().into_owned();
                files.insert(name, std::fs::read_to_string(&path)?);
            }
        }
    }
    Ok(files)
}

fn count(controls: &Controls, day: Date) -> Result<()> {
    let (numbers, countries) = (controls.entry_numbers(), iso_countries());
    let mut counts: BTreeMap<Cell, usize> = BTreeMap::new();
    for number in &numbers {
        for to in &countries {
            let cell = controls.cell(number, *to, day, day);
            let cell = cell.with_context(|| format!("{number} to {to} has no answer"))?;
            *counts.entry(cell).or_default() += 1;
        }
    }
    let all: usize = counts.values().sum();
    println!(
        "{} entries x {} destinations = {all} cells, as of {day}",
        numbers.len(),
        countries.len()
    );
    for cell in Cell::ALL {
        let count = counts.get(&cell).copied().unwrap_or(0);
        let percent = count as f64 * 100.0 / all as f64;
        println!("{count:>8}  {percent:>5.1} %  {}", cell.label());
    }
    let expected = numbers.len() * countries.len();
    if all != expected {
        bail!("{all} cells were answered, not {expected}");
    }
    Ok(())
}

fn row(controls: &Controls, eccn: &str, day: Date) -> Result<()> {
    let mut by_cell: BTreeMap<Cell, Vec<&str>> = BTreeMap::new();
    let countries = iso_countries();
    for to in &countries {
        let cell = controls.cell(eccn, *to, day, day);
        let cell = cell.with_context(|| format!("the list has no entry '{eccn}'"))?;
        by_cell.entry(cell).or_default().push(to.code());
    }
    for (cell, codes) in by_cell {
        println!("{} ({}): {}", cell.label(), codes.len(), codes.join(" "));
    }
    Ok(())
}

fn explain(
    controls: &Controls,
    installation: &Installation,
    eccn: &str,
    to: Country,
    day: Date,
) -> Result<()> {
    let case = Case {
        id: format!("{eccn} {to}"),
        jurisdictions: Given::Known(vec![Jurisdiction::new("US")]),
        eccn: Given::Known(eccn.to_owned()),
        destination: Given::Known(to),
        ..Case::default()
    };
    let determined = controls.determine_case(&CaseInput {
        case: &case,
        transaction: &transaction_of(&case),
        circumstances: &Circumstances::of_case(&case),
        installation,
        party_findings: &[],
        party_questions: &[],
        exceptions_refused: false,
        as_of: day,
        known: day,
    });
    println!("{eccn} to {}: {}", to.name(), determined.result.as_str());
    if let Some(cell) = controls.cell(eccn.get(..5).unwrap_or(eccn), to, day, day) {
        println!("cell of the entry: {}", cell.label());
    }
    for law in &determined.per_jurisdiction {
        println!("why: {}", law.text);
        for step in &law.steps {
            println!("  {:?}  {}  [{}]", step.truth, step.rule, step.citation);
        }
    }
    for question in &determined.questions {
        println!("asks {}: {}", question.field, question.text);
    }
    for authorised in &determined.authorisations {
        println!(
            "may use {}: {}",
            authorised.id,
            authorised.conditions.join("; ")
        );
    }
    Ok(())
}
