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

fn show(engine: &Engine, id: &str) -> Result<Ended> {
    match engine.policy().rules().find(|rule| rule.head.id == id) {
        Some(rule) => {
            say!("{}", crate::table::rule(rule))?;
            Ok(Ended::Done)
        }
        None => bail!("there is no rule '{id}'; the console's policy page lists all of them"),
    }
}
