//! Rescreening of customer books: what a run has to do is fixed when it begins,
//! its parts are done one by one, and it ends with a record that counts them all.

mod finish;
mod read;

use crate::alerts::NewAlert;
use crate::events::{self, AGENCY, PlainEvent};
use crate::sql::{Insert, failed, micros, signed};
use crate::{Store, StoreError};
use jiff::Timestamp;
use portcullis_domain::Date;
use serde_json::json;
use sha2::{Digest, Sha256};
use sqlx::AnyConnection;

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunState {
    /// Some parts may still have to be done.
    Running,
    /// All parts are done, and the completion record is written.
    Completed,
    /// Given up: the book or the lists changed before it was done.
    Abandoned,
}

impl RunState {
    /// The word used in JSON and SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            RunState::Running => "running",
            RunState::Completed => "completed",
            RunState::Abandoned => "abandoned",
        }
    }

    fn parse(word: &str) -> Option<RunState> {
        let all = [RunState::Running, RunState::Completed, RunState::Abandoned];
        all.into_iter().find(|s| s.as_str() == word)
    }
}

/// What a part does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartKind {
    /// Some customers against every list.
    Customers,
    /// Every customer against some changed entities.
    Entities,
}

impl PartKind {
    /// The word used in JSON and SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            PartKind::Customers => "customers",
            PartKind::Entities => "entities",
        }
    }

    fn parse(word: &str) -> Option<PartKind> {
        [PartKind::Customers, PartKind::Entities]
            .into_iter()
            .find(|k| k.as_str() == word)
    }
}

/// A run to be begun.
#[derive(Clone, Debug)]
pub struct NewRun {
    /// Name of the book.
    pub book: String,
    /// Its version.
    pub book_version: u64,
    /// Customers in it.
    pub customers: u64,
    /// Digest over them; see [`Store::customers_digest`].
    pub customers_digest: String,
    /// Id of the list set.
    pub lists: String,
    /// The completed run on which this one builds; `None` for a full one.
    pub since: Option<String>,
    /// Version of the screening engine.
    pub engine: String,
    /// The threshold in ten-thousandths.
    pub threshold: i64,
    /// Whether weak aliases may alert by name alone.
    pub weak: bool,
    /// The day for which it is asked.
    pub as_of: Date,
    /// Customers to be screened against every list.
    pub customers_to_screen: u64,
    /// Changed entities against which every customer has to be screened.
    pub entities_to_screen: u64,
    /// SHA-256 over the ids of those entities, a line each, in order.
    pub entities_digest: String,
    /// In how many parts.
    pub parts: u64,
}

/// A run.
#[derive(Clone, Debug)]
pub struct MonitorRun {
    /// Its id.
    pub id: String,
    /// What it has to do.
    pub plan: NewRun,
    /// How far it has come.
    pub state: RunState,
    /// Parts that are done.
    pub parts_done: u64,
    /// Who began it.
    pub started_by: String,
    /// When.
    pub started_at: Timestamp,
    /// When it was completed or given up.
    pub ended_at: Option<Timestamp>,
}

/// A part that was done and has to be kept.
#[derive(Clone, Debug)]
pub struct NewPart {
    /// From 0.
    pub position: u64,
    /// What it did.
    pub kind: PartKind,
    /// The last customer or entity it looked at, in order.
    pub upto: String,
    /// Customers screened.
    pub customers: u64,
    /// Entities they were screened against, where not all.
    pub entities: u64,
    /// Customers that could be screened in part only.
    pub partial: u64,
    /// Customers of whom nothing could be screened.
    pub unscreened: u64,
    /// The numbers of both, in order.
    pub not_whole: Vec<String>,
    /// Who met whom.
    pub alerts: Vec<NewAlert>,
}

