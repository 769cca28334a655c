//! `portcullis policy`: check, show, compare, replay, propose, adopt, calendar.

mod change;
mod compare;
mod outlook;

use crate::{
    Ended,
    args::{Global, PolicyCommand},
    context::{now, policy_files, shown_files},
    output::say,
};
use anyhow::{Result, bail};
use portcullis_assessment::Engine;
use portcullis_policy::{Due, PolicyFiles, calendar, rows_named};

pub(crate) async fn run(global: &Global, command: &PolicyCommand) -> Result<Ended> {
    match command {
        PolicyCommand::Check { deep } => check(global, *deep),
        PolicyCommand::Show { id } => show(global, id).await,
        PolicyCommand::Diff { old, new } => compare::diff(global, old, new).await,
        PolicyCommand::Replay(args) => compare::replay(global, args).await,
        PolicyCommand::Propose(args) => change::propose(global, args).await,
        PolicyCommand::Adopt(args) => change::act(global, args, change::Act::Adopt).await,
        PolicyCommand::Reject(args) => change::act(global, args, change::Act::Reject).await,
        PolicyCommand::Withdraw(args) => change::act(global, args, change::Act::Withdraw).await,
        PolicyCommand::Comment(args) => change::act(global, args, change::Act::Comment).await,
        PolicyCommand::Suspend(args) => change::act(global, args, change::Act::Suspend).await,
        PolicyCommand::Versions => change::versions(global).await,
        PolicyCommand::Calendar(args) => outlook::print_calendar(global, args).await,
        PolicyCommand::Shadow(command) => outlook::shadow(global, command).await,
        PolicyCommand::Bulletins(args) => outlook::print_bulletins(global, args).await,
    }
}

/// Loads the files, or prints every problem.
fn loaded(files: &PolicyFiles) -> Result<Option<Engine>> {
    match Engine::load(files) {
        Ok(engine) => Ok(Some(engine)),
        Err(problems) => {
            for problem in &problems {
                say!("{problem}")?;
            }
            say!("{} problems; this policy cannot be used", problems.len())?;
            Ok(None)
        }
    }
}

fn check(global: &Global, deep: bool) -> Result<Ended> {
    let files = policy_files(global)?;
    let Some(engine) = loaded(&files)? else {
        return Ok(Ended::Failed);
    };
    let policy = engine.policy();
    let rules = policy.rules().count();
    let cases = policy.case_count();
    let binding: Vec<&str> = policy.installation().binding().map(|j| j.code()).collect();
    let today = policy.today(now());
    let due = calendar(&files, today, today);
    let overdue: Vec<_> = due.iter().filter(|one| one.overdue).collect();
    let remarks = if deep {
        engine.look_deep(&files, today)
    } else {
        Vec::new()
    };
    if global.json {
        let report = serde_json::json!({
            "policy": policy.version(), "rules": rules, "cases": cases, "binding": binding,
            "overdue": overdue, "remarks": remarks,
        });
        say!("{report}")?;
        return Ok(Ended::Done);
    }
    for one in &overdue {
        let owner = if one.owner.is_empty() {
            String::new()
        } else {
            format!(" ({})", one.owner)
        };
        let what = match one.due {
            Due::Review => "was to be reviewed by",
            Due::SuspensionEnds => "has a suspension that ended on",
            Due::AssessmentLapses => "is a threat assessment that lapsed on",
            _ => "ended on",
        };
        let more: String = one.remarks.iter().map(|r| format!("; {r}")).collect();
        say!(
            "warning: {}: {} {what} {}{more}{owner}",
            one.place,
            one.id,
            one.day
        )?;
    }
    for remark in &remarks {
        say!("{}: {}", remark.kind.as_str(), remark.text)?;
    }
    say!(
        "policy {}: law of {} binds; {rules} rules, {cases} cases, no problem",
        policy.version(),
        binding.join(", ")
    )?;
    Ok(Ended::Done)
}

async fn show(global: &Global, code: &str) -> Result<Ended> {
    let files = shown_files(global).await?;
    let Some(engine) = loaded(&files)? else {
        return Ok(Ended::Failed);
    };
    let found: Vec<_> = engine.policy().find(code).collect();
    let written = rows_named(&files, code);
    if found.is_empty() && !written.is_empty() {
        for (place, fields) in &written {
            say!("{place}")?;
            for (name, text) in fields {
                say!("  {name:<12} {text}")?;
            }
        }
        return Ok(Ended::Done);
    }
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
