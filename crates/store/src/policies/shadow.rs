//! A draft in the shadow: what it would have decided, beside what acted.

use super::PolicyBundle;
use super::write::{one_at_a_time, put_bundle};
use crate::contents::{self, seal};
use crate::events::{self, AGENCY, PlainEvent};
use crate::keys::random_bytes;
use crate::sql::{Insert, Where, cell, count, date, failed, micros, storable, time};
use crate::{Page, Paged, Store, StoreError};
use jiff::Timestamp;
use portcullis_domain::{Date, Decision, Outcome};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::any::AnyRow;

/// A draft that is to run in the shadow.
#[derive(Clone, Debug)]
pub struct NewShadow {
    /// Its files.
    pub files: PolicyBundle,
    /// What it is about, in a few words.
    pub title: String,
    /// The last day on which it runs.
    pub until: Date,
}

/// A draft in the shadow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShadowRun {
    /// Its id.
    pub id: String,
    /// Digest of the draft.
    pub digest: String,
    /// What it is about.
    pub title: String,
    /// The last day on which it runs.
    pub until: Date,
    /// Who started it.
    pub started_by: String,
    /// When.
    pub started_at: Timestamp,
    /// Who stopped it; `portcullis` where its time was over.
    pub stopped_by: Option<String>,
    /// When.
    pub stopped_at: Option<Timestamp>,
}

/// What a draft would have decided.
#[derive(Clone, Debug)]
pub struct ShadowDecision {
    /// The decision that acted.
    pub decision_id: String,
    /// Its outcome.
    pub acted: Outcome,
    /// What the draft would have decided.
    pub shadow: Decision,
    /// Whether to keep the whole of it; otherwise its outcome alone.
    pub keep: bool,
}

/// How many decisions came from which outcome to which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShadowTurn {
    /// What acted.
    pub acted: Outcome,
    /// What the draft would have decided.
    pub shadow: Outcome,
    /// How many.
    pub count: u64,
}

/// One decision of a draft, as stored.
#[derive(Clone, Debug)]
pub struct StoredShadow {
    /// The decision that acted.
    pub decision_id: String,
    /// Its reference.
    pub reference: Option<String>,
    /// Its outcome.
    pub acted: Outcome,
    /// The draft's.
    pub shadow: Outcome,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// The draft's decision; `None` where only its outcome was kept, or after erasure.
    pub decision: Option<Decision>,
}

/// A shadow decision as it is sealed.
#[derive(Serialize, Deserialize)]
struct ShadowContent {
    secret: String,
    decision: Decision,
}

const CLASS: &str = "shadow-decision";
/// Who ends a run whose time is over.
const BY_ITSELF: &str = "portcullis";

const RUN: &str = "SELECT id, digest, title, until, started_by, started_at, stopped_by, stopped_at \
     FROM shadow_runs";

const SHADOWS: &str = "s.decision_id, s.content_id, d.reference, s.acted, s.shadow, \
     s.recorded_at, c.ciphertext, k.wrapped";
const SHADOWS_FROM: &str = "shadow_decisions s JOIN decisions d ON d.decision_id = s.decision_id \
     LEFT JOIN contents c ON c.id = s.content_id \
     LEFT JOIN content_keys k ON k.content_id = s.content_id";

