//! Automation for the house: `cargo xtask layers` checks who may stand on whom;
//! `cargo xtask learn` makes the committed tables of the names crate;
//! `cargo xtask quality` and `cargo xtask classification` measure what is found.

mod classification;
mod learn;
mod matrix;
mod quality;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::{collections::BTreeMap, process::Command};

/// Who may stand on whom (crate, the workspace crates it may name). The table
/// is the design's "Direction"; an edge that is not here is an error, so a new
/// edge is a decision somebody makes on purpose, in this file.
const LAYERS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("names", &["domain"]),
    ("formats", &["domain"]),
    ("policy", &["domain"]),
    ("ledger", &["domain"]),
    ("screening", &["domain", "names"]),
    ("controls", &["domain", "names", "policy"]),
    ("casework", &["domain", "names"]),
    (
        "assessment",
        &[
            "domain",
            "names",
            "screening",
            "controls",
            "policy",
            "casework",
        ],
    ),
    (
        "store",
        &["domain", "assessment", "casework", "ledger", "screening"],
    ),
    (
        "gate",
        &[
            "domain",
            "casework",
            "formats",
            "policy",
            "controls",
            "screening",
            "assessment",
            "store",
        ],
    ),
    (
        "server",
        &[
            "domain",
            "casework",
            "formats",
            "policy",
            "controls",
            "screening",
            "assessment",
            "ledger",
            "store",
            "gate",
        ],
    ),
    (
        "cli",
        &[
            "domain",
            "casework",
            "formats",
            "policy",
            "controls",
            "screening",
            "assessment",
            "ledger",
            "store",
            "gate",
            "server",
            "exchange",
        ],
    ),
    ("exchange", &["domain", "policy"]),
    (
        "xtask",
        &[
            "domain",
            "names",
            "formats",
            "screening",
            "policy",
            "controls",
        ],
    ),
];

/// Crates that only the named ones may use: what makes a crate an edge of the house.
const RESERVED: &[(&str, &[&str])] = &[
    ("sqlx", &["store"]),
    ("axum", &["server"]),
    ("askama", &["server"]),
    ("ureq", &["exchange"]),
    ("tokio", &["store", "gate", "server", "cli"]),
    ("anyhow", &["cli", "xtask"]),
    ("rand", &["ledger", "store", "server", "cli"]),
];

fn main() -> Result<()> {
    match std::env::args().nth(1).as_deref() {
        Some("layers") => layers(),
        Some("learn") => learn::run(std::env::args().skip(2)),
        Some("classification") => classification::run(std::env::args().skip(2)),
        Some("quality") => quality::run(std::env::args().skip(2)),
        Some("matrix") => matrix::run(std::env::args().skip(2)),
        _ => bail!(
            "usage: cargo xtask layers | quality | classification | matrix [ECCN [COUNTRY]] | learn --names DIR --unihan DIR"
        ),
    }
}

fn layers() -> Result<()> {
    let allowed: BTreeMap<&str, &[&str]> = LAYERS.iter().copied().collect();
    let mut wrong = Vec::new();
    for (name, dependencies) in workspace()? {
        let Some(may_use) = allowed.get(name.as_str()) else {
            wrong.push(format!("crate '{name}' is not in the table of layers"));
            continue;
        };
        for (dependency, dev_only) in dependencies {
            if let Some(inner) = dependency.strip_prefix("portcullis-") {
                // Tests anywhere may read real files; what ships may not.
                let reads_in_tests = dev_only && inner == "formats";
                if !may_use.contains(&inner) && !reads_in_tests {
                    wrong.push(format!("'{name}' may not stand on '{inner}'"));
                }
            } else if let Some((_, owners)) = RESERVED.iter().find(|(r, _)| *r == dependency)
                && !owners.contains(&name.as_str())
                && !dev_only
            {
                wrong.push(format!("'{name}' may not use {dependency}"));
            }
        }
    }
    if wrong.is_empty() {
        println!("layers: {} crates, no edge out of place", LAYERS.len());
        return Ok(());
    }
    bail!("layers:\n  {}", wrong.join("\n  "))
}

/// Each workspace crate without its prefix, and what it depends on
/// (`true` where the dependency is for its tests alone).
fn workspace() -> Result<BTreeMap<String, Vec<(String, bool)>>> {
    let output = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()))
        .args([
            "metadata",
            "--format-version",
            "1",
            "--no-deps",
            "--offline",
        ])
        .output()
        .context("cargo metadata did not start")?;
    if !output.status.success() {
        bail!(
            "cargo metadata: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"]
        .as_array()
        .context("no packages in the metadata")?;
    let mut found = BTreeMap::new();
    for package in packages {
        let name = package["name"]
            .as_str()
            .context("a package without a name")?;
        let listed = package["dependencies"]
            .as_array()
            .context("no dependencies listed")?;
        let dependencies = listed.iter().filter_map(|d| {
            Some((
                d["name"].as_str()?.to_owned(),
                d["kind"].as_str() == Some("dev"),
            ))
        });
        let short = name.strip_prefix("portcullis-").unwrap_or(name);
        found.insert(short.to_owned(), dependencies.collect());
    }
    Ok(found)
}
