//! What answers to programs cost and leave behind: usage and screening records
//! of many requests in one transaction, which also says whether each key was
//! still in force and its quota not spent.

use super::record::{self, Ready};
use super::{NewScreening, RecordedScreening};
use crate::contents::{self, Sealed};
use crate::events;
use crate::files::blocking;
use crate::sql::failed;
use crate::usage::charge_in;
use crate::{Charge, Charged, Store, StoreError};
use jiff::Timestamp;
use sqlx::AnyConnection;

/// What one request costs and leaves behind.
#[derive(Clone, Debug, Default)]
pub struct Settlement {
    /// What its key is charged; `None` for people and where no key is needed.
    pub charge: Option<Charge>,
    /// The screenings that it made, any number.
    pub screenings: Vec<NewScreening>,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// Counted and recorded, durably: the answer may go.
    Accepted(Vec<RecordedScreening>),
    /// The key is not in force or its quota is spent; nothing was recorded.
    Refused(Charged),
}

impl Store {
    /// Charges and records requests in one durable transaction, in order, and
    /// says what became of each. A request that is refused records nothing.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database fails; then nothing was counted or
    /// recorded, and no answer may go.
    pub async fn settle(
        &self,
        requests: Vec<Settlement>,
        now: Timestamp,
    ) -> Result<Vec<Settled>, StoreError> {
        let mut charges = Vec::new();
        let mut with_ids = Vec::new();
        let mut charged_at = Vec::with_capacity(requests.len());
        for request in requests {
            charged_at.push(request.charge.map(|charge| {
                charges.push(charge);
                charges.len() - 1
            }));
            let screenings = request.screenings.into_iter();
            with_ids.push(
                screenings
                    .map(|new| (self.new_id(now), new))
                    .collect::<Vec<_>>(),
            );
        }
        let wrapping = self.keys.wrapping;
        let made = blocking(move || {
            let one = |(id, new)| record::make_ready(&wrapping, id, new, now);
            let of_request = |all: Vec<_>| all.into_iter().map(one).collect();
            let all = with_ids.into_iter().map(of_request);
            all.collect::<Result<Vec<(Vec<Ready>, Vec<Sealed>)>, StoreError>>()
        })
        .await?;
        let mut tx = self.write.begin().await.map_err(failed("begin"))?;
        let charged = charge_in(&mut tx, &charges, now).await?;
        let refusal = |at: &Option<usize>| {
            let charged = at.and_then(|at| charged.get(at));
            charged.filter(|c| **c != Charged::Accepted).cloned()
        };
        let mut settled = Vec::with_capacity(made.len());
        let (mut ready, mut sealed) = (Vec::new(), Vec::new());
        for (at, (own_ready, own_sealed)) in charged_at.iter().zip(made) {
            match refusal(at) {
                Some(refused) => settled.push(Settled::Refused(refused)),
                None => {
                    let recorded = own_ready.iter().map(Ready::recorded);
                    settled.push(Settled::Accepted(recorded.collect()));
                    ready.extend(own_ready);
                    sealed.extend(own_sealed);
                }
            }
        }
        self.write_batches(&mut tx, &ready, &sealed, now).await?;
        tx.commit().await.map_err(failed("record screenings"))?;
        Ok(settled)
    }

    /// Writes records in batches of bounded size, each with its event.
    async fn write_batches(
        &self,
        tx: &mut AnyConnection,
        ready: &[Ready],
        sealed: &[Sealed],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let batches = ready.chunks(record::MAX_BATCH);
        for (ready, sealed) in batches.zip(sealed.chunks(record::MAX_BATCH)) {
            let batch_id = self.new_id(now);
            contents::insert(tx, sealed).await?;
            events::append_plain(tx, record::batch_event(&batch_id, ready, now)).await?;
            record::insert_rows(tx, &batch_id, ready, now).await?;
        }
        Ok(())
    }
}