impl Store {
    /// Starts a draft in the shadow. One runs at a time: one whose time is over
    /// by `today` makes room, another must be stopped first.
    ///
    /// # Errors
    ///
    /// [`StoreError::Invalid`] if another runs, or its last day is over.
    pub async fn start_shadow(
        &self,
        new: NewShadow,
        today: Date,
        actor: &str,
        now: Timestamp,
    ) -> Result<ShadowRun, StoreError> {
        if new.until < today {
            let text = format!("{} is over: a draft runs until a day to come", new.until);
            return Err(StoreError::Invalid(text));
        }
        let mut tx = self.write.begin().await.map_err(failed("begin"))?;
        one_at_a_time(&mut tx).await?;
        sqlx::query(
            "UPDATE shadow_runs SET stopped_by = $1, stopped_at = $2 \
             WHERE stopped_at IS NULL AND until < $3",
        )
        .bind(BY_ITSELF)
        .bind(micros(now))
        .bind(today.to_string())
        .execute(&mut *tx)
        .await
        .map_err(failed("end a shadow run"))?;
        let sql = format!("{RUN} WHERE stopped_at IS NULL");
        let other = sqlx::query(sqlx::AssertSqlSafe(sql))
            .fetch_optional(&mut *tx)
            .await;
        if let Some(row) = other.map_err(failed("read shadow runs"))? {
            let other = run(&row)?;
            let text = format!(
                "“{}” runs in the shadow until {}; stop it first",
                other.title, other.until
            );
            return Err(StoreError::Invalid(text));
        }
        let started = ShadowRun {
            id: self.new_id(now),
            digest: put_bundle(&mut tx, &new.files, actor, now).await?,
            title: storable(&new.title),
            until: new.until,
            started_by: actor.to_owned(),
            started_at: now,
            stopped_by: None,
            stopped_at: None,
        };
        sqlx::query(
            "INSERT INTO shadow_runs (id, agency_id, digest, title, until, started_by, started_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(&started.id)
        .bind(AGENCY)
        .bind(&started.digest)
        .bind(&started.title)
        .bind(started.until.to_string())
        .bind(actor)
        .bind(micros(now))
        .execute(&mut *tx)
        .await
        .map_err(failed("start a shadow run"))?;
        let body = json!({ "digest": started.digest, "until": started.until });
        let event = self.shadow_event(&started.id, "ShadowStarted", body, actor, now);
        events::append_plain(&mut tx, event).await?;
        tx.commit().await.map_err(failed("start a shadow run"))?;
        Ok(started)
    }

    /// Stops a draft in the shadow; what it decided stays.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`] if none of this id runs.
    pub async fn stop_shadow(
        &self,
        id: &str,
        actor: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.write.begin().await.map_err(failed("begin"))?;
        let stopped = sqlx::query(
            "UPDATE shadow_runs SET stopped_by = $1, stopped_at = $2 \
             WHERE id = $3 AND stopped_at IS NULL",
        )
        .bind(actor)
        .bind(micros(now))
        .bind(id)
        .execute(&mut *tx)
        .await
        .map_err(failed("stop a shadow run"))?;
        if stopped.rows_affected() == 0 {
            return Err(StoreError::NotFound {
                what: "draft that runs in the shadow",
                id: id.chars().take(64).collect(),
            });
        }
        let event = self.shadow_event(id, "ShadowStopped", json!({}), actor, now);
        events::append_plain(&mut tx, event).await?;
        tx.commit().await.map_err(failed("stop a shadow run"))
    }

    fn shadow_event<'a>(
        &self,
        id: &'a str,
        kind: &'static str,
        body: serde_json::Value,
        actor: &'a str,
        at: Timestamp,
    ) -> PlainEvent<'a> {
        PlainEvent {
            stream_id: format!("shadow:{id}"),
            kind,
            leaf_kind: "shadow",
            subject: id,
            command_id: self.new_id(at),
            actor,
            at,
            body,
        }
    }

    /// The draft that was started and not stopped; whether its time is over says
    /// [`portcullis_casework::shadow_runs`].
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn shadow_running(&self) -> Result<Option<ShadowRun>, StoreError> {
        let sql = format!("{RUN} WHERE stopped_at IS NULL");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql))
            .fetch_optional(&self.read)
            .await;
        row.map_err(failed("read shadow runs"))?
            .as_ref()
            .map(run)
            .transpose()
    }

    /// Every draft that ran in the shadow, the newest first.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn shadow_runs(&self) -> Result<Vec<ShadowRun>, StoreError> {
        let sql = format!("{RUN} ORDER BY started_at DESC, id DESC");
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .fetch_all(&self.read)
            .await;
        rows.map_err(failed("read shadow runs"))?
            .iter()
            .map(run)
            .collect()
    }

    /// Records what a draft would have decided, beside decisions that are
    /// durable. One event vouches for all of a batch.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails; nothing is recorded then.
    pub async fn record_shadow(
        &self,
        run_id: &str,
        decisions: &[ShadowDecision],
        actor: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if decisions.is_empty() {
            return Ok(());
        }
        let mut rows = Vec::with_capacity(decisions.len());
        let mut sealed = Vec::new();
        for one in decisions {
            let digest = portcullis_domain::digest(&one.shadow).map_err(StoreError::Invalid)?;
            let mut content_id = None;
            if one.keep {
                let own = self.new_id(now);
                let content = ShadowContent {
                    secret: hex::encode(random_bytes()),
                    decision: one.shadow.clone(),
                };
                sealed.push(
                    seal(&self.keys.wrapping, &own, CLASS, &content)?.under(&one.decision_id),
                );
                content_id = Some(own);
            }
            rows.push((one, content_id, digest));
        }
        let mut tx = self.write.begin().await.map_err(failed("begin"))?;
        contents::insert(&mut tx, &sealed).await?;
        Insert {
            table: "shadow_decisions",
            columns: "run_id,decision_id,acted,shadow,content_id,digest,recorded_at",
            tail: "",
        }
        .rows(&mut tx, &rows, |query, (one, content_id, digest)| {
            query
                .bind(run_id)
                .bind(&one.decision_id)
                .bind(one.acted.as_str())
                .bind(one.shadow.outcome.as_str())
                .bind(content_id.as_deref())
                // A digest without salt of what can be erased must not stay.
                .bind(keyed(self, digest))
                .bind(micros(now))
        })
        .await?;
        let all: Vec<String> = rows
            .iter()
            .map(|(_, _, digest)| keyed(self, digest))
            .collect();
        let body = json!({
            "decisions": rows.len(),
            "sha256": portcullis_domain::hex_sha256(all.join("\n").as_bytes()),
        });
        let event = self.shadow_event(run_id, "ShadowDecided", body, actor, now);
        events::append_plain(&mut tx, event).await?;
        tx.commit().await.map_err(failed("record shadow decisions"))
    }

    /// How many decisions of a run came from which outcome to which.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn shadow_counts(&self, run_id: &str) -> Result<Vec<ShadowTurn>, StoreError> {
        let rows = sqlx::query(
            "SELECT acted, shadow, COUNT(*) AS n FROM shadow_decisions WHERE run_id = $1 \
             GROUP BY acted, shadow ORDER BY acted, shadow",
        )
        .bind(run_id)
        .fetch_all(&self.read)
        .await
        .map_err(failed("count shadow decisions"))?;
        let turn = |row: &AnyRow| {
            Ok(ShadowTurn {
                acted: outcome(row, "acted")?,
                shadow: outcome(row, "shadow")?,
                count: count(row, "n")?,
            })
        };
        rows.iter().map(turn).collect()
    }

    /// The decisions of a run whose outcome differs from what acted, the newest first.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails.
    pub async fn shadow_differences(
        &self,
        run_id: &str,
        page: Page,
    ) -> Result<Paged<StoredShadow>, StoreError> {
        let order = "s.recorded_at DESC, s.decision_id DESC";
        Where::default()
            .and_text("s.acted <> s.shadow AND s.run_id =", Some(run_id))
            .page(self, (SHADOWS, SHADOWS_FROM), order, page, |row| {
                self.shadow(row)
            })
            .await
    }

    fn shadow(&self, row: &AnyRow) -> Result<StoredShadow, StoreError> {
        let content_id: Option<String> = cell(row, "content_id")?;
        let content: Option<ShadowContent> = match &content_id {
            Some(id) => contents::from_row(self, id, row)?,
            None => None,
        };
        Ok(StoredShadow {
            decision_id: cell(row, "decision_id")?,
            reference: cell(row, "reference")?,
            acted: outcome(row, "acted")?,
            shadow: outcome(row, "shadow")?,
            recorded_at: time(cell(row, "recorded_at")?)?,
            decision: content.map(|c| c.decision),
        })
    }
}

fn keyed(store: &Store, digest: &str) -> String {
    store.keys.lookup("shadow-decision", digest)
}

fn outcome(row: &AnyRow, column: &'static str) -> Result<Outcome, StoreError> {
    let word: String = cell(row, column)?;
    Outcome::parse(&word).ok_or_else(|| StoreError::Damaged(format!("'{word}' is no outcome")))
}

fn run(row: &AnyRow) -> Result<ShadowRun, StoreError> {
    let until: String = cell(row, "until")?;
    let stopped_at: Option<i64> = cell(row, "stopped_at")?;
    Ok(ShadowRun {
        id: cell(row, "id")?,
        digest: cell(row, "digest")?,
        title: cell(row, "title")?,
        until: date(&until)?,
        started_by: cell(row, "started_by")?,
        started_at: time(cell(row, "started_at")?)?,
        stopped_by: cell(row, "stopped_by")?,
        stopped_at: stopped_at.map(time).transpose()?,
    })
}
