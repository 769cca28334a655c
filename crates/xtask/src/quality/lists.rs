//! The lists at hand as entities.

use anyhow::{Context, Result, bail};
use portcullis_domain::{Entity, Listing, Name, NameKind, Party, PartyKind};
use portcullis_formats::watchlists::{ListFile, read};
use std::path::Path;

/// Files that belong together, as the program itself would import them.
const SOURCES: [&[&str]; 4] = [
    &["us_csl_2026-07-31.consolidated.json"],
    &["un_consolidated_2026-02-27.xml"],
    &["ca_sema_2025.xml"],
    &[
        "ofac_sdn_official_2021.csv",
        "ofac_alt_2026.csv",
        "ofac_add_2026.csv",
    ],
];

/// Every entity of every list in the folder, and how many files were read.
pub fn entities(folder: &Path) -> Result<(Vec<Entity>, Vec<String>)> {
    let (mut all, mut told) = (Vec::new(), Vec::new());
    for source in SOURCES {
        let bytes: Vec<Vec<u8>> = source
            .iter()
            .map(|name| std::fs::read(folder.join(name)).with_context(|| name.to_string()))
            .collect::<Result<_>>()?;
        let files: Vec<ListFile> = source
            .iter()
            .zip(&bytes)
            .map(|(name, bytes)| ListFile { name, bytes })
            .collect();
        for snapshot in read(&files, None, None) {
            let snapshot = match snapshot {
                Ok(snapshot) => snapshot,
                Err(error) => bail!("{}: {error}", source[0]),
            };
            told.push(format!("{} ({})", snapshot.source, snapshot.entities.len()));
            all.extend(snapshot.entities.into_iter().map(|entity| Entity {
                // The same number stands in several snapshots here.
                id: format!("{}/{}", snapshot.source, entity.id),
                ..entity
            }));
        }
    }
    let eu = eu_parsed(&folder.join("eu_fsf_parsed_2025.csv"))?;
    told.push(format!("eu, parsed ({})", eu.len()));
    all.extend(eu);
    Ok((all, told))
}

/// The EU list as somebody parsed it: name, other names between commas, kind.
fn eu_parsed(file: &Path) -> Result<Vec<Entity>> {
    let mut reader = csv::Reader::from_path(file).with_context(|| file.display().to_string())?;
    let mut out = Vec::new();
    for (number, row) in reader.records().enumerate() {
        let row = row?;
        let cell = |at: usize| row.get(at).unwrap_or("");
        let kind = match cell(3) {
            "person" => PartyKind::Person,
            "enterprise" => PartyKind::Organisation,
            _ => continue,
        };
        let mut names = vec![Name::new(NameKind::Primary, cell(0))];
        let others = cell(1).split(", ").filter(|n| n.len() > 2 && *n != cell(0));
        names.extend(others.map(|n| Name::new(NameKind::Alias, n)));
        out.push(Entity {
            id: format!("eu/{number}"),
            party: Party {
                kind,
                names,
                ..Party::default()
            },
            listings: vec![Listing {
                list: "eu".to_owned(),
                programmes: Vec::new(),
                listed_on: None,
                until: None,
                citation: String::new(),
                licence_requirement: String::new(),
                licence_policy: String::new(),
            }],
            ..Entity::default()
        });
    }
    Ok(out)
}
