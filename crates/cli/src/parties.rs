//! `portcullis parties import`: the party book.

use crate::{
    Ended,
    args::{Global, PartiesCommand},
    context::{OPERATOR, now, open_store},
    output::say,
};
use anyhow::{Context, Result, anyhow};
use portcullis_formats::parties;
use std::fs::File;

pub(crate) async fn run(global: &Global, command: &PartiesCommand) -> Result<Ended> {
    let PartiesCommand::Import { files } = command;
    let store = open_store(global).await?;
    let mut ended = Ended::Done;
    for path in files {
        let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
        let book = parties::read(file, &parties::Limits::default())
            .map_err(|issue| anyhow!("{} was not imported: {}", path.display(), issue.text))?;
        for issue in &book.issues {
            let line = issue.line.map(|n| format!(":{n}")).unwrap_or_default();
            eprintln!("issue: {}{line}: {}", path.display(), issue.text);
        }
        if !book.issues.is_empty() {
            ended = Ended::DoneWithHolds;
        }
        let issues = book.issues.len();
        let entries = book
            .entries
            .into_iter()
            .map(|e| (e.identifiers, e.party))
            .collect();
        let taken = store.put_parties(entries, OPERATOR, now()).await?;
        if global.json {
            say!(
                "{}",
                serde_json::json!({"file": path, "parties": taken, "issues": issues})
            )?;
        } else {
            say!("file={} parties={taken} issues={issues}", path.display())?;
        }
    }
    Ok(ended)
}
