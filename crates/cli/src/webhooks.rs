//! `portcullis webhooks`: who is told of what the monitor finds, and telling them.

use crate::{
    Ended,
    args::{Global, WebhooksCommand},
    context::{OPERATOR, engine, now, open_store},
    freshness::minute,
    output::say,
};
use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use portcullis_exchange::{Answer, Delivery, Poster, Reach, Secret, next_attempt};
use portcullis_policy::WebhookLimits;
use portcullis_store::{DueDelivery, Store};
use rand::{RngCore, rngs::OsRng};
use serde_json::json;
use std::{io::Read, time::Duration};
use tokio::task::JoinSet;

/// Messages in flight at once. The store gives each out for two minutes, in
/// which its attempt must end: the time of an attempt is bounded by policy.
const AT_ONCE: u32 = 8;

/// Bytes of a secret that is made here.
const SECRET_BYTES: usize = 32;

pub(crate) async fn run(global: &Global, command: &WebhooksCommand) -> Result<Ended> {
    let limits = engine(global)?.policy().installation().webhooks;
    let store = open_store(global).await?;
    match command {
        WebhooksCommand::Add { url, secret_stdin } => {
            add(global, &store, limits, url, *secret_stdin).await
        }
        WebhooksCommand::List => list(global, &store).await,
        WebhooksCommand::Remove { id } => {
            store.remove_webhook(id, OPERATOR, now()).await?;
            say!("removed: {id}")?;
            Ok(Ended::Done)
        }
        WebhooksCommand::Test { id } => {
            store.queue_test_message(id, now()).await?;
            deliver(global, &store, limits).await
        }
        WebhooksCommand::Deliver => deliver(global, &store, limits).await,
    }
}

fn poster(limits: WebhookLimits) -> Poster {
    let reach = Reach {
        private: limits.private_addresses,
        http: limits.plain_http,
    };
    Poster::new(reach, Duration::from_secs(limits.timeout_seconds.into()))
}

async fn add(
    global: &Global,
    store: &Store,
    limits: WebhookLimits,
    url: &str,
    secret_stdin: bool,
) -> Result<Ended> {
    if let Err(why) = poster(limits).check(url) {
        bail!("this webhook cannot be used: {why}");
    }
    let secret = if secret_stdin {
        read_secret()?
    } else {
        let mut bytes = [0; SECRET_BYTES];
        OsRng.fill_bytes(&mut bytes);
        Secret::from_bytes(&bytes)?
    };
    let webhook = store
        .add_webhook(url, &secret.to_text(), OPERATOR, now())
        .await?;
    // Shown once, and only where it was made here: whoever gave one has it.
    let shown = (!secret_stdin).then(|| secret.to_text());
    if global.json {
        say!(
            "{}",
            json!({"webhook": webhook.id, "url": webhook.url, "secret": shown})
        )?;
        return Ok(Ended::Done);
    }
    say!("webhook={} url={}", webhook.id, webhook.url)?;
    if let Some(secret) = shown {
        say!("secret={secret}")?;
        eprintln!("note: the secret is not shown again; give it to the receiver now");
    }
    Ok(Ended::Done)
}

fn read_secret() -> Result<Secret> {
    let mut text = String::new();
    // A secret is short; more than this is something else.
    let mut input = std::io::stdin().take(4_096);
    input
        .read_to_string(&mut text)
        .context("the secret cannot be read from standard input")?;
    Ok(Secret::parse(&text)?)
}

async fn list(global: &Global, store: &Store) -> Result<Ended> {
    for webhook in store.webhooks().await? {
        let at = webhook.created_at;
        if global.json {
            say!(
                "{}",
                json!({
                    "webhook": webhook.id, "url": webhook.url,
                    "created_by": webhook.created_by, "created_at": at.to_string(),
                })
            )?;
        } else {
            say!(
                "webhook={} url={} by={} since={}",
                webhook.id,
                webhook.url,
                webhook.created_by,
                minute(at)
            )?;
        }
    }
    if !global.json {
        let [waiting, delivered, given_up] = store.delivery_counts().await?;
        say!("messages: {waiting} waiting, {delivered} delivered, {given_up} given up")?;
    }
    Ok(Ended::Done)
}

async fn deliver(global: &Global, store: &Store, limits: WebhookLimits) -> Result<Ended> {
    let told = deliver_due(store, limits).await?;
    if global.json {
        say!(
            "{}",
            json!({
                "delivered": told.delivered, "later": told.later, "given_up": told.given_up,
            })
        )?;
    } else {
        say!("{told}")?;
    }
    Ok(if told.later + told.given_up == 0 {
        Ended::Done
    } else {
        Ended::DoneWithHolds
    })
}

/// What a round of deliveries came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    /// Messages that arrived.
    pub(crate) delivered: u64,
    /// Messages that are tried again later.
    pub(crate) later: u64,
    /// Messages that are not tried again.
    pub(crate) given_up: u64,
}

impl std::fmt::Display for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Told {
            delivered,
            later,
            given_up,
        } = self;
        write!(
            f,
            "messages: {delivered} delivered, {later} to be tried again, {given_up} given up"
        )
    }
}

/// Delivers every message that is due, each once. What fails waits for its next
/// turn; nothing here loses a message, even when the program is killed: what
/// was taken and not answered for is due again after two minutes.
pub(crate) async fn deliver_due(store: &Store, limits: WebhookLimits) -> Result<Told> {
    let poster = poster(limits);
    let mut told = Told::default();
    loop {
        let due = store.due_deliveries(now(), AT_ONCE).await?;
        if due.is_empty() {
            return Ok(told);
        }
        let mut attempts = JoinSet::new();
        for message in due {
            let poster = poster.clone();
            attempts.spawn_blocking(move || {
                let answer = attempt(&poster, &message, now());
                (message, answer)
            });
        }
        while let Some(done) = attempts.join_next().await {
            let (message, answer) = done.context("a delivery stopped without an answer")?;
            note(store, &message, answer, &mut told).await?;
        }
    }
}

fn attempt(poster: &Poster, message: &DueDelivery, at: Timestamp) -> Answer {
    match Secret::parse(&message.secret) {
        Ok(secret) => poster.post(&Delivery {
            url: &message.url,
            id: &message.id,
            body: &message.body,
            at,
            secret: &secret,
        }),
        Err(error) => Answer::Never {
            why: error.to_string(),
        },
    }
}

async fn note(store: &Store, message: &DueDelivery, answer: Answer, told: &mut Told) -> Result<()> {
    let at = now();
    let (why, next) = match answer {
        Answer::Delivered { .. } => {
            store.delivered(&message.id, at).await?;
            told.delivered += 1;
            return Ok(());
        }
        Answer::Later { why, after } => {
            let done = message.attempts.saturating_add(1);
            (why, next_attempt(done, at, after))
        }
        Answer::Never { why } => (why, None),
    };
    store.not_delivered(&message.id, &why, next, at).await?;
    let then = match next {
        Some(next) => {
            told.later += 1;
            format!("tried again from {}", minute(next))
        }
        None => {
            told.given_up += 1;
            "given up".to_owned()
        }
    };
    eprintln!(
        "warning: message {} to {}: {why}; {then}",
        message.id, message.url
    );
    Ok(())
}
