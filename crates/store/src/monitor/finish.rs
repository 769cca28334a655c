//! The end of a run: nothing may be left out, and the record says so.

use super::read::parts_of;
use super::{CompletedRun, MonitorRun, PartKind, PartRow, RunState, run_digest};
use crate::sql::{MAX_IDS, failed, micros, places, signed};
use crate::{NewScreening, ScreeningDetail, ScreeningResult, ScreeningSource, Store, StoreError};
use jiff::Timestamp;
use serde_json::json;
use sqlx::{AnyConnection, AssertSqlSafe};

impl Store {
    /// Completes a run whose parts are all done: alerts whose sides no longer
    /// meet end, judgements whose day has come no longer clear, and the
    /// completion record is written, once. `touched` are the ids of all entities
    /// that changed or are gone since the run on which this one builds. Where a
    /// customer was looked at in part only, `touched` has to hold those alone that
    /// are gone: who was not met may still be there, and their alerts stay.
    ///
    /// # Errors
    ///
    /// [`StoreError::Invalid`] if a part is missing, or what was screened is not
    /// what was to be screened; [`StoreError::Conflict`] if it is over already.
    pub async fn complete_run(
        &self,
        run: &MonitorRun,
        touched: &[String],
        actor: &str,
        now: Timestamp,
    ) -> Result<CompletedRun, StoreError> {
        let record = self.summary(run).await?;
        let code = self.record_summary(run, &record, actor, now).await?;
        let mut tx = self.write.begin().await.map_err(failed("begin"))?;
        end(&mut tx, &run.id, RunState::Completed, now).await?;
        let parts = parts_of(&mut tx, &run.id).await?;
        if run_digest(parts.iter().map(|p| (p.position, p.digest.as_str()))) != record.digest {
            return Err(StoreError::Conflict("the rescreening".to_owned()));
        }
        let whole = record.partial == 0;
        let gone = end_alerts(&mut tx, run, touched, whole, now).await?;
        let expired = expire(&mut tx, run, now).await?;
        let completed = CompletedRun {
            raised: raised_by(&mut tx, &run.id).await?,
            gone,
            expired,
            code,
            ..record
        };
        let body = completion(run, &completed, parts.len());
        // The run's own id: the database takes one completion record for a run.
        self.run_event(
            &mut tx,
            "MonitorCompleted",
            &run.id,
            run.id.clone(),
            body.clone(),
            actor,
            now,
        )
        .await?;
        let mut told = body;
        told["type"] = json!("monitor.completed");
        self.queue_deliveries(&mut tx, "monitor.completed", &told, now)
            .await?;
        tx.commit()
            .await
            .map_err(failed("complete a rescreening"))?;
        Ok(completed)
    }

    /// What the parts come to, if none is missing.
    async fn summary(&self, run: &MonitorRun) -> Result<CompletedRun, StoreError> {
        let parts = self.run_parts(&run.id).await?;
        let plan = &run.plan;
        let in_order = parts.iter().map(|p| p.position).eq(0..plan.parts);
        let sum = |of: fn(&PartRow) -> u64, kind: PartKind| -> u64 {
            parts.iter().filter(|p| p.kind == kind).map(of).sum()
        };
        let entities = sum(|p| p.entities, PartKind::Entities);
        let customers = sum(|p| p.customers, PartKind::Customers);
        if !in_order || entities != plan.entities_to_screen || customers > plan.customers_to_screen
        {
            return Err(StoreError::Invalid(format!(
                "the rescreening is not complete: {} of {} parts, {customers} of {} customers, \
                 {entities} of {} entities",
                parts.len(),
                plan.parts,
                plan.customers_to_screen,
                plan.entities_to_screen
            )));
        }
        Ok(CompletedRun {
            run: run.id.clone(),
            customers_screened: customers,
            entities_screened: entities,
            hits: parts.iter().map(|p| p.hits).sum(),
            partial: parts.iter().map(|p| p.partial).sum(),
            unscreened: parts.iter().map(|p| p.unscreened).sum(),
            left_to_next: plan.customers_to_screen - customers,
            raised: 0,
            gone: 0,
            expired: 0,
            digest: run_digest(parts.iter().map(|p| (p.position, p.digest.as_str()))),
            code: String::new(),
        })
    }

    /// The screening record of the run, and its verification code. It comes
    /// before the completion record; a kill between the two leaves a record of
    /// screenings that were done, and the next attempt writes another.
    async fn record_summary(
        &self,
        run: &MonitorRun,
        record: &CompletedRun,
        actor: &str,
        now: Timestamp,
    ) -> Result<String, StoreError> {
        let plan = &run.plan;
        let result = match (record.hits, record.partial + record.unscreened) {
            (0, 0) => ScreeningResult::Clear,
            (0, _) => ScreeningResult::Partial,
            _ => ScreeningResult::Alert,
        };
        let screening = NewScreening {
            actor: actor.to_owned(),
            source: ScreeningSource::Monitor,
            as_of: plan.as_of,
            lists: plan.lists.clone(),
            threshold: plan.threshold,
            weak: plan.weak,
            engine: plan.engine.clone(),
            result,
            detail: ScreeningDetail::Book {
                run: run.id.clone(),
                book: plan.book.clone(),
                customers: plan.customers,
                customers_screened: record.customers_screened,
                entities_screened: record.entities_screened,
                alerts: record.hits,
                partial: record.partial,
                unscreened: record.unscreened,
            },
        };
        let recorded = self.record_screenings(vec![screening], now).await?;
        let code = recorded.into_iter().next().map(|r| r.code);
        code.ok_or_else(|| StoreError::Damaged("a screening was not recorded".to_owned()))
    }