/// A part as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartRow {
    /// From 0.
    pub position: u64,
    /// What it did.
    pub kind: PartKind,
    /// The last customer or entity it looked at.
    pub upto: String,
    /// Customers screened.
    pub customers: u64,
    /// Entities they were screened against, where not all.
    pub entities: u64,
    /// Pairs that met.
    pub hits: u64,
    /// Customers that could be screened in part only.
    pub partial: u64,
    /// Customers of whom nothing could be screened.
    pub unscreened: u64,
    /// SHA-256 over the part: what it looked at, and who met whom how strongly.
    pub digest: String,
}

/// What a completed run came to; the completion record says the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompletedRun {
    /// Id of the run.
    pub run: String,
    /// Customers screened against every list.
    pub customers_screened: u64,
    /// Entities against which every customer was screened.
    pub entities_screened: u64,
    /// Pairs that met.
    pub hits: u64,
    /// Customers that could be screened in part only.
    pub partial: u64,
    /// Customers of whom nothing could be screened.
    pub unscreened: u64,
    /// Customers that were to be screened, changed meanwhile, and are left to
    /// the next run.
    pub left_to_next: u64,
    /// Alerts raised by it.
    pub raised: u64,
    /// Alerts that ended: the sides no longer meet.
    pub gone: u64,
    /// Judgements whose day had come.
    pub expired: u64,
    /// SHA-256 over all parts; see [`run_digest`].
    pub digest: String,
    /// Verification code of the record.
    pub code: String,
}

/// The digest of a run: over a line `position digest` of each part, in order.
pub fn run_digest<'a>(parts: impl IntoIterator<Item = (u64, &'a str)>) -> String {
    let mut hash = Sha256::new();
    for (position, digest) in parts {
        hash.update(format!("{position} {digest}\n"));
    }
    hex::encode(hash.finalize())
}

impl NewPart {
    fn digest(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(format!(
            "{} {} {} {} {} {}\n{}\n",
            self.position,
            self.kind.as_str(),
            self.customers,
            self.entities,
            self.partial,
            self.unscreened,
            self.upto,
        ));
        for alert in &self.alerts {
            hash.update(format!(
                "{}\0{}\0{}\0{}\n",
                alert.customer_id, alert.entity_id, alert.hit.score, alert.hit.millibits
            ));
        }
        hex::encode(hash.finalize())
    }
}

impl Store {
    /// Begins a run. A book has one at a time.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] if the book has a run that is not over.
    pub async fn begin_run(
        &self,
        plan: NewRun,
        actor: &str,
        now: Timestamp,
    ) -> Result<MonitorRun, StoreError> {
        let id = self.new_id(now);
        let mut tx = self.write.begin().await.map_err(failed("begin"))?;
        insert_run(&mut tx, &id, &plan, actor, now).await?;
        let body = json!({
            "book": plan.book,
            "book_version": plan.book_version,
            "customers": plan.customers,
            "customers_digest": plan.customers_digest,
            "lists": plan.lists,
            "since": plan.since,
            "engine": plan.engine,
            "threshold": plan.threshold,
            "weak": plan.weak,
            "as_of": plan.as_of,
            "customers_to_screen": plan.customers_to_screen,
            "entities_to_screen": plan.entities_to_screen,
            "entities_digest": plan.entities_digest,
            "parts": plan.parts,
        });
        self.run_event(
            &mut tx,
            "MonitorBegun",
            &id,
            self.new_id(now),
            body,
            actor,
            now,
        )
        .await?;
        tx.commit().await.map_err(failed("begin a rescreening"))?;
        Ok(MonitorRun {
            id,
            plan,
            state: RunState::Running,
            parts_done: 0,
            started_by: actor.to_owned(),
            started_at: now,
            ended_at: None,
        })
    }

