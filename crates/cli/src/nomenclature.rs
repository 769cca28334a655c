//! `portcullis nomenclature`: import, map, show.

use crate::{
    Ended,
    args::{Global, NomenclatureCommand, NomenclatureImportArgs},
    context::{OPERATOR, day_of, engine, now, open_store, policy_files},
    output::say,
};
use anyhow::{Context, Result, bail};
use jiff::civil::Date;
use portcullis_domain::Period;
use portcullis_gate::goods::{
    Answering, ImportAs, editions, import_nomenclature, load_concordance, load_nomenclatures,
};
use portcullis_store::ReferenceState;
use serde_json::json;
use std::fs;

/// Bytes of one file; the largest official one has some ten million.
const MAX_FILE_BYTES: u64 = 256 << 20;

pub(crate) async fn run(global: &Global, command: &NomenclatureCommand) -> Result<Ended> {
    match command {
        NomenclatureCommand::Import(args) => import(global, args).await,
        NomenclatureCommand::Map { code, from, to } => map(global, code, from, to).await,
        NomenclatureCommand::Show { code, as_of } => show(global, code, *as_of).await,
    }
}

async fn import(global: &Global, args: &NomenclatureImportArgs) -> Result<Ended> {
    if args.files.len() > 1 && args.name.is_some() {
        bail!("--name names one document: give one file");
    }
    let editions = editions(&policy_files(global)?)?;
    let given = ImportAs {
        name: args.name.clone(),
        label: args.label.clone(),
        in_force: Period {
            from: args.from,
            until: args.until,
        },
        published: args.published,
        citation: args.citation.clone(),
        accept: args.accept,
        activate: !args.no_activate,
        max_shrink_percent: engine(global)?.intake().max_shrink_percent,
    };
    let store = open_store(global).await?;
    let mut ended = Ended::Done;
    for path in &args.files {
        let size = fs::metadata(path)
            .with_context(|| format!("cannot read {}", path.display()))?
            .len();
        if size > MAX_FILE_BYTES {
            bail!(
                "{} has {size} bytes; at most {MAX_FILE_BYTES} are read",
                path.display()
            );
        }
        let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let name = path
            .file_name()
            .unwrap_or(path.as_os_str())
            .to_string_lossy();
        let by = (OPERATOR, now());
        match import_nomenclature(&store, &editions, (&name, &bytes), &given, by).await {
            Ok(imported) => {
                if args.issues {
                    imported.issues.iter().for_each(crate::lists::print_issue);
                }
                print_imported(global, &imported)?;
            }
            Err(error) => {
                eprintln!("error: {}", crate::chain(&error.into()));
                ended = Ended::Failed;
            }
        }
    }
    Ok(ended)
}

fn print_imported(global: &Global, imported: &portcullis_gate::goods::ImportedGoods) -> Result<()> {
    let state = match imported.put.state {
        ReferenceState::Activated => "activated",
        ReferenceState::Stored => "stored",
        ReferenceState::Known => "known",
    };
    let (id, name, records) = (&imported.put.id, &imported.name, imported.records);
    let issues = imported.issues.len();
    if global.json {
        say!(
            "{}",
            json!({"version": id, "name": name, "records": records, "issues": issues, "state": state})
        )?;
    } else {
        say!("nomenclature={name} records={records} issues={issues} version={id} ({state})")?;
    }
    Ok(())
}

async fn map(global: &Global, code: &str, from: &str, to: &str) -> Result<Ended> {
    let editions = editions(&policy_files(global)?)?;
    let edition = |word: &str| {
        let years: Vec<String> = editions.years().iter().map(|y| format!("HS{y}")).collect();
        let edition = editions.by_word(word);
        edition.map(|e| e.year).with_context(|| {
            format!(
                "'{word}' is no edition of the Harmonized System: {}",
                years.join(", ")
            )
        })
    };
    let (from, to) = (edition(from)?, edition(to)?);
    let digits: String = code.chars().filter(|c| !matches!(c, '.' | ' ')).collect();
    let six = digits.get(..6).unwrap_or(&digits);
    if six.len() != 6 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        bail!("'{code}' is no code of the Harmonized System: six digits");
    }
    let store = open_store(global).await?;
    let moment = now();
    let concordance = load_concordance(&store, day_of(moment), moment).await?;
    let concordance = concordance.context(
        "no concordance is imported; import one with: portcullis nomenclature import FILE...",
    )?;
    let Some(mapped) = concordance.map(six, from, to) else {
        bail!(
            "no way leads from {six} of HS{from} to HS{to}: the code is not in the concordance, or the editions are not joined"
        );
    };
    let relation = mapped.relation.as_str();
    if global.json {
        say!(
            "{}",
            json!({"code": six, "from": from, "to": to, "codes": mapped.codes, "relation": relation})
        )?;
    } else {
        say!(
            "{six} (HS{from}) {relation} {} (HS{to})",
            mapped.codes.join(" ")
        )?;
    }
    Ok(Ended::Done)
}

async fn show(global: &Global, code: &str, as_of: Option<Date>) -> Result<Ended> {
    let editions = editions(&policy_files(global)?)?;
    let store = open_store(global).await?;
    let moment = now();
    let day = as_of.unwrap_or(day_of(moment));
    let held = load_nomenclatures(&store, &editions, day, moment).await?;
    let finding = held.check(code);
    let mut found = false;
    for document in &held.documents {
        let nearest = document.table.nearest(&finding.code);
        let Some(nearest) = nearest.filter(|n| n.len() >= 4 || *n == finding.code) else {
            continue;
        };
        found |= nearest == finding.code;
        print_path(global, document, nearest)?;
    }
    let (state, text) = (finding.word(), finding.text());
    if global.json {
        say!(
            "{}",
            json!({"code": finding.code, "state": state, "text": text})
        )?;
    } else {
        say!("{text}")?;
    }
    let usable = found || !finding.is_wrong();
    Ok(if usable { Ended::Done } else { Ended::Failed })
}

fn print_path(global: &Global, document: &Answering, code: &str) -> Result<()> {
    let version = &document.version;
    let day = |day: Option<portcullis_domain::Date>| day.map_or("-".to_owned(), |d| d.to_string());
    let (from, until) = (day(version.in_force.from), day(version.in_force.until));
    let path = document.table.path(code);
    if global.json {
        let lines: Vec<_> = path
            .iter()
            .map(|line| json!({"code": line.code, "text": line.text}))
            .collect();
        say!(
            "{}",
            json!({"nomenclature": version.name, "version": version.id, "code": code,
                "in_force_from": version.in_force.from, "in_force_until": version.in_force.until,
                "citation": version.citation, "path": lines})
        )?;
        return Ok(());
    }
    say!("{} ({from} to {until}) {code}", version.name)?;
    for (depth, line) in path.iter().enumerate() {
        let code = if line.code.is_empty() {
            "-"
        } else {
            &line.code
        };
        say!("  {}{code} {}", "  ".repeat(depth), line.text)?;
    }
    Ok(())
}
