//! `portcullis serve` and `portcullis user`.

use crate::{
    Ended,
    args::{Global, ServeArgs, UserCommand},
    context::{OPERATOR, acting, now, open_store, policy_files},
    output::say,
};
use anyhow::{Context, Result};
use portcullis_server::{AppState, ServerConfig};
use std::io::Read;

pub(crate) async fn run(global: &Global, args: &ServeArgs) -> Result<Ended> {
    let store = open_store(global).await?;
    let engine = acting(global, &store).await?.engine;
    let config = ServerConfig {
        listen: args.listen,
        open_screening: args.open_screening,
        ..ServerConfig::default()
    };
    let state = AppState::with_policy(store, engine, policy_files(global)?);
    let stop = async {
        // Without a signal handler the program is ended by the signal itself.
        let _ = tokio::signal::ctrl_c().await;
    };
    portcullis_server::serve(config, state, stop, |address| {
        println!("listening on http://{address}");
    })
    .await
    .context("the server stopped")?;
    Ok(Ended::Done)
}

/// The longest password line that is read.
const MAX_PASSWORD_LINE: u64 = 4_096;

pub(crate) async fn user(global: &Global, command: &UserCommand) -> Result<Ended> {
    let UserCommand::Add { name, role, .. } = command;
    let mut text = String::new();
    std::io::stdin()
        .take(MAX_PASSWORD_LINE)
        .read_to_string(&mut text)
        .context("cannot read the password")?;
    let password = text.lines().next().unwrap_or_default();
    let user = open_store(global)
        .await?
        .add_user(name, *role, password, OPERATOR, now())
        .await?;
    say!("user={} role={}", user.name, user.role.as_str())?;
    Ok(Ended::Done)
}