    /// Keeps a part that was done, and its alerts, in one transaction: after a
    /// kill it is done wholly or not at all.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] if it was done before.
    pub async fn record_part(
        &self,
        run: &MonitorRun,
        part: NewPart,
        actor: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let digest = part.digest();
        let mut tx = self.write.begin().await.map_err(failed("begin"))?;
        insert_part(&mut tx, &run.id, &part, &digest, now).await?;
        let raised = self
            .put_alerts(&mut tx, run, part.alerts.clone(), now)
            .await?;
        let body = json!({
            "run": run.id,
            "position": part.position,
            "kind": part.kind.as_str(),
            "customers": part.customers,
            "entities": part.entities,
            "hits": part.alerts.len(),
            "partial": part.partial,
            "unscreened": part.unscreened,
            "not_whole": part.not_whole,
            "raised": raised.len(),
            "digest": digest,
        });
        self.run_event(
            &mut tx,
            "MonitorPartDone",
            &run.id,
            self.new_id(now),
            body,
            actor,
            now,
        )
        .await?;
        if !raised.is_empty() {
            let told = json!({
                "type": "monitor.alerts",
                "run": run.id,
                "book": run.plan.book,
                "alerts": raised,
            });
            self.queue_deliveries(&mut tx, "monitor.alerts", &told, now)
                .await?;
        }
        tx.commit().await.map_err(failed("record a rescreening"))
    }

    #[allow(clippy::too_many_arguments)]
    async fn run_event(
        &self,
        tx: &mut AnyConnection,
        kind: &'static str,
        run: &str,
        command_id: String,
        body: serde_json::Value,
        actor: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let event = PlainEvent {
            stream_id: format!("monitor:{run}"),
            kind,
            leaf_kind: "monitor",
            subject: run,
            command_id,
            actor,
            at: now,
            body,
        };
        events::append_plain(tx, event).await
    }
}

async fn insert_run(
    tx: &mut AnyConnection,
    id: &str,
    plan: &NewRun,
    actor: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let numbers = [
        plan.book_version,
        plan.customers,
        plan.customers_to_screen,
        plan.entities_to_screen,
        plan.parts,
    ];
    let numbers: Vec<i64> = numbers.into_iter().map(signed).collect::<Result<_, _>>()?;
    Insert {
        table: "monitor_runs",
        columns: "id,agency_id,book,book_version,customers,customers_digest,lists,since,engine,\
                  threshold,weak,as_of,customers_to_screen,entities_to_screen,entities_digest,\
                  parts,state,started_by,started_at",
        tail: "",
    }
    .rows(tx, &[(id, numbers)], |query, (id, numbers)| {
        let [version, customers, to_screen, entities, parts] = numbers[..] else {
            return query;
        };
        query
            .bind(*id)
            .bind(AGENCY)
            .bind(plan.book.clone())
            .bind(version)
            .bind(customers)
            .bind(plan.customers_digest.clone())
            .bind(plan.lists.clone())
            .bind(plan.since.clone())
            .bind(plan.engine.clone())
            .bind(plan.threshold)
            .bind(i32::from(plan.weak))
            .bind(plan.as_of.to_string())
            .bind(to_screen)
            .bind(entities)
            .bind(plan.entities_digest.clone())
            .bind(parts)
            .bind(RunState::Running.as_str())
            .bind(actor.to_owned())
            .bind(micros(now))
    })
    .await
    .map_err(|error| match error {
        StoreError::Conflict(_) => {
            StoreError::Conflict(format!("the rescreening of the book '{}'", plan.book))
        }
        other => other,
    })
}

async fn insert_part(
    tx: &mut AnyConnection,
    run: &str,
    part: &NewPart,
    digest: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO monitor_parts (run_id, position, kind, upto, customers, entities, hits, \
         partial, unscreened, digest, done_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(run)
    .bind(signed(part.position)?)
    .bind(part.kind.as_str())
    .bind(&part.upto)
    .bind(signed(part.customers)?)
    .bind(signed(part.entities)?)
    .bind(signed(part.alerts.len() as u64)?)
    .bind(signed(part.partial)?)
    .bind(signed(part.unscreened)?)
    .bind(digest)
    .bind(micros(now))
    .execute(tx)
    .await
    .map_err(failed("record a rescreening"))?;
    Ok(())
}
