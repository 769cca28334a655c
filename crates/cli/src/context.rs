//! What commands open before they start: store, rules, lists.

use crate::args::Global;
use anyhow::{Context, Result, bail};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use portcullis_assessment::Engine;
use portcullis_gate::{Acting, acting_policy};
use portcullis_policy::PolicyFiles;
use portcullis_store::{Store, StoreConfig};
use rust_embed::RustEmbed;
use std::{fs, path::Path};

/// The policy files that ship with the program.
#[derive(RustEmbed)]
#[folder = "../../policies"]
struct Embedded;

/// Name of the ledger until an operator gives another by `PORTCULLIS_LEDGER_NAME`.
const LEDGER_NAME: &str = "portcullis.example/ledger";

/// The moment at which the command runs.
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

/// The civil day of a moment, in universal time: the same everywhere.
pub(crate) fn day_of(moment: Timestamp) -> Date {
    moment.to_zoned(TimeZone::UTC).date()
}

/// The end of a civil day, in universal time.
pub(crate) fn end_of(day: Date) -> Result<Timestamp> {
    let next = day.tomorrow().context("the date is out of range")?;
    Ok(next.to_zoned(TimeZone::UTC)?.timestamp())
}

/// Who acts when nobody is signed in: the operator at the command line.
pub(crate) const OPERATOR: &str = "operator";

/// Opens the store named by `--data` and `--database`.
pub(crate) async fn open_store(global: &Global) -> Result<Store> {
    let config = StoreConfig {
        data_dir: global.data.clone(),
        database_url: global.database.clone(),
        ledger_origin: std::env::var("PORTCULLIS_LEDGER_NAME")
            .unwrap_or_else(|_| LEDGER_NAME.to_owned()),
    };
    Store::open(&config)
        .await
        .context("the data cannot be opened")
}

/// Reads the policy files: embedded, or of `--policies`.
pub(crate) fn policy_files(global: &Global) -> Result<PolicyFiles> {
    match &global.policies {
        Some(folder) => folder_files(folder),
        None => embedded_files(),
    }
}

pub(crate) fn embedded_files() -> Result<PolicyFiles> {
    let mut files = Vec::new();
    for path in Embedded::iter().filter(|p| p.ends_with(".toml")) {
        let file = Embedded::get(&path).context("an embedded policy file is missing")?;
        let text = String::from_utf8(file.data.into_owned())
            .with_context(|| format!("policy file {path} is not UTF-8"))?;
        files.push((path.into_owned(), text));
    }
    Ok(files.into_iter().collect())
}

pub(crate) fn folder_files(folder: &Path) -> Result<PolicyFiles> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        let entries =
            fs::read_dir(&next).with_context(|| format!("cannot read {}", next.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "toml") {
                let text = fs::read_to_string(&path)
                    .with_context(|| format!("cannot read policy file {}", path.display()))?;
                let name = path.strip_prefix(folder).unwrap_or(&path);
                files.push((name.to_string_lossy().replace('\\', "/"), text));
            }
        }
    }
    if files.is_empty() {
        bail!("no policy files (*.toml) in {}", folder.display());
    }
    Ok(files.into_iter().collect())
}

/// Loads the rules; a policy with problems stops every command that needs one.
pub(crate) fn engine(global: &Global) -> Result<Engine> {
    match Engine::load(&policy_files(global)?) {
        Ok(engine) => Ok(engine),
        Err(problems) => {
            let shown: Vec<String> = problems.iter().map(|p| format!("  {p}")).collect();
            bail!("the policy cannot be used:\n{}", shown.join("\n"))
        }
    }
}

/// The policy that acts: the version that two people adopted, or else the files
/// of `--policies`, or the embedded ones. Says so where `--policies` names
/// other files than those that act.
pub(crate) async fn acting(global: &Global, store: &Store) -> Result<Acting> {
    let files = policy_files(global)?;
    let acting = acting_policy(store, &files, now())
        .await
        .context("the policy cannot be used")?;
    let other = acting.version.is_some() && acting.files.version() != files.version();
    if other && !global.quiet && global.policies.is_some() {
        eprintln!(
            "note: {} acts ({}); the files of --policies differ and act only once two people adopt them \
             (portcullis policy propose)",
            acting.in_words(),
            acting.files.version()
        );
    }
    Ok(acting)
}

/// The files to look at: those of `--policies` where it is named, else those of
/// the policy that acts. A store is not made only to look.
pub(crate) async fn shown_files(global: &Global) -> Result<PolicyFiles> {
    let has_store = global.database.is_some() || global.data.join("portcullis.sqlite").exists();
    if !has_store || global.policies.is_some() {
        return policy_files(global);
    }
    let store = open_store(global).await?;
    Ok(acting(global, &store).await?.files)
}