    /// Gives a run up: the book or the lists changed before it was done. Alerts
    /// that it raised stay.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] if it is over already.
    pub async fn abandon_run(
        &self,
        run: &MonitorRun,
        actor: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.write.begin().await.map_err(failed("begin"))?;
        end(&mut tx, &run.id, RunState::Abandoned, now).await?;
        let body = json!({ "run": run.id, "book": run.plan.book });
        let id = self.new_id(now);
        self.run_event(&mut tx, "MonitorAbandoned", &run.id, id, body, actor, now)
            .await?;
        tx.commit().await.map_err(failed("give a rescreening up"))
    }
}

/// Everything that the proof needs: what was there, what was done, what came out.
fn completion(run: &MonitorRun, done: &CompletedRun, parts: usize) -> serde_json::Value {
    let plan = &run.plan;
    json!({
        "run": run.id,
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
        "entities_digest": plan.entities_digest,
        "customers_screened": done.customers_screened,
        "entities_screened": done.entities_screened,
        "left_to_next": done.left_to_next,
        "parts": parts,
        "hits": done.hits,
        "partial": done.partial,
        "unscreened": done.unscreened,
        "raised": done.raised,
        "gone": done.gone,
        "expired": done.expired,
        "digest": done.digest,
        "code": done.code,
    })
}

async fn end(
    tx: &mut AnyConnection,
    run: &str,
    state: RunState,
    now: Timestamp,
) -> Result<(), StoreError> {
    let ended = sqlx::query(
        "UPDATE monitor_runs SET state = $1, ended_at = $2 WHERE id = $3 AND state = 'running'",
    )
    .bind(state.as_str())
    .bind(micros(now))
    .bind(run)
    .execute(tx)
    .await
    .map_err(failed("end a rescreening"))?;
    if ended.rows_affected() == 0 {
        return Err(StoreError::Conflict("the rescreening".to_owned()));
    }
    Ok(())
}

/// Ends the alerts whose sides were looked at and no longer meet.
async fn end_alerts(
    tx: &mut AnyConnection,
    run: &MonitorRun,
    touched: &[String],
    whole: bool,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let plan = &run.plan;
    let without_customer = "UPDATE alerts SET state = 'gone', changed_at = $1 WHERE book = $2 \
         AND state <> 'gone' AND NOT EXISTS (SELECT 1 FROM customers c \
         WHERE c.book = alerts.book AND c.id = alerts.customer_id)";
    let ended = sqlx::query(without_customer)
        .bind(micros(now))
        .bind(&plan.book)
        .execute(&mut *tx)
        .await;
    let mut gone = ended.map_err(failed("end alerts"))?.rows_affected();
    if whole {
        gone += end_unmet(tx, run, now).await?;
    }
    for chunk in touched.chunks(MAX_IDS - 3) {
        let sql = format!(
            "UPDATE alerts SET state = 'gone', changed_at = ${} WHERE entity_id IN {} \
             AND book = ${} AND seen_run <> ${} AND state <> 'gone'",
            chunk.len() + 1,
            places(1, chunk.len()),
            chunk.len() + 2,
            chunk.len() + 3
        );
        let query = chunk
            .iter()
            .fold(sqlx::query(AssertSqlSafe(sql)), |q, id| q.bind(id))
            .bind(micros(now))
            .bind(&plan.book)
            .bind(&run.id);
        let ended = query.execute(&mut *tx).await;
        gone += ended.map_err(failed("end alerts"))?.rows_affected();
    }
    Ok(gone)
}

/// Ends the alerts of customers who were screened against everything in this
/// run, and did not meet the entity.
async fn end_unmet(
    tx: &mut AnyConnection,
    run: &MonitorRun,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let plan = &run.plan;
    let since = match &plan.since {
        Some(since) => version_of(tx, since).await?,
        None => 0,
    };
    let of_customers = "UPDATE alerts SET state = 'gone', changed_at = $1 WHERE book = $2 \
         AND state <> 'gone' AND seen_run <> $3 AND EXISTS (SELECT 1 FROM customers c \
         WHERE c.book = alerts.book AND c.id = alerts.customer_id AND c.version > $4 \
         AND c.version <= $5)";
    let ended = sqlx::query(of_customers)
        .bind(micros(now))
        .bind(&plan.book)
        .bind(&run.id)
        .bind(since)
        .bind(signed(plan.book_version)?)
        .execute(&mut *tx)
        .await;
    Ok(ended.map_err(failed("end alerts"))?.rows_affected())
}

async fn version_of(tx: &mut AnyConnection, run: &str) -> Result<i64, StoreError> {
    let row = sqlx::query("SELECT book_version FROM monitor_runs WHERE id = $1")
        .bind(run)
        .fetch_one(tx)
        .await
        .map_err(failed("read a rescreening"))?;
    crate::sql::cell(&row, "book_version")
}

/// Judgements whose day has come no longer clear or confirm.
async fn expire(
    tx: &mut AnyConnection,
    run: &MonitorRun,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let expired = sqlx::query(
        "UPDATE alerts SET state = 'open', disposition_id = NULL, cleared_until = NULL, \
         changed_at = $1 WHERE book = $2 AND state IN ('cleared', 'confirmed') \
         AND cleared_until <= $3",
    )
    .bind(micros(now))
    .bind(&run.plan.book)
    .bind(run.plan.as_of.to_string())
    .execute(tx)
    .await
    .map_err(failed("reopen alerts"))?;
    Ok(expired.rows_affected())
}

async fn raised_by(tx: &mut AnyConnection, run: &str) -> Result<u64, StoreError> {
    let row = sqlx::query("SELECT COUNT(*) AS n FROM alerts WHERE raised_run = $1")
        .bind(run)
        .fetch_one(tx)
        .await
        .map_err(failed("count alerts"))?;
    crate::sql::count(&row, "n")
}
