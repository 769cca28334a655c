//! `portcullis monitor webhooks`: who is told, and delivering what is due.

use crate::{
    Ended,
    args::{DeliverArgs, Global, WebhookCommand},
    context::{OPERATOR, now, open_store},
    output::say,
};
use anyhow::{Result, anyhow, bail};
use portcullis_exchange::{Answer, Delivery, Poster, Reach, Secret, next_attempt};
use portcullis_store::{DueDelivery, Store};
use serde_json::json;
use std::time::Duration;

/// Time for one attempt.
const ATTEMPT: Duration = Duration::from_secs(20);
/// Messages that are taken at once; each attempt ends before the store gives
/// the message out again.
const AT_ONCE: u32 = 5;

pub(super) async fn run(global: &Global, command: &WebhookCommand) -> Result<Ended> {
    let store = open_store(global).await?;
    match command {
        WebhookCommand::Add { url } => add(global, &store, url).await,
        WebhookCommand::Show => show(global, &store).await,
        WebhookCommand::Remove { id } => {
            store.remove_webhook(id, OPERATOR, now()).await?;
            say!("removed: {id}")?;
            Ok(Ended::Done)
        }
        WebhookCommand::Deliver(args) => deliver(global, &store, args).await,
    }
}

async fn add(global: &Global, store: &Store, url: &str) -> Result<Ended> {
    // Which network it may reach is said when it is delivered.
    let anywhere = Reach {
        private: true,
        http: true,
    };
    if let Err(why) = Poster::new(anywhere, ATTEMPT).check(url) {
        bail!("{why}");
    }
    let mut bytes = [0; 32];
    rand::RngCore::fill_bytes(&mut rand::rngs::OsRng, &mut bytes);
    let secret = Secret::from_bytes(&bytes)?.to_text();
    let webhook = store.add_webhook(url, &secret, OPERATOR, now()).await?;
    if global.json {
        say!(
            "{}",
            json!({"webhook": webhook.id, "url": webhook.url, "secret": secret})
        )?;
    } else {
        say!("webhook={} url={} secret={secret}", webhook.id, webhook.url)?;
        eprintln!("note: the secret is not shown again");
    }
    Ok(Ended::Done)
}

async fn show(global: &Global, store: &Store) -> Result<Ended> {
    let [waiting, delivered, given_up] = store.delivery_counts().await?;
    for webhook in store.webhooks().await? {
        if global.json {
            say!(
                "{}",
                json!({"webhook": webhook.id, "url": webhook.url, "by": webhook.created_by})
            )?;
        } else {
            say!("webhook={} url={}", webhook.id, webhook.url)?;
        }
    }
    if global.json {
        say!(
            "{}",
            json!({"waiting": waiting, "delivered": delivered, "given_up": given_up})
        )?;
    } else {
        say!("waiting={waiting} delivered={delivered} given_up={given_up}")?;
    }
    Ok(Ended::Done)
}

async fn deliver(global: &Global, store: &Store, args: &DeliverArgs) -> Result<Ended> {
    let reach = Reach {
        private: args.private,
        http: args.private,
    };
    let poster = Poster::new(reach, ATTEMPT);
    let (mut delivered, mut failed) = (0_u64, 0_u64);
    loop {
        let due = store.due_deliveries(now(), AT_ONCE).await?;
        if due.is_empty() {
            break;
        }
        for message in due {
            if attempt(store, &poster, message).await? {
                delivered += 1;
            } else {
                failed += 1;
            }
        }
    }
    if global.json {
        say!("{}", json!({"delivered": delivered, "failed": failed}))?;
    } else {
        say!("delivered={delivered} failed={failed}")?;
    }
    Ok(if failed == 0 {
        Ended::Done
    } else {
        Ended::DoneWithHolds
    })
}

/// Whether the message arrived. Its fate is kept either way.
async fn attempt(store: &Store, poster: &Poster, message: DueDelivery) -> Result<bool> {
    let (id, url, done) = (
        message.id.clone(),
        message.url.clone(),
        message.attempts + 1,
    );
    let poster = poster.clone();
    let answer = tokio::task::spawn_blocking(move || -> Result<Answer> {
        let secret = Secret::parse(&message.secret)?;
        Ok(poster.post(&Delivery {
            url: &message.url,
            id: &message.id,
            body: &message.body,
            at: now(),
            secret: &secret,
        }))
    })
    .await
    .map_err(|stopped| anyhow!("a worker stopped: {stopped}"))??;
    let at = now();
    match answer {
        Answer::Delivered { .. } => {
            store.delivered(&id, at).await?;
            Ok(true)
        }
        Answer::Later { why, after } => {
            eprintln!("note: {url}: {why}");
            let next = next_attempt(done, at, after);
            store.not_delivered(&id, &why, next, at).await?;
            Ok(false)
        }
        Answer::Never { why } => {
            eprintln!("note: {url}: {why}");
            store.not_delivered(&id, &why, None, at).await?;
            Ok(false)
        }
    }
}
