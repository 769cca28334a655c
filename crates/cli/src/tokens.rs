//! `portcullis tokens`: keys of programs.

use crate::{
    Ended,
    args::{Global, TokenArgs, TokensCommand},
    context::{OPERATOR, day_of, end_of, now, open_store},
    output::say,
};
use anyhow::Result;
use jiff::Timestamp;
use portcullis_store::{DayUsage, NewToken, Store, Token};
use serde::Serialize;

pub(crate) async fn run(global: &Global, command: &TokensCommand) -> Result<Ended> {
    let store = open_store(global).await?;
    match command {
        TokensCommand::Create(args) => create(global, &store, args).await?,
        TokensCommand::List => list(global, &store).await?,
        TokensCommand::Revoke { name } => {
            store.revoke_token(name, OPERATOR, now()).await?;
            say!("revoked={name}")?;
        }
    }
    Ok(Ended::Done)
}

/// A key as it is shown.
#[derive(Serialize)]
struct Shown {
    name: String,
    id: String,
    /// `good`, `revoked`, `expired`, or `shut` with the account of its owner.
    state: &'static str,
    scopes: Vec<&'static str>,
    actor: String,
    quota_per_day: Option<u64>,
    rate_per_minute: Option<u64>,
    /// Queries answered today (UTC).
    used_today: u64,
    created_at: String,
    expires_at: Option<String>,
    revoked_at: Option<String>,
    last_used_at: Option<String>,
    /// What a program sends; only when it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

impl Shown {
    fn of(token: &Token, used: &[DayUsage], at: Timestamp) -> Shown {
        let own = used.iter().find(|u| u.token == token.id);
        let state = if token.revoked_at.is_some() {
            "revoked"
        } else if token.owner_shut {
            "shut"
        } else if token.is_good(at) {
            "good"
        } else {
            "expired"
        };
        Shown {
            name: token.name.clone(),
            id: token.id.clone(),
            state,
            scopes: token.scopes.iter().map(|s| s.as_str()).collect(),
            actor: token.actor.clone(),
            quota_per_day: token.per_day,
            rate_per_minute: token.per_minute,
            used_today: own.map_or(0, |u| u.queries),
            created_at: token.created_at.to_string(),
            expires_at: token.expires_at.map(|t| t.to_string()),
            revoked_at: token.revoked_at.map(|t| t.to_string()),
            last_used_at: token.last_used_at.map(|t| t.to_string()),
            secret: None,
        }
    }
}

async fn create(global: &Global, store: &Store, args: &TokenArgs) -> Result<()> {
    let new = NewToken {
        name: args.name.clone(),
        scopes: args.scope.clone(),
        owner: args.owner.clone(),
        per_day: args.quota,
        per_minute: args.rate,
        expires_at: args.expires.map(end_of).transpose()?,
    };
    let made = store.create_token(&new, OPERATOR, now()).await?;
    if global.json {
        let mut shown = Shown::of(&made.token, &[], now());
        shown.secret = Some(made.secret);
        say!("{}", serde_json::to_string(&shown)?)?;
        return Ok(());
    }
    say!("name={} id={}", made.token.name, made.token.id)?;
    say!("{}", made.secret)?;
    if !global.quiet {
        eprintln!(
            "The line above is the key. It is shown this once; send it as Authorization: Bearer KEY."
        );
    }
    Ok(())
}

async fn list(global: &Global, store: &Store) -> Result<()> {
    let at = now();
    let used = store.usage(day_of(at)).await?;
    for token in store.tokens().await? {
        let shown = Shown::of(&token, &used, at);
        if global.json {
            say!("{}", serde_json::to_string(&shown)?)?;
            continue;
        }
        let some = |n: Option<u64>| n.map_or("-".to_owned(), |n| n.to_string());
        say!(
            "{} id={} state={} scopes={} actor={} used_today={} quota_per_day={} rate_per_minute={} expires={}",
            shown.name,
            shown.id,
            shown.state,
            shown.scopes.join(","),
            shown.actor,
            shown.used_today,
            some(shown.quota_per_day),
            some(shown.rate_per_minute),
            shown.expires_at.as_deref().unwrap_or("-"),
        )?;
    }
    Ok(())
}
