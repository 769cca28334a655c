//! The `portcullis` command: wires the crates together, prints, shows progress.
//!
//! Exit codes: 0 done; 1 failed; 2 wrong usage; 3 done, but some record has
//! status `error` or `partial`, or outcome `hold`. Alerts are 0.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod args;
mod assess;
mod classify;
mod compare;
mod context;
mod controls;
mod determine;
mod freshness;
mod ledger;
mod lists;
mod lists_update;
mod monitor;
mod nomenclature;
mod output;
mod parties;
mod policy;
mod progress;
mod screen;
mod screen_input;
mod screen_record;
mod serve;
mod table;
mod tokens;
mod webhooks;

use anyhow::Result;
use args::{Cli, Command};
use clap::Parser;
use std::process::ExitCode;

/// How a command ended that did what it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// All of it.
    Done,
    /// All of it, but some records need somebody's attention.
    DoneWithHolds,
    /// The answer itself is "no": a policy with problems, a proof refused.
    Failed,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    start_log(cli.global.quiet);
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: the program cannot start its threads: {error}");
            return ExitCode::from(1);
        }
    };
    match runtime.block_on(run(&cli)) {
        Ok(Ended::Done) => ExitCode::SUCCESS,
        Ok(Ended::DoneWithHolds) => ExitCode::from(3),
        Ok(Ended::Failed) => ExitCode::from(1),
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", chain(&error));
            ExitCode::from(1)
        }
    }
}

async fn run(cli: &Cli) -> Result<Ended> {
    let global = &cli.global;
    match &cli.command {
        Command::Lists(command) => lists::run(global, command).await,
        Command::Parties(command) => parties::run(global, command).await,
        Command::Webhooks(command) => webhooks::run(global, command).await,
        Command::Screen(args) => screen::run(global, args).await,
        Command::Compare(args) => compare::run(global, args),
        Command::Monitor(command) => monitor::run(global, command).await,
        Command::Classify(args) => classify::run(global, args).await,
        Command::Nomenclature(command) => nomenclature::run(global, command).await,
        Command::Assess(args) => assess::run(global, args).await,
        Command::Determine(args) => determine::run(global, args).await,
        Command::Controls(command) => controls::run(global, command).await,
        Command::Policy(command) => policy::run(global, command).await,
        Command::Ledger(command) => ledger::run(global, command).await,
        Command::Serve(args) => serve::run(global, args).await,
        Command::User(command) => serve::user(global, command).await,
        Command::Tokens(command) => tokens::run(global, command).await,
    }
}

/// The error with its causes, each said once.
fn chain(error: &anyhow::Error) -> String {
    let mut said: Vec<String> = Vec::new();
    for cause in error.chain() {
        let text = cause.to_string();
        if !said.iter().any(|s| s.contains(&text)) {
            said.push(text);
        }
    }
    said.join(": ")
}

/// `portcullis … | head` is not a failure.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let io = cause
            .downcast_ref::<std::io::Error>()
            .map(std::io::Error::kind);
        let json = cause
            .downcast_ref::<serde_json::Error>()
            .and_then(serde_json::Error::io_error_kind);
        io.or(json) == Some(std::io::ErrorKind::BrokenPipe)
    })
}

fn start_log(quiet: bool) {
    let default = if quiet { "error" } else { "warn" };
    let filter = tracing_subscriber::EnvFilter::try_from_env("PORTCULLIS_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(default));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}
