//! The sets that classification is measured on, from `../shared/data`.

use anyhow::{Context, Result, bail};
use portcullis_controls::classify::{GoodsWords, Precedent};
use portcullis_controls::nomenclature::Nomenclature;
use portcullis_formats::nomenclature::{Content, Limits, read};
use std::path::Path;

/// Everything read.
pub struct Data {
    pub hs: Nomenclature,
    pub cn: Nomenclature,
    pub words: GoodsWords,
    /// Official index terms with their codes.
    pub terms: Vec<Precedent>,
    /// Descriptions of traders with their codes.
    pub traders: Vec<Precedent>,
    /// Descriptions that are too vague.
    pub vague: Vec<String>,
}

pub fn load(folder: &Path) -> Result<Data> {
    let reference = folder.join("reference");
    let text = folder.join("itemtext");
    Ok(Data {
        words: words()?,
        hs: nomenclature(&reference.join("harmonized-system.csv"))?,
        cn: nomenclature(&reference.join("eu_cn_nomenclature_en.csv"))?,
        terms: terms(&text.join("uk_fpo_search_references.json"))?,
        traders: traders(&text.join("uk_fpo_extra_references_part.csv"))?,
        vague: vague(&text.join("uk_fpo_vague_terms.csv"))?,
    })
}

/// The words that ship with the program.
fn words() -> Result<GoodsWords> {
    let name = "controls/goods-words.toml";
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../policies")
        .join(name);
    let text = String::from_utf8(bytes(&path)?)?;
    let files = [(name.to_owned(), text)].into_iter().collect();
    GoodsWords::load(&files).map_err(|problems| {
        let shown: Vec<String> = problems.iter().map(ToString::to_string).collect();
        anyhow::anyhow!(shown.join("; "))
    })
}

fn bytes(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| path.display().to_string())
}

fn nomenclature(path: &Path) -> Result<Nomenclature> {
    let reading = read(&bytes(path)?[..], &[2022], &Limits::default());
    match reading.map(|r| r.content) {
        Ok(Content::Lines(lines)) => Ok(Nomenclature::new(lines)),
        Ok(Content::Changes(_)) => bail!("{}: a concordance", path.display()),
        Err(issue) => bail!("{}: {}", path.display(), issue.text),
    }
}

fn precedent(id: usize, source: &str, description: &str, code: &str) -> Precedent {
    Precedent {
        id: format!("{source}-{id}"),
        code: code.to_owned(),
        description: description.to_owned(),
        source: source.to_owned(),
        date: None,
    }
}

fn terms(path: &Path) -> Result<Vec<Precedent>> {
    let map: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(&bytes(path)?)?;
    let rows = map.iter().enumerate();
    let rows =
        rows.filter_map(|(at, (term, code))| Some(precedent(at, "index", term, code.as_str()?)));
    Ok(rows.collect())
}

fn traders(path: &Path) -> Result<Vec<Precedent>> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path)?;
    let mut rows = Vec::new();
    for (at, row) in reader.byte_records().enumerate() {
        let row = row?;
        let cell = |n: usize| {
            String::from_utf8_lossy(row.get(n).unwrap_or_default())
                .trim()
                .to_owned()
        };
        rows.push(precedent(at, "trader", &cell(0), &cell(1)));
    }
    Ok(rows)
}

fn vague(path: &Path) -> Result<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .has_headers(false)
        .from_path(path)?;
    let mut rows = Vec::new();
    for row in reader.byte_records() {
        let row = row?;
        let cells: Vec<_> = row.iter().map(String::from_utf8_lossy).collect();
        rows.push(cells.join(",").trim().to_owned());
    }
    Ok(rows)
}
