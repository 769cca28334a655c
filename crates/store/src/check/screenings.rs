//! Whether the screening records are those that their batch's entry vouches for.

use super::{Progress, Stop, problem};
use crate::contents;
use crate::events::{AGENCY, StoredEvent};
use crate::monitor::run_digest;
use crate::screenings::{ScreeningContent, batch_digest, content_matches, screening_row};
use crate::sql::{cell, failed};
use crate::{Store, StoreError};
use serde_json::json;
use sqlx::any::AnyRow;

/// A batch is bounded, so all of its rows are read at once.
const ROWS: &str = "SELECT s.*, l.seq, c.ciphertext, k.wrapped FROM screenings s \
     JOIN leaves l ON l.command_id = s.batch_id LEFT JOIN contents c ON c.id = s.id \
     LEFT JOIN content_keys k ON k.content_id = s.id WHERE s.batch_id = $1 ORDER BY s.position";

impl Store {
    pub(super) async fn check_screenings(
        &self,
        progress: &mut Progress,
        index: Option<u64>,
        event: &StoredEvent,
    ) -> Result<(), Stop> {
        let batch = &event.command_id;
        let wrong = |text: String| problem(index, Some(batch), text);
        let rows = sqlx::query(ROWS)
            .bind(batch)
            .fetch_all(&self.read)
            .await
            .map_err(failed("read screenings"))?;
        let mut digests: Vec<(String, String)> = Vec::with_capacity(rows.len());
        for row in &rows {
            let (id, erased) = self.check_screening(row, event).map_err(&wrong)?;
            progress.erased += u64::from(erased);
            progress.screenings += 1;
            digests.push((id, cell(row, "digest")?));
        }
        let digest = batch_digest(digests.iter().map(|(id, d)| (id.as_str(), d.as_str())));
        let said = event.body_without_commitment();
        if said != json!({ "screenings": rows.len(), "digest": digest }) {
            return Err(wrong(
                "the screenings of this batch are not those that were recorded".to_owned(),
            ));
        }
        Ok(())
    }

    /// Whether the parts of a completed rescreening are those that its record counts.
    pub(super) async fn check_run(
        &self,
        index: Option<u64>,
        event: &StoredEvent,
    ) -> Result<(), Stop> {
        if event.kind != "MonitorCompleted" {
            return Ok(());
        }
        let run = &event.command_id;
        let parts = self.run_parts(run).await?;
        let digest = run_digest(parts.iter().map(|p| (p.position, p.digest.as_str())));
        if event.body["parts"] != json!(parts.len()) || event.body["digest"] != json!(digest) {
            let text = "the parts of this rescreening are not those that were recorded";
            return Err(problem(index, Some(run), text));
        }
        Ok(())
    }

    /// The id, and whether the contents were erased. Erased rows still stand
    /// under the digest of the batch.
    fn check_screening(&self, row: &AnyRow, event: &StoredEvent) -> Result<(String, bool), String> {
        let text = |e: StoreError| e.to_string();
        let stored = screening_row(row).map_err(text)?;
        let agency: String = cell(row, "agency_id").map_err(text)?;
        let recorded_at: i64 = cell(row, "recorded_at").map_err(text)?;
        if agency != AGENCY || recorded_at != event.recorded_at {
            return Err(format!(
                "the screening {} shows another agency or time",
                stored.id
            ));
        }
        let content: Option<ScreeningContent<'static>> =
            contents::from_row(self, &stored.id, row).map_err(text)?;
        let Some(content) = content else {
            return Ok((stored.id, true));
        };
        if !content_matches(&stored, &agency, &content).map_err(text)? {
            return Err(format!(
                "the screening {} is not the one that was recorded",
                stored.id
            ));
        }
        Ok((stored.id, false))
    }
}
