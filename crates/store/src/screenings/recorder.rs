//! Group commit: whoever asks while a batch is being written shares the next one.

use super::{NewScreening, RecordedScreening};
use crate::{Store, StoreError};
use jiff::Timestamp;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// Screenings that wait for the next batch before callers are held up.
const WAITING: usize = 1_024;
/// The most screenings that are put into one batch.
const BATCH: usize = 2_000;
/// The most screenings in one call, so that a batch stays within what
/// [`Store::record_screenings`] takes.
const MAX_CALL: usize = 5_000;

type Answer = oneshot::Sender<Result<Vec<RecordedScreening>, Arc<StoreError>>>;

/// Records screenings of many callers in common transactions: each call returns
/// when its own are durable. Cheap to clone; the writer stops with the last one.
#[derive(Clone)]
pub struct ScreeningRecorder {
    queue: mpsc::Sender<(Vec<NewScreening>, Timestamp, Answer)>,
}

impl ScreeningRecorder {
    /// Starts the writer. Call it inside a Tokio runtime.
    pub fn start(store: Store) -> ScreeningRecorder {
        let (queue, waiting) = mpsc::channel(WAITING);
        tokio::spawn(write(store, waiting));
        ScreeningRecorder { queue }
    }

    /// Records the screenings of one call, and returns their ids and codes in
    /// the same order once they are on disk. They carry the time of the first
    /// call in their batch.
    ///
    /// # Errors
    ///
    /// [`StoreError`] as of [`Store::record_screenings`], shared by all callers of
    /// the batch: nothing of it is recorded, and nobody may take the answer for given.
    pub async fn record(
        &self,
        screenings: Vec<NewScreening>,
        now: Timestamp,
    ) -> Result<Vec<RecordedScreening>, Arc<StoreError>> {
        if screenings.len() > MAX_CALL {
            return Err(Arc::new(StoreError::Invalid(format!(
                "{} screenings in one call; {MAX_CALL} is the limit",
                screenings.len()
            ))));
        }
        let stopped = || {
            Arc::new(StoreError::Damaged(
                "the writer of screenings stopped".to_owned(),
            ))
        };
        let (answer, answered) = oneshot::channel();
        let asked = self.queue.send((screenings, now, answer)).await;
        asked.map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())?
    }
}

async fn write(store: Store, mut waiting: mpsc::Receiver<(Vec<NewScreening>, Timestamp, Answer)>) {
    while let Some((mut batch, now, answer)) = waiting.recv().await {
        let mut callers = vec![(batch.len(), answer)];
        while batch.len() < BATCH
            && let Ok((more, _, answer)) = waiting.try_recv()
        {
            callers.push((more.len(), answer));
            batch.extend(more);
        }
        match store.record_screenings(batch, now).await {
            Ok(recorded) => {
                let mut recorded = recorded.into_iter();
                for (count, answer) in callers {
                    // A caller that went away does not need its answer.
                    let _ = answer.send(Ok(recorded.by_ref().take(count).collect()));
                }
            }
            Err(error) => {
                let error = Arc::new(error);
                for (_, answer) in callers {
                    let _ = answer.send(Err(error.clone()));
                }
            }
        }
    }
}
