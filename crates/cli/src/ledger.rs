//! `portcullis ledger`: key, proofs, verification, check.

use crate::{
    Ended,
    args::{Global, LedgerCommand},
    context::{now, open_store},
    output::say,
};
use anyhow::{Context, Result};
use std::{fs, io::Write, path::Path};

pub(crate) async fn run(global: &Global, command: &LedgerCommand) -> Result<Ended> {
    match command {
        LedgerCommand::Key => {
            say!("{}", open_store(global).await?.verifier_key())?;
            Ok(Ended::Done)
        }
        LedgerCommand::Prove { decision, output } => {
            let proof = open_store(global).await?.prove(decision, now()).await?;
            match output {
                Some(path) => fs::write(path, proof)
                    .with_context(|| format!("cannot write {}", path.display()))?,
                None => std::io::stdout().write_all(&proof)?,
            }
            Ok(Ended::Done)
        }
        LedgerCommand::Verify { key, proof } => verify(global, key, proof),
        LedgerCommand::Check => check(global).await,
    }
}

/// Offline: nothing but the two files is read.
fn verify(global: &Global, key: &Path, proof: &Path) -> Result<Ended> {
    let key_text =
        fs::read_to_string(key).with_context(|| format!("cannot read {}", key.display()))?;
    let bytes = fs::read(proof).with_context(|| format!("cannot read {}", proof.display()))?;
    let verified = portcullis_ledger::verify(&bytes, &key_text)
        .with_context(|| format!("refused: {}", proof.display()))?;
    let recorded = jiff::Timestamp::from_microsecond(verified.recorded_at)?;
    let digest = hex::encode(verified.digest);
    if global.json {
        let report = serde_json::json!({
            "verified": true, "subject": verified.subject, "kind": verified.kind,
            "recorded_at": recorded.to_string(), "digest": digest,
            "index": verified.index, "size": verified.size, "origin": verified.origin,
        });
        say!("{report}")?;
    } else {
        say!(
            "verified: {} {}\n  recorded {recorded}\n  digest   {digest}\n  entry {} of {} in {}",
            verified.kind,
            verified.subject,
            verified.index,
            verified.size,
            verified.origin
        )?;
    }
    Ok(Ended::Done)
}

async fn check(global: &Global) -> Result<Ended> {
    let report = open_store(global).await?.check().await?;
    if global.json {
        let problem = report.problem.as_ref().map(|p| p.text.as_str());
        let counts = serde_json::json!({
            "entries": report.size, "pending": report.pending, "decisions": report.decisions,
            "erased": report.erased, "checkpoints": report.checkpoints, "root": report.root,
            "problem": problem,
        });
        say!("{counts}")?;
    } else {
        say!(
            "checked entries={} pending={} decisions={} erased={} checkpoints={} root={}",
            report.size,
            report.pending,
            report.decisions,
            report.erased,
            report.checkpoints,
            report.root
        )?;
    }
    match &report.problem {
        None => Ok(Ended::Done),
        Some(problem) => {
            let at = problem
                .index
                .map(|n| format!("entry {n}: "))
                .unwrap_or_default();
            let of = problem
                .subject
                .as_deref()
                .map(|s| format!("{s}: "))
                .unwrap_or_default();
            eprintln!("error: {at}{of}{}", problem.text);
            Ok(Ended::Failed)
        }
    }
}
