//! `portcullis policy`: check, show.

use crate::{
    Ended,
    args::{Global, PolicyCommand},
    context::policy_files,
    output::say,
};
use anyhow::{Result, bail};
use portcullis_assessment::Engine;

pub(crate) fn run(global: &Global, command: &PolicyCommand) -> Result<Ended> {
    let files = policy_files(global)?;
    let engine = match Engine::load(&files) {
        Ok(engine) => engine,
        Err(problems) => {
            for problem in &problems {
                say!("{problem}")?;
            }
            say!("{} problems; this policy cannot be used", problems.len())?;
            return Ok(Ended::Failed);
        }
    };
    match command {
        PolicyCommand::Check => check(global, &engine),
        PolicyCommand::Show { id } => show(&engine, id),
    }
}

fn check(global: &Global, engine: &Engine) -> Result<Ended> {
    let policy = engine.policy();
    let rules = policy.rules().count();
    let cases = policy.case_count();
    let binding: Vec<&str> = policy.installation().binding().map(|j| j.code()).collect();
    if global.json {
        let report = serde_json::json!({
            "policy": policy.version(), "rules": rules, "cases": cases, "binding": binding,
        });
        say!("{report}")?;
    } else {
        say!(
            "policy {}: law of {} binds; {rules} rules, {cases} cases, no problem",
            policy.version(),
            binding.join(", ")
        )?;
    }
    Ok(Ended::Done)
}

fn show(engine: &Engine, code: &str) -> Result<Ended> {
    let found: Vec<_> = engine.policy().find(code).collect();
    if found.is_empty() {
        bail!(
            "there is no rule and no red flag '{code}'; the console's policy page lists all of them"
        );
    }
    for rule in found {
        say!("{}", crate::table::rule(rule))?;
    }
    Ok(Ended::Done)
}
